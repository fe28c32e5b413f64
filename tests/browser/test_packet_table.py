"""표를 마우스와 글쇠로 채우면 커널이 맞추어 보고, 까닭을 화면과 읽기 프로그램에 말한다."""

from __future__ import annotations

import pytest
from conftest import output

CELLS = (
    "from tcpedu.course import packet_table\n"
    "from tcpedu.course.packet_tables import isns\n"
    "from tcpedu.network.closing import normal_close\n"
    "from tcpedu.network.packet_table import PacketTable\n"
    "BLANKS = {(2, 'ack'), (3, 'seq'), (4, 'seq'), (5, 'ack'), (6, 'ack'), (7, 'seq')}",
    "packet_table(lambda rng: PacketTable.of(normal_close(**isns(rng, 2, 2)), BLANKS, title='종료의 표'))",
)


@pytest.fixture(scope="module")
def page(notebook):
    return notebook("packet-table", *CELLS)


@pytest.fixture
def table(page):
    widget = output(page, 1)
    first_row(widget).evaluate("row => row.classList.add('old')")
    widget.get_by_role("button", name="새 문제").click()
    # 앞선 시험의 "새 수로 다시 냈습니다."가 아직 보이므로, 줄이 새로 그려지는 것을 기다린다.
    widget.locator("tr.old").wait_for(state="detached")
    widget.get_by_text("새 수로 다시 냈습니다.").wait_for()
    return widget


def first_row(widget):
    return widget.locator("tbody tr").first


def blank(widget, index):
    return widget.locator("input").nth(index)


def expected(widget, index):
    """표의 첫 줄들에서 손으로 센 값: 2번의 ack는 1번의 seq + 1."""
    first = int(first_row(widget).locator("td").nth(3).inner_text())
    return str((first + 1) % 2**32) if index == 0 else ""


def test_it_is_a_table_with_headers_and_labelled_blanks(table):
    assert table.get_by_role("columnheader").all_inner_texts()[:4] == ["번호", "시각", "보낸 쪽", "플래그"]
    assert table.get_by_role("rowheader").count() == 7
    assert table.get_by_role("textbox", name="2번의 ack, 서버").count() == 1
    assert table.locator("input").count() == 6


def test_enter_checks_the_cell_and_focus_stays(table, page):
    blank(table, 0).focus()
    page.page.keyboard.type(expected(table, 0))
    page.page.keyboard.press("Enter")
    table.locator(".blank.right").wait_for()
    assert blank(table, 0).evaluate("node => node === document.activeElement")
    assert table.get_by_role("textbox", name="2번의 ack, 서버, 맞음").count() == 1
    assert table.locator(".blank.right .mark").inner_text() == "✓"
    assert "1개를 맞혔습니다" in table.locator(".bar .note").inner_text()


def test_a_wrong_cell_says_why_in_a_live_region(table, page):
    blank(table, 0).fill(str(int(expected(table, 0)) - 1))
    page.page.keyboard.press("Tab")
    table.locator(".blank.bad").wait_for()
    says = table.locator(".says")
    assert says.get_attribute("aria-live") == "polite"
    assert "RFC 9293" in says.inner_text()
    assert blank(table, 0).get_attribute("aria-invalid") == "true"
    assert table.locator(".blank.bad .mark").inner_text() == "✕"


def test_arrows_walk_the_blanks_and_the_hint_is_for_the_last_one(table, page):
    blank(table, 0).focus()
    page.page.keyboard.press("ArrowDown")
    assert blank(table, 1).evaluate("node => node === document.activeElement")
    name = blank(table, 1).get_attribute("data-id").replace("-", "번의 ")
    table.get_by_role("button", name="이 칸의 힌트").click()
    table.get_by_text(f"💡 {name}").wait_for()


def test_keys_never_reach_the_notebook(table, page):
    cells = page.page.locator(".jp-Cell").count()
    table.get_by_role("button", name="모두 확인").focus()
    page.page.keyboard.press("b")
    page.page.keyboard.press("d")
    page.page.keyboard.press("d")
    assert page.page.locator(".jp-Cell").count() == cells


def test_all_at_once_then_the_answers(table):
    blank(table, 0).fill("1")
    blank(table, 1).fill("2")
    table.get_by_role("button", name="모두 확인").click()
    table.locator("ul.wrong li").nth(1).wait_for()
    assert table.locator("ul.wrong li").count() == table.locator(".blank.bad").count() == 2
    table.get_by_role("button", name="답 보기").click()
    table.locator(".blank.given").nth(5).wait_for()
    assert table.locator("ul.wrong li").count() == 0
    assert blank(table, 0).input_value() == expected(table, 0)


def test_everything_is_reached_with_tab_and_seen(table, page):
    blank(table, 5).focus()
    names = []
    for _ in range(4):
        page.page.keyboard.press("Tab")
        names.append(page.page.evaluate("() => document.activeElement.textContent"))
    assert names == ["모두 확인", "이 칸의 힌트", "새 문제", "답 보기"]
    assert page.page.evaluate("() => getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_no_errors(page):
    assert page.errors == []
