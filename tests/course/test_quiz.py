"""스스로 점검과 예측해 보기."""

from __future__ import annotations

import importlib
import pkgutil
import re
from typing import Any

import pytest

import tcpedu.course.quizzes
from tcpedu.course import predict, progress, quiz
from tcpedu.course.quiz import Choice, Question, Quiz

VIEW = "application/vnd.jupyter.widget-view+json"
QUESTIONS = (
    Question(
        "`SYN`은 번호를 몇 개 쓰는가?",
        (
            Choice("0개", False, "SYN도 하나를 쓴다."),
            Choice("1개", True, "맞다: <b>하나</b>다."),
            Choice("20개", False, "크기가 아니다."),
        ),
    ),
    Question("ACK만 있는 세그먼트는?", (Choice("0개", True, "차지하지 않는다."), Choice("1개", False, "아니다."))),
)


def parts(box: Any) -> tuple[list[Any], Any, Any]:
    """물음들의 (라디오, 설명), 다시 풀기 단추, 진도 글."""
    _, *blocks, foot = box.children
    return [(block.children[1], block.children[2]) for block in blocks], *foot.children


def test_the_saved_text_has_questions_and_no_answers() -> None:
    bundle = Quiz("99", QUESTIONS)._repr_mimebundle_()
    assert set(bundle) == {"text/plain", "text/html", VIEW}
    assert bundle["text/plain"].splitlines() == [
        "스스로 점검 (2문제)",
        "1. `SYN`은 번호를 몇 개 쓰는가?",
        "   ○ 0개",
        "   ○ 1개",
        "   ○ 20개",
        "2. ACK만 있는 세그먼트는?",
        "   ○ 0개",
        "   ○ 1개",
    ]
    assert "<code>SYN</code>" in bundle["text/html"]
    for text in (bundle["text/plain"], bundle["text/html"]):
        assert "맞다" not in text and "차지하지" not in text


def test_the_widget_state_has_no_answers() -> None:
    from ipywidgets import Widget

    assert Quiz("99", QUESTIONS).widget
    assert "차지하지 않는다" not in str(Widget.get_manager_state()["state"])


def test_picking_explains_at_once() -> None:
    shown = Quiz("99", QUESTIONS)
    [(radio, answer), (second, _)], retry, status = parts(shown.widget)
    assert "2문제 가운데 0문제를 풀었고 0문제를 맞혔습니다" in status.value
    radio.index = 0
    assert "❌ 아닙니다." in answer.value and "SYN도 하나를 쓴다." in answer.value
    radio.index = 1
    assert "✅ 맞습니다." in answer.value and "&lt;b&gt;하나" in answer.value
    second.index = 0
    assert "2문제를 풀었고 2문제를 맞혔습니다" in status.value
    assert progress.load().quizzes == {"99": {"correct": 2, "total": 2}}
    retry.click()
    assert radio.index is second.index is None and "✅" not in answer.value
    assert "0문제를 풀었고" in status.value
    assert progress.load().quizzes["99"]["correct"] == 2


def test_changes_are_read_aloud_and_nothing_is_only_colour() -> None:
    [(radio, answer), _], retry, status = parts(Quiz("99", QUESTIONS).widget)
    assert radio.tooltip == QUESTIONS[0].prompt and retry.tooltip
    for live in (answer, status):
        assert 'role="status"' in live.value and 'aria-live="polite"' in live.value
    assert not re.search(r"color:\s*(#|red|green|black|white)", answer.value + status.value)


def test_two_runs_save_the_same_text() -> None:
    one, other = (Quiz("99", QUESTIONS)._repr_mimebundle_() for _ in range(2))
    assert {k: v for k, v in one.items() if k != VIEW} == {k: v for k, v in other.items() if k != VIEW}


def test_without_ipywidgets_the_list_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = Quiz("99", QUESTIONS)
    monkeypatch.setattr(shown, "_make", lambda: importlib.import_module("no_such_widgets"))
    assert set(shown._repr_mimebundle_()) == {"text/plain", "text/html"}


def test_prediction_is_kept_and_never_judged() -> None:
    shown = predict("세그먼트는 몇 개?", ["2개", "3개"])
    assert repr(shown) == "예측해 보기\n세그먼트는 몇 개?\n   ○ 2개\n   ○ 3개"
    radio, note = shown.widget.children[1:]
    radio.index = 1
    assert "다음 셀을 실행해 확인해 보세요" in note.value and "3개" in note.value
    assert shown.choice == "3개" and progress.load().predictions == {"세그먼트는 몇 개?": "3개"}
    assert repr(shown) == repr(predict("세그먼트는 몇 개?", ["2개", "3개"]))


@pytest.mark.parametrize("choices", ["둘", [], ["하나"]])
def test_predict_needs_two_choices(choices: Any) -> None:
    with pytest.raises(ValueError, match="보기를 둘 이상"):
        predict("?", choices)


def test_a_question_has_one_right_choice() -> None:
    with pytest.raises(ValueError, match="꼭 하나"):
        Question("?", (Choice("가", True, "."), Choice("나", True, ".")))


def test_unknown_quiz() -> None:
    with pytest.raises(KeyError, match="'98'번 강의의 퀴즈가 없습니다"):
        quiz("98")


NUMBERS = sorted(one.name[1:] for one in pkgutil.iter_modules(tcpedu.course.quizzes.__path__) if not one.ispkg)


@pytest.mark.parametrize("number", NUMBERS)
def test_every_quiz_of_the_course(number: str) -> None:
    shown = quiz(number)
    assert 3 <= len(shown.questions) <= 6
    places = {[choice.correct for choice in question.choices].index(True) for question in shown.questions}
    assert len(places) > 1, "맞는 보기가 언제나 같은 자리에 있습니다"
    for question in shown.questions:
        texts = [choice.text for choice in question.choices]
        assert len(set(texts)) == len(texts) >= 2 and question.prompt.strip()
        assert all(choice.why.strip() for choice in question.choices)
    assert shown._repr_mimebundle_()[VIEW]["model_id"]
