"""나갈 세그먼트를 만든다: 토막에 확인응답과 윈도우와 옵션을 붙인다 (RFC 9293 §3.10).

강의: lessons/02_segment_header.ipynb
"""

from __future__ import annotations

from .bits import ACK, ECE, FLAGS, SYN
from .choosing import Chunk
from .handshake import ecn_flags, syn_options, timestamp
from .receiver import MAX_FIELD
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
                # 빈틈을 알리는 ACK는 데이터에 싣지 않는다: 실으면 중복 ACK로 세지 않는다
                tcb.outbox.append(acknowledgement(tcb, now))
            send(tcb, chunks, now)
        if tcb.ack_now:
            tcb.outbox.append(acknowledgement(tcb, now))
    out, tcb.outbox = tcb.outbox, []
    return out


def acknowledgement(tcb: Tcb, now: float) -> Segment:
    """데이터 없는 ACK. 번호는 지금까지 보낸 끝이다: 되돌아간 SND.NXT를 쓰면 상대의 윈도우 밖이 된다."""
    bits, ack, window, options = _common_fields(tcb, now)
    tcb.ack_now = False
    return _segment(tcb, tcb.sender.max_nxt, bits, ack, window, _with_sack(tcb, options), b"")


def send(tcb: Tcb, chunks: list[Chunk], now: float) -> None:
    """토막마다 세그먼트를 만들어 내보낸다. 확인응답과 윈도우와 타임스탬프는 모두에 같다."""
    if chunks[0][1] & SYN:
        _send_syn(tcb, chunks[0], now)
        chunks = chunks[1:]
    if chunks:
        bits, ack, window, options = _common_fields(tcb, now)
        source, target, iss, outbox = tcb.config.local_port, tcb.remote_port or 0, tcb.sender.iss, tcb.outbox
        for start, control, payload in chunks:
            seq, flags = (iss + start) & 0xFFFFFFFF, FLAGS[bits | control]
            carried = options if payload else _with_sack(tcb, options)
            outbox.append(new_segment(source, target, seq, ack, flags, window, carried, payload))
    tcb.ack_now = False


def _common_fields(tcb: Tcb, now: float) -> tuple[int, int, int, tuple[Option, ...]]:
    """지금 내보내는 모든 세그먼트에 실을 것: 제어 비트, 확인응답 번호, 윈도우, 옵션."""
    receiver, timestamps = tcb.receiver, tcb.timestamps
    if receiver is None:
        return 0, 0, min(tcb.config.receive_buffer, MAX_FIELD), ()
    receiver.delayed.on_ack_sent()
    ack = receiver.nxt
    options: tuple[Option, ...] = ()
    if timestamps is not None:
        options = timestamps.options(timestamp(now))
        timestamps.last_ack_sent = ack
    return ACK | ECE if tcb.echo_congestion else ACK, ack, receiver.advertise(), options


def _send_syn(tcb: Tcb, chunk: Chunk, now: float) -> None:
    """SYN. 상대의 SYN을 받았으면 SYN,ACK다."""
    start, bits, payload = chunk
    bits, ack, window, options = _syn_fields(tcb, bits, now)
    tcb.outbox.append(_segment(tcb, start, bits, ack, window, options, payload))


def _segment(
    tcb: Tcb, start: int, bits: int, ack: int, window: int, options: tuple[Option, ...], payload: bytes
) -> Segment:
    seq = (tcb.sender.iss + start) & 0xFFFFFFFF
    return new_segment(tcb.config.local_port, tcb.remote_port or 0, seq, ack, FLAGS[bits], window, options, payload)


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


def _with_sack(tcb: Tcb, options: tuple[Option, ...]) -> tuple[Option, ...]:
    """따로 받은 구간을 덧붙인다. 타임스탬프와 함께면 셋, 아니면 넷까지 들어간다 (RFC 2018 §3)."""
    receiver = tcb.receiver
    if receiver is None or not tcb.negotiated.sack or not receiver.sack:
        return options
    blocks = receiver.sack_report(3 if options else 4)
    return (*options, _NOP, _NOP, Sack(blocks)) if blocks else options
