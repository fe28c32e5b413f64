"""헤더 해부: 바이트를 필드의 칸으로 나누고, 고치고, 캡처에서 읽어 온다. 모두 바이트를 받아 바이트를 내는 순수한 함수다.

강의: lessons/02_segment_header.ipynb
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address

from tcpedu.protocol.checksum import tcp_checksum
from tcpedu.protocol.options import pack_options
from tcpedu.protocol.segment import (
    FIELDS,
    MSS,
    Flags,
    NoOperation,
    Option,
    SackPermitted,
    Segment,
    SegmentError,
    Timestamps,
    WindowScale,
    parse_options,
)

from .options import option_parts
from .words import josa, option_text

FIXED = 20
ADDABLE: dict[str, Option] = {
    "MSS": MSS(1460), "WS": WindowScale(7), "SACK 허용": SackPermitted(), "TS": Timestamps(1, 0), "NOP": NoOperation(),
}  # fmt: skip
_MEANING = {
    "src_port": "보낸 프로그램의 포트.",
    "dst_port": "받을 프로그램의 포트.",
    "seq": "첫 데이터 바이트의 번호. SYN이면 초기 순서 번호(ISN).",
    "ack": "다음에 받을 번호. ACK 플래그가 켜졌을 때만 뜻이 있다.",
    "data_offset": "헤더의 길이, 32비트 워드로 센다. 바이트로는 4를 곱한다.",
    "reserved": "나중을 위해 비워 둔 4비트.",
    "window": "더 받을 수 있는 바이트 수. 윈도우 스케일을 곱하기 전의 값이다.",
    "checksum": "의사 헤더, 헤더, 데이터를 모두 더해 센 값.",
    "urgent": "긴급 데이터의 끝. URG 플래그가 켜졌을 때만 뜻이 있다.",
}
_FLAG_MEANING = {
    Flags.CWR: "혼잡 윈도우를 줄였다.", Flags.ECE: "혼잡 알림을 되돌려 준다.", Flags.URG: "긴급 포인터가 뜻을 갖는다.",
    Flags.ACK: "확인응답 번호가 뜻을 갖는다.", Flags.PSH: "받은 데이터를 바로 올려 달라.",
    Flags.RST: "연결을 즉시 끊는다.",
    Flags.SYN: "순서 번호를 맞춘다.", Flags.FIN: "더 보낼 데이터가 없다.",
}  # fmt: skip


@dataclass(frozen=True)
class Cell:
    """비트 칸 하나. `number`가 없으면 수로 읽지 않는 칸(데이터, 채움)이다."""

    id: str
    name: str
    first_bit: int
    width: int
    number: int | None
    meaning: str = ""

    @property
    def value(self) -> str:
        """칸에 적는 값."""
        if self.number is None:
            return f"{self.width // 8}바이트"
        return f"0x{self.number:04x}" if self.id == "checksum" else str(self.number)


@dataclass(frozen=True)
class Dissection:
    """해부한 결과. 읽지 못하는 바이트가 있으면 `fault`와 그 위치 `fault_at`."""

    data: bytes
    cells: tuple[Cell, ...]
    options: tuple[Option, ...] = ()
    fault: str = ""
    fault_at: int | None = None


@dataclass(frozen=True)
class Checksum:
    """체크섬을 견준 결과. `right`가 `None`이면 주소를 몰라 세지 못한 것이다."""

    right: bool | None
    stored: int | None = None
    computed: int | None = None
    why: str = ""


def dissect(data: bytes) -> Dissection:
    """바이트를 칸으로 나눈다. 읽지 못하는 곳도 버리지 않고 칸으로 남긴다 (RFC 9293 §3.1).

    >>> segment = Segment(50000, 80, seq=100, flags=Flags.SYN).pack("10.0.0.1", "10.0.0.2")
    >>> [cell.value for cell in dissect(segment).cells[:3]]
    ['50000', '80', '100']
    """
    try:
        Segment.unpack(data)
        fault, at = "", None
    except SegmentError as error:
        fault, at = str(error), min(error.offset, max(len(data) - 1, 0))
    if len(data) < FIXED:
        return Dissection(data, tuple(_raw(data, 0, "잘린 헤더")), (), fault, at)
    end = min(max((data[12] >> 4) * 4, FIXED), len(data))
    option_cells, options = _option_cells(data, end)
    return Dissection(data, (*_fixed_cells(data), *option_cells, *_raw(data, end, "데이터")), options, fault, at)


def bits_of(data: bytes, first_bit: int, width: int) -> int:
    """`first_bit`부터 `width`비트를 수로 읽는다.

    >>> bits_of(bytes.fromhex("5012"), 0, 4)
    5
    """
    number = int.from_bytes(data, "big")
    return (number >> (len(data) * 8 - first_bit - width)) & ((1 << width) - 1)


def _fixed_cells(data: bytes) -> list[Cell]:
    cells = []
    for name, korean, first, width in FIELDS:
        if name != "flags":
            cells.append(Cell(name, korean, first, width, bits_of(data, first, width), _MEANING[name]))
            continue
        for index, flag in enumerate(sorted(Flags, reverse=True)):
            cells.append(
                Cell(
                    str(flag.name),
                    str(flag.name),
                    first + index,
                    1,
                    bits_of(data, first + index, 1),
                    _FLAG_MEANING[flag],
                )
            )
    return cells


def _option_cells(data: bytes, end: int) -> tuple[list[Cell], tuple[Option, ...]]:
    try:
        options = parse_options(data[FIXED:end])
    except SegmentError:
        return _raw(data[:end], FIXED, "읽지 못한 옵션"), ()
    cells, at = [], FIXED
    for index, option in enumerate(options):
        for order, part in enumerate(option_parts(option)):
            number = (
                int.from_bytes(data[at : at + part.size], "big") if part.size <= 4 and part.name != "채움" else None
            )
            cells.append(
                Cell(f"option{index}-{order}", part.name, at * 8, part.size * 8, number, f"옵션 {option_text(option)}")
            )
            at += part.size
    return cells + _raw(data[:end], at, "채움"), options


def _raw(data: bytes, start: int, name: str) -> list[Cell]:
    if len(data) <= start:
        return []
    return [Cell("raw-" + name.replace(" ", "-"), name, start * 8, (len(data) - start) * 8, None)]


# ── 체크섬 ──────────────────────────────────────────────────────────────────


def compare_checksum(data: bytes, src: str | None, dst: str | None) -> Checksum:
    """적힌 체크섬과 다시 센 체크섬을 견주고 까닭을 말한다 (RFC 9293 §3.1)."""
    if len(data) < FIXED:
        return Checksum(None, why="헤더가 잘려 체크섬을 셀 수 없습니다.")
    if not (src and dst):
        return Checksum(None, why="두 IP 주소를 알아야 셀 수 있습니다. 체크섬에는 의사 헤더가 들어갑니다.")
    stored = int.from_bytes(data[16:18], "big")
    computed = tcp_checksum(src, dst, data[:16] + b"\0\0" + data[18:])
    if stored == computed:
        return Checksum(True, stored, computed, f"{src} → {dst}의 의사 헤더까지 더해 센 값과 같습니다.")
    return Checksum(
        False, stored, computed,
        f"헤더에는 {josa(f'0x{stored:04x}', '이')} 적혀 있는데 {src} → {josa(dst, '으로')} 다시 세면"
        f" 0x{computed:04x}입니다."
        " 보낸 뒤에 비트가 바뀌었거나, 주소가 다르거나, 아직 세지 않은 것입니다.",
    )  # fmt: skip


def changes(before: bytes, after: bytes) -> list[str]:
    """두 바이트에서 값이 다른 칸들. 칸이 늘거나 줄었으면 그것도 말한다. 체크섬 자신은 마지막에 놓는다.

    >>> segment = Segment(50000, 80, seq=100).pack("10.0.0.1", "10.0.0.2")
    >>> changes(segment, flip_bit(segment, 110))
    ['SYN 0→1']
    """
    old, new = ({cell.id: cell for cell in dissect(data).cells} for data in (before, after))
    found = [
        f"{cell.name} {old[name].value}→{cell.value}"
        for name, cell in new.items()
        if name in old and (old[name].value, _content(before, old[name])) != (cell.value, _content(after, cell))
    ]
    found += [f"{cell.name} 더함" for name, cell in new.items() if name not in old]
    found += [f"{cell.name} 뺌" for name, cell in old.items() if name not in new]
    return sorted(found, key=lambda text: text.startswith("체크섬"))


def _content(data: bytes, cell: Cell) -> int:
    return bits_of(data, cell.first_bit, cell.width)


def fix_checksum(data: bytes, src: str, dst: str) -> bytes:
    """체크섬을 다시 세어 적는다."""
    _need_header(data)
    computed = tcp_checksum(src, dst, data[:16] + b"\0\0" + data[18:])
    return data[:16] + computed.to_bytes(2, "big") + data[18:]


# ── 고치기 ──────────────────────────────────────────────────────────────────


def set_bits(data: bytes, first_bit: int, width: int, value: int, name: str = "이 칸") -> bytes:
    """칸의 값을 바꾼다. 비트 수에 담기지 않는 값은 `ValueError`.

    >>> set_bits(bytes(2), 4, 4, 15).hex()
    '0f00'
    """
    if not 0 <= value < 1 << width:
        raise ValueError(f"{name}에는 {width}비트, 곧 0부터 {(1 << width) - 1}까지만 담을 수 있습니다: {value}")
    if first_bit + width > len(data) * 8:
        raise ValueError(f"{len(data)}바이트뿐이라 {josa(name, '을')} 바꿀 수 없습니다")
    shift = len(data) * 8 - first_bit - width
    mask = ((1 << width) - 1) << shift
    number = int.from_bytes(data, "big") & ~mask | value << shift
    return number.to_bytes(len(data), "big")


def flip_bit(data: bytes, bit: int) -> bytes:
    """비트 하나를 뒤집는다. 0이 첫 바이트의 가장 높은 비트다."""
    return set_bits(data, bit, 1, 1 - bits_of(data, bit, 1))


def add_option(data: bytes, name: str) -> bytes:
    """옵션을 끝에 더하고 데이터 오프셋을 맞춘다. 체크섬은 그대로 두므로 틀리게 된다. 40바이트를 넘으면
    `SegmentError`.
    """
    return _with_options(data, (*_options(data), ADDABLE[name]))


def remove_option(data: bytes, index: int) -> bytes:
    """`index`번째(0부터) 옵션을 뺀다."""
    options = _options(data)
    return _with_options(data, options[:index] + options[index + 1 :])


def _options(data: bytes) -> tuple[Option, ...]:
    return Segment.unpack(data).options


def _with_options(data: bytes, options: tuple[Option, ...]) -> bytes:
    packed = pack_options(options)
    words = (FIXED + len(packed)) // 4
    payload = data[(data[12] >> 4) * 4 :]
    return data[:12] + bytes([words << 4 | data[12] & 0x0F]) + data[13:FIXED] + packed + payload


def _need_header(data: bytes) -> None:
    if len(data) < FIXED:
        raise ValueError(f"헤더가 잘렸습니다: {FIXED}바이트가 필요한데 {len(data)}바이트뿐입니다")


def check_address(text: str) -> str | None:
    """입력한 IP 주소를 다듬는다. 비었으면 `None`, 주소가 아니면 `ValueError`."""
    text = text.strip()
    if not text:
        return None
    try:
        return str(ip_address(text))
    except ValueError:
        raise ValueError(f"IP 주소가 아닙니다: {text}") from None
