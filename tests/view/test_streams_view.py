"""스트림 위젯: 막대의 길이가 돌린 것과 같고, 기다린 시간은 빗금과 글로도 구별된다."""

from __future__ import annotations

import re
from xml.dom import minidom

import pytest

from tcpedu.network.streams import StreamSettings
from tcpedu.view import StreamsView


def widths(view: StreamsView, kind: str) -> list[float]:
    found = re.findall(rf'<rect class="{kind}" x="[\d.]+" y="[\d.]+" width="([\d.]+)" height="22"', view.scene["svg"])
    return [float(width) for width in found]


def test_bars_are_as_long_as_the_run() -> None:
    view = StreamsView(lost=14)
    own, together = (view.run.finished(together=one) for one in (False, True))
    scale = 580 / (max(together.values()) * 1.02)
    assert widths(view, "own") == pytest.approx([time * scale for time in own.values()], abs=0.1)
    assert widths(view, "waited") == pytest.approx([(together[n] - own[n]) * scale for n in (1, 3, 4)], abs=0.1)


def test_nobody_waits_without_a_loss() -> None:
    view = StreamsView(lost=0)
    assert widths(view, "waited") == [] and view.counts()[0][1] == "0개"


def test_controls_change_it_and_reset_brings_it_back() -> None:
    view = StreamsView()
    for knob in view.knobs:
        for value in (knob.values[0], knob.values[-1]):
            view.handle({"do": "set", "values": {knob.name: value}})
            assert view.scene.get("error") is None
            assert len(widths(view, "own")) == view.settings.streams
    view.handle({"do": "reset"})
    assert view.settings == StreamSettings()


def test_text_and_picture_say_the_same() -> None:
    view = StreamsView(streams=3)
    for name, time in view.run.finished(together=True).items():
        assert f"{name}번" in view.as_text() and f"{time * 1000:.0f}ms" in view.as_text()
    minidom.parseString(view.as_svg())
    assert "스트림 3" in view.as_svg() and view.as_text() == StreamsView(streams=3).as_text()


def test_settings_or_values_not_both() -> None:
    with pytest.raises(ValueError, match="하나만"):
        StreamsView(StreamSettings(), streams=2)
