"""소켓을 쓰는 코드의 흔한 실수: 배우는 사람이 정말로 쓰는 모양 그대로. 문제의 진단이 이것으로 만들어진다."""

from __future__ import annotations

import selectors
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import Any

from tcpedu.course.socket_answers import hasty
from tcpedu.lab.sockets.framing import recv_exactly

# ── recv_exactly ────────────────────────────────────────────────────────────


def no_eof_check(sock: socket.socket, n: int) -> bytes:
    data = b""
    while len(data) < n:
        data += sock.recv(n - len(data))
    return data


def returns_short(sock: socket.socket, n: int) -> bytes:
    data = b""
    while len(data) < n:
        piece = sock.recv(n - len(data))
        if not piece:
            break
        data += piece
    return data


def _checked(sock: socket.socket, size: int) -> bytes:
    piece = sock.recv(size)
    if not piece:
        raise EOFError
    return piece


def reads_big(sock: socket.socket, n: int) -> bytes:
    data = b""
    while len(data) < n:
        data += _checked(sock, 4096)
    return data


def reads_and_cuts(sock: socket.socket, n: int) -> bytes:
    return reads_big(sock, n)[:n]


def asks_for_all(sock: socket.socket, n: int) -> bytes:
    data = b""
    while len(data) < n:
        data += _checked(sock, n)
    return data


def reads_to_the_end(sock: socket.socket, n: int) -> bytes:
    data = b"".join(iter(partial(sock.recv, 4096), b""))
    if len(data) < n:
        raise EOFError
    return data[:n]


def reads_first(sock: socket.socket, n: int) -> bytes:
    data = _checked(sock, n or 1)
    while len(data) < n:
        data += _checked(sock, n - len(data))
    return data


# ── send_message, recv_message ──────────────────────────────────────────────


def short_header(sock: socket.socket, payload: bytes) -> None:
    sock.sendall((len(payload) % 65_536).to_bytes(2, "big") + payload)


def _size(sock: socket.socket) -> int:
    return int.from_bytes(recv_exactly(sock, 4), "big")


def _refuse(bad: bool) -> None:
    if bad:
        raise ValueError


def header_at_once(sock: socket.socket, limit: int) -> bytes:
    size = int.from_bytes(sock.recv(4), "big")
    _refuse(size > limit)
    return recv_exactly(sock, size)


def body_at_once(sock: socket.socket, limit: int) -> bytes:
    size = _size(sock)
    _refuse(size > limit)
    return sock.recv(size) if size else b""


def little_endian(sock: socket.socket, limit: int) -> bytes:
    size = int.from_bytes(recv_exactly(sock, 4), "little")
    _refuse(size > limit)
    return recv_exactly(sock, size)


def no_limit(sock: socket.socket, limit: int) -> bytes:
    return recv_exactly(sock, _size(sock))


def refuses_equal(sock: socket.socket, limit: int) -> bytes:
    size = _size(sock)
    _refuse(size >= limit)
    return recv_exactly(sock, size)


def counts_header(sock: socket.socket, limit: int) -> bytes:
    size = _size(sock)
    _refuse(size + 4 > limit)
    return recv_exactly(sock, size)


def checks_late(sock: socket.socket, limit: int) -> bytes:
    body = recv_exactly(sock, _size(sock))
    _refuse(len(body) > limit)
    return body


def truncates(sock: socket.socket, limit: int) -> bytes:
    return recv_exactly(sock, min(_size(sock), limit))


def one_big_read(sock: socket.socket, limit: int) -> bytes:
    data = b""
    while len(data) < 4 or len(data) < 4 + int.from_bytes(data[:4], "big"):
        data += _checked(sock, 65_536)
        _refuse(len(data) >= 4 and int.from_bytes(data[:4], "big") > limit)
    return data[4 : 4 + int.from_bytes(data[:4], "big")]


def returns_cut(sock: socket.socket, limit: int) -> bytes:
    size = int.from_bytes(returns_short(sock, 4), "big")
    _refuse(size > limit)
    return returns_short(sock, size)


def empty_is_end(sock: socket.socket, limit: int) -> bytes:
    size = _size(sock)
    _refuse(size > limit)
    if not size:
        raise EOFError
    return recv_exactly(sock, size)


# ── read_lines ──────────────────────────────────────────────────────────────


def _arriving(sock: socket.socket) -> Iterator[bytes]:
    return iter(partial(sock.recv, 4096), b"")


def _decoding(errors: str) -> Callable[[socket.socket], Iterator[str]]:
    def read(sock: socket.socket) -> Iterator[str]:
        rest = ""
        for data in _arriving(sock):
            *lines, rest = (rest + data.decode(errors=errors)).split("\n")
            yield from lines
        if rest:
            yield rest

    return read


decodes_pieces, ignores_errors, replaces_errors = map(_decoding, ("strict", "ignore", "replace"))


def collects_all(sock: socket.socket) -> Iterator[str]:
    text = b"".join(_arriving(sock)).decode()
    yield from text.removesuffix("\n").split("\n")


def piece_is_line(sock: socket.socket) -> Iterator[str]:
    for data in _arriving(sock):
        yield data.decode().removesuffix("\n")


def _lines(
    sock: socket.socket, finish: Callable[[bytes], Any] = bytes.decode, *, last: bool = True, keep: bool = True
) -> Iterator[Any]:
    """옳게 끊는 뼈대. `last`가 거짓이면 마지막 줄을, `keep`이 거짓이면 남은 조각을 잃는다."""
    rest = b""
    for data in _arriving(sock):
        *lines, rest = ((rest if keep else b"") + data).split(b"\n")
        yield from map(finish, lines)
    if rest and last:
        yield finish(rest)


def splits_lines(sock: socket.socket) -> Iterator[str]:
    for line in _lines(sock):
        yield from line.splitlines() or [""]


def universal_newlines(sock: socket.socket) -> Iterator[str]:
    with sock.makefile(encoding="utf-8") as file:
        for line in file:
            yield line.removesuffix("\n")


def loses_last(sock: socket.socket) -> Iterator[str]:
    return _lines(sock, last=False)


def keeps_newline(sock: socket.socket) -> Iterator[str]:
    with sock.makefile(encoding="utf-8", newline="\n") as file:
        yield from file


def skips_blank(sock: socket.socket) -> Iterator[str]:
    return (line for line in _lines(sock) if line)


def strips(sock: socket.socket) -> Iterator[str]:
    return _lines(sock, lambda line: line.decode().strip())


def forgets_rest(sock: socket.socket) -> Iterator[str]:
    return _lines(sock, keep=False)


# ── serve_echo ──────────────────────────────────────────────────────────────

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


def _selecting(listener: socket.socket, stop: Stop, reply: Callable[[socket.socket, bytes], Any], forgive: Any) -> None:
    """스레드 하나의 서버. `reply`로 답하고, `forgive`의 오류만 그 손님의 일로 본다."""
    with selectors.DefaultSelector() as selector:
        selector.register(listener, selectors.EVENT_READ)
        while not stop.is_set():
            for key, _ in selector.select(0.02):
                if key.fileobj is listener:
                    selector.register(listener.accept()[0], selectors.EVENT_READ)
                    continue
                guest: Any = key.fileobj
                data = b""
                with suppress(*forgive):
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
    _selecting(listener, stop, _patiently, ())


def _patiently(guest: socket.socket, data: bytes) -> None:
    """보낼 수 있을 때만 보내는 척한다: 밀린 것은 스레드에 맡긴다."""
    threading.Thread(target=_quietly, args=(guest, data)).start() if len(data) == 4096 else guest.sendall(data)


def _quietly(guest: socket.socket, data: bytes) -> None:
    with suppress(OSError):
        guest.sendall(data)


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

    _selecting(listener, stop, send, (ConnectionError,))


@hasty
def blocks_on_send(listener: socket.socket, stop: Stop) -> None:
    _selecting(listener, stop, socket.socket.sendall, (ConnectionError,))


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
