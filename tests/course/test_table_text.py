"""표를 채우는 문제의 오답: 값을 통째로 적지 않고 처음 틀린 칸을 표와 함께 보인다."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tcpedu.course import check, problem
from tcpedu.course.table_text import LINES, capture

Cell = Callable[..., Any]

RIGHT = """
def fill_receipts(rows):
    after = {}
    for row in rows:
        other = next((value for name, value in after.items() if name != row["sender"]), None)
        if row["ack"] is None:
            row["ack"] = other
        after[row["sender"]] = (row["seq"] + row["length"] + ("SYN" in row["flags"])) % 2**32
    return rows
"""


def feedback(cell: Cell, old: str = "", new: str = "") -> str:
    assert old in RIGHT
    return repr(check(cell(RIGHT.replace(old, new) if old else RIGHT, "fill_receipts")))


def test_the_plain_answer_is_right(cell: Cell) -> None:
    assert feedback(cell).startswith("✅")


def test_the_wrong_cell_is_named_by_the_segment_number(cell: Cell) -> None:
    """4번의 ack가 처음 틀렸다: 리스트의 자리 [3]이 아니라 세그먼트의 번호로 말한다."""
    text = feedback(cell, 'row["ack"] = other', 'row["ack"] = other if row["number"] != 4 else 7')
    rows = problem("fill_receipts").cases[0].args[0]
    assert [row["number"] for row in rows if row["ack"] is None][:2] == [2, 4]
    assert f"기대: 4번의 ack = {rows[1]['seq'] + 1}\n실제: 4번의 ack = 7\n" in text
    lines = text.splitlines()
    table = lines[lines.index("    fill_receipts(rows)") + 1 :][:5]
    assert table[0].split() == list(rows[0])
    assert str(rows[0]["seq"] + 1) in table[2]  # 옳게 채운 2번의 빈칸은 채운 값으로
    assert table[4].startswith("    ▶ 4") and "None" in table[4]
    assert not lines[lines.index(table[4]) + 1].startswith("    ")  # 그 뒤의 줄은 보이지 않는다


def test_something_that_is_not_the_table(cell: Cell) -> None:
    text = feedback(cell, "    return rows", '    return [row["ack"] for row in rows]')
    assert "기대: 같은 모양의 줄(dict) 9개를 담은 리스트\n실제: [0, " in text and "\n      9 " in text
    assert "처음 다른 곳: 길이: 기대 9, 실제 8" in feedback(cell, "    return rows", "    return rows[:-1]")


def test_an_error_keeps_the_table_short(cell: Cell) -> None:
    text = feedback(cell, 'row["ack"] = other', 'row["ack"] = rows[99]["seq"]')
    assert "실제: IndexError" in text and "줄임" not in text


def test_a_capture_is_shown_line_by_line(cell: Cell) -> None:
    """세그먼트의 줄을 받는 문제는 리스트의 글이 아니라 표로 입력을 보인다."""
    text = repr(check(cell("def handshake_rtt(segments):\n    return 1.0", "handshake_rtt")))
    rows = problem("handshake_rtt").cases[0].args[0]
    lines = text.splitlines()
    table = lines[lines.index("    handshake_rtt(segments)") + 1 :][: len(rows) + 1]
    assert table[0].split() == list(rows[0]) and "줄임" not in text
    assert [line.split()[3] for line in table[1:]] == [row["flags"] for row in rows]


def test_a_long_capture_is_cut() -> None:
    rows = [{"number": number, "flags": "ACK"} for number in range(1, LINES + 3)]
    text = capture("count", [rows])
    assert text is not None and text.endswith(f"  {LINES}      ACK\n  … (줄임: 모두 {LINES + 2}줄)")
    assert capture("count", [[1, 2]]) is capture("count", [[]]) is capture("count", [rows, 1]) is None
