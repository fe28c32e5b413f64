"""빠른 길은 보통의 길과 같은 것을 낸다: 채우고 나서 얼린 세그먼트, 체크섬의 합, 조각째 읽기, 원형 버퍼."""

import random
from dataclasses import FrozenInstanceError, replace

import pytest

from tcpedu.protocol.checksum import internet_checksum, pseudo_header, tcp_checksum
from tcpedu.protocol.config import Config
from tcpedu.protocol.connection import Connection
from tcpedu.protocol.options import NOP, new_timestamps
from tcpedu.protocol.paws import TimestampState
from tcpedu.protocol.receiver import Receiver
from tcpedu.protocol.segment import Flags, Sack, Segment, Timestamps, new_segment
from tcpedu.protocol.send_buffer import SendBuffer

OPTIONS = (NOP, NOP, Timestamps(1, 2), NOP, NOP, Sack(((3, 4),)))
USUAL = Segment(1, 2, 3, 4, Flags.ACK, 5, 6, OPTIONS, b"data", 7)
QUICK = new_segment(1, 2, 3, 4, Flags.ACK, 5, OPTIONS, b"data", 6, 7)


@pytest.mark.parametrize(
    ("quick", "usual"),
    [
        (QUICK, USUAL),
        (new_timestamps(1, 2), Timestamps(1, 2)),
        (Segment.unpack(USUAL.pack("10.0.0.1", "10.0.0.2")), USUAL),
    ],
)
def test_a_quickly_made_object_is_the_usual_one(quick: object, usual: object) -> None:
    assert type(quick) is type(usual)
    assert quick == usual
    assert hash(quick) == hash(usual)
    assert repr(quick) == repr(usual)
    assert not hasattr(quick, "__dict__")


def test_a_quickly_made_object_is_frozen_and_can_be_replaced() -> None:
    with pytest.raises(FrozenInstanceError):
        QUICK.seq = 9  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        new_timestamps(1, 2).echo = 9  # type: ignore[misc]
    assert replace(QUICK, seq=9) == replace(USUAL, seq=9)


@pytest.mark.parametrize(("src", "dst"), [("10.0.0.1", "10.0.0.2"), ("255.255.255.255", "0.0.0.0"), ("fe80::1", "::2")])
def test_the_checksum_by_sums_is_the_checksum_of_the_joined_bytes(src: str, dst: str) -> None:
    rng = random.Random(7)
    for length in [0, 1, 20, 21, 1480, 65535]:
        for data in (rng.randbytes(length), bytes(length), b"\xff" * length):
            assert tcp_checksum(src, dst, data) == internet_checksum(pseudo_header(src, dst, length) + data)


def test_options_length_is_the_packed_length() -> None:
    for option in (*OPTIONS, Sack(((1, 2), (3, 4), (5, 6)))):
        assert option.length == len(option.pack())


def test_one_option_serves_a_whole_tick_but_not_the_next_one() -> None:
    state = TimestampState(recent=5)
    first = state.options(100)
    assert state.options(100) is first
    assert state.options(101)[2] == Timestamps(101, 5)
    state.recent = 6
    assert state.options(101)[2] == Timestamps(101, 6)


def test_reading_splits_and_joins_the_pieces() -> None:
    receiver, seq = Receiver(Config(), irs=0), 1
    for piece in (b"abc", b"defg", b"h"):
        receiver.take(seq, piece, fin=False, now=0.0)
        seq += len(piece)
    assert [receiver.read(n) for n in (2, 4, 0, None, None)] == [b"ab", b"cdef", b"", b"gh", b""]
    assert receiver.available == 0


@pytest.mark.parametrize("seed", range(40))
def test_the_send_buffer_is_a_window_on_the_stream(seed: int) -> None:
    """넣고, 읽고, 지우기를 아무렇게나 섞어도 어느 자리든 맡긴 그대로다. 고리가 한 바퀴 넘게 돌 때까지 한다."""
    rng = random.Random(seed)
    capacity = rng.choice([1, 2, 7, 64, 1000])
    stream, buffer = rng.randbytes(20 * capacity), SendBuffer(capacity)
    while buffer.base < 10 * capacity:
        held = buffer.end - buffer.base
        data = stream[buffer.end : buffer.end + rng.randint(0, capacity + 3)]
        accepted = buffer.append(rng.choice([data, memoryview(data)]))
        assert accepted == min(len(data), capacity - held) and buffer.free == capacity - held - accepted
        start, length = rng.randint(buffer.base, buffer.end), rng.randint(0, capacity)
        assert buffer.slice(start, length) == stream[start : min(start + length, buffer.end)]
        size = rng.randint(1, 10)
        count = (buffer.end - start) // size
        if count:
            cut = [stream[at : at + size] for at in range(start, start + size * count, size)]
            assert list(buffer.pieces(start, size, count)) == cut
        upto, base = rng.randint(buffer.base - 1, buffer.end + 2), buffer.base
        assert buffer.drop(upto) == max(0, min(upto, buffer.end) - base)
        assert len(buffer._ring) <= capacity


def test_writing_behind_a_full_segment_sends_nothing_even_if_looked_at() -> None:
    server, client = Connection(Config(80, receive_buffer=1000), iss=1), Connection(Config(50000, 80, mss=100), iss=9)
    server.listen()
    client.open()
    (syn,) = client.poll(0.0)
    (syn_ack,) = server.receive(syn, 0.0)
    (ack,) = client.receive(syn_ack, 0.0)
    server.receive(ack, 0.0)
    client.write(bytes(3000))
    assert sum(len(segment.payload) for segment in client.poll(0.0)) == 1000
    client.write(bytes(100))
    assert not client.called  # 살펴보지 않는다
    client.called = True
    assert client.poll(0.0) == []  # 살펴보아도 나갈 것이 없다
