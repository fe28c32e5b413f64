"""기록에서 되살린 순서 번호들: 한 방향의 데이터를 두 끝이 어디까지 보냈고, 받았고, 확인했는지 (RFC 9293 §3.3.1, §3.4).

연결의 안을 들여다보지 않고, 떠난 세그먼트와 닿은 세그먼트만 본다. 재전송 타임아웃 뒤에 SND.NXT가 되돌아가는 것은
밖에서 보이지 않으므로 `snd_nxt`는 지금까지 보낸 가장 뒤의 번호다.
강의: lessons/03_sequence_numbers.ipynb
"""

from __future__ import annotations

from typing import NamedTuple

from tcpedu.protocol.config import Config
from tcpedu.protocol.receiver import Receiver
from tcpedu.protocol.segment import Flags, Segment, WindowScale
from tcpedu.protocol.sender import Sender
from tcpedu.protocol.seqnum import seq_add, seq_diff, seq_le, seq_lt

from .packet import Packet
from .trace import Trace

_UNLIMITED = Config(receive_buffer=1 << 30, window_scale=14, delayed_ack=0.0)


class Pointers(NamedTuple):
    """한 방향의 순서 번호 공간. 윈도우는 바이트, `blocks`는 빈틈 뒤에 받아 둔 구간들이다.

    `packet`은 이 순간에 떠났거나(`arrived`가 거짓) 닿은(참) 세그먼트다. SYN이 닿기 전에는 `rcv_nxt`가 `None`이다.
    """

    isn: int
    snd_una: int
    snd_nxt: int
    snd_wnd: int
    rcv_nxt: int | None
    rcv_wnd: int
    blocks: tuple[tuple[int, int], ...] = ()
    time: float = 0.0
    packet: Packet | None = None
    arrived: bool = False


def pointers(trace: Trace, host: str) -> list[Pointers]:
    """`host`가 보내는 방향의 번호들이 움직인 순간마다 하나씩.

    두 번째 연결부터는 보지 않는다. SYN을 보내지 않았으면 `ValueError`.

    >>> from tcpedu.network.scenarios import CLIENT, transfer
    >>> found = pointers(transfer(b"hello"), CLIENT)
    >>> [(at.snd_una, at.snd_nxt, at.rcv_nxt) for at in (found[0], found[1], found[-1])]
    [(100, 101, None), (100, 101, 101), (107, 107, 107)]
    """
    opening = next((sent for sent in trace.segments if sent.src == host and sent.segment.has(Flags.SYN)), None)
    if opening is None:
        raise ValueError(f"{host}에서 보낸 SYN이 기록에 없습니다. 기록의 호스트: {', '.join(trace.hosts) or '없음'}")
    replay = _Replay(opening)
    found: list[Pointers] = []
    for time, packet, arrived in _events(trace, opening):
        replay.take(packet, arrived)
        now = replay.pointers()
        if not found or now != found[-1][:7]:
            found.append(Pointers(*now, time, packet, arrived))
    return found


def _events(trace: Trace, opening: Packet) -> list[tuple[float, Packet, bool]]:
    """두 끝에서 일어난 일, 시각 순서로. 같은 시각이면 원인이 결과보다 앞선다."""
    ends = {(opening.src, opening.segment.src_port), (opening.dst, opening.segment.dst_port)}
    events = []
    for sent in trace.segments:
        if {(sent.src, sent.segment.src_port), (sent.dst, sent.segment.dst_port)} != ends:
            continue
        events.append((sent.sent, float(sent.number), sent, False))
        moments = zip(sent.arrivals, sent.received_after, strict=False)
        events += [(at, after + 0.5, sent, True) for at, after in moments]
    events.sort(key=lambda event: event[:2])
    return [(time, sent, arrived) for time, _, sent, arrived in events]


class _Replay:
    """세그먼트가 떠나고 닿은 것을 차례로 되풀이한다. 규칙은 `Sender`와 `Receiver`의 것을 그대로 쓴다."""

    def __init__(self, opening: Packet) -> None:
        self.host, self.isn = opening.src, opening.segment.seq
        self.una = self.nxt = self.isn
        self.sender = Sender(_UNLIMITED, self.isn)
        self.receiver: Receiver | None = None
        self.edge = 0  # 받는 쪽이 알린 오른쪽 끝
        self.shifts: dict[str, int] = {}  # 호스트 → SYN에 적은 윈도우 스케일

    def pointers(self) -> tuple[int, int, int, int, int | None, int, tuple[tuple[int, int], ...]]:
        receiver = self.receiver
        if receiver is None:
            return self.isn, self.una, self.nxt, self.sender.wnd, None, 0, ()
        room = max(0, seq_diff(self.edge, receiver.nxt))
        return self.isn, self.una, self.nxt, self.sender.wnd, receiver.nxt, room, tuple(receiver.blocks)

    def take(self, packet: Packet, arrived: bool) -> None:
        segment, ours = packet.segment, packet.src == self.host
        if segment.has(Flags.RST):
            if not ours and not arrived:
                self.receiver = None  # 상대에는 연결이 없다
            return
        if segment.has(Flags.SYN) and not arrived:
            option = segment.option(WindowScale)
            self.shifts[packet.src] = -1 if option is None else option.shift
        if ours and arrived:
            self._receive(segment)
        elif ours:
            end = seq_add(segment.seq, segment.length)
            self.nxt = end if seq_lt(self.nxt, end) else self.nxt
        elif arrived:
            self._acknowledge(segment)
        elif self.receiver is not None and segment.has(Flags.ACK):
            edge = seq_add(segment.ack, self._window(segment))
            self.edge = edge if seq_lt(self.edge, edge) else self.edge

    def _receive(self, segment: Segment) -> None:
        if segment.has(Flags.SYN):
            if self.receiver is None:
                self.receiver = Receiver(_UNLIMITED, segment.seq, scale=14)
                self.receiver.advertise()
                self.edge = self.receiver.nxt
        elif self.receiver is not None and segment.length:
            room = max(0, seq_diff(self.edge, segment.seq))
            payload = segment.payload[:room]
            whole = len(payload) == len(segment.payload)
            self.receiver.take(segment.seq, payload, segment.has(Flags.FIN) and whole, 0.0)

    def _acknowledge(self, segment: Segment) -> None:
        if not segment.has(Flags.ACK):
            return
        if seq_lt(self.una, segment.ack) and seq_le(segment.ack, self.nxt):
            self.una = segment.ack
        if segment.has(Flags.SYN):
            self.sender.set_window(segment.seq, segment.ack, self._window(segment))
        elif seq_le(self.una, segment.ack):
            self.sender.update_window(segment.seq, segment.ack, self._window(segment))

    def _window(self, segment: Segment) -> int:
        scaled = len(self.shifts) == 2 and min(self.shifts.values()) >= 0 and not segment.has(Flags.SYN)
        mine = next((shift for name, shift in self.shifts.items() if name != self.host), 0)
        return segment.window << (mine if scaled else 0)
