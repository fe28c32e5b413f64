"""어느 오해인지 알아보기: 통째로 같은 것, 다른 실수와 섞인 것, 우연히 겹친 것."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tcpedu.course import problems
from tcpedu.course.mixed import partly
from tcpedu.course.problem import Problem
from tcpedu.course.values import canonical
from tcpedu.course.verdict import MORE, Status, evaluate, expected_values, recognise

RIGHT = [0, 0, 0, 0]
MISTAKES = {"가": [1, 1, 0, 0], "나": [1, 1, 1, 0], "다": [0, 0, 2, 2], "그대로": [0, 0, 0, 0]}
SEEN = [
    ([1, 1, 0, 0], "가"),
    ([1, 1, 1, 0], "나"),
    ([0, 0, 2, 2], "다"),
    ([1, 0, 0, 0], "가"),  # 절반만 같다
    ([0, 0, 1, 0], None),  # "나"의 3분의 1뿐이다
    ([1, 1, 2, 0], None),
    ([9, 9, 9, 9], None),
    ([1, 1, 0, True], None),
]


@pytest.mark.parametrize(("actual", "diagnosis"), SEEN)
def test_recognise(actual: list[Any], diagnosis: str | None) -> None:
    assert recognise(MISTAKES, RIGHT, actual) == diagnosis


# 번호 넷을 적는 문제: 첫째와 둘째 입력은 SYN, 셋째와 넷째는 한 바퀴를 본다.
NUMBERS = [[10, 11], [20, 21], [0, 1], [5, 6]]
BY_TWO = {
    "SYN을 세지 않았다": [[10, 10], [20, 20], [0, 1], [5, 6]],
    "한 바퀴 돌지 않았다": [[10, 11], [20, 21], [0, 2**32], [2**32 + 5, 6]],
}
MIXED = [
    ([[10, 10], [20, 20], [0, 2**32], [2**32 + 5, 6]], "SYN을 세지 않았다"),  # 두 실수가 함께
    ([[10, 10], [20, 20], [9, 9], [8, 8]], "SYN을 세지 않았다"),  # 모르는 실수와 함께
    ([[10, 10], [20, 21], [9, 9], [8, 8]], None),  # 둘째 입력은 옳다: SYN은 세었다
    ([[10, 10], [20, 19], [9, 9], [8, 8]], None),  # 둘째 입력에서 다른 값이다
    ([[7, 10], [20, 20], [9, 9], [8, 8]], None),  # 처음 틀린 입력을 설명하지 못한다
    ([[10, 10], [19, 20], [9, 9], [8, 8]], None),  # 앞에서 다른 실수가 드러났지만 남은 것이 하나뿐이다
    ([[10, 11], [20, 21], [0, 1], [5, 6]], None),  # 옳다
    ([None, None, None, None], None),
]


@pytest.mark.parametrize(("actual", "diagnosis"), MIXED)
def test_one_of_two_mistakes(actual: list[Any], diagnosis: str | None) -> None:
    assert recognise(BY_TWO, NUMBERS, actual) is None
    assert partly(BY_TWO, NUMBERS, actual) == diagnosis


def test_true_and_false_are_not_enough() -> None:
    """참과 거짓뿐이면 무엇이든 겹친다."""
    assert partly({"가": [True, False, True]}, [False, True, True], [True, False, False]) is None
    assert partly({"가": [1, 2, 3]}, [0, 1, 3], [1, 2, 9]) == "가"


@pytest.mark.parametrize("item", problems(), ids=[item.name for item in problems()])
def test_an_answer_that_never_changes_is_not_half_a_mistake(item: Problem) -> None:
    expected = expected_values(item, item.cases)
    for value in {canonical(one): one for one in [*expected, True, False, 0, 1, None, "", []]}.values():
        assert MORE not in evaluate(item, item.cases, [value] * len(expected)).diagnosis


def test_the_verdict_says_that_there_is_more() -> None:
    item = next(one for one in problems("09") if one.name == "rounds_to_fill")

    def doubled_and_one_more(bdp: int, mss: int, initial_window: int) -> int:
        rounds, cwnd = 0, initial_window
        while cwnd <= bdp:
            rounds, cwnd = rounds + 1, cwnd * 2
        return rounds

    values = expected_values(replace(item, reference=doubled_and_one_more), item.cases)
    verdict = evaluate(item, item.cases, values)
    assert verdict.status is Status.WRONG and verdict.recognised
    assert verdict.diagnosis.startswith("꼭 같을 때") and verdict.diagnosis.endswith(MORE)
