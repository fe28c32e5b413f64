"""초기 순서 번호(ISN)의 선택: 시계와 4-튜플의 키 해시 (RFC 6528 §3, RFC 9293 §3.4.1).

시계도 난수도 모른다. 시각과 비밀 키는 부르는 쪽이 넘긴다.
강의: lessons/04_connection_establishment.ipynb
"""

from __future__ import annotations

import hmac
import ipaddress

from .seqnum import MODULUS, seq_add

FourTuple = tuple[str, int, str, int]
TICK_US = 4  # 시계의 눈금, 마이크로초


def clock_isn(clock_us: int) -> int:
    """4마이크로초마다 1씩 느는 32비트 시계 M (RFC 793 §3.3의 옛 방식). `clock_us`는 마이크로초다.

    >>> clock_isn(1_000_000)
    250000
    """
    return clock_us // TICK_US % MODULUS


def isn(four_tuple: FourTuple, clock_us: int, secret: bytes) -> int:
    """ISN = M + F(4-튜플, 비밀 키) (RFC 6528 §3).

    `four_tuple`은 (내 IP, 내 포트, 상대 IP, 상대 포트), `clock_us`는 마이크로초 시각, `secret`은 비밀 키다.
    F는 `four_tuple_bytes`의 HMAC-SHA256에서 앞 4바이트를 네트워크 순서로 읽은 수다.

    >>> isn(("10.0.0.2", 80, "10.0.0.1", 50000), 1_000_000, b"secret")
    2084155539
    """
    digest = hmac.digest(secret, four_tuple_bytes(four_tuple), "sha256")
    return seq_add(clock_isn(clock_us), int.from_bytes(digest[:4], "big"))


def four_tuple_bytes(four_tuple: FourTuple) -> bytes:
    """4-튜플의 바이트: 내 IP, 내 포트 2바이트, 상대 IP, 상대 포트 2바이트, 모두 네트워크 순서.

    >>> four_tuple_bytes(("10.0.0.2", 80, "10.0.0.1", 50000)).hex(" ", 2)
    '0a00 0002 0050 0a00 0001 c350'
    """
    local_ip, local_port, remote_ip, remote_port = four_tuple
    return _end(local_ip, local_port) + _end(remote_ip, remote_port)


def _end(ip: str, port: int) -> bytes:
    return ipaddress.ip_address(ip).packed + port.to_bytes(2, "big")
