"""눈으로 보는 TCP: 그림, 위젯, 도표. 처음 쓸 때 불러온다."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .builder import Diagram
    from .diagrams import header_diagram, sequence_diagram, state_diagram
    from .plots import plot_times, style
    from .source import show_source
    from .trace_plots import plot_cwnd, plot_queue, plot_rtt, plot_throughput, plot_time_sequence
    from .widgets.congestion_lab import CongestionLab
    from .widgets.inspector import HeaderInspector
    from .widgets.ladder import LadderPlayer
    from .widgets.loss import LossExplorer
    from .widgets.nagle_timeline import NagleTimeline
    from .widgets.queue_delay import QueueDelayView
    from .widgets.rtt_explorer import RttExplorer
    from .widgets.syn_backlog import SynBacklogView

_HOMES = {
    **dict.fromkeys(("plot_cwnd", "plot_queue", "plot_rtt", "plot_throughput", "plot_time_sequence"), "trace_plots"),
    "CongestionLab": "widgets.congestion_lab", "QueueDelayView": "widgets.queue_delay",
    "Diagram": "builder", "header_diagram": "diagrams", "sequence_diagram": "diagrams", "state_diagram": "diagrams",
    "HeaderInspector": "widgets.inspector", "LadderPlayer": "widgets.ladder", "LossExplorer": "widgets.loss",
    "NagleTimeline": "widgets.nagle_timeline", "RttExplorer": "widgets.rtt_explorer",
    "SynBacklogView": "widgets.syn_backlog",
    "plot_times": "plots", "style": "plots", "show_source": "source",
}  # fmt: skip

__all__ = [
    "CongestionLab", "Diagram", "HeaderInspector", "LadderPlayer", "LossExplorer", "NagleTimeline", "QueueDelayView",
    "RttExplorer", "SynBacklogView", "header_diagram", "plot_cwnd", "plot_queue", "plot_rtt", "plot_throughput",
    "plot_time_sequence", "plot_times", "sequence_diagram", "show_source", "state_diagram", "style",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f".{_HOMES[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
