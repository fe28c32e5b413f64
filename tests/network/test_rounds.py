"""왕복마다 센 세그먼트: RFC 5681의 슬로 스타트와 혼잡 회피, 그리고 Linux 6.18에서 잰 수열."""

from __future__ import annotations

from math import inf

import pytest

from tcpedu.network.rounds import rounds
from tcpedu.network.scenarios import burst_loss, handshake, one_loss
from tcpedu.protocol.config import Config

CONFIG = Config(mss=1000, delayed_ack=0.0, receive_buffer=1 << 20, window_scale=7)


def test_slow_start_doubles_and_avoidance_adds_one() -> None:
    """Reno, SACK 없음, 왕복 100ms, IW 10, 40번째(0부터) 하나를 잃음: 커널도 10, 20, 40, […], 25, 26, 27."""
    rows = rounds(one_loss(segments=300, lost=41, rate=None, config=CONFIG), rtt=0.1)
    assert [row.sent for row in rows[:3]] == [10, 20, 40]
    assert (rows[3].again, rows[4].ssthresh) == (1, 25.0)
    assert [int(row.cwnd) for row in rows[4:9]] == [25, 26, 27, 28, 29]
    assert rows[0].ssthresh == inf


def test_a_lost_flight_restarts_from_one() -> None:
    """윈도우 하나를 다 잃음: 커널도 1, 2, 4, 8, 16, 그다음 20, 21, 22."""
    trace = burst_loss(segments=300, lost=range(31, 71), rate=None, config=CONFIG)
    rows = rounds(trace, rtt=0.1)[3:]
    assert [row.sent for row in rows[:8]] == [1, 2, 4, 8, 16, 20, 21, 22]
    assert rows[0].ssthresh == 20.0


def test_errors_are_told() -> None:
    with pytest.raises(ValueError, match="왕복 시간은 0보다"):
        rounds(one_loss(), rtt=0)
    with pytest.raises(ValueError, match="데이터를 실은 세그먼트가 없습니다"):
        rounds(handshake(), rtt=0.1)
