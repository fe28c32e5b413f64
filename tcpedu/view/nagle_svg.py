"""나눠 쓰고 기다리기의 시간 줄: 쓰기, 세그먼트, ACK, 기다린 구간을 한 축에 그린다. 여러 설정을 위아래로 놓아 견준다."""

from __future__ import annotations

from collections.abc import Sequence
from math import atan2, cos, sin

from tcpedu.network.packet import Packet
from tcpedu.network.setup import CLIENT, SERVER
from tcpedu.network.write_read import Wait, WriteReadRun

from . import svg
from .chart_svg import nice_ticks
from .words import display_width, duration

WIDTH = 860
_LEFT, _RIGHT = 96.0, 836.0
_UP, _DOWN, _TALL = 86.0, 146.0, 186.0  # 한 줄에서 클라이언트의 선, 서버의 선, 전체의 높이
_BAR = 20.0
_HEAD = 9.0
_KEY = 30.0
WAITS = {"nagle": "Nagle이 기다림", "ack": "지연 ACK가 기다림"}
Row = tuple[str, WriteReadRun]


def timeline_height(rows: Sequence[Row]) -> float:
    """그림의 높이."""
    return _KEY + _TALL * len(rows) + 34


def timeline_body(rows: Sequence[Row]) -> str:
    """(이름, 결과)의 줄들. 가로축은 가장 오래 걸린 것에 맞춘다."""
    end = max(run.end for _, run in rows)
    parts = [_key(), *(_row(name, run, _KEY + _TALL * index, end) for index, (name, run) in enumerate(rows))]
    return "".join([_hatch(), *parts, _axis(end, _KEY + _TALL * len(rows))])


def static_svg(rows: Sequence[Row], title: str) -> str:
    """저장된 노트북에 남는 그림."""
    heading = svg.text(title, class_="title", x=16.0, y=26.0)
    body = heading + svg.tag("g", timeline_body(rows), class_="nagle-picture", transform="translate(0 34)")
    return svg.standalone(body, WIDTH, timeline_height(rows) + 34, title, "shared", "nagle_timeline")


def _x(time: float, end: float) -> float:
    return _LEFT + (_RIGHT - _LEFT) * time / end


def _row(name: str, run: WriteReadRun, top: float, end: float) -> str:
    lanes = [
        svg.text(label, class_="lane-name", x=16.0, y=top + y + 5)
        + svg.tag("line", class_="lane", x1=_LEFT, x2=_RIGHT, y1=top + y, y2=top + y)
        for label, y in ((CLIENT, _UP), (SERVER, _DOWN))
    ]
    parts = [svg.text(name, class_="heading", x=16.0, y=top + 18), *lanes]
    parts += [_bar(wait, top, end) for wait in run.waits]
    parts += [_arrow(sent, run, top, end) for sent in run.segments]
    for index, request in enumerate(run.requests, 1):
        parts.append(_latency(index, request.start, request.end, top, end))
        parts += [_write(size, piece, request.start, top, end) for piece, size in enumerate(request.writes)]
    return svg.tag("g", *parts, class_="timeline")


def _bar(wait: Wait, top: float, end: float) -> str:
    left, right = _x(wait.start, end), _x(wait.end, end)
    y = top + (_UP - _BAR if wait.who == "nagle" else _DOWN)
    text = f"{WAITS[wait.who]} {duration(wait.end - wait.start)}"
    fits = [one for one in (text, duration(wait.end - wait.start)) if display_width(one) * 7.4 < right - left - 4]
    label = svg.text(fits[0], class_="wait-text", x=(left + right) / 2, y=y + 15) if fits else ""
    size = {"x": left, "y": y, "width": max(1.5, right - left), "height": _BAR}
    return svg.tag(
        "g", svg.tag("title", f"{text}: {wait.size}바이트"), svg.tag("rect", class_="back", **size),
        svg.tag("rect", class_="hatched", **size), label, class_=f"wait {wait.who}",
    )  # fmt: skip


def _kind(sent: Packet) -> str:
    return "pure" if not sent.segment.payload else "data" if sent.src == CLIENT else "answer"


def segment_text(sent: Packet) -> str:
    """세그먼트 하나를 부르는 말."""
    size = len(sent.segment.payload)
    return {"data": f"데이터 {size}바이트", "answer": f"응답 {size}바이트", "pure": "ACK"}[_kind(sent)]


def _arrow(sent: Packet, run: WriteReadRun, top: float, end: float) -> str:
    assert sent.arrived is not None  # 이 상황에서는 아무것도 잃지 않는다
    down = sent.src == CLIENT
    x1, x2 = _x(run.at(sent.sent), end), _x(min(run.at(sent.arrived), end), end)
    y1, y2 = (top + _UP, top + _DOWN) if down else (top + _DOWN, top + _UP)
    label = f"{duration(run.at(sent.sent))} {segment_text(sent)}: {sent.src}에서 {sent.dst}로"
    return svg.tag("g", svg.tag("title", label), _shaft(x1, y1, x2, y2), class_=f"arrow {_kind(sent)}")


def _shaft(x1: float, y1: float, x2: float, y2: float) -> str:
    angle = atan2(y2 - y1, x2 - x1)
    wings = [(x2 - _HEAD * cos(angle + turn), y2 - _HEAD * sin(angle + turn)) for turn in (0.42, -0.42)]
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in ((x2, y2), *wings))
    return svg.tag("line", class_="shaft", x1=x1, y1=y1, x2=x2, y2=y2) + svg.tag("polygon", points=points)


def _write(size: int, piece: int, time: float, top: float, end: float) -> str:
    """쓴 때의 표시. 한꺼번에 쓴 조각들은 옆으로 나란히 놓는다."""
    x = _x(time, end) + 1 + 8 * piece
    return svg.tag("path", svg.tag("title", f"{duration(time)} 쓰기 {size}바이트"), class_="write",
                   d=f"M{x:.1f} {top + _UP - _BAR - 2:.1f}l-4 -9h8z")  # fmt: skip


def _latency(index: int, start: float, stop: float, top: float, end: float) -> str:
    left, right, y = _x(start, end), _x(stop, end), top + 46
    text = f"요청 {index}: {duration(stop - start)}"
    fits = [one for one in (text, duration(stop - start)) if display_width(one) * 9 < right - left]
    label = svg.text(fits[0], class_="latency-text", x=(left + right) / 2, y=y - 5) if fits else ""
    return svg.tag(
        "g", svg.tag("title", text),
        svg.tag("path", class_="latency", d=f"M{left + 1:.1f} {y + 4:.1f}v-4H{right - 1:.1f}v4"), label,
    )  # fmt: skip


def _key() -> str:
    """범례."""
    parts, x = [], 16.0
    for kind, name in (("data", "데이터"), ("answer", "응답"), ("pure", "ACK")):
        parts.append(svg.tag("g", _shaft(x, 14.0, x + 30, 14.0), class_=f"arrow {kind}"))
        parts.append(svg.text(name, class_="key", x=x + 36, y=19.0))
        x += 50 + display_width(name) * 8
    parts.append(svg.tag("path", class_="write", d=f"M{x + 6:.1f} 18l-4 -9h8z"))
    parts.append(svg.text("쓰기(send)", class_="key", x=x + 16, y=19.0))
    x += 110
    for who, name in WAITS.items():
        size = {"x": x, "y": 5.0, "width": 30.0, "height": 18.0}
        rects = svg.tag("rect", class_="back", **size) + svg.tag("rect", class_="hatched", **size)
        parts.append(svg.tag("g", rects, class_=f"wait {who}"))
        parts.append(svg.text(name, class_="key", x=x + 36, y=19.0))
        x += 52 + display_width(name) * 8
    return svg.tag("g", *parts)


def _axis(end: float, y: float) -> str:
    parts = [svg.tag("line", class_="lane", x1=_LEFT, x2=_RIGHT, y1=y, y2=y)]
    for time in nice_ticks(0.0, end, 8):
        x = _x(time, end)
        parts.append(svg.tag("line", class_="lane", x1=x, x2=x, y1=y, y2=y + 5))
        parts.append(svg.text(duration(time), class_="tick-x", x=x, y=y + 20))
    return svg.tag("g", *parts)


def _hatch() -> str:
    """두 기다림은 빗금의 방향으로도 다르다."""
    size = {"width": 8, "height": 8, "patternUnits": "userSpaceOnUse"}
    lines = {"nagle": "M0 8L8 0", "ack": "M0 0L8 8"}
    patterns = [
        svg.tag("pattern", svg.tag("path", class_=f"slant {who}", d=d), id=f"tcpedu-wait-{who}", **size)
        for who, d in lines.items()
    ]
    return svg.tag("defs", *patterns)
