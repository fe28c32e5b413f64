"""루프백에서 이어진 소켓 둘과, 운영체제마다 있을 수도 없을 수도 있는 TCP 옵션."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

LIMIT = 10.0  # 무엇이 잘못되어도 이보다 오래 기다리지 않는다


@contextmanager
def connected(receive_buffer: int | None = None) -> Iterator[tuple[socket.socket, socket.socket]]:
    """127.0.0.1에서 이어진 (클라이언트, 서버). 수신 버퍼는 연결하기 전에 정해야 윈도우 스케일에 쓰인다(tcp(7))."""
    with socket.socket() as listener:
        if receive_buffer is not None:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        with (
            socket.create_connection(listener.getsockname(), timeout=LIMIT) as client,
            listener.accept()[0] as server,
        ):
            server.settimeout(LIMIT)
            yield client, server


def missing(option: str) -> str | None:
    """이 컴퓨터의 파이썬에 없는 소켓 옵션이면 그 까닭을 한 문장으로.

    >>> missing("TCP_NODELAY"), missing("TCP_NO_SUCH")
    (None, '이 운영체제에는 TCP_NO_SUCH이(가) 없습니다. 리눅스에서 해 보세요')
    """
    return None if hasattr(socket, option) else f"이 운영체제에는 {option}이(가) 없습니다. 리눅스에서 해 보세요"


def set_tcp(sock: socket.socket, option: str, value: int) -> None:
    """TCP 옵션을 정한다. 이 운영체제에 없으면 `RuntimeError`."""
    reason = missing(option)
    if reason is not None:
        raise RuntimeError(reason)
    sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), value)


def nothing(sock: socket.socket) -> None:
    """아무것도 하지 않는다."""


def read_all(sock: socket.socket, size: int, after: Callable[[socket.socket], None] = nothing) -> None:
    """`size`바이트를 다 읽는다. 읽을 때마다 `after(sock)`을 부른다."""
    while size:
        got = len(sock.recv(size))
        if not got:
            raise ConnectionError("상대가 응답을 다 보내기 전에 닫았습니다")
        size -= got
        after(sock)
