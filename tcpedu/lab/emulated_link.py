"""흉내 낸 링크 한 방향: 지연, 속도, 꼬리 버림 큐.

강의: lessons/16_capstone.ipynb
"""

from __future__ import annotations

from tcpedu.network.departures import Departures


class EmulatedLink:
    """`delay`는 초, `rate`는 비트/초(`None`이면 한없이 빠르다), `queue`는 기다릴 수 있는 패킷 수(`None`이면 한없이).

    >>> link = EmulatedLink(delay=0.05, rate=8000, queue=1)  # 1000바이트에 1초
    >>> [link.arrival(1000, now=0.0) for _ in range(3)]  # 하나는 보내는 중, 하나는 기다리고, 하나는 버려진다
    [1.05, 2.05, None]
    """

    def __init__(self, delay: float, rate: float | None = None, queue: int | None = None) -> None:
        self.delay = delay
        self._departures = None if rate is None else Departures(rate, queue)

    def arrival(self, size: int, now: float) -> float | None:
        """`now`에 들어온 `size`바이트의 패킷이 건너편에 닿을 시각. 큐가 차서 버리면 `None`."""
        left = now if self._departures is None else self._departures.enter(size, now)
        return None if left is None else left + self.delay
