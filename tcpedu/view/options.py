"""옵션 하나를 헤더에 놓인 조각(종류, 길이, 값)으로 나눈다 (RFC 9293 §3.2)."""

from __future__ import annotations

from typing import NamedTuple

from tcpedu.protocol.segment import MSS, EndOfOptions, NoOperation, Option, Sack, Timestamps, WindowScale


class Part(NamedTuple):
    """옵션의 한 조각: 바이트 수, 이름, 값(없으면 `None`)."""

    size: int
    name: str
    value: int | None = None

    @property
    def text(self) -> str:
        """칸에 적는 글."""
        return self.name if self.value is None else f"{self.name} {self.value}"


def option_parts(option: Option) -> list[Part]:
    """놓인 차례대로 나눈 조각. 크기를 모두 더하면 옵션의 바이트 수가 된다.

    >>> [part.text for part in option_parts(MSS(1460))]
    ['종류 2', '길이 4', 'MSS 1460']
    """
    if isinstance(option, NoOperation):
        return [Part(1, "NOP")]
    if isinstance(option, EndOfOptions):
        return [Part(1, "EOL"), *([Part(len(option.padding), "채움")] if option.padding else [])]
    length = len(option.pack())
    return [Part(1, "종류", option.kind), Part(1, "길이", length), *_values(option, length)]


def _values(option: Option, length: int) -> list[Part]:
    match option:
        case MSS(value):
            return [Part(2, "MSS", value)]
        case WindowScale(shift):
            return [Part(1, "WS", shift)]
        case Timestamps(value, echo):
            return [Part(4, "TSval", value), Part(4, "TSecr", echo)]
        case Sack(blocks):
            return [
                Part(4, name, edge) for block in blocks for name, edge in zip(("왼쪽", "오른쪽"), block, strict=True)
            ]
    return [Part(length - 2, "내용")] if length > 2 else []
