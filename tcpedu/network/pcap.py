"""세그먼트를 IP 패킷으로 싸서 pcap 파일로 적는다 (RFC 791 §3.1, RFC 8200 §3)."""

from __future__ import annotations

import ipaddress
import struct
from collections.abc import Iterable

from tcpedu.protocol.checksum import PROTOCOL_TCP, PROTOCOL_UDP, internet_checksum
from tcpedu.protocol.datagram import Datagram
from tcpedu.protocol.segment import Segment

LINKTYPE_RAW = 101  # 링크 계층 없이 IP 패킷부터 시작한다
_HOP_LIMIT = 64
_DONT_FRAGMENT = 0x4000


def ip_packet(src: str, dst: str, segment: Segment | Datagram, identification: int = 0, ecn: int = 0) -> bytes:
    """IPv4 또는 IPv6 패킷의 바이트. `ecn`은 IP 헤더의 두 비트다 (RFC 3168 §5)."""
    body = segment.pack(src, dst)
    protocol = PROTOCOL_UDP if isinstance(segment, Datagram) else PROTOCOL_TCP
    source, destination = ipaddress.ip_address(src), ipaddress.ip_address(dst)
    if source.version == 6:
        header = struct.pack("!IHBB", 6 << 28 | ecn << 20, len(body), protocol, _HOP_LIMIT)
        return header + source.packed + destination.packed + body
    header = struct.pack(
        "!BBHHHBBH4s4s", 0x45, ecn, 20 + len(body), identification & 0xFFFF, _DONT_FRAGMENT, _HOP_LIMIT, protocol,
        0, source.packed, destination.packed,
    )  # fmt: skip
    return header[:10] + internet_checksum(header).to_bytes(2, "big") + header[12:] + body


def file_bytes(packets: Iterable[tuple[float, bytes]]) -> bytes:
    """(시각(초), 패킷)의 목록을 pcap 파일의 바이트로."""
    parts = [struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, LINKTYPE_RAW)]
    for time, data in packets:
        microseconds = round(time * 1_000_000)
        parts.append(struct.pack("<IIII", *divmod(microseconds, 1_000_000), len(data), len(data)) + data)
    return b"".join(parts)
