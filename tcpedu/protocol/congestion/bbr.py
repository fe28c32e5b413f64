"""BBR의 모형(첫 판, v1): 손실이 아니라 길의 모형을 따라 보낸다 (draft-cardwell-iccrg-bbr-congestion-control-00).

공개된 초안의 상태 기계를 그대로 옮긴 *모형*이다. 리눅스의 tcp_bbr나 BBRv2, v3과 숫자까지 같지는 않다. 난수 대신 처음
단계를 인자로 받고, SACK이 없으면 회복 중의 in_flight를 FlightSize로 어림한다. 이 모듈의 §는 초안의 절이다.
강의: lessons/11_modern_congestion_control.ipynb
"""

from __future__ import annotations

import math

from .base import CongestionControl
from .bbr_phases import PHASES, BbrPhase
from .path_model import PathModel

HIGH_GAIN = 2 / math.log(2)  # 왕복마다 두 배가 되는 가장 작은 이득, 2.89 (§4.3.2.1)
GAIN_CYCLE = (5 / 4, 3 / 4, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0)  # §4.3.4.1
CWND_GAIN = 2.0
MIN_PIPE = 4  # 세그먼트 (§4.2.3.3)
PROBE_RTT_SECONDS = 0.2  # §4.3.5


class Bbr(CongestionControl):
    """BBR v1의 모형. 보내는 쪽은 `pacing_rate`로 간격을 두고, `on_app_limited`를 알려 주어야 한다.

    `cycle_start`는 PROBE_BW에 들 때의 이득 단계(1이 아닌 0–7)다. 초안은 난수로 고르므로 흐름마다 다르게 준다.
    ssthresh는 쓰지 않아 무한대이고, ECE도 보지 않는다.

    >>> bbr = Bbr(mss=1000)
    >>> bbr.on_ack(1000, 0.1, 10_000, now=0.1)
    >>> bbr.cwnd, round(bbr.pacing_rate), bbr.phase.korean
    (11000, 288539, '대역폭 찾기')
    """

    phases = PHASES
    own_recovery = counts_sacked = True

    def __init__(self, mss: int, initial_window: int | None = None, *, cycle_start: int = 2) -> None:
        super().__init__(mss, initial_window)
        if cycle_start not in (0, 2, 3, 4, 5, 6, 7):
            raise ValueError(f"이득 단계는 1이 아닌 0–7이어야 합니다: {cycle_start}")
        self.model = PathModel()
        self.cycle_start = cycle_start
        self.cycle_index = cycle_start
        self.filled_pipe = False
        self._first_window = self.cwnd
        self._full_bw = 0.0
        self._full_bw_count = 0
        self._cycle_stamp = 0.0
        self._lost = False  # 지난 ACK 뒤로 손실이 있었다
        self._prior_cwnd = 0  # 회복이나 PROBE_RTT에 들기 전의 cwnd
        self._conserve = False  # 회복의 첫 왕복: 나간 만큼만 보낸다
        self._probe_rtt_done: float | None = None
        self._probe_rtt_round_done = False
        self._idle_restart = False
        self._enter_startup()

    @property
    def phase(self) -> BbrPhase:
        """지금 상태."""
        return self._phase

    # 사건 -----------------------------------------------------------------

    def on_ack(self, acked: int, rtt: float | None, in_flight: int, now: float) -> None:
        """모형을 고치고, 상태를 옮기고, 보내는 속도와 cwnd를 다시 정한다 (§3.5.2)."""
        self.model.on_ack(acked, rtt, now)
        self._check_cycle(in_flight, now)
        self._check_full_pipe()
        self._check_drain(in_flight - acked, now)
        self._check_probe_rtt(in_flight - acked, now)
        self._set_pacing_rate(self.pacing_gain, rtt)
        self._set_cwnd(acked, in_flight)
        self._lost = False

    def on_loss(self, in_flight: int, now: float) -> None:
        """손실로 모형을 바꾸지는 않는다. 한 왕복 동안만 나간 만큼 보낸다 (§4.2.3.4)."""
        self._save_cwnd()
        self._lost = True
        self.in_recovery = self._conserve = True
        self.cwnd = min(self.cwnd, in_flight + self.mss)
        self.model.restart_round()

    def on_recovery_exit(self, now: float) -> None:
        """회복 전의 cwnd를 되찾는다 (§4.2.3.4)."""
        self.in_recovery = self._conserve = False
        if self._phase is not BbrPhase.PROBE_RTT:
            self.cwnd = max(self.cwnd, self._prior_cwnd)

    def on_timeout(self, in_flight: int, now: float) -> None:
        """나간 것을 모두 잃은 것으로 보고 세그먼트 하나부터 다시 키운다 (§4.2.3.4)."""
        self._save_cwnd()
        self._lost = True
        self.in_recovery = self._conserve = False
        self.cwnd = self.mss

    def on_ecn(self, in_flight: int, now: float) -> None:
        """첫 판의 BBR은 ECE에 반응하지 않는다."""

    def on_idle(self, now: float) -> None:
        """쉬었다가 보낼 때 cwnd는 그대로 두고, 꼭 BtlBw로 보낸다 (§4.3.4.4)."""
        self._idle_restart = True
        if self._phase is BbrPhase.PROBE_BW:
            self._set_pacing_rate(1.0, None)

    def on_app_limited(self, in_flight: int, now: float) -> None:
        """이제부터의 표본은 길이 아니라 응용이 정한 것이다 (§4.1.1.4)."""
        self.model.on_app_limited(in_flight)

    def on_spurious(self, now: float) -> None:
        """손실이 아니었다: 회복을 마친 것과 같다 (§4.2.3.4)."""
        self.on_recovery_exit(now)

    # 상태 기계 ------------------------------------------------------------

    def _enter_startup(self) -> None:
        self._phase = BbrPhase.STARTUP
        self.pacing_gain = self.cwnd_gain = HIGH_GAIN

    def _enter_probe_bw(self, now: float) -> None:
        self._phase = BbrPhase.PROBE_BW
        self.cwnd_gain = CWND_GAIN
        self._set_cycle(self.cycle_start, now)

    def _set_cycle(self, index: int, now: float) -> None:
        self.cycle_index = index % len(GAIN_CYCLE)
        self._cycle_stamp = now
        self.pacing_gain = GAIN_CYCLE[self.cycle_index]

    def _check_cycle(self, prior_in_flight: int, now: float) -> None:
        """이득을 다음 것으로 넘길 때인가 (§4.3.4.3)."""
        if self._phase is not BbrPhase.PROBE_BW:
            return
        done = now - self._cycle_stamp > self.model.rtprop
        if self.pacing_gain > 1:  # 큐가 생길 만큼 보내 보거나, 잃을 때까지
            done = done and (self._lost or prior_in_flight >= self._target(self.pacing_gain))
        elif self.pacing_gain < 1:  # 큐를 다 비웠으면 일찍 끝낸다
            done = done or prior_in_flight <= self._target(1.0)
        if done:
            self._set_cycle(self.cycle_index + 1, now)

    def _check_full_pipe(self) -> None:
        """세 왕복 동안 BtlBw가 25%도 늘지 않으면 길이 찬 것이다 (§4.3.2.2)."""
        if self.filled_pipe or not self.model.round_start or self.model.app_limited:
            return
        if self.model.btlbw >= self._full_bw * 1.25:
            self._full_bw = self.model.btlbw
            self._full_bw_count = 0
            return
        self._full_bw_count += 1
        self.filled_pipe = self._full_bw_count >= 3

    def _check_drain(self, in_flight: int, now: float) -> None:
        """STARTUP에서 쌓은 큐를 비우고 나면 PROBE_BW로 (§4.3.3)."""
        if self._phase is BbrPhase.STARTUP and self.filled_pipe:
            self._phase = BbrPhase.DRAIN
            self.pacing_gain = 1 / HIGH_GAIN
        if self._phase is BbrPhase.DRAIN and in_flight <= self._target(1.0):
            self._enter_probe_bw(now)

    def _check_probe_rtt(self, in_flight: int, now: float) -> None:
        """10초 동안 더 짧은 RTT를 보지 못했으면 잠깐 큐를 비워 RTprop을 다시 잰다 (§4.3.5)."""
        if self._phase is not BbrPhase.PROBE_RTT and self.model.rtprop_expired and not self._idle_restart:
            self._save_cwnd()
            self._phase = BbrPhase.PROBE_RTT
            self.pacing_gain = self.cwnd_gain = 1.0
            self._probe_rtt_done = None
        if self._phase is BbrPhase.PROBE_RTT:
            self._probe_rtt(in_flight, now)
        self._idle_restart = False

    def _probe_rtt(self, in_flight: int, now: float) -> None:
        self.model.on_app_limited(in_flight)  # 일부러 적게 보내는 동안의 낮은 전달률은 믿지 않는다
        if self._probe_rtt_done is None:
            if in_flight <= MIN_PIPE * self.mss:
                self._probe_rtt_done = now + PROBE_RTT_SECONDS
                self._probe_rtt_round_done = False
                self.model.restart_round()
            return
        self._probe_rtt_round_done = self._probe_rtt_round_done or self.model.round_start
        if self._probe_rtt_round_done and now > self._probe_rtt_done:
            self._leave_probe_rtt(now)

    def _leave_probe_rtt(self, now: float) -> None:
        self.model.rtprop_stamp = now
        self.cwnd = max(self.cwnd, self._prior_cwnd)
        if self.filled_pipe:
            self._enter_probe_bw(now)
        else:
            self._enter_startup()

    # 보내는 속도와 cwnd ---------------------------------------------------

    def _set_pacing_rate(self, gain: float, rtt: float | None) -> None:
        """pacing_gain·BtlBw. 길을 채우기 전에는 늦추지 않는다 (§4.2.1)."""
        if self.pacing_rate is None:
            self.pacing_rate = HIGH_GAIN * self._first_window / rtt if rtt else None
            return
        rate = gain * self.model.btlbw
        if self.filled_pipe or rate > self.pacing_rate:
            self.pacing_rate = rate

    def _target(self, gain: float) -> float:
        """`gain`·BDP에, 묶어 보내는 몫을 더한 것 (§4.2.3.2)."""
        if not self.model.btlbw:
            return self._first_window
        return gain * self.model.bdp() + 3 * self._send_quantum()

    def _send_quantum(self) -> float:
        """한 번에 묶어 보내는 크기 (§4.2.2)."""
        rate = self.pacing_rate or 0.0
        if rate < 1.2e6 / 8:
            return self.mss
        return 2 * self.mss if rate < 24e6 / 8 else min(rate * 0.001, 64 * 1024)

    def _set_cwnd(self, acked: int, in_flight: int) -> None:
        """목표까지는 확인된 만큼씩만 키우고, 목표보다 크면 바로 줄인다 (§4.2.3.6)."""
        if self._conserve and self.model.round_start:
            self._conserve = False
        if self._conserve:
            self.cwnd = max(self.cwnd, in_flight)  # 남은 것 + 막 확인된 것
        else:
            target = int(self._target(self.cwnd_gain))
            if self.filled_pipe:
                self.cwnd = min(self.cwnd + acked, target)
            elif self.cwnd < target or self.model.delivered < self._first_window:
                self.cwnd += acked
            self.cwnd = max(self.cwnd, MIN_PIPE * self.mss)
        if self._phase is BbrPhase.PROBE_RTT:
            self.cwnd = min(self.cwnd, MIN_PIPE * self.mss)

    def _save_cwnd(self) -> None:
        """마지막으로 믿을 만했던 cwnd를 적어 둔다 (§4.2.3.4)."""
        fresh = not self.in_recovery and self._phase is not BbrPhase.PROBE_RTT
        self._prior_cwnd = self.cwnd if fresh else max(self._prior_cwnd, self.cwnd)
