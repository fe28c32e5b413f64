"""이어진 오류: 남의 답이 틀려서 틀린 답은, 그 자리에 풀이를 넣고 한 번 더 돌린다.

`tcp_checksum`이 맞게 쓰였어도 학생의 `internet_checksum`이 틀리면 함께 틀린다. 공정한 교사는 같은 잘못을
두 번 깎지 않는다. 다시 돌려서 맞으면 정답이고, 그래도 틀리면 처음의 설명을 그대로 둔다. 다시 돌릴 때의
값은 어디에도 보이지 않으므로 풀이가 새어 나가지 않는다.
"""

from collections.abc import Sequence
from dataclasses import replace

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from tcpedu.grading.assignment import Assignment
from tcpedu.grading.compose import Composed
from tcpedu.grading.judge import borrowed
from tcpedu.grading.plan import Plan, PlannedCell, Role
from tcpedu.grading.result import ProblemResult, Status
from tcpedu.grading.run import run
from tcpedu.grading.session import Outcome

_RETRIED = (Status.WRONG, Status.ERROR, Status.TIMEOUT)


def follow_through(
    results: Sequence[ProblemResult], composed: Composed, assignment: Assignment, timeout: float, kernel: str
) -> tuple[ProblemResult, ...]:
    """틀린 답을 부르느라 틀린 답을 다시 채점한다."""
    unsolved = {result.name for result in results if result.status is not Status.CORRECT}
    return tuple(_again(result, unsolved, composed, assignment, timeout, kernel) for result in results)


def _again(
    result: ProblemResult, unsolved: set[str], composed: Composed, assignment: Assignment, timeout: float, kernel: str
) -> ProblemResult:
    blamed = _blamed(result.name, unsolved, composed)
    if any(result.name in _blamed(other, unsolved, composed) for other in blamed):
        return result  # 서로를 부르기만 하는 두 답이 서로의 풀이로 맞게 되지 않는다
    if result.status not in _RETRIED or not blamed or not blamed <= set(assignment.solutions):
        return result
    notebook, plan = _with_solutions(result.name, blamed, composed, assignment)
    ran = run(notebook, plan, timeout=timeout, kernel_name=kernel)
    probes = [ran.cells.get(cell.id) for cell in plan.probes(result.name)]
    if not all(probe is not None and probe.outcome is Outcome.PASSED for probe in probes):
        return result
    names = ", ".join(f"`{name}`" for name in sorted(blamed))
    return replace(
        result, status=Status.CORRECT, points=result.possible, next_step=f"{names}을(를) 고치면 노트북에서도 맞습니다.",
        headline=f"이 답은 맞습니다. 이 답이 부르는 {names}이(가) 틀려서, 그 자리에 풀이를 넣고 채점했습니다.",
        diagnosis="", given="", expected="", actual="", differs="", steps=(), error="", note="",
    )  # fmt: skip


def _blamed(name: str, unsolved: set[str], composed: Composed) -> set[str]:
    """이 답이 부르는, 아직 맞지 않은 답. 부르는 것이 부르는 것까지."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        more = set(borrowed(composed.answers[waiting.pop()], unsolved)) - found - {name}
        found |= more
        waiting += more
    return found


def _with_solutions(
    name: str, blamed: set[str], composed: Composed, assignment: Assignment
) -> tuple[NotebookNode, Plan]:
    """틀린 답의 셀을 풀이로 바꾸고, 문제 하나의 검사 셀만 남긴 채점 노트북."""
    nodes = {cell.id: cell for cell in composed.notebook.cells}
    kept = [cell for cell in composed.plan.cells if _stays(cell, name, blamed)]
    for other in sorted(blamed):
        # 준비 셀이 아니다: 학생의 코드가 커널을 망가뜨려 풀이가 돌지 못하는 것은 채점기의 실패가 아니다.
        planned = PlannedCell(f"solution-{other}", Role.HELPER, defines=frozenset({other}))
        first_probe = next(n for n, cell in enumerate(kept) if cell.role is Role.PROBE)
        kept.insert(first_probe, planned)  # 학생의 셀보다 뒤: 이름이 풀이를 가리킨다
        nodes[planned.id] = new_code_cell(assignment.solutions[other], id=planned.id, execution_count=1)
    notebook = NotebookNode(composed.notebook, cells=[nodes[cell.id] for cell in kept])
    return notebook, Plan(tuple(kept), (name,))


def _stays(cell: PlannedCell, name: str, blamed: set[str]) -> bool:
    """이 문제의 검사가 아닌 검사와, 틀린 답만 담은 셀은 뺀다."""
    if cell.role is Role.PROBE:
        return name in cell.problems
    return not cell.problems or not set(cell.problems) <= blamed
