"""마지막 퀴즈: 강의마다 문제를 뽑아 풀고, 어느 강의를 다시 읽을지 말해 준다. 점수는 배우는 사람만 본다.

같은 번호(seed)는 언제나 같은 문제를 뽑는다. 이어지는 번호들은 문제를 한 번씩 다 본 뒤에야 되풀이한다.
강의: lessons/17_next_steps.ipynb
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from importlib import import_module
from random import Random
from typing import Any

from tcpedu.course.lessons import LESSONS, course_root, lesson
from tcpedu.course.quiz import Choice, Question, Quiz

TOPICS: tuple[str, ...] = tuple(item.number for item in LESSONS)


def questions(topic: str) -> tuple[Question, ...]:
    """강의 하나의 문제들.

    >>> len(questions("07"))
    4
    """
    if topic not in TOPICS:
        raise KeyError(f"'{topic}'번 강의의 문제가 없습니다. {TOPICS[0]}부터 {TOPICS[-1]}까지 있습니다")
    found: tuple[Question, ...] = import_module(f"tcpedu.course.quizzes.final.t{topic}").QUESTIONS
    return found


@dataclass(frozen=True)
class Drawn:
    """뽑힌 문제 하나와 그것을 배우는 강의의 번호."""

    topic: str
    question: Question


def draw(seed: int, topics: Iterable[str] = TOPICS, each: int = 1) -> list[Drawn]:
    """강의마다 문제를 `each`개씩 뽑는다. 보기의 차례도 섞는다.

    >>> [one.topic for one in draw(0, ["03", "07"])]
    ['03', '07']
    """
    if seed < 0:
        raise ValueError(f"번호는 0 이상이어야 합니다: {seed}")
    return [Drawn(topic, _shuffled(one, seed)) for topic in topics for one in _pick(topic, seed, each)]


def _pick(topic: str, seed: int, each: int) -> list[Question]:
    found = questions(topic)
    if not 1 <= each <= len(found):
        raise ValueError(f"강의마다 1개에서 {len(found)}개까지 뽑을 수 있습니다: {each}")
    turns = len(found) // each  # 이만큼 뽑을 때까지는 겹치지 않는다
    order = Random(f"{topic} {seed // turns}").sample(found, len(found))
    start = seed % turns * each
    return order[start : start + each]


def _shuffled(question: Question, seed: int) -> Question:
    choices: list[Choice] = Random(f"{question.prompt} {seed}").sample(question.choices, len(question.choices))
    return replace(question, choices=tuple(choices))


@dataclass
class Tally:
    """강의 하나의 성적: 처음 고른 것으로 센다. 설명을 읽고 고쳐 고른 것은 세지 않는다."""

    tried: int = 0
    right: int = 0


@dataclass(repr=False)
class Report:
    """강의마다의 성적과 다시 읽을 강의. 노트북에서는 강의로 가는 표로 보인다."""

    tallies: dict[str, Tally] = field(default_factory=dict)

    @property
    def again(self) -> list[str]:
        """틀린 문제가 있어 다시 읽을 강의의 번호."""
        return sorted(topic for topic, tally in self.tallies.items() if tally.right < tally.tried)

    @property
    def advice(self) -> str:
        """한 문장으로: 무엇을 다시 읽을까."""
        if not self.tallies:
            return "아직 푼 문제가 없습니다."
        if not self.again:
            return "지금까지는 다시 읽을 강의가 없습니다."
        return f"다시 읽을 강의: {', '.join(f'{topic} {lesson(topic).title}' for topic in self.again)}"

    def __repr__(self) -> str:
        rows = [f"{topic} {lesson(topic).title}: {self._told(topic)}" for topic in sorted(self.tallies)]
        return "\n".join([self.advice, *rows])

    def _repr_markdown_(self) -> str:
        if not self.tallies:
            return self.advice
        root = course_root()
        base = os.path.relpath(root / "lessons").replace(os.sep, "/") if root is not None else "."
        rows = ["| 강의 | 맞힌 문제 | |", "|---|--:|---|"]
        for topic in sorted(self.tallies):
            item = lesson(topic)
            again = "다시 읽기" if topic in self.again else "✅"
            rows.append(f"| [{topic} {item.title}]({base}/{item.slug}.ipynb) | {self._told(topic)} | {again} |")
        return "\n".join(rows)

    def _told(self, topic: str) -> str:
        tally = self.tallies[topic]
        return f"{tally.tried}문제 가운데 {tally.right}문제"


class FinalQuiz(Quiz):
    """강의마다 뽑은 문제 한 벌. `redraw()`로 다른 문제를 뽑고, 성적은 `report`에 쌓인다."""

    def __init__(self, seed: int = 0, topics: Iterable[str] = TOPICS, each: int = 1) -> None:
        self.topics, self.each = tuple(topics), each
        self.report = Report()
        self.told: Callable[[], Any] = lambda: None  # 성적이 바뀌면 부른다
        self._first: set[str] = set()
        self._deal(seed)

    def _deal(self, seed: int) -> None:
        drawn = draw(seed, self.topics, self.each)
        self.seed, self.drawn = seed, drawn
        shown = [replace(one.question, prompt=f"강의 {one.topic} · {one.question.prompt}") for one in drawn]
        widget = getattr(self, "_widget", None)
        super().__init__("17", shown)
        self._widget = widget  # 뽑기만 바꾸고 화면은 그대로 쓴다
        self.title = f"마지막 퀴즈 ({len(shown)}문제, 뽑기 {seed})"

    def redraw(self, seed: int | None = None) -> None:
        """다음 번호(또는 `seed`)로 다시 뽑는다. 지금까지의 성적은 남는다."""
        self._deal(self.seed + 1 if seed is None else seed)

    def pick(self, question: int, choice: int | None) -> Choice | None:
        """보기를 고른다. 그 문제에서 처음 고른 것이 성적이 된다."""
        picked = super().pick(question, choice)
        asked = self.questions[question].prompt
        if picked is not None and asked not in self._first:
            self._first.add(asked)
            tally = self.report.tallies.setdefault(self.drawn[question].topic, Tally())
            tally.tried += 1
            tally.right += picked.correct
            self.told()
        return picked

    def _record(self) -> None:
        # 몇 강의만 뽑은 것은 진도에 적지 않는다: 온 벌의 가장 좋은 성적과 견줄 수 없다.
        if self.topics == TOPICS and self.each == 1:
            super()._record()

    def _make(self) -> Any:
        from tcpedu.course.final_quiz_widget import final_box

        return final_box(self)


def final_quiz(seed: int = 0, topics: Iterable[str] = TOPICS, *, each: int = 1) -> FinalQuiz:
    """마지막 퀴즈를 연다. `topics`로 몇 강의만, `each`로 강의마다 여러 문제를 뽑는다.

    >>> print(final_quiz(topics=["07"], each=2).title)
    마지막 퀴즈 (2문제, 뽑기 0)
    """
    return FinalQuiz(seed, topics, each)
