"""SYN 플러드 위젯: 조절하고, 틀고, 한 단계씩 본다."""

from __future__ import annotations

import pytest
from conftest import output

CELLS = (
    "from tcpedu.view import SynBacklogView\nview = SynBacklogView(cookies=0)\nview",
)


@pytest.fixture(scope="module")
def page(notebook):
    return notebook("syn-backlog", *CELLS)


@pytest.fixture
def view(page):
    widget = output(page, 0)
    widget.locator("button.reset").click()
    widget.get_by_text("한도 49").wait_for()
    widget.locator(".clock").fill("500")
    return widget


def count(widget, name):
    box = widget.locator(".counts div").filter(has=widget.page.get_by_text(name, exact=True))
    return int(box.locator("dd").inner_text())


def test_the_table_is_full_when_the_flood_ends(view):
    assert view.locator(".time").inner_text() == "15.0초"
    assert view.locator(".slot.attack").count() == count(view, "반열림") == 49
    assert view.locator(".slot.shut").count() == 65 - 49


def test_cookies_let_the_honest_in(view):
    view.get_by_label("tcp_syncookies", exact=True).select_option(label="2 언제나")
    view.get_by_text("한도 49").wait_for(state="detached")
    assert view.locator(".slot.attack").count() == count(view, "반열림") == 0
    view.locator(".clock").fill("1000")
    assert count(view, "포기함") == 0
    assert count(view, "쿠키로 들어감") == count(view, "들어감") > 0


def test_slider_by_keys_changes_the_picture(view):
    slider = view.get_by_label("플러드", exact=True)
    before = view.locator(".stage svg").inner_html()
    slider.press("ArrowRight")
    view.get_by_text("SYN 플러드: 1초에 50개").wait_for()
    assert slider.get_attribute("aria-valuetext") == "50개/초"
    assert view.locator(".stage svg").inner_html() != before
    assert slider.evaluate("node => node === document.activeElement")


def test_steps_stop_at_each_event(view):
    view.get_by_role("button", name="처음으로", exact=True).click()
    assert view.locator(".slot.honest").count() == 0
    assert "아직 온 클라이언트가 없습니다" in view.locator(".log").inner_text()
    for _ in range(2):
        view.get_by_role("button", name="한 단계 ▶").click()
    assert view.locator(".time").inner_text() == "0.5초"
    assert view.locator(".slot.honest").count() == 1
    assert "1번째 SYN을 기억하고 SYN,ACK를 보냈습니다" in view.locator(".log").inner_text()
    view.get_by_role("button", name="한 단계 ▶").click()
    assert view.locator(".slot.honest").count() == 0
    assert "정직한 클라이언트 1: 들어감" in view.locator(".log").inner_text()
    view.get_by_role("button", name="◀ 한 단계").click()
    assert view.locator(".slot.honest").count() == 1


def test_play_moves_time_and_pause_tells(view):
    view.get_by_role("button", name="처음으로", exact=True).click()
    view.get_by_label("빠르기").select_option("10")
    view.get_by_role("button", name="▶ 재생").click()
    view.page.wait_for_function("node => parseFloat(node.textContent) > 4", arg=view.locator(".time").element_handle())
    view.get_by_role("button", name="❚❚ 멈춤").click()
    stopped = view.locator(".time").inner_text()
    assert count(view, "반열림") == view.locator(".slot.attack, .slot.honest").count()
    assert stopped in view.locator(".log .sr-only").text_content()
    view.page.wait_for_timeout(300)
    assert view.locator(".time").inner_text() == stopped


def test_moment_stays_when_the_setting_changes(view):
    view.locator(".clock").fill("200")
    view.get_by_label("반열림의 수명").press("ArrowRight")
    view.page.wait_for_timeout(500)
    assert view.locator(".time").inner_text() == "6.0초"


def test_python_sees_the_setting(view, page):
    view.get_by_label("백로그", exact=True).press("ArrowLeft")
    view.get_by_text("자리 33개").wait_for()
    answer = page.page.evaluate(
        """async () => {
            const kernel = window.jupyterapp.shell.currentWidget.context.sessionContext.session.kernel;
            const future = kernel.requestExecute({ code: 'print(view.settings.backlog, view.counts()["반열림"])' });
            let text = '';
            future.onIOPub = message => { text += message.content.text ?? ''; };
            await future.done;
            return text;
        }"""
    )
    assert answer.split()[0] == "32"


def test_reduced_motion_hides_play(view, page):
    page.page.emulate_media(reduced_motion="reduce")
    assert not view.locator("button.play").is_visible()
    assert view.get_by_role("button", name="한 단계 ▶").is_visible()
    page.page.emulate_media(reduced_motion="no-preference")


def test_everything_that_takes_focus_has_a_name(view):
    nameless = view.evaluate(
        """root => [...root.querySelectorAll('button, input, select, [tabindex="0"]')]
            .filter(node => !(node.getAttribute('aria-label') || node.textContent).trim())
            .map(node => node.outerHTML)"""
    )
    assert nameless == []


def test_the_picture_is_described(view):
    assert "포기했다" in view.locator(".stage svg").get_attribute("aria-label")


def test_nothing_sticks_out_and_words_are_large(view, page):
    smallest = """root => Math.min(...[...root.querySelectorAll('.stage text')].map(node => {
        const svg = node.ownerSVGElement;
        const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
        return parseFloat(getComputedStyle(node).fontSize) * scale;
    }))"""
    assert view.evaluate(smallest) >= 12
    page.page.set_viewport_size({"width": 800, "height": 900})
    page.page.wait_for_timeout(300)
    over = view.locator(".tcpedu").evaluate("node => node.scrollWidth - node.clientWidth")
    page.page.set_viewport_size({"width": 1280, "height": 900})
    assert over <= 1


def test_every_slider_move_gets_its_picture(view, page):
    """얼마나 걸리는지는 tests/benchmarks가 잰다."""
    answered = page.page.evaluate(
        """async () => {
            const root = document.querySelector('.tcpedu.syn-backlog');
            const slider = root.querySelector('[data-name="flood"]');
            let answered = 0;
            for (let turn = 0; turn < 11; turn++) {
                const drawn = new Promise(done => new MutationObserver((_, watcher) => {
                    watcher.disconnect(); done(1);
                }).observe(root.querySelector('.stage'), { childList: true }));
                const late = new Promise(done => setTimeout(() => done(0), 5000));
                slider.value = turn % 2 ? 4 : 5;
                slider.dispatchEvent(new Event('input'));
                answered += await Promise.race([drawn, late]);
                await new Promise(done => setTimeout(done, 50));
            }
            return answered;
        }"""
    )
    assert answered == 11


def test_no_errors(page):
    assert page.errors == []
