"""Nagle × 지연 ACK의 시간 줄: 그린 구간과 적은 수가 시뮬레이션의 것이다."""

from __future__ import annotations

import re
from xml.dom import minidom

import pytest

from tcpedu.network.scenarios import nagle_delayed_ack
from tcpedu.network.write_read import WriteReadSettings
from tcpedu.view import NagleTimeline
from tcpedu.view.words import duration


def bars(widget, who):
    return re.findall(rf'<g class="wait {who}"><title>([^<]*)</title>', widget.scene["svg"])


def set_(widget, **values):
    widget.handle({"do": "set", "values": values})
    assert widget.scene.get("error") is None


def test_waits_are_named_and_measured():
    widget = NagleTimeline(ack_delay=0.2, rtt=0.02)
    assert bars(widget, "nagle") == ["Nagle이 기다림 220ms: 100바이트"] * 3
    assert bars(widget, "ack") == ["지연 ACK가 기다림 200ms: 100바이트"] * 3
    assert widget.scene["counts"] == [["지금: 요청마다", "240ms"]]


def test_latency_is_the_scenarios():
    _, latencies = nagle_delayed_ack(delayed_ack=0.2, delay=0.01)
    assert {duration(one) for one in latencies} == {NagleTimeline().scene["counts"][0][1]}


def test_bars_are_as_long_as_the_waits():
    """가로축 전체가 마지막 응답까지의 시간이다: 720ms 가운데 200ms."""
    bar = r'class="wait ack"><title>[^<]*</title><rect class="back" x="([\d.]+)" y="[\d.]+" width="([\d.]+)"'
    found = re.search(bar, NagleTimeline().scene["svg"])
    assert float(found[2]) == pytest.approx((836 - 96) * 0.2 / 0.72, abs=0.1)
    assert float(found[1]) == pytest.approx(96 + (836 - 96) * 0.01 / 0.72, abs=0.1)


@pytest.mark.parametrize("cure", [{"nagle": False}, {"pieces": 1}])
def test_either_cure_ends_the_stall(cure):
    widget = NagleTimeline()
    set_(widget, **cure)
    assert widget.scene["counts"][0][1] == "20ms"
    assert bars(widget, "nagle") == bars(widget, "ack") == []
    assert "아무도 기다리지 않는다" in widget.scene["summary"]


def test_pins_are_compared_on_one_axis():
    widget = NagleTimeline()
    widget.handle({"do": "pin"})
    set_(widget, nagle=False)
    widget.handle({"do": "pin"})
    set_(widget, nagle=True, delayed_ack=False)
    assert [text for _, text in widget.scene["counts"]] == ["40ms", "240ms", "20ms"]
    assert widget.scene["svg"].count('class="timeline"') == 3
    assert "고정 1: Nagle 켬, 지연 ACK 200ms" in widget.as_text()
    widget.handle({"do": "pin"})  # 둘까지: 오래된 것이 빠진다
    assert [settings.nagle for settings in widget.pinned] == [False, True]
    widget.handle({"do": "unpin"})
    assert widget.pinned == [] and widget.scene["pinned"] is False


def test_the_same_setting_is_pinned_once():
    widget = NagleTimeline()
    for _ in range(3):
        widget.handle({"do": "pin"})
    assert widget.pinned == [WriteReadSettings()]


def test_steps_tell_the_story_in_order():
    steps = NagleTimeline(count=1).scene["steps"]
    assert steps == [
        "0ms  요청 1: 100+100바이트를 씀",
        "0ms  Nagle이 기다림: 100바이트를 붙들어 220ms",
        "0ms  클라이언트 → 서버: 데이터 100바이트",
        "10ms  지연 ACK가 기다림: 100바이트의 확인을 미루어 200ms",
        "210ms  서버 → 클라이언트: ACK만",
        "220ms  클라이언트 → 서버: 데이터 100바이트",
        "230ms  서버 → 클라이언트: 응답 100바이트",
        "240ms  요청 1: 응답을 다 받음, 240ms 걸림",
    ]


def test_every_segment_and_write_is_drawn():
    widget = NagleTimeline(pieces=3)
    assert len(re.findall(r'<g class="arrow \w+"><title>', widget.scene["svg"])) == len(widget.run.segments) == 12
    assert len(re.findall(r'class="write"[^>]*><title>', widget.scene["svg"])) == 9


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"ack_delay": 0.6}, "0.5초보다 짧아야"),
        ({"rtt": 0}, "RTT는 0초보다 길고"),
        ({"pieces": 99}, "조각은 1–10개"),
        ({"pieces": "둘"}, "설정에 맞지 않는 값입니다"),
    ],
)
def test_refuses_in_korean_and_keeps_the_picture(values, words):
    widget = NagleTimeline()
    before = widget.settings, widget.scene["svg"]
    widget.handle({"do": "set", "values": values})
    assert words in widget.scene["error"]
    assert (widget.settings, widget.scene["svg"]) == before


def test_text_and_still_picture():
    widget, same = NagleTimeline(), NagleTimeline()
    assert widget.as_svg() == same.as_svg() and widget.as_text() == same.as_text()
    minidom.parseString(widget.as_svg())
    assert "요청마다 240ms" in widget.as_text()


def test_nothing_is_fetched_from_elsewhere():
    widget = NagleTimeline()
    for text in (widget._esm, widget._css, widget.scene["svg"], widget.as_svg()):
        assert not re.search(r"https?://(?!www\.w3\.org/)|\bimport\b|@import", str(text))
