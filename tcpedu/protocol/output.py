"""나갈 세그먼트를 만든다: 토막에 확인응답과 윈도우와 옵션을 붙인다 (RFC 9293 §3.10).

강의: lessons/02_segment_header.ipynb
"""

from __future__ import annotations

from .bits import ACK, ECE, FLAGS, SYN
from .choosing import Chunk
from .handshake import ecn_flags, syn_options, timestamp
from .segment import NoOperation, Option, Sack, Segment, Timestamps
from .state import State
from .tcb import Tcb

_NOP = NoOperation()
_SILENT = (State.CLOSED, State.LISTEN)


def flush(tcb: Tcb, now: float) -> list[Segment]:
    """지금 보낼 수 있는 것을 모두 세그먼트로 만들어 돌려준다."""
    if tcb.state not in _SILENT:
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
    send(tcb, Chunk(tcb.sender.max_nxt), now)


def send(tcb: Tcb, chunk: Chunk, now: float) -> None:
    """토막 하나를 세그먼트로 만들어 내보낸다."""
    start, bits, payload = chunk
    config, receiver = tcb.config, tcb.receiver
    syn = bool(bits & SYN)
    if syn:
        bits |= ecn_flags(config, tcb.peer_syn)
    elif tcb.echo_congestion:
        bits |= ECE
    if receiver is None:
        ack, window = 0, min(config.receive_buffer, 0xFFFF)
    else:
        bits |= ACK
        ack, window = receiver.nxt, receiver.advertise(syn=syn)
        if tcb.timestamps is not None:
            tcb.timestamps.last_ack_sent = ack
        receiver.delayed.on_ack_sent()
    options: tuple[Option, ...] = ()
    if syn:
        echo = tcb.timestamps.recent if tcb.timestamps else 0
        options = syn_options(config, now, echo, reply_to=tcb.peer_syn)
    elif receiver is not None and (tcb.timestamps is not None or receiver.sack):
        options = _options(tcb, bool(payload), now)
    tcb.ack_now = False
    seq, peer = tcb.sender.seq(start), tcb.remote_port or 0
    tcb.outbox.append(Segment(config.local_port, peer, seq, ack, FLAGS[bits], window, 0, options, payload))


def _options(tcb: Tcb, has_data: bool, now: float) -> tuple[Option, ...]:
    """타임스탬프와, 데이터 없는 ACK라면 SACK (RFC 7323 §3.2, RFC 2018 §3)."""
    options: tuple[Option, ...] = ()
    limit = 4
    if tcb.timestamps is not None:
        options = (_NOP, _NOP, Timestamps(timestamp(now), tcb.timestamps.recent))
        limit = 3  # 타임스탬프와 함께면 셋까지만 들어간다 (RFC 2018 §3)
    if not has_data and tcb.negotiated.sack and tcb.receiver is not None:
        blocks = tcb.receiver.sack_report(limit)
        if blocks:
            options = (*options, _NOP, _NOP, Sack(blocks))
    return options
