"""화살표의 글을 다른 글이나 화살표와 부딪치지 않는 자리에 놓는다.

자리마다의 네모와 겹침은 한 번만 셈해 둔다: 세그먼트 100개의 그림도 0.1초 안에 다시 그려야 한다.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from .boxes import Box, Line, crosses, overlaps

# 글을 놓아 볼 자리(화살표 위의 비율). 가운데에서 시작해 양 끝으로 멀어진다.
SPOTS = (0.5, 0.44, 0.56, 0.38, 0.62, 0.32, 0.68, 0.27, 0.73, 0.22, 0.78, 0.17, 0.83)
_OVERLAP, _OUTSIDE, _CROSSED = 10, 4, 1  # 글끼리 겹침, 생명선 밖으로 나감, 화살표가 지나감


@dataclass(frozen=True)
class Room:
    """글이 놓일 방: 이미 찬 네모들과 양 끝의 생명선."""

    taken: list[Box]
    left: float
    right: float


def place_labels(arrows: Sequence[Any], room: Room) -> None:
    """화살표마다 `spot`을 정한다. 빈자리가 없으면 가장 덜 부딪치는 곳에 놓는다."""
    placer = _Placer(arrows, room)
    for _ in range(2):  # 두 번째에는 먼저 놓인 글도 나중에 놓인 글을 피해 옮긴다.
        for index in range(len(arrows)):
            placer.move(index)
    for index in range(len(arrows)):
        if placer.cost(index, placer.spots[index]) >= _OUTSIDE:
            placer.move_both(index)
    for arrow, spot in zip(arrows, placer.spots, strict=True):
        arrow.spot = SPOTS[spot]


_SHIFTS = (0.0, 13.0, -13.0, 26.0, -26.0)  # 이름표를 비켜 볼 거리


def place_chips(chips: Sequence[Any], lanes: Sequence[float], lines: Sequence[Line]) -> list[Box]:
    """상태의 이름표마다 놓을 쪽을 정한다. 돌려주는 것은 이름표들이 차지해 글이 피해야 할 네모다.

    맨 왼쪽과 맨 오른쪽 생명선은 언제나 바깥쪽이 비어 있다. 가운데 것은 화살표가 덜 지나가는 쪽에 놓는다.
    """
    taken: list[Box] = []
    for chip in chips:
        if chip.lane in (0, len(lanes) - 1):
            chip.side = -1 if chip.lane == 0 else 1
            taken.append(chip.box_at(lanes[chip.lane], chip.side, 0.0))
            continue
        near = [line for line in lines if min(y for _, y in line) - 40 < chip.y < max(y for _, y in line) + 40]
        x = lanes[chip.lane]

        def cost(place: tuple[float, int], chip: Any = chip, x: float = x, near: list[Line] = near) -> float:
            box = chip.box_at(x, place[1], place[0])
            hits = sum(overlaps(box, other) for other in taken)
            return _OVERLAP * hits + _OUTSIDE * sum(crosses(box, line) for line in near) + abs(place[0]) / 100

        chip.shift, chip.side = min(((shift, side) for shift in _SHIFTS for side in (1, -1)), key=cost)
        taken.append(chip.box_at(x, chip.side, chip.shift))
    return taken


class _Placer:
    """화살표의 번호와 자리의 번호로 비용을 셈한다."""

    def __init__(self, arrows: Sequence[Any], room: Room) -> None:
        self.lines, self.room = [arrow.line for arrow in arrows], room
        self.spots = [0] * len(arrows)
        self.near = _neighbours(arrows)
        self.box = cache(lambda index, spot: arrows[index].box_at(SPOTS[spot]))
        self.fixed = cache(self._fixed)
        self.overlap = cache(self._overlap)

    def cost(self, index: int, spot: int) -> int:
        """글을 그 자리에 놓으면 얼마나 부딪치는가."""
        hits = sum(self._hit(index, spot, other) for other in self.near[index])
        return self.fixed(index, spot) + _OVERLAP * hits

    def move(self, index: int) -> int:
        """가장 덜 부딪치는 자리로 옮긴다. 돌려주는 값은 그 자리의 비용이다."""
        best, least = 0, 1 << 30
        for spot in range(len(SPOTS)):
            if self.fixed(index, spot) >= least:
                continue
            cost = self.cost(index, spot)
            if cost < least:
                best, least = spot, cost
            if not cost:
                break
        self.spots[index] = best
        return least

    def move_both(self, index: int) -> None:
        """혼자 옮겨서는 자리가 없을 때, 이웃 하나와 함께 옮겨 본다."""
        spots = self.spots
        best, chosen = self.cost(index, spots[index]), {index: spots[index]}
        for other in self.near[index][:8]:
            before = spots[other]
            worth = self.cost(other, before)
            for spot in range(len(SPOTS)):
                spots[other] = spot
                cost = self.move(index)
                cost += max(0, self.cost(other, spot) - worth)
                if cost < best:
                    best, chosen = cost, {index: spots[index], other: spot}
            spots[other] = before
        for moved, spot in chosen.items():
            spots[moved] = spot

    def _hit(self, index: int, spot: int, other: int) -> bool:
        place = self.spots[other]
        return self.overlap(index, spot, other, place) if index < other else self.overlap(other, place, index, spot)

    def _overlap(self, a: int, spot_a: int, b: int, spot_b: int) -> bool:
        return overlaps(self.box(a, spot_a), self.box(b, spot_b))

    def _fixed(self, index: int, spot: int) -> int:
        """다른 글이 어디에 있든 같은 몫."""
        box, room = self.box(index, spot), self.room
        outside = not all(room.left < x < room.right for x, _ in box)
        # 글끼리 겹치면 둘 다 못 읽는다. 화살표가 지나가는 것은 바탕색 테두리가 있어 읽을 수 있다.
        hits = sum(overlaps(box, other) for other in room.taken)
        crossed = sum(crosses(box, self.lines[other]) for other in self.near[index])
        return _OVERLAP * hits + _OUTSIDE * outside + _CROSSED * crossed


def _neighbours(arrows: Sequence[Any]) -> list[list[int]]:
    """세로로 가까워 글이 부딪칠 수 있는 화살표들."""
    spans = [(min(arrow.y1, arrow.y2) - 30, max(arrow.y1, arrow.y2)) for arrow in arrows]
    near: list[list[int]] = [[] for _ in arrows]
    order = sorted(range(len(arrows)), key=lambda index: spans[index])
    for place, index in enumerate(order):
        for other in order[place + 1 :]:
            if spans[other][0] >= spans[index][1]:
                break
            if spans[index][0] < spans[other][1]:
                near[index].append(other)
                near[other].append(index)
    return [sorted(others) for others in near]
