"""SYN 쿠키: 연결을 기억하는 대신 SYN,ACK의 순서 번호에 담아 보낸다 (RFC 4987 §3.6).

자리 나눔은 리눅스와 같다: 4-튜플의 해시와 상대의 ISN을 바탕에 더하고, 위 8비트에 분, 아래 24비트에 분을 섞은 해시와
MSS의 칸 번호를 더한다. 시각도 비밀 키도 부르는 쪽이 넘긴다. 다른 옵션(윈도우 스케일, SACK)은 담을 자리가 없다.
강의: lessons/15_security.ipynb
"""

from __future__ import annotations

import hmac

from .isn import FourTuple, four_tuple_bytes
from .seqnum import MODULUS

MSS_TABLE = (536, 1300, 1440, 1460)  # 담을 수 있는 MSS (리눅스 7.2, IPv4)
MAX_AGE = 2  # 이번 분과 앞의 분에 만든 쿠키만 받는다
_LOW_BITS = 24
_LOW_MASK = (1 << _LOW_BITS) - 1


def mss_index(mss: int) -> int:
    """상대가 알린 MSS를 넘지 않는 가장 큰 칸의 번호. 가장 작은 칸보다 작으면 0.

    >>> [mss_index(mss) for mss in (1460, 1459, 1000, 100)]
    [3, 2, 0, 0]
    """
    return max((index for index, value in enumerate(MSS_TABLE) if value <= mss), default=0)


def syn_cookie(four_tuple: FourTuple, isn: int, mss_index: int, minute: int, secret: bytes) -> int:
    """SYN,ACK에 실을 순서 번호 (RFC 4987 §3.6).

    `four_tuple`은 (내 IP, 내 포트, 상대 IP, 상대 포트), `isn`은 상대의 SYN의 순서 번호, `mss_index`는 `MSS_TABLE`의 칸,
    `minute`은 분 단위의 시각이다.

    >>> syn_cookie(("10.0.0.2", 80, "10.0.0.1", 50000), 100, 3, 7, b"secret")
    1599895066
    """
    if not 0 <= mss_index < len(MSS_TABLE):
        raise ValueError(f"MSS의 칸은 0 이상 {len(MSS_TABLE) - 1} 이하여야 합니다: {mss_index}")
    low = (cookie_hash(four_tuple, secret, b"mss", minute) + mss_index) & _LOW_MASK
    return (_base(four_tuple, isn, secret) + (minute << _LOW_BITS) + low) % MODULUS


def check_syn_cookie(cookie: int, four_tuple: FourTuple, isn: int, minute: int, secret: bytes) -> int | None:
    """돌아온 ACK의 쿠키가 내가 만든 것이면 MSS의 칸 번호, 아니면 `None`.

    `cookie`는 ACK의 확인응답 번호에서 1을 뺀 것, `isn`은 ACK의 순서 번호에서 1을 뺀 것, `minute`은 지금의 분이다.

    >>> end = ("10.0.0.2", 80, "10.0.0.1", 50000)
    >>> check_syn_cookie(syn_cookie(end, 100, 3, 7, b"secret"), end, 100, 8, b"secret")
    3
    >>> check_syn_cookie(syn_cookie(end, 100, 3, 7, b"secret"), end, 100, 9, b"secret") is None
    True
    """
    rest = (cookie - _base(four_tuple, isn, secret)) % MODULUS
    age = (minute - (rest >> _LOW_BITS)) % (1 << 8)  # 분은 8비트만 실려 있다
    if age >= MAX_AGE:
        return None
    index = (rest - cookie_hash(four_tuple, secret, b"mss", minute - age)) & _LOW_MASK
    return index if index < len(MSS_TABLE) else None


def cookie_hash(four_tuple: FourTuple, secret: bytes, purpose: bytes, minute: int) -> int:
    """비밀 키가 없으면 셈할 수 없는 32비트. 쓰임새마다 다른 값이 나오게 `purpose`를 섞는다 (RFC 4987 §3.6).

    >>> hex(cookie_hash(("10.0.0.2", 80, "10.0.0.1", 50000), b"secret", b"isn", 0))
    '0x577fee45'
    """
    message = four_tuple_bytes(four_tuple) + purpose + (minute % (1 << 64)).to_bytes(8, "big")
    return int.from_bytes(hmac.digest(secret, message, "sha256")[:4], "big")


def _base(four_tuple: FourTuple, isn: int, secret: bytes) -> int:
    return cookie_hash(four_tuple, secret, b"isn", 0) + isn
