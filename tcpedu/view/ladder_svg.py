"""자리를 잡은 사다리 그림을 SVG로 쓴다. 위젯도, 저장되는 정지 그림도 이 글을 쓴다."""

from __future__ import annotations

from math import atan2, cos, degrees, sin
from typing import Any

from tcpedu.protocol.datagram import Datagram

from . import svg
from .ladder import FONT, Arrow, Chip, Layout, Pause
from .story import is_again
from .words import display_width, duration, josa, options_text, segment_label

_HEAD = 11.0  # 화살촉의 길이


def ladder_body(plan: Layout, *, clickable: bool = False) -> str:
    """그림의 몸통. `clickable`이면 세그먼트마다 누르는 단추의 구실을 준다."""
    parts = [_lane(plan, index) for index in range(len(plan.lanes))]
    parts += [_pause(plan, pause) for pause in plan.pauses]
    parts += [_tick(y, time) for y, time in plan.ticks]
    parts += [_chip(plan, chip) for chip in plan.chips]
    parts += [_arrow(arrow, clickable) for arrow in plan.arrows]
    return "".join(parts)


def static_svg(plan: Layout, title: str) -> str:
    """저장된 노트북에 남는 그림."""
    heading = svg.text(title, class_="title", x=16.0, y=26.0)
    body = svg.tag("g", heading, svg.tag("g", ladder_body(plan), transform="translate(0 30)"))
    return svg.standalone(body, plan.width, plan.height + 30, title, "shared", "ladder")


def _lane(plan: Layout, index: int) -> str:
    x = plan.lanes[index]
    return svg.tag(
        "g",
        svg.tag("line", class_="lane", x1=x, y1=46.0, x2=x, y2=plan.height - 10),
        svg.tag("rect", class_="host", x=x - 70, y=4.0, width=140, height=44, rx=6),
        svg.text(plan.names[index], class_="name", x=x, y=23.0),
        svg.text(plan.addresses[index], class_="address", x=x, y=40.0),
    )


def _pause(plan: Layout, pause: Pause) -> str:
    middle = plan.pause_x(pause)
    width = display_width(pause.label) * 0.55 * FONT + 28
    zigzags = "".join(
        svg.tag("path", class_="zigzag", d=f"M{x:g} {pause.y - 14:.1f} l7 5 l-14 8 l14 8 l-7 5") for x in plan.lanes
    )
    return svg.tag(
        "g", zigzags,
        svg.tag("rect", class_="pause", x=middle - width / 2, y=pause.y - 13, width=width, height=26.0, rx=13),
        svg.text(pause.label, class_="pause-text", x=middle, y=pause.y + 5),
        data_y=pause.y,
    )  # fmt: skip


def _tick(y: float, time: float) -> str:
    return svg.text(duration(time), class_="tick", x=58.0, y=y + 4.5, data_y=y)


def _chip(plan: Layout, chip: Chip) -> str:
    name = chip.record.new.name
    x, y = plan.lanes[chip.lane], chip.y + chip.shift
    (left, _), (right, _), *_ = chip.box_at(x, chip.side, chip.shift)
    return svg.tag(
        "g",
        svg.tag("title", f"{chip.record.old.name}에서 {name}: {chip.record.new.korean}"),
        svg.tag("line", class_="stem", x1=x, y1=chip.y, x2=x + 14 * chip.side, y2=y),
        svg.tag("rect", class_="chip", x=left, y=y - 10.5, width=right - left, height=21, rx=5),
        svg.text(name, class_="chip-text", x=(left + right) / 2, y=y + 4.5),
        data_y=chip.y, data_lane=chip.lane, class_="state",
    )  # fmt: skip


def _arrow(arrow: Arrow, clickable: bool) -> str:
    (x1, y1), (x2, y2) = arrow.line
    record = arrow.record
    marks = {"lost": arrow.lost, "waiting": arrow.waiting, "again": is_again(record)}
    kinds = ["segment", *(kind for kind, on in marks.items() if on)]
    attributes: dict[str, Any] = {"class_": " ".join(kinds), "data_number": record.number, "data_y": y1}
    attributes |= {"tabindex": 0, "role": "button" if clickable else "img", "aria_label": _aria(record, clickable)}
    return svg.tag(
        "g",
        svg.tag("line", class_="hit", x1=x1, y1=y1, x2=x2, y2=y2),
        svg.tag("line", class_="shaft", x1=x1, y1=y1, x2=x2, y2=y2),
        _end(arrow),
        _label(arrow),
        **attributes,
    )


def _end(arrow: Arrow) -> str:
    """화살표의 끝: 닿은 것은 촉, 잃은 것은 ✕, 가는 중이면 구슬."""
    (x1, y1), (x2, y2) = arrow.line
    if arrow.waiting:
        return svg.tag("circle", class_="bead", cx=x2, cy=y2, r=6)
    return _cross(arrow) if arrow.lost else _head(x1, y1, x2, y2)


def _head(x1: float, y1: float, x2: float, y2: float) -> str:
    angle = atan2(y2 - y1, x2 - x1)
    wings = [(x2 - _HEAD * cos(angle + turn), y2 - _HEAD * sin(angle + turn)) for turn in (0.42, -0.42)]
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in ((x2, y2), *wings))
    return svg.tag("polygon", class_="head", points=points)


def _cross(arrow: Arrow) -> str:
    (x1, _), (x, y) = arrow.line
    # 화살표가 이어졌을 자리는 비어 있으므로 글을 거기에, 같은 기울기로 놓는다.
    side, anchor = (13.0, "start") if x >= x1 else (-13.0, "end")
    return svg.tag("path", class_="cross", d=f"M{x - 7:.1f} {y - 7:.1f} l14 14 m0 -14 l-14 14") + svg.text(
        "잃음", class_="lost-text", x=x + side, y=y + 4.5, text_anchor=anchor, transform=_tilt(arrow, x, y)
    )


def _label(arrow: Arrow) -> str:
    (x1, y1), (x2, y2) = arrow.line
    x, y = x1 + (x2 - x1) * arrow.spot, y1 + (y2 - y1) * arrow.spot
    return svg.text(arrow.label, class_="label", x=x, y=y, dy=-7, transform=_tilt(arrow, x, y))


def _tilt(arrow: Arrow, x: float, y: float) -> str:
    (x1, y1), (x2, y2) = arrow.line
    angle = degrees(atan2(y2 - y1, x2 - x1) if x2 >= x1 else atan2(y1 - y2, x1 - x2))
    return f"rotate({angle:.1f} {x:.1f} {y:.1f})"


def _aria(record: Any, clickable: bool) -> str:
    ends = f"{record.src}에서 {josa(record.dst, '으로')}"
    text = f"{record.number}번 {record.note} {segment_label(record.segment)}, {ends}, {fate(record)}"
    if clickable:
        text += ". 누르면 잃고, 다시 누르면 되살아납니다" if not record.dropped else ". 누르면 되살아납니다"
    return " ".join(text.split())


def fate(record: Any) -> str:
    """언제 떠나 어떻게 되었는지."""
    if record.dropped:
        return f"{duration(record.sent)}에 보냈으나 {record.dropped}"
    if record.arrived is None:
        return f"{duration(record.sent)}에 보내 가는 중"
    return f"{duration(record.sent)}에 보내 {duration(record.arrived)}에 도착"


def details(record: Any) -> dict[str, Any]:
    """세그먼트를 가리켰을 때 보여 줄 헤더."""
    title = f"{record.number}번 {record.note} {record.src} → {record.dst}"
    return {"title": " ".join(title.split()), "fate": fate(record), "fields": _fields(record.segment)}


def _fields(segment: Any) -> list[tuple[str, str]]:
    size = ("len", f"{len(segment.payload)}바이트")
    if isinstance(segment, Datagram):
        return [("포트", f"{segment.src_port} → {segment.dst_port}"), size]
    return [
        ("플래그", str(segment.flags)), ("seq", str(segment.seq)), ("ack", str(segment.ack)),
        ("win", str(segment.window)), size, ("옵션", options_text(segment) or "없음"),
    ]  # fmt: skip

