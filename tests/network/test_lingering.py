"""닫은 뒤에 남는 것: TIME_WAIT가 막는 일과, 사라진 상대를 알아내는 시간."""

from __future__ import annotations

import pytest

from tcpedu.network.closing import half_close, unread_close
from tcpedu.network.lingering import reincarnation, vanished_peer
from tcpedu.protocol.segment import Flags
from tcpedu.protocol.state import Event, State


def test_time_wait_keeps_the_old_segment_out() -> None:
    trace, received = reincarnation()
    assert received == [b"PAY 100", b"HELLO, PAY 999"]
    waited = [change for change in trace.states if change.old is State.TIME_WAIT]
    assert waited[0].time > 240  # 2 MSL


def test_without_time_wait_the_old_segment_becomes_new_data() -> None:
    _, received = reincarnation(msl=0.05)
    assert received == [b"PAY 100", b"HELLO, PAY 100"]


def test_an_honest_network_needs_no_time_wait() -> None:
    """늦은 것이 없으면 TIME_WAIT가 짧아도 탈이 없다: 위의 두 시험은 늦은 세그먼트를 재는 것이다."""
    _, received = reincarnation(msl=0.05, late=0.0)
    assert received == [b"PAY 100", b"HELLO, PAY 999"]


@pytest.mark.parametrize(
    ("keepalive", "seconds"),
    [(7200.0, 7200 + 9 * 75), (60.0, 60 + 9 * 75)],  # RFC 1122 §4.2.3.6의 2시간, 리눅스의 75초 간격 아홉 번
)
def test_keepalive_finds_a_silent_peer(keepalive: float, seconds: float) -> None:
    last = vanished_peer(keepalive=keepalive).states[-1]
    assert (last.host, last.event, last.new) == ("서버", Event.USER_TIMEOUT, State.CLOSED)
    assert last.time == pytest.approx(seconds, abs=1.0)


def test_a_rebooted_peer_answers_with_a_reset() -> None:
    trace = vanished_peer(keepalive=7200.0, rebooted=True)
    assert trace.segments[-1].segment.has(Flags.RST)
    assert trace.states[-1].event is Event.RCV_RST


def test_without_keepalive_nobody_ever_knows() -> None:
    trace = vanished_peer()
    assert trace.state_at("서버", 3 * 3600.0) is State.ESTABLISHED
    assert len(trace) == 3


def test_half_close_still_carries_data() -> None:
    trace = half_close(request=10, response=500)
    fin = next(sent for sent in trace.segments if sent.segment.has(Flags.FIN))
    late = [sent for sent in trace.segments[fin.number :] if sent.src == "서버" and sent.segment.payload]
    assert [len(sent.segment.payload) for sent in late] == [500]
    assert trace.state_at("클라이언트", 1.5) is State.FIN_WAIT_2
    assert trace.state_at("서버", 1.5) is State.CLOSE_WAIT


def test_closing_with_unread_data_resets() -> None:
    assert unread_close().segments[-1].segment.has(Flags.RST)
    assert not any(sent.segment.has(Flags.RST) for sent in unread_close(unread=0).segments)
