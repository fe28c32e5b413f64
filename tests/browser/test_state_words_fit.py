"""상태의 이름과 변수가 잘리지 않는다: 표의 빈칸에도, 좁은 화면의 탐색기에도."""

from __future__ import annotations

import pytest
from conftest import output

CELLS = (
    "from tcpedu.course import packet_table\nfrom tcpedu.network.stage import PRESETS\n"
    "from tcpedu.view import StateExplorer",
    "StateExplorer(PRESETS['동시에 닫기'][:7])",  # 두 쪽의 타이머가 걸려 있다
    "packet_table('fill_states', seed=7)",
)
# 안의 것이 상자보다 넓으면 몇 픽셀이 잘렸는가
HIDDEN = "nodes => Math.max(...nodes.map(node => node.scrollWidth - node.clientWidth))"


@pytest.fixture(scope="module")
def page(notebook):
    return notebook("words", *CELLS)


@pytest.mark.parametrize("width", [1280, 800])
def test_the_variables_of_the_explorer_are_whole(page, width):
    widget = output(page, 1)
    page.page.set_viewport_size({"width": width, "height": 900})
    page.page.wait_for_timeout(300)
    hidden = widget.locator(".vars, .vars dl").evaluate_all(HIDDEN)
    page.page.set_viewport_size({"width": 1280, "height": 900})
    assert hidden <= 1


def test_a_state_fits_its_blank(page):
    inputs = output(page, 2).locator("input")
    inputs.first.fill("ESTABLISHED")
    assert inputs.first.evaluate("node => node.scrollWidth - node.clientWidth") <= 1
