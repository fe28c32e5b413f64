"""꼬리를 버리는 큐와 그 앞의 링크를 지나는 시각: 들어올 때 나갈 시각이 정해진다."""

from __future__ import annotations

from collections import deque
from collections.abc import MutableSequence


class Departures:
    """`rate`는 비트/초, `limit`은 기다릴 수 있는 패킷 수(`None`이면 한없이), `lengths`는 큐의 (시각, 길이)를 적을 곳.

    큐에는 패킷이 아니라 저마다 큐를 떠날 시각이 선다. 같은 순간에 떠나는 것과 들어오는 것이 있으면 떠나는 것이 먼저다.

    >>> lengths = []
    >>> departures = Departures(8000, 1, lengths)  # 1000바이트에 1초
    >>> [departures.enter(1000, now=0.0) for _ in range(3)]  # 하나는 나가는 중, 하나는 기다리고, 하나는 버려진다
    [1.0, 2.0, None]
    >>> departures.settle(1.0)
    >>> lengths
    [(0.0, 1), (1.0, 0)]
    """

    def __init__(
        self, rate: float, limit: int | None, lengths: MutableSequence[tuple[float, int]] | None = None
    ) -> None:
        self._rate = rate
        self._limit = float("inf") if limit is None else limit
        self._lengths = deque(maxlen=0) if lengths is None else lengths  # 0이면 적는 대로 버려진다
        self._leaving: deque[float] = deque()
        self._free = 0.0  # 실은 것이 모두 실려 링크가 쉬게 되는 시각

    def enter(self, size: int, now: float) -> float | None:
        """`now`에 들어온 `size`바이트가 다 실릴 시각. 큐가 차서 버리면 `None`."""
        start, leaving = self._free, self._leaving
        if leaving:
            self.settle(now)
        if start <= now:
            start = now
        elif len(leaving) >= self._limit:
            return None
        else:
            leaving.append(start)
            self._lengths.append((now, len(leaving)))
        self._free = left = start + size * 8 / self._rate
        return left

    def settle(self, now: float) -> None:
        """`now`까지 큐를 떠난 것을 빼고, 그때마다의 길이를 적는다."""
        leaving = self._leaving
        while leaving and leaving[0] <= now:
            self._lengths.append((leaving.popleft(), len(leaving)))
