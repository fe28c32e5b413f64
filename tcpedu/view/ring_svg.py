"""순서 번호 고리를 SVG로 쓴다: 왼쪽은 2**32개의 번호를 한 바퀴로 그린 고리, 오른쪽은 그 한 조각을 늘린 돋보기."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, pi, sin

from tcpedu.network.pointers import Pointers
from tcpedu.protocol.seqnum import MODULUS, seq_add, seq_diff, wrap

from . import svg
from .frames import Slots, slot, slot_text, span

WIDTH, HEIGHT = 900.0, 400.0
CENTER_X, CENTER_Y, RADIUS = 186.0, 204.0, 118.0
LEFT, RIGHT = 392.0, 884.0  # 돋보기의 양 끝
MAX_BLOCKS = 6
_SEND_Y, _AXIS_Y, _RECEIVE_Y, _LANE = 122.0, 200.0, 236.0, 34.0
_QUARTERS = ((0, "0"), (MODULUS // 4, "2³⁰"), (MODULUS // 2, "2³¹"), (3 * MODULUS // 4, "3·2³⁰"))
_SEND_MARKS = (("una", "SND.UNA"), ("nxt", "SND.NXT"), ("snd-edge", "SND.UNA+SND.WND"))
_RECEIVE_MARKS = (("rcv", "RCV.NXT"), ("rcv-edge", "RCV.NXT+RCV.WND"))
_HIDDEN, _SHOWN, _EMPTY = {"visibility": "hidden"}, {"visibility": "visible"}, {"x": LEFT, "width": 0.0}

# 이름은 선의 오른쪽에 적고, 돋보기의 오른쪽 끝에서는 왼쪽에 적는다.
_LEFTWARD, _RIGHTWARD = {"x": -4, "text-anchor": "end"}, {"x": 4, "text-anchor": "start"}


@dataclass(frozen=True)
class Lens:
    """돋보기에 보이는 번호들: `start`에서 `span`개."""

    start: int
    span: int

    def x(self, seq: int) -> float:
        """번호의 가로 자리. 돋보기 밖이면 양 끝을 벗어난 값이다."""
        return LEFT + seq_diff(seq, self.start) / self.span * (RIGHT - LEFT)

    def shows(self, seq: int) -> bool:
        """돋보기 안에 있는 번호인가. 오른쪽 끝은 들어간다."""
        return 0 <= seq_diff(seq, self.start) <= self.span

    def seq(self, part: float) -> int:
        """왼쪽 끝에서 `part`(0–1)만큼 간 곳의 번호."""
        return seq_add(self.start, round(min(1.0, max(0.0, part)) * self.span))


def pointer_slots(at: Pointers, lens: Lens) -> Slots:
    """번호들이 놓인 자리."""
    send_edge = seq_add(at.snd_una, at.snd_wnd)
    slots: Slots = {
        "ring-send": {"d": _arc(at.snd_una, at.snd_wnd, RADIUS)},
        "acked": _band(lens, at.isn, at.snd_una),
        "flight": _band(lens, at.snd_una, at.snd_nxt),
        "usable": _band(lens, at.snd_nxt, send_edge),
        "una": _pointer(lens, at.snd_una), "nxt": _pointer(lens, at.snd_nxt), "snd-edge": _pointer(lens, send_edge),
        "ring-receive": {"d": ""}, "received": dict(_EMPTY), "window": dict(_EMPTY),
        "rcv": dict(_HIDDEN), "rcv-edge": dict(_HIDDEN),
    }  # fmt: skip
    receive = (at.isn, at.isn)
    if at.rcv_nxt is not None:
        receive_edge = seq_add(at.rcv_nxt, at.rcv_wnd)
        receive = (at.rcv_nxt, receive_edge)
        slots |= {
            "ring-receive": {"d": _arc(at.rcv_nxt, at.rcv_wnd, RADIUS - 17)},
            "received": _band(lens, at.isn, at.rcv_nxt), "window": _band(lens, at.rcv_nxt, receive_edge),
            "rcv": _pointer(lens, at.rcv_nxt), "rcv-edge": _pointer(lens, receive_edge),
        }  # fmt: skip
    for (key, _), seq in zip(_SEND_MARKS + _RECEIVE_MARKS, (at.snd_una, at.snd_nxt, send_edge, *receive), strict=True):
        slots[f"{key}-name"] = _LEFTWARD if lens.x(seq) > RIGHT - 140 else _RIGHTWARD
    for index in range(MAX_BLOCKS):
        known = at.blocks[index : index + 1]
        slots[f"block{index}"] = _band(lens, *known[0]) if known else dict(_EMPTY)
    return slots


def judged_slots(lens: Lens, point: int, reference: int, name: str) -> Slots:
    """고른 번호 `point`와 견줄 기준(`name`이라는 번호 `reference`)이 놓인 자리."""
    (x1, y1), (x2, y2) = _on_circle(point, RADIUS - 26), _on_circle(point, RADIUS)
    (far_x, far_y), (near_x, near_y) = _on_circle(reference, RADIUS + 20), _on_circle(reference, RADIUS + 4)
    half = MODULUS // 2
    (after_x, after_y), (before_x, before_y) = (_on_circle(reference + way * half // 2, RADIUS + 44) for way in (1, -1))
    outside = "" if lens.shows(point) else f"고른 번호 {point}: 돋보기의 "
    left = seq_diff(point, lens.start) < 0
    label_x = _inside(lens.x(point), 76) - lens.x(point)
    return {
        "after": {"d": _arc(reference, half - 1, RADIUS + 20)},
        "before": {"d": _arc(reference - half, half - 1, RADIUS + 20)},
        "after-text": {"x": after_x, "y": after_y + 5}, "before-text": {"x": before_x, "y": before_y + 5},
        "reference": {"x1": far_x, "y1": far_y, "x2": near_x, "y2": near_y},
        "reference-dot": {"cx": far_x, "cy": far_y},
        "reference-name": {"text": f"기준(●) {name} {reference}"},
        "needle": {"x1": x1, "y1": y1, "x2": x2, "y2": y2}, "handle": {"cx": x2, "cy": y2},
        "number": {"text": str(point)},
        "point": _pointer(lens, point), "point-text": {"text": f"고른 번호 {point}", "x": round(label_x, 1)},
        "outside": {
            "text": outside and (f"◀ {outside}앞쪽 밖" if left else f"{outside}뒤쪽 밖 ▶"),
            "x": LEFT if left else RIGHT, "text-anchor": "start" if left else "end",
        },
    }  # fmt: skip


def drawing(lens: Lens, slots: Slots | None = None) -> str:
    """그림의 몸통. `slots`가 없으면 자리를 비워 둔다."""
    slots = slots or {}
    return "".join([_ring(slots, lens), _lens(slots, lens), _chosen(slots)])


def _angle(seq: int) -> float:
    return 2 * pi * seq / MODULUS


def _on_circle(seq: int, radius: float) -> tuple[float, float]:
    # 0은 맨 위, 번호는 시계 방향으로 커진다.
    angle = _angle(seq)
    return round(CENTER_X + radius * sin(angle), 1), round(CENTER_Y - radius * cos(angle), 1)


def _arc(start: int, size: int, radius: float) -> str:
    """고리의 한 조각. 눈에 보이도록 아무리 작아도 1.5도는 된다."""
    if not size:
        return ""
    size = max(size, MODULUS // 240)
    (x1, y1), (x2, y2) = _on_circle(start, radius), _on_circle(start + size, radius)
    return f"M{x1:g} {y1:g}A{radius:g} {radius:g} 0 {int(size > MODULUS // 2)} 1 {x2:g} {y2:g}"


def _band(lens: Lens, start: int, end: int) -> dict[str, float]:
    return span(lens.x(start), lens.x(start) + _pixels(lens, seq_diff(end, start)), LEFT, RIGHT)


def _pixels(lens: Lens, count: int) -> float:
    return max(0, count) / lens.span * (RIGHT - LEFT)


def _pointer(lens: Lens, seq: int) -> dict[str, str]:
    if not lens.shows(seq):
        return {"transform": f"translate({LEFT:g} 0)", **_HIDDEN}
    return {"transform": f"translate({lens.x(seq):.1f} 0)", **_SHOWN}


# 고리 ---------------------------------------------------------------------


def _ring(slots: Slots, lens: Lens) -> str:
    return "".join([
        *(_guide(seq, y) for seq, y in ((lens.start, 58.0), (seq_add(lens.start, lens.span), 330.0))),
        svg.tag("circle", class_="ring-base", cx=CENTER_X, cy=CENTER_Y, r=RADIUS),
        *(svg.tag("path", class_=f"half {key}", **slot(slots, key)) for key in ("after", "before")),
        svg.text("뒤 (+)", class_="half-text", **slot(slots, "after-text")),
        svg.text("앞 (−)", class_="half-text", **slot(slots, "before-text")),
        *(_quarter(seq, text) for seq, text in _QUARTERS),
        svg.tag("path", class_="ring-lens", d=_arc(lens.start, lens.span, RADIUS + 9)),
        svg.tag("path", class_="ring-send", **slot(slots, "ring-send")),
        svg.tag("path", class_="ring-receive", **slot(slots, "ring-receive")),
        svg.tag("line", class_="reference", **slot(slots, "reference")),
        svg.tag("circle", class_="reference-dot", r=6, **slot(slots, "reference-dot")),
        slot_text(slots, "reference-name", class_="mid soft", x=CENTER_X, y=HEIGHT - 8),
        svg.tag("circle", class_="ring-hit", cx=CENTER_X, cy=CENTER_Y, r=RADIUS, data_drag="turn"),
        svg.tag("line", class_="needle", **slot(slots, "needle")),
        svg.tag("circle", class_="handle", r=10, data_drag="turn", **slot(slots, "handle")),
        svg.text("고른 번호", class_="mid soft", x=CENTER_X, y=CENTER_Y - 6),
        slot_text(slots, "number", class_="mid strong", x=CENTER_X, y=CENTER_Y + 14),
    ])  # fmt: skip


def _guide(seq: int, y: float) -> str:
    x, edge = _on_circle(seq, RADIUS + 9)
    return svg.tag("line", class_="guide", x1=x, y1=edge, x2=LEFT, y2=y)


def _quarter(seq: int, text: str) -> str:
    (x1, y1), (x2, y2), (x, y) = (_on_circle(seq, RADIUS - part) for part in (-8.0, 8.0, 46.0))
    return svg.tag("line", class_="axis", x1=x1, y1=y1, x2=x2, y2=y2) + svg.text(text, class_="mid soft", x=x, y=y + 5)


# 돋보기 -------------------------------------------------------------------


def _lens(slots: Slots, lens: Lens) -> str:
    width = RIGHT - LEFT
    return "".join([
        svg.tag("rect", class_="lens", x=LEFT, y=58.0, width=width, height=272.0),
        svg.text(f"돋보기: 번호 {size_text(lens.span)}개", class_="title", x=LEFT, y=24.0),
        _lane(_SEND_Y, "보내는 쪽"), _lane(_RECEIVE_Y, "받는 쪽"),
        *(_rect(slots, key, _SEND_Y, inset) for key, inset in (("acked", 11.0), ("usable", 4.0), ("flight", 0.0))),
        *(_rect(slots, key, _RECEIVE_Y, inset) for key, inset in (("received", 11.0), ("window", 4.0))),
        *(_rect(slots, f"block{index}", _RECEIVE_Y, 0.0, "block") for index in range(MAX_BLOCKS)),
        _axis(lens),
        *(_mark(slots, *names, _SEND_Y + _LANE, y) for names, y in zip(_SEND_MARKS, (110.0, 93.0, 76.0), strict=True)),
        *(_mark(slots, *names, _RECEIVE_Y, y) for names, y in zip(_RECEIVE_MARKS, (292.0, 310.0), strict=True)),
        svg.tag("rect", class_="lens-hit", x=LEFT, y=58.0, width=width, height=272.0, data_drag="lens"),
    ])  # fmt: skip


def _lane(y: float, name: str) -> str:
    return svg.tag("rect", class_="lane-base", x=LEFT, y=y, width=RIGHT - LEFT, height=_LANE) + svg.text(
        name, class_="lane-name", x=RIGHT - 6, y=y + 22
    )


def _rect(slots: Slots, key: str, y: float, inset: float, kind: str = "") -> str:
    return svg.tag("rect", class_=f"band {kind or key}", y=y + inset, height=_LANE - 2 * inset, **slot(slots, key))


def _mark(slots: Slots, key: str, name: str, start: float, end: float) -> str:
    """번호를 가리키는 선과 이름. 이름은 서로 다른 높이에 있어 번호가 가까워도 겹치지 않는다."""
    return svg.tag(
        "g", svg.tag("line", class_="mark", x1=0, x2=0, y1=start, y2=end - (12.0 if end > start else -3.0)),
        svg.text(name, class_="mark-text", y=end + 1, **slot(slots, f"{key}-name")), class_=f"pointer {key}",
        **slot(slots, key),
    )  # fmt: skip


def _axis(lens: Lens) -> str:
    """눈금. 2의 거듭제곱마다 찍으므로 0에서 한 바퀴가 끝나는 곳도 눈금이다."""
    step = max(1, lens.span // 4)
    parts = [svg.tag("line", class_="axis", x1=LEFT, x2=RIGHT, y1=_AXIS_Y, y2=_AXIS_Y)]
    tick = -(-lens.start // step) * step
    while tick <= lens.start + lens.span:
        x = lens.x(wrap(tick, 0))
        parts.append(svg.tag("line", class_="axis", x1=x, x2=x, y1=_AXIS_Y - 6, y2=_AXIS_Y + 6))
        number = str(wrap(tick, 0))
        parts.append(svg.text(number, class_="tick-text", x=_inside(x, len(number) * 4.2), y=_AXIS_Y + 23))
        if wrap(tick, 0) == 0:
            parts.append(svg.tag("line", class_="seam", x1=x, x2=x, y1=58.0, y2=330.0))
            parts.append(svg.text("2³²−1 다음은 0", class_="seam-text", x=_inside(x, 52), y=52.0))
        tick += step
    return "".join(parts)


def _inside(x: float, margin: float) -> float:
    return min(max(x, LEFT + margin), RIGHT - margin)


def _chosen(slots: Slots) -> str:
    return svg.tag(
        "g", svg.tag("line", class_="needle", x1=0, x2=0, y1=58, y2=338),
        svg.tag("circle", class_="handle", cx=0, cy=340, r=10, data_drag="lens"),
        slot_text(slots, "point-text", class_="mid strong", y=372), **slot(slots, "point"),
    ) + slot_text(slots, "outside", class_="outside-text", y=356)  # fmt: skip


def static_svg(slots: Slots, lens: Lens, title: str, caption: str) -> str:
    """저장된 노트북에 남는 그림."""
    body = "".join([
        svg.text(title, class_="title", x=16.0, y=26.0), svg.text(caption, class_="caption", x=16.0, y=50.0),
        svg.tag("g", drawing(lens, slots), transform="translate(0 58)"),
    ])  # fmt: skip
    body = svg.tag("g", body, class_="framed seqring")
    return svg.standalone(body, WIDTH, HEIGHT + 58, title, "shared", "player", "ring")


def size_text(count: int) -> str:
    """2의 거듭제곱은 짧게.

    >>> size_text(64), size_text(1 << 20), size_text(1 << 28)
    ('64', '1Mi', '256Mi')
    """
    for shift, unit in ((20, "Mi"), (10, "Ki")):
        if count >= 1 << shift and count % (1 << shift) == 0:
            return f"{count >> shift}{unit}"
    return str(count)
