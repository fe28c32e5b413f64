"""노트북 하나를 커널 하나에서 nbval로 돌린다.

nbval은 pytest의 플러그인이다. 오래 사는 일꾼 안에 pytest를 하나 두고, nbval의 노트북과 셀을 그대로 불러 결과를
모은다. 비교는 커널 밖, 이 과정에서 nbval이 한다.
"""

import json
import os
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import cache, partial
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

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
    with tempfile.TemporaryDirectory(prefix=_TEMPORARY, ignore_cleanup_errors=True) as name:
        file = Path(name).resolve() / "notebook" / "grading.ipynb"
        file.parent.mkdir()
        file.write_text(json.dumps(notebook), encoding="ascii")  # 우리가 짠 것이라 다시 확인하지 않는다
        book = _book(file, timeout, kernel_name)
        items = list(book.collect())
        # 기대하는 값은 이제 이 과정의 기억에만 있다. 커널이 뜨기 전에 파일을 지운다.
        file.unlink()
        try:
            book.setup()
        except Exception as error:
            raise GraderFailure(f"커널을 시작하지 못했습니다: {type(error).__name__}: {error}") from error
        try:
            return _run_all(items, plan, book)
        finally:
            book.kernel.stop()


def _book(file: Path, timeout: float, kernel_name: str) -> Any:
    """nbval이 읽는 노트북. 제출물마다 pytest를 차리고 셀마다 훅을 부르기가 비싸서, nbval의 셀만 차례로 부른다."""
    import nbval.plugin

    host = _host()
    host.config.option.nbval_cell_timeout = timeout
    host.config.option.nbval_kernel_name = kernel_name
    return nbval.plugin.IPyNbFile.from_parent(host, path=file)


@cache
def _host() -> Any:
    """이 과정에서 한 번만 만드는 pytest."""
    import nbval.plugin
    import pytest
    from _pytest.config import _prepareconfig

    from tcpedu.grading.kernel import DisposableKernel

    nbval.plugin.RunningKernel = DisposableKernel
    return pytest.Session.from_config(_prepareconfig(_options()))


def _options() -> list[str]:
    # 교사의 pytest 설정과 플러그인이 채점에 끼어들지 않게 한다.
    return [
        "--nbval", "-p", "nbval.plugin", "-p", "no:cacheprovider", "-p", "no:capture",
        "-c", os.devnull, f"--rootdir={tempfile.gettempdir()}", "--noconftest", "--assert=plain", "--color=no", "-q",
    ]  # fmt: skip


def _run_all(items: Sequence[Any], plan: Plan, book: Any) -> Session:
    runs: dict[str, CellRun] = {}
    reception: Any = None  # 상자가 없는 컴퓨터에서는 불러오지도 않는다
    for item in items:
        # 학생이 셀에 적은 `# NBVAL_SKIP` 같은 주석도 nbval의 설정이 된다. 모두 덮어쓴다.
        item.options = defaultdict(bool, check=plan.cell(item.cell.id).role.compared)
        item.output_timeout = OUTPUT_TIMEOUT
        item.outside, runtest, meeting = False, item.runtest, plan.cell(item.cell.id).meeting
        if meeting is not None:
            reception = reception or _reception(book)
            if reception is not None:
                runtest = partial(reception.attend, item, meeting, item.runtest)
        result = runs[item.cell.id] = _cell_run(item, runtest)
        if result.outcome.fatal:
            break
    if failure := getattr(reception, "failure", ""):
        raise GraderFailure(failure)
    return Session(runs, book.kernel.crowded)


def _reception(book: Any) -> Any:
    """소켓 문제의 검사에서 상자 안의 답을 만날 곳. 상자가 없으면 상대도 커널 안에서 돈다."""
    box = getattr(book.kernel.km.provisioner, "box", None)
    if box is None:
        return None
    from tcpedu.grading.reception import Reception

    return Reception.of(box)


def _cell_run(item: Any, runtest: Callable[[], None]) -> CellRun:
    began, error = time.monotonic(), None
    try:
        runtest()
    except Exception as raised:
        error = raised
    outputs = item.test_outputs or []
    text = "".join(out.text for out in outputs if out.output_type == "stream")
    failed = next((out for out in outputs if out.output_type == "error"), None)
    result = CellRun(
        outcome=_outcome(item, error, failed),
        text=text[:TEXT_LIMIT],
        stderr=getattr(item.parent.kernel, "stderr", ""),
        seconds=time.monotonic() - began,
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
