"""교사가 고친 점수: CSV 한 장을 손으로 고치고, 다시 채점해도 남는다."""

import pytest

from tcpedu.grading.overrides import NAME, apply, read_overrides
from tcpedu.grading.result import ProblemResult, State, Status, SubmissionResult
from tcpedu.grading.roster import Person

RESULTS = tuple(
    SubmissionResult(
        f"{name}.ipynb", name, State.GRADED, "02_segment_header", person=Person(number=number),
        problems=(ProblemResult("f", "문제", Status.WRONG, 0, 3), ProblemResult("g", "문제", Status.CORRECT, 2, 2)),
    )
    for name, number in (("김철수", "0012"), ("이영희", "0034"))
)  # fmt: skip


def written(folder, *rows: str, encoding: str = "utf-8-sig"):
    (folder / NAME).write_text("\r\n".join(["학생,과제,문제,점수,까닭", *rows, ""]), encoding=encoding, newline="")
    overrides, notes = read_overrides(folder)
    results, more = apply(RESULTS, overrides)
    return results, [*notes, *more]


def test_an_empty_sheet_is_left_ready_and_never_overwritten(tmp_path) -> None:
    assert read_overrides(tmp_path) == ([], [])
    assert (tmp_path / NAME).read_bytes() == "\ufeff학생,과제,문제,점수,까닭\r\n".encode()
    written(tmp_path, "김철수,02,f,1,부분 점수")
    before = (tmp_path / NAME).read_bytes()
    read_overrides(tmp_path)
    assert (tmp_path / NAME).read_bytes() == before


@pytest.mark.parametrize("student", ["김철수", "0012", "'0012", "김철수.ipynb"])
@pytest.mark.parametrize("lesson", ["02", "2", "02_segment_header", ""])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp949"])
def test_points_and_reason(tmp_path, student: str, lesson: str, encoding: str) -> None:
    (kim, lee), notes = written(tmp_path, f"{student},{lesson},f,2.5,생각이 맞음", encoding=encoding)
    assert notes == [] and lee == RESULTS[1]
    assert (kim.points, kim.problems[0].points, kim.problems[0].status) == (4.5, 2.5, Status.WRONG)
    assert kim.problems[0].teacher == "선생님이 점수를 고쳤습니다: 0점 → 2.5점 (생각이 맞음)"


def test_whole_points_are_written_whole(tmp_path) -> None:
    (kim, _), _ = written(tmp_path, "김철수,02,f,2.0,")
    assert str(kim.problems[0].points) == "2"


def test_a_word_without_points(tmp_path) -> None:
    (kim, _), notes = written(tmp_path, "김철수,02,g,,풀이가 아름답습니다")
    assert (kim.points, kim.problems[1].teacher, notes) == (2, "선생님의 말: 풀이가 아름답습니다", [])


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("없는 사람,02,f,1,", "맞는 제출물이나 문제가 없어"),
        ("김철수,03,f,1,", "맞는 제출물이나 문제가 없어"),
        ("김철수,02,h,1,", "맞는 제출물이나 문제가 없어"),
        ("김철수,02,f,네 점,", "'네 점'을(를) 읽을 수 없어"),
        ("김철수,02,f,4,", "0과 만점 사이가 아니어서"),
        ("김철수,02,f,-1,", "0과 만점 사이가 아니어서"),
        ("김철수,02,f,nan,", "0과 만점 사이가 아니어서"),
    ],
)
def test_a_useless_row_is_told(tmp_path, row: str, message: str) -> None:
    results, (note,) = written(tmp_path, row)
    assert results == RESULTS and message in note and f"{NAME} 2번째 줄" in note


def test_a_broken_head_is_told(tmp_path) -> None:
    (tmp_path / NAME).write_text("가,나\n", encoding="utf-8")
    _, (note,) = read_overrides(tmp_path)
    assert "첫 줄이" in note
