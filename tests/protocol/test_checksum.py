"""인터넷 체크섬 (RFC 1071, RFC 9293 §3.1, RFC 8200 §8.1)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcpedu.protocol.checksum import internet_checksum, pseudo_header, tcp_checksum


def by_the_book(data: bytes) -> int:
    """RFC 1071 §4.1의 말 그대로: 16비트씩 더하고 올림을 접는다."""
    if len(data) % 2:
        data += b"\0"
    total = 0
    for i in range(0, len(data), 2):
        total += data[i] << 8 | data[i + 1]
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("0001f203f4f5f6f7", 0x220D),  # RFC 1071 §3의 보기: 합은 ddf2
        ("", 0xFFFF),
        ("0000", 0xFFFF),
        ("ffff", 0x0000),
        ("ffffffff", 0x0000),
        ("01", 0xFEFF),
    ],
)
def test_known_values(data: str, expected: int) -> None:
    assert internet_checksum(bytes.fromhex(data)) == expected


@given(st.binary(max_size=200))
def test_agrees_with_the_book(data: bytes) -> None:
    assert internet_checksum(data) == by_the_book(data)


@given(st.binary(max_size=200).filter(lambda data: len(data) % 2 == 0))
def test_data_with_its_checksum_sums_to_zero(data: bytes) -> None:
    assert internet_checksum(data + internet_checksum(data).to_bytes(2, "big")) == 0


def test_pseudo_headers() -> None:
    assert pseudo_header("192.0.2.1", "192.0.2.2", 24).hex() == "c0000201c000020200060018"
    v6 = pseudo_header("2001:db8::1", "2001:db8::2", 24)
    assert len(v6) == 40
    assert v6[32:].hex() == "0000001800000006"


def test_mixed_versions_are_refused() -> None:
    with pytest.raises(ValueError, match="버전이 다릅니다"):
        tcp_checksum("10.0.0.1", "::1", bytes(20))
