"""큐와 지연을 슬라이더와 글쇠와 마우스로 움직인다."""

from __future__ import annotations

import pytest
from conftest import output

CELLS = ("from tcpedu.view import QueueDelayView", "view = QueueDelayView(duration=3.0)\nview")


@pytest.fixture(scope="module")
def page(notebook):
    return notebook("queue_delay", *CELLS)


@pytest.fixture
def view(page):
    found = output(page, 1)
    found.locator(".result tbody tr").nth(3).wait_for()
    return found


def settle(view):
    view.page.wait_for_timeout(50)
    view.page.wait_for_function("() => !document.querySelector('.tcpedu.computing')")


def test_four_pictures_stand_side_by_side(view):
    boxes = [chart.bounding_box() for chart in view.locator(".charts svg.chart").all()]
    assert len(boxes) == 4
    assert boxes[0]["y"] == boxes[1]["y"] and boxes[1]["x"] >= boxes[0]["x"] + boxes[0]["width"]


def test_slider_runs_only_that_queue(view):
    paths = view.locator(".charts svg.chart .line")
    before = [path.get_attribute("d") for path in paths.all()]
    view.get_by_role("slider", name="작은 버퍼").fill("3")
    view.locator(".result tbody tr", has_text="작은 버퍼 16패킷").wait_for()
    settle(view)
    after = [path.get_attribute("d") for path in paths.all()]
    assert after[0] != before[0]
    assert after[2:] == before[2:]


def test_pictures_come_one_by_one(view):
    seen = view.evaluate(
        """async root => {
            const seen = new Set();
            const slider = root.querySelector('input[data-name="rtt"]');
            slider.value = 3;
            slider.dispatchEvent(new Event('input', { bubbles: true }));
            const busy = root.querySelector('.busy').textContent;
            const end = performance.now() + 15000;
            while (performance.now() < end) {
                seen.add(root.querySelectorAll('.stale').length);
                if (!root.querySelector('.computing') && seen.size > 1) break;
                await new Promise(done => setTimeout(done, 4));
            }
            return [busy, [...seen]];
        }"""
    )
    assert seen[0] == "계산 중…"
    assert 0 in seen[1] and any(count > 0 for count in seen[1])


def test_one_cursor_reads_all_four(view):
    stage = view.locator(".stage")
    stage.focus()
    stage.press("Home")
    assert view.locator(".time").inner_text() == "0ms"
    stage.press("End")
    stage.press("ArrowLeft")
    assert len({line.get_attribute("x1") for line in view.locator(".charts .cursor").all()}) == 1
    assert view.locator(".values tbody tr").count() == 4
    assert all(text.endswith(("ms", "초")) for text in view.locator(".values td").all_inner_texts())


def test_click_in_the_second_picture_moves_every_cursor(view):
    box = view.locator(".charts .plot").nth(2).bounding_box()
    view.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert view.locator(".time").inner_text() in ("1.5초", "1.48초", "1.52초")


def test_ecn_marks(view):
    view.get_by_label("RED와 CoDel에 ECN").check()
    view.locator(".result tbody tr", has_text="CoDel + ECN").wait_for()
    settle(view)
    marks = view.locator(".result tbody tr", has_text="CoDel + ECN").locator("td").last.inner_text()
    assert int(marks.removesuffix("개")) > 0


def test_no_events_no_event_buttons(view):
    assert not view.get_by_role("button", name="다음 사건").is_visible()


def test_accessibility_tree(view):
    tree = view.aria_snapshot()
    for part in (
        'group "큐와 지연"', 'slider "작은 버퍼"', 'checkbox "RED와 CoDel에 ECN"', 'combobox "대량 전송의 알고리즘"',
        'img "큰 버퍼 200패킷: 답을 기다린 시간은 가운데 값', 'table "견주는 표"', 'slider "시각"',
    ):  # fmt: skip
        assert part in tree, part


def test_nothing_sticks_out_and_words_are_large_enough(page, view):
    page.page.set_viewport_size({"width": 800, "height": 900})
    page.page.wait_for_timeout(300)
    over = view.locator(".tcpedu").evaluate("node => node.scrollWidth - node.clientWidth")
    smallest = view.evaluate(
        """root => Math.min(...[...root.querySelectorAll('svg text')].map(node => {
            const svg = node.ownerSVGElement;
            const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
            return parseFloat(getComputedStyle(node).fontSize) * scale;
        }))"""
    )
    page.page.set_viewport_size({"width": 1280, "height": 900})
    assert over <= 1
    assert smallest >= 10


def test_no_errors(page):
    assert page.errors == []
