"""반 전체: 분포, 어려웠던 문제, 내일 다시 가르칠 것."""

import pytest

from tcpedu.grading.finish import Finished
from tcpedu.grading.overview import overview
from tcpedu.grading.pages import class_page
from tcpedu.grading.result import ProblemResult, State, Status, SubmissionResult
from tcpedu.grading.roster import Person
from tcpedu.grading.similar import Pair

LESSON = "02_segment_header"


def answer(name: str, status: Status, diagnosis: str) -> ProblemResult:
    right = status is Status.CORRECT
    said = "" if right else diagnosis
    return ProblemResult(name, f"{name} 문제", status, 2 if right else 0, 2, rfc="RFC 9293 §3.1", diagnosis=said)


def learner(number: int, first: Status, second: Status, diagnosis: str = "") -> SubmissionResult:
    problems = (answer("f", first, diagnosis), answer("g", second, diagnosis))
    return SubmissionResult(f"{number}.ipynb", f"학생{number}", State.GRADED, LESSON, problems)


RESULTS = (
    learner(1, Status.CORRECT, Status.CORRECT),
    learner(2, Status.CORRECT, Status.WRONG, "워드를 바이트로 읽었다."),
    learner(3, Status.CORRECT, Status.WRONG, "워드를 바이트로 읽었다."),
    learner(4, Status.WRONG, Status.TIMEOUT, "올림을 버렸다."),
)


def test_numbers() -> None:
    found = overview(LESSON, RESULTS)
    assert [one.count for one in found.bins] == [1, 0, 0, 0, 0, 2, 0, 0, 0, 1]
    assert (found.mean, found.median) == (50, 50)
    assert [(one.problem.name, one.solved, one.total) for one in found.hardest] == [("g", 1, 4), ("f", 3, 4)]
    assert found.hardest[0].statuses == ((Status.WRONG, 2), (Status.TIMEOUT, 1))
    assert (found.misconceptions[0].text, found.misconceptions[0].count) == ("워드를 바이트로 읽었다.", 2)


@pytest.mark.parametrize("points", [(0,), (100,), (0, 100), (99, 100, 100)])
def test_every_learner_is_in_one_bin(points: tuple[int, ...]) -> None:
    results = [
        SubmissionResult(str(n), str(n), State.GRADED, LESSON, (ProblemResult("f", "문제", Status.WRONG, p, 100),))
        for n, p in enumerate(points)
    ]
    found = overview(LESSON, results)
    assert sum(one.count for one in found.bins) == len(points) and found.bins[-1].high == 100


def test_the_page_says_what_to_teach_tomorrow() -> None:
    failed = SubmissionResult("x.ipynb", "x", State.FAILED, reason="커널")
    finished = Finished(
        (*RESULTS, failed), absent=(Person("0099", "안낸이"),), unlisted=(RESULTS[0],),
        pairs=(Pair("g", "2.ipynb", "3.ipynb", 0.93),), notes=("overrides.csv 2번째 줄: …",),
    )  # fmt: skip
    page = class_page(finished, {one.file: f"pages/{one.file}.html" for one in finished.results}, ["메모.txt"])
    for text in (
        "내일 다시 가르칠 것", "<strong>2명</strong> — 워드를 바이트로 읽었다.", "RFC 9293 §3.1", "점수의 분포",
        "어려웠던 문제", "1/4 (25%)", "제출하지 않은 사람", "0099 안낸이", "명단에 없는 제출물", "거의 같은 답", "93%",
        "점수는 바꾸지 않았습니다", "채점기 실패", "메모.txt", "overrides.csv 2번째 줄",
    ):  # fmt: skip
        assert text in page, text
    assert 'href="http' not in page and "src=" not in page and "<script" not in page


def test_an_empty_class_is_a_page_too() -> None:
    assert "제출물 0개" in class_page(Finished(()), {})
