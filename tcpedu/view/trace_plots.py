"""기록의 도표(matplotlib): cwnd, 시간–순서, 빠르기, 큐, 왕복 시간.

모두 (그림, 표)를 돌려준다. 표는 그린 값 그대로의 pandas 표라, 그림을 볼 수 없을 때 읽거나 더 셈할 수 있다.
흐름은 보내는 쪽의 이름으로 고르고, 주지 않으면 데이터를 가장 많이 보낸 쪽이다.
강의: lessons/07_retransmission.ipynb, lessons/09_congestion_control.ipynb, lessons/11_modern_congestion_control.ipynb
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, inf, nan
from typing import TYPE_CHECKING, Any

from tcpedu.network.flow import Flow, follow

from .plots import COLORS, style

if TYPE_CHECKING:
    import pandas
    from matplotlib.figure import Figure

_LINES = ("-", "--", ":", "-.")
_MARKERS = ("o", "s", "^", "D")
_EVENTS = {
    "fast retransmit": ("빠른 재전송", "v", COLORS[1]), "timeout": ("타임아웃", "X", COLORS[3]),
    "ecn": ("ECN으로 줄임", "D", COLORS[2]),
}  # fmt: skip
Senders = str | Sequence[str] | None


def plot_cwnd(trace: Any, src: Senders = None, *, title: str = "혼잡 윈도우") -> tuple[Figure, pandas.DataFrame]:
    """cwnd와 ssthresh를 MSS 단위로 그리고 빠른 재전송, 타임아웃, ECN을 표시한다 (RFC 5681 §3.1).

    MSS는 그 흐름이 보낸 가장 큰 세그먼트다. ssthresh가 한없이 크면 그리지 않고 표에는 빈칸이다.

    >>> from tcpedu.network.scenarios import one_loss
    >>> figure, data = plot_cwnd(one_loss(segments=30))
    >>> float(data["cwnd"].iloc[0])
    10.0
    """
    axes = _axes(title, "MSS")
    rows: list[tuple[Any, ...]] = []
    told: set[str] = set()
    for index, flow in enumerate(_flows(trace, src)):
        mss = max(one.end - one.start for one in flow.sent)
        found = [(one.time, one.cwnd / mss, nan if one.ssthresh == inf else one.ssthresh / mss) for one in flow.windows]
        times, windows, thresholds = ([row[column] for row in found] for column in range(3))
        _step(axes, times, windows, index, f"cwnd ({flow.src})")
        axes.step(
            times, thresholds, where="post", color=COLORS[index], linestyle=(0, (1, 2)), linewidth=1.2,
            label=f"ssthresh ({flow.src})",
        )  # fmt: skip
        _mark(axes, flow, found, told)
        rows += [(flow.src, *row, one.phase) for row, one in zip(found, flow.windows, strict=True)]
    return _finish(axes, _frame(rows, "보내는 쪽", "시각", "cwnd", "ssthresh", "단계"))


def plot_time_sequence(
    trace: Any, src: str | None = None, *, start: float = 0.0, end: float = inf, title: str = "시간–순서 그림"
) -> tuple[Figure, pandas.DataFrame]:
    """보낸 것, 다시 보낸 것, 확인받은 곳, 윈도우의 끝, SACK을 한데 그린다 (Stevens의 그림).

    `start`초부터 `end`초까지만 그린다. 세로축은 ISN을 뺀 순서 번호다.

    >>> from tcpedu.network.scenarios import one_loss
    >>> figure, data = plot_time_sequence(one_loss())
    >>> int((data["종류"] == "재전송").sum())
    1
    """
    flow = follow(trace, src)
    rows = sorted((row for row in _sequence_rows(flow) if start <= row[0] <= end), key=lambda row: row[0])
    axes = _axes(title, "순서 번호 (바이트)", height=5.0)
    axes.ticklabel_format(axis="y", style="plain", useOffset=False)
    for kind, (color, width, mark) in _SEQUENCE.items():
        chosen = [row for row in rows if row[1] == kind]
        if not chosen:
            continue
        times, lows, highs = ([row[column] for row in chosen] for column in (0, 2, 3))
        if mark is None:
            axes.step(times, highs, where="post", color=color, linewidth=1.4, linestyle=width, label=kind)
        else:
            axes.vlines(times, lows, highs, color=color, linewidth=width)
            axes.plot(times, highs, mark, color=color, markersize=5, label=kind)
    _fit(axes, rows)
    return _finish(axes, _frame(rows, "시각", "종류", "처음", "끝"), bottom=None)


def _fit(axes: Any, rows: Sequence[tuple[float, str, int, int]]) -> None:
    """세로축을 보낸 것과 확인받은 것에 맞춘다. 윈도우의 끝이 한참 위에 있으면 그림 밖에 둔다."""
    ends = [row[3] for row in rows if row[1] != "윈도우의 끝"]
    if ends:
        low, high = min(ends), max(ends)
        room = max(1.0, (high - low) * 0.06)
        edges = [row[3] for row in rows if row[1] == "윈도우의 끝" and row[3] <= high + (high - low)]
        axes.set_ylim(max(0.0, low - room), max([high, *edges]) + room)


_SEQUENCE: dict[str, tuple[str, Any, str | None]] = {
    "윈도우의 끝": (COLORS[5], "--", None), "확인받은 곳": (COLORS[2], "-", None), "SACK": (COLORS[3], 1.0, "_"),
    "처음 보냄": (COLORS[0], 2.0, "."), "재전송": (COLORS[1], 2.5, "s"), "잃음": (COLORS[6], 0.0, "x"),
}  # fmt: skip


def _sequence_rows(flow: Flow) -> list[tuple[float, str, int, int]]:
    rows = [(one.time, "재전송" if one.again else "처음 보냄", one.start, one.end) for one in flow.sent]
    rows += [(one.time, "잃음", one.start, one.end) for one in flow.sent if one.arrived is None]
    rows += [(time, "확인받은 곳", ack, ack) for time, ack in flow.acked]
    rows += [(time, "윈도우의 끝", edge, edge) for time, edge in flow.edge]
    return rows + [(one.time, "SACK", one.left, one.right) for one in flow.sacks]


def plot_throughput(
    trace: Any, src: Senders = None, *, interval: float = 0.5, title: str = "처리율과 유효 처리율"
) -> tuple[Figure, pandas.DataFrame]:
    """`interval`초마다 도착한 빠르기(Mbit/s). 유효 처리율은 처음 온 데이터만 센 것이다 (RFC 5166 §2.1).

    >>> from tcpedu.network.scenarios import one_loss
    >>> figure, data = plot_throughput(one_loss(segments=100), interval=0.1)
    >>> float(data["유효 처리율"].sum() * 0.1 / 8 * 1e6)
    100000.0
    """
    if interval <= 0:
        raise ValueError(f"구간은 0보다 커야 합니다: {interval}")
    axes = _axes(title, "Mbit/s")
    rows: list[tuple[Any, ...]] = []
    for index, flow in enumerate(_flows(trace, src)):
        # 보내는 쪽이 마지막으로 본 때까지: 시뮬레이션을 멈춘 뒤에 닿을 것은 세지 않는다.
        seen = max([flow.sent[-1].time, *(time for time, _ in flow.acked[-1:])])
        until = max(1, ceil(seen / interval - 1e-9)) * interval
        pairs = zip(flow.rate(interval, until), flow.rate(interval, until, new_only=True), strict=True)
        found = [(time, every / 1e6, new / 1e6) for (time, every), (_, new) in pairs]
        times, every, new = ([row[column] for row in found] for column in range(3))
        axes.plot(times, every, color=COLORS[index], linewidth=1.0, linestyle=(0, (1, 1)), label=f"처리율 ({flow.src})")
        axes.plot(times, new, label=f"유효 처리율 ({flow.src})", **_look(index, len(times)))
        rows += [(flow.src, *row) for row in found]
    return _finish(axes, _frame(rows, "보내는 쪽", "시각", "처리율", "유효 처리율"))


def plot_queue(
    trace: Any, link: tuple[str, str] | None = None, *, title: str | None = None
) -> tuple[Figure, pandas.DataFrame]:
    """큐에서 기다리는 패킷 수. `link`는 (보내는 곳, 이웃)이고, 주지 않으면 가장 길게 늘어난 큐다."""
    if link is None:
        link = max(trace.queues, key=lambda one: max((n for _, n in trace.queues[one]), default=0), default=None)
    if link is None or link not in trace.queues:
        known = ", ".join(f"{a} → {b}" for a, b in trace.queues) or "없습니다"
        raise ValueError(f"기록에 그런 큐가 없습니다: {link}. 있는 것: {known}")
    points, (sender, neighbour) = trace.queues[link], link
    axes = _axes(title or f"큐에서 기다리는 패킷: {sender} → {neighbour}", "패킷")
    axes.step([time for time, _ in points], [n for _, n in points], where="post", linewidth=1.2)
    axes.yaxis.get_major_locator().set_params(integer=True)
    return _finish(axes, _frame(points, "시각", "패킷"))


def plot_rtt(trace: Any, src: str | None = None, *, title: str = "왕복 시간") -> tuple[Figure, pandas.DataFrame]:
    """잰 왕복 시간과 SRTT, RTO(ms). 다시 보낸 것은 재지 않는다 (Karn, RFC 6298 §3).

    SRTT와 RTO는 cwnd나 RTO가 바뀐 순간의 값이다.
    """
    flow = follow(trace, src)
    rows: list[tuple[float, str, float]] = [(time, "표본", rtt * 1000) for time, rtt in flow.rtts]
    rows += [(one.time, "SRTT", one.srtt * 1000) for one in flow.windows if one.srtt is not None]
    rows += [(one.time, "RTO", one.rto * 1000) for one in flow.windows]
    axes = _axes(title, "ms")
    for kind, look in _RTT.items():
        chosen = [row for row in rows if row[1] == kind]
        if chosen:
            axes.plot([row[0] for row in chosen], [row[2] for row in chosen], label=kind, **look)
    return _finish(axes, _frame(rows, "시각", "종류", "값"))


_RTT: dict[str, dict[str, Any]] = {
    "표본": {"linestyle": "none", "marker": ".", "color": COLORS[5], "markersize": 5},
    "SRTT": {"linestyle": "-", "color": COLORS[0], "drawstyle": "steps-post"},
    "RTO": {"linestyle": "--", "color": COLORS[1], "drawstyle": "steps-post"},
}


# 함께 쓰는 것 -------------------------------------------------------------


def _flows(trace: Any, src: Senders) -> list[Flow]:
    flows = [follow(trace, one) for one in ([src] if src is None or isinstance(src, str) else src)]
    for flow in flows:
        if not flow.sent:
            raise ValueError(f"{flow.src}에서 보낸 데이터가 없습니다")
    if not 1 <= len(flows) <= len(_LINES):
        raise ValueError(f"흐름은 하나부터 {len(_LINES)}개까지 그립니다: {len(flows)}")
    return flows


def _axes(title: str, y_label: str, height: float = 4.0) -> Any:
    import matplotlib.pyplot as plt

    style()
    _, axes = plt.subplots(figsize=(8.0, height))
    axes.set(title=title, xlabel="시각 (초)", ylabel=y_label)
    return axes


def _look(index: int, count: int) -> dict[str, Any]:
    """흐름의 모양: 색과 무늬와 점이 함께 다르다."""
    every = max(1, count // 8)
    return {
        "color": COLORS[index], "linestyle": _LINES[index], "marker": _MARKERS[index], "markersize": 6,
        "markevery": (index * every // 4, every), "markerfacecolor": "white",
    }  # fmt: skip


def _step(axes: Any, times: list[float], values: list[float], index: int, label: str) -> None:
    axes.step(times, values, where="post", label=label, **_look(index, len(times)))


def _mark(axes: Any, flow: Flow, found: list[tuple[float, float, float]], told: set[str]) -> None:
    for event in flow.events:
        if event.kind not in _EVENTS:
            continue
        name, marker, color = _EVENTS[event.kind]
        height = next((value for time, value, _ in reversed(found) if time < event.time), 0.0)
        axes.plot(event.time, height, marker, color=color, markersize=8, label=None if name in told else name)
        told.add(name)


def _frame(rows: Sequence[tuple[Any, ...]], *columns: str) -> pandas.DataFrame:
    import pandas

    return pandas.DataFrame(list(rows), columns=list(columns))


def _finish(axes: Any, data: pandas.DataFrame, bottom: float | None = 0.0) -> tuple[Figure, pandas.DataFrame]:
    if bottom is not None:
        axes.set_ylim(bottom=bottom)
    handles, _ = axes.get_legend_handles_labels()
    if len(handles) > 1:
        # 그림을 가리지 않게 아래에 둔다.
        axes.figure.legend(loc="outside lower center", ncols=min(3, len(handles)))
    return axes.figure, data
