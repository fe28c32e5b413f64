"""체크섬이 틀리면 왜 틀렸는지를 말한다: 마지막으로 맞은 뒤에 무엇이 달라졌는가."""

from __future__ import annotations

import pytest
from scapy.layers.inet import IP

from tcpedu.protocol.segment import MSS, Flags, Segment
from tcpedu.view import HeaderInspector
from tcpedu.view.inspect import changes

SYN = Segment(50000, 80, seq=100, flags=Flags.SYN, options=(MSS(1460),), payload=b"hello")
HEX = "e5d00050 e91fd3ab 00000000 a002faf0 fa3a0000 020405b4 0402080a 86af1521 00000000 0103030a"  # 커널의 SYN


@pytest.fixture
def inspector():
    return HeaderInspector(SYN)


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        ({"do": "flip", "bit": 110}, "달라진 것: SYN 1→0."),
        ({"do": "field", "id": "seq", "value": "101"}, "달라진 것: 순서 번호 100→101."),
        ({"do": "byte", "index": 24, "value": "69"}, "달라진 것: 데이터 5바이트→5바이트."),
        ({"do": "field", "id": "checksum", "value": "0"}, "달라진 것: 체크섬 0x"),
        ({"do": "address", "end": "src", "value": "10.0.0.9"}, "달라진 것: 의사 헤더의 주소."),
    ],
)
def test_one_change_is_named(inspector, request_, said):
    inspector.handle(request_)
    assert inspector.scene["checksum"]["right"] is False
    assert said in inspector.scene["checksum"]["why"]


def test_an_added_option_is_named_with_the_offset(inspector):
    inspector.handle({"do": "add", "name": "NOP"})
    why = inspector.scene["checksum"]["why"]
    assert "데이터 오프셋 6→7" in why and "NOP 더함" in why


def test_many_changes_are_counted(inspector):
    for bit in (104, 105, 106, 107, 108):
        inspector.handle({"do": "flip", "bit": bit})
    assert "CWR 0→1, ECE 0→1, URG 0→1 밖의 2곳." in inspector.scene["checksum"]["why"]


def test_putting_it_back_is_right_again_and_fixing_starts_over(inspector):
    inspector.handle({"do": "flip", "bit": 110})
    inspector.handle({"do": "flip", "bit": 110})
    assert inspector.scene["checksum"]["right"] is True
    inspector.handle({"do": "flip", "bit": 110})
    inspector.handle({"do": "fix"})
    inspector.handle({"do": "flip", "bit": 111})
    assert "달라진 것: FIN 0→1." in inspector.scene["checksum"]["why"]


def test_a_pasted_segment_is_not_compared_with_the_old_one(inspector):
    inspector.handle({"do": "paste", "text": HEX})
    assert inspector.scene["checksum"]["right"] is False
    assert "달라진 것" not in inspector.scene["checksum"]["why"]
    inspector.handle({"do": "address", "end": "src", "value": "10.9.0.1"})
    inspector.handle({"do": "address", "end": "dst", "value": "10.9.0.2"})
    assert inspector.scene["checksum"]["right"] is True  # 커널이 10.9.0.1에서 10.9.0.2로 보낸 것이다


def test_bytes_without_addresses_are_unknown_not_wrong():
    shown = HeaderInspector(bytes.fromhex(HEX)).scene["checksum"]
    assert shown["right"] is None and "달라진 것" not in shown["why"]


@pytest.mark.parametrize(
    ("before", "after"), [(b"", b""), (b"\x01", b"\x02"), (bytes(20), b"\x01"), (bytes(5), bytes(40))]
)
def test_broken_headers_are_compared_too(before, after):
    assert isinstance(changes(before, after), list)
    assert changes(before, before) == []


def test_hex_text_from_a_capture_is_read_with_its_addresses():
    """IP 헤더가 붙은 글이면 주소까지 알아 체크섬을 셀 수 있다. 세그먼트만 있으면 모른다."""
    ends = "10.0.0.1", "10.0.0.2"
    packet = bytes(IP(src=ends[0], dst=ends[1], proto=6) / SYN.pack(*ends))
    plain, whole = HeaderInspector(HEX), HeaderInspector(packet.hex(" "))
    assert (plain.data, plain.checksum.right) == (bytes.fromhex(HEX), None)
    assert (whole.src, whole.checksum.right) == ("10.0.0.1", True)
    with pytest.raises(ValueError, match="16진수"):
        HeaderInspector("안녕")
