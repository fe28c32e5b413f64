"""대본의 손님들을 내 서버와 만나게 한다: 서버가 멈추지 않거나 스레드를 남기면 알아챈다.

강의: lessons/12_socket_programming.ipynb
"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from tcpedu.lab.meeting import Here, Peer
from tcpedu.lab.peer_moves import BUSY, ENDED, NOTHING, STUCK
from tcpedu.lab.peer_words import Move
from tcpedu.lab.peer_world import PATIENCE, SMALL, until

Server = Callable[[socket.socket, threading.Event], Any]


@dataclass
class Served:
    """서버를 돌린 결과. `guests`는 대본의 줄마다 손님이 본 것이다."""

    guests: list[Any] = field(default_factory=list)
    error: BaseException | None = None  # 서버가 낸 오류
    thread_error: BaseException | None = None  # 서버가 띄운 스레드에서 처음 난 오류
    threads_left: bool = False  # 돌아온 뒤에도 도는 스레드가 있는가
    rescued: bool = False  # 멈추라고 해도 돌아오지 않아 억지로 깨웠는가

    @property
    def trouble(self) -> str:
        """처음 눈에 띄는 탈. 없으면 빈 글."""
        for value in self.guests:
            if value in (NOTHING, ENDED, BUSY, STUCK) or isinstance(value, dict):
                return str(value)
        if self.error or self.thread_error:
            return type(self.error or self.thread_error).__name__
        if self.rescued:
            return STUCK
        return "스레드가 남는다" if self.threads_left else ""


def serve(script: Sequence[Move], server: Server, patience: float = PATIENCE) -> Served:
    """`server(listener, stop)`을 이 스레드에서 돌리고, 대본의 손님들이 연결하게 한다. 강의: lessons/12

    대본이 끝나면 `stop`이 켜진다. 돌아오지 않으면 듣는 소켓을 닫아 깨우고, 끝내 돌아오지 않으면 남은 연결을 끊는다.
    """
    served = Served()
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SMALL)
        world = Here(listener.getsockname(), patience, watching=False)
        wake = partial(_wake, listener, world)
        with watched_threads(world.stopped, served), rescue(world, wake), Peer(script, world) as peer:
            before = set(threading.enumerate())
            try:
                server(listener, world.stopped)
            except Exception as error:
                # 억지로 깨우거나 손님이 포기하고 끊은 뒤의 오류는 서버의 탈이 아니다
                served.error = None if world.rescued or world.gave_up else error
            world.returned.set()
            served.threads_left = _still_running(set(threading.enumerate()) - before)
        served.guests, served.rescued = peer.seen, world.rescued
    return served


def _wake(listener: socket.socket, world: Here) -> None:
    address = listener.getsockname()
    with suppress(OSError):
        listener.shutdown(socket.SHUT_RDWR)
    if not until(world.returned.is_set, PATIENCE):
        _cut(address)


def _cut(address: Any) -> None:
    """이 프로세스가 `address`에서 받아들인 연결을 모두 끊는다.

    대본의 손님은 이미 떠났다. 남은 것은 부르지 않은 손님이다: 죽은 커널의 포트를 되찾아 연결하는 주피터를 본 적이 있다.
    """
    import psutil

    for one in psutil.Process().net_connections("tcp"):
        if one.fd >= 0 and one.raddr and one.laddr == address:
            with suppress(OSError), socket.socket(fileno=os.dup(one.fd)) as held:
                held.shutdown(socket.SHUT_RDWR)


def _still_running(threads: set[threading.Thread]) -> bool:
    deadline = time.monotonic() + 0.3  # 막 끝나려던 스레드는 기다려 준다
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    return any(thread.is_alive() for thread in threads)


@contextmanager
def watched_threads(stopped: threading.Event, served: Served) -> Iterator[None]:
    """서버의 스레드에서 난 오류를 찍지 않고 적어 둔다. 손님이 끊은 것과 멈춘 뒤의 것은 오류로 보지 않는다."""

    def note(info: threading.ExceptHookArgs) -> None:
        excused = isinstance(info.exc_value, ConnectionError) or stopped.is_set()
        if served.thread_error is None and not excused:
            served.thread_error = info.exc_value

    before, threading.excepthook = threading.excepthook, note
    try:
        yield
    finally:
        threading.excepthook = before


@contextmanager
def rescue(world: Here, wake: Callable[[], object]) -> Iterator[None]:
    """멈추라고 해도 `accept()`에 갇혀 있는 서버를 깨운다."""

    def watch() -> None:
        world.stopped.wait()
        # 손님이 포기하고 끊었으면 서버는 밀린 연결부터 정리하느라 늦을 수 있다
        limit = PATIENCE if world.gave_up else world.patience / 2
        if not until(world.returned.is_set, limit) and (world.asleep() or not until(world.returned.is_set, 2 * limit)):
            world.rescued = True
            with suppress(OSError):
                wake()

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    yield
    thread.join(2 * world.patience)
