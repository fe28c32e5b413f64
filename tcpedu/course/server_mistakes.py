"""여럿을 받는 서버의 흔한 실수: 배우는 사람이 정말로 쓰는 모양 그대로. 문제의 진단이 이것으로 만들어진다."""

from __future__ import annotations

import selectors
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from tcpedu.course.socket_answers import hasty
from tcpedu.lab.sockets.servers import Guest

Handle = Callable[[socket.socket], None]
Stop = threading.Event


def _echo(guest: socket.socket) -> None:
    with guest, suppress(ConnectionError):
        while data := guest.recv(4096):
            guest.sendall(data)


def _arrivals(listener: socket.socket, stop: Stop) -> Iterator[socket.socket]:
    listener.settimeout(0.02)
    while not stop.is_set():
        with suppress(TimeoutError):
            guest, _ = listener.accept()
            guest.settimeout(None)
            yield guest


def _threaded(arrivals: Iterator[socket.socket], handle: Handle = _echo) -> None:
    """손님마다 스레드 하나, 끝나면 모두 깨우고 기다린다."""
    served = []
    for guest in arrivals:
        thread = threading.Thread(target=handle, args=(guest,))
        thread.start()
        served.append((guest, thread))
    for guest, thread in served:
        with suppress(OSError):
            guest.shutdown(socket.SHUT_RDWR)
        thread.join()


@hasty
def serial(listener: socket.socket, stop: Stop) -> None:
    for guest in _arrivals(listener, stop):
        _echo(guest)


@hasty
def one_guest(listener: socket.socket, stop: Stop) -> None:
    guest, _ = listener.accept()
    _echo(guest)


def busy(listener: socket.socket, stop: Stop) -> None:
    def spin() -> Iterator[socket.socket]:
        listener.setblocking(False)
        while not stop.is_set():
            with suppress(BlockingIOError):
                guest, _ = listener.accept()
                guest.setblocking(True)
                yield guest

    _threaded(spin())


@hasty
def ignores_stop(listener: socket.socket, stop: Stop) -> None:
    with suppress(OSError):
        _threaded(_arrivals(listener, threading.Event()))


@hasty
def leaves_threads(listener: socket.socket, stop: Stop) -> None:
    for guest in _arrivals(listener, stop):
        threading.Thread(target=_echo, args=(guest,), daemon=True).start()


@hasty
def never_closes(listener: socket.socket, stop: Stop) -> None:
    kept = []

    def echo(guest: socket.socket) -> None:
        kept.append(guest)
        with suppress(ConnectionError):
            while data := guest.recv(4096):
                guest.sendall(data)

    _threaded(_arrivals(listener, stop), echo)


def _selecting(listener: socket.socket, stop: Stop, reply: Callable[[socket.socket, bytes], Any]) -> None:
    """스레드 하나의 서버. `reply`로 답한다."""
    with selectors.DefaultSelector() as selector:
        selector.register(listener, selectors.EVENT_READ)
        while not stop.is_set():
            for key, _ in selector.select(0.02):
                if key.fileobj is listener:
                    selector.register(listener.accept()[0], selectors.EVENT_READ)
                    continue
                guest: Any = key.fileobj
                data = b""
                with suppress(ConnectionError):
                    data = guest.recv(4096)
                    reply(guest, data)
                if not data:
                    selector.unregister(guest)
                    guest.close()
        for key in list(selector.get_map().values()):
            if key.fileobj is not listener:
                key.fileobj.close()  # type: ignore[union-attr]


@hasty
def one_error_kills(listener: socket.socket, stop: Stop) -> None:
    listener.setblocking(False)
    with selectors.DefaultSelector() as selector:
        selector.register(listener, selectors.EVENT_READ)
        while not stop.is_set():
            for key, _ in selector.select(0.02):
                if key.data is None:
                    sock = listener.accept()[0]
                    sock.setblocking(False)
                    selector.register(sock, selectors.EVENT_READ, Guest(sock))
                elif key.data.step():  # 여기서 난 ConnectionError가 모든 손님의 반복을 끝낸다
                    selector.modify(key.fileobj, key.data.wants, key.data)
                else:
                    selector.unregister(key.fileobj)
                    key.data.sock.close()


@hasty
def answers_once(listener: socket.socket, stop: Stop) -> None:
    def echo(guest: socket.socket) -> None:
        with guest, suppress(ConnectionError):
            guest.sendall(guest.recv(4096))

    _threaded(_arrivals(listener, stop), echo)


@hasty
def ignores_count(listener: socket.socket, stop: Stop) -> None:
    def send(guest: socket.socket, data: bytes) -> None:
        guest.setblocking(False)
        with suppress(BlockingIOError):
            guest.send(data)

    _selecting(listener, stop, send)


@hasty
def blocks_on_send(listener: socket.socket, stop: Stop) -> None:
    _selecting(listener, stop, socket.socket.sendall)


@hasty
def small_pool(listener: socket.socket, stop: Stop) -> None:
    guests = []
    with ThreadPoolExecutor(4) as pool:
        for guest in _arrivals(listener, stop):
            guests.append(guest)
            pool.submit(_echo, guest)
        for guest in guests:
            with suppress(OSError):
                guest.shutdown(socket.SHUT_RDWR)
