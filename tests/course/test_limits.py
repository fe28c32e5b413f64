"""끝나지 않는 답을 멈춘다."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable

import pytest

from tcpedu.course.limits import TimeLimit, time_limit


def forever() -> None:
    while True:
        pass


def swallowing_once() -> None:
    try:
        forever()
    except BaseException:
        forever()


@pytest.mark.parametrize("work", [forever, swallowing_once])
@pytest.mark.parametrize("elsewhere", [False, True], ids=["주 스레드", "다른 스레드"])
def test_it_stops(work: Callable[[], None], elsewhere: bool) -> None:
    seen: list[str] = []

    def run() -> None:
        try:
            with time_limit(0.1):
                work()
        except TimeLimit:
            seen.append("멈춤")

    if elsewhere:
        thread = threading.Thread(target=run)
        thread.start()
        thread.join(10)
    else:
        run()
    assert seen == ["멈춤"]


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="타이머 신호가 없는 운영체제")
def test_it_puts_back_the_handler_and_timer() -> None:
    mine = lambda *_: None  # noqa: E731
    before = signal.signal(signal.SIGALRM, mine)
    signal.setitimer(signal.ITIMER_REAL, 60)
    try:
        with time_limit(5):
            pass
        assert signal.getsignal(signal.SIGALRM) is mine
        assert 50 < signal.getitimer(signal.ITIMER_REAL)[0] <= 60
        with pytest.raises(TimeLimit), time_limit(0.05):
            forever()
        assert signal.getsignal(signal.SIGALRM) is mine
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_quick_work_is_left_alone() -> None:
    with time_limit(0.05):
        done = 1 + 1
    time.sleep(0.1)
    assert done == 2


def test_interrupt_goes_through() -> None:
    with pytest.raises(KeyboardInterrupt), time_limit(5):
        raise KeyboardInterrupt
