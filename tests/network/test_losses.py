"""같은 손실, 다른 방법. 커널에서 잰 것(Linux 6.18)과 견주는 수가 있다."""

from dataclasses import replace

import pytest

from tcpedu.network.losses import METHODS, data_loss, late, measure, recovering, resent, stalled

UNDO = replace(METHODS["RACK-TLP"], undo=True, frto=True)
KERNEL_WITHOUT_SACK = replace(METHODS["중복 ACK"], recovery="prr", partial_ack_timer="every")


def test_four_losses_take_four_round_trips_or_one() -> None:
    """커널도 그렇다: SACK을 끄면 왕복마다 하나씩 네 번, 켜면 같은 밀리초에 넷."""
    times = {}
    for name in METHODS:
        again = resent(recovering(name, segments=200, loss=data_loss(range(40, 44))))
        assert [nth for _, nth in again] == [40, 41, 42, 43]
        times[name] = again[-1][0] - again[0][0]
    assert times["중복 ACK"] == pytest.approx(0.3, abs=0.01)
    assert times["SACK"] < 0.005 and times["RACK-TLP"] < 0.005


@pytest.mark.parametrize(("method", "timeouts"), [("중복 ACK", 1), ("SACK", 1), ("RACK-TLP", 0)])
def test_the_tail_and_a_lost_retransmission(method: str, timeouts: int) -> None:
    """커널의 s08과 s09: RACK-TLP만 타임아웃 없이 되살린다."""
    for trace in (
        recovering(method, segments=10, loss=data_loss([10])),
        recovering(method, segments=200, loss=data_loss({40: 2})),
    ):
        assert measure(trace).timeouts == timeouts


def test_one_late_segment_without_sack_resends_dozens() -> None:
    """커널의 s12(SACK, DSACK, 타임스탬프를 끔): 5 ms 늦은 세그먼트 하나에 76개를 쓸데없이 다시 보냈다."""
    found = measure(late(KERNEL_WITHOUT_SACK, {40: 0.005}))
    assert found.again == found.needless and abs(found.needless - 76) <= 2
    assert measure(late("SACK", {40: 0.005})).again == 1


def test_rack_waits_once_it_has_seen_reordering() -> None:
    assert measure(late("RACK-TLP", {20: 0.0002, 40: 0.005})).again == 0
    assert measure(late("SACK", {20: 0.0002, 40: 0.005})).again == 1
    # 최소 RTT(0.1초)의 1/4까지만 기다린다.
    assert [measure(late("RACK-TLP", {20: 0.0002, 40: by})).again for by in (0.024, 0.027)] == [0, 1]


def test_frto_notices_a_spurious_timeout() -> None:
    assert measure(stalled("RACK-TLP")).needless > 30
    assert measure(stalled(UNDO)).needless == 1


def test_drops_are_counted_by_the_packet_number() -> None:
    found = measure(recovering("SACK", drops=[5, 7]))
    assert (found.again, found.needless, found.timeouts) == (2, 0, 0)
    assert found.row["다시 보냄"] == 2
