"""마지막 퀴즈의 위젯: 뽑기 번호와 다시 뽑기, 문제들, 다시 읽을 강의."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from tcpedu.course.quiz_widget import live, quiz_box

if TYPE_CHECKING:
    from tcpedu.course.final_quiz import FinalQuiz


def final_box(quiz: FinalQuiz) -> widgets.Widget:
    """위에 뽑기, 가운데에 문제들, 아래에 성적."""
    seed = widgets.BoundedIntText(
        value=quiz.seed, min=0, max=9999, description="뽑기 번호", tooltip="같은 번호는 언제나 같은 문제를 뽑습니다",
        layout={"width": "170px"},
    )  # fmt: skip
    again = widgets.Button(description="다시 뽑기", icon="random", tooltip="다른 문제를 뽑습니다. 성적은 남습니다")
    told = widgets.HTML(live(quiz.report.advice))
    paper = widgets.VBox([quiz_box(quiz)])

    def deal(change: Any) -> None:
        old = paper.children[0]
        quiz.redraw(change["new"])
        paper.children = (quiz_box(quiz),)
        _close(old)

    def next_seed(_: Any) -> None:
        seed.value = (seed.value + 1) % (seed.max + 1)

    def refresh() -> None:
        told.value = live(quiz.report.advice)

    seed.observe(deal, "value")
    again.on_click(next_seed)
    quiz.told = refresh
    bar = widgets.HBox([seed, again], layout={"align_items": "center", "grid_gap": "12px", "flex_flow": "row wrap"})
    return widgets.VBox([bar, paper, told], layout={"grid_gap": "10px"})


def _close(widget: widgets.Widget) -> None:
    """위젯과 그 안의 것을 모두 치운다: 다시 뽑을 때마다 커널에 쌓이지 않게."""
    parts = [*getattr(widget, "children", ()), getattr(widget, "layout", None), getattr(widget, "style", None)]
    for part in parts:
        if isinstance(part, widgets.Widget):
            _close(part)
    widget.close()
