"""커널 쪽 응용 프로그램: 스레드 하나에서 커널의 보통 소켓을 쓴다.

강의: lessons/16_capstone.ipynb
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future

from .exchange import END_OF_REQUEST, HEAD, REQUEST
from .kernel_lab import KernelLab, KernelLabError, Socket
from .wire import LOCAL, PEER

_SECONDS = 30.0
_PIECE = 1 << 16


class KernelPeer:
    """스레드에서 도는 커널 쪽 응용 프로그램. `result()`가 그것이 받은 바이트다.

    `socket`은 이쪽과 이어진 커널의 소켓이다(이어지기 전에는 `None`): TCP_INFO를 물어볼 수 있다.
    """

    def __init__(self, work: Callable[[KernelPeer], bytes]) -> None:
        self.socket: Socket | None = None
        self._future: Future[bytes] = Future()
        self._work = work
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def result(self, timeout: float = _SECONDS) -> bytes:
        """받은 바이트 전부. 커널 소켓이 오류로 끝났으면 그 `OSError`, 아직이면 `TimeoutError`."""
        return self._future.result(timeout)

    def join(self) -> None:
        """스레드가 끝나기를 기다린다. 실습실을 닫은 뒤에 부른다."""
        self._thread.join(5)

    def _run(self) -> None:
        try:
            self._future.set_result(self._work(self))
        except OSError as error:
            self._future.set_exception(error)


def kernel_server(lab: KernelLab, body: bytes, *, port: int = 80, congestion: str | None = None) -> KernelPeer:
    """커널이 `port`에서 클라이언트 하나를 받아 응답하고 먼저 닫는다. 결과는 받은 요청이다.

    돌아왔을 때는 이미 듣고 있다. `congestion`은 혼잡 제어의 이름이고, `None`이면 커널의 기본값이다.
    """
    listener = lab.socket()
    _choose(listener, congestion)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # 앞 연결이 TIME_WAIT에 남아 있어도 된다
    listener.bind((PEER, port))
    listener.listen()
    listener.settimeout(_SECONDS)

    def work(peer: KernelPeer) -> bytes:
        with listener:
            connection = peer.socket = lab.keep(listener.accept()[0])
        with connection:
            connection.settimeout(_SECONDS)
            request = b""
            while END_OF_REQUEST not in request and (piece := connection.recv(_PIECE)):
                request += piece
            connection.sendall(HEAD + body)
        return request

    return KernelPeer(work)


def kernel_client(
    lab: KernelLab,
    port: int,
    *,
    local_port: int = 0,
    pause: float = 0.0,
    buffer: int | None = None,
    congestion: str | None = None,
) -> KernelPeer:
    """커널이 이쪽의 `port`로 연결해 요청을 보내고 끝까지 읽는다. 결과는 받은 응답이다.

    `pause`초 동안은 읽지 않는다. `buffer`는 SO_RCVBUF(바이트)다: 작으면 그동안 윈도우가 닫힌다.
    """
    connection = lab.socket()
    _choose(connection, congestion)
    if buffer is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
    connection.bind((PEER, local_port))
    connection.settimeout(_SECONDS)

    def work(peer: KernelPeer) -> bytes:
        peer.socket = connection
        with connection:
            connection.connect((LOCAL, port))
            connection.sendall(REQUEST)
            time.sleep(pause)
            pieces = []
            while piece := connection.recv(_PIECE):
                pieces.append(piece)
        return b"".join(pieces)

    return KernelPeer(work)


def _choose(sock: Socket, congestion: str | None) -> None:
    if congestion is None:
        return
    try:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, congestion.encode())
    except OSError:
        raise KernelLabError(f"이 커널에서는 {congestion} 혼잡 제어를 고를 수 없습니다") from None
