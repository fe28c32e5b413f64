"""응답의 첫 바이트까지 몇 번 오가는가: TCP와 TLS를 차례로 여는 것과, QUIC처럼 한 번에 여는 것.

핸드셰이크의 차례와 크기만 본뜬 모형이다. 암호는 없다. 차례는 TLS 1.2(RFC 5246 §7.3), TLS 1.3(RFC 8446 §2), QUIC(RFC
9001 §4)의 것이고, TCP 쪽은 시뮬레이터의 TCP가, QUIC 쪽은 데이터그램이 나른다.
강의: lessons/17_next_steps.ipynb
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from tcpedu.protocol.config import Config
from tcpedu.protocol.datagram import Datagram

from .endpoint import Socket
from .host import Host
from .setup import CLIENT, PORT, SERVER, pair
from .trace import Trace

_DATAGRAM = 1200  # QUIC의 첫 데이터그램은 적어도 이 크기다 (RFC 9000 §14.1)


class Flight(NamedTuple):
    """한쪽이 이어서 보내는 것: 보내는 쪽, 크기(바이트), 이름."""

    src: str
    size: int
    name: str


_HELLO, _REQUEST = Flight(CLIENT, 300, "ClientHello"), Flight(CLIENT, 200, "요청")
_KEYS = Flight(SERVER, 3000, "ServerHello … Finished")
_RESPONSE = Flight(SERVER, 1000, "응답")
_TLS13 = (_HELLO, _KEYS, Flight(CLIENT, 300, "Finished, 요청"), _RESPONSE)
_TLS12 = (
    _HELLO, Flight(SERVER, 3000, "ServerHello … ServerHelloDone"), Flight(CLIENT, 200, "ClientKeyExchange, Finished"),
    Flight(SERVER, 100, "Finished"), _REQUEST, _RESPONSE,
)  # fmt: skip
_EARLY = (Flight(CLIENT, 500, "ClientHello, 요청"), Flight(SERVER, 1300, "ServerHello … Finished, 응답"))

WAYS: dict[str, tuple[str, tuple[Flight, ...]]] = {
    "TCP만": ("tcp", (_REQUEST, _RESPONSE)),
    "TCP + TLS 1.2": ("tcp", _TLS12),
    "TCP + TLS 1.3": ("tcp", _TLS13),
    "TCP + TLS 1.3 (0-RTT)": ("tcp", _EARLY),
    "QUIC": ("quic", _TLS13),
    "QUIC (0-RTT)": ("quic", _EARLY),
}
"""여는 방법 → (나르는 것, 오가는 차례). 마지막이 응답이다."""


@dataclass(frozen=True, slots=True)
class Opening:
    """여는 데 든 것: (마지막) 응답의 첫 바이트가 온 때(초), 그때까지의 왕복, 기록."""

    first_byte: float
    round_trips: float
    trace: Trace


@dataclass
class _Talk:
    """차례대로 말하기: 앞의 것을 다 받은 쪽이 다음 것을 보낸다."""

    flights: tuple[Flight, ...]
    send: dict[str, Callable[[Flight], None]] = field(default_factory=dict)
    got: dict[str, int] = field(default_factory=lambda: {CLIENT: 0, SERVER: 0})
    turn: int = 0
    first_byte: float | None = None

    def speak(self) -> None:
        self.send[self.flights[self.turn].src](self.flights[self.turn])

    def hear(self, listener: str, size: int, now: float) -> None:
        self.got[listener] += size
        last = len(self.flights) - 1
        if self.turn == last and self.first_byte is None:
            self.first_byte = now
        due = sum(flight.size for flight in self.flights[: self.turn + 1] if flight.src != listener)
        if self.turn < last and self.got[listener] == due:
            self.turn += 1
            self.speak()


def opening(way: str, rtt: float = 0.1, *, requests: int = 1) -> Opening:
    """`way`(`WAYS`의 이름)로 열어 요청을 보내고 응답을 받는다. 잃는 것은 없고 길의 속도는 한없이 빠르다.

    `requests`가 둘 이상이면 같은 연결로 요청과 응답을 되풀이하고, 마지막 응답까지를 센다.

    >>> opening("TCP + TLS 1.3").round_trips, opening("QUIC").round_trips
    (3.0, 2.0)
    >>> opening("QUIC", requests=10).round_trips
    11.0
    """
    if way not in WAYS:
        raise ValueError(f"'{way}'은(는) 없습니다. {', '.join(WAYS)} 가운데 하나를 고르세요")
    carrier, flights = WAYS[way]
    talk = _Talk(flights + (_REQUEST, _RESPONSE) * (requests - 1))
    simulation, client, server = pair(rtt / 2, (), None)
    (_over_tcp if carrier == "tcp" else _over_datagrams)(talk, client, server)
    trace = simulation.run(until=60.0)
    assert talk.first_byte is not None, "차례가 끝까지 가지 못했다"
    return Opening(talk.first_byte, round(talk.first_byte / rtt, 3), trace)


def _over_tcp(talk: _Talk, client: Host, server: Host) -> None:
    config = Config(delayed_ack=0.0, nodelay=True)

    def attach(socket: Socket, name: str) -> None:
        seen = 0

        def send(flight: Flight) -> None:
            socket.send(bytes(flight.size))
            _name(socket.host, flight)

        def read(socket: Socket) -> None:
            nonlocal seen
            size, seen = socket.received_length - seen, socket.received_length
            talk.hear(name, size, socket.host.simulation.now)

        talk.send[name], socket.on_data = send, read

    server.listen(PORT, iss=300, config=config, on_accept=lambda socket: attach(socket, SERVER))
    socket = client.connect(server, PORT, iss=100, config=config)
    attach(socket, CLIENT)
    socket.on_established = lambda socket: talk.speak()


def _over_datagrams(talk: _Talk, client: Host, server: Host) -> None:
    def attach(host: Host, peer: Host) -> None:
        def send(flight: Flight) -> None:
            left = flight.size
            while left > 0:
                host.send_datagram(peer, Datagram(PORT, PORT, bytes(min(left, _DATAGRAM))))
                _name(host, flight)
                left -= _DATAGRAM

        talk.send[host.name] = send
        host.bind(PORT, lambda datagram: talk.hear(host.name, len(datagram.payload), host.simulation.now))

    attach(client, server)
    attach(server, client)
    talk.speak()


def _name(host: Host, flight: Flight) -> None:
    """무엇을 실었는지 그림에 보이게 적는다."""
    host.simulation.trace.segments[-1].note = f"‘{flight.name}’"
