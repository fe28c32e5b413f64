"""SYN 플러드의 그림: 반열림 연결의 표, 시간에 따른 반열림 수, 정직한 클라이언트, 공격 SYN의 처리."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import ceil

from tcpedu.network.syn_flood import Fate, FloodRun
from tcpedu.protocol.syn_backlog import Decision

from . import svg
from .chart_svg import thin

WIDTH = 860
_LEFT, _RIGHT = 142.0, 840.0
_COLUMNS = 33
_CELL = 25.0  # 자리 하나가 차지하는 너비와 높이
_TABLE_TOP = 34.0
_CHART = 110.0
_ROW = 26.0
_ROWS = {Decision.ACCEPT: "기억함", Decision.COOKIE: "쿠키로 답함", Decision.DROP: "버림"}
_HONEST = ("정직한 SYN", "정직: 들어감", "정직: 포기함")
_TRIES = {Decision.ACCEPT: "●", Decision.COOKIE: "◆", Decision.DROP: "✕"}
_FATES = {Fate.SERVED: ("●", "accept", 1), Fate.BY_COOKIE: ("◆", "cookie", 1), Fate.GAVE_UP: ("▼", "gave-up", 2)}


@dataclass(frozen=True)
class FloodPlan:
    """그림의 자리들. `places`는 표에 그릴 자리의 수, `room`은 그 가운데 처음 보는 상대가 쓸 수 있는 수다."""

    run: FloodRun

    @property
    def room(self) -> int:
        """처음 보는 상대가 쓸 수 있는 자리."""
        return self.run.settings.make_backlog().room

    @property
    def places(self) -> int:
        """표에 그릴 자리."""
        return self.run.settings.backlog + 1

    @property
    def top(self) -> float:
        """시간 축이 있는 그림들의 위."""
        return _TABLE_TOP + ceil(self.places / _COLUMNS) * _CELL + 34

    @property
    def bottom(self) -> float:
        """시간 축이 있는 그림들의 아래."""
        return self.top + _CHART + 24 + _ROW * 6 + 6

    @property
    def height(self) -> float:
        """그림 전체의 높이."""
        return self.bottom + 30

    def x(self, time: float) -> float:
        """시각의 가로 자리."""
        return _LEFT + (_RIGHT - _LEFT) * time / self.run.settings.end

    def y(self, size: float) -> float:
        """반열림 수의 세로 자리."""
        return self.top + _CHART * (1 - size / self.places)


def flood_body(plan: FloodPlan, at: float | None = None) -> str:
    """그림의 몸통. `at`을 주면 표를 그 시각의 것으로 채운다. 주지 않으면 화면이 채운다."""
    head = svg.tag("line", class_="playhead", x1=0.0, x2=0.0, y1=plan.top - 6, y2=plan.bottom,
                   transform=f"translate({plan.x(at or 0.0):.1f} 0)")  # fmt: skip
    parts = _table(plan, at), _flood_span(plan), _sizes(plan), _clients(plan), _attack_rows(plan), _axis(plan)
    return "".join(parts) + head


def static_svg(run: FloodRun, title: str, at: float) -> str:
    """저장된 노트북에 남는 그림: 시각 `at`의 표."""
    plan = FloodPlan(run)
    heading = svg.text(title, class_="title", x=16.0, y=26.0)
    body = heading + svg.tag("g", flood_body(plan, at), class_="flood-picture", transform="translate(0 34)")
    return svg.standalone(body, WIDTH, plan.height + 34, title, "shared", "syn_backlog")


def _table(plan: FloodPlan, at: float | None) -> str:
    used = {} if at is None else plan.run.places_at(at)
    note = f"자리 {plan.places}개"
    if plan.room < plan.places:
        note += f", 처음 보는 상대는 {plan.room}개까지"
    parts = [svg.text(f"반열림 연결의 표: {note}", class_="heading", x=16.0, y=20.0)]
    parts.append(svg.text("✕ 속인 SYN  ● 정직한 클라이언트  ╱ 못 쓰는 자리", class_="key", x=_RIGHT, y=20.0))
    for place in range(plan.places):
        kind = "free" if place not in used else "attack" if used[place].attacker else "honest"
        x, y = 16 + place % _COLUMNS * _CELL, _TABLE_TOP + place // _COLUMNS * _CELL
        parts.append(
            svg.tag(
                "g",
                svg.tag("rect", x=x, y=y, width=_CELL - 3, height=_CELL - 3, rx=4),
                svg.tag("path", class_="hatch", d=f"M{x + 3:.1f} {y + 18:.1f} l18 -15"),
                svg.text("✕", class_="x", x=x + _CELL / 2 - 1.5, y=y + 16.0),
                svg.text("●", class_="o", x=x + _CELL / 2 - 1.5, y=y + 16.0),
                class_=f"slot {kind}" + (" shut" if place >= plan.room else ""),
            )
        )
    return svg.tag("g", *parts)


def _flood_span(plan: FloodPlan) -> str:
    settings = plan.run.settings
    if not settings.flood:
        return ""
    x1, x2 = plan.x(settings.start), plan.x(settings.stop)
    return svg.tag(
        "rect", class_="flood", x=x1, y=plan.top, width=x2 - x1, height=plan.bottom - plan.top
    ) + svg.text(f"SYN 플러드: 1초에 {settings.flood:g}개", class_="flood-text", x=(x1 + x2) / 2, y=plan.top - 8)


def _sizes(plan: FloodPlan) -> str:
    end = plan.run.settings.end
    sizes = thin([*plan.run.sizes, (end, plan.run.sizes[-1][1])], int(_RIGHT - _LEFT), 0.0, end)
    # 다음에 바뀔 때까지 수는 그대로다: 가로로 간 다음 세로로 간다.
    path = "".join(f"H{plan.x(time):.1f}V{plan.y(size):.1f}" for time, size in sizes)
    base, limit = plan.top + _CHART, plan.y(plan.room)
    parts = [
        svg.tag("line", class_="axis", x1=_LEFT, x2=_RIGHT, y1=base, y2=base),
        svg.tag("path", class_="size", d=f"M{_LEFT} {plan.y(0):.1f}{path}"),
        svg.text("반열림 수", class_="row-name", x=16.0, y=plan.top + _CHART / 2),
        svg.text("0", class_="tick-y", x=_LEFT - 8, y=base + 4),
    ]
    if plan.room:
        parts += [
            svg.tag("line", class_="limit", x1=_LEFT, x2=_RIGHT, y1=limit, y2=limit),
            svg.text(f"한도 {plan.room}", class_="tick-y", x=_LEFT - 8, y=limit + 4),
        ]
    return svg.tag("g", *parts)


def _row_y(plan: FloodPlan, row: int) -> float:
    return plan.top + _CHART + 24 + _ROW * row


def _clients(plan: FloodPlan) -> str:
    """정직한 클라이언트: 첫 줄은 SYN을 어떻게 했는지, 다음 두 줄은 어떻게 되었는지."""
    end, top = plan.run.settings.end, _row_y(plan, 0) + 17
    parts = [svg.text(name, class_="row-name", x=16.0, y=top + _ROW * row) for row, name in enumerate(_HONEST)]
    for client in plan.run.clients:
        parts += [
            svg.text(_TRIES[kind], class_=f"try {kind.name.lower()}", x=plan.x(time), y=top)
            for time, kind in client.tries
        ]
        if client.settled is not None and client.settled <= end:
            sign, look, row = _FATES[client.fate]
            parts.append(svg.text(sign, class_=f"try {look}", x=plan.x(client.settled), y=top + _ROW * row))
    return svg.tag("g", *parts)


def _attack_rows(plan: FloodPlan) -> str:
    """1초마다 공격의 SYN을 어떻게 했는지. 한 줄에 하나씩, 높이가 수다."""
    seconds = {decision: Counter[int]() for decision in _ROWS}
    for time, attacker, decision in plan.run.syns:
        if attacker:
            seconds[decision][int(time)] += 1
    most = max((max(counter.values(), default=0) for counter in seconds.values()), default=0) or 1
    parts = []
    for row, (decision, name) in enumerate(_ROWS.items(), 3):
        base = _row_y(plan, row) + _ROW - 3
        parts.append(svg.text(f"공격: {name}", class_="row-name", x=16.0, y=base - 5))
        parts.append(svg.tag("line", class_="axis", x1=_LEFT, x2=_RIGHT, y1=base, y2=base))
        for second, many in sorted(seconds[decision].items()):
            tall = (_ROW - 5) * many / most
            parts.append(svg.tag("rect", class_=f"bar-{decision.name.lower()}", x=plan.x(second) + 1, y=base - tall,
                                 width=plan.x(1) - plan.x(0) - 2, height=tall))  # fmt: skip
    return svg.tag("g", *parts)


def _axis(plan: FloodPlan) -> str:
    end = plan.run.settings.end
    step = next(step for step in (1, 2, 5, 10, 20, 60, 600, end) if end / step <= 12)
    times = [index * step for index in range(int(end / step) + 1)]
    ticks = [svg.text(f"{time:g}초", class_="tick-x", x=plan.x(time), y=plan.bottom + 16) for time in times]
    return svg.tag("g", svg.tag("line", class_="axis", x1=_LEFT, x2=_RIGHT, y1=plan.bottom, y2=plan.bottom), *ticks)
