"""이 프로젝트가 만들 수 있는 mermaid 글은 모두 JupyterLab에 든 mermaid가 읽고, 뜻한 만큼의 참가자·상태·상자를 그린다.

화면을 하나만 띄우고, JupyterLab이 쓰는 바로 그 mermaid에 글을 하나씩 넘긴다.
"""

from __future__ import annotations

import inspect
import json
import re
from itertools import product
from pathlib import Path

import nbformat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tcpedu.network import scenarios
from tcpedu.network.simulation import Simulation
from tcpedu.network.trace import Trace
from tcpedu.protocol.congestion import Bbr, Cubic, Reno
from tcpedu.protocol.segment import MSS, Flags, NoOperation, Sack, SackPermitted, Segment, Timestamps, WindowScale
from tcpedu.protocol.state import TRANSITIONS, State
from tcpedu.view import (
    concept_map,
    encapsulation_diagram,
    header_diagram,
    layers_diagram,
    phase_diagram,
    sequence_diagram,
    state_diagram,
)
from tcpedu.view.builder import PacketBuilder, SequenceBuilder, StateBuilder
from tcpedu.view.concepts import CONCEPTS
from tcpedu.view.flow_builder import FlowBuilder

ROOT = Path(__file__).resolve().parents[2]

# 그림의 갈래마다 mermaid가 알아들은 것의 수: 시퀀스의 참가자와 화살표, 상태, 상자, 비트 칸.
READ = """async scripts => {
    const app = window.jupyterapp;
    const tokens = [...app.pluginRegistry._plugins.values()].map(plugin => plugin.provides);
    const manager = await app.resolveRequiredService(tokens.find(token => token?.name?.endsWith(':IMermaidManager')));
    const mermaid = await manager.getMermaid();
    const found = [];
    for (const script of scripts) {
        try {
            const { db, type } = await mermaid.mermaidAPI.getDiagramFromText(script);
            found.push({
                type, title: db.getAccTitle?.() ?? '', description: db.getAccDescription?.() ?? '',
                actors: db.getActorKeys?.().length, messages: db.getMessages?.().length,
                states: db.getStates ? [...db.getStates().keys()].filter(id => id[0] === 's').length : undefined,
                boxes: db.getVertices
                    ? new Set([...db.getVertices().keys(), ...db.getSubGraphs().map(it => it.id)]).size : undefined,
                bits: db.getPacket ? db.getPacket().flat().reduce((sum, { bits }) => sum + bits, 0) : undefined,
            });
        } catch (error) { found.push({ error: String(error?.message ?? error).slice(0, 300) }); }
    }
    return found;
}"""
DRAW = """async script => {
    const app = window.jupyterapp;
    const tokens = [...app.pluginRegistry._plugins.values()].map(plugin => plugin.provides);
    const manager = await app.resolveRequiredService(tokens.find(token => token?.name?.endsWith(':IMermaidManager')));
    return (await manager.renderSvg(script)).svg;
}"""


@pytest.fixture(scope="module")
def page(lab, browser, tmp_path_factory):
    path = tmp_path_factory.mktemp("mermaid") / "empty.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("빈 노트북")]), path)
    opened = browser.open(lab, lab.add(path))
    yield opened.page
    opened.page.close()


def read(page, diagrams):
    """그림들을 mermaid가 읽은 결과. 하나라도 못 읽으면 그 글과 함께 알린다."""
    scripts = [diagram if isinstance(diagram, str) else diagram.script for diagram in diagrams]
    found = page.evaluate(READ, scripts)
    bad = [f"{one['error']}\n{script}" for one, script in zip(found, scripts, strict=True) if "error" in one]
    assert bad == []
    return found


def told(page, diagrams):
    """읽어 주는 제목과 설명까지 있는지 본다."""
    found = read(page, diagrams)
    for one, diagram in zip(found, diagrams, strict=True):
        assert re.search("[가-힣]", one["title"]), diagram.script
        assert re.search("[가-힣]", one["description"]), diagram.script
        assert diagram.description.endswith(("다.", "까.", "지."))
    return found


# ── 강의에 적힌 것 ──────────────────────────────────────────────────────────


def written():
    """노트북의 마크다운 울타리와 저장된 출력."""
    for path in sorted(ROOT.glob("[les]*s/*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            texts = ["".join(cell["source"])] if cell["cell_type"] == "markdown" else []
            for output in cell.get("outputs", []):
                data = output.get("data", {})
                texts += ["".join(data.get("text/markdown", ""))]
                if "text/vnd.mermaid" in data:
                    yield path.name, "".join(data["text/vnd.mermaid"])
            for text in texts:
                for script in re.findall(r"^```mermaid\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
                    yield path.name, script


def test_everything_written_in_the_notebooks(page):
    found = list(written())
    assert len(found) >= 10
    for (name, script), one in zip(found, read(page, [script for _, script in found]), strict=True):
        assert one["title"] and one["description"], f"{name}: 읽어 주는 제목이나 설명이 없습니다\n{script}"


def test_a_broken_script_is_noticed(page):
    found = page.evaluate(READ, ["sequenceDiagram\n  가->>나 콜론 없음", "sequenceDiagram\n가->>나: 있음"])
    assert "error" in found[0] and found[1]["actors"] == 2


# ── 상황과 기록 ─────────────────────────────────────────────────────────────


def traces():
    for name in scenarios.__all__:
        scenario = getattr(scenarios, name)
        if callable(scenario) and scenario is not scenarios.packets_lost:
            made = scenario()
            made = made[0] if isinstance(made, tuple) else made
            yield name, getattr(made, "trace", made)


def test_every_scenario(page):
    named = list(traces())
    assert len(named) > 12
    assert all(isinstance(trace, Trace) for _, trace in named), [type(trace) for _, trace in named]
    for states in (True, False):
        diagrams = [sequence_diagram(trace, states=states) for _, trace in named]
        for (name, trace), one, diagram in zip(named, told(page, diagrams), diagrams, strict=True):
            assert one["actors"] == len(trace.hosts), name
            drawn = len(re.findall(r"^\tp\d+(?:->>|--x)p\d+:", diagram.script, re.MULTILINE))
            notes = len(re.findall(r"^\tNote ", diagram.script, re.MULTILINE))
            assert one["messages"] == drawn + notes, name
    plain = read(page, [trace.to_mermaid() for _, trace in named if len(trace) < 200])
    assert all(one["actors"] >= 2 for one in plain)


def test_every_keyword_of_a_scenario_is_covered_by_its_default():
    """상황을 더하면 위의 시험이 저절로 그것을 그린다: 인자 없이 부를 수 있어야 한다."""
    for name in scenarios.__all__:
        scenario = getattr(scenarios, name)
        if inspect.isfunction(scenario) and name != "packets_lost":
            required = [p for p in inspect.signature(scenario).parameters.values() if p.default is p.empty]
            assert required == [], name


HOSTILE = st.one_of(
    st.sampled_from(["end", "서버; #1", 'a"b', "<b>굵게</b>", "```", "$$x$$", "%% 주석", "{x}", "note", "상자 [1]",
                     "a: b", "participant", "한\n줄", "←→", "\\n", "--x", "class", "state", "🙂", "#35;",
                     "accTitle: 없음"]),
    st.text(st.characters(blacklist_categories=("Cs",)), min_size=1, max_size=12),
)  # fmt: skip
ANY = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


@ANY
@given(st.lists(HOSTILE, min_size=2, max_size=4, unique=True), HOSTILE, st.sets(st.integers(1, 9)), st.integers(0, 3))
def test_traces_with_any_names(page, names, title, drops, extra):
    simulation = Simulation()
    hosts = [simulation.host(name) for name in names]
    for host in hosts[1:]:
        simulation.link(hosts[0], host, delay=0.05)
        host.listen(80, iss=300)
        hosts[0].connect(host, 80, iss=100)
    trace = simulation.run(until=5.0)
    [one] = read(page, [sequence_diagram(trace, title=title, limit=4 + extra)])
    assert one["actors"] == len(names)


@ANY
@given(st.lists(HOSTILE, min_size=1, max_size=5, unique=True), HOSTILE, HOSTILE)
def test_any_text_in_any_builder(page, names, text, title):
    sequence = SequenceBuilder(tuple(names))
    states = StateBuilder({name: f"{name}\n{text}" for name in names}, names[0])
    flow, packet = FlowBuilder(), PacketBuilder()
    states.start(names[0])
    with flow.group("묶음", title):
        for name in names:
            flow.node(name, f"{name}\n{text}")
    for old, new in product(names, names):
        sequence.message(old, new, text, lost=old == new)
        states.edge(old, new, text)
        flow.edge(old, new, text, dotted=old == new)
    sequence.across(text)
    sequence.beside(names[-1], text)
    for name in names:
        packet.bits(8, name)
    one, other, boxes, bits = read(page, [b.build(title, f"{text}다.") for b in (sequence, states, flow, packet)])
    assert one["actors"] == len(names) and one["messages"] == len(names) ** 2 + 2
    assert other["states"] == len(names)
    assert boxes["boxes"] == len(names) + 1
    assert bits["bits"] == 8 * len(names)


# ── 상태와 단계 ─────────────────────────────────────────────────────────────


def test_every_state_diagram(page):
    diagrams, counts = [], []
    for part, abrupt, simple in product(("all", "open", "close"), (False, True), (False, True)):
        diagrams.append(state_diagram(part, abrupt=abrupt, simplified=simple))
    diagrams += [state_diagram(current=state, simplified=simple) for state in State for simple in (False, True)]
    diagrams += [state_diagram(current=TRANSITIONS[edge][1], last=edge) for edge in list(TRANSITIONS)[::3]]
    counts = [len(re.findall(r"^\ts\d+ : ", diagram.script, re.MULTILINE)) for diagram in diagrams]
    assert counts[0] == 11 and counts[4] == 5 and counts[8] == 8
    for one, count in zip(told(page, diagrams), counts, strict=True):
        assert one["states"] == count


def test_every_phase_diagram(page):
    diagrams = []
    for kind in (Reno, Cubic, Bbr):
        phases = {phase for edge in kind.phases for phase in (edge.source, edge.target)}
        mine = [phase_diagram(kind), *(phase_diagram(kind, phase) for phase in sorted(phases))]
        mine += [phase_diagram(kind, edge.target, last=(edge.source, edge.event)) for edge in kind.phases]
        diagrams += [(diagram, len(phases)) for diagram in mine]
    for one, (_, count) in zip(told(page, [diagram for diagram, _ in diagrams]), diagrams, strict=True):
        assert one["states"] == count


# ── 헤더, 계층, 개념 ────────────────────────────────────────────────────────

OPTIONS = (
    (), (MSS(1460),), (MSS(1460), SackPermitted(), Timestamps(1, 2), NoOperation(), WindowScale(7)),
    (NoOperation(), NoOperation(), Sack(((1, 2), (2**32 - 1, 5), (7, 9)))),
    (NoOperation(), NoOperation(), Timestamps(2**32 - 1, 0)),
)  # fmt: skip


def test_every_header(page):
    segments = [
        Segment(65535, 1, seq=2**32 - 1, ack=2**32 - 1, flags=flags, options=options, payload=payload, urgent=9)
        for flags, options, payload in product((Flags(0), Flags.SYN, Flags(0xFF)), OPTIONS, (b"", b"x" * 1460))
    ]
    diagrams = [header_diagram(one) for one in segments]
    diagrams += [header_diagram(one.pack("10.0.0.1", "10.0.0.2")) for one in segments]
    for one, segment in zip(told(page, diagrams), segments * 2, strict=True):
        assert one["bits"] == segment.header_length * 8 + (32 if segment.payload else 0)


def test_layers_encapsulation_and_concepts(page):
    diagrams = [layers_diagram(), layers_diagram("손님; #1", '"가게"')]
    diagrams += [concept_map(lesson) for lesson in (None, *sorted({concept.lesson for concept in CONCEPTS}))]
    diagrams += [encapsulation_diagram(Segment(1, 2, seq=0, options=options, payload=payload), *ends)
                 for options, payload, ends in product(OPTIONS, (b"", b"a;#:<b>\"'", bytes(range(256))),
                                                       (("10.0.0.1", "10.0.0.2"), ("fd00::1", "fd00::2")))]  # fmt: skip
    found = told(page, diagrams)
    assert [one["boxes"] for one in found[:2]] == [14, 14]
    assert {one["boxes"] for one in found[2 : 2 + 1 + len({concept.lesson for concept in CONCEPTS})]} == {len(CONCEPTS)}
    assert {one["boxes"] for one in found[-30:]} == {5}


# ── 정말로 그린 것 ──────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("make", "pattern", "count"),
    [
        (layers_diagram, r'class="node ', 10),
        (concept_map, r'class="node ', len(CONCEPTS)),
        (lambda: encapsulation_diagram(Segment(1, 2, seq=0, payload=b"hello")), r'class="node ', 3),
        (lambda: phase_diagram(Reno(1000)), r'id="[^"]*state-s\d+-\d+"', 3),
        (lambda: phase_diagram(Bbr), r'id="[^"]*state-s\d+-\d+"', 4),
        (lambda: state_diagram(simplified=True, current="ESTABLISHED"), r'id="[^"]*state-s\d+-\d+"', 10),
    ],
    ids=["계층", "개념 지도", "캡슐화", "Reno", "BBR", "줄인 상태"],
)
def test_the_new_kinds_are_drawn(page, make, pattern, count):
    svg = page.evaluate(DRAW, make().script)
    assert len(set(re.findall(pattern, svg)) if "state-" in pattern else re.findall(pattern, svg)) == count
    assert "<title" in svg and "<desc" in svg
    assert "Syntax error" not in svg
