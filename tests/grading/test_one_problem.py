"""나쁜 답 하나는 문제 하나: 상자를 무너뜨리는 답도 남의 점수를 건드리지 못한다."""

import os
from collections.abc import Callable

import psutil
import pytest

from tcpedu.grading import tiers
from tcpedu.grading.compose import compose
from tcpedu.grading.judge import judge
from tcpedu.grading.result import ProblemResult, Status
from tcpedu.grading.run import run

if tiers.best().name != "A":
    pytest.skip(f"이 컴퓨터에서는 상자를 만들 수 없다: {tiers.best().reason}", allow_module_level=True)

GOOD = "def double(x):\n    return 2 * x\n"


@pytest.fixture
def graded(assignment, submit, right, monkeypatch) -> Callable[..., dict[str, ProblemResult]]:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")

    def grade(timeout: float = 3.0, **changes: str) -> dict[str, ProblemResult]:
        composed = compose(submit(**{**right, **changes}), assignment)
        ran = run(composed.notebook, composed.plan, timeout=timeout)
        assert ran.tier == "A" and ran.kernels <= 6
        return {one.name: one for one in judge(assignment.problems, composed, ran)}

    return grade


SEGFAULT = "import ctypes\ndef double(x):\n    return ctypes.string_at(0)"
SEGFAULT_IN_CELL = GOOD + "import ctypes\nctypes.string_at(0)"
KILL_SELF = "import os\ndef double(x):\n    os.kill(os.getpid(), 9)"
STOP_SELF = "import os\ndef double(x):\n    os.kill(os.getpid(), 19)"
KILL_ALL = "import os\ndef double(x):\n    os.kill(-1, 9)\n    return 0"
MEMORY_TOGETHER = """
import os, time
def double(x):
    for _ in range(4):
        if os.fork() == 0:
            big = b"x" * 400_000_000
            time.sleep(30)
    time.sleep(30)
"""
FORK_BOMB = """
import os
def double(x):
    while True:
        try: os.fork()
        except OSError: pass
"""
CLOSE_ALL = "import os\ndef double(x):\n    os.closerange(0, 256)\n    return 2 * x"
GIGABYTE = """
from IPython.display import display
def double(x): return 2 * x
for _ in range(1000): display("q" * 1_000_000)
"""
FORGED_IDLE = """
from IPython import get_ipython
kernel = get_ipython().kernel
def send(kind, **content):
    kernel.session.send(kernel.iopub_socket, kind, content, parent=kernel.get_parent())
for _ in range(3):
    send("status", execution_state="idle")
    send("stream", name="stdout", text="[2,4,6]\\n")
def double(x): return 0
"""
NONSENSE = """
from IPython import get_ipython
get_ipython().kernel.iopub_thread.send_multipart([b"stream", b"<IDS|MSG>", b"x", b"{", b"{", b"{", b"["])
def double(x): return 0
"""
NESTED = "def double(x):\n    deep = []\n    for _ in range(100_000): deep = [deep]\n    return deep"

# 답 → 그 문제의 결과. 나머지 두 문제는 언제나 정답이다.
BAD = {
    "함수 안에서 잘못된 주소를 읽는다": (SEGFAULT, {Status.ERROR}),
    "셀에서 잘못된 주소를 읽는다": (SEGFAULT_IN_CELL, {Status.ERROR}),
    "스스로 죽는다": (KILL_SELF, {Status.ERROR}),
    "스스로 멈춘다": (STOP_SELF, {Status.TIMEOUT}),
    "보이는 과정을 모두 죽인다": (KILL_ALL, {Status.ERROR, Status.WRONG}),
    "메모리를 다 쓴다": ("def double(x):\n    return len(bytearray(10**10))", {Status.ERROR}),
    "여럿이 메모리를 다 쓴다": (MEMORY_TOGETHER, {Status.ERROR, Status.TIMEOUT}),
    "과정을 끝없이 만든다": (FORK_BOMB, {Status.TIMEOUT, Status.ERROR}),
    "통로를 모두 닫는다": (CLOSE_ALL, {Status.ERROR, Status.TIMEOUT, Status.WRONG}),
    "1GB를 내보낸다": (GIGABYTE, {Status.ERROR}),
    "끝났다는 알림을 꾸며 낸다": (FORGED_IDLE, {Status.WRONG}),
    "읽을 수 없는 메시지를 보낸다": (NONSENSE, {Status.WRONG, Status.ERROR}),
    "깊이 든 값을 돌려준다": (NESTED, {Status.WRONG, Status.ERROR}),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_answer_costs_one_problem(graded, name: str) -> None:
    source, allowed = BAD[name]
    before = psutil.Process().memory_info().rss
    results = graded(double=source)
    assert {results["square"].status, results["cube"].status} == {Status.CORRECT}
    assert results["double"].status in allowed, results["double"]
    assert results["double"].headline and results["double"].next_step
    assert psutil.Process().memory_info().rss - before < 400 * 2**20
    assert _left_behind() == []


def _left_behind() -> list[str]:
    """씨앗 과정의 자손 가운데 남은 것."""
    cages = [one for one in psutil.Process(os.getpid()).children() if "tcpedu.grading.cage" in one.cmdline()]
    zygotes = [child for cage in cages for child in cage.children()]
    family = [one for zygote in zygotes for one in zygote.children(recursive=True)]
    _, alive = psutil.wait_procs(family, timeout=10)
    return [str(one) for one in alive if one.status() != psutil.STATUS_ZOMBIE]


SPINNERS = (
    GOOD
    + """
import os
for _ in range(12):
    if os.fork() == 0:
        while True: pass
"""
)
THREADS = (
    GOOD
    + """
import threading
def spin():
    while True: pass
for _ in range(8): threading.Thread(target=spin, daemon=True).start()
"""
)


@pytest.mark.parametrize("source", [SPINNERS, THREADS], ids=["과정", "스레드"])
def test_what_one_answer_leaves_running_does_not_slow_the_others(graded, source: str, monkeypatch) -> None:
    """한 답이 남긴 과정과 스레드가 CPU를 다 써도, 남의 답은 저만의 커널에서 다시 돈다."""
    work = "def square(x):\n    for _ in range(1_000_000): pass\n    return x * x"
    monkeypatch.setenv("TCPEDU_CORE", "0")
    results = graded(timeout=20.0, double=source, square=work)
    assert {results["square"].status, results["cube"].status} == {Status.CORRECT}


def test_course_tools_left_in_a_cell_do_nothing(graded) -> None:
    """기준 답이 없는 상자에서도 `check`를 불러오는 줄이 답을 망치지 않는다."""
    source = "from tcpedu.course import check, hint, packet_table\n" + GOOD + "check(double)\nhint(double)"
    assert graded(double=source)["double"].status is Status.CORRECT


def test_every_problem_wrecks_its_kernel(graded) -> None:
    """모든 답이 커널을 죽여도 채점은 끝나고, 문제마다 제 까닭을 얻는다."""
    exits = {name: f"import os\ndef {name}(x):\n    os._exit(0)" for name in ("double", "square", "cube")}
    results = graded(**exits)
    assert {one.status for one in results.values()} == {Status.ERROR}
