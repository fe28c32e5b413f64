"""혼잡 제어 실험실: 흐름 하나에서 넷까지를 병목 하나에 놓고 조건을 바꾸어 본다."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tcpedu.network.contest import ALGORITHMS, Contest, Outcome, Runner, checked, compete
from tcpedu.view.chart_svg import chart_svg, static_svg
from tcpedu.view.flow_chart import (
    AQMS,
    EVENTS,
    HEADS,
    LOSSES,
    conditions,
    numbers,
    plane,
    speed,
    table,
    timeline,
    timeline_cursor,
)
from tcpedu.view.words import duration

from .base import css, esm
from .controls import Knob, TunedWidget, chosen, select, switch
from .memory import Memory

MOST = 4  # 흐름의 수
_SLOTS = ("A", "B")
_HELP = (
    "그림에서 ←와 →는 시각을, Home과 End는 처음과 끝을, N과 P는 다음과 앞의 사건을 짚습니다."
    " 슬라이더도 화살표 글쇠로 움직입니다."
)


_PACKETS = "{}패킷".format
_KNOBS = (
    Knob("flows", "흐름의 수", tuple(range(1, MOST + 1)), "{}개".format, group="실험"),
    Knob("duration", "길이", (5.0, 8.0, 10.0, 15.0, 20.0, 30.0), duration, group="실험"),
    switch("delayed_ack", "지연 ACK", "실험"),
    Knob("rate", "속도", (5e5, 1e6, 2e6, 4e6, 10e6), speed, group="병목"),
    Knob("queue", "큐", (2, 5, 10, 20, 40, 80, 160), _PACKETS, group="병목"),
    select("aqm", "큐의 종류", AQMS, "병목"),
    switch("ecn", "ECN", "병목"),
    select("loss", "더하는 손실", LOSSES, "병목"),
    Knob("nth", "잃을 데이터", (20, 50, 100, 150, 200, 300, 400, 600), "{}번째".format, group="병목"),
    Knob("loss_rate", "손실률", (0.001, 0.002, 0.005, 0.01, 0.02, 0.05), "{:.1%}".format, group="병목"),
)
_DETAIL = select("detail", "자세히 볼 흐름", {n: f"흐름 {n + 1}" for n in range(MOST)}, "실험")


def _flow_knobs(index: int, algorithms: Mapping[str, Any]) -> tuple[Knob, ...]:
    group = f"흐름 {index + 1}"
    names = {name: name for name in algorithms}
    return (  # 이름을 읽어 주는 사람에게는 어느 흐름의 것인지까지 들린다
        select(f"algorithm{index}", f"{group}의 알고리즘", names, group, "알고리즘"),
        Knob(f"rtt{index}", f"{group}의 RTT", (0.02, 0.04, 0.1, 0.2, 0.3), duration, group=group, short="RTT"),
        Knob(f"start{index}", f"{group}의 시작", (0.0, 1.0, 2.0, 3.0, 5.0), duration, group=group, short="시작"),
        switch(f"sack{index}", f"{group}의 SACK", group, "SACK"),
    )


class CongestionLab(TunedWidget):
    """cwnd, ssthresh, in flight, 빠르기, 큐를 시간에 따라 그리고, 조건을 바꾸면 다시 돌린다.

    `algorithm`은 "Reno", "CUBIC", "BBR" 가운데 하나이거나 `CongestionControl`을 물려받은 클래스다. 여러 흐름이면
    그 목록을 준다. 배우는 사람의 클래스는 `algorithms={"내 Reno": MyReno}`로 고를 것에 더한다. 시간은 초, 속도는
    비트/초, 큐는 패킷 수다. 세그먼트가 1,000개 오갈 때마다 다시 돌리는 데 0.1초쯤 걸리므로, 슬라이더가 곧바로 답하게
    하려면 `rate`와 `duration`을 작게 잡는다. 지금의 결과는 `.outcome`, 기록은 `.trace`에 있고, 화면의 'A에 담기'와
    'B에 담기'가 견줄 결과를 `.pinned`에 둔다.
    강의: lessons/09_congestion_control.ipynb, lessons/11_modern_congestion_control.ipynb

    >>> lab = CongestionLab("Reno", duration=5.0)
    >>> lab.outcome.flows[0].stages[0].name
    '슬로 스타트'
    """

    _esm = esm("requests", "controls", "tuned", "playback", "timeline", "congestion_lab", main="renderCongestionLab")
    _css = css("chart", "controls", "timeline")

    def __init__(
        self, algorithm: Any = "Reno", *, flows: int | None = None, rate: float = 5e5, rtt: Any = 0.1, queue: int = 20,
        aqm: str = "tail", ecn: bool = False, sack: Any = True, start: Any = None, loss: str = "none", nth: int = 100,
        loss_rate: float = 0.01, delayed_ack: bool = False, duration: float = 8.0,
        algorithms: Mapping[str, Any] | None = None, title: str = "혼잡 제어 실험실",
    ) -> None:  # fmt: skip
        given = algorithm if isinstance(algorithm, (list, tuple)) else [algorithm]
        count = flows if flows is not None else len(given)
        if not 1 <= count <= MOST or len(given) > MOST:
            raise ValueError(f"흐름은 하나부터 {MOST}개까지입니다: {count if flows is not None else len(given)}")
        self.algorithms: dict[str, Any] = {**ALGORITHMS, **(algorithms or {})}
        named = [self._named(one) for one in given]
        for one in self.algorithms.values():
            checked(one)
        self.pinned: dict[str, Outcome] = {}
        self._memory = Memory(compete, lambda outcome: len(outcome.trace))
        values = {
            "flows": count, "duration": float(duration), "delayed_ack": delayed_ack, "rate": float(rate),
            "queue": queue, "aqm": aqm, "ecn": ecn, "loss": loss, "nth": nth, "loss_rate": loss_rate, "detail": 0,
        }  # fmt: skip
        starts = [0.0, 2.0, 2.0, 2.0] if start is None else start
        for index in range(MOST):
            values |= {
                f"algorithm{index}": _at(named, index), f"rtt{index}": float(_at(rtt, index)),
                f"start{index}": float(_at(starts, index)), f"sack{index}": bool(_at(sack, index)),
            }  # fmt: skip
        self.knobs = self._make_knobs(values)
        super().__init__(chosen(self.knobs, {}, values), title=title)

    def _named(self, algorithm: Any) -> str:
        """알고리즘의 이름. 처음 보는 클래스는 제 이름으로 더한다."""
        if isinstance(algorithm, str):
            if algorithm not in self.algorithms:
                names = ", ".join(self.algorithms)
                raise ValueError(f"모르는 알고리즘입니다: {algorithm}. {names} 가운데 하나를 고르세요")
            return algorithm
        checked(algorithm)
        known = next((name for name, one in self.algorithms.items() if one is algorithm), None)
        if known is not None:
            return known
        name = getattr(algorithm, "__name__", "내 알고리즘")
        name = f"내 {name}" if name in self.algorithms else name
        self.algorithms[name] = algorithm
        return str(name)

    def _make_knobs(self, values: dict[str, Any]) -> tuple[Knob, ...]:
        knobs = [*_KNOBS, *(knob for index in range(MOST) for knob in _flow_knobs(index, self.algorithms)), _DETAIL]
        return tuple(knob.including(values[knob.name]) if knob.kind == "slider" else knob for knob in knobs)

    @property
    def values(self) -> dict[str, Any]:
        """조절의 이름 → 지금의 값."""
        return dict(self.settings)

    def _changed(self, values: dict[str, Any]) -> dict[str, Any]:
        return chosen(self.knobs, self.settings, values)

    # 돌리기 ---------------------------------------------------------------

    @property
    def contest(self) -> Contest:
        """지금의 조건."""
        values = self.values
        runners = tuple(
            Runner(
                self.algorithms[values[f"algorithm{index}"]], values[f"rtt{index}"], values[f"sack{index}"],
                values[f"start{index}"],
            )
            for index in range(values["flows"])
        )  # fmt: skip
        names = ("rate", "queue", "aqm", "loss", "delayed_ack", "duration")
        ecn = values["ecn"] and values["aqm"] != "tail"
        contest = Contest(runners, ecn=ecn, **{name: values[name] for name in names})
        # 쓰지 않는 값은 조건이 아니다: 같은 조건을 다시 돌리지 않는다.
        if contest.loss in ("nth", "burst"):
            return replace(contest, nth=values["nth"])
        return contest if contest.loss == "none" else replace(contest, loss_rate=values["loss_rate"])

    def compute(self) -> None:
        """지금의 조건으로 돌린다. 이미 돌려 본 조건이면 기억해 둔 것을 쓴다."""
        self.outcome: Outcome = self._memory(self.contest)
        self.trace = self.outcome.trace

    def _apply(self, request: dict[str, Any]) -> None:
        slot = request.get("slot")
        match request.get("do"):
            case "pin" if slot in _SLOTS:
                self.pinned[slot] = self.outcome
            case "unpin":
                self.pinned.clear()
            case _:
                super()._apply(request)

    # 보이기 ---------------------------------------------------------------

    @property
    def _detail(self) -> int:
        return min(self.values["detail"], self.values["flows"] - 1)

    def _specs(self) -> list[dict[str, Any]]:
        values, loss = self.values, self.values["loss"]
        hidden = {"nth": loss not in ("nth", "burst"), "loss_rate": loss not in ("random", "bursts")}
        hidden |= {knob.name: int(knob.name[-1]) >= values["flows"] for knob in self.knobs if knob.name[-1:].isdigit()}
        hidden |= {"start0": values["flows"] == 1, "detail": values["flows"] == 1}
        tail = values["aqm"] == "tail"
        shown = {**values, "ecn": values["ecn"] and not tail, "detail": self._detail}
        return [
            knob.spec(shown[knob.name], hidden=hidden.get(knob.name, False), disabled=knob.name == "ecn" and tail)
            for knob in self.knobs
        ]

    def _scene(self) -> dict[str, Any]:
        chart, fair = timeline(self.outcome, self._detail, self.pinned), plane(self.outcome)
        return {
            "charts": [chart_svg(chart, self._summary())], "cursor": timeline_cursor(chart, self.outcome),
            "plane": chart_svg(fair, f"공정성 평면. Jain 지수 {self.outcome.jain:.2f}") if fair else "",
            "jain": f"Jain의 공정성 지수 {self.outcome.jain:.3f}", "heads": list(HEADS),
            "table": table({"지금": self.outcome, **self.pinned}), "pinned": self._pinned_text(),
            "summary": self._summary(), "help": _HELP,
        }  # fmt: skip

    def _names(self) -> dict[Any, str]:
        return {one: name for name, one in self.algorithms.items()}

    def _pinned_text(self) -> list[str]:
        return [f"{slot}: {conditions(run.contest, self._names())}" for slot, run in sorted(self.pinned.items())]

    def _summary(self) -> str:
        rate, used, waited, dropped, *_ = numbers(self.outcome)
        told = conditions(self.outcome.contest, self._names())
        return f"{told}. 유효 처리율 {rate}, 이용률 {used}, 큐에서 평균 {waited}, 버려짐 {dropped}."

    def as_text(self) -> str:
        """제목, 조건과 결과, 흐름마다의 단계와 사건."""
        lines = [self.title, self._summary(), *self._pinned_text()]
        for series in self.outcome.flows:
            stages = ", ".join(f"{duration(one.start)} {one.name}" for one in series.stages[:12])
            counts = ", ".join(f"{name} {series.flow.count(kind)}번" for kind, (name, _) in EVENTS.items())
            lines += [f"{series.name}: {counts}", f"  단계: {stages}{' …' if len(series.stages) > 12 else ''}"]
        if len(self.outcome.flows) > 1:
            lines.append(f"Jain의 공정성 지수 {self.outcome.jain:.3f}")
        return "\n".join(lines)

    def as_svg(self) -> str:
        """커서가 없는 정지 그림."""
        return static_svg(timeline(self.outcome, self._detail, self.pinned), self.title)


def _at(values: Any, index: int) -> Any:
    """흐름마다의 값. 하나뿐이거나 모자라면 마지막 것을 쓴다."""
    if isinstance(values, (list, tuple)):
        return values[min(index, len(values) - 1)]
    return values
