"""받는 도중에 주소가 바뀐다: 4-튜플로 찾는 연결과, 연결 ID로 찾는 연결.

TCP 쪽은 시뮬레이터의 TCP다. 다른 쪽은 QUIC의 연결 옮기기(RFC 9000 §9)에서 차례만 본뜬 모형이다: 데이터그램에 연결 ID를
적고, 새 주소에서 온 것을 보면 그 길을 확인한(§8.2) 다음 그리로 보낸다. 암호와 혼잡 제어는 없다.
강의: lessons/17_next_steps.ipynb
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

from tcpedu.protocol.config import Config
from tcpedu.protocol.datagram import Datagram
from tcpedu.protocol.segment import Flags, Segment
from tcpedu.protocol.state import State

from .endpoint import Socket
from .host import Host
from .packet import Packet
from .setup import PORT, SERVER
from .simulation import Simulation
from .trace import Trace

OLD, NEW = "휴대전화(와이파이)", "휴대전화(LTE)"
MOVE_AT, EVERY, PIECES = 0.55, 0.1, 10
_PORT = 50000
_ID = 7


@dataclass(frozen=True, slots=True)
class Moved:
    """한 번 돌린 결과: 조각마다 받은 (시각, 번호), 서버가 연결을 포기한 때(포기하지 않았으면 `None`), 기록."""

    received: list[tuple[float, int]]
    given_up: float | None
    trace: Trace

    @property
    def longest_gap(self) -> float:
        """조각과 조각 사이가 가장 길었던 시간, 초."""
        times = [time for time, _ in self.received]
        return max((after - before for before, after in pairwise(times)), default=0.0)


def _world() -> tuple[Simulation, Host, Host, Host]:
    """두 주소를 가진 휴대전화와 서버. `MOVE_AT`부터 와이파이 쪽은 모두 사라진다."""
    simulation = Simulation()
    old, server, new = simulation.host(OLD), simulation.host(SERVER), simulation.host(NEW)

    def out_of_reach(packet: Packet) -> bool:
        return simulation.now >= MOVE_AT

    simulation.link(old, server, delay=0.02, loss=out_of_reach)
    simulation.link(new, server, delay=0.04)
    return simulation, old, new, server


def tcp_moves(config: Config | None = None) -> Moved:
    """TCP로 받는다. 서버는 0.1초마다 1000바이트씩 모두 10조각을 보낸다.

    휴대전화는 옮긴 뒤 새 주소에서 같은 번호로 이어 가려고 한다.

    >>> run = tcp_moves()
    >>> len(run.received), round(run.given_up)
    (5, 664)
    """
    simulation, old, new, server = _world()
    config = config or Config(mss=1000, delayed_ack=0.0)
    received: list[tuple[float, int]] = []

    def accept(socket: Socket) -> None:
        for index in range(PIECES):
            simulation.at(simulation.now + EVERY * index, _write, socket)

    def read(socket: Socket) -> None:
        received.append((simulation.now, socket.received_length // 1000))

    def carry_on() -> None:
        mine = socket.connection
        segment = Segment(_PORT, PORT, seq=mine.snd_nxt, ack=mine.rcv_nxt or 0, flags=Flags.ACK, window=65535)
        new.send_raw(server, segment)

    server.listen(PORT, iss=300, config=config, on_accept=accept)
    socket = old.connect(server, PORT, iss=100, config=config, local_port=_PORT)
    socket.on_data = read
    simulation.at(MOVE_AT, carry_on)
    trace = simulation.run(until=10_000.0)
    closed = [one.time for one in trace.states if one.host == SERVER and one.new is State.CLOSED]
    return Moved(received, closed[0] if closed else None, trace)


def _write(socket: Socket) -> None:
    if socket.state is State.ESTABLISHED:
        socket.send(bytes(1000))


@dataclass
class _Session:
    """서버가 연결 ID 하나에 대해 기억하는 것. `peer`가 지금 보내는 주소다."""

    server: Host
    peer: Host
    unacked: set[int] = field(default_factory=set)

    def send(self, piece: int) -> None:
        self.unacked.add(piece)
        _say(self.server, self.peer, f"data {piece}")

    def hear(self, src: Host, kind: str, value: str) -> None:
        if kind == "ack":
            self.unacked.discard(int(value))
        if src is not self.peer and kind != "response":
            _say(self.server, src, "challenge -")  # 주소를 속인 것일 수 있다: 길부터 확인한다
        elif src is not self.peer:
            self.peer = src
            for piece in sorted(self.unacked):
                self.send(piece)


def identified_moves() -> Moved:
    """연결 ID로 받는다: `tcp_moves`와 같은 길, 같은 조각, 같은 때.

    >>> run = identified_moves()
    >>> sorted(piece for _, piece in run.received) == list(range(1, 11)), round(run.longest_gap, 2)
    (True, 0.23)
    """
    simulation, old, new, server = _world()
    session = _Session(server, old)
    received: list[tuple[float, int]] = []

    def at_phone(host: Host, text: str) -> None:
        _, kind, value = text.split()
        if kind == "challenge":
            _say(host, server, "response -")
            return
        received.append((simulation.now, int(value)))
        _say(host, server, f"ack {value}")

    for host in (old, new):
        host.bind(_PORT, lambda datagram, host=host: at_phone(host, datagram.payload.decode()))  # type: ignore[misc]
        # 서버는 온 주소로 상대를 알지만 연결은 데이터그램에 적힌 ID로 찾는다. 여기서 포트는 주소를 가르는 데만 쓴다.
        server.bind(_port_of(host), lambda datagram, host=host: _at_server(session, host, datagram))  # type: ignore[misc]
    for index in range(PIECES):
        simulation.at(0.06 + EVERY * index, session.send, index + 1)
    simulation.at(MOVE_AT, _say, new, server, "hello -")
    return Moved(received, None, simulation.run(until=60.0))


def _at_server(session: _Session, src: Host, datagram: Datagram) -> None:
    ident, kind, value = datagram.payload.decode().split()
    if ident == f"id={_ID}":
        session.hear(src, kind, value)


def _port_of(host: Host) -> int:
    return PORT if host.name == OLD else PORT + 1


def _say(src: Host, dst: Host, text: str) -> None:
    """연결 ID를 붙여 보낸다."""
    port = _PORT if src.name == SERVER else _port_of(src)
    src.send_datagram(dst, Datagram(_PORT, port, f"id={_ID} {text}".encode()))
    src.simulation.trace.segments[-1].note = f"‘{text.removesuffix(' -')}’"
