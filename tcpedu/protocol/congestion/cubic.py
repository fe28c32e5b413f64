"""CUBIC: 마지막 손실 때의 윈도우를 향해 세제곱 곡선으로 느는 혼잡 제어 (RFC 9438).

사건을 다루는 틀은 Reno와 같다. 다른 것은 둘이다: 줄일 때 0.7배가 남고, 혼잡 회피에서 RTT가 아니라 *시간*을 따라 는다.
강의: lessons/11_modern_congestion_control.ipynb
"""

from __future__ import annotations

import math
from dataclasses import replace

from .base import PhaseEdge, Rules
from .hystart import HyStart
from .reno import PHASES as RENO_PHASES
from .reno import Reno

C = 0.4  # 세그먼트/초³ (RFC 9438 §5.1)
BETA = 0.7  # RFC 9438 §4.6


def cubic_k(w_max: float, cwnd_epoch: float, c: float = C, mss: float = 1.0) -> float:
    """K: `cwnd_epoch`에서 `w_max`로 돌아가는 데 걸리는 시간, 초 (RFC 9438 §4.2 식 2).

    윈도우는 세그먼트로, `mss`를 주면 바이트로 센다. 이미 `w_max` 이상이면 0이다.

    >>> round(cubic_k(w_max=110, cwnd_epoch=77), 2)
    4.35
    """
    return math.cbrt(max(0.0, w_max - cwnd_epoch) / mss / c)


def cubic_window(
    t: float,
    w_max: float,
    mss: float = 1.0,
    c: float = C,
    beta: float = BETA,
    cwnd_epoch: float | None = None,
) -> float:
    """W_cubic(t) = C·(t - K)³ + W_max: 혼잡 회피를 시작한 지 `t`초 뒤의 윈도우 (RFC 9438 §4.2 식 1).

    `cwnd_epoch`는 혼잡 회피를 시작할 때의 cwnd이고, 주지 않으면 손실 직후인 `beta * w_max`다.

    >>> [round(cubic_window(t, w_max=110), 1) for t in (0, 2, 4.35, 6)]
    [77.0, 104.8, 110.0, 111.8]
    """
    k = cubic_k(w_max, beta * w_max if cwnd_epoch is None else cwnd_epoch, c, mss)
    return c * mss * (t - k) ** 3 + w_max


def _cubic_edge(edge: PhaseEdge) -> PhaseEdge:
    """Reno의 화살표를 CUBIC의 것으로: 모양은 같고 하는 일이 다르다."""
    if "cwnd만큼 확인될" in edge.action:
        return replace(edge, action="cwnd를 W_cubic(t + RTT)와 W_est 가운데 큰 쪽으로", rfc="RFC 9438 §4.2")
    if "FlightSize/2" in edge.action:
        section = "RFC 9438 §4.8" if edge.action.endswith("cwnd = SMSS") else "RFC 9438 §4.6"
        return replace(edge, action=edge.action.replace("FlightSize/2", "0.7·FlightSize"), rfc=section)
    return edge


PHASES: tuple[PhaseEdge, ...] = tuple(_cubic_edge(edge) for edge in RENO_PHASES)


class Cubic(Reno):
    """CUBIC. 크기는 바이트, 시간은 초다. `fast_convergence`는 새 흐름에 빨리 자리를 내주는 규칙(RFC 9438 §4.7),
    `hystart`는 RTT가 늘면 슬로 스타트를 끝내는 HyStart++이다(RFC 9406).

    >>> cubic = Cubic(mss=1000, initial_window=110_000)
    >>> cubic.on_loss(110_000, now=0.0)
    >>> cubic.on_recovery_exit(now=0.1)
    >>> cubic.cwnd, cubic.w_max, cubic.phase.korean
    (77000, 110000, '혼잡 회피')
    """

    phases = PHASES
    beta = BETA
    default_rules = Rules(grow_when_app_limited=False)  # RFC 9438 §5.8

    def __init__(
        self,
        mss: int,
        initial_window: int | None = None,
        *,
        rules: Rules | None = None,
        fast_convergence: bool = True,
        hystart: bool = False,
    ) -> None:
        super().__init__(mss, initial_window, rules=rules)
        self.fast_convergence = fast_convergence
        self.hystart = HyStart() if hystart else None
        self.w_max: float | None = None  # 마지막으로 줄이기 전의 cwnd. 없으면 아직 손실이 없었다
        self.cwnd_prior: float = 0.0  # 가장 최근에 ssthresh를 정할 때의 cwnd
        self.k = 0.0
        self.w_est = 0.0  # Reno였다면 가졌을 윈도우
        self.srtt: float | None = None
        self._epoch: float | None = None  # 혼잡 회피를 시작한 시각. None이면 다음 ACK에서 시작한다
        self._exact = 0.0  # 소수까지 센 cwnd
        self._grew_at = 0.0
        self._paused = False  # 응용이 데이터를 대지 못해 멈춰 있었다
        self._curve_before: tuple[float | None, float, float, float, float | None] = (None, 0.0, 0.0, 0.0, None)

    # 늘리기 ---------------------------------------------------------------

    def on_ack(self, acked: int, rtt: float | None, in_flight: int, now: float) -> None:
        """슬로 스타트는 Reno와 같고, 혼잡 회피에서는 세제곱 곡선을 따른다 (RFC 9438 §4.2–4.5, §4.10)."""
        if rtt is not None:
            self.srtt = rtt if self.srtt is None else 7 / 8 * self.srtt + rtt / 8
        if self.hystart is not None and self.ssthresh == math.inf:  # 처음 슬로 스타트에서만 (RFC 9406 §4.3)
            self.hystart.on_ack(acked, rtt, in_flight)
            if self.hystart.done:
                self.ssthresh = self.cwnd
        super().on_ack(acked, rtt, in_flight, now)

    def _may_grow(self, acked: int, in_flight: int) -> bool:
        grows = super()._may_grow(acked, in_flight)
        if not grows:
            self._paused = True
        return grows

    def _slow_start(self, acked: int) -> int:
        before = self.cwnd
        rest = super()._slow_start(acked)
        if self.hystart is not None and self.ssthresh == math.inf:
            self.cwnd = before + (self.cwnd - before) // self.hystart.divisor
        return rest

    def _avoid_congestion(self, acked: int, now: float) -> None:
        elapsed = self._elapsed(now)
        w_cubic, target = self._curve(elapsed), self._target(elapsed)
        share = acked / self.cwnd
        self.w_est += self._alpha() * self.mss * share  # 식 4
        if w_cubic < self.w_est:  # Reno와 견줄 만한 구간 (RFC 9438 §4.3)
            self._exact = max(self._exact, self.w_est)
        else:  # 오목한 구간과 볼록한 구간 (RFC 9438 §4.4, §4.5)
            self._exact += (target - self.cwnd) * min(share, 1.0)
        self.cwnd = int(self._exact)
        if self.rules.whole_segments:
            self.cwnd -= self.cwnd % self.mss

    def _elapsed(self, now: float) -> float:
        """혼잡 회피를 시작한 뒤의 시간. 응용 때문에 멈춘 시간은 빼낸다 (RFC 9438 §4.2, §5.8)."""
        if self._epoch is None:
            self._start_epoch(now)
        elif self._paused:
            self._epoch += now - self._grew_at
        self._paused = False
        self._grew_at = now
        assert self._epoch is not None
        return now - self._epoch

    def _start_epoch(self, now: float) -> None:
        self._epoch = now
        self._exact = self.w_est = float(self.cwnd)
        if self.w_max is None:  # 손실 없이 왔거나 타임아웃 뒤다 (RFC 9438 §4.8, §4.10)
            self.cwnd_prior = self.cwnd_prior or self.cwnd
        if self.w_max is None or self.w_max < self.cwnd:
            self.w_max = self.cwnd
        self.k = cubic_k(self.w_max, self.cwnd, mss=self.mss)

    def _curve(self, t: float) -> float:
        assert self.w_max is not None
        return C * self.mss * (t - self.k) ** 3 + self.w_max

    def _target(self, elapsed: float) -> float:
        """한 RTT 뒤의 목표. 줄지 않고, 슬로 스타트보다 빠르지 않게 (RFC 9438 §4.2)."""
        target = self._curve(elapsed + (self.srtt or 0.0))
        if self.rules.whole_segments and self.w_max is not None:
            # 리눅스는 W_max에서 떨어진 만큼을 세그먼트로 내림한다: 오를 때는 곡선보다 한 세그먼트까지 앞선다.
            target = self.w_max + int((target - self.w_max) / self.mss) * self.mss
        return min(max(target, self.cwnd), 1.5 * self.cwnd)

    def _alpha(self) -> float:
        """W_est가 RTT마다 느는 세그먼트 수: AIMD(α, 0.7)이 Reno와 평균이 같아지는 값 (RFC 9438 §4.3)."""
        if self.w_est >= self.cwnd_prior:
            return 1.0
        return 3 * (1 - self.beta) / (1 + self.beta)

    # 줄이기 ---------------------------------------------------------------

    def on_timeout(self, in_flight: int, now: float) -> None:
        """ssthresh는 0.7배, cwnd는 세그먼트 하나. 다음 혼잡 회피는 K = 0에서 시작한다 (RFC 9438 §4.8)."""
        before, again = self.cwnd, self._timed_out
        super().on_timeout(in_flight, now)
        self.cwnd_prior = self.cwnd_prior if again else before
        self.w_max = None
        self._epoch = None

    def _note_congestion(self) -> None:
        """W_max를 적는다. 전보다 일찍 막혔으면 더 낮춰 새 흐름에 자리를 내준다 (RFC 9438 §4.6, §4.7)."""
        shrinking = self.w_max is not None and self.cwnd < self.w_max
        self.w_max = self.cwnd * (1 + self.beta) / 2 if shrinking and self.fast_convergence else self.cwnd
        self.cwnd_prior = self.cwnd
        self._epoch = None

    def _save(self) -> None:
        super()._save()
        if not self.in_recovery:
            self._curve_before = (self.w_max, self.cwnd_prior, self.k, self.w_est, self._epoch)

    # 쉬기와 되돌리기 ------------------------------------------------------

    def on_idle(self, now: float) -> None:
        """쉰 시간은 곡선의 시간에 넣지 않는다 (RFC 9438 §5.8). 슬로 스타트로 돌아갔으면 곡선을 새로 시작한다."""
        super().on_idle(now)
        self._paused = True
        self._exact = float(self.cwnd)
        if self.cwnd < self.ssthresh:
            self._epoch = None

    def on_spurious(self, now: float) -> None:
        """손실이 아니었다: 곡선까지 되돌린다 (RFC 9438 §4.9)."""
        if self._before is not None and self.cwnd < self._before[0]:
            self.w_max, self.cwnd_prior, self.k, self.w_est, self._epoch = self._curve_before
            self._exact = float(self._before[0])
        super().on_spurious(now)
