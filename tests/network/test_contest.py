"""겨루기: RFC가 말하는 모양이 나온다."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from math import isnan

import pytest

from tcpedu.network.contest import ALGORITHMS, MSS, Contest, Runner, compete, jain_index, stages
from tcpedu.network.latency import Household, household, quantile
from tcpedu.protocol.congestion import CongestionControl, Cubic, Reno


def value(points, at):
    return [y for x, y in points if x <= at][-1]


def test_slow_start_doubles_each_round_trip():
    """RFC 6928의 10에서 시작해 왕복마다 두 배 (RFC 5681 §3.1). 데이터는 핸드셰이크가 끝난 0.1초부터 간다."""
    flow = compete(Contest(rate=1e9, queue=10_000, duration=0.45)).flows[0]
    assert [value(flow.cwnd, 0.15 + 0.1 * k) for k in range(4)] == [10, 20, 40, 80]
    assert [value(flow.in_flight, 0.15 + 0.1 * k) for k in range(4)] == [10, 20, 40, 80]


def test_delayed_acks_slow_the_doubling_to_three_halves():
    flow = compete(Contest(rate=1e9, queue=10_000, duration=0.45, delayed_ack=True)).flows[0]
    assert [value(flow.cwnd, 0.15 + 0.1 * k) for k in range(3)] == [10, 15, pytest.approx(22, abs=1)]


@pytest.mark.parametrize("sack", [True, False])
def test_reno_saws_between_half_and_whole(sack):
    """RFC 5681 §3.1, §3.2: 길과 큐를 가득 채운 W에서 W/2로 줄고, 왕복마다 한 세그먼트씩 자란다."""
    contest = Contest((Runner(Reno, sack=sack),), duration=30.0)
    flow = compete(contest).flows[0]
    whole = contest.bdp + contest.queue + 1  # 하나는 링크에 실리는 중이다
    teeth = [one for one in flow.stages if one.kind == "CONGESTION_AVOIDANCE" and one.start > 5 and one.end < 29]
    assert len(teeth) >= 3
    for tooth in teeth:
        inside = [y for x, y in flow.cwnd if tooth.start <= x < tooth.end]
        assert inside[-1] == pytest.approx(whole, abs=1.5)
        assert inside[0] == pytest.approx(whole / 2, abs=1.5)
        assert {round(b - a, 6) for a, b in pairwise(inside)} == {1.0}


@pytest.mark.parametrize(("algorithm", "beta"), [(Reno, 0.5), (Cubic, 0.7)])
def test_how_much_is_kept_after_a_loss(algorithm, beta):
    """RFC 5681 식 4의 1/2, RFC 9438 §4.6의 0.7."""
    outcome = compete(Contest((Runner(algorithm),), rate=1e8, queue=10_000, loss="nth", nth=60, duration=1.0))
    (event,) = [one for one in outcome.flows[0].flow.events if one.kind == "fast retransmit"]
    before = [y for x, y in outcome.flows[0].cwnd if x < event.time][-1]
    kept = next(y for x, y in outcome.flows[0].ssthresh if x >= event.time and not isnan(y))
    assert kept / before == pytest.approx(beta, abs=0.03)


@pytest.mark.parametrize("aqm", ["tail", "red", "codel"])
def test_goodput_is_never_more_than_the_link_and_is_what_arrived(aqm):
    outcome = compete(Contest((Runner(), Runner(start=1.0)), aqm=aqm))
    payload = MSS / (MSS + 40)  # IP와 TCP 헤더
    assert 0.3 < outcome.utilization <= payload
    link = outcome.contest.rate
    for one, two in zip(*(flow.goodput for flow in outcome.flows), strict=True):
        assert one[1] + two[1] <= link * 1.02  # 구간의 끝에 걸친 패킷 하나


def test_waiting_is_the_packets_ahead():
    """꼬리 버림에서 가장 오래 기다린 것은 20패킷과, 실리던 하나가 나갈 때까지다."""
    outcome = compete(Contest(duration=5.0))
    packet = (MSS + 40) * 8 / 1e6
    # 한꺼번에 나온 IW의 열 개: k번째는 핸드셰이크의 ACK(40바이트)와 앞의 k개를 기다린다.
    first = [wait for _, wait in outcome.delay[:10]]
    assert first == pytest.approx([40 * 8 / 1e6 + k * packet for k in range(10)])
    longest = max(wait for _, wait in outcome.delay)
    assert 19.5 * packet < longest <= 21 * packet
    assert max(length for _, length in outcome.queue) == 20


def test_ecn_reduces_without_losing():
    with_ecn = compete(Contest(aqm="codel", ecn=True)).flows[0].flow
    without = compete(Contest(aqm="codel")).flows[0].flow
    assert with_ecn.count("ecn") > 2 and with_ecn.count("mark") > 2
    assert without.count("ecn") == without.count("mark") == 0
    assert with_ecn.count("drop") < without.count("drop")


def test_a_shorter_round_trip_gets_more():
    outcome = compete(Contest((Runner(rtt=0.05), Runner(rtt=0.2)), rate=2e6, duration=20.0))
    fast, slow = outcome.flows
    assert fast.mean_goodput > 1.3 * slow.mean_goodput
    assert outcome.jain == pytest.approx(jain_index([fast.mean_goodput, slow.mean_goodput]))


@pytest.mark.parametrize(
    ("rates", "index"), [([1, 2, 3], 36 / 42), ([1, 1, 1, 1], 1.0), ([1, 0, 0, 0], 0.25), ([0, 0], 1.0)]
)
def test_jain_by_hand(rates, index):
    assert jain_index(rates) == pytest.approx(index)


@pytest.mark.parametrize(
    ("loss", "lost"), [("none", 0), ("nth", 1), ("burst", 4)]
)
def test_added_losses(loss, lost):
    outcome = compete(Contest(rate=1e8, queue=10_000, loss=loss, nth=40, duration=0.7))
    assert sum(one.dropped == "손실" for one in outcome.trace.segments) == lost


@pytest.mark.parametrize("loss", ["random", "bursts"])
def test_random_losses_are_near_their_rate_and_only_data(loss):
    trace = compete(Contest(rate=2e6, loss=loss, loss_rate=0.05, duration=20.0, seed=3)).trace
    data = [one for one in trace.segments if one.segment.payload and one.dropped != "대기열 넘침"]
    lost = [one for one in trace.segments if one.dropped == "손실"]
    assert all(one.segment.payload for one in lost)
    assert len(lost) / len(data) == pytest.approx(0.05, abs=0.03)


def test_stages_touch_and_cover():
    outcome = compete(Contest())
    found = outcome.flows[0].stages
    assert all(one.end == two.start for one, two in pairwise(found))
    assert found[-1].end == 10.0
    assert all(one.kind != two.kind for one, two in pairwise(found))
    assert {one.name for one in found} == {"슬로 스타트", "빠른 회복", "혼잡 회피"}
    assert stages(outcome.flows[0].flow, 20.0)[-1].end == 20.0


def test_same_conditions_same_result():
    first, second = (compete(Contest((Runner(Cubic),), loss="random", duration=3.0)) for _ in range(2))
    assert first.flows[0].cwnd == second.flows[0].cwnd
    assert first.trace.to_text() == second.trace.to_text()


class Fixed(CongestionControl):
    """늘 4 MSS."""

    def __init__(self, mss, initial_window=None):
        super().__init__(mss, initial_window)
        self.cwnd = 4 * mss

    def on_ack(self, acked, rtt, in_flight, now):
        self.cwnd = 4 * self.mss

    on_loss = on_timeout = lambda self, in_flight, now: None


def test_a_learners_class_runs_like_any_other():
    flow = compete(Contest((Runner(Fixed),), duration=3.0)).flows[0]
    assert {y for _, y in flow.cwnd} == {4.0}
    assert flow.mean_goodput == pytest.approx(4 * MSS * 8 / 0.112 * 2.9 / 3, rel=0.05)  # 왕복마다 넷


def test_an_algorithm_with_its_switches_set():
    """`partial`로 스위치를 켠 알고리즘도 겨룬다. RFC 9406: 큐가 넘치기 전에 슬로 스타트를 끝내 덜 버려진다."""
    drops = {}
    for name, algorithm in {"plain": Cubic, "hystart": partial(Cubic, hystart=True)}.items():
        outcome = compete(Contest((Runner(algorithm),), rate=4e6, queue=50, duration=3.0))
        drops[name] = outcome.flows[0].flow.count("drop")
    assert drops["hystart"] < drops["plain"] / 2


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Contest(()), "흐름은 하나부터 넷까지입니다: 0"),
        (lambda: Contest((Runner(rtt=0.0),)), "왕복 시간은 0보다"),
        (lambda: Contest(duration=0), "시간과 속도는"),
        (lambda: compete(Contest(ecn=True)), "꼬리를 버리는 큐는 ECN"),
        (lambda: compete(Contest((Runner(int),))), r"int에 on_ack, on_loss, on_timeout이\(가\) 없습니다"),
        (lambda: Household(bulks=0), "대량 전송은 하나부터"),
        (lambda: Household(small=300), r"작은 버퍼\(300\)가"),
        (lambda: household(Household(), "없는 큐"), "모르는 큐입니다: 없는 큐"),
    ],
)
def test_refusals(make, words):
    with pytest.raises(ValueError, match=words):
        make()


# 지연 ----------------------------------------------------------------------


def test_a_big_buffer_makes_everyone_wait_and_codel_does_not():
    home = Household(duration=6.0)
    found = {queue: household(home, queue) for queue in ("small", "huge", "codel")}
    packet = (MSS + 40) * 8 / home.rate
    assert found["huge"].worst == pytest.approx(home.rtt + home.huge * packet, rel=0.1)  # 200패킷이 나갈 때까지
    assert found["small"].worst < home.rtt + (home.small + 1) * packet + 0.01
    assert found["codel"].typical < found["huge"].typical / 5
    assert found["codel"].goodput > 0.8 * found["huge"].goodput


def test_ecn_marks_instead_of_dropping():
    marked, dropped = (household(Household(ecn=ecn), "codel") for ecn in (True, False))
    assert marked.marks > 0 and marked.drops == 0
    assert dropped.drops > 0 and dropped.marks == 0


def test_answers_come_in_order_and_never_sooner_than_the_path():
    one = household(Household(duration=3.0), "small")
    times = [time for time, _ in one.answers]
    assert times == sorted(times)
    assert min(took for _, took in one.answers) >= 0.04
    assert one.slowest == max(took for _, took in one.answers)


@pytest.mark.parametrize(("part", "expected"), [(0.0, 1), (0.5, 6), (0.95, 10), (1.0, 10)])
def test_quantile_by_hand(part, expected):
    assert quantile(list(range(10, 0, -1)), part) == expected


def test_every_algorithm_is_offered():
    assert list(ALGORITHMS) == ["Reno", "CUBIC", "BBR"]
