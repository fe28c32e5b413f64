"""혼자 남은 상태: 프로그램과 상대를 기다리는 상태에는 끝이 없고, 답을 기다리는 상태는 포기한다."""

from __future__ import annotations

import pytest

from tcpedu.network.left_alone import CONFIG, left_alone
from tcpedu.protocol.config import Config
from tcpedu.protocol.state import Event, State

# RTO 1초에서 시작해 60초까지 두 배씩: SYN은 7번, 그 밖은 15번 다시 보내고 한 번 더 기다린다.
SYN_WAIT = sum(min(2**n, 60) for n in range(8))
FIN_WAIT = sum(min(2**n, 60) for n in range(16))


@pytest.mark.parametrize("state", [State.LISTEN, State.ESTABLISHED, State.FIN_WAIT_2, State.CLOSE_WAIT])
def test_no_timer_ends_these(state: State) -> None:
    fate = left_alone(state)
    assert (fate.seconds, fate.sent, fate.event) == (None, 0, None)


@pytest.mark.parametrize(
    ("state", "seconds", "sent"),
    [(State.SYN_SENT, SYN_WAIT, 7), (State.SYN_RCVD, SYN_WAIT, 7), (State.FIN_WAIT_1, FIN_WAIT, 15),
     (State.LAST_ACK, FIN_WAIT, 15)],
)  # fmt: skip
def test_these_retransmit_and_give_up(state: State, seconds: int, sent: int) -> None:
    fate = left_alone(state)
    assert fate.seconds == pytest.approx(seconds) and fate.sent == sent and fate.event is Event.USER_TIMEOUT


def test_closing_waits_for_the_rest_of_the_timer_of_its_fin() -> None:
    assert left_alone(State.CLOSING).seconds == pytest.approx(FIN_WAIT, abs=0.1)


def test_time_wait_lasts_two_msl() -> None:
    assert left_alone(State.TIME_WAIT).seconds == 2 * CONFIG.msl
    assert left_alone(State.TIME_WAIT, Config(delayed_ack=0.0, msl=30.0)).seconds == 60.0


def test_nobody_is_left_alone_in_closed() -> None:
    with pytest.raises(ValueError, match="CLOSED에는 혼자 남을 연결이 없습니다"):
        left_alone(State.CLOSED)
