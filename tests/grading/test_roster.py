"""누구의 제출물인가: LMS가 지은 이름, 명단, 여러 번 낸 것."""

import os
from pathlib import Path

import pytest

from tcpedu.grading.collect import Found, collect
from tcpedu.grading.deadline import Deadlines
from tcpedu.grading.finish import finish
from tcpedu.grading.result import ProblemResult, State, Status, SubmissionResult
from tcpedu.grading.roster import Person, Roster, guess, read_roster, roster_of
from tcpedu.grading.sheet import Sheet

# (이름, LMS의 번호, 지각) — Moodle의 과제와 Canvas의 content_zipper가 짓는 이름
LMS_NAMES = {
    "김철수_12345_assignsubmission_file_/02.ipynb": ("김철수", "12345", False),
    "김철수_12345_assignsubmission_file_02.ipynb": ("김철수", "12345", False),
    "Kim Chulsoo_12345_assignsubmission_file_/a_1_2_b.ipynb": ("Kim Chulsoo", "12345", False),
    "참가자_12345_assignsubmission_file_/02.ipynb": ("", "12345", False),
    "Participant_12345_assignsubmission_file_/02.ipynb": ("", "12345", False),
    "김철수_77_9001_02_segment_header.ipynb": ("김철수", "77", False),
    "kimchulsoo_LATE_77_9001_02_segment_header-1.ipynb": ("kimchulsoo", "77", True),
    "kimchulsoo_late_77_9001_hw.ipynb": ("kimchulsoo", "77", True),
    "20260001_김철수.ipynb": ("", "", False),
    "02_segment_header.ipynb": ("", "", False),
    "과제_2_1.ipynb": ("", "", False),
}


@pytest.mark.parametrize("name", LMS_NAMES)
def test_names_made_by_an_lms(name: str) -> None:
    found = guess(name)
    assert (found.person.name, found.person.lms, found.late) == LMS_NAMES[name]


KIM = Person("0012", "김철수", "kim@example.ac.kr", "77")
LEE = Person("0034", "이영희", "lee@example.ac.kr", "78")
TWIN = Person("0056", "이영희", "other@example.ac.kr", "79")
PARK = Person("A2026", "Park, Minsu", "park@example.ac.kr", "80")
ROSTER = Roster((KIM, LEE, TWIN, PARK), dict.fromkeys((KIM, LEE, TWIN, PARK), 1))

FOUND = {
    "0012_과제2.ipynb": KIM,
    "과제2-0012-final.ipynb": KIM,
    "0012김철수.ipynb": KIM,
    "김철수.ipynb": KIM,
    "02주차/김철수/02_segment_header.ipynb": KIM,
    "아무개_77_9001_hw.ipynb": KIM,
    "lee@example.ac.kr_02.ipynb": LEE,
    "0034_이영희.ipynb": LEE,
    "a2026.ipynb": PARK,
    "parkminsu_999_1_hw.ipynb": PARK,
    "이영희.ipynb": None,  # 둘이라서 정하지 않는다
    "0012_0034_함께.ipynb": None,
    "00120.ipynb": None,
    "12.ipynb": None,  # 앞의 0을 잃은 학번은 다른 학번이다
    "02.ipynb": None,
}


@pytest.mark.parametrize("name", FOUND)
def test_roster_decides(name: str) -> None:
    assert ROSTER.find(name, guess(name).person) == FOUND[name]


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("학번,이름,이메일\n0012,김철수,kim@example.ac.kr\n", Person("0012", "김철수", "kim@example.ac.kr")),
        ("학번\t성명\n'0012\t김철수\n", Person("0012", "김철수")),
        ('학번,성명\n"=""0012""",김철수\n', Person("0012", "김철수")),
        ("Identifier,Full name,Grade\nParticipant 77,김철수,\n", Person("", "김철수", "", "77")),
        ("이름,성,ID 번호,이메일\n철수,김,0012,k@x.kr\n", Person("0012", "김철수", "k@x.kr")),
        (
            "Student,ID,SIS User ID,SIS Login ID,Section\n    Points Possible,,,,\n"
            '"김, 철수",77,0012,kim,가반\n"Student, Test",99,,t,가반\n',
            Person("0012", "김, 철수", "kim", "77"),
        ),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp949"])
def test_exports_are_rosters_too(text: str, person: Person, encoding: str) -> None:
    assert roster_of(Sheet(text.encode(encoding))).people == (person,)


def test_a_file_without_people_is_refused(tmp_path) -> None:
    (tmp_path / "명단.csv").write_text("가,나\n1,2\n", encoding="utf-8")
    with pytest.raises(ValueError, match="학번, 이름, 이메일"):
        read_roster(tmp_path / "명단.csv")


def graded(found: Found, points: float = 1, state: State = State.GRADED) -> SubmissionResult:
    problems = (ProblemResult("f", "문제", Status.CORRECT, points, 2),) if state is State.GRADED else ()
    return SubmissionResult(found.name, found.student, state, "02_segment_header", problems)


def finished(folder: Path, roster: Roster | None = ROSTER):
    out = folder / "out"
    out.mkdir()
    entries = [(one, graded(one)) for one in collect(folder, without=out).submissions]
    return finish(entries, out, roster, Deadlines())


def touch(folder: Path, **times: int) -> None:
    """이름 → 파일의 시각. 이름의 `__`는 `.`이다."""
    for name, time in times.items():
        path = folder / name.replace("__", ".")
        path.write_bytes(b"{}")
        os.utime(path, (time, time))


def test_the_latest_of_several_submissions_counts(tmp_path) -> None:
    touch(tmp_path, **{"0012_초안.ipynb": 300, "0012_최종.ipynb": 900, "0034_a.ipynb": 100})
    done = finished(tmp_path)
    assert [one.file for one in done.results] == ["0012_최종.ipynb", "0034_a.ipynb"]
    assert [one.file for one in done.older] == ["0012_초안.ipynb"]
    assert "제출물이 2개입니다" in done.results[0].findings[0]
    assert [one.student for one in done.results] == ["0012 김철수", "0034 이영희"]
    assert done.absent == (TWIN, PARK)


def test_a_resubmission_number_beats_the_clock(tmp_path) -> None:
    """폴더를 복사하면 파일의 시각이 뒤섞인다. 같은 이름이면 다시 낸 번호가 정한다."""
    touch(
        tmp_path, **{"김철수_77_9001_hw.ipynb": 900, "김철수_77_9005_hw-1.ipynb": 100, "김철수_77_9009_hw-2.ipynb": 50}
    )
    done = finished(tmp_path)
    assert [one.file for one in done.results] == ["김철수_77_9009_hw-2.ipynb"]
    assert len(done.older) == 2


def test_strangers_are_graded_and_told(tmp_path) -> None:
    touch(tmp_path, **{"0012_a.ipynb": 1, "아무도 아님.ipynb": 1})
    done = finished(tmp_path)
    assert len(done.results) == 2 and [one.file for one in done.unlisted] == ["아무도 아님.ipynb"]


def test_without_a_roster_files_are_never_merged_by_a_guess(tmp_path) -> None:
    """날짜가 학번처럼 보여도, 이름이 같아도 남의 제출물을 버리지 않는다."""
    touch(tmp_path, **{"20260310_김철수.ipynb": 1, "20260310_이영희.ipynb": 2, "김철수.ipynb": 3})
    done = finished(tmp_path, None)
    assert len(done.results) == 3 and done.older == () and done.unlisted == () and done.absent == ()


def test_an_unreadable_later_file_does_not_hide_the_earlier_one(tmp_path) -> None:
    first, second = (
        Found(tmp_path / name, name, name, modified=n) for n, name in enumerate(["0012_a.ipynb", "0012_b.ipynb"])
    )
    done = finish(
        [(first, graded(first)), (second, graded(second, state=State.UNREADABLE))], tmp_path, ROSTER, Deadlines()
    )
    assert [one.state for one in done.results] == [State.GRADED, State.UNREADABLE] and done.older == ()
