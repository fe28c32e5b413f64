"""문제가 제대로 쓰였는지 본다: 시험과 `tcpedu build`가 쓴다."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Sequence

from tcpedu.course.adapters import ADAPTERS
from tcpedu.course.lessons import LESSONS
from tcpedu.course.probe import cases_from_json, cases_to_json, values_of
from tcpedu.course.problem import Case, Problem
from tcpedu.course.values import TIMEOUT, canonical, decode, encode
from tcpedu.course.verdict import Status, evaluate, expected_values

SEEDS = (1, 2, 3)
REPEATED = re.compile(r"(\S+\.) \1")  # 줄을 나누다 남은 것: "쓴다. 쓴다."


def validate(problem: Problem) -> list[str]:
    """문제의 흠을 한 줄씩. 흠이 없으면 빈 목록."""
    faults = _data(problem)
    if faults:
        return [f"{problem.name}: {fault}" for fault in faults]
    faults += _cases(problem, problem.cases, "공개 검사")
    faults += _mistakes(problem)
    for seed in SEEDS:
        faults += _fresh(problem, seed)
    return [f"{problem.name}: {fault}" for fault in faults]


def _data(problem: Problem) -> list[str]:
    """글로 된 것들이 비어 있지 않은가."""
    wrong = {
        "이름이 파이썬 이름이 아닙니다": not problem.name.isidentifier(),
        "강의 목록에 없는 강의입니다": problem.lesson not in {item.slug for item in LESSONS},
        "제목이 비었습니다": not problem.title.strip(),
        "점수가 음수입니다": problem.points < 0,
        "RFC 절이 없습니다": not problem.rfc.strip(),
        "모르는 adapter입니다": problem.adapter not in ADAPTERS,
        "공개 검사가 없습니다": not problem.cases,
        "힌트가 없습니다": not problem.hints,
        "빈 힌트가 있습니다": not all(hint.strip() for hint in problem.hints),
        "힌트가 2개보다 적습니다": problem.points > 0 and len(problem.hints) < 2,
        "흔한 오답이 2개보다 적습니다": problem.points > 0 and len(problem.mistakes) < 2,
        "빈 진단이 있습니다": not all(text.strip() for text in problem.mistakes),
        "글의 끝이 되풀이됩니다": any(REPEATED.search(text) for text in _texts(problem)),
        "풀이 설명이 없습니다": not problem.explanation.strip(),
    }
    return [text for text, bad in wrong.items() if bad]


def _texts(problem: Problem) -> list[str]:
    """배우는 사람이 읽는 글."""
    return [*problem.hints, *problem.mistakes, problem.explanation, *(case.note for case in problem.cases)]


def _cases(problem: Problem, cases: Sequence[Case], what: str) -> list[str]:
    """입력이 채점 커널까지 그대로 가고, 기준 답이 견디는가."""
    faults = []
    for number, case in enumerate(cases, 1):
        for value in (tuple(case.args), dict(case.kwargs)):
            sent = json.loads(json.dumps(encode(value, exact=True)))
            if encode(decode(sent), exact=True) != sent or _unsendable(sent):
                faults.append(f"{what} {number}번의 입력을 글로 적었다가 되돌릴 수 없습니다")
    sent_cases = cases_from_json(cases_to_json(cases))
    again = values_of(problem.reference, problem.adapter, sent_cases, problem.digits)
    expected = expected_values(problem, cases)
    if canonical(again) != canonical(expected):
        faults.append(f"{what}: 기준 답의 값이 부를 때마다 다릅니다")
    for number, value in enumerate(expected, 1):
        text = canonical(value)
        if _unsendable(value) or canonical(TIMEOUT) == text:
            faults.append(f"{what} {number}번에서 기준 답이 견줄 수 없는 값을 냅니다: {text[:80]}")
    values = [value for value in expected if not (isinstance(value, dict) and "$error" in value)]
    if not values:
        faults.append(f"{what}: 기준 답이 언제나 오류만 냅니다")
    return faults


def _unsendable(value: object) -> bool:
    text = canonical(value)
    return any(mark in text for mark in ('"$object"', '"$huge"', '"$missing"'))


def _mistakes(problem: Problem) -> list[str]:
    """흔한 오답마다 자기 진단으로 ❌인가."""
    faults = []
    for diagnosis, wrong in problem.mistakes.items():
        values = values_of(wrong, problem.adapter, problem.cases, problem.digits)
        verdict = evaluate(problem, problem.cases, values)
        if verdict.status is not Status.WRONG:
            faults.append(f"오답의 결과가 '{verdict.status.value}'입니다: {diagnosis}")
        elif verdict.diagnosis != diagnosis:
            faults.append(f"다른 진단이 나옵니다: {diagnosis!r}인데 {verdict.diagnosis!r}")
    return faults


def _fresh(problem: Problem, seed: int) -> list[str]:
    """새 입력이 씨앗으로 정해지고, 기준 답이 견디는가."""
    cases = problem.fresh_cases(random.Random(seed))
    again = problem.fresh_cases(random.Random(seed))
    if not cases:
        return [f"새 입력(씨앗 {seed})이 없습니다"]
    if cases_to_json(cases) != cases_to_json(again):
        return [f"새 입력이 씨앗만으로 정해지지 않습니다 (씨앗 {seed})"]
    return _cases(problem, cases, f"새 입력(씨앗 {seed})")
