"""같은 다섯 문제를 다른 채점기들의 모양으로 차린다.

모두 연습문제 02의 답 셀을 그대로 쓴다. 상대의 노트북은 tcpedu를 불러오지 않는다: 검사 셀은 우리의 공개 입력과 새 입력
한 벌을 파이썬 값으로 적어 두고 기대하는 값과 견준다. 우리 쪽은 여기에 더해 제출물마다 다른 입력을 만든다.
"""

from __future__ import annotations

import copy
import json
import random
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook, new_output

from tcpedu.course.problem import problem
from tcpedu.grading.assignment import root

LESSON = "02_segment_header"
NAMES = ("parse_header", "flag_names", "internet_checksum", "tcp_checksum", "parse_options")
PYTHON3 = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
OUTCOME = """\
def outcome(answer, args):
    try:
        return answer(*args)
    except Exception as error:
        return type(error).__name__
"""


# 연습문제 02에는 그림이 없다. 그림을 그리는 수업의 노트북은 답 하나가 numpy와 matplotlib를 불러 그림을 하나 그린다.
FIGURE = """
import io
import matplotlib.pyplot as plt
import numpy as np

figure, axes = plt.subplots()
axes.plot(np.arange(64), [internet_checksum(bytes([n, 1])) for n in range(64)])
figure.savefig(io.BytesIO())
plt.close(figure)
"""


@cache
def solution() -> dict[str, Any]:
    return json.loads((root() / "solutions" / f"{LESSON}.ipynb").read_text(encoding="utf-8"))


def answer(name: str, number: int, figure: bool = False) -> str:
    """풀이의 답. 제출물마다 바이트가 다르게 번호를 적는다."""
    text = next("".join(cell["source"]) for cell in solution()["cells"] if cell["id"] == f"answer-{name}")
    lines = [line for line in text.split("\n") if "### " not in line]
    drawing = [FIGURE] if figure and name == "internet_checksum" else []
    return "\n".join([*lines, *drawing, f"# {number}번 제출물"])


def outcome(call: Callable[..., Any], args: tuple[Any, ...]) -> Any:
    try:
        return call(*args)
    except Exception as error:
        return type(error).__name__


@cache
def check(name: str) -> tuple[str, str]:
    """문제 하나의 검사: 답을 부르는 식과, 그 값으로 나와야 하는 글."""
    asked = problem(name)
    assert asked.adapter == "call"
    inputs = [case.args for case in (*asked.cases, *asked.fresh_cases(random.Random(1)))]
    # 기준 답은 값을 갖춘 그릇으로 돌려주기도 한다: 풀이의 답으로 값을 셈한다.
    space: dict[str, Any] = {}
    for one in NAMES:
        exec(answer(one, 0), space)
    return f"[outcome({name}, args) for args in {inputs!r}]", repr([outcome(space[name], args) for args in inputs])


def _cell(text: str, identifier: str, **metadata: Any) -> NotebookNode:
    return new_code_cell(text, id=identifier, metadata=metadata, execution_count=1)


def _book(cells: list[NotebookNode]) -> NotebookNode:
    return new_notebook(cells=cells, metadata=PYTHON3)


def _write(path: Path, book: Mapping[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(book, ensure_ascii=False), encoding="utf-8")


@dataclass(frozen=True)
class Peer:
    """채점기 하나: 제출물 `count`개를 차리고 명령들을 돌려준다. 마지막 명령이 한꺼번에 채점하는 것이고, 그것만 잰다."""

    title: str
    prepare: Callable[[Path, int, Path, bool], list[list[str]]]  # (폴더, 제출물의 수, 상대의 파이썬, 그림) → 명령들
    verdicts: str  # 모두 만점이면 성공으로 끝나는 파이썬 글. 재지 않는다


def nbgrader(folder: Path, count: int, python: Path, figure: bool) -> list[list[str]]:
    def grade_cell(identifier: str, grade: bool) -> dict[str, Any]:
        kind = {"grade": grade, "locked": grade, "solution": not grade, "task": False, "schema_version": 3}
        return {"nbgrader": {**kind, "grade_id": identifier, **({"points": 1} if grade else {})}}

    def cells(number: int) -> list[NotebookNode]:
        found = [_cell(OUTCOME, "outcome")]
        for name in NAMES:
            call, expected = check(name)
            found.append(_cell(answer(name, number, figure), f"answer-{name}", **grade_cell(f"answer-{name}", False)))
            found.append(_cell(f"assert {call} == {expected}", f"test-{name}", **grade_cell(f"test-{name}", True)))
        return found

    _write(folder / "source" / "ps1" / "book.ipynb", _book(cells(0)))
    for number in range(count):
        _write(folder / "submitted" / f"s{number}" / "ps1" / "book.ipynb", _book(cells(number + 1)))
    (folder / "nbgrader_config.py").write_text("c = get_config()\nc.ClearSolutions.enforce_metadata = False\n")
    run = [str(python), "-m", "nbgrader"]
    return [[*run, "generate_assignment", "ps1"], [*run, "autograde", "ps1"]]


NBGRADER_VERDICTS = """
from nbgrader.api import Gradebook
with Gradebook("sqlite:///gradebook.db") as book:
    scores = [one.score for one in book.assignment_submissions("ps1")]
assert scores and all(score == 5 for score in scores), scores
"""


def otter(folder: Path, count: int, python: Path, figure: bool) -> list[list[str]]:
    for name in NAMES:
        call, expected = check(name)
        prompts = ((">>>" if not line.startswith(" ") else "...", line) for line in OUTCOME.splitlines())
        code = "".join(f"{prompt} {line}\n" for prompt, line in prompts)
        suite = {"cases": [{"code": f"{code}>>> {call} == {expected}\nTrue", "hidden": True}], "type": "doctest"}
        test = {"name": name, "points": 1, "suites": [{**suite, "scored": True, "setup": "", "teardown": ""}]}
        path = folder / "tests" / f"{name}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"OK_FORMAT = True\n\ntest = {test!r}\n", encoding="utf-8")
    for number in range(count):
        cells = [_cell(answer(name, number, figure), f"answer-{name}") for name in NAMES]
        _write(folder / "submitted" / f"s{number}.ipynb", _book(cells))
    generate = ["generate", "-t", "tests", "-o", "autograder.zip", "--no-environment", "--no-requirements"]
    # 명령(otter run)은 제출물마다 새로 뜬다. 빠른 쪽인 API로 한 과정에서 모두 채점한다.
    return [[str(python), "-m", "otter", *generate], [str(python), "-c", OTTER]]


OTTER = """
import json, pathlib
from otter.api import grade_submission
totals = [grade_submission(str(path.resolve()), "autograder.zip", quiet=True).total
          for path in sorted(pathlib.Path("submitted").glob("*.ipynb"))]
pathlib.Path("totals.json").write_text(json.dumps(totals))
"""
OTTER_VERDICTS = """
import json, pathlib
totals = json.loads(pathlib.Path("totals.json").read_text())
assert totals and all(total == 5 for total in totals), totals
"""


def nbval(folder: Path, count: int, python: Path, figure: bool) -> list[list[str]]:
    for number in range(count):
        cells = [_cell(OUTCOME, "outcome")]
        for name in NAMES:
            call, expected = check(name)
            cells.append(_cell(answer(name, number, figure), f"answer-{name}"))
            cells.append(_cell(f"print({call})", f"test-{name}"))
            cells[-1].outputs = [new_output("stream", name="stdout", text=expected + "\n")]
        _write(folder / f"s{number}.ipynb", _book(cells))
    return [[str(python), "-m", "pytest", "-q", "--nbval", "-p", "no:cacheprovider", "."]]


def ours(folder: Path, count: int, _: Path, figure: bool) -> list[list[str]]:
    for number in range(count):
        book = copy.deepcopy(solution())
        for cell in book["cells"]:
            name = cell["id"].removeprefix("answer-")
            if name in NAMES:
                cell["source"] = answer(name, number, figure)
        _write(folder / "submitted" / f"s{number}.ipynb", book)
    return [[sys.executable, "-m", "tcpedu", "grade", "submitted", "-o", "out", "--jobs", "1"]]


OURS_VERDICTS = """
import csv, pathlib
rows = list(csv.DictReader(pathlib.Path("out/grades.csv").open(encoding="utf-8-sig")))
assert rows and all(row["백분율"] == "100" for row in rows), rows
"""

PEERS = (
    Peer("nbgrader autograde", nbgrader, NBGRADER_VERDICTS),
    Peer("otter-grader (API)", otter, OTTER_VERDICTS),
    Peer("nbval (점수 없음)", nbval, ""),
)
OURS = Peer("tcpedu grade", ours, OURS_VERDICTS)
