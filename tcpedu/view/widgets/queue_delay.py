"""큐와 지연: 대량 전송 곁에서 대화하는 흐름이 얼마나 기다리는지, 큐 넷을 나란히 본다."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tcpedu.network.contest import ALGORITHMS, checked
from tcpedu.network.latency import QUEUES, Household, Latency, household
from tcpedu.view.chart_svg import Chart, chart_svg
from tcpedu.view.flow_chart import speed
from tcpedu.view.latency_chart import HEADS, highest, name, side, side_cursor, static_svg, table
from tcpedu.view.words import duration

from .base import css, esm
from .controls import Knob, TunedWidget, chosen, select, switch
from .memory import Memory

_HELP = "그림에서 ←와 →는 시각을, Home과 End는 처음과 끝을 짚습니다. 슬라이더도 화살표 글쇠로 움직입니다."
_PACKETS = "{}패킷".format
_OPEN = ("rate", "rtt", "small", "huge")  # 고를 것에 없는 값으로도 시작할 수 있다


def _knobs(algorithms: Mapping[str, Any]) -> tuple[Knob, ...]:
    return (
        select("algorithm", "대량 전송의 알고리즘", {one: one for one in algorithms}, "흐름"),
        Knob("bulks", "대량 전송의 수", (1, 2, 3), "{}개".format, group="흐름"),
        Knob("rate", "속도", (1e6, 2e6, 4e6, 8e6), speed, group="병목"),
        Knob("rtt", "RTT", (0.01, 0.02, 0.04, 0.1, 0.2), duration, group="병목"),
        switch("ecn", "RED와 CoDel에 ECN", "병목"),
        Knob("small", "작은 버퍼", (2, 4, 8, 16, 32), _PACKETS, group="큐"),
        Knob("huge", "큰 버퍼", (50, 100, 200, 400), _PACKETS, group="큐"),
        switch("shared", "세로축을 함께 쓰기", "큐"),
    )


class QueueDelayView(TunedWidget):
    """작은 버퍼, 큰 버퍼, RED, CoDel을 나란히: 큐에서 기다린 시간과 대화하는 흐름이 답을 기다린 시간.

    `algorithm`은 "Reno", "CUBIC", "BBR"이거나 `CongestionControl`을 물려받은 클래스다. 시간은 초, 속도는 비트/초,
    큐는 패킷 수다. 지금의 결과는 `.latencies`(큐의 이름 → `Latency`)에 있다. 그림은 돌려 본 큐부터 하나씩 나온다.
    강의: lessons/11_modern_congestion_control.ipynb

    >>> view = QueueDelayView(duration=3.0)
    >>> view.latencies["huge"].worst > 4 * view.latencies["small"].worst
    True
    """

    _esm = esm("requests", "controls", "tuned", "playback", "timeline", "queue_delay", main="renderQueueDelay")
    _css = css("chart", "controls", "timeline")

    def __init__(
        self, algorithm: Any = "CUBIC", *, bulks: int = 1, rate: float = 2e6, rtt: float = 0.04, small: int = 8,
        huge: int = 200, ecn: bool = False, duration: float = 4.0, shared: bool = True, title: str = "큐와 지연",
    ) -> None:  # fmt: skip
        self.algorithms: dict[str, Any] = dict(ALGORITHMS)
        if not isinstance(algorithm, str):
            known = next((one for one, made in ALGORITHMS.items() if made is algorithm), None)
            self.algorithms.setdefault(known or f"내 {getattr(algorithm, '__name__', '알고리즘')}", checked(algorithm))
            algorithm = known or list(self.algorithms)[-1]
        elif algorithm not in self.algorithms:
            names = ", ".join(self.algorithms)
            raise ValueError(f"모르는 알고리즘입니다: {algorithm}. {names} 가운데 하나를 고르세요")
        self._home = Household(duration=float(duration))
        self._memory = Memory(lambda key: household(*key), lambda latency: len(latency.trace))
        self.latencies: dict[str, Latency] = {}
        self._shown: dict[str, Latency] = {}
        self._waiting: list[str] = []
        values = {
            "algorithm": algorithm, "bulks": bulks, "rate": float(rate), "rtt": float(rtt), "ecn": ecn, "small": small,
            "huge": huge, "shared": shared,
        }  # fmt: skip
        knobs = _knobs(self.algorithms)
        self.knobs = tuple(knob.including(values[knob.name]) if knob.name in _OPEN else knob for knob in knobs)
        super().__init__(chosen(self.knobs, {}, values), title=title)

    @property
    def values(self) -> dict[str, Any]:
        """조절의 이름 → 지금의 값."""
        return dict(self.settings)

    def _changed(self, values: dict[str, Any]) -> dict[str, Any]:
        return chosen(self.knobs, self.settings, values)

    @property
    def home(self) -> Household:
        """지금의 조건."""
        names = ("bulks", "rate", "rtt", "small", "huge", "ecn")
        values = {name: self.values[name] for name in names}
        return replace(self._home, algorithm=self.algorithms[self.values["algorithm"]], **values)

    def compute(self) -> None:
        """큐마다 돌린다. 하나가 끝날 때마다 보내므로, 첫 그림은 넷을 다 기다리지 않고 나온다."""
        home = self.home
        before, done = self.latencies, {}
        for queue in QUEUES:
            key = _needed(home, queue)
            fresh = key not in self._memory
            done[queue] = self._memory(key)
            waiting = [one for one in QUEUES if one not in done]
            if fresh and waiting and before:
                self._shown, self._waiting = {**before, **done}, waiting
                self.redraw()
        self.latencies, self._shown, self._waiting = done, done, []

    # 보이기 ---------------------------------------------------------------

    def _charts(self, home: Household, latencies: Mapping[str, Latency]) -> dict[str, Chart]:
        top = highest(list(latencies.values())) if self.values["shared"] else None
        return {queue: side(home, latency, top) for queue, latency in latencies.items()}

    def _scene(self) -> dict[str, Any]:
        home, latencies, waiting = self.home, self._shown, self._waiting
        charts, shown = self._charts(home, latencies), list(latencies.values())
        drawn = {queue: chart_svg(chart, _told(home, latencies[queue])) for queue, chart in charts.items()}
        return {
            "charts": list(drawn.values()), "stale": [list(QUEUES).index(queue) for queue in waiting],
            "cursor": side_cursor(home, list(charts.values()), shown), "more": bool(waiting),
            "heads": list(HEADS), "table": table(home, shown), "help": _HELP,
        }  # fmt: skip

    def _specs(self) -> list[dict[str, Any]]:
        return [knob.spec(self.settings[knob.name]) for knob in self.knobs]

    def _summary(self) -> str:
        home = self.home
        bulk = f"{self.values['algorithm']} 대량 전송 {home.bulks}개"
        return f"{bulk}와 대화하는 흐름 하나가 {speed(home.rate)}, RTT {duration(home.rtt)}인 병목을 나눠 쓴다."

    def as_text(self) -> str:
        """제목, 조건, 큐마다 한 줄."""
        return "\n".join([self.title, self._summary(), *(_told(self.home, one) for one in self.latencies.values())])

    def as_svg(self) -> str:
        """넷을 나란히 놓은 정지 그림."""
        return static_svg(self._charts(self.home, self.latencies), self.title)


def _told(home: Household, latency: Latency) -> str:
    """큐 하나의 결과를 한 문장으로."""
    return (
        f"{name(home, latency.queue)}: 답을 기다린 시간은 가운데 값 {duration(latency.typical)},"
        f" 95% {duration(latency.worst)}, 유효 처리율 {speed(latency.goodput)}, 버려짐 {latency.drops}개."
    )


def _needed(home: Household, queue: str) -> tuple[Household, str]:
    """그 큐의 결과를 정하는 조건만 남긴다: 다른 큐의 크기를 바꿔도 다시 돌리지 않는다."""
    if queue == "small":
        return replace(home, huge=home.small, ecn=False), queue
    return replace(home, small=1, ecn=home.ecn and queue != "huge"), queue
