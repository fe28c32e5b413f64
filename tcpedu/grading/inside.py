"""채점 커널 안에서 도는 코드: 출력의 난간과 검사 셀. 기준 답을 불러오지 않는다.

배우는 사람의 코드와 같은 곳에서 돌므로 지킴이가 아니라 실수를 막는 난간이다. 진짜 한도는 커널 밖의
`kernel.py`가 지키고, 맞았는지는 커널 밖의 nbval이 정한다.
"""

import builtins
import importlib
import json
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from tcpedu import course
from tcpedu.course.probe import Outcome, cases_from_json, line, run_cases
from tcpedu.course.probe import probe as plain_probe
from tcpedu.course.trace import error_line, message

MARK = "\x1etcpedu "  # stderr에서 설명 줄을 알아보는 표시
EXPLAINED = 5
TOOLS = ("check", "hint", "solution", "quiz", "predict", "overview")


def guard(limit: int, withheld: Sequence[str] = ()) -> None:
    """셀마다 출력을 자르고, 커널을 끄는 `exit`를 보통 오류로 바꾸고, 묻고 있는 것의 구현(`모듈:함수`)을 비운다."""
    from IPython.core.getipython import get_ipython

    shell: Any = get_ipython()
    # IPython이 셀마다 write를 바꾸었다가 되돌리므로, 난간도 셀이 시작할 때마다 새로 단다.
    shell.events.register("pre_run_cell", lambda *_: _tap_all(limit))
    for name in ("exit", "quit"):
        shell.user_ns[name] = _leave
        setattr(builtins, name, _leave)
    # 답 셀에 남아 있는 검사 줄은 채점에서 아무 일도 하지 않는다.
    shell.user_ns.update(dict.fromkeys(TOOLS, _nothing))
    vars(course).update(dict.fromkeys(course.__all__, _nothing))
    for path in withheld:
        module, _, name = path.partition(":")
        # 함수를 바꾸는 대신 속을 바꾼다: 다른 모듈이 이미 불러온 것도 함께 비워진다.
        vars(importlib.import_module(module))[name].__code__ = _empty.__code__


def _empty(*_: object, **__: object) -> NoReturn:
    raise RuntimeError("직접 만드는 것이 문제입니다. 채점에서는 강의 라이브러리의 이 함수를 쓸 수 없습니다.")


def _nothing(*_: object, **__: object) -> None:
    """채점에서는 아무 일도 하지 않는 강의 도구."""


def _tap_all(limit: int) -> None:
    for stream in (sys.stdout, sys.stderr):
        _tap(stream, limit)


def _tap(stream: Any, limit: int) -> None:
    write, left = getattr(stream.write, "unlimited", stream.write), limit

    def limited(text: str) -> int:
        nonlocal left
        room, left = left, left - len(text)
        if room > 0:
            write(text if len(text) < room else text[:room] + "\n… 출력이 너무 길어 여기서 잘랐습니다.\n")
        return len(text)

    limited.unlimited = write  # type: ignore[attr-defined]
    stream.write = limited


def _leave(code: object = None) -> NoReturn:
    raise SystemExit(code)


def canary(*values: object) -> tuple[object, ...]:
    """받은 것과, 셀들이 가린 내장 이름. 검사하는 길을 답들이 망가뜨렸는지 채점기가 이것으로 본다."""
    space = vars(sys.modules["__main__"])
    names = [name for name in space if hasattr(builtins, name) and not name.startswith("_")]
    return (*values, [name for name in names if space[name] is not getattr(builtins, name) and name not in _OURS])


_OURS = ("exit", "quit", "open", "display", "get_ipython")  # 커널과 난간이 바꾼 것


def probe(name: Any, adapter: str, cases_json: str, digits: int, seconds: float, explain: bool = False) -> None:
    """답(의 이름)을 모든 입력으로 부르고 값을 한 줄로 찍는다. 오류가 난 줄은 채점하지 않는 stderr로 알린다."""
    space = vars(sys.modules["__main__"])
    if callable(name) or name not in space:
        plain_probe(name, adapter, cases_json, digits, seconds)
        return
    outcomes = run_cases(space[name], adapter, cases_from_json(cases_json), digits, seconds)
    print(line([outcome.value for outcome in outcomes]))
    if explain:
        print(MARK + json.dumps(_explanations(outcomes)), file=sys.stderr)


def _explanations(outcomes: Sequence[Outcome]) -> dict[int, dict[str, Any]]:
    """입력 번호(0부터) → 오류의 글과 그 줄, 찍은 글이 있었는지."""
    noted = [(n, outcome) for n, outcome in enumerate(outcomes) if outcome.errors or outcome.printed]
    return {number: _explanation(outcome) for number, outcome in noted[:EXPLAINED]}


def _explanation(outcome: Outcome) -> dict[str, Any]:
    errors = {}
    for step, error in list(outcome.errors.items())[:EXPLAINED]:
        line_ = error_line(error)
        errors[step] = [message(error), [text[:200] for text in line_.lines()] if line_ else []]
    return {"errors": errors, "printed": outcome.printed[:200]}
