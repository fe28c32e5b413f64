"""큰 반의 셈: 잰 값에서 나오고, 어디에서 잰 값인지 말한다."""

import io
import subprocess
import sys
import time

import pytest
from rich.console import Console

from tcpedu.cli.show import show_forecast
from tcpedu.grading import forecast as module
from tcpedu.grading.forecast import Forecast, MemoryWatch, forecast
from tcpedu.grading.result import ProblemResult, State, Status, SubmissionResult
from tcpedu.grading.store import Run, Store

RUN = Run(graded=50, jobs=2, busy=100.0, worker_bytes=300 * 2**20, report=0.01)


def test_the_arithmetic() -> None:
    found = Forecast(100_000, 4, RUN, "", result_bytes=2_000, base_bytes=50 * 2**20)
    assert found.grading_seconds == 100_000 * 2 / 4
    assert found.report_seconds == pytest.approx(1_000)
    assert found.bytes == 50 * 2**20 + 100_000 * 2_000 + 4 * 300 * 2**20


def test_the_last_run_is_used_without_grading(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(module, "_measure", None)
    problem = ProblemResult("f", "문제", Status.WRONG, 0, 2, headline="틀렸습니다." * 50)
    with Store(tmp_path) as store:
        store.put_run(RUN)
        store.put("1", SubmissionResult("a", "a", State.GRADED, problems=(problem,)))
    found = forecast(1000, out=tmp_path, jobs=2)
    assert found.source == "지난번에 50개를 채점하며 잰 값" and found.measured == RUN
    assert found.result_bytes > 500


@pytest.mark.slow
def test_otherwise_a_sample_is_graded_now(tmp_path) -> None:
    from tcpedu.grading.assignment import root

    name = "00_start.ipynb"
    (tmp_path / name).write_bytes((root() / "solutions" / name).read_bytes())
    found = forecast(1000, folder=tmp_path, out=tmp_path / "없음", jobs=1)
    assert found.source == "지금 1개를 채점해 잰 값"
    assert found.grading_seconds > 0 and found.measured.worker_bytes > 10 * 2**20
    assert [path.name for path in tmp_path.iterdir()] == [name], "재 본 것은 아무것도 남기지 않는다"


def test_nothing_to_measure_is_told(tmp_path) -> None:
    with pytest.raises(ValueError, match="하나도 채점하지 못했습니다"):
        forecast(10, folder=tmp_path, jobs=1)


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.4, "0초"), (59, "59초"), (60, "1분"), (3_599, "1시간 0분"), (360_000, "100시간 0분")]
)
def test_what_is_said(seconds: float, text: str) -> None:
    console = Console(file=io.StringIO(), width=200)
    show_forecast(Forecast(1, 1, Run(1, 1, seconds, 2**20, 0), "지금 1개를 채점해 잰 값", 1024, 0), console)
    said = console.file.getvalue()  # type: ignore[attr-defined]
    assert f"채점   {text}" in said and "지금 1개를 채점해 잰 값" in said and "1 KiB" in said


def test_memory_of_children_is_seen(monkeypatch) -> None:
    monkeypatch.setattr(module, "_EVERY", 0.05)
    code = "import sys; x = bytearray(60_000_000); print(1, flush=True); sys.stdin.read()"
    with MemoryWatch() as watch:
        child = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert child.stdout is not None
        child.stdout.readline()
        deadline = time.monotonic() + 30
        while watch.peak < 60_000_000 and time.monotonic() < deadline:
            time.sleep(0.05)
        child.communicate()
    assert watch.peak >= 60_000_000
