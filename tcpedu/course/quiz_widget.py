"""퀴즈와 예측의 위젯. 규칙은 `quiz`에 있고 여기서는 보이기만 한다.

보기는 라디오 단추라 Tab과 화살표 글쇠로 고를 수 있다. 색은 JupyterLab의 변수를 써서
밝은 화면과 어두운 화면에서 모두 읽히고, 맞고 틀림은 색이 아니라 글로도 말한다.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from tcpedu.course.quiz import rich
from tcpedu.view.widgets.radio_keys import RadioKeys

if TYPE_CHECKING:
    from tcpedu.course.quiz import Choice, Prediction, Quiz

LINE = "1px solid var(--jp-border-color2, #bdbdbd)"


def quiz_box(quiz: Quiz) -> widgets.Widget:
    """물음마다 라디오 단추와 설명, 아래에 진도와 다시 풀기."""
    blocks = [_question(quiz, number) for number in range(len(quiz.questions))]
    status = widgets.HTML(live(quiz.status))
    retry = widgets.Button(
        description="다시 풀기", icon="refresh", tooltip="고른 것을 모두 지우고 처음부터 다시 풉니다"
    )
    radios = [radio for _, radio in blocks]

    def refresh(_: Any) -> None:
        status.value = live(quiz.status)

    def again(_: Any) -> None:
        quiz.retry()
        for radio in radios:
            radio.index = None
        refresh(None)

    for radio in radios:
        radio.observe(refresh, "index")
    retry.on_click(again)
    heading = widgets.HTML(f'<div role="heading" aria-level="3"><b>{escape(quiz.title)}</b></div>')
    title = _titled(heading, [question.prompt for question in quiz.questions])
    foot = widgets.HBox([retry, status], layout={"align_items": "center", "grid_gap": "12px"})
    return widgets.VBox([title, *(block for block, _ in blocks), foot], layout={"grid_gap": "10px"})


def _question(quiz: Quiz, number: int) -> tuple[widgets.Widget, widgets.RadioButtons]:
    question = quiz.questions[number]
    radio = _radio([choice.text for choice in question.choices], question.prompt)
    answer = widgets.HTML(live(""))

    def picked(change: Any) -> None:
        choice = quiz.pick(number, change["new"])
        answer.value = live("" if choice is None else _verdict(choice), markup=True)

    radio.observe(picked, "index")
    prompt = widgets.HTML(_prompt(f"{number + 1}. {question.prompt}"))
    frame = {"border": LINE, "padding": "8px 12px", "grid_gap": "4px"}
    return widgets.VBox([prompt, radio, answer], layout=frame), radio


def prediction_box(prediction: Prediction) -> widgets.Widget:
    """물음 하나와 라디오 단추. 고르면 다음 셀로 이끈다."""
    radio = _radio(list(prediction.choices), prediction.question)
    note = widgets.HTML(live("먼저 하나를 골라 보세요."))

    def picked(change: Any) -> None:
        if change["new"] is not None:
            note.value = live(prediction.pick(prediction.choices[change["new"]]))

    radio.observe(picked, "index")
    title = _titled(widgets.HTML(_prompt(f"{prediction.title}: {prediction.question}")), [prediction.question])
    frame = {"border": LINE, "padding": "8px 12px", "grid_gap": "4px"}
    return widgets.VBox([title, radio, note], layout=frame)


def _titled(heading: widgets.Widget, labels: list[str]) -> widgets.Widget:
    """제목과, 라디오 단추에 이름과 글쇠를 붙이는 도우미."""
    return widgets.VBox([heading, RadioKeys(labels=[label.replace("`", "") for label in labels])])


def _radio(options: list[str], label: str) -> widgets.RadioButtons:
    layout = {"width": "auto", "max_width": "100%"}
    # 보기의 글에는 HTML을 쓸 수 없으므로 코드 표시를 벗긴다. 같은 글이 둘이어도 번호로 구별된다.
    shown = [(option.replace("`", ""), number) for number, option in enumerate(options)]
    return widgets.RadioButtons(options=shown, index=None, layout=layout, tooltip=label)


def _prompt(text: str) -> str:
    return f'<div style="line-height:1.6;white-space:normal"><b>{rich(text)}</b></div>'


def _verdict(choice: Choice) -> str:
    # 맞고 틀림을 색만으로 알리지 않는다.
    word = "✅ 맞습니다." if choice.correct else "❌ 아닙니다."
    return f"<b>{word}</b> {rich(choice.why)}"


def live(text: str, *, markup: bool = False) -> str:
    """바뀌면 화면 읽기 프로그램이 읽어 주는 글."""
    inner = text if markup else rich(text)
    style = "line-height:1.6;white-space:normal;color:var(--jp-ui-font-color1, inherit)"
    return f'<div role="status" aria-live="polite" style="{style}">{inner}</div>'
