"""기울어진 글 상자와 선분이 겹치는지 보는 기하."""

from __future__ import annotations

from itertools import pairwise
from math import hypot

Point = tuple[float, float]
Line = tuple[Point, Point]
Box = tuple[Point, ...]

_ABOVE = 5.0  # 화살표와 글 밑줄 사이


def label_box(center: Point, direction: Point, width: float, height: float) -> Box:
    """`direction`으로 기울어진 선 위에 얹힌 글 상자의 네 꼭짓점. `center`는 선 위의 점이다."""
    length = hypot(*direction) or 1.0
    along = direction[0] / length, direction[1] / length
    if along[0] < 0:  # 글은 언제나 왼쪽에서 오른쪽으로 읽힌다.
        along = -along[0], -along[1]
    up = along[1], -along[0]
    half = width / 2
    return tuple(
        (center[0] + along[0] * dx + up[0] * dy, center[1] + along[1] * dx + up[1] * dy)
        for dx, dy in ((-half, _ABOVE), (half, _ABOVE), (half, _ABOVE + height), (-half, _ABOVE + height))
    )


def overlaps(a: Box, b: Box) -> bool:
    """네모나 선분 둘이 겹치는가(분리축 정리).

    >>> overlaps(((0, 0), (2, 0), (2, 2), (0, 2)), ((1, 1), (3, 1), (3, 3), (1, 3)))
    True
    >>> overlaps(((0, 0), (2, 0), (2, 2), (0, 2)), ((3, 0), (5, 0), (5, 2), (3, 2)))
    False
    """
    # 대부분은 위아래로 떨어져 있으므로 세로부터 본다.
    if _separated(a, b, (0.0, 1.0)):
        return False
    return not any(_separated(a, b, axis) for shape in (a, b) for axis in _normals(shape))


def crosses(box: Box, line: Line) -> bool:
    """선분이 상자를 지나가는가.

    >>> crosses(((0, 0), (2, 0), (2, 2), (0, 2)), ((-1, 1), (3, 1)))
    True
    """
    (x1, y1), (x2, y2) = line
    # 대부분은 네 꼭짓점이 모두 선의 한쪽에 있다.
    dx, dy, level = x2 - x1, y2 - y1, (x2 - x1) * y1 - (y2 - y1) * x1
    above = below = False
    for x, y in box:
        side = dx * y - dy * x - level
        above, below = above or side < 0, below or side > 0
    return above and below and overlaps(box, line)


def _normals(shape: Box) -> list[Point]:
    # 네모의 마주 보는 변은 나란하므로 이웃한 두 변이면 된다.
    return [(y1 - y2, x2 - x1) for (x1, y1), (x2, y2) in pairwise(shape[:3])]


def _separated(a: Box, b: Box, axis: Point) -> bool:
    first = [x * axis[0] + y * axis[1] for x, y in a]
    second = [x * axis[0] + y * axis[1] for x, y in b]
    return max(first) <= min(second) or max(second) <= min(first)
