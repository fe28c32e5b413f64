"""Jupyter Notebook 7에서도 위젯과 그림이 모두 보인다. 꼭 있어야 하는 꾸러미가 아니므로, 없으면 건너뛴다."""

from __future__ import annotations

import nbformat
import pytest
from lab import running_lab
from test_accessibility import CASES, SETUP

pytest.importorskip("notebook", minversion="7", reason="Notebook 7이 없습니다: pip install 'notebook>=7.6,<8'")
WIDGETS = [case.make for case in CASES.values()]
DIAGRAMS = (
    "state_diagram(simplified=True)", "layers_diagram()", "concept_map()",
    "sequence_diagram(scenarios.handshake(), title='핸드셰이크')",
    "header_diagram(Segment(50000, 80, seq=100), title='헤더')",
)  # fmt: skip


@pytest.fixture(scope="module")
def page(browser, tmp_path_factory):
    cells = [SETUP, *WIDGETS, *DIAGRAMS, "overview()"]
    book = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell) for cell in cells],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    )
    path = tmp_path_factory.mktemp("notebook7") / "gallery.ipynb"
    nbformat.write(book, path)
    with running_lab("notebook") as server:
        opened = browser.open(server, server.add(path))
        opened.run_all()
        yield opened
        opened.page.close()
        server.forget_kernels()


def shown(page, index):
    return page.page.locator(".jp-CodeCell").nth(index).locator(".jp-OutputArea-output").first


def test_no_cell_fails_and_nothing_complains(page):
    assert page.failures() == []
    assert page.errors == []


@pytest.mark.parametrize(("index", "make"), list(enumerate(WIDGETS, 1)), ids=CASES)
def test_the_widget_shows(page, index, make):
    """위젯 그 자체가 보인다: 글로 된 대신이나 정지 그림이 아니다."""
    widget = shown(page, index).locator(".tcpedu, .widget-vbox").first
    widget.wait_for()
    assert widget.bounding_box()["height"] > 100
    assert widget.locator("button:visible, input:visible").count() >= 2


@pytest.mark.parametrize(("index", "make"), list(enumerate(DIAGRAMS, 1 + len(WIDGETS))), ids=DIAGRAMS)
def test_the_diagram_is_drawn(page, index, make):
    picture = shown(page, index).locator("img, svg").first
    picture.wait_for()
    assert picture.bounding_box()["height"] > 80
    assert "Syntax error" not in shown(page, index).inner_text()


def test_a_widget_answers(page):
    lossy = shown(page, 1 + list(CASES).index("손실률"))
    before = lossy.locator(".counts").inner_text()
    lossy.locator(".loss-slider").fill("50")
    page.page.wait_for_function(
        "([node, before]) => node.innerText !== before", arg=[lossy.locator(".counts").element_handle(), before]
    )
