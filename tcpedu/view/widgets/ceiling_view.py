"""처리율의 천장 셋: 길의 속도, 수신 윈도우, 손실 가운데 무엇이 막는지 본다."""

from __future__ import annotations

from typing import Any

from tcpedu.protocol.tuning import Path, window_scale_for
from tcpedu.view import svg
from tcpedu.view.ceiling_svg import HEIGHT, NAMES, WIDTH, bits, body, static_svg
from tcpedu.view.words import duration, josa

from .base import css, esm
from .controls import Knob, TunedWidget

_HELP = "슬라이더는 ←와 →로도 움직입니다. 축은 로그라서 한 칸이 열 배입니다."
_SIZES = (87_380, 131_072, 174_760, 1 << 20, 6 << 20, 32 << 20, 128 << 20)
_LOSSES = (0.0, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.05)


def size_text(size: int) -> str:
    """사람이 읽는 바이트 수.

    >>> size_text(6 << 20), size_text(174_760)
    ('6MiB', '174,760바이트')
    """
    return f"{size >> 20}MiB" if size % (1 << 20) == 0 else f"{size:,}바이트"


class CeilingView(TunedWidget):
    """RTT, 길의 속도, 수신 버퍼, 손실률을 바꾸어 가장 낮은 천장을 찾는다 (RFC 7323 §1.1).

    값은 `tcpedu.protocol.tuning.Path`의 것이다: 초, 비트/초, 바이트, 0 이상 1 이하. 지금의 길은 `.settings`에 있다.
    강의: lessons/13_performance_tuning.ipynb

    >>> view = CeilingView(rtt=0.1, rate=1e8, rmem=131_072)
    >>> view.settings.lowest
    'window'
    >>> view.handle({"do": "set", "values": {"rmem": 32 << 20}})
    >>> view.settings.lowest
    'rate'
    """

    _esm = esm("requests", "controls", "tuned", "tuned_picture", main="renderTunedPicture")
    _css = css("controls", "tuned", "ceiling_view")
    knobs = (
        Knob("rtt", "RTT", (0.0002, 0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3), duration, group="길"),
        Knob("rate", "속도", (1e6, 1e7, 1e8, 1e9, 1e10), bits, group="길"),
        Knob("loss", "손실률", _LOSSES, lambda loss: f"{loss * 100:g}%", group="길"),
        Knob("rmem", "수신 버퍼", _SIZES, size_text, group="받는 쪽"),
    )

    def __init__(self, settings: Path | None = None, *, title: str = "무엇이 막는가", **changes: Any) -> None:
        if settings is not None and changes:
            raise ValueError("settings와 낱낱의 설정을 함께 줄 수 없습니다: 하나만 쓰세요")
        super().__init__(settings or Path(**changes), title=title)

    def compute(self) -> None:
        """셈은 그릴 때 `Path`가 한다."""

    def _scene(self) -> dict[str, Any]:
        drawing = svg.tag(
            "svg", body(self.settings), viewBox=f"0 0 {WIDTH:g} {HEIGHT:g}", xmlns=svg.NAMESPACE, role="img",
            aria_label=self.summary(),
        )  # fmt: skip
        return {"svg": drawing, "summary": self.summary(), "counts": self.counts(), "help": _HELP}

    def counts(self) -> list[list[str]]:
        """길을 꽉 채우는 데 드는 것."""
        bdp = self.settings.bdp
        return [
            ["대역폭-지연 곱(BDP)", f"{bdp:,}바이트"],
            ["그만한 윈도우의 스케일", str(window_scale_for(bdp))],
            ["길이 노는 몫", f"{1 - self.settings.ceilings[self.settings.lowest] / self.settings.rate:.0%}"],
        ]

    def summary(self) -> str:
        """천장 셋과 막는 것을 한두 문장으로."""
        path = self.settings
        told = ", ".join(f"{NAMES[name]} {bits(rate)}" for name, rate in path.ceilings.items())
        return f"{told}. 막는 것은 {josa(NAMES[path.lowest], '이다')}."

    def as_text(self) -> str:
        """제목, 조건, 천장, BDP."""
        path = self.settings
        loss, buffer = f"손실률 {path.loss * 100:g}%", f"수신 버퍼 {size_text(path.rmem)}"
        given = f"RTT {duration(path.rtt)}, {bits(path.rate)}, {loss}, {buffer}"
        return "\n".join([self.title, given, self.summary(), *(f"{name}: {value}" for name, value in self.counts())])

    def as_svg(self) -> str:
        """정지 그림."""
        return static_svg(self.settings, self.title)
