"""연결 위의 응용 프로그램: 문서 하나를 받아 오거나 내준다. HTTP/1.0처럼 다 보내면 닫는다 (RFC 1945 §1.3).

강의: lessons/16_capstone.ipynb
"""

from __future__ import annotations

from collections.abc import Callable

from tcpedu.protocol.state import State

from .drive import LIMIT, Endpoint, drive
from .wire import Wire

REQUEST = b"GET / HTTP/1.0\r\n\r\n"
HEAD = b"HTTP/1.0 200 OK\r\n\r\n"
END_OF_REQUEST = b"\r\n\r\n"
_ENDED = (State.CLOSED, State.TIME_WAIT)


def page(size: int) -> bytes:
    """실습에 쓰는 `size`바이트 문서. 8바이트마다 번호가 있어 빠지거나 섞이면 바로 드러난다.

    >>> page(20)
    b'0000000\\n0000001\\n0000'
    """
    return b"".join(b"%07d\n" % number for number in range(size // 8 + 1))[:size]


class Fetching:
    """클라이언트 노릇: 연결하고, 묻고, 끝까지 읽고, 닫는다."""

    def __init__(self, endpoint: Endpoint, request: bytes = REQUEST) -> None:
        self.endpoint, self.received = endpoint, bytearray()
        self._unsent, self._closed = request, False
        endpoint.open()

    def step(self) -> bool:
        """할 수 있는 만큼 하고, 연결이 끝났으면 참."""
        endpoint = self.endpoint
        if self._unsent and endpoint.state is State.ESTABLISHED:
            self._unsent = self._unsent[endpoint.write(self._unsent) :]
        self.received += endpoint.read()
        if endpoint.eof and not self._closed:
            self._closed = True
            endpoint.close()
        return _ended(endpoint, self._closed)


class Serving:
    """서버 노릇: 기다리고, 요청을 읽고, 답하고, 먼저 닫는다."""

    def __init__(self, endpoint: Endpoint, respond: Callable[[bytes], bytes]) -> None:
        self.endpoint, self.request = endpoint, bytearray()
        self._respond, self._answered, self._closed = respond, False, False
        self._unsent = b""
        endpoint.listen()

    def step(self) -> bool:
        """할 수 있는 만큼 하고, 연결이 끝났으면 참."""
        endpoint = self.endpoint
        self.request += endpoint.read()
        if not self._answered and END_OF_REQUEST in self.request:
            self._unsent, self._answered = self._respond(bytes(self.request)), True
        if self._unsent and endpoint.state in (State.ESTABLISHED, State.CLOSE_WAIT):
            self._unsent = self._unsent[endpoint.write(self._unsent) :]
        if self._answered and not self._unsent and not self._closed:
            self._closed = True
            endpoint.close()
        return _ended(endpoint, self._closed)


def fetch(endpoint: Endpoint, wire: Wire, request: bytes = REQUEST, *, limit: float = LIMIT) -> bytes:
    """건너편의 서버에 `request`를 보내고 받은 응답 전부."""
    client = Fetching(endpoint, request)
    drive(endpoint, wire, client.step, limit=limit)
    return bytes(client.received)


def serve(endpoint: Endpoint, wire: Wire, respond: Callable[[bytes], bytes], *, limit: float = LIMIT) -> bytes:
    """건너편의 클라이언트 하나를 받아 `respond(요청)`을 돌려주고 닫는다. 받은 요청을 돌려준다."""
    server = Serving(endpoint, respond)
    drive(endpoint, wire, server.step, limit=limit)
    return bytes(server.request)


def _ended(endpoint: Endpoint, closed: bool) -> bool:
    if endpoint.state is State.CLOSED and not closed:
        reason = getattr(endpoint, "error", None) or "상대가 끊었습니다"
        raise ConnectionError(f"연결이 끝까지 가지 못했습니다: {reason}")
    return closed and endpoint.state in _ENDED
