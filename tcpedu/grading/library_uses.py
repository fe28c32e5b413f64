"""학생의 코드가 강의 라이브러리의 무엇을 쓰는가: 별명과 돌려 부르기를 따라가며 이름을 점으로 이어 적는다."""

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from tcpedu.grading.inside import TOOLS
from tcpedu.grading.source import defined_by

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_NAMING = (ast.Import, ast.ImportFrom, ast.Assign, ast.NamedExpr)
_ROUNDS = 4  # 별명의 별명을 따라가는 횟수


def library_uses(
    name: str,
    trees: Sequence[ast.Module],
    things: frozenset[str] = frozenset(),
    others: frozenset[str] = frozenset(),
) -> set[str]:
    """답 `name`과 그것이 부르는 학생의 함수가 쓰는 라이브러리의 이름("tcpedu.protocol.…").

    `import *`로 온 이름은 `things` 가운데 있을 때만 안다. `others`는 다른 문제의 답이라 속을 보지 않는다.
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
            names = {leaf.id for leaf in _nodes(body) if isinstance(leaf, ast.Name)}
            waiting += names & set(bodies) - seen - others
    return {one for one in found if one.startswith("tcpedu.") and not _is_tool(one)}


@lru_cache(maxsize=256)
def _nodes(tree: ast.AST) -> tuple[ast.AST, ...]:
    """나무의 모든 마디, 바깥 마디가 먼저. 문제마다 같은 나무를 보므로 한 번만 걷는다."""
    return tuple(ast.walk(tree))


@lru_cache(maxsize=256)
def _naming(tree: ast.AST) -> tuple[ast.AST, ...]:
    """이름을 주는 마디."""
    return tuple(node for node in _nodes(tree) if isinstance(node, _NAMING))


def _starred(trees: Iterable[ast.Module], things: Iterable[str]) -> dict[str, str]:
    modules = [
        node.module for tree in trees for node in _naming(tree)
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
    local = {leaf.arg for leaf in _nodes(body) if isinstance(leaf, ast.arg)}
    local |= {leaf.id for leaf in _nodes(body) if isinstance(leaf, ast.Name) and isinstance(leaf.ctx, ast.Store)}
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
    nodes = [node for tree in trees for node in _naming(tree)]
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
    for node in _nodes(body):
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
        case ast.Call(func=func, args=[first, *_]) if _last(func, aliases) in ("import_module", "__import__"):
            return _text(first)
        case ast.Call(func=func, args=[value, name, *_]) if _last(func, aliases) == "getattr":
            return _join(_dotted(value, aliases), _text(name))
        case ast.Call(func=ast.Name(id="vars"), args=[value]):
            return _dotted(value, aliases)
        case ast.Call(func=ast.Name(id="exec" | "eval"), args=[code, *_]) if "tcpedu" in _text(code):
            return "tcpedu.글로 적은 코드"
        case ast.Subscript(value=value, slice=name) if _last(value, aliases) == "modules":
            return _text(name)
        case ast.Subscript(value=value, slice=name) if _text(name):
            return _join(_dotted(value, aliases), _text(name))
    return ""


def _join(base: str, attribute: str) -> str:
    return f"{base}.{attribute}" if base and attribute else ""


def _last(node: ast.AST, aliases: Mapping[str, str]) -> str:
    """부르는 것의 마지막 이름: `importlib.import_module`도, 별명을 붙인 것도 `import_module`."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return aliases.get(node.id, node.id).rpartition(".")[2] if isinstance(node, ast.Name) else ""


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
