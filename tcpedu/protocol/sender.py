"""보내는 쪽: 송신 변수와 버퍼, 확인응답을 반영하는 일, 재전송 타이머 (RFC 9293 §3.8, RFC 6298 §5).

다음에 보낼 것을 고르는 일은 `choosing`, 손실 회복은 `recovery`, 얼마나 보낼지는 `congestion`, 닫힌 윈도우는 `persist`에
있다.
"""

from __future__ import annotations

from itertools import repeat

from .bits import FIN, SYN
from .choosing import Chunk, again, full_segments, make_chunk, next_chunk, probe
from .config import Config
from .congestion.base import CongestionControl
from .ecn_reaction import EcnReaction
from .linux_recovery import LinuxNewReno, LinuxRack
from .newreno import NewReno
from .pacing import Pacer
from .persist import PersistTimer
from .rack_recovery import RackRecovery
from .recovery import Recovery
from .rto import RtoEstimator
from .rtt import RttSampler
from .sack_recovery import SackRecovery
from .send_buffer import SendBuffer
from .seqnum import SIGN

_HALF = 1 << 31


class Sender:
    """내가 보내는 순서 번호 공간.

    변수 이름은 RFC 9293 §3.3.1을 따른다: `una`(SND.UNA), `nxt`(SND.NXT), `wnd`(SND.WND), `wl1`, `wl2`. 다만 `una`와
    `nxt`는 SYN을 0으로 세어 되돌아가지 않는 절대 번호다: 데이터의 첫 바이트가 1, FIN이 마지막 번호다. `iss`를 더하면
    순서 번호가 된다. 윈도우와 크기는 바이트, 시각은 초다.
    """

    # CPython은 속성이 30개를 넘는 객체의 속성을 느리게 찾는다. 늘려야 하면 하나의 개념을 부품으로 떼어 낸다.

    def __init__(self, config: Config, iss: int) -> None:
        self.config = config
        self.iss = iss
        self.una = self.nxt = 0
        self.max_nxt = 0  # 지금까지 보낸 가장 큰 SND.NXT. 타임아웃 뒤에는 SND.NXT가 되돌아간다
        self.wnd = self.max_wnd = 0
        self.wl1 = self.wl2 = 0
        self.fin_queued = False
        self.buffer = SendBuffer(config.send_buffer)
        self.estimator = RtoEstimator(
            initial=config.initial_rto, minimum=config.min_rto, maximum=config.max_rto,
            granularity=config.clock_granularity,
        )  # fmt: skip
        self.rtt = RttSampler()
        self.persist = PersistTimer(config.max_rto)
        self.pacer = Pacer()
        self.stamped_rtt: float | None = None  # 마지막 ACK의 타임스탬프로 잰 왕복 시간
        self.retries = 0
        self.rtx_at: float | None = None  # 재전송 타이머가 끝나는 시각
        self.waiting_since: float | None = None  # 확인을 기다리기 시작한 시각
        self.resting = False  # 마지막 `output`까지 맡은 것을 모두 보내고 확인받았다: 새로 맡기 전에는 보낼 것이 없다
        self.syn_retransmitted = False
        self._sampled_upto = 0  # 한 왕복에 한 번만 RTO에 반영한다
        self._last_sent: float | None = None
        self.start(config.mss, sack=False)

    def start(self, mss: int, *, sack: bool, ecn: bool = False) -> None:
        """협상이 끝났다: 보낼 세그먼트의 데이터 한도와, SACK과 ECN을 쓸지를 정한다."""
        self.mss, self.ecn = mss, EcnReaction(enabled=ecn)
        window = {} if self.config.initial_window is None else {"initial_window": self.config.initial_window}
        self._control(self.config.congestion(mss, **window), sack)

    def _control(self, congestion: CongestionControl, sack: bool) -> None:
        self.sack = sack
        self.congestion = congestion
        # 대역폭을 재지 않는 알고리즘에는 알리지 않는다: 받기만 하는 쪽도 ACK마다 여기를 지난다.
        self._tells_app_limit = type(congestion).on_app_limited is not CongestionControl.on_app_limited
        self.recovery: Recovery = self._recovery_kind(sack)(self, congestion)

    def _recovery_kind(self, sack: bool) -> type[Recovery]:
        if not sack:
            return LinuxNewReno if self.config.linux_recovery else NewReno
        if self.config.loss_detection == "dupack":
            return SackRecovery
        return LinuxRack if self.config.linux_recovery else RackRecovery

    # 번호 -----------------------------------------------------------------

    def seq(self, number: int) -> int:
        """절대 번호를 순서 번호로."""
        return (self.iss + number) & 0xFFFFFFFF

    def number(self, seq: int) -> int:
        """SND.UNA에 가까운 순서 번호를 절대 번호로."""
        una = self.una
        return una + ((seq - self.iss - una + _HALF) & 0xFFFFFFFF) - _HALF  # seq_diff와 같다

    @property
    def in_flight(self) -> int:
        """보내고 아직 확인받지 못한 순서 번호의 수: FlightSize."""
        return self.nxt - self.una

    @property
    def end(self) -> int:
        """보낼 것의 끝: 버퍼의 마지막 바이트, 닫았으면 FIN까지."""
        return self.buffer.end + 1 + self.fin_queued

    @property
    def unsent(self) -> int:
        """SND.NXT 뒤에서 기다리는 데이터 바이트 수."""
        return max(0, self.buffer.end + 1 - max(self.nxt, 1))

    @property
    def syn_acked(self) -> bool:
        """내 SYN이 확인되었는가."""
        return self.una > 0

    @property
    def fin_acked(self) -> bool:
        """내 FIN이 확인되었는가."""
        return self.fin_queued and self.una == self.end

    # 보내기 ---------------------------------------------------------------

    def output(self, now: float) -> list[Chunk]:
        """두 윈도우가 허락하는 만큼 토막을 꺼낸다."""
        chunks: list[Chunk] = []
        nothing_new = self.nxt == self.buffer.end + 1 + self.fin_queued
        if nothing_new and (self.una == self.nxt or not self.recovery.wants_to_send()):
            if self.persist.at is not None:
                self.persist.stop()
            self.pacer.at = None
            if self._tells_app_limit:
                self._note_app_limit(now)
            else:
                self.resting = self.una == self.nxt
            return chunks
        self.resting = False
        if self.una == self.nxt and self._last_sent is not None:
            self._restart_after_idle(now)
        rate = self.congestion.pacing_rate
        count = 0 if rate else full_segments(self)
        if count:
            chunks = self._send_full(count, now)
        # 데이터가 한 세그먼트 넘게 남았으면 윈도우에 막힌 것이다: 잘린 조각을 보내지 않는 한 더 나갈 것이 없다.
        blocked = count and self.buffer.end - self.nxt >= self.mss and not self._sends_pieces()
        while not blocked and not (rate and self.pacer.must_wait(now)) and (chunk := next_chunk(self)) is not None:
            chunks.append(chunk)
            self._sent(chunk, now)
            if rate:
                self.pacer.on_sent(len(chunk[2]), rate, now)
        self._watch_window(now)
        if self._tells_app_limit and self.nxt == self.end:
            self._note_app_limit(now)
        return chunks

    def _send_full(self, count: int, now: float) -> list[Chunk]:
        """꽉 찬 새 세그먼트 `count`개를 잇달아 보낸다: `_sent`를 그만큼 되풀이한 것과 같다."""
        start, mss = self.nxt, self.mss
        end = start + count * mss
        self.nxt = self.max_nxt = end
        self.rtt.on_run_sent(start, end, mss, now)
        self._await_ack(now)
        self.recovery.on_run_sent(start, end, mss, now)
        pieces = self.buffer.pieces(start - 1, mss, count)
        return list(zip(range(start, end, mss), repeat(0), pieces))

    def _sends_pieces(self) -> bool:
        """윈도우에 잘린 조각도 보낼 수 있는가: SWS를 피하지 않거나 가장 큰 윈도우가 두 세그먼트도 안 된다 (`nagle`)."""
        return not self.config.avoid_sws or self.max_wnd < 2 * self.mss

    def _note_app_limit(self, now: float) -> None:
        """보낼 것이 없어 cwnd를 다 쓰지 못했다: 이 동안의 전달률은 길의 속도가 아니다."""
        outstanding = self.recovery.outstanding()
        if outstanding < self.congestion.cwnd:
            self.congestion.on_app_limited(outstanding, now)

    def _sent(self, chunk: Chunk, now: float) -> None:
        start, bits, payload = chunk
        end = start + len(payload) + (1 if bits & (SYN | FIN) else 0)
        is_new = end > self.max_nxt
        if is_new:
            self.max_nxt = end
            self.rtt.on_sent(end, now)
        else:
            self.rtt.on_retransmit()
        if end > self.nxt:
            self.nxt = end
        self._await_ack(now)
        self.recovery.on_sent(start, end, is_new, now)

    def _await_ack(self, now: float) -> None:
        """보냈으니 확인을 기다린다: 꺼진 재전송 타이머를 건다 (RFC 6298 §5.1)."""
        self._last_sent = now
        if self.rtx_at is None:
            self.rtx_at = now + self.estimator.rto
        if self.waiting_since is None:
            self.waiting_since = now

    def resume(self, now: float) -> None:
        """되돌아간 SND.NXT를 보낸 끝으로 되돌린다: 보낸 것은 모두 나가 있다."""
        self.nxt = self.max_nxt
        if self.nxt > self.una and self.rtx_at is None:
            self.rtx_at = now + self.estimator.rto
            self.waiting_since = now

    def restart_syn(self) -> None:
        """SYN부터 (다시) 보낸다."""
        self.nxt = 0
        self.rtx_at = None

    def _restart_after_idle(self, now: float) -> None:
        """RTO보다 오래 보내지 않았으면 cwnd를 재시작 윈도우로 (RFC 5681 §4.1)."""
        assert self._last_sent is not None
        if self.config.restart_after_idle and now - self._last_sent > self.estimator.rto and not self.retries:
            self.congestion.on_idle(now)

    # 확인응답 -------------------------------------------------------------

    def acceptable_ack(self, ack: int) -> bool:
        """새로운 것을 확인하는 절대 번호인가: SND.UNA < SEG.ACK ≤ SND.NXT (RFC 9293 §3.4)."""
        return self.una < ack <= max(self.max_nxt, self.persist.probe_end)

    def on_ack(self, ack: int, now: float, rtt: float | None = None) -> None:
        """새 데이터를 확인하는 절대 번호 `ack`를 반영한다. `rtt`는 타임스탬프로 잰 표본이다."""
        flight, opening = self.nxt - self.una, self.una == 0
        acked = self.buffer.drop(ack - 1)
        self.una = ack
        if ack > self.nxt:
            self.nxt = ack
        if ack > self.max_nxt:
            self.max_nxt = ack
        rtt = self._take_sample(ack, now, rtt)
        self.retries = 0
        rearm = True
        if opening:
            self._on_syn_acked()
            if rtt is not None:
                self.recovery.on_rtt(rtt, now)
        elif acked:
            rearm = self.recovery.on_ack(acked, rtt, flight, now)
        # RFC 6298 §5.2, §5.3: 모두 확인되면 타이머를 끄고, 아니면 다시 시작한다.
        if self.nxt == ack:
            self.rtx_at = self.waiting_since = None
        else:
            self.waiting_since = now
            if rearm:
                self.rtx_at = now + self.estimator.rto

    def _take_sample(self, ack: int, now: float, stamped: float | None) -> float | None:
        measured = self.rtt.on_ack(ack, now)
        rtt = measured if stamped is None else stamped
        if rtt is not None and ack > self._sampled_upto:
            self.estimator.sample(rtt)
            self._sampled_upto = self.max_nxt
        return rtt

    def _on_syn_acked(self) -> None:
        if not self.syn_retransmitted:
            return
        self.estimator.restart_after_syn_loss()
        if self.config.loss_window_after_syn_loss:
            self._control(self.config.congestion(self.mss, initial_window=self.mss), self.sack)

    def on_duplicate(self, now: float) -> None:
        """중복 ACK (RFC 5681 §2)."""
        self.recovery.on_duplicate(now)

    def on_ece(self, now: float) -> None:
        """상대가 ECE로 혼잡을 알렸다. 한 윈도우에 한 번만 줄인다 (RFC 3168 §6.1.2)."""
        if not self.recovery.active and self.una > self.recovery.recover and self.ecn.reacts(self.una):
            self.congestion.on_ecn(self.nxt - self.una, now)
            self.ecn.on_reduced(self.nxt)

    def update_window(self, seq: int, ack: int, window: int) -> None:
        """더 새로운 세그먼트가 알린 윈도우만 받아들인다 (RFC 9293 §3.10.7.4). `seq`와 `ack`는 순서 번호다.

        다시 보낸 세그먼트는 번호가 앞서도 더 새로운 ACK를 싣는다. RFC의 글대로 그 윈도우를 버리면 SND.UNA만 나아가
        상대의 윈도우를 넘겨 보내게 되므로, 리눅스처럼 확인응답이 더 새것이어도 받아들인다.
        """
        wl1, wl2 = self.wl1, self.wl2
        if (wl1 - seq) & SIGN or (wl2 - ack) & SIGN or (wl1 == seq and wl2 == ack):  # seq_lt와 같다
            self.set_window(seq, ack, window)

    def set_window(self, seq: int, ack: int, window: int) -> None:
        """SND.WND, SND.WL1, SND.WL2를 정한다."""
        self.wnd, self.wl1, self.wl2 = window, seq, ack
        if window > self.max_wnd:
            self.max_wnd = window

    # 타이머 ---------------------------------------------------------------

    def on_timeout(self, now: float, *, backoff: bool = True) -> None:
        """재전송 타이머가 끝났다: SND.UNA로 되돌아가 다시 보낸다 (RFC 6298 §5.4–5.6)."""
        if self.una == 0:
            self.syn_retransmitted = True
        else:
            self.congestion.on_timeout(self.nxt - self.una, now)
            self.ecn.tell()
        self.retries += 1
        resume = self.recovery.on_timeout(now)
        if backoff:
            self.estimator.on_timeout()
        self.rtt.on_retransmit()
        self._sampled_upto = 0
        self.nxt = resume
        self.rtx_at = None

    def on_early_timer(self, now: float) -> Chunk | None:
        """재정렬 타이머나 꼬리 손실 탐침의 때가 되었다. 탐침이면 보내고 RTO를 다시 잰다 (RFC 8985 §7.3)."""
        piece = self.recovery.on_early_timer(now)
        if piece is None:
            return None
        chunk = again(self, *piece)
        self._sent(chunk, now)
        self.rtx_at = now + self.estimator.rto
        return chunk

    def _watch_window(self, now: float) -> None:
        """나가 있는 것이 없는데 보내지 못했다면 윈도우가 막은 것이다."""
        if self.una != self.nxt or self.nxt == self.end or self.una == 0:
            if self.persist.at is not None:
                self.persist.stop()
        elif self.wnd == 0:
            self.persist.wait_for_window(now, self.estimator.rto)
        else:
            self.persist.wait_for_room(now)

    def on_persist(self, now: float) -> Chunk | None:
        """지속 타이머가 끝났다: 탐침 또는 작은 세그먼트 (RFC 9293 §3.8.6.1, §3.8.6.2.1)."""
        if self.persist.is_override:
            self.persist.stop()
            size = min(self.buffer.end + 1 - self.nxt, self.wnd, self.mss)
            chunk = make_chunk(self, self.nxt, size, fin=False)
            self._sent(chunk, now)
            return chunk
        self.persist.on_probe(now)
        if self.config.window_probe == "byte":
            # 상대가 버리면 다음 탐침도 같은 번호다. SND.NXT는 두고, 확인받을 수 있는 한계만 늘린다.
            self.persist.probe_end = self.nxt + 1
        return probe(self)
