"""성능의 셈: 대역폭-지연 곱, 윈도우가 정하는 한도, 킵얼라이브가 알아채는 시간, 가장 낮은 천장.

강의: lessons/13_performance_tuning.ipynb
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from .congestion.response import mathis_throughput

MAX_SHIFT = 14  # RFC 7323 §2.3
MSS = 1460


def bdp_bytes(bits_per_s: float, rtt_s: float) -> int:
    """대역폭-지연 곱: 길을 꽉 채우려면 나가 있어야 하는 바이트 수 (RFC 7323 §1.1).

    속도는 비트/초, RTT는 초. 소수점 아래는 반올림한다.

    >>> bdp_bytes(1e9, 0.1)
    12500000
    """
    return round(bits_per_s * rtt_s / 8)


def window_scale_for(window: int) -> int:
    """`window`바이트의 윈도우를 알릴 수 있는 가장 작은 윈도우 스케일 (RFC 7323 §2.2).

    14로도 모자라면 `ValueError`.

    >>> window_scale_for(65535), window_scale_for(65536), window_scale_for(32 << 20)
    (0, 1, 10)
    """
    for shift in range(MAX_SHIFT + 1):
        if 65535 << shift >= window:
            return shift
    raise ValueError(f"윈도우 스케일 14로도 알릴 수 없는 윈도우입니다: {window}바이트")


def max_throughput(window: int, rtt: float) -> float:
    """윈도우(바이트)가 허락하는 처리율의 한도, 비트/초: 한 왕복에 윈도우 하나 (RFC 7323 §1.1).

    >>> round(max_throughput(65535, 0.1))
    5242800
    """
    return window * 8 / rtt


def keepalive_detects_after(time: float, intvl: float, probes: int) -> float:
    """조용한 연결의 상대가 사라진 것을 킵얼라이브가 알아채기까지, 초 (RFC 9293 §3.8.4).

    마지막으로 받은 때부터 센다. 탐침을 `probes`번 보내고, 마지막 탐침의 답도 `intvl`초 기다린다.

    >>> keepalive_detects_after(7200, 75, 9)
    7875
    """
    return time + intvl * probes


def ceilings(rtt: float, rate: float, rmem: int, loss: float) -> dict[str, float]:
    """처리율을 막는 천장 셋, 비트/초: 길의 속도 `rate`, 수신 윈도우 `window`, 손실 `loss`.

    `rate`는 비트/초, `rmem`은 수신 버퍼(바이트)이고 윈도우는 그 절반(2로 나눈 몫)이다. `loss`가 0이면 손실의 천장은
    inf, 아니면 Mathis 식(MSS 1460)의 값이다.

    >>> ceilings(0.1, 1e8, 131072, 0.0)
    {'rate': 100000000.0, 'window': 5242880.0, 'loss': inf}
    """
    window = max_throughput(rmem // 2, rtt)
    return {"rate": rate, "window": window, "loss": mathis_throughput(MSS, rtt, loss) * 8 if loss else math.inf}


def advise(rtt: float, rate: float, rmem: int, loss: float) -> str:
    """가장 낮은 천장의 이름: "rate", "window", "loss". 같으면 앞의 것이다.

    >>> advise(0.1, 1e8, 131072, 0.0), advise(0.1, 1e8, 32 << 20, 0.01), advise(0.001, 1e8, 131072, 0.0)
    ('window', 'loss', 'rate')
    """
    found = ceilings(rtt, rate, rmem, loss)
    return min(found, key=found.__getitem__)


@dataclass(frozen=True)
class Path:
    """길 하나와 그 끝의 수신 버퍼. 뜻과 단위는 `ceilings`와 같다."""

    rtt: float = 0.1
    rate: float = 1e8
    rmem: int = 131_072
    loss: float = 0.0

    @property
    def ceilings(self) -> dict[str, float]:
        """천장 셋, 비트/초."""
        return ceilings(self.rtt, self.rate, self.rmem, self.loss)

    @property
    def lowest(self) -> str:
        """가장 낮은 천장의 이름."""
        return advise(self.rtt, self.rate, self.rmem, self.loss)

    @property
    def bdp(self) -> int:
        """대역폭-지연 곱, 바이트."""
        return bdp_bytes(self.rate, self.rtt)
