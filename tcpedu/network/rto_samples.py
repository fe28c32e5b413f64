"""왕복 시간의 표본을 흘려 보며 SRTT, RTTVAR, RTO와 타임아웃을 센다 (RFC 6298, Karn의 알고리즘).

셈은 `protocol.rto.RtoEstimator`가 한다. 표본마다 세그먼트 하나를 보내고, 그 ACK를 받은 뒤에 다음 것을 보낸다.
강의: lessons/07_retransmission.ipynb
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Literal

from tcpedu.protocol.rto import RtoEstimator

COUNT = 40
MOST_TIMEOUTS = 60  # RTO가 0에 가까운 설정에서도 끝난다
GAINS = (1 / 64, 1 / 32, 1 / 16, 1 / 8, 1 / 4, 1 / 2, 1.0)  # 바꾸어 볼 α와 β. RFC 6298 §2.3의 값은 1/8과 1/4이다
_BASE = 0.2
Source = Literal["steady", "noisy", "step", "spike", "drawn"]


@dataclass(frozen=True)
class RtoSettings:
    """셈의 설정. 시간은 초다.

    `source`는 표본의 꼴이고 "drawn"이면 `drawn`의 것을 쓴다. `losses`는 처음 보낸 것을 잃는 표본의 번호(0부터)다.
    `minimum`은 `floor`가 "total"이면 RTO 전체의 하한이고(RFC 6298 §2.4), "variance"면 분산 항의 하한이다(리눅스).
    `ambiguous`는 재전송한 것의 ACK를 어떻게 할지다: "karn"이면 재지 않고, "first"와 "last"는 처음과 마지막에 보낸
    때부터 잰다.
    """

    source: Source = "spike"
    drawn: tuple[float, ...] = ()
    losses: tuple[int, ...] = (15, 31)
    seed: int = 1
    alpha: float = 1 / 8
    beta: float = 1 / 4
    k: int = 4
    granularity: float = 0.001
    minimum: float = 0.2
    floor: Literal["total", "variance"] = "variance"
    ambiguous: Literal["karn", "first", "last"] = "karn"

    def __post_init__(self) -> None:
        for name, value in (("α", self.alpha), ("β", self.beta)):
            if not 0 < value <= 1:
                raise ValueError(f"{name}는 0보다 크고 1 이하여야 합니다: {value}")
        if self.k < 0 or self.granularity < 0 or not 0 <= self.minimum <= 60:
            raise ValueError(
                f"K와 G는 0 이상, 최소 RTO는 0–60초여야 합니다: {self.k}, {self.granularity}, {self.minimum}"
            )
        if self.source not in SOURCES and self.source != "drawn":
            raise ValueError(f"표본의 꼴은 {', '.join(SOURCES)}, drawn 가운데 하나입니다: {self.source}")
        if bad := [rtt for rtt in self.drawn if not 0 < rtt <= 60]:
            raise ValueError(f"표본은 0초보다 길고 60초 이하여야 합니다: {bad[0]}")
        if self.source == "drawn" and not 2 <= len(self.drawn) <= 200:
            raise ValueError(f"그린 표본은 2개 이상 200개 이하여야 합니다: {len(self.drawn)}개")

    @property
    def rtts(self) -> tuple[float, ...]:
        """왕복 시간의 표본들."""
        return self.drawn if self.source == "drawn" else SOURCES[self.source](self.seed)

    def estimator(self) -> RtoEstimator:
        """이 설정의 셈틀."""
        total = self.floor == "total"
        estimator = RtoEstimator(
            minimum=self.minimum if total else 0.0,
            granularity=self.granularity if total else max(self.granularity, self.minimum),
        )
        estimator.ALPHA, estimator.BETA, estimator.K = self.alpha, self.beta, self.k
        return estimator


@dataclass(frozen=True)
class Probe:
    """세그먼트 하나를 보내 ACK를 받기까지. 시각은 처음 보낸 때부터 센 초다.

    `timer`는 보낼 때의 RTO, `resent`는 타임아웃으로 다시 보낸 시각들, `acked`는 ACK가 온 시각, `measured`는 셈에 넣은
    값(재지 않았으면 `None`)이다. `srtt`, `rttvar`, `rto`는 그 뒤의 값이다.
    """

    rtt: float
    lost: bool
    timer: float
    resent: tuple[float, ...]
    acked: float
    measured: float | None
    srtt: float | None
    rttvar: float | None
    rto: float

    @property
    def spurious(self) -> int:
        """가짜 타임아웃의 수: ACK가 오고 있는데 다시 보냈다. 잃은 것의 첫 재전송은 가짜가 아니다."""
        return len(self.resent) - int(self.lost)

    @property
    def wrong(self) -> bool:
        """잰 값이 왕복 시간이 아닌가."""
        return self.measured is not None and abs(self.measured - self.rtt) > 1e-9


@dataclass
class RtoRun:
    """표본을 모두 흘려 본 결과."""

    settings: RtoSettings
    probes: list[Probe] = field(default_factory=list)

    @property
    def timeouts(self) -> int:
        """타임아웃의 수."""
        return sum(len(probe.resent) for probe in self.probes)

    @property
    def spurious(self) -> int:
        """그 가운데 가짜의 수."""
        return sum(probe.spurious for probe in self.probes)

    @property
    def skipped(self) -> int:
        """재지 않은 표본의 수."""
        return sum(probe.measured is None for probe in self.probes)

    @property
    def wrong(self) -> int:
        """잘못 잰 표본의 수."""
        return sum(probe.wrong for probe in self.probes)

    @property
    def recovery(self) -> float | None:
        """잃은 것을 다시 보내기까지 기다린 평균. 잃은 것이 없으면 `None`."""
        waits = [probe.resent[0] for probe in self.probes if probe.lost]
        return sum(waits) / len(waits) if waits else None


def rto_samples(settings: RtoSettings | None = None) -> RtoRun:
    """표본을 차례로 흘려 본다.

    >>> run = rto_samples(RtoSettings("drawn", (0.5, 0.5, 2.0), losses=(), floor="total", minimum=1.0))
    >>> [probe.rto for probe in run.probes], run.spurious
    ([1.5, 1.25, 2.5], 1)
    """
    settings = settings or RtoSettings()
    estimator = settings.estimator()
    lost = set(settings.losses)
    return RtoRun(settings, [_probe(settings, estimator, rtt, at in lost) for at, rtt in enumerate(settings.rtts)])


def _probe(settings: RtoSettings, estimator: RtoEstimator, rtt: float, lost: bool) -> Probe:
    timer = expiry = estimator.rto
    acked = timer + rtt if lost else rtt  # 잃었으면 첫 재전송의 ACK가 온다
    resent: list[float] = []
    while expiry < acked - 1e-9 and len(resent) < MOST_TIMEOUTS:
        resent.append(expiry)
        estimator.on_timeout()
        expiry += estimator.rto
    measured = _measure(settings, rtt, acked, resent)
    if measured is not None:
        estimator.sample(measured)
    return Probe(
        rtt, lost, timer, tuple(resent), acked, measured, estimator.srtt, estimator.rttvar, estimator.rto
    )  # fmt: skip


def _measure(settings: RtoSettings, rtt: float, acked: float, resent: list[float]) -> float | None:
    if not resent:
        return rtt
    # RFC 6298 §3: 다시 보낸 것의 ACK는 어느 것에 대한 것인지 알 수 없다.
    return {"karn": None, "first": acked, "last": acked - resent[-1]}[settings.ambiguous]


# 표본의 꼴 ----------------------------------------------------------------


def _steady(seed: int) -> tuple[float, ...]:
    return (_BASE,) * COUNT


def _noisy(seed: int) -> tuple[float, ...]:
    rng = random.Random(seed)
    return tuple(round(_BASE * rng.lognormvariate(0.1, 0.5), 3) for _ in range(COUNT))


def _step(seed: int) -> tuple[float, ...]:
    return tuple(_BASE if at < 12 else 4.5 * _BASE for at in range(COUNT))


def _spike(seed: int) -> tuple[float, ...]:
    return tuple(4 * _BASE if at in (8, 22, 23) else _BASE for at in range(COUNT))


SOURCES = {"steady": _steady, "noisy": _noisy, "step": _step, "spike": _spike}
