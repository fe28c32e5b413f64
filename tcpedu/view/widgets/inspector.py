"""헤더 검사기: 바이트, 필드, 32비트 줄을 이어 보고 고친다."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import traitlets

from tcpedu.protocol.segment import Segment
from tcpedu.view import svg
from tcpedu.view.capture_text import parse_hex
from tcpedu.view.header_svg import WIDTH, header_body, header_height, static_svg
from tcpedu.view.inspect import (
    ADDABLE,
    Cell,
    add_option,
    changes,
    check_address,
    compare_checksum,
    dissect,
    fix_checksum,
    flip_bit,
    remove_option,
    set_bits,
)
from tcpedu.view.words import josa, option_text

from .base import CourseWidget, css, esm

SHOWN = 96  # 16진수로 보이는 바이트 수
NAMED = 3  # 달라진 칸을 이만큼만 이름으로 말한다
DEFAULT_ADDRESSES = "10.0.0.1", "10.0.0.2"
_VERDICT = {True: "맞음", False: "틀림", None: "모름"}


class HeaderInspector(CourseWidget):
    """헤더 검사기. 비트를 뒤집고, 바이트와 값을 고치고, 옵션을 더하고, 캡처에서 붙여 넣는다.

    `data`는 바이트, 캡처에서 복사한 16진수 글, `Segment` 가운데 하나다. 글에 IP 헤더가 있으면 주소까지 읽고,
    `Segment`를 주면 `src`와 `dst`(없으면 10.0.0.1과 10.0.0.2)로 체크섬까지 채운다.
    바이트만 주면 주소를 알 수 없으므로 체크섬은 '모름'이다. 지금의 바이트는 `.data`에 있다.
    강의: lessons/02_segment_header.ipynb

    >>> inspector = HeaderInspector(Segment(50000, 80, seq=100))
    >>> inspector.handle({"do": "flip", "bit": 110})
    >>> inspector.checksum.right
    False
    """

    _esm = esm("inspector", main="renderInspector")
    _css = css("inspector")
    addable = traitlets.List(list(ADDABLE)).tag(sync=True)

    def __init__(
        self, data: bytes | str | Segment, *, src: str | None = None, dst: str | None = None, title: str = "헤더 검사기"
    ) -> None:
        if isinstance(data, Segment):
            src, dst = src or DEFAULT_ADDRESSES[0], dst or DEFAULT_ADDRESSES[1]
            data = data.pack(src, dst)
        elif isinstance(data, str):
            pasted = parse_hex(data)
            data, src, dst = pasted.data, src or pasted.src, dst or pasted.dst
        self._first = bytes(data), src, dst
        self._right: tuple[bytes, str | None, str | None] | None = None  # 체크섬이 마지막으로 맞았을 때
        self.data, self.src, self.dst = self._first
        super().__init__(title=title)
        self.show(self._scene())

    @property
    def checksum(self) -> Any:
        """적힌 체크섬과 다시 센 체크섬을 견준 결과. 틀렸으면 마지막으로 맞았을 때와 달라진 칸을 함께 말한다."""
        found = compare_checksum(self.data, self.src, self.dst)
        if found.right:
            self._right = self.data, self.src, self.dst
        elif found.right is False and self._right is not None:
            return replace(found, why=f"{found.why} {self._since_right()}")
        return found

    def _since_right(self) -> str:
        assert self._right is not None
        data, *ends = self._right
        changed = changes(data, self.data)
        changed += ["의사 헤더의 주소"] if ends != [self.src, self.dst] else []
        more = f" 밖의 {len(changed) - NAMED}곳" if len(changed) > NAMED else ""
        return f"마지막으로 맞은 뒤에 달라진 것: {', '.join(changed[:NAMED])}{more}."

    def handle(self, request: dict[str, Any]) -> None:
        """화면에서 고친 것을 바이트에 옮긴다. 못 고치면 까닭을 화면에 적고 바이트는 그대로 둔다."""
        try:
            getattr(self, f"_do_{request.get('do')}")(request)
        except (ValueError, KeyError, AttributeError) as error:
            self.show({**self._scene(), "error": f"바꾸지 못했습니다: {error}"})
        else:
            self.show(self._scene())

    def _do_flip(self, request: dict[str, Any]) -> None:
        self.data = flip_bit(self.data, int(request["bit"]))

    def _do_byte(self, request: dict[str, Any]) -> None:
        index = int(request["index"])
        self.data = set_bits(self.data, index * 8, 8, _number(request["value"], 16), f"{index}번째 바이트")

    def _do_field(self, request: dict[str, Any]) -> None:
        cell = next(cell for cell in dissect(self.data).cells if cell.id == request["id"])
        self.data = set_bits(self.data, cell.first_bit, cell.width, _number(request["value"], 0), cell.name)

    def _do_add(self, request: dict[str, Any]) -> None:
        self.data = add_option(self.data, str(request["name"]))

    def _do_remove(self, request: dict[str, Any]) -> None:
        self.data = remove_option(self.data, int(request["index"]))

    def _do_fix(self, request: dict[str, Any]) -> None:
        if not (self.src and self.dst):
            raise ValueError("두 IP 주소를 먼저 적으세요. 체크섬에는 의사 헤더가 들어갑니다")
        self.data = fix_checksum(self.data, self.src, self.dst)

    def _do_address(self, request: dict[str, Any]) -> None:
        address = check_address(str(request["value"]))
        src, dst = (address, self.dst) if request["end"] == "src" else (self.src, address)
        self.src, self.dst = src, dst

    def _do_paste(self, request: dict[str, Any]) -> None:
        pasted = parse_hex(str(request["text"]))
        self.data, self._right = pasted.data, None  # 다른 세그먼트와 견주지 않는다
        if pasted.src:
            self.src, self.dst = pasted.src, pasted.dst

    def _do_reset(self, request: dict[str, Any]) -> None:
        self.data, self.src, self.dst = self._first

    def _scene(self) -> dict[str, Any]:
        parts = dissect(self.data)
        body = header_body(parts, clickable=True)
        height = header_height(parts)
        checksum = self.checksum
        hidden = len(self.data) - SHOWN
        return {
            "svg": svg.tag("svg", body, viewBox=f"0 0 {WIDTH} {height:g}", xmlns=svg.NAMESPACE, role="group"),
            "cells": [_cell(cell) for cell in parts.cells], "hex": [f"{byte:02x}" for byte in self.data[:SHOWN]],
            "more": f"… 그리고 {hidden}바이트 더" if hidden > 0 else "", "bad": parts.fault_at,
            "options": [option_text(option) for option in parts.options],
            "checksum": {"right": checksum.right, "why": checksum.why},
            "src": self.src or "", "dst": self.dst or "", "error": parts.fault,
        }  # fmt: skip

    def _verdict(self) -> str:
        checksum = self.checksum
        return f"체크섬 {_VERDICT[checksum.right]}: {checksum.why}"

    def as_text(self) -> str:
        """제목, 체크섬이 맞는지, 필드마다 한 줄, 16진수."""
        parts = dissect(self.data)
        lines = [self.title, self._verdict(), *([parts.fault] if parts.fault else [])]
        lines += [f"{cell.name} {cell.value} ({cell.width}비트)" for cell in parts.cells]
        return "\n".join([*lines, self.data[:SHOWN].hex(" ")])

    def as_svg(self) -> str:
        """32비트씩 한 줄로 그린 정지 그림."""
        return static_svg(dissect(self.data), self.title, self._verdict())


def _cell(cell: Cell) -> dict[str, Any]:
    return {
        "id": cell.id, "name": cell.name, "first": cell.first_bit, "width": cell.width, "value": cell.value,
        "number": cell.number, "meaning": cell.meaning,
        "bits": None if cell.number is None else f"{cell.number:0{cell.width}b}",
        "bytes": [cell.first_bit // 8, (cell.first_bit + cell.width - 1) // 8],
    }  # fmt: skip


def _number(text: Any, base: int) -> int:
    try:
        return int(str(text).strip(), base)
    except ValueError:
        kind = "두 자리 16진수(00–ff)" if base == 16 else "10진수나 0x로 시작하는 16진수"
        raise ValueError(f"{josa(kind, '이')} 아닙니다: {text}") from None
