"""닫혔다가 열리는 윈도우와 터미널의 작은 세그먼트: 값은 손으로 셈한 것과 RFC 896의 것이다."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from tcpedu.network.closed_window import closed_window
from tcpedu.network.keystrokes import keystrokes, overhead
from tcpedu.network.setup import CLIENT, SERVER
from tcpedu.protocol.config import Config
from tcpedu.protocol.profiles import LINUX


def data(trace) -> list[tuple[float, int]]:
    return [
        (round(sent.sent, 3), len(sent.segment.payload))
        for sent in trace.segments
        if sent.src == CLIENT and sent.segment.payload
    ]


def test_the_window_closes_and_opens() -> None:
    trace = closed_window()
    assert data(trace) == [(0.1, 1000)] * 3 + [(1.2, 1), (3.2, 1)] + [(4.05, 1000)] * 2
    windows = [sent.segment.window for sent in trace.segments if sent.src == SERVER]
    assert windows[:7] == [3000, 2000, 1000, 0, 0, 0, 3000]


def test_the_right_edge_stays_until_the_program_reads() -> None:
    answers = [sent for sent in closed_window().segments if sent.src == SERVER]
    edges = {sent.segment.ack + sent.segment.window for sent in answers if sent.sent < 4.0}
    assert edges == {3101}


def test_a_lost_window_update_is_made_up_by_the_next_probe() -> None:
    update = next(
        sent.number for sent in closed_window().segments if sent.src == SERVER and sent.sent == pytest.approx(4.0)
    )
    late = data(closed_window(drops=[update]))
    assert late[5] == (7.2, 1)  # 3.2초의 탐침에서 4초 뒤
    assert sum(size for _, size in late[:3]) + sum(size for _, size in late[5:]) == 5000


def test_linux_probes_with_an_empty_old_segment() -> None:
    """RTT가 0에 가까우면 RTO는 200ms다. 리눅스 6.18의 루프백에서 잰 것은 닫힌 뒤 0.21, 0.66, 1.52, 3.22초다."""
    config = replace(LINUX, mss=1_012, window_scale=None)
    trace = closed_window(config=config, delay=0.00001, read_at=60.0, until=5.0)
    closed = next(sent.sent for sent in trace.segments if sent.src == SERVER and sent.segment.window == 0)
    probes = [sent for sent in trace.segments if sent.src == CLIENT and sent.sent > closed + 0.1]
    assert all(not sent.segment.payload and sent.segment.seq == 3100 for sent in probes)
    times = [sent.sent - closed for sent in probes]
    assert times == pytest.approx([0.2, 0.6, 1.4, 3.0], abs=0.01)
    for (before, after), (seen, then) in zip(pairwise(times), pairwise([0.21, 0.66, 1.52, 3.22]), strict=True):
        assert after - before == pytest.approx(then - seen, rel=0.15)


def test_rfc_896() -> None:
    """25글자를 200ms마다, RTT 5초: 모으지 않으면 4000 %, 모으면 320 %."""
    assert [size for _, size in data(keystrokes(nagle=True))] == [1, 24]
    assert [size for _, size in data(keystrokes(nagle=False))] == [1] * 25
    assert (overhead(keystrokes(nagle=False)), overhead(keystrokes(nagle=True))) == (40.0, 3.2)


def test_on_a_fast_path_nagle_collects_nothing() -> None:
    assert [size for _, size in data(keystrokes(nagle=True, rtt=0.01, count=5))] == [1] * 5


def test_the_receiver_config_is_the_caller_s() -> None:
    sizes = {size for _, size in data(closed_window(config=Config(mss=500), buffer=2000))}
    assert sizes == {500, 1}
