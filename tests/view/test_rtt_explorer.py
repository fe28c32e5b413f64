"""RTO 탐색기: 그린 값은 RtoEstimator의 것이고, 끈 높이는 눈금대로 시간이 된다."""

from __future__ import annotations

import re
from xml.dom import minidom

import pytest

from tcpedu.network.rto_samples import RtoSettings
from tcpedu.protocol.rto import RtoEstimator
from tcpedu.view import RttExplorer


def set_(widget, **values):
    widget.handle({"do": "set", "values": values})
    assert widget.scene.get("error") is None


def handle(widget, index):
    found = re.search(rf'<circle class="handle" cx="([\d.]+)" cy="([\d.]+)"[^>]*data-index="{index}"[^>]*>',
                      widget.scene["svg"])  # fmt: skip
    return found[0], float(found[1]), float(found[2])


def pixel(widget, seconds):
    """눈금에서 읽은, 그 시간의 높이."""
    ticks = {
        float(value.removesuffix("ms")) / 1000 if "ms" in value else float(value.removesuffix("초")): float(y) - 4.5
        for y, value in re.findall(r'class="tick" x="[\d.]+" y="([\d.]+)">([\d.]+(?:ms|초))<', widget.scene["svg"])[:6]
    }
    low, high = min(ticks), max(ticks)
    return ticks[low] + (ticks[high] - ticks[low]) * (seconds - low) / (high - low)


def test_drawn_values_are_the_estimators():
    """재전송이 없으면, 같은 표본을 넣은 RtoEstimator와 끝까지 같다."""
    widget = RttExplorer(source="noisy", losses=(), floor="total", minimum=1.0)
    estimator = RtoEstimator()
    for probe in widget.run.probes:
        assert probe.timer == estimator.rto
        estimator.sample(probe.rtt)
        assert (probe.srtt, probe.rttvar, probe.rto) == (estimator.srtt, estimator.rttvar, estimator.rto)
    assert "SRTT" in widget.scene["details"][-1]


def test_rfc_6298_by_hand_is_told():
    widget = RttExplorer(source="drawn", drawn=(0.8, 1.6), losses=(), floor="total", minimum=1.0)
    assert widget.scene["details"] == [
        "1번: 왕복 800ms, RTO 1초 → SRTT 800ms, RTTVAR 400ms, RTO 2.4초",
        "2번: 왕복 1.6초, RTO 2.4초 → SRTT 900ms, RTTVAR 500ms, RTO 2.9초",
    ]


def test_points_stand_at_their_values():
    widget = RttExplorer()
    for index in (0, 8):
        circle, _, y = handle(widget, index)
        assert y == pytest.approx(pixel(widget, widget.settings.rtts[index]), abs=1.0)
        assert f'aria-valuenow="{round(widget.settings.rtts[index] * 1000)}"' in circle


def test_a_dragged_point_means_the_time_under_the_hand():
    widget = RttExplorer()
    y = pixel(widget, 0.7)
    set_(widget, **{"y 3": y})
    assert widget.settings.source == "drawn"
    assert widget.settings.rtts[3] == pytest.approx(0.7, abs=0.01)
    assert widget.settings.rtts[:3] == RtoSettings().rtts[:3]
    assert handle(widget, 3)[2] == pytest.approx(y, abs=1.0)
    assert widget.run.probes[3].spurious == 1  # 700ms > RTO


def test_the_scale_stays_while_dragging():
    widget = RttExplorer(source="steady", losses=())
    before = pixel(widget, 0.5)
    for seconds in (0.5, 0.99):
        set_(widget, **{"y 5": pixel(widget, seconds), "y 6": pixel(widget, seconds)})
        assert pixel(widget, 0.5) == before
    set_(widget, dropped=True)
    assert pixel(widget, 0.5) != before


def test_drag_beyond_the_edges_is_kept_inside():
    widget = RttExplorer()
    set_(widget, **{"y 0": 1e6, "y 1": -1e6})
    assert widget.settings.rtts[:2] == (0.001, 1.0)


def test_keys_nudge_and_lose():
    widget = RttExplorer()
    widget.handle({"do": "nudge", "index": 2, "by": 1})
    assert widget.settings.rtts[2] == pytest.approx(0.2 + 1 / 40)
    widget.handle({"do": "lose", "index": 2})
    assert 2 in widget.settings.losses and widget.run.probes[2].lost
    assert "처음 것을 잃음" in widget.scene["details"][2]
    widget.handle({"do": "lose", "index": 2})
    assert 2 not in widget.settings.losses


def test_spurious_timeouts_are_marked_and_counted():
    widget = RttExplorer()  # 잃은 것의 재전송 둘은 가짜가 아니다
    marked = len(re.findall(r"<g><title>가짜 타임아웃</title>", widget.scene["svg"]))
    late = [probe for probe in widget.run.probes if probe.rtt > probe.timer]
    assert marked == len(late) == 2
    assert widget.counts()["타임아웃"] == "4번"
    assert widget.counts()["가짜 타임아웃"] == "2번"


def test_without_karn_the_wrong_values_are_drawn_and_explained():
    karn = RttExplorer(source="step")
    assert "◆" in karn.scene["help"] and "<title>잘못 잰 값</title>" not in karn.scene["svg"]
    for how, words in (("first", "RTO가 부푼다"), ("last", "RTO가 줄고")):
        widget = RttExplorer(source="step", ambiguous=how)
        assert widget.run.wrong > 0
        assert widget.scene["svg"].count("<title>잘못 잰 값</title>") == widget.run.wrong
        assert words in widget.summary()


def test_choosing_to_draw_keeps_the_samples():
    widget = RttExplorer(source="step")
    set_(widget, source="drawn")
    assert widget.settings.rtts == RtoSettings("step").rtts
    widget.handle({"do": "seed"})
    assert (widget.settings.source, widget.settings.seed) == ("noisy", 2)
    widget.handle({"do": "reset"})
    assert widget.settings == RtoSettings("step")


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        ({"do": "set", "values": {"alpha": 2}}, "α는 0보다 크고 1 이하"),
        ({"do": "set", "values": {"y 3": 100, "alpha": 2}}, "α는 0보다 크고 1 이하"),
        ({"do": "set", "values": {"y 999": 10}}, "설정에 맞지 않는 값입니다"),
        ({"do": "set", "values": {"y 3": "위"}}, "설정에 맞지 않는 값입니다"),
        ({"do": "nudge", "index": 500, "by": 1}, "설정에 맞지 않는 값입니다"),
        ({"do": "fly"}, "모르는 부탁입니다"),
    ],
)
def test_refuses_in_korean_and_keeps_the_picture(request_, words):
    widget = RttExplorer()
    before = widget.settings, widget.scene["svg"]
    widget.handle(request_)
    assert words in widget.scene["error"]
    assert (widget.settings, widget.scene["svg"]) == before


def test_text_and_still_picture():
    widget, same = RttExplorer(), RttExplorer()
    assert widget.as_svg() == same.as_svg() and widget.as_text() == same.as_text()
    minidom.parseString(widget.as_svg())
    assert len(widget.as_text().splitlines()) == 3 + 40


def test_nothing_is_fetched_from_elsewhere():
    widget = RttExplorer()
    for text in (widget._esm, widget._css, widget.scene["svg"], widget.as_svg()):
        assert not re.search(r"https?://(?!www\.w3\.org/)|\bimport\b|@import", str(text))
