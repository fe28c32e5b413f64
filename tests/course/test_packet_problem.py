"""표를 채우는 문제: 다른 문제와 똑같이 검사되고, 흔한 실수를 알아본다."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from typing import Any

import pytest

from tcpedu.course import check
from tcpedu.course.packet_mistakes import MISTAKES
from tcpedu.course.packet_problem import packet_table_problem
from tcpedu.course.packet_tables import TABLES, WITH_LOSS, close, isn, isns
from tcpedu.course.probe import values_of
from tcpedu.course.problem import Problem
from tcpedu.course.validate import validate
from tcpedu.course.verdict import Status, evaluate
from tcpedu.network import scenarios
from tcpedu.network.packet_table import PacketTable

LESSON = "05_connection_termination"

# 배우는 사람이 쓸 만한 답. 쪽마다 다음에 보낼 번호 하나씩만 기억한다.
ANSWER = """
def fill_close(rows):
    following = {}
    for row in rows:
        mine = row["sender"]
        other = next((name for name in following if name != mine), None)
        if row["seq"] is None:
            row["seq"] = following[mine]
        if row["ack"] is None:
            row["ack"] = following[other]
        used = row["length"] + ("SYN" in row["flags"]) + ("FIN" in row["flags"])
        following[mine] = (row["seq"] + used) % 2**32
    return rows
"""


def make(name: str = "fill_close", table: Any = close, **more: Any) -> Problem:
    return packet_table_problem(name=name, lesson=LESSON, title="종료의 표", points=2, make=table, **more)


@pytest.fixture
def problem(monkeypatch: pytest.MonkeyPatch) -> Problem:
    import tcpedu.course.check  # noqa: F401

    found = make()
    monkeypatch.setattr(sys.modules["tcpedu.course.check"], "problems", lambda lesson=None: [found])
    return found


@pytest.mark.parametrize("name", TABLES)
def test_every_table_of_the_course_makes_a_sound_problem(name: str) -> None:
    assert validate(make(f"fill_{name}", TABLES[name])) == []


@pytest.mark.parametrize("name", TABLES)
def test_every_table_has_a_full_wrap_and_enough_blanks(name: str) -> None:
    tables = [TABLES[name](random.Random(seed)) for seed in range(12)]
    assert all(len(table.hidden) >= 3 for table in tables)
    assert len({str(table.rows) for table in tables}) == 12
    wraps = [
        table for table in tables
        if any(abs(one["seq"] - other["seq"]) > 2**31 for one in table.rows for other in table.rows
               if one["sender"] == other["sender"])
    ]  # fmt: skip
    assert wraps


def test_the_answer_is_right(problem: Problem, cell: Callable[..., Any]) -> None:
    answer = cell(ANSWER, "fill_close")
    assert check(answer).status == "정답", check(answer)
    for seed in range(10):
        cases = problem.fresh_cases(random.Random(seed))
        assert evaluate(problem, cases, values_of(answer, "call", cases)).status is Status.RIGHT


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (' + ("FIN" in row["flags"])', "", "FIN이 쓰는 번호를 세지 않았다"),
        ('("SYN" in row["flags"]) + ("FIN" in row["flags"])', "0", "SYN과 FIN을 세지 않고"),
        (" % 2**32", "", "순서 번호가 한 바퀴 돌지 않았다"),
        ("following[other]\n", "following[other] - 1\n", "받은 마지막 번호를 ack에 적었다"),
        ("following[other]\n", 'row["seq"]\n', "ack에 자기 순서 번호"),
    ],
)
def test_the_mistakes_of_a_learner_are_recognised(
    problem: Problem, cell: Callable[..., Any], old: str, new: str, said: str
) -> None:
    assert ANSWER.count(old) == 1
    result = check(cell(ANSWER.replace(old, new), "fill_close"))
    assert result.status == "오답"
    assert f"진단: {said}" in repr(result), result
    assert "경우: 연결 종료의 표, 빈칸 2번의 ack" in repr(result)


def test_the_stub_is_untried_and_a_forgotten_return_is_seen(problem: Problem, cell: Callable[..., Any]) -> None:
    stub = 'def fill_close(rows):\n    raise NotImplementedError("여기를 채우세요")\n'
    assert check(cell(stub, "fill_close")).status == "미시도"
    assert "return을 잊지" in repr(check(cell(ANSWER.replace("    return rows\n", ""), "fill_close")))


def test_a_table_with_an_open_blank_is_refused() -> None:
    with pytest.raises(ValueError, match="채울 수 없는 칸이 있습니다: 1번의 seq"):
        make(table=lambda rng: PacketTable.of(scenarios.handshake(), {(1, "seq")}))
    with pytest.raises(ValueError, match="빈칸이 없습니다"):
        make(table=lambda rng: PacketTable.of(scenarios.handshake()))


def test_a_lesson_may_bring_its_own_columns_rule_and_mistakes() -> None:
    """상태를 채우는 표처럼 번호를 세는 것이 아니면 기준 답을 함께 준다."""

    def states(rng: random.Random) -> PacketTable:
        columns = ("number", "sender", "flags", "seq", "ack", "length", "state")
        return PacketTable.of(scenarios.handshake(**isns(rng)), {(1, "state"), (3, "state")}, columns=columns)

    names = {"SYN": "SYN_SENT", "SYN,ACK": "SYN_RCVD", "ACK": "ESTABLISHED"}
    wrong = {"ACK를 보내고도 기다린다.": {**names, "ACK": "SYN_SENT"}, "거꾸로다.": {**names, "SYN": "SYN_RCVD"}}

    def fill(how: dict[str, str]) -> Callable[[list[dict[str, Any]]], list[dict[str, Any]]]:
        return lambda rows: [{**row, "state": row["state"] or how[row["flags"]]} for row in rows]

    problem = make(
        "fill_states", states, solve=fill(names), hints=("첫째", "둘째"), explanation="설명",
        mistakes={text: fill(how) for text, how in wrong.items()},
    )  # fmt: skip
    assert validate(problem) == []
    # 번호를 세지 않는 표에는 번호의 실수가 붙지 않는다: 빈칸을 남긴 답을 엉뚱한 실수로 알아본다.
    assert list(problem.mistakes) == list(wrong)


def test_only_mistakes_that_show_are_kept() -> None:
    said = " ".join(make("fill_open", TABLES["handshake"]).mistakes)
    assert "SYN이 쓰는" in said
    assert "FIN이 쓰는" not in said and "빈틈 뒤" not in said


def test_every_mistake_shows_in_some_table() -> None:
    found = {text for name in TABLES for text in make(f"fill_{name}", TABLES[name]).mistakes}
    assert found == {mistake.diagnosis for mistake in MISTAKES}


def test_first_numbers_are_32_bits_and_often_wrap() -> None:
    numbers = [isn(random.Random(seed), 10) for seed in range(400)]
    assert all(0 <= number < 2**32 for number in numbers)
    assert 90 < sum(number >= 2**32 - 10 for number in numbers) < 180
    assert "arrived" in WITH_LOSS and "note" in WITH_LOSS
