"""조건을 바꾸며 되풀이하는 실험 위젯의 바탕: 조절 막대, 같은 조건의 결과를 기억하는 일, 시각을 짚는 커서."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from tcpedu.view.words import josa

from .base import CourseWidget

_MOST = 120_000  # 기억해 두는 결과들의 세그먼트 수


@dataclass(frozen=True)
class Knob:
    """조절 하나. `choices`는 (값, 글)의 차례이고, 켜고 끄는 것에는 없다."""

    name: str
    label: str
    kind: Literal["slider", "select", "toggle"]
    choices: tuple[tuple[Any, str], ...] = ((False, "끔"), (True, "켬"))
    group: str = ""
    short: str = ""  # 묶음의 이름 옆에 적는 짧은 이름

    def including(self, value: Any, text: Callable[[Any], str]) -> Knob:
        """`value`가 고를 것에 없으면 크기 차례에 맞게 끼워 넣는다."""
        if any(value == one for one, _ in self.choices):
            return self
        return replace(self, choices=tuple(sorted([*self.choices, (value, text(value))])))

    def check(self, value: Any) -> Any:
        """고를 수 있는 값이면 그 값."""
        for one, _ in self.choices:
            if one == value:
                return one
        raise ValueError(f"{josa(self.label, '은')} 이 값이 될 수 없습니다: {value}")

    def text(self, value: Any) -> str:
        """값을 읽는 글."""
        return next((text for one, text in self.choices if one == value), str(value))

    def spec(self, value: Any, *, hidden: bool = False, disabled: bool = False) -> dict[str, Any]:
        """화면에 보내는 모양."""
        choices = [] if self.kind == "toggle" else [list(choice) for choice in self.choices]
        return {
            "name": self.name, "label": self.label, "short": self.short or self.label, "kind": self.kind,
            "group": self.group, "choices": choices, "value": value, "hidden": hidden, "disabled": disabled,
        }  # fmt: skip


class Memory:
    """최근의 결과들. 오래된 것부터 잊는다."""

    def __init__(self, run: Callable[[Any], Any], size: Callable[[Any], int]) -> None:
        self._run, self._size = run, size
        self._kept: OrderedDict[Hashable, Any] = OrderedDict()

    def __call__(self, key: Hashable) -> Any:
        if key not in self._kept:
            self._kept[key] = self._run(key)
        self._kept.move_to_end(key)
        while len(self._kept) > 1 and sum(map(self._size, self._kept.values())) > _MOST:
            self._kept.popitem(last=False)
        return self._kept[key]

    def __contains__(self, key: Hashable) -> bool:
        return key in self._kept


class Experiment(CourseWidget):
    """조절 값(`values`)을 바꾸면 `recompute`가 다시 돌리고 그린다. 못 하면 값을 되돌리고 까닭을 알린다."""

    def __init__(self, knobs: Sequence[Knob], values: dict[str, Any], **traits: Any) -> None:
        self.knobs = {knob.name: knob for knob in knobs}
        self.values = {name: self.knobs[name].check(value) for name, value in values.items()}
        super().__init__(**traits)
        self.recompute()

    def recompute(self) -> None:
        """지금의 값으로 다시 돌리고 화면에 보낸다."""
        raise NotImplementedError

    def act(self, request: dict[str, Any]) -> None:
        """조절이 아닌 부탁."""
        raise ValueError(f"모르는 부탁입니다: {request.get('do')}")

    def handle(self, request: dict[str, Any]) -> None:
        """화면에서 온 부탁. 실패하면 앞의 그림과 값으로 돌아간다."""
        before = dict(self.values)
        try:
            if request.get("do") == "set":
                for name, value in dict(request.get("values") or {}).items():
                    if name not in self.knobs:
                        raise ValueError(f"모르는 조절입니다: {name}")
                    self.values[name] = self.knobs[name].check(value)
                self.recompute()
            else:
                self.act(request)
        except Exception as error:  # 배우는 사람의 클래스에서 난 오류도 화면에 알린다
            self.values = before
            self.show({**self.scene, "more": False, "error": f"다시 계산하지 못했습니다: {error}"})
