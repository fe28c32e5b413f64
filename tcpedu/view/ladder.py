"""사다리 그림(시간–순서 그림)의 자리 잡기: 기록을 받아 어디에 무엇을 그릴지 셈한다.

세로가 시간이다. 시각이 같거나 가까운 일들은 글이 겹치지 않을 만큼 벌리고, 아무 일 없이 긴 시간은 끊어 줄인다.
벌리고 줄여도 시간의 앞뒤는 바뀌지 않는다. 그리는 일은 `ladder_svg.py`가, 움직이는 일은 `widgets/ladder.js`가 한다.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from .boxes import Box, Line, label_box, overlaps
from .labels import Room, place_chips, place_labels
from .story import Skipped, flight, is_again, regular_spans
from .words import display_width, duration, segment_label

FLIGHT = 64.0  # 보통의 편도 시간이 차지하는 높이, 픽셀
NARROW_FLIGHT = 84.0  # 생명선이 가까우면 글이 비킬 자리가 적으므로 더 벌린다
LONGEST = 170.0  # 이보다 긴 조용한 시간은 끊는다
BREAK = 58.0  # 끊은 자리의 높이
SEND_GAP, STATE_GAP, MIXED_GAP = 27.0, 25.0, 16.0  # 같은 쪽에서 이어지는 두 일 사이의 가장 좁은 간격
START = 60.0  # 아직 아무 일도 없는 높이
TOP = 84.0  # 첫 일이 그려지는 높이
LOST_AT = 0.7  # 잃은 세그먼트의 화살표가 끊기는 곳
FONT = 14.0  # 화살표 위의 글자 크기
HALF = 0.57 * FONT  # 로마자 한 글자의 너비
CHIP_LETTER = 8.6  # 이름표에서 로마자 한 글자의 너비


@dataclass
class Arrow:
    """세그먼트 하나: 떠난 점과 닿은 점, 글이 놓일 자리."""

    record: Any
    x1: float
    y1: float
    x2: float
    y2: float
    lost: bool
    label: str
    spot: float = 0.5

    @property
    def waiting(self) -> bool:
        """아직 가는 중인가."""
        return self.record.arrived is None and not self.lost

    @property
    def tip(self) -> tuple[float, float]:
        """눈에 보이는 끝. 잃은 것과 아직 가는 것은 가다가 만다."""
        part = LOST_AT if self.record.arrived is None else 1.0
        return self.x1 + (self.x2 - self.x1) * part, self.y1 + (self.y2 - self.y1) * part

    @property
    def line(self) -> Line:
        """보이는 선분."""
        return (self.x1, self.y1), self.tip

    @cached_property
    def label_width(self) -> float:
        """글의 너비."""
        bold = 1.2 if is_again(self.record) else 1.0
        return display_width(self.label) * HALF * bold

    @property
    def box(self) -> Box:
        """글이 차지하는 기울어진 네모."""
        return self.box_at(self.spot)

    def box_at(self, spot: float) -> Box:
        """글을 `spot`에 놓으면 차지할 네모."""
        (x1, y1), (x2, y2) = self.line
        center = x1 + (x2 - x1) * spot, y1 + (y2 - y1) * spot
        return label_box(center, (x2 - x1, y2 - y1), self.label_width, FONT)

    @property
    def fate_box(self) -> Box:
        """잃은 화살표 끝의 ✕와 '잃음'이 차지하는 네모. 다른 화살표의 글이 여기를 덮지 않아야 한다."""
        (x1, y1), (x, y) = self.line
        run = x - x1
        forward = 17.0 if run >= 0 else -17.0
        # 글 상자는 선 위에 얹히지만 이 글은 선 가운데에 걸린다: 그만큼 내리고, 위아래로 3픽셀씩 비운다.
        center = x + forward, y + forward * ((y - y1) / run if run else 0.0) + 15.0
        return label_box(center, (run, y - y1), 52.0, FONT + 6)


@dataclass
class Chip:
    """상태의 이름표."""

    record: Any
    lane: int
    y: float
    side: int = 1  # 생명선의 왼쪽이면 -1, 오른쪽이면 1
    shift: float = 0.0  # 화살표를 피해 위아래로 비켜 그리는 거리

    def box_at(self, x: float, side: int, shift: float) -> Box:
        """생명선이 `x`일 때 이름표가 차지할 네모."""
        width = len(self.record.new.name) * CHIP_LETTER + 14
        left, top = (x - 14 - width if side < 0 else x + 14), self.y + shift - 10.5
        return (left, top), (left + width, top), (left + width, top + 21), (left, top + 21)


@dataclass
class Pause:
    """줄여 그린 자리: 조용한 시간, 또는 접은 세그먼트들(`text`)."""

    y: float
    seconds: float
    text: str = ""

    @property
    def label(self) -> str:
        """그 자리에 적는 글."""
        return self.text or f"{duration(self.seconds)} 지남"


@dataclass
class Layout:
    """자리를 다 잡은 그림."""

    lanes: list[float]
    names: list[str]
    addresses: list[str]
    width: float
    height: float
    arrows: list[Arrow] = field(default_factory=list)
    chips: list[Chip] = field(default_factory=list)
    pauses: list[Pause] = field(default_factory=list)
    ticks: list[tuple[float, float]] = field(default_factory=list)  # (높이, 시각)
    marks: list[tuple[float, float]] = field(default_factory=list)  # 자리를 준 모든 일의 (시각, 높이)

    def y_at(self, time: float) -> float:
        """그 시각까지의 일이 모두 일어난 높이. 일과 일 사이는 고르게 나눈다."""
        index = bisect_right(self.marks, (time + 1e-9, float("inf")))
        if index == 0:
            return START
        before, y = self.marks[index - 1]
        if index == len(self.marks) or time <= before + 1e-9:
            return y
        after, next_y = self.marks[index]
        return y + (next_y - y) * (time - before) / (after - before)

    def pause_x(self, pause: Pause) -> float:
        """줄인 자리의 글이 놓일 가운데. 접은 구간 위로는 화살표가 지나가므로 왼쪽 여백에 둔다."""
        return self.lanes[0] - 70 if pause.text else (self.lanes[0] + self.lanes[-1]) / 2

    def stops(self) -> list[tuple[float, float]]:
        """한 단계씩 멈출 곳: 떠나고, 닿고, 상태가 바뀌는 (높이, 시각)."""
        found = {(arrow.y1, arrow.record.sent) for arrow in self.arrows}
        found |= {(arrow.y2, arrow.record.arrived) for arrow in self.arrows if arrow.record.arrived is not None}
        found |= {(chip.y, chip.record.time) for chip in self.chips}
        stops: list[tuple[float, float]] = []
        for y, time in sorted(found):
            # 받자마자 보내는 것은 한 단계로 센다.
            if stops and time == stops[-1][1] and y - stops[-1][0] <= MIXED_GAP + 1:
                stops.pop()
            stops.append((y, time))
        return stops


@dataclass
class _Moment:
    """자리를 정할 일 하나. `column`이 같은 일끼리는 `gap`만큼 떨어진다."""

    time: float
    rank: int
    column: tuple[str, str]
    gap: float
    place: Callable[[float], None]
    real: bool = True  # 잃은 세그먼트가 닿았을 시각은 실제로 일어난 일이 아니다.
    fold: Skipped | None = None  # 여기에 접어 둘 세그먼트들


def layout(
    trace: Any, label: Callable[[Any], str] | None = None, *, fold: bool = False, narrow: bool = False
) -> Layout:
    """기록의 모든 세그먼트와 상태에 자리를 준다. `label`은 세그먼트 기록을 화살표의 글로 바꾸는 함수다.

    `fold`면 아무 일 없이 이어지는 세그먼트들을 한 자리로 접고, `narrow`면 두 생명선을 가까이 둔다.
    """
    lanes, width = _lanes(len(trace.hosts), narrow)
    folds = regular_spans(trace) if fold else []
    hidden = {record.number for span in folds for record in span.records}
    plan = Layout(lanes, list(trace.hosts), [trace.addresses.get(name, "") for name in trace.hosts], width, 0.0)
    at = dict(zip(trace.hosts, lanes, strict=True))
    usual = flight(trace)
    moments = [_fold_moment(span) for span in folds]
    for record in trace.segments:
        if record.number in hidden:
            continue
        arrow = Arrow(
            record, at[record.src], 0.0, at[record.dst], 0.0, bool(record.dropped), (label or arrow_label)(record)
        )
        plan.arrows.append(arrow)
        moments += _segment_moments(arrow, usual)
    for change in trace.states:
        chip = Chip(change, plan.names.index(change.host), 0.0)
        plan.chips.append(chip)
        moments.append(_Moment(change.time, 1, ("state", change.host), STATE_GAP, _setter(chip, "y")))
    # 소수 오차로 앞뒤가 바뀌지 않게 나노초까지만 본다.
    moments.sort(key=lambda moment: (round(moment.time, 9), moment.rank))
    bottom = _stack(plan, moments, (NARROW_FLIGHT if narrow else FLIGHT) / usual)
    plan.height = bottom + 34
    taken = [_pause_box(plan, pause) for pause in plan.pauses]
    taken += place_chips(plan.chips, plan.lanes, [arrow.line for arrow in plan.arrows])
    taken += [arrow.fate_box for arrow in plan.arrows if arrow.lost and not arrow.waiting]
    place_labels(plan.arrows, Room(taken, lanes[0], lanes[-1]))
    return plan


def arrow_label(record: Any, *, window: bool = False) -> str:
    """화살표의 글: 번호, 재전송 표시, 플래그와 번호들. `window`면 윈도우 값도."""
    note = f"{record.note} " if record.note else ""
    return f"{record.number} · {note}{segment_label(record.segment, window=window)}"


def _lanes(count: int, narrow: bool) -> tuple[list[float], float]:
    if narrow and count == 2:
        return [188.0, 540.0], 672.0
    # 왼쪽에는 시각과 상태의 이름표가 들어갈 자리를 둔다. 두 호스트면 오른쪽도 그렇다.
    if count <= 2:
        return [196.0, 704.0][:count], 830.0
    return [196.0 + 250.0 * index for index in range(count)], 196.0 + 250.0 * (count - 1) + 130.0


def _setter(target: Any, name: str) -> Callable[[float], None]:
    return lambda y: setattr(target, name, y)


def _segment_moments(arrow: Arrow, usual: float) -> list[_Moment]:
    record = arrow.record
    if record.arrived == record.sent:  # 한 곳에서 잡은 캡처에는 가는 시간이 없다: 한 줄에 하나씩 눕힌다

        def lay(y: float) -> None:
            arrow.y1 = arrow.y2 = y

        return [_Moment(record.sent, 2, ("seen", ""), SEND_GAP, lay)]
    # 잃은 것도 닿았을 자리를 향해 그려야 이웃한 화살표와 나란하다.
    arrived = record.arrived if record.arrived is not None else record.sent + usual
    return [
        _Moment(record.sent, 2, ("send", record.src), SEND_GAP, _setter(arrow, "y1")),
        _Moment(arrived, 0, ("arrive", record.dst), SEND_GAP, _setter(arrow, "y2"), record.arrived is not None),
    ]


def _fold_moment(span: Skipped) -> _Moment:
    return _Moment(span.records[0].sent, 3, ("fold", ""), 0.0, lambda y: None, False, span)


def _stack(plan: Layout, moments: list[_Moment], scale: float) -> float:
    """위에서 아래로 쌓는다. 돌려주는 값은 마지막 높이다."""
    y, before, happened = TOP, moments[0].time if moments else 0.0, moments[0].time if moments else 0.0
    lowest: dict[tuple[str, str], float] = {}
    for moment in moments:
        step = (moment.time - before) * scale
        if step > LONGEST:
            plan.pauses.append(Pause(y + BREAK / 2, moment.time - happened))
            step = BREAK
        if moment.fold is not None:
            y += max(0.0, step) + BREAK
            plan.pauses.append(Pause(y - BREAK / 2, 0.0, f"{len(moment.fold.records)}개 접음"))
            before = happened = max(record.arrived or record.sent for record in moment.fold.records)
            continue
        # 접은 동안에 일어난 일은 접은 자리 바로 뒤에 놓인다.
        y = max(y + max(0.0, step), *_limits(lowest, moment))
        lowest[moment.column] = y
        moment.place(y)
        if moment.real:
            happened = moment.time
            if not plan.ticks or (moment.time > plan.ticks[-1][1] and y - plan.ticks[-1][0] >= 17):
                plan.ticks.append((y, moment.time))
        plan.marks.append((moment.time, y))
        before = max(before, moment.time)
    return y


def _limits(lowest: dict[tuple[str, str], float], moment: _Moment) -> list[float]:
    kind, host = moment.column
    limits = [lowest[moment.column] + moment.gap] if moment.column in lowest else [0.0]
    # 도착한 화살표의 머리와 떠나는 화살표의 꼬리가 한 점에 몰리지 않게 조금 벌린다.
    if kind == "send" and ("arrive", host) in lowest:
        limits.append(lowest["arrive", host] + MIXED_GAP)
    return limits


def _pause_box(plan: Layout, pause: Pause) -> Box:
    width = display_width(pause.label) * HALF + 24
    return label_box((plan.pause_x(pause), pause.y + FONT), (1.0, 0.0), width, FONT + 8)


def collisions(plan: Layout) -> list[tuple[str, str]]:
    """서로 겹치는 글의 쌍. 좋은 배치라면 비어 있다."""
    boxes = [(arrow.label, arrow.box) for arrow in plan.arrows]
    boxes += [(pause.label, _pause_box(plan, pause)) for pause in plan.pauses]
    return [(a[0], b[0]) for i, a in enumerate(boxes) for b in boxes[i + 1 :] if overlaps(a[1], b[1])]
