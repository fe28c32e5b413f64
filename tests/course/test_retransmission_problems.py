"""07의 기준 답: 라이브러리의 연결이 정말로 그렇게 움직이는가."""

from __future__ import annotations

import random

import pytest

from tcpedu.course.packet_practice import PacketPractice, read
from tcpedu.course.problem import problem
from tcpedu.course.problems.p07_retransmission import (
    RetransmissionTimer,
    RtoEstimator,
    fill_timeouts,
    retransmission_times,
    timeouts_table,
)
from tcpedu.network.retransmitting import cut_path, paced
from tcpedu.network.setup import CLIENT


@pytest.mark.parametrize("drops", [[], [5], [6], [9], [5, 12]])
def test_the_timer_of_the_problem_is_the_timer_of_the_connection(drops: list[int]) -> None:
    """기록의 일을 그대로 넣으면, RTO가 1초인 동안 `Connection.rtx_at`과 같다."""
    trace = paced(pieces=6, every=0.04, drops=drops)
    timer = RetransmissionTimer(1.0)
    happened = [(sent.sent, number, "send", sent.segment.end - 101) for number, sent in enumerate(trace.segments)
                if sent.src == CLIENT and sent.segment.payload]  # fmt: skip
    happened += [(sent.arrived, number, "ack", sent.segment.ack - 101) for number, sent in enumerate(trace.segments)
                 if sent.src != CLIENT and sent.number > 3 and sent.arrived is not None]  # fmt: skip
    first_timeout = next((at.time for at in trace.timers if at.host == CLIENT), 1e9)
    checked = 0
    times = sorted({time for time, *_ in happened if time < first_timeout})
    for time in times:
        for _, _, kind, value in sorted(one for one in happened if one[0] == time):
            (timer.on_send if kind == "send" else timer.on_ack)(time, value)
        now = trace.variables_at(CLIENT, time)
        assert now is not None
        assert timer.expires_at == pytest.approx(now.rtx_at), (time, now)
        checked += 1
    assert checked >= 6


def test_the_times_are_those_of_the_simulation() -> None:
    sent = [round(sent.sent - 1, 6) for sent in cut_path().segments if "재전송" in sent.note]
    assert sent == retransmission_times(1.0, 15, 60.0)


def test_the_estimator_by_hand() -> None:
    """RFC 6298 §2.2, §2.3을 손으로: 0.8, 1.6 → RTTVAR 3/4·0.4 + 1/4·0.8 = 0.5, SRTT 7/8·0.8 + 1/8·1.6 = 0.9."""
    estimator = RtoEstimator()
    estimator.sample(0.8)
    assert (estimator.rttvar, estimator.srtt, estimator.rto) == pytest.approx((0.4, 0.8, 2.4))
    estimator.sample(1.6)
    assert (estimator.rttvar, estimator.srtt, estimator.rto) == pytest.approx((0.5, 0.9, 2.9))


@pytest.mark.parametrize("seed", range(1, 20))
def test_every_table_hides_a_time_and_can_be_solved(seed: int) -> None:
    table = timeouts_table(random.Random(seed))
    assert any(column == "time" for _, column in table.cells)
    assert fill_timeouts(table.blanked()) == table.filled()


def test_a_time_is_written_as_it_is_shown() -> None:
    assert [read(text, "time", float) for text in ("1.5", "1.5초", " 500 ms", "500ms")] == [1.5, 1.5, 0.5, 0.5]
    with pytest.raises(ValueError, match=r"1\.5초나 500ms처럼"):
        read("곧", "time", float)


@pytest.mark.parametrize("seed", range(1, 6))
def test_the_practice_of_a_table_with_hidden_times(seed: int) -> None:
    make = problem("fill_timeouts").make
    assert make is not None
    one = PacketPractice(make, seed)
    for cell in one.table.cells:
        assert one.check(cell, one.answer(cell)).right
        wrong = one.check(cell, "77")
        assert wrong.right is False and len(wrong.text) > 10
        assert len(one.hint(cell)) > 20
