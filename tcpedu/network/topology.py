"""자주 쓰는 배치: 여러 흐름이 병목 하나를 나눠 쓰는 아령 모양(dumbbell)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .host import Host
from .impairments import Loss
from .link import Link
from .queues import TailDrop
from .router import Router
from .simulation import Simulation
from .trace import Trace


@dataclass(frozen=True)
class Dumbbell:
    """보내는 쪽들 ― 왼쪽 라우터 ═ 병목 ═ 오른쪽 라우터 ― 받는 쪽들. 같은 차례의 둘이 한 흐름이다."""

    simulation: Simulation
    senders: tuple[Host, ...]
    receivers: tuple[Host, ...]
    left: Router
    right: Router
    bottleneck: Link
    access_delays: tuple[float, ...]
    """흐름마다 보내는 쪽과 라우터 사이의 한 방향 지연, 초."""

    @property
    def queue_lengths(self) -> list[tuple[float, int]]:
        """병목 앞 큐의 (시각, 기다리는 패킷 수)."""
        return self.simulation.trace.queues[self.left.name, self.right.name]


def dumbbell(
    simulation: Simulation, flows: int = 2, *, rate: float = 10e6, delay: float = 0.02,
    queue: int | TailDrop | None = 100, access_delays: Sequence[float] = (), access_rate: float | None = None,
    loss: Loss | None = None, ecn: bool = False,
) -> Dumbbell:  # fmt: skip
    """흐름 `flows`개가 `rate`(비트/초), 한 방향 지연 `delay`(초)의 병목을 나눠 쓴다.

    `access_delays`는 흐름마다 보내는 쪽과 라우터 사이의 한 방향 지연이다(모자라면 0). 흐름의 왕복 시간은 큐가 비었을 때
    `2 × (delay + access_delay)`다. `access_rate`를 주면 그 링크들도 그 속도로만 보낸다.

    >>> net = dumbbell(Simulation(), 2, access_delays=[0.0, 0.03])
    >>> [host.name for host in net.senders + net.receivers]
    ['보내는 쪽 1', '보내는 쪽 2', '받는 쪽 1', '받는 쪽 2']
    """
    senders = tuple(simulation.host(f"보내는 쪽 {n}") for n in range(1, flows + 1))
    receivers = tuple(simulation.host(f"받는 쪽 {n}") for n in range(1, flows + 1))
    left, right = simulation.router("왼쪽 라우터"), simulation.router("오른쪽 라우터")
    delays = tuple([*access_delays, *[0.0] * flows][:flows])
    for sender, receiver, access in zip(senders, receivers, delays, strict=True):
        simulation.link(sender, left, delay=access, rate=access_rate)
        simulation.link(right, receiver, rate=access_rate)
    bottleneck = simulation.link(left, right, delay=delay, rate=rate, queue=queue, loss=loss, ecn=ecn)
    return Dumbbell(simulation, senders, receivers, left, right, bottleneck, delays)


def throughput(trace: Trace, src: str, *, interval: float = 1.0, until: float | None = None) -> list[float]:
    """`src`가 보내 도착한 데이터의 빠르기(비트/초)를 `interval`초마다 셈한 목록. 두 번 도착한 것은 한 번만 센다."""
    end = trace.duration if until is None else until
    totals = [0] * max(1, round(end / interval))
    for sent in trace.segments:
        if sent.src == src and sent.segment.payload and sent.arrivals:
            index = int(sent.arrivals[0] / interval)
            if index < len(totals):
                totals[index] += len(sent.segment.payload)
    return [total * 8 / interval for total in totals]
