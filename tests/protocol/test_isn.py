"""초기 순서 번호 (RFC 6528, RFC 9293 §3.4.1)."""

import subprocess
from shutil import which

import pytest

from tcpedu.protocol.isn import clock_isn, four_tuple_bytes, isn
from tcpedu.protocol.seqnum import MODULUS, seq_diff

SERVER = ("10.0.0.2", 80, "10.0.0.1", 50000)
SECRET = b"secret"


def test_the_clock_ticks_every_four_microseconds_and_wraps() -> None:
    assert [clock_isn(us) for us in (0, 3, 4, 7, 8)] == [0, 0, 1, 1, 2]
    assert clock_isn(4 * MODULUS - 1) == MODULUS - 1
    assert clock_isn(4 * MODULUS) == 0


@pytest.mark.parametrize(
    ("four_tuple", "expected"),
    [
        (SERVER, "0a000002 0050 0a000001 c350"),
        (("::1", 443, "2001:db8::2", 65535), "00" * 15 + "01 01bb 20010db8" + "00" * 11 + "02 ffff"),
    ],
)
def test_bytes_of_the_four_tuple(four_tuple: tuple[str, int, str, int], expected: str) -> None:
    assert four_tuple_bytes(four_tuple) == bytes.fromhex(expected)


@pytest.mark.parametrize(
    ("clock_us", "expected"),
    [
        (0, 0x7C35E003),  # openssl dgst -sha256 -hmac secret의 앞 4바이트
        (1_000_000, 0x7C35E003 + 250_000),
        (4 * (MODULUS - 0x7C35E003), 0),  # 더한 값이 2**32를 넘으면 0으로 돌아온다
    ],
)
def test_hash_plus_clock(clock_us: int, expected: int) -> None:
    assert isn(SERVER, clock_us, SECRET) == expected


@pytest.mark.skipif(which("openssl") is None, reason="openssl이 없다")
def test_the_hash_is_plain_hmac_sha256() -> None:
    command = ["openssl", "dgst", "-sha256", "-hmac", SECRET.decode(), "-r"]
    out = subprocess.run(command, input=four_tuple_bytes(SERVER), capture_output=True, check=True).stdout
    assert isn(SERVER, 0, SECRET) == int(out[:8], 16)


def test_one_four_tuple_follows_the_clock() -> None:
    """같은 4-튜플에서는 새 연결의 번호가 시계만큼 앞선다: 옛 세그먼트와 겹치지 않는다."""
    first, later = isn(SERVER, 0, SECRET), isn(SERVER, 2_000_000, SECRET)
    assert seq_diff(later, first) == 500_000


@pytest.mark.parametrize("other", [("10.0.0.2", 80, "10.0.0.9", 50000), ("10.0.0.2", 80, "10.0.0.1", 50001)])
def test_another_four_tuple_is_somewhere_else(other: tuple[str, int, str, int]) -> None:
    assert abs(seq_diff(isn(other, 0, SECRET), isn(SERVER, 0, SECRET))) > 1 << 16


def test_the_secret_matters() -> None:
    assert isn(SERVER, 0, SECRET) != isn(SERVER, 0, b"Secret")
