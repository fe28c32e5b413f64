"""강의의 상황들이 제 이야기를 하는가: 닫기, 손실, 윈도우, 나눠 쓰기."""

from itertools import pairwise

import pytest

from tcpedu.network.analysis import Mark, analyze
from tcpedu.network.queues import CoDel, Red
from tcpedu.network.scenarios import (
    CLIENT,
    SERVER,
    bufferbloat,
    burst_loss,
    nagle_delayed_ack,
    normal_close,
    one_loss,
    reset_close,
    simultaneous_close,
    tail_loss,
    three_segment_close,
    two_flows,
    zero_window,
)
from tcpedu.network.topology import throughput
from tcpedu.network.trace import Trace
from tcpedu.protocol.config import Config


def closing(trace: Trace) -> list[str]:
    """핸드셰이크 뒤의 세그먼트: `방향 플래그 seq/ack`."""
    arrow = {CLIENT: ">", SERVER: "<"}
    return [f"{arrow[s.src]} {s.segment.flags} {s.segment.seq}/{s.segment.ack}" for s in trace.segments[3:]]


def path(trace: Trace, host: str) -> list[str]:
    """ESTABLISHED부터 지나간 상태."""
    names = [change.new.name for change in trace.states if change.host == host]
    return names[names.index("ESTABLISHED") + 1 :]


def test_figure_12_four_segments() -> None:
    """RFC 9293 그림 12의 번호: 100 → 101, 300 → 301."""
    trace = normal_close(client_isn=99, server_isn=299)
    assert closing(trace) == ["> FIN,ACK 100/300", "< ACK 300/101", "< FIN,ACK 300/101", "> ACK 101/301"]
    assert path(trace, CLIENT) == ["FIN_WAIT_1", "FIN_WAIT_2", "TIME_WAIT", "CLOSED"]
    assert path(trace, SERVER) == ["CLOSE_WAIT", "LAST_ACK", "CLOSED"]


def test_three_segments_when_the_ack_rides_on_the_fin() -> None:
    trace = three_segment_close(client_isn=99, server_isn=299)
    assert closing(trace) == ["> FIN,ACK 100/300", "< FIN,ACK 300/101", "> ACK 101/301"]
    assert path(trace, CLIENT) == ["FIN_WAIT_1", "TIME_WAIT", "CLOSED"]
    assert path(trace, SERVER) == ["CLOSE_WAIT", "LAST_ACK", "CLOSED"]


def test_figure_13_simultaneous_close() -> None:
    trace = simultaneous_close(client_isn=99, server_isn=299)
    assert sorted(closing(trace)) == sorted(
        ["> FIN,ACK 100/300", "< FIN,ACK 300/100", "> ACK 101/301", "< ACK 301/101"]
    )
    assert path(trace, CLIENT) == path(trace, SERVER) == ["FIN_WAIT_1", "CLOSING", "TIME_WAIT", "CLOSED"]


def test_a_reset_closes_both_at_once_without_time_wait() -> None:
    trace = reset_close()
    assert closing(trace) == ["> RST,ACK 101/301"]
    assert path(trace, CLIENT) == path(trace, SERVER) == ["CLOSED"]


@pytest.mark.parametrize("lost", range(4, 8))
@pytest.mark.parametrize("close", [normal_close, three_segment_close, simultaneous_close])
def test_every_close_survives_a_loss(close, lost: int) -> None:  # type: ignore[no-untyped-def]
    trace = close(drops=[lost])
    assert [trace.state_at(host, 1e6).name for host in (CLIENT, SERVER)] == ["CLOSED"] * 2


def retransmitted(trace: Trace) -> list[tuple[int, float]]:
    return [(s.segment.seq, s.sent) for s in trace.segments if s.note and s.segment.payload]


def test_one_loss_is_repaired_by_one_fast_retransmission() -> None:
    trace = one_loss()
    assert [seq for seq, _ in retransmitted(trace)] == [11 * 1000 + 101]
    kinds = {mark for finding in analyze(trace, CLIENT) for mark in finding.marks}
    assert Mark.FAST_RETRANSMISSION in kinds and Mark.DUPLICATE_ACK in kinds


def test_a_burst_takes_a_round_trip_each_without_sack_and_one_with_it() -> None:
    without = [time for _, time in retransmitted(burst_loss())]
    gaps = [later - earlier for earlier, later in pairwise(without)]
    assert len(without) == 4 and all(gap == pytest.approx(0.1, abs=0.01) for gap in gaps)
    with_sack = [time for _, time in retransmitted(burst_loss(config=Config(mss=1000, sack=True)))]
    assert len(with_sack) == 4 and with_sack[-1] - with_sack[0] < 0.1


def test_a_lost_tail_waits_for_the_timer() -> None:
    trace = tail_loss()
    (first, *_) = retransmitted(trace)
    assert first[0] == 8101 and first[1] > 1.0  # 최소 RTO 1초
    assert trace.timers


def test_a_zero_window_is_probed_and_opened() -> None:
    kinds = {mark for finding in analyze(zero_window(), CLIENT) for mark in finding.marks}
    assert {Mark.ZERO_WINDOW, Mark.ZERO_WINDOW_PROBE, Mark.WINDOW_UPDATE} <= kinds


def test_nagle_and_delayed_acks_wait_for_each_other() -> None:
    """왕복 20 ms. 둘이 만나면 지연 ACK의 200 ms를 통째로 기다린다."""
    assert nagle_delayed_ack()[1] == pytest.approx([0.24] * 3)
    assert nagle_delayed_ack(delayed_ack=0.0)[1] == pytest.approx([0.04] * 3)
    for cure in ({"nodelay": True}, {"pieces": 1}):
        assert nagle_delayed_ack(**cure)[1] == pytest.approx([0.02] * 3)  # type: ignore[arg-type]


def test_two_flows_fill_the_bottleneck_together() -> None:
    trace = two_flows(duration=10.0)
    rates = [throughput(trace, host, until=10.0)[4:] for host in trace.hosts[:2]]
    totals = [sum(second) for second in zip(*rates, strict=True)]
    assert all(8.5e6 < total <= 10e6 for total in totals)
    assert min(sum(rate) for rate in rates) > 0.1 * sum(totals)
    assert {sample.host for sample in trace.windows} >= set(trace.hosts[:2])


def test_marking_replaces_dropping_when_both_ends_understand_it() -> None:
    """RFC 3168: 표시를 아는 두 흐름은 RED에서 잃지 않고도 줄인다. 처음의 슬로 스타트는 큐를 넘치게 하므로 뺀다."""
    configs = (Config(ecn=True), Config(ecn=True))
    red = Red(5, 15, max_p=0.1, weight=0.02)
    marked = two_flows(queue=red, configs=configs, ecn=True, duration=8.0, second_at=0.0)
    dropped = two_flows(queue=red, duration=8.0, second_at=0.0)
    assert sum(sent.ecn.name == "CE" for sent in marked.segments) > 10
    losses = [sum(bool(sent.dropped) and sent.sent > 3 for sent in trace.segments) for trace in (marked, dropped)]
    assert losses[0] == 0 and losses[1] > 10
    assert min(sample.cwnd for sample in marked.windows) < 10_000


def queue_delay(trace: Trace, host: str) -> float:
    """마지막에 잰 왕복 시간."""
    return [sample.srtt for sample in trace.windows if sample.host == host and sample.srtt][-1]


def test_codel_empties_a_bloated_buffer_at_the_same_throughput() -> None:
    bloated, managed = bufferbloat(duration=15.0), bufferbloat(queue=CoDel(), duration=15.0)
    sender = bloated.hosts[0]
    assert queue_delay(bloated, sender) > 0.5 and queue_delay(managed, sender) < 0.1
    rates = [sum(throughput(trace, sender, until=15.0)[5:]) for trace in (bloated, managed)]
    assert rates[1] > 0.85 * rates[0]
