"""루프백에서 여러 상태의 연결을 일부러 만들어 붙들어 두기.

강의: lessons/06_state_diagram.ipynb
"""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from .connections import quiet_port


@contextmanager
def held_states() -> Iterator[dict[str, int]]:
    """루프백에 여러 상태의 연결을 만들어 붙들어 둔다: 상태의 이름 → 그것을 볼 포트(듣는 쪽의 것).

    `with`가 끝나면 모두 닫는다. SYN_SENT와 SYN_RCVD는 리눅스에서만 붙들 수 있다.
    """
    with ExitStack() as stack:
        keep = stack.enter_context
        made = {"LISTEN": keep(_listener()), "ESTABLISHED": keep(_pair())[2]}
        client, server, made["CLOSE_WAIT"] = keep(_pair())
        client.shutdown(socket.SHUT_WR)  # 상대는 CLOSE_WAIT, 이쪽은 FIN_WAIT_2
        client, server, made["TIME_WAIT"] = keep(_pair())
        client.close()
        server.recv(1)
        server.close()
        client, server, made["FIN_WAIT_1"] = keep(_pair())
        _fill(client)  # 상대가 읽지 않아 FIN이 나가지 못한다
        client.close()
        client, server, made["LAST_ACK"] = keep(_pair())
        client.shutdown(socket.SHUT_WR)
        _fill(server)
        server.recv(1)
        server.close()
        if hasattr(socket, "TCP_DEFER_ACCEPT"):
            made["SYN_RCVD"] = keep(_unfinished())
            made["SYN_SENT"] = keep(_unanswered())
        ports = {name: listener.getsockname()[1] for name, listener in made.items()}
        time.sleep(0.05)
        yield ports


def _listener(backlog: int | None = None) -> socket.socket:
    return socket.create_server(("127.0.0.1", quiet_port()), backlog=backlog)


@contextmanager
def _pair() -> Iterator[tuple[socket.socket, socket.socket, socket.socket]]:
    """이어진 (클라이언트, 서버, 듣는 소켓)."""
    with (
        _listener() as listener,
        socket.create_connection(listener.getsockname(), timeout=5) as client,
        listener.accept()[0] as server,
    ):
        server.settimeout(5)
        yield client, server, listener


def _fill(sock: socket.socket) -> None:
    """버퍼가 찰 때까지 쓴다. 상대는 읽지 않는다."""
    sock.setblocking(False)
    try:
        while True:
            sock.send(bytes(1 << 16))
    except BlockingIOError:
        sock.settimeout(5)


@contextmanager
def _unfinished() -> Iterator[socket.socket]:
    """데이터가 올 때까지 마지막 ACK를 못 본 척하는 듣는 소켓과, 거기에 연결한 클라이언트."""
    with _listener() as listener:
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, 5)
        with socket.create_connection(listener.getsockname(), timeout=5):
            yield listener


@contextmanager
def _unanswered() -> Iterator[socket.socket]:
    """꽉 찬 수락 큐 때문에 SYN이 버려지는 클라이언트."""
    with (
        _listener(backlog=0) as listener,
        socket.create_connection(listener.getsockname(), timeout=5),
        socket.socket() as late,
    ):
        late.setblocking(False)
        late.connect_ex(listener.getsockname())
        yield listener
