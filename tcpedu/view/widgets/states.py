"""상태 탐색기: 두 끝을 한 걸음씩 움직이며 상태 다이어그램과 사다리 그림을 함께 본다."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import traitlets

from tcpedu.network.stage import CONFIG, ENDS, PRESETS, Stage
from tcpedu.protocol.state import State
from tcpedu.view import svg
from tcpedu.view.ladder import layout
from tcpedu.view.ladder_svg import ladder_body
from tcpedu.view.state_map import HEIGHT, LEGEND, WIDTH, mark, places, state_map
from tcpedu.view.words import duration, josa, segment_label

from .base import CourseWidget, css, esm
from .ladder import player_scene

LONGEST = 120  # 장면의 수. 이보다 길면 그림도 대답도 늦어진다
_HELP = (
    "Tab으로 단추를 고르고 Enter로 누릅니다. ←와 →는 앞뒤 장면, U는 한 걸음 무르기, R은 처음으로입니다."
    " 지난 장면에서 다른 일을 고르면 거기서부터 새로 갈라집니다."
)
_START = "두 끝 모두 CLOSED입니다. 할 일을 고르거나 상황을 골라 보세요."
_NOTE = (
    "두 끝은 진짜 Connection입니다. 누른 것의 결과가 한 장면에 보이도록 ACK를 미루지 않고,"
    f" 포기하는 것까지 보도록 사용자 타임아웃을 {CONFIG.user_timeout:g}초로 줄였습니다."
)
_TEXTBOOK = "점선은 클라이언트와 서버의 한살이만 그린 흔한 교과서 그림에 없는 전이이고, 그 이름을 붙였습니다."


class StateExplorer(CourseWidget):
    """두 끝에서 지금 일어날 수 있는 일만 골라 누르며 상태가 어떻게 움직이는지 본다 (RFC 9293 §3.3.2).

    `steps`는 미리 밟아 둘 걸음들로, 상황의 이름(`tcpedu.network.stage.PRESETS`) 또는 `Stage.play`에 줄 글의 목록이다.
    주지 않으면 둘 다 CLOSED인 데서 시작한다. 지금의 무대는 `.stage`, 따른 전이는 `.stage.fired`에 있다.
    강의: lessons/06_state_diagram.ipynb

    >>> explorer = StateExplorer("동시 개방")
    >>> explorer.stage.state("A").name
    'ESTABLISHED'
    """

    _esm = esm("scrub", "states", main="renderStates")
    _css = css("ladder", "states")
    textbook = traitlets.Bool(False).tag(sync=True)
    height = traitlets.Int(620).tag(sync=True)
    fixed = traitlets.Dict().tag(sync=True)  # 걸음마다 보낼 까닭이 없는 것

    def __init__(
        self, steps: str | Iterable[str] = (), *, names: tuple[str, str] = ("호스트 A", "호스트 B"),
        title: str = "상태 탐색기", textbook: bool = False, height: int = 620,
    ) -> None:  # fmt: skip
        self.stage = Stage(names=names)
        self._frames = [self._frame("", [_START], [])]
        super().__init__(title=title, textbook=textbook, height=height, fixed=self._fixed())
        self._play(_steps(steps))
        self._redraw(len(self._frames) - 1)

    def _fixed(self) -> dict[str, Any]:
        body = state_map(dict.fromkeys(ENDS, State.CLOSED))
        drawing = svg.tag("svg", body, viewBox=f"0 0 {WIDTH:g} {HEIGHT:g}", role="img", xmlns=svg.NAMESPACE)
        return {
            "map": drawing, "places": places(), "ends": self.stage.names, "presets": list(PRESETS),
            "korean": {state.name: state.korean for state in State}, "notes": [LEGEND, _NOTE, _HELP], "book": _TEXTBOOK,
        }  # fmt: skip

    def handle(self, request: dict[str, Any]) -> None:
        """고른 일을 일으키거나, 무르거나, 다른 상황으로 바꾼다."""
        history = tuple(self.stage.history)
        at = max(0, min(len(history), int(request.get("at") or 0)))
        try:
            self._redraw(self._apply(request, at))
        except Exception as error:  # 화면에 알리지 않으면 누른 사람은 까닭을 알 수 없다.
            self._rewind(0)
            self._play(history)
            self.show({**self.scene, "error": f"{error}"})

    def _apply(self, request: dict[str, Any], at: int) -> int:
        """부탁을 들어주고, 보여 줄 장면의 번호를 돌려준다."""
        match request.get("do"):
            case "act":
                self._rewind(at)
                self._play([str(request.get("key"))])
                return at + 1
            case "undo":
                self._rewind(max(0, at - 1))
                return max(0, at - 1)
            case "preset":
                steps = _steps(str(request.get("name")))
                self._rewind(0)
                self._play(steps)
                return 0
            case "reset":
                self._rewind(0)
        return 0

    def _rewind(self, steps: int) -> None:
        self.stage.rewind(steps)
        del self._frames[steps + 1 :]

    def _play(self, keys: Iterable[str]) -> None:
        for key in keys:
            if len(self.stage.history) >= LONGEST:
                raise ValueError(f"장면이 {LONGEST}개를 넘었습니다. 몇 걸음 무르거나 처음으로 돌아가세요")
            label, before = self._label(key), len(self.stage.trace.segments)
            fired = self.stage.do(key)
            rows = [line.text.replace(f"{line.end}:", f"{self.stage.names[line.end]}:", 1) for line in fired]
            rows = rows or [self._without_row(key, self.stage.trace.segments[before:])]
            self._frames.append(self._frame(label, rows, [mark(line.old, line.event) for line in fired]))

    def _without_row(self, key: str, sent: list[Any]) -> str:
        """전이 표의 줄을 따르지 않은 걸음을 설명하는 글."""
        if key.endswith("crash"):
            return "연결을 잊고 CLOSED가 되었습니다. 상대는 아무것도 모릅니다 (RFC 9293 §3.5.1)."
        flags = ", ".join(str(packet.segment.flags) for packet in sent)
        return "따른 전이가 없습니다. 상태는 그대로" + (f"이고 {josa(flags, '을')} 보냈습니다." if flags else "입니다.")

    def _label(self, key: str) -> str:
        """걸음을 부르는 말. 지금 할 수 없는 일이면 글 그대로다."""
        choice = next((choice for choice in self.stage.choices() if choice.key == key), None)
        if choice is None:
            return key
        first, _, number = key.partition(" ")
        if first in ENDS or first == "timer":
            return f"{self.stage.names[choice.end]}: {choice.label}"
        packet = next(packet for packet in self.stage.flying if packet.number == int(number))
        return f"{number}번 {segment_label(packet.segment)}: {choice.label}"

    def _frame(self, label: str, rows: list[str], marks: list[str]) -> dict[str, Any]:
        """장면 하나: 두 상태, 따른 줄, 할 수 있는 일."""
        stage = self.stage
        return {
            "time": stage.now, "label": label, "rows": rows, "marks": marks,
            "states": {end: stage.state(end).name for end in ENDS},
            "calls": [[c.key, c.end, c.label] for c in stage.choices() if c.key.split()[0] in ENDS],
            "air": self._air(),
        }  # fmt: skip

    def _air(self) -> list[list[Any]]:
        """날고 있는 세그먼트와 걸린 타이머: [글, [[걸음, 단추의 글], …]]."""
        stage = self.stage
        choices = [choice for choice in stage.choices() if choice.key.split()[0] not in ENDS]
        found: list[list[Any]] = []
        for packet in stage.flying:
            keys = [[c.key, c.label] for c in choices if c.key.split()[-1] == str(packet.number)]
            found.append([f"{packet.number}번 {segment_label(packet.segment)} ({packet.src} → {packet.dst})", keys])
        for choice in choices:
            if choice.key == "timer":
                at = stage.connections[choice.end].next_timer() or 0.0
                found.append([f"{stage.names[choice.end]}의 타이머 ({duration(at)})", [[choice.key, choice.label]]])
        return found

    def _redraw(self, at: int) -> None:
        self._plan = layout(self.stage.trace, narrow=True)
        frames = [{**frame, "y": self._plan.y_at(frame["time"])} for frame in self._frames]
        ladder = player_scene(self._plan, "오간 세그먼트", self.stage.trace, clickable=False)
        del ladder["details"]
        self.show({**ladder, "frames": frames, "at": at})

    def as_text(self) -> str:
        """제목, 마지막 상태, 장면마다 한 줄."""
        ends = ", ".join(f"{self.stage.names[end]} {self.stage.state(end).name}" for end in ENDS)
        lines = [f"{i}. {frame['label']} ⇒ {' / '.join(frame['rows'])}" for i, frame in enumerate(self._frames) if i]
        return "\n".join([self.title, ends, *lines])

    def as_svg(self) -> str:
        """마지막 장면의 상태 다이어그램과 그때까지의 사다리 그림."""
        here = {end: self.stage.state(end) for end in ENDS}
        title = svg.text(self.title, class_="title", x=16.0, y=26.0)
        top = state_map(here, self._frames[-1]["marks"], textbook=self.textbook)
        body = title + svg.tag("g", top, transform="translate(0 36)")
        body += svg.tag("g", ladder_body(self._plan), transform=f"translate(12 {HEIGHT + 46:g})")
        height = HEIGHT + 46 + self._plan.height
        return svg.standalone(body, WIDTH, height, self.title, "shared", "ladder", "states")


def _steps(steps: str | Iterable[str]) -> list[str]:
    """상황의 이름을 걸음들로 바꾼다."""
    if not isinstance(steps, str):
        return list(steps)
    if steps not in PRESETS:
        raise ValueError(f"그런 상황은 없습니다: {steps!r}. 있는 것: {', '.join(PRESETS)}")
    return list(PRESETS[steps])


