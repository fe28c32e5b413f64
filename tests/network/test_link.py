"""링크: 지연, 속도와 대기열, 손실."""

import pytest

from tcpedu.network.link import Link, Packet, bernoulli, drop, hold
from tcpedu.protocol.segment import Segment

SEGMENT = Segment(1, 2, seq=0, payload=bytes(960))  # IP 패킷으로 1000바이트


def packet(number: int, src: str = "a", sent: float = 0.0) -> Packet:
    return Packet(number, src, "b", SEGMENT, sent)


def test_delay_alone() -> None:
    assert Link(delay=0.25).carry(packet(1), 1.0) == ([1.25], None)


def test_packets_queue_behind_each_other_at_a_rate() -> None:
    link = Link(delay=0.1, rate=8000)  # 1000바이트에 1초
    assert [link.carry(packet(n), 0.0)[0] for n in (1, 2, 3)] == [[1.1], [2.1], [3.1]]
    assert link.carry(packet(4), 10.0)[0] == [11.1]


def test_the_two_directions_do_not_share_a_queue() -> None:
    link = Link(rate=8000)
    link.carry(packet(1, "a"), 0.0)
    assert link.carry(packet(2, "b"), 0.0)[0] == [1.0]


def test_a_full_queue_drops_the_tail() -> None:
    link = Link(rate=8000, queue=2)  # 하나는 나가는 중, 둘은 기다린다
    fates = [link.carry(packet(n), 0.0) for n in range(1, 5)]
    assert [fate[1] for fate in fates] == [None, None, None, "대기열 넘침"]


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
    assert [link.carry(packet(n), 0.0)[0] for n in (1, 2, 3)] == [[1.0], [1.5], [1.0, 1.0]]


@pytest.mark.parametrize("bad", [{"delay": -1}, {"rate": 0}, {"queue": 0}])
def test_impossible_links_are_refused(bad: dict[str, float]) -> None:
    with pytest.raises(ValueError):
        Link(**bad)  # type: ignore[arg-type]


def test_an_impossible_rate_is_refused() -> None:
    with pytest.raises(ValueError, match="손실률"):
        bernoulli(1.5)
