"""커널이 이쪽에서 어디까지 받았는가: 기록된 답을 내줘도 되는지를 이것으로 정한다."""

from __future__ import annotations

from dataclasses import dataclass, field

from tcpedu.protocol.segment import Flags, Segment
from tcpedu.protocol.seqnum import seq_diff


@dataclass
class Progress:
    """이쪽이 보낸 것만으로 셈한 진도. 번호는 두 초기 순서 번호에서 센 거리다.

    `edge`는 빈틈없이 보낸 곳, `top`은 가장 멀리 보낸 곳, `acked`는 확인해 준 곳이다.

    >>> progress = Progress(iss=100, irs=300)
    >>> progress.sent(Segment(1, 2, seq=100, flags=Flags.SYN))
    >>> progress.sent(Segment(1, 2, seq=105, ack=301, flags=Flags.ACK, payload=b"late"))
    >>> progress.mark
    (1, 9, 1)
    """

    iss: int
    irs: int
    edge: int = 0
    top: int = 0
    acked: int = 0
    _ahead: list[tuple[int, int]] = field(default_factory=list)

    @property
    def mark(self) -> tuple[int, int, int]:
        """(edge, top, acked)."""
        return self.edge, self.top, self.acked

    def sent(self, segment: Segment) -> None:
        """보낸 세그먼트 하나를 셈에 넣는다."""
        start = seq_diff(segment.seq, self.iss)
        self.top = max(self.top, start + segment.length)
        self._ahead.append((start, start + segment.length))
        for first, end in sorted(self._ahead):
            if first <= self.edge < end:
                self.edge = end
        self._ahead = [(first, end) for first, end in self._ahead if end > self.edge]
        if segment.has(Flags.ACK):
            self.acked = max(self.acked, seq_diff(segment.ack, self.irs))

    def reaches(self, mark: tuple[int, int, int]) -> bool:
        """그 진도까지, 또는 그보다 더 갔는가."""
        return all(here >= there for here, there in zip(self.mark, mark, strict=True))
