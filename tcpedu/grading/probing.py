"""검사 셀: 답을 부르는 코드, 기준 답으로 미리 적어 둔 출력, 돌아온 글 읽기."""

import json
from collections.abc import Sequence
from typing import Any

from tcpedu.course.probe import cases_to_json, line, values_of
from tcpedu.course.problem import Case, Problem
from tcpedu.course.verdict import expected_values
from tcpedu.grading.inside import MARK


def probe_source(problem: Problem, cases: Sequence[Case], *, explain: bool) -> str:
    """답을 모든 입력으로 부르고 값을 한 줄로 적는 셀. 맞았는지는 말하지 않는다."""
    arguments = f"{problem.name!r}, {problem.adapter!r}, {cases_to_json(cases)!r}"
    return (
        f"from tcpedu.grading.inside import probe\nprobe({arguments}, {problem.digits}, {problem.seconds}, {explain})"
    )


def expected_output(problem: Problem, cases: Sequence[Case]) -> str:
    """검사 셀이 적어야 하는 글. 커널이 아니라 채점기에서 기준 답으로 만든다."""
    return line(expected_values(problem, cases)) + "\n"


def _echo(*values: Any) -> Any:
    return (*values, [])


_CANARY_CASES = (Case((0, 1.5, "가", b"\x01", True, None)), Case(([1, (2, {"a": 3})],)))
CANARY_SOURCE = (
    "from tcpedu.grading.inside import canary, probe\n"
    f"probe(canary, 'call', {cases_to_json(_CANARY_CASES)!r}, 9, 2.0)"
)
CANARY_OUTPUT = line(values_of(_echo, "call", _CANARY_CASES)) + "\n"


def values_in(text: str) -> list[Any]:
    """검사 셀이 적은 값들. 알아볼 수 없으면 빈 목록이다."""
    for row in reversed(text.strip().splitlines()):
        try:
            values = json.loads(row)
        except (ValueError, RecursionError):
            continue
        if isinstance(values, list):
            return values
    return []


def explanation_in(stderr: str, number: int) -> dict[str, Any]:
    """입력 하나(0부터)에서 난 오류의 글과 줄. 커널이 적은 것이므로 보여 주기만 한다."""
    rows = [row for row in stderr.split("\n") if row.startswith(MARK)]
    try:
        found = json.loads(rows[-1].removeprefix(MARK))[str(number)]
        return found if isinstance(found, dict) else {}
    except (IndexError, KeyError, TypeError, ValueError, RecursionError):
        return {}


def aligned(expected: Any, actual: Any) -> Any:
    """실제 값의 열쇠를 기대하는 값의 차례로 놓는다. 커널은 열쇠를 가나다순으로 적어 보낸다."""
    if isinstance(expected, list) and isinstance(actual, list):
        pairs = zip(expected, actual, strict=False)
        return [aligned(one, other) for one, other in pairs] + actual[len(expected) :]
    if isinstance(expected, dict) and isinstance(actual, dict):
        order = [key for key in expected if key in actual] + [key for key in actual if key not in expected]
        return {key: aligned(expected.get(key), actual[key]) for key in order}
    return actual
