"""순서 번호 고리를 마우스와 글쇠로 움직이면 커널이 다시 셈하고 그림이 바뀐다. 기록은 커널 없이도 튼다."""

from __future__ import annotations

import pytest
from conftest import output

MANUAL, TRACE = 1, 2
CELLS = (
    "from tcpedu.network import scenarios\nfrom tcpedu.view import SequenceRing",
    "ring = SequenceRing()\nring",
    "SequenceRing(scenarios.transfer(b'x' * 3000, mss=500, drops=[5]), title='기록')",
)


@pytest.fixture(scope="module")
def page(notebook):
    return notebook("ring", *CELLS)


@pytest.fixture
def ring(page):
    widget = output(page, MANUAL)
    widget.get_by_label("본보기").select_option("big")
    wait_text(page, widget, "judgement", "고른 번호 500001:")
    widget.get_by_label("견줄 기준").select_option("SND.UNA")
    widget.get_by_label("본보기").select_option("wrap")
    wait_text(page, widget, "judgement", "고른 번호 3: 기준 SND.UNA(4294967292)보다 7만큼 뒤")
    return widget


def wait_text(page, widget, slot, words):
    """자리의 글에 `words`가 나타날 때까지 기다린다."""
    widget.locator(f'[data-slot="{slot}"]', has_text=words).first.wait_for(state="attached")
    page.page.wait_for_timeout(30)


def text(widget, slot):
    return widget.locator(f'[data-slot="{slot}"]').first.text_content()


def spot(widget, selector, right, down):
    """요소 안에서 너비와 높이의 몫만큼 간 화면의 자리."""
    widget.locator(selector).first.scroll_into_view_if_needed()
    box = widget.locator(selector).first.bounding_box()
    return box["x"] + box["width"] * right, box["y"] + box["height"] * down


def test_drag_on_the_ring_turns_the_number(ring, page):
    mouse = page.page.mouse
    mouse.move(*spot(ring, ".ring-base", 0.5, 0.0))
    mouse.down()
    mouse.move(*spot(ring, ".ring-base", 1.0, 0.5), steps=6)
    wait_text(page, ring, "judgement", "보다 10")
    mouse.move(*spot(ring, ".ring-base", 0.5, 1.0), steps=6)
    mouse.up()
    page.page.wait_for_timeout(300)
    assert abs(int(text(ring, "number")) - 2**31) < 2**32 // 200
    assert "돋보기의" in text(ring, "outside")


def test_drag_in_the_lens_picks_one_number(ring, page):
    mouse = page.page.mouse
    mouse.move(*spot(ring, ".lens", 0.2, 0.5))
    mouse.down()
    mouse.move(*spot(ring, ".lens", 40 / 64, 0.5), steps=8)
    mouse.up()
    wait_text(page, ring, "judgement", "고른 번호 27:")  # 2**32 - 5 - 8 + 40
    assert "수신 윈도우 밖" in text(ring, "judgement")


def test_keys_move_zoom_and_insert(ring, page):
    stage = ring.locator(".stage")
    stage.focus()
    page.page.keyboard.press("ArrowRight")
    wait_text(page, ring, "judgement", "고른 번호 4:")
    page.page.keyboard.press("Shift+ArrowLeft")
    wait_text(page, ring, "judgement", "고른 번호 0:")
    page.page.keyboard.press("ArrowLeft")
    wait_text(page, ring, "judgement", "고른 번호 4294967295:")
    page.page.keyboard.press("PageUp")
    wait_text(page, ring, "judgement", "고른 번호 1073741823:")
    page.page.keyboard.press("Home")
    wait_text(page, ring, "judgement", "과 같은 번호")
    page.page.keyboard.press("-")
    ring.locator(".title", has_text="번호 256개").wait_for()
    page.page.keyboard.press("+")
    ring.locator(".title", has_text="번호 64개").wait_for()
    page.page.keyboard.press("Enter")
    ring.locator(".said", has_text="순서가 맞은 4바이트").wait_for()
    assert stage.evaluate("node => node === document.activeElement")
    assert text(ring, "v-rcv") == "0"


def test_keys_held_down_leave_nothing_undone(ring, page):
    """대답보다 빨리 눌러도 누름이 사라지지 않는다."""
    ring.locator(".stage").evaluate(
        """stage => { for (let i = 0; i < 10; i += 1)
            stage.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true })); }"""
    )
    wait_text(page, ring, "judgement", "고른 번호 13:")
    assert text(ring, "number") == ring.locator(".seq").input_value()
    assert text(ring, "number") == ring.locator(".stage").get_attribute("aria-valuenow")
    assert text(ring, "number") == "13"


def test_pieces_by_buttons(ring, page):
    ring.get_by_role("button", name="고른 번호에 조각 넣기").click()
    ring.locator(".said", has_text="앞에 빈틈이 있어 4바이트를 보관합니다").wait_for()
    assert float(ring.locator('[data-slot="block0"]').get_attribute("width")) > 20
    assert text(ring, "v-blocks") == "3–6"
    ring.locator(".seq").fill("4294967292")
    ring.locator(".seq").press("Enter")
    wait_text(page, ring, "judgement", "과 같은 번호")
    ring.get_by_label("조각의 크기, 바이트").fill("7")
    ring.get_by_role("button", name="고른 번호에 조각 넣기").click()
    ring.locator(".said", has_text="순서가 맞은 11바이트").wait_for()
    ring.get_by_role("button", name="ACK 전하기").click()
    ring.locator(".said", has_text="SND.UNA가 4294967292에서 7로").wait_for()
    assert text(ring, "v-una") == "7"
    ring.get_by_role("button", name="처음으로 되돌리기").click()
    wait_text(page, ring, "v-una", "4294967292")


def test_bad_number_says_why(ring):
    ring.locator(".seq").fill("구름")
    ring.locator(".seq").press("Enter")
    ring.locator(".alert", has_text="10진수나 0x로 시작하는 16진수가 아닙니다: 구름").wait_for()


def test_reference_changes_the_verdict(ring, page):
    ring.get_by_label("견줄 기준").select_option("SND.NXT")
    wait_text(page, ring, "judgement", "기준 SND.NXT(8)보다 5만큼 앞")
    assert text(ring, "naive") == "참 ✓ 같음"
    ring.get_by_label("견줄 기준").select_option("SND.UNA")
    wait_text(page, ring, "judgement", "보다 7만큼 뒤")
    assert text(ring, "naive") == "참 ✕ 틀림"


def test_every_move_is_answered(ring, page):
    """얼마나 걸리는지는 tests/benchmarks가 잰다."""
    ring.locator(".stage").focus()
    answered = page.page.evaluate(
        """async () => {
            const stage = document.activeElement;
            const number = stage.querySelector('[data-slot="number"]');
            let answered = 0;
            for (let i = 0; i < 15; i += 1) {
                answered += await new Promise(done => {
                    setTimeout(() => done(0), 5000);
                    const watch = new MutationObserver(() => { watch.disconnect(); done(1); });
                    watch.observe(number, { childList: true, characterData: true, subtree: true });
                    stage.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }));
                });
            }
            return answered;
        }"""
    )
    assert answered == 15


def test_python_sees_the_number(ring, page):
    ring.locator(".stage").focus()
    page.page.keyboard.press("ArrowRight")
    wait_text(page, ring, "judgement", "고른 번호 4:")
    answer = page.page.evaluate(
        """async () => {
            const kernel = window.jupyterapp.shell.currentWidget.context.sessionContext.session.kernel;
            const future = kernel.requestExecute({ code: 'print(ring.point, ring.judgement.misled)' });
            let text = '';
            future.onIOPub = message => { text += message.content.text ?? ''; };
            await future.done;
            return text;
        }"""
    )
    assert answer.strip() == "4 True"


# ── 기록 ────────────────────────────────────────────────────────────────────


def test_trace_is_stepped_and_played(page):
    widget = output(page, TRACE)
    assert not widget.get_by_role("button", name="고른 번호에 조각 넣기").is_visible()
    widget.get_by_role("button", name="처음으로").click()
    assert (text(widget, "v-nxt"), text(widget, "v-rcv")) == ("101", "모름")
    widget.get_by_role("button", name="한 단계 ▶").click()
    assert text(widget, "v-rcv") == "101"
    assert "1번 SYN seq=100: 서버에 닿았습니다." in widget.locator(".said").inner_text()
    widget.locator(".moment-slider").fill("16")
    assert text(widget, "v-blocks") == "1101–3100"
    assert float(widget.locator('[data-slot="block0"]').get_attribute("width")) > 100
    widget.get_by_label("빠르기").select_option("3")
    widget.locator("button.play").click()
    widget.locator(".time", has_text="(23/23)").wait_for(timeout=15_000)
    assert text(widget, "v-una") == "3102"


def test_moving_a_number_keeps_the_moment(page):
    widget = output(page, TRACE)
    widget.locator(".moment-slider").fill("16")
    widget.locator(".stage").focus()
    page.page.keyboard.press("Home")
    wait_text(page, widget, "judgement", "과 같은 번호")
    assert widget.locator(".moment-slider").input_value() == "16"
    assert text(widget, "v-blocks") == "1101–3100"


# ── 모두 ────────────────────────────────────────────────────────────────────


def test_accessibility_tree(ring, page):
    """화면을 읽어 주는 프로그램에 보이는 이름과 값."""
    tree = ring.locator(".tcpedu").aria_snapshot()
    for part in ('group "순서 번호의 고리"', 'slider "고른 순서 번호"', 'button "ACK 전하기"', 'combobox "견줄 기준"'):
        assert part in tree
    stage = ring.locator(".stage")
    assert stage.get_attribute("aria-valuetext") == text(ring, "judgement")
    assert stage.get_attribute("aria-valuemax") == str(2**32 - 1)


@pytest.mark.parametrize("index", [MANUAL, TRACE])
def test_everything_that_takes_focus_has_a_name(page, index):
    nameless = output(page, index).evaluate(
        """root => [...root.querySelectorAll('button, input, select, [tabindex="0"]')]
            .filter(node => !(node.getAttribute('aria-label') || node.textContent).trim())
            .map(node => node.outerHTML)"""
    )
    assert nameless == []


@pytest.mark.parametrize("width", [800, 1280])
def test_nothing_sticks_out(page, width):
    page.page.set_viewport_size({"width": width, "height": 900})
    page.page.wait_for_timeout(300)
    over = output(page, MANUAL).locator(".tcpedu").evaluate("node => node.scrollWidth - node.clientWidth")
    page.page.set_viewport_size({"width": 1280, "height": 900})
    assert over <= 1


def test_reduced_motion_hides_play(page):
    widget = output(page, TRACE)
    page.page.emulate_media(reduced_motion="reduce")
    assert not widget.locator("button.play").is_visible()
    assert widget.get_by_role("button", name="한 단계 ▶").is_visible()
    page.page.emulate_media(reduced_motion="no-preference")


def test_no_errors(page):
    assert page.errors == []
