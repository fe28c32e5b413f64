"""헤더 해부: 나눈 칸은 빠짐없고, 고친 바이트는 고친 만큼만 달라진다."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcpedu.protocol.segment import MSS, Flags, NoOperation, Segment, SegmentError, Timestamps, WindowScale
from tcpedu.view.inspect import (
    ADDABLE,
    add_option,
    bits_of,
    check_address,
    compare_checksum,
    dissect,
    fix_checksum,
    flip_bit,
    remove_option,
    set_bits,
)

ENDS = "10.0.0.1", "10.0.0.2"
SEGMENT = Segment(
    50000, 80, seq=100, flags=Flags.SYN, options=(MSS(1460), NoOperation(), WindowScale(7)), payload=b"hi"
)
DATA = SEGMENT.pack(*ENDS)


@given(st.binary(max_size=80))
def test_cells_cover_every_bit_exactly_once(data):
    at = 0
    for cell in dissect(data).cells:
        assert cell.first_bit == at
        at += cell.width
    assert at == len(data) * 8


@given(st.binary(max_size=80))
def test_fault_is_the_protocols_own_words(data):
    try:
        Segment.unpack(data)
    except SegmentError as error:
        assert dissect(data).fault == str(error)
        assert 0 <= dissect(data).fault_at <= max(len(data) - 1, 0)
    else:
        assert dissect(data).fault == ""


def test_cells_hold_the_values():
    values = {cell.id: cell.number for cell in dissect(DATA).cells}
    assert (values["src_port"], values["dst_port"], values["seq"], values["window"]) == (50000, 80, 100, 65535)
    assert (values["data_offset"], values["SYN"], values["ACK"]) == (7, 1, 0)
    assert values["option0-2"] == 1460


def test_checksum_right_wrong_unknown():
    assert compare_checksum(DATA, *ENDS).right is True
    wrong = compare_checksum(flip_bit(DATA, 0), *ENDS)
    assert wrong.right is False
    assert wrong.stored == int.from_bytes(DATA[16:18], "big")
    assert f"0x{wrong.computed:04x}" in wrong.why
    assert compare_checksum(DATA, None, None).right is None
    assert compare_checksum(DATA[:10], *ENDS).right is None
    assert compare_checksum(DATA, "10.0.0.1", "10.0.0.3").right is False


@given(st.integers(0, len(DATA) * 8 - 1))
def test_any_flipped_bit_is_noticed_and_flips_back(bit):
    flipped = flip_bit(DATA, bit)
    assert compare_checksum(flipped, *ENDS).right is False
    assert flip_bit(flipped, bit) == DATA


@given(st.integers(0, len(DATA) * 8 - 1))
def test_recount_makes_it_right_again(bit):
    assert compare_checksum(fix_checksum(flip_bit(DATA, bit), *ENDS), *ENDS).right is True


@given(st.integers(0, 2**32 - 1))
def test_set_field_changes_only_that_field(value):
    changed = set_bits(DATA, 32, 32, value)
    assert bits_of(changed, 32, 32) == value
    assert Segment.unpack(changed).seq == value
    assert changed[:4] + changed[8:] == DATA[:4] + DATA[8:]


@pytest.mark.parametrize("value", [-1, 65536])
def test_value_that_does_not_fit_is_refused(value):
    with pytest.raises(ValueError, match="윈도우에는 16비트, 곧 0부터 65535까지만"):
        set_bits(DATA, 112, 16, value, "윈도우")


@pytest.mark.parametrize("name", ADDABLE)
def test_option_added_then_removed_gives_the_same_bytes(name):
    added = add_option(DATA, name)
    assert Segment.unpack(added).options == (*SEGMENT.options, ADDABLE[name])
    assert Segment.unpack(added).payload == b"hi"
    assert remove_option(added, len(SEGMENT.options)) == DATA


def test_too_many_options_are_refused():
    data = Segment(1, 2, seq=0, options=(Timestamps(1, 2),) * 3 + (MSS(1),)).pack(*ENDS)
    with pytest.raises(SegmentError, match="40바이트까지"):
        add_option(add_option(data, "TS"), "TS")


def test_addresses():
    assert check_address("") is None
    assert check_address(" ::1 ") == "::1"
    with pytest.raises(ValueError, match=r"IP 주소가 아닙니다: 10\.0\.0"):
        check_address("10.0.0")
