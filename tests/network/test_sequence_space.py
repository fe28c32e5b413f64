"""손으로 만져 보는 순서 번호 공간: RFC 9293 §3.4의 비교, 조각을 넣어 순서를 맞추기."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tcpedu.network.sequence_space import PRESETS, SequenceSpace, judge

TOP = 2**32
SEQ = st.one_of(st.integers(0, TOP - 1), st.integers(TOP - 30, TOP - 1), st.integers(0, 30))


def plain(seq, reference):
    """기준을 0으로 옮겨 놓고 보통의 수로 견준 부호 있는 거리."""
    ahead = (seq - reference) % TOP
    return ahead if ahead < TOP // 2 else ahead - TOP


@given(SEQ, SEQ, SEQ)
@example(TOP - 4, 2, 0)  # 윈도우가 0을 지난다
@example(TOP - 4, TOP - 1, TOP - 3)
def test_judgement_is_ordinary_arithmetic_seen_from_the_reference(isn, seq, reference):
    found = judge(SequenceSpace(isn).pointers(), seq, reference)
    assert found.distance == plain(seq, reference)
    assert found.before == (plain(seq, reference) < 0)
    assert found.naive == (seq < reference)
    assert found.opposite == (abs(plain(seq, reference)) == TOP // 2)
    assert found.absolute % TOP == (seq - isn) % TOP
    ahead = (seq - isn - 1) % TOP
    assert found.in_send_window == found.in_receive_window == (ahead < 24)
    assert found.acceptable_ack == (0 < ahead <= 12)


def test_naive_comparison_is_wrong_across_zero():
    found = judge(SequenceSpace(TOP - 5).pointers(), 3, TOP - 4)
    assert (found.distance, found.before, found.naive, found.misled) == (7, False, True, True)


@given(SEQ, st.lists(st.tuples(st.integers(0, 40), st.integers(1, 12)), max_size=12))
def test_pieces_come_out_once_and_in_order(isn, pieces):
    """모르는 척하고 바이트마다 표시해 본 것과 같다."""
    space, have, done = SequenceSpace(isn, window=24), set(), 0
    for place, length in pieces:
        told = space.insert((isn + 1 + place) % TOP, length)
        edge, before = done + 24, done
        have |= {n for n in range(place, place + length) if done <= n < edge}
        while done in have:
            done += 1
        assert told.fresh == done - before
        at = space.pointers()
        assert at.rcv_nxt == (isn + 1 + done) % TOP
        assert at.rcv_wnd == 24
        kept = {(left + n - isn - 1) % TOP for left, right in at.blocks for n in range((right - left) % TOP)}
        assert kept == {n for n in have if n >= done}


def test_duplicate_is_thrown_away():
    space = PRESETS["duplicate"].space()
    assert [told.old for told in space.log] == [False, True]
    assert space.pointers().rcv_nxt == 111


def test_overlap_fills_the_gap():
    space = PRESETS["overlap"].space()
    assert space.pointers().blocks == ((111, 121),)
    assert space.insert(101, 12).fresh == 20
    assert space.pointers().blocks == ()


def test_ack_for_what_was_not_sent_is_refused():
    """RFC 9293 §3.10.7.4: SEG.ACK > SND.NXT이면 받아들이지 않는다."""
    space = SequenceSpace(100, sent=4)
    space.insert(101, 10)
    assert space.acknowledge() is False
    assert space.pointers().snd_una == 101
    assert space.send(6) == 6
    assert space.acknowledge() is True
    assert space.pointers().snd_una == 111


def test_window_limits_sending():
    space = SequenceSpace(100, sent=20, window=24)
    assert [space.send(3), space.send(3), space.send(3)] == [3, 1, 0]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: SequenceSpace(TOP), "순서 번호는 0 이상 4294967295 이하의 정수여야 합니다: 4294967296"),
        (lambda: SequenceSpace(-1), "순서 번호는 0 이상"),
        (lambda: SequenceSpace("0"), "순서 번호는 0 이상"),
        (lambda: SequenceSpace(0, window=0), "윈도우는 1 이상"),
        (lambda: SequenceSpace(0, sent=-1), "보낸 크기는 0 이상"),
        (lambda: SequenceSpace(0).insert(0, 0), "조각의 크기는 1 이상"),
        (lambda: SequenceSpace(0).insert(0, 2**21), "조각의 크기는 1 이상 1048576 이하"),
        (lambda: SequenceSpace(0).send(True), "보낼 크기는 1 이상"),
    ],
)
def test_bad_numbers_say_why(make, words):
    with pytest.raises(ValueError, match=words):
        make()


@pytest.mark.parametrize("window", [1, 65_535, 65_536, 1 << 20, (1 << 30) - (1 << 14)])
def test_window_of_any_size(window):
    at = SequenceSpace(7, sent=0, window=window).pointers()
    assert window - (1 << 14) < at.rcv_wnd <= window
    assert at.snd_wnd == at.rcv_wnd
