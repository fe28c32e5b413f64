"""SACK으로 회복하기: 무엇이 빠졌는지 알고, 나가 있는 바이트(pipe)를 세며 보낸다 (RFC 6675).

강의: lessons/10_loss_recovery.ipynb
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .congestion.base import CongestionControl
from .recovery import DUP_THRESHOLD, Piece, Recovery
from .scoreboard import Block, Scoreboard

if TYPE_CHECKING:
    from .sender import Sender


class SackRecovery(Recovery):
    """SACK을 쓰는 연결의 회복. 이름은 RFC 6675를 따른다: HighACK은 SND.UNA, HighData는 SND.NXT."""

    counts_arrived = False  # 참이면 혼잡 제어에 누적 확인된 것 대신 이 ACK로 새로 안 것을 알린다

    def __init__(self, sender: Sender, congestion: CongestionControl) -> None:
        super().__init__(sender, congestion)
        self.scoreboard = Scoreboard()
        self.high_rxt = 0  # HighRxt: 이 회복에서 다시 보낸 끝
        self.dsacks = 0  # 상대가 두 번 받았다고 알린 횟수 (RFC 2883)
        self._fast_retransmit = False  # 회복의 첫 재전송은 cwnd를 보지 않는다
        self._rescued = False  # 규칙 (4)는 한 번의 회복에 한 번뿐이다
        self._rescuing = False
        self._total = 1  # 지금까지 상대가 받은 번호: 누적 확인과 SACK을 더한 것. SYN은 이미 받았다
        self._arrived = 0  # 그 가운데 이 ACK로 새로 안 것
        self._edge = 0  # 앞선 ACK까지 잃었다고 본 끝

    # 점수판 ---------------------------------------------------------------

    def update(self, blocks: list[Block], ack: int) -> int:
        """SACK 블록을 점수판에 적는다: Update() (RFC 6675 §4). 새로 안 바이트 수를 돌려준다."""
        sender, new = self.sender, 0
        if blocks and is_dsack(blocks, ack):
            self.on_dsack(blocks[0])
            blocks = blocks[1:]
        for start, end in blocks:
            if sender.una < end <= sender.max_nxt and start < end:
                new += self.scoreboard.add(max(start, sender.una), end)
        return new

    def on_dsack(self, block: Block) -> None:
        super().on_dsack(block)
        self.dsacks += 1

    def _lost_edge(self) -> int:
        return self.scoreboard.lost_edge(self.sender.mss, DUP_THRESHOLD)

    def outstanding(self) -> int:
        """pipe: 잃지도 도착하지도 않은 것과 다시 보낸 것 (RFC 6675 §4 SetPipe)."""
        sender, board = self.sender, self.scoreboard
        if not board.blocks or not (self.active or sender.config.limited_transmit):
            return sender.nxt - sender.una
        lost = max(self._lost_edge(), sender.una)
        pipe = board.unsacked(lost, sender.nxt)
        if self.active:
            pipe += board.unsacked(sender.una, self.high_rxt)  # 잃지 않았는데 다시 보낸 것은 두 번 센다
        return pipe

    def _limited(self) -> int:
        """pipe가 이미 중복 ACK만큼 줄어 있으므로 더 얹지 않는다 (RFC 6675 §5 (3))."""
        return 0

    # 다시 보낼 것: NextSeg() (RFC 6675 §4) ---------------------------------

    def next_piece(self) -> Piece | None:
        """규칙 (1): 잃었다고 보는 가장 앞의 것."""
        if not self.active:
            return None
        sender = self.sender
        if self._fast_retransmit:
            gap = self.scoreboard.gap(sender.una) or (sender.una, sender.max_nxt)
            return gap[0], min(gap[1], gap[0] + sender.mss)
        piece = self._gap()
        if piece is None or piece[0] >= self._lost_edge() or self.room() < sender.mss:
            return None
        return piece

    def last_resort(self) -> Piece | None:
        """규칙 (3)과 (4): 새 데이터가 없으면 잃었는지 모르는 빈틈도, 한 번은 마지막 것도 다시 보낸다."""
        sender = self.sender
        if not self.active or self.room() < sender.mss:
            return None
        piece = self._gap()
        if piece is None and not self._rescued and self.high_rxt < self.recover and self.scoreboard.blocks:
            self._rescued = self._rescuing = True
            start = max(self.scoreboard.highest, self.recover - sender.mss)
            return (start, self.recover) if start < self.recover else None
        return piece

    def _gap(self) -> Piece | None:
        gap = self.scoreboard.gap(max(self.sender.una, self.high_rxt))
        return gap and (gap[0], min(gap[1], gap[0] + self.sender.mss))

    def skip(self, start: int) -> Piece:
        return self.scoreboard.gap(start) or (max(start, self.scoreboard.highest), self.sender.max_nxt)

    def _on_resent(self, start: int, end: int, now: float) -> None:
        super()._on_resent(start, end, now)
        self._fast_retransmit = False
        if self.active and not self._rescuing:  # 규칙 (4)로 보낸 것은 HighRxt를 옮기지 않는다
            self.high_rxt = max(self.high_rxt, end)
        self._rescuing = False

    # 사건 -----------------------------------------------------------------

    def on_duplicate(self, now: float) -> None:
        """누적 확인은 그대로인데 새 SACK 정보가 왔다 (RFC 6675 §2의 중복 ACK)."""
        self._note_arrived()
        super().on_duplicate(now)
        if self.congestion.counts_sacked:
            self.congestion.on_ack(self._arrived, None, self.outstanding() + self._arrived, now)
        self._detect(now)
        self._follow(advanced=False)

    def _detect(self, now: float) -> None:
        """중복 ACK 셋, 또는 SACK만 보아도 첫 빈틈을 잃었으면 회복을 시작한다 (RFC 6675 §5 (1)–(2))."""
        lost = self.dup_acks >= DUP_THRESHOLD or self._lost_edge() > self.sender.una
        if not self.active and lost and self.sender.una >= self.recover:
            self._enter(now)

    def on_ack(self, acked: int, rtt: float | None, flight: int, now: float) -> bool:
        self.scoreboard.advance(self.sender.una)
        self._note_arrived()
        if self.congestion.counts_sacked:  # 길을 재는 알고리즘에는 SACK으로 도착한 것까지와 pipe를 알린다
            acked, flight = self._arrived, self.outstanding() + self._arrived
        elif self.counts_arrived and not self.active:
            acked = self._arrived
        rearm = super().on_ack(acked, rtt, flight, now)
        if self._should_detect():
            self._detect(now)
        self._follow(advanced=True)
        return rearm

    def _note_arrived(self) -> None:
        before, self._total = self._total, self.sender.una + self.scoreboard.sacked
        self._arrived = self._total - before

    def _should_detect(self) -> bool:
        """누적 확인이 나아갔을 때도 새로 잃은 것을 살펴볼까."""
        return not self.active and bool(self.scoreboard.blocks)

    def _on_partial_ack(self, acked: int) -> bool:
        return True

    def _follow(self, *, advanced: bool) -> None:
        """PRR이면 이 ACK로 도착한 만큼 cwnd를 움직인다. SND.UNA가 나아가고 새로 잃은 것이 없으면 안전하다고 본다."""
        if self._prr is not None:
            safe = not self._lost_more() and advanced
            self._cwnd = self._prr.on_ack(self._arrived, self.outstanding(), safe=safe)

    def _lost_more(self) -> bool:
        """이 ACK로 새로 잃은 것이 있는가."""
        before, self._edge = self._edge, self._lost_edge()
        return self._edge > before

    def _recover_fs(self, flight: int) -> int:
        """회복 전에 SACK된 것은 회복 동안 도착하지 않는다: 이 ACK로 안 것만 도로 더한다 (RFC 9937 §6.1)."""
        return self.sender.nxt - self.sender.una - self.scoreboard.sacked + self._arrived

    def _enter(self, now: float) -> None:
        super()._enter(now)
        self._fast_retransmit = True
        self._rescued = False
        self.high_rxt = self.sender.una
        self._cwnd = self.congestion.cwnd  # RFC 6675 §5 (4.2): cwnd = ssthresh, 부풀리지 않는다

    def on_timeout(self, now: float) -> int:
        """RFC 2018 §8: 상대가 버렸을 수 있으니 점수판을 비운다."""
        self.scoreboard = Scoreboard()
        self._fast_retransmit = False
        return super().on_timeout(now)


def is_dsack(blocks: list[Block], ack: int) -> bool:
    """첫 블록이 두 번 받은 구간인가: 누적 확인보다 앞이거나 둘째 블록 안이다 (RFC 2883 §4).

    >>> is_dsack([(1000, 1500), (4000, 5000)], ack=2000), is_dsack([(3000, 3500)], ack=2000)
    (True, False)
    """
    start, end = blocks[0]
    if end <= ack:
        return True
    return len(blocks) > 1 and blocks[1][0] <= start and end <= blocks[1][1]
