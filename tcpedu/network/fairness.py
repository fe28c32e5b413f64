"""공정성의 선: 두 흐름이 병목 하나를 나눌 때 늘리고 줄이는 법이 어디로 데려가는가 (Chiu, Jain 1989).

두 흐름은 같은 순간에 같은 신호를 받는다고 본다. 크기의 단위는 무엇이어도 되지만 강의에서는 세그먼트다.
강의: lessons/09_congestion_control.ipynb
"""

from __future__ import annotations

from collections.abc import Callable

Point = tuple[float, float]
Change = Callable[[float], float]


def add(step: float) -> Change:
    """`step`만큼 더하는(음수면 빼는) 규칙. 0 아래로는 내려가지 않는다."""
    return lambda size: max(0.0, size + step)


def times(factor: float) -> Change:
    """`factor`를 곱하는 규칙."""
    return lambda size: size * factor


RULES: dict[str, tuple[Change, Change]] = {
    "AIMD": (add(1), times(0.5)),
    "AIAD": (add(1), add(-1)),
    "MIMD": (times(1.1), times(0.5)),
    "MIAD": (times(1.1), add(-1)),
}
"""이름 → (넘치지 않을 때, 넘칠 때). AIMD가 RFC 5681의 혼잡 회피다."""


def path(x: float, y: float, capacity: float, rule: str = "AIMD", rounds: int = 100) -> list[Point]:
    """(x, y)에서 시작해 왕복마다 지나는 점들. 둘을 더한 것이 `capacity`를 넘으면 줄이고, 아니면 늘린다.

    >>> path(6, 1, capacity=8, rounds=3)
    [(6, 1), (7, 2), (3.5, 1.0), (4.5, 2.0)]
    """
    up, down = RULES[rule]
    points: list[Point] = [(x, y)]
    for _ in range(rounds):
        change = down if x + y > capacity else up
        x, y = change(x), change(y)
        points.append((x, y))
    return points


def aimd_fair_point(x: float, y: float, capacity: float) -> Point:
    """AIMD를 되풀이해 두 흐름의 차이가 1보다 작아진 첫 점.

    더할 때는 차이가 그대로이고, 반으로 줄일 때마다 차이도 반이 된다.

    >>> aimd_fair_point(6, 1, capacity=8)
    (2.375, 1.75)
    """
    if x < 0 or y < 0 or capacity <= 0:
        raise ValueError(f"크기는 0 이상, 용량은 0보다 커야 합니다: {x}, {y}, {capacity}")
    up, down = RULES["AIMD"]
    while abs(x - y) >= 1:
        change = down if x + y > capacity else up
        x, y = change(x), change(y)
    return x, y
