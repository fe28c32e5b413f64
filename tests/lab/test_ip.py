"""패킷에서 세그먼트를 꺼내기: scapy가 만든 바이트와 견준다."""

import pytest

from tcpedu.lab.ip import ip_packet, is_tcp, parse
from tcpedu.network.packet import Ecn
from tcpedu.protocol.segment import Flags, Segment, SegmentError

SEGMENT = Segment(50000, 80, seq=100, ack=7, flags=Flags.ACK | Flags.PSH, payload=b"hello")
PACKET = ip_packet("10.9.0.2", "10.9.0.1", SEGMENT, 3)


def changed(at: int, value: int) -> bytes:
    return PACKET[:at] + bytes([value]) + PACKET[at + 1 :]


def test_what_was_packed_is_unpacked() -> None:
    assert parse(PACKET) == ("10.9.0.2", "10.9.0.1", SEGMENT, Ecn.NOT_ECT)


def test_bytes_made_by_scapy() -> None:
    scapy = pytest.importorskip("scapy.layers.inet")
    made = scapy.IP(src="10.9.0.1", dst="10.9.0.2", tos=3) / scapy.TCP(sport=80, dport=5, seq=9, flags="SA") / b"xyz"
    got = parse(bytes(made))
    assert (got.src, got.dst, got.ecn) == ("10.9.0.1", "10.9.0.2", Ecn.CE)
    assert (got.segment.src_port, got.segment.seq, got.segment.payload) == (80, 9, b"xyz")


def test_padding_after_the_packet_is_not_data() -> None:
    assert parse(PACKET + bytes(6)).segment == SEGMENT


@pytest.mark.parametrize(
    ("packet", "words"),
    [
        (changed(8, 1), "IP 헤더의 체크섬"),  # TTL만 바꾸고 체크섬은 그대로
        (changed(len(PACKET) - 1, 0), "체크섬이 맞지 않습니다"),  # 데이터가 상했다
        (PACKET[:-1], "길이가 맞지 않습니다"),
        (changed(9, 17), "TCP가 든 IPv4"),
        (b"", "TCP가 든 IPv4"),
    ],
)
def test_damage_is_named(packet: bytes, words: str) -> None:
    with pytest.raises(SegmentError, match=words):
        parse(packet)


@pytest.mark.parametrize("packet", [bytes([0x60]) + bytes(60), bytes(40), b"", PACKET[:19], changed(9, 1)])
def test_what_is_not_tcp_over_ipv4(packet: bytes) -> None:
    assert not is_tcp(packet)
