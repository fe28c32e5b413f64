"""이야기를 지켜보는 눈과, 길이 하는 나쁜 일. 배우는 사람의 커널에서 돈다."""

from __future__ import annotations

from tcpedu.network.impairments import Loss
from tcpedu.network.packet import Packet
from tcpedu.network.trace import Trace
from tcpedu.protocol.segment import Flags
from tcpedu.protocol.seqnum import MODULUS, seq_diff


def drop_nth_data(nth: tuple[int, ...]) -> Loss | None:
    """처음 보내는 데이터 세그먼트만 세어 `nth`번째를 잃는다."""
    if not nth:
        return None
    count = 0

    def lose(packet: Packet) -> bool:
        nonlocal count
        if not packet.segment.payload or packet.note:
            return False
        count += 1
        return count in nth

    return lose


def lose_updates(count: int, host: str, since: float) -> Loss | None:
    """`host`가 `since`초부터 보내는 윈도우 갱신(0이 아닌 윈도우의 순수 ACK)을 처음 `count`개 잃는다."""
    if not count:
        return None
    left = count

    def lose(packet: Packet) -> bool:
        nonlocal left
        segment = packet.segment
        bare = segment.window > 0 and not segment.payload and Flags.SYN not in segment.flags
        lost = left > 0 and bare and packet.src == host and packet.sent >= since
        left -= lost
        return lost

    return lose


def beyond_window(trace: Trace, me: str) -> bool:
    """상대가 알린 오른쪽 끝을 한 바이트(탐침) 넘게 지나쳐 보낸 적이 있는가."""
    edge: int | None = None
    heard = sorted(
        (one for one in trace.segments if one.src != me and one.arrived is not None), key=lambda one: one.arrived or 0.0
    )
    told = iter(heard)
    coming = next(told, None)
    for sent in (one for one in trace.segments if one.src == me):
        while coming is not None and coming.arrived is not None and coming.arrived <= sent.sent:
            reach = (coming.segment.ack + coming.segment.window) % MODULUS
            if Flags.ACK in coming.segment.flags and (edge is None or seq_diff(reach, edge) > 0):
                edge = reach
            coming = next(told, None)
        if sent.segment.payload and edge is not None:
            end = (sent.segment.seq + len(sent.segment.payload)) % MODULUS
            if seq_diff(end, edge) > 1:
                return True
    return False
