"""두 길: 데이터는 한 번씩 모이고, 하나가 끊겨도 남은 길로 마친다."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tcpedu.network.two_paths import LTE, WIFI, Way, two_paths

SIZE = 300_000


def test_one_way_is_plain_tcp() -> None:
    run = two_paths([WIFI], SIZE)
    assert run.loads == {"와이파이": 300} and run.again == 0
    # 300조각 × 1040바이트를 8Mbit/s로 싣는 시간보다 빠를 수 없다.
    assert run.finished is not None and run.finished > 300 * 1040 * 8 / 8e6


def test_two_ways_share_the_data_and_are_faster_but_not_the_sum() -> None:
    alone, both = two_paths([WIFI]), two_paths([WIFI, LTE])
    assert sum(both.loads.values()) == 1000 and both.again == 0 and min(both.loads.values()) > 100
    assert alone.finished is not None and both.finished is not None
    assert 1_000_000 * 8 / 12e6 < both.finished < alone.finished


def test_twin_ways_take_half_each() -> None:
    run = two_paths([Way("가", 4e6, 0.02), Way("나", 4e6, 0.02)], SIZE)
    assert abs(run.loads["가"] - run.loads["나"]) < 60


def test_the_other_way_carries_what_a_dead_way_left() -> None:
    gone = replace(WIFI, cut_at=0.2)
    assert two_paths([gone], SIZE).finished is None
    run = two_paths([gone, LTE], SIZE)
    assert run.finished is not None and run.again > 0
    assert sum(run.loads.values()) == 300 + run.again


@pytest.mark.parametrize("size", [1, 999, 1000, 1001])
def test_small_sizes_finish(size: int) -> None:
    assert two_paths([WIFI, LTE], size).finished is not None
