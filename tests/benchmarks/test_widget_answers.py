"""위젯이 누른 것에 답하는 데 드는 파이썬의 CPU 시간. 화면에 보이기까지는 test_view_latency.py가 잰다."""

from __future__ import annotations

from collections.abc import Callable
from itertools import cycle

from tcpedu.network import scenarios
from tcpedu.view import LadderPlayer, NagleTimeline, RttExplorer, StateExplorer, SynBacklogView, WindowView

Report = Callable[[str, list[tuple[str, str]]], None]


def test_cpu_time_of_an_answer(cpu_seconds: Callable[..., float], report: Report) -> None:
    ladder = LadderPlayer(scenarios.transfer(bytes(100_000)))
    assert len(ladder.trace.segments) > 100
    window, flood, nagle, rtt, states = (
        WindowView(), SynBacklogView(), NagleTimeline(), RttExplorer(), StateExplorer("반열림"),
    )  # fmt: skip
    rates, floods = cycle((2000, 2400, 2800)), cycle((4, 5))

    answers: list[tuple[str, Callable[[], object]]] = [
        ("사다리, 세그먼트 100개", ladder.recompute),
        ("윈도우, 읽는 빠르기", lambda: window.handle({"name": "read_rate", "value": next(rates)})),
        ("SYN 플러드", lambda: flood.handle({"name": "flood", "value": next(floods)})),
        ("Nagle", nagle.recompute),
        ("RTO", rtt.recompute),
        ("상태 탐색기", lambda: states.handle({"do": "undo"})),
    ]
    rows = [(name, f"{cpu_seconds(answer, rounds=5) * 1000:.0f} ms") for name, answer in answers]
    report("위젯의 대답 하나, 파이썬의 CPU 시간", rows)
    assert len(window.run.trace) and flood.run and nagle.run and rtt.run
