"""인터넷 체크섬과 의사 헤더 (RFC 1071, RFC 9293 §3.1, RFC 8200 §8.1).

강의: lessons/02_segment_header.ipynb
"""

from __future__ import annotations

import ipaddress
import struct
from functools import lru_cache

PROTOCOL_TCP, PROTOCOL_UDP = 6, 17


def internet_checksum(data: bytes) -> int:
    """16비트 1의 보수 합의 1의 보수 (RFC 1071 §1). 홀수 길이면 뒤에 0 한 바이트를 붙여 센다.

    옳은 체크섬이 이미 들어 있는 데이터를 넣으면 0이 나온다.

    >>> hex(internet_checksum(bytes.fromhex("0001f203f4f5f6f7")))
    '0x220d'
    """
    total = _ones_complement_sum(data)
    return total ^ 0xFFFF


def _ones_complement_sum(data: bytes) -> int:
    # 2**16 ≡ 1 (mod 65535)이므로 16비트씩 올림을 돌려 더한 값은 전체를 65535로 나눈 나머지와 같다.
    number = int.from_bytes(data, "big")
    if len(data) % 2:
        number <<= 8
    # 나머지 0은 두 가지다. 모두 0인 데이터의 합은 0x0000이고, 그 밖에는 0xFFFF다.
    return number % 0xFFFF or (0xFFFF if number else 0)


@lru_cache(maxsize=1024)
def _packed(address: str) -> bytes:
    return ipaddress.ip_address(address).packed


def pseudo_header(src: str, dst: str, length: int, protocol: int = PROTOCOL_TCP) -> bytes:
    """체크섬을 셀 때만 세그먼트 앞에 붙이는 가짜 헤더.

    IPv4는 12바이트(RFC 9293 §3.1), IPv6는 40바이트(RFC 8200 §8.1). `length`는 TCP 헤더와 데이터를 더한 바이트 수다.
    두 주소의 버전이 다르거나 주소가 아니면 `ValueError`.

    >>> pseudo_header("10.0.0.1", "10.0.0.2", 20).hex(" ")
    '0a 00 00 01 0a 00 00 02 00 06 00 14'
    """
    source, destination = _packed(src), _packed(dst)
    if len(source) != len(destination):
        raise ValueError(f"두 주소의 IP 버전이 다릅니다: {src}, {dst}")
    if len(source) == 4:
        return source + destination + struct.pack("!BBH", 0, protocol, length)
    return source + destination + struct.pack("!IHBB", length, 0, 0, protocol)


@lru_cache(maxsize=1024)
def _addresses_sum(src: str, dst: str) -> int:
    """의사 헤더에서 길이를 뺀 나머지의 합: 한 연결에서는 언제나 같다."""
    return _ones_complement_sum(pseudo_header(src, dst, 0))


def tcp_checksum(src: str, dst: str, segment: bytes) -> int:
    """TCP 체크섬 (RFC 9293 §3.1).

    `segment`의 체크섬 자리(16–17번째 바이트)가 0이면 넣을 값이, 이미 옳은 값이면 0이 나온다.

    >>> bare = bytes.fromhex("0050c35000000064000000005002ffff00000000")
    >>> hex(tcp_checksum("10.0.0.1", "10.0.0.2", bare))
    '0xd7db'
    """
    length = len(segment)
    number = int.from_bytes(segment, "big")
    if length % 2:
        number <<= 8
    # 16비트씩 더하는 것이므로 의사 헤더를 앞에 붙이지 않고 그 합만 더해도 된다. 합은 0이 아니다.
    total = _addresses_sum(src, dst) + length + number
    return (total % 0xFFFF or 0xFFFF) ^ 0xFFFF
