"""표를 손으로 채우는 연습: 한 칸씩 맞추고, 까닭과 RFC의 절을 말한다."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from tcpedu.course import packet_table
from tcpedu.course.packet_practice import PacketPractice, read
from tcpedu.course.packet_tables import TABLES
from tcpedu.network import scenarios
from tcpedu.network.packet_table import BASIC, PacketTable

FIGURE = {"client_isn": 100, "server_isn": 300}


def practice(*cells: tuple[int, str], columns: tuple[str, ...] = BASIC, trace: Any = None) -> PacketPractice:
    table = PacketTable.of(trace or scenarios.normal_close(**FIGURE), cells, columns=columns)
    return PacketPractice(lambda rng: table)


# normal_close: 1 SYN, 2 SYN,ACK, 3 ACK, 4 FIN,ACK(101/301), 5 ACK(301/102), 6 FIN,ACK(301/102), 7 ACK(102/302)
@pytest.mark.parametrize(
    ("cell", "given", "said", "rfc"),
    [
        ((5, "ack"), "101", "FIN이 쓰는 번호를 세지 않았다", "RFC 9293 §3.4"),
        ((7, "seq"), "101", "FIN이 쓰는 번호를 세지 않았다", "RFC 9293 §3.4"),
        ((3, "seq"), "100", "SYN이 쓰는 번호를 세지 않았다", "RFC 9293 §3.4"),
        ((5, "ack"), "103", "ack가 하나 크다", "RFC 9293 §3.4"),
        ((5, "ack"), "301", "자기 순서 번호를 적었다", "RFC 9293 §3.1"),
        ((5, "ack"), "7", "아직 다릅니다", "RFC 9293 §3.1"),
    ],
)
def test_a_wrong_number_gets_its_reason(cell: tuple[int, str], given: str, said: str, rfc: str) -> None:
    result = practice(cell).check(cell, given)
    assert result.right is False
    assert said in result.text
    assert result.rfc == rfc
    assert str(result).startswith(f"✕ {cell[0]}번의 {cell[1]}: ") and str(result).endswith(f"({rfc})")


def test_a_mistake_carried_on_from_above_is_recognised() -> None:
    """내내 FIN과 SYN을 세지 않았으면 뒤의 칸은 둘만큼 모자란다."""
    cells = ((3, "seq"), (4, "seq"), (5, "ack"), (7, "seq"))
    assert "SYN과 FIN을 세지 않고" in practice(*cells).check((7, "seq"), "100").text


@pytest.mark.parametrize("text", ["102", " 102 ", "0x66", "1 02", "1,02"])
def test_numbers_may_be_written_in_several_ways(text: str) -> None:
    assert practice((5, "ack")).check((5, "ack"), text).right


@pytest.mark.parametrize("text", ["FIN,ACK", "ack + fin", "ACK FIN", "fin/ack"])
def test_flags_may_come_in_any_order(text: str) -> None:
    assert practice((4, "flags")).check((4, "flags"), text).right
    assert practice((4, "flags")).check((4, "flags"), "ACK").right is False


@pytest.mark.parametrize(
    ("text", "said"),
    [("", "비어"), ("  ", "비어"), ("하나", "10진수나 0x"), ("1.5", "10진수나 0x"), ("0x", "10진수나 0x")],
)
def test_what_cannot_be_read_is_not_wrong(text: str, said: str) -> None:
    result = practice((5, "ack")).check((5, "ack"), text)
    assert result.right is None
    assert said in result.text


def test_flags_without_letters() -> None:
    with pytest.raises(ValueError, match="플래그의 이름을"):
        read("123", "flags", str)


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_blank_takes_its_answer_and_has_a_hint_without_it(name: str, seed: int) -> None:
    one = PacketPractice(TABLES[name], seed)
    for cell in one.table.cells:
        assert one.check(cell, one.answer(cell)).right
        assert len(one.hint(cell)) > 20
        assert one.table.value(cell) < 100 or str(one.table.value(cell)) not in one.hint(cell)


def test_other_columns_are_understood() -> None:
    columns = (*BASIC, "state", "arrived")
    one = practice((3, "state"), (3, "arrived"), (3, "window"), columns=columns)
    assert one.check((3, "state"), "established").right
    assert one.check((3, "arrived"), "0.15").right
    assert one.check((3, "window"), "65,535").right
    assert one.answer((3, "arrived")) == "150ms"


def test_a_teachers_own_hint_wins() -> None:
    table = PacketTable.of(scenarios.handshake(), {(2, "ack")})
    one = PacketPractice(lambda rng: PacketTable(table.rows, table.hidden, hints={(2, "ack"): "내 힌트"}))
    assert one.hint((2, "ack")) == "내 힌트"


def test_again_gives_new_numbers_and_the_seed_decides() -> None:
    one, other = PacketPractice(TABLES["close"], 5), PacketPractice(TABLES["close"], 5)
    assert one.table == other.table
    one.again()
    assert one.table != other.table
    other.again()
    assert one.table == other.table


def test_only_blanks_are_checked() -> None:
    with pytest.raises(ValueError, match="빈칸이 아닙니다: 1번의 seq"):
        practice((5, "ack")).check((1, "seq"), "1")


def test_a_table_by_the_name_of_its_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    from tcpedu.course.packet_problem import packet_table_problem

    problem = packet_table_problem(
        name="fill_mine", lesson="05_connection_termination", title="표", points=1, make=TABLES["close"]
    )
    monkeypatch.setattr(sys.modules["tcpedu.course.problem"], "problems", lambda lesson=None: [problem])
    assert packet_table("fill_mine", seed=3).practice.table == packet_table("close", seed=3).practice.table
    assert packet_table(TABLES["close"], seed=3).practice.table == packet_table("close", seed=3).practice.table
    with pytest.raises(KeyError, match="이름이 'nope'인 표는 없습니다"):
        packet_table("nope")
