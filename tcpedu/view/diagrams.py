"""실행 기록과 세그먼트에서 그대로 만드는 그림 (시퀀스, 헤더).

그림의 숫자와 이름은 모두 넘겨받은 객체에서 온다. 따로 적어 둔 값이 없으므로 본문과 어긋날 수 없다.
강의: lessons/02_segment_header.ipynb, lessons/04_connection_establishment.ipynb
"""

from __future__ import annotations

from typing import Any

from tcpedu.protocol.segment import FIELDS, Flags, NoOperation, Segment

from .builder import Diagram, PacketBuilder, SequenceBuilder
from .options import option_parts
from .story import Gap, Moved, Sent, Skipped, story, summary
from .words import josa, option_text

__all__ = ["header_diagram", "sequence_diagram"]


# ── 시퀀스 ──────────────────────────────────────────────────────────────────


def sequence_diagram(
    trace: Any, *, title: str = "세그먼트가 오간 순서", states: bool = True, limit: int = 24, windows: bool = False
) -> Diagram:
    """기록(`Trace`)의 시퀀스 다이어그램. 잃은 것은 ✕, 다시 보낸 것은 '재전송', 상태는 쪽지로 나온다.

    세그먼트가 `limit`개를 넘으면 아무 일 없이 이어지는 구간을 쪽지 한 장으로 줄인다. `windows`면 윈도우 값도 적는다.
    강의: lessons/04_connection_establishment.ipynb
    """
    builder = SequenceBuilder(
        tuple(trace.hosts), {name: f"{name}\n{address}" for name, address in trace.addresses.items()}
    )
    told = story(trace, states=states, limit=limit, windows=windows)
    for step in told:
        match step:
            case Sent(src, dst, _, lost):
                builder.message(src, dst, step.label, lost=lost, dotted=lost)
            case Moved(host):
                builder.beside(host, step.label)
            case Gap() | Skipped():
                builder.across(step.label)
    steps = tuple(step.text for step in told)
    return builder.build(title, summary(trace), steps)


# ── 헤더 ────────────────────────────────────────────────────────────────────


def header_diagram(segment: Segment | bytes, *, title: str = "세그먼트의 헤더") -> Diagram:
    """이 세그먼트의 값을 32비트씩 한 줄로 적은 헤더 그림 (RFC 9293 §3.1).

    바이트를 주면 체크섬도 적힌 대로 나온다. `Segment`에는 체크섬이 없으므로(주소를 알아야 셀 수 있다) 이름만 나온다.
    강의: lessons/02_segment_header.ipynb
    """
    data = segment if isinstance(segment, bytes) else None
    parsed = Segment.unpack(segment) if isinstance(segment, bytes) else segment
    builder, steps = PacketBuilder(), []
    for width, label, text in _header_cells(parsed, data):
        builder.bits(width, label)
        steps.append(text)
    return builder.build(title, _header_caption(parsed), tuple(steps))


def _header_cells(segment: Segment, data: bytes | None) -> list[tuple[int, str, str]]:
    """(비트 수, 칸의 글, 글로 된 설명)의 목록."""
    cells = []
    for name, korean, _, width in FIELDS:
        if name == "flags":
            cells += [_flag_cell(flag, segment) for flag in sorted(Flags, reverse=True)]
            continue
        value = _field_value(name, segment, data)
        label = korean if value is None else f"{korean} {value}"
        # 4비트 칸에는 긴 이름이 들어가지 않는다.
        short = {"data_offset": f"오프셋 {value}", "reserved": f"예약 {value}"}.get(name, label)
        cells.append((width, short, f"{label} ({width}비트)"))
    return cells + _option_cells(segment) + _payload_cell(segment)


def _flag_cell(flag: Flags, segment: Segment) -> tuple[int, str, str]:
    on = flag in segment.flags
    # 1비트 칸에는 이름과 값을 함께 적을 자리가 없다.
    return 1, (flag.name or "") if on else "0", f"{flag.name} {int(on)} (1비트)"


def _field_value(name: str, segment: Segment, data: bytes | None) -> int | str | None:
    if name == "data_offset":
        return segment.header_length // 4
    if name == "checksum":
        return f"0x{data[16:18].hex()}" if data else None
    return int(getattr(segment, name))


def _option_cells(segment: Segment) -> list[tuple[int, str, str]]:
    parts = [(part, option.name) for option in segment.options for part in option_parts(option)]
    cells = [(part.size * 8, part.text, f"옵션 {name}: {part.text} ({part.size * 8}비트)") for part, name in parts]
    padding = (segment.header_length - 20) * 8 - sum(width for width, _, _ in cells)
    return cells + ([(padding, "채움", f"채움 ({padding}비트)")] if padding else [])


def _payload_cell(segment: Segment) -> list[tuple[int, str, str]]:
    if not segment.payload:
        return []
    # 데이터는 길이에 상관없이 한 줄로 그린다.
    text = f"데이터 {len(segment.payload)}바이트"
    return [(32, text, text)]


def _header_caption(segment: Segment) -> str:
    options = ", ".join(option_text(option) for option in segment.options if not isinstance(option, NoOperation))
    return (
        f"{segment.src_port}번 포트에서 {segment.dst_port}번 포트로 가는 {segment.flags} 세그먼트의 헤더"
        f" {segment.header_length}바이트"
        + (f"와 데이터 {len(segment.payload)}바이트다." if segment.payload else "다.")
        + (f" 옵션은 {josa(options, '이다')}." if options else " 옵션은 없다.")
        + " 플래그 칸에는 켜진 것의 이름, 꺼진 것은 0을 적었다."
    )
