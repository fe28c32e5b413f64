"""제출물 하나를 처음부터 끝까지: 읽고, 짜고, 돌리고, 판정한다. 일꾼 과정 안에서 돈다."""

import time
import traceback
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from tcpedu.grading import ownwork
from tcpedu.grading.archive import read_member
from tcpedu.grading.assignment import Assignment, assignments, recognise
from tcpedu.grading.compose import Composed, compose
from tcpedu.grading.follow import follow_through
from tcpedu.grading.judge import judge
from tcpedu.grading.load import Submission, Unreadable, parse
from tcpedu.grading.result import ProblemResult, State, Status, SubmissionResult
from tcpedu.grading.run import RunResult, run
from tcpedu.grading.session import GraderFailure, Outcome
from tcpedu.grading.similar import fingerprint
from tcpedu.grading.tiers import SANDBOX

INSIDE = (
    "답을 부르는 각본과 소켓 문제의 상대가 답과 같은 커널에서 돌았습니다: "
    "이 격리 단계에서는 답이 다음에 올 것을 미리 읽는 것을 막지 못합니다."
)


@dataclass(frozen=True)
class Job:
    """일꾼에게 맡기는 일. 모든 값이 JSON이 된다."""

    path: str
    name: str  # 채점 폴더에서의 상대 경로
    student: str
    lesson: str | None = None  # 정해 주지 않으면 제출물을 보고 안다
    seed: str = "tcpedu"
    timeout: float = 10.0
    kernel: str = SANDBOX
    member: tuple[int, ...] = ()  # 압축 파일 속의 자리


def grade_submission(job: Job) -> SubmissionResult:
    """어떤 제출물에도 예외를 내지 않는다. 채점기의 실패는 `State.FAILED`가 된다."""
    started = time.monotonic()
    try:
        result = _grade(job)
    except Unreadable as error:
        result = SubmissionResult(job.name, job.student, State.UNREADABLE, reason=str(error))
    except GraderFailure as error:
        result = failed(job, str(error))
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        result = failed(job, f"{type(error).__name__}: {error} ({where.name}, {where.lineno}번째 줄)")
    return replace(result, seconds=round(time.monotonic() - started, 2))


def failed(job: Job, reason: str) -> SubmissionResult:
    """채점기가 실패한 제출물. 점수는 없다."""
    return SubmissionResult(job.name, job.student, State.FAILED, lesson=job.lesson or "", reason=reason)


def _grade(job: Job) -> SubmissionResult:
    submission = parse(content(job))
    assignment = _assignment(job, submission)
    composed = compose(submission, assignment, seed=job.seed)
    ran = run(composed.notebook, composed.plan, timeout=job.timeout, kernel_name=job.kernel)
    problems = follow_through(judge(assignment.problems, composed, ran), composed, assignment, job.timeout, job.kernel)
    problems, borrowed = ownwork.tell(problems, assignment.problems, composed, assignment.scaffold_names)
    return SubmissionResult(
        file=job.name, student=job.student, state=State.GRADED, lesson=assignment.lesson, problems=problems,
        findings=(*dict.fromkeys(_findings(composed, ran, problems)), *borrowed),
        digest=submission.digest, seed=composed.seed, prints=_prints(composed), tier=ran.tier,
    )  # fmt: skip


def content(job: Job) -> bytes:
    """제출물의 바이트. 압축 파일 속의 것이면 풀지 않고 그것만 읽는다."""
    return read_member(Path(job.path), tuple(job.member))


def _prints(composed: Composed) -> dict[str, str]:
    """답마다의 지문. 손대지 않은 답에는 없다."""
    answers = {name: answer.unit for name, answer in composed.answers.items() if answer.usable}
    return {name: fingerprint(unit.source.text) for name, unit in answers.items() if unit and not unit.is_stub}


def _assignment(job: Job, submission: Submission) -> Assignment:
    if job.lesson is not None:
        return assignments()[job.lesson]
    found = recognise(submission.cells, PurePosixPath(job.name).name)
    if found is None:
        raise Unreadable("어느 과제인지 알 수 없습니다: 연습문제의 답 셀이 하나도 없고 파일 이름에도 번호가 없습니다.")
    return found


def _findings(composed: Composed, ran: RunResult, problems: Iterable[ProblemResult]) -> Iterable[str]:
    yield from composed.findings
    solved = {problem.name for problem in problems if problem.status is Status.CORRECT}
    for planned in composed.plan.cells:
        cell = ran.cells.get(planned.id)
        if planned.meeting is not None and cell is not None and not cell.outside:
            yield INSIDE
        if planned.number is None or cell is None:
            continue
        if cell.outcome is Outcome.ERROR and (not planned.problems or solved & set(planned.problems)):
            yield f"{planned.number}번 셀이 오류({cell.error})로 끝났습니다. 그 앞까지 정의된 것으로 채점했습니다."
        if cell.outcome.fatal and not planned.problems:
            yield f"{planned.number}번 셀은 끝까지 돌지 못해({cell.outcome.value}) 빼고 채점했습니다."
