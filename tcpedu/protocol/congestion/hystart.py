"""HyStart++: 큐가 자라 RTT가 늘면, 잃기 전에 슬로 스타트를 끝낸다 (RFC 9406).

RTT가 늘어난 것이 잠깐의 흔들림일 수도 있다. 그래서 바로 끝내지 않고, 다섯 왕복 동안 4분의 1로 천천히 늘리며(CSS)
지켜본다. RTT가 돌아오면 슬로 스타트를 잇는다. 이 모듈의 §는 RFC 9406의 절이다.
강의: lessons/11_modern_congestion_control.ipynb
"""

from __future__ import annotations

import math

MIN_RTT_THRESH = 0.004  # 초 (§4.3)
MAX_RTT_THRESH = 0.016
MIN_RTT_DIVISOR = 8
N_RTT_SAMPLE = 8
CSS_GROWTH_DIVISOR = 4
CSS_ROUNDS = 5


def rtt_threshold(last_round_min: float) -> float:
    """앞 왕복의 최소 RTT보다 이만큼 늘면 큐가 자란 것으로 본다, 초 (§4.2).

    >>> [rtt_threshold(rtt) for rtt in (0.01, 0.1, 0.5)]
    [0.004, 0.0125, 0.016]
    """
    return max(MIN_RTT_THRESH, min(last_round_min / MIN_RTT_DIVISOR, MAX_RTT_THRESH))


class HyStart:
    """처음 슬로 스타트를 지켜보는 것. 왕복은 그때 나가 있던 것이 다 확인되면 끝난다 (§4.2).

    `divisor`는 지금 cwnd를 늘리는 폭을 나눌 수(1, CSS에서는 4), `done`은 혼잡 회피로 넘어갈 때인지다.
    """

    def __init__(self) -> None:
        self.done = False
        self.baseline = math.inf  # CSS에 들 때의 최소 RTT
        self.css_rounds = 0
        self._last_min = math.inf
        self._current_min = math.inf
        self._samples = 0
        self._delivered = 0
        self._round_end = 0

    @property
    def divisor(self) -> int:
        """cwnd를 늘리는 폭을 나눌 수."""
        return CSS_GROWTH_DIVISOR if self.baseline < math.inf else 1

    def on_ack(self, acked: int, rtt: float | None, in_flight: int) -> None:
        """ACK 하나. `in_flight`는 이 ACK를 반영하기 직전의 FlightSize다."""
        self._delivered += acked
        if self._delivered > self._round_end:
            self._next_round(in_flight - acked)
        if rtt is None:
            return
        self._current_min = min(self._current_min, rtt)
        self._samples += 1
        if self._samples >= N_RTT_SAMPLE:
            self._judge()

    def _next_round(self, in_flight: int) -> None:
        if self.baseline < math.inf:
            self.css_rounds += 1
            self.done = self.css_rounds >= CSS_ROUNDS
        self._round_end = self._delivered + in_flight
        self._last_min, self._current_min = self._current_min, math.inf
        self._samples = 0

    def _judge(self) -> None:
        """여덟 번은 재어 보고 판단한다 (§4.2)."""
        if self.baseline < math.inf:
            if self._current_min < self.baseline:  # 잠깐의 흔들림이었다: 슬로 스타트로 돌아간다
                self.baseline = math.inf
        elif self._last_min < math.inf and self._current_min >= self._last_min + rtt_threshold(self._last_min):
            self.baseline = self._current_min
            self.css_rounds = 0
