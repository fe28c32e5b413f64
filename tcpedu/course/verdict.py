"""값을 기준 답과 견주어 판정한다. 노트북의 검사와 채점이 함께 쓴다.

판정은 값만 보고 내린다. 배우는 사람의 코드는 여기서 돌지 않는다.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from tcpedu.course import table_text
from tcpedu.course.mixed import partly
from tcpedu.course.observe import observe
from tcpedu.course.probe import Outcome, values_of
from tcpedu.course.problem import Case, Problem
from tcpedu.course.show import arguments, difference, show
from tcpedu.course.values import MISSING, UNTRIED, encode, same

SHOWN_STEPS = 12
NO_ERROR = "오류 없이 제때 끝난다"
MORE = "틀린 곳이 더 있으니, 이것부터 고치고 다시 검사하세요."


class Status(StrEnum):
    """세 가지 결과."""

    UNTRIED = "미시도"
    WRONG = "오답"
    RIGHT = "정답"

    @property
    def mark(self) -> str:
        return {"미시도": "✏️", "오답": "❌", "정답": "✅"}[self.value]


@dataclass(frozen=True)
class Verdict:
    """판정 하나. 처음 틀린 입력만 담는다."""

    status: Status
    rfc: str
    count: int  # 본 입력의 수
    diagnosis: str = ""  # 알아본 오해, 또는 눈에 띄는 점
    recognised: bool = False  # diagnosis가 문제에 적힌 오해인가
    number: int = 0  # 처음 틀린 입력의 번호(1부터)
    case: Case | None = None
    given: str = ""  # 넣은 값: "ack_number(1, 2)"
    steps: tuple[str, ...] = ()  # 상태가 있는 답: 여기까지 한 일
    expected: str = ""
    actual: str = ""
    differs: str = ""  # 리스트나 dict에서 처음 다른 곳
    step: int = 0  # 처음 틀린 걸음의 번호(0부터)
    error_line: Any = None  # trace.ErrorLine: 커널 안에서 검사할 때만 있다


def evaluate(
    problem: Problem,
    cases: Sequence[Case],
    actual_values: Sequence[Any],
    outcomes: Sequence[Outcome] | None = None,
) -> Verdict:
    """`encode`된 값들을 기준 답과 견준다. 값이 모자라면 없는 값으로 본다.

    `outcomes`는 노트북의 검사만 넘긴다: 오류의 글과 답이 찍은 글을 진단에 쓴다.
    """
    actual = [*actual_values, *[MISSING] * len(cases)][: len(cases)]
    expected = _expected(problem, tuple(cases))
    wrong = [i for i, (one, other) in enumerate(zip(expected, actual, strict=True)) if not same(one, other)]
    if not wrong:
        return Verdict(Status.RIGHT, problem.rfc, len(cases))
    first = wrong[0]
    outcome = outcomes[first] if outcomes is not None else Outcome(actual[first])
    found = _locate(expected[first], actual[first])
    facts = {
        "rfc": problem.rfc,
        "count": len(cases),
        "number": first + 1,
        "case": cases[first],
        "step": found.row,
        **_shown(problem, cases[first], expected[first], found),
    }
    if found.actual == UNTRIED:
        return Verdict(Status.UNTRIED, **facts)
    mistake = _mistake(_mistakes(problem, tuple(cases)), expected, actual)
    seen = mistake or observe(problem, found.text, found.expected, found.actual, outcome, found.row)
    return Verdict(Status.WRONG, diagnosis=seen, recognised=bool(mistake), **facts)


def _mistake(mistakes: Mapping[str, Sequence[Any]], expected: Sequence[Any], actual: Sequence[Any]) -> str:
    """알아본 오해. 다른 실수와 섞여 있으면 그렇다고 덧붙인다. 모르겠으면 빈 글."""
    if whole := recognise(mistakes, expected, actual):
        return whole
    part = partly(mistakes, expected, actual)
    return f"{part} {MORE}" if part else ""


def recognise(mistakes: Mapping[str, Sequence[Any]], expected: Sequence[Any], actual: Sequence[Any]) -> str | None:
    """어느 오해와 같은 값을 냈는가.

    모든 값이 같은 오해를 먼저 고른다. 없으면 틀린 값이 모두 그 오해의 값과 같고, 그 오해가
    틀리는 입력의 절반 이상에서 함께 틀린 것 가운데 가장 많이 겹치는 것을 고른다.
    """
    wrong = [i for i, value in enumerate(actual) if not same(value, expected[i])]
    best: tuple[float, str] | None = None
    for diagnosis, theirs in mistakes.items():
        if not all(same(actual[i], theirs[i]) for i in wrong):
            continue
        bad = [i for i, value in enumerate(theirs) if not same(value, expected[i])]
        if not bad:
            continue
        overlap = len(wrong) / len(bad)  # wrong은 언제나 bad에 들어 있다
        if overlap >= 0.5 and (best is None or overlap > best[0]):
            best = overlap, diagnosis
    return best[1] if best else None


def expected_values(problem: Problem, cases: Sequence[Case]) -> list[Any]:
    """기준 답의 값. 채점기가 탐침 셀의 기대 출력으로 쓴다."""
    return values_of(problem.reference, problem.adapter, cases, problem.digits)


def _expected(problem: Problem, cases: tuple[Case, ...]) -> list[Any]:
    return _public(problem)[0] if cases == problem.cases else expected_values(problem, cases)


def _mistakes(problem: Problem, cases: tuple[Case, ...]) -> dict[str, Sequence[Any]]:
    return _public(problem)[1] if cases == problem.cases else _mistake_values(problem, cases)


def _mistake_values(problem: Problem, cases: tuple[Case, ...]) -> dict[str, Sequence[Any]]:
    return {diagnosis: _Values(problem, wrong, cases) for diagnosis, wrong in problem.mistakes.items()}


class _Values(Sequence[Any]):
    """오답의 값. 물어볼 때 계산한다: 첫 값부터 다른 오답을 끝까지 돌려 보지 않는다."""

    def __init__(self, problem: Problem, answer: Any, cases: tuple[Case, ...]) -> None:
        self.problem, self.answer, self.cases = problem, answer, cases
        self.known: dict[int, Any] = {}

    def __len__(self) -> int:
        return len(self.cases)

    def __getitem__(self, index: Any) -> Any:
        if index not in self.known:
            case = self.cases[index]
            self.known[index] = values_of(self.answer, self.problem.adapter, [case], self.problem.digits)[0]
        return self.known[index]


@cache
def _public(problem: Problem) -> tuple[list[Any], dict[str, Sequence[Any]]]:
    """공개 검사의 값은 한 번만 계산한다."""
    return expected_values(problem, problem.cases), _mistake_values(problem, problem.cases)


@dataclass(frozen=True)
class _Found:
    """처음 다른 곳: 걸음이 없으면 값 전체."""

    row: int
    text: str
    expected: Any
    actual: Any
    before: tuple[tuple[str, Any], ...] = ()


def _locate(expected: Any, actual: Any) -> _Found:
    rows, theirs = _rows(expected), _rows(actual)
    if rows is None:
        return _Found(0, "", expected, actual)
    if theirs is None:  # 부르지도 못했다: 시간을 넘겼거나 정의되지 않았다
        return _Found(0, rows[0][0], rows[0][1], actual)
    for number, (text, value) in enumerate(rows):
        if number >= len(theirs) or not same(value, theirs[number][1]):
            mine = theirs[number][1] if number < len(theirs) else MISSING
            return _Found(number, text, value, mine, tuple(rows[:number]))
    return _Found(0, "", expected, actual)


def _rows(value: Any) -> list[tuple[str, Any]] | None:
    """`{"$steps": …}`의 줄. 값은 남의 커널에서 왔을 수 있으니 모양을 확인한다."""
    rows = value.get("$steps") if isinstance(value, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, list) and len(row) == 2 for row in rows):
        return None
    return [(str(text), item) for text, item in rows]


def _shown(problem: Problem, case: Case, whole: Any, found: _Found) -> dict[str, Any]:
    """판정에 적을 글."""
    if problem.make is not None:  # 표를 채우는 문제
        return table_text.shown(problem.name, case.args[0], found.expected, found.actual)
    shown: dict[str, Any] = {
        "expected": NO_ERROR if found.expected is None and _failed(found.actual) else _expectation(found.expected),
        "actual": show(found.actual),
        "differs": difference(found.expected, found.actual) or "",
    }
    if _rows(whole) is None:
        args, kwargs = encode(tuple(case.args), exact=True), encode(dict(case.kwargs), exact=True)
        call = table_text.capture(problem.name, case.args) or f"{problem.name}{arguments(args['$tuple'], kwargs)}"
        return {**shown, "given": call}
    done = [*found.before, (found.text, None)]
    lines = [_step_line(problem.name, n, text, value) for n, (text, value) in enumerate(done, 1)]
    lines[-1] = _step_line(problem.name, len(done), found.text, None)
    hidden = len(lines) - SHOWN_STEPS
    if hidden > 0:
        lines = [f"(앞의 {hidden}단계는 기대대로)", *lines[hidden:]]
    return {**shown, "given": lines[-1], "steps": tuple(lines)}


def _step_line(name: str, number: int, text: str, value: Any) -> str:
    call = f"{name}{text}" if text.startswith("(") else text
    return f"{number}. {call}" + ("" if value is None else f" → {_expectation(value)}")


def _failed(value: Any) -> bool:
    return isinstance(value, dict) and "$error" in value


def _expectation(value: Any) -> str:
    if _failed(value):
        return f"{value['$error']}를 낸다"
    return show(value)
