"""중복 ACK만으로 회복하기: NewReno (RFC 6582). 왕복마다 빈틈 하나를 메운다.

강의: lessons/10_loss_recovery.ipynb
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .congestion.base import CongestionControl
from .recovery import DUP_THRESHOLD, Piece, Recovery

if TYPE_CHECKING:
    from .sender import Sender

MAX_REORDERING = 300  # 리눅스의 tcp_max_reordering


class NewReno(Recovery):
    """SACK을 쓰지 않는 연결의 회복. `_left`는 중복 ACK가 알려 준, 네트워크를 떠난 바이트의 어림이다(PRR일 때)."""

    def __init__(self, sender: Sender, congestion: CongestionControl) -> None:
        super().__init__(sender, congestion)
        self._lost_at: int | None = None  # 다시 보낼 세그먼트의 처음
        self._partial_acks = 0
        self._left = 0

    def outstanding(self) -> int:
        flight = self.sender.nxt - self.sender.una
        if self._prr is None:
            return flight
        unsent_loss = self.sender.mss if self._lost_at is not None else 0
        return max(0, flight - self._left - unsent_loss)

    def next_piece(self) -> Piece | None:
        if self._lost_at is None:
            return None
        sender = self.sender
        end = min(self._lost_at + sender.mss, sender.max_nxt)
        if self._prr is not None and sender.config.count_segments and self.room() < end - self._lost_at:
            return None  # 커널은 다시 보내는 것도 PRR의 몫 안에서 보낸다. 첫 재전송의 몫은 늘 있다
        return self._lost_at, end

    def on_sent(self, start: int, end: int, is_new: bool, now: float) -> None:
        super().on_sent(start, end, is_new, now)
        if start == self._lost_at:
            self._lost_at = None

    def on_duplicate(self, now: float) -> None:
        if self.sender.config.count_segments and self._ignores_duplicates():
            return
        super().on_duplicate(now)
        if self.active:
            self._inflate()
        elif self.dup_acks >= self.dup_threshold and self.sender.una > self.recover:
            # 이미 recover까지 다시 보낸 것의 중복 ACK라면 또 줄이지 않는다 (RFC 6582 §3.2 2단계).
            self._enter(now)

    def _ignores_duplicates(self) -> bool:
        """커널은 recover까지 확인된 뒤와, 타임아웃에서 회복하며 새것을 보내기 전에는 중복 ACK를 세지 않는다."""
        sender = self.sender
        return sender.una == self.recover or (not self.active and sender.una < self.recover == sender.max_nxt)

    def _enter(self, now: float) -> None:
        super()._enter(now)
        self._lost_at = self.sender.una
        self._partial_acks = 0
        # RFC 5681 §3.2 3단계: 중복 ACK 셋만큼 네트워크를 떠났다.
        self._cwnd = self.congestion.cwnd + DUP_THRESHOLD * self.sender.mss
        self._left = (self.dup_acks - 1) * self.sender.mss
        if self._prr is not None:
            self._inflate()

    def _inflate(self) -> None:
        """중복 ACK 하나: 세그먼트 하나가 네트워크를 떠났다 (RFC 5681 §3.2 4단계)."""
        mss = self.sender.mss
        if self._prr is None:
            self._cwnd += mss
            return
        self._left += mss
        self._limit_left(0)
        self._cwnd = self._prr.on_ack(mss, self.outstanding(), safe=False)

    def _limit_left(self, acked: int) -> None:
        """떠났다는 것이 나가 있는 것보다 많으면 잃지 않고 차례만 뒤바뀐 것이다: 커널은 그만큼 더 기다리게 된다."""
        sender = self.sender
        flight = sender.nxt - sender.una
        hole = min(sender.mss, flight)
        if sender.config.count_segments and self._left + hole > flight:
            self._left = flight - hole
            self.dup_threshold = min(max(1, (flight + acked) // sender.mss), MAX_REORDERING)

    def _on_partial_ack(self, acked: int) -> bool:
        """부분 ACK: 다음 빈틈이 또 있다. 확인된 만큼 오므리고 그 빈틈을 다시 보낸다 (RFC 6582 §3.2 3단계)."""
        sender = self.sender
        self._lost_at = sender.una
        if self._prr is None:
            self._cwnd += (sender.mss if acked >= sender.mss else 0) - acked
        else:
            news = self._arrived_by(acked)
            self._cwnd = self._prr.on_ack(news, self.outstanding(), safe=False)  # 빈틈이 더 있다
        self._partial_acks += 1
        return self._partial_acks == 1 or sender.config.partial_ack_timer == "every"

    def _arrived_by(self, acked: int) -> int:
        """빈틈 하나와, 중복 ACK로 세지 못한 것."""
        arrived = min(self._left, max(0, acked - self.sender.mss))
        self._left -= arrived
        self._limit_left(acked)
        return acked - arrived

    def _news_after_duplicates(self, acked: int) -> int:
        """커널은 중복 ACK로 이미 센 만큼을 뺀다."""
        if not self.sender.config.count_segments:
            return acked
        self._left = self.dup_acks * self.sender.mss
        return self._arrived_by(acked)

    def _most_limited(self) -> int:
        sender = self.sender
        if sender.config.count_segments and sender.una < self.recover:
            # 타임아웃에서 회복하는 동안 빠른 재전송은 없다: 커널은 중복 ACK마다 새 데이터를 하나씩 보낸다
            return self.dup_acks if sender.nxt == sender.max_nxt else 0
        return super()._most_limited()

    def _finish(self, acked: int, rtt: float | None, flight: int, now: float) -> None:
        """커널은 recover보다 뒤가 확인될 때까지 회복을 붙든다. 그동안의 cwnd도 PRR이 정한다."""
        if self._prr is None or not self.sender.config.count_segments or self.sender.una > self.recover:
            super()._finish(acked, rtt, flight, now)
            return
        self.congestion.on_ack(acked, rtt, flight, now)
        news, self._left = self._arrived_by(acked), 0
        self._cwnd = self._prr.on_ack(news, self.outstanding(), safe=True)

    def on_timeout(self, now: float) -> int:
        self._lost_at = None
        return super().on_timeout(now)

    def undo_reduction(self, now: float) -> None:
        super().undo_reduction(now)
        self._lost_at = None

    def _leave(self, now: float) -> None:
        super()._leave(now)
        self._lost_at = None
