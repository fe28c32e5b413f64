"""SYN 플러드 위젯: 그린 수는 시뮬레이션의 수이고, 그것은 커널에서 잰 수다."""

from __future__ import annotations

import re
from xml.dom import minidom

import pytest

from tcpedu.network.syn_flood import Fate, FloodSettings, syn_flood
from tcpedu.view import SynBacklogView
from tcpedu.view.syn_backlog_svg import FloodPlan, flood_body

KERNEL = FloodSettings(
    cookies=0, backlog=64, max_syn_backlog=64, flood=500, start=0, stop=1, honest=1, honest_from=1.5, end=2, timeout=63
)


def slots(body, kind):
    return len(re.findall(rf'class="slot {kind}', body))


def test_drawn_numbers_are_the_kernels():
    """리눅스 6.18에서 잰 값: 반열림 49, 버림 452."""
    view = SynBacklogView(KERNEL)
    assert (view.counts()["반열림"], view.counts()["버린 SYN"], view.counts()["들어감"]) == (49, 452, 0)
    drawing = flood_body(FloodPlan(view.run), at=1.2)
    assert (slots(drawing, "attack"), slots(drawing, "free shut")) == (49, 65 - 49)
    assert "한도 49" in drawing


def test_every_frame_counts_what_the_run_counts():
    view = SynBacklogView(cookies=1, flood=50, honest=2)
    for time, size, *numbers in view.scene["frames"]:
        used = [slot for slot in view.scene["slots"] if slot[1] <= time < slot[2]]
        assert len(used) == size
        assert [size, *numbers] == list(view.counts(time).values())
    last = dict(zip(view.scene["labels"], view.scene["frames"][-1][1:], strict=True))
    fates = view.run.fates()
    assert last["들어감"] == fates[Fate.SERVED] + fates[Fate.BY_COOKIE]
    assert last["정직한 클라이언트"] == len(view.run.clients)


def test_steps_pass_every_honest_event():
    view = SynBacklogView(flood=20, honest_from=0.43)
    times = {frame[0] for frame in view.scene["frames"]}
    for client in view.run.clients:
        assert {round(client.arrived, 3), round(client.settled or 0.0, 3)} <= times
    assert [line for _, line in view.scene["log"]][:2] == [
        "430ms  정직한 클라이언트 1: 1번째 SYN을 기억하고 SYN,ACK를 보냈습니다",
        "530ms  정직한 클라이언트 1: 들어감",
    ]


def test_each_control_changes_the_picture():
    view = SynBacklogView()
    for name, value in (("cookies", 0), ("backlog", 8), ("max_syn_backlog", 8), ("timeout", 1), ("flood", 5)):
        before = view.scene["svg"], view.scene["slots"]
        view.handle({"do": "set", "values": {name: value}})
        assert view.scene.get("error") is None
        assert (view.scene["svg"], view.scene["slots"]) != before
        assert next(one for one in view.scene["controls"] if one["name"] == name)["value"] == value
    view.handle({"do": "reset"})
    assert view.settings == FloodSettings()


def test_value_outside_the_choices_is_shown_as_it_is():
    spec = next(one for one in SynBacklogView(backlog=100).scene["controls"] if one["name"] == "backlog")
    assert spec["value"] == 100 and [100, "100"] in spec["choices"]
    assert [value for value, _ in spec["choices"]] == sorted(value for value, _ in spec["choices"])


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        ({"do": "set", "values": {"flood": 1e9}}, "SYN이 너무 많습니다"),
        ({"do": "set", "values": {"backlog": -3}}, "백로그는 0 이상"),
        ({"do": "set", "values": {"flood": "많이"}}, "설정에 맞지 않는 값입니다"),
        ({"do": "set", "values": {"speed": 1}}, "설정에 맞지 않는 값입니다"),
        ({"do": "dance"}, "모르는 부탁입니다: dance"),
    ],
)
def test_refuses_in_korean_and_keeps_the_picture(request_, words):
    view = SynBacklogView()
    before = view.settings, view.scene["svg"]
    view.handle(request_)
    assert words in view.scene["error"]
    assert (view.settings, view.scene["svg"]) == before
    view.handle({"do": "set", "values": {"flood": 5}})
    assert view.scene.get("error") is None


def test_settings_are_given_one_way():
    with pytest.raises(ValueError, match="하나만 쓰세요"):
        SynBacklogView(FloodSettings(), cookies=0)


def test_text_and_still_picture():
    view, same = SynBacklogView(cookies=0), SynBacklogView(cookies=0)
    assert view.as_svg() == same.as_svg() and view.as_text() == same.as_text()
    minidom.parseString(view.as_svg())
    assert "정직한 클라이언트 30명 가운데 21명이 들어가고 9명이 포기했다" in view.as_text()
    assert syn_flood(view.settings).fates()[Fate.GAVE_UP] == 9
    assert "쿠키에 담을 자리가 없다" in SynBacklogView(cookies=2).as_text()
    assert slots(view.as_svg(), "attack") == 49


@pytest.mark.parametrize("changes", [{"flood": 0, "honest": 0}, {"backlog": 0}, {"backlog": 1024, "timeout": 63}])
def test_extremes_are_drawn(changes):
    minidom.parseString(SynBacklogView(**changes).as_svg())


def test_nothing_is_fetched_from_elsewhere():
    view = SynBacklogView()
    for text in (view._esm, view._css, view.scene["svg"], view.as_svg()):
        assert not re.search(r"https?://(?!www\.w3\.org/)|\bimport\b|@import", str(text))


@pytest.mark.parametrize("flood", [7.0, 13.0, 19.0, 20.0, 37.0])
def test_the_number_and_the_drawn_slots_agree_at_every_frame(flood: float) -> None:
    """화면은 밀리초로 반올림한 시각을 받는다: 적힌 반열림의 수와 채워진 자리의 수가 언제나 같다."""
    scene = SynBacklogView(flood=flood).scene
    column = 1 + scene["labels"].index("반열림")
    for frame in scene["frames"]:
        drawn = {place for place, start, end, _ in scene["slots"] if start <= frame[0] < end}
        assert frame[column] == len(drawn), frame[0]
