"""혼잡 붕괴 (RFC 896): 혼잡 제어도 RTO의 추정도 없으면 유효 처리율이 무너진다."""

from __future__ import annotations

import pytest

from tcpedu.network.collapse import Delivered, FixedWindow, crowd, delivered
from tcpedu.protocol.congestion import CongestionControl, Reno

CAPACITY = 250e3


def test_without_any_control_the_goodput_collapses_and_the_link_stays_busy() -> None:
    first, *_, last = delivered(crowd(rto=1.0, duration=30.0), 5.0, 30.0)
    assert first.goodput > 0.7 * CAPACITY
    assert last.goodput < 0.25 * CAPACITY
    assert last.throughput > 0.95 * CAPACITY  # 병목은 사본으로 가득하다


@pytest.mark.parametrize("algorithm", [FixedWindow, Reno])
def test_a_timer_that_follows_the_round_trip_brings_it_back(algorithm: type[CongestionControl]) -> None:
    trace = crowd(algorithm, duration=30.0)
    assert delivered(trace, 5.0, 30.0)[-1].goodput > 0.9 * CAPACITY


def test_a_fixed_window_is_too_small_for_a_fast_link() -> None:
    runs = (crowd(one, flows=1, rate=10e6, duration=10.0) for one in (FixedWindow, Reno))
    slow, fast = (delivered(run, 5.0, 10.0)[-1] for run in runs)
    assert slow.goodput < 0.15 * 10e6 and fast.goodput > 0.9 * 10e6


def test_a_fixed_window_never_moves() -> None:
    window = FixedWindow(1000, 32_000)
    window.on_ack(1000, 0.1, 32_000, 0.1)
    window.on_loss(32_000, 0.2)
    window.on_timeout(32_000, 1.0)
    assert window.cwnd == 32_000 and not window.in_recovery


def test_goodput_counts_every_byte_once() -> None:
    trace = crowd(rto=1.0, duration=10.0)
    rows = delivered(trace, 1.0, 10.0)
    assert all(isinstance(row, Delivered) and row.goodput <= row.throughput for row in rows)
    arrived = {(s.src, s.segment.seq) for s in trace.segments if s.segment.payload and s.arrived and s.arrived < 10.0}
    assert sum(row.goodput for row in rows) == pytest.approx(8 * 1000 * len(arrived))
