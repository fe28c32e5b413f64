"""배우는 사람의 코드를 돌리지 않고 읽는다: 무엇을 정의하고 무엇을 쓰는가."""

import ast
import re
import symtable
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

_INVISIBLE = str.maketrans("\u00a0\u3000", "  ", "\u200b\u200c\u200d\ufeff")
_BODY_MAGICS = ("%%time", "%%timeit", "%%capture", "%%prun")
_MAGIC_LINES = 200
_FAILURES = (SyntaxError, ValueError, RecursionError, MemoryError)


@dataclass(frozen=True)
class Broken:
    """문법 오류 하나. `line`은 셀 안의 줄 번호(1부터)다."""

    line: int
    text: str
    message: str

    def __str__(self) -> str:
        where = f" `{self.text}`" if self.text else ""
        return f"{self.line}번째 줄{where} ({self.message})"


@dataclass(frozen=True)
class Source:
    """다듬은 셀의 글. `tree`가 없으면 문법이 깨진 셀이고 `broken`이 까닭을 말한다."""

    text: str
    tree: ast.Module | None
    broken: Broken | None = None
    findings: tuple[str, ...] = ()

    @cached_property
    def defines(self) -> tuple[str, ...]:
        """셀의 맨 바깥에서 이름을 얻는 것들. 문법이 깨졌으면 글자 모양으로 찾는다."""
        if self.tree is None:
            return tuple(dict.fromkeys(_DEFINITION.findall(self.text)))
        return tuple(dict.fromkeys(name for node in self.tree.body for name in defined_by(node)))

    @cached_property
    def functions(self) -> tuple[str, ...]:
        """정의한 함수와 클래스의 이름."""
        if self.tree is None:
            return self.defines
        kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
        return tuple(node.name for node in self.tree.body if isinstance(node, kinds))

    @cached_property
    def uses(self) -> frozenset[str]:
        """바깥에서 찾는 이름."""
        return frozenset() if self.tree is None else free_names(self.text)

    @cached_property
    def needs_now(self) -> frozenset[str]:
        """셀이 도는 그 순간 읽는 이름. 함수 본문은 부를 때 읽으므로 뺀다."""
        return frozenset() if self.tree is None else frozenset(_eager_names(self.tree))


_DEFINITION = re.compile(r"^(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)", re.MULTILINE)


def read(text: str) -> Source:
    """셀의 글을 다듬는다: 안 보이는 글자를 바꾸고, 매직 줄을 뺀다. 줄 번호는 그대로다."""
    if _parse(text) is None:
        text, findings = _tidy(text)
    else:
        findings = ()
    tree = _parse(text)
    return Source(text, tree, None if tree else _explain(text), findings)


def _parse(text: str) -> ast.Module | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # 학생 코드의 "\d" 같은 경고를 채점기가 말할 일은 아니다
            return ast.parse(text)
    except _FAILURES:
        return None


def _tidy(text: str) -> tuple[str, tuple[str, ...]]:
    findings = []
    visible = text.translate(_INVISIBLE)
    if visible != text:
        findings.append("눈에 보이지 않는 빈칸 글자를 보통 빈칸으로 바꾸었습니다.")
    plain = _without_magics(visible)
    if plain != visible:
        findings.append("매직(%)과 셸(!) 줄은 실행하지 않고 뺐습니다.")
    return plain, tuple(findings)


def _without_magics(text: str) -> str:
    """문법이 깨지는 줄이 매직이면 그 줄만 `pass`로 바꾼다. 글자열 속의 %는 건드리지 않는다."""
    lines = text.split("\n")
    first = next((index for index, line in enumerate(lines) if line.strip()), 0)
    if lines[first].startswith("%%"):
        if not lines[first].startswith(_BODY_MAGICS):
            return ""  # %%bash, %%html …: 파이썬이 아니다
        lines[first] = ""
    for _ in range(_MAGIC_LINES):
        line = _error_line("\n".join(lines))
        if line is None or not _is_magic(lines[line - 1]):
            break
        bare = lines[line - 1].lstrip()
        lines[line - 1] = lines[line - 1][: len(lines[line - 1]) - len(bare)] + "pass"
    return "\n".join(lines)


_MAGIC = re.compile(r"^\s*(?:[%!?]|[\w., ]+=\s*[%!]|.*\?\s*$)")


def _is_magic(line: str) -> bool:
    return _MAGIC.match(line) is not None


def _error_line(text: str) -> int | None:
    error = _error(text)
    count = text.count("\n") + 1
    return error.lineno if error and error.lineno and error.lineno <= count else None


def _error(text: str) -> SyntaxError | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except SyntaxError as error:
        return error
    except _FAILURES:
        return None
    return None


def _explain(text: str) -> Broken:
    error = _error(text)
    if error is None:
        return Broken(1, "", "너무 깊거나 읽을 수 없는 코드")
    line = (error.text or "").strip()
    return Broken(error.lineno or 1, line if len(line) <= 80 else line[:77] + "…", error.msg)


def defined_by(node: ast.stmt) -> Iterator[str]:
    """문장 하나가 이름을 주는 것들. `if`와 `try` 안까지 본다."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            yield node.name
        case ast.Import() | ast.ImportFrom():
            for alias in node.names:
                yield alias.asname or alias.name.split(".")[0]
        case ast.Assign() | ast.AnnAssign() | ast.AugAssign():
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                yield from (leaf.id for leaf in ast.walk(target) if isinstance(leaf, ast.Name))
        case ast.If() | ast.Try():
            for child in _nested(node):
                yield from defined_by(child)


def _nested(node: ast.If | ast.Try) -> list[ast.stmt]:
    handlers = [child for handler in getattr(node, "handlers", []) for child in handler.body]
    return [*node.body, *handlers, *node.orelse, *getattr(node, "finalbody", [])]


def is_helper(node: ast.stmt) -> bool:
    """정의, 불러오기, 대입처럼 다른 답이 기댈 수 있는 문장인가."""
    if isinstance(node, ast.If | ast.Try):
        return all(is_helper(child) or isinstance(child, ast.Pass) for child in _nested(node))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)
    return isinstance(node, (*kinds, ast.Assign, ast.AnnAssign, ast.AugAssign))


def free_names(text: str) -> frozenset[str]:
    """코드가 바깥(전역)에서 찾는 이름. 함수 안의 지역 변수는 아니다.

    >>> sorted(free_names("def f(x):\\n    y = x\\n    return y + TOTAL"))
    ['TOTAL']
    """
    try:
        waiting = [symtable.symtable(text, "cell", "exec")]
    except _FAILURES:  # `return`이 함수 밖에 있는 것처럼, 나무는 되지만 돌 수 없는 코드
        return frozenset()
    names: set[str] = set()
    while waiting:
        table = waiting.pop()
        waiting += table.get_children()
        inner = isinstance(table, symtable.Function | symtable.Class)
        read_here = (one for one in table.get_symbols() if one.is_referenced())
        names |= {one.get_name() for one in read_here if one.is_global() or not inner}
    return frozenset(names)


def _eager_names(node: ast.AST) -> Iterator[str]:
    waiting: list[ast.AST] = [node]
    while waiting:
        current = waiting.pop()
        if isinstance(current, ast.Name) and isinstance(current.ctx, ast.Load):
            yield current.id
        if isinstance(current, ast.FunctionDef | ast.AsyncFunctionDef):
            waiting += [*current.decorator_list, *current.args.defaults, *filter(None, current.args.kw_defaults)]
        elif isinstance(current, ast.Lambda):
            waiting += [*current.args.defaults, *filter(None, current.args.kw_defaults)]
        else:
            waiting += ast.iter_child_nodes(current)
