"""강의의 차례와 진도 표."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tcpedu.course.lessons import LESSONS, course_root, lesson, notebooks, strays
from tcpedu.course.overview import Overview, Row, overview
from tcpedu.course.problem import problems
from tcpedu.course.progress import record_try

ROOT = Path(__file__).resolve().parents[2]


def test_eighteen_lessons_in_order() -> None:
    assert [item.number for item in LESSONS] == [f"{n:02}" for n in range(18)]
    assert all(item.slug.startswith(f"{item.number}_") and item.rfcs.startswith("RFC ") for item in LESSONS)
    assert all(40 <= item.minutes <= 60 for item in LESSONS[1:]) and LESSONS[0].minutes == 15
    assert all(item.ready for item in LESSONS)


def test_find_a_lesson() -> None:
    assert lesson("02") is lesson("02_segment_header") is LESSONS[2]
    with pytest.raises(KeyError, match="'99'번 강의는 없습니다"):
        lesson("99")


@pytest.mark.parametrize("kind", ["lessons", "solutions", "exercises"])
def test_every_ready_notebook_exists_and_no_other(kind: str) -> None:
    missing = [path.name for path in notebooks(ROOT, kind) if not path.is_file()]
    assert missing == [] and strays(ROOT, kind) == []


def test_course_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("lessons", "exercises", "lessons/깊은 곳"):
        (tmp_path / name).mkdir()
    assert course_root(tmp_path / "lessons" / "깊은 곳") == tmp_path.resolve()
    monkeypatch.chdir(tmp_path / "lessons")
    assert course_root() == tmp_path.resolve()


def test_overview_shows_progress_and_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("lessons", "exercises"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path / "lessons")
    assert "| 00 | [시작하기](../lessons/00_start.ipynb) | 15분 |" in overview()._repr_markdown_()
    names = [item.name for item in problems("00")]
    total = len(names)
    assert f"| 0/{total} |" in overview()._repr_markdown_()
    record_try(names[0], "정답")
    record_try(names[1], "오답")
    assert repr(overview()).splitlines()[0].endswith(f"· 1/{total}")
    for name in names:
        record_try(name, "정답")
    first = repr(overview()).splitlines()[0]
    assert first == f"00 시작하기 · 15분 · RFC 9293 §3.5, RFC 6298 §2 · ✅ {total}/{total}"
    monkeypatch.chdir(tmp_path)
    assert "](exercises/00_start.ipynb)" in overview()._repr_markdown_()


def test_overview_text_and_table_agree() -> None:
    shown: Overview = overview()
    for line, row in zip(repr(shown).splitlines(), shown._repr_markdown_().splitlines()[2:], strict=True):
        number, _, rest = line.partition(" ")
        title, minutes, rfcs, done = rest.split(" · ")
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        assert (cells[0], cells[2], cells[3], cells[5]) == (number, minutes, rfcs, done) and title in cells[1]


def test_a_lesson_that_is_not_ready_has_no_link() -> None:
    shown = Overview((Row(replace(LESSONS[3], ready=False), 0, 0), Row(LESSONS[3], 0, 0)))
    waiting, ready = shown._repr_markdown_().splitlines()[2:]
    assert "준비 중" in waiting and "](" not in waiting and "준비 중" in repr(shown).splitlines()[0]
    assert "](" in ready and "준비 중" not in ready
