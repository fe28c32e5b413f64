"""링크: 지연, 속도와 대기열, 손실."""

import doctest
import random

import pytest

from tcpedu.network import departures
from tcpedu.network.link import Link, Packet, bernoulli, drop, gilbert_elliott, hold, jitter
from tcpedu.network.pcap import ip_packet
from tcpedu.network.simulation import Simulation
from tcpedu.protocol.segment import (
    MSS,
    NoOperation,
    Sack,
    SackPermitted,
    Segment,
    Timestamps,
    WindowScale,
)

SEGMENT = Segment(1, 2, seq=0, payload=bytes(960))  # IP 패킷으로 1000바이트


class Sink:
    """도착한 패킷과 시각을 모으는 곳."""

    name = "b"

    def __init__(self, sim: Simulation) -> None:
        self.sim, self.got = sim, []  # type: ignore[var-annotated]

    def _arrive(self, packet: Packet) -> None:
        self.got.append((packet.number, self.sim.now))


def packet(number: int, src: str = "a", sent: float = 0.0) -> Packet:
    return Packet(number, src, "b", SEGMENT, sent)


def carry(
    link: Link, *packets: Packet, lengths: list[tuple[float, int]] | None = None
) -> list[tuple[tuple[float, ...], str | None]]:
    """패킷들을 보낸 시각에 한 채널에 싣고, 도착한 시각들과 도착하지 못한 까닭을 돌려준다."""
    sim = Simulation()
    sink = Sink(sim)
    channel = link.channel(sink, sim, [] if lengths is None else lengths)
    for one in packets:
        sim.at(one.sent, channel.send, (one,), one.sent)
    sim.run()
    channel.settle(sim.now)
    assert sorted(sink.got) == sorted((one.number, at) for one in packets for at in one.arrivals)
    return [(one.arrivals, one.dropped) for one in packets]


def test_delay_alone() -> None:
    assert carry(Link(delay=0.25), packet(1, sent=1.0)) == [((1.25,), None)]


def test_packets_queue_behind_each_other_at_a_rate() -> None:
    link = Link(delay=0.1, rate=8000)  # 1000바이트에 1초
    fates = carry(link, packet(1), packet(2), packet(3), packet(4, sent=10.0))
    assert [fate[0] for fate in fates] == [(1.1,), (2.1,), (3.1,), (11.1,)]


def test_the_two_directions_do_not_share_a_queue() -> None:
    sim = Simulation()
    a, b = sim.host("a"), sim.host("b")
    sim.link(a, b, rate=8000)
    a.send_raw(b, SEGMENT)
    b.send_raw(a, SEGMENT)
    assert [sent.arrivals for sent in sim.run(until=1.0).segments[:2]] == [(1.0,), (1.0,)]


def test_a_full_queue_drops_the_tail() -> None:
    link = Link(rate=8000, queue=2)  # 하나는 나가는 중, 둘은 기다린다
    fates = carry(link, *[packet(n) for n in range(1, 5)])
    assert [fate[1] for fate in fates] == [None, None, None, "대기열 넘침"]


def test_what_leaves_at_an_instant_makes_room_for_what_comes_then() -> None:
    link = Link(rate=8000, queue=1)  # 1000바이트에 1초
    fates = carry(link, packet(1), packet(2), packet(3, sent=1.0), packet(4, sent=1.0))
    assert fates == [((1.0,), None), ((2.0,), None), ((3.0,), None), ((), "대기열 넘침")]


@pytest.mark.parametrize("seed", range(20))
def test_knowing_when_packets_leave_is_the_same_as_serving_them_one_by_one(seed: int) -> None:
    rng = random.Random(seed)
    limit, delay = rng.choice([None, 1, 3, 10]), rng.choice([0.0, 0.05, 3.0])
    sent = sorted(rng.uniform(0, 40) for _ in range(60))

    def run(link: Link) -> tuple[list[tuple[tuple[float, ...], str | None]], list[tuple[float, int]]]:
        lengths: list[tuple[float, int]] = []
        return carry(link, *(packet(n, sent=at) for n, at in enumerate(sent, 1)), lengths=lengths), lengths

    foreseen = run(Link(delay=delay, rate=8000, queue=limit))
    # 더할 지연이 있으면 하나씩 꺼내 내보낸다
    served = run(Link(delay=delay, rate=8000, queue=limit, reorder=lambda packet: 0.0))
    assert foreseen == served and len(foreseen[1]) > 10


def test_the_example_of_departures() -> None:
    result = doctest.testmod(departures)
    assert result.attempted and not result.failed


def test_the_queue_is_written_up_to_where_the_run_stops() -> None:
    sim = Simulation()
    a, b = sim.host("a"), sim.host("b")
    sim.link(a, b, rate=8000)
    for _ in range(4):
        a.send_raw(b, SEGMENT)
    lengths = sim.run(until=0.0).queues["a", "b"]
    assert lengths == [(0.0, 1), (0.0, 2), (0.0, 3)]
    assert sim.run(until=1.5).queues["a", "b"][3:] == [(1.0, 2)]
    assert sim.run(until=2.0).queues["a", "b"][4:] == [(2.0, 1)]


def test_a_packet_is_as_long_as_its_bytes() -> None:
    stamped = (NoOperation(), NoOperation(), Timestamps(1, 2), NoOperation(), NoOperation(), Sack(((1, 2), (3, 4))))
    for options in [(), (MSS(1460),), stamped[:3], stamped, (MSS(1460), WindowScale(7), SackPermitted())]:
        segment = Segment(1, 2, seq=0, options=options, payload=b"abc")
        assert Packet(1, "a", "b", segment, 0.0).size == len(ip_packet("10.0.0.1", "10.0.0.2", segment))


def test_chosen_losses() -> None:
    by_number = drop([2])
    assert [by_number(packet(n)) for n in (1, 2, 3)] == [False, True, False]
    second_of_b = drop([2], src="b")
    sources = ["a", "b", "a", "b", "b"]
    assert [second_of_b(packet(n, src)) for n, src in enumerate(sources, 1)] == [False, False, False, True, False]


def test_random_losses_follow_the_seed_and_the_rate() -> None:
    first, second = bernoulli(0.3, seed=7), bernoulli(0.3, seed=7)
    fates = [first(packet(n)) for n in range(2000)]
    assert fates == [second(packet(n)) for n in range(2000)]
    assert 500 < sum(fates) < 700


def test_extra_delay_and_duplicates() -> None:
    link = Link(delay=1.0, reorder=hold({2: 0.5}), duplicate=lambda p: p.number == 3)
    assert [fate[0] for fate in carry(link, packet(1), packet(2), packet(3))] == [(1.0,), (1.5,), (1.0, 1.0)]


def test_bursts_last_as_long_and_come_as_often_as_the_model_says() -> None:
    """나쁜 상태의 평균 길이는 1/r, 잃는 비율은 p/(p+r) (Gilbert 1960, Elliott 1963)."""
    p, r, count = 0.02, 0.25, 60_000
    lose = gilbert_elliott(p, r, seed=5)
    fates = "".join("x" if lose(packet(n)) else "." for n in range(count))
    bursts = [len(run) for run in fates.split(".") if run]
    assert fates.count("x") / count == pytest.approx(p / (p + r), rel=0.1)
    assert sum(bursts) / len(bursts) == pytest.approx(1 / r, rel=0.1)
    again = gilbert_elliott(p, r, seed=5)
    assert fates == "".join("x" if again(packet(n)) else "." for n in range(count))


def test_a_path_that_never_turns_bad_loses_only_at_the_good_rate() -> None:
    lose, rng = gilbert_elliott(0.0, 1.0, good=0.1, seed=1), random.Random(1)
    expected = [(rng.random(), rng.random() < 0.1)[1] for _ in range(100)]
    assert [lose(packet(n)) for n in range(100)] == expected


def test_jitter_stays_in_its_range_and_follows_the_seed() -> None:
    first, second = jitter(0.2, seed=3), jitter(0.2, seed=3)
    extra = [first(packet(n)) for n in range(500)]
    assert extra == [second(packet(n)) for n in range(500)]
    assert min(extra) >= 0 and max(extra) < 0.2 and max(extra) > 0.19


def test_a_copy_that_arrives_is_not_a_loss() -> None:
    """두 벌로 늘어난 것 가운데 하나만 다음 링크에서 사라졌다."""
    sim = Simulation()
    a, b, router = sim.host("a"), sim.host("b"), sim.router("r")
    sim.link(a, router, delay=0.1, duplicate=lambda p: p.src == "a")
    seen = []
    sim.link(router, b, delay=0.1, loss=lambda p: seen.append(p) or (p.src == "a" and len(seen) == 2))
    a.send_raw(b, SEGMENT)
    sent = sim.run().segments[0]
    assert (sent.arrivals, sent.dropped, sent.dropped_at) == ((0.2,), None, None)


@pytest.mark.parametrize("bad", [{"delay": -1}, {"rate": 0}, {"queue": 0}, {"queue": 5, "ecn": True}, {"ecn": True}])
def test_impossible_links_are_refused(bad: dict[str, float]) -> None:
    with pytest.raises(ValueError):
        Link(**bad)  # type: ignore[arg-type]


def test_an_impossible_rate_is_refused() -> None:
    with pytest.raises(ValueError, match="손실률"):
        bernoulli(1.5)
    with pytest.raises(ValueError, match="손실률"):
        gilbert_elliott(0.1, -0.1)
    with pytest.raises(ValueError, match="흔들림"):
        jitter(-1)
