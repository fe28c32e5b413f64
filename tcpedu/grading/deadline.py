"""마감과 지각. 늦었다는 것은 알리기만 하고, 교사가 `감점`을 적었을 때만 점수를 깎는다."""

import math
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path

from tcpedu.grading.roster import Person
from tcpedu.grading.sheet import plain, read_sheet

_DAY = 24 * 60 * 60


@dataclass(frozen=True)
class Deadline:
    """마감 하나. `percent`는 하루(시작한 하루도 하루) 늦을 때마다 얻은 점수에서 깎는 백분율이다."""

    due: datetime
    percent: float = 0.0


@dataclass(frozen=True)
class Late:
    """늦은 제출물 하나: 알릴 말과 깎을 백분율."""

    text: str
    percent: float = 0.0


@dataclass(frozen=True)
class Deadlines:
    """과제마다의 마감. 학번이나 이메일을 적은 줄은 그 사람의 연장된 마감이다."""

    rules: Mapping[tuple[str, str], Deadline] = field(default_factory=dict)  # (과제 번호 | "", 사람 | "") → 마감

    def of(self, lesson: str, person: Person) -> Deadline | None:
        who = [plain(text) for text in (person.number, person.email, person.lms) if text]
        keys = [(number, one) for one in [*who, ""] for number in (lesson[:2], "")]
        return next((self.rules[key] for key in keys if key in self.rules), None)

    def late(self, lesson: str, person: Person, submitted: float | None, marked: bool = False) -> Late | None:
        """늦었으면 그 까닭. `submitted`는 파일의 시각, `marked`는 LMS가 지각이라고 적었는가."""
        rule = self.of(lesson, person)
        if rule is not None and submitted is not None and (seconds := submitted - rule.due.timestamp()) > 0:
            days = math.ceil(seconds / _DAY)
            percent = min(100.0, days * rule.percent)
            when = datetime.fromtimestamp(submitted).strftime("%Y-%m-%d %H:%M")
            text = f"지각: 마감 {rule.due:%Y-%m-%d %H:%M}, 파일의 시각 {when} ({_span(seconds)} 늦음)"
            return Late(text + (f", {percent:g}% 감점" if percent else ""), percent)
        if marked:
            return Late("지각: LMS가 늦은 제출이라고 적었습니다 (얼마나 늦었는지 몰라 감점하지 않았습니다)")
        return None


def _span(seconds: float) -> str:
    minutes = math.ceil(seconds / 60)
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return f"{days}일 {hours}시간"
    return f"{hours}시간 {rest}분" if hours else f"{rest}분"


def read_deadlines(text: str | os.PathLike[str]) -> Deadlines:
    """시각 하나("2026-03-10 23:59", 모든 과제의 마감)이거나, 과제와 마감이 적힌 CSV의 경로."""
    if Path(text).is_file():
        return _from_file(Path(text))
    return Deadlines({("", ""): Deadline(when(os.fspath(text)))})


def when(text: str) -> datetime:
    """ISO 8601 시각. 시간대가 없으면 이 컴퓨터의 시간대, 날짜뿐이면 그날 23:59:59까지다.

    >>> when("2026-03-10")
    datetime.datetime(2026, 3, 10, 23, 59, 59)
    """
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text.strip()):
            return datetime.combine(date.fromisoformat(text.strip()), time(23, 59, 59))
        return datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"'{text}'은(는) 마감 시각도 파일도 아닙니다: 2026-03-10 23:59처럼 적으세요.") from None


def _from_file(path: Path) -> Deadlines:
    sheet = read_sheet(path)
    lesson, due = sheet.column("과제", "assignment", "lesson"), sheet.column("마감", "due", "deadline")
    who = sheet.column("학번", "이메일", "student", "email")
    cut = sheet.column("감점", "penalty")
    if due is None:
        raise ValueError(f"'{path.name}'에 '마감' 열이 없습니다: 첫 줄을 과제,마감,학번,감점으로 적으세요.")
    rules: dict[tuple[str, str], Deadline] = {}
    for row in range(1, len(sheet.rows)):
        if sheet.value(row, due):
            number = re.sub(r"^(\d)(?!\d)", r"0\1", sheet.value(row, lesson))[:2]
            rule = Deadline(when(sheet.value(row, due)), _percent(sheet.value(row, cut), row))
            rules[number, plain(sheet.value(row, who))] = rule
    return Deadlines(rules)


def _percent(text: str, row: int) -> float:
    try:
        value = float(text.rstrip("%") or 0)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 100:
        where = f"마감 파일 {row + 1}번째 줄의 감점 '{text}'을(를) 읽을 수 없습니다"
        raise ValueError(f"{where}: 하루에 몇 %인지 0~100으로 적으세요.")
    return value
