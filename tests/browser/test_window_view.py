"""버퍼와 윈도우를 틀고, 슬라이더를 움직이면 다시 시뮬레이션한다."""

from __future__ import annotations

import nbformat
import pytest
from conftest import output

CELLS = ("from tcpedu.view import WindowView", "view = WindowView()\nview")


@pytest.fixture(scope="module")
def page(notebook):
    return notebook("window", *CELLS)


@pytest.fixture
def view(page):
    widget = output(page, 1)
    reset = widget.locator("button.reset")
    if reset.is_enabled():
        reset.click()
        widget.locator("button.reset:disabled").wait_for()
    widget.get_by_role("button", name="처음으로").click()
    return widget


def text(widget, slot):
    return widget.locator(f'[data-slot="{slot}"]').first.text_content()


def width(widget, slot):
    return float(widget.locator(f'[data-slot="{slot}"]').first.get_attribute("width"))


def slide(widget, name, value):
    widget.locator(f'input[data-name="{name}"]').fill(str(value))


def test_steps_move_the_strips(view):
    assert (text(view, "n-flight"), text(view, "n-unread")) == ("8000바이트", "0바이트")
    assert width(view, "acked") == 0 and width(view, "unread") == 0
    for _ in range(13):
        view.get_by_role("button", name="한 단계 ▶").click()
    assert (text(view, "n-flight"), text(view, "n-unread")) == ("0바이트", "8000바이트")
    assert width(view, "flight") == 0 and width(view, "unread") > 100
    assert text(view, "n-wnd") == "0바이트"
    assert view.locator(".shut").is_visible()
    assert "제로 윈도우를 알리는 ACK가 닿았습니다" in view.locator(".said").inner_text()
    view.get_by_role("button", name="◀ 한 단계").click()
    assert text(view, "n-wnd") == "2000바이트"
    assert not view.locator(".shut").is_visible()


def test_keys_step_play_and_jump(view, page):
    stage = view.locator(".stage")
    stage.focus()
    for _ in range(14):
        page.page.keyboard.press("ArrowRight")
    assert "지속 타이머가 끝나 제로 윈도우 탐침을 보냈습니다" in stage.get_attribute("aria-valuetext")
    assert text(view, "n-persist") == "3.27초에 끝남"
    page.page.keyboard.press("End")
    assert text(view, "n-read") == "24000바이트"
    page.page.keyboard.press("Home")
    assert text(view, "n-read") == "0바이트"
    page.page.keyboard.press(" ")
    view.locator("button.play", has_text="멈춤").wait_for()
    page.page.keyboard.press(" ")
    view.locator("button.play", has_text="재생").wait_for()


def test_play_runs_to_the_end(view):
    view.get_by_label("빠르기", exact=True).select_option("3")
    view.locator("button.play").click()
    view.locator('[data-slot="n-read"]', has_text="24000바이트").wait_for(timeout=30_000)
    assert "재생" in view.locator("button.play").inner_text()


def test_click_on_the_chart_goes_to_that_time(view, page):
    view.locator(".chart-hit").scroll_into_view_if_needed()
    box = view.locator(".chart-hit").bounding_box()
    before = view.locator(".now-line").get_attribute("x1")
    page.page.mouse.move(box["x"] + box["width"] * 0.2, box["y"] + box["height"] / 2)
    page.page.mouse.down()
    assert text(view, "n-wnd") == "0바이트"
    page.page.mouse.move(box["x"] + box["width"] * 0.9, box["y"] + box["height"] / 2, steps=5)
    page.page.mouse.up()
    assert text(view, "n-acked") == "24000바이트"
    assert float(view.locator(".now-line").get_attribute("x1")) > float(before) + 500


def test_fast_reader_opens_the_window(view):
    slide(view, "start", 0)
    slide(view, "read_rate", 16000)
    view.locator(".summary", has_text="윈도우가 0번 닫혔고").wait_for()
    assert view.locator(".closed").count() == 0


def test_slow_reader_by_keys_brings_more_probes(view, page):
    slider = view.locator('input[data-name="start"]')
    slider.focus()
    for _ in range(10):
        page.page.keyboard.press("ArrowRight")
    view.locator(".summary", has_text="탐침이 3번").wait_for()
    assert slider.get_attribute("aria-valuetext") == "8초"
    assert view.locator(".event").count() >= 3


def test_buffer_and_scale(view):
    slide(view, "buffer", 16000)
    view.locator('[data-slot="n-wnd"]', has_text="16000바이트").wait_for()
    view.get_by_label("윈도우 스케일").select_option("3")
    view.locator("button.forward").click()
    view.locator("button.forward").click()
    for _ in range(12):
        view.locator("button.forward").click()
    assert " × 2^3 = " in text(view, "n-field")


def test_impossible_setting_says_why(view):
    view.get_by_label("윈도우 스케일").select_option("14")
    view.locator(".alert", has_text="윈도우 스케일 14로 알릴 수 없습니다").wait_for()
    assert view.get_by_label("윈도우 스케일").input_value() == ""


def test_every_move_is_answered(view, page):
    """얼마나 걸리는지는 tests/benchmarks가 잰다."""
    answered = view.locator('input[data-name="read_rate"]').evaluate(
        """async slider => {
            const stage = slider.closest('.tcpedu').querySelector('.stage');
            let answered = 0;
            for (let i = 0; i < 15; i += 1) {
                answered += await new Promise(done => {
                    setTimeout(() => done(0), 5000);
                    const watch = new MutationObserver(() => { watch.disconnect(); done(1); });
                    watch.observe(stage, { childList: true });
                    slider.value = 2000 + 400 * i;
                    slider.dispatchEvent(new Event('input', { bubbles: true }));
                });
            }
            return answered;
        }"""
    )
    assert answered == 15


def test_drag_keeps_only_the_last(view, page):
    """끄는 동안 부탁이 쌓이지 않고, 손을 뗀 곳의 값으로 끝난다."""
    view.locator('input[data-name="read_rate"]').evaluate(
        """slider => { for (let value = 1000; value <= 9000; value += 200) {
            slider.value = value; slider.dispatchEvent(new Event('input', { bubbles: true })); } }"""
    )
    page.page.wait_for_timeout(1500)
    answer = page.page.evaluate(
        """async () => {
            const kernel = window.jupyterapp.shell.currentWidget.context.sessionContext.session.kernel;
            const future = kernel.requestExecute({ code: 'print(view.settings.read_rate, view.scene["turn"])' });
            let text = '';
            future.onIOPub = message => { text += message.content.text ?? ''; };
            await future.done;
            return text;
        }"""
    )
    rate, turn = answer.split()
    assert float(rate) == 9000
    assert int(turn) < 80


# ── 모두 ────────────────────────────────────────────────────────────────────


def test_accessibility_tree(view):
    tree = view.locator(".tcpedu").aria_snapshot()
    for part in ('group "버퍼와 윈도우"', 'slider "읽는 빠르기"', 'slider "순간"', 'combobox "윈도우 스케일"'):
        assert part in tree


def test_everything_that_takes_focus_has_a_name(view):
    nameless = view.evaluate(
        """root => [...root.querySelectorAll('button, input, select, [tabindex="0"]')]
            .filter(node => !(node.getAttribute('aria-label') || node.textContent).trim())
            .map(node => node.outerHTML)"""
    )
    assert nameless == []


@pytest.mark.parametrize("size", [800, 1280])
def test_nothing_sticks_out(page, view, size):
    page.page.set_viewport_size({"width": size, "height": 900})
    page.page.wait_for_timeout(300)
    over = view.locator(".tcpedu").evaluate("node => node.scrollWidth - node.clientWidth")
    page.page.set_viewport_size({"width": 1280, "height": 900})
    assert over <= 1


def test_written_words_are_large_enough(view):
    smallest = view.evaluate(
        """root => Math.min(...[...root.querySelectorAll('svg text')].map(node => {
            const svg = node.ownerSVGElement;
            const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
            return parseFloat(getComputedStyle(node).fontSize) * scale;
        }))"""
    )
    assert smallest >= 10


def test_reduced_motion_hides_play(page, view):
    page.page.emulate_media(reduced_motion="reduce")
    assert not view.locator("button.play").is_visible()
    assert view.get_by_role("button", name="한 단계 ▶").is_visible()
    page.page.emulate_media(reduced_motion="no-preference")


def test_no_errors(page):
    assert page.errors == []


# ── 저장된 노트북 ───────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def saved(lab, browser, tmp_path_factory):
    from nbclient import NotebookClient

    cells = (
        *CELLS,
        "from tcpedu.network import scenarios\nfrom tcpedu.view import SequenceRing\n"
        "SequenceRing(scenarios.transfer(b'x' * 3000, mss=500, drops=[5]))",
    )
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    NotebookClient(book, timeout=120).execute()
    path = tmp_path_factory.mktemp("saved") / "window.ipynb"
    nbformat.write(book, path)
    added = lab.add(path)
    lab.trust(added)
    opened = browser.open(lab, added)
    opened.page.locator(".winview .band").first.wait_for(state="attached")
    yield opened
    opened.page.close()
    lab.forget_kernels()


def test_saved_widgets_can_be_stepped_without_a_kernel(saved):
    view, ring = output(saved, 1), output(saved, 2)
    for _ in range(13):
        view.locator("button.forward").click()
    assert text(view, "n-wnd") == "0바이트"
    ring.locator("button.forward").click()
    assert text(ring, "v-rcv") == "101"
    assert view.locator(".alert").inner_text() == ring.locator(".alert").inner_text() == ""


def test_saved_widgets_say_that_a_kernel_is_needed(saved):
    view, ring = output(saved, 1), output(saved, 2)
    slide(view, "read_rate", 500)
    view.locator(".alert", has_text="실행 중인 커널이 필요합니다").wait_for()
    ring.locator(".stage").focus()
    saved.page.keyboard.press("Home")
    ring.locator(".alert", has_text="실행 중인 커널이 필요합니다").wait_for()
