"""연결을 닫는 네 가지 상황 (RFC 9293 §3.6). 연결은 0초에 열기 시작하고 1초에 닫는다.

강의: lessons/05_connection_termination.ipynb
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tcpedu.protocol.config import Config
from tcpedu.protocol.state import State

from .endpoint import Handler, Socket
from .host import Host
from .setup import PORT, echo_eof, pair
from .simulation import Simulation
from .trace import Trace

CLOSE_AT = 1.0


def _opened(
    accept: Handler, client_isn: int, server_isn: int, delay: float, drops: Iterable[int],
    delays: Mapping[int, float] | None, msl: float,
) -> tuple[Simulation, Host, Socket]:  # fmt: skip
    """연결을 여는 중인 (시뮬레이션, 서버, 클라이언트의 소켓)."""
    simulation, a, b = pair(delay, drops, delays)
    b.listen(PORT, iss=server_isn, config=Config(msl=msl), on_accept=accept)
    return simulation, b, a.connect(b, PORT, iss=client_isn, config=Config(msl=msl))


def normal_close(
    *, client_isn: int = 100, server_isn: int = 300, delay: float = 0.05, wait: float = 0.5,
    drops: Iterable[int] = (), delays: Mapping[int, float] | None = None, msl: float = 120.0,
) -> Trace:  # fmt: skip
    """네 세그먼트: 클라이언트가 닫고, 서버의 응용 프로그램은 `wait`초 뒤에 닫는다 (그림 12)."""

    def accept(socket: Socket) -> None:
        socket.on_eof = lambda socket: simulation.at(simulation.now + wait, _close_if_open, socket)

    simulation, _, client = _opened(accept, client_isn, server_isn, delay, drops, delays, msl)
    simulation.at(CLOSE_AT, client.close)
    return simulation.run()


def three_segment_close(
    *, client_isn: int = 100, server_isn: int = 300, delay: float = 0.05, drops: Iterable[int] = (),
    delays: Mapping[int, float] | None = None, msl: float = 120.0,
) -> Trace:  # fmt: skip
    """세 세그먼트: 서버가 곧바로 닫아서 ACK가 서버의 FIN에 실려 간다."""

    def accept(socket: Socket) -> None:
        socket.piggyback = True
        echo_eof(socket)

    simulation, _, client = _opened(accept, client_isn, server_isn, delay, drops, delays, msl)
    simulation.at(CLOSE_AT, client.close)
    return simulation.run()


def simultaneous_close(
    *, client_isn: int = 100, server_isn: int = 300, delay: float = 0.05, drops: Iterable[int] = (),
    delays: Mapping[int, float] | None = None, msl: float = 120.0,
) -> Trace:  # fmt: skip
    """두 쪽이 같은 때에 닫아 FIN이 엇갈린다: 둘 다 CLOSING을 거쳐 TIME_WAIT으로 간다 (그림 13)."""

    def accept(socket: Socket) -> None:
        simulation.at(CLOSE_AT, _close_if_open, socket)

    simulation, _, client = _opened(accept, client_isn, server_isn, delay, drops, delays, msl)
    simulation.at(CLOSE_AT, client.close)
    return simulation.run()


def reset_close(
    *, client_isn: int = 100, server_isn: int = 300, delay: float = 0.05, drops: Iterable[int] = (),
    delays: Mapping[int, float] | None = None,
) -> Trace:  # fmt: skip
    """클라이언트가 ABORT한다: RST 하나로 두 쪽이 곧바로 CLOSED가 된다 (RFC 9293 §3.10.5)."""
    simulation, _, client = _opened(echo_eof, client_isn, server_isn, delay, drops, delays, 120.0)
    simulation.at(CLOSE_AT, client.abort)
    return simulation.run()


def half_close(
    *, request: int = 100, response: int = 500, client_isn: int = 100, server_isn: int = 300, delay: float = 0.05,
    wait: float = 0.5, drops: Iterable[int] = (), delays: Mapping[int, float] | None = None, msl: float = 120.0,
) -> Trace:  # fmt: skip
    """반닫기: 클라이언트가 `request`바이트를 보내고 닫은 뒤, 서버가 `response`바이트를 마저 보내고 닫는다 (§3.6)."""

    def answer(socket: Socket) -> None:
        if response:
            socket.send(bytes(response))
        simulation.at(simulation.now + wait, _close_if_open, socket)

    def accept(socket: Socket) -> None:
        socket.on_eof = lambda socket: simulation.at(simulation.now + wait, answer, socket)

    def ask() -> None:
        client.send(bytes(request))
        client.close()

    simulation, _, client = _opened(accept, client_isn, server_isn, delay, drops, delays, msl)
    simulation.at(CLOSE_AT, ask)
    return simulation.run()


def unread_close(
    *, unread: int = 100, client_isn: int = 100, server_isn: int = 300, delay: float = 0.05,
    drops: Iterable[int] = (), delays: Mapping[int, float] | None = None,
) -> Trace:  # fmt: skip
    """클라이언트가 보낸 `unread`바이트를 서버가 읽지 않고 닫는다: 잃은 것이 있으므로 FIN이 아니라 RST (§3.6.1)."""

    def accept(socket: Socket) -> None:
        socket.auto_read = False
        simulation.at(CLOSE_AT + 1.0, leave, socket)

    def leave(socket: Socket) -> None:
        if socket.connection.readable:
            socket.abort()
        else:
            socket.close()

    simulation, _, client = _opened(accept, client_isn, server_isn, delay, drops, delays, 120.0)
    simulation.at(CLOSE_AT, client.send, bytes(unread))
    return simulation.run(until=10.0)


def _close_if_open(socket: Socket) -> None:
    if socket.state in (State.ESTABLISHED, State.CLOSE_WAIT):
        socket.close()
