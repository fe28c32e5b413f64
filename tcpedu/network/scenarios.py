"""강의에서 쓰는 이름 붙은 상황들. 모두 기록(`Trace`)을 돌려준다.

`drops`는 잃을 패킷의 번호(보낸 차례, 1부터), `delays`는 {번호: 더할 지연(초)}다. 번호는 그림에 적힌 것과 같다.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tcpedu.protocol.config import Config
from tcpedu.protocol.segment import Flags, Segment

from .closing import normal_close, reset_close, simultaneous_close, three_segment_close
from .endpoint import Socket
from .setup import CLIENT, FULL_OPTIONS, PORT, SERVER, echo_eof, lossy, pair
from .sharing import bufferbloat, two_flows
from .simulation import Simulation
from .trace import Trace
from .transfers import burst_loss, nagle_delayed_ack, one_loss, tail_loss, zero_window


def handshake(
    *, client_isn: int = 100, server_isn: int = 300, delay: float = 0.05, drops: Iterable[int] = (),
    delays: Mapping[int, float] | None = None, client: Config | None = None, server: Config | None = None,
) -> Trace:  # fmt: skip
    """3-way 핸드셰이크 (RFC 9293 §3.5 그림 6). `client`와 `server`로 옵션을 정한다."""
    simulation, a, b = pair(delay, drops, delays)
    b.listen(PORT, config=server, iss=server_isn, on_accept=echo_eof)
    a.connect(b, PORT, config=client, iss=client_isn)
    return simulation.run()


def refused_port(*, client_isn: int = 100, delay: float = 0.05, port: int = 81) -> Trace:
    """듣는 프로그램이 없는 포트로 연결한다: RST (RFC 9293 §3.5.2)."""
    simulation, a, b = pair(delay, (), None)
    a.connect(b, port, iss=client_isn)
    return simulation.run()


def unanswered_syn(*, client_isn: int = 100, delay: float = 0.05, config: Config | None = None) -> Trace:
    """답이 없는 곳으로 연결한다: SYN을 백오프하며 되풀이하다 포기한다 (RFC 6298 §5, RFC 9293 §3.8.3)."""
    simulation, a, b = pair(delay, (), None, loss=lambda packet: True)
    a.connect(b, PORT, config=config, iss=client_isn)
    return simulation.run()


def simultaneous_open(
    *, client_isn: int = 100, server_isn: int = 300, delay: float = 0.05, drops: Iterable[int] = (),
    delays: Mapping[int, float] | None = None,
) -> Trace:  # fmt: skip
    """두 쪽이 같은 순간에 능동 개방한다 (RFC 9293 §3.5 그림 7)."""
    simulation, a, b = pair(delay, drops, delays, names=("호스트 A", "호스트 B"))  # 둘 다 클라이언트다
    a.connect(b, 2000, iss=client_isn, local_port=1000)
    b.connect(a, 1000, iss=server_isn, local_port=2000)
    return simulation.run()


def old_duplicate_syn(
    *, old_isn: int = 90, client_isn: int = 100, server_isn: int = 300, delay: float = 0.05,
    drops: Iterable[int] = (), delays: Mapping[int, float] | None = None,
) -> Trace:  # fmt: skip
    """네트워크를 떠돌던 옛 SYN이 새 SYN보다 먼저 도착한다 (RFC 9293 §3.5 그림 8)."""
    simulation, a, b = pair(delay, drops, {2: delay * 4, **(delays or {})})
    b.listen(PORT, iss=server_isn)
    a.send_raw(b, Segment(50000, PORT, seq=old_isn, flags=Flags.SYN))
    a.connect(b, PORT, iss=client_isn)
    return simulation.run()


def half_open(
    *, client_isn: int = 100, server_isn: int = 300, new_isn: int = 400, delay: float = 0.05,
    drops: Iterable[int] = (), delays: Mapping[int, float] | None = None,
) -> Trace:  # fmt: skip
    """연결된 뒤 1초에 클라이언트가 꺼졌다 켜지고, 2초에 같은 포트로 다시 연결한다 (RFC 9293 §3.5.1 그림 9)."""
    simulation, a, b = pair(delay, drops, delays)
    b.listen(PORT, iss=server_isn)
    a.connect(b, PORT, iss=client_isn, local_port=50000)
    simulation.at(1.0, a.forget)
    simulation.at(2.0, lambda: a.connect(b, PORT, iss=new_isn, local_port=50000))
    return simulation.run()


def full_backlog(
    *, clients: int = 3, backlog: int = 0, accept_at: float | None = None, delay: float = 0.05, until: float = 3.5
) -> Trace:  # fmt: skip
    """0.2초마다 하나씩 연결이 오는데 서버는 `accept`하지 않는다: 수락 큐가 차면 SYN이 버려진다.

    `accept_at`을 주면 그 시각에 한 번 `accept`해서 자리를 하나 비운다.
    """
    simulation = Simulation()
    server = simulation.host(SERVER)
    listener = server.listen(PORT, iss=300, backlog=backlog)
    for index in range(clients):
        client = simulation.host(f"{CLIENT} {index + 1}")
        simulation.link(client, server, delay=delay)
        simulation.at(0.2 * index, lambda client=client, iss=100 * (index + 1): client.connect(server, PORT, iss=iss))
    if accept_at is not None:
        simulation.at(accept_at, listener.accept)
    return simulation.run(until=until)


def transfer(
    data: bytes = b"hello", *, mss: int = 1460, delay: float = 0.05, drops: Iterable[int] = (),
    delays: Mapping[int, float] | None = None, loss_rate: float = 0.0, seed: int = 0,
    client_isn: int = 100, server_isn: int = 300, until: float = 60.0,
) -> Trace:  # fmt: skip
    """연결을 열고, 클라이언트가 `data`를 보내고, 닫는다. `loss_rate`(0–1)의 확률로 패킷을 잃는다."""
    simulation, a, b = pair(delay, drops, delays, lossy(loss_rate, seed), seed)
    config = Config(mss=mss)
    b.listen(PORT, config=config, iss=server_isn, on_accept=echo_eof)
    socket = a.connect(b, PORT, config=config, iss=client_isn)

    def send_andclose(socket: Socket) -> None:
        socket.send(data)
        socket.close()

    socket.on_established = send_andclose
    return simulation.run(until=until)


def packets_lost(trace: Trace) -> list[int]:
    """도착하지 못한 패킷의 번호."""
    return [sent.number for sent in trace.segments if sent.dropped]


__all__ = [
    "CLIENT", "FULL_OPTIONS", "PORT", "SERVER", "bufferbloat", "burst_loss", "full_backlog", "half_open", "handshake",
    "nagle_delayed_ack", "normal_close", "old_duplicate_syn", "one_loss", "packets_lost", "refused_port", "reset_close",
    "simultaneous_close", "simultaneous_open", "tail_loss", "three_segment_close", "transfer", "two_flows",
    "unanswered_syn", "zero_window",
]  # fmt: skip
