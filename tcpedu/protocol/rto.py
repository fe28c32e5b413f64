"""재전송 타임아웃(RTO)의 계산 (RFC 6298).

강의: lessons/07_retransmission.ipynb
"""

from __future__ import annotations


class RtoEstimator:
    """왕복 시간 표본에서 RTO를 구한다. 시간은 모두 초 (RFC 6298 §2).

    `granularity`는 시계의 눈금 G, `initial`은 첫 표본 이전의 RTO, `minimum`과 `maximum`은 RTO의 아래위 한계다.

    >>> estimator = RtoEstimator()
    >>> estimator.sample(0.5)
    >>> estimator.srtt, estimator.rttvar, estimator.rto
    (0.5, 0.25, 1.5)
    """

    ALPHA = 1 / 8
    BETA = 1 / 4
    K = 4

    def __init__(
        self, *, initial: float = 1.0, minimum: float = 1.0, maximum: float = 60.0, granularity: float = 0.001
    ) -> None:
        self.srtt: float | None = None
        self.rttvar: float | None = None
        self.minimum = minimum
        self.maximum = maximum
        self.granularity = granularity
        self.rto = initial

    def sample(self, rtt: float) -> None:
        """왕복 시간 표본 하나를 반영한다. 재전송한 세그먼트의 표본은 넣지 않는다(Karn, RFC 6298 §3)."""
        if self.srtt is None or self.rttvar is None:
            self.srtt, self.rttvar = rtt, rtt / 2
        else:
            # RFC 6298 §2.3: RTTVAR를 먼저, 아직 바꾸지 않은 SRTT로 셈한다.
            self.rttvar = (1 - self.BETA) * self.rttvar + self.BETA * abs(self.srtt - rtt)
            self.srtt = (1 - self.ALPHA) * self.srtt + self.ALPHA * rtt
        self.rto = self._clamp(self.srtt + max(self.granularity, self.K * self.rttvar))

    def on_timeout(self) -> None:
        """타이머가 끝날 때마다 RTO를 두 배로 한다: 지수 백오프 (RFC 6298 §5.5)."""
        self.rto = self._clamp(self.rto * 2)

    def restart_after_syn_loss(self) -> None:
        """SYN을 재전송한 연결은 데이터를 보내기 시작할 때 RTO를 3초로 둔다 (RFC 6298 §5.7)."""
        self.rto = self._clamp(3.0)

    def _clamp(self, rto: float) -> float:
        return min(max(rto, self.minimum), self.maximum)
