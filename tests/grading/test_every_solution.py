"""상자 안에서도 풀이는 모두 만점이다: 상자가 가린 것, 비운 것이 옳은 답을 막지 않는다."""

from __future__ import annotations

from pathlib import Path

import pytest

from tcpedu.course.lessons import notebooks
from tcpedu.grading.classroom import check_file
from tcpedu.grading.result import Status

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
@pytest.mark.parametrize("path", notebooks(ROOT, "solutions"), ids=lambda path: path.stem)
def test_the_solution_gets_every_point(path: Path) -> None:
    result = check_file(path, timeout=60)
    assert {problem.name: problem.status for problem in result.problems if problem.status is not Status.CORRECT} == {}
    assert result.points == result.possible


@pytest.mark.slow
@pytest.mark.parametrize("path", notebooks(ROOT, "exercises"), ids=lambda path: path.stem)
def test_an_untouched_exercise_is_untried(path: Path) -> None:
    """00의 준비 운동(0점)만 처음부터 맞아 있다."""
    result = check_file(path, timeout=60)
    assert {problem.status for problem in result.problems if problem.possible} == {Status.UNTRIED}
