"""꺾은선 도표를 SVG로 쓴다: 축과 눈금, 여러 계열, 칠한 구간, 사건의 표시, 범례.

값은 부르는 쪽이 셈해 온다. 여기서는 자리만 정한다. 계열은 색과 함께 선의 무늬와 점의 모양으로도 구별된다. 가로축을 함께
쓰는 칸(`Panel`)을 위아래로 쌓을 수 있고, 색은 CSS의 변수라 밝은 테마와 어두운 테마에서 모두 읽힌다.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby, pairwise
from math import ceil, floor, isfinite, log10
from typing import Literal

from . import svg
from .words import display_width

Point = tuple[float, float]
LOOKS = 6  # 서로 구별되는 계열의 모양: 색, 무늬, 점
_MARKERS = (
    "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z", "M-3.6-3.6h7.2v7.2h-7.2z", "M0-5l4.8 8.4h-9.6z",
    "M0-5.2l4.6 5.2l-4.6 5.2l-4.6-5.2z", "M0 5l4.8-8.4h-9.6z", "M-1.5-4.5h3v3h3v3h-3v3h-3v-3h-3v-3h3z",
)  # fmt: skip
_SIGNS = {
    "down": "M0 6l5.5-10h-11z", "up": "M0-6l5.5 10h-11z", "cross": "M-5-5l10 10m0-10l-10 10",
    "diamond": "M0-6.5l5.5 6.5l-5.5 6.5l-5.5-6.5z", "bar": "M0-6v12", "ring": "M-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0z",
}  # fmt: skip
_LEFT, _RIGHT, _GAP, _ROW = 62.0, 18.0, 14.0, 22.0
_AXIS = 42.0  # 맨 아래 눈금과 가로축 이름의 높이
_SPACING = 118.0  # 한 계열의 점 사이, 픽셀
_LETTER = 7.4  # 범례에서 로마자 한 글자의 너비


@dataclass(frozen=True)
class Series:
    """계열 하나. `points`는 (x, y)의 목록이고, `shape`이 "step"이면 다음 점까지 값이 그대로다.

    `look`(0–5)이 색과 무늬와 점을 정한다. `faint`이면 가늘게 그려 뒤로 물린다. 유한하지 않은 y에서 선이 끊긴다.
    """

    name: str
    points: Sequence[Point]
    look: int = 0
    shape: Literal["line", "step", "dots"] = "line"
    faint: bool = False


@dataclass(frozen=True)
class Span:
    """칠한 구간. 이름은 들어갈 자리가 있으면 위쪽에 적는다. `look`(0–2)이 색과 빗금을 정한다."""

    start: float
    end: float
    name: str
    look: int = 0


@dataclass(frozen=True)
class Mark:
    """사건의 표시. `y`가 없으면 칸의 바닥에 놓는다. `sign`은 down, up, cross, diamond, bar, ring 가운데 하나다."""

    x: float
    name: str
    y: float | None = None
    sign: Literal["down", "up", "cross", "diamond", "bar", "ring"] = "down"


@dataclass(frozen=True)
class Guide:
    """이름을 붙인 기준선. 가로선은 `y`, 세로선은 `x`, 비스듬한 선은 `line`(두 점)으로 준다."""

    name: str
    y: float | None = None
    x: float | None = None
    line: tuple[Point, Point] | None = None


@dataclass(frozen=True)
class Panel:
    """칸 하나. `y_range`를 주지 않으면 0부터 가장 큰 값까지다."""

    y_label: str
    series: Sequence[Series] = ()
    spans: Sequence[Span] = ()
    marks: Sequence[Mark] = ()
    guides: Sequence[Guide] = ()
    height: float = 190.0
    y_range: tuple[float, float] | None = None
    write: Callable[[float], str] = "{:g}".format


@dataclass(frozen=True)
class Chart:
    """가로축을 함께 쓰는 칸들. `x_range`를 주지 않으면 모든 계열이 들어가게 잡는다.

    >>> chart = Chart([Panel("cwnd (MSS)", [Series("흐름 1", [(0, 10), (1, 20), (2, 40)])])])
    >>> chart.x_range, chart.y_range(0)
    ((0, 2), (0.0, 40.0))
    """

    panels: Sequence[Panel]
    x_label: str = "시각 (초)"
    x_range: tuple[float, float] | None = None
    width: float = 860.0
    write: Callable[[float], str] = "{:g}".format

    def __post_init__(self) -> None:
        if self.x_range is None:
            found = [x for panel in self.panels for series in panel.series for x, _ in series.points]
            object.__setattr__(self, "x_range", (min(found), max(found)) if found else (0.0, 1.0))

    @property
    def plot(self) -> tuple[float, float]:
        """그림이 그려지는 곳의 왼쪽 끝과 오른쪽 끝, 픽셀."""
        return _LEFT, self.width - _RIGHT

    def x_at(self, value: float) -> float:
        """값의 가로 자리, 픽셀."""
        low, per_pixel = self._across
        return _LEFT + (value - low) * per_pixel

    @cached_property
    def _across(self) -> tuple[float, float]:
        """왼쪽 끝의 값과, 값 1의 너비(픽셀)."""
        assert self.x_range is not None
        low, high = self.x_range
        left, right = self.plot
        return low, (right - left) / ((high - low) or 1.0)

    def y_range(self, index: int) -> tuple[float, float]:
        """칸의 세로 범위."""
        panel = self.panels[index]
        if panel.y_range is not None:
            return panel.y_range
        found = [y for series in panel.series for _, y in series.points if isfinite(y)]
        found += [guide.y for guide in panel.guides if guide.y is not None]
        low, high = float(min([0.0, *found])), float(max([0.0, *found]))
        return low, high if high > low else low + 1.0

    @cached_property
    def tops(self) -> list[float]:
        """칸마다 그림이 시작되는 높이, 픽셀."""
        tops, y = [], 0.0
        for panel in self.panels:
            y += _ROW * _legend_rows(panel, self.width) + 8
            tops.append(y)
            y += panel.height + _GAP
        return tops

    @property
    def bottom(self) -> float:
        """맨 아래 칸의 바닥, 픽셀."""
        return self.tops[-1] + self.panels[-1].height if self.panels else 0.0

    @property
    def height(self) -> float:
        """그림 전체의 높이, 픽셀."""
        return self.bottom + _AXIS


def nice_ticks(low: float, high: float, count: int = 5) -> list[float]:
    """사람이 읽기 좋은 눈금(1, 2, 5의 배수). `low`와 `high` 사이에 드는 것만, 많아야 `count`개쯤이다.

    >>> nice_ticks(0, 43), nice_ticks(0, 0.9)
    ([0.0, 10.0, 20.0, 30.0, 40.0], [0.0, 0.2, 0.4, 0.6, 0.8])
    """
    if not high > low:
        return [low]
    rough = (high - low) / max(1, count)
    power = 10.0 ** floor(log10(rough))
    step = next(size for size in (power, 2 * power, 5 * power, 10 * power) if size >= rough * 0.999)
    first, last = ceil(low / step - 1e-9), floor(high / step + 1e-9)
    return [round(index * step, 12) for index in range(first, last + 1)]


def thin(points: Sequence[Point], columns: int, low: float, high: float) -> list[Point]:
    """화면의 세로줄마다 처음, 가장 낮은 것, 가장 높은 것, 마지막만 남긴다: 눈에 보이는 모양은 그대로다.

    >>> len(thin([(i / 1000, i % 7) for i in range(100_000)], 300, 0, 100)) <= 1200
    True
    """
    if len(points) <= columns or any(b[0] < a[0] for a, b in pairwise(points)):
        return list(points)
    scale = columns / ((high - low) or 1.0)
    kept: list[Point] = []
    for _, group in groupby(points, key=lambda point: int((point[0] - low) * scale)):
        column = list(group)
        if len(column) > 2:
            order, heights = range(len(column)), [y for _, y in column]
            lowest, highest = min(order, key=heights.__getitem__), max(order, key=heights.__getitem__)
            column = [column[i] for i in sorted({0, lowest, highest, len(column) - 1})]
        kept += column
    return kept


def values_at(points: Sequence[Point], xs: Iterable[float]) -> list[float | None]:
    """커지는 `xs`마다 그때까지의 마지막 값. 아직 없으면 `None`.

    >>> values_at([(1, 10.0), (2, 20.0)], [0, 1, 1.5, 9])
    [None, 10.0, 10.0, 20.0]
    """
    found: list[float | None] = []
    index, last = 0, None
    for x in xs:
        while index < len(points) and points[index][0] <= x:
            last = points[index][1]
            index += 1
        found.append(last)
    return found


# 그리기 -------------------------------------------------------------------


def chart_body(chart: Chart) -> str:
    """그림의 몸통. 마지막 칸 아래에 가로축을 붙인다."""
    parts = [_panel(chart, index) for index in range(len(chart.panels))]
    return "".join([_hatches(), *parts, _x_axis(chart)])


def chart_svg(chart: Chart, label: str, *extra: str) -> str:
    """위젯이 보이는 그림. `extra`는 함께 넣을 SVG(커서 같은 것)다."""
    return svg.tag(
        "svg", chart_body(chart), *extra, viewBox=f"0 0 {chart.width:g} {chart.height:g}", role="img",
        aria_label=label, xmlns=svg.NAMESPACE, class_="chart",
    )  # fmt: skip


def static_svg(chart: Chart, title: str) -> str:
    """저장된 노트북에 남는 그림."""
    heading = svg.text(title, class_="title", x=16.0, y=26.0)
    body = svg.tag("g", heading, svg.tag("g", chart_body(chart), transform="translate(0 36)"), class_="chart")
    return svg.standalone(body, chart.width, chart.height + 40, title, "shared", "chart")


def _panel(chart: Chart, index: int) -> str:
    panel, top = chart.panels[index], chart.tops[index]
    box = _Box(chart, index)
    left, right = chart.plot
    frame = svg.tag("rect", class_="plot", x=left, y=top, width=right - left, height=panel.height)
    return "".join(
        [
            frame,
            *(_span(box, span) for span in panel.spans),
            *_grid(box),
            *(_guide(box, guide) for guide in panel.guides),
            *(_series(box, series) for series in panel.series),
            *(_mark(box, mark) for mark in panel.marks),
            *_legend(box),
        ]
    )


class _Box:
    """칸 하나에서 값을 픽셀로 바꾼다."""

    def __init__(self, chart: Chart, index: int) -> None:
        self.chart, self.panel = chart, chart.panels[index]
        self.top = chart.tops[index]
        self.bottom = self.top + self.panel.height
        self.low, self.high = chart.y_range(index)
        self.left, self.right = chart.plot
        self._from, self._across = chart._across
        self._up = self.panel.height / ((self.high - self.low) or 1.0)

    # 점마다 부르므로 눈금은 미리 셈해 둔다.
    def x(self, value: float) -> float:
        at = self.left + (value - self._from) * self._across
        return self.left if at < self.left else self.right if at > self.right else at

    def y(self, value: float) -> float:
        at = self.bottom - (value - self.low) * self._up
        return self.top if at < self.top else self.bottom if at > self.bottom else at


def _tick_count(height: float) -> int:
    return max(2, int(height // 30))


def _grid(box: _Box) -> Iterable[str]:
    left, right = box.chart.plot
    for value in nice_ticks(box.low, box.high, _tick_count(box.panel.height)):
        y = box.y(value)
        yield svg.tag("line", class_="grid", x1=left, x2=right, y1=y, y2=y)
        yield svg.text(box.panel.write(value), class_="tick", x=left - 7, y=y + 4.5)


def _x_axis(chart: Chart) -> str:
    assert chart.x_range is not None
    bottom = chart.bottom
    left, right = chart.plot
    parts = []
    for value in nice_ticks(*chart.x_range, max(2, int((right - left) // 80))):
        x = chart.x_at(value)
        parts.append(svg.tag("line", class_="axis", x1=x, x2=x, y1=bottom, y2=bottom + 5))
        parts.append(svg.text(chart.write(value), class_="tick below", x=x, y=bottom + 19))
    return "".join(parts) + svg.text(chart.x_label, class_="axis-name", x=right, y=bottom + 36)


def _span(box: _Box, span: Span) -> str:
    left, right = box.x(span.start), box.x(span.end)
    if right <= left:
        return ""
    width = max(1.0, right - left)
    rect = svg.tag("rect", class_=f"span span{span.look % 3}", x=left, y=box.top, width=width, height=box.panel.height)
    if display_width(span.name) * 6.6 + 6 > width:
        return svg.tag("g", svg.tag("title", span.name), rect)
    return rect + svg.text(span.name, class_="span-name", x=left + width / 2, y=box.top + 14)


def _guide(box: _Box, guide: Guide) -> str:
    left, right = box.chart.plot
    if guide.line is not None:
        (x1, y1), (x2, y2) = ((box.x(x), box.y(y)) for x, y in guide.line)
    elif guide.x is not None:
        x1 = x2 = box.x(guide.x)
        y1, y2 = box.bottom, box.top
    else:
        x1, x2 = left, right
        y1 = y2 = box.y(guide.y or 0.0)
    # 비스듬한 선의 이름은 선의 끝, 그림의 안쪽에 놓는다.
    near = min(right - 4, x2 - 4), max(box.top + 14, min(y2, box.bottom - 8) - 5)
    name = svg.text(guide.name, class_="guide-name", x=near[0], y=near[1])
    return svg.tag("line", class_="guide", x1=x1, y1=y1, x2=x2, y2=y2) + name


def _series(box: _Box, series: Series) -> str:
    left, right = box.chart.plot
    assert box.chart.x_range is not None
    points = thin(series.points, int((right - left) / 1.5), *box.chart.x_range)
    look = f"look{series.look % LOOKS}"
    if series.shape == "dots":
        dots = _apart(((box.x(x), box.y(y)) for x, y in points if isfinite(y)), 2.5)
        spots = "".join(f"M{x:.1f} {y:.1f}h0" for x, y in dots)
        return svg.tag("path", class_=f"dots {look}", d=spots) if spots else ""
    kind = f"line {look}{' faint' if series.faint else ''}"
    path = _path(box, points, series.shape == "step")
    return (svg.tag("path", class_=kind, d=path) if path else "") + ("" if series.faint else _markers(box, series))


def _apart(points: Iterable[Point], distance: float) -> Iterable[Point]:
    """앞의 점과 거의 겹치는 점을 뺀다."""
    before: Point | None = None
    for point in points:
        if before is None or abs(point[0] - before[0]) + abs(point[1] - before[1]) >= distance:
            yield point
            before = point


def _path(box: _Box, points: Sequence[Point], step: bool) -> str:
    parts: list[str] = []
    pen = last = ""
    for x, y in points:
        if not isfinite(y):
            pen = ""
            continue
        across, up = f"{box.x(x):.1f}", f"{box.y(y):.1f}"
        if (across, up) == (pen, last):
            continue
        if not pen:
            parts.append(f"M{across} {up}")
        elif step:
            parts.append(f"H{across}" + (f"V{up}" if up != last else ""))
        else:
            parts.append(f"L{across} {up}")
        pen, last = across, up
    if step and pen and points:
        assert box.chart.x_range is not None
        parts.append(f"H{box.x(box.chart.x_range[1]):.1f}")
    return "".join(parts)


def _markers(box: _Box, series: Series) -> str:
    """선 위에 드문드문 놓는 점. 계열마다 다른 자리에서 시작해 서로 가리지 않는다."""
    if any(b[0] < a[0] for a, b in pairwise(series.points)):
        return ""  # 시간의 그래프가 아니다
    if len(series.points) < 2:
        return "".join(_marker(box.x(x), box.y(y), series.look) for x, y in series.points if isfinite(y))
    left, right = box.chart.plot
    low, high = box.chart.x_range or (0.0, 1.0)
    found, x = [], left + 24.0 + 21.0 * (series.look % LOOKS)
    while x < right:
        value = _drawn_at(series, low + (x - left) / (right - left) * (high - low))
        if value is not None and isfinite(value):
            found.append(_marker(x, box.y(value), series.look))
        x += _SPACING
    return "".join(found)


def _drawn_at(series: Series, x: float) -> float | None:
    """선이 지나는 높이. 계단이 아니면 두 점 사이를 잇는다."""
    index = bisect_right(series.points, x, key=lambda point: point[0])
    if index == 0 or (index == len(series.points) and series.shape != "step"):
        return None
    x1, y1 = series.points[index - 1]
    if series.shape == "step" or index == len(series.points):
        return y1
    x2, y2 = series.points[index]
    return y1 + (y2 - y1) * (x - x1) / ((x2 - x1) or 1.0)


def _marker(x: float, y: float, look: int) -> str:
    kind = look % LOOKS
    return svg.tag("path", class_=f"marker look{kind}", d=_MARKERS[kind], transform=f"translate({x:.1f} {y:.1f})")


def _mark(box: _Box, mark: Mark) -> str:
    x, y = box.x(mark.x), box.bottom - 7 if mark.y is None else box.y(mark.y)
    return svg.tag("g", svg.tag("title", mark.name), _sign(mark.sign, x, y))


def _sign(sign: str, x: float, y: float) -> str:
    return svg.tag("path", class_=f"sign {sign}", d=_SIGNS[sign], transform=f"translate({x:.1f} {y:.1f})")


# 범례 ---------------------------------------------------------------------


def _entries(panel: Panel) -> list[tuple[str, str]]:
    """(종류, 이름). 같은 표시는 한 번만 적는다."""
    entries = [(f"{one.shape} {one.look % LOOKS}{' faint' if one.faint else ''}", one.name) for one in panel.series]
    entries += list(dict.fromkeys((f"sign {mark.sign}", mark.name) for mark in panel.marks))
    # 칠하지 않는 구간(look 1)은 칠한 것들이 아닌 나머지다.
    entries += list(dict.fromkeys((f"span {span.look % 3}", span.name) for span in panel.spans if span.look % 3 != 1))
    return [entry for entry in entries if entry[1]]


def _places(panel: Panel, width: float) -> list[tuple[str, str, float, int]]:
    """범례의 (종류, 이름, x, 줄). 첫 줄의 앞에는 세로축의 이름이 온다."""
    x, row = 16.0 + display_width(panel.y_label) * _LETTER + 18, 0
    places = []
    for kind, name in _entries(panel):
        size = display_width(name) * _LETTER + 46
        if x + size > width - _RIGHT + 20 and x > 16.0:
            x, row = _LEFT, row + 1
        places.append((kind, name, x, row))
        x += size
    return places


def _legend_rows(panel: Panel, width: float) -> int:
    return max((row for *_, row in _places(panel, width)), default=0) + 1


def _legend(box: _Box) -> Iterable[str]:
    top = box.top - 8 - _ROW * _legend_rows(box.panel, box.chart.width) + 15
    yield svg.text(box.panel.y_label, class_="axis-title", x=10.0, y=top)
    for kind, name, x, row in _places(box.panel, box.chart.width):
        y = top + _ROW * row
        yield _sample(kind, x, y - 4.5) + svg.text(name, class_="legend", x=x + 32, y=y)


def _sample(kind: str, x: float, y: float) -> str:
    shape, look, *faint = kind.split()
    if shape == "sign":
        return _sign(look, x + 14, y)
    if shape == "span":
        return svg.tag("rect", class_=f"span span{look} sample", x=x + 4, y=y - 6, width=20, height=12)
    if shape == "dots":
        return svg.tag("path", class_=f"dots look{look}", d=f"M{x + 6:.1f} {y:.1f}h0m8 0h0m8 0h0")
    line = svg.tag("path", class_=f"line look{look}{' faint' if faint else ''}", d=f"M{x:.1f} {y:.1f}h27")
    return line if faint else line + _marker(x + 13.5, y, int(look))


def _hatches() -> str:
    """칠한 구간의 빗금: 색을 구별하지 못해도 구간을 가른다."""
    slant = svg.tag("path", class_="hatch", d="M0 8L8 0")
    size = {"width": 8, "height": 8, "patternUnits": "userSpaceOnUse"}
    return svg.tag("defs", svg.tag("pattern", slant, id="tcpedu-slant", **size))
