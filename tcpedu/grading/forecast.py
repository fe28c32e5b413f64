"""큰 반을 채점하는 데 드는 시간과 메모리를 잰 값으로 미리 셈한다."""

import json
import os
import tempfile
import threading
import tracemalloc
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType

import psutil

from tcpedu.grading.archive import read_member
from tcpedu.grading.assignment import root
from tcpedu.grading.collect import collect
from tcpedu.grading.load import Unreadable
from tcpedu.grading.result import State, SubmissionResult
from tcpedu.grading.store import NAME as STORE
from tcpedu.grading.store import Run, Store

SAMPLE = 8
CLASS = 64
_EVERY = 0.5


class MemoryWatch:
    """이 과정이 낳은 모든 과정의 메모리 합을 때때로 재어 가장 컸던 값을 남긴다.

    여럿이 함께 쓰는 파일의 쪽은 빼고 센다. 갈라져 나온 과정이 함께 쓰는 쪽은 두 번 세므로 실제보다 크다.
    """

    def __init__(self) -> None:
        self.peak = 0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "MemoryWatch":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(_EVERY):
            self.peak = max(self.peak, sum(map(_own_bytes, psutil.Process().children(recursive=True))))


def _own_bytes(process: psutil.Process) -> int:
    try:
        memory = process.memory_info()
    except psutil.Error:
        return 0
    return int(memory.rss - getattr(memory, "shared", 0))


@dataclass(frozen=True)
class Forecast:
    """제출물 `count`개를 일꾼 `jobs`개로 채점할 때."""

    count: int
    jobs: int
    measured: Run
    source: str  # 어디에서 잰 값인가
    result_bytes: int  # 결과 하나가 채점을 시킨 과정에서 차지하는 메모리
    base_bytes: int

    @property
    def grading_seconds(self) -> float:
        """일꾼이 저마다 하나씩 쉬지 않고 채점할 때."""
        return self.count * self.measured.busy / self.measured.graded / self.jobs

    @property
    def report_seconds(self) -> float:
        """보고서는 과정 하나가 쓴다."""
        return self.count * self.measured.report

    @property
    def bytes(self) -> int:
        """모든 결과를 메모리에 두고 보고서를 쓰므로 사람 수에 비례한다."""
        return self.base_bytes + self.count * self.result_bytes + self.jobs * self.measured.worker_bytes


def forecast(count: int, *, folder: Path | None = None, out: Path | None = None, jobs: int | None = None) -> Forecast:
    """`count`명의 반을 채점하는 데 드는 시간과 메모리.

    `out`에 지난번에 잰 값이 있으면 그것으로, 없으면 `folder`의 제출물 몇 개(없으면 강의의 풀이)를 지금 채점해
    잰 값으로 셈한다.
    """
    workers = jobs or os.cpu_count() or 1
    if out is not None and (out / STORE).is_file():
        with Store(out) as store:
            run, results = store.last_run(), store.some(SAMPLE)
        if run is not None:
            return _forecast(count, workers, run, f"지난번에 {run.graded}개를 채점하며 잰 값", results)
    run, results = _measure(folder, workers)
    return _forecast(count, workers, run, f"지금 {run.graded}개를 채점해 잰 값", results)


def _forecast(count: int, jobs: int, run: Run, source: str, results: Sequence[SubmissionResult]) -> Forecast:
    return Forecast(count, jobs, run, source, _bytes_each(results), psutil.Process().memory_info().rss)


def _measure(folder: Path | None, jobs: int) -> tuple[Run, list[SubmissionResult]]:
    """본보기를 임시 폴더에 모아 진짜로 채점한다."""
    from tcpedu.grading.classroom import grade
    from tcpedu.grading.finish import Finished
    from tcpedu.grading.pages import class_page, learner_page

    # 쪽의 틀을 처음 푸는 시간은 사람 수와 상관없으므로 재기 전에 치른다.
    learner_page(SubmissionResult("", "", State.FAILED))
    class_page(Finished(()), {})
    with tempfile.TemporaryDirectory(prefix="tcpedu-plan-") as name:
        sample, out = Path(name, "sample"), Path(name, "out")
        sample.mkdir()
        for number, (file, data) in enumerate(_sample(folder)):
            (sample / f"{number:02d}번째 {file}").write_bytes(data)
        grade(sample, out, jobs=jobs)
        with Store(out) as store:
            run, results = store.last_run(), store.some(SAMPLE)
    if run is None:
        raise ValueError("재 볼 제출물을 하나도 채점하지 못했습니다: 제출물이 든 폴더를 확인하세요.")
    return run, results


def _sample(folder: Path | None) -> Iterator[tuple[str, bytes]]:
    """고루 고른 제출물의 이름과 바이트."""
    found = collect(folder or root() / "solutions").submissions
    step = max(1, len(found) // SAMPLE)
    for one in found[::step][:SAMPLE]:
        if not one.trouble:
            try:
                yield one.name.rsplit("/", 1)[-1], read_member(one.path, one.member)
            except Unreadable:
                continue


def _bytes_each(results: Sequence[SubmissionResult]) -> int:
    """결과 하나에 드는 메모리. 한 반만큼 늘려 실제로 담고 보고서까지 써 보며 가장 컸던 때를 잰다."""
    from tcpedu.grading.finish import Finished
    from tcpedu.grading.report import write_reports

    rows = [json.dumps(result.to_dict()) for result in results]
    tracemalloc.start()
    try:
        kept = [SubmissionResult.from_dict(json.loads(rows[number % len(rows)])) for number in range(CLASS)]
        distinct = tuple(replace(one, file=f"{number}.ipynb") for number, one in enumerate(kept))
        with tempfile.TemporaryDirectory(prefix="tcpedu-plan-") as folder:
            write_reports(Finished(distinct), Path(folder))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return peak // CLASS
