"""혼잡 제어 실험실을 슬라이더와 글쇠와 마우스로 움직인다."""

from __future__ import annotations

import nbformat
import pytest
from conftest import output

LAB, TWO = 1, 2
CELLS = (
    "from tcpedu.protocol.congestion import Reno\nfrom tcpedu.view import CongestionLab\n"
    "class Broken(Reno):\n    def on_ack(self, *args):\n        raise KeyError('아직 안 만든 것')",
    "lab = CongestionLab(rate=1e6, queue=20, duration=5.0, algorithms={'고장': Broken})\nlab",
    "CongestionLab(['Reno', 'CUBIC'], rate=2e6, queue=20, duration=5.0, title='둘')",
)
START = {"queue": 20, "aqm": "tail", "loss": "none", "algorithm0": "Reno", "flows": 1, "ecn": False}


@pytest.fixture(scope="module")
def page(notebook):
    return notebook("congestion_lab", *CELLS)


def run(page, code):
    return page.page.evaluate(
        """async code => {
            const kernel = window.jupyterapp.shell.currentWidget.context.sessionContext.session.kernel;
            const future = kernel.requestExecute({ code });
            let text = '';
            future.onIOPub = message => { text += message.content.text ?? ''; };
            await future.done;
            return text.trim();
        }""",
        code,
    )


@pytest.fixture
def widget(page):
    run(page, f"lab.handle({{'do': 'unpin'}}); lab.handle({{'do': 'set', 'values': {START}}})")
    found = output(page, LAB)
    found.locator(".result tbody tr").nth(1).wait_for(state="detached")
    found.get_by_label("큐", exact=True).and_(found.locator('[aria-valuetext="20패킷"]')).wait_for()
    return found


def idle(widget):
    widget.page.wait_for_timeout(50)
    widget.page.wait_for_function("() => !document.querySelector('.tcpedu.computing')")


def picture(widget):
    return widget.locator(".charts svg.chart .line.look0").first.get_attribute("d")


def set_slider(widget, name, index):
    widget.locator(f'input[data-name="{name}"]').fill(str(index))


def test_slider_draws_another_picture(widget, page):
    before = picture(widget)
    set_slider(widget, "queue", 1)
    widget.get_by_text("한도 5", exact=True).wait_for()
    idle(widget)
    assert picture(widget) != before
    assert run(page, "print(lab.contest.queue, max(n for _, n in lab.outcome.queue))") == "5 5.0"


def test_slider_by_keys_tells_its_value(widget):
    slider = widget.get_by_label("큐", exact=True)
    slider.press("ArrowLeft")
    assert slider.get_attribute("aria-valuetext") == "10패킷"
    widget.get_by_text("한도 10", exact=True).wait_for()


def test_it_says_that_it_is_computing_at_once_and_the_last_value_wins(widget, page):
    said = widget.evaluate(
        """async root => {
            const slider = root.querySelector('input[data-name="queue"]');
            const seen = [];
            for (const value of [3, 5, 2]) {
                slider.value = value;
                slider.dispatchEvent(new Event('input', { bubbles: true }));
                seen.push(root.querySelector('.busy').textContent);
            }
            return seen;
        }"""
    )
    assert said == ["계산 중…"] * 3
    widget.get_by_text("한도 10", exact=True).wait_for()
    idle(widget)
    assert widget.locator('input[data-name="queue"]').input_value() == "2"
    assert widget.locator(".busy").inner_text() == ""
    assert run(page, "print(lab.contest.queue)") == "10"


def test_algorithm_and_losses(widget, page):
    widget.get_by_label("흐름 1의 알고리즘").select_option("CUBIC")
    widget.get_by_label("더하는 손실").select_option("잇달아 넷")
    widget.get_by_label("잃을 데이터").wait_for()
    idle(widget)
    assert run(page, "print(lab.contest.runners[0].algorithm.__name__, lab.contest.loss)") == "Cubic burst"


def test_ecn_opens_with_a_queue_that_marks(widget, page):
    assert widget.get_by_label("ECN", exact=True).is_disabled()
    widget.get_by_label("큐의 종류").select_option("CoDel")
    page.page.wait_for_function(
        "() => [...document.querySelectorAll('input[data-name=ecn]')].some(node => !node.disabled)"
    )
    widget.get_by_label("ECN", exact=True).check()
    widget.locator(".legend", has_text="CE 표시").wait_for()


def test_more_flows_more_controls(widget):
    assert not widget.get_by_label("흐름 2의 알고리즘").is_visible()
    set_slider(widget, "flows", 1)
    widget.get_by_label("흐름 2의 알고리즘").wait_for()
    widget.locator(".plane svg").wait_for()
    assert widget.locator(".values tbody tr").count() == 3


def test_keys_move_the_cursor_and_read_values(widget):
    stage = widget.locator(".stage")
    stage.focus()
    stage.press("Home")
    assert widget.locator(".time").inner_text() == "0ms"
    assert widget.locator('.values td[data-row="0"][data-column="0"]').inner_text() == "10.0 MSS"
    stage.press("ArrowRight")
    assert widget.locator(".time").inner_text() == "31.2ms"  # 5초를 160걸음으로
    stage.press("n")
    assert widget.locator(".event").inner_text() == "빠른 재전송 (흐름 1)"
    assert "빠른 재전송" in widget.locator(".time-slider").get_attribute("aria-valuetext")
    stage.press("p")
    assert widget.locator(".event").inner_text() == "이 앞에는 사건이 없습니다"
    stage.press("End")
    assert widget.locator(".time").inner_text() == "5초"


def test_click_puts_the_cursor_there(widget):
    box = widget.locator(".charts .plot").first.bounding_box()
    widget.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert widget.locator(".time").inner_text() in ("2.5초", "2.47초", "2.53초")


def test_play_moves_to_the_end(widget):
    widget.locator(".stage").focus()
    widget.locator(".stage").press("Home")
    widget.get_by_role("button", name="재생").click()
    widget.page.wait_for_timeout(500)
    assert widget.locator(".veil").first.evaluate("node => getComputedStyle(node).visibility") == "visible"
    assert widget.locator(".time").inner_text() not in ("0ms", "5초")
    widget.get_by_role("button", name="멈춤").click()
    assert widget.locator(".veil").first.evaluate("node => getComputedStyle(node).visibility") == "hidden"


def test_two_runs_to_compare(widget):
    widget.get_by_role("button", name="A에 담기").click()
    widget.locator(".result tbody tr").nth(1).wait_for()
    widget.get_by_label("흐름 1의 알고리즘").select_option("CUBIC")
    widget.get_by_text("A: Reno 100ms").wait_for()
    idle(widget)
    widget.get_by_role("button", name="B에 담기").click()
    widget.locator(".result tbody tr").nth(2).wait_for()
    assert widget.locator(".result tbody th").all_inner_texts() == ["지금", "A", "B"]
    widget.get_by_role("button", name="담은 것 비우기").click()
    widget.locator(".result tbody tr").nth(1).wait_for(state="detached")


def test_a_failing_class_is_told_and_the_picture_stays(widget):
    before = picture(widget)
    widget.get_by_label("흐름 1의 알고리즘").select_option("고장")
    widget.locator(".alert", has_text="다시 계산하지 못했습니다: ").wait_for()
    assert picture(widget) == before
    assert widget.get_by_label("흐름 1의 알고리즘").input_value() == "Reno"


def test_keys_never_reach_the_notebook(widget, page):
    cells = page.page.locator(".jp-Cell").count()
    widget.locator(".stage").focus()
    for key in ("b", "d", "d", "n"):
        page.page.keyboard.press(key)
    page.page.wait_for_timeout(200)
    assert page.page.locator(".jp-Cell").count() == cells


def test_reduced_motion_hides_play(widget, page):
    page.page.emulate_media(reduced_motion="reduce")
    assert not widget.locator("button.play").is_visible()
    assert widget.get_by_role("button", name="다음 사건").is_visible()
    page.page.emulate_media(reduced_motion="no-preference")


def test_accessibility_tree(widget):
    tree = widget.aria_snapshot()
    for part in (
        'group "혼잡 제어 실험실"', 'slider "속도"', 'slider "큐"', 'combobox "큐의 종류"', 'checkbox "ECN"',
        'combobox "흐름 1의 알고리즘"', 'toolbar "시각"', 'slider "시각"', 'toolbar "견주기"', 'table "견주는 표"',
        'img "Reno 100ms',
    ):  # fmt: skip
        assert part in tree, part


@pytest.mark.parametrize("index", [LAB, TWO])
def test_everything_that_takes_focus_has_a_name(page, index):
    nameless = output(page, index).evaluate(
        """root => [...root.querySelectorAll('button, input, select, [tabindex="0"]')]
            .filter(node => !(node.getAttribute('aria-label') || node.textContent).trim())
            .map(node => node.outerHTML)"""
    )
    assert nameless == []


@pytest.mark.parametrize("index", [LAB, TWO])
def test_nothing_sticks_out_and_words_are_large_enough(page, index):
    page.page.set_viewport_size({"width": 800, "height": 900})
    page.page.wait_for_timeout(300)
    over = output(page, index).locator(".tcpedu").evaluate("node => node.scrollWidth - node.clientWidth")
    smallest = output(page, index).evaluate(
        """root => Math.min(...[...root.querySelectorAll('svg text')].map(node => {
            const svg = node.ownerSVGElement;
            const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
            return parseFloat(getComputedStyle(node).fontSize) * scale;
        }))"""
    )
    page.page.set_viewport_size({"width": 1280, "height": 900})
    assert over <= 1
    assert smallest >= 10


@pytest.mark.parametrize("index", [LAB, TWO])
def test_legend_names_do_not_overlap(page, index):
    hits = output(page, index).evaluate(
        """root => {
            const boxes = [...root.querySelectorAll('.charts .legend, .charts .axis-title')]
                .map(node => [node.textContent, node.getBoundingClientRect()]);
            const hit = (a, b) => a.left < b.right - 1 && b.left < a.right - 1
                && a.top < b.bottom - 2 && b.top < a.bottom - 2;
            return boxes.flatMap(([x, a], index) => boxes.slice(index + 1)
                .filter(([, b]) => hit(a, b)).map(([y]) => `${x} / ${y}`));
        }"""
    )
    assert hits == []


def test_no_errors(page):
    assert page.errors == []


# 저장된 노트북 --------------------------------------------------------------


def test_saved_notebook_can_be_read_without_a_kernel(lab, browser, tmp_path):
    from nbclient import NotebookClient

    book = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell("from tcpedu.view import CongestionLab\nCongestionLab(duration=5.0)")]
    )
    book.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    NotebookClient(book, timeout=120).execute()
    path = tmp_path / "saved_lab.ipynb"
    nbformat.write(book, path)
    place = lab.add(path)
    lab.trust(place)
    opened = browser.open(lab, place)
    widget = output(opened, 0)
    widget.locator(".stage svg").wait_for()
    widget.locator(".stage").press("Home")
    widget.locator(".stage").press("n")
    assert widget.locator(".event").inner_text() == "빠른 재전송 (흐름 1)"
    set_slider(widget, "queue", 1)
    widget.locator(".alert", has_text="실행 중인 커널이 필요합니다").wait_for()
    opened.page.close()
    lab.forget_kernels()
