"""TCP 옵션의 부호화와 해석 (RFC 9293 §3.2, RFC 7323, RFC 2018).

옵션은 작은 불변 객체다. 모르는 옵션도 길이만큼 그대로 보관하므로 풀었다 다시 묶어도 바이트가 달라지지 않는다.
강의: lessons/02_segment_header.ipynb
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

MAX_OPTIONS_LENGTH = 40  # 데이터 오프셋은 최대 15워드(60바이트)이고 고정 헤더가 20바이트다.


class SegmentError(ValueError):
    """바이트를 세그먼트로 읽거나 쓸 수 없다.

    `field`는 잘못된 필드의 이름, `offset`은 세그먼트 처음부터 센 바이트 위치다.
    """

    def __init__(self, message: str, *, field: str, offset: int) -> None:
        super().__init__(message)
        self.field = field
        self.offset = offset


class Option:
    """TCP 옵션의 바탕. 하위 클래스는 `kind`와 `pack()`을 갖고, 헤더에서 차지하는 바이트 수가 `length`다."""

    __slots__ = ()
    kind: ClassVar[int]
    name: ClassVar[str]

    @property
    def length(self) -> int:
        """종류와 길이 바이트까지 센 크기, 바이트."""
        return len(self.pack())

    def pack(self) -> bytes:
        """네트워크 순서의 바이트."""
        raise NotImplementedError

    def _pack(self, data: bytes) -> bytes:
        return bytes((self.kind, len(data) + 2)) + data


@dataclass(frozen=True, slots=True)
class EndOfOptions(Option):
    """옵션 목록의 끝 (RFC 9293 §3.2). `padding`은 그 뒤에 남은 바이트로, 뜻이 없다."""

    padding: bytes = b""
    kind: ClassVar[int] = 0
    name: ClassVar[str] = "EOL"

    def pack(self) -> bytes:
        return b"\0" + self.padding


@dataclass(frozen=True, slots=True)
class NoOperation(Option):
    """자리 맞춤용 한 바이트 (RFC 9293 §3.2)."""

    kind: ClassVar[int] = 1
    name: ClassVar[str] = "NOP"
    length: ClassVar[int] = 1

    def pack(self) -> bytes:
        return b"\1"


@dataclass(frozen=True, slots=True)
class MSS(Option):
    """최대 세그먼트 크기, 바이트 (RFC 9293 §3.7.1). SYN에서만 뜻이 있다."""

    value: int
    kind: ClassVar[int] = 2
    name: ClassVar[str] = "MSS"

    def pack(self) -> bytes:
        return self._pack(struct.pack("!H", self.value))


@dataclass(frozen=True, slots=True)
class WindowScale(Option):
    """윈도우 스케일 자리 이동 수, 0–14 (RFC 7323 §2.2). 바이트로는 255까지 올 수 있다."""

    shift: int
    kind: ClassVar[int] = 3
    name: ClassVar[str] = "WS"

    def pack(self) -> bytes:
        return self._pack(struct.pack("!B", self.shift))


@dataclass(frozen=True, slots=True)
class SackPermitted(Option):
    """선택적 확인응답을 써도 된다는 표시 (RFC 2018 §2). SYN에서만 뜻이 있다."""

    kind: ClassVar[int] = 4
    name: ClassVar[str] = "SACK-permitted"

    def pack(self) -> bytes:
        return self._pack(b"")


@dataclass(frozen=True, slots=True)
class Sack(Option):
    """따로 받은 조각의 목록: (왼쪽 끝, 오른쪽 끝 다음) 순서 번호의 쌍 (RFC 2018 §3)."""

    blocks: tuple[tuple[int, int], ...]
    kind: ClassVar[int] = 5
    name: ClassVar[str] = "SACK"

    @property
    def length(self) -> int:
        return 2 + 8 * len(self.blocks)

    def pack(self) -> bytes:
        return self._pack(b"".join(struct.pack("!II", left, right) for left, right in self.blocks))


@dataclass(frozen=True, slots=True)
class Timestamps(Option):
    """타임스탬프: 보낸 쪽 시계 `value`(TSval)와 되돌려 주는 값 `echo`(TSecr) (RFC 7323 §3.2)."""

    value: int
    echo: int
    kind: ClassVar[int] = 8
    name: ClassVar[str] = "TS"
    length: ClassVar[int] = 10

    def pack(self) -> bytes:
        return self._pack(struct.pack("!II", self.value, self.echo))


@dataclass(frozen=True, slots=True)
class UnknownOption(Option):
    """이 라이브러리가 해석하지 않는 옵션. `data`는 종류와 길이 바이트를 뺀 내용이다."""

    kind: int  # type: ignore[misc]  # 이 옵션만은 종류가 객체마다 다르다
    data: bytes = b""
    name: ClassVar[str] = "unknown"

    def pack(self) -> bytes:
        return self._pack(self.data)


_BLOCK = struct.Struct("!II")
_STAMPED = struct.Struct("!III")
_STAMP_MARK = 0x0101080A  # 데이터 세그먼트에 거의 언제나 있는 NOP, NOP, 타임스탬프(종류 8, 길이 10) (RFC 7323 부록 A)
NOP = NoOperation()  # 값이 없으므로 하나를 함께 쓴다


class Draft:
    """얼린 dataclass의 값을 채우는 동안의 꼴. 함께 물려받아 채운 뒤 `__class__`를 얼린 것으로 바꾼다."""

    __slots__ = ()
    __init__ = object.__init__
    __setattr__ = object.__setattr__
    __delattr__ = object.__delattr__


class _TimestampsDraft(Draft, Timestamps):
    __slots__ = ()


class _SackDraft(Draft, Sack):
    __slots__ = ()


def new_timestamps(value: int, echo: int) -> Timestamps:
    """`Timestamps(value, echo)`와 같은 것을 빨리 만든다: `segment.new_segment`처럼 채우고 나서 얼린다."""
    draft: Any = _TimestampsDraft()
    draft.value = value
    draft.echo = echo
    draft.__class__ = Timestamps
    return draft


class StampedOptions(tuple[Option, ...]):
    """NOP, NOP, 타임스탬프: 데이터 세그먼트의 거의 모두가 싣는 것 (RFC 7323 부록 A).

    값은 보통의 튜플이다. 이렇게 만들어 두면 하나씩 들여다보지 않고도 알아보고, 길이도 셈하지 않는다.

    >>> stamped(1, 2) == (NOP, NOP, Timestamps(1, 2)), len(pack_options(stamped(1, 2))) == StampedOptions.length
    (True, True)
    """

    __slots__ = ()
    length: ClassVar[int] = 12


def stamped(value: int, echo: int) -> StampedOptions:
    """TSval이 `value`, TSecr이 `echo`인 `StampedOptions`."""
    return StampedOptions((NOP, NOP, new_timestamps(value, echo)))


def _parse_timestamps(data: bytes) -> Timestamps:
    return new_timestamps(*_BLOCK.unpack(data))


def _parse_sack(data: bytes) -> Sack:
    draft: Any = _SackDraft()
    draft.blocks = tuple(_BLOCK.iter_unpack(data))
    draft.__class__ = Sack
    return draft


# 종류 → (허용하는 내용 길이, 내용을 옵션으로 바꾸는 함수)
_KNOWN: dict[int, tuple[tuple[int, ...], Callable[[bytes], Option]]] = {
    MSS.kind: ((2,), lambda data: MSS(int.from_bytes(data, "big"))),
    WindowScale.kind: ((1,), lambda data: WindowScale(data[0])),
    SackPermitted.kind: ((0,), lambda data: SackPermitted()),
    Sack.kind: ((8, 16, 24, 32), _parse_sack),
    Timestamps.kind: ((8,), _parse_timestamps),
}


def parse_options(data: bytes, offset: int = 20) -> tuple[Option, ...]:
    """옵션 바이트를 순서대로 푼다 (RFC 9293 §3.2).

    `offset`은 세그먼트 안에서 `data`가 시작하는 위치로, 오류를 가리킬 때만 쓴다. 길이가 틀리면 `SegmentError`.
    끝을 4바이트에 맞추려고 붙은 0(3바이트 이하)은 `pack_options`가 다시 붙이므로 결과에 넣지 않는다.

    >>> parse_options(bytes.fromhex("020405b4 0101 0402"))
    (MSS(value=1460), NoOperation(), NoOperation(), SackPermitted())
    """
    options: list[Option] = []
    at, end = 0, len(data)
    if end >= 12:
        mark, value, echo = _STAMPED.unpack_from(data)
        if mark == _STAMP_MARK:
            if end == 12:
                return stamped(value, echo)
            options = [NOP, NOP, new_timestamps(value, echo)]
            at = 12
    while at < end:
        kind = data[at]
        if kind == 1:
            options.append(NOP)
            at += 1
        elif kind == 0:
            rest = data[at + 1 :]
            if len(rest) > 2 or any(rest):
                options.append(EndOfOptions(rest))
            break
        else:
            length = data[at + 1] if at + 1 < end else 0
            if length < 2 or at + length > end:
                raise _length_error(data, at, offset)
            known = _KNOWN.get(kind)
            content = data[at + 2 : at + length]
            if known is None:
                options.append(UnknownOption(kind, content))
            elif length - 2 in known[0]:
                options.append(known[1](content))
            else:
                raise _known_length_error(kind, length, offset + at)
            at += length
    return tuple(options)


def _length_error(data: bytes, at: int, offset: int) -> SegmentError:
    if at + 1 >= len(data):
        return SegmentError(
            f"옵션이 잘렸습니다: {offset + at}번째 바이트의 종류 {data[at]} 뒤에 길이 바이트가 없습니다",
            field="options",
            offset=offset + at,
        )
    return SegmentError(
        f"옵션 길이가 잘못되었습니다: {offset + at + 1}번째 바이트의 길이 {data[at + 1]}"
        f" (2 이상 {len(data) - at} 이하여야 합니다)",
        field="options",
        offset=offset + at + 1,
    )


def _known_length_error(kind: int, length: int, offset: int) -> SegmentError:
    expected = " 또는 ".join(str(n + 2) for n in _KNOWN[kind][0])
    return SegmentError(
        f"옵션 길이가 잘못되었습니다: {offset + 1}번째 바이트, 종류 {kind}의 길이는 {expected}이어야 하는데"
        f" {length}입니다",
        field="options",
        offset=offset + 1,
    )


def pack_options(options: tuple[Option, ...]) -> bytes:
    """옵션을 이어 붙이고 0으로 4바이트에 맞춘다. 40바이트를 넘거나 값이 범위를 벗어나면 `SegmentError`.

    >>> pack_options((WindowScale(7),)).hex(" ")
    '03 03 07 00'
    """
    try:
        data = b"".join(option.pack() for option in options)
    except (struct.error, ValueError) as error:
        raise SegmentError(f"옵션 값이 범위를 벗어났습니다: {error}", field="options", offset=20) from None
    data += b"\0" * (-len(data) % 4)
    if len(data) > MAX_OPTIONS_LENGTH:
        raise SegmentError(
            f"옵션은 {MAX_OPTIONS_LENGTH}바이트까지인데 {len(data)}바이트입니다", field="options", offset=20
        )
    return data
