"""nbval로 진짜 돌리기: 나쁜 답 하나는 문제 하나만 잃는다."""

from collections.abc import Callable

import pytest

from tcpedu.grading.compose import compose
from tcpedu.grading.judge import judge
from tcpedu.grading.result import ProblemResult, Status
from tcpedu.grading.run import run
from tcpedu.grading.session import GraderFailure, Outcome

TIMEOUT = 2.0
OTHERS = {"square": Status.CORRECT, "cube": Status.CORRECT}


@pytest.fixture
def graded(assignment, submit, right, monkeypatch) -> Callable[..., dict[str, ProblemResult]]:
    """답을 바꾸어 채점하고 문제마다의 결과를 돌려준다."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")

    def grade(*sources: str, **changes: str) -> dict[str, ProblemResult]:
        composed = compose(submit(*sources, **{**right, **changes}), assignment)
        grade.ran = run(composed.notebook, composed.plan, timeout=TIMEOUT)  # type: ignore[attr-defined]
        return {one.name: one for one in judge(assignment.problems, composed, grade.ran)}  # type: ignore[attr-defined]

    return grade


def statuses(results: dict[str, ProblemResult]) -> dict[str, Status]:
    return {name: result.status for name, result in results.items()}


def test_right_answers_take_one_kernel(graded) -> None:
    results = graded()
    assert set(statuses(results).values()) == {Status.CORRECT}
    assert [result.points for result in results.values()] == [2, 2, 2]
    assert graded.ran.kernels == 1


def test_one_kernel_shows_every_ordinary_mistake(graded) -> None:
    """값이 틀린 답, 손대지 않은 답, 오류를 내는 답이 한 커널에서 저마다의 설명을 얻는다."""
    results = graded(
        double="def double(x):\n    return x * x",
        square='def square(x):\n    raise NotImplementedError("여기를 채우세요")',
        cube="def cube(x):\n    y = x * x\n    return y / (x - 2)",
    )
    assert graded.ran.kernels == 1
    double, square, cube = results.values()
    assert (double.status, double.diagnosis) == (Status.WRONG, "두 배가 아니라 제곱입니다.")
    assert (double.given, double.expected, double.actual) == ("double(1)", "2", "1")
    assert double.rfc == "RFC 9293 §9.9" and "hint(double)" in double.next_step
    assert square.status is Status.UNTRIED and "check(square)" in square.next_step
    assert cube.points == 0


def test_learners_own_line_is_marked(graded) -> None:
    cube = graded(cube="def cube(x):\n    y = x * x\n    return y / 0")["cube"]
    assert cube.status is Status.ERROR
    assert cube.error.startswith("ZeroDivisionError") and "▶ 3 |     return y / 0" in cube.error
    assert "site-packages" not in cube.error and "tcpedu" not in cube.error


def test_wrong_only_for_fresh_inputs(graded) -> None:
    """새 입력에서만 틀리면 그렇다고 말하고, 입력도 기대하는 값도 보이지 않는다."""
    cube = graded(cube="def cube(x):\n    return {1: 1, 2: 8, 3: 27}.get(x, 7)")["cube"]
    assert cube.status is Status.WRONG
    assert cube.headline == "공개 검사는 통과했지만 새 입력에서 틀렸습니다."
    assert cube.note == "큰 수"
    assert (cube.given, cube.expected, cube.actual, cube.error) == ("", "", "", "")


NOISY = """
import logging, sys, warnings
def double(x):
    print("디버그", x)
    print("경고", file=sys.stderr)
    warnings.warn("조심")
    logging.warning("또 조심")
    return 2 * x
"""


def test_prints_and_stderr_are_never_graded(graded) -> None:
    assert statuses(graded(double=NOISY)) == {"double": Status.CORRECT, **OTHERS}


SWALLOWING = """
def double(x):
    while True:
        try:
            while True: pass
        except BaseException: pass
"""
FLOODING = """
import os
for _ in range(400): os.write(1, b'y' * 100_000)
from IPython.display import display
for _ in range(30): display('q' * 1_000_000)
def double(x): return 2 * x
"""
SKIPPING = "# NBVAL_SKIP\n# NBVAL_RAISES_EXCEPTION\ndef double(x):\n    return 0"
FORGED = "print('✅ 정답 — 공개 검사 통과')\nprint('[2,4,6]')\ndef double(x):\n    print('[2,4,6]')"
GOOD = "def double(x):\n    return 2 * x\n"

ONE_PROBLEM = {
    "함수 안의 무한 반복": ("def double(x):\n    while True: pass", Status.TIMEOUT, "안에 끝나지 않았습니다"),
    "오류를 삼키는 무한 반복": (SWALLOWING, Status.TIMEOUT, "시간"),
    "셀 바깥의 무한 반복": (GOOD + "while True:\n    pass", Status.TIMEOUT, "1번 셀을 실행하다가 시간이"),
    "함수 안의 os._exit": ("import os\ndef double(x):\n    os._exit(0)", Status.ERROR, "부르다가 커널이 멈췄습니다"),
    "셀 바깥의 os._exit": (GOOD + "import os\nos._exit(0)", Status.ERROR, "실행하다가 커널이 멈췄습니다"),
    "함수 안의 sys.exit": ("import sys\ndef double(x):\n    sys.exit(0)", Status.ERROR, "오류가 났습니다"),
    "정의하기 전의 exit": ("exit()\n" + GOOD, Status.ERROR, "정의되지 않았습니다"),
    "끝없는 재귀": ("def double(x):\n    return double(x)", Status.ERROR, "오류가 났습니다"),
    "커널로 쏟아 낸 출력": (FLOODING, Status.ERROR, "출력이 한도를 넘어"),
    "셀에 적은 NBVAL_SKIP": (SKIPPING, Status.WRONG, "틀렸습니다"),
    "꾸며 낸 판정": (FORGED, Status.WRONG, "틀렸습니다"),
}


@pytest.mark.parametrize("name", ONE_PROBLEM)
def test_a_bad_answer_costs_one_problem(graded, name: str) -> None:
    source, status, headline = ONE_PROBLEM[name]
    results = graded(double=source)
    assert statuses(results) == {"double": status, **OTHERS}
    assert headline in results["double"].headline
    assert graded.ran.kernels <= 6


GOOD_BUT_ODD = {
    "정의한 뒤의 sys.exit": GOOD + "import sys\nsys.exit(3)",
    "정의한 뒤의 exit": GOOD + "exit",
    "많이 찍는 답": "def double(x):\n    for _ in range(100_000): print('x' * 50)\n    return 2 * x",
    "많이 찍는 셀": GOOD + "for _ in range(200_000): print('x' * 50)",
    "매직과 셸": "%%time\n!pip install nothing\n" + GOOD,
    "nbval의 주석": "# NBVAL_SKIP\n# NBVAL_CHECK_OUTPUT\nprint('찍은 글')\n" + GOOD,
    "남아 있는 검사 줄": GOOD + "check(double)\nhint(double)",
    "input을 부르는 셀": GOOD + "input('값: ')",
}


@pytest.mark.parametrize("name", GOOD_BUT_ODD)
def test_a_right_answer_in_an_odd_cell_is_right(graded, name: str) -> None:
    results = graded(double=GOOD_BUT_ODD[name])
    assert statuses(results) == {"double": Status.CORRECT, **OTHERS}
    assert graded.ran.kernels == 1


SPOILERS = {
    "print를 바꾼다": "import builtins\nbuiltins.print = lambda *rest, **more: None\n",
    "내장 이름을 가린다": "len = range = list = str = 3\n",
    "불러오기를 막는다": "import builtins\nbuiltins.__import__ = None\n",
    "검사하는 함수를 바꾼다": "import tcpedu.grading.inside as inside\ninside.probe = lambda *rest: None\n",
}


@pytest.mark.parametrize("name", SPOILERS)
def test_an_answer_that_spoils_the_kernel_costs_itself_only(graded, name: str) -> None:
    """커널을 망가뜨린 답이 있으면 통과하지 못한 문제를 새 커널에서 하나씩 다시 돌린다."""
    spoiled = SPOILERS[name] + "def double(x):\n    return 0"
    square = "def square(x):\n    return sum(x for _ in range(x))"
    results = graded(double=spoiled, square=square)
    assert statuses(results)["double"] is not Status.CORRECT
    assert {name: results[name].status for name in OTHERS} == OTHERS


LATE = """
import os, threading, time
def double(x):
    return 2 * x
def later():
    time.sleep(0.3)
    os._exit(1)
threading.Thread(target=later).start()
"""


def test_a_late_death_is_not_blamed_on_the_innocent(graded) -> None:
    """먼저 돈 답이 남긴 스레드가 남의 검사 도중 커널을 죽여도, 남의 점수는 그대로다."""
    slow = "import time\ndef square(x):\n    time.sleep(0.1)\n    return x * x"
    results = graded(double=LATE, square=slow)
    assert results["square"].status is Status.CORRECT and results["cube"].status is Status.CORRECT


def test_a_looping_helper_cell_is_left_out(graded) -> None:
    helper = "import time\nSLOW = [time.sleep(0.2) for _ in range(99)]"
    results = graded(helper, double="def double(x):\n    return 2 * x if x else SLOW")
    assert statuses(results) == {"double": Status.CORRECT, **OTHERS}
    assert graded.ran.cells["cell-1"].outcome is Outcome.TIMEOUT


def test_kernel_cannot_see_the_grader(graded, monkeypatch) -> None:
    """기대하는 값이 든 노트북은 커널이 뜨기 전에 사라지고, 교사의 환경 변수는 넘어가지 않는다."""
    monkeypatch.setenv("TEACHER_TOKEN", "비밀")
    spy = """
import os, pathlib
def double(x):
    found = [str(p) for p in pathlib.Path.cwd().parent.rglob("*.ipynb")]
    home = os.environ["HOME"] if os.name != "nt" else os.environ["USERPROFILE"]
    private = pathlib.Path(home).resolve() == pathlib.Path.cwd().resolve()
    return [found, os.environ.get("TEACHER_TOKEN"), os.environ["TCPEDU_PROGRESS"], private]
"""
    double = graded(double=spy)["double"]
    assert double.actual == "[[], None, 'off', True]"


def test_a_failing_start_is_the_graders_failure(assignment, submit, right, monkeypatch) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    composed = compose(submit(**right), assignment)
    with pytest.raises(GraderFailure, match="커널을 시작하지 못했습니다"):
        run(composed.notebook, composed.plan, kernel_name="없는-커널")
