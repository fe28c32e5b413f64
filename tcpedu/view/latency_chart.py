"""큐마다의 지연을 나란히 그린다. 값은 `network.latency`의 것이다."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tcpedu.network.latency import QUEUES, Household, Latency

from . import svg
from .chart_svg import Chart, Panel, Series, chart_body
from .cursor import cursor
from .flow_chart import speed
from .words import duration

WIDTH = 350.0
HEADS = ("큐", "답의 가운데 값", "답의 95%", "가장 오래", "대량 전송", "버려짐", "CE 표시")


def name(home: Household, queue: str) -> str:
    """큐의 이름과 크기.

    >>> name(Household(), "huge"), name(Household(ecn=True), "codel")
    ('큰 버퍼 200패킷', 'CoDel + ECN')
    """
    if queue in ("small", "huge"):
        return f"{QUEUES[queue]} {home.small if queue == 'small' else home.huge}패킷"
    return QUEUES[queue] + (" + ECN" if home.ecn else "")


def side(home: Household, latency: Latency, top: float | None = None) -> Chart:
    """큐 하나의 그림: 위는 큐에서 기다린 시간, 아래는 대화하는 흐름이 답을 기다린 시간. `top`은 세로축의 끝(초)이다."""
    look = list(QUEUES).index(latency.queue)
    waits = Series("", [(time, value * 1000) for time, value in latency.delay], look)
    answers = Series("", [(time, value * 1000) for time, value in latency.answers], look)
    limit = None if top is None else (0.0, top * 1080)
    panels = [
        Panel(f"{name(home, latency.queue)} · 큐 지연 (ms)", [waits], height=96.0, y_range=limit),
        Panel("대화하는 흐름의 대기 (ms)", [answers], height=96.0, y_range=limit),
    ]
    return Chart(panels, x_range=(0.0, home.duration), width=WIDTH)


def highest(latencies: Sequence[Latency]) -> float:
    """모든 그림이 함께 쓸 세로축의 끝, 초."""
    values = [value for one in latencies for _, value in (*one.delay, *one.answers)]
    return max(values, default=1.0)


def side_cursor(home: Household, charts: Sequence[Chart], latencies: Sequence[Latency]) -> dict[str, Any]:
    """커서가 읽는 값: 큐마다 기다린 시간과 답을 기다린 시간."""
    rows: list[Any] = [
        (name(home, one.queue), [("", one.delay, duration), ("", one.answers, duration)]) for one in latencies
    ]
    return cursor(charts[0], ("큐", "큐에서 기다림", "답을 기다림"), rows)


def table(home: Household, latencies: Sequence[Latency]) -> list[list[str]]:
    """견주는 표: 큐마다 한 줄."""
    return [
        [
            name(home, one.queue), duration(one.typical), duration(one.worst), duration(one.slowest),
            speed(one.goodput), f"{one.drops}개", f"{one.marks}개",
        ]
        for one in latencies
    ]  # fmt: skip


def static_svg(charts: Mapping[str, Chart], title: str) -> str:
    """두 줄로 나란히 놓은 정지 그림."""
    parts, height = [svg.text(title, class_="title", x=16.0, y=26.0)], 40.0
    for index, chart in enumerate(charts.values()):
        place = f"translate({(index % 2) * WIDTH:g} {40 + (index // 2) * chart.height:g})"
        parts.append(svg.tag("g", chart_body(chart), transform=place))
        height = 40 + (index // 2 + 1) * chart.height
    return svg.standalone(svg.tag("g", *parts, class_="chart"), WIDTH * 2, height, title, "shared", "chart")
