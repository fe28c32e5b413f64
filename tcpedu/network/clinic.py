"""진료소: 고장 하나씩을 일부러 만든다. 기록과, 그때 두 쪽에서 `ss`를 치면 보였을 글이 함께 나온다.

번호는 모두 클라이언트에서 잡은 캡처의 것이다. 시간은 초, 크기는 바이트다.
강의: lessons/14_troubleshooting.ipynb
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from tcpedu.protocol.config import Config
from tcpedu.protocol.profiles import LINUX

from .apps import bulk, request_response, responder, sink
from .endpoint import Socket
from .host import Host
from .impairments import bernoulli
from .packet import Packet
from .setup import CLIENT, PORT, pair
from .simulation import Simulation
from .socket_table import ss
from .trace import Trace

_PROMPT = Config(delayed_ack=0.0)
_SHORT = replace(LINUX, window_scale=None, sack=False, timestamps=False)  # 옵션이 적어 캡처의 줄이 짧다
BACKLOG = 128  # 파이썬이 `create_server`에서 고르는 값이다


@dataclass(frozen=True)
class Case:
    """고장 하나: 기록과 `ss -tan`의 글. `info`는 `ss -tin`의 글이고, 열쇠는 호스트의 이름이다."""

    trace: Trace
    ss: dict[str, str] = field(default_factory=dict)
    info: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, simulation: Simulation, until: float, *hosts: Host) -> Case:
        """`until`까지 돌리고, 그때 호스트마다 `ss`를 친다."""
        trace = simulation.run(until=until)
        return cls(trace, {host.name: ss(host) for host in hosts}, {host.name: ss(host, info=True) for host in hosts})


def port_closed(*, port: int = 81, delay: float = 0.05, client_isn: int = 100) -> Case:
    """듣는 프로그램이 없는 포트: 서버의 커널이 RST로 답한다 (RFC 9293 §3.5.2)."""
    simulation, client, server = pair(delay, (), None)
    server.listen(PORT, iss=300, backlog=BACKLOG)
    client.connect(server, port, iss=client_isn, config=_SHORT)
    return Case.of(simulation, 5.0, client, server)


def firewall_drop(*, delay: float = 0.05, client_isn: int = 100, until: float = 9.0) -> Case:
    """방화벽이 SYN을 말없이 버린다: 아무 답도 없다. 다시 보내는 간격은 리눅스의 것이다."""
    simulation, client, server = pair(delay, (), None, loss=lambda packet: packet.src == CLIENT)
    server.listen(PORT, iss=300, backlog=BACKLOG)
    client.connect(server, PORT, iss=client_isn, config=_SHORT)
    return Case.of(simulation, until, client, server)


def zero_window(
    *, size: int = 5_000, buffer: int = 3_000, delay: float = 0.05, client_isn: int = 100, server_isn: int = 300,
    until: float = 10.0,
) -> Case:  # fmt: skip
    """서버의 프로그램이 읽지 않는다: 윈도우가 0이 되고 탐침만 오간다 (RFC 9293 §3.8.6.1)."""
    simulation, client, server = pair(delay, (), None)

    def never_read(socket: Socket) -> None:
        socket.auto_read = False

    config = replace(_PROMPT, mss=1000, receive_buffer=buffer)
    server.listen(PORT, iss=server_isn, backlog=BACKLOG, config=config, on_accept=never_read)
    bulk(client.connect(server, PORT, iss=client_isn, config=replace(_PROMPT, mss=1000)), size, close=False)
    return Case.of(simulation, until, client, server)


def lossy_path(
    *, rate: float = 0.25, only: str | None = None, size: int = 20_000, delay: float = 0.05, seed: int = 4,
    client_isn: int = 100, server_isn: int = 300, until: float = 30.0,
) -> Case:  # fmt: skip
    """`rate`의 확률로 잃는 길. `only`를 주면 그 호스트가 보낸 것만 잃는다: 한쪽 길만 나쁘다.

    핸드셰이크의 세 세그먼트는 잃지 않는다.
    """
    unlucky = bernoulli(rate, seed)

    def lose(packet: Packet) -> bool:
        return packet.number > 3 and only in (None, packet.src) and unlucky(packet)

    simulation, client, server = pair(delay, (), None, loss=lose)
    config = replace(_PROMPT, mss=1000)
    server.listen(PORT, iss=server_isn, backlog=BACKLOG, config=config, on_accept=sink)
    bulk(client.connect(server, PORT, iss=client_isn, config=config), size)
    return Case.of(simulation, until, client, server)


def black_hole(
    *, request: int = 200, size: int = 10_000, mtu: int = 1400, delay: float = 0.05, client_isn: int = 100,
    server_isn: int = 300, until: float = 30.0,
) -> Case:  # fmt: skip
    """`mtu`보다 큰 패킷을 말없이 버리는 길 (RFC 2923 §2.1). 작은 요청은 지나가고 큰 것은 아무리 보내도 사라진다."""
    simulation, client, server = pair(delay, (), None, loss=lambda packet: packet.size > mtu)
    server.listen(PORT, iss=server_isn, backlog=BACKLOG, config=_PROMPT, on_accept=sink)
    socket = client.connect(server, PORT, iss=client_isn, config=_PROMPT)
    socket.on_established = lambda opened: opened.send(bytes(request))
    simulation.at(1.0, socket.send, bytes(size))
    return Case.of(simulation, until, client, server)


def nagle_stall(
    *, pieces: int = 2, nodelay: bool = False, count: int = 5, rtt: float = 0.002, client_isn: int = 100,
    server_isn: int = 300,
) -> Case:  # fmt: skip
    """요청 200바이트를 둘로 나눠 쓰고 응답을 기다린다: Nagle과 지연 ACK가 서로를 기다린다 (RFC 9293 §3.7.4)."""
    simulation, client, server = pair(rtt / 2, (), None)
    config = Config(delayed_ack=0.04, nodelay=nodelay)
    server.listen(PORT, iss=server_isn, backlog=BACKLOG, config=config, on_accept=responder(200, 100))
    socket = client.connect(server, PORT, iss=client_isn, config=config)
    request_response(socket, request=200, response=100, count=count, pieces=pieces)
    return Case.of(simulation, 10.0, client, server)


def close_wait_leak(
    *, clients: int = 5, closes: bool = False, delay: float = 0.01, client_isn: int = 100, server_isn: int = 300,
    until: float = 20.0,
) -> Case:  # fmt: skip
    """클라이언트가 요청하고 닫는다. 서버의 프로그램은 응답한 뒤 `close()`를 빠뜨린다(`closes`면 부른다)."""
    simulation, client, server = pair(delay, (), None)

    def answer(socket: Socket) -> None:
        responder(50, 500)(socket)
        socket.on_eof = Socket.close if closes else None

    server.listen(PORT, iss=server_isn, backlog=BACKLOG, config=_PROMPT, on_accept=answer)
    _short_connections(simulation, client, server, clients, client_isn)
    return Case.of(simulation, until, client, server)


def time_wait_flood(*, clients: int = 40, delay: float = 0.01, until: float = 20.0) -> Case:
    """요청마다 연결을 새로 열고 먼저 닫는다: 먼저 닫은 클라이언트에 TIME_WAIT가 쌓인다 (RFC 9293 §3.6.1)."""
    return close_wait_leak(clients=clients, closes=True, delay=delay, until=until)


def half_open(*, delay: float = 0.05, until: float = 3600.0) -> Case:
    """연결하고 1초 뒤 클라이언트의 전원이 나간다: 서버는 모른 채 기다린다 (RFC 9293 §3.5.1)."""
    simulation, client, server = pair(delay, (), None, loss=lambda packet: packet.sent > 1.0)
    server.listen(PORT, iss=300, backlog=BACKLOG, on_accept=sink)
    client.connect(server, PORT, iss=100)
    simulation.at(1.0, client.forget)
    return Case.of(simulation, until, client, server)


def accept_overflow(*, clients: int = 4, backlog: int = 1, delay: float = 0.05, until: float = 3.0) -> Case:
    """서버의 프로그램이 `accept()`하지 않는다: 수락 큐가 차서 다음 SYN이 버려진다."""
    simulation, client, server = pair(delay, (), None)
    server.listen(PORT, iss=300, backlog=backlog)
    for index in range(clients):
        simulation.at(0.2 * index, lambda isn=100 * (index + 1): client.connect(server, PORT, iss=isn, config=_SHORT))
    return Case.of(simulation, until, client, server)


def healthy(
    *, size: int = 6_000, delay: float = 0.05, drop: int | None = None, client_isn: int = 100, server_isn: int = 300
) -> Case:  # fmt: skip
    """아무 고장이 없는 전송. `drop`을 주면 그 패킷 하나만 잃는다: 하나쯤은 고장이 아니다."""
    simulation, client, server = pair(delay, () if drop is None else (drop,), None)
    config = replace(_PROMPT, mss=500)
    server.listen(PORT, iss=server_isn, backlog=BACKLOG, config=config, on_accept=sink)
    bulk(client.connect(server, PORT, iss=client_isn, config=config), size)
    return Case.of(simulation, 60.0, client, server)


def _short_connections(simulation: Simulation, client: Host, server: Host, count: int, isn: int) -> None:
    def begin(index: int) -> None:
        socket = client.connect(server, PORT, iss=isn + 1000 * index, config=_PROMPT)
        request_response(socket, request=50, response=500, count=1)

    for index in range(count):
        simulation.at(0.2 * index, begin, index)
