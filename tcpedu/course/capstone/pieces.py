"""배우는 사람이 연습문제 02–09에서 짠 조각과, 16에서 짠 `MyTcp`를 가져온다.

답 셀은 배우는 사람의 노트북 파일에서 읽어 따로 돌리고, 공개 검사를 통과한 것만 쓴다. 없거나 통과하지 못한 것은
라이브러리의 조각으로 대신하고 그렇다고 말한다.
강의: lessons/16_capstone.ipynb
"""

from __future__ import annotations

import ast
import io
import json
from collections.abc import Iterable
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from tcpedu.course.capstone import library_pieces
from tcpedu.course.lessons import course_root, lesson
from tcpedu.course.limits import TimeLimit, time_limit

MINE, LIBRARY = "내 것", "라이브러리 것"
NAMES = {
    "parse_header": "02", "tcp_checksum": "02", "wrap": "03", "unwrap": "03", "Reassembler": "03", "isn": "04",
    "negotiate": "04", "next_state": "06", "RtoEstimator": "07", "usable_window": "08", "Reno": "09",
}  # fmt: skip
"""조각의 이름 → 그것을 짠 연습문제의 번호."""

_USES = {
    "parse_header": "커널이 보낸 헤더를 읽는다", "tcp_checksum": "커널이 보낸 체크섬을 다시 셈한다",
    "wrap": "절대 번호를 순서 번호로", "unwrap": "순서 번호를 절대 번호로", "Reassembler": "뒤섞여 온 것을 제자리에",
    "isn": "첫 번호를 고른다", "negotiate": "MSS를 정한다", "next_state": "상태를 옮긴다",
    "RtoEstimator": "RTO를 셈한다",
    "usable_window": "더 보낼 수 있는 양", "Reno": "cwnd를 정한다",
}  # fmt: skip
_CELL_SECONDS = 20.0  # 16의 준비 셀은 02–09의 조각을 모두 검사한다
_Part = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom | ast.Assign | ast.AnnAssign


@dataclass(frozen=True)
class Origin:
    """조각 하나가 어디에서 왔는가."""

    name: str
    number: str
    whose: str
    why: str = ""


class Pieces:
    """조각 한 벌: `pieces.Reno`처럼 꺼낸다. 화면에는 누구의 것인지 표로 보인다."""

    def __init__(self, values: dict[str, Any], origins: Iterable[Origin]) -> None:
        self.origins = tuple(origins)
        self.__dict__.update(values)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"'{name}'이라는 조각은 없습니다. 있는 조각: {', '.join(NAMES)}")

    def __repr__(self) -> str:
        return "\n".join(" | ".join(row) for row in self._rows())

    def _repr_markdown_(self) -> str:
        head = "| 조각 | 연습문제 | 하는 일 | 누구의 것 |\n|---|---|---|---|\n"
        return head + "\n".join(
            f"| `{name}` | {number} | {use} | {whose} |" for name, number, use, whose in self._rows()
        )

    def _rows(self) -> list[tuple[str, str, str, str]]:
        rows = []
        for one in self.origins:
            whose = f"{one.whose} ({one.why})" if one.why else one.whose
            rows.append((one.name, one.number, _USES[one.name], whose))
        return rows


def my_pieces(library: Iterable[str] = (), root: Path | None = None) -> Pieces:
    """연습문제에서 짠 조각들. 없는 것은 라이브러리의 것으로 채운다.

    `library`에 적은 이름은 언제나 라이브러리의 것을 쓴다: 어느 조각 탓인지 가려낼 때 쓴다. `root`는 강의 폴더다.
    """
    root = root or course_root()
    values: dict[str, Any] = {}
    origins = []
    for name, number in NAMES.items():
        mine, why = (None, "") if root is None or name in set(library) else _checked(root, number, name)
        values[name] = getattr(library_pieces, name) if mine is None else mine
        origins.append(Origin(name, number, LIBRARY if mine is None else MINE, why))
    return Pieces(values, origins)


def my_tcp(root: Path | None = None) -> tuple[Any, str]:
    """연습문제 16에서 짠 `MyTcp`와 누구의 것인지. 아직이면 본보기를 돌려준다."""
    root = root or course_root()
    mine, why = (None, "") if root is None else _checked(root, "16", "MyTcp")
    if mine is not None:
        return mine, MINE
    from tcpedu.course.problems.mytcp import MyTcp

    return MyTcp, f"본보기 ({why})" if why else "본보기"


def _checked(root: Path, number: str, name: str) -> tuple[Any, str]:
    """(답, 쓰지 못하는 까닭). 공개 검사를 통과했을 때만 답이 있다."""
    from tcpedu.course.probe import run_cases
    from tcpedu.course.problem import problem
    from tcpedu.course.verdict import Status, evaluate

    path = lesson(number).path(root, "exercises")
    answer = _answers(path, _stamp(path)).get(name)
    if answer is None:
        return None, "아직"
    found = problem(name)
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        outcomes = run_cases(answer, found.adapter, found.cases, found.digits, found.seconds)
    verdict = evaluate(found, found.cases, [outcome.value for outcome in outcomes], outcomes)
    if verdict.status is Status.RIGHT:
        return answer, ""
    return None, "아직" if verdict.status is Status.UNTRIED else "검사를 통과하지 못했다"


def _stamp(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


@cache
def _answers(path: Path, stamp: int) -> dict[str, Any]:
    """노트북의 정의들. 노트북을 저장하면(`stamp`) 다시 읽는다. 돌지 않는 셀은 건너뛴다."""
    space = ModuleType(f"my_{path.stem}").__dict__
    for source in _cells(path):
        try:
            tree = ast.parse(source)
            tree.body = [node for node in tree.body if isinstance(node, _Part)]
            with time_limit(_CELL_SECONDS), redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
                exec(compile(tree, f"<{path.name}>", "exec"), space)
        except (Exception, TimeLimit, SystemExit):
            continue  # 아직 쓰는 중인 셀이다
    return space


def _cells(path: Path) -> list[str]:
    """노트북의 코드 셀. 읽을 수 없으면 빈 목록."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    except (OSError, ValueError, KeyError, TypeError):
        return []
