"""한 반의 제출물을 채점한다. 결과는 나오는 대로 적으므로 도중에 멈춰도 이어서 할 수 있다."""

import hashlib
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from tcpedu.grading import pool, tiers
from tcpedu.grading.assignment import assignments
from tcpedu.grading.collect import Collection, Found, collect
from tcpedu.grading.load import Unreadable, read_bytes
from tcpedu.grading.result import State, SubmissionResult
from tcpedu.grading.store import Store, key
from tcpedu.grading.submission import Job

TIMEOUT = 10.0


@dataclass(frozen=True)
class Progress:
    """진행 상황: `total`개 가운데 `done`번째로 `result`가 나왔다."""

    done: int
    total: int
    result: SubmissionResult
    reused: bool = False


@dataclass(frozen=True)
class GradeSummary:
    """채점을 마친 결과. `exit_code`는 모두 채점했으면 0, 아니면 1이다."""

    results: tuple[SubmissionResult, ...]
    out: Path
    ignored: tuple[str, ...]
    reused: int
    seconds: float

    @property
    def graded(self) -> tuple[SubmissionResult, ...]:
        return tuple(result for result in self.results if result.state is State.GRADED)

    @property
    def unreadable(self) -> tuple[SubmissionResult, ...]:
        return tuple(result for result in self.results if result.state is State.UNREADABLE)

    @property
    def failed(self) -> tuple[SubmissionResult, ...]:
        return tuple(result for result in self.results if result.state is State.FAILED)

    @property
    def exit_code(self) -> int:
        return 0 if len(self.graded) == len(self.results) else 1


def grade(
    folder: str | os.PathLike[str],
    out: str | os.PathLike[str],
    *,
    jobs: int | None = None,
    progress: Callable[[Progress], None] | None = None,
    assignment: str | None = None,
    timeout: float = TIMEOUT,
    seed: str = "tcpedu",
) -> GradeSummary:
    """폴더의 제출물을 모두 채점해 `out`에 결과를 쓴다.

    `assignment`("02" 또는 "02_segment_header")를 주면 모든 파일을 그 과제로 본다. `timeout`은 셀 하나의
    초, `jobs`는 함께 도는 일꾼의 수(기본은 CPU 수)다. 같은 제출물은 다시 채점하지 않는다.
    """
    started = time.monotonic()
    place = Path(out)
    place.mkdir(parents=True, exist_ok=True)
    found = collect(Path(folder), without=place)
    store = Store(place)
    lesson = _lesson(assignment)
    work = [Job(str(one.path.absolute()), one.name, one.student, lesson, seed, timeout) for one in found.submissions]
    done: dict[str, tuple[SubmissionResult, bool]] = {}
    for result, reused in _results(work, store, jobs or os.cpu_count() or 1):
        done[result.file] = result, reused
        if progress is not None:
            progress(Progress(len(done), len(work), result, reused))
    return _finish(found, done, place, started)


def check_file(
    path: str | os.PathLike[str], *, assignment: str | None = None, timeout: float = TIMEOUT
) -> SubmissionResult:
    """배우는 사람이 자기 파일 하나를 채점한다. 아무것도 저장하지 않는다."""
    file = Path(path)
    if not file.exists():
        raise FileNotFoundError(f"파일이 없습니다: {file}")
    found: Found = collect(file).submissions[0]
    job = Job(str(file.absolute()), found.name, found.student, _lesson(assignment), timeout=timeout)
    return next(iter(list(pool.each([replace(job, kernel=tiers.own_kernel())], 1))))


def _lesson(assignment: str | None) -> str | None:
    if assignment is None:
        return None
    found = [lesson for lesson in assignments() if lesson == assignment or lesson.split("_")[0] == assignment]
    if not found:
        raise ValueError(f"'{assignment}'이라는 과제는 없습니다. 있는 과제: {', '.join(assignments())}")
    return found[0]


def _results(work: list[Job], store: Store, workers: int) -> Iterator[tuple[SubmissionResult, bool]]:
    """이미 아는 결과를 먼저, 나머지는 채점하는 대로. 내용이 같은 제출물은 한 번만 돌린다."""
    fresh: dict[str, list[Job]] = {}
    for job in work:
        name = _key(job)
        if (known := store.get(name)) is not None:
            yield replace(known, file=job.name, student=job.student), True
        else:
            fresh.setdefault(name, []).append(job)
    first = {group[0].name: name for name, group in fresh.items()}
    for result in pool.each([group[0] for group in fresh.values()], workers):
        name = first[result.file]
        store.put(name, result)
        for number, job in enumerate(fresh[name]):
            yield replace(result, file=job.name, student=job.student), number > 0


def _key(job: Job) -> str:
    """내용이 같고 설정이 같으면 같은 열쇠. 파일 이름은 과제를 알아보는 데 쓰이므로 이름도 본다."""
    try:
        data = read_bytes(Path(job.path))
    except Unreadable as error:
        return key(f"unreadable {error}", job.name)
    return key(hashlib.sha256(data).hexdigest(), Path(job.name).name, job.lesson, job.seed, job.timeout, job.kernel)


def _finish(
    found: Collection, done: dict[str, tuple[SubmissionResult, bool]], out: Path, started: float
) -> GradeSummary:
    from tcpedu.grading.report import write_reports

    results = tuple(done[one.name][0] for one in found.submissions)
    reused = sum(reused for _, reused in done.values())
    summary = GradeSummary(results, out, found.ignored, reused, round(time.monotonic() - started, 1))
    write_reports(summary.results, out, ignored=found.ignored)
    return summary
