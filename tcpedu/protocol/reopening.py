"""TIME_WAIT에 온 새 SYN: 옛 세그먼트와 섞일 염려가 없으면 기다리지 않고 다시 연다 (RFC 9293 §3.6.1, RFC 6191).

강의: lessons/05_connection_termination.ipynb
"""

from __future__ import annotations

from .bits import BITS, SYN
from .segment import Segment, Timestamps
from .seqnum import seq_add, seq_lt
from .state import Event, State
from .tcb import Tcb

ISS_STEP = 128_000  # 앞 연결이 쓴 가장 큰 번호에 이만큼 더한 것이 새 ISS다: RFC는 더 크기만을 요구한다


def next_iss(used: int) -> int:
    """다시 열 때의 ISS. `used`는 앞 연결이 쓴 가장 큰 순서 번호다.

    >>> next_iss(2**32 - 1)
    127999
    """
    return seq_add(used, ISS_STEP)


def may_reopen(tcb: Tcb, segment: Segment) -> bool:
    """이 SYN으로 다시 열어도 되는가.

    두 쪽이 타임스탬프를 쓰면 SYN의 것이 더 새것이어야 한다. 같거나 쓰지 않으면 순서 번호가 앞 연결의 마지막보다 커야
    한다 (RFC 6191 §2).
    """
    if tcb.state is not State.TIME_WAIT or not tcb.passive or BITS[segment.flags] != SYN or tcb.receiver is None:
        return False
    stamp = segment.option(Timestamps)
    if tcb.timestamps is not None and stamp is not None and stamp.value != tcb.timestamps.recent:
        return seq_lt(tcb.timestamps.recent, stamp.value)
    return seq_lt(seq_add(tcb.receiver.nxt, -1), segment.seq)


def reopen(tcb: Tcb) -> None:
    """TIME_WAIT를 끝내고 LISTEN으로 돌아간다. 새 ISS는 앞 연결이 쓴 번호보다 크다 (MAY-2의 (1))."""
    tcb.iss = next_iss(tcb.sender.seq(tcb.sender.max_nxt))
    tcb.move(Event.TIMEOUT_2MSL)
    tcb.clear(State.CLOSED)
    tcb.move(Event.OPEN_PASSIVE)
    tcb.passive = True
