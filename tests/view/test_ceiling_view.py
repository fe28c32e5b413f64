"""처리율의 천장: 막대의 길이와 적은 수가 셈한 것과 같고, 막는 것은 무늬와 글로도 구별된다."""

from __future__ import annotations

import re
from math import log10
from xml.dom import minidom

import pytest

from tcpedu.protocol.tuning import Path
from tcpedu.view import CeilingView


def widths(view: CeilingView) -> list[float]:
    return [float(width) for width in re.findall(r'class="bar" x="150" y="[\d.]+" width="([\d.]+)"', view.scene["svg"])]


def test_bars_are_as_long_as_the_ceilings() -> None:
    view = CeilingView(rtt=0.1, rate=1e8, rmem=131_072)
    wanted = [500 * (log10(rate) - 5) / 5 for rate in (1e8, 65_536 * 8 / 0.1)]
    assert widths(view)[:2] == pytest.approx(wanted, abs=0.1)
    assert widths(view)[2] == 500 and "한도 없음" in view.scene["svg"]


@pytest.mark.parametrize(
    ("path", "name"),
    [(Path(), "수신 윈도우"), (Path(rmem=32 << 20), "길의 속도"), (Path(rmem=32 << 20, loss=0.01), "손실")],
)
def test_the_lowest_is_named_marked_and_hatched(path: Path, name: str) -> None:
    view = CeilingView(path)
    marked = re.findall(r'<g class="ceiling lowest"><text[^>]*>([^<]*)</text>', view.scene["svg"])
    assert marked == [name] and view.scene["svg"].count("여기가 막는다") == 1
    assert f"막는 것은 {name}" in view.scene["summary"] and view.scene["summary"] in view.as_text()


def test_sliders_change_it_and_reset_brings_it_back() -> None:
    view = CeilingView()
    for knob in view.knobs:
        for value in knob.values:
            view.handle({"do": "set", "values": {knob.name: value}})
            assert view.scene.get("error") is None
            assert all(3 <= width <= 500 for width in widths(view))
    view.handle({"do": "reset"})
    assert view.settings == Path()
    view.handle({"do": "set", "values": {"hops": 3}})
    assert "바꾸지 못했습니다" in view.scene["error"]


def test_the_saved_picture_stands_alone() -> None:
    picture = CeilingView(loss=1e-3).as_svg()
    minidom.parseString(picture)
    assert "<style>" in picture and "길의 속도" in picture


def test_settings_or_values_not_both() -> None:
    with pytest.raises(ValueError, match="하나만"):
        CeilingView(Path(), rtt=0.2)
