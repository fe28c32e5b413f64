"""오류가 난 곳 가운데 배우는 사람이 쓴 줄을 찾는다. 라이브러리의 줄은 보이지 않는다."""

from __future__ import annotations

import ast
import linecache
import os
import re
import traceback
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import tcpedu
from tcpedu.course.limits import TimeLimit

LIBRARY = str(Path(tcpedu.__file__).parent)
PYTHON = str(Path(ast.__file__).parent)
BEFORE = 2


@dataclass(frozen=True)
class ErrorLine:
    """배우는 사람의 줄 하나와 그 앞의 줄."""

    number: int  # 셀의 몇째 줄
    text: str
    context: tuple[tuple[int, str], ...] = ()  # (줄 번호, 글), 그 줄도 들어 있다

    def lines(self) -> list[str]:
        """▶가 그 줄을 가리키는 글."""
        width = len(str(self.context[-1][0])) if self.context else 1
        return [f"{'▶' if n == self.number else ' '} {n:>{width}} | {text}" for n, text in self.context]


def own_frames(error: BaseException) -> list[tuple[FrameType, int]]:
    """배우는 사람의 코드가 지나간 곳, 바깥쪽부터: (프레임, 줄 번호)."""
    walk = traceback.walk_tb(error.__traceback__)
    return [(frame, number) for frame, number in walk if _own(frame.f_code.co_filename)]


def _own(filename: str) -> bool:
    if filename.startswith("<frozen"):
        return False
    inside = filename.startswith((LIBRARY + os.sep, PYTHON + os.sep)) or "site-packages" in filename
    return not inside


def error_line(error: BaseException) -> ErrorLine | None:
    """오류가 난, 배우는 사람의 줄. 찾지 못하면 None."""
    frames = own_frames(error)
    if not frames:
        return None
    # 되부름과 시간 초과는 멈춘 깊이가 그때그때 다르므로 가장 바깥을 가리킨다.
    outer = isinstance(error, (RecursionError, TimeLimit))
    frame, number = frames[0 if outer else -1]
    source = [text.rstrip("\n") for text in linecache.getlines(frame.f_code.co_filename)]
    if isinstance(error, TimeLimit):
        number = _loop(source, number, frame.f_code.co_firstlineno)
    if not 1 <= number <= len(source):
        return ErrorLine(number, "")
    low = max(number - BEFORE, frame.f_code.co_firstlineno, 1)
    context = [(n, source[n - 1]) for n in range(low, number + 1)]
    return ErrorLine(number, source[number - 1].strip(), tuple(context))


def _loop(source: list[str], number: int, first: int) -> int:
    """멈춘 줄을 감싼 반복의 첫 줄: 멈춘 줄은 그때그때 다르지만 반복은 하나다."""
    try:
        tree = ast.parse("\n".join(source))
    except (SyntaxError, ValueError):
        return first
    around = [
        node
        for node in ast.walk(tree)
        if isinstance(node, (ast.While, ast.For)) and first <= node.lineno <= number <= (node.end_lineno or 0)
    ]
    around.sort(key=lambda node: (not isinstance(node, ast.While), node.lineno))
    return around[0].lineno if around else first


def message(error: BaseException) -> str:
    """오류의 종류와 글 한 줄. 메모리 주소처럼 돌릴 때마다 다른 것은 뺀다."""
    text = str(error)
    if isinstance(error, RecursionError):
        text = "maximum recursion depth exceeded"  # 뒤에 붙는 말은 멈춘 곳에 따라 다르다
    text = re.sub(r" at 0x[0-9a-fA-F]+", "", " ".join(text.split()))
    text = text if len(text) <= 200 else f"{text[:200]}…"
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
