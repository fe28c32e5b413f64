"""Nagle 알고리즘과 지연 ACK의 시간 줄: 나눠 쓴 요청이 누구를 얼마나 기다리는지 본다."""

from __future__ import annotations

from typing import Any

from tcpedu.network.write_read import WriteReadRun, WriteReadSettings, write_read
from tcpedu.view import svg
from tcpedu.view.nagle_svg import WAITS, WIDTH, Row, segment_text, static_svg, timeline_body, timeline_height
from tcpedu.view.words import duration

from .base import css, esm
from .controls import Knob, TunedWidget, switch

PINS = 2
_HELP = (
    "슬라이더는 ←와 →, 켜고 끄기는 Space로도 바꿉니다. 지금 설정을 고정하면 그 시간 줄이 남아 다음 설정과 견줄 수 있고,"
    " 둘까지 남습니다."
)


class NagleTimeline(TunedWidget):
    """write-write-read의 시간 줄. Nagle 알고리즘, 지연 ACK, 조각의 수, RTT를 바꾸어 견준다 (RFC 9293 §3.7.4).

    `settings`는 `tcpedu.network.write_read.WriteReadSettings`, 아니면 그 낱낱의 값을 준다. 지금의 결과는 `.run`, 고정한
    설정들은 `.pinned`에 있다.
    강의: lessons/08_flow_control.ipynb

    >>> timeline = NagleTimeline(nagle=True, ack_delay=0.2, rtt=0.02)
    >>> [round(latency, 2) for latency in timeline.run.latencies]
    [0.24, 0.24, 0.24]
    >>> timeline.handle({"do": "set", "values": {"nagle": False}})
    >>> [round(latency, 2) for latency in timeline.run.latencies]
    [0.02, 0.02, 0.02]
    """

    _esm = esm("requests", "controls", "tuned", "nagle_timeline", main="renderNagleTimeline")
    _css = css("controls", "tuned", "nagle_timeline")
    knobs = (
        switch("nagle", "Nagle 알고리즘 (끄면 TCP_NODELAY)", group="보내는 쪽"),
        Knob("pieces", "요청을 나눠 쓰는 조각", (1, 2, 3), lambda many: f"{many}조각", group="보내는 쪽"),
        switch("delayed_ack", "지연 ACK", group="받는 쪽"),
        Knob("ack_delay", "미루는 한도", (0.01, 0.04, 0.1, 0.2, 0.3, 0.4, 0.49), duration, group="받는 쪽"),
        Knob("rtt", "RTT", (0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2), duration, group="받는 쪽"),
    )
    run: WriteReadRun

    def __init__(
        self, settings: WriteReadSettings | None = None, *,
        title: str = "Nagle 알고리즘과 지연 ACK", **changes: Any,
    ) -> None:  # fmt: skip
        if settings is not None and changes:
            raise ValueError("settings와 낱낱의 설정을 함께 줄 수 없습니다: 하나만 쓰세요")
        self.pinned: list[WriteReadSettings] = []
        super().__init__(settings or WriteReadSettings(**changes), title=title)

    def compute(self) -> None:
        """지금의 설정으로 다시 돌린다."""
        self.run = write_read(self.settings)

    def _apply(self, request: dict[str, Any]) -> None:
        match request.get("do"):
            case "pin":
                others = [settings for settings in self.pinned if settings != self.settings]
                self.pinned = [*others, self.settings][-PINS:]
            case "unpin":
                self.pinned = []
            case _:
                super()._apply(request)

    def rows(self) -> list[Row]:
        """그림의 줄: 지금의 것, 그 아래에 고정한 것들."""
        kept = [
            (f"고정 {index}: {settings_text(settings)}", write_read(settings))
            for index, settings in enumerate(self.pinned, 1)
        ]
        return [(f"지금: {settings_text(self.settings)}", self.run), *kept]

    def _scene(self) -> dict[str, Any]:
        rows = self.rows()
        drawing = svg.tag(
            "svg", timeline_body(rows), viewBox=f"0 0 {WIDTH} {timeline_height(rows):g}", xmlns=svg.NAMESPACE,
            role="img", class_="nagle-picture", aria_label=self.summary(),
        )  # fmt: skip
        return {
            "svg": drawing, "summary": self.summary(), "pinned": bool(self.pinned), "help": _HELP,
            "counts": [[name.partition(":")[0] + ": 요청마다", latencies_text(run)] for name, run in rows],
            "steps": steps(self.run),
        }  # fmt: skip

    def summary(self) -> str:
        """누가 얼마를 기다렸는지 한두 문장."""
        run, rtt = self.run, self.settings.rtt
        first = run.requests[0]
        waits = [f"{WAITS[wait.who]} {duration(wait.end - wait.start)}" for wait in run.waits if wait.start < first.end]
        took = f"요청 하나에 {duration(first.latency)}가 걸린다(RTT {duration(rtt)})."
        return f"{took} {', '.join(waits)}." if waits else f"{took} 아무도 기다리지 않는다."

    def as_text(self) -> str:
        """제목, 설정마다 요청에 걸린 시간, 지금 설정에서 일어난 일."""
        lines = [f"{name}: 요청마다 {latencies_text(run)}" for name, run in self.rows()]
        return "\n".join([self.title, *lines, self.summary(), *steps(self.run)])

    def as_svg(self) -> str:
        """지금의 것과 고정한 것들의 정지 그림."""
        return static_svg(self.rows(), self.title)


def settings_text(settings: WriteReadSettings) -> str:
    """설정을 짧게.

    >>> settings_text(WriteReadSettings(nagle=False))
    'TCP_NODELAY, 지연 ACK 200ms, 2조각, RTT 20ms'
    """
    nagle = "Nagle 켬" if settings.nagle else "TCP_NODELAY"
    ack = f"지연 ACK {duration(settings.ack_delay)}" if settings.delayed_ack else "지연 ACK 끔"
    return f"{nagle}, {ack}, {settings.pieces}조각, RTT {duration(settings.rtt)}"


def latencies_text(run: WriteReadRun) -> str:
    """요청마다 걸린 시간. 모두 같으면 하나만 적는다."""
    texts = [duration(latency) for latency in run.latencies]
    return texts[0] if len(set(texts)) == 1 else ", ".join(texts)


def steps(run: WriteReadRun) -> list[str]:
    """일어난 일을 시각 순서로."""
    told: list[tuple[float, int, str]] = []
    for index, request in enumerate(run.requests, 1):
        sizes = "+".join(map(str, request.writes))
        told.append((request.start, 0, f"요청 {index}: {sizes}바이트를 씀"))
        told.append((request.end, -1, f"요청 {index}: 응답을 다 받음, {duration(request.latency)} 걸림"))
    told += [
        (run.at(sent.sent), 2, f"{sent.src} → {sent.dst}: {segment_text(sent)}{'' if sent.segment.payload else '만'}")
        for sent in run.segments
    ]
    for wait in run.waits:
        what = f"{wait.size}바이트를 붙들어" if wait.who == "nagle" else f"{wait.size}바이트의 확인을 미루어"
        told.append((wait.start, 1, f"{WAITS[wait.who]}: {what} {duration(wait.end - wait.start)}"))
    ordered = sorted(told, key=lambda step: (round(step[0], 6), step[1]))
    return [f"{duration(time)}  {text}" for time, _, text in ordered]
