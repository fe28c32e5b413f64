"""여러 컴퓨터로 채점하기: 진짜 스케줄러와 일꾼 둘, 도중에 하나를 죽인다."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tcpedu.grading import Progress, State, grade
from tcpedu.grading.cluster import grade_remotely

ROOT = Path(__file__).parents[2]
PATIENCE = 120.0


def notebook(body: str) -> str:
    cell = {"cell_type": "code", "id": "answer-segment_length", "source": f"def segment_length(*a, **k):\n    {body}"}
    return json.dumps({"cells": [cell]})


@pytest.fixture
def folder(tmp_path) -> Path:
    place = tmp_path / "제출물"
    place.mkdir()
    for number in range(6):
        (place / f"{number}.ipynb").write_text(notebook(f"return {number}"), encoding="utf-8")
    (place / "깨짐.ipynb").write_text("<html>", encoding="utf-8")
    if sys.platform != "win32":
        (place / "링크.ipynb").symlink_to(place / "0.ipynb")
    return place


class Cluster:
    """127.0.0.1의 스케줄러 하나와 일꾼 둘."""

    def __init__(self, place: Path) -> None:
        self.file = place / "scheduler.json"
        self.processes: list[subprocess.Popen[bytes]] = []
        self._start("dask_scheduler", "--scheduler-file", str(self.file), "--port", "0", "--no-dashboard")
        deadline = time.monotonic() + PATIENCE
        while not self.file.exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        self.address: str = json.loads(self.file.read_text(encoding="utf-8"))["address"]
        self.workers = [self._worker(place / str(number)) for number in range(2)]

    def _worker(self, place: Path) -> subprocess.Popen[bytes]:
        return self._start(
            "dask_worker", self.address, "--nthreads", "1", "--no-nanny", "--no-dashboard",
            "--local-directory", str(place),
        )  # fmt: skip

    def _start(self, module: str, *arguments: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.{module}", *arguments, "--host", "127.0.0.1"]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.processes.append(process)
        return process

    def close(self) -> None:
        families = [psutil.Process(one.pid).children(recursive=True) for one in self.processes if one.poll() is None]
        for process in reversed(self.processes):
            process.kill()
            process.wait()
        for child in (child for family in families for child in family):
            if child.is_running():
                child.kill()


@pytest.fixture
def cluster(tmp_path) -> Iterator[Cluster]:
    pytest.importorskip("distributed", reason="dask distributed가 없다: pip install 'tcpedu[cluster]'")
    running = Cluster(tmp_path)
    try:
        yield running
    finally:
        running.close()


@pytest.mark.slow
def test_a_worker_killed_midway_loses_nothing(cluster: Cluster, folder: Path, tmp_path) -> None:
    from distributed import Client

    with Client(cluster.address, timeout=PATIENCE, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=PATIENCE)
    seen: list[str] = []

    def step(progress: Progress) -> None:
        seen.append(progress.result.file)
        if progress.result.state is State.GRADED and cluster.workers[0].poll() is None:
            cluster.workers[0].kill()

    summary = grade(folder, tmp_path / "결과", scheduler=cluster.address, progress=step)
    assert cluster.workers[0].wait() != 0 and cluster.workers[1].poll() is None
    assert sorted(seen) == sorted(one.file for one in summary.results)
    assert [one.state for one in summary.results][:6] == [State.GRADED] * 6
    assert {one.state for one in summary.results[6:]} == {State.UNREADABLE}
    assert summary.failed == ()
    cluster.close()
    again = grade(folder, tmp_path / "결과")  # 같은 열쇠: 이 컴퓨터에서 다시 돌려도 채점할 것이 없다
    assert again.results == summary.results and again.reused >= 6


def test_an_unreachable_scheduler_is_one_sentence(folder: Path, tmp_path, monkeypatch) -> None:
    pytest.importorskip("distributed", reason="dask distributed가 없다: pip install 'tcpedu[cluster]'")
    monkeypatch.setattr("tcpedu.grading.cluster.CONNECT", 0.5)
    with pytest.raises(ValueError, match="닿지 못했습니다"):
        grade(folder, tmp_path / "결과", scheduler="tcp://127.0.0.1:9")


def test_without_distributed_it_says_what_to_install(folder: Path, tmp_path, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ValueError, match=r"pip install 'tcpedu\[cluster\]'"):
        grade(folder, tmp_path / "결과", scheduler="tcp://127.0.0.1:9")


def test_another_edition_is_the_graders_failure() -> None:
    fields = {"path": "/없음", "name": "a.ipynb", "student": "a"}
    answer = grade_remotely(fields, b"{}", "옛 판")
    assert answer["state"] == State.FAILED.value and "판이 다릅니다" in answer["reason"]
