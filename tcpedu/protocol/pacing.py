"""페이싱: 혼잡 제어가 정한 속도로 간격을 두고 보낸다 (RFC 9002 §7.7, BBR).

강의: lessons/11_modern_congestion_control.ipynb
"""

from __future__ import annotations


class Pacer:
    """`at`은 다음 세그먼트를 보낼 수 있는 시각(기다리지 않으면 `None`). 속도는 바이트/초다.

    >>> pacer = Pacer()
    >>> pacer.on_sent(1000, rate=10_000, now=1.0)
    >>> pacer.must_wait(1.05), pacer.at, pacer.must_wait(1.1), pacer.at
    (True, 1.1, False, None)
    """

    def __init__(self) -> None:
        self.at: float | None = None
        self._free_at = 0.0

    def must_wait(self, now: float) -> bool:
        """아직 앞 세그먼트의 간격이 끝나지 않았는가."""
        waiting = now < self._free_at
        self.at = self._free_at if waiting else None
        return waiting

    def on_sent(self, size: int, rate: float, now: float) -> None:
        """`size`바이트를 보냈다: 그만큼의 시간이 지나야 다음을 보낸다."""
        self._free_at = max(now, self._free_at) + size / rate
