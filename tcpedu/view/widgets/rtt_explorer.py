"""RTO 탐색기: 왕복 시간의 표본을 끌어 움직이며 SRTT, RTTVAR, RTO와 가짜 타임아웃을 본다."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tcpedu.network.rto_samples import GAINS, Probe, RtoRun, RtoSettings, rto_samples
from tcpedu.view import svg
from tcpedu.view.chart_svg import Chart, Mark, Panel, Series, chart_svg, static_svg
from tcpedu.view.words import duration

from .base import css, esm
from .controls import Knob, TunedWidget, select

_SOURCES = {
    "steady": "고르다", "noisy": "들쭉날쭉하다", "step": "갑자기 길어진다", "spike": "이따금 튄다",
    "drawn": "내가 그린 것",
}  # fmt: skip
_FLOORS = {"total": "RTO 전체 (RFC 6298)", "variance": "분산 항 (리눅스)"}
_AMBIGUOUS = {
    "karn": "재지 않는다 (Karn)", "first": "처음 보낸 때부터 잰다", "last": "마지막에 보낸 때부터 잰다",
}  # fmt: skip
_WRONG = {
    "first": "처음 보낸 때부터 재면, 잃은 것의 표본에 RTO만큼 기다린 시간이 더해져 RTO가 부푼다.",
    "last": "마지막에 보낸 때부터 재면, 늦게 온 처음 것의 ACK를 너무 짧게 재어 RTO가 줄고 가짜 타임아웃이 는다.",
}
_TOPS = (0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0)  # 세로축의 끝
_HELP = (
    "점을 위아래로 끌면 그 표본이 바뀝니다. 글쇠로는 ←와 →로 점을 고르고 ↑와 ↓로 움직이며, L을 누르면 그 세그먼트를"
    " 잃습니다. ✕는 잃은 것, ▼는 가짜 타임아웃, ○는 재지 않은 표본, ◆는 잘못 잰 값입니다."
)


def _fraction(value: float) -> str:
    return f"1/{1 / value:g}"


class RttExplorer(TunedWidget):
    """표본에서 SRTT, RTTVAR, RTO를 셈하는 모습. 표본을 끌고, α·β·K·G와 최소 RTO와 Karn의 규칙을 바꾼다 (RFC 6298).

    `settings`는 `tcpedu.network.rto_samples.RtoSettings`, 아니면 그 낱낱의 값을 준다. 지금의 결과는 `.run`에 있다.
    강의: lessons/07_retransmission.ipynb

    >>> explorer = RttExplorer(source="drawn", drawn=(0.5, 0.5), losses=(), floor="total", minimum=1.0)
    >>> explorer.run.probes[-1].srtt, explorer.run.probes[-1].rttvar, explorer.run.probes[-1].rto
    (0.5, 0.1875, 1.25)
    """

    _esm = esm("requests", "controls", "tuned", "rtt_explorer", main="renderRttExplorer")
    _css = css("controls", "chart", "tuned", "rtt_explorer")
    knobs = (
        select("source", "표본", _SOURCES, "표본"),
        select("ambiguous", "재전송한 것의 ACK", _AMBIGUOUS, "표본"),
        Knob("alpha", "α", GAINS, _fraction, group="셈"),
        Knob("beta", "β", GAINS, _fraction, group="셈"),
        Knob("k", "K", (0, 1, 2, 3, 4, 6, 8), str, group="셈"),
        Knob("granularity", "G", (0.0, 0.001, 0.01, 0.1, 0.5), duration, group="셈"),
        Knob("minimum", "최소", (0.0, 0.1, 0.2, 0.5, 1.0), duration, group="아래 한계"),
        select("floor", "거는 곳", _FLOORS, "아래 한계"),
    )
    run: RtoRun
    _top: float
    _dragging = False

    def __init__(self, settings: RtoSettings | None = None, *, title: str = "왕복 시간과 RTO", **changes: Any) -> None:
        if settings is not None and changes:
            raise ValueError("settings와 낱낱의 설정을 함께 줄 수 없습니다: 하나만 쓰세요")
        super().__init__(settings or RtoSettings(**changes), title=title)

    def compute(self) -> None:
        """지금의 설정으로 표본을 다시 흘린다."""
        self.run = rto_samples(self.settings)
        # 끄는 동안 눈금이 바뀌면 손이 가리키는 시간이 달라진다: 놓을 때까지 그대로 둔다.
        self._top = self._top if self._dragging else _top(self.run)
        self._chart = _chart(self.run, self._top)

    def _apply(self, request: dict[str, Any]) -> None:
        self._dragging = False
        match request.get("do"):
            case "set":
                values = dict(request["values"])
                drags = {key: values.pop(key) for key in list(values) if key.startswith("y ")}
                for key, y in drags.items():
                    self._move(int(key.split()[1]), self._seconds(y))
                dropped = values.pop("dropped", False)
                self._dragging = bool(drags) and not dropped
                if values.get("source") == "drawn":
                    values["drawn"] = self.settings.rtts
                self.settings = self._changed(values)
            case "nudge":
                index = int(request["index"])
                step = self._top / 40
                self._move(index, self.settings.rtts[index] + step * int(request["by"]))
            case "lose":
                losses = set(self.settings.losses) ^ {int(request["index"])}
                self.settings = replace(self.settings, losses=tuple(sorted(losses)))
            case "seed":
                self.settings = replace(self.settings, source="noisy", seed=self.settings.seed + 1)
            case _:
                super()._apply(request)

    def _move(self, index: int, rtt: float) -> None:
        rtts = list(self.settings.rtts)
        rtts[index] = round(min(max(rtt, 0.001), self._top), 3)
        self.settings = replace(self.settings, source="drawn", drawn=tuple(rtts))

    def _seconds(self, y: Any) -> float:
        """그림의 높이(픽셀)를 시간으로."""
        if not isinstance(y, int | float):
            raise TypeError(f"높이가 수가 아닙니다: {y}")
        panel, top = self._chart.panels[0], self._chart.tops[0]
        return self._top * (1 - (y - top) / panel.height)

    def counts(self) -> dict[str, str]:
        """표본, 타임아웃과 가짜, 재지 않은 것과 잘못 잰 것, 손실을 되살리기까지 기다린 시간."""
        run = self.run
        return {
            "표본": f"{len(run.probes)}개", "타임아웃": f"{run.timeouts}번", "가짜 타임아웃": f"{run.spurious}번",
            "재지 않은 표본": f"{run.skipped}개", "잘못 잰 표본": f"{run.wrong}개",
            "잃고 기다린 시간": "없음" if run.recovery is None else duration(run.recovery),
        }  # fmt: skip

    def summary(self) -> str:
        """무슨 일이 있었는지 한두 문장."""
        last = self.run.probes[-1]
        known = [("SRTT", last.srtt), ("RTTVAR", last.rttvar), ("RTO", last.rto)]
        now = ", ".join(f"{name} {duration(value)}" for name, value in known if value is not None)
        text = (
            f"표본 {len(self.run.probes)}개에서 타임아웃이 {self.run.timeouts}번, 그 가운데 가짜가"
            f" {self.run.spurious}번이다. 마지막 값은 {now}."
        )
        if self.run.wrong:
            text += f" {_WRONG[self.settings.ambiguous]}"
        return text

    def _scene(self) -> dict[str, Any]:
        chart = self._chart
        points = [_handle(chart, index, probe, self._top) for index, probe in enumerate(self.run.probes)]
        overlay = svg.tag("g", *points, class_="handles", role="group", aria_label="표본")
        drawing = chart_svg(chart, self.summary(), overlay)
        return {
            # 끌 수 있는 점이 안에 있으므로 그림 하나(img)로 뭉뚱그리지 않는다.
            "svg": drawing.replace('role="img"', 'role="group"', 1), "summary": self.summary(), "help": _HELP,
            "counts": list(self.counts().items()),
            "details": [probe_text(index, probe) for index, probe in enumerate(self.run.probes)],
        }  # fmt: skip

    def as_text(self) -> str:
        """제목, 수, 요약, 표본마다 한 줄."""
        numbers = ", ".join(f"{name} {value}" for name, value in self.counts().items())
        lines = [probe_text(index, probe) for index, probe in enumerate(self.run.probes)]
        return "\n".join([self.title, numbers, self.summary(), *lines])

    def as_svg(self) -> str:
        """정지 그림."""
        return static_svg(self._chart, self.title)


def _top(run: RtoRun) -> float:
    """세로축의 끝. 그보다 긴 것은 위 끝에 붙여 그린다."""
    highest = max([probe.timer for probe in run.probes] + [probe.rtt for probe in run.probes])
    return next((top for top in _TOPS if highest <= top), _TOPS[-1])


def _chart(run: RtoRun, top: float) -> Chart:
    probes = list(enumerate(run.probes, 1))
    srtt = [(at, probe.srtt) for at, probe in probes if probe.srtt is not None]
    rttvar = [(at, probe.rttvar) for at, probe in probes if probe.rttvar is not None]
    marks = [mark for at, probe in probes for mark in _marks(at, probe)]
    series = [
        Series("보낼 때의 RTO", [(at - 0.5, probe.timer) for at, probe in probes], look=1, shape="step"),
        Series("SRTT", srtt, look=2),
        Series("RTT 표본", [(at, probe.rtt) for at, probe in probes], look=0, shape="dots"),
    ]
    return Chart(
        [
            Panel("시간", series, marks=marks, height=250.0, y_range=(0.0, top), write=duration),
            Panel("RTTVAR", [Series("", rttvar, look=3)], height=80.0, write=duration),
        ],
        x_label="표본의 번호", x_range=(0.5, len(probes) + 0.5), width=720.0,
    )  # fmt: skip


def _marks(at: int, probe: Probe) -> list[Mark]:
    marks = [Mark(at, "잃음", probe.rtt, "cross")] if probe.lost else []
    if probe.measured is None:
        marks.append(Mark(at, "재지 않은 표본", probe.rtt, "ring"))
    if probe.wrong and probe.measured is not None:
        marks.append(Mark(at, "잘못 잰 값", probe.measured, "diamond"))
    if probe.spurious:
        marks.append(Mark(at, "가짜 타임아웃", probe.timer, "down"))
    return marks


def _handle(chart: Chart, index: int, probe: Probe, top: float) -> str:
    """끌 수 있는 점. 화면이 하나만 Tab으로 고르게 한다."""
    y = chart.tops[0] + chart.panels[0].height * (1 - min(probe.rtt, top) / top)
    return svg.tag(
        "circle", class_="handle", cx=chart.x_at(index + 1), cy=y, r=9, role="slider", tabindex=-1, data_index=index,
        aria_label=f"{index + 1}번 표본{', 잃음' if probe.lost else ''}", aria_valuetext=duration(probe.rtt),
        aria_valuenow=round(probe.rtt * 1000), aria_valuemin=1, aria_valuemax=round(top * 1000),
        aria_orientation="vertical",
    )  # fmt: skip


def probe_text(index: int, probe: Probe) -> str:
    """표본 하나에 일어난 일."""
    lost = ", 처음 것을 잃음" if probe.lost else ""
    text = f"{index + 1}번: 왕복 {duration(probe.rtt)}{lost}, RTO {duration(probe.timer)}"
    if probe.resent:
        times = ", ".join(map(duration, probe.resent))
        fake = f"(가짜 {probe.spurious}번)" if probe.spurious else ""
        text += f" → 타임아웃 {len(probe.resent)}번{fake}: {times}에 재전송"
    if probe.measured is None:
        text += ", 재지 않음"
    elif probe.wrong:
        text += f", {duration(probe.measured)}로 잘못 잼"
    if probe.srtt is None or probe.rttvar is None:
        return f"{text} → RTO {duration(probe.rto)}"
    return f"{text} → SRTT {duration(probe.srtt)}, RTTVAR {duration(probe.rttvar)}, RTO {duration(probe.rto)}"
