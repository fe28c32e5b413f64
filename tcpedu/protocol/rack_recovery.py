"""RACK과 TLP로 회복하기: 6675의 "잃었는가"를 시각으로 바꾸고, 회복의 나머지는 그대로 쓴다 (RFC 8985).

pipe는 나가 있는 세그먼트의 합이고, SND.NXT는 타임아웃 뒤에도 되돌아가지 않는다: 잃었다고 표를 한 것만 다시 보낸다.
강의: lessons/10_loss_recovery.ipynb
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .congestion.base import CongestionControl
from .rack import Rack
from .recovery import Piece
from .sack_recovery import SackRecovery
from .scoreboard import Block
from .tlp import TailLossProbe, probe_timeout
from .transmissions import Sent, Transmissions

if TYPE_CHECKING:
    from .sender import Sender


class RackRecovery(SackRecovery):
    """SACK을 쓰는 연결에서 RACK-TLP로 손실을 알아내는 회복."""

    def __init__(self, sender: Sender, congestion: CongestionControl) -> None:
        super().__init__(sender, congestion)
        self.rack = Rack()
        self.tlp = TailLossProbe()
        self.attentive = True
        self._delivered: list[Sent] = []  # 이 ACK로 새로 SACK된 것
        self._dsack: Block | None = None  # 이 ACK의 DSACK
        self._flight = 0  # 마지막 누적 확인 직전의 FlightSize
        self._newly_lost = 0  # 이 ACK로 새로 잃었다고 본 세그먼트의 수
        self._probing = False  # early_at은 탐침의 시각이다. 거짓이면 재정렬 타이머

    # 점수판과 나가 있는 것 ----------------------------------------------------------

    def update(self, blocks: list[Block], ack: int) -> int:
        new = super().update(blocks, ack)
        if new:
            for start, _ in sorted(blocks):
                self._delivered += self.rack.segments.sacked(*self.scoreboard.around(start))
        return new

    def on_dsack(self, block: Block) -> None:
        super().on_dsack(block)
        self._dsack = block
        self.rack.on_dsack(self.sender.una, self.sender.nxt)

    def outstanding(self) -> int:
        return self.rack.segments.pipe

    def next_piece(self) -> Piece | None:
        """잃은 것 가운데 가장 앞의 것. 회복의 첫 재전송은 cwnd를 보지 않는다."""
        piece = self.rack.segments.first_lost()
        if piece is None or self._quota is not None:
            return None
        piece = piece[0], min(piece[1], piece[0] + self.sender.mss)
        if self._fast_retransmit or not self.rack.segments.pipe or self.room() >= piece[1] - piece[0]:
            return piece
        return None

    def wants_to_send(self) -> bool:
        return self.active or bool(self.rack.segments.lost)

    def last_resort(self) -> Piece | None:
        """RACK은 잃은 것을 스스로 안다: 규칙 (3)과 (4)의 어림이 필요 없다."""
        return None

    def on_sent(self, start: int, end: int, is_new: bool, now: float) -> None:
        super().on_sent(start, end, is_new, now)
        if start:  # SYN은 세지 않는다
            self.rack.segments.on_sent(start, end, now, is_new=is_new)
            if is_new and self.tlp.end_seq is None:
                self._arm_probe(now)
            elif not is_new and start == self.sender.una:
                # 첫째 것을 다시 보냈다: 리눅스처럼 그 답을 RTO만큼 기다린다. 그 사이에 또 잃은 것은 RACK이 안다.
                self.sender.rtx_at = now + self.sender.estimator.rto

    def on_run_sent(self, start: int, end: int, size: int, now: float) -> None:
        for at in range(start, end, size):
            self.on_sent(at, at + size, True, now)

    # 사건 -----------------------------------------------------------------

    def on_ack(self, acked: int, rtt: float | None, flight: int, now: float) -> bool:
        if rtt is not None:
            self.on_rtt(rtt, now)
        self._flight = flight
        self._take_cumulative()
        was_active = self.active
        rearm = super().on_ack(acked, rtt, flight, now)
        if was_active and not self.active:
            self.rack.on_recovery_exit()
        return rearm

    def on_rtt(self, rtt: float, now: float) -> None:
        self.rack.on_rtt(rtt, now)
        self.tlp.measured = True

    def _take_cumulative(self) -> None:
        self._delivered += self.rack.segments.cumulative(self.sender.una)

    def _should_detect(self) -> bool:
        return True

    def _detect(self, now: float) -> None:
        """새로 확인된 것을 RACK에 알리고, 잃은 것이 있으면 회복을 시작한다 (RFC 8985 §6.2)."""
        if self._delivered:
            self._arrange(self._delivered, now)
            self.rack.on_delivered(self._delivered, now, self.echo(now))
            self._delivered = []
        recovering = self.active or self.sender.una < self.recover
        lost, check_at = self.rack.detect(now, recovering, self.sender.estimator.srtt)
        self._newly_lost = lost
        self.early_at, self._probing = check_at, False
        if lost and not recovering:
            self._enter(now)

    def _arrange(self, delivered: list[Sent], now: float) -> None:
        """RACK이 볼 차례로: RACK.rtt는 가장 나중에 보낸 것의 왕복 시간이다 (RFC 8985 §5.2)."""
        delivered.sort(key=lambda sent: (sent.at, sent.end))

    def after_ack(self, *, advanced: bool, duplicate: bool, bare: bool, now: float) -> None:
        self._take_cumulative()
        if self._delivered:
            self._detect(now)
        dsack, self._dsack = self._dsack, None
        end = None if dsack is None else dsack[1]
        una = self.sender.una
        if self.tlp.end_seq is not None and self.tlp.on_ack(
            una, dsack_end=end, bare_duplicate=bare and not advanced
        ):
            self._react_to_repaired_loss(now)
        super().after_ack(advanced=advanced, duplicate=duplicate, bare=bare, now=now)
        if advanced and (self.early_at is None or self._probing):
            self._arm_probe(now)

    def _react_to_repaired_loss(self, now: float) -> None:
        """탐침이 꼬리의 손실을 메웠다. 손실은 손실이므로 한 번 줄인다 (RFC 8985 §7.4.2)."""
        if not self.active:
            self.congestion.on_loss(self._flight, now)
            self.sender.ecn.tell()
            self.congestion.on_recovery_exit(now)

    def _lost_more(self) -> bool:
        return self._newly_lost > 0

    def _enter(self, now: float) -> None:
        super()._enter(now)
        self.tlp.end_seq = None  # 이제 회복이 맡는다

    def on_timeout(self, now: float) -> int:
        """RTO: 잃은 것에 표만 한다 (RFC 8985 §6.3). 상대가 SACK한 것을 버린 흔적이 있으면 처음부터 다시 보낸다."""
        self.early_at = None
        sender = self.sender
        reneged = self.scoreboard.covers(sender.una, sender.una + 1)
        kept = self.scoreboard
        back = super().on_timeout(now)
        self.tlp.end_seq = None
        if reneged or sender.una == 0:  # SYN은 기록하지 않으므로 다시 보낼 때도 여기서 시작한다
            self.rack.segments = Transmissions()
            return back
        self.scoreboard = kept
        self.rack.on_timeout(now, sender.estimator.srtt)
        self._fast_retransmit = True  # RFC 6298 §5.4: 첫째 것은 나가 있는 것이 있어도 곧바로 다시 보낸다
        return sender.nxt

    def go_back(self) -> None:
        """잃었다고 표를 한 것이 이미 다시 보낼 것이다."""

    def undo_reduction(self, now: float) -> None:
        super().undo_reduction(now)
        self.rack.segments.unmark()

    # 타이머 ---------------------------------------------------------------

    def _arm_probe(self, now: float) -> None:
        """새 데이터를 보냈거나 누적 확인이 나아갔다: 회복 중도 아니고 SACK된 것도 없으면 탐침을 건다 (§7.2)."""
        if self.early_at is not None and not self._probing:
            return  # 재정렬 타이머가 걸려 있다: 새 데이터를 보냈다고 지우지 않는다 (RFC 8985 §8)
        sender = self.sender
        if not sender.config.tail_loss_probe:
            return
        quiet = self.active or sender.una < self.recover or self.scoreboard.blocks or not sender.in_flight
        self.early_at = None
        if quiet or sender.una == 0 or not self.tlp.may_probe() or sender.rtx_at is None:
            return
        single = len(self.rack.segments) == 1
        self.early_at = now + probe_timeout(sender.estimator.srtt, single, max(0.0, sender.rtx_at - now))
        self._probing = True

    def on_early_timer(self, now: float) -> Piece | None:
        """재정렬 타이머이면 다시 살피고, 탐침의 때이면 보낼 것을 고른다 (RFC 8985 §6.2, §7.3)."""
        self.early_at = None
        if not self._probing:
            self._detect(now)
            return None
        piece, is_new = self._probe_piece()
        if piece is not None:
            self.tlp.on_probe(max(piece[1], self.sender.nxt), is_retrans=not is_new)
        return piece

    def _probe_piece(self) -> tuple[Piece | None, bool]:
        """윈도우가 허락하면 cwnd를 넘어서라도 새 세그먼트 하나, 없으면 가장 뒤의 것."""
        sender = self.sender
        size = min(sender.unsent, sender.mss, sender.una + sender.wnd - sender.nxt)
        if size > 0:
            return (sender.nxt, sender.nxt + size), True
        return self.rack.segments.last(), False
