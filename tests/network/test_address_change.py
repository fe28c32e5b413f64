"""주소가 바뀌면: 4-튜플의 연결은 RST와 시간 초과로, 연결 ID의 것은 확인 왕복 하나로."""

from __future__ import annotations

import pytest

from tcpedu.network.address_change import MOVE_AT, NEW, OLD, PIECES, identified_moves, tcp_moves
from tcpedu.network.setup import SERVER
from tcpedu.protocol.config import Config
from tcpedu.protocol.segment import Flags


def test_a_perfect_ack_from_a_new_address_is_reset() -> None:
    segments = tcp_moves().trace.segments
    [asked] = [one for one in segments if one.src == NEW]
    [reset] = [one for one in segments if one.dst == NEW]
    # RFC 9293 §3.10.7.2: ACK가 있는 것에는 그 번호로 RST를 보낸다.
    assert reset.segment.flags == Flags.RST and reset.segment.seq == asked.segment.ack


def test_the_old_connection_dies_by_timeout() -> None:
    run = tcp_moves()
    assert [piece for _, piece in run.received] == [1, 2, 3, 4, 5]
    last = [one for one in run.trace.segments if one.dst == OLD][-1]
    assert run.given_up is not None and run.given_up > last.sent > 600
    assert tcp_moves(Config(mss=1000, delayed_ack=0.0, retries=3)).given_up == pytest.approx(0.56 + 1 + 2 + 4 + 8)


def test_an_identified_connection_goes_on() -> None:
    run = identified_moves()
    assert sorted(piece for _, piece in run.received) == list(range(1, PIECES + 1))
    # LTE의 왕복 0.08초로 hello와 challenge, 다시 그 왕복의 response와 데이터
    assert next(time for time, piece in run.received if piece == 6) == pytest.approx(MOVE_AT + 2 * 0.08)


def test_no_data_goes_to_an_address_that_has_not_answered() -> None:
    segments = identified_moves().trace.segments
    answered = next(one.arrived for one in segments if one.src == NEW and "response" in one.note)
    data = [one.sent for one in segments if one.src == SERVER and one.dst == NEW and "data" in one.note]
    assert answered is not None and min(data) >= answered
