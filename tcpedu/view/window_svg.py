"""흐름 제어의 그림: 송신 버퍼와 수신 버퍼의 띠, 윈도우와 나가 있는 것의 시간 그래프."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tcpedu.network.analysis import Mark
from tcpedu.network.flow_control import Moment

from . import svg
from .frames import Slots, slot, span
from .words import display_width, duration

WIDTH, HEIGHT = 900.0, 428.0
LEFT, RIGHT = 16.0, 884.0
CHART_LEFT, CHART_TOP, CHART_BOTTOM = 84.0, 298.0, 398.0
MAX_BLOCKS = 4
_SEND_Y, _RECEIVE_Y, _LANE = 34.0, 162.0, 38.0
_EVENTS = {Mark.ZERO_WINDOW_PROBE: "탐침", Mark.WINDOW_UPDATE: "갱신"}
_EMPTY = {"x": LEFT, "width": 0.0}


@dataclass(frozen=True)
class Scale:
    """자리와 시각을 그림의 가로로. `bytes`는 띠에 담는 바이트 수, 시각은 그래프의 양 끝이다."""

    bytes: int
    start: float
    end: float
    top: int  # 그래프의 가장 큰 값

    def place(self, position: float) -> float:
        """스트림의 자리."""
        return LEFT + position / self.bytes * (RIGHT - LEFT)

    def time(self, at: float) -> float:
        """시각."""
        return CHART_LEFT + (at - self.start) / (self.end - self.start or 1.0) * (RIGHT - CHART_LEFT)

    def height(self, count: float) -> float:
        """그래프의 높이."""
        return CHART_BOTTOM - count / self.top * (CHART_BOTTOM - CHART_TOP)


def scale_for(moments: Sequence[Moment]) -> Scale:
    """모든 순간이 들어가는 눈금."""
    most = max(max(at.receiver.receive_edge, at.sender.send_edge, at.sender.written) for at in moments)
    top = max(max(at.sender.snd_wnd, at.sender.flight) for at in moments)
    return Scale(max(1, most), moments[0].time, moments[-1].time, max(1, top))


def strip_slots(at: Moment, scale: Scale) -> Slots:
    """한 순간의 두 띠와 그래프의 지금."""
    sender, receiver = at.sender, at.receiver
    usable_from = max(sender.sent, sender.acked)
    slots: Slots = {
        "acked": _band(scale, 0, sender.acked), "flight": _band(scale, sender.acked, sender.sent),
        "usable": _band(scale, usable_from, sender.send_edge),
        "outside": _band(scale, max(usable_from, sender.send_edge), sender.written),
        "una": _pointer(scale, sender.acked), "nxt": _pointer(scale, sender.sent),
        "edge": _pointer(scale, sender.send_edge),
        "read": _band(scale, 0, receiver.consumed), "unread": _band(scale, receiver.consumed, receiver.received),
        "free": _band(scale, receiver.received, receiver.receive_edge),
        "app": _pointer(scale, receiver.consumed), "rcv": _pointer(scale, receiver.received),
        "rcv-edge": _pointer(scale, receiver.receive_edge),
        **_names(scale, {"una": sender.acked, "nxt": sender.sent, "edge": sender.send_edge}),
        **_names(scale, {"app": receiver.consumed, "rcv": receiver.received, "rcv-edge": receiver.receive_edge}),
        "playhead": {"x1": round(scale.time(at.time), 1), "x2": round(scale.time(at.time), 1)},
        "shut": {"visibility": "hidden" if sender.snd_wnd else "visible"},
    }  # fmt: skip
    waiting = receiver.waiting
    for index in range(MAX_BLOCKS):
        slots[f"block{index}"] = _band(scale, *waiting[index]) if index < len(waiting) else dict(_EMPTY)
    return slots


def _band(scale: Scale, start: int, end: int) -> dict[str, float]:
    return span(scale.place(start), scale.place(end), LEFT, RIGHT)


def _pointer(scale: Scale, position: int) -> dict[str, str]:
    return {"transform": f"translate({scale.place(position):.1f} 0)"}


def _names(scale: Scale, places: dict[str, int]) -> Slots:
    """이름은 선의 오른쪽에 적고, 그림의 오른쪽 끝에서는 왼쪽에 적는다."""
    left = {"x": -5, "text-anchor": "end"}
    right = {"x": 5, "text-anchor": "start"}
    return {f"{key}-name": left if scale.place(place) > RIGHT - 140 else right for key, place in places.items()}


def drawing(moments: Sequence[Moment], scale: Scale, slots: Slots | None = None) -> str:
    """그림의 몸통. `slots`가 없으면 자리를 비워 둔다."""
    slots = slots or {}
    return "".join([_sender(slots), _receiver(slots), _chart(moments, scale), _playhead(slots)])


# 띠 -----------------------------------------------------------------------


def _sender(slots: Slots) -> str:
    bands = (("acked", 13.0), ("outside", 9.0), ("usable", 4.0), ("flight", 0.0))
    marks = (("una", "SND.UNA", 1), ("nxt", "SND.NXT", 2), ("edge", "SND.UNA+SND.WND", 3))
    return "".join([
        svg.text("보내는 쪽", class_="lane-title", x=LEFT, y=20.0),
        svg.text("✕ 제로 윈도우: 보낼 수 없음", class_="shut", x=LEFT + 76, y=20.0, **slot(slots, "shut")),
        _lane(_SEND_Y), *(_rect(slots, key, _SEND_Y, inset) for key, inset in bands),
        *(_mark(slots, key, name, _SEND_Y, row) for key, name, row in marks),
    ])  # fmt: skip


def _receiver(slots: Slots) -> str:
    bands = (("read", 13.0), ("free", 4.0), ("unread", 0.0))
    marks = (("app", "응용이 읽은 곳", 1), ("rcv", "RCV.NXT", 2), ("rcv-edge", "알린 오른쪽 끝", 3))
    return "".join([
        svg.text("받는 쪽", class_="lane-title", x=LEFT, y=_RECEIVE_Y - 10),
        _lane(_RECEIVE_Y), *(_rect(slots, key, _RECEIVE_Y, inset) for key, inset in bands),
        *(_rect(slots, f"block{index}", _RECEIVE_Y, 0.0, "block") for index in range(MAX_BLOCKS)),
        *(_mark(slots, key, name, _RECEIVE_Y, row) for key, name, row in marks),
    ])  # fmt: skip


def _lane(y: float) -> str:
    return svg.tag("rect", class_="lane-base", x=LEFT, y=y, width=RIGHT - LEFT, height=_LANE)


def _rect(slots: Slots, key: str, y: float, inset: float, kind: str = "") -> str:
    return svg.tag("rect", class_=f"band {kind or key}", y=y + inset, height=_LANE - 2 * inset, **slot(slots, key))


def _mark(slots: Slots, key: str, name: str, y: float, row: int) -> str:
    """띠 아래로 내린 선과 이름. 줄이 달라 자리가 같아도 겹치지 않는다."""
    bottom = y + _LANE + 4 + 18.5 * row
    return svg.tag(
        "g", svg.tag("line", class_="mark", x1=0, x2=0, y1=y - 4, y2=bottom - 2),
        svg.text(name, class_="mark-text", y=bottom, **slot(slots, f"{key}-name")),
        class_=f"pointer {key}", **slot(slots, key),
    )  # fmt: skip


# 그래프 -------------------------------------------------------------------


def _chart(moments: Sequence[Moment], scale: Scale) -> str:
    window = _steps(moments, scale, lambda at: at.sender.snd_wnd)
    path = _steps(moments, scale, lambda at: at.sender.flight)
    floor = f"L{RIGHT:g} {CHART_BOTTOM:g}L{CHART_LEFT:g} {CHART_BOTTOM:g}Z"
    return "".join([
        svg.text("시간에 따라", class_="lane-title", x=LEFT, y=CHART_TOP - 14),
        *_shut(moments, scale),
        svg.tag("path", class_="chart-flight", d=path + floor), svg.tag("path", class_="chart-window", d=window),
        svg.tag("line", class_="axis", x1=CHART_LEFT, x2=RIGHT, y1=CHART_BOTTOM, y2=CHART_BOTTOM),
        svg.text(str(scale.top), class_="scale-text", x=CHART_LEFT - 6, y=CHART_TOP + 5),
        svg.text("0", class_="scale-text", x=CHART_LEFT - 6, y=CHART_BOTTOM + 5),
        *_times(scale), *_events(moments, scale),
    ])  # fmt: skip


def _steps(moments: Sequence[Moment], scale: Scale, of: Callable[[Moment], int]) -> str:
    """다음 순간까지 값이 그대로인 계단. 바뀐 곳만 적는다."""
    path, last = "", -1
    for at in moments:
        if of(at) != last:
            x, y = scale.time(at.time), scale.height(of(at))
            path += f"H{x:.1f}V{y:.1f}" if path else f"M{x:.1f} {y:.1f}"
            last = of(at)
    return path + f"H{RIGHT:g}"


def _shut(moments: Sequence[Moment], scale: Scale) -> list[str]:
    """윈도우가 0인 동안."""
    boxes, since = [], None
    for at in [*moments, None]:
        closed = at is not None and at.sender.snd_wnd == 0
        if closed and since is None and at is not None:
            since = at.time
        elif not closed and since is not None:
            x, right = scale.time(since), scale.time(at.time if at else scale.end)
            size = {"width": max(1.0, right - x), "height": CHART_BOTTOM - CHART_TOP}
            boxes.append(svg.tag("rect", class_="closed", x=x, y=CHART_TOP, **size))
            if right - x > 90:
                boxes.append(svg.text("제로 윈도우", class_="mid soft", x=(x + right) / 2, y=CHART_TOP + 54))
            since = None
    return boxes


def _times(scale: Scale) -> list[str]:
    parts = []
    for quarter in range(5):
        at = scale.start + (scale.end - scale.start) * quarter / 4
        x = scale.time(at)
        anchor = ("start", "middle", "middle", "middle", "end")[quarter]
        parts.append(svg.tag("line", class_="axis", x1=x, x2=x, y1=CHART_BOTTOM, y2=CHART_BOTTOM + 5))
        parts.append(svg.text(duration(at), class_="time-text", x=x, y=CHART_BOTTOM + 22, text_anchor=anchor))
    return parts


def _events(moments: Sequence[Moment], scale: Scale) -> list[str]:
    """탐침과 윈도우 갱신. 글이 겹치면 표시만 남긴다."""
    parts, free = [], 0.0
    for at in moments:
        for mark, word in _EVENTS.items():
            if mark not in at.marks:
                continue
            x = scale.time(at.time)
            shape = "M-5 -10L5 -10L0 0Z" if mark is Mark.ZERO_WINDOW_PROBE else "M0 -10L5 -5L0 0L-5 -5Z"
            parts.append(svg.tag("path", class_="event", d=shape, transform=f"translate({x:.1f} {CHART_TOP - 4:g})"))
            width = display_width(word) * 7.4
            if x - width / 2 > free:
                parts.append(svg.text(word, class_="mid soft", x=x, y=CHART_TOP - 18))
                free = x + width / 2 + 4
    return parts


def _playhead(slots: Slots) -> str:
    size = {"width": RIGHT - CHART_LEFT, "height": CHART_BOTTOM - CHART_TOP + 40}
    return "".join([
        svg.tag("line", class_="now-line", y1=CHART_TOP - 6, y2=CHART_BOTTOM + 4, **slot(slots, "playhead")),
        svg.tag("rect", class_="chart-hit", x=CHART_LEFT, y=CHART_TOP - 30, **size),
    ])  # fmt: skip


def static_svg(moments: Sequence[Moment], scale: Scale, slots: Slots, title: str, caption: str) -> str:
    """저장된 노트북에 남는 그림."""
    body = "".join([
        svg.text(title, class_="title", x=16.0, y=26.0), svg.text(caption, class_="caption", x=16.0, y=50.0),
        svg.tag("g", drawing(moments, scale, slots), transform="translate(0 62)"),
    ])  # fmt: skip
    body = svg.tag("g", body, class_="framed winview")
    return svg.standalone(body, WIDTH, HEIGHT + 62, title, "shared", "player", "window")
