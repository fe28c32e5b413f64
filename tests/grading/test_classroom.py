"""제출물 모으기, 결과 적어 두기, 일꾼이 죽어도 이어 가기."""

import json
import os
import sys
import unicodedata
from pathlib import Path

import pytest

from tcpedu.grading import pool
from tcpedu.grading.assignment import recognise
from tcpedu.grading.classroom import check_file, grade
from tcpedu.grading.collect import collect
from tcpedu.grading.load import CodeCell
from tcpedu.grading.result import State, SubmissionResult
from tcpedu.grading.submission import Job, grade_submission


def touch(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"{}")


def test_collect_skips_litter_and_lists_the_rest(tmp_path) -> None:
    touch(
        tmp_path, "b.ipynb", "a.IPYNB", "__MACOSX/a.ipynb", "._a.ipynb", ".ipynb_checkpoints/a-checkpoint.ipynb",
        "c.ipynb.txt", "d.ipynb (1)", "e.py", ".DS_Store", "out/pages/x.ipynb", "f/g.ipynb",
    )  # fmt: skip
    found = collect(tmp_path, without=tmp_path / "out")
    assert [one.name for one in found.submissions] == ["a.IPYNB", "b.ipynb", "c.ipynb.txt", "d.ipynb (1)", "f/g.ipynb"]
    assert found.ignored == ("e.py",)


def test_student_is_the_file_or_the_folder(tmp_path) -> None:
    touch(tmp_path, "0012_김철수.ipynb", "0034_이영희/02_segment_header.ipynb", "02_segment_header (1).ipynb")
    students = {one.student for one in collect(tmp_path).submissions}
    assert students == {"0012_김철수", "0034_이영희", "02_segment_header (1)"}


@pytest.mark.skipif(sys.platform != "linux", reason="이름을 바이트로 다루는 파일 시스템에서만")
def test_names_are_nfc_and_distinct(tmp_path) -> None:
    nfc, nfd = (unicodedata.normalize(form, "김철수.ipynb") for form in ("NFC", "NFD"))
    touch(tmp_path, nfc, nfd)
    (tmp_path / os.fsdecode(b"\xff.ipynb")).write_bytes(b"{}")
    names = [one.name for one in collect(tmp_path).submissions]
    assert sorted(names) == sorted([nfc, f"{nfc} (2)", "�.ipynb"])


def test_missing_folder_and_file(tmp_path) -> None:
    with pytest.raises(FileNotFoundError, match="폴더가 없습니다"):
        grade(tmp_path / "없음", tmp_path / "out")
    with pytest.raises(FileNotFoundError, match="파일이 없습니다"):
        check_file(tmp_path / "없음.ipynb")
    with pytest.raises(ValueError, match="과제는 없습니다"):
        grade(tmp_path, tmp_path / "out", assignment="98")


@pytest.mark.parametrize(
    ("cells", "name", "lesson"),
    [
        ((CodeCell(1, "def flag_names(flags): pass"),), "과제.ipynb", "02_segment_header"),
        ((CodeCell(1, "", "answer-flag_names"),), "과제.ipynb", "02_segment_header"),
        ((), "김철수_02.ipynb", "02_segment_header"),
        ((), "02_segment_header (3).ipynb", "02_segment_header"),
        ((), "20260217.ipynb", None),
        ((CodeCell(1, "def other(): pass"),), "과제.ipynb", None),
    ],
)
def test_recognise(cells, name: str, lesson: str | None) -> None:
    found = recognise(cells, name)
    assert (found.lesson if found else None) == lesson


def result(name: str, state: State = State.GRADED) -> SubmissionResult:
    return SubmissionResult(name, name, state, reason="가\n나")


def test_grader_failure_is_not_a_zero(tmp_path, monkeypatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("뜻밖의 일")

    monkeypatch.setattr("tcpedu.grading.submission.compose", broken)
    file = tmp_path / "a.ipynb"
    cell = {"cell_type": "code", "source": "def flag_names(flags): pass"}
    file.write_text(json.dumps({"cells": [cell]}), encoding="utf-8")
    failed = grade_submission(Job(str(file), "a.ipynb", "a"))
    assert failed.state is State.FAILED and failed.points is None and "뜻밖의 일" in failed.reason


class Dying:
    """정한 횟수만큼 죽는 일꾼."""

    def __init__(self, deaths: int) -> None:
        self.deaths, self.asked = deaths, 0

    def ask(self, job: Job) -> SubmissionResult:
        self.asked += 1
        if self.asked <= self.deaths:
            raise pool.WorkerDied("메모리가 모자랍니다")
        return result(job.name)


@pytest.mark.parametrize(
    ("deaths", "asked", "state"), [(0, 1, State.GRADED), (2, 3, State.GRADED), (9, 3, State.FAILED)]
)
def test_a_dead_worker_is_asked_again_twice(deaths: int, asked: int, state: State) -> None:
    worker = Dying(deaths)
    answer = pool.grade_with_patience(worker, Job("a", "a", "a"))  # type: ignore[arg-type]
    assert (worker.asked, answer.state) == (asked, state)
    if state is State.FAILED:
        assert "메모리가 모자랍니다" in answer.reason


def test_a_killed_worker_process_is_replaced(tmp_path) -> None:
    """진짜 일꾼을 죽인다: 그 자리에 새 일꾼이 뜨고 일은 이어진다."""
    page = tmp_path / "a.ipynb"
    page.write_bytes(b"<html>")
    worker = pool.Worker()
    try:
        job = Job(str(page), "a.ipynb", "a")
        assert worker.ask(job).state is State.UNREADABLE
        first = worker.process
        assert first is not None
        first.kill()
        first.wait()
        assert pool.grade_with_patience(worker, job).state is State.UNREADABLE
        assert worker.process is not first
    finally:
        worker.close()
    assert worker.process.poll() is not None and not Path(worker.folder.name).exists()


def test_a_closed_worker_never_starts_again(tmp_path) -> None:
    worker = pool.Worker()
    worker.close()
    answer = pool.grade_with_patience(worker, Job(str(tmp_path / "a"), "a", "a"))
    assert answer.state is State.FAILED and worker.process is None


def test_stopping_midway_ends_every_worker(tmp_path) -> None:
    """첫 결과만 받고 그만두어도 일꾼과 커널이 남지 않는다."""
    import psutil

    loop = {"cell_type": "code", "source": "def flag_names(flags): pass\nwhile True: pass"}
    page = tmp_path / "a.ipynb"
    page.write_bytes(b"<html>")
    slow = tmp_path / "b.ipynb"
    slow.write_text(json.dumps({"cells": [loop]}), encoding="utf-8")
    jobs = [Job(str(page), "a.ipynb", "a"), Job(str(slow), "b.ipynb", "b", timeout=60)]
    others = set(psutil.Process().children(recursive=True))  # 앞선 시험이 남긴 자식은 세지 않는다
    running = pool.each(jobs, 2)
    assert next(running).file == "a.ipynb"
    children = set(psutil.Process().children(recursive=True)) - others
    running.close()
    gone, alive = psutil.wait_procs(children, timeout=5)
    assert gone and not alive
