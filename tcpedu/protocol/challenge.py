"""challenge ACK를 아껴 보낸다: 위조 세그먼트를 퍼부어 ACK를 쏟아 내게 할 수 없다 (RFC 5961 §7).

강의: lessons/06_state_diagram.ipynb
"""

from __future__ import annotations

LIMIT, PERIOD = 10, 5.0  # 5초에 10개까지 (RFC 5961 §7의 보기)


class ChallengeLimit:
    """한 연결의 한도. 시간은 초다.

    >>> limit = ChallengeLimit()
    >>> [limit.allow(now=0.1 * n) for n in range(11)][-2:], limit.allow(now=5.1)
    ([True, False], True)
    """

    def __init__(self, limit: int = LIMIT, period: float = PERIOD) -> None:
        self.limit = limit
        self.period = period
        self.suppressed = 0  # 보내지 않은 수
        self._since = 0.0
        self._count = 0

    def allow(self, now: float) -> bool:
        """지금 하나를 보내도 되는가."""
        if now - self._since >= self.period:
            self._since, self._count = now, 0
        self._count += 1
        if self._count <= self.limit:
            return True
        self.suppressed += 1
        return False
