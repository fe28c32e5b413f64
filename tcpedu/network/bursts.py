"""보내고, 쉬고, 다시 보내는 응용: 쉬고 난 뒤의 윈도우를 본다 (RFC 5681 §4.1).

강의: lessons/09_congestion_control.ipynb
"""

from __future__ import annotations

from tcpedu.protocol.config import Config

from .apps import sink, when_open
from .endpoint import Socket
from .setup import PORT, pair
from .trace import Trace


def two_bursts(
    *, segments: int = 70, pause: float = 3.0, mss: int = 1000, delay: float = 0.05, config: Config | None = None
) -> Trace:  # fmt: skip
    """세그먼트 `segments`개를 보내고, `pause`초 뒤에 또 그만큼 보낸다.

    >>> trace = two_bursts(segments=10)
    >>> sum(len(sent.segment.payload) for sent in trace.segments)
    20000
    """
    simulation, client, server = pair(delay, (), None)
    config = config or Config(mss=mss, delayed_ack=0.0, receive_buffer=1 << 20, window_scale=7)
    server.listen(PORT, iss=300, config=config, on_accept=sink)

    def begin(socket: Socket) -> None:
        socket.send(bytes(segments * mss))
        simulation.at(simulation.now + pause, socket.send, bytes(segments * mss))

    when_open(client.connect(server, PORT, iss=100, config=config), begin)
    return simulation.run(until=60.0)
