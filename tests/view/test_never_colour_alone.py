"""색을 구별하지 못해도 읽힌다: 계열은 무늬와 점으로, 사건은 기호로, 칸은 높이와 테두리와 글로도 갈린다."""

from __future__ import annotations

import re

from tcpedu.network.scenarios import handshake
from tcpedu.network.syn_flood import FloodSettings
from tcpedu.protocol.syn_backlog import Decision
from tcpedu.view import CongestionLab, LadderPlayer, NagleTimeline, RttExplorer, SynBacklogView, WindowView
from tcpedu.view.chart_svg import _MARKERS, _SIGNS, LOOKS
from tcpedu.view.flow_chart import EVENTS
from tcpedu.view.svg import read
from tcpedu.view.trace_plots import _look


def rules(*names: str) -> dict[str, str]:
    """CSS의 선택자 → 그 모양들을 이어 붙인 것."""
    found: dict[str, str] = {}
    for selectors, body in re.findall(r"([^{}]+)\{([^{}]*)\}", "".join(read(f"{name}.css") for name in names)):
        for one in selectors.split(","):
            found[one.strip()] = found.get(one.strip(), "") + body
    return found


def test_lines_differ_in_dashes_and_in_points():
    css = rules("chart")
    dashes = [css.get(f".tcpedu .line.look{look}", "실선") for look in range(LOOKS)]
    assert len(set(dashes)) == LOOKS
    assert len(set(_MARKERS)) == LOOKS


def test_events_differ_in_shape():
    assert len({sign for _, sign in EVENTS.values()}) == len(EVENTS)
    assert len(set(_SIGNS.values())) == len(_SIGNS)


def test_shaded_phases_differ_in_pattern_and_are_named():
    css = rules("chart")
    fills = [re.sub(r"\s", "", css[f".tcpedu .span{look}"]) for look in range(3)]
    assert len(set(fills)) == 3 and "url(#" in fills[2]
    assert re.search(r'class="span-name"[^>]*>슬로 스타트', CongestionLab().as_svg())


def test_a_lost_segment_is_crossed_and_says_so():
    drawing = LadderPlayer(lambda drops, delays: handshake(drops=drops, delays=delays), drops=[1]).scene["svg"]
    lost = re.search(r'<g class="segment lost.*?</g></g>|<g class="segment lost.*?</g>', drawing, re.S)
    assert lost
    assert drawing.count("잃음</text>") >= 1
    assert "stroke-dasharray" in rules("ladder")[".tcpedu .segment.lost .shaft"]


def test_bands_of_the_buffers_differ_in_height_or_border():
    drawing = WindowView().scene["svg"]
    css = rules("player", "window")
    heights = re.findall(r'<rect class="band (\w+)" y="[\d.]+" height="([\d.]+)"', drawing)
    assert len(heights) >= 7

    def border(kind: str) -> str:
        found = "".join(body for name, body in css.items() if re.search(rf"\.{kind}\b", name) and "swatch" not in name)
        return "".join(re.findall(r"stroke-dasharray:[^;]+", found))

    for side in ({"acked", "flight", "usable", "outside"}, {"read", "unread", "free"}):
        looks = [(height, border(kind)) for kind, height in dict(heights).items() if kind in side]
        assert len(set(looks)) == len(looks) == len(side)


def test_slots_and_tries_of_the_backlog_carry_signs():
    drawing = SynBacklogView(FloodSettings(cookies=1)).scene["svg"]
    assert {"✕", "●"} <= set(re.findall(r"<text[^>]*>([✕●◆▼])</text>", drawing))
    signs = {
        kind: set(re.findall(rf'class="try {kind.name.lower()}"[^>]*>([^<]+)<', drawing)) for kind in Decision
    }  # fmt: skip
    shown = {kind: marks for kind, marks in signs.items() if marks}
    assert len(shown) > 1
    assert sum(len(marks) for marks in shown.values()) == len(set().union(*shown.values()))


def test_waits_are_hatched_two_ways_and_named():
    drawing = NagleTimeline().scene["svg"]
    slants = {
        kind: re.search(rf'class="slant {kind}"[^>]*d="([^"]+)"|d="([^"]+)"[^>]*class="slant {kind}"', drawing)
        for kind in ("nagle", "ack")
    }
    assert all(slants.values())
    assert slants["nagle"].group(0) != slants["ack"].group(0).replace("ack", "nagle")


def test_samples_of_the_rto_differ_in_sign():
    legend = RttExplorer().as_svg()
    for name in ("잃음", "가짜 타임아웃", "재지 않은 표본"):
        assert f">{name}</text>" in legend


def test_plotted_flows_differ_in_line_and_marker():
    looks = [_look(index, 40) for index in range(4)]
    for kind in ("linestyle", "marker", "color"):
        assert len({str(look[kind]) for look in looks}) == len(looks)
