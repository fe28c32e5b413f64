"""그림이 JupyterLab 안에서, 이 컴퓨터만으로 그려진다."""

from __future__ import annotations

import re

import pytest
from conftest import output

from tcpedu.network.scenarios import full_backlog

CELLS = (
    "from tcpedu.network import scenarios\n"
    "from tcpedu.protocol.segment import MSS, Flags, Segment, Timestamps\n"
    "from tcpedu.protocol.state import Event, State\n"
    "from tcpedu.view import header_diagram, sequence_diagram, state_diagram",
    "sequence_diagram(scenarios.handshake(drops={1}), title='SYN을 잃은 핸드셰이크; #1: \"따옴표\"')",
    "sequence_diagram(scenarios.transfer(b'x' * 20_000))",
    "sequence_diagram(scenarios.full_backlog())",
    "state_diagram(current='SYN_SENT', last=(State.CLOSED, Event.OPEN_ACTIVE))",
    "state_diagram('open', abrupt=True)",
    "state_diagram('close')",
    "header_diagram(Segment(50000, 80, seq=2**32 - 1, flags=Flags(0xFF), options=(MSS(1460), Timestamps(1, 2)),"
    " payload=b'hi'))",
    "from tcpedu.network.simulation import Simulation\n"
    "sim = Simulation()\n"
    "a, b = sim.host('end; #1: <b>\"x\"</b> $$y$$ {z} %%'), sim.host('```서버 `둘`')\n"
    "sim.link(a, b, delay=0.05)\n"
    "a.connect(b, 80, iss=1)\n"
    "sequence_diagram(sim.run(), title='제목; #2: [x](y) *z*')",
)


@pytest.fixture(scope="module")
def page(notebook):
    return notebook("diagrams", *CELLS)


@pytest.mark.parametrize("index", range(1, len(CELLS)))
def test_figure_is_drawn(page, index):
    figure = output(page, index)
    assert figure.locator(".jp-RenderedMermaid img").count() == 1
    image = figure.locator("img")
    assert image.evaluate(
        "image => image.complete && image.naturalWidth > 0 && image.getBoundingClientRect().width > 200"
    )
    assert "Syntax error" not in figure.inner_text()
    assert figure.locator(".jp-mod-warning").count() == 0


@pytest.mark.parametrize("index", range(1, len(CELLS)))
def test_caption_is_visible(page, index):
    assert output(page, index).locator("p").last.inner_text().strip().endswith(".")


def drawn(page, index):
    """그려진 SVG의 글."""
    source = output(page, index).locator("img").get_attribute("src")
    return page.page.evaluate("src => fetch(src).then(answer => answer.text())", source)


def test_every_participant_is_drawn(page):
    assert drawn(page, 1).count('class="actor actor-top"') == 2
    assert drawn(page, 8).count('class="actor actor-top"') == 2
    assert drawn(page, 3).count('class="actor actor-top"') == len(full_backlog().hosts)


@pytest.mark.parametrize(("index", "count"), [(4, 11), (5, 5), (6, 8)])
def test_every_state_is_drawn(page, index, count):
    assert len(set(re.findall(r'id="[^"]*state-(s\d+)-\d+"', drawn(page, index)))) == count


def test_current_state_and_last_edge_stand_out(page):
    svg = drawn(page, 4)
    assert "◀ 지금" in svg
    assert "▶ 능동 개방" in svg
    assert "#fde68a" in svg


def test_title_and_description_are_for_screen_readers(page):
    svg = drawn(page, 1)
    assert "<title" in svg
    assert 'SYN을 잃은 핸드셰이크; #1: "따옴표"' in svg.replace("&quot;", '"').replace("&#34;", '"')


def test_nothing_is_written_back(page):
    """JupyterLab이 그린 SVG를 출력에 되적지 않는다: 노트북을 열기만 해도 달라지면 안 된다."""
    assert all("image/svg+xml" not in output.get("data", {}) for output in page.outputs())


def test_no_errors(page):
    assert page.errors == []
