"""상자 안에서도 풀이는 모두 만점이다: 상자가 가린 것, 비운 것이 옳은 답을 막지 않는다."""

from __future__ import annotations

from pathlib import Path

import pytest

from tcpedu.course.lessons import notebooks
from tcpedu.grading import pool
from tcpedu.grading.result import Status, SubmissionResult
from tcpedu.grading.submission import Job
from tcpedu.grading.tiers import own_kernel

ROOT = Path(__file__).resolve().parents[2]
SOLUTIONS, EXERCISES = (notebooks(ROOT, kind) for kind in ("solutions", "exercises"))


@pytest.fixture(scope="module")
def results() -> dict[str, SubmissionResult]:
    """한 일꾼이 모두 채점한 것."""
    paths = [str(path) for path in (*SOLUTIONS, *EXERCISES)]
    jobs = [Job(path, path, Path(path).stem, None, timeout=60, kernel=own_kernel()) for path in paths]
    return {result.file: result for result in pool.each(jobs, 1)}


@pytest.mark.slow
@pytest.mark.parametrize("path", SOLUTIONS, ids=lambda path: path.stem)
def test_the_solution_gets_every_point(path: Path, results) -> None:
    result = results[str(path)]
    assert {problem.name: problem.status for problem in result.problems if problem.status is not Status.CORRECT} == {}
    assert result.points == result.possible and result.possible


@pytest.mark.slow
@pytest.mark.parametrize("path", EXERCISES, ids=lambda path: path.stem)
def test_an_untouched_exercise_is_untried(path: Path, results) -> None:
    """00의 준비 운동(0점)만 처음부터 맞아 있다."""
    assert {problem.status for problem in results[str(path)].problems if problem.possible} == {Status.UNTRIED}
