"""바이트 스트림의 띠: 쓴 조각, 세그먼트, 읽은 조각의 경계를 위아래로 견준다.

강의: lessons/12_socket_programming.ipynb
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from .plots import COLORS, style

if TYPE_CHECKING:
    import pandas
    from matplotlib.figure import Figure

_HATCHES = ("", "///")  # 색을 구별하지 못해도 이웃한 조각이 갈린다


def plot_stream(
    layers: Mapping[str, Sequence[int]], *, title: str = "같은 바이트, 다른 경계"
) -> tuple[Figure, pandas.DataFrame]:
    """층마다 조각의 크기(바이트)를 한 줄의 띠로 그린다. 모두 같은 스트림이므로 합이 같아야 한다.

    그림과, 조각마다 (층, 몇째, 시작, 끝)을 적은 표를 돌려준다.

    >>> figure, data = plot_stream({"send()": [3, 3], "recv()": [6]})
    >>> data["끝"].tolist()
    [3, 6, 6]
    """
    import matplotlib.pyplot as plt
    import pandas

    totals = {name: sum(sizes) for name, sizes in layers.items()}
    if len(set(totals.values())) != 1:
        raise ValueError(f"층마다 바이트의 합이 다릅니다: {totals}")
    style()
    figure, axes = plt.subplots(figsize=(8.0, 0.9 + 0.75 * len(layers)))
    rows = [row for place, (name, sizes) in enumerate(layers.items()) for row in _layer(axes, place, name, sizes)]
    axes.set(title=title, xlabel="스트림의 바이트", yticks=range(len(layers)), yticklabels=list(layers))
    axes.invert_yaxis()
    axes.grid(axis="y", visible=False)
    return figure, pandas.DataFrame(rows, columns=["층", "조각", "시작", "끝"])


def _layer(axes: Any, place: int, name: str, sizes: Sequence[int]) -> list[tuple[str, int, int, int]]:
    rows = []
    for number, (size, end) in enumerate(zip(sizes, accumulate(sizes), strict=True), 1):
        axes.barh(
            place, size, left=end - size, height=0.6, color=COLORS[5 if number % 2 else 4], edgecolor="black",
            hatch=_HATCHES[(number - 1) % 2], alpha=0.8,
        )  # fmt: skip
        if size * 30 >= sum(sizes):  # 좁은 조각에는 글이 들어가지 않는다
            box = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}
            axes.text(end - size / 2, place, str(size), ha="center", va="center", bbox=box)
        rows.append((name, number, end - size, end))
    return rows
