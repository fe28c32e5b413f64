"""캡스톤의 시험이 함께 쓰는 것: 풀이 노트북에서 꺼낸 `MyTcp`."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from tcpedu.course.check import without_markers

ROOT = Path(__file__).resolve().parents[2]
SOLUTION = ROOT / "solutions" / "16_capstone.ipynb"


def cells(path: Path = SOLUTION) -> dict[str, str]:
    """셀 id → 글."""
    found = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return {cell["id"]: "".join(cell["source"]) for cell in found}


def answers(path: Path = SOLUTION) -> dict[str, str]:
    """문제의 이름 → 표시를 뺀 답."""
    found = {name.removeprefix("answer-"): text for name, text in cells(path).items() if name.startswith("answer-")}
    return {name: without_markers(text) for name, text in found.items()}


@cache
def solved() -> dict[str, Any]:
    """풀이 노트북의 준비 셀과 답 셀을 차례로 돌린 이름들."""
    space = ModuleType("solved_capstone").__dict__
    for source in (cells()["setup"], *answers().values()):
        exec(compile(source, SOLUTION.name, "exec"), space)
    return space
