"""상자의 첫 과정: 끝난 과정을 거두고, 모두 합한 메모리와 수명을 지킨다.

rlimit은 과정 하나의 것이라 여럿이 나누어 쓰는 메모리를 막지 못한다.
"""

import os
import signal
import time
from collections.abc import Iterator

EVERY = 0.05
TOTAL_MEMORY = 700 * 2**20  # 상자의 모든 과정이 저마다 쓰는 메모리의 합
SIGNALS = (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT)
_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


def watch(kernel: int, life: float) -> None:
    """커널이 끝나거나, 한도를 넘거나, 끝내라고 할 때까지. 돌아올 때에는 자손이 하나도 없다."""
    deadline = time.monotonic() + life
    while _reap() and time.monotonic() < deadline and memory() < TOTAL_MEMORY:
        found = signal.sigtimedwait(SIGNALS, EVERY)
        if found is not None and found.si_signo == signal.SIGTERM:
            break
        if found is not None and found.si_signo == signal.SIGINT:
            os.kill(kernel, signal.SIGINT)
    while _reap():
        for pid in descendants(os.getpid()):
            os.kill(pid, signal.SIGKILL)
        signal.sigtimedwait(SIGNALS, EVERY)


def _reap() -> bool:
    """끝난 과정을 거둔다. 남은 자손이 없으면 False."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return False
    return True


def descendants(pid: int) -> Iterator[int]:
    """자손의 번호. 부모를 잃은 과정은 첫 과정의 자식이 되므로 빠지는 것이 없다."""
    try:
        threads = os.listdir(f"/proc/{pid}/task")
        texts = [_read(f"/proc/{pid}/task/{thread}/children") for thread in threads]
    except OSError:
        return
    for child in " ".join(texts).split():
        yield int(child)
        yield from descendants(int(child))


def memory() -> int:
    """자손이 저마다 쓰는 바이트. 씨앗 과정과 나누어 쓰는 페이지는 넘칠 것 같을 때에만 빼고 센다."""
    family = list(descendants(os.getpid()))
    rough = sum(map(_resident, family))
    return rough if rough < TOTAL_MEMORY else sum(map(_proportional, family))


def _resident(pid: int) -> int:
    try:
        fields = _read(f"/proc/{pid}/statm").split()
    except OSError:
        return 0
    return (int(fields[1]) - int(fields[2])) * _PAGE if fields else 0


def _proportional(pid: int) -> int:
    try:
        rows = dict(row.split(":", 1) for row in _read(f"/proc/{pid}/smaps_rollup").splitlines()[1:])
    except OSError:
        return _resident(pid)  # 제 기억을 가린 과정
    return int(rows["Pss_Anon"].split()[0]) * 1024


def _read(path: str) -> str:
    with open(path, encoding="ascii") as file:
        return file.read()
