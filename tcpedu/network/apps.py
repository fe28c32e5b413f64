"""응용 프로그램의 모형: 대량 전송, 요청과 응답, 느리게 읽는 쪽, 조금씩 쓰는 쪽.

보내는 쪽의 함수는 연결을 연 소켓을 받아 일을 걸어 두고, 받는 쪽의 함수는 `on_accept`에 넣을 함수를 돌려준다.
강의: lessons/08_flow_control.ipynb, lessons/12_socket_programming.ipynb
"""

from __future__ import annotations

from dataclasses import dataclass, field

from tcpedu.protocol.state import State

from .endpoint import Handler, Socket

_CHUNK = bytes(1 << 16)
_OPENED = (State.ESTABLISHED, State.CLOSE_WAIT)


def when_open(socket: Socket, begin: Handler) -> None:
    """연결이 수립되면(이미 수립되었으면 지금) 시작한다."""
    if socket.state in _OPENED:
        begin(socket)
    else:
        socket.on_established = begin


# 보내기만, 받기만 ---------------------------------------------------------


def bulk(socket: Socket, size: int | None = None, *, close: bool = True) -> None:
    """`size`바이트를 한꺼번에 보내고 닫는다. `None`이면 시뮬레이션이 끝날 때까지 쉬지 않고 보낸다."""

    def begin(socket: Socket) -> None:
        if size is None:
            socket.on_writable = _fill
            _fill(socket)
            return
        socket.send(bytes(size))
        if close:
            socket.close()

    when_open(socket, begin)


def _fill(socket: Socket) -> None:
    """송신 버퍼가 차서 남는 것이 생길 때까지 쓴다. 다 들어가면 다시 불린다."""
    while not socket.waiting and socket.state in _OPENED:
        socket.send(_CHUNK)


def sink(socket: Socket) -> None:
    """받는 대로 읽고, 상대가 닫으면 닫는다. `listen(…, on_accept=sink)`."""
    socket.on_eof = Socket.close


def slow_reader(chunk: int, every: float, *, start: float = 0.0) -> Handler:
    """`every`초마다 `chunk`바이트씩만 읽는 쪽. `start`초 뒤부터 읽고, 상대가 닫으면 닫는다."""

    def accept(socket: Socket) -> None:
        simulation = socket.host.simulation
        socket.auto_read = False

        def read() -> None:
            socket.recv(chunk)
            if not socket.connection.eof:
                simulation.at(simulation.now + every, read)
            elif socket.state is State.CLOSE_WAIT:
                socket.close()

        simulation.at(simulation.now + start + every, read)

    return accept


def chatty_writer(socket: Socket, size: int = 1, *, every: float = 0.01, count: int = 100, close: bool = True) -> None:
    """`every`초마다 `size`바이트씩 `count`번 쓴다: 키를 하나씩 보내는 터미널 같은 쪽 (RFC 9293 §3.7.4의 Nagle)."""

    def begin(socket: Socket) -> None:
        write(socket, count)

    def write(socket: Socket, left: int) -> None:
        if left == 0 or socket.state not in _OPENED:
            if close and socket.state in _OPENED:
                socket.close()
            return
        socket.send(bytes(size))
        simulation = socket.host.simulation
        simulation.at(simulation.now + every, write, socket, left - 1)

    when_open(socket, begin)


# 요청과 응답 --------------------------------------------------------------


@dataclass
class Exchange:
    """요청과 응답을 되풀이하는 쪽. `latencies`는 요청을 쓰기 시작해서 응답을 다 받기까지 걸린 시간(초)들이다.

    `pieces`가 2면 요청을 둘로 나눠 쓴다(write-write-read): Nagle 알고리즘과 지연 ACK가 서로를 기다리는 꼴이다.
    """

    socket: Socket
    request: int = 100
    response: int = 1000
    count: int = 10
    pieces: int = 1
    think: float = 0.0
    latencies: list[float] = field(default_factory=list)
    _started: float = 0.0

    def __post_init__(self) -> None:
        self.socket.on_data = self._on_data
        when_open(self.socket, lambda socket: self._ask())

    def _ask(self) -> None:
        self._started = self.socket.host.simulation.now
        for size in self.sizes:
            self.socket.send(bytes(size))

    @property
    def sizes(self) -> list[int]:
        """한 요청을 나눠 쓰는 조각들의 크기. 나머지는 마지막 조각에 붙는다."""
        sizes = [self.request // self.pieces] * self.pieces
        sizes[-1] += self.request % self.pieces
        return sizes

    def _on_data(self, socket: Socket) -> None:
        if socket.received_length < self.response * (len(self.latencies) + 1):
            return
        simulation = socket.host.simulation
        self.latencies.append(simulation.now - self._started)
        if len(self.latencies) == self.count:
            socket.close()
        elif self.think:
            simulation.at(simulation.now + self.think, self._ask)
        else:
            self._ask()


def request_response(
    socket: Socket, *, request: int = 100, response: int = 1000, count: int = 10, pieces: int = 1, think: float = 0.0
) -> Exchange:
    """`request`바이트를 보내고 `response`바이트를 기다리기를 `count`번. 상대는 `responder`와 크기가 맞아야 한다."""
    if not 1 <= pieces <= request or response < 1:
        raise ValueError(f"요청 {request}바이트를 {pieces}조각으로 나눌 수 없거나 응답이 비었습니다")
    return Exchange(socket, request, response, count, pieces, think)


def responder(request: int = 100, response: int = 1000) -> Handler:
    """`request`바이트를 받을 때마다 `response`바이트로 답한다. 상대가 닫으면 닫는다."""

    def accept(socket: Socket) -> None:
        answered = 0

        def answer(socket: Socket) -> None:
            nonlocal answered
            while (answered + 1) * request <= socket.received_length:
                answered += 1
                socket.send(bytes(response))

        socket.on_data = answer
        socket.on_eof = Socket.close

    return accept
