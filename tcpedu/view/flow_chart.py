"""겨루기의 결과를 도표와 표와 글로. 값은 모두 `network.contest`의 것이다."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tcpedu.network.contest import Contest, FlowSeries, Outcome, Point

from .chart_svg import Chart, Guide, Mark, Panel, Series, Span
from .cursor import cursor
from .words import duration

_STAGE_LOOK = {"SLOW_START": 0, "STARTUP": 0, "FAST_RECOVERY": 2, "DRAIN": 2, "PROBE_RTT": 2}
EVENTS = {
    "fast retransmit": ("빠른 재전송", "down"), "timeout": ("타임아웃", "cross"), "ecn": ("ECN으로 줄임", "diamond"),
}  # fmt: skip
_SSTHRESH, _IN_FLIGHT = 4, 5
LOSSES = {"none": "없음", "nth": "하나", "burst": "잇달아 넷", "random": "무작위", "bursts": "무작위로 몰아서"}
AQMS = {"tail": "꼬리 버림", "red": "RED", "codel": "CoDel"}
HEADS = ("", "유효 처리율", "병목 이용률", "큐에서 기다림", "버려짐", "재전송", "타임아웃", "공정성")


def speed(rate: float) -> str:
    """사람이 읽는 속도.

    >>> speed(1e6), speed(250_000), speed(0)
    ('1 Mbit/s', '0.25 Mbit/s', '0 Mbit/s')
    """
    return f"{rate / 1e6:.3g} Mbit/s"


def timeline(outcome: Outcome, detail: int = 0, pinned: Mapping[str, Outcome] | None = None) -> Chart:
    """위에서부터 cwnd, 도착한 빠르기, 큐. `detail`은 단계를 칠하고 ssthresh와 in flight까지 그릴 흐름이다."""
    chosen = outcome.flows[min(detail, len(outcome.flows) - 1)]
    panels = [_windows(outcome, chosen, pinned or {}), _rates(outcome, chosen), _queue(outcome)]
    return Chart(panels, x_range=(0.0, outcome.contest.duration), width=720.0)


def _windows(outcome: Outcome, chosen: FlowSeries, pinned: Mapping[str, Outcome]) -> Panel:
    series = [
        Series(f"{letter}: {run.flows[0].name}", run.flows[0].cwnd, 2 + place, "step", faint=True)
        for place, (letter, run) in enumerate(sorted(pinned.items()))
    ]
    series.append(Series(f"in flight ({chosen.name})", chosen.in_flight, _IN_FLIGHT, "step", faint=True))
    series.append(Series(f"ssthresh ({chosen.name})", chosen.ssthresh, _SSTHRESH, "step", faint=True))
    series += [Series(flow.name, flow.cwnd, index, "step") for index, flow in enumerate(outcome.flows)]
    spans = [Span(one.start, one.end, one.name, _STAGE_LOOK.get(one.kind, 1)) for one in chosen.stages]
    top = max([value for flow in outcome.flows for _, value in flow.cwnd] or [1.0])
    top = max([top, *(value for run in pinned.values() for _, value in run.flows[0].cwnd)])
    return Panel("cwnd (MSS)", series, spans, list(_marks(outcome)), height=190.0, y_range=(0.0, top * 1.12))


def _marks(outcome: Outcome) -> Iterable[Mark]:
    for flow in outcome.flows:
        for event in flow.flow.events:
            if event.kind in EVENTS:
                name, sign = EVENTS[event.kind]
                yield Mark(event.time, name, _level(flow.cwnd, event.time), sign)  # type: ignore[arg-type]


def _level(points: Sequence[Point], time: float) -> float:
    """그 일이 있기 바로 앞의 값: 줄어드는 자리의 꼭대기."""
    before = [value for at, value in points if at < time]
    return before[-1] if before else 0.0


def _rates(outcome: Outcome, chosen: FlowSeries) -> Panel:
    mega = [(f"처리율 ({chosen.name})", chosen.throughput, _SSTHRESH, True)]
    mega += [(flow.name, flow.goodput, index, False) for index, flow in enumerate(outcome.flows)]
    series = [
        Series(name, [(time, rate / 1e6) for time, rate in points], look, faint=faint)
        for name, points, look, faint in mega
    ]
    link = outcome.contest.rate / 1e6
    guides = [Guide(f"병목 {link:g}", y=link)]
    return Panel("유효 처리율 (Mbit/s)", series, guides=guides, height=96.0, y_range=(0.0, link * 1.25))


def _queue(outcome: Outcome) -> Panel:
    limit = outcome.contest.queue
    marks = [*_apart(outcome, "drop", "버림", "bar", 260), *_apart(outcome, "mark", "CE 표시", "ring", 60)]
    top = max([limit * 1.2, *(length for _, length in outcome.queue)])
    series = [Series("기다리는 패킷", outcome.queue, 0, "step")]
    guides = [Guide(f"한도 {limit}", y=limit)]
    return Panel("병목의 큐 (패킷)", series, marks=marks, guides=guides, height=96.0, y_range=(0.0, top))


def _apart(outcome: Outcome, kind: str, name: str, sign: Any, most: int) -> Iterable[Mark]:
    """한자리에 몰린 것은 하나만, 모두 해서 많아야 `most`개만 그린다."""
    gap, before = outcome.contest.duration / most, -1.0
    times = sorted(event.time for flow in outcome.flows for event in flow.flow.events if event.kind == kind)
    for time in times:
        if time - before >= gap:
            before = time
            yield Mark(time, name, sign=sign)


def timeline_cursor(chart: Chart, outcome: Outcome) -> dict[str, Any]:
    """커서가 읽는 값: 흐름마다 cwnd, ssthresh, in flight, 유효 처리율. 마지막 줄은 큐다."""
    heads = ("", "cwnd", "ssthresh", "in flight", "유효 처리율")
    rows: list[Any] = []
    for flow in outcome.flows:
        columns = [("cwnd", flow.cwnd), ("ssthresh", flow.ssthresh), ("in flight", flow.in_flight)]
        rows.append(
            (flow.name, [*((name, points, "{:.1f} MSS".format) for name, points in columns), ("", flow.goodput, speed)])
        )
    rows.append(("병목의 큐", [("", outcome.queue, "{:.0f}패킷".format)]))
    events = [
        (event.time, f"{EVENTS[event.kind][0]} ({flow.name})")
        for flow in outcome.flows
        for event in flow.flow.events
        if event.kind in EVENTS
    ]
    return cursor(chart, heads, rows, events)


def plane(outcome: Outcome) -> Chart | None:
    """두 흐름의 빠르기를 두 축에 놓은 그림(Chiu와 Jain, 1989). 흐름이 둘이 아니면 없다."""
    if len(outcome.flows) != 2:
        return None
    link = outcome.contest.rate / 1e6
    first, second = outcome.flows
    # 둘째가 시작한 뒤부터: 그 전에는 나눌 것이 없다.
    begins = max(runner.start for runner in outcome.contest.runners)
    path = [
        (x / 1e6, y / 1e6)
        for (time, x), (_, y) in zip(first.goodput, second.goodput, strict=True)
        if time >= begins
    ]  # fmt: skip
    marks = [Mark(path[0][0], "처음", path[0][1], "ring"), Mark(path[-1][0], "끝", path[-1][1], "up")] if path else []
    guides = [
        Guide("공정선 x₁ = x₂", line=((0.0, 0.0), (link, link))),
        Guide("효율선 x₁ + x₂ = C", line=((0.0, link), (link, 0.0))),
    ]
    panel = Panel(
        "흐름 2 (Mbit/s)", [Series("", path, 0)], marks=marks, guides=guides, height=330.0, y_range=(0.0, link * 1.1)
    )
    return Chart([panel], "흐름 1 (Mbit/s)", (0.0, link * 1.1), width=410.0)


def table(outcomes: Mapping[str, Outcome]) -> list[list[str]]:
    """견주는 표: 이름마다 한 줄."""
    return [[name, *numbers(outcome)] for name, outcome in outcomes.items()]


def numbers(outcome: Outcome) -> list[str]:
    """결과를 일곱 수로."""
    flows = [series.flow for series in outcome.flows]
    return [
        " + ".join(f"{series.mean_goodput / 1e6:.2f}" for series in outcome.flows) + " Mbit/s",
        f"{outcome.utilization:.0%}", duration(outcome.mean_delay), f"{sum(flow.count('drop') for flow in flows)}개",
        f"{sum(flow.retransmissions for flow in flows)}개", f"{sum(flow.count('timeout') for flow in flows)}번",
        f"{outcome.jain:.2f}" if len(flows) > 1 else "–",
    ]  # fmt: skip


def conditions(contest: Contest, names: Mapping[Any, str]) -> str:
    """조건을 한 줄로."""
    flows = ", ".join(
        f"{names.get(runner.algorithm, getattr(runner.algorithm, '__name__', '?'))} {duration(runner.rtt)}"
        + ("" if runner.sack else " SACK 없음")
        for runner in contest.runners
    )
    parts = [flows, speed(contest.rate), f"{AQMS[contest.aqm]} {contest.queue}패킷", *(["ECN"] if contest.ecn else [])]
    if contest.loss != "none":
        parts.append(f"손실 {LOSSES[contest.loss]}")
    return " · ".join(parts)
