"""위젯을 마우스와 글쇠로 움직이면 커널이 다시 계산하고 화면이 바뀐다."""

from __future__ import annotations

import re

import pytest
from conftest import output

LADDER, LOSS, INSPECTOR, STILL = 1, 2, 3, 4
CELLS = (
    "from tcpedu.network import scenarios\n"
    "from tcpedu.protocol.segment import MSS, Flags, Segment\n"
    "from tcpedu.view import HeaderInspector, LadderPlayer, LossExplorer",
    "player = LadderPlayer(lambda drops, delays: scenarios.handshake(drops=drops, delays=delays), title='핸드셰이크')\n"
    "player",
    "LossExplorer(rate=0)",
    "HeaderInspector(Segment(50000, 80, seq=100, flags=Flags.SYN, options=(MSS(1460),)))",
    "LadderPlayer(scenarios.handshake(), title='보기만 하는 그림')",
)


@pytest.fixture(scope="module")
def page(notebook):
    return notebook("widgets", *CELLS)


@pytest.fixture
def ladder(page):
    widget = output(page, LADDER)
    reset = widget.locator("button.reset")
    if reset.is_enabled():
        reset.click()
        widget.locator(".segment").nth(3).wait_for(state="detached")
    return widget


@pytest.fixture
def inspector(page):
    widget = output(page, INSPECTOR)
    widget.locator("button.reset").click()
    widget.locator(".verdict.right").wait_for()
    return widget


# ── 사다리 ──────────────────────────────────────────────────────────────────


def segment(widget, number):
    return widget.locator(f'.segment[data-number="{number}"]')


def test_click_loses_a_segment_and_the_rest_is_simulated_again(ladder):
    segment(ladder, 1).locator(".hit").click(force=True)
    ladder.locator(".segment.again").wait_for()
    assert "재전송 SYN seq=100" in ladder.locator(".segment.again").text_content()
    assert "lost" in segment(ladder, 1).get_attribute("class")
    assert "1개를 잃었고 1개를 다시 보냈다" in ladder.inner_text() or ladder.locator(".detail b").count() == 1


def test_second_click_brings_it_back(ladder):
    segment(ladder, 1).locator(".hit").click(force=True)
    ladder.locator(".segment.lost").wait_for()
    segment(ladder, 1).locator(".hit").click(force=True)
    ladder.locator(".segment.lost").wait_for(state="detached")
    assert ladder.locator(".segment").count() == 3


def test_enter_loses_and_focus_stays(ladder):
    segment(ladder, 2).focus()
    segment(ladder, 2).press("Enter")
    ladder.locator(".segment.lost").wait_for()
    assert segment(ladder, 2).evaluate("node => node === document.activeElement")


def test_keys_never_reach_the_notebook(ladder, page):
    """JupyterLab의 명령 모드에서 B는 셀을 넣고, D D는 셀을 지운다."""
    cells = page.page.locator(".jp-Cell").count()
    ladder.get_by_role("button", name="처음으로").focus()
    page.page.keyboard.press("b")
    page.page.wait_for_timeout(300)
    assert page.page.locator(".jp-Cell").count() == cells


def test_d_delays_and_never_deletes_the_cell(ladder, page):
    cells = page.page.locator(".jp-Cell").count()
    segment(ladder, 3).focus()
    page.page.keyboard.press("d")
    ladder.get_by_text("100ms 늦춤").wait_for()
    page.page.keyboard.press("d")
    ladder.get_by_text("100ms 늦춤").wait_for(state="detached")
    assert page.page.locator(".jp-Cell").count() == cells


def test_delay_mode_by_mouse(ladder):
    ladder.get_by_role("button", name="늦추기").click()
    ladder.get_by_label("늦추는 시간").select_option(label="1.5초")
    segment(ladder, 1).locator(".hit").click(force=True)
    ladder.get_by_text("1.5초 늦춤").wait_for()
    assert ladder.locator(".segment.again").count() >= 1
    ladder.get_by_role("button", name="잃기").click()


def test_focus_shows_the_header(ladder):
    segment(ladder, 2).focus()
    detail = ladder.locator(".detail").inner_text()
    assert all(part in detail for part in ("SYN,ACK", "300", "101", "65535", "MSS 1460"))


def test_steps_hide_what_has_not_happened(ladder):
    ladder.get_by_role("button", name="처음으로").click()
    assert ladder.locator(".segment.later").count() == 3
    ladder.get_by_role("button", name="한 단계 ▶").click()
    assert ladder.locator(".segment.later").count() == 2
    ladder.locator(".stage").press("ArrowRight")
    assert ladder.locator(".segment.later").count() == 1


def test_states_follow_the_playhead(ladder):
    ladder.get_by_role("button", name="처음으로").click()
    ladder.get_by_role("button", name="한 단계 ▶").click()
    assert sorted(ladder.locator(".state.now .chip-text").all_text_contents()) == ["LISTEN", "SYN_SENT"]


def test_play_runs_to_the_end(ladder):
    ladder.get_by_label("빠르기").select_option("4")
    ladder.get_by_role("button", name="재생", exact=False).first.click()
    ladder.locator(".time", has_text="끝").wait_for(timeout=10_000)
    assert ladder.locator(".later").count() == 0


def test_slider_tells_the_time(ladder):
    slider = ladder.locator(".ladder-slider")
    slider.fill("400")
    assert re.fullmatch(r"\d+ms|시작 전", slider.get_attribute("aria-valuetext"))


def test_segments_are_named_buttons(ladder):
    names = [node.get_attribute("aria-label") for node in ladder.locator('.segment[role="button"]').all()]
    assert len(names) == 3
    assert names[0].startswith("1번 SYN seq=100, 클라이언트에서 서버로, 0ms에 보내 50ms에 도착")


def test_python_sees_what_was_clicked(ladder, page):
    segment(ladder, 1).locator(".hit").click(force=True)
    ladder.locator(".segment.lost").wait_for()
    answer = page.page.evaluate(
        """async () => {
            const kernel = window.jupyterapp.shell.currentWidget.context.sessionContext.session.kernel;
            const future = kernel.requestExecute({ code: 'print(sorted(player.drops), len(player.trace))' });
            let text = '';
            future.onIOPub = message => { text += message.content.text ?? ''; };
            await future.done;
            return text;
        }"""
    )
    assert answer.strip() == "[1] 4"


def test_trace_alone_is_only_for_looking(page):
    widget = output(page, STILL)
    segment(widget, 1).locator(".hit").click(force=True)
    page.page.wait_for_timeout(300)
    assert widget.locator(".segment.lost").count() == 0
    assert not widget.get_by_role("button", name="잃기").is_visible()


# ── 손실률 ──────────────────────────────────────────────────────────────────


def count(widget, name):
    return int(widget.locator(".counts div", has_text=name).locator("dd").inner_text().removesuffix("개"))


def test_slider_loses_segments(page):
    widget = output(page, LOSS)
    assert count(widget, "잃은 것") == 0
    slider = widget.locator(".loss-slider")
    slider.fill("40")
    widget.locator(".segment.lost").first.wait_for()
    assert count(widget, "잃은 것") > 0
    assert count(widget, "재전송") > 0
    assert slider.get_attribute("aria-valuetext") == "40%"


def test_again_draws_other_losses(page):
    widget = output(page, LOSS)
    widget.locator(".loss-slider").fill("30")
    widget.locator(".segment.lost").first.wait_for()
    page.page.wait_for_timeout(300)
    before = widget.locator(".stage svg").inner_html()
    widget.get_by_role("button", name="다시 뽑기").click()
    page.page.wait_for_timeout(500)
    assert widget.locator(".stage svg").inner_html() != before


def test_slider_by_keys(page):
    widget = output(page, LOSS)
    slider = widget.locator(".loss-slider")
    slider.fill("0")
    slider.press("ArrowRight")
    assert slider.get_attribute("aria-valuetext") == "1%"


# ── 헤더 ────────────────────────────────────────────────────────────────────


def test_flipped_flag_makes_the_checksum_wrong_and_recount_makes_it_right(inspector):
    inspector.locator('.cell[data-cell="SYN"]').click()
    inspector.locator(".verdict.wrong").wait_for()
    assert "체크섬 ✕ 틀림" in inspector.locator(".verdict").inner_text()
    assert "다시 세면 0x" in inspector.locator(".verdict").inner_text()
    inspector.get_by_role("button", name="체크섬 다시 계산").click()
    inspector.locator(".verdict.right").wait_for()


def test_flip_by_keys(inspector, page):
    inspector.locator('.cell[data-cell="seq"]').click()
    inspector.locator('.cell[data-cell="seq"]').press("ArrowRight")
    for _ in range(5):
        page.page.keyboard.press("ArrowRight")
    assert page.page.evaluate("document.activeElement.dataset.cell") == "URG"
    page.page.keyboard.press("Enter")
    inspector.locator('.cell[data-cell="URG"].on').wait_for()
    assert page.page.evaluate("document.activeElement.dataset.cell") == "URG"


def test_bit_buttons(inspector):
    inspector.locator('.cell[data-cell="window"]').click()
    inspector.locator('.bits [data-bit="112"]').click()
    inspector.locator(".verdict.wrong").wait_for()
    assert inspector.locator('.cell[data-cell="window"] .cell-value').text_content() == "32767"


def test_edited_number_moves_the_bytes(inspector):
    inspector.locator('.cell[data-cell="dst_port"]').click()
    inspector.get_by_label("목적지 포트의 값").fill("443")
    inspector.get_by_label("목적지 포트의 값").press("Enter")
    inspector.locator(".verdict.wrong").wait_for()
    assert [inspector.locator(f'[data-byte="{i}"]').input_value() for i in (2, 3)] == ["01", "bb"]


def test_number_that_does_not_fit_says_why(inspector):
    inspector.locator('.cell[data-cell="dst_port"]').click()
    inspector.get_by_label("목적지 포트의 값").fill("70000")
    inspector.get_by_role("button", name="바꾸기").click()
    inspector.locator(".alert", has_text="0부터 65535까지").wait_for()
    assert inspector.locator('.cell[data-cell="dst_port"] .cell-value').text_content() == "80"


def test_edited_byte_moves_the_number(inspector):
    inspector.locator('[data-byte="7"]').fill("ff")
    inspector.locator('[data-byte="7"]').press("Tab")
    inspector.locator(".verdict.wrong").wait_for()
    assert inspector.locator('.cell[data-cell="seq"] .cell-value').text_content() == "255"


def test_unreadable_bytes_are_marked(inspector):
    inspector.locator('[data-byte="21"]').fill("00")
    inspector.locator('[data-byte="21"]').press("Tab")
    inspector.locator(".alert", has_text="옵션 길이가 잘못되었습니다").wait_for()
    assert inspector.locator("input.bad").get_attribute("data-byte") == "21"


def test_option_added_and_removed(inspector):
    inspector.get_by_label("더할 옵션").select_option("NOP")
    inspector.get_by_role("button", name="옵션 더하기").click()
    inspector.get_by_role("button", name="옵션 NOP 빼기").wait_for()
    assert inspector.locator('.cell[data-cell="data_offset"] .cell-value').text_content() == "7"
    inspector.get_by_role("button", name="옵션 NOP 빼기").click()
    inspector.locator(".verdict.right").wait_for()


def paste(inspector, text):
    inspector.locator("details").evaluate("node => { node.open = true; }")
    inspector.get_by_label("붙여 넣을 16진수").fill(text)
    inspector.get_by_role("button", name="붙여 넣은 바이트 읽기").click()


def test_pasted_capture_brings_its_addresses(inspector):
    paste(
        inspector,
        "0x0000:  4500 0028 0001 0000 4006 0000 c0a8 0001\n0x0010:  c0a8 0002 c350 0050 0000 0064 0000 0000\n"
        "0x0020:  5002 ffff 0000 0000",
    )
    inspector.locator(".verdict.wrong", has_text="192.168.0.1 → 192.168.0.2").wait_for()
    assert inspector.get_by_label("출발지 IP 주소").input_value() == "192.168.0.1"


def test_bad_paste_says_where(inspector):
    paste(inspector, "c3 50 zz")
    inspector.locator(".alert", has_text="16진수가 아닌 글자가 있습니다: 1번째 줄의 ‘z’").wait_for()


def test_hover_links_the_three_views(inspector):
    inspector.locator('.fields tr[data-cell="window"]').hover()
    assert inspector.locator('.cell[data-cell="window"]').get_attribute("class").endswith("near")
    assert [node.get_attribute("data-byte") for node in inspector.locator(".hex .near").all()] == ["14", "15"]


# ── 모두 ────────────────────────────────────────────────────────────────────


def test_reduced_motion_hides_play(page, ladder):
    page.page.emulate_media(reduced_motion="reduce")
    assert not ladder.locator("button.play").is_visible()
    assert ladder.get_by_role("button", name="한 단계 ▶").is_visible()
    page.page.emulate_media(reduced_motion="no-preference")
    assert ladder.locator("button.play").is_visible()


@pytest.mark.parametrize("index", [LADDER, LOSS, INSPECTOR])
def test_everything_that_takes_focus_has_a_name(page, index):
    nameless = output(page, index).evaluate(
        """root => [...root.querySelectorAll('button, input, select, textarea, summary, [tabindex="0"]')]
            .filter(node => !(node.getAttribute('aria-label') || node.textContent).trim())
            .map(node => node.outerHTML)"""
    )
    assert nameless == []


@pytest.mark.parametrize("index", [LADDER, LOSS, INSPECTOR])
def test_nothing_sticks_out(page, index):
    """800픽셀 너비에서도 위젯이 셀 밖으로 나가지 않는다."""
    page.page.set_viewport_size({"width": 800, "height": 900})
    page.page.wait_for_timeout(300)
    over = output(page, index).locator(".tcpedu").evaluate("node => node.scrollWidth - node.clientWidth")
    page.page.set_viewport_size({"width": 1280, "height": 900})
    assert over <= 1


@pytest.mark.parametrize("index", [LADDER, LOSS, INSPECTOR])
def test_written_words_are_large_enough(page, index):
    """프로젝터로도 읽히게, 화면에 나오는 글은 10픽셀보다 작지 않다."""
    smallest = output(page, index).evaluate(
        """root => Math.min(...[...root.querySelectorAll('svg text')].map(node => {
            const svg = node.ownerSVGElement;
            const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
            return parseFloat(getComputedStyle(node).fontSize) * scale;
        }))"""
    )
    assert smallest >= 10


def test_no_errors(page):
    assert page.errors == []
