"""문제는 데이터다: 입력, 기준 답, 힌트, 흔한 오답을 한곳에 적는다.

`tcpedu/course/problems/pNN_*.py`마다 `PROBLEMS = (Problem(…), …)`가 있고, 처음
찾을 때 불러온다.
"""

from __future__ import annotations

import importlib
import pkgutil
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

PACKAGE = "tcpedu.course.problems"


@dataclass(frozen=True)
class Case:
    """입력 하나. 값은 모두 `values.encode`가 아는 것이어야 한다."""

    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    note: str = ""  # 이 입력이 무엇을 보는지 한마디


@dataclass(frozen=True, eq=False)
class Problem:
    """연습문제 하나."""

    name: str  # 함수나 클래스의 이름. 강의 전체에서 하나뿐이다
    lesson: str  # "02_segment_header"
    title: str
    points: int
    rfc: str  # "RFC 9293 §3.1"
    reference: Callable[..., Any]
    cases: tuple[Case, ...]  # 노트북의 공개 검사
    fresh_cases: Callable[[random.Random], list[Case]]  # 채점의 새 입력
    hints: tuple[str, ...]
    mistakes: Mapping[str, Callable[..., Any]]  # 진단 문장 → 그 오답
    adapter: str = "call"
    digits: int = 9
    explanation: str = ""
    seconds: float = 2.0  # 검사 한 번에 쓸 수 있는 시간
    make: Callable[[random.Random], Any] | None = None  # 표를 채우는 문제: 손으로 채워 볼 새 표를 만든다


def problem(name: str) -> Problem:
    """이름으로 문제를 찾는다. 없으면 KeyError."""
    found = {item.name: item for item in problems()}
    if name not in found:
        raise KeyError(f"이름이 '{name}'인 문제는 없습니다. 있는 문제: {', '.join(found)}")
    return found[name]


def problems(lesson: str | None = None) -> list[Problem]:
    """강의 하나의 문제(`lesson`은 "02" 또는 "02_segment_header"), 없으면 모든 문제."""
    numbers = sorted(_modules()) if lesson is None else [lesson[:2]]
    return [item for number in numbers for item in _load(number)]


@cache
def _modules() -> dict[str, str]:
    """강의 번호 → 문제 모듈 이름. 모듈을 불러오지는 않는다."""
    package = importlib.import_module(PACKAGE)
    names = sorted(info.name for info in pkgutil.iter_modules(package.__path__))
    return {name[1:3]: name for name in names if name.startswith("p") and name[1:3].isdigit()}


@cache
def _load(number: str) -> tuple[Problem, ...]:
    if number not in _modules():
        return ()
    return tuple(importlib.import_module(f"{PACKAGE}.{_modules()[number]}").PROBLEMS)
