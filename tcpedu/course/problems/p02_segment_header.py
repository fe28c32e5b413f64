"""02 세그먼트와 헤더의 문제.

`_hex(…)`로 적은 세그먼트 가운데 "커널"이라고 밝힌 것은 리눅스 6.18의 커널이 10.9.0.1에서 보낸 것이다.
"""

from __future__ import annotations

import ipaddress
import random
import struct
from functools import partial

from tcpedu.course.limits import TimeLimit
from tcpedu.course.problem import Case, Problem
from tcpedu.course.values import Raised
from tcpedu.protocol import checksum
from tcpedu.protocol.segment import Flags, Segment

LESSON = "02_segment_header"
A, B = "10.9.0.1", "10.9.0.2"
A6, B6 = "fd00::1", "fd00::2"

_hex = bytes.fromhex
# 연결 요청, 닫힌 포트의 응답, 첫 데이터, SACK이 든 옵션.
KERNEL_SYN = _hex("e5d00050 e91fd3ab 00000000 a002faf0 fa3a0000 020405b4 0402080a 86af1521 00000000 0103030a")
KERNEL_RST = _hex("1f91c350 00000000 00000065 50140000 b8750000")
KERNEL_DATA = _hex("e5d00050 e91fd3ac 0000012d 8018003f 286d0000 0101080a 86af1521 00001b58")
KERNEL_DATA += b"GET / HTTP/1.0\r\n\r\n"
KERNEL_SACK = _hex("0101080a 86af1522 00001bbc 01010512 00000259 000002bd 00000191 000001f5")
# 라이브러리로 만들고 체크섬 자리를 0으로 비운 세그먼트들.
BARE_SYN = _hex("c3500050 00000064 00000000 5002ffff 00000000")
BARE_DATA = _hex("c3500050 00000065 0000012d 5018ffff 00000000") + b"hello"


# ── parse_header ────────────────────────────────────────────────────────────

_FIXED = "HHIIBBHHH"
_KEYS = ("src_port", "dst_port", "seq", "ack", "data_offset", "flags", "window", "checksum", "urgent_pointer")


def parse_header(data: bytes) -> dict[str, int]:
    """고정 헤더 20바이트를 필드로 나눈다 (RFC 9293 §3.1)."""
    if len(data) < 20:
        raise ValueError(f"헤더가 잘렸습니다: 20바이트가 필요한데 {len(data)}바이트뿐입니다")
    header = _fields(data)
    if not 20 <= header["data_offset"] * 4 <= len(data):
        raise ValueError(f"데이터 오프셋이 잘못되었습니다: {header['data_offset']}워드")
    return header


def _fields(data: bytes, order: str = "!") -> dict[str, int]:
    """아무것도 확인하지 않고 나누기만 한다."""
    header = dict(zip(_KEYS, struct.unpack(order + _FIXED, data[:20]), strict=True))
    return {**header, "data_offset": header["data_offset"] >> 4}


# 값을 잘못 읽은 오답은 입력도 확인하지 않은 채로 적는다: 확인한 답과 하지 않은 답을 모두 알아본다.
def _offset_in_bytes(data: bytes) -> dict[str, int]:
    header = _fields(data)
    return {**header, "data_offset": header["data_offset"] * 4}


def _whole_byte(data: bytes) -> dict[str, int]:
    return {**_fields(data), "data_offset": data[12]}


def _always_refused(data: bytes) -> dict[str, int]:
    """오프셋 0x50을 80워드로 읽으면 언제나 받은 길이를 넘는다."""
    raise ValueError


def _six_flags(data: bytes) -> dict[str, int]:
    header = parse_header(data)
    return {**header, "flags": header["flags"] & 0x3F}


def _flags_with_reserved(data: bytes) -> dict[str, int]:
    return {**parse_header(data), "flags": int.from_bytes(data[12:14], "big") & 0x1FF}


def _little_endian(data: bytes) -> dict[str, int]:
    return _fields(data, "<")


def _length_only(data: bytes) -> dict[str, int]:
    if len(data) < 20:
        raise ValueError
    return _fields(data)


def _no_lower_limit(data: bytes) -> dict[str, int]:
    header = _length_only(data)
    if header["data_offset"] * 4 > len(data):
        raise ValueError
    return header


def _no_upper_limit(data: bytes) -> dict[str, int]:
    header = _length_only(data)
    if header["data_offset"] < 5:
        raise ValueError
    return header


def _random_header(rng: random.Random, words: int, size: int) -> bytes:
    """데이터 오프셋이 `words`이고 모두 `size`바이트인, 나머지는 아무 값인 세그먼트."""
    data = bytearray(rng.randbytes(size))
    data[12] = words << 4 | rng.randrange(16)
    return bytes(data)


def _fresh_headers(rng: random.Random) -> list[Case]:
    def make(words: int, size: int, note: str) -> Case:
        return Case((_random_header(rng, words, size),), note=note)

    good = [make(words, words * 4 + rng.randrange(100), "값이 아무렇게나 들어 있는 헤더") for words in (5, 8, 10, 15)]
    words = rng.randrange(6, 16)
    return [
        *good,
        make(5, 20, "옵션도 데이터도 없다"),
        make(words, words * 4, "헤더만 꽉 차게 있다"),
        make(words, words * 4 - 1, "헤더가 한 바이트 모자란다"),
        make(15, rng.randrange(20, 60), "데이터 오프셋이 받은 길이를 넘는다"),
        make(rng.randrange(5), 40, "데이터 오프셋이 5보다 작다"),
        Case((rng.randbytes(rng.randrange(1, 20)),), note="20바이트가 안 된다"),
        Case((b"",), note="빈 바이트"),
    ]


PARSE_HEADER = Problem(
    name="parse_header",
    lesson=LESSON,
    title="고정 헤더 나누기",
    points=3,
    rfc="RFC 9293 §3.1",
    reference=parse_header,
    cases=(
        Case((KERNEL_RST,), note="커널이 보낸 20바이트짜리 세그먼트(닫힌 포트의 응답)"),
        Case((KERNEL_SYN,), note="커널이 보낸 SYN, 옵션이 20바이트"),
        Case((KERNEL_DATA,), note="커널이 보낸 데이터 18바이트"),
        Case((_hex("c3500050 ffffffff ffffffff 51c2ffff 12340007"),), note="CWR·ECE와 예약 비트 하나가 켜졌다"),
        Case((KERNEL_SYN[:19],), note="19바이트뿐이다"),
        Case((_hex("c3500050 00000064 00000000 4002ffff 00000000"),), note="데이터 오프셋이 4"),
        Case((_hex("c3500050 00000064 00000000 6002ffff 00000000"),), note="데이터 오프셋이 6인데 20바이트뿐이다"),
    ),
    fresh_cases=_fresh_headers,
    hints=(
        "`struct.unpack`의 서식에서 `!`는 네트워크 순서(빅 엔디언), `B`·`H`·`I`는 1·2·4바이트의 부호 없는 정수다. 고정 "
        "헤더의 필드를 앞에서부터 이 셋으로 적어 보자.",
        "데이터 오프셋과 예약은 한 바이트를 4비트씩 나눠 쓴다. 그 바이트를 `B`로 읽고 위쪽 4비트만 남긴다: `first >> "
        "4`. 플래그는 그다음 바이트 하나다.",
        "`struct.unpack`은 길이가 맞지 않으면 `ValueError`가 아니라 `struct.error`를 낸다. 나누기 전에 `len(data)`를 "
        "보자. 데이터 오프셋은 나눈 다음에, 4를 곱해 바이트로 바꾸어 5워드(20바이트)와 `len(data)` 사이인지 본다.",
    ),
    mistakes={
        "데이터 오프셋에 4를 곱했다. 이 필드의 단위는 바이트가 아니라 32비트 워드이고, 여기서는 적힌 값을 그대로 "
        "돌려준다.": _offset_in_bytes,
        "데이터 오프셋 자리에 12번째 바이트를 통째로 썼다. 위쪽 4비트만 데이터 오프셋이다. 오른쪽으로 4칸 밀어 보자.": (
            _whole_byte
        ),
        "옳은 세그먼트까지 `ValueError`가 되었다. 데이터 오프셋을 12번째 바이트의 위쪽 4비트만 남겨 구했는지 보자.": (
            _always_refused
        ),
        "플래그를 6비트만 남겼다. 6비트는 RFC 793의 옛 그림이고, 지금은 CWR과 ECE까지 8비트다.": _six_flags,
        "플래그에 예약 비트가 섞였다. 플래그는 13번째 바이트 8비트뿐이고, 예약 4비트는 12번째 바이트에 "
        "있다.": _flags_with_reserved,
        "바이트 순서가 뒤집혔다. 헤더의 수는 모두 큰 자리가 먼저 오는 네트워크 순서(빅 엔디언)다.": _little_endian,
        "잘못된 입력을 확인하지 않았다. 짧은 입력에 나는 `struct.error`는 `ValueError`가 아니다. 나누기 전에 길이를 "
        "보자.": _fields,
        "20바이트가 되는지만 보았다. 데이터 오프셋이 5보다 작거나 받은 길이를 넘어도 `ValueError`다.": _length_only,
        "데이터 오프셋이 5보다 작은 세그먼트를 받아들였다. 고정 헤더만 해도 5워드다.": _no_lower_limit,
        "데이터 오프셋이 가리키는 곳이 받은 바이트 밖이다. 4를 곱해 바이트로 바꾼 뒤 `len(data)`와 견주어 "
        "보자.": _no_upper_limit,
    },
    explanation="필드의 크기와 차례만 알면 `struct` 한 줄로 나뉜다. 바이트보다 작은 필드만 손으로 떼어 내고, 뒤에서 "
    "믿고 쓸 값(길이와 데이터 오프셋)은 여기서 확인해 둔다.",
)


# ── flag_names ──────────────────────────────────────────────────────────────

_NAMES = ("CWR", "ECE", "URG", "ACK", "PSH", "RST", "SYN", "FIN")


def flag_names(flags: int) -> list[str]:
    """켜진 플래그의 이름, 헤더의 순서(CWR…FIN) (RFC 9293 §3.1)."""
    return Flags(flags).names


def _without_ecn(flags: int) -> list[str]:
    return flag_names(flags & 0x3F)


def _cwr_lowest(flags: int) -> list[str]:
    return [name for bit, name in enumerate(_NAMES) if flags >> bit & 1]


def _exact_only(flags: int) -> list[str]:
    return flag_names(flags) if flags.bit_count() == 1 else []


def _fresh_flags(rng: random.Random) -> list[Case]:
    singles = [Case((1 << bit,), note="하나만 켜졌다") for bit in rng.sample(range(8), 3)]
    return [*singles, *(Case((flags,)) for flags in rng.sample(range(256), 8)), Case((0,), note="모두 꺼졌다")]


FLAG_NAMES = Problem(
    name="flag_names",
    lesson=LESSON,
    title="켜진 플래그의 이름",
    points=1,
    rfc="RFC 9293 §3.1",
    reference=flag_names,
    cases=(
        Case((0x02,), note="연결 요청"),
        Case((0x12,), note="연결 요청에 대한 응답"),
        Case((0x18,), note="데이터를 실은 세그먼트"),
        Case((0xC2,), note="ECN을 쓰자는 연결 요청"),
        Case((0x00,), note="모두 꺼졌다"),
        Case((0xFF,), note="모두 켜졌다"),
    ),
    fresh_cases=_fresh_flags,
    hints=(
        "이름 여덟 개를 헤더의 순서대로 적은 목록을 먼저 만들자. 맨 앞의 CWR이 가장 높은 비트 0x80이다.",
        "어떤 비트가 켜졌는지는 `flags & 0x80`처럼 그 비트만 남겨 0이 아닌지 보면 안다. 다음 이름의 비트는 절반인 "
        "0x40이다.",
        "`for place, name in enumerate(names)`로 돌면서 `0x80 >> place`를 그 이름의 비트로 쓴다.",
    ),
    mistakes={
        "순서가 거꾸로다. 헤더에서 왼쪽에 있는 CWR부터 FIN까지 차례로 적는다.": lambda flags: flag_names(flags)[::-1],
        "CWR(0x80)과 ECE(0x40)가 빠졌다. 플래그는 6비트가 아니라 8비트다.": _without_ecn,
        "비트의 자리가 뒤집혔다. CWR이 가장 높은 비트(0x80), FIN이 가장 낮은 비트(0x01)다.": _cwr_lowest,
        "플래그가 하나뿐일 때만 찾았다. 여럿이 함께 켜지므로 `==`가 아니라 `&`로 비트마다 본다.": _exact_only,
    },
    explanation="플래그 바이트는 참·거짓 여덟 개를 모아 둔 것이다. 비트마다 `&`로 떼어 보면 몇 개가 켜졌든 상관없다.",
)


# ── internet_checksum ───────────────────────────────────────────────────────


def _words(data: bytes) -> list[int]:
    return [word for (word,) in struct.iter_unpack("!H", data + b"\0" * (len(data) % 2))]


def _fold(total: int) -> int:
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return total


def _fold_once(data: bytes) -> int:
    total = sum(_words(data))
    return ~((total & 0xFFFF) + (total >> 16)) & 0xFFFF


def _odd_index(data: bytes) -> int:
    return ~_fold(sum(data[i] << 8 | data[i + 1] for i in range(0, len(data), 2))) & 0xFFFF


def _odd_struct(data: bytes) -> int:
    return ~_fold(sum(struct.unpack(f"!{len(data) // 2}H", data))) & 0xFFFF


def _odd_byte_low(data: bytes) -> int:
    even = len(data) & ~1
    return ~_fold(sum(_words(data[:even])) + sum(data[even:])) & 0xFFFF


def _swapped(data: bytes) -> int:
    return int.from_bytes(checksum.internet_checksum(data).to_bytes(2, "little"), "big")


def _fresh_data(rng: random.Random) -> list[Case]:
    body = rng.randbytes(2 * rng.randrange(5, 30))
    whole = body + checksum.internet_checksum(body).to_bytes(2, "big")
    return [
        *(Case((rng.randbytes(size),), note=f"{size}바이트") for size in (1, 2, 7, 20, 61, 1460)),
        Case((b"\xff" * rng.randrange(4000, 5000),), note="모두 0xff, 올림이 많다"),
        Case((b"\xff\xff" * rng.randrange(2, 9) + b"\0\1",), note="접은 다음에 또 올림이 난다"),
        Case((bytes(rng.randrange(2, 40)),), note="모두 0"),
        Case((whole,), note="옳은 체크섬이 들어 있다"),
        Case((b"",), note="빈 바이트"),
    ]


INTERNET_CHECKSUM = Problem(
    name="internet_checksum",
    lesson=LESSON,
    title="인터넷 체크섬",
    points=2,
    rfc="RFC 1071 §1",
    reference=checksum.internet_checksum,
    cases=(
        Case((_hex("0001 f203 f4f5 f6f7"),), note="RFC 1071 §3의 보기"),
        Case((_hex("0a09 0001"),), note="올림이 없다"),
        Case((_hex("0001 f2"),), note="3바이트(홀수)"),
        Case((_hex("ffff ffff 0001"),), note="접은 다음에 또 올림이 난다"),
        Case((_hex("0000 0000"),), note="모두 0"),
        Case((_hex("0001 f203 f4f5 f6f7 220d"),), note="옳은 체크섬이 이미 들어 있다"),
        Case((b"",), note="빈 바이트"),
    ),
    fresh_cases=_fresh_data,
    hints=(
        "길이가 홀수면 뒤에 0 한 바이트를 붙이고, 두 바이트씩 빅 엔디언 정수로 만들어 모두 더하는 데까지 먼저 해 보자. "
        "`int.from_bytes(data[i:i + 2], \"big\")`가 두 바이트를 정수로 바꾼다.",
        "합이 16비트를 넘으면 넘친 부분 `total >> 16`을 아래 16비트 `total & 0xFFFF`에 더한다. 이 덧셈이 또 넘칠 수 "
        "있으므로 넘치지 않을 때까지 되풀이한다.",
        "마지막에 비트를 모두 뒤집는다. 파이썬의 `~`는 음수를 만들므로 `~total & 0xFFFF`나 `total ^ 0xFFFF`로 쓴다.",
    ),
    mistakes={
        "합까지만 구했다. 체크섬은 그 합의 비트를 모두 뒤집은 값이다.": lambda data: _fold(sum(_words(data))),
        "올림을 버렸다. 16비트를 넘친 만큼은 아래 16비트에 다시 더한다(1의 보수 "
        "덧셈).": lambda data: ~sum(_words(data)) & 0xFFFF,
        "올림을 한 번만 되돌려 더했다. 그 덧셈에서 또 올림이 날 수 있으므로 남지 않을 때까지 되풀이한다.": _fold_once,
        "마지막 홀수 바이트를 빠뜨렸다. 뒤에 0을 붙여 16비트로 만들어 함께 더한다.": lambda data: (
            checksum.internet_checksum(data[: len(data) & ~1])
        ),
        "길이가 홀수일 때 짝이 없는 마지막 바이트에서 넘어졌다. 먼저 0 한 바이트를 뒤에 붙이자.": _odd_index,
        "길이가 홀수면 `struct`로 두 바이트씩 나눌 수 없다. 먼저 0 한 바이트를 뒤에 붙이자.": _odd_struct,
        "0을 마지막 바이트의 앞에 붙였다. 뒤에 붙이므로 마지막 바이트는 위쪽 8비트가 된다.": _odd_byte_low,
        "바이트 순서가 뒤집혔다. 두 바이트를 큰 자리가 먼저인 빅 엔디언으로 읽는다.": _swapped,
        "음수가 나왔다. 파이썬의 `~`는 16비트에서 그치지 않으므로 `& 0xFFFF`로 16비트만 남긴다.": lambda data: (
            ~_fold(sum(_words(data)))
        ),
    },
    explanation="1의 보수 덧셈은 넘친 올림을 맨 아래에 다시 더한다. 그래서 옳은 체크섬까지 넣어 더하면 합이 0xFFFF가 "
    "되고, 뒤집으면 0이다. 받는 쪽은 0인지만 보면 된다.",
)


# ── tcp_checksum ────────────────────────────────────────────────────────────


def _sum_with(src: str, dst: str, segment: bytes, *, length: int, protocol: int = 6) -> int:
    """의사 헤더의 길이나 프로토콜을 다르게 적어 센다."""
    addresses = ipaddress.ip_address(src).packed + ipaddress.ip_address(dst).packed
    return checksum.internet_checksum(addresses + struct.pack("!II", protocol, length) + segment)


def _payload_length(src: str, dst: str, segment: bytes) -> int:
    return _sum_with(src, dst, segment, length=len(segment) - (segment[12] >> 4) * 4)


def _padded_length(src: str, dst: str, segment: bytes) -> int:
    return _sum_with(src, dst, segment, length=len(segment) + len(segment) % 2)


def _no_protocol(src: str, dst: str, segment: bytes) -> int:
    return _sum_with(src, dst, segment, length=len(segment), protocol=0)


def _text_addresses(src: str, dst: str, segment: bytes) -> int:
    return checksum.internet_checksum(
        src.encode() + dst.encode() + struct.pack("!BBH", 0, 6, len(segment)) + segment
    )


def _field_cleared(src: str, dst: str, segment: bytes) -> int:
    return checksum.tcp_checksum(src, dst, segment[:16] + b"\0\0" + segment[18:])


def _ipv4_only(error: type[Exception], src: str, dst: str, segment: bytes) -> int:
    if ":" in src:
        raise error("not an IPv4 address")
    return checksum.tcp_checksum(src, dst, segment)


def _bare(segment: bytes) -> bytes:
    """체크섬 자리를 0으로 비운다."""
    return segment[:16] + b"\0\0" + segment[18:]


def _some_segment(rng: random.Random, size: int) -> bytes:
    """데이터가 `size`바이트인 세그먼트. 체크섬 자리는 0이다."""
    segment = Segment(
        rng.randrange(1024, 65536), 80, rng.randrange(2**32), rng.randrange(2**32), Flags.PSH | Flags.ACK,
        payload=rng.randbytes(size),
    )  # fmt: skip
    return _bare(segment.pack(A, B))


def _fresh_segments(rng: random.Random) -> list[Case]:
    def v4() -> str:
        return str(ipaddress.IPv4Address(rng.randrange(1, 2**32 - 1)))

    def v6() -> str:
        return str(ipaddress.IPv6Address(rng.randrange(1, 2**128 - 1)))

    src, dst = v4(), v4()
    whole = Segment(50000, 80, rng.randrange(2**32), flags=Flags.SYN).pack(src, dst)
    return [
        *(Case((v4(), v4(), _some_segment(rng, n)), note=f"IPv4, 데이터 {n}바이트") for n in (0, 1, 100, 1459)),
        Case((src, dst, whole), note="IPv4, 옳은 체크섬이 들어 있다"),
        Case((dst, src, whole), note="IPv4, 두 주소를 바꾸었다"),
        *(Case((v6(), v6(), _some_segment(rng, n)), note=f"IPv6, 데이터 {n}바이트") for n in (0, 7, 1440)),
        Case(("::1", "::1", _some_segment(rng, 3)), note="IPv6, 줄여 쓴 주소"),
    ]


TCP_CHECKSUM = Problem(
    name="tcp_checksum",
    lesson=LESSON,
    title="의사 헤더와 TCP 체크섬",
    points=3,
    rfc="RFC 9293 §3.1, RFC 8200 §8.1",
    reference=checksum.tcp_checksum,
    cases=(
        Case((A, B, BARE_SYN), note="IPv4, 체크섬 자리가 0인 SYN"),
        Case((A, B, _bare(KERNEL_SYN)), note="IPv4, 커널이 보낸 SYN의 체크섬 자리를 0으로 비웠다"),
        Case((A, B, BARE_DATA), note="IPv4, 데이터 5바이트(홀수)"),
        Case((A, B, KERNEL_DATA), note="IPv4, 커널이 보낸 그대로(체크섬이 들어 있다)"),
        Case((A6, B6, BARE_SYN), note="마지막 단계: IPv6"),
        Case((A6, B6, BARE_DATA), note="IPv6, 데이터 5바이트(홀수)"),
    ),
    fresh_cases=_fresh_segments,
    hints=(
        "의사 헤더를 `bytes`로 만들어 세그먼트 앞에 붙이고 `internet_checksum`에 넘긴다. IPv4 의사 헤더 12바이트는 "
        "출발지 주소 4, 목적지 주소 4, 0이 1, 프로토콜이 1, TCP 길이가 2바이트다.",
        "주소 글을 바이트로 바꾸는 것은 `ipaddress.ip_address(src_ip).packed`다. IPv4면 4바이트, IPv6면 16바이트가 "
        "나온다. 프로토콜 번호는 6, TCP 길이는 헤더와 데이터를 더한 `len(segment)`다.",
        "IPv6 의사 헤더 40바이트는 주소 16 + 16, TCP 길이가 4, 0이 3, 프로토콜이 1바이트다. `struct.pack(\"!IHBB\", "
        "len(segment), 0, 0, 6)`이 주소 뒤의 8바이트가 된다.",
    ),
    mistakes={
        "세그먼트만 더했다. TCP 체크섬은 두 IP 주소가 든 의사 헤더를 앞에 붙여 함께 센다.": lambda src, dst, segment: (
            checksum.internet_checksum(segment)
        ),
        "주소를 글자 그대로 더했다. `\"10.9.0.1\"` 여덟 글자가 아니라 0a 09 00 01, 4바이트다.": _text_addresses,
        "의사 헤더의 길이에 데이터만 세었다. TCP 헤더와 데이터를 더한 길이, 곧 `len(segment)`다.": _payload_length,
        "의사 헤더의 길이에 채움 바이트까지 세었다. 홀수를 맞추려고 붙인 0은 셀 때만 쓰고 길이에 넣지 "
        "않는다.": _padded_length,
        "의사 헤더에 프로토콜 번호가 없다. TCP는 6이다.": _no_protocol,
        "체크섬 자리를 0으로 비우고 세었다. 여기서는 들어 있는 값도 그대로 더한다. 그래야 옳은 세그먼트에서 0이 "
        "나온다.": _field_cleared,
        "IPv4까지 맞았다. 이제 마지막 단계다: IPv6 주소는 `.`으로 나뉘지 않고 16바이트이며, 의사 헤더의 모양도 "
        "다르다.": partial(
            _ipv4_only, ValueError
        ),
        "IPv4까지 맞았다. 이제 마지막 단계다: IPv4 주소만 아는 함수로는 IPv6 주소를 바이트로 바꿀 수 없다.": partial(
            _ipv4_only, OSError
        ),
    },
    explanation="의사 헤더는 보내지 않고 셀 때만 붙인다. 주소는 IP 헤더에 있지만 함께 세어 두면 엉뚱한 곳으로 온 "
    "세그먼트를 TCP가 알아챈다.",
)


# ── parse_options ───────────────────────────────────────────────────────────

_Options = list[tuple[int, bytes]]


def parse_options(data: bytes) -> _Options:
    """옵션을 (종류, 값)의 목록으로 나눈다 (RFC 9293 §3.2)."""
    options, at = [], 0
    while at < len(data) and data[at] != 0:
        if data[at] == 1:
            options.append((1, b""))
            at += 1
            continue
        if at + 1 == len(data):
            raise ValueError(f"옵션이 잘렸습니다: 종류 {data[at]} 뒤에 길이가 없습니다")
        kind, length = data[at], data[at + 1]
        if length < 2 or at + length > len(data):
            raise ValueError(f"옵션 길이가 잘못되었습니다: 종류 {kind}, 길이 {length}")
        options.append((kind, data[at + 2 : at + length]))
        at += length
    return options


def _end_kept(data: bytes) -> _Options:
    """끝 표시까지 목록에 넣는다."""
    options = parse_options(data)
    used = sum(1 if kind == 1 else 2 + len(value) for kind, value in options)
    return [*options, (0, b"")] if used < len(data) else options


def _raw_values(data: bytes) -> _Options:
    """값 앞에 종류와 길이가 남아 있다."""
    return [(k, v if k == 1 else bytes((k, len(v) + 2)) + v) for k, v in parse_options(data)]


def _known_only(data: bytes) -> _Options:
    return [(kind, value) for kind, value in parse_options(data) if kind in (1, 2, 3, 4, 5, 8)]


def _nop_with_length(data: bytes) -> _Options:
    """NOP에도 길이가 있다고 본다."""
    options, at = [], 0
    while at < len(data) and data[at] != 0:
        length = data[at + 1] if at + 1 < len(data) else 0
        if length < 2 or at + length > len(data):
            raise ValueError
        options.append((data[at], data[at + 2 : at + length]))
        at += length
    return options


def _value_length(data: bytes) -> _Options:
    """길이가 값만의 길이라고 본다."""
    options, at = [], 0
    while at < len(data) and data[at] != 0:
        if data[at] == 1:
            options.append((1, b""))
            at += 1
            continue
        if at + 1 == len(data) or data[at + 1] < 2 or at + 2 + data[at + 1] > len(data):
            raise ValueError
        options.append((data[at], data[at + 2 : at + 2 + data[at + 1]]))
        at += 2 + data[at + 1]
    return options


def _past_the_end(data: bytes) -> _Options:
    """끝 표시를 한 바이트짜리로 여겨 건너뛰고 계속 읽는다."""
    options, at = [], 0
    while at < len(data):
        if data[at] == 0:
            at += 1
            continue
        rest = parse_options(data[at:])
        options += rest
        at += sum(1 if kind == 1 else 2 + len(value) for kind, value in rest)
    return options


def _loose(data: bytes, *, check_end: bool = False) -> _Options | Raised:
    """길이를 믿는다. `check_end`이면 끝을 넘는지만 본다."""
    options, at = [], 0
    while at < len(data) and data[at] != 0:
        if data[at] == 1:
            options.append((1, b""))
            at += 1
            continue
        if check_end and (at + 1 == len(data) or at + data[at + 1] > len(data)):
            raise ValueError
        kind, length = data[at], data[at + 1]
        if length == 0:
            return Raised(TimeLimit())  # 실제 오답은 여기서 제자리를 끝없이 돈다
        options.append((kind, data[at + 2 : at + length]))
        at += length
    return options


def _zero_only(data: bytes) -> _Options:
    """길이 0은 막았지만 1은 받아들인다."""
    options = _loose(data, check_end=True)
    if isinstance(options, Raised):
        raise ValueError
    return options


def _fresh_options(rng: random.Random) -> list[Case]:
    def option(kind: int, size: int) -> bytes:
        return bytes((kind, size + 2)) + rng.randbytes(size)

    def unknown() -> int:
        return rng.choice((9, 34, 69, 172, 253, 254))

    known = [option(2, 2), option(3, 1), option(4, 0), option(8, 8), b"\1", b"\1\1"]
    rng.shuffle(known)
    front = b"".join(known[:3])
    return [
        Case((b"".join(known),), note="여러 옵션이 섞여 있다"),
        Case((b"\1\1" + option(5, 8 * rng.randrange(1, 5)),), note="SACK"),
        Case((front + option(unknown(), rng.randrange(1, 9)) + option(3, 1),), note="모르는 종류가 끼어 있다"),
        Case((option(2, 2) + option(unknown(), 0),), note="값이 없는 옵션"),
        Case((front + b"\0" + rng.randbytes(3),), note="끝 표시 뒤에 다른 바이트가 있다"),
        Case((b"\0",), note="끝 표시뿐이다"),
        Case((b"\1" * rng.randrange(1, 41),), note="NOP뿐이다"),
        Case((b"",), note="빈 바이트"),
        Case((front + bytes((unknown(),)),), note="길이 바이트가 없다"),
        Case((front + bytes((unknown(), rng.randrange(5, 256))) + b"\1\1",), note="길이가 끝을 넘는다"),
        Case((front + bytes((unknown(), 1)) + b"\1\1",), note="길이가 1"),
        Case((front + bytes((unknown(), 0)) + b"\1\1",), note="길이가 0"),
    ]


PARSE_OPTIONS = Problem(
    name="parse_options",
    lesson=LESSON,
    title="옵션 나누기",
    points=3,
    rfc="RFC 9293 §3.1, §3.2",
    reference=parse_options,
    cases=(
        Case((_hex("020405b4"),), note="옵션 하나: MSS 1460"),
        Case((KERNEL_SYN[20:],), note="커널이 보낸 SYN의 옵션"),
        Case((KERNEL_SACK,), note="커널이 보낸 SACK"),
        Case((_hex("fd04c0de 03030a 00"),), note="모르는 종류(253)가 있고 끝 표시로 끝난다"),
        Case((_hex("0402 00 030307 01"),), note="끝 표시 뒤에 다른 바이트가 있다"),
        Case((b"",), note="옵션이 없다"),
        Case((_hex("0101 02"),), note="길이 바이트가 없다"),
        Case((_hex("01 0204 05"),), note="길이가 끝을 넘는다"),
        Case((_hex("0301 0101"),), note="길이가 1"),
        Case((_hex("0300 0a01"),), note="길이가 0"),
    ),
    fresh_cases=_fresh_options,
    hints=(
        "지금 읽을 자리를 변수 `at`에 두고 `while at < len(data)`로 나아가자. 종류 `data[at]`이 0인지, 1인지, 그 "
        "밖인지에 따라 할 일이 다르다.",
        "0이면 그만 읽는다. 1이면 `(1, b\"\")`를 넣고 한 칸 나아간다. 그 밖이면 `data[at + 1]`이 길이이고, 이 길이는 "
        "종류와 길이 바이트까지 센 것이므로 값은 `data[at + 2 : at + length]`다.",
        "길이를 쓰기 전에 세 가지를 확인한다: 길이 바이트가 있는가, 2 이상인가, `at + length`가 `len(data)`를 넘지 "
        "않는가. 길이가 0이면 `at`이 나아가지 않아 반복이 끝나지 않는다.",
    ),
    mistakes={
        "끝 표시(종류 0)를 목록에 넣었다. 끝 표시는 여기서 그만 읽으라는 뜻일 뿐 옵션으로 세지 않는다.": _end_kept,
        "끝 표시(종류 0) 뒤를 계속 읽었다. 그 뒤의 바이트는 채움이고 뜻이 없다.": _past_the_end,
        "NOP(종류 1)을 빠뜨렸다. 자리만 채우는 옵션이지만 `(1, b\"\")`로 적는다.": lambda data: [
            option for option in parse_options(data) if option[0] != 1
        ],
        "NOP(종류 1)에서 길이를 읽었다. NOP은 종류 한 바이트뿐이라 뒤에 길이가 없다.": _nop_with_length,
        "길이를 값만의 길이로 보았다. 길이에는 종류와 길이 바이트 둘도 들어 있어서, MSS는 값이 2바이트여도 길이가 "
        "4다.": _value_length,
        "값 앞에 종류와 길이 바이트가 남았다. 값은 `at + 2`에서 시작한다.": _raw_values,
        "값을 정수로 바꾸었다. 값의 뜻은 종류마다 다르므로 여기서는 바이트 그대로 둔다.": lambda data: [
            (kind, int.from_bytes(value, "big")) for kind, value in parse_options(data)
        ],
        "모르는 종류를 버렸다. 뜻은 몰라도 길이를 알므로 (종류, 값)으로 남길 수 있다.": _known_only,
        "길이를 확인하지 않았다. 길이 바이트가 없거나, 2보다 작거나, 끝을 넘으면 `ValueError`다.": _loose,
        "길이가 2보다 작은지 보지 않았다. 길이가 1이면 다음 옵션을 잘못 읽고, 0이면 제자리를 끝없이 돈다.": partial(
            _loose, check_end=True
        ),
        "길이가 1인 옵션을 받아들였다. 종류와 길이만 해도 2바이트이므로 2보다 작으면 모두 `ValueError`다.": _zero_only,
    },
    explanation="옵션은 종류·길이·값의 줄이라, 모르는 종류도 길이만큼 건너뛸 수 있다. 그래서 옛 프로그램이 새 옵션을 "
    "만나도 연결이 된다. 대신 길이는 상대가 적은 값이므로 쓰기 전에 확인한다.",
    seconds=1.0,
)

PROBLEMS = (PARSE_HEADER, FLAG_NAMES, INTERNET_CHECKSUM, TCP_CHECKSUM, PARSE_OPTIONS)
