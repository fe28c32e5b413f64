"""노트북에서 쓰는 세 함수: check(검사), hint(힌트), solution(풀이).

셋 다 함수나 클래스 자체를 받는다: `check(ack_number)`. 돌려준 것을 노트북이 보여 준다.
"""

from __future__ import annotations

import difflib
import inspect
import json
import re
import sys
import textwrap
from typing import Any

from tcpedu.course import lessons, progress
from tcpedu.course.explain import explain
from tcpedu.course.feedback import Line, Result
from tcpedu.course.probe import run_cases
from tcpedu.course.problem import Problem, problems
from tcpedu.course.verdict import Status, Verdict, evaluate

__all__ = ["Result", "Status", "Verdict", "check", "evaluate", "hint", "solution"]

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"


def check(answer: Any) -> Result:
    """공개 검사를 돌리고 처음 틀린 것 하나를 보여 준다.

    세 가지 결과가 있다: ✏️ 미시도, ❌ 오답, ✅ 정답.
    """
    found = _identify(answer, "check")
    if isinstance(found, Result):
        return found
    outcomes = run_cases(answer, found.adapter, found.cases, found.digits, found.seconds)
    verdict = evaluate(found, found.cases, [outcome.value for outcome in outcomes], outcomes)
    progress.record_try(found.name, verdict.status.value)
    return explain(found, verdict, outcomes)


def hint(answer: Any) -> Result:
    """다음 힌트를 보여 준다. 부를 때마다 하나씩 더 자세해진다."""
    found = _identify(answer, "hint")
    if isinstance(found, Result):
        return found
    total = len(found.hints)
    number = min(progress.recall(found.name).hints + 1, total)
    if number == 0:
        return Result("💡 이 문제에는 힌트가 없습니다")
    progress.record_hint(found.name, number)
    more = f"solution({found.name})" if number == total else f"hint({found.name})"
    label = "풀이 보기" if number == total else "다음 힌트"
    return Result(
        f"💡 힌트 {number}/{total} — {found.title}",
        (Line("힌트", found.hints[number - 1]), Line(label, more, code=True)),
    )


def solution(answer: Any) -> Result:
    """풀이를 보여 준다. ✅를 받았거나 마지막 힌트까지 본 뒤에 열린다."""
    found = _identify(answer, "solution")
    if isinstance(found, Result):
        return found
    record = progress.recall(found.name)
    if record.best != Status.RIGHT and record.hints < len(found.hints):
        left = len(found.hints) - record.hints
        return Result(
            f"🔒 풀이는 아직 닫혀 있습니다 — 정답을 받거나 남은 힌트 {left}개를 보면 열립니다",
            (Line("힌트", f"hint({found.name})", code=True),),
        )
    progress.record_opened(found.name)
    lines = [Line("코드", source(found), code=True)]
    if found.explanation:
        lines.append(Line("설명", found.explanation))
    return Result(f"📖 풀이 — {found.title}", (*lines, Line("근거", found.rfc)))


def source(problem: Problem) -> str:
    """풀이 코드: 풀이 노트북의 답 셀, 없으면 기준 답의 소스."""
    root = lessons.course_root()
    if root is not None:
        path = lessons.lesson(problem.lesson).path(root, "solutions")
        try:
            cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
            cell = next(c for c in cells if c.get("id") == f"answer-{problem.name}")
            return without_markers("".join(cell["source"]))
        except (OSError, ValueError, KeyError, StopIteration, TypeError):
            pass  # 풀이 노트북이 없는 곳(예: 나누어 준 연습문제만 있는 폴더)
    return textwrap.dedent(inspect.getsource(problem.reference)).strip()


def without_markers(text: str) -> str:
    """답 셀에서 만드는 사람의 표시를 뺀다."""
    rows = [row for row in text.splitlines() if row.strip() not in (BEGIN, END)]
    return "\n".join(re.sub(r"\s*### BLANK .*$", "", row) for row in rows).strip()


def _identify(answer: Any, use: str) -> Problem | Result:
    """어느 문제의 답인지 찾는다. 찾지 못하면 어떻게 부르는지 알려 준다."""
    known = {item.name: item for item in problems()}
    if isinstance(answer, str):
        if use != "check" and answer in known:
            return known[answer]
        name = answer if answer in known else "함수이름"
        return _misused(f"글자가 아니라 함수 자체를 넘기세요: {use}({name})")
    if callable(answer):
        found = _name(answer, known)
        if found is not None:
            return known[found]
    kind = type(answer).__name__
    if kind in known:
        return _misused(f"만들어 낸 객체가 아니라 클래스 자체를 넘기세요: {use}({kind})")
    if not callable(answer):
        return _misused(f"부른 결과가 아니라 함수 자체를 괄호 없이 넘기세요: {use}(함수이름)")
    return _unknown(getattr(answer, "__name__", kind), list(known), use)


def _name(answer: Any, known: dict[str, Problem]) -> str | None:
    """답의 이름. lambda나 partial처럼 제 이름이 다르면 노트북에서 담긴 이름을 본다."""
    own = getattr(answer, "__name__", None)
    space = vars(sys.modules["__main__"])
    bound = [name for name in known if space.get(name) is answer]
    if isinstance(own, str) and own in known and (not bound or own in bound):
        return own
    return bound[0] if bound else None


def _unknown(name: str, known: list[str], use: str) -> Result:
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    tip = f" 혹시 `{close[0]}`인가요?" if close else " 답 셀에 있던 이름을 그대로 쓰세요."
    return _misused(f"이름이 `{name}`인 문제는 없습니다.{tip}")


def _misused(text: str) -> Result:
    return Result(f"✏️ 미시도 — {text}", (), Status.UNTRIED.value)
