"""소켓을 쓰는 코드의 흔한 실수: 배우는 사람이 정말로 쓰는 모양 그대로. 문제의 진단이 이것으로 만들어진다."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

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
