"""채점 노트북을 nbval로 돌린다. 커널은 보통 상자(`provisioner.py`) 안에 있다.

비교는 커널 밖에서 nbval이 한다. 커널은 값만 적으므로 판정을 꾸며 낼 수 없다.
끝나지 않는 답이나 커널을 죽이는 답은 그 문제 하나만 잃는다: 나머지는 새 커널에서 다시 돈다.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field

from nbformat import NotebookNode

from tcpedu.grading import tiers
from tcpedu.grading.plan import Plan, PlannedCell, Role
from tcpedu.grading.session import CellRun, GraderFailure, Outcome, session
from tcpedu.grading.tiers import SANDBOX


@dataclass
class RunResult:
    """셀 id → 결과. 돌지 못한 셀은 없다."""

    cells: dict[str, CellRun] = field(default_factory=dict)
    kernels: int = 0
    seconds: float = 0.0
    tier: str = ""  # 격리의 단계


def run(notebook: NotebookNode, plan: Plan, *, timeout: float = 10.0, kernel_name: str = SANDBOX) -> RunResult:
    """채점 노트북을 돌려 셀마다 결과를 돌려준다.

    `timeout`은 셀 하나의 초다. 커널을 더 쓸 수 없게 만든 셀은 빼고 남은 문제를 새 커널에서 다시 돌린다.
    """
    started = time.monotonic()
    state = _Progress(notebook, plan, timeout, kernel_name)
    while waiting := state.waiting():
        culprit = state.go(state.everything(waiting))
        if culprit is None or culprit.role is Role.CANARY or state.doubtful(culprit):
            break
    state.one_by_one()
    state.result.tier = tiers.of(kernel_name).name
    state.result.seconds = time.monotonic() - started
    return state.result


class _Progress:
    """다시 돌리기를 거듭하는 동안의 기록."""

    def __init__(self, notebook: NotebookNode, plan: Plan, timeout: float, kernel_name: str) -> None:
        self.notebook, self.plan = notebook, plan
        self.timeout, self.kernel_name = timeout, kernel_name
        self.result = RunResult()
        self.dropped: set[str] = set()
        self.suspects: set[str] = set()  # 남의 답 탓에 틀렸을 수 있는 문제
        self.crowded = False  # 마지막 커널에 답이 남긴 과정이나 스레드가 있었다

    def waiting(self) -> list[PlannedCell]:
        """아직 결과가 없는 검사 셀. 답이 빠졌거나 앞 검사가 커널을 죽인 문제는 기다리지 않는다."""
        return [probe for name in self.plan.problems if not self._lost(name) for probe in self._unrun(name)]

    def _lost(self, problem: str) -> bool:
        answer = self.plan.answer(problem)
        cells = [*self.plan.probes(problem), *([answer] if answer else [])]
        return any(cell.id in self.dropped for cell in cells)

    def _unrun(self, problem: str) -> Iterable[PlannedCell]:
        return (probe for probe in self.plan.probes(problem) if probe.id not in self.result.cells)

    def everything(self, probes: list[PlannedCell]) -> set[str]:
        base = {cell.id for cell in self.plan.cells if cell.role is not Role.PROBE}
        return (base | {probe.id for probe in probes}) - self.dropped

    def go(self, wanted: set[str] | frozenset[str]) -> PlannedCell | None:
        """고른 셀을 새 커널에서 돌리고, 커널을 못 쓰게 만든 셀을 돌려준다."""
        part = NotebookNode(self.notebook, cells=[cell for cell in self.notebook.cells if cell.id in wanted])
        self.result.kernels += 1
        ran = session(part, self.plan, timeout=self.timeout, kernel_name=self.kernel_name)
        runs, self.crowded = ran.runs, ran.crowded
        self.result.cells.update(runs)
        self._suspect(runs, wanted)
        culprit = next((name for name, cell in runs.items() if cell.outcome.fatal), None)
        if culprit is None:
            return None
        cell = self.plan.cell(culprit)
        if cell.role is Role.SETUP:
            raise GraderFailure(f"준비 셀이 돌지 않습니다: {runs[culprit].outcome.value}")
        self.dropped.add(culprit)
        return cell

    def _suspect(self, runs: dict[str, CellRun], wanted: set[str] | frozenset[str]) -> None:
        """파수 셀이 무사하지 않으면, 그 커널에서 통과하지 못한 문제는 남의 답 탓일 수 있다."""
        canaries = {cell.id for cell in self.plan.cells if cell.role is Role.CANARY} & wanted
        if all(name in runs and runs[name].outcome is Outcome.PASSED for name in canaries):
            return
        for problem in self.plan.problems:
            outcomes = (runs[probe.id].outcome for probe in self.plan.probes(problem) if probe.id in runs)
            if any(outcome in (Outcome.DIFFERS, Outcome.ERROR) for outcome in outcomes):
                self.suspects.add(problem)

    def _suspected(self) -> set[str]:
        """파수 셀이 의심한 문제의 검사. 홀로 다시 돌려서 누구의 탓인지 가린다."""
        probes = (probe.id for problem in self.suspects for probe in self.plan.probes(problem))
        return {name for name in probes if name in self.result.cells}

    def doubtful(self, culprit: PlannedCell) -> bool:
        """그때 돌던 셀의 탓이 아닐 수 있는가(먼저 돈 답이 남긴 스레드). 끝나지 않는 함수는 검사 셀이 스스로 멈춘다."""
        late = self.result.cells[culprit.id].outcome is Outcome.TIMEOUT
        return self.crowded or culprit.role is Role.PROBE or not late

    def _slowed(self) -> Iterable[PlannedCell]:
        """남이 남긴 것에 밀려 틀렸을 수 있는 검사."""
        done = [cell for cell in self.plan.cells if cell.role is Role.PROBE and cell.id in self.result.cells]
        return [cell for cell in done if self.crowded and self.result.cells[cell.id].outcome is not Outcome.PASSED]

    def one_by_one(self) -> None:
        """의심스럽게 빠진 셀을 되돌리고, 남은 문제를 저마다의 커널에서 돌린다."""
        accused = {name for name in self.dropped if self.doubtful(self.plan.cell(name))}
        self.dropped -= accused
        for name in accused | self._suspected() | {probe.id for probe in self._slowed()}:
            del self.result.cells[name]
        for problem in self.plan.problems:
            while not self._lost(problem) and (probes := list(self._unrun(problem))):
                wanted = self.plan.needed_by(problem) | {probe.id for probe in probes}
                if self.go(wanted - self.dropped) is None:
                    break
