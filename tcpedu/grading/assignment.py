"""채점할 과제: 강의의 문제와 연습문제 노트북이 미리 준 셀."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

from tcpedu.course.problem import Problem, problems
from tcpedu.grading import source as reading
from tcpedu.grading.load import CodeCell
from tcpedu.grading.source import Source


@dataclass(frozen=True)
class Assignment:
    """과제 하나. `lesson`은 "02_segment_header" 꼴이다."""

    lesson: str
    problems: tuple[Problem, ...]
    scaffold: tuple[Source, ...] = ()
    solutions: Mapping[str, str] = field(default_factory=dict)  # 문제 이름 → 풀이 노트북의 답

    @property
    def points(self) -> float:
        return sum(problem.points for problem in self.problems)

    @cached_property
    def scaffold_names(self) -> frozenset[str]:
        return frozenset(name for source in self.scaffold for name in source.defines)


@cache
def assignments() -> dict[str, Assignment]:
    """강의에 있는 모든 과제."""
    lessons = sorted({problem.lesson for problem in problems()})
    return {
        lesson: Assignment(lesson, tuple(problems(lesson)), scaffold(lesson), solutions(lesson)) for lesson in lessons
    }


def root() -> Path:
    """lessons/와 exercises/가 있는 폴더."""
    return Path(__file__).resolve().parents[2]


def scaffold(lesson: str, folder: Path | None = None) -> tuple[Source, ...]:
    """연습문제 노트북이 미리 준 코드: 검사 셀을 뺀 모든 코드 셀. 강의 도구를 불러오는 줄은 뺀다.

    답 셀의 `import`도 들어 있다: 그 셀을 지운 학생의 다른 답이 쓸 수 있다.
    """
    cells = _code((folder or root()) / "exercises" / f"{lesson}.ipynb")
    texts = (text for name, text in cells.items() if not name.startswith("check-"))
    return tuple(reading.read(_TOOLS.sub("", text)) for text in texts)


def solutions(lesson: str, folder: Path | None = None) -> dict[str, str]:
    """풀이 노트북의 답: 문제 이름 → 글."""
    cells = _code((folder or root()) / "solutions" / f"{lesson}.ipynb")
    return {name.removeprefix("answer-"): text for name, text in cells.items() if name.startswith("answer-")}


def _code(notebook: Path) -> dict[str, str]:
    """강의 노트북의 코드 셀: id → 글. 아직 없는 노트북이면 비었다."""
    if not notebook.is_file():
        return {}
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return {cell["id"]: "".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"}


_TOOLS = re.compile(r"^from tcpedu\.course import .*$", re.MULTILINE)


def recognise(cells: Sequence[CodeCell], file_name: str) -> Assignment | None:
    """어느 과제인가: 셀 id와 정의한 이름으로 보고, 그것으로 모르면 파일 이름으로 본다."""
    ids = {cell.id for cell in cells}
    defined = {name for cell in cells for name in reading.read(cell.source).defines}
    scores = {lesson: _score(one, ids, defined) for lesson, one in assignments().items()}
    best = max(scores.values(), default=0)
    likely = [lesson for lesson, score in scores.items() if score == best]
    if best and len(likely) == 1:
        return assignments()[likely[0]]
    named = [lesson for lesson in mentioned(file_name) if lesson in (likely if best else scores)]
    return assignments()[named[0]] if len(named) == 1 else None


def mentioned(file_name: str) -> tuple[str, ...]:
    """파일 이름에 번호나 이름이 적힌 과제들."""
    return tuple(lesson for lesson in assignments() if _mentions(file_name, lesson))


def _score(assignment: Assignment, ids: set[str | None], defined: set[str]) -> int:
    names = {problem.name for problem in assignment.problems}
    return len({f"answer-{name}" for name in names} & ids) + len(names & defined)


def _mentions(file_name: str, lesson: str) -> bool:
    number, _, slug = lesson.partition("_")
    return slug in file_name or re.search(rf"(?<!\d){number}(?!\d)", file_name) is not None
