"""사다리 그림의 자리 잡기: 시간의 앞뒤가 그대로이고 글이 겹치지 않는다."""

from __future__ import annotations

from itertools import pairwise
from xml.dom import minidom

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tcpedu.network import scenarios
from tcpedu.view.boxes import overlaps
from tcpedu.view.ladder import SEND_GAP, collisions, layout
from tcpedu.view.ladder_svg import details, ladder_body, static_svg

TRACES = {
    "handshake": scenarios.handshake(),
    "lost SYN": scenarios.handshake(drops={1, 2}),
    "late ACK": scenarios.handshake(drops={1}, delays={4: 1.5}),
    "refused": scenarios.refused_port(),
    "simultaneous": scenarios.simultaneous_open(),
    "old duplicate": scenarios.old_duplicate_syn(),
    "backlog": scenarios.full_backlog(),
    "burst": scenarios.transfer(b"x" * 20_000),
    "lossy": scenarios.transfer(b"x" * 5000, loss_rate=0.3, seed=4),
    "unanswered": scenarios.unanswered_syn(),
}


@pytest.fixture(params=TRACES, ids=str)
def plan(request):
    return layout(TRACES[request.param])


def test_labels_do_not_overlap(plan):
    assert collisions(plan) == []


def test_time_never_goes_up(plan):
    moments = [(arrow.record.sent, arrow.y1) for arrow in plan.arrows]
    moments += [(arrow.record.arrived, arrow.y2) for arrow in plan.arrows if arrow.record.arrived is not None]
    moments += [(chip.record.time, chip.y) for chip in plan.chips]
    for time, y in moments:
        assert all(other_y <= y for other, other_y in moments if other < time - 1e-9)


def test_arrows_never_point_up(plan):
    assert all(arrow.y2 > arrow.y1 for arrow in plan.arrows)


def test_sends_of_one_host_are_apart(plan):
    for lane in plan.lanes:
        ys = sorted(arrow.y1 for arrow in plan.arrows if arrow.x1 == lane)
        assert all(b - a >= SEND_GAP - 1e-9 for a, b in pairwise(ys))


def test_state_chips_of_one_host_are_apart(plan):
    for lane in range(len(plan.lanes)):
        ys = sorted(chip.y for chip in plan.chips if chip.lane == lane)
        assert all(b - a >= 22 for a, b in pairwise(ys))


def test_everything_is_inside(plan):
    for arrow in plan.arrows:
        assert all(0 < x < plan.width and 0 < y < plan.height for x, y in arrow.box)


def test_a_second_of_silence_is_cut_and_said():
    plan = layout(TRACES["lost SYN"])
    assert [pause.label for pause in plan.pauses] == ["1초 지남", "2초 지남"]
    assert plan.height < 700


def test_stops_go_down_and_end_at_the_last_thing(plan):
    ys = [y for y, _ in plan.stops()]
    assert ys == sorted(set(ys))
    assert ys[-1] <= plan.height


def test_svg_is_wellformed_and_the_same_each_time(plan):
    svg = static_svg(plan, "제목 <&>")
    minidom.parseString(svg)
    assert svg == static_svg(plan, "제목 <&>")
    assert "제목 &lt;&amp;&gt;" in svg


def test_lost_and_repeated_are_words_not_only_colours():
    body = ladder_body(layout(TRACES["lost SYN"]), clickable=True)
    assert body.count(">잃음<") == 2
    assert body.count("재전송 SYN seq=100") >= 2
    assert 'class="segment lost again"' in body


def test_details_show_the_header():
    found = dict(details(TRACES["handshake"].segments[1])["fields"])
    assert found == {
        "플래그": "SYN,ACK",
        "seq": "300",
        "ack": "101",
        "win": "65535",
        "len": "0바이트",
        "옵션": "MSS 1460",
    }


@settings(max_examples=40, deadline=None)
@given(
    drops=st.sets(st.integers(1, 12), max_size=5),
    delays=st.dictionaries(st.integers(1, 12), st.floats(0.0, 3.0), max_size=4),
    size=st.integers(0, 4000),
)
def test_any_run_can_be_drawn(drops, delays, size):
    trace = scenarios.transfer(b"x" * size, drops=drops, delays=delays, mss=500)
    plan = layout(trace)
    minidom.parseString(static_svg(plan, "제목"))
    assert len(plan.arrows) == len(trace.segments)
    test_time_never_goes_up(plan)


def test_no_label_covers_the_mark_of_a_lost_segment() -> None:
    """촘촘히 나란한 화살표들 사이에서 하나를 잃어도 '잃음'이 읽힌다."""
    for lost in (4, 5, 6):
        plan = layout(scenarios.transfer(b"x" * 1200, mss=400, drops=[lost]))
        marks = [arrow.fate_box for arrow in plan.arrows if arrow.lost]
        assert marks
        assert not any(overlaps(arrow.box, mark) for arrow in plan.arrows for mark in marks)
