"""시뮬레이션에서 일어난 일의 기록과, 그것을 글·표·캡처·그림으로 바꾸는 방법."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from tcpedu.protocol.bits import BITS, FIN, SYN
from tcpedu.protocol.datagram import Datagram
from tcpedu.protocol.segment import Flags, Segment
from tcpedu.protocol.seqnum import SIGN
from tcpedu.protocol.state import Event, State

from . import pcap
from .packet import Packet
from .tcpdump import tcpdump_summary
from .variables import VariableSample

if TYPE_CHECKING:
    import pandas

Transmission = Packet  # 보낸 패킷이 곧 그 기록이다


@dataclass(frozen=True, slots=True)
class StateChange:
    """한 호스트에서 연결의 상태가 바뀐 일. `port`는 그 호스트의 포트, `peer`는 상대 호스트(아직 없으면 빈 글)다.

    `event`가 `None`이면 사건 없이 바뀐 것이다: 전원이 나갔다.
    """

    time: float
    host: str
    port: int
    old: State
    new: State
    event: Event | None
    peer: str = ""


@dataclass(frozen=True, slots=True)
class TimerExpiry:
    """한 호스트에서 타이머가 끝난 일. `port`는 그 호스트의 포트다."""

    time: float
    host: str
    port: int


class WindowSample(NamedTuple):
    """연결의 송신 변수가 바뀐 순간. 크기는 바이트, 시간은 초다. 이름은 RFC의 것이다.

    `in_flight`는 보내고 확인받지 못한 바이트(`snd_nxt - snd_una`), `phase`는 혼잡 제어의 단계다.
    """

    time: float
    host: str
    port: int
    peer: str
    cwnd: float
    ssthresh: float
    phase: str
    in_flight: int
    snd_wnd: int
    srtt: float | None
    rto: float


@dataclass(frozen=True, slots=True)
class Step:
    """그림의 한 단계: 세그먼트 하나(`segment`) 또는 상태 변화 하나(`state`)."""

    time: float
    segment: Transmission | None = None
    state: StateChange | None = None


@dataclass(slots=True)
class Trace:
    """시뮬레이션의 기록.

    `hosts`는 호스트 이름(그림에서 왼쪽부터), `addresses`는 이름 → IP 주소, `segments`는 보낸 차례의 세그먼트,
    `states`와 `timers`는 일어난 차례의 상태 변화와 타이머, `windows`는 혼잡 윈도우와 RTO가 바뀐 순간들이다. `queues`는
    {(보내는 곳, 이웃): [(시각, 큐에서 기다리는 패킷 수), …]}다. `variables`는 순서 번호와 타이머까지 적은 것으로,
    그림에 쓸 만큼인 처음 `watch`번만 적는다. 더 적으려면 시뮬레이션을 돌리기 전에 `trace.watch`를 늘린다.
    """

    hosts: list[str] = field(default_factory=list)
    addresses: dict[str, str] = field(default_factory=dict)
    segments: list[Transmission] = field(default_factory=list)
    states: list[StateChange] = field(default_factory=list)
    timers: list[TimerExpiry] = field(default_factory=list)
    windows: list[WindowSample] = field(default_factory=list)
    queues: dict[tuple[str, str], list[tuple[float, int]]] = field(default_factory=dict)
    variables: list[VariableSample] = field(default_factory=list)
    watch: int = 1000
    _sent_up_to: dict[tuple[str, int, str, int], int] = field(default_factory=dict, repr=False)
    _syns: set[tuple[str, int, str, int, int, int]] = field(default_factory=set, repr=False)

    def __len__(self) -> int:
        return len(self.segments)

    @property
    def duration(self) -> float:
        """마지막 일이 일어난 시각."""
        moments = [at for sent in self.segments for at in (sent.sent, *sent.arrivals)]
        return max([*moments, *(change.time for change in self.states)], default=0.0)

    def record(self, src: str, dst: str, segment: Segment, now: float) -> Transmission:
        """보낸 세그먼트를 적고 그 기록을 돌려준다."""
        (sent,) = self.record_all(src, dst, (segment,), now)
        return sent

    def record_all(self, src: str, dst: str, segments: Iterable[Segment], now: float) -> list[Transmission]:
        """한꺼번에 보낸 세그먼트들을 적고 그 기록들을 돌려준다."""
        number, sent = len(self.segments), []
        for segment in segments:
            number += 1
            note = self._note(src, dst, segment) if segment.payload or BITS[segment.flags] & (SYN | FIN) else ""
            sent.append(Packet(number, src, dst, segment, now, note))
        self.segments += sent
        return sent

    def annotate(self, segment: Segment, note: str) -> None:
        """가장 최근에 보낸 그 세그먼트에 표시를 덧붙인다."""
        sent = next(sent for sent in reversed(self.segments) if sent.segment is segment)
        sent.note = f"{sent.note}, {note}" if sent.note else note

    def _note(self, src: str, dst: str, segment: Segment) -> str:
        """번호를 차지하는 세그먼트가 다시 보낸 것이면 그 표시."""
        if isinstance(segment, Datagram):
            return ""  # 번호가 없으니 다시 보낸 것인지 알 길이 없다
        flow = (src, segment.src_port, dst, segment.dst_port)
        end = segment.end
        if BITS[segment.flags] & SYN:
            # 동시 개방의 SYN,ACK처럼 번호가 같아도 내용이 다르면 처음 보내는 것이다.
            syn = (*flow, segment.seq, segment.ack)
            repeated = syn in self._syns
            self._syns.add(syn)
            self._sent_up_to[flow] = end
        else:
            highest = self._sent_up_to.get(flow)
            repeated = highest is not None and (end == highest or (end - highest) & SIGN != 0)  # seq_le와 같다
            if not repeated:
                self._sent_up_to[flow] = end
        return "재전송" if repeated else ""

    def state_at(self, host: str, time: float, port: int | None = None) -> State:
        """그 시각 호스트의 연결 상태. `port`를 주면 그 포트의 연결만 본다."""
        state = State.CLOSED
        for change in self.states:
            if change.time <= time and change.host == host and port in (None, change.port):
                state = change.new
        return state

    def variables_at(self, host: str, time: float, port: int | None = None) -> VariableSample | None:
        """그 시각 호스트의 변수. 아직 적은 것이 없으면 `None`. `port`를 주면 그 포트의 연결만 본다."""
        found = None
        for sample in self.variables:
            if sample.time <= time and sample.host == host and port in (None, sample.port):
                found = sample
        return found

    def steps(self) -> list[Step]:
        """세그먼트와 상태 변화를 시각 순서로 섞은 그림의 단계들."""
        sends = [Step(sent.sent, segment=sent) for sent in self.segments]
        changes = [Step(change.time, state=change) for change in self.states]
        # 같은 시각이면 상태가 먼저다: 사건이 상태를 바꾸고, 그 결과로 세그먼트가 나간다.
        return sorted(changes + sends, key=lambda step: step.time)

    def to_text(self, *, korean: bool = False) -> str:
        """tcpdump 꼴의 글. `korean`이면 줄마다 우리말 표시를 붙인다."""
        return "\n".join(self._line(sent, korean) for sent in self.segments)

    def _line(self, sent: Transmission, korean: bool) -> str:
        segment = sent.segment
        line = (
            f"{sent.sent:.6f} {sent.src}.{segment.src_port} > {sent.dst}.{segment.dst_port}: {tcpdump_summary(segment)}"
        )
        remarks = [remark for remark in (sent.note, sent.dropped) if remark]
        return f"{line}  # {', '.join(remarks)}" if korean and remarks else line

    def to_frame(self) -> pandas.DataFrame:
        """세그먼트를 한 줄씩 담은 표(pandas). 시각은 초, 크기는 바이트."""
        import pandas

        columns = [
            "번호",
            "보낸 시각",
            "도착 시각",
            "보낸 쪽",
            "받는 쪽",
            "플래그",
            "seq",
            "ack",
            "길이",
            "윈도우",
            "비고",
        ]
        return pandas.DataFrame([self._row(sent) for sent in self.segments], columns=columns).set_index("번호")

    @staticmethod
    def _row(sent: Transmission) -> tuple[Any, ...]:
        segment = sent.segment
        remark = ", ".join(remark for remark in (sent.note, sent.dropped) if remark)
        if isinstance(segment, Datagram):
            size = len(segment.payload)
            return (sent.number, sent.sent, sent.arrived, sent.src, sent.dst, "UDP", None, None, size, None, remark)
        ack = segment.ack if segment.has(Flags.ACK) else None
        return (
            sent.number, sent.sent, sent.arrived, sent.src, sent.dst, str(segment.flags), segment.seq, ack,
            len(segment.payload), segment.window, remark,
        )  # fmt: skip

    def seen_at(self, host: str) -> list[tuple[float, Packet]]:
        """그 호스트에서 잡은 캡처: 자기가 보낸 것은 보낸 시각에, 받은 것은 도착한 시각에 보인다."""
        # 도착한 것은 그때까지 나간 패킷 바로 뒤에 놓는다: 같은 시각이면 원인이 결과보다 앞선다.
        seen = [(sent.sent, float(sent.number), sent) for sent in self.segments if sent.src == host]
        for sent in self.segments:
            if sent.dst == host:
                moments = zip(sent.arrivals, sent.received_after, strict=False)
                seen += [(at, after + 0.5, sent) for at, after in moments]
        seen.sort(key=lambda moment: moment[:2])
        return [(time, sent) for time, _, sent in seen]

    def to_pcap(self, path: str | Path, *, at: str | None = None) -> Path:
        """Wireshark에서 열리는 pcap 파일로 쓴다.

        `at`을 주면 그 호스트에서 잡은 캡처, 아니면 모든 패킷을 보낸 쪽에서 잡은 캡처다: 잃은 것도 들어 있다.
        """
        seen = self.seen_at(at) if at is not None else [(sent.sent, sent) for sent in self.segments]
        ips = self.addresses
        # 큐에서 CE가 찍히는 것은 보낸 뒤의 일이다. 받은 쪽의 캡처에만 보인다.
        packets = [
            (time, pcap.ip_packet(ips[sent.src], ips[sent.dst], sent.segment, sent.number, sent.ecn_at(at)))
            for time, sent in seen
        ]
        Path(path).write_bytes(pcap.file_bytes(packets))
        return Path(path)

    def to_mermaid(self) -> str:
        """mermaid 시퀀스 다이어그램의 글. 꾸민 그림은 `tcpedu.view.sequence_diagram`이 만든다."""
        ids = {name: f"h{index}" for index, name in enumerate(self.hosts)}
        lines = ["sequenceDiagram", *(f"participant {ids[name]} as {name}" for name in self.hosts)]
        for sent in self.segments:
            arrow = "--x" if sent.dropped else "->>"
            lines.append(f"{ids[sent.src]}{arrow}{ids[sent.dst]}: {sent.segment.summary()}")
        return "\n".join(lines)
