"""상태 탐색기를 마우스와 글쇠로 움직이면 커널의 두 연결이 움직이고 그림이 바뀐다. 저장된 것은 커널 없이 넘겨 본다."""

from __future__ import annotations

import nbformat
import pytest
from conftest import output

from tcpedu.network.stage import PRESETS, Stage

EXPLORER = 1
CELLS = ("from tcpedu.view import StateExplorer", "explorer = StateExplorer()\nexplorer")


@pytest.fixture(scope="module")
def page(notebook):
    return notebook("states", *CELLS)


@pytest.fixture
def explorer(page):
    widget = output(page, EXPLORER)
    widget.get_by_role("button", name="처음으로").click()
    widget.locator(".rule b", has_text="처음").wait_for()
    return widget


def states(widget):
    return widget.locator(".vars-state").all_text_contents()


def last(widget):
    return [node.get_attribute("data-mark") for node in widget.locator(".state-map .last").all()]


def press(widget, key):
    """걸음의 단추를 누르고 다음 장면을 기다린다."""
    before = widget.locator(".rule b").text_content()
    widget.locator(f'button[data-key="{key}"]').click()
    widget.locator(".rule b").filter(has_not_text=before).wait_for()


def choose(widget, name):
    widget.get_by_label("상황").select_option("")
    widget.get_by_label("상황").select_option(name)
    widget.page.wait_for_function(
        "([root, steps]) => root.querySelector('.scene-slider').max === String(steps)",
        arg=[widget.element_handle(), len(PRESETS[name])],
    )


def test_only_what_can_happen_is_offered(explorer):
    keys = [node.get_attribute("data-key") for node in explorer.locator("button[data-key]").all()]
    assert keys == ["A listen", "A open", "B listen", "B open"]


def test_handshake_by_mouse(explorer):
    stage = Stage()
    for key in PRESETS["3-way 핸드셰이크"]:
        press(explorer, key)
        stage.do(key)
        assert states(explorer) == [stage.state(end).name for end in ("A", "B")]
        assert stage.fired[-1].section in explorer.locator(".rule").inner_text()
        assert last(explorer) == [f"{stage.fired[-1].old.name}>{stage.fired[-1].new.name}"]
        offered = [node.get_attribute("data-key") for node in explorer.locator("button[data-key]").all()]
        assert sorted(offered) == sorted(choice.key for choice in stage.choices())
    assert explorer.locator(".segment").count() == 3
    assert [node.get_attribute("data-state") for node in explorer.locator(".node.here").all()] == ["ESTABLISHED"]


def test_python_sees_what_was_pressed(explorer, page):
    press(explorer, "A open")
    press(explorer, "lose 1")
    answer = page.page.evaluate(
        """async () => {
            const kernel = window.jupyterapp.shell.currentWidget.context.sessionContext.session.kernel;
            const future = kernel.requestExecute({ code: 'print(explorer.stage.history)' });
            let text = '';
            future.onIOPub = message => { text += message.content.text ?? ''; };
            await future.done;
            return text;
        }"""
    )
    assert answer.strip() == "['A open', 'lose 1']"
    assert explorer.locator(".segment.lost").count() == 1


def test_keys_alone_are_enough(explorer, page):
    """Tab과 Enter로 열고, ←와 →로 장면을 넘기고, U로 무른다."""
    explorer.get_by_role("button", name="호스트 A: OPEN (능동)").focus()
    page.page.keyboard.press("Enter")
    explorer.locator(".rule b", has_text="장면 1/1").wait_for()
    assert page.page.evaluate("document.activeElement.closest('.tcpedu.states') !== null")
    assert page.page.evaluate("document.activeElement.dataset.key").startswith("A ")
    page.page.keyboard.press("ArrowLeft")
    assert states(explorer) == ["CLOSED", "CLOSED"]
    page.page.keyboard.press("ArrowRight")
    assert states(explorer) == ["SYN_SENT", "CLOSED"]
    page.page.keyboard.press("u")
    explorer.locator(".rule b", has_text="처음").wait_for()
    assert explorer.locator(".segment").count() == 0


def test_preset_starts_at_the_beginning_and_walks(explorer):
    choose(explorer, "동시에 닫기")
    assert states(explorer) == ["CLOSED", "CLOSED"]
    walked = []
    for _ in PRESETS["동시에 닫기"]:
        explorer.get_by_role("button", name="다음 장면 ▶").click()
        walked += last(explorer)
    assert walked.count("FIN_WAIT_1>CLOSING") == walked.count("CLOSING>TIME_WAIT") == 2
    assert states(explorer) == ["CLOSED", "CLOSED"]
    assert explorer.get_by_role("button", name="다음 장면 ▶").is_disabled()


def test_ladder_moves_along(explorer):
    choose(explorer, "3-way 핸드셰이크")
    later = []
    for _ in range(5):
        later.append(explorer.locator(".segment.later").count())
        explorer.get_by_role("button", name="다음 장면 ▶").click()
    assert later == [3, 3, 2, 1, 0]


def test_another_choice_in_an_old_scene_branches(explorer):
    choose(explorer, "3-way 핸드셰이크")
    for _ in range(2):
        explorer.get_by_role("button", name="다음 장면 ▶").click()
    press(explorer, "lose 1")
    assert explorer.locator(".rule b").text_content().startswith("장면 3/3")
    assert explorer.locator('button[data-key="timer"]').count() == 1


def test_steps_that_change_no_state_say_so(explorer):
    press(explorer, "B listen")
    press(explorer, "A open")
    press(explorer, "timer")
    assert "따른 전이가 없습니다" in explorer.locator(".rule").inner_text()
    assert last(explorer) == []


def test_textbook_names_what_is_left_out(explorer, page):
    extra = explorer.locator('.edge[data-mark="SYN_SENT>SYN_RCVD"]')
    assert extra.locator(".what").is_visible() and not extra.locator(".why").is_visible()
    explorer.get_by_role("button", name="교과서 그림과 견주기").click()
    assert extra.locator(".why").is_visible() and extra.locator(".why").text_content() == "동시 개방"
    assert extra.locator(".way").evaluate("node => getComputedStyle(node).strokeDasharray") != "none"
    plain = explorer.locator('.edge[data-mark="CLOSED>SYN_SENT"] .way')
    assert plain.evaluate("node => getComputedStyle(node).strokeDasharray") == "none"
    assert "점선은" in explorer.locator(".pictures + .note").inner_text()
    explorer.get_by_role("button", name="교과서 그림과 견주기").click()


def test_accessibility_tree(explorer):
    press(explorer, "A open")
    tree = explorer.aria_snapshot()
    for line in (
        'toolbar "장면"', 'combobox "상황"', 'group "호스트 A의 호출"', 'group "호스트 B의 호출"',
        'group "날고 있는 세그먼트와 타이머"', 'region "호스트 A의 상태와 변수"', 'button "호스트 A: CLOSE"',
        'img "상태 다이어그램. 호스트 A: SYN_SENT', "status",
    ):  # fmt: skip
        assert line in tree


def test_everything_that_takes_focus_has_a_name(explorer):
    nameless = explorer.evaluate(
        """root => [...root.querySelectorAll('button, input, select, [tabindex="0"]')]
            .filter(node => !(node.getAttribute('aria-label') || node.textContent).trim())
            .map(node => node.outerHTML)"""
    )
    assert nameless == []


def test_written_words_are_large_enough(explorer):
    choose(explorer, "반열림")
    smallest = explorer.evaluate(
        """root => Math.min(...[...root.querySelectorAll('svg text')].map(node => {
            const svg = node.ownerSVGElement;
            const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
            return parseFloat(getComputedStyle(node).fontSize) * scale;
        }))"""
    )
    assert smallest >= 10


@pytest.mark.parametrize("width", [1280, 800])
def test_nothing_sticks_out(explorer, page, width):
    page.page.set_viewport_size({"width": width, "height": 900})
    page.page.wait_for_timeout(300)
    over = explorer.locator(".tcpedu").evaluate(
        """root => Math.max(...[...root.querySelectorAll('button, section, .map, .stage, .rule')].map(node =>
            node.getBoundingClientRect().right - root.getBoundingClientRect().right))"""
    )
    page.page.set_viewport_size({"width": 1280, "height": 900})
    assert over <= 1


def test_reduced_motion_keeps_tokens_still(explorer, page):
    page.page.emulate_media(reduced_motion="reduce")
    duration = explorer.locator(".token").first.evaluate("node => getComputedStyle(node).transitionDuration")
    page.page.emulate_media(reduced_motion="no-preference")
    assert duration == "0s"


def test_no_errors(page):
    assert page.errors == []


# ── 저장된 노트북 ───────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def saved(lab, browser, tmp_path_factory):
    from nbclient import NotebookClient

    book = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell("from tcpedu.view import StateExplorer\nStateExplorer('동시 개방')")]
    )
    book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    NotebookClient(book, timeout=120).execute()
    path = tmp_path_factory.mktemp("saved") / "states.ipynb"
    nbformat.write(book, path)
    name = lab.add(path)
    lab.trust(name)
    opened = browser.open(lab, name)
    opened.page.locator(".tcpedu.states .node").first.wait_for()
    yield opened
    opened.page.close()
    lab.forget_kernels()


def test_saved_scenes_can_be_walked_without_a_kernel(saved):
    widget = output(saved, 0)
    assert states(widget) == ["ESTABLISHED", "ESTABLISHED"]
    for _ in range(3):
        widget.get_by_role("button", name="◀ 지난 장면").click()
    assert states(widget) == ["SYN_SENT", "SYN_RCVD"]
    assert last(widget) == ["SYN_SENT>SYN_RCVD"]


def test_saved_button_says_that_a_kernel_is_needed(saved):
    widget = output(saved, 0)
    widget.locator("button[data-key]").first.click()
    widget.locator(".alert", has_text="실행 중인 커널이 필요합니다").wait_for()
