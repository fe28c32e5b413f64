"""교사가 고친 점수. 교사가 손으로 고치는 CSV 한 장이고, 채점기는 읽기만 하므로 다시 채점해도 남는다."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tcpedu.grading.result import ProblemResult, State, SubmissionResult, tidy
from tcpedu.grading.sheet import Sheet, plain, read_sheet

NAME = "overrides.csv"
HEADER = ("학생", "과제", "문제", "점수", "까닭")
_EMPTY = "\ufeff" + ",".join(HEADER) + "\r\n"


@dataclass(frozen=True)
class Override:
    """고친 것 하나. 점수가 없으면 교사의 말만 더한다."""

    student: str
    lesson: str
    problem: str
    points: float | None
    reason: str
    row: int


def read_overrides(folder: Path) -> tuple[list[Override], list[str]]:
    """고친 점수와, 읽지 못한 줄에 대한 말. 파일이 없으면 첫 줄만 있는 것을 만들어 둔다."""
    path = folder / NAME
    if not path.exists():
        path.write_bytes(_EMPTY.encode())
        return [], []
    return _parse(read_sheet(path))


def _parse(sheet: Sheet) -> tuple[list[Override], list[str]]:
    columns = [sheet.column(name) for name in HEADER]
    if sheet.rows and None in columns[:4]:
        return [], [f"{NAME}의 첫 줄이 {','.join(HEADER)}이(가) 아니어서 쓰지 못했습니다."]
    found, notes = [], []
    for row in range(1, len(sheet.rows)):
        student, lesson, problem, points, reason = (sheet.value(row, column) for column in columns)
        if not student:
            continue
        try:
            value = float(points) if points else None
        except ValueError:
            notes.append(f"{NAME} {row + 1}번째 줄: 점수 '{points}'을(를) 읽을 수 없어 쓰지 않았습니다.")
            continue
        number = lesson.zfill(2) if lesson.isdigit() else lesson
        found.append(Override(student.lstrip("'"), number, problem, value, reason, row + 1))
    return found, notes


def apply(
    results: Sequence[SubmissionResult], overrides: Iterable[Override]
) -> tuple[tuple[SubmissionResult, ...], list[str]]:
    """고친 점수를 결과에 넣는다. 맞는 제출물이 없는 줄은 조용히 넘기지 않고 알린다."""
    changed, notes = list(results), []
    for override in overrides:
        places = [index for index, result in enumerate(changed) if _is_for(override, result)]
        if not places:
            notes.append(f"{NAME} {override.row}번째 줄: 맞는 제출물이나 문제가 없어 쓰지 않았습니다.")
        elif not _is_allowed(override, changed[places[0]]):
            notes.append(f"{NAME} {override.row}번째 줄: 점수가 0과 만점 사이가 아니어서 쓰지 않았습니다.")
        else:
            for index in places:
                changed[index] = _with(changed[index], override)
    return tuple(changed), notes


def _is_for(override: Override, result: SubmissionResult) -> bool:
    person = result.person
    names = {plain(text) for text in (result.student, result.file, person.number, person.email, person.lms) if text}
    return (
        result.state is State.GRADED and plain(override.student) in names and _same_lesson(override, result)
        and any(problem.name == override.problem for problem in result.problems)
    )  # fmt: skip


def _same_lesson(override: Override, result: SubmissionResult) -> bool:
    return override.lesson in ("", result.lesson, result.lesson[:2])


def _is_allowed(override: Override, result: SubmissionResult) -> bool:
    possible = next(problem.possible for problem in result.problems if problem.name == override.problem)
    return override.points is None or 0 <= override.points <= possible


def _with(result: SubmissionResult, override: Override) -> SubmissionResult:
    problems = tuple(_changed(one, override) if one.name == override.problem else one for one in result.problems)
    return replace(result, problems=problems)


def _changed(problem: ProblemResult, override: Override) -> ProblemResult:
    if override.points is None:
        return replace(problem, teacher=f"선생님의 말: {override.reason}")
    moved = f"선생님이 점수를 고쳤습니다: {problem.points:g}점 → {override.points:g}점"
    reason = f" ({override.reason})" if override.reason else ""
    return replace(problem, points=tidy(override.points), teacher=moved + reason)
