"""캡처 필터: tcpdump와 Wireshark가 잡을 때 쓰는 말의 한 부분 (pcap-filter(7)).

`tcp ip ip6 udp icmp`, `host net port portrange`와 `src dst`, `and or not`과 괄호, `less greater len`, 그리고
`tcp[tcpflags] & tcp-syn != 0` 같은 바이트의 계산을 안다. 이름(`port http`, `host www`)은 모른다: 숫자로 적는다.
강의: lessons/14_troubleshooting.ipynb
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field, replace

from . import bpf_tests as ask
from .bpf_tests import FLAGS, IpPacket, OutOfPacket, Test, Value
from .bpf_words import FilterError, Words, number

__all__ = ["Filter", "FilterError"]

_PROTOCOLS = ("tcp", "udp", "icmp", "ip", "ip6")
_TYPES = ("host", "net", "port", "portrange")
_ORDER = (("|",), ("&",), ("<<", ">>"), ("+", "-"), ("*", "/", "%"))  # 뒤의 것을 먼저 센다
_RELATIONS = ("=", "==", "!=", "<", ">", "<=", ">=")


@dataclass(frozen=True)
class Filter:
    """읽어 들인 필터 하나.

    >>> from tcpedu.network.pcap import ip_packet
    >>> from tcpedu.protocol.segment import Flags, Segment
    >>> syn = ip_packet("10.0.0.1", "10.0.0.2", Segment(50000, 80, seq=100, flags=Flags.SYN))
    >>> Filter.read("tcp[tcpflags] & tcp-syn != 0 and port 80").keeps(syn)
    True
    >>> Filter.read("host 10.0.0.9 or port 443").keeps(syn)
    False
    """

    text: str
    _test: Test = field(repr=False, compare=False)

    @classmethod
    def read(cls, text: str) -> Filter:
        """글을 읽는다. 비었으면 모두 남긴다. 틀린 글은 `FilterError`."""
        parser = _Parser(text)
        if not parser.words:
            return cls(text, lambda packet: True)
        test = parser.expression()
        if not parser.words.ended:
            parser.words.fail("앞의 것과 and나 or로 이으세요")
        return cls(text, test)

    def keeps(self, packet: bytes) -> bool:
        """이 IP 패킷을 남기는가."""
        try:
            return self._test(IpPacket(packet))
        except OutOfPacket:
            return False


@dataclass(frozen=True)
class _Qualifier:
    """`tcp`, `src`, `port` 같은 앞의 낱말들. 뒤에 값만 오면 앞의 것을 이어받는다."""

    protocol: str = ""
    direction: str = ""
    kind: str = ""


@dataclass(frozen=True)
class _Number:
    """계산하는 값과, 그 값이 있는 패킷인가."""

    value: Value
    has: Test = lambda packet: True


class _Parser:
    """글을 앞에서부터 읽는다. 낱말의 자리는 `words`가 안다."""

    def __init__(self, text: str) -> None:
        self.words = Words(text)
        self.last = _Qualifier()  # 가장 가까운 앞의 낱말들

    # and, or, not ----------------------------------------------------------

    def expression(self) -> Test:
        """`and`와 `or`는 차례가 같다: 왼쪽부터 묶는다 (pcap-filter(7))."""
        left = self.term()
        while self.words.peek() in ("and", "or"):
            left = _join(self.words.take(), left, self.term())
        return left

    def term(self) -> Test:
        if self.words.skip("not"):
            inner = self.term()
            return lambda packet: not inner(packet)
        start = self.words.place
        try:
            return self.relation()
        except FilterError:
            after, self.words.place = self.words.place, start
        if self.words.skip("("):
            inside = self.expression()
            self.words.take(")")
            return inside
        if self.words.peek(1) == "[" or self.words.peek() in ("len", *FLAGS):
            self.words.place = after
            self.words.fail("계산과 비교가 끝나지 않았습니다. ‘tcp[13] & 2 != 0’처럼 견줄 값까지 적으세요")
        return self.primitive()

    # host, port 같은 것 ----------------------------------------------------

    def primitive(self) -> Test:
        if self.words.peek() in ("less", "greater"):
            return self.length()
        qualifier = self.qualifier()
        if qualifier == _Qualifier():
            if not self.last.kind:
                self.words.fail("host, net, port 가운데 무엇인지 적으세요")
            return self.identified(self.last)
        if qualifier.protocol and not qualifier.direction and not qualifier.kind:
            self.last = qualifier
            return ask.protocol_test(qualifier.protocol)
        self.last = qualifier
        return self.group(qualifier) if self.words.peek() == "(" else self.identified(qualifier)

    def qualifier(self) -> _Qualifier:
        found = _Qualifier()
        if self.words.peek() in _PROTOCOLS:
            found = replace(found, protocol=self.words.take())
        if self.words.peek() in ("src", "dst"):
            direction = self.words.take()
            if self.words.peek() in ("and", "or") and self.words.peek(1) in ("src", "dst"):
                direction = f"src {self.words.take()} dst"
                self.words.take()
            found = replace(found, direction=direction)
        return replace(found, kind=self.words.take()) if self.words.peek() in _TYPES else found

    def group(self, qualifier: _Qualifier) -> Test:
        """`port (80 or 443)`."""
        self.words.take("(")
        left = self.identified(qualifier)
        while self.words.peek() in ("and", "or"):
            left = _join(self.words.take(), left, self.identified(qualifier))
        self.words.take(")")
        return left

    def identified(self, qualifier: _Qualifier) -> Test:
        """값 하나: 주소, 포트, 포트의 범위."""
        kind, protocol, direction = qualifier.kind or "host", qualifier.protocol, qualifier.direction
        if kind in ("host", "net"):
            return self.network(kind, protocol, direction)
        if protocol not in ("", "tcp", "udp"):
            self.words.fail(f"{protocol}에는 포트가 없습니다")
        low, _, high = self.of_kind("range" if kind == "portrange" else "number", kind).partition("-")
        return ask.port_test(protocol, direction, number(low), number(high or low))

    def network(self, kind: str, protocol: str, direction: str) -> Test:
        if protocol not in ("", "ip", "ip6"):
            self.words.fail(f"주소는 {protocol}가 아니라 IP의 것입니다. ‘{protocol} and {kind} …’라고 적으세요")
        address = self.of_kind("address", kind)
        try:
            network = ipaddress.ip_network(address)
        except ValueError:
            self.words.place -= 1
            self.words.fail("주소가 틀렸거나, 마스크 밖의 비트가 켜져 있습니다")
        return ask.network_test(direction, network)

    def of_kind(self, wanted: str, qualifier: str) -> str:
        if self.words.kind != wanted:
            example = {"number": "80", "range": "8000-8080", "address": "10.0.0.1"}[wanted]
            self.words.fail(f"{qualifier} 다음에는 {example} 같은 값이 와야 합니다")
        return self.words.take()

    def length(self) -> Test:
        sign = "<=" if self.words.take() == "less" else ">="
        size = number(self.of_kind("number", "less와 greater"))
        return ask.compare(sign, lambda packet: len(packet.data), lambda packet: size)

    # 계산 ------------------------------------------------------------------

    def relation(self) -> Test:
        left = self.value()
        test = ask.compare(self.words.take(*_RELATIONS), left.value, (right := self.value()).value)
        return lambda packet: left.has(packet) and right.has(packet) and test(packet)

    def value(self, level: int = 0) -> _Number:
        if level == len(_ORDER):
            return self.atom()
        left = self.value(level + 1)
        while self.words.peek() in _ORDER[level]:
            # libpcap은 계산의 오른쪽이 있는 패킷인지 묻지 않는다: ip[…] - tcp[…]는 UDP에도 답한다.
            left = replace(left, value=ask.arithmetic(self.words.take(), left.value, self.value(level + 1).value))
        return left

    def atom(self) -> _Number:
        token = self.words.peek()
        if self.words.skip("("):
            inside = self.value()
            self.words.take(")")
            return inside
        if token in _PROTOCOLS and self.words.peek(1) == "[":
            return self.bytes_of(self.words.take())
        if self.words.skip("len"):
            return _Number(lambda packet: len(packet.data))
        if token in FLAGS or self.words.kind == "number":
            constant = FLAGS[token] if token in FLAGS else number(token)
            self.words.take()
            return _Number(lambda packet: constant)
        self.words.fail("수, len, 또는 tcp[…]가 와야 합니다")

    def bytes_of(self, protocol: str) -> _Number:
        self.words.take("[")
        at: Value = (lambda packet: 13) if self.words.skip("tcpflags") else self.value().value
        size = int(self.words.take("1", "2", "4")) if self.words.skip(":") else 1
        self.words.take("]")
        return _Number(*ask.byte_value(protocol, at, size))


def _join(word: str, left: Test, right: Test) -> Test:
    if word == "and":
        return lambda packet: left(packet) and right(packet)
    return lambda packet: left(packet) or right(packet)
