"""응답 함수: 손실률이 p일 때 평균 윈도우가 얼마인가 (RFC 9438 §5.1, RFC 3649 §3).

1/p 세그먼트마다 꼭 하나씩 잃는다고 보고, 톱니 하나의 평균을 셈한 것이다. 윈도우는 세그먼트, 시간은 초.
강의: lessons/11_modern_congestion_control.ipynb
"""

from __future__ import annotations

import math

from .cubic import BETA, C


def reno_average_window(loss: float) -> float:
    """Reno의 평균 윈도우 1.2/√p. RTT에 기대지 않는다 (RFC 3649 §3).

    >>> round(reno_average_window(1e-4))
    120
    """
    return 1.2 / loss**0.5


def cubic_average_window(loss: float, rtt: float, c: float = C, beta: float = BETA) -> float:
    """CUBIC의 평균 윈도우. 곡선보다 Reno가 크면 Reno와 같다 (RFC 9438 §5.1 식 5, §4.3).

    >>> round(cubic_average_window(1e-4, rtt=0.1)), round(cubic_average_window(1e-4, rtt=0.01))
    (187, 120)
    """
    curve = (c * (3 + beta) / (4 * (1 - beta))) ** 0.25 * (rtt / loss) ** 0.75
    return max(curve, reno_average_window(loss))


def mathis_throughput(mss: int, rtt: float, loss: float) -> float:
    """Mathis 식: 손실률이 `loss`일 때 Reno의 처리율 (MSS/RTT)·√(3/2)/√p, 바이트/초 (Mathis 외, 1997).

    세그먼트마다 ACK가 오고 타임아웃이 없을 때의 값이다. `rtt`는 초, `loss`는 0보다 크고 1 이하.

    >>> round(mathis_throughput(1460, rtt=0.1, loss=0.01))
    178813
    """
    if not 0 < loss <= 1:
        raise ValueError(f"손실률은 0보다 크고 1 이하여야 합니다: {loss}")
    return mss / rtt * math.sqrt(1.5 / loss)
