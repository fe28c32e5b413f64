"""강의실: 문제, 검사, 힌트, 퀴즈, 진도.

노트북에서는 이렇게 쓴다.

    from tcpedu.course import check, hint, solution

이름은 처음 쓸 때 불러온다. 채점 커널은 `tcpedu.course.probe`만 쓰므로
여기서 문제(기준 답)를 미리 불러오면 안 된다.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tcpedu.course.capstone.meeting import meet_kernel
    from tcpedu.course.capstone.pieces import my_pieces, my_tcp
    from tcpedu.course.check import check, hint, solution
    from tcpedu.course.overview import overview
    from tcpedu.course.packet_practice import packet_table
    from tcpedu.course.problem import problem, problems
    from tcpedu.course.quiz import predict, quiz

__all__ = [
    "check", "hint", "meet_kernel", "my_pieces", "my_tcp", "overview", "packet_table", "predict", "problem", "problems",
    "quiz", "solution",
]  # fmt: skip

_HOME = {
    "check": "check",
    "hint": "check",
    "solution": "check",
    "quiz": "quiz",
    "predict": "quiz",
    "meet_kernel": "capstone.meeting",
    "my_pieces": "capstone.pieces",
    "my_tcp": "capstone.pieces",
    "overview": "overview",
    "packet_table": "packet_practice",
    "problem": "problem",
    "problems": "problem",
}


class _Course(ModuleType):
    """하위 모듈 check, quiz, problem이 이름이 같은 함수를 가리지 않게 한다."""

    def __setattr__(self, name: str, value: Any) -> None:
        if not (name in _HOME and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Course


def __getattr__(name: str) -> Any:
    """이름을 처음 쓸 때 그 모듈만 불러온다."""
    if name not in _HOME:
        raise AttributeError(f"tcpedu.course에 '{name}'이(가) 없습니다")
    value = getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME})
