"""RTO 탐색기: 점을 끌고, 글쇠로 움직이고, 잃고, 규칙을 바꾼다. 저장된 노트북에서도 보인다."""

from __future__ import annotations

import nbformat
import pytest
from conftest import output

CELLS = ("from tcpedu.view import RttExplorer\nexplorer = RttExplorer()\nexplorer",)


@pytest.fixture(scope="module")
def page(notebook):
    return notebook("rtt", *CELLS)


@pytest.fixture
def view(page):
    widget = output(page, 0)
    widget.locator("button.reset").click()
    count(widget, "가짜 타임아웃", "2번")
    return widget


def count(widget, name, value):
    """그 수가 `value`가 될 때까지 기다린다."""
    box = widget.locator(".counts div").filter(has=widget.page.get_by_text(name, exact=True))
    box.locator("dd", has_text=value).wait_for()


def handle(widget, index):
    return widget.locator(f'.handle[data-index="{index}"]')


def drag(widget, index, pixels):
    widget.scroll_into_view_if_needed()
    box = handle(widget, index).bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    mouse = widget.page.mouse
    mouse.move(x, y)
    mouse.down()
    for part in range(1, 9):
        mouse.move(x, y + pixels * part / 8)
        widget.page.wait_for_timeout(15)
    mouse.up()


def test_drag_makes_a_spurious_timeout(view):
    before = int(handle(view, 3).get_attribute("aria-valuenow"))
    drag(view, 3, -150)
    count(view, "가짜 타임아웃", "3번")
    assert int(handle(view, 3).get_attribute("aria-valuenow")) > before + 300
    view.locator(".probe", has_text="4번: 왕복").wait_for()
    assert view.locator('select[data-name="source"]').evaluate("node => node.selectedOptions[0].text") == "내가 그린 것"
    view.locator('.handle[data-index="3"]:focus').wait_for()  # 이어서 화살표로 다듬을 수 있다


def test_the_point_stays_under_the_hand(view):
    box = handle(view, 5).bounding_box()
    drag(view, 5, -60)
    view.page.wait_for_timeout(400)
    after = handle(view, 5).bounding_box()
    assert after["y"] - box["y"] == pytest.approx(-60, abs=4)


def test_arrow_keys_choose_and_move(view, page):
    handle(view, 0).focus()
    page.page.keyboard.press("ArrowRight")
    assert page.page.evaluate("document.activeElement.dataset.index") == "1"
    assert handle(view, 1).get_attribute("tabindex") == "0"
    page.page.keyboard.press("ArrowUp")
    view.locator('.handle[data-index="1"][aria-valuetext="225ms"]').wait_for()
    assert page.page.evaluate("document.activeElement.dataset.index") == "1"
    page.page.keyboard.press("ArrowDown")
    view.locator('.handle[data-index="1"][aria-valuetext="200ms"]').wait_for()


def test_l_loses_the_segment(view, page):
    cells = page.page.locator(".jp-Cell").count()
    handle(view, 4).focus()
    page.page.keyboard.press("l")
    count(view, "타임아웃", "5번")
    assert "처음 것을 잃음" in view.locator(".probe").inner_text()
    assert "잃음" in handle(view, 4).get_attribute("aria-label")
    page.page.keyboard.press("l")
    count(view, "타임아웃", "4번")
    assert page.page.locator(".jp-Cell").count() == cells


def test_without_karn_the_wrong_values_appear(view):
    view.get_by_label("재전송한 것의 ACK").select_option(label="마지막에 보낸 때부터 잰다")
    count(view, "재지 않은 표본", "0개")
    view.get_by_text("너무 짧게 재어").wait_for()
    assert view.locator(".sign.diamond").count() > 1


def test_the_floor_of_the_rfc_ends_the_spurious_timeouts(view):
    view.get_by_label("최소", exact=True).press("End")
    view.get_by_label("거는 곳").select_option(label="RTO 전체 (RFC 6298)")
    count(view, "가짜 타임아웃", "0번")
    count(view, "잃고 기다린 시간", "1초")


def test_fast_keys_end_at_the_last_value(view):
    slider = view.get_by_label("K", exact=True)
    slider.focus()
    for key in ["ArrowLeft"] * 4 + ["ArrowRight"] * 6:
        view.page.keyboard.press(key)
    assert slider.get_attribute("aria-valuetext") == "8"
    view.page.wait_for_timeout(500)
    assert slider.get_attribute("aria-valuetext") == "8"
    count(view, "표본", "40개")


def test_accessibility_tree(view):
    tree = view.aria_snapshot()
    assert 'slider "1번 표본"' in tree and 'slider "16번 표본, 잃음"' in tree
    assert 'group "표본"' in tree and 'toolbar "표본"' in tree
    assert view.locator('[role="status"][aria-live="polite"]').count() >= 2


def test_one_tab_stop_among_the_points(view):
    assert view.locator('.handle[tabindex="0"]').count() == 1


def test_nothing_sticks_out(view, page):
    page.page.set_viewport_size({"width": 800, "height": 900})
    page.page.wait_for_timeout(300)
    over = view.locator(".tcpedu").evaluate("node => node.scrollWidth - node.clientWidth")
    page.page.set_viewport_size({"width": 1280, "height": 900})
    assert over <= 1


def test_no_errors(page):
    assert page.errors == []


# ── 저장된 노트북 ───────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def saved(lab, browser, tmp_path_factory):
    from nbclient import NotebookClient

    cells = (CELLS[0], "from tcpedu.view import SynBacklogView\nSynBacklogView()")
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    NotebookClient(book, timeout=120).execute()
    path = tmp_path_factory.mktemp("saved") / "saved-tuned.ipynb"
    nbformat.write(book, path)
    where = lab.add(path)
    lab.trust(where)
    opened = browser.open(lab, where)
    opened.page.locator(".tcpedu.rtt-explorer .handle").first.wait_for()
    opened.page.locator(".tcpedu.syn-backlog .slot").first.wait_for()
    yield opened
    opened.page.close()
    lab.forget_kernels()


def test_saved_points_can_be_read(saved):
    view = output(saved, 0)
    handle(view, 8).focus()
    assert "9번: 왕복 800ms" in view.locator(".probe").inner_text()
    saved.page.keyboard.press("ArrowUp")
    view.locator(".alert", has_text="실행 중인 커널이 필요합니다").wait_for()


def test_saved_flood_can_be_played(saved):
    view = output(saved, 1)
    view.get_by_role("button", name="처음으로", exact=True).click()
    assert view.locator(".slot.attack").count() == 0
    view.locator(".clock").fill("400")
    assert view.locator(".slot.attack").count() > 60
