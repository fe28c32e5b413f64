"""혼잡 제어 알고리즘 (RFC 5681, RFC 9438, BBR의 모형). 모듈 하나에 알고리즘 하나."""

from .base import LINUX, CongestionControl, Phase, PhaseEdge, PhaseEvent, Rules, initial_window
from .bbr import Bbr
from .bbr_phases import BbrEvent, BbrPhase
from .cubic import Cubic, cubic_k, cubic_window
from .reno import Reno

__all__ = [
    "LINUX",
    "Bbr",
    "BbrEvent",
    "BbrPhase",
    "CongestionControl",
    "Cubic",
    "Phase",
    "PhaseEdge",
    "PhaseEvent",
    "Reno",
    "Rules",
    "cubic_k",
    "cubic_window",
    "initial_window",
]
