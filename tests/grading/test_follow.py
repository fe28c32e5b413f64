"""이어진 오류: 같은 잘못을 두 번 깎지 않되, 풀이가 새어 나가지 않는다."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tcpedu.grading.compose import compose
from tcpedu.grading.follow import follow_through
from tcpedu.grading.judge import judge
from tcpedu.grading.result import ProblemResult, Status
from tcpedu.grading.run import run

WRONG_SQUARE = "def square(x):\n    return 2 * x"
CUBE = "def cube(x):\n    return square(x) * x"


@pytest.fixture
def graded(assignment, submit, right, monkeypatch) -> Callable[..., dict[str, ProblemResult]]:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    whole = replace(assignment, solutions=right)

    def grade(**changes: str) -> dict[str, ProblemResult]:
        composed = compose(submit(**{**right, **changes}), whole)
        first = judge(whole.problems, composed, run(composed.notebook, composed.plan, timeout=2.0))
        return {one.name: one for one in follow_through(first, composed, whole, 2.0, "python3")}

    return grade


@pytest.mark.parametrize("square", [WRONG_SQUARE, "def square(x)\n    return x * x", "", "import os\nos._exit(0)"])
def test_a_right_answer_that_calls_a_wrong_one_is_right(graded, square: str) -> None:
    results = graded(square=square, cube=CUBE)
    assert results["square"].points == 0
    assert (results["cube"].status, results["cube"].points) == (Status.CORRECT, 2)
    assert "`square`이(가) 틀려서, 그 자리에 풀이를 넣고 채점했습니다" in results["cube"].headline


def test_a_wrong_answer_stays_wrong_and_shows_its_own_values(graded) -> None:
    """다시 돌릴 때의 값은 보이지 않는다: 풀이의 글을 돌려주어도 보고서에 나오지 않는다."""
    spy = "import inspect\ndef cube(x):\n    return inspect.getsource(square)"
    cube = graded(square=WRONG_SQUARE, cube=spy)["cube"]
    assert cube.status is not Status.CORRECT
    assert "2 * x" in cube.actual and "x * x" not in cube.actual
    assert "`square`" in cube.next_step


def test_an_untouched_answer_gains_nothing(graded) -> None:
    stub = 'def cube(x):\n    raise NotImplementedError("여기를 채우세요")\n    return square(x)'
    assert graded(square=WRONG_SQUARE, cube=stub)["cube"].status is Status.UNTRIED


def test_two_answers_that_only_call_each_other_gain_nothing(graded) -> None:
    """서로의 풀이를 얻어 둘 다 맞게 되지 않는다: 아무것도 풀지 않은 것이다."""
    square = "def square(x):\n    return cube(x) // x"
    results = graded(square=square, cube=CUBE)
    assert results["square"].points == results["cube"].points == 0
    assert results["double"].points == 2
