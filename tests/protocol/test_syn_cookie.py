"""SYN 쿠키 (RFC 4987 §3.6, 리눅스의 자리 나눔)."""

import subprocess
from shutil import which

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcpedu.protocol.isn import four_tuple_bytes
from tcpedu.protocol.seqnum import MODULUS
from tcpedu.protocol.syn_cookie import MSS_TABLE, check_syn_cookie, mss_index, syn_cookie

END = ("10.0.0.2", 80, "10.0.0.1", 50000)
SECRET = b"secret"
NUMBERS = st.integers(0, MODULUS - 1)
MINUTES = st.integers(0, 1 << 40)


@pytest.mark.parametrize(
    ("mss", "kept"),
    [(65535, 1460), (1460, 1460), (1459, 1440), (1440, 1440), (1300, 1300), (1299, 536), (536, 536), (40, 536)],
)
def test_the_mss_is_rounded_down_to_the_table(mss: int, kept: int) -> None:
    """facts: {536, 1300, 1440, 1460}. 알린 것보다 크게 되살리지 않는다(표의 가장 작은 칸만 빼고)."""
    assert MSS_TABLE[mss_index(mss)] == kept


@given(isn=NUMBERS, index=st.integers(0, 3), minute=MINUTES, age=st.integers(0, 1))
def test_a_cookie_comes_back(isn: int, index: int, minute: int, age: int) -> None:
    cookie = syn_cookie(END, isn, index, minute, SECRET)
    assert 0 <= cookie < MODULUS
    assert check_syn_cookie(cookie, END, isn, minute + age, SECRET) == index


@given(isn=NUMBERS, minute=MINUTES, age=st.integers(2, 255))
def test_an_old_cookie_is_refused(isn: int, minute: int, age: int) -> None:
    """만든 분과 다음 분에만 통한다. 분이 8비트뿐이어도 해시에 섞여 있어 256분 뒤에 되살아나지 않는다."""
    cookie = syn_cookie(END, isn, 3, minute, SECRET)
    assert check_syn_cookie(cookie, END, isn, minute + age, SECRET) is None
    assert check_syn_cookie(cookie, END, isn, minute - 1, SECRET) is None


def test_the_minute_comes_around_but_the_hash_does_not() -> None:
    cookies = [syn_cookie(END, 100, 0, minute, SECRET) for minute in range(64)]
    assert all(check_syn_cookie(cookie, END, 100, n + 256, SECRET) is None for n, cookie in enumerate(cookies))


@pytest.mark.parametrize(
    ("end", "isn", "secret"),
    [
        (("10.0.0.2", 80, "10.0.0.9", 50000), 100, SECRET),
        (("10.0.0.2", 80, "10.0.0.1", 50001), 100, SECRET),
        (("10.0.0.2", 81, "10.0.0.1", 50000), 100, SECRET),
        (END, 100, b"Secret"),
    ],
)
def test_another_connection_or_secret_does_not_pass(end: tuple[str, int, str, int], isn: int, secret: bytes) -> None:
    cookie = syn_cookie(END, 100, 3, 7, SECRET)
    assert check_syn_cookie(cookie, end, isn, 7, secret) is None


def test_a_guess_hardly_ever_passes() -> None:
    """2분 × 4칸 = 8개만 통한다: 2**32 가운데 8. 쿠키 둘레의 만 개에서는 네 칸뿐이다."""
    cookie = syn_cookie(END, 100, 0, 7, SECRET)
    passed = [
        n for n in range(-5000, 5000) if check_syn_cookie((cookie + n) % MODULUS, END, 100, 7, SECRET) is not None
    ]
    assert passed == [0, 1, 2, 3]
    assert all(check_syn_cookie(cookie ^ (1 << bit), END, 100, 7, SECRET) is None for bit in range(2, 32))


def test_the_clients_isn_is_inside() -> None:
    """쿠키는 상대의 ISN만큼 나아간다: 같은 4-튜플의 새 연결이 옛것과 겹치지 않는다."""
    first, later = (syn_cookie(END, isn, 3, 7, SECRET) for isn in (100, 1100))
    assert (later - first) % MODULUS == 1000
    assert check_syn_cookie(first, END, 100 + (1 << 25), 7, SECRET) is None


def test_an_index_outside_the_table_is_refused() -> None:
    with pytest.raises(ValueError, match="0 이상 3 이하"):
        syn_cookie(END, 100, 4, 7, SECRET)


@pytest.mark.skipif(which("openssl") is None, reason="openssl이 없다")
def test_the_layout_from_openssl() -> None:
    """기준 + ISN + 분·2**24 + (해시 + 칸) mod 2**24를 openssl의 HMAC으로 셈한다."""

    def digest(purpose: bytes, minute: int) -> int:
        command = ["openssl", "dgst", "-sha256", "-hmac", SECRET.decode(), "-r"]
        message = four_tuple_bytes(END) + purpose + minute.to_bytes(8, "big")
        return int(subprocess.run(command, input=message, capture_output=True, check=True).stdout[:8], 16)

    expected = digest(b"isn", 0) + 100 + (7 << 24) + (digest(b"mss", 7) + 3) % (1 << 24)
    assert syn_cookie(END, 100, 3, 7, SECRET) == expected % MODULUS
