"""캡처 필터를 시험해 볼 패킷들과, 조건을 필터의 글로 적는 함수.

강의: lessons/14_troubleshooting.ipynb
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from tcpedu.protocol.datagram import Datagram
from tcpedu.protocol.segment import Flags, Segment

from .bpf import Filter
from .pcap import ip_packet

_A, _B, _C = "10.0.0.1", "10.0.0.2", "192.0.2.7"
_ENDS = ((_A, 50000, _B, 80), (_B, 80, _A, 50000), (_A, 50001, _B, 443), (_B, 443, _A, 50001), (_C, 443, _A, 22),
         (_A, 22, _C, 443), (_C, 50002, _B, 8080), (_C, 80, _B, 443))  # fmt: skip
_SHAPES = (Flags.SYN, Flags.SYN | Flags.ACK, Flags.ACK, Flags.PSH | Flags.ACK, Flags.FIN | Flags.ACK, Flags.RST,
           Flags.RST | Flags.ACK, Flags.SYN | Flags.ECE | Flags.CWR)  # fmt: skip
_CONSTANTS = {"FIN": "tcp-fin", "SYN": "tcp-syn", "RST": "tcp-rst", "PSH": "tcp-push", "ACK": "tcp-ack",
              "URG": "tcp-urg", "ECE": "tcp-ece", "CWR": "tcp-cwr"}  # fmt: skip


def _payload(flags: Flags) -> bytes:
    return bytes(100) if Flags.PSH in flags else b""


@cache
def practice_packets() -> tuple[tuple[str, bytes], ...]:
    """(설명, IP 패킷)들. 모두 IPv4이고, 끝마다 아홉 가지 TCP와 UDP 하나다. PSH가 켜진 것에만 데이터가 있다.

    >>> packets = practice_packets()
    >>> len(packets), packets[0][0], packets[8][0]
    (80, '1번 10.0.0.1:50000 > 10.0.0.2:80 SYN', '9번 10.0.0.1:50000 > 10.0.0.2:80 ACK 윈도우 0')
    """
    made: list[tuple[str, bytes]] = []
    for src, src_port, dst, dst_port in _ENDS:
        segments = [Segment(src_port, dst_port, 1, flags=one, payload=_payload(one)) for one in _SHAPES]
        closed = Segment(src_port, dst_port, 1, flags=Flags.ACK, window=0)
        kinds: list[tuple[str, Segment | Datagram]] = [(str(one.flags), one) for one in segments]
        kinds += [("ACK 윈도우 0", closed), ("UDP", Datagram(src_port, dst_port, b"hi"))]
        for kind, body in kinds:
            name = f"{len(made) + 1}번 {src}:{src_port} > {dst}:{dst_port} {kind}"
            made.append((name, ip_packet(src, dst, body)))
    return tuple(made)


def kept(text: str) -> list[str]:
    """필터가 남기는 연습 패킷의 설명. 틀린 필터는 `FilterError`.

    >>> kept("udp port 8080")
    ['70번 192.0.2.7:50002 > 10.0.0.2:8080 UDP']
    """
    chosen = Filter.read(text)
    return [name for name, packet in practice_packets() if chosen.keeps(packet)]


def bpf(description: Mapping[str, Any]) -> str:
    """조건을 모두 채우는 TCP 패킷만 남기는 캡처 필터.

    열쇠는 `host src dst`(주소), `ports`(이 가운데 하나), `not_port`, `flags`(모두 켜짐), `no_flags`(모두 꺼짐)이고,
    없는 열쇠는 묻지 않는다.

    >>> bpf({"host": "10.0.0.1", "ports": [80, 443]})
    'tcp and host 10.0.0.1 and (port 80 or port 443)'
    >>> bpf({"flags": ["SYN"], "no_flags": ["ACK"]})
    'tcp and tcp[tcpflags] & (tcp-syn|tcp-ack) == tcp-syn'
    """
    parts = ["tcp"]
    for key, word in (("host", "host"), ("src", "src host"), ("dst", "dst host"), ("not_port", "not port")):
        if key in description:
            parts.append(f"{word} {description[key]}")
    if "ports" in description:
        parts.append("(" + " or ".join(f"port {port}" for port in description["ports"]) + ")")
    on, off = (description.get(key, []) for key in ("flags", "no_flags"))
    if on or off:
        parts.append(
            f"tcp[tcpflags] & ({_either([*on, *off])}) == {f'({_either(on)})' if len(on) > 1 else _either(on)}"
        )
    return " and ".join(parts)


def _either(flags: list[str]) -> str:
    return "|".join(_CONSTANTS[flag] for flag in flags) or "0"
