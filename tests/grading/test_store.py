"""결과 적어 두기: 언제 죽어도 잃지 않고, 두 번 채점하지 않는다."""

import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tcpedu.grading import grade
from tcpedu.grading.result import State, SubmissionResult
from tcpedu.grading.store import NAME, Run, Store, StoreBusy, key

ROOT = Path(__file__).parents[2]


def result(name: str, state: State = State.GRADED) -> SubmissionResult:
    return SubmissionResult(name, name, state, reason="가\n나\ud800", prints={"f": "0" * 8})


def test_results_come_back_as_they_were(tmp_path) -> None:
    with Store(tmp_path) as store:
        store.put("1", result("a"))
        store.put("2", result("b", State.UNREADABLE))
    with Store(tmp_path) as again:
        assert again.get("1") == result("a") and again.get("2") == result("b", State.UNREADABLE)
        assert again.get("3") is None


def test_the_first_result_stays(tmp_path) -> None:
    with Store(tmp_path) as store:
        store.put("1", result("a"))
        store.put("1", result("b"))
        assert store.get("1") == result("a")


def test_the_graders_own_failure_is_forgotten(tmp_path) -> None:
    with Store(tmp_path) as store:
        store.put("1", result("a", State.FAILED))
        assert store.get("1") is None


def test_every_write_reaches_the_disk(tmp_path) -> None:
    with Store(tmp_path) as store:
        modes = [store.connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")]
    assert modes == ["wal", 2]


def test_one_writer_at_a_time(tmp_path) -> None:
    with Store(tmp_path), pytest.raises(StoreBusy, match="다른 채점이 돌고 있습니다"):
        Store(tmp_path)
    Store(tmp_path).close()


def test_a_broken_file_is_told_and_kept(tmp_path) -> None:
    (tmp_path / NAME).write_bytes(b"not a database" * 100)
    with pytest.raises(ValueError, match="깨졌습니다"):
        Store(tmp_path)
    assert (tmp_path / NAME).read_bytes() == b"not a database" * 100


def test_measured_runs(tmp_path) -> None:
    with Store(tmp_path) as store:
        assert store.last_run() is None
        store.put_run(Run(3, 2, 4.5, 100, 0.1))
        store.put_run(Run(5, 2, 6.5, 100, 0.1))
        assert store.last_run() == Run(5, 2, 6.5, 100, 0.1)


def test_keys_see_content_and_settings(monkeypatch) -> None:
    keys = {key("a" * 64), key("b" * 64), key("a" * 64, "seed"), key("a" * 64, "other")}
    monkeypatch.setattr("tcpedu.grading.store.edition", lambda: "다음 판")
    assert len(keys | {key("a" * 64)}) == 5


WRITER = """
import sys
from pathlib import Path
from tcpedu.grading.result import State, SubmissionResult
from tcpedu.grading.store import Store
store = Store(Path(sys.argv[1]))
for number in range(100_000):
    store.put(str(number), SubmissionResult(str(number), "x", State.GRADED))
    print(number, flush=True)
"""


def killed(process: subprocess.Popen, after: float) -> None:
    time.sleep(after)
    process.send_signal(signal.SIGKILL if os.name != "nt" else signal.SIGTERM)
    process.wait()


def test_what_was_written_before_a_kill_is_there(tmp_path) -> None:
    """적었다고 말한 것은 그다음 순간에 죽어도 남는다."""
    command = [sys.executable, "-c", WRITER, str(tmp_path)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, text=True)
    assert process.stdout is not None
    process.stdout.readline()
    killed(process, 0.3)
    said = [int(line) for line in process.stdout.read().split()]
    process.stdout.close()
    with Store(tmp_path) as store:
        assert all(store.get(str(number)) is not None for number in range(max(said, default=0) + 1))


def notebook(body: str) -> str:
    cell = {"cell_type": "code", "id": "answer-segment_length", "source": f"def segment_length(*a, **k):\n    {body}"}
    return json.dumps({"cells": [cell]})


def rows(out: Path) -> dict[str, str]:
    if not (out / NAME).is_file():
        return {}
    connection = sqlite3.connect(out / NAME)
    try:
        return dict(connection.execute("SELECT key, result FROM results"))
    except sqlite3.OperationalError:  # 표를 만들기도 전에 죽었다
        return {}
    finally:
        connection.close()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL이 없다")
def test_a_class_killed_at_random_moments_ends_the_same(tmp_path) -> None:
    folder, out = tmp_path / "제출물", tmp_path / "결과"
    folder.mkdir()
    for number in range(6):
        (folder / f"{number}.ipynb").write_text(notebook(f"return {number}"), encoding="utf-8")
    (folder / "깨짐.ipynb").write_text("<html>", encoding="utf-8")
    command = [sys.executable, "-m", "tcpedu", "grade", str(folder), "-o", str(out), "-j", "2"]
    rng, seen = random.Random(7), {}
    for _ in range(4):
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        killed(process, rng.uniform(1.5, 5))
        now = rows(out)
        # 전에 적은 것이 한 글자도 바뀌지 않았다: 걸린 시간까지 같으니 다시 채점하지 않은 것이다.
        assert now | seen == now
        seen = now
    finished = subprocess.run(command, cwd=ROOT, capture_output=True)
    assert finished.returncode == 1, finished.stderr  # 깨진 파일 하나
    assert rows(out) | seen == rows(out)
    straight = grade(folder, tmp_path / "곧바로", jobs=2)
    interrupted = json.loads((out / "results.json").read_text(encoding="utf-8"))["submissions"]
    for one, other in zip(straight.results, interrupted, strict=True):
        expected = json.loads(json.dumps(one.to_dict()))
        same = {name for name in other if name != "seconds"}
        assert {name: other[name] for name in same} == {name: expected[name] for name in same}
