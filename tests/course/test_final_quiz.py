"""마지막 퀴즈: 문제의 모양, 뽑기, 성적, 그리고 맞다고 한 답이 라이브러리의 셈과 같은지."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest

from tcpedu.course import progress
from tcpedu.course.concept_index import concept_index
from tcpedu.course.final_quiz import TOPICS, draw, final_quiz, questions
from tcpedu.course.lessons import lesson
from tcpedu.course.quiz import Question, quiz
from tcpedu.protocol.checksum import internet_checksum
from tcpedu.protocol.congestion.cubic import cubic_k
from tcpedu.protocol.rto import RtoEstimator
from tcpedu.protocol.seqnum import seq_add
from tcpedu.protocol.tuning import bdp_bytes, mathis_throughput, max_throughput

VIEW = "application/vnd.jupyter.widget-view+json"
ALL = [(topic, question) for topic in TOPICS for question in questions(topic)]


def right(question: Question) -> str:
    return next(choice.text for choice in question.choices if choice.correct)


def answer(topic: str, words: str) -> str:
    [found] = [right(question) for question in questions(topic) if words in question.prompt]
    return found


def wrong_index(question: Question) -> int:
    return next(index for index, choice in enumerate(question.choices) if not choice.correct)


# 문제 ---------------------------------------------------------------------


def test_sixty_questions_or_more_over_every_lesson() -> None:
    assert len(ALL) >= 60 and set(TOPICS) >= {f"{n:02}" for n in range(17)}
    assert all(len(questions(topic)) >= 3 for topic in TOPICS)
    assert len({question.prompt for _, question in ALL}) == len(ALL)


@pytest.mark.parametrize(("topic", "question"), ALL, ids=[f"{topic}-{at}" for at, (topic, _) in enumerate(ALL)])
def test_every_choice_is_explained(topic: str, question: Question) -> None:
    texts = [choice.text for choice in question.choices]
    assert len(set(texts)) == len(texts) >= 3
    assert all(len(choice.why.strip()) >= 8 and choice.why.strip().endswith((".", "?")) for choice in question.choices)


def test_no_question_of_a_lesson_is_asked_again() -> None:
    asked = {one.prompt for topic in TOPICS[:-1] for one in (quiz(topic).questions if _has_quiz(topic) else ())}
    assert asked.isdisjoint(question.prompt for _, question in ALL)


def _has_quiz(topic: str) -> bool:
    return lesson(topic).ready and lesson(topic).exercises


def test_answers_that_the_library_can_compute() -> None:
    estimator = RtoEstimator(minimum=0.0)
    estimator.srtt, estimator.rttvar = 0.1, 0.02
    estimator.sample(0.18)
    assert answer("07", "SRTT 100ms") == f"{estimator.rto * 1000:.0f}ms"
    assert answer("03", "첫 데이터 10바이트") == str(seq_add(4294967290, 1 + 10))
    assert answer("02", "인터넷 체크섬") == f"`0x{internet_checksum(bytes.fromhex('80008001')):04X}`"
    assert answer("11", "CUBIC의 cwnd가 100 MSS") == f"약 {cubic_k(100, 70):.1f}초"
    assert answer("11", "BBR이 병목을") == f"{2 * bdp_bytes(40e6, 0.05):,}바이트"
    assert answer("13", "윈도우가 1,000,000") == f"{max_throughput(1_000_000, 0.02) / 1e6:.0f}Mbit/s"
    assert round(8 * mathis_throughput(1460, 0.1, 0.0001) / 1e6) == 14  # 13의 '약 14Mbit/s'


# 뽑기 ---------------------------------------------------------------------


def test_a_seed_always_draws_the_same() -> None:
    assert draw(3) == draw(3) and [one.topic for one in draw(3)] == list(TOPICS)


def test_seeds_in_a_row_show_every_question_once() -> None:
    sets = [{one.question.prompt for one in draw(seed)} for seed in range(4)]
    assert all(one.isdisjoint(other) for one, other in combinations(sets, 2))
    assert set().union(*sets) == {question.prompt for _, question in ALL}


def test_the_right_choice_is_not_always_in_the_same_place() -> None:
    places = [[c.correct for c in one.question.choices].index(True) for seed in range(4) for one in draw(seed)]
    assert all(places.count(place) >= 12 for place in range(3))


@pytest.mark.parametrize("how", [{"seed": -1}, {"seed": 0, "each": 0}, {"seed": 0, "each": 5}])
def test_what_cannot_be_drawn(how: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"이어야|뽑을 수"):
        draw(**how)


def test_an_unknown_topic() -> None:
    with pytest.raises(KeyError, match="'99'"):
        questions("99")


# 성적 ---------------------------------------------------------------------


def test_the_first_pick_counts_and_the_report_names_the_lesson() -> None:
    shown = final_quiz(topics=["07", "08"])
    bad = wrong_index(shown.questions[0])
    good = [choice.correct for choice in shown.questions[1].choices].index(True)
    shown.pick(0, bad)
    shown.pick(0, [choice.correct for choice in shown.questions[0].choices].index(True))
    shown.pick(1, good)
    assert shown.report.again == ["07"] and shown.report.advice == "다시 읽을 강의: 07 재전송과 RTO"
    assert "07_retransmission.ipynb) | 1문제 가운데 0문제 | 다시 읽기 |" in shown.report._repr_markdown_()
    assert "08 흐름 제어: 1문제 가운데 1문제" in repr(shown.report)
    shown.redraw()
    assert shown.seed == 1 and shown.picked == [None, None] and shown.report.again == ["07"]


def test_only_a_whole_draw_is_kept_in_the_progress() -> None:
    few = final_quiz(topics=["07"])
    few.pick(0, 0)
    assert progress.load().quizzes == {}
    whole = final_quiz()
    whole.pick(0, [choice.correct for choice in whole.questions[0].choices].index(True))
    assert progress.load().quizzes == {"17": {"correct": 1, "total": len(TOPICS)}}


def test_the_widget_deals_again_and_keeps_the_report() -> None:
    from ipywidgets import Widget

    shown = final_quiz(topics=["03"])
    bar, paper, told = shown.widget.children
    seed, again = bar.children

    def radio() -> Any:
        return paper.children[0].children[1].children[1]

    before = radio().options
    radio().index = wrong_index(shown.questions[0])
    assert "다시 읽을 강의: 03" in told.value and 'role="status"' in told.value
    count = len(Widget.get_manager_state()["state"])
    again.click()
    assert len(Widget.get_manager_state()["state"]) == count  # 앞의 문제들은 치운다
    assert seed.value == shown.seed == 1 and radio().options != before and radio().index is None
    assert "다시 읽을 강의: 03" in told.value
    seed.value = 0
    assert radio().options == before


def test_saved_text_has_questions_and_no_answers() -> None:
    one, other = (final_quiz()._repr_mimebundle_() for _ in range(2))
    assert {k: v for k, v in one.items() if k != VIEW} == {k: v for k, v in other.items() if k != VIEW}
    text = one["text/plain"]
    assert text.startswith("마지막 퀴즈 (18문제, 뽑기 0)") and "강의 07 ·" in text
    assert not any(choice.why in text for drawn in draw(0) for choice in drawn.question.choices)


# 찾아보기 -----------------------------------------------------------------


def test_the_index_links_every_lesson_and_tells_every_arrow() -> None:
    from tcpedu.view.concepts import CONCEPTS, RELATIONS

    shown = concept_index()._repr_markdown_()
    assert all(f"{lesson(concept.lesson).slug}.ipynb)" in shown and concept.name in shown for concept in CONCEPTS)
    assert all(f"{old} → {new}: {text}" in shown and text in repr(concept_index()) for old, new, text in RELATIONS)
