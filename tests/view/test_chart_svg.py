"""꺾은선 도표: 값이 제자리에 놓이고, 색 말고도 구별되며, 긴 기록도 그림은 작다."""

from __future__ import annotations

import re
from math import nan
from xml.dom import minidom

import pytest

from tcpedu.view.chart_svg import (
    Chart,
    Guide,
    Mark,
    Panel,
    Series,
    Span,
    chart_body,
    chart_svg,
    nice_ticks,
    static_svg,
    thin,
    values_at,
)
from tcpedu.view.svg import read


def plain(*series, **options):
    return Chart([Panel("cwnd (MSS)", series, **options)], x_range=(0.0, 10.0))


def path_points(svg, look):
    d = re.search(rf'class="line look{look}" d="([^"]*)"', svg).group(1)
    return [tuple(map(float, pair.split())) for pair in re.findall(r"[ML]([\d.]+ [\d.]+)", d)]


@pytest.mark.parametrize(
    ("low", "high", "count", "ticks"),
    [
        (0, 100, 5, [0, 20, 40, 60, 80, 100]),
        (0, 1, 5, [0, 0.2, 0.4, 0.6, 0.8, 1.0]),
        (3, 17, 3, [5, 10, 15]),
        (0, 0.03, 3, [0, 0.01, 0.02, 0.03]),
        (-4, 4, 4, [-4, -2, 0, 2, 4]),
        (5, 5, 5, [5]),
    ],
)
def test_ticks_are_round_numbers(low, high, count, ticks):
    assert nice_ticks(low, high, count) == ticks


def test_values_stand_where_the_axes_say():
    chart = plain(Series("흐름 1", [(0, 0), (5, 50), (10, 100)]))
    left, right = chart.plot
    top, height = chart.tops[0], chart.panels[0].height
    assert path_points(chart_body(chart), 0) == [
        (left, top + height),
        (pytest.approx((left + right) / 2, abs=0.06), pytest.approx(top + height / 2, abs=0.06)),
        (right, top),
    ]


def test_step_holds_the_value_until_the_next():
    chart = plain(Series("큐", [(0, 0), (5, 100)], shape="step"))
    d = re.search(r'class="line look0" d="([^"]*)"', chart_body(chart)).group(1)
    assert re.fullmatch(r"M62 \d[\d.]*H[\d.]+V[\d.]+H842", d.replace(".0", ""))


def test_gap_breaks_the_line():
    body = chart_body(plain(Series("a", [(0, 1), (2, 2), (3, nan), (4, 1), (6, 2)])))
    d = re.search(r'class="line look0" d="([^"]*)"', body).group(1)
    assert d.count("M") == 2


def test_series_differ_in_more_than_colour():
    css = read("chart.css")
    dashes = re.findall(r"\.line\.look\d \{ stroke-dasharray: ([^;]+);", css)
    assert len(dashes) == len(set(dashes)) == 5  # 첫째만 실선이다
    body = chart_body(plain(*(Series(f"흐름 {i}", [(0, i), (10, i + 1)], look=i) for i in range(6))))
    shapes = {re.search(rf'class="marker look{i}" d="([^"]*)"', body).group(1) for i in range(6)}
    assert len(shapes) == 6


def test_everything_drawn_is_named():
    chart = plain(
        Series("흐름 1", [(0, 1), (10, 9)]),
        spans=[Span(0, 6, "슬로 스타트"), Span(6, 6.1, "빠른 회복", look=2)],
        marks=[Mark(6, "빠른 재전송", y=5), Mark(7, "빠른 재전송", y=5), Mark(8, "버림", sign="bar")],
        guides=[Guide("BDP", y=4)],
    )
    body = chart_body(chart)
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", body)
    for name in ("cwnd (MSS)", "흐름 1", "빠른 재전송", "버림", "BDP", "시각 (초)"):
        assert texts.count(name) == 1, name
    assert texts.count("슬로 스타트") == 2  # 범례와, 칠한 곳
    assert texts.count("빠른 회복") == 1
    assert "<title>빠른 회복</title>" in body  # 좁아서 적지 못한 이름


def test_long_series_are_thinned_without_losing_the_peaks():
    points = [(i / 1000, float(i % 100)) for i in range(100_000)]
    points[54_321] = (54.321, 5000.0)
    kept = thin(points, 500, 0, 100)
    assert len(kept) <= 2000
    assert (54.321, 5000.0) in kept
    assert kept[0] == points[0] and kept[-1] == points[-1]
    assert len(chart_body(Chart([Panel("y", [Series("긴 것", points)])]))) < 60_000


def test_a_path_that_turns_back_is_kept_whole():
    points = [(0.0, 0.0), (2.0, 1.0), (1.0, 2.0)] * 400
    assert thin(points, 100, 0, 2) == points


def test_values_at_are_the_last_one_so_far():
    points = [(0.0, 1.0), (2.0, 5.0)]
    assert values_at(points, (-1, 0, 1.9, 2, 9)) == [None, 1.0, 1.0, 5.0, 5.0]


def test_markup_in_names_is_escaped():
    minidom.parseString(chart_svg(plain(Series("<b>&", [(0, 1)])), 'a "b" <c>'))
    minidom.parseString(static_svg(plain(Series("흐름", [(0, 1), (1, 2)])), "큐 & 지연"))


@pytest.mark.parametrize("points", [None, [], [(1, 2)], [(0, 0), (9, 0)]])
def test_little_to_draw(points):
    series = () if points is None else (Series("적음", points),)
    minidom.parseString(chart_svg(Chart([Panel("y", series)]), "작은 그림"))


def test_panels_do_not_overlap():
    chart = Chart([Panel("위", [Series("a", [(0, 1)])], height=100), Panel("아래", [Series("b", [(1, 1)])], height=80)])
    first, second = chart.tops
    assert second >= first + 100 + 20
    assert chart.x_range == (0, 1)
    assert chart.height > second + 80 + 20
