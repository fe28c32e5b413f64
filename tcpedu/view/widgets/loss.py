"""손실률 탐색기: 손실률을 바꾸면 같은 연결이 어떻게 달라지는지 본다."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tcpedu.network.scenarios import transfer
from tcpedu.view.story import counts, elapsed, unit
from tcpedu.view.words import duration

from .base import css, esm
from .ladder import LadderPlayer


def _hello(rate: float, seed: int) -> Any:
    return transfer(b"TCP" * 400, mss=400, loss_rate=rate, seed=seed)


class LossExplorer(LadderPlayer):
    """손실률을 움직이며 핸드셰이크와 짧은 전송을 본다. '다시 뽑기'는 다른 씨앗으로 다시 잃는다.

    `run(rate, seed)`은 손실률(0–1)과 씨앗을 받아 기록(`Trace`)을 돌려주는 함수다. 주지 않으면 1200바이트를 보내고 닫는
    연결이다. 지금의 값은 `.rate`와 `.seed`, 기록은 `.trace`에 있다.
    강의: lessons/00_start.ipynb

    >>> LossExplorer(rate=0).counts()["잃은 것"]
    '0개'
    """

    _esm = esm("requests", "playback", "scrub", "ladder", "loss", main="renderLoss")
    _css = css("ladder")

    def __init__(
        self, run: Callable[[float, int], Any] = _hello, *, rate: float = 0.1, seed: int = 1,
        title: str = "손실률을 바꾸어 보기", height: int = 620,
    ) -> None:  # fmt: skip
        self.rate, self.seed = rate, seed
        self._lossy = run
        super().__init__(run(rate, seed), title=title, height=height)

    def recompute(self) -> None:
        """지금의 `rate`와 `seed`로 다시 계산해 그린다."""
        self._still = self._lossy(self.rate, self.seed)
        super().recompute()

    def _apply(self, request: dict[str, Any]) -> None:
        match request.get("do"):
            case "rate":
                self.rate = min(1.0, max(0.0, float(request["rate"])))
            case "seed":
                self.seed += 1
            case "fold":
                self.fold = not self.fold

    def counts(self) -> dict[str, str]:
        """보낸 세그먼트, 잃은 것, 재전송, 걸린 시간."""
        many = counts(self.trace)
        return {
            f"보낸 {unit(self.trace)}": f"{many['sent']}개", "잃은 것": f"{many['lost']}개",
            "재전송": f"{many['again']}개", "걸린 시간": duration(elapsed(self.trace)),
        }  # fmt: skip

    def _scene(self) -> dict[str, Any]:
        return {**super()._scene(), "rate": self.rate, "counts": [list(pair) for pair in self.counts().items()]}

    def as_text(self) -> str:
        """손실률과 네 가지 수를 앞에 둔 글."""
        numbers = ", ".join(f"{name} {value}" for name, value in self.counts().items())
        first, *rest = super().as_text().splitlines()
        return "\n".join([first, f"손실률 {self.rate:.0%}: {numbers}", *rest])
