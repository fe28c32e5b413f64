"""스스로 한 답인가: 묻고 있는 바로 그것을 강의 라이브러리에서 불러 쓴 답을 코드에서 찾는다.

돌려 보지 않고 나무(ast)만 읽는다. 별명, `importlib`, `getattr`, `sys.modules`로 돌려 부른 것까지 따라간다.
답이 실제로 쓰는 것만 본다: 셀 아래에서 견주어 보려고 불러온 것은 잘못이 아니다.
"""

import ast
import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from tcpedu.course.problem import Problem
from tcpedu.grading.compose import Composed
from tcpedu.grading.library_uses import library_uses
from tcpedu.grading.plan import Role
from tcpedu.grading.result import ProblemResult, Status
from tcpedu.grading.source import read

_PRIVATE = ("tcpedu.course.problem", "tcpedu.course.verdict", "tcpedu.grading")  # 기준 답이 있는 곳


def tell(
    results: Iterable[ProblemResult], problems: Sequence[Problem], composed: Composed, given: frozenset[str]
) -> tuple[tuple[ProblemResult, ...], list[str]]:
    """빌려 온 답의 결과를 바꾸고, 교사에게 알릴 말을 돌려준다. `given`은 연습문제가 미리 준 이름이다."""
    trees = _learner_trees(composed)
    if not any(map(_might_reach, trees)):  # 거의 모든 제출물이 그렇다
        return tuple(results), []
    known = {problem.name: problem for problem in problems}
    handed = given - set(known)  # 답의 껍데기도 미리 준 이름이지만, 그것을 채우는 것이 문제다
    told, notes = [], []
    for result in results:
        things = things_of(known[result.name]) - handed
        used = library_uses(result.name, trees, things, frozenset(known) - {result.name})
        same = sorted(name for name in used if _is_the_thing(name, things))
        # 미리 준 것의 속성도 미리 준 것이다: Event를 주었으면 Event.CLOSE도
        other = sorted(name for name in used if handed.isdisjoint(name.split(".")[-2:]))
        if same:
            result = _borrowed(result, same[0])
            notes.append(f"`{result.name}`: 묻고 있는 것의 구현 `{same[0]}`을(를) 강의 라이브러리에서 불러 썼습니다.")
        elif other:
            notes.append(f"`{result.name}`의 답이 강의 라이브러리의 `{other[0]}`을(를) 씁니다. 교사가 보고 정하세요.")
        told.append(result)
    return tuple(told), notes


def _learner_trees(composed: Composed) -> list[ast.Module]:
    """채점 노트북에 실제로 들어간 학생의 셀."""
    roles = {cell.id: cell.role for cell in composed.plan.cells}
    sources = (read(cell.source) for cell in composed.notebook.cells if roles[cell.id] in (Role.ANSWER, Role.HELPER))
    return [source.tree for source in sources if source.tree is not None]


def _might_reach(tree: ast.Module) -> bool:
    """라이브러리를 부를 수 있는 말이 하나라도 있는가."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=word) | ast.Attribute(attr=word) | ast.Constant(value=str(word)) if _REACH.search(word):
                return True
            case ast.Import(names=names) if any("tcpedu" in alias.name for alias in names):
                return True
            case ast.ImportFrom(module=str(module)) if module.startswith(("tcpedu", "importlib")):
                return True
    return False


_REACH = re.compile(r"tcpedu|import_module|__import__|modules|exec|eval|importlib")


def _borrowed(result: ProblemResult, name: str) -> ProblemResult:
    return replace(
        result, status=Status.BORROWED, points=0,
        headline=f"직접 만드는 것이 문제인 것을 강의 라이브러리의 `{name}`에서 불러 썼습니다.",
        next_step="라이브러리를 부르지 않고 스스로 만들어 다시 제출하세요. 까닭이 있으면 선생님께 말하세요.",
        diagnosis="", given="", expected="", actual="", differs="", steps=(), error="", note="",
    )  # fmt: skip


def _is_the_thing(dotted: str, things: frozenset[str]) -> bool:
    return dotted.startswith(_PRIVATE) or dotted.rpartition(".")[2] in things


def things_of(problem: Problem) -> frozenset[str]:
    """기준 답의 이름. 문제 모듈에 적은 기준 답이면 그것이 부르는 라이브러리의 구현까지."""
    reference: Callable[..., Any] = problem.reference
    module = getattr(reference, "__module__", "")
    names = {problem.name, getattr(reference, "__name__", "")}
    if module.startswith("tcpedu.course.problems") and inspect.isfunction(reference):
        for name in _code_names(reference.__code__):
            value = reference.__globals__.get(name)
            if inspect.isroutine(value) and getattr(value, "__module__", "").startswith("tcpedu."):
                names.add(value.__name__)
    return frozenset(names)


def _code_names(code: Any) -> Iterator[str]:
    yield from code.co_names
    for constant in code.co_consts:
        if inspect.iscode(constant):
            yield from _code_names(constant)
