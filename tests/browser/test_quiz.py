"""퀴즈는 글쇠만으로 풀 수 있고, 읽기 프로그램이 보기와 설명을 읽는다."""

from __future__ import annotations

import pytest
from conftest import output

CELLS = ("from tcpedu.course import predict, quiz", "quiz('02')", "predict('몇 개가 갈까?', ['2개', '3개'])")


@pytest.fixture(scope="module")
def page(notebook):
    return notebook("quiz", *CELLS)


@pytest.fixture
def quiz(page):
    widget = output(page, 1)
    widget.get_by_role("button", name="다시 풀기").click()
    widget.get_by_text("0문제를 풀었고").wait_for()
    return widget


def test_space_and_arrows_choose(quiz, page):
    first = quiz.get_by_role("radio").first
    first.focus()
    page.page.keyboard.press("Space")
    quiz.get_by_text("1문제를 풀었고").wait_for()
    page.page.keyboard.press("ArrowDown")
    page.page.wait_for_function("() => document.activeElement.type === 'radio' && document.activeElement.checked")
    assert quiz.get_by_role("radio").nth(1).is_checked()


def test_every_choice_has_its_text_as_a_name(quiz):
    radios = quiz.get_by_role("radio")
    names = [radios.nth(index).evaluate("node => node.labels[0].textContent.trim()") for index in range(radios.count())]
    assert len(names) > 8 and all(names)


def test_every_question_is_a_named_group(quiz):
    groups = quiz.get_by_role("radiogroup")
    assert groups.count() >= 3
    names = [groups.nth(index).get_attribute("aria-label") for index in range(groups.count())]
    assert all(name.strip().endswith(("?", ".", "까", "것은")) for name in names), names


def test_keys_never_reach_the_notebook(quiz, page):
    cells = page.page.locator(".jp-Cell").count()
    quiz.get_by_role("radio").first.focus()
    for key in ("b", "d", "d"):
        page.page.keyboard.press(key)
    assert page.page.locator(".jp-Cell").count() == cells


def test_the_explanation_is_a_live_region_with_a_word(quiz, page):
    quiz.get_by_role("radio").first.focus()
    page.page.keyboard.press("Space")
    said = quiz.locator('[role="status"][aria-live="polite"]').filter(has_text="니다.").first
    said.wait_for()
    assert said.inner_text().startswith(("✅ 맞습니다.", "❌ 아닙니다."))
    assert len(said.inner_text()) > 20


def test_a_heading_names_the_quiz(quiz):
    assert quiz.get_by_role("heading", name="스스로 점검").count() == 1


def test_a_prediction_is_kept_with_the_keyboard(page):
    widget = output(page, 2)
    widget.get_by_role("radio").first.focus()
    page.page.keyboard.press("Space")
    widget.get_by_text("예측: 2개").wait_for()


def test_no_errors(page):
    assert page.errors == []
