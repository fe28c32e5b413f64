"""LMS가 내보낸 성적표(CSV)에 점수를 채운다. 점수와 설명의 칸 말고는 한 바이트도 바꾸지 않는다.

Moodle의 성적표와 오프라인 채점표, Canvas의 성적표를 알아본다. 그 밖의 표(LearnUs, LearningX에서 내려받은
것)는 학번과 점수 열이 있으면 같은 방법으로 채운다. 원래 파일은 그대로 두고 결과 폴더의 lms/에 새로 쓴다.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from tcpedu.grading.result import State, SubmissionResult, tidy
from tcpedu.grading.roster import Person, Roster, roster_of
from tcpedu.grading.sheet import Sheet, plain, read_sheet


class Kind(Enum):
    """어느 LMS의 표인가."""

    CANVAS = "Canvas 성적표"
    WORKSHEET = "Moodle 오프라인 채점표"
    MOODLE = "Moodle 성적표"
    PLAIN = "성적표"


@dataclass(frozen=True)
class Target:
    """채울 열: 어느 과제의 점수이고, 설명은 어디에 적는가."""

    lesson: str
    grade: int
    feedback: int | None = None


def fill_target(text: str) -> tuple[Path, str | None]:
    """`성적표.csv` 또는 `성적표.csv=열 이름`."""
    path, _, column = text.rpartition("=")
    if Path(text).is_file() or not path:
        return Path(text), None
    return Path(path), column


def fill_all(fill: Iterable[str], results: Sequence[SubmissionResult], folder: Path) -> tuple[list[str], list[str]]:
    """표마다 채워서 `folder`에 쓴다. 쓴 파일의 이름과 알릴 말을 돌려준다."""
    names, notes = [], []
    for text in fill:
        path, column = fill_target(text)
        sheet = read_sheet(path)
        notes += [f"{path.name}: {note}" for note in fill_sheet(sheet, results, column)]
        folder.mkdir(parents=True, exist_ok=True)
        (folder / path.name).write_bytes(sheet.to_bytes())
        names.append(path.name)
    return names, notes


def fill_sheet(sheet: Sheet, results: Sequence[SubmissionResult], column: str | None = None) -> list[str]:
    """표에 점수를 채우고 알릴 말을 돌려준다. 어느 열인지 정할 수 없으면 ValueError."""
    kind = kind_of(sheet)
    graded = [result for result in results if result.state is State.GRADED]
    roster = roster_of(sheet)
    notes: list[str] = []
    for target in targets(sheet, kind, sorted({result.lesson for result in graded}), column):
        group = [result for result in graded if result.lesson == target.lesson]
        notes += _fill_column(sheet, kind, roster, target, group)
    return notes


def kind_of(sheet: Sheet) -> Kind:
    """첫 줄을 보고 어느 LMS의 것인지 안다."""
    head = [*map(plain, sheet.header), "", ""]
    if ("student" in head[0] and "id" in head[1]) or head[:2] == ["lastname", "firstname"]:
        return Kind.CANVAS
    if sheet.column("Identifier", "식별자") is not None and sheet.column("Grade", "성적", "점수") is not None:
        return Kind.WORKSHEET
    known = sheet.column("Email address", "이메일 주소", "이메일", "ID number", "ID 번호")
    if known is not None and _assignments(sheet):
        return Kind.MOODLE
    return Kind.PLAIN


def targets(sheet: Sheet, kind: Kind, lessons: Sequence[str], column: str | None) -> list[Target]:
    """채울 열들."""
    if not lessons:
        return []
    if column is not None:
        return [Target(_only(lessons), _named(sheet, column), _feedback(sheet, kind, _named(sheet, column)))]
    if kind in (Kind.WORKSHEET, Kind.PLAIN):
        grade = sheet.column("Grade", "성적", "점수", "Score", "총점")
        if grade is None:
            raise ValueError(f"점수를 적을 열을 찾지 못했습니다: {_SAY} {_heads(sheet)}")
        return [Target(_only(lessons), grade, _feedback(sheet, kind, grade))]
    places = _canvas_assignments(sheet) if kind is Kind.CANVAS else _assignments(sheet)
    found = [(lesson, [place for place in places if _is_titled(sheet.header[place], lesson)]) for lesson in lessons]
    if len(lessons) == len(places) == 1 and not found[0][1]:
        found = [(lessons[0], places)]
    if not any(place for _, place in found) or any(len(place) > 1 for _, place in found):
        raise ValueError(f"어느 열이 어느 과제인지 알 수 없습니다: {_SAY} {_heads(sheet)}")
    return [Target(lesson, place[0], _feedback(sheet, kind, place[0])) for lesson, place in found if place]


_SAY = "--fill 파일.csv=열이름으로 알려 주세요."


def _only(lessons: Sequence[str]) -> str:
    if len(lessons) > 1:
        raise ValueError(f"이 표에는 과제 하나만 채울 수 있습니다({', '.join(lessons)}): -a 02처럼 하나만 채점하세요.")
    return lessons[0]


def _named(sheet: Sheet, column: str) -> int:
    place = sheet.column(column)
    if place is None:
        raise ValueError(f"'{column}'이라는 열이 없습니다. {_heads(sheet)}")
    return place


def _heads(sheet: Sheet) -> str:
    return "있는 열: " + ", ".join(sheet.header)


_CANVAS_TITLE = re.compile(r".\(\d+\)\s*$")
_MOODLE_GRADE = re.compile(
    r"\((?:real|실제|실점수|점수)\)\s*$"
    r"|^(?:assignment|과제)\s*:(?!.*\((?:feedback|피드백|percentage|백분율|letter|문자)\))",
    re.IGNORECASE,
)
_TOTALS = re.compile(r"course total|category total|강좌 합계|범주 합계", re.IGNORECASE)


def _canvas_assignments(sheet: Sheet) -> list[int]:
    """`제목 (번호)` 꼴의 열. `(read only)`인 열은 Canvas가 받지 않는다."""
    points = _points_row(sheet)
    return [
        place for place, head in enumerate(sheet.header)
        if _CANVAS_TITLE.search(head) and (points is None or "read only" not in sheet.value(points, place))
    ]  # fmt: skip


def _assignments(sheet: Sheet) -> list[int]:
    return [n for n, head in enumerate(sheet.header) if _MOODLE_GRADE.search(head) and not _TOTALS.search(head)]


def _is_titled(head: str, lesson: str) -> bool:
    """열의 제목이 이 과제를 말하는가: 번호("02", "과제 2"), 이름, 한국어 제목."""
    from tcpedu.grading.pages import lesson_title

    title = re.sub(r"\s*\(\d+\)\s*$", "", head)
    number, _, slug = lesson.partition("_")
    names = [plain(slug), plain(lesson), plain(lesson_title(lesson).partition(" ")[2])]
    if any(name and name in plain(title) for name in names):
        return True
    return re.search(rf"(?<!\d)0*{int(number)}(?!\d)", title) is not None if number.isdigit() else False


def _feedback(sheet: Sheet, kind: Kind, grade: int) -> int | None:
    """점수 옆에 함께 가져오는 설명의 열."""
    if kind is Kind.CANVAS:
        return None
    title = re.sub(r"\s*\([^()]*\)\s*$", "", sheet.header[grade])
    paired = sheet.column(f"{title} (Feedback)", f"{title} (피드백)", f"{title} 피드백")
    if paired is not None or kind is Kind.MOODLE:
        return paired
    return sheet.column("Feedback comments", "피드백 코멘트", "피드백", "의견", "비고")


def _points_row(sheet: Sheet) -> int | None:
    """Canvas의 배점 줄. 여기를 고치면 과제의 배점이 바뀌므로 읽기만 한다."""
    return next((n for n in range(1, min(3, len(sheet.rows))) if sheet.value(n, 0) == "Points Possible"), None)


def _fill_column(
    sheet: Sheet, kind: Kind, roster: Roster, target: Target, group: Sequence[SubmissionResult]
) -> Iterable[str]:
    done: dict[int, SubmissionResult] = {}
    for result in group:
        person = roster.match(_identity(result))
        if person is None:
            yield f"{result.student}({result.file})의 줄을 찾지 못해 채우지 않았습니다."
            continue
        row = roster.rows[person]
        if row in done:
            yield f"{person.label}의 제출물이 여럿({done[row].file}, {result.file})이라 앞의 것만 채웠습니다."
        elif reason := _locked(sheet, row, target):
            yield f"{person.label}: {reason}"
        else:
            done[row] = result
            possible = _possible(sheet, kind, row, target)
            sheet.set(row, target.grade, score(result, possible))
            if target.feedback is not None and target.feedback < len(sheet.rows[row]):
                sheet.set(row, target.feedback, feedback(result))
    head = sheet.header[target.grade]
    yield f"'{head}' 열에 {len(done)}명의 점수를 채웠습니다."
    if done and not any(_possible(sheet, kind, row, target) for row in done):
        most = max(result.possible or 0 for result in done.values())
        yield f"'{head}': 표에 배점이 없어 {most:g}점 만점 그대로 적었습니다. LMS의 만점도 {most:g}점인지 확인하세요."


def _identity(result: SubmissionResult) -> Person:
    return result.person if result.person != Person() else Person(name=result.student)


def _locked(sheet: Sheet, row: int, target: Target) -> str:
    """손대지 않을 까닭."""
    if target.grade >= len(sheet.rows[row]):
        return "줄이 짧아 점수를 적을 칸이 없습니다."
    if sheet.value(row, target.grade).upper() == "EX":
        return "면제(EX)라서 그대로 두었습니다."
    if sheet.value(row, sheet.column("Grade can be changed", "성적 변경 가능")).lower() in ("no", "아니오", "아니요"):
        return "점수를 바꿀 수 없는 줄이라 그대로 두었습니다."
    return ""


def _possible(sheet: Sheet, kind: Kind, row: int, target: Target) -> float | None:
    """표에 적힌 배점. 없으면 문제의 점수를 그대로 쓴다."""
    if kind is Kind.CANVAS:
        points = _points_row(sheet)
        text = sheet.value(points, target.grade) if points is not None else ""
    else:
        text = sheet.value(row, sheet.column("Maximum grade", "Maximum Grade", "최대 성적", "만점", "배점"))
    try:
        return float(text.replace(",", ".")) or None
    except ValueError:
        return None


def score(result: SubmissionResult, possible: float | None) -> str:
    """점수를 표의 배점에 맞춘다. 소수점은 언제나 점이고 자릿수 구분은 없다.

    Canvas는 "1,234"를 1.234로 읽고, Moodle은 숫자가 아니면 가져오기 전체를 그만둔다.
    """
    assert result.points is not None
    if not possible or not result.possible:
        return f"{tidy(result.points)}"
    return f"{tidy(round(result.points / result.possible * possible, 2))}"


def feedback(result: SubmissionResult) -> str:
    """한 줄 설명. 식으로 읽힐 글자로 시작하지 않는다."""
    parts = [f"{one.title}: {one.status.value} ({one.points:g}/{one.possible:g})" for one in result.problems]
    lines = [f"{result.points:g}/{result.possible:g}점", *parts, result.late]
    return " · ".join(filter(None, lines))
