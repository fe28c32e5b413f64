"""답을 여러 입력으로 불러 값만 내놓는다.

노트북의 검사와 채점기의 탐침 셀이 함께 쓴다. 맞았는지는 여기서 판단하지 않는다:
채점에서는 이 모듈이 배우는 사람의 커널에서 돌고, 비교는 커널 밖에서 한다.
"""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from tcpedu.course.adapters import ADAPTERS, Call
from tcpedu.course.limits import TimeLimit, time_limit
from tcpedu.course.values import MISSING, TIMEOUT, Raised, Steps, canonical, decode, encode, error_value

SECONDS = 2.0
KEPT = 10_000  # 답이 찍은 글은 이만큼만 기억한다
Adapter = Callable[[Any, Call], Any]


@dataclass(frozen=True)
class Outcome:
    """입력 하나의 결과: 비교할 값과, 사람에게 보일 오류와 찍은 글."""

    value: Any
    errors: Mapping[int, BaseException] = field(default_factory=dict)  # 걸음 번호(하나뿐이면 0) → 오류
    printed: str = ""


class _Head(io.StringIO):
    """앞부분만 남기는 출력: 끝없이 찍는 답이 메모리를 채우지 못한다."""

    def write(self, text: str) -> int:
        if self.tell() < KEPT:
            super().write(text[:KEPT])
        return len(text)


def run_cases(
    answer: Any,
    adapter: str | Adapter,
    cases: Iterable[Call],
    digits: int = 9,
    seconds: float = SECONDS,
) -> list[Outcome]:
    """입력마다 답을 부른다. 모두 합해 `seconds`초를 넘기면 거기서 멈춘다.

    입력은 부를 때마다 새로 만들어 넘기므로 답이 바꾸어도 다음 입력에 영향이 없다.
    """
    fresh = [_Fresh(case) for case in cases]
    outcomes: list[Outcome] = []
    printed = _Head()
    try:
        with redirect_stdout(printed), time_limit(seconds):
            for case in fresh:
                printed = _Head()
                sys.stdout = printed
                outcomes.append(_outcome(answer, adapter, case.make(), digits, printed))
    except TimeLimit as late:
        outcomes.append(Outcome(dict(TIMEOUT), {0: late}, printed.getvalue()))
    outcomes += [Outcome(dict(TIMEOUT))] * (len(fresh) - len(outcomes))
    return outcomes[: len(fresh)]


def _outcome(answer: Any, adapter: str | Adapter, case: Call, digits: int, printed: _Head) -> Outcome:
    try:
        value = (ADAPTERS[adapter] if isinstance(adapter, str) else adapter)(answer, case)
        return Outcome(encode(value, digits), _errors(value), printed.getvalue())
    except (KeyboardInterrupt, TimeLimit):
        raise
    except BaseException as error:  # SystemExit도 답의 오류로 본다
        return Outcome(error_value(error), {0: error}, printed.getvalue())


def _errors(value: Any) -> dict[int, BaseException]:
    rows = value.rows if isinstance(value, Steps) else ()
    return {number: item.error for number, (_, item) in enumerate(rows) if isinstance(item, Raised)}


@dataclass
class _Fresh:
    """부를 때마다 같은 인자를 새로 만든다."""

    case: Call
    args: Any = field(init=False)
    kwargs: Any = field(init=False)

    def __post_init__(self) -> None:
        self.args = encode(tuple(self.case.args), exact=True)
        self.kwargs = encode(dict(self.case.kwargs), exact=True)

    def make(self) -> Call:
        return SimpleNamespace(args=decode(self.args), kwargs=decode(self.kwargs))


def values_of(answer: Any, adapter: str, cases: Iterable[Call], digits: int = 9) -> list[Any]:
    """믿는 코드(기준 답, 흔한 오답)의 값. 시간을 재지 않고 출력도 가로채지 않는다."""
    quiet = _Head()
    return [_outcome(answer, adapter, _Fresh(case).make(), digits, quiet).value for case in cases]


def cases_to_json(cases: Sequence[Call]) -> str:
    """탐침 셀에 넣을 입력들. `cases_from_json`이 튜플까지 그대로 되돌린다."""
    rows = [[encode(tuple(c.args), exact=True), encode(dict(c.kwargs), exact=True)] for c in cases]
    return json.dumps(rows, ensure_ascii=True, separators=(",", ":"))


def cases_from_json(text: str) -> list[Call]:
    """`cases_to_json`의 반대."""
    return [SimpleNamespace(args=decode(args), kwargs=decode(kwargs)) for args, kwargs in json.loads(text)]


def line(values: Sequence[Any]) -> str:
    """탐침 셀이 찍는 한 줄. 채점기는 기준 답의 값으로 같은 줄을 미리 적어 둔다."""
    return canonical(list(values))


def probe(answer: Any, adapter: str | Adapter, cases_json: str, digits: int = 9, seconds: float = SECONDS) -> None:
    """답(또는 노트북에 정의된 이름)을 모든 입력으로 부르고 값을 한 줄로 찍는다."""
    cases = cases_from_json(cases_json)
    if isinstance(answer, str):
        space = vars(sys.modules["__main__"])
        if answer not in space:
            print(line([MISSING] * len(cases)))
            return
        answer = space[answer]
    print(line([outcome.value for outcome in run_cases(answer, adapter, cases, digits, seconds)]))
