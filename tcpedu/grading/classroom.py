"""한 반의 제출물을 채점한다. 결과는 나오는 대로 적으므로 도중에 멈춰도 이어서 할 수 있다."""

import hashlib
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tcpedu.grading import pool
from tcpedu.grading.archive import read_member
from tcpedu.grading.assignment import assignments, mentioned
from tcpedu.grading.collect import Collection, Found, collect
from tcpedu.grading.deadline import Deadlines, read_deadlines
from tcpedu.grading.finish import Finished, finish
from tcpedu.grading.forecast import MemoryWatch
from tcpedu.grading.load import Unreadable
from tcpedu.grading.result import State, SubmissionResult
from tcpedu.grading.roster import Roster, read_roster, roster_of
from tcpedu.grading.sheet import read_sheet
from tcpedu.grading.store import Run, Store, key
from tcpedu.grading.submission import Job
from tcpedu.grading.summary import GradeSummary, Progress
from tcpedu.grading.tiers import own_kernel

TIMEOUT = 10.0
PathLike = str | os.PathLike[str]


@dataclass(frozen=True)
class Options:
    """채점의 설정. `grade`의 같은 이름의 인자다."""

    jobs: int
    lesson: str | None
    timeout: float
    seed: str
    scheduler: str | None


def grade(
    folder: PathLike,
    out: PathLike,
    *,
    jobs: int | None = None,
    progress: Callable[[Progress], None] | None = None,
    assignment: str | None = None,
    timeout: float = TIMEOUT,
    seed: str = "tcpedu",
    roster: PathLike | None = None,
    deadline: PathLike | None = None,
    fill: Sequence[str] = (),
    scheduler: str | None = None,
) -> GradeSummary:
    """폴더(또는 zip)의 제출물을 모두 채점해 `out`에 결과를 쓴다.

    `assignment`("02" 또는 "02_segment_header")를 주면 모든 파일을 그 과제로 본다. `timeout`은 셀 하나의
    초, `jobs`는 함께 도는 일꾼의 수(기본은 CPU 수)다. 같은 제출물은 다시 채점하지 않는다.
    `roster`는 명단 CSV, `deadline`은 마감 시각이나 CSV, `fill`은 점수를 채울 LMS의 CSV들이다.
    `scheduler`를 주면 Dask의 그 스케줄러에 맡긴다.
    """
    started = time.monotonic()
    from tcpedu.grading.report import write_reports  # 무거운 것은 재기 전에 불러 둔다

    options = Options(jobs or os.cpu_count() or 1, _lesson(assignment), timeout, seed, scheduler)
    people = _roster(roster, fill)
    deadlines = read_deadlines(deadline) if deadline is not None else Deadlines()
    place = Path(out)
    place.mkdir(parents=True, exist_ok=True)
    found = collect(Path(folder), without=place)
    with Store(place) as store, MemoryWatch() as memory:
        done = _run(found, store, options, progress)
        graded = time.monotonic()
        finished = finish([(one, done[one.name][0]) for one in found.submissions], place, people, deadlines, fill)
        reused = sum(reused for _, reused in done.values())
        write_reports(finished, place, ignored=found.ignored)
        summary = _summary(finished, found, place, reused)
        _remember(store, done, options, memory.peak, time.monotonic() - graded)
    return replace(summary, seconds=round(time.monotonic() - started, 1))


def _remember(
    store: Store, done: dict[str, tuple[SubmissionResult, bool]], options: Options, peak: int, report: float
) -> None:
    """큰 반의 시간과 메모리를 셈할 수 있게 잰 것을 적어 둔다."""
    fresh = [result for result, reused in done.values() if not reused and result.state is State.GRADED]
    if fresh and options.scheduler is None:
        jobs = min(options.jobs, len(fresh))
        store.put_run(Run(len(fresh), jobs, sum(one.seconds for one in fresh), peak // jobs, report / len(done)))


def _roster(roster: PathLike | None, fill: Sequence[str]) -> Roster | None:
    """명단을 따로 주지 않았으면 채울 성적표가 명단이다. 읽지 못하는 표는 채점하기 전에 알린다."""
    from tcpedu.grading.lms import fill_target

    sheets = [read_sheet(fill_target(text)[0]) for text in fill]
    if roster is not None:
        return read_roster(roster)
    return roster_of(sheets[0]) if sheets else None


def _run(
    found: Collection, store: Store, options: Options, progress: Callable[[Progress], None] | None
) -> dict[str, tuple[SubmissionResult, bool]]:
    done: dict[str, tuple[SubmissionResult, bool]] = {}
    for result, reused in _results(found.submissions, store, options):
        done[result.file] = result, reused
        if progress is not None:
            progress(Progress(len(done), len(found.submissions), result, reused))
    return done


def _summary(finished: Finished, found: Collection, out: Path, reused: int) -> GradeSummary:
    return GradeSummary(
        finished.results, out, found.ignored, reused, 0.0, older=finished.older,
        absent=finished.absent, notes=finished.notes, filled=tuple(out / "lms" / name for name in finished.filled),
    )  # fmt: skip


def check_file(path: PathLike, *, assignment: str | None = None, timeout: float = TIMEOUT) -> SubmissionResult:
    """배우는 사람이 자기 파일 하나를 채점한다. 아무것도 저장하지 않는다."""
    file = Path(path)
    if not file.exists():
        raise FileNotFoundError(f"파일이 없습니다: {file}")
    found: Found = collect(file).submissions[0]
    job = Job(str(file.absolute()), found.name, found.student, _lesson(assignment), timeout=timeout)
    return next(iter(list(pool.each([replace(job, kernel=own_kernel())], 1))))


def _lesson(assignment: str | None) -> str | None:
    if assignment is None:
        return None
    found = [lesson for lesson in assignments() if lesson == assignment or lesson.split("_")[0] == assignment]
    if not found:
        raise ValueError(f"'{assignment}'이라는 과제는 없습니다. 있는 과제: {', '.join(assignments())}")
    return found[0]


def _results(found: Sequence[Found], store: Store, options: Options) -> Iterator[tuple[SubmissionResult, bool]]:
    """이미 아는 결과를 먼저, 나머지는 채점하는 대로. 내용이 같은 제출물은 한 번만 돌린다."""
    fresh: dict[str, list[Job]] = {}
    for one in found:
        if one.trouble:
            yield SubmissionResult(one.name, one.student, State.UNREADABLE, reason=one.trouble), False
            continue
        job = _job(one, options)
        name = _key(job)
        if (known := store.get(name)) is not None:
            yield replace(known, file=job.name, student=job.student), True
        else:
            fresh.setdefault(name, []).append(job)
    first = {group[0].name: name for name, group in fresh.items()}
    for result in _graded([group[0] for group in fresh.values()], first, options):
        name = first[result.file]
        store.put(name, result)
        for number, job in enumerate(fresh[name]):
            yield replace(result, file=job.name, student=job.student), number > 0


def _job(one: Found, options: Options) -> Job:
    path = str(one.path.absolute())
    return Job(path, one.name, one.student, options.lesson, options.seed, options.timeout, member=one.member)


def _graded(jobs: Sequence[Job], keys: dict[str, str], options: Options) -> Iterator[SubmissionResult]:
    if options.scheduler is None:
        return pool.each(jobs, options.jobs)
    from tcpedu.grading import cluster

    return cluster.each(jobs, options.scheduler, keys)


def _key(job: Job) -> str:
    """내용이 같고 설정이 같으면 같은 열쇠. 파일 이름은 거기에 적힌 과제 번호만 본다."""
    try:
        digest = hashlib.sha256(read_member(Path(job.path), job.member)).hexdigest()
    except Unreadable as error:
        digest = f"unreadable {error}"
    return key(digest, mentioned(Path(job.name).name), job.lesson, job.seed, job.timeout, job.kernel)
