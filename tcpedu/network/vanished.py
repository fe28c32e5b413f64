"""상대가 말없이 사라진 연결: 킵얼라이브와 재전송이 언제 알아채는가. 잠깐 끊긴 길에서는 어떻게 되는가.

RFC 9293 §3.8.3, §3.8.4. 강의: lessons/13_performance_tuning.ipynb
"""

from __future__ import annotations

from dataclasses import dataclass

from tcpedu.protocol.config import Config
from tcpedu.protocol.state import State

from .endpoint import Socket
from .impairments import Loss
from .packet import Packet
from .setup import CLIENT, PORT, pair
from .trace import Trace

GONE_AT = 1.0  # 이때 길이 끊긴다. 그 전에 데이터 하나를 주고받는다


@dataclass(frozen=True)
class Vanished:
    """한 번 돌린 결과.

    `noticed`는 상대에게서 마지막으로 받은 때부터 연결이 끊어지기까지의 초이고, 끊어지지 않았으면 None이다.
    `sent`는 길이 끊긴 뒤 클라이언트가 보낸 세그먼트의 수다.
    """

    noticed: float | None
    sent: int
    trace: Trace


def vanished(
    config: Config | None = None, *, write_at: float | None = None, back_at: float | None = None,
    until: float = 20_000.0,
) -> Vanished:  # fmt: skip
    """조용해진 연결의 길이 1초에 끊긴다. `back_at`을 주면 그때 다시 이어진다.

    `write_at`을 주면 그때 클라이언트가 100바이트를 더 쓴다. 시각은 초이고 `config`는 클라이언트의 것이다.

    >>> vanished(Config(keepalive=60.0)).noticed
    735.0
    """
    simulation, client, server = pair(0.01, (), None, loss=_cut(back_at))
    server.listen(PORT, iss=300, config=Config(delayed_ack=0.0))
    socket = client.connect(server, PORT, iss=100, config=config or Config())
    socket.on_established = _write
    if write_at is not None:
        simulation.at(write_at, _write, socket)
    trace = simulation.run(until=until)
    heard = [one.arrived for one in trace.segments if one.dst == CLIENT and one.arrived is not None]
    closed = next((one.time for one in trace.states if one.host == CLIENT and one.new is State.CLOSED), None)
    sent = sum(one.src == CLIENT and one.sent >= GONE_AT for one in trace.segments)
    return Vanished(None if closed is None else round(closed - heard[-1], 3), sent, trace)


def _write(socket: Socket) -> None:
    socket.send(bytes(100))


def _cut(back_at: float | None) -> Loss:
    def lost(packet: Packet) -> bool:
        return packet.sent >= GONE_AT and (back_at is None or packet.sent < back_at)

    return lost
