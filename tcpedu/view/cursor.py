"""시각을 짚는 커서: 고른 시각마다의 값을 글로 적어 두어, 커널 없이도 읽을 수 있다."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from math import isfinite
from typing import Any

from .chart_svg import Chart, Point, values_at
from .words import duration

STEPS = 160
NOTHING = "–"
Column = tuple[str, Sequence[Point], Callable[[float], str]]


def moments(low: float, high: float, steps: int = STEPS) -> list[float]:
    """커서가 설 시각들.

    >>> moments(0.0, 1.0, 4)
    [0.0, 0.25, 0.5, 0.75, 1.0]
    """
    return [low + (high - low) * index / steps for index in range(steps + 1)]


def cursor(
    chart: Chart, heads: Sequence[str], rows: Iterable[tuple[str, Sequence[Column]]],
    events: Iterable[tuple[float, str]] = (),
) -> dict[str, Any]:  # fmt: skip
    """화면에 보내는 커서. `heads`는 표의 머리, `rows`는 (이름, 열들), `events`는 (시각, 이름)이다.

    사건에도 커서가 서도록 그 시각을 더한다. 같은 자리의 사건은 한데 적는다.
    """
    assert chart.x_range is not None
    times = moments(*chart.x_range)
    told: dict[int, list[str]] = {}
    for time, name in sorted(events):
        index = min(bisect_left(times, time), len(times) - 1)
        names = told.setdefault(index, [])
        if name not in names:
            names.append(name)
    left, right = chart.plot
    return {
        "xs": [round(chart.x_at(time), 1) for time in times], "times": [duration(time) for time in times],
        "top": chart.tops[0], "bottom": chart.bottom, "left": left, "right": right, "heads": list(heads),
        "rows": [[name, [_written(column, times) for column in columns]] for name, columns in rows],
        "events": [[index, ", ".join(names)] for index, names in sorted(told.items())],
    }  # fmt: skip


def _written(column: Column, times: Sequence[float]) -> list[str]:
    _, points, write = column
    return [NOTHING if value is None or not isfinite(value) else write(value) for value in values_at(points, times)]
