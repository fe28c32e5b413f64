"""표의 위젯: 저장되는 글에는 빈칸만 있고, 부탁마다 화면이 바뀐다."""

from __future__ import annotations

import re

import pytest

from tcpedu.course import packet_table

VIEW = "application/vnd.jupyter.widget-view+json"


def truths(widget):
    table = widget.practice.table
    return {f"{cell[0]}-{cell[1]}": str(table.value(cell)) for cell in table.cells}


def blanks(widget):
    return {cell["id"]: cell for row in widget.scene["rows"] for cell in row if "id" in cell}


def test_the_saved_table_has_blanks_and_no_answers():
    widget, twin = packet_table("close", seed=2), packet_table("close", seed=2)
    data, _ = widget._repr_mimebundle_()
    assert set(data) == {VIEW, "text/plain", "text/markdown"}
    assert data["text/plain"] == twin.as_text() == repr(widget)
    assert data["text/plain"].count("____") == data["text/markdown"].count("\\_" * 4) == len(truths(widget)) == 6
    assert "| 1 | 0ms | 클라이언트 | SYN |" in data["text/markdown"]
    table = widget.practice.table
    shown = {row[name] for row in table.blanked() for name in ("seq", "ack")}
    for value in {table.value(cell) for cell in table.cells} - shown:
        assert str(value) not in data["text/plain"] + data["text/markdown"] + str(widget.scene)


def test_a_right_and_a_wrong_cell():
    widget = packet_table("close", seed=2)
    (first, right), (second, _), *_ = truths(widget).items()
    widget.handle({"do": "check", "id": first, "value": right})
    assert blanks(widget)[first]["right"] is True
    assert widget.scene["status"] == "빈칸 6개 가운데 1개를 맞혔습니다."
    widget.handle({"do": "check", "id": second, "value": "5"})
    assert blanks(widget)[second]["right"] is False
    assert widget.scene["says"].startswith("✕ ") and widget.scene["wrong"] == []
    widget.handle({"do": "hint", "id": first})
    assert len(widget.scene["wrong"]) == 1 and widget.scene["says"].startswith("💡")


def test_all_at_once_and_nothing_written_is_lost():
    widget = packet_table("handshake", seed=1)
    values = truths(widget)
    widget.handle({"do": "all", "values": values})
    assert all(cell["right"] for cell in blanks(widget).values())
    assert {name: cell["value"] for name, cell in blanks(widget).items()} == values
    assert widget.scene["says"] == "빈칸 3개 가운데 3개를 맞혔습니다."


def test_shown_answers_do_not_count():
    widget = packet_table("handshake", seed=1)
    first, right = next(iter(truths(widget).items()))
    widget.handle({"do": "check", "id": first, "value": right})
    widget.handle({"do": "answer"})
    assert [cell["given"] for cell in blanks(widget).values()].count(True) == 2
    assert widget.scene["status"] == "빈칸 3개 가운데 1개를 맞혔습니다."


def test_a_new_table_forgets_the_old_marks():
    widget = packet_table("close", seed=2)
    before = truths(widget)
    widget.handle({"do": "all", "values": before})
    widget.handle({"do": "again"})
    assert widget.scene["seed"] == 3 and truths(widget) != before
    assert all(cell["value"] == "" and cell["right"] is None for cell in blanks(widget).values())


@pytest.mark.parametrize(
    "request_",
    [{"do": "check", "id": "1-seq", "value": "1"}, {"do": "check", "id": "x", "value": "1"}, {"do": "fly"}, {},
     {"do": "all", "values": {"9-ack": "1"}}, {"do": "hint", "id": None}],
)  # fmt: skip
def test_a_strange_request_is_answered_not_obeyed(request_):
    widget = packet_table("close", seed=2)
    widget.handle(request_)
    assert widget.scene["error"].startswith("하지 못했습니다")


def test_every_blank_has_a_label_and_no_ack_without_its_flag():
    widget = packet_table("close", seed=2)
    assert all(re.fullmatch(r"\d+번의 (seq|ack), (클라이언트|서버)", cell["label"]) for cell in blanks(widget).values())
    assert widget.scene["rows"][0][5] == {"text": "–"}


def test_lost_segments_are_said_in_words():
    widget = packet_table("loss", seed=1)
    assert sum(cell == {"text": "잃음"} for row in widget.scene["rows"] for cell in row) == 1
