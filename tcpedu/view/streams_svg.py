"""스트림마다 다 받은 때를 가로 막대로 그린다. 남의 빈틈을 기다린 시간은 빗금으로 잇댄다."""

from __future__ import annotations

from tcpedu.network.streams import StreamRun

from . import svg
from .chart_svg import nice_ticks

WIDTH = 860.0
_LEFT, _RIGHT, _TOP, _STEP, _BAR = 110.0, 690.0, 48.0, 40.0, 22.0


def milliseconds(seconds: float) -> str:
    """사람이 읽는 시간.

    >>> milliseconds(0.1512)
    '151ms'
    """
    return f"{seconds * 1000:.0f}ms"


def height(run: StreamRun) -> float:
    """그림의 높이: 스트림이 많으면 길어진다."""
    return _TOP + _STEP * run.settings.streams + 34


def body(run: StreamRun) -> str:
    """막대들과 축."""
    own, together = run.finished(together=False), run.finished(together=True)
    end = max(together.values()) * 1.02
    rows = [_row(index, name, own[name], together[name], end) for index, name in enumerate(own)]
    return svg.tag("g", _hatch(), _legend(), _axis(run, end), *rows, class_="streams")


def static_svg(run: StreamRun, title: str) -> str:
    """저장된 노트북에 남는 그림."""
    heading = svg.text(title, class_="title", x=16.0, y=26.0)
    drawing = svg.tag("g", body(run), transform="translate(0 34)")
    return svg.standalone(heading + drawing, WIDTH, height(run) + 34, title, "shared", "streams_view")


def _x(time: float, end: float) -> float:
    return _LEFT + (_RIGHT - _LEFT) * time / end


def _row(index: int, name: int, own: float, together: float, end: float) -> str:
    y = _TOP + _STEP * index
    left, middle, right = _x(0.0, end), _x(own, end), _x(together, end)
    waited = together - own > 1e-4
    told = f"{milliseconds(own)} → {milliseconds(together)}" if waited else milliseconds(own)
    parts = [
        svg.text(f"스트림 {name}", class_="name", x=_LEFT - 12, y=y + 17),
        svg.tag("rect", class_="own", x=left, y=y, width=middle - left, height=_BAR),
        svg.text(told, class_="value", x=right + 8, y=y + 17),
    ]
    if waited:
        parts.insert(2, svg.tag("rect", class_="waited", x=middle, y=y, width=right - middle, height=_BAR))
    return svg.tag("g", *parts, class_="row")


def _legend() -> str:
    return "".join(
        [
            svg.tag("rect", class_="own", x=_LEFT, y=12.0, width=22.0, height=14.0),
            svg.text("제 조각을 다 받기까지 (스트림마다 한 줄)", class_="legend", x=_LEFT + 30, y=24.0),
            svg.tag("rect", class_="waited", x=_LEFT + 330, y=12.0, width=22.0, height=14.0),
            svg.text("남의 빈틈을 기다린 시간 (모두 한 줄)", class_="legend", x=_LEFT + 360, y=24.0),
        ]
    )


def _hatch() -> str:
    line = svg.tag("path", class_="slant", d="M-2 8L8-2M2 12L12 2")
    return svg.tag("pattern", line, id="tcpedu-streams", width=10, height=10, patternUnits="userSpaceOnUse")


def _axis(run: StreamRun, end: float) -> str:
    bottom = _TOP + _STEP * run.settings.streams
    parts = []
    for time in nice_ticks(0.0, end):
        x = _x(time, end)
        parts.append(svg.tag("line", class_="grid", x1=x, x2=x, y1=_TOP - 8, y2=bottom))
        parts.append(svg.text(milliseconds(time), class_="tick", x=x, y=bottom + 20))
    return "".join(parts)
