"""마지막 퀴즈는 글쇠만으로 풀고 다시 뽑을 수 있고, 다시 읽을 강의를 읽어 준다."""

from __future__ import annotations

import pytest
from conftest import output

CELLS = ("from tcpedu.course.final_quiz import final_quiz", "final_quiz(topics=['03', '07'])")


@pytest.fixture(scope="module")
def page(notebook):
    return notebook("final_quiz", *CELLS)


@pytest.fixture
def quiz(page):
    widget = output(page, 1)
    widget.get_by_role("heading", name="마지막 퀴즈 (2문제").wait_for()
    return widget


def prompts(quiz):
    groups = quiz.get_by_role("radiogroup")
    groups.nth(1).wait_for()  # 이름은 그려진 다음에 붙는다
    return [groups.nth(index).get_attribute("aria-label") for index in range(groups.count())]


def test_drawing_again_shows_other_questions_and_the_advice_stays(quiz, page):
    before = prompts(quiz)
    assert len(before) == 2 and before[0].startswith("강의 03")
    for index in range(quiz.get_by_role("radiogroup").nth(0).get_by_role("radio").count()):
        quiz.get_by_role("radiogroup").nth(0).get_by_role("radio").nth(index).check()
        # 성적은 처음 고른 것으로 세므로 한 번 바뀐 조언은 그대로다.
        quiz.get_by_role("status").filter(has_text="다시 읽을 강의").wait_for()
    told = quiz.get_by_role("status").last.inner_text()
    assert told.startswith(("다시 읽을 강의: 03", "지금까지는 다시 읽을 강의가 없습니다"))
    quiz.get_by_role("button", name="다시 뽑기").focus()
    page.page.keyboard.press("Enter")
    quiz.get_by_role("heading", name="뽑기 1").wait_for()
    after = prompts(quiz)
    assert len(after) == 2 and set(after).isdisjoint(before)
    assert quiz.get_by_role("status").last.inner_text() == told


def test_a_typed_number_draws_the_same_again(quiz, page):
    number = quiz.get_by_label("뽑기 번호")
    number.fill("1")
    number.press("Enter")
    quiz.get_by_role("heading", name="뽑기 1").wait_for()
    once = prompts(quiz)
    quiz.get_by_role("button", name="다시 뽑기").click()
    quiz.get_by_role("heading", name="뽑기 2").wait_for()
    number.fill("1")
    number.press("Enter")
    quiz.get_by_role("heading", name="뽑기 1").wait_for()
    assert prompts(quiz) == once


def test_no_errors(page):
    assert page.errors == []
