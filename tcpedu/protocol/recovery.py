"""손실을 알아차리고 다시 보내는 일: 빠른 재전송과 빠른 회복 (RFC 5681 §3.2, RFC 6582).

혼잡 제어(`congestion`)가 얼마나 줄일지를 정하고, 여기서는 언제 회복에 들고 나는지, 무엇을 다시 보내는지, 회복 동안
윈도우가 어떻게 움직이는지를 정한다. 번호는 모두 SYN을 0으로 센 절대 번호다.
강의: lessons/10_loss_recovery.ipynb
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .congestion.base import CongestionControl
from .frto import FRto, Verdict
from .prr import Prr
from .undo import Undo

if TYPE_CHECKING:
    from .sender import Sender

DUP_THRESHOLD = 3  # (RFC 5681 §3.2)
Piece = tuple[int, int]


class Recovery:
    """회복의 공통 골격. 하위 클래스는 `_outstanding`과 다시 보낼 것을 고르는 법을 채운다."""

    def __init__(self, sender: Sender, congestion: CongestionControl) -> None:
        self.sender = sender
        self.congestion = congestion
        self.active = False  # 빠른 회복 중인가
        self.recover = 0  # 마지막으로 손실을 알았을 때까지 보낸 끝 (RFC 6582 §3.2)
        self.dup_acks = 0
        self.dup_threshold = DUP_THRESHOLD
        self._limited_sent = 0  # 제한 전송으로 보낸 바이트 (RFC 3042)
        self._prr: Prr | None = None
        self._cwnd = 0  # 회복 동안의 cwnd
        self.early_at: float | None = None  # RTO보다 먼저 볼 시각: 재정렬 타이머나 꼬리 손실 탐침 (RFC 8985)
        config = sender.config
        self.undo = Undo() if config.undo else None
        self.frto = FRto() if config.frto else None
        self.attentive = config.undo or config.frto  # ACK마다 `after_ack`를 불러야 하는가
        self._quota: int | None = None  # F-RTO가 허락한, 새로 보낼 수 있는 바이트

    # 윈도우 ---------------------------------------------------------------

    @property
    def cwnd(self) -> int:
        """지금의 혼잡 윈도우. 회복 동안 부풀리거나 조금씩 줄인 값이다."""
        if self.active and not self.congestion.own_recovery:
            return max(self._cwnd, 0)
        return self.congestion.cwnd

    def room(self) -> int:
        """혼잡 윈도우가 허락하는, 더 보낼 수 있는 바이트 수."""
        if self._quota is not None:
            return self._quota
        if not self.active:
            return self.congestion.cwnd + self._limited() - self.outstanding()
        return self.cwnd - self.outstanding()

    def outstanding(self) -> int:
        """네트워크에 나가 있다고 보는 바이트 수."""
        return self.sender.nxt - self.sender.una

    def _limited(self) -> int:
        """처음 두 중복 ACK마다 **새** 세그먼트 하나를 더 보낸다: 제한 전송 (RFC 3042 §2)."""
        sender = self.sender
        if not self.dup_acks or not sender.config.limited_transmit or sender.nxt < sender.max_nxt:
            return 0
        return min(self.dup_acks, self.dup_threshold - 1) * self.sender.mss

    # 다시 보낼 것 ---------------------------------------------------------

    def wants_to_send(self) -> bool:
        """새로 보낼 것이 없어도 보낼 것을 살펴볼까."""
        return self.active

    def next_piece(self) -> Piece | None:
        """지금 다시 보낼 구간. 새 데이터보다 먼저다."""
        return None

    def last_resort(self) -> Piece | None:
        """새로 보낼 것이 없을 때 다시 보낼 구간."""
        return None

    def skip(self, start: int) -> Piece:
        """타임아웃 뒤 `start`부터 되돌아가 보낼 때, 보낼 (처음, 끝 한도)."""
        return start, self.sender.max_nxt

    def on_sent(self, start: int, end: int, is_new: bool, now: float) -> None:
        """[start, end)를 보냈다."""
        if not is_new:
            self._on_resent(start, end, now)
        if self._quota is not None:
            self._quota -= end - start
        if self._prr is not None:
            self._prr.on_sent(end - start)
        elif is_new and self.dup_acks and not self.active:
            self._limited_sent += end - start

    def on_run_sent(self, start: int, end: int, size: int, now: float) -> None:
        """[start, end)의 새 데이터를 `size`바이트씩 나눠 잇달아 보냈다. 회복 중이 아니다."""
        self.on_sent(start, end, True, now)

    def _on_resent(self, start: int, end: int, now: float) -> None:
        """[start, end)를 다시 보냈다."""
        if self.undo is not None:
            self.undo.on_retransmit(start, end, now)

    # 사건 -----------------------------------------------------------------

    def on_rtt(self, rtt: float, now: float) -> None:
        """핸드셰이크에서 잰 왕복 시간."""

    def on_ack(self, acked: int, rtt: float | None, flight: int, now: float) -> bool:
        """새 데이터를 확인하는 ACK. 재전송 타이머를 다시 걸 것이면 참. SND.UNA는 이미 나아갔다."""
        if not self.active:
            if self.dup_acks:
                self.dup_acks = self._limited_sent = 0
            self.congestion.on_ack(acked, rtt, flight, now)
            return True
        if self.sender.una >= self.recover:
            self._finish(acked, rtt, flight, now)
            return True
        self.congestion.on_ack(acked, rtt, flight, now)
        return self._on_partial_ack(acked)

    def _finish(self, acked: int, rtt: float | None, flight: int, now: float) -> None:
        """전체 ACK."""
        self.congestion.on_ack(acked, rtt, flight, now)
        self._leave(now)

    def _on_partial_ack(self, acked: int) -> bool:
        raise NotImplementedError

    def on_duplicate(self, now: float) -> None:
        """중복 ACK (RFC 5681 §2)."""
        self.dup_acks += 1
        self.congestion.on_dup_ack(now)

    def on_timeout(self, now: float) -> int:
        """재전송 타이머가 끝났다: 회복을 그만두고 여기까지를 recover로 적는다 (RFC 6582 §3.2 4단계).

        어디서부터 이어 보낼지를 돌려준다: 되돌아간 SND.NXT.
        """
        if self.undo is not None and not self.undo_in_progress:
            self.undo.start(self.sender.una)
        if self.frto is not None and self.sender.una:
            self.frto.on_timeout(self.sender.una, self.sender.max_nxt)
        self._quota = None
        self.recover = self.sender.max_nxt
        self.active = False
        self.dup_acks = self._limited_sent = 0
        self._prr = None
        return self.sender.una

    @property
    def undo_in_progress(self) -> bool:
        """줄인 뒤에 다시 보낸 것이 아직 모두 확인되지 않았다: 이어서 타임아웃되면 처음 줄인 것까지 되돌린다."""
        return self.undo is not None and self.undo.armed and self.sender.una < self.recover

    def _enter(self, now: float) -> None:
        """빠른 회복의 시작. 제한 전송으로 보낸 것은 FlightSize에서 뺀다 (RFC 5681 §3.2 2단계)."""
        sender = self.sender
        flight = sender.nxt - sender.una - self._limited_sent
        pipe, prior_cwnd = self.outstanding(), self.congestion.cwnd
        self.active = True
        self.recover = sender.max_nxt
        self.congestion.on_loss(pipe if self.congestion.counts_sacked else flight, now)
        sender.ecn.tell()
        if self.undo is not None:
            self.undo.start(self.sender.una)
        if sender.config.recovery == "prr" and not self.congestion.own_recovery:
            self._prr = self._new_prr(flight, prior_cwnd)

    def _new_prr(self, flight: int, prior_cwnd: int) -> Prr:
        return Prr(self._recover_fs(flight), self.congestion.ssthresh, self.sender.mss)

    def _recover_fs(self, flight: int) -> int:
        """PRR의 RecoverFS: 회복을 시작할 때 나가 있던 바이트 (RFC 9937 §6.1)."""
        return flight

    def _leave(self, now: float) -> None:
        """전체 ACK: 회복의 끝. cwnd = ssthresh (RFC 6582 §3.2 3단계)."""
        self.active = False
        self.dup_acks = self._limited_sent = 0
        self._prr = None
        self.congestion.on_recovery_exit(now)

    # 쓸데없는 재전송 ------------------------------------------------------------

    def after_ack(self, *, advanced: bool, duplicate: bool, bare: bool, now: float) -> None:
        """ACK 하나를 모두 반영한 뒤: 다시 보낸 것이 쓸데없었으면 되돌린다. `bare`는 SACK이 없다는 뜻이다."""
        if self.frto is not None and self.frto.step and (advanced or duplicate):
            self._follow_frto(self.frto, advanced, now)
        undo = self.undo
        if undo is None or not undo.armed:
            return
        if undo.proved_by_dsack or (advanced and undo.proved_by_echo(self.sender.una, self.echo(now))):
            self.undo_reduction(now)
        elif advanced:
            undo.settle(self.sender.una)

    def echo(self, now: float) -> int | None:
        """이 ACK의 TSecr가 가리키는 보낸 시각, ms. 타임스탬프를 쓰지 않으면 `None`."""
        rtt = self.sender.stamped_rtt
        return None if rtt is None else int(now * 1000) - round(rtt * 1000)

    def _follow_frto(self, frto: FRto, advanced: bool, now: float) -> None:
        sender = self.sender
        verdict, went_on = frto.on_ack(sender.una, advanced=advanced), self._quota is not None
        self._quota = None
        if verdict is Verdict.SPURIOUS:
            self.undo_reduction(now)
        elif verdict is Verdict.SEND_NEW and sender.end > sender.max_nxt and sender.una + sender.wnd > sender.max_nxt:
            sender.resume(now)
            self._quota = 2 * sender.mss
        else:
            frto.step = 0  # 보낼 새 데이터가 없으면 알아볼 수 없다 (RFC 5682 §2.1 2단계)
            if went_on:
                self.go_back()

    def on_dsack(self, block: tuple[int, int]) -> None:
        """상대가 이 구간을 두 번 받았다고 알렸다 (RFC 2883)."""
        if self.undo is not None:
            self.undo.on_dsack(*block)

    def on_early_timer(self, now: float) -> Piece | None:
        """`early_at`이 되었다: 지금 보낼 탐침. 없으면 `None`."""
        return None

    def go_back(self) -> None:
        """F-RTO를 그만두고 보통의 타임아웃 회복으로: SND.UNA부터 다시 보낸다."""
        self.sender.nxt = self.sender.una

    def undo_reduction(self, now: float) -> None:
        """잃은 것이 없었다: 회복을 그만두고 줄이기 전으로 되돌린다 (RFC 4015)."""
        if self.undo is not None:
            self.undo.stop()
        if self.frto is not None:
            self.frto.step = 0
        self._quota = self._prr = None
        self.active = False
        self.dup_acks = self._limited_sent = 0
        self.sender.resume(now)
        self.sender.ecn.cwr_due = False  # 줄이지 않은 셈이니 CWR도 달지 않는다
        self.recover = self.sender.una - 1  # 곧바로 다시 회복에 들 수 있다
        self.congestion.on_spurious(now)
