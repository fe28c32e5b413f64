"""응답 함수: 손실률이 p일 때 평균 윈도우가 얼마인가 (RFC 9438 §5.1, RFC 3649 §3).

1/p 세그먼트마다 꼭 하나씩 잃는다고 보고, 톱니 하나의 평균을 셈한 것이다. 윈도우는 세그먼트, 시간은 초.
강의: lessons/11_modern_congestion_control.ipynb
"""

from __future__ import annotations

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
