"""기록으로 이어진 전선: 진짜 커널이 보낸 패킷을 그때의 순서와 간격으로 다시 내준다.

기록은 새 물음에 답할 줄 모른다. 커널의 패킷은 그것을 부른 만큼을 이쪽이 보낸 뒤에만 내주고, 이쪽이 기록과 다르게 보낸
첫 곳을 `departure`에 적는다. 커널이 받아 보지 못한 데이터나 다른 번호를 보내면 `RecordingError`로 멈춘다.
강의: lessons/16_capstone.ipynb
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, fields

from tcpedu.protocol.segment import Flags, Segment
from tcpedu.protocol.seqnum import seq_diff

from .ip import parse
from .progress import Progress
from .recording import Recording
from .wire import VirtualClock, Wire


class RecordingError(ValueError):
    """기록으로는 이어 갈 수 없는 것을 보냈다."""


@dataclass(frozen=True)
class _Answer:
    """커널이 보낸 패킷 하나와, 그때까지 이쪽이 나아간 진도."""

    time: float
    packet: bytes
    needs: tuple[int, int, int]
    ready: float  # 그 진도에 이른 시각


class RecordedWire(Wire):
    """`recording`을 다시 내주는 전선. 가상 시계로 돈다. `reason`은 진짜 커널을 쓰지 않는 까닭이다.

    기록할 때와 같은 연결을 물리면 모든 패킷이 바이트까지 같다. 다른 연결이면 `departure`가 처음 달라진 곳을 말한다:
    ACK를 미루는 방법이 다른 것쯤은 괜찮지만, 커널이 그 차이에 어떻게 답했을지는 기록에 없다.
    """

    def __init__(self, recording: Recording, reason: str = "") -> None:
        self.recording, self.reason = recording, reason
        self.local, self.peer = recording.local, recording.peer
        self.departure: str | None = None
        self._clock = VirtualClock()
        self._answers: deque[_Answer] = deque()
        self._mine: list[Segment] = []
        self._written = 0
        self._late = 0.0  # 기록보다 늦어진 만큼
        self._read_script()

    @property
    def label(self) -> str:
        return f"기록 ({self.recording.kernel}의 커널)"

    def now(self) -> float:
        return self._clock.now

    def read(self, timeout: float) -> bytes | None:
        until = self.now() + timeout
        if self._may_answer:
            at = max(self.now(), self._answers[0].time + self._late)
            if at <= until:
                self._clock.now = at
                return self._answers.popleft().packet
        if timeout > 0:
            self._clock.wait_until(until)
        return None

    def write(self, packet: bytes) -> None:
        segment = parse(packet).segment
        self._check(segment)
        self._compare(segment)
        waited = not self._may_answer
        self._progress.sent(segment)
        if waited and self._may_answer:  # 기록보다 늦게 보냈으면 그 뒤의 답을 모두 그만큼 미룬다
            self._late = max(self._late, self.now() - self._answers[0].ready)

    def close(self) -> None:
        self._answers.clear()

    def received(self) -> bytes:
        """커널이 이쪽에서 빈틈없이 받은 바이트."""
        return self._stream[1 : self._progress.edge]

    def trouble(self) -> str | None:
        if not self._answers or self._may_answer:
            return self.departure
        edge, top, acked = self._answers[0].needs
        here = self._progress
        stuck = (
            f"기록의 커널은 seq {self._seq(max(edge, top))}의 앞까지와 ack={self._ack(acked)}를 받은 뒤에 답했는데,"
            f" 지금까지 보낸 것은 seq {self._seq(here.edge)}의 앞까지와 ack={self._ack(here.acked)}입니다"
        )
        return f"{stuck}. {self.departure}" if self.departure else stuck

    def _read_script(self) -> None:
        """기록을 커널의 답과 이쪽의 세그먼트로 나눈다."""
        arrivals = [(time, packet, parse(packet)) for time, packet in self.recording.packets]
        self._mine = [one.segment for _, _, one in arrivals if one.src == self.local]
        theirs = [one.segment for _, _, one in arrivals if one.src == self.peer]
        iss, irs = (next(one.seq for one in side if one.has(Flags.SYN)) for side in (self._mine, theirs))
        progress, ready = Progress(iss, irs), 0.0
        for time, packet, one in arrivals:
            if one.src == self.peer:
                self._answers.append(_Answer(time, packet, progress.mark, ready))
            else:
                progress.sent(one.segment)
                ready = time
        self._progress = Progress(iss, irs)
        self._stream = _stream(self._mine, iss)

    def _check(self, segment: Segment) -> None:
        """커널이 기록에서 받은 적 없는 것이면 멈춘다."""
        first = self._mine[0]
        for name in ("src_port", "dst_port"):
            self._same(name, getattr(segment, name), getattr(first, name))
        if segment.has(Flags.SYN):
            self._same("seq", segment.seq, self._progress.iss)
        start = seq_diff(segment.seq, self._progress.iss)
        known = self._stream[start : start + len(segment.payload)]
        if start >= 0 and segment.payload != known:
            raise RecordingError(
                f"순서 번호 {segment.seq}부터의 데이터가 기록과 다릅니다: {_short(segment.payload)} (기록은"
                f" {_short(known)}). 커널이 무엇이라 답했을지 기록에 없습니다"
            )

    def _same(self, name: str, got: int, recorded: int) -> None:
        if got != recorded:
            raise RecordingError(f"기록의 연결은 {name}={recorded}인데 {got}을(를) 보냈습니다. 같은 값으로 만드세요")

    def _compare(self, segment: Segment) -> None:
        """기록에서 이 차례에 보낸 것과 견주어, 처음 다른 곳을 적는다."""
        self._written += 1
        if self.departure is not None:
            return
        if self._written > len(self._mine):
            self.departure = f"기록보다 하나 더 보냈습니다: {segment.summary()}"
            return
        recorded = self._mine[self._written - 1]
        names = [field.name for field in fields(Segment)]
        different = [name for name in names if getattr(segment, name) != getattr(recorded, name)]
        if different:
            self.departure = (
                f"{self._written}번째로 보낸 세그먼트부터 기록과 다릅니다({', '.join(different)}):"
                f" {segment.summary()} (기록은 {recorded.summary()}). 그 뒤로 커널은 기록대로만 답합니다"
            )

    @property
    def _may_answer(self) -> bool:
        return bool(self._answers) and self._progress.reaches(self._answers[0].needs)

    def _seq(self, distance: int) -> int:
        return (self._progress.iss + distance) % (1 << 32)

    def _ack(self, distance: int) -> int:
        return (self._progress.irs + distance) % (1 << 32)


def _stream(segments: list[Segment], iss: int) -> bytes:
    """세그먼트들이 나른 바이트. SYN의 자리는 0으로 둔다: 위치가 순서 번호에서 센 거리와 같아진다."""
    data = bytearray(1)
    for segment in segments:
        start = seq_diff(segment.seq, iss)
        if segment.payload:
            data.extend(bytes(max(0, start + len(segment.payload) - len(data))))
            data[start : start + len(segment.payload)] = segment.payload
    return bytes(data)


def _short(data: bytes) -> str:
    return repr(data if len(data) <= 20 else data[:20] + b"...")
