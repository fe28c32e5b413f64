"""손실률이 정해진 길에서 Reno가 내는 빠르기: Mathis 식의 가정을 그대로 돌린다.

강의: lessons/11_modern_congestion_control.ipynb
"""

from __future__ import annotations

from tcpedu.protocol.congestion import Reno

from .contest import Contest, Runner, config_for, start_bulk
from .flow import follow
from .impairments import Loss, bernoulli
from .packet import Packet
from .simulation import Simulation
from .topology import dumbbell

RATE = 1e9  # 병목이 빠르기를 정하지 않게 한다


def reno_throughput(
    loss: float, rtt: float = 0.1, *, periodic: bool = True, duration: float = 30.0, seed: int = 0
) -> float:
    """데이터를 `loss`의 비율로 잃는 길에서 Reno의 처리율, 바이트/초. 처음 3분의 1은 세지 않는다.

    `periodic`이면 1/loss개마다 꼭 하나씩 잃고(Mathis 식의 가정), 아니면 하나하나 그 확률로 잃는다.

    >>> from tcpedu.protocol.congestion.response import mathis_throughput
    >>> 0.7 < reno_throughput(0.02, duration=15.0) / mathis_throughput(1460, 0.1, 0.02) < 1.0
    True
    """
    contest = Contest((Runner(Reno, rtt),), rate=RATE, queue=10_000, duration=duration)
    model = _every(round(1 / loss)) if periodic else _data_only(bernoulli(loss, seed))
    net = dumbbell(Simulation(seed), 1, rate=RATE, delay=rtt / 2, queue=contest.queue, loss=model)
    start_bulk(net, 0, config_for(contest.runners[0], contest))
    flow = follow(net.simulation.run(until=duration), net.senders[0].name)
    since = duration / 3
    return sum(size for time, size, _ in flow.arrivals if time > since) / (duration - since)


def _every(count: int) -> Loss:
    """데이터를 `count`개마다 하나 잃는다."""
    seen = 0

    def lost(packet: Packet) -> bool:
        nonlocal seen
        seen += bool(packet.segment.payload)
        return bool(packet.segment.payload) and seen % count == 0

    return lost


def _data_only(model: Loss) -> Loss:
    return lambda packet: bool(packet.segment.payload) and model(packet)


__all__ = ["reno_throughput"]
