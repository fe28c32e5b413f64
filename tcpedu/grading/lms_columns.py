"""LMS의 성적표 알아보기: 어느 LMS의 것이고, 어느 열이 어느 과제의 점수인가."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from tcpedu.course.lessons import LESSONS
from tcpedu.grading.sheet import Sheet, plain


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
    if len(lessons) == len(places) == 1 and not any(_is_titled(sheet.header[places[0]], one.slug) for one in LESSONS):
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
    points = points_row(sheet)
    return [
        place for place, head in enumerate(sheet.header)
        if _CANVAS_TITLE.search(head) and (points is None or "read only" not in sheet.value(points, place))
    ]  # fmt: skip


def _assignments(sheet: Sheet) -> list[int]:
    return [n for n, head in enumerate(sheet.header) if _MOODLE_GRADE.search(head) and not _TOTALS.search(head)]


def _is_titled(head: str, lesson: str) -> bool:
    """열의 제목이 이 과제를 말하는가: 번호("02", "과제 2"), 이름, 한국어 제목."""
    title = re.sub(r"\s*\(\d+\)\s*$", "", head)
    number, _, slug = lesson.partition("_")
    names = [slug, *(one.title for one in LESSONS if one.slug == lesson)]
    if any(plain(name) in plain(title) for name in names):
        return True
    return re.search(rf"(?<!\d)0*{int(number)}(?!\d)", title) is not None


def _feedback(sheet: Sheet, kind: Kind, grade: int) -> int | None:
    """점수 옆에 함께 가져오는 설명의 열."""
    if kind is Kind.CANVAS:
        return None
    title = re.sub(r"\s*\([^()]*\)\s*$", "", sheet.header[grade])
    paired = sheet.column(f"{title} (Feedback)", f"{title} (피드백)", f"{title} 피드백")
    if paired is not None or kind is Kind.MOODLE:
        return paired
    return sheet.column("Feedback comments", "피드백 코멘트", "피드백", "의견", "비고")


def points_row(sheet: Sheet) -> int | None:
    """Canvas의 배점 줄. 여기를 고치면 과제의 배점이 바뀌므로 읽기만 한다."""
    return next((n for n in range(1, min(3, len(sheet.rows))) if sheet.value(n, 0) == "Points Possible"), None)


def possible(sheet: Sheet, kind: Kind, row: int, target: Target) -> float | None:
    """표에 적힌 배점. 없으면 문제의 점수를 그대로 쓴다."""
    if kind is Kind.CANVAS:
        points = points_row(sheet)
        text = sheet.value(points, target.grade) if points is not None else ""
    else:
        text = sheet.value(row, sheet.column("Maximum grade", "Maximum Grade", "최대 성적", "만점", "배점"))
    try:
        return float(text.replace(",", ".")) or None
    except ValueError:
        return None
