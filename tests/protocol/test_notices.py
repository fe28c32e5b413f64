"""사용자에게 알리는 것과 답을 아끼는 것: R1 (RFC 9293 §3.8.3), challenge ACK의 한도 (RFC 5961 §7)."""

import pytest
from hand import IRS, ISS, reach, seg

from tcpedu.protocol.state import State


def test_r1_is_told_once_and_the_connection_lives_on() -> None:
    connection = reach(State.ESTABLISHED)
    connection.write(b"x")
    connection.poll(1.0)
    while len(connection.warnings) == 0:
        at = connection.next_timer()
        assert at is not None
        connection.poll(at)
    (notice,) = connection.warnings
    assert (notice.time, notice.why) == (8.0, "3번 재전송했지만 아직 답이 없습니다")
    assert connection.state is State.ESTABLISHED and connection.error is None


def test_r1_is_told_again_after_an_answer() -> None:
    connection = reach(State.ESTABLISHED, warn_retries=1)
    for number in (1, 2):
        connection.write(b"x")
        start = 100.0 * number
        connection.poll(start)
        at = connection.next_timer()
        assert at is not None
        connection.poll(at)
        connection.receive(seg("", ack=ISS + 1 + number), at + 0.1)
    assert len(connection.warnings) == 2


@pytest.mark.parametrize(
    "attack", [seg("R", IRS + 50), seg("S", IRS + 50), seg("", ack=ISS + 999_999)], ids=["RST", "SYN", "ACK"]
)
def test_challenge_acks_are_rationed(attack) -> None:  # type: ignore[no-untyped-def]
    connection = reach(State.ESTABLISHED)
    answers = [len(connection.receive(attack, 1.0 + n / 1000)) for n in range(100)]
    assert answers == [1] * 10 + [0] * 90
    assert connection.state is State.ESTABLISHED
    assert len(connection.receive(attack, 7.0)) == 1  # 5초가 지났다
