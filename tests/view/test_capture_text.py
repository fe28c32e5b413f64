"""캡처의 16진수: 어떤 도구에서 붙여 넣어도 같은 세그먼트가 된다."""

from __future__ import annotations

import pytest

from tcpedu.network import pcap
from tcpedu.protocol.segment import MSS, Flags, Segment
from tcpedu.view.capture_text import Pasted, parse_hex

ENDS = "192.168.0.7", "192.168.0.9"
SEGMENT = Segment(50000, 80, seq=100, flags=Flags.SYN, options=(MSS(1460),), payload=b"GET / HTTP/1.1\r\n")
TCP = SEGMENT.pack(*ENDS)
PACKET = pcap.ip_packet(*ENDS, SEGMENT, 1)
ETHERNET = bytes(12) + b"\x08\x00" + PACKET


def tcpdump(data):
    lines = []
    for at in range(0, len(data), 16):
        row = data[at : at + 16]
        ascii_ = "".join(chr(byte) if 32 < byte < 127 else "." for byte in row)
        lines.append(f"\t0x{at:04x}:  {row.hex(' ', 2):<39}  {ascii_}")
    return "\n".join(lines)


def wireshark(data):
    lines = []
    for at in range(0, len(data), 16):
        row = data[at : at + 16]
        ascii_ = "".join(chr(byte) if 32 < byte < 127 else "." for byte in row)
        lines.append(f"{at:04x}  {row.hex(' '):<47}   {ascii_}")
    return "\n".join(lines)


FORMS = {
    "hex": lambda data: data.hex(),
    "spaced": lambda data: data.hex(" "),
    "upper, several lines": lambda data: "\n".join(data[at : at + 8].hex(" ").upper() for at in range(0, len(data), 8)),
    "colons": lambda data: data.hex(":"),
    "0x list": lambda data: ", ".join(f"0x{byte:02x}" for byte in data),
    "escapes": lambda data: "b'" + "".join(f"\\x{byte:02x}" for byte in data) + "'",
    "tcpdump": tcpdump,
    "wireshark": wireshark,
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_bare_segment(form):
    assert parse_hex(form(TCP)) == Pasted(TCP)


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("data", [PACKET, ETHERNET], ids=["IP", "Ethernet"])
def test_headers_below_are_stripped_and_give_the_addresses(form, data):
    assert parse_hex(form(data)) == Pasted(TCP, *ENDS)


def test_ipv6():
    ends = "fe80::1", "fe80::2"
    data = pcap.ip_packet(*ends, SEGMENT, 1)
    assert parse_hex(data.hex()) == Pasted(SEGMENT.pack(*ends), *ends)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "바이트가 없습니다"),
        ("c3 50\nxy", "2번째 줄의 ‘x’"),
        ("c35", "홀수입니다: 1번째 줄"),
        (r"b'\x45E'", "보통 글자가 섞였습니다: E"),
        ("4500001400010000401100000a0000010a000002", "TCP가 아닙니다: IP 헤더의 프로토콜이 17"),
    ],
)
def test_what_cannot_be_read_says_why(text, words):
    with pytest.raises(ValueError, match=words):
        parse_hex(text)
