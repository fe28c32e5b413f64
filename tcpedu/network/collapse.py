"""혼잡 붕괴: 혼잡 제어가 없는 여럿이 병목 하나를 나눠 쓸 때 (RFC 896).

강의: lessons/09_congestion_control.ipynb
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from tcpedu.protocol.config import Config
from tcpedu.protocol.congestion import CongestionControl

from .contest import start_bulk
from .flow import follow
from .simulation import Simulation
from .topology import dumbbell
from .trace import Trace

MSS = 1000


class FixedWindow(CongestionControl):
    """혼잡 제어가 없던 때의 TCP: 언제나 처음의 윈도우만큼 보낸다. 잃으면 다시 보낼 뿐 줄이지 않는다.

    >>> old = FixedWindow(mss=1000, initial_window=32_000)
    >>> old.on_timeout(32_000, now=1.0)
    >>> old.cwnd
    32000
    """

    own_recovery = True

    def on_ack(self, acked: int, rtt: float | None, in_flight: int, now: float) -> None:
        """늘리지 않는다."""

    def on_loss(self, in_flight: int, now: float) -> None:
        """줄이지 않는다."""
        self.in_recovery = True

    def on_timeout(self, in_flight: int, now: float) -> None:
        """줄이지 않는다."""
        self.in_recovery = False


class Delivered(NamedTuple):
    """구간 하나: 가운데 시각(초), 받는 쪽에 닿은 빠르기, 그 가운데 처음 온 데이터의 빠르기(비트/초)."""

    time: float
    throughput: float
    goodput: float


def crowd(
    algorithm: Callable[..., CongestionControl] = FixedWindow, *, flows: int = 4, window: int | None = None,
    rto: float | None = None, rate: float = 250e3, delay: float = 0.05, queue: int = 250, duration: float = 40.0,
) -> Trace:  # fmt: skip
    """흐름 `flows`개가 0.1초 간격으로 시작해 쉬지 않고 보낸다.

    `window`는 처음의 윈도우(세그먼트)로, `FixedWindow`는 끝까지 이 값이고 주지 않으면 16이다. `rto`를 주면 재전송
    타임아웃이 그 값에 묶인다: 왕복 시간을 따라가지도, 백오프하지도 않는다.
    """
    if window is None and algorithm is FixedWindow:
        window = 16
    config = Config(
        mss=MSS, congestion=algorithm, initial_window=None if window is None else window * MSS, delayed_ack=0.0,
        receive_buffer=1 << 20, window_scale=7,
    )  # fmt: skip
    if rto is not None:
        config = replace(config, initial_rto=rto, min_rto=rto, max_rto=rto)
    net = dumbbell(Simulation(), flows, rate=rate, delay=delay, queue=queue)
    for index in range(flows):
        start_bulk(net, index, config, at=0.1 * index)
    return net.simulation.run(until=duration)


def delivered(trace: Trace, interval: float, until: float) -> list[Delivered]:
    """모든 흐름을 더해, `interval`초마다 받는 쪽에 닿은 빠르기.

    >>> from tcpedu.network.scenarios import one_loss
    >>> [round(one.goodput) for one in delivered(one_loss(segments=30), 1.0, 1.0)]
    [240000]
    """
    senders = sorted({sent.src for sent in trace.segments if sent.segment.payload})
    flows = [follow(trace, src) for src in senders]
    total = [flow.rate(interval, until) for flow in flows]
    fresh = [flow.rate(interval, until, new_only=True) for flow in flows]
    return [
        Delivered(points[0][0], sum(rate for _, rate in points), sum(flow[index][1] for flow in fresh))
        for index, points in enumerate(zip(*total, strict=True))
    ]
