"""matplotlib 도표의 모양: 꾸러미에 든 한국어 글꼴, 색을 구별하지 못해도 읽히는 색과 무늬.

글꼴이 없는 컴퓨터에서도 한글이 네모가 되지 않는다. 도표마다 그린 값도 함께 돌려주어 글이나 표로도 읽을 수 있다.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FONT_FILE = Path(__file__).parent / "fonts" / "TCPEduGothic.ttf"
FAMILY = "TCPEdu Gothic"
# Okabe–Ito 색. 색맹이어도 서로 구별된다.
COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
_STYLE: Any = {
    "font.family": [FAMILY, "DejaVu Sans"], "font.size": 12.0, "axes.unicode_minus": False, "axes.titlesize": 14.0,
    "axes.titleweight": "normal", "axes.spines.top": False, "axes.spines.right": False, "axes.grid": True,
    "axes.axisbelow": True, "grid.color": "#d4d4d8", "grid.linewidth": 0.8, "figure.figsize": (8.0, 4.0),
    "figure.dpi": 110.0, "figure.facecolor": "white", "axes.facecolor": "white", "savefig.facecolor": "white",
    "figure.constrained_layout.use": True, "lines.linewidth": 2.0, "legend.frameon": False,
}  # fmt: skip


def style() -> None:
    """한국어 글꼴을 등록하고 강의의 도표 모양을 켠다. 여러 번 불러도 된다.

    >>> style()
    >>> import matplotlib
    >>> matplotlib.rcParams["font.family"][0]
    'TCPEdu Gothic'
    """
    import matplotlib
    from matplotlib.rcsetup import cycler

    _register_font()
    matplotlib.rcParams.update(_STYLE)
    matplotlib.rcParams["axes.prop_cycle"] = cycler(color=COLORS)


@cache
def _register_font() -> None:
    from matplotlib import font_manager

    font_manager.fontManager.addfont(str(FONT_FILE))


def plot_times(
    times: Sequence[float], labels: Sequence[str] | None = None, *, title: str = "보낸 시각"
) -> tuple[Figure, list[tuple[str, float, float]]]:
    """한 줄의 시간 축에 사건을 찍는다. 재전송이 점점 뜸해지는 것(지수 백오프)을 보는 데 쓴다.

    `times`는 초, `labels`는 점마다의 이름(없으면 1번, 2번 …). 그림과, 글로 읽을 (이름, 시각, 앞과의 간격)의 목록을
    돌려준다.
    강의: lessons/04_connection_establishment.ipynb

    >>> figure, rows = plot_times([0.0, 1.0, 3.0])
    >>> rows
    [('1번', 0.0, 0.0), ('2번', 1.0, 1.0), ('3번', 3.0, 2.0)]
    """
    import matplotlib.pyplot as plt

    style()
    names = list(labels) if labels is not None else [f"{index}번" for index in range(1, len(times) + 1)]
    if len(names) != len(times):
        raise ValueError(f"시각은 {len(times)}개인데 이름은 {len(names)}개입니다")
    before = [*times[:1], *times[:-1]]
    rows = [(name, time, time - earlier) for name, time, earlier in zip(names, times, before, strict=True)]
    figure, axes = plt.subplots(figsize=(8.0, 3.0))
    _draw_times(axes, rows)
    axes.set(title=title, xlabel="시각 (초)", yticks=[], ylim=(-0.75, 1.6))
    axes.spines["left"].set_visible(False)
    axes.grid(axis="y", visible=False)
    axes.margins(x=0.07)
    return figure, rows


def _draw_times(axes: Any, rows: list[tuple[str, float, float]]) -> None:
    axes.plot([time for _, time, _ in rows], [0.0] * len(rows), "-", color="#a1a1aa", linewidth=1.5, zorder=1)
    axes.plot([time for _, time, _ in rows], [0.0] * len(rows), "o", markersize=10, zorder=2)
    span = (rows[-1][1] - rows[0][1]) if rows else 0.0
    for (name, time, gap), level in zip(rows, _levels([time for _, time, _ in rows], span), strict=True):
        leader = {"arrowstyle": "-", "color": "#a1a1aa"} if level else None
        axes.annotate(
            f"{name}\n{time:g}초", (time, 0.0), (0, 10 + 46 * level), textcoords="offset points", ha="center",
            va="bottom", arrowprops=leader,
        )  # fmt: skip
        if gap and span and gap / span > 0.06:
            axes.annotate(
                f"+{gap:g}", (time - gap / 2, 0.0), (0, -9), textcoords="offset points", ha="center", va="top",
                color="#52525b",
            )  # fmt: skip


def _levels(times: list[float], span: float) -> list[int]:
    """가까이 붙은 이름은 한 단 올려 적는다."""
    levels: list[int] = []
    for index, time in enumerate(times):
        close = index > 0 and span and (time - times[index - 1]) / span < 0.11
        levels.append(1 - levels[-1] if close else 0)
    return levels
