"""계층 그림과 캡슐화 그림: TCP가 어디에 있고, 데이터가 무엇에 싸여 나가는지.

강의: lessons/01_what_is_tcp.ipynb, lessons/02_segment_header.ipynb
"""

from __future__ import annotations

from ipaddress import ip_address
from itertools import pairwise
from typing import Any, NamedTuple

from tcpedu.network.pcap import ip_packet
from tcpedu.protocol.segment import Segment

from .builder import Diagram
from .capture_text import Pasted, strip_headers
from .flow_builder import FlowBuilder
from .words import josa, segment_label

_PREVIEW = 8  # 데이터의 앞 몇 바이트를 16진수로 보이는가


class Layer(NamedTuple):
    """한 계층: 이름, 나르는 단위, 보기, OSI의 번호."""

    name: str
    unit: str
    examples: str
    osi: str


LAYERS = (
    Layer("응용 계층", "메시지", "HTTP, DNS, SSH", "5–7"),
    Layer("전송 계층", "세그먼트", "TCP, UDP", "4"),
    Layer("인터넷 계층", "패킷", "IP", "3"),
    Layer("링크 계층", "프레임", "이더넷, 와이파이", "1–2"),
)
_ROUTED = LAYERS[2:]  # 라우터는 여기까지만 본다


def layers_diagram(client: str = "클라이언트", server: str = "서버") -> Diagram:
    """네 계층을 지나 두 컴퓨터가 이야기하는 그림 (RFC 1122 §1.1.3). 전송 계층은 두 끝에만 있다.

    강의: lessons/01_what_is_tcp.ipynb
    """
    if client == server:
        raise ValueError(f"두 쪽의 이름이 같습니다: {client}")
    builder = FlowBuilder("TB")
    for layer in LAYERS:
        hosts = [client, *(["라우터"] if layer in _ROUTED else []), server]
        with builder.group(layer.name, f"{layer.name} (OSI {layer.osi}): {layer.examples}", "LR"):
            for host in hosts:
                builder.node(f"{layer.name} {host}", host, strong=layer is LAYERS[1])
            for left, right in pairwise(hosts):
                builder.edge(f"{layer.name} {left}", f"{layer.name} {right}", layer.unit, both=True)
    for above, below in pairwise(LAYERS):
        builder.edge(above.name, below.name, both=True)
    steps = [f"{layer.name}(OSI {layer.osi}): {layer.unit}, {layer.examples}" for layer in LAYERS]
    return builder.build(
        "TCP/IP의 네 계층",
        f"{josa(client, '과')} {josa(server, '이')} 네 계층을 지나 이야기한다. TCP가 있는 전송 계층은 두 끝에만 있고,"
        " 가운데의 라우터는 인터넷 계층까지만 본다. 보낼 때는 아래로, 받을 때는 위로 지난다.",
        tuple(steps),
    )


def encapsulation_diagram(
    packet: Any, src: str = "10.0.0.1", dst: str = "10.0.0.2", *, title: str = "캡슐화"
) -> Diagram:
    """진짜 바이트로 그린 캡슐화: IP 패킷 안의 TCP 세그먼트, 그 안의 데이터.

    `packet`은 IP 패킷의 바이트, `Segment`, 또는 기록의 패킷(`trace.segments[n]`)이다. 세그먼트이면 `src`와 `dst`로 IP
    패킷을 만든다. 바이트 수와 값은 모두 그 바이트에서 읽는다.
    강의: lessons/01_what_is_tcp.ipynb

    >>> encapsulation_diagram(Segment(50000, 80, seq=1, payload=b"hello")).description.partition("고, ")[2]
    '거기에 IP 헤더 20바이트가 붙어 패킷 45바이트가 된다.'
    """
    segment = packet if isinstance(packet, Segment) else getattr(packet, "segment", None)
    data = ip_packet(src, dst, segment) if isinstance(segment, Segment) else bytes(packet)
    inner = strip_headers(data)
    if inner.src is None:
        raise ValueError("IP 패킷이 아닙니다. IP 헤더부터 시작하는 바이트나 Segment를 넘겨 주세요")
    return _encapsulated(inner, title)


def _encapsulated(inner: Pasted, title: str) -> Diagram:
    parsed = Segment.unpack(inner.data)
    header, size = inner.data[: parsed.header_length], len(inner.data)
    whole, version = len(inner.ip + inner.data), ip_address(str(inner.src)).version
    builder = FlowBuilder("LR")
    with builder.group("packet", f"IPv{version} 패킷 {whole}바이트", "LR"):
        builder.node("ip", f"IP 헤더 {len(inner.ip)}바이트\n{inner.src} → {inner.dst}")
        with builder.group("segment", f"TCP 세그먼트 {size}바이트", "LR"):
            ports = f"포트 {parsed.src_port} → {parsed.dst_port}"
            builder.node("tcp", f"TCP 헤더 {len(header)}바이트\n{ports}\n{segment_label(parsed)}")
            builder.node("data", _payload_text(parsed.payload), strong=bool(parsed.payload))
    builder.beside("ip", "tcp")
    builder.beside("tcp", "data")
    tcp = f"TCP 헤더 {len(header)}바이트"
    start = f"데이터 {len(parsed.payload)}바이트에 {tcp}가 붙어" if parsed.payload else f"데이터 없이 {tcp}만으로"
    return builder.build(
        title,
        f"{start} 세그먼트 {size}바이트가 되고, 거기에 IP 헤더 {len(inner.ip)}바이트가 붙어 패킷 {whole}바이트가 된다.",
        (
            f"IP 헤더 {len(inner.ip)}바이트: {inner.ip.hex(' ')}",
            f"{tcp}: {header.hex(' ')}",
            " ".join(_payload_text(parsed.payload).splitlines()),
        ),
    )


def _payload_text(payload: bytes) -> str:
    if not payload:
        return "데이터 없음"
    shown = payload[:_PREVIEW]
    more = " …" if len(payload) > _PREVIEW else ""
    letters = shown.decode("ascii") if shown.isascii() and shown.decode("ascii").isprintable() else ""
    return "\n".join(
        [f"데이터 {len(payload)}바이트", shown.hex(" ") + more, *([f"‘{letters}’{more}"] if letters else [])]
    )
