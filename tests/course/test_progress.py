"""진도 파일: 잃지 않고, 검사를 멈추지 않는다."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tcpedu.course import progress
from tcpedu.course.progress import Record, location, recall, record_hint, record_opened, record_try


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "깊은 곳" / "progress.json"
    monkeypatch.setenv("TCPEDU_PROGRESS", str(path))
    return path


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("TCPEDU_PROGRESS")
    for name in ("lessons", "exercises", "solutions"):
        (tmp_path / name).mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("folder", "where"),
    [("lessons", True), ("exercises", True), (".", True), ("solutions", False)],
)
def test_where_it_is_kept(course: Path, monkeypatch: pytest.MonkeyPatch, folder: str, where: bool) -> None:
    monkeypatch.chdir(course / folder)
    assert location() == (course.resolve() / ".tcpedu" / "progress.json" if where else None)


def test_nowhere_outside_a_course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TCPEDU_PROGRESS")
    monkeypatch.chdir(tmp_path)
    assert location() is None
    record_try("ack_number", "정답")
    assert recall("ack_number").best == "정답" and list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("off", ["off", "OFF", " off "])
def test_off(monkeypatch: pytest.MonkeyPatch, off: str) -> None:
    monkeypatch.setenv("TCPEDU_PROGRESS", off)
    assert location() is None


def test_the_best_result_stays(file: Path) -> None:
    for status in ("미시도", "오답", "정답", "오답"):
        record_try("ack_number", status)
    record_hint("ack_number", 2)
    record_hint("ack_number", 1)
    record_opened("ack_number")
    assert recall("ack_number") == Record("정답", 3, 2, True)
    saved = json.loads(file.read_text(encoding="utf-8"))
    assert saved["version"] == 1 and saved["problems"]["ack_number"]["best"] == "정답"
    assert sorted(path.name for path in file.parent.iterdir() if path.name != ".lock") == ["progress.json"]


BROKEN = ["", "{", "[]", "3", '{"problems": 3', "\ufeff{}", "null"]


@pytest.mark.parametrize("text", BROKEN)
def test_a_broken_file_is_kept_aside(file: Path, text: str) -> None:
    file.parent.mkdir()
    for number in (1, 2):
        file.write_text(text, encoding="utf-8")
        record_try("ack_number", "오답")
        assert recall("ack_number").tries == 1
        assert file.with_name(f"progress.json.broken-{number}").read_text(encoding="utf-8") == text


def test_bytes_that_are_not_text_are_kept_aside(file: Path) -> None:
    file.parent.mkdir()
    file.write_bytes(b"\xff\xfe\x00")
    assert recall("x") == Record()
    assert file.with_name("progress.json.broken-1").read_bytes() == b"\xff\xfe\x00"


def test_odd_entries_are_dropped_and_good_ones_stay(file: Path) -> None:
    file.parent.mkdir()
    problems = {
        "a": {"best": "정답", "tries": 2},
        "b": 3,
        "c": {"best": "최고", "tries": -1, "hints": True, "opened": 1},
    }
    file.write_text(json.dumps({"problems": problems, "quizzes": [], "predictions": {"q": 1}}), encoding="utf-8")
    assert recall("a") == Record("정답", 2)
    assert recall("b") == recall("c") == Record()


def test_a_folder_that_cannot_be_written(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError("디스크가 가득 찼습니다")

    record_try("a", "오답")
    monkeypatch.setattr(progress, "_write", full)
    record_try("a", "정답")
    record_hint("a", 1)
    assert recall("a").best == "정답" and recall("a").hints == 1
    assert json.loads(file.read_text(encoding="utf-8"))["problems"]["a"]["best"] == "오답"


def test_the_file_is_a_folder(file: Path) -> None:
    file.mkdir(parents=True)
    record_try("a", "정답")
    assert recall("a").best == "정답"


def test_a_failed_write_leaves_the_old_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    record_try("a", "오답")
    before = file.read_bytes()
    monkeypatch.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(OSError()))
    record_try("a", "정답")
    assert file.read_bytes() == before
    assert not list(file.parent.glob("*.tmp"))


@pytest.mark.skipif(sys.platform == "win32", reason="파일 잠금이 없는 운영체제")
def test_several_kernels_write_together(file: Path) -> None:
    code = (
        "from tcpedu.course.progress import record_try\n"
        "for n in range(20): record_try('p{}', '오답'); record_try('all', '오답')"
    )
    runs = [subprocess.Popen([sys.executable, "-c", code.replace("{}", str(n))]) for n in range(3)]
    assert [run.wait() for run in runs] == [0, 0, 0]
    assert [recall(name).tries for name in ("p0", "p1", "p2", "all")] == [20, 20, 20, 60]
