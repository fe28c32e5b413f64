"""11개 상태의 그림 한 장: 자리는 언제나 같고, 화살표는 모두 전이 표(`TRANSITIONS`)에서 나온다 (RFC 9293 §3.3.2).

한 걸음마다 바뀌는 그림이라 mermaid로는 늦다. 제자리에 머무는 전이와 곧바로 CLOSED로 가는 전이(RST, ABORT, 사용자
타임아웃)까지 선으로 그리면 읽을 수 없으므로, 상태의 모서리에 ↻와 ✕로 붙인다.
강의: lessons/06_state_diagram.ipynb
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from math import atan2, cos, sin

from tcpedu.protocol.state import SECTIONS, TRANSITIONS, Action, Event, State

from . import svg

WIDTH, HEIGHT = 696.0, 566.0
_HALF_WIDTH, _HALF_HEIGHT = 66.0, 19.0
_L, _C, _R = 140, 345, 550  # 왼쪽, 가운데, 오른쪽 세로줄
_S = State
Point = tuple[float, float]
_Row = tuple[State, Event]

_PLACES: dict[State, Point] = {
    _S.CLOSED: (_C, 34), _S.LISTEN: (_C, 124), _S.SYN_RCVD: (_L, 214), _S.SYN_SENT: (_R, 214),
    _S.ESTABLISHED: (_C, 304), _S.FIN_WAIT_1: (_L, 404), _S.CLOSING: (_C, 404), _S.CLOSE_WAIT: (_R, 404),
    _S.FIN_WAIT_2: (_L, 504), _S.TIME_WAIT: (_C, 504), _S.LAST_ACK: (_R, 504),
}  # fmt: skip
# (떠나는 상태, 가는 상태): 꺾은선, 글의 자리와 맞춤
_PATHS: dict[tuple[State, State], tuple[tuple[Point, ...], Point, str]] = {
    (_S.CLOSED, _S.LISTEN): (((_C - 14, 53), (_C - 14, 105)), (_C - 21, 84), "end"),
    (_S.LISTEN, _S.CLOSED): (((_C + 14, 105), (_C + 14, 53)), (_C + 21, 84), "start"),
    (_S.CLOSED, _S.SYN_SENT): (((_C + 66, 46), (_R - 20, 46), (_R - 20, 195)), (_R - 27, 112), "end"),
    (_S.SYN_SENT, _S.CLOSED): (((_R + 30, 195), (_R + 30, 38), (_C + 66, 38)), (_R + 37, 92), "start"),
    (_S.LISTEN, _S.SYN_RCVD): (((_C - 66, 118), (_L, 195)), (_L + 66, 150), "end"),
    (_S.SYN_RCVD, _S.LISTEN): (((_L + 34, 195), (_C - 50, 143)), (_L + 104, 186), "start"),
    (_S.LISTEN, _S.SYN_SENT): (((_C + 58, 143), (_R - 50, 195)), (_R - 104, 188), "end"),
    (_S.SYN_SENT, _S.SYN_RCVD): (((_R - 66, 218), (_L + 66, 218)), (_C, 212), "middle"),
    (_S.SYN_RCVD, _S.ESTABLISHED): (((_L + 34, 233), (_C - 50, 285)), (_L + 110, 252), "start"),
    (_S.SYN_SENT, _S.ESTABLISHED): (((_R - 34, 233), (_C + 34, 285)), (_R - 92, 276), "start"),
    (_S.SYN_RCVD, _S.FIN_WAIT_1): (((_L - 30, 233), (_L - 30, 385)), (_L - 36, 312), "end"),
    (_S.SYN_RCVD, _S.CLOSE_WAIT): (
        ((_L + 8, 233), (_L + 8, 350), (_R - 20, 350), (_R - 20, 385)), (_C, 345), "middle",
    ),
    (_S.ESTABLISHED, _S.FIN_WAIT_1): (((_C - 40, 323), (_L + 34, 385)), (_L + 96, 376), "start"),
    (_S.ESTABLISHED, _S.CLOSE_WAIT): (((_C + 26, 323), (_R - 40, 385)), (_R - 74, 384), "end"),
    (_S.FIN_WAIT_1, _S.FIN_WAIT_2): (((_L - 10, 423), (_L - 10, 485)), (_L - 17, 458), "end"),
    (_S.FIN_WAIT_1, _S.CLOSING): (((_L + 66, 408), (_C - 66, 408)), (_L + 101, 402), "middle"),
    (_S.FIN_WAIT_1, _S.TIME_WAIT): (((_L + 26, 423), (_C - 50, 485)), (_L + 96, 450), "start"),
    (_S.FIN_WAIT_2, _S.TIME_WAIT): (((_L + 66, 508), (_C - 66, 508)), (_L + 102, 502), "middle"),
    (_S.CLOSING, _S.TIME_WAIT): (((_C + 14, 423), (_C + 14, 485)), (_C + 21, 458), "start"),
    (_S.CLOSE_WAIT, _S.LAST_ACK): (((_R, 423), (_R, 485)), (_R + 7, 458), "start"),
    (_S.LAST_ACK, _S.CLOSED): (
        ((_R + 66, 508), (_R + 118, 508), (_R + 118, 30), (_C + 66, 30)), (_R + 93, 502), "middle",
    ),
    (_S.TIME_WAIT, _S.CLOSED): (
        ((_C, 523), (_C, 550), (_R + 136, 550), (_R + 136, 22), (_C + 66, 22)), (_C + 200, 544), "middle",
    ),
}  # fmt: skip
# 클라이언트의 한살이와 서버의 한살이만 그린 흔한 그림에 있는 것
SIMPLE = frozenset({
    (_S.CLOSED, Event.OPEN_PASSIVE), (_S.CLOSED, Event.OPEN_ACTIVE), (_S.LISTEN, Event.RCV_SYN),
    (_S.SYN_SENT, Event.RCV_SYN_ACK), (_S.SYN_RCVD, Event.RCV_ACK), (_S.ESTABLISHED, Event.CLOSE),
    (_S.ESTABLISHED, Event.RCV_FIN), (_S.FIN_WAIT_1, Event.RCV_ACK), (_S.FIN_WAIT_2, Event.RCV_FIN),
    (_S.CLOSE_WAIT, Event.CLOSE), (_S.LAST_ACK, Event.RCV_ACK), (_S.TIME_WAIT, Event.TIMEOUT_2MSL),
})  # fmt: skip
# 그런 그림이 빼는 선들의 이름
NAMES: dict[tuple[State, State], str] = {
    (_S.LISTEN, _S.CLOSED): "듣기를 그만둠",
    (_S.SYN_SENT, _S.CLOSED): "열기를 포기",
    (_S.SYN_RCVD, _S.LISTEN): "다시 듣기",
    (_S.LISTEN, _S.SYN_SENT): "듣다가 먼저 열기",
    (_S.SYN_SENT, _S.SYN_RCVD): "동시 개방",
    (_S.SYN_RCVD, _S.FIN_WAIT_1): "일찍 닫기",
    (_S.SYN_RCVD, _S.CLOSE_WAIT): "열리자마자 온 FIN",
    (_S.FIN_WAIT_1, _S.CLOSING): "동시에 닫기",
    (_S.CLOSING, _S.TIME_WAIT): "동시에 닫기",
    (_S.FIN_WAIT_1, _S.TIME_WAIT): "세 세그먼트로 닫기",
}
_ABRUPT = (Event.RCV_RST, Event.RCV_RST_ACTIVE, Event.ABORT, Event.USER_TIMEOUT)
# 여는 중에 그만두는 선은 그려 둔다. 열린 뒤에 끊기는 것은 ✕다.
_GIVEN_UP = ((_S.LISTEN, _S.CLOSED), (_S.SYN_SENT, _S.CLOSED), (_S.SYN_RCVD, _S.LISTEN))
_SHORT = {
    Event.OPEN_PASSIVE: "수동 개방", Event.OPEN_ACTIVE: "능동 개방", Event.SEND: "SEND", Event.CLOSE: "CLOSE",
    Event.ABORT: "ABORT", Event.RCV_SYN: "SYN", Event.RCV_SYN_ACK: "SYN,ACK", Event.RCV_ACK: "ACK",
    Event.RCV_FIN: "FIN", Event.RCV_FIN_ACK: "FIN+ACK", Event.RCV_RST: "RST", Event.RCV_RST_ACTIVE: "RST",
    Event.TIMEOUT_2MSL: "2 MSL 경과", Event.USER_TIMEOUT: "타임아웃",
}  # fmt: skip
_BADGES = {"@": ("↻", -_HALF_HEIGHT), "!": ("✕", _HALF_HEIGHT)}
LEGEND = (
    "선 위의 글은 ‘일어난 일 / 보내는 것’입니다. ↻는 상태가 그대로인 전이,"
    " ✕는 RST·ABORT·사용자 타임아웃으로 곧바로 CLOSED가 되는 전이입니다."
)


def mark(old: State, event: Event) -> str:
    """이 줄이 그림의 어디인지 가리키는 이름: 선 `옛>새`, 제자리 `옛@`, 곧바로 CLOSED `옛!`."""
    new = TRANSITIONS[old, event][1]
    if new is old:
        return f"{old.name}@"
    sudden = event in _ABRUPT and (old, new) not in _GIVEN_UP
    return f"{old.name}!" if sudden else f"{old.name}>{new.name}"


def state_map(
    here: Mapping[str, State] | None = None, last: Iterable[str] = (), *, textbook: bool = False, title: str = ""
) -> str:
    """그림의 몸통. `here`는 {"A": 상태, "B": 상태}, `last`는 방금 따른 줄의 이름(`mark`)들이다.

    `textbook`이면 흔한 교과서 그림에 없는 것을 점선으로 그리고 이름을 붙인다.
    """
    marked, groups = set(last), _grouped()
    parts = [_edge(name, rows, name in marked) for name, rows in groups.items() if ">" in name]
    parts += [_node(state, state in (here or {}).values()) for state in State]
    parts += [_badge(name, rows, name in marked) for name, rows in groups.items() if ">" not in name]
    parts += [token(end, state) for end, state in (here or {}).items()]
    kind = "state-map textbook" if textbook else "state-map"
    return svg.tag("g", *([svg.tag("title", escape(title))] if title else []), *parts, class_=kind)


def token(end: str, state: State) -> str:
    """지금의 상태를 가리키는 말: A는 동그라미, B는 네모."""
    (x, y), dy = _PLACES[state], -10.0 if end == "A" else 10.0
    shape = (
        svg.tag("circle", cx=0, cy=0, r=11)
        if end == "A"
        else svg.tag("rect", x=-10.5, y=-10.5, width=21, height=21, rx=3)
    )
    return svg.tag(
        "g", shape, svg.text(end, x=0, y=5), class_=f"token token-{end.lower()}", data_end=end, data_dy=dy,
        transform=f"translate({x - _HALF_WIDTH:g} {y + dy:g})",
    )  # fmt: skip


def places() -> dict[str, Point]:
    """상태의 이름 → 말을 놓을 자리."""
    return {state.name: (x - _HALF_WIDTH, y) for state, (x, y) in _PLACES.items()}


def _grouped() -> dict[str, list[_Row]]:
    groups: dict[str, list[_Row]] = {}
    for row in TRANSITIONS:
        groups.setdefault(mark(*row), []).append(row)
    return groups


def _node(state: State, here: bool) -> str:
    x, y = _PLACES[state]
    return svg.tag(
        "g",
        svg.tag("title", escape(f"{state.name}: {state.korean}")),
        svg.tag("rect", x=x - _HALF_WIDTH, y=y - _HALF_HEIGHT, width=2 * _HALF_WIDTH, height=2 * _HALF_HEIGHT, rx=8),
        svg.text(state.name, x=x, y=y + 5),
        class_="node here" if here else "node", data_state=state.name,
    )  # fmt: skip


def _edge(name: str, rows: list[_Row], last: bool) -> str:
    pair = rows[0][0], TRANSITIONS[rows[0]][1]
    points, (x, y), anchor = _PATHS[pair]
    extra = not SIMPLE.intersection(rows)
    kinds = ["edge", *(["extra"] if extra else []), *(["last"] if last else [])]
    line = "M" + "L".join(f"{px:g} {py:g}" for px, py in points)
    lines = _edge_lines(rows)
    what = [svg.text(line, x=x, y=y + 15.0 * i, text_anchor=anchor, class_="what") for i, line in enumerate(lines)]
    why = [svg.text(NAMES[pair], x=x, y=y, text_anchor=anchor, class_="why")] if extra else []
    return svg.tag(
        "g", svg.tag("title", escape(_rows_text(rows))), svg.tag("path", class_="way", d=line), _tip(*points[-2:]),
        *what, *why, class_=" ".join(kinds), data_mark=name,
    )  # fmt: skip


def _edge_lines(rows: list[_Row]) -> list[str]:
    action = TRANSITIONS[rows[0]][0]
    words = list(dict.fromkeys(_SHORT[event] for _, event in rows))
    if len(words) > 2:
        return words
    return ["·".join(words) + (f" / {action.segment}" if action is not Action.NONE else "")]


def _badge(name: str, rows: list[_Row], last: bool) -> str:
    (x, y), (symbol, dy) = _PLACES[rows[0][0]], _BADGES[name[-1]]
    return svg.tag(
        "g",
        svg.tag("title", escape(_rows_text(rows))),
        svg.tag("circle", cx=x + 56, cy=y + dy, r=8.5),
        svg.text(symbol, x=x + 56, y=y + dy + 4.2),
        class_="badge extra last" if last else "badge extra", data_mark=name,
    )  # fmt: skip


def _rows_text(rows: list[_Row]) -> str:
    return "; ".join(f"{old.name}에서 {event.korean} ({SECTIONS[old, event]})" for old, event in rows)


def _tip(before: Point, end: Point) -> str:
    angle = atan2(end[1] - before[1], end[0] - before[0])
    wings = [(end[0] - 10 * cos(angle + turn), end[1] - 10 * sin(angle + turn)) for turn in (0.4, -0.4)]
    return svg.tag("polygon", class_="tip", points=" ".join(f"{x:.1f},{y:.1f}" for x, y in (end, *wings)))
