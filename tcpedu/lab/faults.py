"""루프백에 진짜 고장을 만들어 붙들어 둔다. `with`가 끝나면 모두 닫는다.

강의: lessons/14_troubleshooting.ipynb
"""

from __future__ import annotations

import socket
import struct
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from .connections import quiet_port

HOST = "127.0.0.1"
_SECONDS = 5.0  # 무엇이 잘못되어도 여기서 멈춘다


def closed_port() -> int:
    """듣는 프로그램이 없는 포트: 방금까지 쓰다 닫은 것이다."""
    with socket.create_server((HOST, 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def close_wait_leak(count: int = 5) -> Iterator[int]:
    """클라이언트 `count`개가 닫았는데 서버가 `close()`를 빠뜨렸다. 서버의 포트를 내준다."""
    with ExitStack() as stack:
        listener = stack.enter_context(socket.create_server((HOST, quiet_port())))
        port = int(listener.getsockname()[1])
        for _ in range(count):
            client = socket.create_connection((HOST, port), timeout=_SECONDS)
            server = stack.enter_context(listener.accept()[0])
            client.close()
            server.settimeout(_SECONDS)
            server.recv(1)  # 빈 것을 받고도 닫지 않는다
        yield port


@contextmanager
def time_wait_flood(count: int = 30) -> Iterator[int]:
    """클라이언트가 연결을 `count`번 새로 열고 먼저 닫는다. 서버의 포트를 내준다.

    TIME_WAIT는 프로그램이 끝나도 커널에 남는다: 리눅스에서는 60초.
    """
    with socket.create_server((HOST, quiet_port())) as listener:
        port = int(listener.getsockname()[1])
        for _ in range(count):
            client = socket.create_connection((HOST, port), timeout=_SECONDS)
            with listener.accept()[0] as server:
                server.settimeout(_SECONDS)
                client.close()
                server.recv(1)
        yield port


@contextmanager
def silent_reader(buffer: int = 20_000) -> Iterator[tuple[socket.socket, int]]:
    """서버가 읽지 않아 꽉 막힌 연결: (클라이언트 소켓, 서버의 포트). 윈도우가 0이다."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)  # 연결하기 전에 정해야 한다
        listener.bind((HOST, 0))
        listener.listen()
        port = int(listener.getsockname()[1])
        with socket.create_connection((HOST, port), timeout=_SECONDS) as client, listener.accept()[0]:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, buffer)
            _fill(client)
            yield client, port


@contextmanager
def full_accept_queue() -> Iterator[int]:
    """서버가 `accept()`하지 않아 수락 큐가 찼다. 서버의 포트를 내준다.

    리눅스와 macOS는 다음 SYN을 버리고, 윈도는 RST로 거절한다.
    """
    with ExitStack() as stack:
        listener = stack.enter_context(socket.create_server((HOST, quiet_port()), backlog=0))
        port = int(listener.getsockname()[1])
        for _ in range(4):
            client = stack.enter_context(socket.socket())
            client.setblocking(False)
            client.connect_ex((HOST, port))
        yield port


@contextmanager
def resetting_server() -> Iterator[int]:
    """요청을 받자마자 RST로 끊는 서버(`SO_LINGER` 0초). 포트를 내준다. 연결은 하나만 받는다."""
    with socket.create_server((HOST, 0)) as listener:
        listener.settimeout(_SECONDS)
        thread = threading.Thread(target=_reset_one, args=(listener,), daemon=True)
        thread.start()
        yield int(listener.getsockname()[1])
        thread.join(_SECONDS)


@contextmanager
def answering_server(request: int = 200, response: int = 100) -> Iterator[int]:
    """`request`바이트를 받을 때마다 `response`바이트로 답하는 서버. 포트를 내준다. 연결은 하나만 받는다."""
    with socket.create_server((HOST, 0)) as listener:
        listener.settimeout(_SECONDS)
        thread = threading.Thread(target=_answer_one, args=(listener, request, response), daemon=True)
        thread.start()
        yield int(listener.getsockname()[1])
        thread.join(_SECONDS)


def _answer_one(listener: socket.socket, request: int, response: int) -> None:
    try:
        with listener.accept()[0] as server:
            server.settimeout(_SECONDS)
            count = 0
            while data := server.recv(4096):
                count += len(data)
                if count % request == 0:
                    server.sendall(bytes(response))
    except OSError:
        return  # 아무도 오지 않았거나 상대가 끊었다


def _reset_one(listener: socket.socket) -> None:
    try:
        with listener.accept()[0] as server:
            server.settimeout(_SECONDS)
            server.recv(100)
            pair = "hh" if sys.platform == "win32" else "ii"
            server.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack(pair, 1, 0))
    except OSError:
        return  # 아무도 오지 않았다


def _fill(sock: socket.socket) -> None:
    """버퍼가 찰 때까지 쓴다."""
    sock.settimeout(0.2)
    try:
        while True:
            sock.send(bytes(1 << 14))
    except (TimeoutError, BlockingIOError):
        sock.settimeout(_SECONDS)
