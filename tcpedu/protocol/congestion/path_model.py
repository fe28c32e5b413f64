"""BBR이 보는 길의 모형: 병목의 대역폭 BtlBw와 왕복 전파 지연 RTprop.

draft-cardwell-iccrg-bbr-congestion-control-00의 §4.1이고, 아래의 §는 그 초안의 절이다.
둘은 동시에 잴 수 없다. 큐가 비어야 RTprop이, 큐가 생길 만큼 보내야 BtlBw가 보인다. 그래서 따로 재어 오래 기억한다.
강의: lessons/11_modern_congestion_control.ipynb
"""

from __future__ import annotations

import math
from collections import deque

BTLBW_ROUNDS = 10  # 최댓값을 기억하는 왕복 수 (§4.1.1.2)
RTPROP_SECONDS = 10.0  # 최솟값을 기억하는 시간 (§4.1.2.2)


class PathModel:
    """ACK에서 BtlBw(바이트/초)와 RTprop(초)을 어림한다.

    전달률은 (RTT 동안 확인된 바이트) / (그동안 흐른 시간)이다. 세그먼트마다 적어 두는 대신 확인된 양의 기록에서
    보낸 때(now - rtt)의 값을 찾는다. 초안의 ack_rate와 같고, send_rate는 재지 않는다.

    >>> model = PathModel()
    >>> model.on_ack(1000, 0.1, now=0.1)
    >>> model.on_ack(5000, 0.1, now=0.2)
    >>> model.btlbw, model.rtprop
    (50000.0, 0.1)
    """

    def __init__(self) -> None:
        self.delivered = 0  # 지금까지 확인된 바이트
        self.btlbw = 0.0
        self.rtprop = math.inf
        self.rtprop_stamp = 0.0  # RTprop을 마지막으로 새로 적은 시각
        self.rtprop_expired = False
        self.round_count = 0  # 왕복의 수. 시계가 아니라 패킷으로 센다 (§4.1.1.3)
        self.round_start = False
        self.app_limited = False  # 마지막 표본이 응용 때문에 낮았는가
        self._last_rtt = 0.0
        self._next_round = 0
        self._limited_until = 0
        self._rates: deque[tuple[int, float]] = deque()  # (왕복, 전달률), 전달률이 줄어드는 차례
        self._history: deque[tuple[float, int, bool]] = deque()  # (시각, delivered, 응용에 묶였는가)

    def bdp(self) -> float:
        """대역폭-지연 곱, 바이트. 아직 모르면 0."""
        return self.btlbw * self.rtprop if self.btlbw else 0.0

    def on_ack(self, acked: int, rtt: float | None, now: float) -> None:
        """`acked`바이트가 확인되었다. RTT를 잴 수 없는 ACK(재전송한 것)에서는 양과 왕복만 센다."""
        if not self._history:  # 처음 보낸 때를 기록의 시작으로
            self._history.append((now - (rtt or 0.0), 0, False))
            self.rtprop_stamp = now
        self.delivered += acked
        self.round_start = False
        self.rtprop_expired = now > self.rtprop_stamp + RTPROP_SECONDS
        if rtt is not None:
            self._last_rtt = rtt
            self._update_rtprop(rtt, now)
        # 재전송한 것은 지난번 RTT만큼 전에 보냈다고 보고 왕복을 센다. 긴 회복에서도 STARTUP이 끝나야 한다.
        since, before, limited = self._at_send(now - self._last_rtt)
        self._count_round(before)
        if rtt is not None:
            self.app_limited = limited
            self._update_btlbw(since, before, now)
        self._history.append((now, self.delivered, self.delivered < self._limited_until))

    def on_app_limited(self, in_flight: int) -> None:
        """보낼 것이 없었다: 지금 나가 있는 것이 다 확인될 때까지의 표본은 응용이 정한 것이다 (§4.1.1.4)."""
        self._limited_until = self.delivered + max(in_flight, 1)
        if self._history:  # 이 뒤에 보낼 것은 마지막 기록을 보고 표시된다
            time, delivered, _ = self._history[-1]
            self._history[-1] = (time, delivered, True)

    def restart_round(self) -> None:
        """왕복을 지금부터 다시 센다."""
        self._next_round = self.delivered

    def _count_round(self, before: int) -> None:
        if before >= self._next_round:  # 앞 왕복이 끝난 뒤에 보낸 것이 확인되었다
            self._next_round = self.delivered
            self.round_count += 1
            self.round_start = True

    def _update_btlbw(self, since: float, before: int, now: float) -> None:
        interval = now - since
        if not interval or interval < self.rtprop - 1e-9:  # 가장 짧은 RTT보다 짧은 동안 잰 것은 믿지 않는다
            return
        rate = (self.delivered - before) / interval
        if rate >= self.btlbw or not self.app_limited:  # §4.1.1.5
            self._remember(rate)

    def _at_send(self, sent: float) -> tuple[float, int, bool]:
        """`sent`에 보낸 세그먼트가 본 기록: 그 앞의 마지막 ACK의 (시각, delivered, 응용에 묶였는가)."""
        history = self._history
        while len(history) > 1 and history[1][0] <= sent + 1e-9:
            history.popleft()
        return history[0]

    def _remember(self, rate: float) -> None:
        rates = self._rates
        while rates and rates[-1][1] <= rate:
            rates.pop()
        rates.append((self.round_count, rate))
        while rates[0][0] <= self.round_count - BTLBW_ROUNDS:
            rates.popleft()
        self.btlbw = rates[0][1]

    def _update_rtprop(self, rtt: float, now: float) -> None:
        if rtt <= self.rtprop or self.rtprop_expired:
            self.rtprop = rtt
            self.rtprop_stamp = now
