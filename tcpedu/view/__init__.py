"""눈으로 보는 TCP: 그림, 위젯, 도표. 처음 쓸 때 불러온다."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .builder import Diagram
    from .concepts import concept_map
    from .diagrams import header_diagram, sequence_diagram
    from .layer_diagrams import encapsulation_diagram, layers_diagram
    from .phase_diagrams import phase_diagram
    from .plots import plot_times, style
    from .source import show_source
    from .state_diagrams import state_diagram
    from .trace_plots import plot_cwnd, plot_queue, plot_rtt, plot_throughput, plot_time_sequence
    from .widgets.ceiling_view import CeilingView
    from .widgets.congestion_lab import CongestionLab
    from .widgets.inspector import HeaderInspector
    from .widgets.ladder import LadderPlayer
    from .widgets.loss import LossExplorer
    from .widgets.nagle_timeline import NagleTimeline
    from .widgets.queue_delay import QueueDelayView
    from .widgets.ring import SequenceRing
    from .widgets.rtt_explorer import RttExplorer
    from .widgets.states import StateExplorer
    from .widgets.streams_view import StreamsView
    from .widgets.syn_backlog import SynBacklogView
    from .widgets.window_view import WindowView

# 있는 곳 → 이름들
_HOMES = {
    "builder": ("Diagram",),
    "concepts": ("concept_map",),
    "diagrams": ("header_diagram", "sequence_diagram"),
    "layer_diagrams": ("encapsulation_diagram", "layers_diagram"),
    "phase_diagrams": ("phase_diagram",),
    "plots": ("plot_times", "style"),
    "source": ("show_source",),
    "state_diagrams": ("state_diagram",),
    "trace_plots": ("plot_cwnd", "plot_queue", "plot_rtt", "plot_throughput", "plot_time_sequence"),
    "widgets.ceiling_view": ("CeilingView",),
    "widgets.congestion_lab": ("CongestionLab",),
    "widgets.inspector": ("HeaderInspector",),
    "widgets.ladder": ("LadderPlayer",),
    "widgets.loss": ("LossExplorer",),
    "widgets.nagle_timeline": ("NagleTimeline",),
    "widgets.queue_delay": ("QueueDelayView",),
    "widgets.ring": ("SequenceRing",),
    "widgets.rtt_explorer": ("RttExplorer",),
    "widgets.states": ("StateExplorer",),
    "widgets.streams_view": ("StreamsView",),
    "widgets.syn_backlog": ("SynBacklogView",),
    "widgets.window_view": ("WindowView",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "CeilingView", "CongestionLab", "Diagram", "HeaderInspector", "LadderPlayer", "LossExplorer", "NagleTimeline",
    "QueueDelayView", "RttExplorer", "SequenceRing", "StateExplorer", "StreamsView", "SynBacklogView", "WindowView",
    "concept_map", "encapsulation_diagram", "header_diagram", "layers_diagram", "phase_diagram", "plot_cwnd",
    "plot_queue", "plot_rtt", "plot_throughput", "plot_time_sequence", "plot_times", "sequence_diagram", "show_source",
    "state_diagram", "style",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name in _HOME_OF:
        return getattr(import_module(f".{_HOME_OF[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
