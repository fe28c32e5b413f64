"""공정성의 선: Chiu와 Jain(1989)의 결론. 네 규칙 가운데 AIMD만 공정한 곳으로 간다."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tcpedu.network.contest import jain_index
from tcpedu.network.fairness import RULES, aimd_fair_point, path


def test_only_aimd_converges_to_the_fair_share() -> None:
    start = (40.0, 5.0)
    ends = {rule: path(*start, capacity=60, rule=rule, rounds=400)[-1] for rule in RULES}
    fair = {rule: jain_index(end) for rule, end in ends.items()}
    assert fair["AIMD"] > 0.999
    assert ends["AIAD"][0] - ends["AIAD"][1] == 35  # 차이가 그대로다
    assert fair["MIMD"] == pytest.approx(jain_index(start))  # 비율이 그대로다
    assert fair["MIAD"] < jain_index(start)


def test_only_a_decrease_changes_the_difference() -> None:
    points = path(40, 5, capacity=60, rounds=100)
    for (x, y), (after_x, after_y) in pairwise(points):
        assert after_x - after_y == (x - y) / (2 if x + y > 60 else 1)


def test_fair_point() -> None:
    x, y = aimd_fair_point(40, 5, 60)
    assert 0 < x - y < 1 and (x, y) in path(40, 5, 60, rounds=400)
    assert aimd_fair_point(3, 3, 10) == (3, 3)
    with pytest.raises(ValueError, match="용량은 0보다"):
        aimd_fair_point(1, 2, 0)
