"""윈도우를 키우면 BDP까지는 처리율이, 그 위로는 큐의 지연만 는다."""

from __future__ import annotations

import doctest
from itertools import pairwise

from tcpedu.network import window_sweep as module
from tcpedu.network.window_sweep import RATE, RTT, ceiling, sweep, windowed
from tcpedu.protocol.tuning import bdp_bytes

HEADERS = 52 / 1500  # IP 20, TCP 20, 타임스탬프 12


def test_examples() -> None:
    result = doctest.testmod(module)
    assert result.attempted and not result.failed


def test_below_the_bdp_the_window_is_the_limit() -> None:
    slow = sweep([16_384, 65_535, 131_072])
    for one in slow:
        assert 0.85 < one.goodput / ceiling(one.window) < 1
        assert abs(one.rtt - RTT) < 0.01  # 큐가 쌓이지 않는다
    assert all(before.goodput < after.goodput for before, after in pairwise(slow))


def test_above_the_bdp_only_the_delay_grows() -> None:
    bdp = bdp_bytes(RATE, RTT)
    enough, twice = windowed(bdp), windowed(2 * bdp)
    assert abs(enough.goodput / RATE - (1 - HEADERS)) < 0.01
    assert abs(twice.goodput - enough.goodput) < 0.01 * RATE
    assert twice.rtt > 1.7 * enough.rtt
