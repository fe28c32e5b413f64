"""LMS의 성적표 채우기: 가져오기의 규칙을 그대로 시험한다 (Moodle 성적표와 오프라인 채점표, Canvas 성적표)."""

import csv
import io

import pytest

from tcpedu.grading.lms import feedback, fill_all, fill_sheet, score
from tcpedu.grading.lms_columns import Kind, kind_of
from tcpedu.grading.result import ProblemResult, State, Status, SubmissionResult
from tcpedu.grading.roster import Person
from tcpedu.grading.sheet import Sheet

KIM = Person(number="0012", name="김철수", email="kim@example.ac.kr", lms="77")
LEE = Person(number="0034", name="이영희", email="lee@example.ac.kr", lms="78")


def graded(person: Person, points: float = 9, lesson: str = "02_segment_header", **changes: object) -> SubmissionResult:
    problem = ProblemResult("f", "헤더, 읽기", Status.WRONG, points, 12)
    values = {"file": f"{person.name}.ipynb", "student": person.name, "state": State.GRADED, "person": person}
    return SubmissionResult(**{**values, "lesson": lesson, "problems": (problem,), **changes})  # type: ignore[arg-type]


CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,과제 2: 헤더 (9001),과제 3 (9002),최종 Current Score\r\n"
    "    Points Possible,,,,,10,5,(read only)\r\n"
    '"김, 철수",77,0012,kim@example.ac.kr,"가반, 나반",,,50.0\r\n'
    '"이, 영희",78,0034,lee@example.ac.kr,가반,EX,-,\r\n'
    '"박, 민수",79,0056,park@example.ac.kr,가반,3.5,,\r\n'
)
WORKSHEET = (
    "Identifier,Full name,ID number,Email address,Status,Grade,Maximum grade,Grade can be changed,"
    "Last modified (submission),Last modified (grade),Feedback comments\n"
    'Participant 77,김철수,0012,kim@example.ac.kr,"Submitted, late",-,100.00,Yes,"Tuesday, 10 March 2026, 9:00 AM",-,\n'
    'Participant 78,이영희,0034,lee@example.ac.kr,No submission,,100.00,No,-,-,"옛 ""말"""\n'
)
MOODLE = (
    "First name,Last name,ID number,Email address,Assignment: 과제 2 (Real),Assignment: 과제 2 (Feedback),"
    "Course total (Real),Last downloaded from this course\n"
    "철수,김,0012,kim@example.ac.kr,-,,12.00,1773100000\n"
    "영희,이,0034,lee@example.ac.kr,-,,-,1773100000\n"
)
KOREAN = (
    "식별자,이름,ID 번호,상태,성적,최대 성적,마지막 수정됨(성적),피드백 코멘트\n참가자77,김철수,0012,제출 완료,,10,-,\n"
)
PLAIN = "번호;학번;성명;점수;비고\n1;'0012;김철수;;\n2;'0034;이영희;;\n"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (CANVAS, Kind.CANVAS), (WORKSHEET, Kind.WORKSHEET), (KOREAN, Kind.WORKSHEET), (MOODLE, Kind.MOODLE),
        (PLAIN, Kind.PLAIN), ("LastName,FirstName,ID,Section,과제 2 (1)\n", Kind.CANVAS),
    ],
)  # fmt: skip
def test_kinds(text: str, kind: Kind) -> None:
    assert kind_of(Sheet(text.encode())) is kind


def filled(text: str, *results: SubmissionResult, column: str | None = None) -> tuple[Sheet, list[str]]:
    sheet = Sheet(text.encode())
    notes = fill_sheet(sheet, results, column)
    return Sheet(sheet.to_bytes()), notes


def differences(before: str, after: Sheet) -> set[tuple[int, int]]:
    """값이 달라진 칸. 그 밖은 바이트까지 같아야 한다."""
    old = Sheet(before.encode())
    places = {
        (row, column) for row in range(len(old.rows)) for column in range(len(old.rows[row]))
        if old.value(row, column) != after.value(row, column)
    }  # fmt: skip
    for row, column in places:
        old.set(row, column, after.value(row, column))
    assert old.to_bytes() == after.to_bytes()
    return places


def test_canvas_changes_only_the_score() -> None:
    sheet, notes = filled(CANVAS, graded(KIM), graded(LEE))
    assert differences(CANVAS, sheet) == {(2, 5)}
    assert sheet.value(2, 5) == "7.5"  # 9/12를 배점 10에 맞춘다
    assert sheet.values(1) == Sheet(CANVAS.encode()).values(1), "배점 줄을 바꾸면 과제의 배점이 바뀐다"
    assert any("면제(EX)" in note for note in notes)


def test_canvas_can_still_read_it() -> None:
    """첫 두 칸이 Student와 ID, 마지막 정보 칸이 Section, 제목은 그대로: 모르는 제목은 새 과제가 된다."""
    sheet, _ = filled(CANVAS, graded(KIM))
    rows = list(csv.reader(io.StringIO(sheet.to_bytes().decode(), newline="")))
    assert "Student" in rows[0][0] and "ID" in rows[0][1] and rows[0][4] == "Section"
    assert rows[0] == next(csv.reader(io.StringIO(CANVAS)))
    assert "," not in rows[2][5] and float(rows[2][5]) == 7.5


def test_canvas_fills_every_lesson_in_its_own_column() -> None:
    third = graded(KIM, 12, "03_sequence_numbers", file="b.ipynb")
    sheet, _ = filled(CANVAS, graded(KIM), third)
    assert differences(CANVAS, sheet) == {(2, 5), (2, 6)} and sheet.value(2, 6) == "5"


def test_canvas_read_only_columns_are_left_alone() -> None:
    text = CANVAS.replace(",10,5,", ",10 (read only),5,")
    with pytest.raises(ValueError, match="어느 열이"):
        fill_sheet(Sheet(text.encode()), [graded(KIM)])  # 남은 열은 과제 3의 것이다


def test_worksheet_changes_only_grade_and_feedback() -> None:
    sheet, notes = filled(WORKSHEET, graded(KIM), graded(LEE))
    assert differences(WORKSHEET, sheet) == {(1, 5), (1, 10)}
    assert sheet.value(1, 5) == "75" and sheet.value(1, 10).startswith("9/12점")
    assert any("바꿀 수 없는 줄" in note for note in notes)


def test_worksheet_in_korean_matches_the_participant_number() -> None:
    sheet, _ = filled(KOREAN, graded(Person(name="다른 이름", lms="77")))
    assert (sheet.value(1, 4), sheet.value(1, 7)[:6]) == ("7.5", "9/12점 ")


def test_gradebook_gets_grade_and_feedback_together() -> None:
    """하나만 가져오면 다른 하나를 잃는다. 총점과 내려받은 시각은 그대로다."""
    sheet, notes = filled(MOODLE, graded(KIM), graded(LEE))
    assert differences(MOODLE, sheet) == {(1, 4), (1, 5), (2, 4), (2, 5)}
    assert sheet.value(1, 4) == "9"
    assert any("LMS의 만점도 12점인지" in note for note in notes)


def test_plain_sheet_by_student_number() -> None:
    sheet, _ = filled(PLAIN, graded(LEE))
    assert differences(PLAIN, sheet) == {(2, 3), (2, 4)}


def test_named_column_wins() -> None:
    sheet, _ = filled("학번,중간,기말\n0012,,\n", graded(KIM), column="기말")
    assert sheet.values(1) == ["0012", "", "9"]


@pytest.mark.parametrize(
    ("text", "results", "column", "message"),
    [
        (PLAIN, [graded(KIM), graded(KIM, lesson="03_sequence_numbers")], None, "과제 하나만 채울 수 있습니다"),
        ("학번,이름\n0012,김철수\n", [graded(KIM)], None, "점수를 적을 열을 찾지 못했습니다"),
        (CANVAS.replace("과제 2", "숙제 가").replace("과제 3", "숙제 나"), [graded(KIM)], None, "어느 열이 어느 과제"),
        (PLAIN, [graded(KIM)], "없는 열", "'없는 열'이라는 열이 없습니다"),
    ],
)  # fmt: skip
def test_an_unclear_column_is_asked_not_guessed(text: str, results, column, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        fill_sheet(Sheet(text.encode()), results, column)


def test_ungraded_and_unknown_learners_touch_nothing() -> None:
    failed = SubmissionResult("김철수.ipynb", "김철수", State.FAILED, person=KIM)
    stranger = graded(Person(number="9999", name="모르는 사람"))
    sheet, notes = filled(MOODLE, failed, stranger)
    assert differences(MOODLE, sheet) == set()
    assert any("모르는 사람" in note and "찾지 못해" in note for note in notes)


def test_same_name_is_never_guessed() -> None:
    text = "학번,이름,점수\n0012,김철수,\n0099,김철수,\n"
    sheet, notes = filled(text, graded(Person(name="김철수")))
    assert differences(text, sheet) == set() and any("찾지 못해" in note for note in notes)


@pytest.mark.parametrize(
    ("points", "possible", "text"), [(9, 10, "7.5"), (12, 100, "100"), (1, 10, "0.83"), (0, 5, "0")]
)
def test_scores_are_plain_numbers(points: float, possible: float, text: str) -> None:
    assert score(graded(KIM, points), possible) == text


def test_feedback_is_never_a_formula() -> None:
    assert feedback(graded(KIM))[0].isdigit()


def test_one_unclear_sheet_does_not_stop_the_others(tmp_path) -> None:
    (tmp_path / "나쁨.csv").write_text("학번,이름\n0012,김철수\n", encoding="utf-8")
    (tmp_path / "좋음.csv").write_text(PLAIN, encoding="utf-8")
    files = [str(tmp_path / name) for name in ("나쁨.csv", "좋음.csv")]
    names, notes = fill_all(files, [graded(KIM)], tmp_path / "lms")
    assert names == ["좋음.csv"] and not (tmp_path / "lms" / "나쁨.csv").exists()
    assert any(note.startswith("나쁨.csv을(를) 채우지 못했습니다. 점수를 적을 열을") for note in notes)


def test_the_export_itself_is_never_changed(tmp_path) -> None:
    export = tmp_path / "성적표.csv"
    export.write_bytes(CANVAS.encode("utf-8-sig"))
    names, _ = fill_all([str(export)], [graded(KIM)], tmp_path / "lms")
    assert names == ["성적표.csv"] and export.read_bytes() == CANVAS.encode("utf-8-sig")
    assert (tmp_path / "lms" / "성적표.csv").read_bytes().startswith(b"\xef\xbb\xbfStudent")
