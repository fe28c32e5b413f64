"""헤더 예측: 다음 차례의 데이터이거나 새것을 확인하는 ACK일 뿐인 세그먼트 (Van Jacobson, 1990; RFC 7323 §5.6).

대량 전송에서는 거의 모든 세그먼트가 이것이고, RFC 9293 §3.10.7.4의 다른 단계는 볼 것이 없다. 규칙은 `arrival_checks`,
`arrival_ack`, `arrival_text`에 있다. 여기에는 그 단계들이 모두 그냥 지나갈 조건과, 그때 남는 일만 적는다. 두 길이
언제나 같은 것을 내는지는 시험이 견준다.
강의: lessons/06_state_diagram.ipynb
"""

from __future__ import annotations

from typing import Any

from .bits import ACK, FLAGS, PSH
from .handshake import timestamp
from .options import StampedOptions
from .segment import Segment
from .seqnum import SIGN
from .tcb import Tcb

_ACK, _PSH_ACK = FLAGS[ACK], FLAGS[ACK | PSH]  # RST, SYN, FIN이 없다


def take_predicted(tcb: Tcb, segment: Segment, now: float) -> bool | None:
    """ESTABLISHED나, 데이터를 다 확인받지 못한 FIN_WAIT_1에서 예측한 세그먼트이면 반영한다.

    송신 변수가 그대로이고 새로 보낼 것이 없으면 거짓, 아니면 참. 예측하지 않은 것이면 아무것도 바꾸지 않고 `None`:
    정해진 차례로 보아야 한다.
    """
    sender, receiver, flags, seq, payload = tcb.sender, tcb.receiver, segment.flags, segment.seq, segment.payload
    assert receiver is not None
    una = sender.una
    acked = (segment.ack - sender.iss - una) & 0xFFFFFFFF  # 새로 확인하는 번호의 수
    if (
        (flags is not _ACK and flags is not _PSH_ACK)
        or seq != receiver.nxt
        or (seq - sender.wl1) & SIGN  # 윈도우를 알린 것보다 먼저 보낸 것
        or tcb.attentive
        or (payload and not receiver.fits(len(payload)))
    ):
        return None
    if not acked:
        if not payload:  # 중복 ACK일 수 있다
            return None
    elif acked > sender.max_nxt - una or (sender.fin_queued and una + acked == sender.end):
        return None  # 옛것이거나, 보내지 않은 것이거나, 내 FIN의 ACK
    options, timestamps = segment.options, tcb.timestamps
    if timestamps is not None:
        if type(options) is not StampedOptions:
            return None
        stamp: Any = options[2]
        if not timestamps.accept(stamp, seq, now):
            return None
        if acked:
            sender.stamped_rtt = timestamps.rtt(stamp, timestamp(now))
    elif options:
        return None
    sender.persist.probes = 0
    window = segment.window << tcb.negotiated.snd_wscale
    if acked:
        sender.on_ack(una + acked, now, sender.stamped_rtt)
        may_send = True
    else:
        may_send = window != sender.wnd or not sender.resting
    sender.set_window(seq, segment.ack, window)  # 확인응답도 먼저 것보다 뒤지지 않는다: SND.WL2 ≤ SND.UNA
    if payload and receiver.take_next(payload, now):
        tcb.ack_now = True
    return may_send
