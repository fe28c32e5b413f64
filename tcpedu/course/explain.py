"""판정을 배우는 사람에게 보일 줄로 풀어 적는다."""

from __future__ import annotations

from tcpedu.course.feedback import Line, Result
from tcpedu.course.probe import Outcome
from tcpedu.course.problem import Problem
from tcpedu.course.trace import error_line, message
from tcpedu.course.verdict import Status, Verdict

PRINTED_LINES = 5


def explain(problem: Problem, verdict: Verdict, outcomes: list[Outcome]) -> Result:
    """처음 틀린 것 하나를 진단, 입력, 기대, 실제, 근거, 힌트의 차례로."""
    if verdict.status is Status.RIGHT:
        return _right(problem, verdict)
    if verdict.status is Status.UNTRIED:
        return _untried(problem, verdict)
    outcome = outcomes[verdict.number - 1]
    lines = [Line("진단", verdict.diagnosis)] if verdict.diagnosis else []
    lines += _where(verdict)
    lines.append(Line("기대", verdict.expected, code=True))
    lines += _actual(verdict, outcome)
    lines += _printed(outcome)
    lines.append(Line("근거", verdict.rfc))
    if problem.hints:
        lines.append(Line("힌트", f"hint({problem.name})", code=True))
    header = f"❌ 오답 — 공개 검사 {verdict.number}번이 다릅니다 (모두 {verdict.count}개)"
    return Result(header, tuple(lines), Status.WRONG.value)


def _right(problem: Problem, verdict: Verdict) -> Result:
    lines = [Line("근거", problem.rfc)]
    if problem.points:
        lines.append(Line("풀이와 견주기", f"solution({problem.name})", code=True))
    return Result(f"✅ 정답 — 공개 검사 통과 ({verdict.count}개)", tuple(lines), Status.RIGHT.value)


def _untried(problem: Problem, verdict: Verdict) -> Result:
    lines = []
    if verdict.number > 1 or verdict.step > 0:
        lines += _where(verdict)
        header = "✏️ 미시도 — 아직 채우지 않은 곳이 있습니다"
    else:
        header = "✏️ 미시도 — 답 셀을 채우고 실행한 뒤 다시 검사하세요"
    lines.append(Line("근거", problem.rfc))
    if problem.hints:
        lines.append(Line("힌트", f"hint({problem.name})", code=True))
    return Result(header, tuple(lines), Status.UNTRIED.value)


def _where(verdict: Verdict) -> list[Line]:
    if verdict.steps:
        lines = [Line("순서", "\n".join(verdict.steps), code=True)]
    else:
        lines = [Line("입력", verdict.given, code=True)]
    if verdict.case is not None and verdict.case.note:
        lines.append(Line("경우", verdict.case.note))
    return lines


def _actual(verdict: Verdict, outcome: Outcome) -> list[Line]:
    error = outcome.errors.get(verdict.step)
    if error is None:
        lines = [Line("실제", verdict.actual, code=True)]
        return [*lines, Line("처음 다른 곳", verdict.differs, code=True)] if verdict.differs else lines
    late = verdict.actual.startswith("(")  # 시간 초과에는 따로 보일 오류 글이 없다
    lines = [Line("실제", verdict.actual if late else message(error), code=True)]
    place = error_line(error)
    if place is not None:
        text = "\n".join(place.lines()) or f"▶ {place.number}번째 줄"
        lines.append(Line(f"내 코드 {place.number}번째 줄", text, code=True))
    return lines


def _printed(outcome: Outcome) -> list[Line]:
    """답이 찍은 글: 고칠 때 스스로 넣은 print가 보여야 한다."""
    rows = outcome.printed.rstrip().splitlines()
    if not rows:
        return []
    kept = [row[:200] for row in rows[:PRINTED_LINES]]
    if len(rows) > PRINTED_LINES:
        kept.append("… (줄임)")
    return [Line("print로 찍은 글", "\n".join(kept), code=True)]
