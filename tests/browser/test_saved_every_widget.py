"""저장된 노트북을 다시 열면, 커널 없이도 위젯마다 그림이 보이고 틀 수 있는 것은 틀 수 있다."""

from __future__ import annotations

import nbformat
import pytest
from conftest import output
from test_accessibility import CASES, SETUP

DRAWN = [name for name in CASES if name != "퀴즈"]  # 퀴즈는 ipywidgets이고 test_quiz.py가 본다
PLAYED = ("사다리", "손실률", "윈도우", "SYN 플러드")


@pytest.fixture(scope="module")
def page(lab, browser, tmp_path_factory):
    from nbclient import NotebookClient

    book = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell) for cell in (SETUP, *(CASES[name].make for name in DRAWN))]
    )
    book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    NotebookClient(book, timeout=120).execute()
    path = tmp_path_factory.mktemp("every") / "every.ipynb"
    nbformat.write(book, path)
    place = lab.add(path)
    lab.trust(place)
    opened = browser.open(lab, place)
    yield opened
    opened.page.close()
    lab.forget_kernels()


def widget(page, name):
    found = output(page, 1 + DRAWN.index(name)).locator(".tcpedu").first
    found.wait_for()
    return found


@pytest.mark.parametrize("name", DRAWN)
def test_it_shows_without_a_kernel(page, name):
    found = widget(page, name)
    found.locator("svg, table").first.wait_for()
    assert found.bounding_box()["height"] > 150
    assert found.locator(".alert:visible").count() == 0


@pytest.mark.parametrize("name", PLAYED)
def test_it_can_be_stepped(page, name):
    found = widget(page, name)
    found.get_by_role("button", name="처음으로", exact=True).first.click()
    before = found.locator(".time").first.inner_text()
    found.get_by_role("button", name="한 단계 ▶").click()
    assert found.locator(".time").first.inner_text() != before


@pytest.mark.parametrize("name", ["혼잡 제어", "큐와 지연"])
def test_its_cursor_reads_the_saved_values(page, name):
    found = widget(page, name)
    found.locator(".stage").press("Home")
    first = found.locator("table.values").inner_text()
    found.locator(".stage").press("End")
    assert found.locator("table.values").inner_text() != first


def test_nothing_complains(page):
    assert page.errors == []
