"""Reno: 슬로 스타트, 혼잡 회피, 빠른 회복, 타임아웃 (RFC 5681, NewReno의 회복은 RFC 6582).

강의: lessons/09_congestion_control.ipynb
"""

from __future__ import annotations

import math

from .base import CongestionControl, Phase, PhaseEdge, PhaseEvent, Rules

_SS, _CA, _FR = Phase.SLOW_START, Phase.CONGESTION_AVOIDANCE, Phase.FAST_RECOVERY
_E = PhaseEvent
_HALF = "ssthresh = max(FlightSize/2, 2·SMSS)"
_TIMEOUT = f"{_HALF}, cwnd = SMSS"
_ENTER = f"{_HALF}, 잃은 것을 다시 보낸다"
_REDUCE = f"{_HALF}, cwnd = ssthresh"
_RESTART = "cwnd = min(IW, cwnd)"

PHASES: tuple[PhaseEdge, ...] = (
    PhaseEdge(_SS, _E.ACK, _SS, "cwnd += min(N, SMSS)", "RFC 5681 §3.1"),
    PhaseEdge(_SS, _E.DUP_ACK, _SS, "처음 두 개에서는 새 세그먼트 하나씩(제한 전송)", "RFC 3042"),
    PhaseEdge(_SS, _E.REACHED_SSTHRESH, _CA, "", "RFC 5681 §3.1"),
    PhaseEdge(_SS, _E.LOSS, _FR, _ENTER, "RFC 5681 §3.2"),
    PhaseEdge(_SS, _E.TIMEOUT, _SS, _TIMEOUT, "RFC 5681 §3.1"),
    PhaseEdge(_SS, _E.ECN, _CA, _REDUCE, "RFC 3168 §6.1.2"),
    PhaseEdge(_SS, _E.IDLE, _SS, _RESTART, "RFC 5681 §4.1"),
    PhaseEdge(_CA, _E.ACK, _CA, "cwnd만큼 확인될 때마다 cwnd += SMSS", "RFC 5681 §3.1"),
    PhaseEdge(_CA, _E.DUP_ACK, _CA, "처음 두 개에서는 새 세그먼트 하나씩(제한 전송)", "RFC 3042"),
    PhaseEdge(_CA, _E.LOSS, _FR, _ENTER, "RFC 5681 §3.2"),
    PhaseEdge(_CA, _E.TIMEOUT, _SS, _TIMEOUT, "RFC 5681 §3.1"),
    PhaseEdge(_CA, _E.ECN, _CA, _REDUCE, "RFC 3168 §6.1.2"),
    PhaseEdge(_CA, _E.IDLE, _SS, _RESTART, "RFC 5681 §4.1"),
    PhaseEdge(_FR, _E.DUP_ACK, _FR, "윈도우를 SMSS만큼 부풀린다", "RFC 5681 §3.2"),
    PhaseEdge(_FR, _E.PARTIAL_ACK, _FR, "다음 빈틈을 다시 보내고, 확인된 만큼 오므린다", "RFC 6582 §3.2"),
    PhaseEdge(_FR, _E.FULL_ACK, _CA, "cwnd = ssthresh", "RFC 6582 §3.2"),
    PhaseEdge(_FR, _E.TIMEOUT, _SS, _TIMEOUT, "RFC 5681 §3.1"),
    PhaseEdge(_FR, _E.ECN, _FR, "이미 줄였으므로 그대로", "RFC 3168 §6.1.2"),
)
"""단계 사이의 모든 화살표. 그림과 시험이 이 표에서 나온다. 부풀리기와 제한 전송은 보내는 쪽이 한다."""


class Reno(CongestionControl):
    """Reno. `initial_window`를 주지 않으면 RFC 6928의 값으로 시작하고, `rules`로 리눅스처럼 바꿀 수 있다.

    >>> reno = Reno(mss=1000)
    >>> reno.on_ack(1000, 0.1, 10_000, now=0.1)
    >>> reno.cwnd, reno.phase.korean
    (11000, '슬로 스타트')
    >>> reno.on_loss(11_000, now=0.2)
    >>> reno.cwnd, reno.ssthresh, reno.phase.korean
    (5500, 5500, '빠른 회복')
    """

    phases = PHASES
    beta = 0.5  # 줄인 뒤에 남는 몫
    default_rules = Rules()

    def __init__(self, mss: int, initial_window: int | None = None, *, rules: Rules | None = None) -> None:
        super().__init__(mss, initial_window)
        self.rules = self.default_rules if rules is None else rules
        self._credit = 0  # 혼잡 회피에서 cwnd를 늘리려고 모은, 확인된 바이트
        self._timed_out = False  # 타임아웃 뒤로 새 ACK가 없다
        self._before: tuple[int, float] | None = None  # 줄이기 전의 (cwnd, ssthresh)
        self._window_left = 0  # 지금 윈도우에서 아직 확인되지 않은 바이트. 아래 둘은 그 윈도우의 것이다
        self._used_up = False  # cwnd를 다 쓴 적이 있는가
        self._most_out = 0  # 가장 많이 나가 있던 바이트

    # 늘리기 ---------------------------------------------------------------

    def on_ack(self, acked: int, rtt: float | None, in_flight: int, now: float) -> None:
        """슬로 스타트나 혼잡 회피로 cwnd를 늘린다. 빠른 회복 중에는 그대로 둔다 (RFC 5681 §3.1, §3.2)."""
        self._timed_out = False
        grows = self._may_grow(acked, in_flight)
        if self.in_recovery or not grows:
            return
        if self.cwnd < self.ssthresh:
            acked = self._slow_start(acked)
        if acked:
            self._avoid_congestion(acked, now)

    def _may_grow(self, acked: int, in_flight: int) -> bool:
        """cwnd를 다 쓰고 있는가: 세그먼트 하나를 더 보낼 자리가 없었다."""
        used_up = in_flight + self.mss > self.cwnd
        if not self.rules.use_by_window:
            return self.rules.grow_when_app_limited or used_up
        if used_up or self._window_left <= 0 or (not self._used_up and in_flight > self._most_out):
            self._used_up, self._most_out, self._window_left = used_up, in_flight, in_flight
        self._window_left -= acked
        return self._used_up or self.cwnd < min(self.ssthresh, 2 * self._most_out)

    def _slow_start(self, acked: int) -> int:
        """ACK 하나에 min(N, L·SMSS)만큼 늘린다 (RFC 5681 §3.1 식 2, L > 1이면 RFC 3465). 남은 바이트를 돌려준다."""
        limit = self.rules.abc_limit
        step = int(min(acked, limit * self.mss))
        if limit <= 1:
            self.cwnd += step
            return 0
        # 여러 세그먼트 몫을 한꺼번에 늘릴 때는 ssthresh에서 멈추고, 나머지는 혼잡 회피로 센다(리눅스).
        used = math.ceil(min(step, self.ssthresh - self.cwnd))
        self.cwnd += used
        return step - used

    def _avoid_congestion(self, acked: int, now: float) -> None:
        """확인된 바이트가 cwnd만큼 모일 때마다 SMSS를 더한다: RTT마다 세그먼트 하나 (RFC 5681 §3.1)."""
        if self.rules.whole_segments:
            self._spend_credit(acked, self.cwnd)
            return
        self._credit += acked
        if self._credit >= self.cwnd:
            self._credit -= self.cwnd
            self.cwnd += self.mss

    def _spend_credit(self, acked: int, cost: int) -> None:
        """`cost`가 모일 때마다 SMSS를 더한다. 큰 ACK에는 여러 번, 밀린 것에는 한 번만(커널의 `tcp_cong_avoid_ai`)."""
        if self._credit >= cost:
            self._credit = 0
            self.cwnd += self.mss
        times, self._credit = divmod(self._credit + acked, cost)
        self.cwnd += times * self.mss

    # 줄이기 ---------------------------------------------------------------

    def on_loss(self, in_flight: int, now: float) -> None:
        """ssthresh = max(FlightSize/2, 2·SMSS)로 낮추고 빠른 회복에 든다 (RFC 5681 §3.2, 식 4)."""
        self._save()
        self._note_congestion()
        # RFC 5681 §3.2: 식 4의 값보다 크지 않게. FlightSize가 cwnd보다 클 때 줄인다면서 늘리지는 않는다.
        self.ssthresh = min(self._reduced(in_flight), max(self.cwnd, 2 * self.mss))
        self.cwnd = self.ssthresh
        self.in_recovery = True
        self._credit = 0

    def on_timeout(self, in_flight: int, now: float) -> None:
        """cwnd를 세그먼트 하나(LW)로 하고 슬로 스타트로 돌아간다 (RFC 5681 §3.1)."""
        if not self._timed_out:  # RFC 5681 §3.1: 같은 세그먼트가 또 타임아웃되면 ssthresh를 그대로 둔다
            self._save()
            if not (self.in_recovery and self.rules.reduce_once):
                self.ssthresh = self._reduced(in_flight)
        self._timed_out = True
        self.cwnd = self.mss
        self.in_recovery = False
        self._credit = 0

    def on_ecn(self, in_flight: int, now: float) -> None:
        """손실 하나처럼 줄인다. 다만 cwnd는 1 SMSS까지 내려간다 (RFC 3168 §6.1.2)."""
        if self.in_recovery:
            return
        self._note_congestion()
        self.ssthresh = self._reduced(in_flight)
        self.cwnd = min(self.cwnd, self._reduced(in_flight, least=1))
        self._credit = 0

    def _note_congestion(self) -> None:
        """줄이기 직전에 적어 둘 것. Reno에는 없다."""

    def _reduced(self, in_flight: int, least: int = 2) -> int:
        """줄인 크기: FlightSize의 `beta`배, 적어도 `least`·SMSS."""
        basis = self.cwnd if self.rules.reduce_from_cwnd else in_flight
        size = int(round(basis * self.beta, 6))
        if self.rules.whole_segments:
            size -= size % self.mss
        return max(size, least * self.mss)

    # 쉬기와 되돌리기 ------------------------------------------------------

    def on_idle(self, now: float) -> None:
        """재시작 윈도우로 줄인다. ssthresh는 그대로여서 슬로 스타트로 되찾는다 (RFC 5681 §4.1)."""
        super().on_idle(now)
        self._credit = 0

    def on_spurious(self, now: float) -> None:
        """손실이 아니었으므로 줄이기 전의 값을 되찾는다 (RFC 4015 §3의 생각, 리눅스의 undo)."""
        if self._before is not None and self.cwnd < self._before[0]:
            self.cwnd, self.ssthresh = self._before
        self._before = None
        self.in_recovery = False

    def _save(self) -> None:
        if not self.in_recovery:  # 회복 중의 타임아웃: 되돌린다면 회복 전으로
            self._before = (self.cwnd, self.ssthresh)
