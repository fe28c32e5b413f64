"""큐: 꼬리 버림, RED(Floyd와 Jacobson 1993), CoDel(RFC 8289), ECN 표시(RFC 3168)."""

from itertools import pairwise
from math import sqrt

import pytest

from tcpedu.network.packet import Ecn, Packet
from tcpedu.network.queues import CoDel, Red, TailDrop
from tcpedu.network.simulation import Simulation
from tcpedu.protocol.segment import Segment

SEGMENT = Segment(1, 2, seq=0, payload=bytes(960))  # IP 패킷으로 1000바이트


def packet(number: int, ecn: Ecn = Ecn.NOT_ECT) -> Packet:
    return Packet(number, "a", "b", SEGMENT, 0.0, ecn=ecn)


def test_tail_drop_is_first_in_first_out() -> None:
    queue = TailDrop(2)
    packets = [packet(n) for n in range(3)]
    assert [queue.enqueue(one, 1.5) for one in packets] == [True, True, False]
    assert (packets[2].dropped, packets[2].dropped_at) == ("대기열 넘침", 1.5)
    assert [queue.dequeue(2.0), queue.dequeue(2.0), queue.dequeue(2.0)] == [packets[0], packets[1], None]


# RED -----------------------------------------------------------------------


def filled(red: Red, length: int, average: float) -> Red:
    """길이 `length`에 평균도 그만큼인 큐. 무게가 아주 작아 평균은 움직이지 않는다."""
    for n in range(length):
        TailDrop.enqueue(red, packet(n), 0.0)
    red.average = average
    return red


def gaps(red: Red, count: int) -> list[int]:
    """버린 것과 버린 것 사이의 패킷 수."""
    dropped = []
    for n in range(count):
        one = packet(n)
        if red.enqueue(one, 0.0):
            red.dequeue(0.0)
        else:
            assert one.dropped == "RED"
            dropped.append(n)
    return [b - a for a, b in pairwise(dropped)]


def test_red_spaces_its_drops_evenly_between_one_and_the_inverse_probability() -> None:
    """논문 §7: p_a를 쓰면 간격이 고르다. 논문의 알고리즘대로 세면 {1, …, 1/p_b - 1}이고 평균은 1/(2 p_b)다."""
    red = filled(Red(5, 15, max_p=0.1, weight=1e-12, seed=1), 10, 10.0)  # p_b = 0.05
    found = gaps(red, 20_000)
    assert max(found) <= 19
    assert sum(found) / len(found) == pytest.approx(10, rel=0.05)
    counts = [found.count(gap) / len(found) for gap in range(1, 20)]
    assert min(counts) > 0.03 and max(counts) < 0.07


def test_red_drops_nothing_below_and_everything_above_its_thresholds() -> None:
    assert gaps(filled(Red(weight=1e-12), 4, 4.0), 200) == []
    assert set(gaps(filled(Red(weight=1e-12), 16, 16.0), 200)) == {1}


def test_red_smooths_and_forgets_while_idle() -> None:
    red = Red(weight=0.5)
    red.attach(12_000_000)  # 1500바이트에 1 ms
    for n in range(3):
        red.enqueue(packet(n), 0.0)
    assert red.average == pytest.approx(1.25)  # 길이 0, 1, 2를 보고 0 → 0.5 → 1.25
    for _ in range(3):
        red.dequeue(1.0)
    red.enqueue(packet(9), 1.003)  # 세 패킷의 시간만큼 쉬었다
    assert red.average == pytest.approx(1.25 * 0.5**3)


def test_red_marks_between_the_thresholds_and_drops_above() -> None:
    """RFC 3168 §7."""
    marking = filled(Red(5, 15, max_p=1.0, weight=1e-12, ecn=True), 14, 14.9)
    packets = [packet(n, Ecn.ECT_0) for n in range(20)]
    assert all(marking.enqueue(one, 0.0) for one in packets)
    assert sum(one.ecn is Ecn.CE for one in packets) >= 15
    above = filled(Red(weight=1e-12, ecn=True), 16, 16.0)
    assert above.enqueue(packet(1, Ecn.ECT_0), 0.0) is False


# CoDel ---------------------------------------------------------------------


def overload(queue: CoDel, seconds: float, ecn: Ecn = Ecn.NOT_ECT, every: float = 0.0005) -> list[Packet]:
    """1 ms에 하나씩 나가는 큐에 그보다 자주 넣는다. 상대는 줄이지 않는다."""
    packets: list[Packet] = []
    arrivals, departures = 0.0, 0.0
    while departures < seconds:
        while arrivals <= departures:
            packets.append(packet(len(packets), ecn))
            queue.enqueue(packets[-1], arrivals)
            arrivals += every
        queue.dequeue(departures)
        departures += 0.001
    return packets


def test_codel_drops_at_the_control_law_times() -> None:
    """RFC 8289 §3.3, §5: 처음 넘고 100 ms 뒤에 하나, 그다음은 interval/√count마다."""
    packets = overload(CoDel(limit=None), 1.0)
    times = [one.dropped_at for one in packets if one.dropped]
    assert {one.dropped for one in packets} == {None, "CoDel"}
    # 머문 시간은 나가는 하나마다 0.5 ms씩 늘어 10 ms쯤 5 ms를 넘는다.
    assert times[0] == pytest.approx(0.11, abs=0.002)
    due, expected = times[0] + 0.1, [times[0]]
    for count in range(2, len(times) + 1):
        expected.append(due)
        due += 0.1 / sqrt(count)
    assert times == pytest.approx(expected, abs=0.0011)  # 꺼내는 눈금이 1 ms다
    assert len(times) == 27


def test_codel_leaves_a_short_burst_alone() -> None:
    queue, packets = CoDel(), [packet(n) for n in range(90)]
    for one in packets:
        queue.enqueue(one, 0.0)
    for n in range(90):
        queue.dequeue(n * 0.001)
    assert not any(one.dropped for one in packets)


def test_codel_never_drops_the_last_packet() -> None:
    """RFC 8289 §5.6: 남은 것이 패킷 하나 이하이면 아무리 오래 머물러도 버리지 않는다."""
    queue = CoDel()
    for n in range(20):
        one = packet(n)
        queue.enqueue(one, n * 1.0)
        assert queue.dequeue(n * 1.0 + 0.5) is one and one.dropped is None


def test_codel_starts_again_near_its_old_rate() -> None:
    """RFC 8289 §5.5: 16 interval 안에 다시 버리기 시작하면 count를 이어 쓴다."""
    queue = CoDel(limit=None)
    overload(queue, 1.0)
    reached = queue.count
    assert reached > 10
    while queue.dequeue(1.0):
        pass
    assert queue.dropping is False
    for n in range(300):
        queue.enqueue(packet(n), 1.0)
    times = [1.0 + n * 0.001 for n in range(1, 200)]
    while not queue.dropping:
        queue.dequeue(times.pop(0))
    assert queue.count >= reached - 2


def test_codel_marks_instead_of_dropping() -> None:
    queue = CoDel(limit=None, ecn=True)
    packets = overload(queue, 1.0, Ecn.ECT_0)
    marked = [one for one in packets if one.ecn is Ecn.CE]
    assert len(marked) == 27 and not any(one.dropped for one in packets)
    assert any(one.dropped for one in overload(CoDel(limit=None, ecn=True), 1.0))  # 알림을 모르는 흐름은 버린다


# 링크 위에서 ---------------------------------------------------------------


def test_the_trace_keeps_the_queue_lengths() -> None:
    sim = Simulation()
    a, b = sim.host("a"), sim.host("b")
    sim.link(a, b, rate=8000, queue=2)  # 1000바이트에 1초
    for _ in range(4):
        a.send_raw(b, SEGMENT)
    trace = sim.run(until=2.5)
    assert trace.queues["a", "b"] == [(0.0, 1), (0.0, 2), (1.0, 1), (2.0, 0)]
    assert [sent.dropped for sent in trace.segments[:4]] == [None, None, None, "대기열 넘침"]


def test_each_direction_has_its_own_copy_of_the_queue() -> None:
    sim = Simulation()
    a, b = sim.host("a"), sim.host("b")
    queue = CoDel(limit=1)
    sim.link(a, b, rate=8000, queue=queue)
    for src, dst in ((a, b), (b, a)):
        src.send_raw(dst, SEGMENT)
        src.send_raw(dst, SEGMENT)
    assert [sent.dropped for sent in sim.run(until=0.5).segments] == [None] * 4
    assert len(queue) == 0


@pytest.mark.parametrize(
    "make",
    [lambda: TailDrop(0), lambda: Red(15, 5), lambda: Red(max_p=0), lambda: Red(weight=2), lambda: CoDel(target=0.2)],
)
def test_impossible_queues_are_refused(make) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError):
        make()
