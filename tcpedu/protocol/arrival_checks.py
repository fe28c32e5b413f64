"""세그먼트 도착의 첫째–넷째: 순서 번호, RST, (보안), SYN (RFC 9293 §3.10.7.4, RFC 7323 §5, RFC 5961 §3–§4).

강의: lessons/06_state_diagram.ipynb
"""

from __future__ import annotations

from dataclasses import replace

from .arrival_ack import take_ack
from .bits import ACK, BITS, FIN, RST, SYN
from .segment import Flags, Segment, Timestamps
from .seqnum import seq_add
from .state import Event, State
from .tcb import Tcb


def passes_checks(tcb: Tcb, segment: Segment, now: float) -> bool:
    """ACK와 데이터를 볼 세그먼트이면 참. 답할 것이 있으면 `tcb`에 적어 둔다."""
    bits = BITS[segment.flags]
    if tcb.timestamps is not None and not _passes_paws(tcb, segment, bits, now):
        return False
    assert tcb.receiver is not None
    length = segment.length if bits & (SYN | FIN) else len(segment.payload)
    if not tcb.receiver.acceptable(segment.seq, length):
        _reject(tcb, segment, bits, now)
        return False
    if bits & RST:
        _reset(tcb, segment, now)
        return False
    if bits & SYN:
        _syn_again(tcb, now)
        return False
    return bool(bits & ACK)  # 다섯째: ACK가 꺼진 세그먼트는 버린다


def _passes_paws(tcb: Tcb, segment: Segment, bits: int, now: float) -> bool:
    """되풀이된 순서 번호에 대한 보호 (RFC 7323 §5.3 R1). RST에는 적용하지 않는다."""
    if bits & RST:
        return True
    stamp = segment.option(Timestamps)
    if stamp is None:
        return bool(bits & SYN)  # 협상한 뒤의 세그먼트에 타임스탬프가 없으면 조용히 버린다 (RFC 7323 §3.2)
    assert tcb.timestamps is not None
    accepted = tcb.timestamps.accept(stamp, segment.seq, now)
    if not accepted:
        tcb.ack_now = True
    return accepted


def _reject(tcb: Tcb, segment: Segment, bits: int, now: float) -> None:
    """첫째: 윈도우 밖이면 지금의 번호를 알리는 ACK로 답하고 버린다. RST에는 답하지 않는다."""
    if bits & RST:
        return
    if tcb.state is State.TIME_WAIT and bits & FIN:
        tcb.move(Event.RCV_FIN)  # 마지막 ACK가 사라져 FIN이 다시 왔다
        tcb.start_time_wait(now)
        return
    assert tcb.receiver is not None
    # 윈도우의 꼭 오른쪽 끝이면 데이터는 버리더라도 ACK는 받는다: 윈도우가 0이거나, 상대가 윈도우를 다 채워 보낸 것이
    # 모두 사라졌다. 글대로 버리면 두 쪽이 서로의 ACK를 버리며 멈출 수 있다. 리눅스도 받는다(tcp_sequence).
    if tcb.receiver.at_edge(segment.seq) and bits & ACK and not bits & SYN:
        take_ack(tcb, segment, now)
        if not segment.length:
            return  # 답하면 서로의 ACK에 끝없이 답하게 된다
    tcb.receiver.note_duplicate(segment.seq, len(segment.payload))
    tcb.ack_now = tcb.state is not State.CLOSED


def _reset(tcb: Tcb, segment: Segment, now: float) -> None:
    """둘째: RST. 번호가 RCV.NXT와 꼭 맞을 때만 끊고, 아니면 challenge ACK (RFC 5961 §3)."""
    assert tcb.receiver is not None
    if segment.seq != tcb.receiver.nxt:
        tcb.challenge(now)
        return
    opening = tcb.state is State.SYN_RCVD
    tcb.error = "연결이 거부되었습니다" if opening else "상대가 연결을 끊었습니다(RST)"
    tcb.move(Event.RCV_RST_ACTIVE if opening and not tcb.passive else Event.RCV_RST)


def _syn_again(tcb: Tcb, now: float) -> None:
    """넷째: 동기화된 뒤의 SYN. 수동 개방이면 LISTEN으로, 나머지는 challenge ACK (RFC 5961 §4)."""
    if tcb.state is State.SYN_RCVD:
        if tcb.passive:
            tcb.move(Event.RCV_SYN)
        else:
            tcb.challenge(now)
    elif tcb.challenges.allow(now):
        tcb.move(Event.RCV_SYN)


def without_repeated_syn(tcb: Tcb, segment: Segment) -> Segment:
    """동시 개방에서 상대가 SYN을 SYN,ACK로 되풀이하면 SYN을 떼고 ACK만 본다 (RFC 9293 그림 7의 6행)."""
    assert tcb.receiver is not None
    if segment.seq != tcb.receiver.irs or not segment.has(Flags.SYN | Flags.ACK):
        return segment
    # SYN의 윈도우에는 스케일이 없으므로(RFC 7323 §2.2), 보통 세그먼트로 읽어도 커지지 않게 미리 나눈다.
    window = segment.window >> tcb.negotiated.snd_wscale
    return replace(segment, seq=seq_add(segment.seq, 1), flags=segment.flags & ~Flags.SYN, window=window)
