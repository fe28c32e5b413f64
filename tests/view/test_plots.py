"""도표: 글꼴이 꾸러미에 있고, 한글과 기호가 네모로 나오지 않는다."""

from __future__ import annotations

import io
import warnings

import matplotlib
import pytest
from fontTools.ttLib import TTFont

from tcpedu.view import plot_times, style
from tcpedu.view.plots import COLORS, FONT_FILE

matplotlib.use("agg")


@pytest.fixture(scope="module")
def font():
    return TTFont(FONT_FILE)


def test_font_is_small_and_has_its_licence_beside_it():
    assert FONT_FILE.stat().st_size < 1_000_000
    licence = (FONT_FILE.parent / "OFL.txt").read_text(encoding="utf-8")
    assert "SIL OPEN FONT LICENSE" in licence
    assert "Copyright (c) 2010, NAVER Corporation" in licence
    assert "Reserved Font Name" in licence


def test_font_does_not_use_the_reserved_name(font):
    shown = {record.nameID: str(record) for record in font["name"].names if record.nameID in {1, 3, 4, 6, 16}}
    assert shown[1] == "TCPEdu Gothic"
    assert not any(word in text.lower() for text in shown.values() for word in ("nanum", "naver", "나눔"))


@pytest.mark.parametrize("letters", ["가각힝쪽됐", "ㄱㅏㅎ", "−←→↑↓✕×≤≥±·…–", "ABCxyz0189", "μβ²√"])
def test_letters_are_there(font, letters):
    cmap = font.getBestCmap()
    assert [letter for letter in letters if ord(letter) not in cmap] == []


def test_minus_is_drawn_not_a_box():
    style()
    figure, _ = plot_times([-1.0, 0.0], title="왕복 시간 − RTO ≤ 60초 ✕")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        figure.savefig(io.BytesIO(), format="png")


def test_style_may_be_called_twice():
    style()
    style()
    assert matplotlib.rcParams["font.family"][0] == "TCPEdu Gothic"
    assert matplotlib.rcParams["axes.unicode_minus"] is False
    assert matplotlib.rcParams["axes.prop_cycle"].by_key()["color"] == list(COLORS)


def test_times_come_back_as_rows():
    _, rows = plot_times([0.0, 1.0, 3.0, 7.0], ["SYN", "첫째", "둘째", "셋째"])
    assert rows == [("SYN", 0.0, 0.0), ("첫째", 1.0, 1.0), ("둘째", 3.0, 2.0), ("셋째", 7.0, 4.0)]


def test_labels_must_match():
    with pytest.raises(ValueError, match="시각은 2개인데 이름은 1개입니다"):
        plot_times([0.0, 1.0], ["하나"])


def test_no_times_is_an_empty_picture():
    assert plot_times([])[1] == []
