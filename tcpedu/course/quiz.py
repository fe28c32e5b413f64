"""스스로 점검(quiz)과 예측해 보기(predict)의 데이터와 차례.

화면은 `quiz_widget`이 그린다. 저장된 글(text/plain, text/html)에는 물음과 보기만
있고 답은 없다.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from tcpedu.course import progress

PACKAGE = "tcpedu.course.quizzes"


@dataclass(frozen=True)
class Choice:
    """보기 하나. `why`는 그것을 골랐을 때 보이는 설명이다."""

    text: str
    correct: bool
    why: str


@dataclass(frozen=True)
class Question:
    """물음 하나. 맞는 보기는 하나뿐이다."""

    prompt: str
    choices: tuple[Choice, ...]

    def __post_init__(self) -> None:
        if sum(choice.correct for choice in self.choices) != 1:
            raise ValueError(f"맞는 보기가 꼭 하나여야 합니다: {self.prompt}")


def rich(text: str) -> str:
    """글을 HTML로. 역따옴표로 감싼 것은 코드로 보인다.

    >>> rich("`a<b`인가?")
    '<code>a&lt;b</code>인가?'
    """
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


class Asked:
    """노트북에 보이는 물음들. 위젯이 없는 곳에서는 물음과 보기의 목록이다."""

    title = ""
    prompts: Sequence[tuple[str, Sequence[str]]] = ()

    def __init__(self) -> None:
        self._widget: Any = None

    def __repr__(self) -> str:
        rows = [self.title]
        for number, (prompt, choices) in enumerate(self.prompts, 1):
            rows.append(f"{number}. {prompt}" if len(self.prompts) > 1 else prompt)
            rows += [f"   ○ {choice}" for choice in choices]
        return "\n".join(rows)

    def _html(self) -> str:
        blocks = []
        for prompt, choices in self.prompts:
            items = "".join(f"<li>{rich(choice)}</li>" for choice in choices)
            blocks.append(f"<li>{rich(prompt)}<ul>{items}</ul></li>")
        return f"<p><strong>{escape(self.title)}</strong></p><ol>{''.join(blocks)}</ol>"

    def _make(self) -> Any:
        raise NotImplementedError

    @property
    def widget(self) -> Any:
        """눌러 볼 수 있는 위젯. 처음 쓸 때 만든다."""
        if self._widget is None:
            self._widget = self._make()
        return self._widget

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        fallback = {"text/plain": repr(self), "text/html": self._html()}
        try:
            shown = self.widget._repr_mimebundle_()
        except ImportError:  # ipywidgets가 없는 곳
            return fallback
        key = "application/vnd.jupyter.widget-view+json"
        return {**fallback, key: shown[key]} if key in shown else fallback


class Quiz(Asked):
    """스스로 점검 한 벌. 고르는 대로 채점하고 설명을 보인다."""

    def __init__(self, number: str, questions: Sequence[Question]) -> None:
        super().__init__()
        self.number = number
        self.questions = tuple(questions)
        self.title = f"스스로 점검 ({len(self.questions)}문제)"
        self.prompts = [(q.prompt, [c.text for c in q.choices]) for q in self.questions]
        self.picked: list[int | None] = [None] * len(self.questions)

    def pick(self, question: int, choice: int | None) -> Choice | None:
        """보기를 고른다. 고른 보기를 돌려준다."""
        self.picked[question] = choice
        if choice is None:
            return None
        self._record()
        return self.questions[question].choices[choice]

    @property
    def score(self) -> int:
        """맞힌 물음의 수."""
        pairs = zip(self.questions, self.picked, strict=True)
        return sum(index is not None and question.choices[index].correct for question, index in pairs)

    @property
    def status(self) -> str:
        """지금까지: "3문제 가운데 2문제를 풀었고 1문제를 맞혔습니다"."""
        tried = sum(index is not None for index in self.picked)
        return f"{len(self.questions)}문제 가운데 {tried}문제를 풀었고 {self.score}문제를 맞혔습니다"

    def retry(self) -> None:
        """처음부터 다시 푼다."""
        self.picked = [None] * len(self.questions)

    def _record(self) -> None:
        def change(now: progress.Progress) -> None:
            best = max(self.score, now.quizzes.get(self.number, {}).get("correct", 0))
            now.quizzes[self.number] = {"correct": best, "total": len(self.questions)}

        progress.update(change)

    def _make(self) -> Any:
        from tcpedu.course.quiz_widget import quiz_box

        return quiz_box(self)


class Prediction(Asked):
    """예측해 보기 하나: 먼저 고르고, 다음 셀을 실행해 견준다. 맞고 틀림을 말하지 않는다."""

    def __init__(self, question: str, choices: Sequence[str]) -> None:
        super().__init__()
        self.question, self.choices = question, tuple(choices)
        self.title = "예측해 보기"
        self.prompts = [(question, self.choices)]
        self.choice: str | None = None

    def pick(self, choice: str) -> str:
        """예측을 적어 둔다. 보일 글을 돌려준다."""
        self.choice = choice
        progress.update(lambda now: now.predictions.update({self.question: choice}))
        return f"예측: {choice} — 다음 셀을 실행해 확인해 보세요."

    def _make(self) -> Any:
        from tcpedu.course.quiz_widget import prediction_box

        return prediction_box(self)


def quiz(number: str) -> Quiz:
    """강의의 스스로 점검을 연다: `quiz("02")`."""
    try:
        module = importlib.import_module(f"{PACKAGE}.q{number}")
    except ModuleNotFoundError as error:
        if error.name != f"{PACKAGE}.q{number}":
            raise
        raise KeyError(f"'{number}'번 강의의 퀴즈가 없습니다") from None
    return Quiz(number, module.QUIZ)


def predict(question: str, choices: Sequence[str]) -> Prediction:
    """실행하기 전에 결과를 골라 본다: `predict("몇 개가 갈까?", ["2개", "3개"])`."""
    if isinstance(choices, str) or len(choices) < 2:
        raise ValueError('보기를 둘 이상 목록으로 넘기세요: predict("물음", ["가", "나"])')
    return Prediction(question, choices)
