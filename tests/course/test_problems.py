"""강의의 모든 문제: 데이터가 온전하고, 빈 답은 ✏️, 풀이는 ✅, 흔한 오답은 자기 진단으로 ❌."""

from __future__ import annotations

import dataclasses
import json
import random
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tcpedu.course import check, problem, problems
from tcpedu.course.lessons import lesson
from tcpedu.course.probe import values_of
from tcpedu.course.problem import Case, Problem
from tcpedu.course.validate import validate
from tcpedu.course.verdict import Status, evaluate

from .conftest import DEMO

ROOT = Path(__file__).resolve().parents[2]
ALL = problems()
every = pytest.mark.parametrize("item", ALL, ids=[item.name for item in ALL])


def answer_source(item: Problem, kind: str) -> str:
    """그 문제까지의 답 셀을 차례로 이은 것: 뒤의 답은 앞의 답을 부르기도 한다."""
    path = lesson(item.lesson).path(ROOT, kind)
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    wanted = [cell for cell in cells if cell["id"] == "setup" or cell["id"].startswith("answer-")]
    names = [cell["id"] for cell in wanted]
    assert names.count(f"answer-{item.name}") == 1, f"{path.name}: answer-{item.name}"
    return "\n\n".join("".join(cell["source"]) for cell in wanted[: names.index(f"answer-{item.name}") + 1])


def test_names_are_unique() -> None:
    assert len({item.name for item in ALL}) == len(ALL) > 0
    assert all(problem(item.name) is item for item in ALL)
    with pytest.raises(KeyError, match="이름이 'nope'인 문제는 없습니다"):
        problem("nope")


def test_problems_of_one_lesson() -> None:
    assert problems("00") == problems("00_start") == [item for item in ALL if item.lesson == "00_start"]
    assert problems("99") == []


@every
def test_the_data_is_sound(item: Problem) -> None:
    assert validate(item) == []


@every
def test_the_untouched_answer_is_untried(item: Problem, cell: Callable[..., Any]) -> None:
    result = check(cell(answer_source(item, "exercises"), item.name))
    assert result.status == ("미시도" if item.points else "정답"), result


@every
def test_the_solution_is_right(item: Problem, cell: Callable[..., Any]) -> None:
    answer = cell(answer_source(item, "solutions"), item.name)
    assert check(answer).status == "정답", check(answer)
    for seed in range(5):
        cases = item.fresh_cases(random.Random(seed))
        assert evaluate(item, cases, values_of(answer, item.adapter, cases, item.digits)).status is Status.RIGHT


MISTAKES = [(item, text) for item in ALL for text in item.mistakes]


@pytest.mark.parametrize(("item", "diagnosis"), MISTAKES, ids=[f"{i.name}-{n}" for n, (i, _) in enumerate(MISTAKES)])
def test_each_mistake_gets_its_own_diagnosis(item: Problem, diagnosis: str, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = item.mistakes[diagnosis]
    monkeypatch.setattr(sys.modules["__main__"], item.name, wrong, raising=False)
    result = check(wrong)
    assert result.status == "오답" and f"진단: {diagnosis}" in repr(result), result


@every
def test_a_check_is_quick(item: Problem, cell: Callable[..., Any]) -> None:
    answer = cell(answer_source(item, "solutions"), item.name)
    times = []
    for _ in range(5):
        start = time.perf_counter()
        check(answer)
        times.append(time.perf_counter() - start)
    print(f"{item.name}: {statistics.median(times) * 1000:.1f} ms")
    assert statistics.median(times) < 1


# 문제를 보는 눈도 틀린 문제를 알아보아야 한다.
FAULTS = {
    "힌트가 없습니다": {"hints": ()},
    "빈 힌트가 있습니다": {"hints": ("가", " ")},
    "힌트가 2개보다 적습니다": {"hints": ("가",)},
    "글의 끝이 되풀이됩니다": {"explanation": "번호를 쓴다. 쓴다."},
    "흔한 오답이 2개보다 적습니다": {"mistakes": {"하나": lambda *_: None}},
    "RFC 절이 없습니다": {"rfc": ""},
    "강의 목록에 없는 강의입니다": {"lesson": "77_none"},
    "모르는 adapter입니다": {"adapter": "magic"},
    "공개 검사가 없습니다": {"cases": ()},
    "풀이 설명이 없습니다": {"explanation": ""},
    "오답의 결과가 '정답'입니다": {"mistakes": {"가": DEMO[0].reference, "나": lambda *_: 9}},
    "다른 진단이 나옵니다": {"mistakes": {"가": lambda *_: 9, "나": lambda *_: 9}},
    "되돌릴 수 없습니다": {"cases": (Case((object(), 1, 2)),), "reference": lambda *_: 1},
    "견줄 수 없는 값을 냅니다": {"reference": lambda *_: object()},
    "언제나 오류만 냅니다": {"reference": lambda *_: 1 / 0},
    "부를 때마다 다릅니다": {"reference": lambda *_: random.random()},
    "정해지지 않습니다": {"fresh_cases": lambda rng: [Case((random.random(), 1, 2))]},
    "새 입력(씨앗 1)이 없습니다": {"fresh_cases": lambda rng: []},
}


@pytest.mark.parametrize(("fault", "change"), FAULTS.items(), ids=FAULTS)
def test_a_faulty_problem_is_noticed(fault: str, change: dict[str, Any]) -> None:
    assert validate(DEMO[0]) == []
    assert any(fault in text for text in validate(dataclasses.replace(DEMO[0], **change)))


@pytest.mark.parametrize("item", DEMO, ids=[item.name for item in DEMO])
def test_the_demo_problems_are_sound(item: Problem) -> None:
    assert validate(item) == []
