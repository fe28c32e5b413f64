"""나갈 세그먼트를 만든다: 토막에 확인응답과 윈도우와 옵션을 붙인다 (RFC 9293 §3.10).

강의: lessons/02_segment_header.ipynb
"""

from __future__ import annotations

from .bits import ACK, ECE, FLAGS, SYN
from .choosing import Chunk
from .handshake import ecn_flags, syn_options, timestamp
from .receiver import MAX_FIELD, Receiver
from .segment import NoOperation, Option, Sack, Segment, new_segment
from .state import State
from .tcb import Tcb

_NOP = NoOperation()
_CLOSED, _LISTEN = State.CLOSED, State.LISTEN


def flush(tcb: Tcb, now: float) -> list[Segment]:
    """지금 보낼 수 있는 것을 모두 세그먼트로 만들어 돌려준다."""
    state = tcb.state
    if state is not _CLOSED and state is not _LISTEN:
        chunks = tcb.sender.output(now)
        receiver = tcb.receiver
        if chunks:
            if tcb.ack_now and receiver is not None and (receiver.sack or receiver.out_of_order):
                acknowledge(tcb, now)  # 빈틈을 알리는 ACK는 데이터에 싣지 않는다: 실으면 중복 ACK로 세지 않는다
            for chunk in chunks:
                send(tcb, chunk, now)
        if tcb.ack_now:
            acknowledge(tcb, now)
    if not tcb.outbox:
        return []
    out, tcb.outbox = tcb.outbox, []
    return out


def acknowledge(tcb: Tcb, now: float) -> None:
    """데이터 없는 ACK. 번호는 지금까지 보낸 끝이다: 되돌아간 SND.NXT를 쓰면 상대의 윈도우 밖이 된다."""
    send(tcb, (tcb.sender.max_nxt, 0, b""), now)


def send(tcb: Tcb, chunk: Chunk, now: float) -> None:
    """토막 하나를 세그먼트로 만들어 내보낸다."""
    start, bits, payload = chunk
    sender, receiver, timestamps = tcb.sender, tcb.receiver, tcb.timestamps
    options: tuple[Option, ...] = ()
    if bits & SYN:
        bits, ack, window, options = _syn_fields(tcb, bits, now)
    elif receiver is None:
        ack, window = 0, min(tcb.config.receive_buffer, MAX_FIELD)
    else:
        bits |= ACK | ECE if tcb.echo_congestion else ACK
        ack, window = receiver.nxt, receiver.advertise()
        if timestamps is not None:
            options = timestamps.options(timestamp(now))
            timestamps.last_ack_sent = ack
        if not payload and tcb.negotiated.sack and receiver.sack:
            options = _with_sack(options, receiver)
        receiver.delayed.on_ack_sent()
    tcb.ack_now = False
    seq = (sender.iss + start) & 0xFFFFFFFF
    tcb.outbox.append(
        new_segment(tcb.config.local_port, tcb.remote_port or 0, seq, ack, FLAGS[bits], window, options, payload)
    )


def _syn_fields(tcb: Tcb, bits: int, now: float) -> tuple[int, int, int, tuple[Option, ...]]:
    """SYN의 제어 비트, 확인응답 번호, 윈도우, 옵션. 상대의 SYN을 받았으면 SYN,ACK다."""
    config, receiver, timestamps = tcb.config, tcb.receiver, tcb.timestamps
    bits |= ecn_flags(config, tcb.peer_syn)
    options = syn_options(config, now, timestamps.recent if timestamps else 0, reply_to=tcb.peer_syn)
    if receiver is None:
        return bits, 0, min(config.receive_buffer, MAX_FIELD), options
    if timestamps is not None:
        timestamps.last_ack_sent = receiver.nxt
    receiver.delayed.on_ack_sent()
    return bits | ACK, receiver.nxt, receiver.advertise(syn=True), options


def _with_sack(options: tuple[Option, ...], receiver: Receiver) -> tuple[Option, ...]:
    """따로 받은 구간을 덧붙인다. 타임스탬프와 함께면 셋, 아니면 넷까지 들어간다 (RFC 2018 §3)."""
    blocks = receiver.sack_report(3 if options else 4)
    return (*options, _NOP, _NOP, Sack(blocks)) if blocks else options
