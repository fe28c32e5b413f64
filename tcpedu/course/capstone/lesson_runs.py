"""강의 16의 실험: 내 끝을 시뮬레이션과, 커널이 지나간 것과 같은 길에 세운다.

강의: lessons/16_capstone.ipynb
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from tcpedu.course.capstone.plan import MINE, THEIRS
from tcpedu.lab.kernel_run import MSS, EmulatorSettings
from tcpedu.network.apps import bulk, sink
from tcpedu.network.endpoint import Socket
from tcpedu.network.impairments import bernoulli, jitter
from tcpedu.network.losses import data_loss
from tcpedu.network.setup import CLIENT, PORT, echo_eof, pair
from tcpedu.network.simulation import Simulation
from tcpedu.network.trace import Trace
from tcpedu.protocol.config import Config

Tcp = Callable[..., Any]
DELAY = 0.05


def small_talk(
    tcp: Tcp, drops: Iterable[int] = (), delays: Mapping[int, float] | None = None, *, size: int = 3000,
    reply: int = 0, until: float = 120.0,
) -> Trace:  # fmt: skip
    """내가 열고, `size`바이트를 보내고, 닫는다. 상대는 라이브러리이고 `reply`바이트를 답한다.

    번호는 내 것이 100, 상대의 것이 300에서 시작한다. `drops`와 `delays`는 패킷의 번호다. MSL은 30초다.

    >>> from tcpedu.protocol.connection import Connection
    >>> [str(sent.segment.flags) for sent in small_talk(Connection).segments[:3]]
    ['SYN', 'SYN,ACK', 'ACK']
    """
    simulation, me, peer = pair(DELAY, drops, delays, names=(MINE, THEIRS))
    me.endpoint = tcp
    config = Config(mss=1000, nodelay=True, delayed_ack=0.0, msl=30.0)

    def accept(socket: Socket) -> None:
        echo_eof(socket)
        if reply:
            socket.send(bytes(reply))

    def start(socket: Socket) -> None:
        socket.send(bytes(size))
        socket.close()

    peer.listen(PORT, config=config, iss=300, on_accept=accept)
    me.connect(peer, PORT, config=config, iss=100).on_established = start
    return simulation.run(until=until)


@dataclass(frozen=True)
class Endured:
    """험한 길을 지난 결과: 두 방향이 모두 온전한지, 잃은 것과 다시 보낸 것의 수, 걸린 시간(초)."""

    intact: bool
    lost: int
    again: int
    seconds: float


def endure(
    tcp: Tcp, *, loss: float = 0.0, shake: float = 0.0, twice: float = 0.0, size: int = 60_000, seed: int = 1
) -> Endured:
    """`tcp`가 라이브러리와 `size`바이트를 두 방향으로 주고받는다. 손실률, 지연의 흔들림(초), 중복률을 줄 수 있다."""
    simulation = Simulation(seed)
    me, peer = simulation.host(MINE), simulation.host(THEIRS)
    me.endpoint = tcp
    simulation.link(
        me, peer, delay=DELAY, rate=20e6, loss=bernoulli(loss, seed), reorder=jitter(shake, seed),
        duplicate=bernoulli(twice, seed + 1),
    )  # fmt: skip
    data = random.Random(seed).randbytes(size)
    accepted: list[Socket] = []

    def accept(socket: Socket) -> None:
        accepted.append(socket)
        socket.send(data[::-1])

    peer.listen(PORT, config=Config(mss=1000), on_accept=accept)
    mine = me.connect(peer, PORT, config=Config(mss=1000))
    mine.send(data)
    trace = simulation.run(until=600.0)
    intact = bool(accepted) and accepted[0].received == data and mine.received == data[::-1]
    again = sum("재전송" in sent.note for sent in trace.segments)
    lost = sum(sent.dropped is not None for sent in trace.segments)
    return Endured(intact, lost, again, trace.segments[-1].sent)


def on_the_kernels_path(tcp: Tcp, settings: EmulatorSettings) -> list[tuple[float, float]]:
    """커널의 실행과 같은 길, 같은 손실에서 `tcp`가 데이터를 보낼 때의 (시각, cwnd). cwnd는 세그먼트다."""
    simulation, client, server = pair(settings.delay, (), None, data_loss(Counter(settings.drop)))
    client.endpoint = tcp
    size = settings.segments * MSS
    config = Config(mss=MSS, nodelay=True, send_buffer=size)
    receiver = replace(config, delayed_ack=0.0, receive_buffer=65535)  # 커널의 quickack처럼 세그먼트마다 ACK
    server.listen(PORT, config=receiver, on_accept=sink)
    bulk(client.connect(server, PORT, config=config), size, close=False)
    trace = simulation.run(until=settings.until)
    return [(one.time, one.cwnd / MSS) for one in trace.windows if one.host == CLIENT]


def at(points: Iterable[tuple[float, float]], time: float) -> float:
    """그 시각의 값: 그때까지의 마지막 점.

    >>> at([(0.0, 10.0), (0.1, 20.0)], 0.05)
    10.0
    """
    value = 0.0
    for when, here in points:
        if when > time:
            break
        value = here
    return value
