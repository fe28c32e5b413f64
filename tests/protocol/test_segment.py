"""세그먼트와 바이트 사이 (RFC 9293 §3.1, §3.2). scapy를 바깥 기준으로 삼는다."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcpedu.protocol.options import pack_options
from tcpedu.protocol.segment import (
    FIELDS,
    MSS,
    EndOfOptions,
    Flags,
    NoOperation,
    Option,
    Sack,
    SackPermitted,
    Segment,
    SegmentError,
    Timestamps,
    UnknownOption,
    WindowScale,
    parse_options,
)

V4 = ("10.0.0.1", "10.0.0.2")
V6 = ("2001:db8::1", "2001:db8::2")
PAIRS = [pytest.param(V4, id="IPv4"), pytest.param(V6, id="IPv6")]

u8, u16, u32 = (st.integers(0, 2**bits - 1) for bits in (8, 16, 32))
blocks = st.lists(st.tuples(u32, u32), min_size=1, max_size=4).map(tuple)
options = st.one_of(
    st.builds(NoOperation), st.builds(MSS, u16), st.builds(WindowScale, u8), st.builds(SackPermitted),
    st.builds(Sack, blocks), st.builds(Timestamps, u32, u32),
    st.builds(UnknownOption, st.sampled_from([6, 7, 9, 27, 28, 30, 34, 253, 254, 255]), st.binary(max_size=20)),
)  # fmt: skip
option_lists = st.lists(options, max_size=8).map(tuple).filter(lambda o: sum(len(x.pack()) for x in o) <= 40)
segments = st.builds(
    Segment, u16, u16, u32, u32, u8.map(Flags), u16, u16, option_lists, st.binary(max_size=60), st.integers(0, 15)
)


@given(segments, st.sampled_from([V4, V6]))
def test_unpack_undoes_pack(segment: Segment, pair: tuple[str, str]) -> None:
    data = segment.pack(*pair)
    assert Segment.unpack(data, *pair) == segment
    assert len(data) == segment.header_length + len(segment.payload)


@given(st.binary(max_size=120))
def test_any_bytes_give_a_segment_or_a_segment_error(data: bytes) -> None:
    try:
        segment = Segment.unpack(data)
    except SegmentError as error:
        assert 0 <= error.offset <= len(data)
        assert error.field
    else:
        packed = segment.pack(*V4)
        assert packed[:16] == data[:16] and packed[18:] == data[18:]  # 체크섬 두 바이트만 새로 셈한다


@given(st.binary(min_size=20, max_size=80), st.sampled_from([V4, V6]))
def test_any_bytes_with_addresses_give_a_segment_or_a_segment_error(data: bytes, pair: tuple[str, str]) -> None:
    try:
        segment = Segment.unpack(data, *pair)
    except SegmentError:
        return
    # 체크섬 0x0000과 0xffff는 1의 보수에서 같은 수다.
    assert int.from_bytes(segment.pack(*pair)[16:18], "big") % 0xFFFF == int.from_bytes(data[16:18], "big") % 0xFFFF


# scapy와 견주기 ---------------------------------------------------------------


def _scapy_options(chosen: tuple[Option, ...]) -> list[tuple[object, object]]:
    scapy_names = {
        NoOperation: lambda o: ("NOP", None),
        MSS: lambda o: ("MSS", o.value),
        WindowScale: lambda o: ("WScale", o.shift),
        SackPermitted: lambda o: ("SAckOK", b""),
        Sack: lambda o: ("SAck", tuple(edge for block in o.blocks for edge in block)),
        Timestamps: lambda o: ("Timestamp", (o.value, o.echo)),
        UnknownOption: lambda o: (o.kind, o.data),
    }
    return [scapy_names[type(option)](option) for option in chosen]


def _scapy_bytes(segment: Segment, pair: tuple[str, str]) -> bytes:
    from scapy.layers.inet import IP, TCP
    from scapy.layers.inet6 import IPv6
    from scapy.packet import Raw

    tcp = TCP(
        sport=segment.src_port, dport=segment.dst_port, seq=segment.seq, ack=segment.ack, flags=int(segment.flags),
        window=segment.window, urgptr=segment.urgent, options=_scapy_options(segment.options),
    )  # fmt: skip
    body = tcp / Raw(segment.payload) if segment.payload else tcp
    if ":" in pair[0]:
        return bytes(IPv6(src=pair[0], dst=pair[1]) / body)[40:]
    return bytes(IP(src=pair[0], dst=pair[1]) / body)[20:]


def _random_segment(rng: random.Random) -> Segment:
    makers = [
        lambda: MSS(rng.getrandbits(16)), lambda: WindowScale(rng.randrange(15)), SackPermitted, NoOperation,
        lambda: Timestamps(rng.getrandbits(32), rng.getrandbits(32)),
        lambda: Sack(tuple((rng.getrandbits(32), rng.getrandbits(32)) for _ in range(rng.randint(1, 3)))),
        lambda: UnknownOption(rng.choice([253, 254]), rng.randbytes(rng.randint(2, 6))),
    ]  # fmt: skip
    chosen: list[Option] = []
    for _ in range(rng.randint(0, 5)):
        option = rng.choice(makers)()
        if sum(len(o.pack()) for o in [*chosen, option]) <= 40:
            chosen.append(option)
    return Segment(
        rng.getrandbits(16), rng.getrandbits(16), rng.getrandbits(32), rng.getrandbits(32), Flags(rng.getrandbits(8)),
        rng.getrandbits(16), rng.getrandbits(16), tuple(chosen), rng.randbytes(rng.choice([0, 1, 2, 100, 1461])),
    )  # fmt: skip


@pytest.mark.parametrize("pair", PAIRS)
def test_generated_segments_have_the_same_bytes_as_scapy(pair: tuple[str, str]) -> None:
    rng = random.Random(9293)
    for _ in range(150):
        segment = _random_segment(rng)
        theirs = _scapy_bytes(segment, pair)
        assert segment.pack(*pair) == theirs, segment
        assert Segment.unpack(theirs, *pair) == segment
        assert Segment.unpack(theirs).pack(*pair) == theirs


_NOP = NoOperation()
_BASE = {"src_port": 50000, "dst_port": 80, "seq": 100}
HAND_MADE = [
    Segment(**_BASE),
    Segment(**_BASE, flags=Flags.SYN),
    Segment(**_BASE, flags=Flags.SYN, options=(MSS(1460),)),
    Segment(**_BASE, flags=Flags.SYN, options=(MSS(1460), SackPermitted(), Timestamps(1, 0), _NOP, WindowScale(7))),
    Segment(**_BASE, flags=Flags.SYN | Flags.ACK, ack=1, options=(MSS(536), NoOperation(), WindowScale(14))),
    Segment(**_BASE, flags=Flags.ACK, ack=301),
    Segment(**_BASE, flags=Flags.ACK | Flags.PSH, ack=301, payload=b"GET / HTTP/1.1\r\n\r\n"),
    Segment(**_BASE, flags=Flags.ACK, ack=301, payload="안녕".encode()),
    Segment(**_BASE, flags=Flags.FIN | Flags.ACK, ack=301),
    Segment(**_BASE, flags=Flags.RST, window=0),
    Segment(**_BASE, flags=Flags.RST | Flags.ACK, ack=101, window=0),
    Segment(**_BASE, flags=Flags.URG | Flags.ACK, urgent=5, payload=b"hello"),
    Segment(**_BASE, flags=Flags.SYN | Flags.ECE | Flags.CWR, options=(MSS(1460),)),
    Segment(**_BASE, flags=Flags(0xFF), ack=2**32 - 1),
    Segment(0, 0, 0, flags=Flags.ACK, window=0),
    Segment(65535, 65535, 2**32 - 1, 2**32 - 1, Flags(0xFF), 65535, 65535),
    Segment(**_BASE, flags=Flags.ACK, options=(NoOperation(), NoOperation(), Timestamps(2**32 - 1, 0))),
    Segment(**_BASE, flags=Flags.ACK, options=(NoOperation(), NoOperation(), Sack(((200, 300),)))),
    Segment(**_BASE, flags=Flags.ACK, options=(Timestamps(1, 2), _NOP, _NOP, Sack(((1, 2), (3, 4), (5, 6))))),
    Segment(**_BASE, flags=Flags.ACK, options=(NoOperation(), NoOperation(), Sack(((1, 2), (3, 4), (5, 6), (7, 8))))),
    Segment(**_BASE, flags=Flags.ACK, options=(UnknownOption(253, b"abcd"), NoOperation(), NoOperation())),
    Segment(**_BASE, flags=Flags.ACK, options=(WindowScale(3),)),
    Segment(**_BASE, flags=Flags.ACK, payload=b"\0"),
    Segment(**_BASE, flags=Flags.ACK, payload=bytes(1460)),
]  # fmt: skip


@pytest.mark.parametrize("pair", PAIRS)
@pytest.mark.parametrize("segment", HAND_MADE, ids=range(len(HAND_MADE)))
def test_hand_made_segments_have_the_same_bytes_as_scapy(segment: Segment, pair: tuple[str, str]) -> None:
    theirs = _scapy_bytes(segment, pair)
    assert segment.pack(*pair) == theirs
    assert Segment.unpack(theirs, *pair).pack(*pair) == theirs


# 잘못된 바이트 ----------------------------------------------------------------

GOOD = Segment(**_BASE, flags=Flags.SYN, options=(MSS(1460), NoOperation(), WindowScale(7))).pack(*V4)


def _with(at: int, value: int) -> bytes:
    return GOOD[:at] + bytes([value]) + GOOD[at + 1 :]


@pytest.mark.parametrize(
    ("data", "field", "offset", "message"),
    [
        (b"", "header", 0, "헤더가 잘렸습니다: 20바이트가 필요한데 0바이트뿐입니다"),
        (GOOD[:13], "header", 13, "20바이트가 필요한데 13바이트뿐"),
        (_with(12, 0x40), "data_offset", 12, "4워드"),
        (_with(12, 0xF0), "data_offset", 12, "15워드"),
        (_with(21, 0), "options", 21, "길이 0"),
        (_with(21, 1), "options", 21, "길이 1"),
        (_with(21, 3), "options", 21, "종류 2의 길이는 4이어야 하는데 3"),
        (_with(26, 40), "options", 26, "길이 40"),
        (_with(27, 8), "checksum", 16, "체크섬이 맞지 않습니다"),
        (_with(0, 1), "checksum", 16, "체크섬이 맞지 않습니다"),
    ],
    ids=range(10),
)
def test_bad_bytes_are_explained(data: bytes, field: str, offset: int, message: str) -> None:
    # 체크섬을 먼저 보므로, 체크섬 말고 다른 잘못은 주소 없이 풀어 본다.
    with pytest.raises(SegmentError, match=message) as caught:
        Segment.unpack(data, *(V4 if field == "checksum" else ()))
    assert (caught.value.field, caught.value.offset) == (field, offset)


def test_a_kind_without_length_is_explained() -> None:
    with pytest.raises(SegmentError, match="길이 바이트가 없습니다") as caught:
        parse_options(bytes.fromhex("01010102"))
    assert caught.value.offset == 23


@pytest.mark.parametrize(
    "change",
    [{"src_port": 65536}, {"dst_port": -1}, {"seq": 2**32}, {"ack": -1}, {"window": 65536}, {"urgent": 65536},
     {"reserved": 16}, {"options": (MSS(65536),)}, {"options": (UnknownOption(253, bytes(60)),)}],
)  # fmt: skip
def test_values_out_of_range_are_refused(change: dict[str, object]) -> None:
    with pytest.raises(SegmentError):
        Segment(**{**_BASE, **change}).pack(*V4)  # type: ignore[arg-type]


# 옵션과 플래그 ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("", ()),
        ("020405b4", (MSS(1460),)),
        ("01030307", (NoOperation(), WindowScale(7))),
        ("03030700", (WindowScale(7),)),  # 자리 맞춤 0
        ("00000000", (EndOfOptions(bytes(3)),)),
        ("020405b400ffffff", (MSS(1460), EndOfOptions(b"\xff\xff\xff"))),
        ("fe04abcd", (UnknownOption(254, b"\xab\xcd"),)),
    ],
)
def test_options_round_trip(data: str, expected: tuple[Option, ...]) -> None:
    raw = bytes.fromhex(data)
    assert parse_options(raw) == expected
    assert pack_options(expected) == raw


def test_flags() -> None:
    assert Flags(0xFF).names == ["CWR", "ECE", "URG", "ACK", "PSH", "RST", "SYN", "FIN"]
    assert str(Flags.ACK | Flags.SYN) == "SYN,ACK"
    assert str(Flags(0)) == "-"


def test_length_counts_syn_and_fin() -> None:
    segment = Segment(1, 2, seq=2**32 - 1, flags=Flags.SYN | Flags.FIN, payload=b"ab")
    assert segment.length == 4
    assert segment.end == 3


def test_fields_cover_the_fixed_header_without_gap() -> None:
    at = 0
    for field in FIELDS:
        assert field.first_bit == at
        at += field.width
    assert at == 160
