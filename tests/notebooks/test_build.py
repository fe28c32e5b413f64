"""풀이에서 연습문제를 만든다: 언제나 같고, 잘못 쓴 표시를 알아본다."""

from __future__ import annotations

import copy
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tcpedu.course import build as builder
from tcpedu.course import lessons
from tcpedu.course.build import BuildError, build, derive, dumps, loads, stub
from tcpedu.course.lessons import Lesson, notebooks
from tcpedu.course.problem import Case, Problem

ROOT = Path(__file__).resolve().parents[2]
STUB = 'raise NotImplementedError("여기를 채우세요")'
B, E = "### BEGIN SOLUTION", "### END SOLUTION"


def test_the_exercises_are_up_to_date() -> None:
    assert build(ROOT, check=True) == []


@pytest.mark.parametrize("path", notebooks(ROOT, "solutions"), ids=lambda path: path.stem)
def test_editing_a_solution_without_building_is_noticed(path: Path, tmp_path: Path) -> None:
    for kind in ("lessons", "solutions", "exercises"):
        shutil.copytree(ROOT / kind, tmp_path / kind)
    copied = tmp_path / "solutions" / path.name
    notebook = loads(copied.read_text(encoding="utf-8"))
    cell = next(cell for cell in notebook["cells"] if cell["id"].startswith("statement-"))
    cell["source"] += "\n덧붙인 문장"
    copied.write_text(dumps(notebook), encoding="utf-8")
    noticed = [change for change in build(tmp_path, check=True) if path.name in change]
    assert noticed == [f"exercises/{path.name}: 풀이와 다릅니다 (셀 {cell['id']})"]
    build(tmp_path)
    assert not any(path.name in change for change in build(tmp_path, check=True))


@pytest.mark.parametrize("path", notebooks(ROOT, "exercises"), ids=lambda path: path.stem)
def test_no_solution_leaks_into_the_exercises(path: Path) -> None:
    notebook = loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        assert "SOLUTION" not in cell["source"] and "### BLANK" not in cell["source"]
        assert "solution" not in cell["metadata"].get("tags", [])
        assert not cell["id"].startswith("why-")
        if cell["cell_type"] == "code":
            assert cell["outputs"] == [] and cell["execution_count"] is None
    assert "widgets" not in notebook["metadata"]


STUBS = {
    "풀이": (f"def f():\n    {B}\n    x = 1\n\n    return x\n    {E}", f"def f():\n    {STUB}"),
    "둘": (f"{B}\na\n{E}\nb\n{B}\nc\n{E}", f"{STUB}\nb\n{STUB}"),
    "앞뒤의 글": (
        f'def f():\n    """글."""\n    y = 2\n    {B}\n    return y\n    {E}\n',
        f'def f():\n    """글."""\n    y = 2\n    {STUB}\n',
    ),
    "빈칸": ("    return (a + b) % 2**32  ### BLANK 2**32", "    return (a + b) % ____"),
    "빈칸 연산자": ("x = a + b ### BLANK +", "x = a ____ b"),
    "표시 없음": ("x = 1\n", "x = 1\n"),
}


@pytest.mark.parametrize(("source", "text"), STUBS.values(), ids=STUBS)
def test_stub(source: str, text: str) -> None:
    assert stub(source, "answer-f") == text


WRONG = {
    "END SOLUTION이 없습니다": f"{B}\nx",
    "BEGIN SOLUTION 없이": f"x\n{E}",
    "안에 BEGIN SOLUTION이 또": f"{B}\n{B}\n{E}",
    "들여쓰기가 다릅니다": f"    {B}\n    x\n  {E}",
    "한 줄에 따로 쓰세요": "# BEGIN SOLUTION\nx",
    "따로 쓰세요: x = 1  ### END SOLUTION": f"{B}\nx = 1  {E}",
    "뒤에 비울 토큰을 쓰세요": "x = 1 ### BLANK",
    "나와야 합니다(2번 나옵니다): 2": "x = 2 + 2 ### BLANK 2",
    "나와야 합니다(0번 나옵니다): y": "x = 2 ### BLANK y",
}


@pytest.mark.parametrize(("message", "source"), WRONG.items(), ids=WRONG)
def test_a_wrong_mark_names_the_cell(message: str, source: str) -> None:
    with pytest.raises(BuildError) as caught:
        stub(source, "answer-f")
    assert message in str(caught.value) and "셀 'answer-f'" in str(caught.value)


def cell(kind: str, name: str, source: str, *tags: str) -> dict[str, Any]:
    made: dict[str, Any] = {
        "cell_type": kind,
        "id": name,
        "metadata": {"tags": list(tags)} if tags else {},
        "source": source,
    }
    return made | (
        {"execution_count": 3, "outputs": [{"output_type": "stream", "name": "stdout", "text": ["x"]}]}
        if kind == "code"
        else {}
    )


def a_notebook() -> dict[str, Any]:
    return {
        "cells": [
            cell("markdown", "title", "# 제목"),
            cell("code", "setup", "from tcpedu.course import check, hint, solution"),
            cell("markdown", "statement-mss", "문제"),
            cell("code", "answer-mss", f"def mss():\n    {B}\n    return 1460\n    {E}"),
            cell("code", "check-mss", "check(mss)"),
            cell("markdown", "why-mss", "까닭", "solution"),
        ],
        "metadata": {
            "kernelspec": {"name": "other"},
            "widgets": {},
            "language_info": {"name": "python", "version": "3.11"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """강의 하나, 문제 하나뿐인 강의 폴더."""
    problem = Problem(
        "mss", "00_start", "MSS", 1, "RFC 9293 §3.7.1", lambda: 1460, (Case(),), lambda rng: [Case()], ("가",), {}
    )
    monkeypatch.setattr(lessons, "LESSONS", (Lesson("00", "00_start", "시작", 15, "RFC 9293", ready=True),))
    monkeypatch.setattr(builder, "problems", lambda number=None: [problem])
    for kind in ("lessons", "solutions", "exercises"):
        (tmp_path / kind).mkdir()
    (tmp_path / "lessons" / "00_start.ipynb").write_text("{}", encoding="utf-8")
    save(tmp_path, a_notebook())
    return tmp_path


def save(root: Path, notebook: dict[str, Any]) -> None:
    (root / "solutions" / "00_start.ipynb").write_text(json.dumps(notebook), encoding="utf-8")


def test_build_writes_once_and_the_same_bytes(course: Path) -> None:
    target = course / "exercises" / "00_start.ipynb"
    assert build(course, check=True) == ["exercises/00_start.ipynb: 연습문제가 아직 없습니다"]
    assert not target.exists()
    assert len(build(course)) == 1
    first = target.read_bytes()
    assert build(course) == [] and build(course, check=True) == [] and target.read_bytes() == first
    target.unlink()
    build(course)
    assert target.read_bytes() == first
    assert first.endswith(b"}\n") and b"\r" not in first and "제목".encode() in first


def test_what_is_derived(course: Path) -> None:
    made = derive(a_notebook())
    assert [item["id"] for item in made["cells"]] == ["title", "setup", "statement-mss", "answer-mss", "check-mss"]
    assert made["cells"][3]["source"] == f"def mss():\n    {STUB}"
    assert made["cells"][3]["outputs"] == [] and made["cells"][3]["execution_count"] is None
    assert made["metadata"] == {
        "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }


def test_the_bytes_are_what_nbformat_writes(course: Path) -> None:
    import nbformat

    text = dumps(derive(a_notebook()))
    assert nbformat.writes(nbformat.reads(text, as_version=4)) + "\n" == text
    nbformat.validate(nbformat.reads(text, as_version=4))


def test_a_hand_edited_exercise_is_noticed(course: Path) -> None:
    build(course)
    target = course / "exercises" / "00_start.ipynb"
    good = target.read_text(encoding="utf-8")
    for bad, said in [
        (good.replace("문제", "숙제"), "(셀 statement-mss)"),
        ("{", "노트북으로 읽을 수 없습니다"),
        (good + " ", "순서나 메타데이터"),
    ]:
        target.write_text(bad, encoding="utf-8")
        [change] = build(course, check=True)
        assert said in change


def test_stray_and_missing_notebooks(course: Path) -> None:
    build(course)
    (course / "exercises" / "07_ghost.ipynb").write_text("{}", encoding="utf-8")
    (course / "solutions" / "00_start.ipynb").unlink()
    assert build(course, check=True) == [
        "exercises/07_ghost.ipynb: 강의 목록(lessons.py)에 없는 노트북입니다",
        "solutions/00_start.ipynb: 풀이 노트북이 없습니다",
    ]


def drop(name: str) -> Any:
    return lambda cells: [item for item in cells if item["id"] != name]


def edit(name: str, **changes: Any) -> Any:
    return lambda cells: [item | changes if item["id"] == name else item for item in cells]


BAD_CELLS = {
    "첫 코드 셀의 id는 'setup'이어야": drop("setup"),
    "없는 셀이 있습니다: 'answer-mss'": drop("answer-mss"),
    "없는 셀이 있습니다: 'statement-mss'": drop("statement-mss"),
    "없는 셀이 있습니다: 'check-mss'": drop("check-mss"),
    "없는 셀이 있습니다: 'why-mss'": drop("why-mss"),
    "셀 'why-mss'에 'solution' 꼬리표가 없습니다": edit("why-mss", metadata={}),
    "셀 'check-mss'에는 check(mss) 한 줄만": edit("check-mss", source="check(mss())"),
    "셀 'answer-mss'에 비울 곳이 없습니다": edit("answer-mss", source="def mss():\n    return 1460"),
    "셀 'statement-mss': markdown 셀이어야": edit("statement-mss", cell_type="code", outputs=[], execution_count=None),
    "셀 순서가 다릅니다": lambda cells: [*cells[:3], cells[4], cells[3], cells[5]],
    "셀 'answer-rto'에 해당하는 문제가 없습니다": lambda cells: [*cells, cell("code", "answer-rto", "x")],
    "셀 id가 두 번 나옵니다: 'title'": lambda cells: [*cells, cells[0]],
    "1번째 셀에 id가 없습니다": edit("title", id=""),
    "셀 'answer-mss': END SOLUTION이 없습니다": edit("answer-mss", source=f"{B}\nx"),
}


@pytest.mark.parametrize(("message", "change"), BAD_CELLS.items(), ids=BAD_CELLS)
def test_a_bad_solution_is_refused_and_nothing_written(course: Path, message: str, change: Any) -> None:
    notebook = a_notebook()
    notebook["cells"] = change(copy.deepcopy(notebook["cells"]))
    save(course, notebook)
    with pytest.raises(BuildError) as caught:
        build(course)
    assert message in str(caught.value) and str(caught.value).startswith("00_start.ipynb: ")
    assert not (course / "exercises" / "00_start.ipynb").exists()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"cells": 3}', "<html>"])
def test_something_that_is_not_a_notebook(course: Path, text: str) -> None:
    (course / "solutions" / "00_start.ipynb").write_text(text, encoding="utf-8")
    with pytest.raises(BuildError, match="노트북으로 읽을 수 없습니다"):
        build(course)


MINE = "def mss():\n    return 536"


def answer(course: Path, source: str = MINE, **more: str) -> Path:
    """배우는 사람이 답을 적은 연습문제."""
    build(course)
    target = course / "exercises" / "00_start.ipynb"
    notebook = builder.loads(target.read_text(encoding="utf-8"))
    next(c for c in notebook["cells"] if c["id"] == "answer-mss")["source"] = source
    notebook["cells"] += [cell("code", name, text) for name, text in more.items()]
    target.write_text(builder.dumps(notebook), encoding="utf-8")
    return target


@pytest.mark.parametrize("rewrite", [build, lambda root: builder.reset(root, Path("exercises/00_start.ipynb"))])
def test_answers_are_kept_before_an_exercise_is_rewritten(course: Path, rewrite: Any) -> None:
    for number in (1, 2):
        answer(course)
        rewrite(course)
        kept = course / ".tcpedu" / "backup" / f"00_start-{number}.ipynb"
        assert "return 536" in kept.read_text(encoding="utf-8")
    assert build(course, check=True) == []


def test_an_unreadable_exercise_is_kept_too(course: Path) -> None:
    build(course)
    (course / "exercises" / "00_start.ipynb").write_bytes(b"\xff\xfe{")
    kept = builder.reset(course, Path("00_start.ipynb"))
    assert kept is not None and kept.read_bytes() == b"\xff\xfe{"


def test_an_untouched_exercise_needs_no_copy(course: Path) -> None:
    build(course)
    assert builder.reset(course, Path("00_start.ipynb")) is None
    answer(course, f"def mss():\n    {builder.STUB}  # 아직")
    assert builder.reset(course, Path("00_start.ipynb")) is None
    answer(course, scratch="1 + 1")
    assert builder.reset(course, Path("00_start.ipynb")) is not None


def test_only_exercises_can_be_reset(course: Path) -> None:
    with pytest.raises(BuildError, match="연습문제 노트북이 아닙니다"):
        builder.reset(course, Path("lessons/99_none.ipynb"))
