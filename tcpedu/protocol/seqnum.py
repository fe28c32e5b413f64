"""순서 번호 산술: 2**32를 법으로 하는 더하기와 비교 (RFC 9293 §3.4).

순서 번호는 0 이상 2**32 미만의 `int`다. 한 바퀴를 돌면 0으로 돌아오므로 보통의 `<`로는 앞뒤를 알 수 없다.
강의: lessons/03_sequence_numbers.ipynb
"""

from __future__ import annotations

MODULUS = 1 << 32
_HALF = SIGN = 1 << 31  # 32비트 차의 가운데이자 부호 비트. 차와 &한 것이 0이 아니면 앞선 번호다


def seq_add(a: int, n: int) -> int:
    """순서 번호 `a`에서 `n`만큼 나아간 번호 (RFC 9293 §3.4).

    >>> seq_add(2**32 - 1, 2)
    1
    """
    return (a + n) % MODULUS


def seq_diff(a: int, b: int) -> int:
    """`b`에서 `a`까지의 부호 있는 거리, -2**31 이상 2**31 미만 (RFC 9293 §3.4).

    >>> seq_diff(5, 2**32 - 5)
    10
    >>> seq_diff(2**32 - 5, 5)
    -10
    """
    return (a - b + _HALF) % MODULUS - _HALF


def seq_lt(a: int, b: int) -> bool:
    """`a`가 `b`보다 앞인가 (RFC 9293 §3.4).

    >>> seq_lt(2**32 - 1, 0)
    True
    """
    return (a - b) & SIGN != 0  # 차가 음수이면 부호 비트가 켜진다


def seq_le(a: int, b: int) -> bool:
    """`a`가 `b`보다 앞이거나 같은가 (RFC 9293 §3.4).

    >>> seq_le(7, 7)
    True
    """
    return a == b or (a - b) & SIGN != 0


def seq_between(start: int, x: int, end: int) -> bool:
    """번호 고리를 `start`에서 앞으로 돌 때 `end`보다 먼저 `x`를 만나는가: start ≤ x < end (RFC 9293 §3.4).

    `start == end`이면 빈 구간이므로 언제나 거짓이다.

    >>> seq_between(2**32 - 2, 1, 3)
    True
    >>> seq_between(3, 1, 2**32 - 2)
    False
    """
    return (x - start) % MODULUS < (end - start) % MODULUS


def wrap(n: int, isn: int) -> int:
    """스트림의 절대 번호 `n`(0 이상)을 순서 번호로 바꾼다 (RFC 9293 §3.4).

    >>> wrap(3, isn=2**32 - 1)
    2
    """
    return (isn + n) % MODULUS


def unwrap(seq: int, isn: int, checkpoint: int) -> int:
    """순서 번호 `seq`를 `checkpoint`에 가장 가까운 절대 번호(0 이상)로 되돌린다 (RFC 9293 §3.4).

    거리가 같은 후보가 둘이면 작은 쪽을 고른다.

    >>> unwrap(2, isn=2**32 - 1, checkpoint=0)
    3
    >>> unwrap(2, isn=2**32 - 1, checkpoint=2**32)
    4294967299
    """
    offset = (seq - isn) % MODULUS
    nearest = checkpoint + seq_diff(offset, checkpoint % MODULUS)
    return nearest if nearest >= 0 else nearest + MODULUS
