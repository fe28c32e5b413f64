"""노트북 하나를 커널 하나에서 nbval로 돌린다.

nbval은 pytest의 플러그인이다. 오래 사는 일꾼 안에서 `pytest.main`으로 부르고, 작은 플러그인 하나가 셀마다의
결과를 모은다. 비교는 커널 밖, 이 과정에서 nbval이 한다.
"""

import os
import tempfile
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from functools import partial
from pathlib import Path
from typing import Any

from nbformat import NotebookNode, write

from tcpedu.grading.plan import Plan

TEXT_LIMIT = 200_000
OUTPUT_TIMEOUT = 4.0
_TEMPORARY = "tcpedu-grading-"


class Outcome(Enum):
    """셀 하나를 돌린 결과."""

    PASSED = "통과"
    DIFFERS = "다름"  # 돌기는 했으나 출력이 기대와 다르다
    ERROR = "오류"
    TIMEOUT = "시간 초과"
    DEAD = "커널이 멈춤"
    FLOOD = "출력이 너무 많음"

    @property
    def fatal(self) -> bool:
        """커널을 더 쓸 수 없는 결과인가."""
        return self in (Outcome.TIMEOUT, Outcome.DEAD, Outcome.FLOOD)


@dataclass(frozen=True)
class CellRun:
    """셀 하나가 남긴 것. 글은 모두 잘라서 담는다."""

    outcome: Outcome
    text: str = ""
    error: str = ""
    message: str = ""
    traceback: tuple[str, ...] = ()
    stderr: str = ""
    seconds: float = 0.0
    outside: bool = False  # 소켓 문제의 상대가 커널 밖에서 돌았다


class GraderFailure(RuntimeError):
    """제출물이 아니라 채점기의 실패. 점수로 바꾸지 않는다."""


@dataclass(frozen=True)
class Session:
    """커널 하나에서 돈 셀들. `crowded`는 답이 남긴 과정이나 스레드가 끝까지 돌았다는 뜻이다."""

    runs: dict[str, CellRun]
    crowded: bool


def session(notebook: NotebookNode, plan: Plan, *, timeout: float, kernel_name: str) -> Session:
    """노트북 하나를 커널 하나에서 nbval로 돌린다. 커널을 못 쓰게 되면 거기서 멈춘다."""
    import nbval.plugin
    import pytest

    from tcpedu.grading.kernel import DisposableKernel

    nbval.plugin.RunningKernel = DisposableKernel
    with tempfile.TemporaryDirectory(prefix=_TEMPORARY, ignore_cleanup_errors=True) as name:
        folder = Path(name).resolve()
        file = folder / "notebook" / "grading.ipynb"
        file.parent.mkdir()
        write(notebook, file)
        config = folder / "pytest.ini"
        config.write_text("[pytest]\n", encoding="utf-8")
        collector = _Collector(plan)
        pytest.main([*_options(config, timeout, kernel_name), str(file)], plugins=[collector])
    if failure := collector.failure or getattr(collector.reception, "failure", ""):
        raise GraderFailure(failure)
    if not collector.runs:
        raise GraderFailure("nbval이 채점 노트북을 돌리지 못했습니다.")
    return Session(collector.runs, collector.crowded)


def _options(config: Path, timeout: float, kernel_name: str) -> list[str]:
    # 교사의 pytest 설정과 플러그인이 채점에 끼어들지 않게 한다.
    # unraisableexception은 노트북마다 쓰레기를 두 번 모아서, 채점하는 시간의 반을 쓴다.
    unused = (
        "cacheprovider", "doctest", "junitxml", "pastebin", "unittest", "logging", "warnings", "faulthandler",
        "unraisableexception", "threadexception", "debugging", "setuponly", "setupplan", "stepwise",
        "skipping", "recwarn", "monkeypatch", "tmpdir", "subtests", "capture",
    )  # fmt: skip
    return [
        "--nbval", f"--nbval-cell-timeout={timeout}", f"--nbval-kernel-name={kernel_name}",
        "-p", "nbval.plugin", *(word for name in unused for word in ("-p", f"no:{name}")),
        "-c", str(config), f"--rootdir={config.parent}", "--noconftest",
        "--assert=plain", "--tb=no", "--color=no", "-q",
    ]  # fmt: skip


class _Collector:
    """pytest 플러그인: nbval의 셀에 우리 설정을 주고 결과를 모은다."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.runs: dict[str, CellRun] = {}
        self.failure = ""
        self.crowded = False
        self.reception: Any = None  # 상자가 없는 컴퓨터에서는 불러오지도 않는다

    def pytest_collection_finish(self, session: Any) -> None:
        for item in session.items:
            # 학생이 셀에 적은 `# NBVAL_SKIP` 같은 주석도 nbval의 설정이 된다. 모두 덮어쓴다.
            item.options = defaultdict(bool, check=self.plan.cell(item.cell.id).role.compared)
            item.output_timeout = OUTPUT_TIMEOUT
            # 기대하는 값은 이제 이 과정의 기억에만 있다. 커널이 뜨기 전에 파일을 지운다.
            item.path.unlink(missing_ok=True)
            item.outside = False
            item.runtest = partial(self._run, item, item.runtest, self.plan.cell(item.cell.id).meeting)

    def _run(self, item: Any, runtest: Callable[[], None], meeting: Any) -> None:
        """셀을 돌린다. 소켓 문제의 검사이면, 상자 안의 답을 이 과정의 상대와 만나게 한다."""
        box = getattr(item.parent.kernel.km.provisioner, "box", None)
        if meeting is not None and box is not None:
            from tcpedu.grading.reception import Reception

            self.reception = self.reception or Reception.of(box)
        if meeting is None or self.reception is None:
            runtest()
        else:
            self.reception.attend(item, meeting, runtest)

    def pytest_runtest_makereport(self, item: Any, call: Any) -> None:
        if call.when == "setup" and call.excinfo is not None:
            self.failure = f"커널을 시작하지 못했습니다: {type(call.excinfo.value).__name__}: {call.excinfo.value}"
            item.session.shouldstop = "setup"
        if call.when == "call":
            result = _cell_run(item, call)
            self.runs[item.cell.id] = result
            if result.outcome.fatal or item is item.session.items[-1]:
                self.crowded = item.parent.kernel.crowded
            if result.outcome.fatal:
                item.session.shouldstop = result.outcome.name
                item.parent.kernel.stop()  # nbval은 죽은 커널의 통로를 닫지 않는다


def _cell_run(item: Any, call: Any) -> CellRun:
    error = call.excinfo.value if call.excinfo is not None else None
    outputs = item.test_outputs or []
    text = "".join(out.text for out in outputs if out.output_type == "stream")
    failed = next((out for out in outputs if out.output_type == "error"), None)
    result = CellRun(
        outcome=_outcome(item, error, failed),
        text=text[:TEXT_LIMIT],
        stderr=getattr(item.parent.kernel, "stderr", ""),
        seconds=call.duration,
        outside=item.outside,
    )
    if failed is None:
        return result
    return replace(
        result,
        error=str(failed.ename)[:200],
        message=str(failed.evalue)[:2_000],
        traceback=tuple(str(line)[:4_000] for line in failed.traceback[-20:]),
    )


def _outcome(item: Any, error: BaseException | None, failed: Any) -> Outcome:
    from nbval.plugin import NbCellError

    from tcpedu.grading.kernel import OutputFlood

    if error is None:
        return Outcome.PASSED
    if isinstance(error, OutputFlood):
        return Outcome.FLOOD
    if item.parent.timed_out:
        # 대답은 왔는데 끝났다는 알림이 오지 않은 것은, 한도를 넘는 메시지 때문에 연결이 끊긴 것이다.
        return Outcome.FLOOD if "waiting for output" in str(error) else Outcome.TIMEOUT
    # nbval이 낸 오류가 아니면, 커널이 읽을 수 없는 메시지를 보낸 것이다. 그런 커널은 더 쓰지 않는다.
    if not isinstance(error, NbCellError) or not item.parent.kernel.is_alive():
        return Outcome.DEAD
    return Outcome.ERROR if failed is not None else Outcome.DIFFERS


def prepare_environment() -> None:
    """pytest가 다른 플러그인을 불러오지 않게 한다. 일꾼 과정이 시작할 때 한 번 부른다."""
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    for name in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTEST_CURRENT_TEST"):
        os.environ.pop(name, None)
