"""라이브러리 코드를 노트북에 그대로 보인다. 붙여 넣은 사본이 아니므로 언제나 지금의 코드다."""

from __future__ import annotations

import inspect
import textwrap
from typing import Any


class Source:
    """살아 있는 소스 코드. 노트북에서는 색을 입혀, 글에서는 그대로 나온다."""

    def __init__(self, name: str, module: str, code: str) -> None:
        self.name, self.module, self.code = name, module, code

    def __repr__(self) -> str:
        return f"# {self.module}\n{self.code}"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        # 코드의 어떤 줄보다 긴 울타리라야 코드 속의 ```에서 끝나지 않는다.
        fence = "````" if "```" in self.code else "```"
        return {
            "text/markdown": f"`{self.module}`\n\n{fence}python\n{self.code}\n{fence}",
            "text/plain": repr(self),
        }


def show_source(thing: Any, *, doc: bool = True) -> Source:
    """함수·클래스·메서드의 소스 코드. `doc=False`면 docstring을 뺀다. 파일의 위치는 나오지 않는다.

    >>> from tcpedu.protocol.seqnum import seq_add
    >>> print(show_source(seq_add, doc=False))
    # tcpedu.protocol.seqnum
    def seq_add(a: int, n: int) -> int:
        return (a + n) % MODULUS
    """
    target: Any = inspect.unwrap(getattr(thing, "fget", None) or thing)
    try:
        code = textwrap.dedent(inspect.getsource(target)).rstrip()
    except (OSError, TypeError):
        raise ValueError(f"소스 코드를 찾을 수 없습니다: {thing!r}. 함수, 클래스, 메서드, 모듈을 넘기세요") from None
    module = target.__name__ if inspect.ismodule(target) else target.__module__
    return Source(getattr(target, "__name__", module), module, code if doc else _without_doc(code))


def _without_doc(code: str) -> str:
    import ast

    lines = code.splitlines()
    for node in ast.walk(ast.parse(code)):
        body = getattr(node, "body", None)
        if (
            isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Module)
            and body
            and ast.get_docstring(node) is not None
        ):
            for line in range(body[0].lineno - 1, body[0].end_lineno or body[0].lineno):
                lines[line] = "\0"
    return "\n".join(line for line in lines if line != "\0").strip("\n")
