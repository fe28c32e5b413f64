"""흐름 따라가기: 기록에서 뽑은 값이 연결이 스스로 적은 값, 응용이 받은 값과 같다."""

from __future__ import annotations

import pytest

from tcpedu.network import scenarios
from tcpedu.network.contest import Contest, Runner, compete
from tcpedu.network.flow import busiest, follow
from tcpedu.network.simulation import Simulation
from tcpedu.protocol.congestion import Bbr, Cubic, Reno


@pytest.mark.parametrize("algorithm", [Reno, Cubic, Bbr])
@pytest.mark.parametrize("sack", [True, False])
def test_in_flight_is_what_the_connection_says(algorithm, sack):
    trace = compete(Contest((Runner(algorithm, sack=sack),), loss="random", duration=6.0)).trace
    flow = follow(trace)
    levels = dict(flow.in_flight)
    both = [(levels[one.time], one.in_flight) for one in flow.windows if one.time in levels]
    assert len(both) > 20
    assert all(ours == theirs for ours, theirs in both)


def test_one_loss_is_one_fast_retransmit():
    flow = follow(scenarios.one_loss(segments=30, lost=12))
    (drop, again) = flow.events
    assert (drop.kind, again.kind) == ("drop", "fast retransmit")
    assert [one.start for one in flow.sent if one.again] == [1 + 11 * 1000]  # 열두째 세그먼트
    assert [one.start for one in flow.sent if one.arrived is None] == [1 + 11 * 1000]


def test_a_lost_tail_is_a_timeout_one_rto_after_the_last_ack():
    flow = follow(scenarios.tail_loss())
    (timeout,) = [event for event in flow.events if event.kind == "timeout"]
    last_ack = max(time for time, _ in flow.acked if time < timeout.time)
    assert timeout.time == pytest.approx(last_ack + 1.0)  # RFC 6298 §2.4: 1초보다 짧지 않다
    assert flow.count("fast retransmit") == 0


def test_round_trips_are_the_path_and_retransmissions_are_not_measured():
    flow = follow(scenarios.one_loss(segments=30, lost=12, delay=0.05, rate=1e8))
    assert all(rtt == pytest.approx(0.1, abs=0.003) for _, rtt in flow.rtts)
    again = [one for one in flow.sent if one.again]
    covering = min(time for time, ack in flow.acked if ack >= again[0].end)
    assert covering not in [time for time, _ in flow.rtts]  # Karn (RFC 6298 §3)


def test_sack_blocks_are_above_the_hole():
    from tcpedu.protocol.config import Config

    flow = follow(scenarios.one_loss(segments=30, lost=12, config=Config(mss=1000, sack=True)))
    assert flow.sacks[0][1:] == (1 + 12 * 1000, 1 + 13 * 1000)
    assert follow(scenarios.one_loss()).sacks == []


def test_edge_is_the_ack_and_the_scaled_window():
    flow = follow(compete(Contest(duration=1.0)).trace)
    assert max(edge - ack for (_, edge), (_, ack) in zip(flow.edge[1:], flow.acked[1:], strict=False)) > 65535


def test_new_data_is_what_the_application_received():
    size = 200_000
    trace = scenarios.burst_loss(segments=size // 1000)
    flow = follow(trace)
    assert sum(n for _, n, new in flow.arrivals if new) == size
    rates = flow.rate(0.25, 120.0, new_only=True)
    assert sum(rate for _, rate in rates) * 0.25 / 8 == pytest.approx(size)


def test_second_copies_count_as_throughput_only():
    """데이터 하나가 3초 늦어 가짜로 다시 보내면 두 벌이 도착한다."""
    flow = follow(scenarios.transfer(bytes(2920), mss=1460, delays={4: 3.0}))
    every, new = (sum(rate for _, rate in flow.rate(0.5, 10.0, new_only=new)) * 0.5 / 8 for new in (False, True))
    assert new == pytest.approx(2920)
    assert every > new


def test_who_to_follow():
    trace = scenarios.one_loss()
    assert busiest(trace) == ("클라이언트", "서버")
    assert follow(trace).src == "클라이언트"
    with pytest.raises(ValueError, match="기록에 없는 호스트입니다: 나"):
        follow(trace, "나")
    with pytest.raises(ValueError, match="데이터를 실은 세그먼트가 없습니다"):
        follow(Simulation().run())
    with pytest.raises(ValueError, match="구간은 0보다"):
        follow(trace).rate(0, 1)
