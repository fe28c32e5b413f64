"""시뮬레이션에서 일어난 일의 기록과, 그것을 글·표·캡처·그림으로 바꾸는 방법."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tcpedu.protocol.segment import (
    MSS,
    EndOfOptions,
    Flags,
    NoOperation,
    Option,
    Sack,
    SackPermitted,
    Segment,
    Timestamps,
    WindowScale,
)
from tcpedu.protocol.seqnum import seq_le
from tcpedu.protocol.state import Event, State

from . import pcap

if TYPE_CHECKING:
    import pandas


@dataclass(slots=True)
class Transmission:
    """네트워크에 보낸 세그먼트 하나의 운명. 시각은 초다.

    `number`는 네트워크 전체에서 보낸 차례(1부터)다. `dropped`는 도착하지 못한 까닭, `note`는 재전송 같은 표시다.
    """

    number: int
    src: str
    dst: str
    sent: float
    segment: Segment
    arrivals: tuple[float, ...] = ()
    dropped: str | None = None
    note: str = ""

    @property
    def arrived(self) -> float | None:
        """처음 도착한 시각. 도착하지 않았으면 `None`."""
        return self.arrivals[0] if self.arrivals else None


@dataclass(frozen=True, slots=True)
class StateChange:
    """한 호스트에서 연결의 상태가 바뀐 일. `port`는 그 호스트의 포트, `peer`는 상대 호스트(아직 없으면 빈 글)다."""

    time: float
    host: str
    port: int
    old: State
    new: State
    event: Event
    peer: str = ""


@dataclass(frozen=True, slots=True)
class TimerExpiry:
    """한 호스트에서 타이머가 끝난 일. `port`는 그 호스트의 포트다."""

    time: float
    host: str
    port: int


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
    `states`와 `timers`는 일어난 차례의 상태 변화와 타이머다.
    """

    hosts: list[str] = field(default_factory=list)
    addresses: dict[str, str] = field(default_factory=dict)
    segments: list[Transmission] = field(default_factory=list)
    states: list[StateChange] = field(default_factory=list)
    timers: list[TimerExpiry] = field(default_factory=list)
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
        sent = Transmission(len(self.segments) + 1, src, dst, now, segment, note=self._note(src, dst, segment))
        self.segments.append(sent)
        return sent

    def annotate(self, segment: Segment, note: str) -> None:
        """가장 최근에 보낸 그 세그먼트에 표시를 덧붙인다."""
        sent = next(sent for sent in reversed(self.segments) if sent.segment is segment)
        sent.note = f"{sent.note}, {note}" if sent.note else note

    def _note(self, src: str, dst: str, segment: Segment) -> str:
        if segment.length == 0:
            return ""
        flow = (src, segment.src_port, dst, segment.dst_port)
        if segment.has(Flags.SYN):
            # 동시 개방의 SYN,ACK처럼 번호가 같아도 내용이 다르면 처음 보내는 것이다.
            syn = (*flow, segment.seq, segment.ack)
            repeated = syn in self._syns
            self._syns.add(syn)
            self._sent_up_to[flow] = segment.end
        else:
            highest = self._sent_up_to.get(flow)
            repeated = highest is not None and seq_le(segment.end, highest)
            if not repeated:
                self._sent_up_to[flow] = segment.end
        return "재전송" if repeated else ""

    def state_at(self, host: str, time: float, port: int | None = None) -> State:
        """그 시각 호스트의 연결 상태. `port`를 주면 그 포트의 연결만 본다."""
        state = State.CLOSED
        for change in self.states:
            if change.time <= time and change.host == host and port in (None, change.port):
                state = change.new
        return state

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
        ack = segment.ack if segment.has(Flags.ACK) else None
        remark = ", ".join(remark for remark in (sent.note, sent.dropped) if remark)
        return (
            sent.number, sent.sent, sent.arrived, sent.src, sent.dst, str(segment.flags), segment.seq, ack,
            len(segment.payload), segment.window, remark,
        )  # fmt: skip

    def to_pcap(self, path: str | Path) -> Path:
        """Wireshark에서 열리는 pcap 파일로 쓴다. 보낸 쪽에서 잡은 캡처와 같다: 잃은 것도 들어 있다."""
        packets = [
            (sent.sent, pcap.ip_packet(self.addresses[sent.src], self.addresses[sent.dst], sent.segment, sent.number))
            for sent in self.segments
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


_TCPDUMP_LETTERS = (
    (Flags.SYN, "S"), (Flags.FIN, "F"), (Flags.RST, "R"), (Flags.PSH, "P"), (Flags.URG, "U"), (Flags.ECE, "E"),
    (Flags.CWR, "W"), (Flags.ACK, "."),
)  # fmt: skip


def tcpdump_summary(segment: Segment) -> str:
    """세그먼트 하나를 tcpdump처럼 적은 글.

    >>> tcpdump_summary(Segment(1, 2, seq=7, flags=Flags.SYN, options=(MSS(1460),)))
    'Flags [S], seq 7, win 65535, options [mss 1460], length 0'
    """
    letters = "".join(letter for flag, letter in _TCPDUMP_LETTERS if segment.has(flag)) or "none"
    size = len(segment.payload)
    has_seq = segment.length > 0 or segment.has(Flags.RST)
    parts = [f"Flags [{letters}]"]
    if has_seq:
        parts.append(f"seq {segment.seq}:{segment.seq + size}" if size else f"seq {segment.seq}")
    if segment.has(Flags.ACK):
        parts.append(f"ack {segment.ack}")
    parts.append(f"win {segment.window}")
    if segment.options:
        parts.append(f"options [{','.join(_option_text(option) for option in segment.options)}]")
    parts.append(f"length {size}")
    return ", ".join(parts)


def _option_text(option: Option) -> str:
    match option:
        case EndOfOptions():
            return "eol"
        case NoOperation():
            return "nop"
        case MSS():
            return f"mss {option.value}"
        case WindowScale():
            return f"wscale {option.shift}"
        case SackPermitted():
            return "sackOK"
        case Sack():
            return f"sack {len(option.blocks)} " + "".join(f"{{{left}:{right}}}" for left, right in option.blocks)
        case Timestamps():
            return f"TS val {option.value} ecr {option.echo}"
    return f"unknown-{option.kind}"
