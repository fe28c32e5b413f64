"""쉬고 난 뒤의 윈도우 (RFC 5681 §4.1). 커널도 3초를 쉬면 10으로 돌아온다 (Linux 6.18)."""

from __future__ import annotations

from dataclasses import replace

from tcpedu.network.bursts import two_bursts
from tcpedu.network.rounds import rounds
from tcpedu.protocol.config import Config

CONFIG = Config(mss=1000, delayed_ack=0.0, receive_buffer=1 << 20, window_scale=7)


def test_the_window_restarts_after_a_pause() -> None:
    assert [row.sent for row in rounds(two_bursts(config=CONFIG), 0.1)] == [10, 20, 40] * 2


def test_without_the_restart_everything_leaves_at_once() -> None:
    trace = two_bursts(config=replace(CONFIG, restart_after_idle=False))
    assert [row.sent for row in rounds(trace, 0.1)] == [10, 20, 40, 70]


def test_a_pause_shorter_than_the_rto_changes_nothing() -> None:
    assert [row.sent for row in rounds(two_bursts(pause=0.6, config=CONFIG), 0.1)] == [10, 20, 40, 70]
