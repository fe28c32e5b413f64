"""제출물에서 답 셀만 골라 강의의 채점 노트북을 짠다.

제출물의 태그, 메타데이터, 출력은 하나도 옮기지 않는다. 검사 셀에는 기준 답으로 여기서 계산한 값이
저장된 출력으로 들어가고, 나중에 nbval이 커널 밖에서 비교한다.
"""

import hashlib
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from nbformat import NotebookNode
from nbformat.v4 import new_notebook

from tcpedu.course.adapters import DRIVEN, SOCKETS
from tcpedu.course.problem import Case, Problem
from tcpedu.grading import source as reading
from tcpedu.grading.answers import Answer, Unit, choose
from tcpedu.grading.assignment import Assignment
from tcpedu.grading.cells import new_code_cell, new_output
from tcpedu.grading.inside import TOOLS
from tcpedu.grading.load import Submission
from tcpedu.grading.meeting import Meeting
from tcpedu.grading.plan import Plan, PlannedCell, Role
from tcpedu.grading.probing import CANARY_OUTPUT, CANARY_SOURCE, expected_output, probe_source
from tcpedu.grading.source import Source
from tcpedu.grading.withheld import withheld

OUTPUT_LIMIT = 20_000
PUBLIC, FRESH = "public", "fresh"


@dataclass(frozen=True)
class Composed:
    """짜 놓은 채점 노트북과, 결과를 읽는 데 필요한 것."""

    notebook: NotebookNode
    plan: Plan
    answers: dict[str, Answer]
    cases: dict[str, tuple[Case, ...]]  # 검사 셀 id → 넣은 입력
    findings: tuple[str, ...]
    seed: str


def compose(submission: Submission, assignment: Assignment, *, seed: str = "tcpedu") -> Composed:
    """제출물 하나의 채점 노트북을 짠다. 같은 제출물과 같은 `seed`이면 언제나 같은 노트북이다."""
    units = [Unit(cell, reading.read(cell.source)) for cell in submission.cells]
    answers = {problem.name: choose(problem.name, units, assignment) for problem in assignment.problems}
    chosen = {id(answer.unit): answer.unit for answer in answers.values() if answer.unit and answer.usable}
    entries = [_guard(assignment), *_scaffold(assignment, chosen.values()), *_learner_cells(units, answers, chosen)]
    fingerprint = hashlib.sha256(f"{assignment.lesson}\n{seed}\n{submission.digest}".encode()).hexdigest()
    cases: dict[str, tuple[Case, ...]] = {}
    for problem in assignment.problems:
        if answers[problem.name].usable:
            for kind, inputs in ((PUBLIC, problem.cases), (FRESH, fresh(problem, fingerprint))):
                cell = _probe(problem, kind, inputs)
                entries.append(cell)
                cases[cell[0].id] = tuple(inputs)
    entries.append(_canary())
    findings = [*submission.findings]
    for unit in chosen.values():
        findings += [f"{unit.cell.number}번 셀: {text}" for text in unit.source.findings]
    for answer in answers.values():
        findings += answer.findings
    plan = Plan(tuple(planned for planned, _ in entries), tuple(problem.name for problem in assignment.problems))
    notebook = _notebook([node for _, node in entries])
    return Composed(notebook, plan, answers, cases, tuple(dict.fromkeys(findings)), fingerprint)


def fresh(problem: Problem, fingerprint: str) -> list[Case]:
    """제출물마다 다른, 그러나 다시 채점해도 같은 새 입력."""
    key = hashlib.sha256(f"{fingerprint}\n{problem.name}".encode()).digest()
    return list(problem.fresh_cases(random.Random(int.from_bytes(key))))


Entry = tuple[PlannedCell, NotebookNode]


def _guard(assignment: Assignment) -> Entry:
    hidden = withheld(assignment.problems, assignment.scaffold_names)
    text = f"from tcpedu.grading.inside import guard\n\nguard({OUTPUT_LIMIT}, {hidden!r})\ndel guard"
    return PlannedCell("course-guard", Role.SETUP), new_code_cell(text, id="course-guard")


def _scaffold(assignment: Assignment, chosen: Iterable[Unit]) -> list[Entry]:
    """연습문제가 미리 준 것 가운데 답이 쓰는 것. 제출물에서 지워졌어도 쓸 수 있다."""
    names = frozenset(problem.name for problem in assignment.problems)
    texts = _carry(assignment.scaffold, _uses(chosen), names)
    entries = []
    for index, text in enumerate(texts):
        if text:
            planned = PlannedCell(f"course-{index}", Role.SETUP)
            entries.append((planned, new_code_cell(text, id=planned.id)))
    return entries


def _uses(units: Iterable[Unit]) -> frozenset[str]:
    return frozenset[str]().union(*(unit.source.uses for unit in units))


def _learner_cells(units: Sequence[Unit], answers: dict[str, Answer], chosen: dict[int, Unit]) -> list[Entry]:
    """학생의 답과 답이 기대는 셀을, 먼저 있어야 하는 것이 앞에 오게 놓는다."""
    others = [unit for unit in units if id(unit) not in chosen]
    excluded = frozenset(answers) | set(TOOLS)
    carried = _carry([unit.source for unit in others], _uses(chosen.values()), excluded)
    texts = {id(unit): text for unit, text in zip(others, carried, strict=True)}
    entries: list[tuple[PlannedCell, NotebookNode, Source]] = []
    for unit in units:
        source = unit.source if id(unit) in chosen else reading.read(texts[id(unit)])
        if source.text.strip():
            mine = tuple(name for name, answer in answers.items() if answer.unit is unit)
            planned = PlannedCell(
                f"cell-{unit.cell.number}", Role.ANSWER if mine else Role.HELPER, mine, unit.cell.number,
                frozenset(source.defines), source.uses,
            )  # fmt: skip
            entries.append((planned, new_code_cell(source.text, id=planned.id), source))
    return [(planned, node) for planned, node, _ in _in_order(entries)]


def _carry(sources: Sequence[Source], needed: frozenset[str], excluded: frozenset[str]) -> list[str]:
    """다른 셀에서 옮겨 올 글. 옮겨 온 것이 기대는 것까지 따라간다."""
    while True:
        texts = [_kept(source, needed, excluded) for source in sources]
        more = needed.union(*map(reading.free_names, texts))
        if more == needed:
            return texts
        needed = more


def _kept(source: Source, needed: frozenset[str], excluded: frozenset[str]) -> str:
    """필요한 이름을 주는 정의·불러오기·대입만 남긴다. 줄 번호가 그대로이도록 나머지는 빈 줄로 둔다."""
    wanted: set[int] = set()
    for node in source.tree.body if source.tree is not None else ():
        given = set(reading.defined_by(node)) if reading.is_helper(node) else set()
        if (given & needed or "*" in given) and not given & excluded:
            first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", []))])
            wanted |= set(range(first, (node.end_lineno or first) + 1))
    lines = source.text.split("\n")
    return "\n".join(line if number in wanted else "" for number, line in enumerate(lines, 1)).rstrip()


def _in_order(
    entries: Sequence[tuple[PlannedCell, NotebookNode, Source]],
) -> list[tuple[PlannedCell, NotebookNode, Source]]:
    """실행되는 순간 쓰는 이름이 먼저 정의되게 한다. 그 밖에는 제출물의 순서를 지킨다."""
    waiting, done = list(entries), []
    while waiting:
        later = [entry[0].defines for entry in waiting]
        ready = next(
            (
                entry for index, entry in enumerate(waiting)
                if not any(
                    (entry[2].needs_now - entry[0].defines) & defines
                    for other, defines in enumerate(later) if other != index
                )
            ),
            waiting[0],  # 서로 기대면 있던 순서대로
        )  # fmt: skip
        waiting.remove(ready)
        done.append(ready)
    return done


def _probe(problem: Problem, kind: str, cases: Sequence[Case]) -> Entry:
    outside = problem.adapter in SOCKETS or (problem.adapter in DRIVEN and kind == FRESH)  # 공개 입력은 누구나 안다
    meeting = Meeting(problem, tuple(cases), kind == PUBLIC) if outside else None
    planned = PlannedCell(f"probe-{problem.name}-{kind}", Role.PROBE, (problem.name,), meeting=meeting)
    source = probe_source(problem, cases, explain=kind == PUBLIC)
    expected = new_output("stream", name="stdout", text=expected_output(problem, cases))
    return planned, new_code_cell(source, id=planned.id, outputs=[expected])


def _canary() -> Entry:
    """검사하는 길이 그대로인지 보는 셀: 답이 아니라 `inside.canary`를 부른다. 어긋나면 문제마다 새 커널에서 돌린다."""
    planned = PlannedCell("canary", Role.CANARY)
    expected = new_output("stream", name="stdout", text=CANARY_OUTPUT)
    return planned, new_code_cell(CANARY_SOURCE, id=planned.id, outputs=[expected])


def _notebook(cells: Sequence[NotebookNode]) -> NotebookNode:
    for count, cell in enumerate(cells, start=1):
        cell.execution_count = count  # 비어 있으면 nbval이 아무것도 비교하지 않는다
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=list(cells), metadata={"kernelspec": kernel})
