"""채점 결과를 터미널에 보인다."""

import io
from pathlib import Path

from rich.console import Console

from tcpedu.cli.show import show_submission, show_summary
from tcpedu.grading import GradeSummary, ProblemResult, State, Status, SubmissionResult

RIGHT = ProblemResult("seq_lt", "순서 비교", Status.CORRECT, 2, 2, rfc="RFC 9293 §3.4")
WRONG = ProblemResult(
    "wrap", "감기 [고리]", Status.WRONG, 0.5, 3, rfc="RFC 9293 §3.4", headline="공개 검사에서 틀렸습니다.",
    diagnosis="2**32로 나누지 않았습니다.", given="wrap(5, isn=[1])", expected="6", actual="[7]",
    next_step="hint(wrap)",
)  # fmt: skip
GRADED = SubmissionResult("김.ipynb", "김", State.GRADED, "03", (RIGHT, WRONG), findings=("셀 차례가 다릅니다.",))
BROKEN = SubmissionResult("이.ipynb", "이", State.UNREADABLE, reason="JSON이 아닙니다.")


def shown(result: SubmissionResult) -> str:
    console = Console(file=io.StringIO(), width=200)
    show_submission(result, console)
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]


def test_a_wrong_answer_comes_with_everything_the_learner_needs() -> None:
    text = shown(GRADED)
    for part in (WRONG.headline, WRONG.diagnosis, WRONG.given, WRONG.expected, WRONG.actual, WRONG.rfc, "hint(wrap)"):
        assert part in text  # 대괄호도 그대로: rich의 표시로 읽지 않는다
    assert "감기 [고리] (wrap)  0.5/3점" in text
    assert "2.5/5점 (50%)" in text
    assert "셀 차례가 다릅니다." in text


def test_a_right_answer_is_one_line() -> None:
    lines = shown(GRADED).splitlines()
    assert lines[1].endswith("순서 비교 (seq_lt)  2/2점")
    assert "감기" in lines[2]


def test_an_unreadable_file_is_not_a_zero() -> None:
    text = shown(BROKEN)
    assert "읽을 수 없음 JSON이 아닙니다." in text and "점" not in text


def test_summary_of_a_class(tmp_path: Path) -> None:
    console = Console(file=io.StringIO(), width=200)
    show_summary(GradeSummary((GRADED, BROKEN), tmp_path, ("메모[1].txt",), 1, 0.1), console)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert "제출물 2개 가운데 1개를 채점했습니다 (전에 채점한 1개 포함)." in text
    assert "이.ipynb: JSON이 아닙니다." in text and "건너뜀 메모[1].txt" in text
    assert str(tmp_path / "grades.csv") in text
