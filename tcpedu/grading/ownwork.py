"""스스로 한 답인가: 묻고 있는 바로 그것을 강의 라이브러리에서 불러 쓴 답을 코드에서 찾는다.

돌려 보지 않고 나무(ast)만 읽는다. 별명, `importlib`, `getattr`, `sys.modules`로 돌려 부른 것까지 따라간다.
답이 실제로 쓰는 것만 본다: 셀 아래에서 견주어 보려고 불러온 것은 잘못이 아니다.
"""

import ast
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from tcpedu.course.problem import Problem
from tcpedu.grading.compose import Composed
from tcpedu.grading.inside import TOOLS
from tcpedu.grading.plan import Role
from tcpedu.grading.result import ProblemResult, Status
from tcpedu.grading.source import defined_by, read

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_ROUNDS = 4  # 별명의 별명을 따라가는 횟수
_PRIVATE = ("tcpedu.course.problem", "tcpedu.course.verdict", "tcpedu.grading")  # 기준 답이 있는 곳


def tell(
    results: Iterable[ProblemResult], problems: Sequence[Problem], composed: Composed, given: frozenset[str]
) -> tuple[tuple[ProblemResult, ...], list[str]]:
    """빌려 온 답의 결과를 바꾸고, 교사에게 알릴 말을 돌려준다. `given`은 연습문제가 미리 준 이름이다."""
    trees = _learner_trees(composed)
    known = {problem.name: problem for problem in problems}
    told, notes = [], []
    for result in results:
        things = things_of(known[result.name])
        used = library_uses(result.name, trees, things)
        same = sorted(name for name in used if _is_the_thing(name, things))
        other = sorted(name for name in used if name.rpartition(".")[2] not in given)
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


def library_uses(name: str, trees: Sequence[ast.Module], things: frozenset[str] = frozenset()) -> set[str]:
    """답 `name`과 그것이 부르는 학생의 함수가 쓰는 라이브러리의 이름("tcpedu.protocol.…").

    `import *`로 온 이름은 `things` 가운데 있을 때만 안다.
    """
    aliases = _aliases(trees, _starred(trees, things))
    bodies = _bodies(trees)
    found = {aliases[name]} if name in aliases and _is_last_import(name, trees) else set()
    seen, waiting = set(), [name]
    while waiting:
        current = waiting.pop()
        seen.add(current)
        for body in bodies.get(current, ()):
            found |= set(_dotted_in(body, _inside(body, aliases)))
            names = {leaf.id for leaf in ast.walk(body) if isinstance(leaf, ast.Name)}
            waiting += names & set(bodies) - seen
    return {one for one in found if one.startswith("tcpedu.") and not _is_tool(one)}


def _starred(trees: Iterable[ast.Module], things: Iterable[str]) -> dict[str, str]:
    modules = [
        node.module for tree in trees for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module and any(alias.name == "*" for alias in node.names)
    ]  # fmt: skip
    return {thing: f"{module}.{thing}" for module in modules for thing in things}


def _is_last_import(name: str, trees: Iterable[ast.Module]) -> bool:
    """셀의 맨 바깥에서 이름을 마지막으로 준 것이 정의가 아니라 불러오기나 대입인가."""
    binding = [node for tree in trees for node in tree.body if name in defined_by(node) or "*" in defined_by(node)]
    return bool(binding) and not isinstance(binding[-1], _DEFINITIONS)


def _inside(body: ast.AST, aliases: Mapping[str, str]) -> Mapping[str, str]:
    """함수 안에서 보이는 별명: 인자와 지역 변수는 바깥의 별명을 가린다."""
    if not isinstance(body, _DEFINITIONS):
        return aliases
    local = {leaf.arg for leaf in ast.walk(body) if isinstance(leaf, ast.arg)}
    local |= {leaf.id for leaf in ast.walk(body) if isinstance(leaf, ast.Name) and isinstance(leaf.ctx, ast.Store)}
    outer = {name: dotted for name, dotted in aliases.items() if name not in local}
    return _aliases([body], outer)


def _is_tool(dotted: str) -> bool:
    return dotted.startswith("tcpedu.course.") and dotted.rpartition(".")[2] in TOOLS


def _bodies(trees: Iterable[ast.Module]) -> dict[str, list[ast.AST]]:
    """맨 바깥의 이름 → 그 이름을 만든 문장."""
    bodies: dict[str, list[ast.AST]] = {}
    for tree in trees:
        for node in tree.body:
            if isinstance(node, _DEFINITIONS):
                bodies.setdefault(node.name, []).append(node)
            elif isinstance(node, ast.Assign):
                for target in node.targets:
                    if isinstance(target, ast.Name):
                        bodies.setdefault(target.id, []).append(node)
    return bodies


def _aliases(trees: Iterable[ast.AST], known: Mapping[str, str]) -> dict[str, str]:
    """이름 → 그것이 가리키는 점으로 이은 이름."""
    nodes = [node for tree in trees for node in ast.walk(tree)]
    aliases = {**known, **{name: dotted for node in nodes for name, dotted in _imported(node)}}
    for _ in range(_ROUNDS):
        for node in nodes:
            if isinstance(node, ast.Assign | ast.NamedExpr) and (dotted := _dotted(node.value, aliases)):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                aliases |= {target.id: dotted for target in targets if isinstance(target, ast.Name)}
    return aliases


def _imported(node: ast.AST) -> Iterator[tuple[str, str]]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield (alias.asname, alias.name) if alias.asname else (alias.name.split(".")[0],) * 2
    elif isinstance(node, ast.ImportFrom):
        for alias in node.names:
            yield alias.asname or alias.name, f"{node.module}.{alias.name}"


def _dotted_in(body: ast.AST, aliases: Mapping[str, str]) -> Iterator[str]:
    """문장 안에서 가장 길게 이은 이름들. 이름 하나의 앞 토막은 다시 세지 않는다."""
    inner: set[int] = set()
    for node in ast.walk(body):  # 바깥 마디가 먼저 나온다
        dotted = _dotted(node, aliases) if id(node) not in inner else ""
        if dotted:
            inner |= {id(child) for child in ast.walk(node)}
            yield dotted


def _dotted(node: ast.AST, aliases: Mapping[str, str]) -> str:
    """식이 가리키는 점으로 이은 이름. 모르면 빈 글."""
    match node:
        case ast.Name(id=name):
            return aliases.get(name, "")
        case ast.Attribute(value=value, attr="__dict__"):
            return _dotted(value, aliases)
        case ast.Attribute(value=value, attr=attr):
            return _join(_dotted(value, aliases), attr)
        case ast.Call(func=func, args=[first, *_]) if _called(func) in ("import_module", "__import__"):
            return _text(first)
        case ast.Call(func=ast.Name(id="getattr"), args=[value, name, *_]):
            return _join(_dotted(value, aliases), _text(name))
        case ast.Call(func=ast.Name(id="vars"), args=[value]):
            return _dotted(value, aliases)
        case ast.Call(func=ast.Name(id="exec" | "eval"), args=[code, *_]) if "tcpedu" in _text(code):
            return "tcpedu.글로 적은 코드"
        case ast.Subscript(value=value, slice=name) if _called(value) == "modules":
            return _text(name)
        case ast.Subscript(value=value, slice=name) if _text(name):
            return _join(_dotted(value, aliases), _text(name))
    return ""


def _join(base: str, attribute: str) -> str:
    return f"{base}.{attribute}" if base and attribute else ""


def _called(func: ast.AST) -> str:
    return func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""


def _text(node: ast.AST) -> str:
    """글 상수. 나누어 적고 더한 것도 이어 읽는다."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _text(left) + _text(right)
        case ast.JoinedStr(values=values):
            return "".join(_text(value) for value in values)
    return ""
