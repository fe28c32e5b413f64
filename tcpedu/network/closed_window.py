"""닫혔다가 다시 열리는 윈도우: 받는 프로그램이 늦게 읽기 시작한다 (RFC 9293 §3.8.6.1).

강의: lessons/08_flow_control.ipynb
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from tcpedu.protocol.config import Config

from .apps import bulk
from .endpoint import Socket
from .setup import PORT, pair
from .trace import Trace


def closed_window(
    *, size: int = 5_000, buffer: int = 3_000, read_at: float = 4.0, client_isn: int = 100, server_isn: int = 300,
    delay: float = 0.05, rate: float | None = None, drops: Iterable[int] = (),
    delays: Mapping[int, float] | None = None, config: Config | None = None, until: float = 120.0,
) -> Trace:  # fmt: skip
    """클라이언트가 `size`바이트를 보낸다. 서버의 프로그램은 `read_at`초에야 읽기 시작하고, 그 뒤로는 오는 대로 읽는다.

    `buffer`는 서버의 수신 버퍼다. 서버는 세그먼트마다 곧바로 확인한다. `config`는 두 쪽이 함께 쓰는 설정이고,
    주지 않으면 MSS 1000바이트다.

    >>> windows = [sent.segment.window for sent in closed_window().segments if sent.src == "서버"]
    >>> windows[:5]
    [3000, 2000, 1000, 0, 0]
    """
    config = config or Config(mss=1_000)
    simulation, client, server = pair(delay, drops, delays, rate=rate)

    def accept(socket: Socket) -> None:
        socket.auto_read = False
        simulation.at(read_at, read_from_now, socket)

    def read_from_now(socket: Socket) -> None:
        socket.auto_read = True
        socket.recv()

    receiver = replace(config, receive_buffer=buffer, delayed_ack=0.0)
    server.listen(PORT, iss=server_isn, config=receiver, on_accept=accept)
    bulk(client.connect(server, PORT, iss=client_isn, config=config), size, close=False)
    return simulation.run(until=until)
