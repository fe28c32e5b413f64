"""보내는 양에 따라 길이 어떻게 답하는가: 윈도우를 고정하고 빠르기와 왕복 시간을 잰다.

강의: lessons/11_modern_congestion_control.ipynb
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import NamedTuple

from tcpedu.protocol.congestion import CongestionControl

from .contest import MSS, Contest, Runner, compete


class FixedWindow(CongestionControl):
    """언제나 `segments`개까지만 내보낸다. 무슨 일이 있어도 늘리거나 줄이지 않는다."""

    own_recovery = True

    def __init__(self, mss: int, initial_window: int | None = None, *, segments: int = 10) -> None:
        super().__init__(mss, segments * mss)

    def on_ack(self, acked: int, rtt: float | None, in_flight: int, now: float) -> None:
        """그대로 둔다."""

    def on_loss(self, in_flight: int, now: float) -> None:
        """그대로 둔다."""

    def on_timeout(self, in_flight: int, now: float) -> None:
        """그대로 둔다."""


class Point(NamedTuple):
    """윈도우(세그먼트) 하나에서 잰 것: 유효 처리율(비트/초), 왕복 시간의 평균(초), 버려진 수.

    왕복 시간은 데이터가 가는 데 걸린 시간에 돌아오는 전파 지연을 더한 것이다. 다시 보낸 것도 잴 수 있다.
    """

    window: int
    goodput: float
    rtt: float
    drops: int


def operating_points(
    windows: Iterable[int], *, rate: float = 3e6, rtt: float = 0.04, queue: int = 15, duration: float = 3.0
) -> list[Point]:
    """윈도우마다 한 번씩 돌린다. 한꺼번에 쏟아지는 처음 0.5초는 세지 않는다.

    >>> slow, full = operating_points([5, 20], duration=2.0)
    >>> round(slow.rtt, 2), slow.goodput < full.goodput < 3e6, full.rtt > 0.07
    (0.04, True, True)
    """
    points = []
    for window in windows:
        runner = Runner(partial(FixedWindow, segments=window), rtt)
        outcome = compete(Contest((runner,), rate=rate, queue=queue, duration=duration))
        flow = outcome.flows[0].flow
        arrived = sum(size for time, size, new in flow.arrivals if new and time > 0.5)
        trips = [one.arrived - one.time + rtt / 2 for one in flow.sent if one.arrived is not None and one.time > 0.5]
        drops = sum(event.kind == "drop" and event.time > 0.5 for event in flow.events)
        points.append(Point(window, arrived * 8 / (duration - 0.5), sum(trips) / len(trips), drops))
    return points


__all__ = ["MSS", "FixedWindow", "Point", "operating_points"]
