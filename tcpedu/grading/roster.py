"""누구의 제출물인가: LMS가 지은 파일 이름과 명단(CSV)을 맞추어 본다."""

import os
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from tcpedu.grading.sheet import Sheet, plain, read_sheet


@dataclass(frozen=True)
class Person:
    """배우는 사람 한 명. 모르는 것은 빈 글이다. 학번은 앞의 0을 잃지 않게 글로 둔다."""

    number: str = ""
    name: str = ""
    email: str = ""
    lms: str = ""  # LMS가 붙인 번호 (Canvas의 ID, Moodle의 참가자 번호)

    @property
    def label(self) -> str:
        return " ".join(filter(None, [self.number, self.name])) or self.email or self.lms

    @property
    def known(self) -> bool:
        """누구인지 하나로 정할 수 있는가. 이름만으로는 정하지 않는다."""
        return bool(self.number or self.email or self.lms)


@dataclass(frozen=True)
class Guess:
    """파일 이름에서 읽은 것."""

    person: Person = field(default_factory=Person)
    late: bool = False


# LMS가 한꺼번에 내려받는 압축 파일 안의 이름. 폴더마다, 파일마다 맞추어 본다.
_PATTERNS = (
    # Moodle 과제: 이름_참가자번호_assignsubmission_file_(폴더이거나 파일 이름의 앞)
    re.compile(r"^(?P<name>.+?)_(?P<lms>\d+)_assignsubmission_(?:file|onlinetext)_"),
    # Canvas 과제: 이름[_LATE]_사용자번호_첨부번호_파일
    re.compile(r"^(?P<name>[^_]+)(?:_(?P<late>LATE))?_(?P<lms>\d+)_\d{3,}_.", re.IGNORECASE),
)


def guess(path: str) -> Guess:
    """LMS가 지은 이름이면 누구의 것인지 읽는다.

    >>> guess("김철수_12345_assignsubmission_file_/02_segment_header.ipynb").person
    Person(number='', name='김철수', email='', lms='12345')
    >>> guess("kimcheolsu_LATE_77_9001_hw.ipynb").late
    True
    """
    for part in path.split("/"):
        for pattern in _PATTERNS:
            if found := pattern.match(part):
                named = found.groupdict()
                name = re.sub(r"^(?:participant|참가자)$", "", named["name"].strip(), flags=re.IGNORECASE)
                return Guess(Person(name=name, lms=named["lms"]), bool(named.get("late")))
    return Guess()


# 명단의 열 이름. LMS가 내보낸 성적표도 그대로 명단이 된다.
NUMBER = ("학번", "학생번호", "ID number", "SIS User ID", "ID 번호", "student number", "student id", "number")
NAME = ("이름", "성명", "학생", "Full name", "Name", "Student", "전체 이름", "성 / 이름")
EMAIL = ("이메일", "이메일 주소", "전자우편", "Email address", "Email", "SIS Login ID", "사용자명", "username")
LMS = ("ID", "Identifier", "식별자", "user id")
_PARTICIPANT = re.compile(r"^\D*(\d+)$")


@dataclass
class Roster:
    """명단. 식별할 수 있는 것마다 찾아보기를 만들어 둔다."""

    people: tuple[Person, ...]
    rows: dict[Person, int] = field(default_factory=dict)  # 명단 파일에서의 줄

    def __post_init__(self) -> None:
        self._numbers = _index(self.people, lambda one: plain(one.number))
        self._lms = _index(self.people, lambda one: one.lms)
        self._emails = _index(self.people, lambda one: plain(one.email))
        self._names = _index(self.people, lambda one: _squeezed(one.name))

    def find(self, path: str, guessed: Person) -> Person | None:
        """파일 이름과 LMS의 번호로 찾는다. 여럿이 맞거나 아무도 맞지 않으면 None."""
        words = _words(path)
        candidates = (
            [guessed.lms] and self._lms.get(guessed.lms),
            {one for word in words for one in self._numbers.get(word, ())},
            {one for email, people in self._emails.items() for one in people if email in plain(path)},
            self._names.get(_squeezed(guessed.name)),
            {one for word in words for one in self._names.get(word, ())},
        )
        for found in candidates:
            if found:
                return next(iter(found)) if len(found) == 1 else None
        return None

    def match(self, person: Person) -> Person | None:
        """다른 명단의 사람을 이 명단에서 찾는다: 번호, 학번, 이메일이 먼저이고 이름은 하나뿐일 때만."""
        for index, value in (
            (self._lms, person.lms), (self._numbers, plain(person.number)), (self._emails, plain(person.email)),
            (self._names, _squeezed(person.name)),
        ):  # fmt: skip
            if value and (found := index.get(value)):
                return next(iter(found)) if len(found) == 1 else None
        return None


def _index(people: Iterable[Person], value: Callable[[Person], str]) -> dict[str, set[Person]]:
    index: dict[str, set[Person]] = defaultdict(set)
    for person in people:
        if value(person):
            index[value(person)].add(person)
    return dict(index)


def _squeezed(name: str) -> str:
    """이름에서 글자와 숫자만. Canvas는 파일 이름에서 빈칸과 쉼표를 뺀다."""
    return re.sub(r"[\W_]+", "", plain(name))


def _words(path: str) -> set[str]:
    """이름을 이루는 낱말. "20260001김철수"처럼 붙여 쓴 것은 숫자와 글자로도 나눈다."""
    words = {plain(word) for word in re.split(r"[\W_]+", path) if word}
    return words | {plain(part) for word in words for part in re.findall(r"\d+|[^\W\d_]+", word)}


def read_roster(path: str | os.PathLike[str]) -> Roster:
    """명단을 읽는다. 학번도 이름도 이메일도 없으면 ValueError."""
    roster = roster_of(read_sheet(path))
    if not roster.people:
        where = f"'{os.fspath(path)}'에서 학생을 찾지 못했습니다"
        raise ValueError(f"{where}: 첫 줄에 학번, 이름, 이메일 가운데 하나는 있어야 합니다.")
    return roster


def roster_of(sheet: Sheet) -> Roster:
    """CSV의 줄마다 한 사람."""
    number, email, lms = (sheet.column(*names) for names in (NUMBER, EMAIL, LMS))
    rows: dict[Person, int] = {}
    for row in range(1, len(sheet.rows)):
        found = _PARTICIPANT.match(sheet.value(row, lms))
        person = Person(
            _text(sheet.value(row, number)), _name(sheet, row), sheet.value(row, email), found[1] if found else ""
        )
        if (person.known or person.name) and not _is_not_a_person(sheet.values(row)):
            rows.setdefault(person, row)
    return Roster(tuple(rows), rows)


def _name(sheet: Sheet, row: int) -> str:
    whole = sheet.column(*NAME)
    last, first = sheet.column("성", "Surname", "Last name", "LastName"), sheet.column("First name", "FirstName")
    if last is not None:  # 한국어 Moodle은 "이름"과 "성"이 따로 있다
        first = first if first is not None else sheet.column("이름")
        return sheet.value(row, last) + sheet.value(row, first)
    return sheet.value(row, whole)


def _text(number: str) -> str:
    """엑셀이 글로 남기려고 붙인 표시를 뗀다: '0012, ="0012"."""
    return re.sub(r'^(?:=")?\'?(.*?)"?$', r"\1", number)


def _is_not_a_person(values: list[str]) -> bool:
    """Canvas의 배점 줄과 시험용 학생."""
    first = values[0].strip() if values else ""
    return first in ("Points Possible", "Student, Test", "Test Student")
