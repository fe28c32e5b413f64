"""큰 반을 채점하는 데 드는 시간과 메모리를 잰 값으로 미리 셈한다."""

import json
import threading
import tracemalloc
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import psutil

from tcpedu.grading.result import SubmissionResult
from tcpedu.grading.store import Run

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
    result_bytes: int  # 결과 하나가 채점을 시킨 과정에서 차지하는 메모리
    base_bytes: int

    @property
    def seconds(self) -> float:
        """잰 것과 일꾼 수가 다르면 일꾼 수에 반비례한다고 본다."""
        return self.count * self.measured.seconds * self.measured.jobs / self.measured.graded / self.jobs

    @property
    def bytes(self) -> int:
        return self.base_bytes + self.count * self.result_bytes + self.jobs * self.measured.worker_bytes


def forecast(count: int, jobs: int, measured: Run, results: Sequence[SubmissionResult]) -> Forecast:
    """잰 값 `measured`와 결과의 본보기 `results`로 셈한다."""
    return Forecast(count, jobs, measured, _bytes_each(results), psutil.Process().memory_info().rss)


def _bytes_each(results: Sequence[SubmissionResult]) -> int:
    """결과를 저장소에서 꺼내 메모리에 담을 때 하나에 드는 바이트. 실제로 담아 보고 잰다."""
    rows = [json.dumps(result.to_dict()) for result in results]
    tracemalloc.start()
    try:
        kept = [SubmissionResult.from_dict(json.loads(row)) for row in rows]
        used, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return used // max(len(kept), 1)


def sample_folder(root: Path) -> list[Path]:
    """재 볼 것이 따로 없을 때 쓰는, 강의에 든 풀이 노트북."""
    return sorted((root / "solutions").glob("*.ipynb"))
