"""보고서: 남의 글이 보고서를 깨거나 식이 되거나 코드가 되지 못한다."""

import csv
import io
from xml.etree import ElementTree

import pytest

from tcpedu.grading.finish import Finished
from tcpedu.grading.pages import class_page, learner_page, page_names, prose
from tcpedu.grading.report import grades_csv, junit_xml, safe_cell, write_text
from tcpedu.grading.result import ProblemResult, State, Status, SubmissionResult, line
from tcpedu.grading.roster import Person
from tcpedu.grading.similar import Pair

EVIL = "<script>alert(1)</script>&\"'`<b>`\x00\x1b[31m\u202e\ud800{{7*7}}"


def problem(status: Status = Status.WRONG, **changes: object) -> ProblemResult:
    values: dict[str, object] = {
        "name": "f", "title": "제목", "status": status, "points": 2 if status is Status.CORRECT else 0, "possible": 2,
    }  # fmt: skip
    return ProblemResult(**{**values, **changes})  # type: ignore[arg-type]


def graded(*problems: ProblemResult, **changes: object) -> SubmissionResult:
    values: dict[str, object] = {"file": "a.ipynb", "student": "a", "state": State.GRADED, "lesson": "99_x"}
    return SubmissionResult(**{**values, "problems": problems, **changes})  # type: ignore[arg-type]


TEXTS = ("teacher", "headline", "diagnosis", "given", "expected", "actual", "differs", "error", "note", "next_step")
EVIL_RESULT = graded(
    problem(**dict.fromkeys(TEXTS, EVIL)),
    problem(Status.BORROWED, steps=(EVIL, EVIL), name="g"), findings=(EVIL,), file=EVIL, student=EVIL, late=EVIL,
    person=Person(EVIL, EVIL),
)  # fmt: skip


def test_pages_escape_everything() -> None:
    failed = SubmissionResult(EVIL, EVIL, State.UNREADABLE, reason=EVIL)
    pair = Pair("f", EVIL, EVIL, 1.0)
    everything = Finished(
        (EVIL_RESULT, failed), (failed,), (Person(EVIL, EVIL),), (failed,), (pair,), (EVIL,), (EVIL,)
    )  # fmt: skip
    pages = [learner_page(EVIL_RESULT), learner_page(failed), class_page(everything, {EVIL: "a.html"}, [EVIL])]
    for page in pages:
        page.encode("utf-8")
        for raw in ("<script", "<b>", "\x00", "\x1b", "\u202e", "49"):
            assert raw not in page
        assert "&lt;script&gt;" in page


def test_junit_is_valid_xml() -> None:
    ElementTree.fromstring(junit_xml([EVIL_RESULT]).split("\n", 1)[1])


def test_junit_counts() -> None:
    problems = [problem(status, name=status.name) for status in Status]
    suites = ElementTree.fromstring(junit_xml([graded(*problems)]).split("\n", 1)[1])
    assert (suites.get("tests"), suites.get("failures"), suites.get("errors")) == ("7", "4", "2")


@pytest.mark.parametrize("text", ["=1+1", "+82", "-1", "@cmd", "\tx", "\rx", "\nx"])
def test_formulas_are_defused(text: str) -> None:
    assert safe_cell(text) == "'" + text


def test_ordinary_cells_are_kept() -> None:
    assert [safe_cell(text) for text in ("김철수", "00123", "")] == ["김철수", "00123", ""]


def test_csv_never_turns_a_failure_into_zero() -> None:
    failed = SubmissionResult("b.ipynb", "=b", State.FAILED, reason="커널")
    half = graded(problem(Status.CORRECT), problem(name="g"))
    one, other = csv.DictReader(io.StringIO(grades_csv([half, failed])))
    assert [one[name] for name in ("점수", "만점", "백분율", "99 f", "99 g")] == ["2", "4", "50", "2", "0"]
    assert [other[name] for name in ("학생", "상태", "점수", "99 f")] == ["'=b", "채점기 실패", "", ""]


@pytest.mark.parametrize(
    ("points", "possible", "percent"),
    [(1, 3, 33.3), (2, 3, 66.7), (1, 8, 12.5), (1, 16, 6.3), (0, 0, None), (0.1 + 0.2, 0.3, 100)],
)
def test_percent(points: float, possible: float, percent: float | None) -> None:
    assert graded(problem(points=points, possible=possible)).percent == percent


def test_page_names_are_safe_and_distinct() -> None:
    files = ["a.ipynb", "A.ipynb", "b/a.ipynb", "b_a.ipynb", "../../x.ipynb", "con.ipynb", "김철수 (1).ipynb"]
    files += ["?.ipynb", "가" * 300]
    names = page_names([graded(file=file) for file in files])
    assert len({name.casefold() for name in names.values()}) == len(files)
    for name in names.values():
        assert not set(name) & set('/\\:*?"<>|') and not name.startswith(".") and len(name.encode()) < 255
    assert names["con.ipynb"] != "con.html"


def test_round_trip() -> None:
    for result in (EVIL_RESULT, SubmissionResult("a", "a", State.FAILED, reason="x")):
        assert SubmissionResult.from_dict(result.to_dict()) == result


def test_prose_marks_code() -> None:
    assert prose("`a<b` 그리고 <i>") == "<code>a&lt;b</code> 그리고 &lt;i&gt;"


def test_line() -> None:
    assert line(graded(problem(Status.CORRECT), problem())) == "a.ipynb: 2/4점 ✅❌"
    assert "채점기 실패" in line(SubmissionResult("a", "a", State.FAILED, reason="x"))


def test_write_text_keeps_line_ends(tmp_path) -> None:
    write_text(tmp_path / "a", "가\r\n나\n\ud800")
    assert (tmp_path / "a").read_bytes() == "가\r\n나\n?".encode()
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_the_class_page_says_how_far_submissions_were_confined() -> None:
    """한 반에 두 단계가 섞였으면 둘 다 말한다: 컴퓨터 여러 대로 채점하면 그럴 수 있다."""
    page = class_page(Finished((graded(tier="A"), graded(tier="B"))), {})
    assert "격리 A단계" in page and "격리 B단계" in page
    assert "격리" not in class_page(Finished((graded(),)), {})
