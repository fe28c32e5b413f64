"""돌린 결과를 문제마다의 점수와 설명으로 바꾼다.

맞고 틀림은 nbval이 정했다. 여기서는 왜 틀렸는지를 말한다: 알아본 오해, 공개 입력의 기대와 실제, 다음 할 일.
새 입력의 기대하는 값은 말하지 않는다.
"""

from dataclasses import dataclass, replace
from typing import Any

from tcpedu.course import verdict
from tcpedu.course.problem import Problem
from tcpedu.course.values import MISSING, TIMEOUT
from tcpedu.course.verdict import Verdict, evaluate, expected_values
from tcpedu.grading.answers import Answer
from tcpedu.grading.compose import FRESH, PUBLIC, Composed
from tcpedu.grading.probing import aligned, explanation_in, values_in
from tcpedu.grading.result import ProblemResult, Status
from tcpedu.grading.run import RunResult
from tcpedu.grading.session import CellRun, Outcome


def judge(problems: tuple[Problem, ...], composed: Composed, ran: RunResult) -> tuple[ProblemResult, ...]:
    """모든 문제의 결과."""
    results = [_Judge(problem, composed, ran).result() for problem in problems]
    solved = {result.name for result in results if result.status is Status.CORRECT}
    return tuple(_with_dependency(result, composed.answers[result.name], composed, solved) for result in results)


def _with_dependency(result: ProblemResult, answer: Answer, composed: Composed, solved: set[str]) -> ProblemResult:
    """틀린 까닭이 다른 답일 수 있으면 그것부터 고치라고 말한다."""
    blamed = borrowed(answer, set(composed.answers) - solved - {result.name})
    if result.status is Status.CORRECT or not blamed:
        return result
    names = ", ".join(f"`{name}`" for name in blamed)
    return replace(result, next_step=f"이 답은 아직 맞지 않은 {names}을(를) 부릅니다. 그 문제를 먼저 고치세요.")


def borrowed(answer: Answer, names: set[str]) -> list[str]:
    """`names` 가운데 이 답이 부르는 것."""
    return sorted(answer.unit.source.uses & names) if answer.unit is not None else []


@dataclass
class _Judge:
    """문제 하나를 판정하는 데 필요한 것."""

    problem: Problem
    composed: Composed
    ran: RunResult

    def result(self) -> ProblemResult:
        answer = self.composed.answers[self.problem.name]
        if answer.unit is None:
            return self._make(Status.MISSING, answer.trouble, next_step=self._retype())
        if not answer.usable:
            return self._make(Status.ERROR, answer.trouble, next_step=_RERUN)
        cell = self._answer_run()
        if cell is not None and cell.outcome.fatal:
            return self._fatal(cell, f"{answer.unit.cell.number}번 셀을 실행하다가")
        return self._probed(cell)

    def _probed(self, cell: CellRun | None) -> ProblemResult:
        public, fresh = (self._run(kind) for kind in (PUBLIC, FRESH))
        for ran in (public, fresh):
            if ran is not None and ran.outcome.fatal:
                return self._fatal(ran, f"`{self.problem.name}`을(를) 부르다가")
        assert public is not None and fresh is not None, "검사 셀이 돌지 않았다"
        if public.outcome is fresh.outcome is Outcome.PASSED:
            return self._make(Status.CORRECT, f"공개 검사와 새 입력 {self._count(FRESH)}개를 모두 통과했습니다.")
        if public.outcome is not Outcome.PASSED:
            return self._explained(public, cell)
        return self._hidden(fresh)

    def _explained(self, public: CellRun, cell: CellRun | None) -> ProblemResult:
        """공개 입력에서 틀렸다: 입력, 기대, 실제를 그대로 보여 준다."""
        if public.outcome is Outcome.ERROR:
            return self._interrupted(public)
        values = aligned(expected_values(self.problem, self.problem.cases), values_in(public.text))
        found = evaluate(self.problem, self.problem.cases, values)
        if found.status is verdict.Status.UNTRIED:
            return self._make(Status.UNTRIED, "아직 풀지 않았습니다.", next_step=self._try())
        if found.status is verdict.Status.RIGHT:
            return self._polluted()
        if cell is not None and cell.outcome is Outcome.ERROR and values_in(public.text)[:1] == [MISSING]:
            return self._undefined(cell)
        clue = explanation_in(public.stderr, found.number - 1)
        found, error = _with_clue(self.problem, found, public, clue)
        status = _status(found, public)
        next_step = _LOOP if status is Status.TIMEOUT else self._hint()
        return replace(
            self._make(status, f"공개 검사에서 {_WENT[status]}.", next_step=next_step),
            diagnosis=found.diagnosis, given=found.given, expected=found.expected, actual=found.actual,
            steps=found.steps, error=error, differs=found.differs,
            note=found.case.note if found.case else "",
        )  # fmt: skip

    def _hidden(self, fresh: CellRun) -> ProblemResult:
        """새 입력에서만 틀렸다: 어떤 입력인지만 말하고 값은 숨긴다."""
        if fresh.outcome is Outcome.ERROR:
            return replace(self._interrupted(fresh), error="")
        found = evaluate(self.problem, self.composed.cases[_probe_id(self.problem, FRESH)], values_in(fresh.text))
        if found.status is verdict.Status.RIGHT:
            return self._polluted()
        status = _status(found, fresh)
        headline = f"공개 검사는 통과했지만 새 입력에서 {_WENT[status]}."
        return replace(
            self._make(status, headline, next_step=_LOOP if status is Status.TIMEOUT else _GENERAL),
            diagnosis=found.diagnosis if found.recognised or status is not Status.WRONG else "",
            note=found.case.note if found.case else "",
        )

    def _interrupted(self, ran: CellRun) -> ProblemResult:
        """검사 셀이 값을 적지 못하고 오류로 끝났다."""
        if ran.error == TIMEOUT["$error"]:
            return self._fatal(replace(ran, outcome=Outcome.TIMEOUT), f"`{self.problem.name}`을(를) 부르다가")
        text = f"`{self.problem.name}`을(를) 부르다가 검사가 오류로 끝났습니다."
        error = f"{ran.error}: {ran.message}" if ran.message else ran.error
        return replace(self._make(Status.ERROR, text, next_step=self._hint()), error=error)

    def _polluted(self) -> ProblemResult:
        return self._make(
            Status.WRONG,
            "검사하는 동안 답이 아닌 출력이 섞여 비교하지 못했습니다.",
            next_step="셀에서 따로 도는 스레드나 하위 과정이 출력하지 않게 하고 다시 제출하세요.",
        )

    def _undefined(self, cell: CellRun) -> ProblemResult:
        number = self.composed.answers[self.problem.name].unit.cell.number  # type: ignore[union-attr]
        text = f"{number}번 셀이 오류로 끝나서 `{self.problem.name}`이(가) 정의되지 않았습니다."
        error = f"{cell.error}: {cell.message}" if cell.message else cell.error
        return replace(self._make(Status.ERROR, text, next_step=_RERUN), error=error)

    def _fatal(self, ran: CellRun, when: str) -> ProblemResult:
        if ran.outcome is Outcome.TIMEOUT:
            return self._make(Status.TIMEOUT, f"{when} 시간이 다 되어 멈췄습니다.", next_step=_LOOP)
        if ran.outcome is Outcome.FLOOD:
            return self._make(Status.ERROR, f"{when} 출력이 한도를 넘어 멈췄습니다.", next_step="찍는 양을 줄이세요.")
        return self._make(
            Status.ERROR, f"{when} 커널이 멈췄습니다.",
            next_step="os._exit처럼 파이썬을 끝내는 호출이나, 메모리를 다 쓰는 코드가 있는지 보세요.",
        )  # fmt: skip

    def _make(self, status: Status, headline: str, *, next_step: str = "") -> ProblemResult:
        unit = self.composed.answers[self.problem.name].unit
        return ProblemResult(
            name=self.problem.name, title=self.problem.title, status=status, headline=headline,
            points=self.problem.points if status is Status.CORRECT else 0, possible=self.problem.points,
            rfc=self.problem.rfc, next_step=next_step, cell=unit.cell.number if unit else None,
        )  # fmt: skip

    def _answer_run(self) -> CellRun | None:
        planned = self.composed.plan.answer(self.problem.name)
        return self.ran.cells.get(planned.id) if planned else None

    def _run(self, kind: str) -> CellRun | None:
        return self.ran.cells.get(_probe_id(self.problem, kind))

    def _count(self, kind: str) -> int:
        return len(self.composed.cases[_probe_id(self.problem, kind)])

    def _hint(self) -> str:
        return f"노트북에서 `hint({self.problem.name})` 한 줄을 실행해 힌트를 보고, {self.problem.rfc}에서 확인하세요."

    def _try(self) -> str:
        return f"답 셀을 채우고 `check({self.problem.name})` 한 줄을 실행해 확인하세요."

    def _retype(self) -> str:
        return "이름과 자리를 되돌린 뒤 다시 제출하세요. 다른 문제의 점수에는 영향이 없습니다."


_GENERAL = "공개 검사의 입력에만 맞춘 곳이 있는지, 경계값(빈 값, 홀수 길이, 최댓값)에서도 맞는지 보세요."
_RERUN = "노트북에서 그 셀을 실행해 보며 고치세요."
_WENT = {
    Status.WRONG: "틀렸습니다",
    Status.ERROR: "오류가 났습니다",
    Status.TIMEOUT: "시간 안에 끝나지 않았습니다",
}
_LOOP = "끝나지 않는 반복이 있는지, 반복문의 끝나는 조건이 반드시 이루어지는지 보세요."


def _probe_id(problem: Problem, kind: str) -> str:
    return f"probe-{problem.name}-{kind}"


def _status(found: Verdict, ran: CellRun) -> Status:
    values = values_in(ran.text)
    first = values[found.number - 1] if len(values) >= found.number else None
    if first == TIMEOUT:
        return Status.TIMEOUT
    raised = found.actual.endswith(" 오류") and not found.expected.endswith("를 낸다")
    return Status.ERROR if not values or (raised and not found.recognised) else Status.WRONG


def _with_clue(problem: Problem, found: Verdict, ran: CellRun, clue: dict[str, Any]) -> tuple[Verdict, str]:
    """커널이 알려 준 오류의 글과 줄을 판정에 더한다."""
    errors = clue.get("errors")
    entry = errors.get(str(found.step)) if isinstance(errors, dict) else None
    if isinstance(entry, list) and len(entry) == 2 and isinstance(entry[1], list):
        late = _status(found, ran) is Status.TIMEOUT  # 시간 초과는 오류의 이름을 말할 것이 없다
        return found, "\n".join(str(part) for part in (*([] if late else [entry[0]]), *entry[1]))
    if clue.get("printed") and found.actual == "None":
        return replace(found, diagnosis="print로 찍기만 하고 돌려주지 않았습니다. print 대신 return을 쓰세요."), ""
    return found, ""
