"""플래그와 번호만 보고 푼 상태가, 기록에 적힌 연결의 상태와 같다."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tcpedu.network import closing, scenarios
from tcpedu.network.packet_table import BASIC, PacketTable
from tcpedu.network.sender_states import fill_states, sender_states
from tcpedu.network.trace import Trace
from tcpedu.protocol.state import TRANSITIONS, Action, Event, State

COLUMNS = ("number", "time", "sender", "flags", "seq", "ack", "length", "arrived", "state")
WRAPPING = {"client_isn": 2**32 - 2, "server_isn": 2**32 - 2}
TRACES: dict[str, Callable[[], Trace]] = {
    "핸드셰이크": scenarios.handshake,
    "동시 개방": scenarios.simultaneous_open,
    "거부": scenarios.refused_port,
    "네 세그먼트": closing.normal_close,
    "세 세그먼트": closing.three_segment_close,
    "동시 종료": closing.simultaneous_close,
    "반닫기": lambda: closing.half_close(request=0),
    "RST": closing.reset_close,
    "읽지 않고 닫음": closing.unread_close,
    "한 바퀴": lambda: closing.half_close(request=0, **WRAPPING),
}


def blank(trace: Trace, columns: tuple[str, ...] = COLUMNS) -> PacketTable:
    table = PacketTable.of(trace, columns=columns)
    return PacketTable.of(trace, {(number, "state") for number in table.numbers}, columns=columns)


@pytest.mark.parametrize("name", TRACES)
def test_the_states_are_those_of_the_connections(name: str) -> None:
    assert blank(TRACES[name]()).unsolved(fill_states) == []


def test_without_arrivals_each_segment_is_heard_before_the_next() -> None:
    assert blank(closing.normal_close(), (*BASIC, "state")).unsolved(fill_states) == []
    # 엇갈린 FIN은 도착 시각 없이는 풀 수 없다.
    assert blank(closing.simultaneous_close(), (*BASIC, "state")).unsolved(fill_states) != []


# RFC 9293 그림 12와 13의 왼쪽과 오른쪽에 적힌 상태
FIGURES = {
    "네 세그먼트": "FIN_WAIT_1 CLOSE_WAIT LAST_ACK TIME_WAIT",
    "동시 종료": "FIN_WAIT_1 FIN_WAIT_1 CLOSING CLOSING",
}


@pytest.mark.parametrize("name", FIGURES)
def test_the_figures_of_the_rfc(name: str) -> None:
    rows = fill_states(blank(TRACES[name]()).blanked())
    assert [row["state"] for row in rows[3:]] == FIGURES[name].split()


def test_what_made_it_leave() -> None:
    sent = sender_states(blank(closing.three_segment_close()).blanked())[5]
    assert (sent.before, sent.events, sent.after) == (
        State.SYN_RCVD, (Event.RCV_ACK, Event.RCV_FIN, Event.CLOSE), State.LAST_ACK,
    )  # fmt: skip
    assert sent.peer is State.FIN_WAIT_1


def test_another_table_gives_other_states() -> None:
    """표가 곧 규칙이다: 한 줄을 고치면 그 줄을 지나는 상태가 달라진다."""
    wrong = {**TRANSITIONS, (State.ESTABLISHED, Event.RCV_FIN): (Action.SEND_ACK, State.TIME_WAIT)}
    rows = fill_states(blank(closing.normal_close()).blanked(), wrong)
    assert [row["state"] for row in rows[4:6]] == ["TIME_WAIT", "TIME_WAIT"]


def test_visible_states_stay() -> None:
    rows = PacketTable.of(closing.normal_close(), columns=COLUMNS).filled()
    assert fill_states(rows) == rows
