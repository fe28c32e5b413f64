"""저장된 노트북을 다시 열면, 셀을 실행하지 않아도 위젯이 보이고 틀어 볼 수 있다."""

from __future__ import annotations

import nbformat
import pytest
from conftest import output

CELLS = (
    "from tcpedu.network import scenarios\n"
    "from tcpedu.view import HeaderInspector, LadderPlayer\n"
    "LadderPlayer(lambda drops, delays: scenarios.handshake(drops=drops, delays=delays), title='저장된 사다리')",
    "from tcpedu.protocol.segment import Segment\nHeaderInspector(Segment(50000, 80, seq=100))",
)


def saved(tmp_path_factory):
    from nbclient import NotebookClient

    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in CELLS])
    book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    NotebookClient(book, timeout=120).execute()
    path = tmp_path_factory.mktemp("saved") / "saved.ipynb"
    nbformat.write(book, path)
    return path


@pytest.fixture(scope="module")
def page(lab, browser, tmp_path_factory):
    path = lab.add(saved(tmp_path_factory))
    lab.trust(path)
    opened = browser.open(lab, path)
    opened.page.locator(".tcpedu.ladder .segment").first.wait_for()
    yield opened
    opened.page.close()
    lab.forget_kernels()


def test_ladder_can_be_played(page):
    ladder = output(page, 0)
    assert ladder.locator(".segment").count() == 3
    ladder.get_by_role("button", name="처음으로").click()
    assert ladder.locator(".segment.later").count() == 3
    ladder.get_by_role("button", name="한 단계 ▶").click()
    assert ladder.locator(".segment.later").count() == 2


def test_focus_shows_the_header(page):
    ladder = output(page, 0)
    ladder.locator('.segment[data-number="1"]').focus()
    assert "SYN" in ladder.locator(".detail b").inner_text() or "seq" in ladder.locator(".detail").inner_text()


def test_click_says_that_a_kernel_is_needed(page):
    ladder = output(page, 0)
    ladder.locator('.segment[data-number="1"] .hit').click(force=True)
    ladder.locator(".alert", has_text="실행 중인 커널이 필요합니다").wait_for()
    assert ladder.locator(".segment.lost").count() == 0


def test_inspector_shows_the_fields(page):
    inspector = output(page, 1)
    assert inspector.locator('.cell[data-cell="seq"] .cell-value').text_content() == "100"
    inspector.locator('.cell[data-cell="seq"]').click()
    assert inspector.locator(".bits button").count() == 32
