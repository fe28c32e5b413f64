"""제출물에서 문제마다의 답 셀을 고른다. 찾지 못하면 근처에서 무엇을 보았는지 말한다."""

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from tcpedu.grading.assignment import Assignment
from tcpedu.grading.load import CodeCell
from tcpedu.grading.source import Source


@dataclass(frozen=True)
class Unit:
    """제출물의 코드 셀과 그것을 읽은 결과."""

    cell: CodeCell
    source: Source

    @property
    def is_stub(self) -> bool:
        """아직 채우지 않은 답인가."""
        return _STUB.search(self.source.text) is not None


_STUB = re.compile(r"raise NotImplementedError\(.여기를 채우세요.\)|\b____\b")


@dataclass(frozen=True)
class Answer:
    """문제 하나의 답을 찾은 결과. `unit`이 없거나 문법이 깨졌으면 `trouble`이 까닭이다."""

    unit: Unit | None
    trouble: str = ""
    findings: tuple[str, ...] = ()

    @property
    def usable(self) -> bool:
        return self.unit is not None and self.unit.source.tree is not None


def choose(name: str, units: Sequence[Unit], assignment: Assignment) -> Answer:
    """문제의 답 셀을 고른다: 그 이름을 정의한 마지막 셀, 없으면 그 문제의 자리에 있던 셀."""
    defining = [unit for unit in units if name in unit.source.defines]
    # 견주어 보려고 같은 이름을 불러온 셀보다, 직접 정의한 셀이 답이다.
    defining = [unit for unit in defining if name in unit.source.functions] or defining
    written = [unit for unit in defining if not unit.is_stub]
    working = [unit for unit in written if unit.source.tree is not None]
    if candidates := working or written or defining:
        unit = candidates[-1]
        findings = (_duplicated(name, working),) if len(working) > 1 else ()
        return Answer(unit, _syntax_trouble(unit), findings)
    place = next((unit for unit in reversed(units) if unit.cell.id == f"answer-{name}"), None)
    if place is not None and place.source.tree is None:
        return Answer(place, _syntax_trouble(place))
    return Answer(None, _absence(name, place, units, assignment))


def _duplicated(name: str, units: Sequence[Unit]) -> str:
    if len(units) == 2:
        where = f"{units[0].cell.number}번 셀과 {units[1].cell.number}번 셀에 두 번"
    else:
        where = ", ".join(f"{unit.cell.number}번" for unit in units) + f" 셀에 {len(units)}번"
    return f"`{name}`의 답이 {where} 있습니다: 마지막 것을 채점했습니다. (번호는 위에서부터 센 순서입니다)"


def _syntax_trouble(unit: Unit) -> str:
    if unit.source.broken is None:
        return ""
    return f"{unit.cell.number}번 셀에 문법 오류가 있어 실행할 수 없습니다: {unit.source.broken}"


def _absence(name: str, place: Unit | None, units: Sequence[Unit], assignment: Assignment) -> str:
    other = _renamed(name, place, units, assignment)
    if other:
        return f"`{other}`(이)라는 함수를 찾았습니다. 이름을 `{name}`(으)로 되돌리세요."
    if place is not None:
        state = "이 비어 있습니다" if not place.source.text.strip() else "에 그 이름의 정의가 없습니다"
        return f"`{name}`의 답 셀({place.cell.number}번){state}."
    return f"`{name}`의 답 셀을 찾지 못했습니다. 연습문제 노트북의 그 셀을 되살려 답을 옮겨 적으세요."


def _renamed(name: str, place: Unit | None, units: Sequence[Unit], assignment: Assignment) -> str | None:
    """이름을 바꾼 것으로 보이는 함수: 그 자리에 있던 것, 아니면 이름이 비슷한 것."""
    taken = {problem.name for problem in assignment.problems} | assignment.scaffold_names
    if place is not None:
        here = [other for other in place.source.functions if other not in taken]
        if here:
            return (difflib.get_close_matches(name, here, 1, 0.0) or here)[0]
    everywhere = [other for unit in units for other in unit.source.functions if other not in taken]
    plain = {_plain(other): other for other in everywhere}
    near = difflib.get_close_matches(_plain(name), plain, 1, 0.7)
    return plain[near[0]] if near else None


def _plain(name: str) -> str:
    return name.replace("_", "").lower()
