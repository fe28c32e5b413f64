"""루프백에서 이어진 소켓 한 쌍과, 보낸 것이 다 닿기를 기다리는 법.

강의: lessons/12_socket_programming.ipynb
"""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

SECONDS = 5.0


@contextmanager
def connected(timeout: float | None = SECONDS) -> Iterator[tuple[socket.socket, socket.socket]]:
    """127.0.0.1에서 이어진 (클라이언트, 서버). `with`가 끝나면 둘 다 닫는다. `timeout`은 초다.

    >>> with connected() as (client, server):
    ...     client.sendall(b"hi")
    ...     server.recv(10)
    b'hi'
    """
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        socket.create_connection(listener.getsockname(), timeout=SECONDS) as client,
        listener.accept()[0] as server,
    ):
        client.settimeout(timeout)
        server.settimeout(timeout)
        yield client, server


def arrived(sock: socket.socket, count: int) -> bool:
    """읽지 않은 것이 `count`바이트 이상 쌓이기를 기다린다. 꺼내지는 않는다."""
    deadline = time.monotonic() + SECONDS
    while len(sock.recv(count, socket.MSG_PEEK)) < count:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.001)
    return True
