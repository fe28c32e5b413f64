"""사다리를 한 단계씩 넘기면 생명선 옆의 상태와 변수가 라이브러리의 값을 따라 바뀐다."""

from __future__ import annotations

import pytest
from conftest import output

from tcpedu.network import scenarios
from tcpedu.view.variables import VARIABLES, variable_texts

LADDER, MANY, LONG = 1, 2, 3
CELLS = (
    "from tcpedu.network import scenarios\nfrom tcpedu.view import LadderPlayer",
    "LadderPlayer(lambda drops, delays: scenarios.handshake(drops=drops, delays=delays), title='핸드셰이크')",
    "LadderPlayer(scenarios.full_backlog(), title='백로그')",
    "LadderPlayer(lambda drops, delays: scenarios.transfer(bytes(100_000), drops=drops, delays=delays), title='긴 것')",
)


@pytest.fixture(scope="module")
def page(notebook):
    return notebook("variables", *CELLS)


@pytest.fixture
def ladder(page):
    widget = output(page, LADDER)
    reset = widget.locator("button.reset")
    if reset.is_enabled():
        reset.click()
        widget.locator(".segment").nth(3).wait_for(state="detached")
    return widget


def card(widget, host):
    """화면에 보이는 (상태, 변수의 값들)."""
    box = widget.get_by_role("region", name=f"{host}의 상태와 변수")
    pairs = dict(zip(box.locator("dt").all_text_contents(), box.locator("dd").all_text_contents(), strict=True))
    return box.locator(".vars-state").text_content(), [pairs[name] for name in VARIABLES]


def test_before_anything_there_is_nothing(ladder):
    ladder.get_by_role("button", name="처음으로").click()
    assert card(ladder, "서버") == ("CLOSED", ["—"] * 6)


def test_each_step_shows_the_library_value(ladder):
    trace = scenarios.handshake()
    ladder.get_by_role("button", name="처음으로").click()
    for at in (0.0, 0.05, 0.1, 0.15):
        ladder.get_by_role("button", name="한 단계 ▶").click()
        for host in trace.hosts:
            sample = trace.variables_at(host, at + 1e-9)
            state, values = card(ladder, host)
            if at:  # 0초에는 보내기 전과 뒤가 한 높이에 있다
                assert state == trace.state_at(host, at + 1e-9).name
            assert values == (variable_texts(sample) if sample else ["—"] * 6)


def test_what_changed_is_underlined(ladder):
    ladder.get_by_role("button", name="처음으로").click()
    for _ in range(3):
        ladder.get_by_role("button", name="한 단계 ▶").click()
    box = ladder.get_by_role("region", name="클라이언트의 상태와 변수")
    moved = box.locator("div:has(> dd.moved) dt").all_text_contents()
    assert moved == ["snd_una", "rcv_nxt", "재전송 타이머"]
    style = box.locator("dd.moved").first.evaluate("node => getComputedStyle(node).textDecorationLine")
    assert style == "underline"


def test_lost_syn_doubles_the_timer(ladder):
    ladder.locator('.segment[data-number="1"] .hit').click(force=True)
    ladder.locator(".segment.again").wait_for()
    ladder.get_by_role("button", name="처음으로").click()
    seen = set()
    for _ in range(12):
        ladder.get_by_role("button", name="한 단계 ▶").click()
        seen.add(tuple(card(ladder, "클라이언트")[1][4:]))
    assert ("1초", "1초에 끝남") in seen
    assert ("2초", "3초에 끝남") in seen


def test_step_is_spoken(ladder):
    ladder.get_by_role("button", name="처음으로").click()
    ladder.locator(".stage").press("ArrowRight")
    ladder.locator(".stage").press("ArrowRight")
    assert ladder.locator(".bar .sr-only").text_content() == "50ms: 클라이언트 SYN_SENT, 서버 SYN_RCVD"


def test_variables_follow_the_playhead_on_a_wide_page(page, ladder):
    page.page.set_viewport_size({"width": 1280, "height": 900})
    stage = ladder.locator(".stage").bounding_box()
    left = ladder.get_by_role("region", name="클라이언트의 상태와 변수").bounding_box()
    right = ladder.get_by_role("region", name="서버의 상태와 변수").bounding_box()
    assert left["x"] + left["width"] <= stage["x"] <= stage["x"] + stage["width"] <= right["x"]
    ladder.get_by_role("button", name="처음으로").click()
    top = ladder.get_by_role("region", name="서버의 상태와 변수").bounding_box()["y"]
    ladder.locator(".ladder-slider").fill("990")
    assert ladder.get_by_role("region", name="서버의 상태와 변수").bounding_box()["y"] > top + 20


def test_many_hosts_each_have_a_card(page):
    widget = output(page, MANY)
    assert widget.locator(".vars").count() == 4
    assert card(widget, "클라이언트 2")[0] == "SYN_SENT"


def test_fold_by_keys_hides_the_regular_part(page):
    widget = output(page, LONG)
    before = widget.locator(".segment").count()
    fold = widget.locator("button.fold")
    assert fold.inner_text() == "이어지는 세그먼트 92개 접기"
    fold.focus()
    page.page.keyboard.press("Enter")
    widget.locator("button.fold[aria-pressed=true]").wait_for()
    assert widget.locator(".segment").count() == before - 92
    assert widget.get_by_text("개 접음").count() >= 1
    fold.click()
    widget.locator("button.fold[aria-pressed=false]").wait_for()
    assert widget.locator(".segment").count() == before


def test_accessibility_tree_names_the_parts(ladder):
    tree = ladder.aria_snapshot()
    for line in ('region "클라이언트의 상태와 변수"', 'region "서버의 상태와 변수"', 'toolbar "재생"', 'slider "시각"'):
        assert line in tree


@pytest.mark.parametrize("width", [1280, 800])
def test_cards_stay_inside(page, width):
    page.page.set_viewport_size({"width": width, "height": 900})
    page.page.wait_for_timeout(300)
    for index in (LADDER, MANY, LONG):
        over = output(page, index).locator(".tcpedu").evaluate(
            """root => Math.max(...[...root.querySelectorAll('.vars, .vars dd')].map(node =>
                node.getBoundingClientRect().right - root.getBoundingClientRect().right))"""
        )
        assert over <= 1
    page.page.set_viewport_size({"width": 1280, "height": 900})


def test_a_name_and_its_value_share_a_line_when_they_fit(ladder):
    broken = ladder.locator(".vars dl > div").evaluate_all(
        """rows => rows.filter(row => {
            const [name, value] = ['dt', 'dd'].map(tag => {
                const text = document.createRange();
                text.selectNodeContents(row.querySelector(tag));
                return text.getBoundingClientRect();
            });
            const fits = name.width + 6 + value.width <= row.clientWidth;
            return fits && Math.abs(name.top - value.top) > 4;
        }).map(row => row.textContent)"""
    )
    assert broken == []


def test_no_errors(page):
    assert page.errors == []
