"""순서 번호 산술 (RFC 9293 §3.4)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcpedu.protocol.seqnum import MODULUS, seq_add, seq_between, seq_diff, seq_le, seq_lt, unwrap, wrap

TOP = MODULUS - 1
numbers = st.integers(0, TOP)
distances = st.integers(0, 2**31 - 1)


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (0, 1, True),
        (1, 0, False),
        (5, 5, False),
        (TOP, 0, True),
        (0, TOP, False),
        (2**31, 0, True),
        (0, 2**31 - 1, True),
    ],
)
def test_seq_lt(a: int, b: int, expected: bool) -> None:
    assert seq_lt(a, b) is expected


@given(numbers, distances)
def test_moving_forward_is_later_wherever_it_starts(a: int, n: int) -> None:
    b = seq_add(a, n)
    assert seq_diff(b, a) == n
    assert seq_le(a, b)
    assert seq_lt(a, b) is (n > 0)


@pytest.mark.parametrize(
    ("start", "x", "end", "expected"),
    [(10, 10, 20, True), (10, 19, 20, True), (10, 20, 20, False), (10, 9, 20, False), (10, 10, 10, False),
     (TOP, 0, 1, True), (TOP, 1, 1, False), (1, TOP, 5, False)],
)  # fmt: skip
def test_seq_between(start: int, x: int, end: int, expected: bool) -> None:
    assert seq_between(start, x, end) is expected


@given(st.integers(0, 2**63), numbers)
def test_unwrap_undoes_wrap_near_the_checkpoint(n: int, isn: int) -> None:
    assert unwrap(wrap(n, isn), isn, n) == n


@given(numbers, numbers, st.integers(0, 2**40))
def test_unwrap_gives_the_nearest_number(seq: int, isn: int, checkpoint: int) -> None:
    n = unwrap(seq, isn, checkpoint)
    assert n >= 0 and wrap(n, isn) == seq
    assert all(abs(n - checkpoint) <= abs(other - checkpoint) for other in (n - MODULUS, n + MODULUS) if other >= 0)
