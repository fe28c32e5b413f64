"""프레임에서 링크와 IP의 헤더를 벗겨 세그먼트를 꺼낸다 (RFC 791 §3.1, RFC 8200 §3).

링크 종류의 번호는 파일 형식이 정한 것이다(pcap-linktype).
강의: lessons/14_troubleshooting.ipynb
"""

from __future__ import annotations

import ipaddress
import struct
from dataclasses import dataclass

from tcpedu.protocol.checksum import PROTOCOL_TCP, PROTOCOL_UDP
from tcpedu.protocol.segment import MIN_HEADER_LENGTH, Segment, SegmentError

from .capture_file import CaptureError

LOOPBACK, ETHERNET, RAW = 0, 1, 101
_NAMES = {"loopback": LOOPBACK, "ethernet": ETHERNET, "raw": RAW}
# 링크 종류 → IP 헤더까지의 바이트 수. 12, 14, 228, 229는 RAW의 다른 번호, 113과 276은 리눅스의 `-i any`다.
_OFFSETS = {LOOPBACK: 4, 108: 4, ETHERNET: 14, RAW: 0, 12: 0, 14: 0, 228: 0, 229: 0, 113: 16, 276: 20}
_IP_VERSIONS = {0x0800: 4, 0x86DD: 6}
_VLAN = 0x8100
_PROTOCOLS = {1: "ICMP", PROTOCOL_TCP: "TCP", PROTOCOL_UDP: "UDP", 58: "ICMPv6"}
_EXTENSIONS = (0, 43, 60)  # 건너뛸 IPv6 확장 헤더: 홉별, 라우팅, 목적지


@dataclass(frozen=True)
class Unwrapped:
    """프레임 하나에서 꺼낸 것. TCP가 아니면 `segment`가 `None`이고 `kind`에 무엇인지 적힌다.

    `missing`은 캡처가 담지 못해 0으로 채운 데이터의 바이트 수다.
    """

    kind: str
    src: str = ""
    dst: str = ""
    segment: Segment | None = None
    missing: int = 0


def linktype_of(link: str) -> int:
    """이름(`raw`, `ethernet`, `loopback`)을 파일에 적는 번호로."""
    if link not in _NAMES:
        raise ValueError(f"모르는 링크입니다: {link}. 쓸 수 있는 것은 {', '.join(_NAMES)}")
    return _NAMES[link]


def wrap(packet: bytes, linktype: int) -> bytes:
    """IP 패킷 앞에 링크의 헤더를 붙인다. 이더넷의 주소는 모두 0이다."""
    version = packet[0] >> 4
    if linktype == ETHERNET:
        return bytes(12) + (b"\x08\x00" if version == 4 else b"\x86\xdd") + packet
    if linktype == LOOPBACK:
        return struct.pack("<I", 2 if version == 4 else 30) + packet  # BSD의 AF_INET과 AF_INET6
    return packet


def ip_packet_of(frame: bytes, linktype: int) -> bytes | None:
    """프레임 속의 IP 패킷. ARP처럼 IP가 아니면 `None`. 모르는 링크는 `CaptureError`."""
    if linktype not in _OFFSETS:
        raise CaptureError(f"링크 종류 {linktype}번은 읽지 못합니다. 이더넷, 루프백, 링크 헤더가 없는 것만 읽습니다")
    at = _OFFSETS[linktype]
    if linktype == ETHERNET:
        while frame[at - 2 : at] == _VLAN.to_bytes(2, "big"):
            at += 4
        if int.from_bytes(frame[at - 2 : at], "big") not in _IP_VERSIONS:
            return None
    packet = frame[at:]
    return packet if packet and packet[0] >> 4 in (4, 6) else None


def unwrap(packet: bytes | None) -> Unwrapped:
    """IP 패킷을 푼다. 헤더가 잘렸거나 TCP 헤더가 틀렸으면 `CaptureError`."""
    if packet is None:
        return Unwrapped("IP가 아님")
    protocol, src, dst, body, length = _ipv4(packet) if packet[0] >> 4 == 4 else _ipv6(packet)
    if protocol != PROTOCOL_TCP:
        return Unwrapped("IP 조각" if protocol < 0 else _PROTOCOLS.get(protocol, f"IP 프로토콜 {protocol}"), src, dst)
    missing = max(0, length - len(body))
    header = max(MIN_HEADER_LENGTH, (body[12] >> 4) * 4 if len(body) > 12 else 0)
    if missing and len(body) < header:
        raise CaptureError(
            f"TCP 헤더가 다 담기지 않았습니다: {header}바이트 가운데 {len(body)}바이트. 더 길게(tcpdump -s 0) 잡으세요"
        )
    try:
        segment = Segment.unpack(body + bytes(missing))  # 체크섬은 보지 않는다: 보낸 쪽에서 잡으면 아직 비어 있다
    except SegmentError as error:
        raise CaptureError(f"TCP 헤더가 잘못되었습니다. {error}") from error
    return Unwrapped("TCP", src, dst, segment, missing)


def _ipv4(packet: bytes) -> tuple[int, str, str, bytes, int]:
    """(프로토콜, 출발지, 목적지, 담긴 본문, 본문의 길이). 뒤쪽 조각에는 TCP 헤더가 없으므로 프로토콜을 -1로 한다."""
    header = (packet[0] & 15) * 4
    if len(packet) < 20 or header < 20:
        raise CaptureError(f"IPv4 헤더가 잘렸습니다: 20바이트가 필요한데 {len(packet)}바이트뿐입니다")
    total = int.from_bytes(packet[2:4], "big") or len(packet)  # 오프로드된 큰 패킷은 0으로 적힌다
    offset = int.from_bytes(packet[6:8], "big") & 0x1FFF
    protocol = -1 if offset else packet[9]
    return protocol, _text(packet[12:16]), _text(packet[16:20]), packet[header:total], total - header


def _ipv6(packet: bytes) -> tuple[int, str, str, bytes, int]:
    if len(packet) < 40:
        raise CaptureError(f"IPv6 헤더가 잘렸습니다: 40바이트가 필요한데 {len(packet)}바이트뿐입니다")
    protocol, at = packet[6], 40
    end = 40 + int.from_bytes(packet[4:6], "big") if packet[4:6] != b"\0\0" else len(packet)
    while protocol in _EXTENSIONS and at + 2 <= len(packet):
        protocol, at = packet[at], at + 8 + packet[at + 1] * 8
    return protocol, _text(packet[8:24]), _text(packet[24:40]), packet[at:end], end - at


def _text(address: bytes) -> str:
    return str(ipaddress.ip_address(address))
