"""채점 노트북의 설계도: 어느 셀이 누구의 무엇인가."""

import builtins
from dataclasses import dataclass, field
from enum import Enum

from tcpedu.grading.meeting import Meeting

_BUILTIN = frozenset(dir(builtins))


class Role(Enum):
    """채점 노트북에서 셀이 맡은 일."""

    SETUP = "준비"  # 채점기와 강의의 셀
    HELPER = "도움"  # 답이 기대는 학생의 다른 셀
    ANSWER = "답"  # 학생의 답
    PROBE = "검사"  # 새 입력을 넣고 값을 적는 셀. nbval이 출력까지 비교한다
    CANARY = "파수"  # 답들이 커널을 망가뜨리지 않았는지 보는 마지막 셀. 출력까지 비교한다

    @property
    def compared(self) -> bool:
        """nbval이 출력을 비교하는 셀인가."""
        return self in (Role.PROBE, Role.CANARY)


@dataclass(frozen=True)
class PlannedCell:
    """셀 하나. `id`는 채점 노트북의 셀 id, `number`는 제출물에서의 순서다."""

    id: str
    role: Role
    problems: tuple[str, ...] = ()
    number: int | None = None
    defines: frozenset[str] = frozenset()
    uses: frozenset[str] = frozenset()
    meeting: Meeting | None = None  # 소켓 문제의 검사


@dataclass(frozen=True)
class Plan:
    """채점 노트북 전체의 설계도."""

    cells: tuple[PlannedCell, ...]
    problems: tuple[str, ...] = field(default=())

    def cell(self, identifier: str) -> PlannedCell:
        return next(cell for cell in self.cells if cell.id == identifier)

    def probes(self, problem: str) -> tuple[PlannedCell, ...]:
        return tuple(cell for cell in self.cells if cell.role is Role.PROBE and problem in cell.problems)

    def answer(self, problem: str) -> PlannedCell | None:
        found = (cell for cell in self.cells if cell.role is Role.ANSWER and problem in cell.problems)
        return next(found, None)

    def needed_by(self, problem: str) -> frozenset[str]:
        """문제 하나를 홀로 돌릴 때 필요한 셀: 준비, 그 답, 그 답이 기대는 셀."""
        kept = {cell.id for cell in self.cells if cell.role is Role.SETUP}
        names = {problem}
        while True:
            more = [
                cell for cell in self.cells
                if cell.role in (Role.ANSWER, Role.HELPER) and cell.id not in kept and names & cell.defines
            ]  # fmt: skip
            if not more:
                return frozenset(kept)
            for cell in more:
                kept.add(cell.id)
                # 스스로 불러온 이름은 남의 셀에서 찾지 않는다. `len = 3`처럼 내장 이름을 가린 셀도 부르지 않는다.
                names |= cell.uses - cell.defines - _BUILTIN
