"""IPv4 패킷에서 TCP 세그먼트를 꺼낸다 (RFC 791 §3.1).

강의: lessons/16_capstone.ipynb
"""

from __future__ import annotations

import socket
import struct
from typing import NamedTuple

from tcpedu.network.packet import Ecn
from tcpedu.network.pcap import ip_packet
from tcpedu.protocol.checksum import PROTOCOL_TCP, internet_checksum
from tcpedu.protocol.segment import Segment, SegmentError

__all__ = ["Received", "ip_packet", "is_tcp", "parse"]

_HEADER = struct.Struct("!BBHHHBBH4s4s")


class Received(NamedTuple):
    """패킷에서 꺼낸 것: 두 주소, 세그먼트, ECN 필드."""

    src: str
    dst: str
    segment: Segment
    ecn: Ecn


def is_tcp(packet: bytes) -> bool:
    """TCP가 든 IPv4 패킷인가. TUN으로는 커널의 IPv6나 ICMP도 온다."""
    return len(packet) >= _HEADER.size and packet[0] >> 4 == 4 and packet[9] == PROTOCOL_TCP


def parse(packet: bytes) -> Received:
    """패킷을 푼다. 두 체크섬과 길이를 확인하고, 어긋나면 `SegmentError`.

    >>> from tcpedu.protocol.segment import Flags
    >>> packet = ip_packet("10.9.0.2", "10.9.0.1", Segment(50000, 80, seq=100, flags=Flags.SYN))
    >>> parse(packet).src, parse(packet).segment.summary()
    ('10.9.0.2', 'SYN seq=100 win=65535')
    """
    if not is_tcp(packet):
        raise SegmentError("TCP가 든 IPv4 패킷이 아닙니다", field="header", offset=0)
    first, ecn, total, *_, source, target = _HEADER.unpack_from(packet)
    length = (first & 0x0F) * 4
    if not _HEADER.size <= length <= total <= len(packet):
        raise SegmentError(
            f"IP 헤더의 길이가 맞지 않습니다: 헤더 {length}, 전체 {total}, 받은 것 {len(packet)}바이트",
            field="header", offset=2,
        )  # fmt: skip
    if internet_checksum(packet[:length]) != 0:
        raise SegmentError("IP 헤더의 체크섬이 맞지 않습니다", field="header", offset=10)
    src, dst = socket.inet_ntoa(source), socket.inet_ntoa(target)
    return Received(src, dst, Segment.unpack(packet[length:total], src, dst), Ecn(ecn & 3))
