"""헤더 예측: 다음 차례의 데이터이거나 새것을 확인하는 ACK일 뿐인 세그먼트 (Van Jacobson, 1990; RFC 7323 §5.6).

대량 전송에서는 거의 모든 세그먼트가 이것이고, RFC 9293 §3.10.7.4의 다른 단계는 볼 것이 없다. 규칙은 `arrival_checks`,
`arrival_ack`, `arrival_text`에 있다. 여기에는 그 단계들이 모두 그냥 지나갈 조건과, 그때 남는 일만 적는다. 두 길이
언제나 같은 것을 내는지는 시험이 견준다.
강의: lessons/06_state_diagram.ipynb
"""

from __future__ import annotations

from .bits import ACK, BITS, PSH
from .handshake import timestamp
from .paws import usual_stamp
from .segment import Segment
from .tcb import Tcb


def take_predicted(tcb: Tcb, segment: Segment, now: float) -> bool:
    """ESTABLISHED에서 예측한 세그먼트이면 반영하고 참. 아니면 아무것도 바꾸지 않고 거짓: 정해진 차례로 보아야 한다."""
    sender, receiver, timestamps, payload = tcb.sender, tcb.receiver, tcb.timestamps, segment.payload
    assert receiver is not None
    ack, una = sender.number(segment.ack), sender.una
    if (
        BITS[segment.flags] & ~PSH != ACK  # RST, SYN, FIN이 없다
        or not receiver.expects(segment.seq, len(payload))  # 바로 다음 차례이고, 통째로 윈도우에 든다
        or not una <= ack <= sender.max_nxt  # 옛것도, 보내지 않은 것도 아니다
        or (ack == una and not payload)  # 중복 ACK일 수 있다
        or tcb.negotiated.ecn
        or sender.recovery.attentive
        or tcb.config.keepalive is not None
    ):
        return False
    stamp = usual_stamp(segment.options)
    if timestamps is None:
        if segment.options:
            return False
    elif stamp is None or not timestamps.accept(stamp, segment.seq, now):
        return False
    elif ack > una:
        sender.stamped_rtt = timestamps.rtt(stamp, timestamp(now))
    sender.persist.probes = 0
    if ack > una:
        sender.on_ack(ack, now, sender.stamped_rtt)
    sender.update_window(segment.seq, segment.ack, segment.window << tcb.negotiated.snd_wscale)
    if payload and receiver.take_next(payload, now):
        tcb.ack_now = True
    return True
