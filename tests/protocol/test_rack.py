"""RACK-TLP (RFC 8985): 세그먼트를 손으로 건네며 글을 따라간다. MSS는 1000, 왕복은 0.1초다."""

import pytest
from hand import ack, reach, sent

from tcpedu.protocol.connection import Connection
from tcpedu.protocol.rack import Rack, rack_lost
from tcpedu.protocol.state import State
from tcpedu.protocol.tlp import TailLossProbe, probe_timeout
from tcpedu.protocol.transmissions import Sent, Transmissions

K = 1000


def sending(segments: int = 10, window: int = 10, **settings: object) -> Connection:
    """0.1초 만에 연결하고 1.0초에 첫 윈도우를 내보낸 연결. SRTT는 0.1초다."""
    connection = reach(
        State.ESTABLISHED, mss=K, sack=True, loss_detection="rack", initial_window=window * K, nodelay=True, **settings
    )
    connection.write(bytes(segments * K))
    assert len(sent(connection.poll(1.0))) == min(segments, window)
    return connection


def sack(number: int, *blocks: tuple[int, int], **more: object):  # type: ignore[no-untyped-def]
    """세그먼트 단위로 센 SACK."""
    return ack(number * K, blocks=tuple((left * K, right * K) for left, right in blocks), **more)


# RACK ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rack_time", "reo_wnd", "lost"),
    [(0.0, 0.0, [1]), (0.010, 0.0, [1, 2]), (0.030, 0.025, [1]), (0.030, 0.020, [1, 2]), (0.030, 0.031, [])],
)
def test_what_was_sent_a_reordering_window_earlier_is_lost(rack_time: float, reo_wnd: float, lost: list[int]) -> None:
    assert rack_lost([(1, 0.0), (2, 0.010), (3, 0.031)], rack_time, reo_wnd) == lost


def test_three_sacked_segments_are_enough_when_nothing_was_reordered() -> None:
    """§6.2 4단계: RACK.segs_sacked ≥ DupThresh이면 reo_wnd = 0."""
    connection = sending(20)
    assert sent(connection.receive(sack(0, (1, 2)), 1.1)) == [(10 * K, K)]
    assert sent(connection.receive(sack(0, (1, 3)), 1.1)) == [(11 * K, K)]
    assert sent(connection.receive(sack(0, (1, 4)), 1.1))[0] == (0, K)
    assert connection.ssthresh == 5 * K  # FlightSize의 절반. SACK이 내보낸 둘은 뺀다 (RFC 5681 §3.2)


def test_fewer_wait_for_a_quarter_of_the_minimum_rtt() -> None:
    """§6.2 4–5단계: min_RTT/4를 더 기다린 뒤 재정렬 타이머가 잃었다고 본다."""
    connection = sending(3)
    assert connection.receive(sack(0, (1, 3)), 1.1) == []
    assert connection.next_timer() == pytest.approx(1.0 + 0.1 + 0.025)
    assert sent(connection.poll(1.1 + 0.025)) == [(0, K)]


def test_new_data_does_not_cancel_the_reordering_timer() -> None:
    """둘이 SACK되자 새 데이터가 나갔다. 그래도 min_RTT/4 뒤에는 첫째를 잃었다고 본다."""
    connection = sending(20)
    assert sent(connection.receive(sack(0, (1, 3)), 1.1)) == [(10 * K, K), (11 * K, K)]
    assert connection.next_timer() == pytest.approx(1.0 + 0.1 + 0.025)
    assert sent(connection.poll(1.125))[0] == (0, K)


def test_a_late_segment_is_not_sent_again() -> None:
    """순서만 바뀌었다: 재정렬 윈도우 안에 오면 아무것도 다시 보내지 않고 줄이지도 않는다."""
    connection = sending(3)
    connection.receive(sack(0, (1, 3)), 1.1)
    assert connection.receive(sack(3), 1.11) == []
    assert connection.next_timer() is None
    assert connection.cwnd == 11 * K  # 슬로 스타트로 늘었을 뿐이다
    connection.write(bytes(10 * K))
    connection.poll(2.0)
    # 순서가 뒤바뀐 적이 있으므로 셋이 SACK되어도 기다린다 (§6.2 4단계).
    assert sent(connection.receive(sack(3, (4, 8)), 2.1)) == []
    assert connection.next_timer() == pytest.approx(2.1 + 0.1 / 4)


def test_a_lost_retransmission_is_detected_without_a_timeout() -> None:
    """6675는 RTO를 기다리지만 RACK은 나중에 보낸 것이 도착하면 안다."""
    connection = sending(40)
    for n in range(1, 10):  # 둘째 것부터 하나씩 도착한다. 셋째 SACK(1.103초)에 다시 보낸다
        connection.receive(sack(0, (1, n + 1)), 1.1 + n / 1000)
    # 10과 11은 다시 보내기 전에 나간 것이다: 그것의 SACK으로는 알 수 없다.
    assert (0, K) not in sent(connection.receive(sack(0, (1, 12)), 1.203))
    assert sent(connection.receive(sack(0, (1, 13)), 1.21))[0] == (0, K)
    assert connection.rto == 1.0


def test_dsack_widens_the_window_once_a_round_and_sixteen_recoveries_reset_it() -> None:
    rack = Rack()
    rack.on_dsack(una=100, nxt=500)
    rack.on_dsack(una=200, nxt=600)
    assert (rack.reo_wnd_mult, rack.dsack_round) == (2, 500)
    rack.on_dsack(una=500, nxt=900)
    assert rack.reo_wnd_mult == 3
    for _ in range(15):
        rack.on_recovery_exit()
    assert rack.reo_wnd_mult == 3
    rack.on_recovery_exit()
    assert rack.reo_wnd_mult == 1


def test_the_window_is_never_wider_than_srtt() -> None:
    rack = Rack()
    rack.on_rtt(0.1, now=0.0)
    rack.reo_wnd_mult = 40
    assert rack.window(in_recovery=False, srtt=0.12) == 0.12
    assert rack.window(in_recovery=True, srtt=0.12) == 0.0
    rack.reordering_seen = True
    assert rack.window(in_recovery=True, srtt=0.12) == 0.12


def test_the_minimum_rtt_is_forgotten_after_a_while() -> None:
    rack = Rack()
    for rtt, now in [(0.1, 0.0), (0.3, 100.0), (0.3, 301.0)]:
        rack.on_rtt(rtt, now)
    assert rack.min_rtt == 0.3


@pytest.mark.parametrize(
    ("echo", "rtt", "taken"), [(None, 0.2, True), (None, 0.05, False), (1999, 0.2, False), (2000, 0.2, True)]
)
def test_an_ack_that_may_be_of_the_original_is_ignored(echo: int | None, rtt: float, taken: bool) -> None:
    """§6.2 2단계: 다시 보낸 것은 TSecr가 그보다 앞서거나 min_RTT보다 빨리 확인되면 셈에 넣지 않는다."""
    rack = Rack()
    rack.on_rtt(0.1, now=1.0)
    rack.on_delivered([Sent(1, 1001, 2.0, retransmitted=True)], now=2.0 + rtt, echo=echo)
    assert (rack.xmit_ts == 2.0) is taken


def test_a_timeout_marks_losses_but_does_not_go_back() -> None:
    """§6.3. SND.NXT는 그대로이고, 잃은 것을 슬로 스타트로 다시 보낸다."""
    connection = sending(10)
    connection.poll(1.2)  # 탐침
    before = connection.snd_nxt
    assert sent(connection.poll(2.2)) == [(0, K)]
    assert (connection.snd_nxt, connection.cwnd) == (before, K)
    assert sent(connection.receive(sack(1, (2, 3)), 2.3)) == [(K, K), (3 * K, K)]  # 2는 도착했다


def test_a_receiver_that_dropped_sacked_data_gets_it_again() -> None:
    """RFC 2018 §8: SACK한 것이 누적 확인의 바로 위에 남아 있으면 상대가 버린 것이다."""
    connection = sending(6)
    connection.receive(sack(0, (1, 6)), 1.1)
    connection.receive(sack(1), 1.2)  # 첫째는 메웠는데 SACK한 것까지 나아가지 않는다
    out = []
    while len(out) < 5:
        at = connection.next_timer()
        assert at is not None
        for start, _ in sent(connection.poll(at)):
            out.append(start)
            connection.receive(ack(start + K), at + 0.1)
    assert out[-5:] == [K, 2 * K, 3 * K, 4 * K, 5 * K]


# 기록 -------------------------------------------------------------------------------


def test_sending_again_replaces_what_it_overlaps() -> None:
    segments = Transmissions()
    for n in range(3):
        segments.on_sent(1 + n * 100, 101 + n * 100, 0.0, is_new=True)
    segments.mark_lost(101)
    segments.on_sent(51, 251, 1.0, is_new=False)
    assert [(s.start, s.end) for s in segments.flying.values()] == [(1, 51), (251, 301), (51, 251)]
    assert (segments.pipe, segments.lost) == (300, [])
    assert [s.start for s in segments.cumulative(100)] == [1]
    assert segments.pipe == 201


def test_sacked_segments_are_counted_until_they_are_acknowledged() -> None:
    segments = Transmissions()
    for n in range(5):
        segments.on_sent(n * 10, n * 10 + 10, 0.0, is_new=True)
    assert [s.start for s in segments.sacked(10, 35)] == [10, 20]
    assert (segments.segs_sacked, len(segments), segments.pipe) == (2, 3, 30)
    segments.cumulative(20)
    assert segments.segs_sacked == 1
    segments.mark_lost(30)
    segments.unmark()
    assert (segments.pipe, segments.lost, segments.last()) == (20, [], (40, 50))


# TLP --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("srtt", "single", "until_rto", "pto"),
    [(0.1, False, 1.0, 0.2), (0.1, True, 1.0, 0.4), (None, False, 3.0, 1.0), (0.6, False, 1.0, 1.0)],
)
def test_the_probe_timeout(srtt: float | None, single: bool, until_rto: float, pto: float) -> None:
    """§7.2 TLP_calc_PTO."""
    assert probe_timeout(srtt, single, until_rto) == pytest.approx(pto)


def test_a_lost_tail_is_repaired_by_a_probe() -> None:
    """마지막 둘을 잃었다: PTO에 마지막 것을 다시 보내고, 그 SACK이 하나 앞의 것도 잃었음을 알린다."""
    connection = sending(5)
    connection.receive(sack(3), 1.1)
    assert connection.next_timer() == pytest.approx(1.1 + 2 * 0.1, abs=0.01)
    at = connection.next_timer()
    assert at is not None
    assert sent(connection.poll(at)) == [(4 * K, K)]
    assert sent(connection.receive(sack(3, (4, 5)), at + 0.1)) == [(3 * K, K)]
    connection.receive(sack(5), at + 0.2)
    assert (connection.next_timer(), connection.in_flight) == (None, 0)


@pytest.mark.parametrize(("dsack", "cwnd"), [(False, 2), (True, 12)])
def test_a_loss_hidden_by_the_probe_halves_once(dsack: bool, cwnd: int) -> None:
    """§7.4: 탐침이 메운 손실에는 한 번 줄인다. DSACK이 오면 잃은 것이 없었다."""
    connection = sending(5)
    connection.receive(sack(4), 1.1)
    at = connection.next_timer()
    assert at is not None and sent(connection.poll(at)) == [(4 * K, K)]
    before = connection.cwnd
    assert before == 11 * K
    connection.write(bytes(K))
    connection.poll(at + 0.01)
    if dsack:
        connection.receive(sack(5, (4, 5)), at + 0.1)
    else:
        connection.receive(sack(6), at + 0.1)
    assert connection.cwnd == cwnd * K


def test_a_probe_prefers_new_data_and_may_exceed_the_window() -> None:
    """§7.3: cwnd를 다 썼어도 새 세그먼트 하나. 그 ACK로는 줄이지 않는다."""
    connection = sending(12, window=4)
    at = connection.next_timer()
    assert at == pytest.approx(1.2)
    assert sent(connection.poll(at)) == [(4 * K, K)]
    assert connection.next_timer() == pytest.approx(at + 1.0)  # 그다음은 RTO다: 탐침은 한 번에 하나
    connection.receive(sack(5), at + 0.05)
    assert connection.cwnd >= 4 * K and connection.ssthresh == float("inf")


def test_no_second_probe_without_a_new_rtt_sample() -> None:
    """§7.3의 두 조건."""
    probe = TailLossProbe()
    probe.on_probe(100, is_retrans=True)
    assert not probe.may_probe()
    assert not probe.on_ack(99, dsack_end=None, bare_duplicate=False)
    assert not probe.on_ack(100, dsack_end=None, bare_duplicate=True)
    assert probe.end_seq is None and not probe.may_probe()
    probe.measured = True
    assert probe.may_probe()


def test_a_lost_fin_is_probed_too() -> None:
    connection = sending(2)
    connection.receive(sack(2), 1.1)
    connection.close()
    assert len(connection.poll(2.0)) == 1
    at = connection.next_timer()
    assert at == pytest.approx(2.0 + 2 * 0.1 + 0.2, abs=0.01)
    (fin,) = connection.poll(at)
    assert str(fin.flags) == "FIN,ACK"
    connection.receive(ack(2 * K + 1), at + 0.1)
    assert (connection.state, connection.next_timer()) == (State.FIN_WAIT_2, None)
