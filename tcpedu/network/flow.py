"""기록에서 흐름 하나를 따라간다: 무엇을 언제 보냈고, 언제 확인받았고, 그사이 무슨 일이 있었는가.

모든 값은 기록의 세그먼트에서 나온다. 순서 번호는 그 방향의 ISN을 뺀 값이라 데이터의 첫 바이트가 1이다. 크기는 바이트,
시간은 초다.
강의: lessons/09_congestion_control.ipynb, lessons/10_loss_recovery.ipynb
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from tcpedu.protocol.segment import Flags, Sack, Segment, WindowScale

from .packet import Ecn, Packet
from .trace import Trace, WindowSample

_MASK = 0xFFFFFFFF
_SYN, _ACK, _CWR = int(Flags.SYN), int(Flags.ACK), int(Flags.CWR)


class Sent(NamedTuple):
    """보낸 세그먼트: 시각, 순서 번호의 [처음, 끝), 다시 보낸 것인가, 도착했는가."""

    time: float
    start: int
    end: int
    again: bool
    arrived: float | None


class SackSeen(NamedTuple):
    """보내는 쪽이 받은 SACK 블록 하나 [left, right) (RFC 2018)."""

    time: float
    left: int
    right: int


class FlowEvent(NamedTuple):
    """흐름에 생긴 일: kind는 "fast retransmit", "timeout", "ecn", "drop", "mark" 가운데 하나다."""

    time: float
    kind: str


@dataclass
class Flow:
    """한 방향의 데이터 흐름. 목록은 모두 시각 순서다.

    `in_flight`는 (시각, 보냈으나 확인받지 못한 바이트), `acked`는 (시각, 확인받은 곳), `edge`는 (시각, 상대가 알린
    윈도우의 오른쪽 끝), `rtts`는 (확인받은 시각, 왕복 시간)이고 다시 보낸 것은 재지 않는다(Karn, RFC 6298 §3).
    `arrivals`는 (도착한 시각, 바이트, 처음 온 데이터인가)다.
    """

    src: str
    dst: str
    sent: list[Sent] = field(default_factory=list)
    acked: list[tuple[float, int]] = field(default_factory=list)
    edge: list[tuple[float, int]] = field(default_factory=list)
    sacks: list[SackSeen] = field(default_factory=list)
    in_flight: list[tuple[float, int]] = field(default_factory=list)
    rtts: list[tuple[float, float]] = field(default_factory=list)
    arrivals: list[tuple[float, int, bool]] = field(default_factory=list)
    events: list[FlowEvent] = field(default_factory=list)
    windows: list[WindowSample] = field(default_factory=list)

    @property
    def retransmissions(self) -> int:
        """다시 보낸 세그먼트의 수."""
        return sum(one.again for one in self.sent)

    def count(self, kind: str) -> int:
        """그런 일이 몇 번 있었는가."""
        return sum(event.kind == kind for event in self.events)

    def rate(self, interval: float, until: float, *, new_only: bool = False) -> list[tuple[float, float]]:
        """`interval`초마다 도착한 빠르기: (구간의 가운데 시각, 비트/초).

        `new_only`면 처음 온 데이터만 센다: 유효 처리율이다.
        """
        if interval <= 0:
            raise ValueError(f"구간은 0보다 커야 합니다: {interval}")
        totals = [0] * max(1, round(until / interval))
        for time, size, new in self.arrivals:
            index = int(time / interval)
            if index < len(totals) and (new or not new_only):
                totals[index] += size
        return [((index + 0.5) * interval, total * 8 / interval) for index, total in enumerate(totals)]


def busiest(trace: Trace) -> tuple[str, str]:
    """데이터를 가장 많이 보낸 (보내는 쪽, 받는 쪽)."""
    sizes: Counter[tuple[str, str]] = Counter()
    for sent in trace.segments:
        if sent.segment.payload:
            sizes[sent.src, sent.dst] += len(sent.segment.payload)
    if not sizes:
        raise ValueError("기록에 데이터를 실은 세그먼트가 없습니다")
    return sizes.most_common(1)[0][0]


def follow(trace: Trace, src: str | None = None) -> Flow:
    """`src`가 보낸 데이터의 흐름을 따라간다. 주지 않으면 데이터를 가장 많이 보낸 쪽이다.

    >>> from tcpedu.network.scenarios import one_loss
    >>> [event.kind for event in follow(one_loss()).events]
    ['drop', 'fast retransmit']
    """
    if src is None:
        src, dst = busiest(trace)
    elif src in trace.hosts:
        dst = next((sent.dst for sent in trace.segments if sent.src == src and sent.segment.payload), "")
    else:
        raise ValueError(f"기록에 없는 호스트입니다: {src}. 있는 것은 {', '.join(trace.hosts)}")
    flow = Flow(src, dst, windows=[sample for sample in trace.windows if sample.host == src])
    _Replay(trace, flow).run()
    return flow


class _Replay:
    """보내는 쪽에서 본 차례대로 세그먼트를 다시 훑는다."""

    def __init__(self, trace: Trace, flow: Flow) -> None:
        self.trace, self.flow = trace, flow
        self.iss: int | None = None
        self.shift = 0  # 상대의 윈도우 스케일
        self.una = self.nxt = self.highest = 0
        self.recover: int | None = None  # 여기까지 확인받으면 회복이 끝난다
        self.lost = False  # 다음 CWR은 표시가 아니라 손실 때문에 줄인 것이다 (RFC 3168 §6.1.2)
        self.flying: dict[int, tuple[float, bool]] = {}  # 끝 번호 → (보낸 시각, 다시 보냈는가)
        self.timeouts = deque(_timeouts(trace, flow))

    def run(self) -> None:
        flow = self.flow
        for time, packet in self.trace.seen_at(flow.src):
            while self.timeouts and self.timeouts[0] <= time:
                self._timeout(self.timeouts.popleft())
            if packet.src == flow.src and packet.dst == flow.dst:
                self._sent(time, packet)
            elif packet.src == flow.dst:
                self._received(time, packet.segment)
        self._arrivals()
        flow.events.sort()

    def _timeout(self, time: float) -> None:
        """처음부터 다시 보낸다: SND.NXT가 SND.UNA로 돌아간다. 속도를 맞춰 보내면 첫 재전송은 조금 뒤에 나간다."""
        self.flow.events.append(FlowEvent(time, "timeout"))
        self.nxt, self.recover, self.lost = self.una, self.highest, True
        self._level(time)

    def _sent(self, time: float, packet: Packet) -> None:
        segment, flow = packet.segment, self.flow
        flags = int(segment.flags)
        if flags & _SYN:
            self.iss = segment.seq
        if self.iss is None:
            return
        if flags & _CWR and not flags & _SYN:
            if not self.lost:
                flow.events.append(FlowEvent(time, "ecn"))
            self.lost = False
        if packet.dropped and segment.payload:
            flow.events.append(FlowEvent(packet.dropped_at or time, "drop"))
        elif packet.ecn is Ecn.CE and packet.arrived is not None:
            flow.events.append(FlowEvent(packet.arrived, "mark"))
        size = segment.length
        if not size:
            return
        start = (segment.seq - self.iss) & _MASK
        end = start + size
        again = packet.note.startswith("재전송")
        if segment.payload:
            first = start + bool(flags & _SYN)  # SYN과 FIN은 번호를 쓰지만 데이터가 아니다
            flow.sent.append(Sent(time, first, first + len(segment.payload), again, packet.arrived))
        if again:
            self._again(time)
        self.flying[end] = (time, again)  # 다시 보낸 것의 ACK는 어느 쪽의 것인지 알 수 없다 (RFC 6298 §3)
        self.nxt, self.highest = max(self.nxt, end), max(self.highest, end)
        self._level(time)

    def _again(self, time: float) -> None:
        if self.recover is None:
            self.flow.events.append(FlowEvent(time, "fast retransmit"))
            self.recover, self.lost = self.highest, True

    def _received(self, time: float, segment: Segment) -> None:
        flags, flow = int(segment.flags), self.flow
        if flags & _SYN:
            option = segment.option(WindowScale)
            self.shift = option.shift if option is not None else 0
        if not flags & _ACK or self.iss is None:
            return
        ack = (segment.ack - self.iss) & _MASK
        window = segment.window << (0 if flags & _SYN else self.shift)
        flow.edge.append((time, ack + window))
        sack = segment.option(Sack)
        if sack is not None:
            for left, right in sack.blocks:
                flow.sacks.append(SackSeen(time, (left - self.iss) & _MASK, (right - self.iss) & _MASK))
        if ack > self.una:
            self._advance(time, ack)

    def _advance(self, time: float, ack: int) -> None:
        flow = self.flow
        self.una = ack
        self.nxt = max(self.nxt, ack)
        flow.acked.append((time, ack))
        covered = [end for end in self.flying if end <= ack]
        newest = max(covered, default=None)
        if newest is not None and not any(self.flying[end][1] for end in covered):
            flow.rtts.append((time, time - self.flying[newest][0]))
        for end in covered:
            del self.flying[end]
        if self.recover is not None and ack >= self.recover:
            self.recover = None
        self._level(time)

    def _level(self, time: float) -> None:
        levels, value = self.flow.in_flight, self.nxt - self.una
        if levels and levels[-1][0] == time:
            levels[-1] = (time, value)
        else:
            levels.append((time, value))

    def _arrivals(self) -> None:
        """데이터가 받는 쪽에 닿은 차례. 같은 조각이 또 오면 새 데이터가 아니다."""
        flow = self.flow
        moments = sorted((one.arrived, one.start, one.end) for one in flow.sent if one.arrived is not None)
        seen: set[tuple[int, int]] = set()
        for time, start, end in moments:
            flow.arrivals.append((time, end - start, (start, end) not in seen))
            seen.add((start, end))


def _timeouts(trace: Trace, flow: Flow) -> Iterator[float]:
    """재전송 타이머가 끝난 시각: 타이머가 끝나면서 RTO가 두 배가 된 때 (RFC 6298 §5.5)."""
    expired = {timer.time for timer in trace.timers if timer.host == flow.src}
    before: float | None = None
    for sample in flow.windows:
        if before is not None and sample.time in expired and sample.rto >= before * 1.9:
            yield sample.time
        before = sample.rto


__all__ = ["Flow", "FlowEvent", "SackSeen", "Sent", "busiest", "follow"]
