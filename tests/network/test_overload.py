"""줄이지 않는 흐름 앞의 큐."""

from __future__ import annotations

from itertools import pairwise
from math import sqrt

import pytest

from tcpedu.network.overload import drop_times
from tcpedu.network.queues import CoDel, TailDrop


def test_codel_follows_its_control_law():
    """RFC 8289 §3.3: k번째와 그다음 사이는 interval / √k."""
    times = drop_times(CoDel(limit=None))
    gaps = [later - sooner for sooner, later in pairwise(times)]
    assert gaps == pytest.approx([0.1 / sqrt(k) for k in range(1, len(times))], abs=0.0021)  # 눈금 1 ms


def test_tail_drop_loses_all_it_cannot_carry():
    """100개가 차면, 그 뒤로는 하나 나갈 때마다 하나를 버린다."""
    times = drop_times(TailDrop(100))
    assert times[0] == pytest.approx(0.1, abs=0.002)
    assert len(times) == pytest.approx(1000 - 100, abs=2)
