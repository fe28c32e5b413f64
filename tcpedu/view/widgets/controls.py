"""조절 막대가 있는 위젯의 바탕: 설정 하나를 고치면 다시 계산해 그린다."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from tcpedu.view.words import josa

from .base import CourseWidget


@dataclass(frozen=True)
class Knob:
    """조절 막대 하나: 고치는 설정의 이름, 붙일 말, 고를 수 있는 값, 값을 화면에 적는 함수, 함께 묶을 이름.

    `short`는 묶음의 이름 옆에 적는 짧은 이름이다. 소리 내어 읽을 때에는 `label`을 읽는다.

    >>> Knob("rate", "손실률", (0, 0.5), lambda rate: f"{rate:.0%}").including(0.1).spec(0.1)["choices"]
    [[0, '0%'], [0.1, '10%'], [0.5, '50%']]
    """

    name: str
    label: str
    values: tuple[Any, ...] = (False, True)
    text: Callable[[Any], str] = str
    kind: Literal["slider", "select", "toggle"] = "slider"
    group: str = ""
    short: str = ""

    def including(self, value: Any) -> Knob:
        """`value`가 고를 것에 없으면 크기 차례에 맞게 끼워 넣는다."""
        return self if value in self.values else replace(self, values=tuple(sorted([*self.values, value])))

    def check(self, value: Any) -> Any:
        """고를 수 있는 값이면 그 값."""
        for one in self.values:
            if one == value:
                return one
        raise ValueError(f"{josa(self.label, '은')} 이 값이 될 수 없습니다: {value}")

    def spec(self, value: Any, *, hidden: bool = False, disabled: bool = False) -> dict[str, Any]:
        """화면에 보내는 모양."""
        choices = [] if self.kind == "toggle" else [[one, self.text(one)] for one in self.values]
        return {
            "name": self.name, "label": self.label, "short": self.short or self.label, "kind": self.kind,
            "group": self.group, "choices": choices, "value": value, "hidden": hidden, "disabled": disabled,
        }  # fmt: skip


def switch(name: str, label: str, group: str = "", short: str = "") -> Knob:
    """켜고 끄는 단추."""
    return Knob(name, label, kind="toggle", group=group, short=short)


def select(name: str, label: str, names: Mapping[Any, str], group: str = "", short: str = "") -> Knob:
    """{값: 글} 가운데 하나를 고르는 목록."""
    return Knob(name, label, tuple(names), names.__getitem__, "select", group, short)


def chosen(knobs: Iterable[Knob], values: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """`values`에 `changes`를 옮긴 것. 조절에 없는 이름과 고를 수 없는 값은 거절한다."""
    known = {knob.name: knob for knob in knobs}
    unknown = [name for name in changes if name not in known]
    if unknown:
        raise ValueError(f"모르는 조절입니다: {', '.join(unknown)}")
    return {**values, **{name: known[name].check(value) for name, value in changes.items()}}


class TunedWidget(CourseWidget):
    """설정(`settings`)을 조절 막대로 고치는 위젯. 설정은 고치지 않고 새것으로 바꾼다.

    하위 클래스는 `knobs`와 `compute()`를 갖는다. `compute()`는 지금의 설정으로 계산하고, `_scene()`은 그 결과를
    그린다. 거절당한 값과 계산하다 난 오류는 까닭을 화면에 적고 전의 것을 그대로 둔다.
    """

    knobs: tuple[Knob, ...] = ()

    def __init__(self, settings: Any, *, title: str) -> None:
        self.settings = self._first = settings
        super().__init__(title=title)
        self.recompute()

    def compute(self) -> None:
        """지금의 설정으로 계산한다."""
        raise NotImplementedError

    def _scene(self) -> dict[str, Any]:
        raise NotImplementedError

    def recompute(self) -> None:
        """지금의 설정으로 다시 계산해 그린다."""
        self.compute()
        self.redraw()

    def redraw(self) -> None:
        """계산한 것을 화면에 보낸다."""
        self.show({**self._scene(), "controls": self._specs()})

    def _specs(self) -> list[dict[str, Any]]:
        values = [(knob, getattr(self.settings, knob.name)) for knob in self.knobs]
        return [knob.including(value).spec(value) for knob, value in values]

    def handle(self, request: dict[str, Any]) -> None:
        """누르거나 끈 것을 설정에 옮기고 다시 그린다."""
        before, applied = self.settings, False
        try:
            self._apply(request)
            applied = True
            self.recompute()
        except Exception as error:  # 배우는 사람의 클래스에서 난 오류도 화면에 알린다
            self.settings = before
            # 값을 거절하는 말은 설정이 우리말로 한다. 다른 것(모르는 이름, 다른 형)은 파이썬의 말 앞에 뜻을 붙인다.
            clear = applied or isinstance(error, ValueError)
            told = str(error) if clear else f"설정에 맞지 않는 값입니다 ({error})"
            failed = "다시 계산하지 못했습니다" if applied else "바꾸지 못했습니다"
            self.show({**self.scene, "more": False, "error": f"{failed}: {told}"})

    def _apply(self, request: dict[str, Any]) -> None:
        match request.get("do"):
            case "set":
                self.settings = self._changed(dict(request.get("values") or {}))
            case "reset":
                self.settings = self._first
            case other:
                raise ValueError(f"모르는 부탁입니다: {other}")

    def _changed(self, values: dict[str, Any]) -> Any:
        """`values`를 옮긴 설정."""
        return replace(self.settings, **values)
