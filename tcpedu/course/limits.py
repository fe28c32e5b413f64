"""끝나지 않는 답을 멈춘다.

POSIX의 주 스레드에서는 타이머 신호(setitimer)로, 다른 곳(윈도우, 다른 스레드)에서는
지켜보는 스레드가 `PyThreadState_SetAsyncExc`로 오류를 일으킨다. 두 번째 방법은
파이썬 코드 사이에서만 먹히므로 `time.sleep` 같은 호출은 끝난 뒤에야 멈춘다.
답이 `except:`로 오류를 모두 삼키면 어느 방법도 멈출 수 없다: 그때는 커널을 중단한다.
"""

from __future__ import annotations

import ctypes
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

AGAIN = 0.1  # 답이 오류를 한 번 삼켜도 다시 알린다


class TimeLimit(BaseException):
    """정해 둔 시간 안에 끝나지 않았다. `except Exception`에 걸리지 않는다."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """`seconds`초가 지나면 안쪽 코드에 TimeLimit을 일으킨다."""
    main = threading.current_thread() is threading.main_thread()
    if main and hasattr(signal, "setitimer"):
        with _by_signal(seconds):
            yield
    else:
        with _by_thread(seconds):
            yield


@contextmanager
def _by_signal(seconds: float) -> Iterator[None]:
    active = True

    def stop(number: int, frame: FrameType | None) -> None:
        if active:
            raise TimeLimit

    before = signal.signal(signal.SIGALRM, stop)
    left, interval = signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN)
    try:
        yield
    finally:
        while active:
            with suppress(TimeLimit):  # 되돌리기 직전에 신호가 한 번 더 올 수 있다
                active = False
        signal.setitimer(signal.ITIMER_REAL, left, interval)
        signal.signal(signal.SIGALRM, before if before is not None else signal.SIG_DFL)


@contextmanager
def _by_thread(seconds: float) -> Iterator[None]:
    target = ctypes.c_ulong(threading.get_ident())
    done, lock = threading.Event(), threading.Lock()

    def watch() -> None:
        wait = seconds
        while not done.wait(wait):
            wait = AGAIN
            with lock:
                if not done.is_set():
                    _raise_in(target, TimeLimit)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        with lock:
            done.set()
            _raise_in(target, None)  # 아직 전해지지 않은 오류를 거둔다
        watcher.join()


def _raise_in(target: ctypes.c_ulong, error: type[BaseException] | None) -> None:
    value = ctypes.py_object(error) if error is not None else None
    ctypes.pythonapi.PyThreadState_SetAsyncExc(target, value)
