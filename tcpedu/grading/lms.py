"""LMS가 내보낸 성적표(CSV)에 점수를 채운다. 점수와 설명의 칸 말고는 한 바이트도 바꾸지 않는다.

Moodle의 성적표와 오프라인 채점표, Canvas의 성적표를 알아본다. 그 밖의 표(LearnUs, LearningX에서 내려받은
것)는 학번과 점수 열이 있으면 같은 방법으로 채운다. 원래 파일은 그대로 두고 결과 폴더의 lms/에 새로 쓴다.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path

from tcpedu.grading.lms_columns import Kind, Target, kind_of, targets
from tcpedu.grading.lms_columns import possible as possible_points
from tcpedu.grading.result import State, SubmissionResult, tidy
from tcpedu.grading.roster import Person, Roster, roster_of
from tcpedu.grading.sheet import Sheet, read_sheet


def fill_target(text: str) -> tuple[Path, str | None]:
    """`성적표.csv` 또는 `성적표.csv=열 이름`."""
    path, _, column = text.rpartition("=")
    if Path(text).is_file() or not path:
        return Path(text), None
    return Path(path), column


def fill_all(fill: Iterable[str], results: Sequence[SubmissionResult], folder: Path) -> tuple[list[str], list[str]]:
    """표마다 채워서 `folder`에 쓴다. 쓴 파일의 이름과 알릴 말을 돌려준다.

    채울 수 없는 표가 있어도 나머지 표와 보고서는 나와야 하므로, 까닭을 말하고 넘어간다.
    """
    names, notes = [], []
    for text in fill:
        path, column = fill_target(text)
        sheet = read_sheet(path)
        try:
            notes += [f"{path.name}: {note}" for note in fill_sheet(sheet, results, column)]
        except ValueError as error:
            notes.append(f"{path.name}을(를) 채우지 못했습니다. {error}")
            continue
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
            possible = possible_points(sheet, kind, row, target)
            sheet.set(row, target.grade, score(result, possible))
            if target.feedback is not None and target.feedback < len(sheet.rows[row]):
                sheet.set(row, target.feedback, feedback(result))
    head = sheet.header[target.grade]
    yield f"'{head}' 열에 {len(done)}명의 점수를 채웠습니다."
    if done and not any(possible_points(sheet, kind, row, target) for row in done):
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
    parts = [
        f"{one.title}: {'선생님이 고침' if one.teacher else one.status.value} ({one.points:g}/{one.possible:g})"
        for one in result.problems
    ]
    lines = [f"{result.points:g}/{result.possible:g}점", *parts, result.late]
    return " · ".join(filter(None, lines))
