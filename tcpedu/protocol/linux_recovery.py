"""리눅스의 회복: 무엇을 언제 보내는지가 커널 6.18과 ACK마다 같도록 세는 법.

`lab.follow_acks`로 커널의 실행과 견주어 맞추었다. RFC의 글과 다른 곳만 여기 있고, 나머지는 `newreno`, `rack_recovery`에
있다. 괄호 안은 그 일을 하는 커널의 함수다(net/ipv4/tcp_input.c).
강의: lessons/16_capstone.ipynb
"""

from __future__ import annotations

from .newreno import NewReno
from .prr import Prr
from .rack_recovery import RackRecovery
from .recovery import Piece, Recovery
from .transmissions import Sent

MAX_REORDERING = 300  # 세그먼트 (net.ipv4.tcp_max_reordering)


class _CountsSegments(Recovery):
    """PRR을 세그먼트로 세고, 회복을 끝내는 ACK도 cwnd를 늘리는 데 센다."""

    def _new_prr(self, flight: int, prior_cwnd: int) -> Prr:
        """RecoverFS 대신 회복 전의 cwnd를 쓴다 (tcp_init_cwnd_reduction)."""
        mss = self.sender.mss
        return Prr(prior_cwnd, self.congestion.ssthresh, mss, unit=mss)

    def _finish(self, acked: int, rtt: float | None, flight: int, now: float) -> None:
        """먼저 회복을 끝내고, 새로 도착한 것을 보통의 ACK처럼 센다 (tcp_cong_control)."""
        if self.congestion.counts_sacked:
            super()._finish(acked, rtt, flight, now)
            return
        news = self._news(acked)
        self._leave(now)
        self.congestion.on_ack(news, rtt, flight, now)

    def _news(self, acked: int) -> int:
        """`acked`바이트를 확인한 ACK로 새로 도착을 안 바이트."""
        raise NotImplementedError


class LinuxNewReno(_CountsSegments, NewReno):
    """SACK을 쓰지 않는 연결. `_left`는 커널의 sacked_out이다."""

    def outstanding(self) -> int:
        flight = self.sender.nxt - self.sender.una
        if self._prr is None:
            return flight
        unsent_loss = self.sender.mss if self._lost_at is not None else 0
        return max(0, flight - min(self._left, self._most_left()) - unsent_loss)

    def _most_left(self) -> int:
        """떠났다고 볼 수 있는 한도: 나가 있는 것에서 빈틈 하나를 뺀 것 (tcp_limit_reno_sacked)."""
        return max(0, self.sender.nxt - self.sender.una - self.sender.mss)

    def _limit_left(self, acked: int) -> None:
        """한도를 넘었으면 차례가 뒤바뀐 것이다: 다음에는 그만큼 더 기다린다 (tcp_check_reno_reordering)."""
        most, sender = self._most_left(), self.sender
        if self._left > most:
            self._left = most
            self.dup_threshold = min(max(1, (sender.nxt - sender.una + acked) // sender.mss), MAX_REORDERING)

    def next_piece(self) -> Piece | None:
        """다시 보내는 것도 PRR의 몫 안에서 보낸다. 첫 재전송의 몫은 늘 있다 (tcp_xmit_retransmit_queue)."""
        piece = super().next_piece()
        if piece is not None and self._prr is not None and self.room() < piece[1] - piece[0]:
            return None
        return piece

    def _limited(self) -> int:
        sender = self.sender
        if sender.una < self.recover:
            # 타임아웃에서 회복하는 동안: 빠른 재전송은 없고, 중복 ACK마다 새 데이터를 하나씩 (tcp_process_loss)
            return self.dup_acks * sender.mss if sender.nxt == sender.max_nxt else 0
        return super()._limited()

    def on_duplicate(self, now: float) -> None:
        sender = self.sender
        held = sender.una == self.recover  # recover보다 뒤가 확인될 때까지 (tcp_is_non_sack_preventing_reopen)
        going_back = not self.active and sender.una < self.recover == sender.max_nxt
        if not held and not going_back:
            super().on_duplicate(now)

    def _inflate(self) -> None:
        super()._inflate()
        self._limit_left(0)

    def on_ack(self, acked: int, rtt: float | None, flight: int, now: float) -> bool:
        if self.dup_acks and not self.active:  # 중복 ACK로 이미 센 것은 뺀다 (tcp_remove_reno_sacks)
            self._left = self.dup_acks * self.sender.mss
            acked = self._news(acked)
        return super().on_ack(acked, rtt, flight, now)

    def _on_partial_ack(self, acked: int) -> bool:
        rearm = super()._on_partial_ack(acked)
        self._limit_left(acked)
        return rearm

    def _news(self, acked: int) -> int:
        arrived = min(self._left, max(0, acked - self.sender.mss))
        self._left -= arrived
        self._limit_left(acked)
        return acked - arrived

    def _finish(self, acked: int, rtt: float | None, flight: int, now: float) -> None:
        """꼭 recover까지만 확인되었으면 회복을 붙들고, cwnd도 PRR이 정한다 (tcp_try_undo_recovery)."""
        if self._prr is None or self.sender.una > self.recover:
            super()._finish(acked, rtt, flight, now)
            return
        self.congestion.on_ack(acked, rtt, flight, now)
        news, self._left = self._news(acked), 0
        self._cwnd = self._prr.on_ack(news, self.outstanding(), safe=True)


class LinuxRack(_CountsSegments, RackRecovery):
    """RACK을 쓰는 연결."""

    counts_arrived = True  # cwnd를 늘릴 때 SACK으로 안 것도 넣고, 벌써 SACK된 것은 뺀다 (tcp_newly_delivered)

    def _news(self, acked: int) -> int:
        return self._arrived

    def on_ack(self, acked: int, rtt: float | None, flight: int, now: float) -> bool:
        was_active = self.active
        rearm = super().on_ack(acked, rtt, flight, now)
        if was_active and not self.active and self.rack.segments.any_retransmitted():
            # recover 뒤의 손실은 이미 다시 보낸 것이라도 새 손실이다: 곧바로 다시 줄인다 (tcp_time_to_recover)
            self._enter(now)
            self._fast_retransmit = False
            self._follow(advanced=True)
        return rearm

    def _arrange(self, delivered: list[Sent], now: float) -> None:
        """SACK된 것, 누적 확인된 것의 차례로 본다. SACK으로 안 왕복 시간도 min_RTT에 넣는다 (tcp_ack_update_rtt)."""
        for sent in delivered:
            if not sent.retransmitted:
                self.rack.on_rtt(now - sent.at, now)

    def on_early_timer(self, now: float) -> Piece | None:
        """재정렬 타이머로 회복에 들 때도 하나가 도착한 것으로 센다 (tcp_rack_reo_timeout)."""
        was_active = self.active
        piece = super().on_early_timer(now)
        if self._prr is not None and not was_active:
            self._cwnd = self._prr.on_ack(self.sender.mss, self.outstanding(), safe=False)
        return piece
