"""마감: 늦었다고 알리기만 하고, 적혀 있을 때만 깎는다."""

from dataclasses import replace
from datetime import datetime

import pytest

from tcpedu.grading.deadline import Deadlines, read_deadlines, when
from tcpedu.grading.result import ProblemResult, State, Status, SubmissionResult
from tcpedu.grading.roster import Person

LESSON = "02_segment_header"
KIM = Person(number="0012")


def at(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


@pytest.fixture
def rules(tmp_path) -> Deadlines:
    file = tmp_path / "deadlines.csv"
    file.write_text(
        "과제,마감,학번,감점\n02,2026-03-10 23:59,,10\n2,2026-03-12,0012,10\n3,2026-03-17T23:59,,\n", encoding="cp949"
    )
    return read_deadlines(file)


def test_a_plain_time_only_reports() -> None:
    late = read_deadlines("2026-03-10 23:59").late(LESSON, KIM, at("2026-03-11 00:20"))
    assert late is not None and late.percent == 0
    assert late.text == "지각: 마감 2026-03-10 23:59, 파일의 시각 2026-03-11 00:20 (21분 늦음)"


@pytest.mark.parametrize("time", ["2026-03-10 23:59", "2026-03-01 00:00"])
def test_on_time(time: str) -> None:
    assert read_deadlines("2026-03-10 23:59").late(LESSON, KIM, at(time)) is None


@pytest.mark.parametrize(
    ("time", "percent"),
    [("2026-03-11 00:00", 10), ("2026-03-11 23:59", 10), ("2026-03-12 00:00", 20), ("2026-04-30 00:00", 100)],
)
def test_penalty_per_started_day(rules: Deadlines, time: str, percent: float) -> None:
    late = rules.late(LESSON, Person(number="0034"), at(time))
    assert late is not None and late.percent == percent and f"{percent}% 감점" in late.text


def test_an_extension_is_for_one_person(rules: Deadlines) -> None:
    assert rules.late(LESSON, KIM, at("2026-03-12 23:00")) is None
    assert rules.late(LESSON, Person(number="0034"), at("2026-03-12 23:00")) is not None


def test_no_rule_no_lateness(rules: Deadlines) -> None:
    assert rules.late("04_connection_establishment", KIM, at("2030-01-01")) is None
    assert Deadlines().late(LESSON, KIM, at("2030-01-01")) is None


def test_the_lms_own_mark_is_told_without_a_penalty(rules: Deadlines) -> None:
    late = rules.late(LESSON, KIM, at("2026-03-01"), marked=True)
    assert late is not None and late.percent == 0 and "LMS가 늦은 제출" in late.text


def test_a_date_is_the_end_of_that_day() -> None:
    assert when("2026-03-10") == datetime(2026, 3, 10, 23, 59, 59)


def test_a_penalty_lowers_the_total_and_not_the_problems() -> None:
    problem = ProblemResult("f", "문제", Status.CORRECT, 8, 10)
    result = SubmissionResult("a", "a", State.GRADED, problems=(problem,))
    late = replace(result, cut=25.0)
    assert (late.points, late.possible, late.percent, late.problems[0].points) == (6, 10, 60, 8)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("내일", "2026-03-10 23:59처럼"),
        ("과제,학번\n02,1\n", "'마감' 열이 없습니다"),
        ("과제,마감,감점\n02,2026-03-10,많이\n", "2번째 줄의 감점"),
        ("과제,마감,감점\n02,2026-03-10,200\n", "0~100"),
        ("과제,마감\n02,언젠가\n", "'언젠가'"),
    ],
)
def test_bad_rules_are_refused(tmp_path, text: str, message: str) -> None:
    if "\n" in text:
        (tmp_path / "d.csv").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        read_deadlines(tmp_path / "d.csv" if "\n" in text else text)
