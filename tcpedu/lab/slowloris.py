"""느린 클라이언트 하나가 서버를 붙드는 일: 한 번에 한 명씩 받는 서버와, 요청을 한 글자씩 흘리는 클라이언트.

127.0.0.1에서만 하고, 정한 시간이 지나면 스스로 그친다.
강의: lessons/15_security.ipynb
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

END = b"\r\n\r\n"
LIMIT = 65_536
ATTACK_SECONDS = 1.0
_EVERY = 0.1  # 초. 한 글자를 흘리는 간격
_GUARD = 10.0


@dataclass(frozen=True)
class Patience:
    """서버가 요청 하나를 기다리는 법. `each`는 recv 한 번의 한도, `whole`은 요청 전체의 한도(초), `None`이면 끝없이."""

    each: float | None = None
    whole: float | None = None


def read_request(sock: socket.socket, patience: Patience) -> bytes:
    """빈 줄까지 읽는다. 한도를 넘기면 `TimeoutError`, 상대가 먼저 닫으면 `EOFError`."""
    end = None if patience.whole is None else time.monotonic() + patience.whole
    request = b""
    while END not in request and len(request) < LIMIT:
        left = None if end is None else end - time.monotonic()
        if left is not None and left <= 0:
            raise TimeoutError("요청을 다 받기 전에 시간이 다 되었습니다")
        sock.settimeout(min((wait for wait in (patience.each, left) if wait is not None), default=None))
        if not (piece := sock.recv(4096)):
            raise EOFError("요청이 끝나기 전에 닫혔습니다")
        request += piece
    return request


def honest_wait(patience: Patience, *, seconds: float = ATTACK_SECONDS) -> float:
    """느린 클라이언트가 `seconds`초 동안 붙들고 있을 때 그 뒤에 온 정직한 클라이언트가 답을 받기까지 걸린 시간(초)."""
    with _server(patience) as address, _slow_client(address, min(seconds, ATTACK_SECONDS)):
        began = time.monotonic()
        with socket.create_connection(address, timeout=_GUARD) as client:
            client.sendall(b"GET / HTTP/1.0" + END)
            client.recv(16)
        return time.monotonic() - began


@contextmanager
def _server(patience: Patience) -> Iterator[tuple[str, int]]:
    """한 번에 한 명씩 받는 서버."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(_GUARD)
        thread = threading.Thread(target=_serve, args=(listener, patience), daemon=True)
        thread.start()
        yield listener.getsockname()
        thread.join(_GUARD)


def _serve(listener: socket.socket, patience: Patience) -> None:
    for _ in range(2):  # 느린 클라이언트와 정직한 클라이언트
        client = listener.accept()[0]
        with client, suppress(TimeoutError, EOFError, ConnectionError):
            read_request(client, patience)
            client.sendall(b"OK")


@contextmanager
def _slow_client(address: tuple[str, int], seconds: float) -> Iterator[None]:
    """먼저 연결해 두고 `seconds`초 동안 한 글자씩 흘린다. 빈 줄은 보내지 않는다."""
    done = threading.Event()
    with socket.create_connection(address, timeout=_GUARD) as client:
        thread = threading.Thread(target=_drip, args=(client, time.monotonic() + seconds, done), daemon=True)
        thread.start()
        yield
        done.set()
        thread.join(_GUARD)


def _drip(client: socket.socket, until: float, done: threading.Event) -> None:
    with suppress(OSError):  # 서버가 끊으면 그만둔다
        while time.monotonic() < until and not done.wait(_EVERY):
            client.sendall(b"x")
        client.shutdown(socket.SHUT_RDWR)
