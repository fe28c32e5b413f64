"""소켓 옵션 하나하나를 이 컴퓨터의 루프백에서 재어 본다. 저마다 몇 초 안에 스스로 끝나고 아무것도 남기지 않는다.

강의: lessons/13_performance_tuning.ipynb
"""

from __future__ import annotations

import errno
import socket
import sys
import threading
import time
from dataclasses import dataclass

from tcpedu.lab.loopback import LIMIT, connected, read_all, set_tcp
from tcpedu.lab.tcp_info import tcp_info


def linux_only(what: str) -> None:
    """리눅스가 아니면 `RuntimeError`."""
    if not sys.platform.startswith("linux"):
        raise RuntimeError(f"{what}은 리눅스에서만 해 볼 수 있습니다")


# 버퍼 --------------------------------------------------------------------


@dataclass(frozen=True)
class BufferRun:
    """수신 버퍼를 정하거나 맡긴 연결로 많이 보낸 결과: 정한 값, 처음과 끝에 읽은 SO_RCVBUF(바이트), 바이트/초.

    `sending`은 보내는 쪽에서 처음과 끝에 읽은 SO_SNDBUF(바이트)다.
    """

    asked: int | None
    first: int
    last: int
    rate: float
    sending: tuple[int, int]


def buffer_run(asked: int | None = None, size: int = 64_000_000) -> BufferRun:
    """`size`바이트를 보내며 수신 버퍼가 자라는지 본다. `asked`가 None이면 커널에 맡긴다 (socket(7) SO_RCVBUF)."""
    with connected(asked) as (client, server):
        first = server.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
        sending = client.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF)
        worker = threading.Thread(target=_pour, args=(client, size), daemon=True)
        began = time.perf_counter()
        worker.start()
        while server.recv(1 << 18):
            pass
        spent = time.perf_counter() - began
        last = server.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
        worker.join(LIMIT)
        sent = client.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF)
        return BufferRun(asked, first, last, size / spent, (sending, sent))


def _pour(client: socket.socket, size: int) -> None:
    client.sendall(bytes(size))
    client.shutdown(socket.SHUT_WR)


# 쓰기를 묶기 --------------------------------------------------------------


@dataclass(frozen=True)
class Packing:
    """작은 쓰기 여럿이 몇 개의 세그먼트로 나갔는가."""

    writes: int
    segments: int


def packing(cork: bool, writes: int = 10, size: int = 100) -> Packing:
    """`size`바이트씩 `writes`번 쓴다. Nagle은 끄고, `cork`면 TCP_CORK로 묶었다가 푼다 (tcp(7)). 리눅스에서만."""
    linux_only("보낸 세그먼트의 수를 세는 것")
    with connected() as (client, server):
        set_tcp(client, "TCP_NODELAY", 1)
        if cork:
            set_tcp(client, "TCP_CORK", 1)
        for _ in range(writes):
            client.sendall(bytes(size))
        if cork:
            set_tcp(client, "TCP_CORK", 0)
        read_all(server, writes * size)
        return Packing(writes, tcp_info(client).data_segs_out or 0)


def cork_ceiling() -> float:
    """TCP_CORK를 풀지 않고 둔 5바이트가 도착하기까지, 초 (tcp(7): 200ms가 한도다). 리눅스에서만."""
    with connected() as (client, server):
        set_tcp(client, "TCP_CORK", 1)
        began = time.perf_counter()
        client.sendall(b"hello")
        read_all(server, 5)
        return time.perf_counter() - began


# 죽은 상대와 여러 프로세스 --------------------------------------------------


def user_timeout_run(milliseconds: int = 300) -> tuple[str, float]:
    """읽지 않는 상대에게 보내다 TCP_USER_TIMEOUT으로 끊긴다: (오류의 이름, 걸린 초) (RFC 9293 §3.8.3, tcp(7)).

    리눅스에서만. 윈도우가 0이 되어 답은 오지만 보낼 수 없는 시간도 센다.
    """
    with connected(receive_buffer=20_000) as (client, _):
        set_tcp(client, "TCP_USER_TIMEOUT", milliseconds)
        client.setblocking(False)
        began = time.perf_counter()
        while time.perf_counter() - began < LIMIT:
            try:
                client.send(bytes(1 << 16))
            except BlockingIOError:
                time.sleep(0.01)
            except OSError as error:
                return errno.errorcode.get(error.errno or 0, str(error)), time.perf_counter() - began
    return "끊기지 않음", LIMIT


def keepalive_options(idle: int = 60, interval: int = 10, count: int = 3) -> dict[str, int]:
    """소켓 하나의 킵얼라이브만 정하고 다시 읽는다: 옵션의 이름 → 값. 커널의 값은 그대로다 (tcp(7))."""
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        found = {}
        idle_name = "TCP_KEEPIDLE" if hasattr(socket, "TCP_KEEPIDLE") else "TCP_KEEPALIVE"  # macOS의 옛 이름
        for name, value in ((idle_name, idle), ("TCP_KEEPINTVL", interval), ("TCP_KEEPCNT", count)):
            set_tcp(sock, name, value)
            found[name] = sock.getsockopt(socket.IPPROTO_TCP, getattr(socket, name))
        return found


def shared_port(workers: int = 3, connections: int = 60) -> list[int]:
    """같은 포트를 `workers`개의 소켓이 SO_REUSEPORT로 함께 듣는다: 소켓마다 받은 연결의 수 (socket(7)).

    리눅스에서만.
    """
    linux_only("SO_REUSEPORT로 연결을 나눠 받는 것")
    listeners = [_sharing(0)]
    port = listeners[0].getsockname()[1]
    clients: list[socket.socket] = []
    try:
        listeners += [_sharing(port) for _ in range(workers - 1)]
        clients += [socket.create_connection(("127.0.0.1", port), timeout=LIMIT) for _ in range(connections)]
        return [_accepted(listener) for listener in listeners]
    finally:
        for sock in (*clients, *listeners):
            sock.close()


def _sharing(port: int) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(256)
    listener.setblocking(False)
    return listener


def _accepted(listener: socket.socket) -> int:
    count = 0
    while True:
        try:
            listener.accept()[0].close()
        except BlockingIOError:
            return count
        count += 1
