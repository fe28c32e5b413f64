"""세그먼트 도착의 여섯째–여덟째: 긴급 데이터, 데이터, FIN (RFC 9293 §3.10.7.4).

긴급 포인터는 받되 따로 알리지 않는다: 데이터는 스트림의 제자리에 그대로 남는다 (RFC 6093).
강의: lessons/05_connection_termination.ipynb
"""

from __future__ import annotations

from .bits import BITS, FIN, SYN
from .segment import Segment
from .seqnum import seq_add
from .state import Event, State
from .tcb import Tcb


def take_text(tcb: Tcb, segment: Segment, now: float) -> None:
    """데이터와 FIN을 받는다."""
    bits, receiver = BITS[segment.flags], tcb.receiver
    if receiver is None or not (segment.payload or bits & FIN):
        return
    if receiver.eof:
        tcb.ack_now = True  # FIN 뒤에는 데이터가 없다
        return
    seq = seq_add(segment.seq, 1) if bits & SYN else segment.seq
    if receiver.take(seq, segment.payload, bool(bits & FIN), now):
        tcb.ack_now = True
    if receiver.eof:
        _take_fin(tcb, now)


def _take_fin(tcb: Tcb, now: float) -> None:
    """여덟째: 빈틈 없이 FIN까지 받았다."""
    both_done = tcb.state is State.FIN_WAIT_1 and tcb.sender.fin_acked
    tcb.move(Event.RCV_FIN_ACK if both_done else Event.RCV_FIN)
    if tcb.state is State.TIME_WAIT:
        tcb.start_time_wait(now)
