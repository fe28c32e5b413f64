"""점수판: 구간으로 적은 것이 바이트 하나하나를 적은 것과 언제나 같다."""

from hypothesis import given
from hypothesis import strategies as st

from tcpedu.protocol.scoreboard import Scoreboard

spans = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 12)), max_size=8)
numbers = st.integers(0, 75)


@given(spans, numbers, numbers)
def test_the_same_as_counting_every_byte(added: list[tuple[int, int]], start: int, end: int) -> None:
    board, sacked = Scoreboard(), set()
    for left, size in added:
        board.add(left, left + size)
        sacked |= set(range(left, left + size))
    assert board.sacked == len(sacked)
    assert board.unsacked(start, end) == sum(number not in sacked for number in range(start, end))
    if start < end:
        assert board.covers(start, end) == all(number in sacked for number in range(start, end))
    holes = [number for number in range(start, board.highest) if number not in sacked]
    gap = board.gap(start)
    assert (gap is None) == (not holes)
    if gap is not None:
        assert gap[0] == holes[0] and gap[1] in sacked and sacked.isdisjoint(range(*gap))
