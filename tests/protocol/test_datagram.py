"""UDP 데이터그램의 바이트: scapy가 세는 것과 같다 (RFC 768)."""

from __future__ import annotations

import pytest

from tcpedu.protocol.datagram import Datagram


@pytest.mark.parametrize("payload", [b"", b"\0", b"hi", "소중한".encode(), bytes(range(256)) * 4])
@pytest.mark.parametrize(("src", "dst"), [("10.0.0.1", "10.0.0.2"), ("fd00::1", "fd00::2")])
def test_bytes_agree_with_scapy(payload: bytes, src: str, dst: str) -> None:
    inet, inet6 = pytest.importorskip("scapy.layers.inet"), pytest.importorskip("scapy.layers.inet6")
    ip = (inet6.IPv6 if ":" in src else inet.IP)(src=src, dst=dst)
    theirs = bytes(ip / inet.UDP(sport=50000, dport=53) / payload)[-8 - len(payload) :]
    assert Datagram(50000, 53, payload).pack(src, dst) == theirs


def test_a_zero_checksum_is_written_as_ffff() -> None:
    """RFC 768: 0은 '세지 않았다'는 뜻이라 셈한 0은 0xffff로 적는다."""
    data = Datagram(50000, 53, b"\0\0").pack("10.0.0.1", "10.0.0.2")
    nothing = Datagram(50000, 53, data[6:8]).pack("10.0.0.1", "10.0.0.2")  # 합이 0xffff가 되는 데이터
    assert nothing[6:8] == b"\xff\xff"


@pytest.mark.parametrize("bad", [Datagram(70000, 53), Datagram(1, -1), Datagram(1, 2, bytes(65528))])
def test_out_of_range(bad: Datagram) -> None:
    with pytest.raises(ValueError, match="16비트"):
        bad.pack("10.0.0.1", "10.0.0.2")
