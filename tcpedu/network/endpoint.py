"""응용 프로그램이 쥐는 것: 연결의 손잡이(`Socket`)와 수동 개방한 포트(`Listener`)."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING
from weakref import ref

from tcpedu.protocol.config import Config
from tcpedu.protocol.connection import Connection
from tcpedu.protocol.segment import Segment
from tcpedu.protocol.state import State

from .owner import alive

if TYPE_CHECKING:
    from .host import Host

Handler = Callable[["Socket"], None]
OPENED = (State.ESTABLISHED, State.CLOSE_WAIT)  # 마지막 ACK가 FIN에 실려 오면 한 번에 CLOSE_WAIT까지 간다
_OPENING = (State.SYN_SENT, State.SYN_RCVD)
_ESTABLISHED = State.ESTABLISHED  # 거의 언제나 이것이다: 다른 상태인지 하나하나 견주지 않는다


class Socket:
    """응용 프로그램이 쥐는 연결의 손잡이. 받은 데이터는 `received`에 쌓인다.

    `on_established`, `on_data`, `on_eof`, `on_writable`(맡긴 데이터가 모두 송신 버퍼에 들어갔다)에 함수를 넣어 두면 그
    일이 있을 때 이 소켓을 넘겨 부른다. `auto_read`가 거짓이면 응용 프로그램이 `recv`로 읽을 때까지 데이터는 수신
    버퍼에 남는다. `received_length`는 지금까지 읽은 바이트 수다. `piggyback`이 참이면 도착한 것에 대한 ACK를 응용
    프로그램이 그 자리에서 내보내는 데이터나 FIN에 실어 보낸다: 커널이 ACK를 잠깐 미루는 것과 같다.
    """

    def __init__(self, host: Host, connection: Connection, peer: str) -> None:
        self._host = ref(host)
        self.connection = connection
        self.peer = peer
        self.received_length = 0
        self.auto_read = True
        self.piggyback = False
        self.on_established: Handler | None = None
        self.on_data: Handler | None = None
        self.on_eof: Handler | None = None
        self.on_writable: Handler | None = None
        self._pieces: list[bytes] = []  # 읽은 데이터
        self._unsent: deque[memoryview] = deque()  # 송신 버퍼에 아직 들어가지 못한 데이터
        self._closing = False
        self._eof_told = False
        self._held: list[Segment] = []  # 실어 보내려고 붙들어 둔 ACK
        self._logged = 0
        self._settled = False  # 수립되었고 TIME_WAIT도 아니다: 오는 것은 모두 이 연결의 몫이다
        self._ecn = False  # 이 연결의 패킷에 ECT를 단다
        self._sampled: tuple[object, ...] = ()  # 마지막으로 적은 송신 변수
        self._watched: tuple[object, ...] = ()  # 마지막으로 적은 순서 번호와 타이머
        self._timer_at: float | None = None  # 사건으로 걸어 둔 타이머 가운데 가장 이른 것

    @property
    def host(self) -> Host:
        """이 연결이 있는 호스트. 시뮬레이션과 함께 없어졌으면 `ReferenceError`."""
        return alive(self._host)

    @property
    def state(self) -> State:
        """연결의 상태."""
        return self.connection.state

    @property
    def port(self) -> int:
        """이쪽 포트."""
        return self.connection.config.local_port

    @property
    def received(self) -> bytes:
        """지금까지 읽은 바이트."""
        if len(self._pieces) != 1:
            self._pieces = [b"".join(self._pieces)]
        return self._pieces[0]

    @property
    def waiting(self) -> int:
        """송신 버퍼에 아직 들어가지 못한 바이트 수."""
        return sum(map(len, self._unsent))

    def send(self, data: bytes) -> None:
        """데이터를 보낸다. 송신 버퍼가 차면 남은 것은 자리가 나는 대로 들어간다."""
        if data:
            self._unsent.append(memoryview(data))
        self._feed()
        self.host._pump(self)

    def recv(self, n: int | None = None) -> bytes:
        """수신 버퍼에서 최대 `n`바이트를 읽는다."""
        data = self._take(n)
        self.host._pump(self)
        return data

    def close(self) -> None:
        """남은 데이터를 보낸 뒤 닫는다."""
        self._closing = True
        self._feed()
        self.host._pump(self)

    def abort(self) -> None:
        """RST를 보내고 끊는다."""
        self.connection.abort()
        self.host._pump(self)

    def _take(self, n: int | None = None) -> bytes:
        data = self.connection.read(n)
        self._pieces.append(data)
        self.received_length += len(data)
        return data

    def _read_all(self) -> None:
        """온 것을 모두 읽고 응용 프로그램에 알린다."""
        if self._take() and self.on_data:
            self.on_data(self)

    def _feed(self) -> None:
        """송신 버퍼에 자리가 나는 만큼 넣는다."""
        waiting = self._unsent
        while waiting:
            piece = waiting[0]
            accepted = self.connection.write(piece)
            if accepted < len(piece):
                waiting[0] = piece[accepted:]
                return
            waiting.popleft()
        if self._closing:
            self._closing = False
            self.connection.close()

    def _react(self, was: State) -> None:
        """세그먼트를 처리한 뒤 응용 프로그램에 알린다."""
        connection = self.connection
        if was is not _ESTABLISHED and was in _OPENING and connection.state in OPENED and self.on_established:
            self.on_established(self)
        if self.auto_read and connection.readable:
            self._read_all()
        if not self._eof_told and connection.eof:
            self._eof_told = True
            if self.on_eof:
                self.on_eof(self)


class Listener:
    """수동 개방한 포트. 연결이 수립되면 수락 큐에 들어가고 `accept`가 꺼낸다.

    `on_accept`를 주면 수립되는 대로 곧바로 수락한다. `backlog`는 수락 큐의 크기로, 리눅스처럼 이보다 **많을 때**
    가득 찬 것으로 보아 새 SYN과 핸드셰이크의 마지막 ACK를 버린다. `None`이면 한계가 없다.
    """

    def __init__(self, config: Config, iss: int | None, backlog: int | None, on_accept: Handler | None):
        self.config = config
        self.iss = iss
        self.backlog = backlog
        self.on_accept = on_accept
        self.queue: list[Socket] = []
        self.discarded = 0  # 큐가 가득 차 버린 세그먼트의 수

    @property
    def full(self) -> bool:
        """수락 큐가 가득 찼는가."""
        return self.backlog is not None and len(self.queue) > self.backlog

    def accept(self) -> Socket | None:
        """수락 큐에서 가장 먼저 수립된 연결을 꺼낸다. 비었으면 `None`."""
        return self.queue.pop(0) if self.queue else None

    def _established(self, socket: Socket) -> None:
        if self.on_accept:
            self.on_accept(socket)
        else:
            self.queue.append(socket)
