"""BBR의 상태와 그 사이의 화살표 (draft-cardwell-iccrg-bbr-congestion-control-00 §4.3).

강의: lessons/11_modern_congestion_control.ipynb
"""

from __future__ import annotations

from enum import Enum, StrEnum

from .base import PhaseEdge


class BbrPhase(StrEnum):
    """BBR의 상태 (§4.3)."""

    STARTUP = "startup"
    DRAIN = "drain"
    PROBE_BW = "probe_bw"
    PROBE_RTT = "probe_rtt"

    @property
    def korean(self) -> str:
        """우리말 이름."""
        return {
            "startup": "대역폭 찾기",
            "drain": "큐 비우기",
            "probe_bw": "대역폭 살피기",
            "probe_rtt": "지연 살피기",
        }[self]


class BbrEvent(Enum):
    """BBR의 상태를 움직이는 사건. 값은 그림에 쓰는 우리말이다."""

    PIPE_FULL = "BtlBw가 세 왕복 내리 25%도 늘지 않음"
    DRAINED = "in_flight ≤ BDP"
    NEXT_GAIN = "RTprop이 지남"
    RTPROP_EXPIRED = "10초 동안 더 짧은 RTT가 없음"
    PROBED = "200 ms와 한 왕복이 지남"
    PROBED_EARLY = "200 ms와 한 왕복이 지났으나 길을 채운 적이 없음"

    @property
    def korean(self) -> str:
        """우리말 이름."""
        return self.value


_P, _E = BbrPhase, BbrEvent
_DRAFT = "draft-cardwell-iccrg-bbr-congestion-control-00"
PHASES: tuple[PhaseEdge, ...] = (
    PhaseEdge(_P.STARTUP, _E.PIPE_FULL, _P.DRAIN, "pacing_gain = 1/2.89", f"{_DRAFT} §4.3.3"),
    PhaseEdge(_P.DRAIN, _E.DRAINED, _P.PROBE_BW, "cwnd_gain = 2", f"{_DRAFT} §4.3.4"),
    PhaseEdge(_P.PROBE_BW, _E.NEXT_GAIN, _P.PROBE_BW, "pacing_gain = 1.25, 0.75, 1 … 1", f"{_DRAFT} §4.3.4"),
    *(
        PhaseEdge(phase, _E.RTPROP_EXPIRED, _P.PROBE_RTT, "cwnd = 4·SMSS", f"{_DRAFT} §4.3.5")
        for phase in (_P.STARTUP, _P.DRAIN, _P.PROBE_BW)
    ),
    PhaseEdge(_P.PROBE_RTT, _E.PROBED, _P.PROBE_BW, "cwnd를 되찾는다", f"{_DRAFT} §4.3.5"),
    PhaseEdge(_P.PROBE_RTT, _E.PROBED_EARLY, _P.STARTUP, "cwnd를 되찾는다", f"{_DRAFT} §4.3.5"),
)
"""상태 사이의 모든 화살표. 그림과 시험이 이 표에서 나온다."""
