"""단계 그림은 표의 화살표를 하나도 빠뜨리지 않는다."""

from __future__ import annotations

import re

import pytest

from tcpedu.protocol.congestion import Bbr, BbrEvent, BbrPhase, CongestionControl, Cubic, Phase, PhaseEvent, Reno
from tcpedu.view import phase_diagram
from tcpedu.view.builder import escape

KINDS = (Reno, Cubic, Bbr)


def drawn(script):
    """(단계, 단계) → 화살표의 글, 그리고 단계 → 상자의 글."""
    boxes = dict(re.findall(r"^\t(s\d+) : (.*)$", script, re.MULTILINE))
    names = {id_: re.search(r"<br/>\((\w+)\)", text)[1] for id_, text in boxes.items()}
    arrows = re.findall(r"^\t(s\d+) --> (s\d+) : (.*)$", script, re.MULTILINE)
    return {(names[a], names[b]): text for a, b, text in arrows}, {names[id_]: text for id_, text in boxes.items()}


def flat(text):
    return text.replace("<br/>", " ")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_edge_of_the_table_is_in_the_picture_and_nothing_else(kind):
    arrows, boxes = drawn(phase_diagram(kind).script)
    for edge in kind.phases:
        where = boxes[edge.source] if edge.source is edge.target else arrows[edge.source, edge.target]
        assert flat(escape(edge.event.korean)) in flat(where)
        assert flat(escape(edge.action)) in flat(where) or not edge.action
    assert set(arrows) == {(edge.source, edge.target) for edge in kind.phases if edge.source is not edge.target}
    assert set(boxes) == {phase for edge in kind.phases for phase in (edge.source, edge.target)}
    inside = sum(text.count("↻") for text in boxes.values())
    assert inside == sum(edge.source is edge.target for edge in kind.phases)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_the_text_twin_names_every_edge_with_its_rfc(kind):
    steps = phase_diagram(kind).steps
    assert len(steps) == len(kind.phases)
    assert all(edge.rfc in step and edge.event.korean in step for edge, step in zip(kind.phases, steps, strict=True))


def test_edges_that_people_forget():
    """RFC 5681 §3.1: 타임아웃은 어느 단계에서든 슬로 스타트로 돌아간다. §3.2: 슬로 스타트에서도 빠른 재전송이 있다."""
    arrows, boxes = drawn(phase_diagram(Reno).script)
    assert "재전송 타임아웃" in flat(arrows["congestion_avoidance", "slow_start"])
    assert "재전송 타임아웃" in flat(arrows["fast_recovery", "slow_start"])
    assert "재전송 타임아웃" in flat(boxes["slow_start"])
    assert "중복 ACK 3개" in flat(arrows["slow_start", "fast_recovery"])


def test_the_phase_of_an_object_is_where_it_is_now():
    reno = Reno(1000)
    assert "슬로 스타트 ◀ 지금" in phase_diagram(reno).script
    reno.on_loss(10_000, 0.0)
    diagram = phase_diagram(reno)
    assert "빠른 회복 ◀ 지금" in diagram.script and "지금은 빠른 회복이다." in diagram.description
    assert re.search(r"class s\d current$", diagram.script, re.MULTILINE)


@pytest.mark.parametrize("current", [BbrPhase.DRAIN, "drain"])
def test_a_class_shows_no_phase_unless_asked(current):
    assert "◀" not in phase_diagram(Bbr).script
    assert "큐 비우기 ◀ 지금" in phase_diagram(Bbr, current).script


@pytest.mark.parametrize(
    ("kind", "last", "mark"),
    [
        (Reno, (Phase.SLOW_START, PhaseEvent.LOSS), "▶ 중복 ACK 3개"),
        (Reno, (Phase.SLOW_START, PhaseEvent.ACK), "▶ ↻ 새 ACK"),
        (Bbr, (BbrPhase.DRAIN, BbrEvent.DRAINED), "▶ in_flight"),
    ],
)
def test_the_last_edge_is_marked_once(kind, last, mark):
    script = phase_diagram(kind, last=last).script
    assert script.count("▶") == 1
    assert mark in flat(script)


class Untold(CongestionControl):
    """단계의 표가 없는 알고리즘."""


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ((Untold,), "단계의 표가 없습니다"),
        ((Reno, "drain"), "이 알고리즘의 단계가 아닙니다: drain"),
        ((int,), "단계의 표가 없습니다"),
    ],
)
def test_what_cannot_be_drawn_is_said(arguments, text):
    with pytest.raises(ValueError, match=text):
        phase_diagram(*arguments)
    with pytest.raises(ValueError, match="단계의 표에 없습니다"):
        phase_diagram(Reno, last=(Phase.SLOW_START, PhaseEvent.FULL_ACK))
