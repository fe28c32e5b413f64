"""지속 타이머: 윈도우가 닫혀 보내지 못할 때 탐침을 보낸다 (RFC 9293 §3.8.6.1).

윈도우가 0은 아니지만 너무 작아서 미룰 때의 기한(§3.8.6.2.1의 override timeout)도 이 타이머가 맡는다: 둘은 함께
돌지 않는다.
강의: lessons/08_flow_control.ipynb
"""

from __future__ import annotations

OVERRIDE_TIMEOUT = 0.5  # 0.1초에서 1초 사이 (RFC 9293 §3.8.6.2.1)


class PersistTimer:
    """`at`은 끝나는 시각(멈췄으면 `None`), `probes`는 답을 받지 못한 탐침의 수다. 시간은 초.

    `probe_end`는 1바이트 탐침으로 내보낸 끝의 절대 번호다. SND.NXT는 나아가지 않는다.
    """

    def __init__(self, maximum: float) -> None:
        self.maximum = maximum
        self.at: float | None = None
        self.probes = 0
        self.probe_end = 0
        self.is_override = False
        self._interval = 0.0

    def wait_for_window(self, now: float, rto: float) -> None:
        """윈도우가 0이다. 첫 탐침은 RTO 뒤에 보낸다 (§3.8.6.1)."""
        if self.at is None or self.is_override:
            self._interval = rto
            self.at = now + rto
            self.is_override = False

    def wait_for_room(self, now: float) -> None:
        """윈도우가 너무 작다. 기한이 지나면 작은 채로 보낸다 (§3.8.6.2.1의 (4))."""
        if self.at is None or not self.is_override:
            self.at = now + OVERRIDE_TIMEOUT
            self.is_override = True

    def on_probe(self, now: float) -> None:
        """탐침을 보냈다: 간격을 두 배로 늘린다 (§3.8.6.1)."""
        self.probes += 1
        self._interval = min(self._interval * 2, self.maximum)
        self.at = now + self._interval

    def stop(self) -> None:
        """더 기다릴 까닭이 없다."""
        self.at = None
        self.probes = 0
        self.is_override = False
