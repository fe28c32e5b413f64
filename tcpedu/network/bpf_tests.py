"""캡처 필터의 낱말 하나하나가 IP 패킷에 묻는 것 (pcap-filter(7)).

필터의 글을 읽는 쪽은 `bpf.py`다. 강의: lessons/14_troubleshooting.ipynb
"""

from __future__ import annotations

import ipaddress
import operator
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from tcpedu.protocol.checksum import PROTOCOL_TCP, PROTOCOL_UDP

ICMP, SCTP = 1, 132
PROTOCOLS = {"tcp": PROTOCOL_TCP, "udp": PROTOCOL_UDP, "icmp": ICMP}
FLAGS = {
    "tcp-fin": 1, "tcp-syn": 2, "tcp-rst": 4, "tcp-push": 8, "tcp-ack": 16, "tcp-urg": 32, "tcp-ece": 64,
    "tcp-cwr": 128,
}  # fmt: skip
_WITH_PORTS = (PROTOCOL_TCP, PROTOCOL_UDP, SCTP)
_MASK = 0xFFFFFFFF


class OutOfPacket(Exception):
    """패킷 밖의 바이트를 읽으려 했다. 진짜 BPF도 이때는 필터 전체를 거짓으로 한다."""


@dataclass(frozen=True)
class IpPacket:
    """필터가 보는 IP 패킷."""

    data: bytes

    @cached_property
    def version(self) -> int:
        """4 또는 6."""
        return self.data[0] >> 4 if self.data else 0

    @cached_property
    def protocol(self) -> int:
        """IP 헤더에 적힌 다음 프로토콜."""
        return self._byte(9 if self.version == 4 else 6)

    @cached_property
    def body(self) -> int:
        """IP 헤더 다음의 자리."""
        return (self._byte(0) & 15) * 4 if self.version == 4 else 40

    @cached_property
    def first_piece(self) -> bool:
        """나뉘지 않았거나 첫 조각인가. 뒤쪽 조각에는 포트가 없다."""
        return self.version == 6 or self.load(6, 2) & 0x1FFF == 0

    def address(self, end: str) -> bytes:
        """`src`나 `dst`의 주소."""
        size = 4 if self.version == 4 else 16
        at = (12 if self.version == 4 else 8) + (size if end == "dst" else 0)
        return self.data[at : at + size]

    def port(self, end: str) -> int:
        """`src`나 `dst`의 포트."""
        return self.load(self.body + (2 if end == "dst" else 0), 2)

    def load(self, at: int, size: int) -> int:
        """`at`부터 `size`바이트를 네트워크 순서로."""
        if at + size > len(self.data):
            raise OutOfPacket
        return int.from_bytes(self.data[at : at + size], "big")

    def _byte(self, at: int) -> int:
        return self.load(at, 1)


Test = Callable[[IpPacket], bool]
Value = Callable[[IpPacket], int]


def protocol_test(name: str) -> Test:
    """`tcp`, `udp`, `icmp`, `ip`, `ip6` 한 낱말."""
    if name in ("ip", "ip6"):
        version = 4 if name == "ip" else 6
        return lambda packet: packet.version == version
    number = PROTOCOLS[name]
    return lambda packet: packet.protocol == number and (packet.version == 4 or number != ICMP)


def ends_test(direction: str, ask: Callable[[IpPacket, str], bool]) -> Test:
    """`src`와 `dst` 가운데 어느 쪽에 물을지. 방향이 없으면 어느 쪽이든."""
    if direction in ("src", "dst"):
        return lambda packet: ask(packet, direction)
    if direction == "src and dst":
        return lambda packet: ask(packet, "src") and ask(packet, "dst")
    return lambda packet: ask(packet, "src") or ask(packet, "dst")


def network_test(direction: str, network: ipaddress.IPv4Network | ipaddress.IPv6Network) -> Test:
    """`host`와 `net`."""
    mask, base = int(network.netmask), int(network.network_address)

    def ask(packet: IpPacket, end: str) -> bool:
        return int.from_bytes(packet.address(end), "big") & mask == base

    inside = ends_test(direction, ask)
    return lambda packet: packet.version == network.version and inside(packet)


def port_test(protocol: str, direction: str, low: int, high: int) -> Test:
    """`port`와 `portrange`. 프로토콜이 없으면 포트가 있는 것 모두."""
    wanted = (PROTOCOLS[protocol],) if protocol else _WITH_PORTS
    inside = ends_test(direction, lambda packet, end: low <= packet.port(end) <= high)
    return lambda packet: packet.protocol in wanted and packet.first_piece and inside(packet)


def byte_value(name: str, at: Value, size: int) -> tuple[Value, Test]:
    """`tcp[13]`, `ip[2:2]`의 값과, 그 값이 있는 패킷인가. `tcp`와 `udp`와 `icmp`는 IPv4만 본다."""
    if name in ("ip", "ip6"):
        return lambda packet: packet.load(at(packet), size), protocol_test(name)
    has = protocol_test(name)
    return (
        lambda packet: packet.load(packet.body + at(packet), size),
        lambda packet: packet.version == 4 and has(packet) and packet.first_piece,
    )


_ARITHMETIC: dict[str, Callable[[int, int], int]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "&": operator.and_, "|": operator.or_,
    "<<": lambda a, b: a << b if b < 32 else 0, ">>": lambda a, b: a >> b if b < 32 else 0,
}  # fmt: skip
_COMPARE: dict[str, Callable[[int, int], bool]] = {
    "=": operator.eq, "==": operator.eq, "!=": operator.ne, "<": operator.lt, ">": operator.gt, "<=": operator.le,
    ">=": operator.ge,
}  # fmt: skip


def arithmetic(sign: str, left: Value, right: Value) -> Value:
    """부호 없는 32비트 계산. 0으로 나누면 진짜 BPF처럼 패킷을 버린다."""
    if sign in "/%":
        return lambda packet: _divide(sign, left(packet), right(packet))
    do = _ARITHMETIC[sign]
    return lambda packet: do(left(packet), right(packet)) & _MASK


def _divide(sign: str, left: int, right: int) -> int:
    if right == 0:
        raise OutOfPacket
    return left // right if sign == "/" else left % right


def compare(sign: str, left: Value, right: Value) -> Test:
    """부호 없는 비교."""
    do = _COMPARE[sign]
    return lambda packet: do(left(packet), right(packet))
