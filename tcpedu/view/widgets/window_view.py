"""윈도우와 버퍼: 받는 응용 프로그램이 읽는 빠르기에 따라 두 버퍼와 윈도우가 어떻게 움직이는지 본다."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from tcpedu.network.flow_control import FlowRun, FlowSettings, Moment, run_flow
from tcpedu.view import svg
from tcpedu.view.frames import Slots, encode, frame
from tcpedu.view.window_svg import (
    CHART_LEFT,
    HEIGHT,
    RIGHT,
    WIDTH,
    Scale,
    drawing,
    scale_for,
    static_svg,
    strip_slots,
)
from tcpedu.view.window_words import CHART, RECEIVER, SENDER, TELLING, happened, numbers, summary
from tcpedu.view.words import duration

from .base import CourseWidget, css, esm

MAX_FRAMES = 300  # 저장되는 노트북이 커지지 않게
_RATES = ((1e5, "100kbit/s"), (1e6, "1Mbit/s"), (1e7, "10Mbit/s"), (0.0, "한없이 빠름"))
_HELP = (
    "슬라이더를 움직이면 다시 시뮬레이션합니다. 그림을 골라 ←와 →로 한 순간씩, PageUp과 PageDown으로 열 순간씩,"
    " Home과 End로 처음과 끝으로 갑니다. 스페이스는 재생과 멈춤이고, 그래프를 누르면 그 시각으로 갑니다."
)
# 화면에서 온 글을 설정의 값으로. 빈 글은 윈도우 스케일을 쓰지 않는다는 뜻이다.
_READ: dict[str, Callable[[Any], Any]] = {
    "read_rate": float, "start": float, "buffer": int, "chunk": int, "rate": lambda value: float(value) or None,
    "window_scale": lambda value: None if value == "" else int(value),
}  # fmt: skip


class WindowView(CourseWidget):
    """송신 버퍼와 수신 버퍼를 바이트의 띠로 보고, 흐름 제어를 시간에 따라 튼다 (RFC 9293 §3.8.6).

    값들은 `FlowSettings`의 것이다: `size`바이트를 보내고, 받는 쪽은 `buffer`바이트의 버퍼에서 `start`초 뒤부터
    `chunk`바이트씩 초당 `read_rate`바이트의 빠르기로 읽는다. `window_scale`, `rate`(링크, 초당 비트), `delay`, `mss`,
    `probe`도 정할 수 있다. 지금의 값은 `.settings`, 돌려 본 것은 `.run`에 있다.
    강의: lessons/08_flow_control.ipynb

    >>> view = WindowView(buffer=4000, start=5.0)
    >>> any(moment.sender.snd_wnd == 0 for moment in view.run.moments)
    True
    """

    _esm = esm("requests", "playback", "player", "window", main="renderWindow")
    _css = css("player", "window")

    def __init__(self, *, title: str = "버퍼와 윈도우", **settings: Any) -> None:
        unknown = sorted(set(settings) - set(FlowSettings.__slots__))
        if unknown:
            known = ", ".join(FlowSettings.__slots__)
            raise TypeError(f"모르는 설정입니다: {', '.join(unknown)}. 쓸 수 있는 것: {known}")
        self._first = self.settings = FlowSettings(**settings)
        super().__init__(title=title)
        self.recompute()

    def recompute(self) -> None:
        """지금의 `settings`로 다시 돌려 그린다."""
        self.run: FlowRun = run_flow(self.settings)
        self.show(self._scene())

    def handle(self, request: dict[str, Any]) -> None:
        """설정을 바꾸어 다시 돌린다. 못 하면 까닭을 화면에 적고 그대로 둔다."""
        before = self.settings
        try:
            self.settings = self._changed(request)
            self.recompute()
        except (ValueError, TypeError, KeyError) as error:
            self.settings = before
            self.show({**self.scene, "error": f"다시 계산하지 못했습니다: {error}"})

    def _changed(self, request: dict[str, Any]) -> FlowSettings:
        if request.get("do") == "reset":
            return self._first
        name, value = request["name"], request["value"]
        if name not in _READ:
            raise ValueError(f"화면에서 바꿀 수 없는 설정입니다: {name}")
        changed: dict[str, Any] = {name: _READ[name](value)}
        return replace(self.settings, **changed)

    # 화면 -----------------------------------------------------------------

    def _scene(self) -> dict[str, Any]:
        moments, scale = self.run.moments, scale_for(self.run.moments)
        frames = [frame(at.time, duration(at.time), happened(at), self._slots(at, scale)) for at in _shown(moments)]
        picture = svg.tag("svg", drawing(moments, scale), viewBox=f"0 0 {WIDTH:g} {HEIGHT:g}", xmlns=svg.NAMESPACE)
        return {
            "svg": picture, "frames": encode(frames), "summary": summary(self.run), "sliders": self._sliders(),
            "choices": self._choices(),
            "sender": [list(one) for one in SENDER], "receiver": [list(one) for one in RECEIVER],
            "legend": [list(one) for one in CHART], "chart": [CHART_LEFT, RIGHT, scale.start, scale.end],
            "changed": self.settings != self._first, "help": _HELP, "error": "",
        }  # fmt: skip

    def _slots(self, at: Moment, scale: Scale) -> Slots:
        texts = numbers(at, self.settings.buffer)
        return {**strip_slots(at, scale), **{key: {"text": text} for key, text in texts.items()}}

    def _sliders(self) -> list[list[Any]]:
        """[이름, 우리말, 값, 최솟값, 최댓값, 간격, 단위]."""
        first, now = self._first, self.settings
        fast, large = max(8_000.0, 4 * first.read_rate), 4 * first.buffer
        block, bite = max(1, large // 64), max(1, first.chunk // 10)
        return [
            ["read_rate", "읽는 빠르기", now.read_rate, 0, fast, fast / 80, "바이트/초"],
            ["start", "읽기 시작", now.start, 0, max(10.0, 2 * first.start), 0.5, "초"],
            ["buffer", "수신 버퍼", now.buffer, block, large, block, "바이트"],
            ["chunk", "한 번에 읽는 크기", now.chunk, bite, 8 * first.chunk, bite, "바이트"],
        ]  # fmt: skip

    def _choices(self) -> list[list[Any]]:
        """[이름, 우리말, 고른 값, [[값, 글], …]]."""
        rate = self.settings.rate or 0.0
        rates = [[value, text] for value, text in _RATES]
        if rate not in dict(_RATES):
            rates.insert(0, [rate, f"{rate:g}bit/s"])
        scale = self.settings.window_scale
        scales = [["", "없음"], *([shift, f"{shift} (×{1 << shift})"] for shift in range(15))]
        return [
            ["rate", "링크", rate, rates],
            ["window_scale", "윈도우 스케일", "" if scale is None else scale, scales],
        ]  # fmt: skip

    def as_text(self) -> str:
        """제목, 한 문장 요약, 윈도우가 바뀌거나 탐침이 오간 순간마다 한 줄."""
        lines = [self.title, summary(self.run)]
        told = [at for at in self.run.moments if TELLING & set(at.marks)][:40]
        lines += [
            f"{duration(at.time)}: 나가 있는 것 {at.sender.flight}, SND.WND {at.sender.snd_wnd},"
            f" 읽지 않은 것 {at.receiver.readable}. {happened(at)}"
            for at in told
        ]  # fmt: skip
        return "\n".join(lines)

    def as_svg(self) -> str:
        """윈도우가 처음 닫힌 순간(닫히지 않으면 가운데 순간)의 정지 그림."""
        moments = self.run.moments
        at = next((at for at in moments if at.sender.snd_wnd == 0), moments[len(moments) // 2])
        scale = scale_for(moments)
        return static_svg(moments, scale, self._slots(at, scale), self.title, f"{duration(at.time)}. {happened(at)}")


def _shown(moments: Sequence[Moment]) -> list[Moment]:
    """틀 순간들. 너무 많으면 윈도우의 일이 없는 순간을 고르게 솎는다."""
    quiet = [index for index, at in enumerate(moments) if not TELLING & set(at.marks)]
    every = -(-len(quiet) // max(1, MAX_FRAMES - (len(moments) - len(quiet))))
    left_out = {index for place, index in enumerate(quiet) if place % every} - {len(moments) - 1}
    return [at for index, at in enumerate(moments) if index not in left_out]
