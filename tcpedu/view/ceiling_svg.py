"""처리율을 막는 천장 셋을 가로 막대로 그린다. 축은 로그이고, 가장 낮은 천장은 무늬와 글로도 구별된다."""

from __future__ import annotations

from math import isfinite, log10

from tcpedu.protocol.tuning import Path

from . import svg

WIDTH, HEIGHT = 860.0, 236.0
NAMES = {"rate": "길의 속도", "window": "수신 윈도우", "loss": "손실"}
_LEFT, _RIGHT, _TOP, _STEP, _BAR = 150.0, 650.0, 34.0, 54.0, 30.0
_LOW, _HIGH = 5, 10  # 축의 끝: 10의 거듭제곱, 비트/초


def bits(rate: float) -> str:
    """사람이 읽는 속도.

    >>> bits(5_242_880), bits(1e10), bits(900), bits(float("inf"))
    ('5.24Mbit/s', '10Gbit/s', '900bit/s', '한도 없음')
    """
    if not isfinite(rate):
        return "한도 없음"
    for size, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if rate >= size:
            return f"{rate / size:.3g}{unit}bit/s"
    return f"{rate:.3g}bit/s"


def body(path: Path) -> str:
    """막대 셋과 축."""
    bars = [_bar(index, name, rate, name == path.lowest) for index, (name, rate) in enumerate(path.ceilings.items())]
    return svg.tag("g", _hatch(), _axis(), *bars, class_="ceilings")


def static_svg(path: Path, title: str) -> str:
    """저장된 노트북에 남는 그림."""
    heading = svg.text(title, class_="title", x=16.0, y=26.0)
    drawing = svg.tag("g", body(path), transform="translate(0 34)")
    return svg.standalone(heading + drawing, WIDTH, HEIGHT + 34, title, "shared", "ceiling_view")


def _x(rate: float) -> float:
    place = (log10(rate) if isfinite(rate) else _HIGH) - _LOW
    return _LEFT + (_RIGHT - _LEFT) * min(max(place / (_HIGH - _LOW), 0.0), 1.0)


def _bar(index: int, name: str, rate: float, lowest: bool) -> str:
    y = _TOP + _STEP * index
    end = max(_x(rate), _LEFT + 3)
    kind = "lowest" if lowest else "free" if not isfinite(rate) else "other"
    size = {"x": _LEFT, "y": y, "width": end - _LEFT, "height": _BAR}
    value = f"{bits(rate)}  ◀ 여기가 막는다" if lowest else bits(rate)
    return svg.tag(
        "g", svg.text(NAMES[name], class_="name", x=_LEFT - 12, y=y + 20), svg.tag("rect", class_="bar", **size),
        svg.text(value, class_="value", x=end + 8, y=y + 20), class_=f"ceiling {kind}",
    )  # fmt: skip


def _hatch() -> str:
    line = svg.tag("path", class_="slant", d="M-2 8L8-2M2 12L12 2")
    return svg.tag("pattern", line, id="tcpedu-ceiling", width=10, height=10, patternUnits="userSpaceOnUse")


def _axis() -> str:
    bottom = _TOP + 3 * _STEP
    parts = []
    for power in range(_LOW, _HIGH + 1):
        x = _x(10.0**power)
        parts.append(svg.tag("line", class_="grid", x1=x, x2=x, y1=_TOP - 8, y2=bottom))
        parts.append(svg.text(bits(10.0**power), class_="tick", x=x, y=bottom + 20))
    return "".join(parts)
