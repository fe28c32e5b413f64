"""바이트 스트림의 띠: 그린 경계가 표와 같고, 합이 다르면 그리지 않는다."""

from __future__ import annotations

import doctest

import matplotlib
import pytest

from tcpedu.view import stream_plot as module
from tcpedu.view.stream_plot import plot_stream

matplotlib.use("agg")


def test_examples() -> None:
    result = doctest.testmod(module)
    assert result.attempted and not result.failed


def test_bars_are_the_rows_of_the_table() -> None:
    figure, data = plot_stream({"send()": [100, 50], "세그먼트": [75, 75], "recv()": [1, 149]})
    drawn = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in figure.axes[0].patches]
    assert drawn == list(zip(data["시작"], data["끝"], strict=True))
    assert data["층"].tolist() == ["send()"] * 2 + ["세그먼트"] * 2 + ["recv()"] * 2
    neighbours = figure.axes[0].patches[:2]
    assert neighbours[0].get_hatch() != neighbours[1].get_hatch()
    matplotlib.pyplot.close(figure)


def test_layers_are_one_stream() -> None:
    with pytest.raises(ValueError, match="합이 다릅니다"):
        plot_stream({"send()": [3, 3], "recv()": [5]})
