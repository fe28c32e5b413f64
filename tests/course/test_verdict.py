"""판정: 오해를 알아보고, 처음 틀린 것 하나를 고른다."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcpedu.course.problem import Problem
from tcpedu.course.values import MISSING, TIMEOUT, UNTRIED
from tcpedu.course.verdict import Status, Verdict, evaluate

from .conftest import DEMO

MARKS = ["$bytes", "$error", "$steps", "$object", "$huge", "$set", "$dict", "$tuple", "$tcpedu", "$float", "$enum", "a"]
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(MARKS), inner, max_size=2),
    max_leaves=8,
)


@given(JUNK)
def test_whatever_the_kernel_sends_gets_a_verdict(junk: Any) -> None:
    for problem in DEMO:
        verdict = evaluate(problem, problem.cases, [junk] * 5)
        assert isinstance(verdict.actual, str) and isinstance(verdict.diagnosis, str)


def judge(problem: Problem, *values: Any) -> Verdict:
    return evaluate(problem, problem.cases, values)


def test_right(demo: dict[str, Problem]) -> None:
    verdict = judge(demo["usable_window"], 30, 0, 0)
    assert (verdict.status, verdict.count, verdict.rfc) == (Status.RIGHT, 3, "RFC 9293 §3.8.6.2.1")


def test_wrong_says_the_first_case_only(demo: dict[str, Problem]) -> None:
    verdict = judge(demo["usable_window"], 30, 5, 6)
    assert verdict.status == "오답" and verdict.number == 2 and not verdict.recognised
    assert (verdict.given, verdict.expected, verdict.actual) == ("usable_window(100, 100, 0)", "0", "5")


def test_misconception(demo: dict[str, Problem]) -> None:
    verdict = judge(demo["usable_window"], 80, 0, 50)
    assert verdict.recognised and verdict.diagnosis == "이미 보낸 바이트를 빼지 않았다."
    assert judge(demo["usable_window"], 30, 0, -50).diagnosis == "음수가 될 수 있다."


@pytest.mark.parametrize("values", [(), (MISSING,) * 3])
def test_missing_values_are_wrong_and_say_why(demo: dict[str, Problem], values: tuple[Any, ...]) -> None:
    verdict = judge(demo["usable_window"], *values)
    assert verdict.status is Status.WRONG and "이름이 `usable_window`인" in verdict.diagnosis


def test_timeout(demo: dict[str, Problem]) -> None:
    verdict = judge(demo["usable_window"], *[TIMEOUT] * 3)
    assert verdict.status is Status.WRONG and verdict.diagnosis.startswith("2초 안에")


def test_untried(demo: dict[str, Problem]) -> None:
    assert judge(demo["usable_window"], *[UNTRIED] * 3).status is Status.UNTRIED
    assert judge(demo["ByteQueue"], *[{"$steps": [["(8)", UNTRIED]]}] * 2).status is Status.UNTRIED


def test_steps_up_to_the_failing_one(demo: dict[str, Problem]) -> None:
    problem = demo["ByteQueue"]
    rows = [["(8)", None], [".write(b'abc')", 3], [".pending", 4], [".read(2)", {"$bytes": "6162"}]]
    verdict = judge(problem, {"$steps": rows}, {"$steps": []})
    assert verdict.steps == ("1. ByteQueue(8)", "2. .write(b'abc') → 3", "3. .pending")
    assert (verdict.expected, verdict.actual, verdict.step) == ("3", "4", 2)


@pytest.mark.parametrize(
    "junk",
    [
        None,
        3,
        [],
        {},
        {"$steps": None},
        {"$steps": [1]},
        {"$steps": [[1]]},
        {"$strange": 1},
        {"$bytes": "zz"},
        {"$steps": []},
    ],
)
def test_forged_values_do_not_crash(demo: dict[str, Problem], junk: Any) -> None:
    for problem in demo.values():
        verdict = judge(problem, junk, junk, junk)
        assert verdict.status is not Status.RIGHT and isinstance(verdict.actual, str)
