"""UDP 데이터그램: TCP가 무엇을 더하는지 견주어 볼 상대 (RFC 768).

강의: lessons/01_what_is_tcp.ipynb
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import ClassVar

from .checksum import PROTOCOL_UDP, internet_checksum, pseudo_header

HEADER_LENGTH = 8
_HEADER = struct.Struct("!HHHH")


@dataclass(frozen=True, slots=True)
class Datagram:
    """UDP 데이터그램 하나: 두 포트와 데이터뿐이다 (RFC 768).

    >>> Datagram(50000, 53, b"hi").pack("10.0.0.1", "10.0.0.2").hex(" ", -4)
    'c3500035 000abfe8 6869'
    >>> Datagram(50000, 53, b"hi").summary()
    'UDP len=2'
    """

    src_port: int
    dst_port: int
    payload: bytes = b""
    flags: ClassVar[int] = 0  # TCP의 헤더와 달리 제어 비트도 옵션도 없다
    options: ClassVar[tuple[()]] = ()

    def pack(self, src: str, dst: str) -> bytes:
        """두 IP 주소의 의사 헤더로 체크섬을 채운 바이트. 값이 범위를 벗어나면 `ValueError`."""
        length = HEADER_LENGTH + len(self.payload)
        if not (0 <= self.src_port < 1 << 16 and 0 <= self.dst_port < 1 << 16 and length < 1 << 16):
            raise ValueError(f"포트와 길이는 16비트입니다: {self.src_port}, {self.dst_port}, {length}바이트")
        bare = _HEADER.pack(self.src_port, self.dst_port, length, 0) + self.payload
        # RFC 768: 셈한 값이 0이면 0xffff로 적는다. 0은 '세지 않았다'는 뜻이다.
        checksum = internet_checksum(pseudo_header(src, dst, length, PROTOCOL_UDP) + bare) or 0xFFFF
        return bare[:6] + checksum.to_bytes(2, "big") + bare[8:]

    def summary(self) -> str:
        """한 줄 요약."""
        return f"UDP len={len(self.payload)}"
