"""세그먼트 도착의 다섯째: ACK (RFC 9293 §3.10.7.4, RFC 5961 §5, RFC 5681 §2).

강의: lessons/06_state_diagram.ipynb
"""

from __future__ import annotations

from .bits import BITS, ECE, FIN
from .handshake import timestamp
from .paws import TimestampState
from .sack_recovery import SackRecovery
from .segment import Sack, Segment, Timestamps
from .seqnum import seq_lt
from .state import Event, State
from .tcb import Tcb

_SYN_RCVD, _CLOSED = State.SYN_RCVD, State.CLOSED  # 열거형에서 찾는 것은 느리다


def take_ack(tcb: Tcb, segment: Segment, now: float) -> bool:
    """ACK를 반영한다. 나머지를 더 볼 세그먼트이면 참."""
    sender = tcb.sender
    ack = sender.number(segment.ack)
    if tcb.state is _SYN_RCVD and not _completes_opening(tcb, segment, ack, now):
        return False
    if (ack > sender.max_nxt and not sender.acceptable_ack(ack)) or ack < sender.una - sender.max_wnd:
        tcb.challenge(now)  # 보내지 않은 것, 또는 너무 오래된 것의 ACK (RFC 5961 §5)
        return False
    _apply(tcb, segment, ack, now)
    if sender.fin_queued:
        _after_fin_acked(tcb, segment, now)
    return tcb.state is not _CLOSED


def _completes_opening(tcb: Tcb, segment: Segment, ack: int, now: float) -> bool:
    """SYN_RCVD에서 내 SYN이 확인되면 ESTABLISHED가 된다. 아니면 RST로 물리친다."""
    sender = tcb.sender
    if not sender.acceptable_ack(ack):
        tcb.refuse(segment)
        return False
    sender.set_window(segment.seq, segment.ack, segment.window << tcb.negotiated.snd_wscale)
    tcb.move(Event.RCV_ACK)
    if tcb.close_pending:
        tcb.close_pending = False
        sender.on_ack(ack, now, rtt_of(tcb, segment, now))
        tcb.move(Event.CLOSE)
    return True


def _apply(tcb: Tcb, segment: Segment, ack: int, now: float) -> None:
    """확인된 것을 지우고, 중복 ACK를 세고, 윈도우를 고친다."""
    sender = tcb.sender
    window = segment.window << tcb.negotiated.snd_wscale
    sender.persist.probes = 0  # 상대가 살아 있다
    blocks = segment.option(Sack) if sender.sack and segment.options else None
    news = 0 if blocks is None else _take_sack(tcb, blocks, ack)
    advanced = duplicate = False
    if tcb.timestamps is not None and (ack > sender.una or news):
        sender.stamped_rtt = rtt_of(tcb, segment, now)
    if ack > sender.una:
        advanced = True
        sender.on_ack(ack, now, sender.stamped_rtt)
    elif ack == sender.una and _is_duplicate(tcb, segment, window, news):
        duplicate = True
        sender.on_duplicate(now)
    if sender.recovery.attentive:
        bare = not segment.payload and blocks is None
        sender.recovery.after_ack(advanced=advanced, duplicate=duplicate, bare=bare, now=now)
    if ack >= sender.una:
        sender.update_window(segment.seq, segment.ack, window)
    if tcb.negotiated.ecn and BITS[segment.flags] & ECE:
        sender.on_ece(now)


def _take_sack(tcb: Tcb, option: Sack, ack: int) -> int:
    """SACK 블록을 점수판에 적는다. 새로 안 바이트 수."""
    recovery = tcb.sender.recovery
    if not isinstance(recovery, SackRecovery):
        return 0
    number = tcb.sender.number
    return recovery.update([(number(left), number(right)) for left, right in option.blocks], ack)


def _is_duplicate(tcb: Tcb, segment: Segment, window: int, news: int) -> bool:
    """중복 ACK인가. SACK을 쓰면 새 SACK 정보를 실은 것(RFC 6675 §2), 아니면 RFC 5681 §2의 다섯 조건."""
    sender = tcb.sender
    if sender.una == sender.nxt:
        return False
    if sender.sack:
        return news > 0
    return not segment.payload and not BITS[segment.flags] & FIN and window == sender.wnd


def _after_fin_acked(tcb: Tcb, segment: Segment, now: float) -> None:
    """내 FIN이 확인되었으면 다음 상태로 간다."""
    if not tcb.sender.fin_acked:
        return
    if tcb.state is State.FIN_WAIT_1 and not _completes_with_fin(tcb, segment):
        tcb.move(Event.RCV_ACK)
    elif tcb.state is State.CLOSING:
        tcb.move(Event.RCV_ACK)
        tcb.start_time_wait(now)
    elif tcb.state is State.LAST_ACK:
        tcb.move(Event.RCV_ACK)


def _completes_with_fin(tcb: Tcb, segment: Segment) -> bool:
    """내 FIN의 ACK와 상대의 FIN이 한 세그먼트로, 빈틈 없이 왔는가."""
    receiver = tcb.receiver
    assert receiver is not None
    in_order = not seq_lt(receiver.nxt, segment.seq) and not receiver.out_of_order
    return bool(BITS[segment.flags] & FIN) and in_order


def rtt_of(tcb: Tcb, segment: Segment, now: float) -> float | None:
    """타임스탬프로 잰 왕복 시간 (RFC 7323 §4)."""
    if tcb.timestamps is None:
        return None
    stamp = segment.option(Timestamps)
    return TimestampState.rtt(stamp, timestamp(now)) if stamp else None
