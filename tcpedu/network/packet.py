"""네트워크를 지나는 패킷과 그 운명."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from operator import attrgetter

from tcpedu.protocol.datagram import HEADER_LENGTH, Datagram
from tcpedu.protocol.options import StampedOptions
from tcpedu.protocol.segment import Segment

IP_HEADER_LENGTH = 20
TCP_HEADER_LENGTH = 20
_STAMPED = IP_HEADER_LENGTH + TCP_HEADER_LENGTH + StampedOptions.length  # 타임스탬프만 실은 것의 헤더
_length = attrgetter("length")


class Ecn(IntEnum):
    """IP 헤더의 ECN 필드 두 비트 (RFC 3168 §5)."""

    NOT_ECT = 0  # 알림을 모르는 흐름: 혼잡하면 버리는 수밖에 없다
    ECT_1 = 1  # 알림을 아는 흐름
    ECT_0 = 2  # 알림을 아는 흐름. TCP는 이것을 쓴다
    CE = 3  # 혼잡을 겪었다


def wire_size(segment: Segment | Datagram) -> int:
    """IP 헤더까지 더한 크기, 바이트."""
    options = segment.options
    if type(options) is StampedOptions:
        return _STAMPED + len(segment.payload)  # 거의 언제나 이것이다
    if isinstance(segment, Datagram):
        return IP_HEADER_LENGTH + HEADER_LENGTH + len(segment.payload)
    length = sum(map(_length, options)) + 3 & ~3
    return IP_HEADER_LENGTH + TCP_HEADER_LENGTH + length + len(segment.payload)


@dataclass(slots=True)
class Packet:
    """네트워크에 보낸 패킷 하나와 그 기록. 시각은 초다.

    `number`는 네트워크 전체에서 보낸 차례(1부터), `src`와 `dst`는 양 끝 호스트, `arrivals`는 도착한 시각들이다(가는
    길이면 도착할 시각). 한 번도 도착하지 못하면 `dropped`에 그 까닭이, `dropped_at`에 버려진 시각이 남는다. `note`는
    재전송 같은 표시다.
    """

    number: int
    src: str
    dst: str
    segment: Segment  # 데이터그램을 보내는 상황(`letters`)에서는 Datagram
    sent: float
    note: str = ""
    ecn: Ecn = Ecn.NOT_ECT
    arrivals: tuple[float, ...] = ()
    dropped: str | None = None
    dropped_at: float | None = None
    received_after: tuple[int, ...] = ()  # 도착할 때까지 네트워크에 나간 패킷 수: 같은 시각의 앞뒤를 가른다

    @property
    def arrived(self) -> float | None:
        """처음 도착한 시각. 도착하지 않았으면 `None`."""
        return self.arrivals[0] if self.arrivals else None

    @property
    def size(self) -> int:
        """IP 헤더까지 더한 크기, 바이트."""
        return wire_size(self.segment)

    def ecn_at(self, host: str | None) -> Ecn:
        """`host`에서 본 ECN 필드. 받는 쪽이 아니면 보낼 때의 것이다."""
        return Ecn.ECT_0 if self.ecn is Ecn.CE and host != self.dst else self.ecn

    def arrive(self, at: float) -> None:
        """`at`에 도착한다고 적는다."""
        self.arrivals += (at,)
        if self.dropped is not None:  # 두 벌 가운데 하나라도 도착하면 잃은 것이 아니다
            self.dropped = self.dropped_at = None

    def drop(self, reason: str, now: float) -> None:
        """버렸다고 적는다."""
        if not self.arrivals:
            self.dropped, self.dropped_at = reason, now

    def mark(self) -> bool:
        """버리는 대신 혼잡을 표시한다. 알림을 모르는 흐름이면 거짓 (RFC 3168 §5)."""
        if self.ecn is Ecn.NOT_ECT:
            return False
        self.ecn = Ecn.CE
        return True
