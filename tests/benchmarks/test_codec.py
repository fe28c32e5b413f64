"""세그먼트를 풀고 싸는 빠르기: dpkt, scapy와 견준다.

모두 같은 TCP 세그먼트(옵션 NOP NOP TS NOP NOP SACK, 데이터 100바이트)를 옵션까지 푼다. dpkt는 옵션을 (종류, 바이트)로
나누기만 하고, 우리는 길이가 맞는지 보고 값까지 읽는다. 체크섬을 볼 때는 둘 다 주소와 길이로 의사 헤더를 셈에 넣는다.
"""

from __future__ import annotations

import struct
from collections.abc import Callable

import dpkt
import pytest

from tcpedu.network.pcap import ip_packet
from tcpedu.protocol.segment import Flags, NoOperation, Sack, Segment, Timestamps

SRC, DST = "10.0.0.1", "10.0.0.2"
NOP = NoOperation()
SEGMENT = Segment(
    50000, 80, seq=1000, ack=2000, flags=Flags.ACK, window=500,
    options=(NOP, NOP, Timestamps(1, 2), NOP, NOP, Sack(((3000, 4000),))), payload=bytes(range(100)),
)  # fmt: skip
DATA = SEGMENT.pack(SRC, DST)
PSEUDO_IPV4 = struct.Struct("!4s4sxBH")
COUNT, ROUNDS = 200, 60  # 짧게 여러 번: 다른 일에 밀리지 않은 때가 저마다 있다
ETHERNET_IPV4 = struct.Struct("!6s6sHBBHHHBBH4s4s")  # 옵션 없는 IPv4까지의 모든 필드
FRAME = bytes(12) + b"\x08\x00" + ip_packet(SRC, DST, SEGMENT)


def _frame_parse() -> tuple[tuple[object, ...], Segment]:
    """이더넷과 IPv4의 모든 필드를 읽고 TCP를 옵션까지 푼다. 체크섬은 보지 않는다: dpkt도 그렇다."""
    fields = ETHERNET_IPV4.unpack_from(FRAME)
    if fields[2] != 0x0800 or fields[3] != 0x45 or fields[9] != 6:
        raise ValueError(fields)
    return fields, Segment.unpack(FRAME[34 : 14 + fields[5]])


def _dpkt_frame_parse() -> tuple[dpkt.ethernet.Ethernet, list[tuple[int, bytes]]]:
    frame = dpkt.ethernet.Ethernet(FRAME)
    return frame, dpkt.tcp.parse_opts(frame.data.data.opts)


def _dpkt_parse() -> object:
    tcp = dpkt.tcp.TCP(DATA)
    return dpkt.tcp.parse_opts(tcp.opts), tcp.data


def _dpkt_verify() -> object:
    """dpkt는 받은 체크섬을 스스로 확인하지 않는다. 제 도구로, 쌀 때처럼 의사 헤더를 붙여 확인하게 한다."""
    tcp = dpkt.tcp.TCP(DATA)
    if dpkt.in_cksum(PSEUDO_IPV4.pack(b"\x0a\0\0\1", b"\x0a\0\0\2", 6, len(DATA)) + DATA):
        raise ValueError(tcp.sum)
    return dpkt.tcp.parse_opts(tcp.opts), tcp.data


def _dpkt_build() -> bytes:
    """dpkt는 IP 패킷을 쌀 때 TCP의 체크섬을 셈한다."""
    tcp = dpkt.tcp.TCP(sport=50000, dport=80, seq=1000, ack=2000, flags=0x10, win=500, data=SEGMENT.payload)
    tcp.opts = DATA[20:44]
    tcp.off = 11
    packet = dpkt.ip.IP(src=b"\x0a\0\0\1", dst=b"\x0a\0\0\2", p=6, data=tcp)
    packet.len = len(packet)
    return bytes(packet)


Works = dict[str, Callable[[], object]]
Speed = Callable[[Works], dict[str, float]]


@pytest.fixture
def per_second(side_by_side: Callable[..., list[float]]) -> Speed:
    """`per_second(works)`: CPU 1초에 저마다 몇 번 하는가."""

    def repeated(work: Callable[[], object]) -> Callable[[], None]:
        def repeat() -> None:
            for _ in range(COUNT):
                work()

        return repeat

    def measure(works: Works) -> dict[str, float]:
        times = side_by_side([repeated(work) for work in works.values()], ROUNDS)
        return {name: COUNT / seconds for name, seconds in zip(works, times, strict=True)}

    return measure


def test_the_peers_agree_on_the_bytes() -> None:
    """같은 일을 견주는지부터 본다."""
    assert _dpkt_build()[20:] == DATA
    parsed = dpkt.tcp.TCP(DATA)
    assert (parsed.seq, parsed.ack, parsed.data) == (1000, 2000, SEGMENT.payload)
    assert [kind for kind, _ in dpkt.tcp.parse_opts(parsed.opts)] == [1, 1, 8, 1, 1, 5]
    assert Segment.unpack(DATA, SRC, DST) == SEGMENT


def test_both_read_the_same_fields_of_a_frame() -> None:
    (dst, src, kind, _, tos, length, ident, _, ttl, protocol, check, source, target), segment = _frame_parse()
    frame, options = _dpkt_frame_parse()
    packet, tcp = frame.data, frame.data.data
    assert (dst, src, kind) == (frame.dst, frame.src, frame.type)
    assert (tos, length, ident, ttl, protocol, check) == (
        packet.tos, packet.len, packet.id, packet.ttl, packet.p, packet.sum,
    )  # fmt: skip
    assert (source, target) == (packet.src, packet.dst)
    assert (segment.src_port, segment.dst_port, segment.seq, segment.ack, segment.flags, segment.window) == (
        tcp.sport, tcp.dport, tcp.seq, tcp.ack, tcp.flags, tcp.win,
    )  # fmt: skip
    assert [bytes((option.kind,)) + option.pack()[2:] for option in segment.options] == [
        bytes((kind,)) + data for kind, data in options
    ]
    assert segment.payload == tcp.data


def test_codec_against_dpkt_and_scapy(per_second: Speed, report: Callable[..., None]) -> None:
    layers = pytest.importorskip("scapy.layers.inet", reason="scapy가 없다")

    def scapy_build() -> bytes:
        options = [
            ("NOP", None),
            ("NOP", None),
            ("Timestamp", (1, 2)),
            ("NOP", None),
            ("NOP", None),
            ("SAck", (3000, 4000)),
        ]
        tcp = layers.TCP(sport=50000, dport=80, seq=1000, ack=2000, flags="A", window=500, options=options)
        return bytes(layers.IP(src=SRC, dst=DST) / tcp / SEGMENT.payload)

    assert scapy_build()[20:] == DATA
    speed = per_second(
        {
            "풀기": lambda: Segment.unpack(DATA),
            "dpkt 풀기": _dpkt_parse,
            "확인": lambda: Segment.unpack(DATA, SRC, DST),
            "dpkt 확인": _dpkt_verify,
            "scapy 풀기": lambda: layers.TCP(DATA).options,
            "프레임": _frame_parse,
            "dpkt 프레임": _dpkt_frame_parse,
            "싸기": lambda: SEGMENT.pack(SRC, DST),
            "dpkt 싸기": _dpkt_build,
            "scapy 싸기": scapy_build,
        }
    )

    def times(ours: str, peer: str) -> str:
        return f"{speed[ours] / speed[peer]:.2f}  ({speed[peer]:,.0f}/s)"

    rows = [
        ("풀기(옵션, 검사)", f"{speed['풀기']:,.0f}/s"),
        ("  dpkt(옵션을 나누기만)의 몇 배", times("풀기", "dpkt 풀기")),
        ("풀기(옵션, 검사, 체크섬)", f"{speed['확인']:,.0f}/s"),
        ("  dpkt(옵션, 체크섬)의 몇 배", times("확인", "dpkt 확인")),
        ("  scapy(옵션만)의 몇 배", times("확인", "scapy 풀기")),
        ("풀기(이더넷+IPv4+TCP 178바이트)", f"{speed['프레임']:,.0f}/s"),
        ("  dpkt의 몇 배", times("프레임", "dpkt 프레임")),
        ("싸기(체크섬)", f"{speed['싸기']:,.0f}/s"),
        ("  dpkt의 몇 배", times("싸기", "dpkt 싸기")),
        ("  scapy의 몇 배", times("싸기", "scapy 싸기")),
    ]
    report("세그먼트 코덱, CPU 1초에", rows)
