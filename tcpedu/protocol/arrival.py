"""세그먼트 도착 (RFC 9293 §3.10.7): 상태에 따라 나누고, 아직 동기화되지 않은 세 상태를 처리한다.

동기화된 상태(§3.10.7.4)의 차례는 `arrival_checks`(첫째–넷째), `arrival_ack`(다섯째),
`arrival_text`(여섯째–여덟째)에 있다. `arrival_fast`는 그 차례를 다 볼 것이 없는 흔한 세그먼트를 먼저 가려낸다.
강의: lessons/04_connection_establishment.ipynb, lessons/06_state_diagram.ipynb
"""

from __future__ import annotations

from .arrival_ack import rtt_of, take_ack
from .arrival_checks import passes_checks, without_repeated_syn
from .arrival_text import take_text
from .bits import ACK, BITS, CWR, FIN, RST, SYN
from .reopening import may_reopen, reopen
from .segment import Segment
from .state import Event, State
from .tcb import Tcb

_ESTABLISHED = State.ESTABLISHED  # 거의 모든 세그먼트가 이 상태에서 온다


def arrive(tcb: Tcb, segment: Segment, now: float, ce: bool) -> None:
    """세그먼트 하나를 처리한다. `ce`는 네트워크가 혼잡을 표시했다는 뜻이다(IP 헤더의 CE)."""
    state = tcb.state
    if state is _ESTABLISHED:
        _in_synchronized(tcb, segment, now, ce)
    elif state is State.CLOSED:
        _in_closed(tcb, segment)
    elif state is State.LISTEN:
        _in_listen(tcb, segment, now)
    elif state is State.SYN_SENT:
        _in_syn_sent(tcb, segment, now)
    elif state is State.SYN_RCVD:
        _in_synchronized(tcb, without_repeated_syn(tcb, segment), now, ce)
    elif state is State.TIME_WAIT and tcb.config.reopen_time_wait and may_reopen(tcb, segment):
        reopen(tcb)
        _in_listen(tcb, segment, now)
    else:
        _in_synchronized(tcb, segment, now, ce)


def _in_closed(tcb: Tcb, segment: Segment) -> None:
    """§3.10.7.1: RST가 아니면 모두 RST로 물리친다."""
    bits = BITS[segment.flags]
    if bits & RST:
        tcb.move(Event.RCV_RST)
    elif bits & SYN and not bits & ACK:
        tcb.move(Event.RCV_SYN, segment)
    else:
        tcb.move(Event.RCV_ACK, segment)


def _in_listen(tcb: Tcb, segment: Segment, now: float) -> None:
    """§3.10.7.2: RST는 버리고, ACK는 물리치고, SYN이면 연다."""
    bits = BITS[segment.flags]
    if bits & RST:
        tcb.move(Event.RCV_RST)
    elif bits & ACK:
        tcb.move(Event.RCV_ACK, segment)
    elif bits & SYN:
        tcb.remote_port = segment.src_port
        tcb.take_syn(segment, now)
        tcb.move(Event.RCV_SYN)


def _in_syn_sent(tcb: Tcb, segment: Segment, now: float) -> None:
    """§3.10.7.3: ACK, RST, SYN의 차례로 본다."""
    bits, sender = BITS[segment.flags], tcb.sender
    ack = sender.number(segment.ack)
    acks_syn = bool(bits & ACK) and sender.acceptable_ack(ack)
    if bits & ACK and not acks_syn:
        tcb.refuse(segment)  # 첫째: 내 SYN의 것이 아닌 ACK
    elif bits & RST:
        if acks_syn:  # 둘째: 내 SYN을 확인하는 RST만 믿는다
            tcb.error = "연결이 거부되었습니다"
            tcb.move(Event.RCV_RST)
    elif bits & SYN:
        tcb.take_syn(segment, now)
        if acks_syn:
            sender.on_ack(ack, now, rtt_of(tcb, segment, now))
            tcb.move(Event.RCV_SYN_ACK)
            tcb.keepalive.on_arrival(now)
            take_text(tcb, segment, now)
        else:
            tcb.move(Event.RCV_SYN)  # 동시 개방


def _in_synchronized(tcb: Tcb, segment: Segment, now: float, ce: bool) -> None:
    """§3.10.7.4: 정해진 차례로 본다. 어느 단계에서든 버려지면 거기서 끝난다."""
    if not passes_checks(tcb, segment, now):
        return
    if tcb.config.keepalive is not None:
        tcb.keepalive.on_arrival(now)
    if tcb.negotiated.ecn:
        _note_congestion(tcb, segment, ce)
    if take_ack(tcb, segment, now) and (segment.payload or BITS[segment.flags] & FIN):
        take_text(tcb, segment, now)


def _note_congestion(tcb: Tcb, segment: Segment, ce: bool) -> None:
    """CE를 받으면 상대가 CWR로 줄였다고 할 때까지 ECE로 알린다 (RFC 3168 §6.1.3)."""
    if BITS[segment.flags] & CWR:
        tcb.echo_congestion = False
    if ce:
        tcb.echo_congestion = True
