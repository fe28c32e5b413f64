"""채점한 뒤의 일: 누구의 것인지, 어느 것이 마지막인지, 늦었는지, 교사가 무엇을 고쳤는지를 더한다.

점수를 다시 매기지 않으므로 명단, 마감, 고친 점수를 바꾸고 다시 돌리면 곧바로 끝난다.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from tcpedu.grading import lms, overrides
from tcpedu.grading.collect import Found
from tcpedu.grading.deadline import Deadlines
from tcpedu.grading.result import State, SubmissionResult
from tcpedu.grading.roster import Person, Roster
from tcpedu.grading.similar import Pair, similar_pairs

Entry = tuple[Found, SubmissionResult]


@dataclass(frozen=True)
class Finished:
    """보고서에 쓸 모든 것."""

    results: tuple[SubmissionResult, ...]
    older: tuple[SubmissionResult, ...] = ()
    absent: tuple[Person, ...] = ()  # 명단에 있는데 제출물이 하나도 없는 사람
    unlisted: tuple[SubmissionResult, ...] = ()  # 명단에서 찾지 못한 제출물
    pairs: tuple[Pair, ...] = ()
    notes: tuple[str, ...] = ()
    filled: tuple[str, ...] = ()  # 채운 LMS 성적표의 파일 이름


def finish(
    entries: Sequence[Entry], out: Path, roster: Roster | None, deadlines: Deadlines, fill: Sequence[str] = ()
) -> Finished:
    """결과에 사람, 지각, 고친 점수를 더하고 LMS의 성적표를 채운다."""
    named = [(found, _named(found, result, roster)) for found, result in entries]
    latest, older = _latest(named)
    timed = [_timed(found, result, deadlines) for found, result in latest]
    wanted, notes = overrides.read_overrides(out)
    results, more = overrides.apply(timed, wanted)
    filled, told = lms.fill_all(fill, results, out / "lms")
    unlisted = tuple(one for one in results if roster is not None and one.person not in roster.rows)
    present = {one.person for one in (*results, *older)}
    return Finished(
        results, tuple(older), tuple(one for one in roster.people if one not in present) if roster else (),
        unlisted, tuple(similar_pairs(results, _solutions(results))), (*notes, *more, *told), tuple(filled),
    )  # fmt: skip


def _solutions(results: Sequence[SubmissionResult]) -> dict[str, str]:
    from tcpedu.grading.assignment import assignments

    known = assignments()
    lessons = {result.lesson for result in results} & set(known)
    return {name: text for lesson in lessons for name, text in known[lesson].solutions.items()}


def _named(found: Found, result: SubmissionResult, roster: Roster | None) -> SubmissionResult:
    person = roster.find(found.name, found.guess.person) if roster is not None else None
    if person is None:
        return replace(result, person=found.guess.person)
    return replace(result, person=person, student=person.label)


def _latest(entries: Sequence[Entry]) -> tuple[list[Entry], list[SubmissionResult]]:
    """한 사람이 같은 과제를 여러 번 냈으면 마지막 것만 성적에 넣는다."""
    groups: dict[object, list[Entry]] = defaultdict(list)
    for found, result in entries:
        alone = result.state is not State.GRADED or not result.person.known
        groups[found.name if alone else (result.person, result.lesson)].append((found, result))
    kept, older = [], []
    for group in groups.values():
        *rest, (found, result) = _in_time(group)
        if rest:
            text = f"제출물이 {len(group)}개입니다: 마지막 것(`{found.name}`)을 성적에 넣었습니다."
            result = replace(result, findings=(*result.findings, text))
        kept.append((found, result))
        older += [one for _, one in rest]
    order = {found.name: number for number, (found, _) in enumerate(entries)}
    return sorted(kept, key=lambda entry: order[entry[0].name]), older


def _in_time(group: Sequence[Entry]) -> list[Entry]:
    """낸 차례. 이름이 같은 것끼리는 다시 낸 번호가, 서로 다른 것끼리는 파일의 시각이 정한다."""
    by_base = sorted(group, key=lambda entry: entry[0].base)
    lines = [
        sorted(same, key=lambda entry: (entry[0].attempt, entry[0].modified or 0, entry[0].name))
        for _, same in groupby(by_base, key=lambda entry: entry[0].base)
    ]
    lines.sort(key=lambda line: line[-1][0].modified or 0)
    return [entry for line in lines for entry in line]


def _timed(found: Found, result: SubmissionResult, deadlines: Deadlines) -> SubmissionResult:
    late = deadlines.late(result.lesson, result.person, found.modified, found.guess.late)
    if late is None or result.state is not State.GRADED:
        return result
    return replace(result, late=late.text, cut=late.percent)
