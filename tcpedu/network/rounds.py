"""왕복마다 끊어 보기: 왕복 시간 한 번에 몇 세그먼트를 보냈고, 그때 cwnd는 얼마였는가 (RFC 5681 §3.1).

교과서의 "10, 20, 40"은 이렇게 센 수다. 강의: lessons/09_congestion_control.ipynb
"""

from __future__ import annotations

from math import inf
from typing import NamedTuple

from .flow import follow
from .trace import Trace

_SLACK = 1e-6  # 꼭 왕복 시간의 배수인 시각이 소수의 오차로 앞 왕복에 들지 않게 한다


class Round(NamedTuple):
    """왕복 하나. `cwnd`와 `ssthresh`는 왕복이 끝날 때의 값, MSS 단위다. `start`는 첫 데이터부터 센 초."""

    number: int
    start: float
    sent: int
    again: int
    cwnd: float
    ssthresh: float
    phase: str


def rounds(trace: Trace, rtt: float, src: str | None = None) -> list[Round]:
    """첫 데이터부터 `rtt`초씩 끊은 왕복들. 아무것도 보내지 않은 왕복은 뺀다.

    큐가 없어 왕복 시간이 일정할 때 뜻이 있다. `sent`에는 다시 보낸 것(`again`)도 들어 있다.

    >>> from tcpedu.network.bursts import two_bursts
    >>> [one.sent for one in rounds(two_bursts(segments=70), rtt=0.1)]
    [10, 20, 40, 10, 20, 40]
    """
    if rtt <= 0:
        raise ValueError(f"왕복 시간은 0보다 커야 합니다: {rtt}")
    flow = follow(trace, src)
    if not flow.sent:
        raise ValueError(f"{flow.src}에서 보낸 데이터가 없습니다")
    first, mss = flow.sent[0].time, max(one.end - one.start for one in flow.sent)
    found: dict[int, list[bool]] = {}
    for sent in flow.sent:
        found.setdefault(int((sent.time - first) / rtt + _SLACK), []).append(sent.again)
    rows = []
    for number, marks in found.items():
        end = first + (number + 1) * rtt - _SLACK
        last = [sample for sample in flow.windows if sample.time < end][-1]
        threshold = last.ssthresh if last.ssthresh == inf else last.ssthresh / mss
        start = round(number * rtt, 6)
        rows.append(Round(number, start, len(marks), sum(marks), last.cwnd / mss, threshold, last.phase))
    return rows
