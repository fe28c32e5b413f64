"""스트림과 HOL 블로킹: 같은 손실에서 한 줄로 건네는 것과 스트림마다 건네는 것을 견준다."""

from __future__ import annotations

from typing import Any

from tcpedu.network.streams import StreamRun, StreamSettings, run_streams
from tcpedu.view import svg
from tcpedu.view.streams_svg import WIDTH, body, height, milliseconds, static_svg

from .base import css, esm
from .controls import Knob, TunedWidget, switch

_HELP = "슬라이더는 ←와 →로도 움직입니다. 두 경우에 패킷이 도착한 때는 똑같고, 건네는 규칙만 다릅니다."


class StreamsView(TunedWidget):
    """스트림의 수와 잃는 조각을 바꾸어 HOL 블로킹을 본다 (RFC 9000 §2.2, RFC 9114 §2.1).

    값은 `tcpedu.network.streams.StreamSettings`의 것이다. 지금의 설정은 `.settings`, 돌린 것은 `.run`에 있다.
    강의: lessons/17_next_steps.ipynb

    >>> view = StreamsView(streams=4, pieces=6, lost=14)
    >>> view.counts()[0]
    ['한 줄일 때 남을 기다린 스트림', '3개']
    """

    _esm = esm("requests", "controls", "tuned", "tuned_picture", main="renderTunedPicture")
    _css = css("controls", "tuned", "streams_view")
    knobs = (
        Knob("streams", "스트림", (1, 2, 3, 4, 6, 8), lambda count: f"{count}개", group="보내는 것"),
        Knob("pieces", "스트림마다 조각", (2, 4, 6, 10, 20), lambda count: f"{count}개", group="보내는 것"),
        switch("interleaved", "번갈아 보내기", group="보내는 것"),
        Knob("lost", "잃는 조각", tuple(range(25)), lambda nth: f"{nth}번" if nth else "없음", group="길"),
        Knob("loss", "손실률", (0.0, 0.01, 0.02, 0.05, 0.1), lambda loss: f"{loss:.0%}", group="길"),
        Knob("seed", "씨앗", tuple(range(10)), group="길"),
    )
    run: StreamRun

    def __init__(
        self, settings: StreamSettings | None = None, *, title: str = "누가 누구를 기다리는가", **changes: Any
    ) -> None:  # fmt: skip
        if settings is not None and changes:
            raise ValueError("settings와 낱낱의 설정을 함께 줄 수 없습니다: 하나만 쓰세요")
        super().__init__(settings or StreamSettings(**changes), title=title)

    def compute(self) -> None:
        """지금의 설정으로 돌린다."""
        self.run = run_streams(self.settings)

    def _scene(self) -> dict[str, Any]:
        drawing = svg.tag(
            "svg", body(self.run), viewBox=f"0 0 {WIDTH:g} {height(self.run):g}", xmlns=svg.NAMESPACE, role="img",
            aria_label=self.summary(),
        )  # fmt: skip
        return {"svg": drawing, "summary": self.summary(), "counts": self.counts(), "help": _HELP}

    def counts(self) -> list[list[str]]:
        """견준 것: 기다린 스트림, 다 받기까지의 평균, 마지막."""
        together, own = (list(self.run.finished(together=one).values()) for one in (True, False))
        held = sum(one - mine > 1e-4 for one, mine in zip(together, own, strict=True))
        return [
            ["한 줄일 때 남을 기다린 스트림", f"{held}개"],
            ["다 받기까지의 평균", f"{_mean(own)} → {_mean(together)}"],
            ["마지막 스트림", f"{milliseconds(max(own))} → {milliseconds(max(together))}"],
        ]

    def summary(self) -> str:
        """한 문장으로."""
        together, own = self.run.finished(together=True), self.run.finished(together=False)
        told = ", ".join(f"{name}번 {milliseconds(own[name])} → {milliseconds(together[name])}" for name in own)
        return f"다 받은 때(스트림마다 → 한 줄): {told}."

    def as_text(self) -> str:
        """제목, 조건, 스트림마다의 때, 견준 것."""
        now = self.settings
        lost = f"{now.lost}번째를 잃음" if now.lost else "골라 잃은 것 없음"
        order = "번갈아" if now.interleaved else "하나씩 차례로"
        given = f"스트림 {now.streams}개 × 조각 {now.pieces}개, {order} 보냄, {lost}, 손실률 {now.loss:.0%}"
        return "\n".join([self.title, given, self.summary(), *(f"{name}: {value}" for name, value in self.counts())])

    def as_svg(self) -> str:
        """정지 그림."""
        return static_svg(self.run, self.title)


def _mean(times: list[float]) -> str:
    return milliseconds(sum(times) / len(times))
