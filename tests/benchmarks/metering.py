"""과정 나무 하나가 쓴 CPU를 cgroup으로 잰다.

`RUSAGE_CHILDREN`은 거둔 자식만 센다. 채점 상자는 스스로 거두어지고 나무째 끝나므로 그것으로는 모자라게 나온다.
"""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path("/sys/fs/cgroup")
RECIPE = (
    "CPU를 재려면 cgroup을 만들 수 있어야 한다: 관리자로, 또는 systemd-run --user --scope -p Delegate=yes 로 돌린다."
)


@dataclass(frozen=True)
class Cost:
    """쓴 CPU 초, 걸린 초, 나누어 쓰는 것을 나누어 센 메모리의 가장 큰 값(바이트)."""

    cpu: float
    wall: float
    peak: int = 0

    def __sub__(self, other: Cost) -> Cost:
        return Cost(self.cpu - other.cpu, self.wall - other.wall)

    def each(self, count: int) -> Cost:
        return Cost(self.cpu / count, self.wall / count)


class Group:
    """cgroup 하나. 그 안에서 태어난 과정은 모두 그 안에 있다."""

    def __init__(self) -> None:
        self.folder = next(filter(_made, _places()), None)

    def processes(self) -> list[int]:
        assert self.folder is not None
        return [int(text) for text in (self.folder / "cgroup.procs").read_text().split()]

    def seconds(self) -> float:
        assert self.folder is not None
        usage = self.folder / "cpuacct.usage"
        if usage.exists():
            return int(usage.read_text()) / 1e9
        rows = dict(row.split() for row in (self.folder / "cpu.stat").read_text().splitlines())
        return int(rows["usage_usec"]) / 1e6

    def enter(self) -> None:
        """지금의 과정이 들어간다. 새로 뜨는 과정이 exec 앞에서 부른다."""
        assert self.folder is not None
        (self.folder / "cgroup.procs").write_text(str(os.getpid()))

    def close(self) -> None:
        """남은 과정을 모두 끝내고 치운다."""
        if self.folder is None:
            return
        while left := self.processes():
            for pid in left:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    continue
            time.sleep(0.02)
        self.folder.rmdir()


def _places() -> Iterator[Path]:
    """cgroup을 만들어 볼 자리: v1의 cpuacct, v2에서 내가 있는 자리."""
    name = f"tcpedu-{os.getpid()}-{time.monotonic_ns()}"
    if (ROOT / "cpuacct").is_dir():
        yield ROOT / "cpuacct" / name
    own = Path("/proc/self/cgroup")
    for row in own.read_text().splitlines() if own.exists() else ():
        if row.startswith("0::") and (ROOT / "cgroup.controllers").exists():
            yield ROOT / row[3:].lstrip("/") / name


def _made(folder: Path) -> bool:
    try:
        folder.mkdir()
    except OSError:
        return False
    return True


@contextmanager
def group() -> Iterator[Group]:
    """cgroup을 만들어 빌려준다. 만들 수 없으면 시험을 건너뛴다."""
    import pytest

    found = Group()
    if found.folder is None:
        pytest.skip(RECIPE)
    try:
        yield found
    finally:
        found.close()


def meter(
    argv: Sequence[str], *, cwd: Path | None = None, env: Mapping[str, str] | None = None, memory: bool = False
) -> Cost:
    """명령 하나를 끝까지 돌리고 그 과정 나무가 쓴 것을 잰다. 실패하면 RuntimeError."""
    with group() as place:
        began = time.monotonic()
        process = subprocess.Popen(
            argv, cwd=cwd, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, preexec_fn=place.enter
        )
        watch = PeakMemory(place) if memory else None
        text, _ = process.communicate()
        wall = time.monotonic() - began
        peak = watch.stop() if watch is not None else 0
        if process.returncode:
            raise RuntimeError(f"{' '.join(argv)}\n{text[-3000:]}")
        return Cost(place.seconds(), wall, peak)


class PeakMemory(threading.Thread):
    """cgroup 안의 과정들이 쓰는 메모리(PSS의 합)를 1초에 몇 번 본다."""

    EVERY = 0.3

    def __init__(self, place: Group) -> None:
        super().__init__(daemon=True)
        self.place, self.peak, self.done = place, 0, threading.Event()
        self.start()

    def run(self) -> None:
        while not self.done.wait(self.EVERY):
            self.peak = max(self.peak, sum(map(proportional, self.place.processes())))

    def stop(self) -> int:
        self.done.set()
        self.join()
        return self.peak


def proportional(pid: int) -> int:
    """과정 하나의 PSS(바이트). 이미 끝났으면 0."""
    try:
        rows = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(row.split()[1]) * 1024 for row in rows if row.startswith("Pss:")), 0)
