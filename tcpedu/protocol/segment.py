"""TCP 세그먼트: 바이트와 필드 사이를 오간다 (RFC 9293 §3.1).

강의: lessons/02_segment_header.ipynb
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntFlag
from typing import Any, NamedTuple, TypeVar

from .checksum import tcp_checksum
from .options import (
    MSS,
    Draft,
    EndOfOptions,
    NoOperation,
    Option,
    Sack,
    SackPermitted,
    SegmentError,
    Timestamps,
    UnknownOption,
    WindowScale,
    pack_options,
    parse_options,
)

__all__ = [
    "FIELDS", "MSS", "EndOfOptions", "Field", "Flags", "NoOperation", "Option", "Sack", "SackPermitted", "Segment",
    "SegmentError", "Timestamps", "UnknownOption", "WindowScale", "parse_options",
]  # fmt: skip

MIN_HEADER_LENGTH = 20
_HEADER = struct.Struct("!HHIIBBHHH")
_CHECKSUM_AT = 16


class Flags(IntFlag):
    """제어 비트 8개. 헤더에 놓인 순서대로 CWR이 가장 높은 비트다 (RFC 9293 §3.1)."""

    CWR = 0x80  # 혼잡 윈도우를 줄였다 (RFC 3168)
    ECE = 0x40  # 혼잡 알림을 되돌려 준다 (RFC 3168)
    URG = 0x20  # 긴급 포인터가 뜻을 갖는다
    ACK = 0x10  # 확인응답 번호가 뜻을 갖는다
    PSH = 0x08  # 받은 데이터를 바로 올려 달라
    RST = 0x04  # 연결을 즉시 끊는다
    SYN = 0x02  # 순서 번호를 맞춘다
    FIN = 0x01  # 더 보낼 데이터가 없다

    @property
    def names(self) -> list[str]:
        """켜진 플래그의 이름, 헤더 순서(CWR…FIN).

        >>> Flags(0x12).names
        ['ACK', 'SYN']
        """
        return [flag.name or "" for flag in _HEADER_ORDER if flag & self]

    def __str__(self) -> str:
        """SYN·FIN·RST를 앞에 두는 관례대로 쓴 이름. 없으면 `-`.

        >>> str(Flags.SYN | Flags.ACK)
        'SYN,ACK'
        """
        return _FLAG_TEXT[self & 0xFF]


_HEADER_ORDER = tuple(sorted(Flags, reverse=True))
_SPOKEN_ORDER = (Flags.SYN, Flags.FIN, Flags.RST, Flags.PSH, Flags.URG, Flags.ECE, Flags.CWR, Flags.ACK)
_FLAG_TEXT = tuple(
    ",".join(flag.name or "" for flag in _SPOKEN_ORDER if flag.value & bits) or "-" for bits in range(256)
)
_FLAGS = tuple(Flags(bits) for bits in range(256))
# SYN과 FIN(마지막 두 비트)은 번호를 하나씩 차지한다. `flags & 3`과 달리 `flags % 4`는 `Flags`를 만들지 않아 빠르다.
_TAKEN = (0, 1, 1, 2)
NO_FLAGS = _FLAGS[0]


class Field(NamedTuple):
    """고정 헤더의 한 필드: 이름, 우리말 이름, 첫 비트 위치, 비트 수."""

    name: str
    korean: str
    first_bit: int
    width: int


FIELDS = (
    Field("src_port", "출발지 포트", 0, 16),
    Field("dst_port", "목적지 포트", 16, 16),
    Field("seq", "순서 번호", 32, 32),
    Field("ack", "확인응답 번호", 64, 32),
    Field("data_offset", "데이터 오프셋", 96, 4),
    Field("reserved", "예약", 100, 4),
    Field("flags", "플래그", 104, 8),
    Field("window", "윈도우", 112, 16),
    Field("checksum", "체크섬", 128, 16),
    Field("urgent", "긴급 포인터", 144, 16),
)

_Option = TypeVar("_Option", bound=Option)


@dataclass(frozen=True, slots=True)
class Segment:
    """TCP 세그먼트 하나 (RFC 9293 §3.1).

    포트·윈도우·긴급 포인터는 16비트, 순서·확인응답 번호는 32비트 정수다. `window`는 헤더에 적힌 값 그대로이며
    윈도우 스케일을 곱하지 않았다. `reserved`는 받은 4비트를 보관할 뿐 해석하지 않는다.

    >>> syn = Segment(50000, 80, seq=100, flags=Flags.SYN, options=(MSS(1460),))
    >>> syn.length, syn.header_length
    (1, 24)
    >>> Segment.unpack(syn.pack("10.0.0.1", "10.0.0.2"), "10.0.0.1", "10.0.0.2") == syn
    True
    """

    src_port: int
    dst_port: int
    seq: int
    ack: int = 0
    flags: Flags = NO_FLAGS
    window: int = 65535
    urgent: int = 0
    options: tuple[Option, ...] = ()
    payload: bytes = b""
    reserved: int = 0

    @property
    def length(self) -> int:
        """차지하는 순서 번호의 수(SEG.LEN): 데이터 바이트 + SYN 1 + FIN 1 (RFC 9293 §3.4)."""
        return len(self.payload) + _TAKEN[self.flags % 4]

    @property
    def end(self) -> int:
        """이 세그먼트 바로 다음 순서 번호."""
        return (self.seq + len(self.payload) + _TAKEN[self.flags % 4]) & 0xFFFFFFFF

    @property
    def header_length(self) -> int:
        """옵션까지 더한 헤더 길이, 바이트. 데이터 오프셋은 이 값을 4로 나눈 워드 수다."""
        return MIN_HEADER_LENGTH + len(pack_options(self.options))

    def has(self, flags: Flags) -> bool:
        """주어진 플래그가 모두 켜졌는가."""
        return self.flags & flags == flags

    def option(self, kind: type[_Option]) -> _Option | None:
        """처음 나오는 `kind`형 옵션. 없으면 `None`."""
        for option in self.options:
            if type(option) is kind:
                return option
        return None

    def summary(self) -> str:
        """한 줄 요약.

        >>> Segment(1, 2, seq=7, ack=9, flags=Flags.ACK | Flags.PSH, payload=b"hi").summary()
        'PSH,ACK seq=7 ack=9 len=2 win=65535'
        """
        ack = f" ack={self.ack}" if self.flags & Flags.ACK else ""
        size = f" len={len(self.payload)}" if self.payload else ""
        return f"{self.flags} seq={self.seq}{ack}{size} win={self.window}"

    def pack(self, src: str, dst: str) -> bytes:
        """두 IP 주소의 의사 헤더로 체크섬을 채운 바이트. 값이 범위를 벗어나면 `SegmentError`."""
        options = pack_options(self.options)
        _check_ranges(self)
        words = (MIN_HEADER_LENGTH + len(options)) // 4
        header = _HEADER.pack(
            self.src_port, self.dst_port, self.seq, self.ack, words << 4 | self.reserved, self.flags,
            self.window, 0, self.urgent,
        )  # fmt: skip
        data = header + options + self.payload
        checksum = tcp_checksum(src, dst, data).to_bytes(2, "big")
        return data[:_CHECKSUM_AT] + checksum + data[_CHECKSUM_AT + 2 :]

    @classmethod
    def unpack(cls, data: bytes, src: str | None = None, dst: str | None = None) -> Segment:
        """바이트를 푼다. 두 주소를 주면 체크섬도 확인한다. 잘못된 바이트는 `SegmentError`."""
        if len(data) < MIN_HEADER_LENGTH:
            raise SegmentError(
                f"헤더가 잘렸습니다: {MIN_HEADER_LENGTH}바이트가 필요한데 {len(data)}바이트뿐입니다",
                field="header",
                offset=len(data),
            )
        src_port, dst_port, seq, ack, offset_reserved, flags, window, checksum, urgent = _HEADER.unpack_from(data)
        header_length = (offset_reserved >> 4) * 4
        if not MIN_HEADER_LENGTH <= header_length <= len(data):
            raise SegmentError(
                f"데이터 오프셋이 잘못되었습니다: 12번째 바이트가 {header_length // 4}워드({header_length}바이트)라는데"
                f" {MIN_HEADER_LENGTH // 4}워드 이상, 받은 {len(data)}바이트 이하여야 합니다",
                field="data_offset",
                offset=12,
            )
        if src is not None and dst is not None and tcp_checksum(src, dst, data) != 0:
            raise _checksum_error(data, checksum, src, dst)
        options = parse_options(data[MIN_HEADER_LENGTH:header_length]) if header_length > MIN_HEADER_LENGTH else ()
        return new_segment(
            src_port, dst_port, seq, ack, _FLAGS[flags], window, options, data[header_length:], urgent,
            offset_reserved & 0x0F,
        )  # fmt: skip


class _Draft(Draft, Segment):
    """아직 얼리지 않은 세그먼트."""

    __slots__ = ()


def new_segment(
    src_port: int, dst_port: int, seq: int, ack: int, flags: Flags, window: int, options: tuple[Option, ...],
    payload: bytes, urgent: int = 0, reserved: int = 0,
) -> Segment:  # fmt: skip
    """`Segment(…)`와 같은 것을 빨리 만든다. 세그먼트마다 지나는 길에서 쓴다.

    얼린 dataclass의 생성자는 칸 하나를 채울 때마다 `object.__setattr__`를 부른다. 여기서는 먼저 채우고 나서 얼린다.

    >>> new_segment(50000, 80, 1, 2, Flags(16), 3, (), b"") == Segment(50000, 80, 1, 2, Flags(16), 3)
    True
    """
    draft: Any = _Draft()
    draft.src_port = src_port
    draft.dst_port = dst_port
    draft.seq = seq
    draft.ack = ack
    draft.flags = flags
    draft.window = window
    draft.urgent = urgent
    draft.options = options
    draft.payload = payload
    draft.reserved = reserved
    draft.__class__ = Segment
    return draft


_LIMITS = {"src_port": 16, "dst_port": 16, "seq": 32, "ack": 32, "flags": 8, "window": 16, "urgent": 16, "reserved": 4}
_BIT = {field.name: field.first_bit for field in FIELDS}


def _check_ranges(segment: Segment) -> None:
    for name, bits in _LIMITS.items():
        value = getattr(segment, name)
        if not 0 <= value < 1 << bits:
            raise SegmentError(f"{name} 값이 {bits}비트를 벗어났습니다: {value}", field=name, offset=_BIT[name] // 8)


def _checksum_error(data: bytes, checksum: int, src: str, dst: str) -> SegmentError:
    bare = data[:_CHECKSUM_AT] + b"\0\0" + data[_CHECKSUM_AT + 2 :]
    expected = tcp_checksum(src, dst, bare)
    return SegmentError(
        f"체크섬이 맞지 않습니다: 16번째 바이트부터 0x{checksum:04x}인데 계산한 값은 0x{expected:04x}입니다",
        field="checksum",
        offset=_CHECKSUM_AT,
    )
