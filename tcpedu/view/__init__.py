"""눈으로 보는 TCP: 그림, 위젯, 도표. 처음 쓸 때 불러온다."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .builder import Diagram
    from .diagrams import header_diagram, sequence_diagram, state_diagram
    from .plots import plot_times, style
    from .source import show_source
    from .widgets.inspector import HeaderInspector
    from .widgets.ladder import LadderPlayer
    from .widgets.loss import LossExplorer
    from .widgets.ring import SequenceRing
    from .widgets.window_view import WindowView

_HOMES = {
    "Diagram": "builder", "header_diagram": "diagrams", "sequence_diagram": "diagrams", "state_diagram": "diagrams",
    "HeaderInspector": "widgets.inspector", "LadderPlayer": "widgets.ladder", "LossExplorer": "widgets.loss",
    "SequenceRing": "widgets.ring", "WindowView": "widgets.window_view",
    "plot_times": "plots", "style": "plots", "show_source": "source",
}  # fmt: skip

__all__ = [
    "Diagram", "HeaderInspector", "LadderPlayer", "LossExplorer", "SequenceRing", "WindowView", "header_diagram",
    "plot_times", "sequence_diagram", "show_source", "state_diagram", "style",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f".{_HOMES[name]}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
