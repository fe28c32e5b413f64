"""재조립: 무엇이 어떤 차례로 와도 바이트는 한 번씩, 순서대로 나간다."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcpedu.protocol.reassembly import Reassembler


@pytest.mark.parametrize(
    ("story", "expected"),
    [
        ([(0, b"ab"), (2, b"cd")], [b"ab", b"cd"]),
        ([(2, b"cd"), (0, b"ab")], [b"", b"abcd"]),
        ([(0, b"ab"), (0, b"ab")], [b"ab", b""]),
        ([(0, b"abc"), (1, b"bcd")], [b"abc", b"d"]),
        ([(4, b"e"), (2, b"c"), (0, b"abcde")], [b"", b"", b"abcde"]),
        ([(1, b"b"), (3, b"d"), (0, b"abcde")], [b"", b"", b"abcde"]),
        ([(6, b"gh"), (0, b"abcdefg")], [b"", b"abcdefgh"]),
        ([(8, b"ijkl"), (0, b"abcdefgh")], [b"", b"abcdefgh"]),  # 용량 8을 넘는 조각은 버렸다
        ([(5, b"fghijk"), (0, b"abcde")], [b"", b"abcdefgh"]),
    ],
)
def test_stories(story: list[tuple[int, bytes]], expected: list[bytes]) -> None:
    pieces = Reassembler(capacity=8)
    assert [pieces.insert(index, data) for index, data in story] == expected


@given(st.binary(min_size=1, max_size=60), st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=30))
def test_bytes_come_out_once_and_in_order(stream: bytes, cuts: list[tuple[int, int]]) -> None:
    pieces = Reassembler(capacity=100)
    out = b""
    for start, size in cuts:
        out += pieces.insert(min(start, len(stream)), stream[start : start + size])
        assert stream.startswith(out)
        assert pieces.next_index == len(out)
        assert pieces.pending == sum(end - start for start, end in pieces.blocks)
    out += pieces.insert(0, stream, is_last=True)
    assert out == stream
    assert pieces.finished and pieces.pending == 0


def test_the_end_may_arrive_first_and_empty() -> None:
    pieces = Reassembler(capacity=10)
    assert pieces.insert(3, b"", is_last=True) == b""
    assert not pieces.finished
    pieces.insert(0, b"abc")
    assert pieces.finished


def test_a_negative_index_is_refused() -> None:
    with pytest.raises(ValueError, match="0 이상"):
        Reassembler(10).insert(-1, b"a")


def test_touching_pieces_are_one_block() -> None:
    pieces = Reassembler(capacity=20)
    for index in (4, 6, 12):
        pieces.insert(index, b"xx")
    assert pieces.blocks == [(4, 8), (12, 14)]
