"""빈칸이 있는 표: 참값은 기록의 것이고, 빈칸은 RFC의 규칙으로 하나로 정해진다."""

from __future__ import annotations

import math
from random import Random

import pytest

from tcpedu.network import scenarios
from tcpedu.network.deduce import Counting, complete
from tcpedu.network.packet_table import BASIC, COLUMNS, PacketTable

# RFC 9293 §3.5 그림 6과 §3.6 그림 12를 손으로 옮긴 것: (보낸 쪽, 플래그, seq, ack, 길이).
FIGURE_6 = (
    ("A", "SYN", 100, 0, 0), ("B", "SYN,ACK", 300, 101, 0), ("A", "ACK", 101, 301, 0), ("A", "ACK", 101, 301, 9)
)  # fmt: skip
FIGURE_12 = (
    ("A", "ACK", 100, 300, 0), ("A", "FIN,ACK", 100, 300, 0), ("B", "ACK", 300, 101, 0), ("B", "FIN,ACK", 300, 101, 0),
    ("A", "ACK", 101, 301, 0),
)  # fmt: skip


def rows(figure):
    names = ("sender", "flags", "seq", "ack", "length")
    return [{"number": number, **dict(zip(names, line, strict=True))} for number, line in enumerate(figure, 1)]


@pytest.mark.parametrize("figure", [FIGURE_6, FIGURE_12], ids=["그림 6", "그림 12"])
def test_the_figures_of_the_rfc_are_completed(figure):
    truth = rows(figure)
    first = [truth[0], next(row for row in truth if row["sender"] == "B")]
    for row in truth[1:]:
        for column in ("seq", "ack"):
            heard = any(one["sender"] != row["sender"] for one in truth[: row["number"] - 1])
            if row not in first if column == "seq" else heard:
                assert complete([{**one, column: None} if one is row else one for one in truth]) == truth


def test_the_first_number_of_a_side_cannot_be_deduced():
    assert complete([{**rows(FIGURE_6)[0], "seq": None}])[0]["seq"] is None


def test_length_is_the_distance_to_the_next_number():
    truth = [*rows(FIGURE_6), {"number": 5, "sender": "A", "flags": "FIN,ACK", "seq": 110, "ack": 301, "length": 0}]
    for number in (4, 1):  # 1번에서는 SYN의 몫을 뺀다
        assert complete([{**row, "length": None} if row["number"] == number else row for row in truth]) == truth


TRACES = {
    "연결 수립": scenarios.handshake(client_isn=2**32 - 1, server_isn=7),
    "SYN을 잃음": scenarios.handshake(drops={1, 3}),
    "동시 개방": scenarios.simultaneous_open(),
    "네 세그먼트": scenarios.normal_close(client_isn=2**32 - 2, server_isn=2**32 - 1),
    "세 세그먼트": scenarios.three_segment_close(),
    "함께 닫음": scenarios.simultaneous_close(),
    "데이터": scenarios.transfer(bytes(700), client_isn=2**32 - 500),
    "손실": scenarios.one_loss(),
    "꼬리 손실": scenarios.tail_loss(),
}


@pytest.mark.parametrize("trace", TRACES.values(), ids=TRACES)
def test_every_number_after_the_first_follows_from_the_rows_above(trace):
    """시뮬레이터의 두 끝이 낸 값과, 표만 보고 센 값이 서로 다른 길로 같다."""
    packets = range(1, 40)
    table = PacketTable.of(trace, columns=(*BASIC, "arrived", "note"), packets=packets)
    first = {row["sender"]: row["number"] for row in reversed(table.rows)}
    for number in table.numbers:
        for column in ("seq", "ack"):
            cell = (number, column)
            known = first[table.row(number)["sender"]] == number or "재전송" in table.row(number)["note"]
            if table.has_value(cell) and not (column == "seq" and known):
                assert complete(table.blanked({cell})) == table.filled(), cell


def test_rows_are_the_trace():
    trace = scenarios.handshake(drops={1})
    table = PacketTable.of(trace, columns=tuple(COLUMNS))
    assert [row["number"] for row in table.rows] == [sent.number for sent in trace.segments]
    assert table.rows[0]["arrived"] == math.inf
    assert table.rows[0]["note"] == "손실"
    assert [row["state"] for row in table.rows] == ["SYN_SENT", "SYN_SENT", "SYN_RCVD", "ESTABLISHED"]
    assert table.rows[1]["time"] == 1.0


@pytest.mark.parametrize("seed", range(20))
def test_hidden_cells_have_one_answer_and_are_really_hidden(seed):
    table = PacketTable.of(scenarios.normal_close()).hide(Random(seed), count=6)
    assert len(table.hidden) == 6
    assert table.unsolved() == []
    blanked = {row["number"]: row for row in table.blanked()}
    assert all(blanked[number][column] is None for number, column in table.hidden)
    assert PacketTable.of(scenarios.normal_close()).hide(Random(seed), count=6) == table


def test_a_cell_that_cannot_be_deduced_is_named():
    table = PacketTable.of(scenarios.handshake(), {(2, "seq"), (3, "ack")})
    assert table.unsolved() == [(2, "seq"), (3, "ack")]


def test_crossing_segments_need_the_arrival_times():
    """엇갈린 FIN에서는 무엇이 먼저 왔는지 보이지 않으면 ack를 정할 수 없다."""
    trace = scenarios.simultaneous_close()
    fin = next(sent.number for sent in trace.segments if sent.src != trace.segments[3].src and sent.number > 4)
    assert PacketTable.of(trace, {(fin, "ack")}).unsolved()
    assert not PacketTable.of(trace, {(fin, "ack")}, columns=(*BASIC, "arrived")).unsolved()


@pytest.mark.parametrize(
    ("hidden", "options", "text"),
    [
        ({(9, "seq")}, {}, "표에 없는 칸"),
        ({(1, "state")}, {}, "표에 없는 칸"),
        ({(1, "ack")}, {}, "ACK 플래그가 꺼져"),
        ((), {"columns": ("number", "sequence")}, "모르는 열"),
        ((), {"columns": ("number", "sender", "flags")}, "열이 있어야"),
        ((), {"packets": ()}, "세그먼트가 없습니다"),
    ],
)
def test_a_table_that_makes_no_sense_is_refused(hidden, options, text):
    with pytest.raises(ValueError, match=text):
        PacketTable.of(scenarios.handshake(), hidden, **options)


def test_one_connection_only():
    with pytest.raises(ValueError, match="한 연결"):
        PacketTable.of(scenarios.full_backlog())


@pytest.mark.parametrize(
    ("counting", "ack"),
    [(Counting(syn=0), 300), (Counting(ack_shift=-1), 300), (Counting(ack_shift=1), 302), (Counting(ack_of="own"), 101),
     (Counting(ack_of="seq"), 300), (Counting(), 301)],
)  # fmt: skip
def test_each_wrong_way_of_counting(counting, ack):
    blank = [*rows(FIGURE_6)[:2], {**rows(FIGURE_6)[2], "ack": None}]
    assert complete(blank, counting)[2]["ack"] == ack
