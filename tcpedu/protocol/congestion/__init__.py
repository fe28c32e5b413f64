"""혼잡 제어 알고리즘 (RFC 5681, RFC 9438, BBR). 모듈 하나에 알고리즘 하나."""

from .base import LINUX, CongestionControl, Phase, PhaseEdge, PhaseEvent, Rules, initial_window

__all__ = ["LINUX", "CongestionControl", "Phase", "PhaseEdge", "PhaseEvent", "Rules", "initial_window"]
