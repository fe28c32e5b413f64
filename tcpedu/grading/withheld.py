"""묻고 있는 바로 그것의 구현을 상자 안에서 쓸 수 없게 한다.

기준 답이 강의 라이브러리의 함수이면, 이름을 어떻게 돌려 불러도 학생의 커널에서는 알맹이가 없다. 연습문제가 미리 준
함수는 그대로 둔다.
"""

import inspect
from collections.abc import Iterator
from typing import Any

from tcpedu.course.problem import Problem

ROOMS = ("tcpedu.protocol.", "tcpedu.network.")


def withheld(problems: tuple[Problem, ...], given: frozenset[str]) -> tuple[str, ...]:
    """`모듈:함수`의 차례. `given`은 연습문제가 미리 준 이름이다."""
    names = {problem.name for problem in problems}
    found = {one for problem in problems for one in _functions(problem.reference)}
    return tuple(sorted(one for one in found if one.partition(":")[2] not in given - names))


def _functions(reference: Any) -> Iterator[str]:
    """기준 답 자신과, 문제 모듈에 적은 기준 답이 부르는 라이브러리의 함수."""
    yield from _named(reference)
    if inspect.isfunction(reference) and reference.__module__.startswith("tcpedu.course.problems"):
        for name in _names(reference.__code__):
            yield from _named(reference.__globals__.get(name))


def _named(value: Any) -> Iterator[str]:
    if inspect.isfunction(value) and value.__module__.startswith(ROOMS) and not value.__closure__:
        yield f"{value.__module__}:{value.__name__}"


def _names(code: Any) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if inspect.iscode(constant):
            yield from _names(constant)
