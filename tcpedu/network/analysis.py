"""캡처를 보고 Wireshark의 말로 표시한다: 재전송, 중복 ACK, 제로 윈도우, 순서 바뀜.

한쪽에서 본 세그먼트만으로 짐작하는 것이라 진실과 다를 수 있다: 순서가 바뀐 것인지 다시 보낸 것인지는 시간으로 가른다.
규칙과 이름은 Wireshark 사용 설명서 §7.5 "TCP Analysis"의 것이다. 한 가지만 다르다: 상대가 제로 윈도우 탐침의 1바이트를
받아들이면 Wireshark 4.0은 "ACKed unseen segment"라고 하지만 여기서는 번호가 나아간 것으로 본다.
강의: lessons/14_troubleshooting.ipynb
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

from tcpedu.protocol.segment import Flags, Segment, WindowScale
from tcpedu.protocol.seqnum import seq_add, seq_le, seq_lt

from .packet import Packet
from .trace import Trace

_SYN, _FIN, _RST, _ACK = (int(flag) for flag in (Flags.SYN, Flags.FIN, Flags.RST, Flags.ACK))
_CONTROL = _SYN | _FIN | _RST
_FAST_WITHIN = 20_000  # 마이크로초. 중복 ACK 뒤 이 안에 나가면 빠른 재전송으로 본다
_UNORDERED_WITHIN = 3_000  # 마이크로초. 왕복 시간을 모를 때, 이보다 가까우면 순서가 바뀐 것으로 본다


class Mark(Enum):
    """표시의 이름. 값은 Wireshark가 `[…]` 안에 적는 말이다."""

    RETRANSMISSION = "TCP Retransmission"
    FAST_RETRANSMISSION = "TCP Fast Retransmission"
    SPURIOUS_RETRANSMISSION = "TCP Spurious Retransmission"
    OUT_OF_ORDER = "TCP Out-Of-Order"
    LOST_SEGMENT = "TCP Previous segment not captured"
    ACKED_UNSEEN = "TCP ACKed unseen segment"
    DUPLICATE_ACK = "TCP Dup ACK"
    ZERO_WINDOW = "TCP ZeroWindow"
    ZERO_WINDOW_PROBE = "TCP ZeroWindowProbe"
    ZERO_WINDOW_PROBE_ACK = "TCP ZeroWindowProbeAck"
    WINDOW_UPDATE = "TCP Window Update"
    WINDOW_FULL = "TCP Window Full"
    KEEP_ALIVE = "TCP Keep-Alive"
    KEEP_ALIVE_ACK = "TCP Keep-Alive ACK"
    PORT_REUSED = "TCP Port numbers reused"

    @property
    def korean(self) -> str:
        """우리말 이름."""
        return _KOREAN[self]


_KOREAN = {
    Mark.RETRANSMISSION: "재전송",
    Mark.FAST_RETRANSMISSION: "빠른 재전송",
    Mark.SPURIOUS_RETRANSMISSION: "필요 없던 재전송",
    Mark.OUT_OF_ORDER: "순서 바뀜",
    Mark.LOST_SEGMENT: "앞 세그먼트가 보이지 않음",
    Mark.ACKED_UNSEEN: "보이지 않은 세그먼트의 ACK",
    Mark.DUPLICATE_ACK: "중복 ACK",
    Mark.ZERO_WINDOW: "제로 윈도우",
    Mark.ZERO_WINDOW_PROBE: "제로 윈도우 탐침",
    Mark.ZERO_WINDOW_PROBE_ACK: "제로 윈도우 탐침의 ACK",
    Mark.WINDOW_UPDATE: "윈도우 갱신",
    Mark.WINDOW_FULL: "윈도우를 꽉 채움",
    Mark.KEEP_ALIVE: "킵얼라이브",
    Mark.KEEP_ALIVE_ACK: "킵얼라이브의 ACK",
    Mark.PORT_REUSED: "포트를 다시 씀",
}
_RETRANSMISSIONS = {Mark.RETRANSMISSION, Mark.FAST_RETRANSMISSION, Mark.SPURIOUS_RETRANSMISSION}


@dataclass(frozen=True, slots=True)
class Finding:
    """캡처의 한 줄. `frame`은 캡처에서의 차례(1부터), `duplicate_of`는 (처음 그 ACK의 줄, 몇 번째 되풀이)다."""

    frame: int
    time: float
    packet: Packet
    marks: tuple[Mark, ...] = ()
    duplicate_of: tuple[int, int] | None = None

    @property
    def text(self) -> str:
        """Wireshark가 적는 꼴: `[TCP Dup ACK 5#2]`. 표시가 없으면 빈 글."""
        return " ".join(f"[{mark.value}{self._which(mark)}]" for mark in self.marks)

    @property
    def korean(self) -> str:
        """우리말로 적은 표시: `중복 ACK(5번 줄, 2번째)`."""
        return ", ".join(mark.korean + self._nth(mark) for mark in self.marks)

    @property
    def is_retransmission(self) -> bool:
        """세 가지 재전송 가운데 하나인가."""
        return not _RETRANSMISSIONS.isdisjoint(self.marks)

    def _which(self, mark: Mark) -> str:
        return " {}#{}".format(*self.duplicate_of) if mark is Mark.DUPLICATE_ACK and self.duplicate_of else ""

    def _nth(self, mark: Mark) -> str:
        return (
            "({}번 줄, {}번째)".format(*self.duplicate_of) if mark is Mark.DUPLICATE_ACK and self.duplicate_of else ""
        )


def analyze(trace: Trace, at: str) -> list[Finding]:
    """호스트 `at`에서 잡은 캡처(`trace.to_pcap(path, at=at)`)의 줄마다 표시를 붙인다.

    >>> from tcpedu.network.scenarios import CLIENT, handshake
    >>> [finding.text for finding in analyze(handshake(drops=[1]), CLIENT)]
    ['', '[TCP Retransmission]', '', '']
    """
    conversations: dict[frozenset[tuple[str, int]], _Conversation] = {}
    findings = []
    for frame, (time, packet) in enumerate(trace.seen_at(at), 1):
        segment = packet.segment
        sender, receiver = (packet.src, segment.src_port), (packet.dst, segment.dst_port)
        key = frozenset((sender, receiver))
        known = conversations.get(key)
        if known is None or known.is_replaced_by(segment, sender):
            known = conversations[key] = _Conversation(sender, receiver, replaces=known is not None)
        findings.append(known.see(frame, time, packet, sender, receiver))
    return findings


@dataclass(slots=True)
class _Direction:
    """한 방향에서 지금까지 본 것."""

    isn: int | None = None
    next_seq: int | None = None  # 본 것 가운데 가장 높은 번호의 다음
    next_seq_time: int = 0
    next_expected: int | None = None  # 빈틈없이 본 곳의 끝
    last_ack: int | None = None
    last_ack_time: int = 0
    window: int | None = None
    window_is_scaled: bool = False
    shift: int | None = None  # SYN에 적힌 윈도우 스케일
    duplicates: int = 0
    new_ack_frame: int = 0
    last_marks: frozenset[Mark] = frozenset()


@dataclass(slots=True)
class _Conversation:
    """연결 하나: 두 방향과, 핸드셰이크로 잰 왕복 시간."""

    client: tuple[str, int]
    server: tuple[str, int]
    replaces: bool = False  # 같은 주소의 앞선 연결이 있었다
    directions: dict[tuple[str, int], _Direction] = field(default_factory=dict)
    syn_time: int | None = None
    first_rtt: int | None = None

    def __post_init__(self) -> None:
        self.directions = {self.client: _Direction(), self.server: _Direction()}

    def is_replaced_by(self, segment: Segment, sender: tuple[str, int]) -> bool:
        """같은 주소로 새 연결을 여는 SYN인가."""
        isn = self.directions[sender].isn
        return segment.has(Flags.SYN) and not segment.has(Flags.ACK) and isn is not None and isn != segment.seq

    def see(
        self, frame: int, time: float, packet: Packet, sender: tuple[str, int], receiver: tuple[str, int]
    ) -> Finding:  # fmt: skip
        """캡처의 다음 줄을 보고 표시한다."""
        segment = packet.segment
        micros = round(time * 1_000_000)  # 캡처 파일의 눈금
        view = _View(segment, int(segment.flags), micros, self.directions[sender], self.directions[receiver])
        self._measure_rtt(view)
        marks = tuple(view.marks(self.first_rtt or _UNORDERED_WITHIN, self._scales()))
        if self.replaces:
            self.replaces, marks = False, (Mark.PORT_REUSED, *marks)
        duplicate_of = view.remember(frame, frozenset(marks))
        return Finding(frame, time, packet, marks, duplicate_of)

    def _scales(self) -> bool:
        """두 쪽의 SYN에 모두 윈도우 스케일이 있었는가."""
        return all(direction.shift is not None for direction in self.directions.values())

    def _measure_rtt(self, view: _View) -> None:
        if view.flags & _SYN:
            self.syn_time = view.time  # SYN,ACK도 친다: 연결을 연 쪽에서는 0에 가깝게 나온다
        elif view.flags & _ACK and self.first_rtt is None and self.syn_time is not None:
            self.first_rtt = view.time - self.syn_time


@dataclass(slots=True)
class _View:
    """지금 보는 세그먼트와 두 방향. `mine`은 이 세그먼트의 방향, `other`는 반대 방향이다."""

    segment: Segment
    flags: int
    time: int
    mine: _Direction
    other: _Direction

    @property
    def size(self) -> int:
        return len(self.segment.payload)

    @property
    def plain(self) -> bool:
        """SYN·FIN·RST가 없는가."""
        return not self.flags & _CONTROL

    def marks(self, unordered_within: int, scaled: bool) -> Iterator[Mark]:
        """표시를 차례로. 앞의 규칙에 걸리면 뒤를 보지 않는 것이 있다."""
        if self._is_probe():
            yield Mark.ZERO_WINDOW_PROBE
        else:
            yield from self._window_marks(scaled)
            yield from self._ack_marks()
        yield from self._unseen_marks()
        yield from self._data_marks(unordered_within)

    def _is_probe(self) -> bool:
        return self.size == 1 and self.segment.seq == self.mine.next_seq and self.other.window == 0

    def _window_marks(self, scaled: bool) -> Iterator[Mark]:
        segment, mine = self.segment, self.mine
        if segment.window == 0 and self.plain:
            yield Mark.ZERO_WINDOW
        if mine.next_seq is not None and seq_lt(mine.next_seq, segment.seq) and not self.flags & _RST:
            yield Mark.LOST_SEGMENT
        if self._is_keep_alive():
            yield Mark.KEEP_ALIVE
        if self._repeats_ack() and segment.window and segment.window != mine.window:
            yield Mark.WINDOW_UPDATE
        if self.size and self.plain and self._window_edge(scaled) == segment.end:
            yield Mark.WINDOW_FULL

    def _is_keep_alive(self) -> bool:
        one_before = self.mine.next_seq is not None and seq_add(self.segment.seq, 1) == self.mine.next_seq
        return self.size <= 1 and self.plain and one_before

    def _window_edge(self, scaled: bool) -> int | None:
        """상대가 알린 윈도우의 오른쪽 끝."""
        other = self.other
        if other.last_ack is None or other.window is None:
            return None
        shift = (other.shift or 0) if scaled and other.window_is_scaled else 0
        return seq_add(other.last_ack, other.window << shift)

    def _repeats_ack(self) -> bool:
        """데이터 없이, 앞선 세그먼트와 같은 번호의 ACK인가."""
        same = self.segment.seq == self.mine.next_seq and self.segment.ack == self.mine.last_ack
        return not self.size and self.plain and same

    def _ack_marks(self) -> Iterator[Mark]:
        if not self._same_window():
            return
        if self.segment.window == 0:
            if self._answers_probe():
                yield Mark.ZERO_WINDOW_PROBE_ACK
        elif self._repeats_ack():
            answers = Mark.KEEP_ALIVE in self.other.last_marks
            yield Mark.KEEP_ALIVE_ACK if answers else Mark.DUPLICATE_ACK

    def _same_window(self) -> bool:
        return self.segment.window == self.mine.window

    def _answers_probe(self) -> bool:
        taken = self.mine.last_ack is not None and self.segment.ack == seq_add(self.mine.last_ack, 1)
        in_place = not self.size and self.plain and self.segment.seq == self.mine.next_seq
        known = self.segment.ack == self.mine.last_ack or taken
        return in_place and known and Mark.ZERO_WINDOW_PROBE in self.other.last_marks

    def _unseen_marks(self) -> Iterator[Mark]:
        """본 적 없는 것을 확인하는 ACK. 탐침의 1바이트가 받아들여지며 윈도우가 열린 것일 수도 있다."""
        other, ack = self.other, self.segment.ack
        if not self.flags & _ACK or other.next_expected is None or not seq_lt(other.next_expected, ack):
            return
        if Mark.ZERO_WINDOW_PROBE in other.last_marks:
            other.next_seq = other.next_expected = ack
            if self.segment.window:
                yield Mark.WINDOW_UPDATE
        else:
            yield Mark.ACKED_UNSEEN
            other.next_expected = None  # 새 데이터를 볼 때까지 되풀이해 말하지 않는다

    def _data_marks(self, unordered_within: int) -> Iterator[Mark]:
        """데이터·SYN·FIN이 번호를 더 나아가게 하지 않으면 재전송이거나 순서가 바뀐 것이다."""
        segment, mine = self.segment, self.mine
        if not (self.size or self.flags & (_SYN | _FIN)) or self._is_keep_alive() or mine.next_seq is None:
            return
        if (
            self.size
            and self.other.last_ack is not None
            and seq_le(seq_add(segment.seq, self.size), self.other.last_ack)
        ):
            yield Mark.SPURIOUS_RETRANSMISSION
        elif seq_lt(segment.seq, mine.next_seq) and not self._overlaps_probe():
            yield self._kind_of_old(unordered_within)

    def _overlaps_probe(self) -> bool:
        """앞선 제로 윈도우 탐침의 1바이트만 겹치는 새 데이터."""
        return self.size > 1 and seq_add(self.segment.seq, 1) == self.mine.next_seq

    def _kind_of_old(self, unordered_within: int) -> Mark:
        soon = self.time - self.other.last_ack_time < _FAST_WITHIN
        if soon and self.other.duplicates >= 2 and self.segment.seq == self.other.last_ack:
            return Mark.FAST_RETRANSMISSION
        near = self.time - self.mine.next_seq_time < unordered_within
        if near and self.segment.end != self.mine.next_seq:
            return Mark.OUT_OF_ORDER
        return Mark.RETRANSMISSION

    def remember(self, frame: int, marks: frozenset[Mark]) -> tuple[int, int] | None:
        """이 세그먼트를 본 것으로 적는다. 중복 ACK이면 (처음 줄, 몇 번째)를 돌려준다."""
        mine, segment = self.mine, self.segment
        if Mark.DUPLICATE_ACK in marks:
            mine.duplicates += 1
        duplicate_of = (mine.new_ack_frame, mine.duplicates) if Mark.DUPLICATE_ACK in marks else None
        if segment.ack != mine.last_ack:
            mine.new_ack_frame, mine.duplicates = frame, 0
        if Mark.ZERO_WINDOW_PROBE not in marks:
            self._advance()
        if self.flags & _SYN:
            self._remember_syn()
        mine.window, mine.window_is_scaled = segment.window, not self.flags & _SYN
        mine.last_ack, mine.last_ack_time = segment.ack, self.time
        mine.last_marks = marks
        return duplicate_of

    def _advance(self) -> None:
        mine, end = self.mine, self.segment.end
        if mine.next_seq is None or seq_lt(mine.next_seq, end):
            mine.next_seq, mine.next_seq_time = end, self.time
        if mine.next_expected is None or mine.next_expected == self.segment.seq:
            mine.next_expected = mine.next_seq

    def _remember_syn(self) -> None:
        scale = self.segment.option(WindowScale)
        self.mine.isn = self.segment.seq
        self.mine.shift = None if scale is None else scale.shift
