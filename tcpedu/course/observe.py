"""적어 둔 오해가 아닐 때, 값에서 눈에 띄는 점을 한 문장으로 말한다."""

from __future__ import annotations

import inspect
from typing import Any

from tcpedu.course.probe import Outcome
from tcpedu.course.problem import Problem
from tcpedu.course.trace import own_frames
from tcpedu.course.values import MISSING, TIMEOUT

LAZY = ("generator", "map", "filter", "zip", "enumerate", "reversed", "list_iterator", "dict_values", "range")


def observe(problem: Problem, text: str, expected: Any, actual: Any, outcome: Outcome, row: int = 0) -> str:
    """가장 먼저 고칠 점. 할 말이 없으면 빈 글."""
    if actual == MISSING:
        return f"이름이 `{problem.name}`인 함수나 클래스가 없습니다. 답 셀을 먼저 실행하세요."
    if isinstance(actual, dict) and "$error" in actual:
        return _about_error(problem, actual, outcome.errors.get(row))
    if isinstance(expected, dict) and "$error" in expected:
        return f"이 입력에서는 값을 돌려주지 말고 {expected['$error']}를 내야(raise) 합니다."
    if text and not text.startswith(("(", ".")):
        return ""  # 답이 돌려준 값이 아니라 상대가 본 것이다
    if actual is None:
        return _about_none(outcome)
    if isinstance(actual, dict) and "$object" in actual:
        return _about_object(text, expected, actual["$object"])
    if isinstance(actual, dict) and "$huge" in actual:
        return "결과가 너무 커서 비교하지 않았습니다."
    return _about_type(expected, actual)


def _about_error(problem: Problem, actual: dict[str, Any], error: BaseException | None) -> str:
    if actual == TIMEOUT:
        seconds = f"{problem.seconds:g}"
        return f"{seconds}초 안에 끝나지 않아 멈췄습니다. 끝나지 않는 반복이 있는지 보세요."
    if actual["$error"] == "SystemExit":
        return "답 안에서 exit()나 sys.exit()를 부르지 마세요. 값은 return으로 돌려줍니다."
    if actual["$error"] == "RecursionError":
        return "함수가 자기 자신을 끝없이 부릅니다. 멈추는 조건이 있는지 보세요."
    if isinstance(error, TypeError) and not own_frames(error):
        return f"받는 인자가 다릅니다. 이렇게 부를 수 있어야 합니다: `{signature(problem)}`"
    if isinstance(error, AttributeError) and not own_frames(error):
        return f"이름이 `{error.name}`인 메서드나 속성이 없습니다. 문제에 적힌 이름을 확인하세요."
    return ""


def _about_none(outcome: Outcome) -> str:
    if outcome.printed:
        return "print로 찍기만 하고 돌려주지 않았습니다. print 대신 return을 쓰세요."
    return "None을 돌려주었습니다. return을 잊지 않았는지 보세요."


def _about_object(text: str, expected: Any, kind: str) -> str:
    if kind in LAZY and isinstance(expected, list):
        return f"리스트가 아니라 {kind} 객체를 돌려주었습니다. `list(…)`로 감싸 보세요."
    if kind == "coroutine":
        return "async def가 아니라 보통의 def로 쓰세요."
    if kind in ("method", "function") and text.startswith("."):
        return f"메서드가 아니라 속성이어야 합니다: `{text}`. `@property`를 붙이거나 값을 담아 두세요."
    return f"값이 아니라 {kind} 객체를 돌려주었습니다."


def _about_type(expected: Any, actual: Any) -> str:
    wanted, got = _kind(expected), _kind(actual)
    if {wanted, got} == {"bool", "int"}:
        return "True/False와 1/0은 다른 값으로 봅니다."
    if wanted != got and expected is not None and {wanted, got} != {"int", "float"}:
        return f"돌려준 값의 종류가 다릅니다: 기대는 {wanted}, 실제는 {got}입니다."
    return ""


def _kind(value: Any) -> str:
    if isinstance(value, dict):
        mark = next((key for key in value if key.startswith("$")), "$dict")
        return mark[1:]
    return "list" if isinstance(value, list) else type(value).__name__


def signature(problem: Problem) -> str:
    """문제가 바라는 부르는 모양: "ack_number(seq, length)"."""
    try:
        names = [item.name for item in inspect.signature(problem.reference).parameters.values()]
    except (TypeError, ValueError):
        names = ["…"]
    return f"{problem.name}({', '.join(names)})"
