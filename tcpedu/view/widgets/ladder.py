"""사다리 재생기: 기록을 틀어 보고, 세그먼트를 잃거나 늦추면 그다음을 다시 시뮬레이션한다."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import traitlets

from tcpedu.view import svg
from tcpedu.view.ladder import START, Layout, arrow_label, layout
from tcpedu.view.ladder_svg import details, ladder_body, static_svg
from tcpedu.view.story import regular_spans, story, summary
from tcpedu.view.variables import VARIABLES, readouts
from tcpedu.view.words import duration

from .base import CourseWidget, css, esm

Run = Callable[[frozenset[int], dict[int, float]], Any]
_HELP = (
    "화살표를 누르거나 Tab으로 골라 Enter를 누르면 그 세그먼트를 잃고, D를 누르면 늦춥니다."
    " ←와 →는 한 단계씩, ↑와 ↓는 이웃한 세그먼트로 갑니다."
)
_HELP_STILL = "화살표를 가리키거나 Tab으로 고르면 헤더가 보입니다. ←와 →는 한 단계씩 움직입니다."


class LadderPlayer(CourseWidget):
    """세그먼트가 오간 시간–순서 그림. 화살표를 누르면 잃거나 늦추고 그 뒤를 다시 계산한다.

    두 끝의 상태와 변수가 생명선 옆에서 지금 보는 시각을 따라 바뀐다.

    `run(drops, delays)`은 잃을 번호의 집합과 {번호: 늦출 초}를 받아 기록(`Trace`)을 돌려주는 함수다. 기록을 그대로
    넘기면 보기만 하는 그림이 된다. `drops`와 `delays`는 처음부터 잃고 늦출 것, `holds`는 화면에서 고르는 늦출
    시간들(초), `height`는 그림이 차지할 가장 큰 높이(픽셀), `fold`는 아무 일 없이 이어지는 세그먼트들을 접을지,
    `windows`는 화살표에 윈도우 값을 적을지다.
    지금의 기록은 `.trace`, 잃고 늦춘 것은 `.drops`와 `.delays`에 있다.
    강의: lessons/04_connection_establishment.ipynb

    >>> from tcpedu.network.scenarios import handshake
    >>> player = LadderPlayer(lambda drops, delays: handshake(drops=drops, delays=delays), title="핸드셰이크")
    >>> len(player.trace.segments)
    3
    """

    _esm = esm("playback", "scrub", "ladder", main="renderLadder")
    _css = css("ladder")
    height = traitlets.Int(720).tag(sync=True)
    holds: Any = traitlets.List().tag(sync=True)

    def __init__(
        self, run: Run | Any, *, title: str = "세그먼트가 오간 순서", height: int = 720,
        drops: Iterable[int] = (), delays: Mapping[int, float] | None = None, holds: Sequence[float] = (0.1, 0.5, 1.5),
        fold: bool = False, windows: bool = False,
    ) -> None:  # fmt: skip
        self._run: Run | None = run if callable(run) else None
        self._still: Any = run
        self.drops: frozenset[int] = frozenset(drops)
        self.delays: dict[int, float] = dict(delays or {})
        self.fold = fold
        self.windows = windows
        super().__init__(title=title, height=height, holds=[[value, duration(value)] for value in holds])
        self.recompute()

    def recompute(self) -> None:
        """지금의 `drops`와 `delays`로 다시 계산해 그린다."""
        trace = self._run(frozenset(self.drops), dict(self.delays)) if self._run else self._still
        # 다시 계산하고 나면 없어진 번호가 있을 수 있다.
        numbers = {record.number for record in trace.segments}
        self.drops = frozenset(self.drops) & numbers
        self.delays = {number: extra for number, extra in self.delays.items() if number in numbers}
        self.trace = trace
        self._foldable = sum(len(span.records) for span in regular_spans(trace))
        self._plan = layout(trace, self._label, fold=self.fold)
        self.show(self._scene())

    def handle(self, request: dict[str, Any]) -> None:
        """누른 세그먼트를 잃거나 늦춘다. 이미 그렇게 했으면 되돌린다."""
        before = self.drops, self.delays, self.fold
        try:
            self._apply(request)
            self.recompute()
        except Exception as error:  # 화면에 알리지 않으면 누른 사람은 까닭을 알 수 없다.
            self.drops, self.delays, self.fold = before
            self.show({**self.scene, "error": f"다시 계산하지 못했습니다: {error}"})

    def _apply(self, request: dict[str, Any]) -> None:
        number, by = request.get("number", 0), float(request.get("by") or 0)
        match request.get("do"):
            case "drop":
                self.drops = self.drops ^ {number}
            case "delay" if number in self.delays:
                self.delays = {key: value for key, value in self.delays.items() if key != number}
            case "delay":
                self.delays = {**self.delays, number: by}
            case "reset":
                self.drops, self.delays = frozenset(), {}
            case "fold":
                self.fold = not self.fold

    def _label(self, record: Any) -> str:
        late = self.delays.get(record.number)
        return arrow_label(record, window=self.windows) + (f" (+{duration(late)} 늦춤)" if late else "")

    def _scene(self) -> dict[str, Any]:
        return {
            **player_scene(self._plan, self.title, self.trace, clickable=self._run is not None),
            "foldable": self._foldable, "fold": self.fold,
            "summary": summary(self.trace), "changed": bool(self.drops or self.delays),
            "help": _HELP if self._run else _HELP_STILL,
        }  # fmt: skip

    def as_text(self) -> str:
        """제목, 한 문장 요약, 시간 순서의 단계."""
        told = story(self.trace, limit=40, windows=self.windows)
        return "\n".join([self.title, summary(self.trace), *(step.text for step in told)])

    def as_svg(self) -> str:
        """마지막까지 다 그린 정지 그림."""
        return static_svg(self._plan, self.title)


def player_scene(plan: Layout, title: str, trace: Any, *, clickable: bool) -> dict[str, Any]:
    """화면이 그림을 트는 데 필요한 것 전부."""
    width, height = plan.width, plan.height
    head = svg.tag("line", class_="playhead", x1=plan.lanes[0] - 60, x2=plan.lanes[-1] + 60, y1=0, y2=0)
    drawing = svg.tag(
        "svg", head, ladder_body(plan, clickable=clickable), viewBox=f"0 0 {width:g} {height:g}", role="group",
        aria_label=title, xmlns=svg.NAMESPACE,
    )  # fmt: skip
    return {
        "svg": drawing, "top": START, "height": height, "clickable": clickable,
        "lanes": plan.names, "variables": VARIABLES, "readouts": readouts(trace, plan),
        "stops": [[round(y, 1), duration(time)] for y, time in plan.stops()],
        "details": {str(arrow.record.number): details(arrow.record) for arrow in plan.arrows},
    }  # fmt: skip
