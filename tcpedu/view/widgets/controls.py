"""조절 막대가 있는 위젯의 바탕: 설정 하나를 고치면 다시 계산해 그린다."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

from .base import CourseWidget
from .experiment import Knob


@dataclass(frozen=True)
class Control:
    """조절 막대 하나: 고치는 설정의 이름, 붙일 말, 고를 수 있는 값, 값을 화면에 적는 함수, 함께 묶을 이름.

    >>> Control("rate", "손실률", (0, 0.5), lambda rate: f"{rate:.0%}").spec(0.1)["choices"]
    [[0, '0%'], [0.1, '10%'], [0.5, '50%']]
    """

    name: str
    label: str
    values: tuple[Any, ...] = ()
    text: Callable[[Any], str] = str
    kind: Literal["slider", "select", "toggle"] = "slider"
    group: str = ""

    def spec(self, value: Any) -> dict[str, Any]:
        """화면에 보내는 모양. 지금의 값이 고를 수 있는 값에 없으면 끼워 넣는다."""
        if self.kind == "toggle":
            return Knob(self.name, self.label, self.kind, group=self.group).spec(value)
        choices = tuple((one, self.text(one)) for one in self.values)
        return Knob(self.name, self.label, self.kind, choices, self.group).including(value, self.text).spec(value)


def switch(name: str, label: str, group: str = "") -> Control:
    """켜고 끄는 단추."""
    return Control(name, label, kind="toggle", group=group)


class TunedWidget(CourseWidget):
    """설정(`settings`, 얼린 데이터클래스)을 조절 막대로 고치는 위젯.

    하위 클래스는 `controls_list`와 `compute()`를 갖는다. `compute()`는 지금의 설정으로 계산하고, `_scene()`은 그 결과를
    그린다. 설정이 스스로 거절한 값은 까닭을 화면에 적고 전의 것을 그대로 둔다.
    """

    controls_list: tuple[Control, ...] = ()

    def __init__(self, settings: Any, *, title: str) -> None:
        self.settings = self._first = settings
        super().__init__(title=title)
        self.compute()
        self.redraw()

    def compute(self) -> None:
        """지금의 설정으로 계산한다."""
        raise NotImplementedError

    def _scene(self) -> dict[str, Any]:
        raise NotImplementedError

    def redraw(self) -> None:
        """계산한 것을 화면에 보낸다."""
        specs = [control.spec(getattr(self.settings, control.name)) for control in self.controls_list]
        self.show({**self._scene(), "controls": specs})

    def handle(self, request: dict[str, Any]) -> None:
        """누르거나 끈 것을 설정에 옮기고 다시 그린다."""
        before = self.settings
        try:
            self._apply(request)
            self.compute()
            self.redraw()
        except Exception as error:  # 화면에 알리지 않으면 누른 사람은 까닭을 알 수 없다.
            self.settings = before
            # 값을 거절하는 말은 설정이 우리말로 한다. 다른 것(모르는 이름, 다른 형)은 파이썬의 말 앞에 뜻을 붙인다.
            told = str(error) if isinstance(error, ValueError) else f"설정에 맞지 않는 값입니다 ({error})"
            self.show({**self.scene, "error": f"바꾸지 못했습니다: {told}"})

    def _apply(self, request: dict[str, Any]) -> None:
        match request.get("do"):
            case "set":
                self.settings = replace(self.settings, **request["values"])
            case "reset":
                self.settings = self._first
            case other:
                raise ValueError(f"모르는 부탁입니다: {other}")
