"""Nagle 시간 줄: 켜고 끄고, 고정해 견준다."""

from __future__ import annotations

import re

import pytest
from conftest import output

CELLS = ("from tcpedu.view import NagleTimeline\nNagleTimeline()",)


@pytest.fixture(scope="module")
def page(notebook):
    return notebook("nagle", *CELLS)


@pytest.fixture
def view(page):
    widget = output(page, 0)
    widget.locator("button.reset").click()
    if widget.locator("button.unpin").is_enabled():
        widget.locator("button.unpin").click()
    widget.locator("button.unpin:disabled").wait_for()
    latency(widget, "240ms")
    return widget


def latency(widget, value):
    """지금의 설정에서 요청마다 걸린 시간이 `value`가 될 때까지 기다린다."""
    widget.locator(".counts dd").first.filter(has_text=re.compile(f"^{value}$")).wait_for()


def test_waits_are_named_on_the_picture(view):
    named = sorted(view.locator(".wait-text").all_text_contents())
    assert named == ["Nagle이 기다림 220ms"] * 3 + ["지연 ACK가 기다림 200ms"] * 3
    assert view.locator(".latency-text").first.text_content() == "요청 1: 240ms"


def test_nodelay_by_mouse(view):
    view.get_by_role("checkbox", name="Nagle 알고리즘").click()
    latency(view, "20ms")
    view.get_by_text("아무도 기다리지 않는다").wait_for()
    assert view.locator(".timeline .wait").count() == 0


def test_delayed_ack_by_space(view):
    box = view.get_by_role("checkbox", name="지연 ACK")
    box.focus()
    view.page.keyboard.press("Space")
    latency(view, "40ms")
    assert view.locator(".timeline .wait.ack").count() == 0
    assert view.locator(".timeline .wait.nagle").count() == 3
    assert box.evaluate("node => node === document.activeElement")


def test_slider_by_keys(view):
    slider = view.get_by_label("미루는 한도")
    slider.press("ArrowRight")
    latency(view, "340ms")
    assert slider.get_attribute("aria-valuetext") == "300ms"


def test_fast_keys_end_at_the_last_value(view):
    slider = view.get_by_label("RTT", exact=True)
    slider.focus()
    for key in ["ArrowRight"] * 3 + ["ArrowLeft"] * 6:
        view.page.keyboard.press(key)
    latency(view, "202ms")  # 200 + 2·1
    assert slider.get_attribute("aria-valuetext") == "1ms"


def test_pins_are_compared(view):
    view.get_by_role("button", name="지금 설정을 고정").click()
    view.locator(".timeline").nth(1).wait_for()
    view.get_by_role("checkbox", name="Nagle 알고리즘").click()
    latency(view, "20ms")
    assert view.locator(".counts dd").all_text_contents() == ["20ms", "240ms"]
    headings = view.locator(".timeline .heading").all_text_contents()
    assert headings[0].startswith("지금: TCP_NODELAY") and headings[1].startswith("고정 1: Nagle 켬")


def test_the_story_can_be_read(view):
    view.locator("summary").click()
    steps = view.locator(".steps li").all_text_contents()
    assert "지연 ACK가 기다림" in steps[3]
    assert len(steps) == 24
    view.locator("summary").click()


def test_names_and_sizes(view, page):
    nameless = view.evaluate(
        """root => [...root.querySelectorAll('button, input, select, summary, [tabindex="0"]')]
            .filter(node => !(node.getAttribute('aria-label') || node.textContent).trim())
            .map(node => node.outerHTML)"""
    )
    assert nameless == []
    assert "걸린다" in view.locator(".stage svg").get_attribute("aria-label")
    page.page.set_viewport_size({"width": 800, "height": 900})
    page.page.wait_for_timeout(300)
    over = view.locator(".tcpedu").evaluate("node => node.scrollWidth - node.clientWidth")
    page.page.set_viewport_size({"width": 1280, "height": 900})
    assert over <= 1


def test_no_errors(page):
    assert page.errors == []
