"""세그먼트를 tcpdump의 말로 적는다."""

from __future__ import annotations

from tcpedu.protocol.datagram import Datagram
from tcpedu.protocol.segment import (
    MSS,
    EndOfOptions,
    Flags,
    NoOperation,
    Option,
    Sack,
    SackPermitted,
    Segment,
    Timestamps,
    WindowScale,
)

_TCPDUMP_LETTERS = (
    (Flags.SYN, "S"), (Flags.FIN, "F"), (Flags.RST, "R"), (Flags.PSH, "P"), (Flags.URG, "U"), (Flags.ECE, "E"),
    (Flags.CWR, "W"), (Flags.ACK, "."),
)  # fmt: skip


def tcpdump_summary(segment: Segment | Datagram) -> str:
    """세그먼트 하나를 tcpdump처럼 적은 글.

    >>> tcpdump_summary(Segment(1, 2, seq=7, flags=Flags.SYN, options=(MSS(1460),)))
    'Flags [S], seq 7, win 65535, options [mss 1460], length 0'
    """
    if isinstance(segment, Datagram):
        return f"UDP, length {len(segment.payload)}"
    letters = "".join(letter for flag, letter in _TCPDUMP_LETTERS if segment.has(flag)) or "none"
    size = len(segment.payload)
    has_seq = segment.length > 0 or segment.has(Flags.RST)
    parts = [f"Flags [{letters}]"]
    if has_seq:
        parts.append(f"seq {segment.seq}:{segment.seq + size}" if size else f"seq {segment.seq}")
    if segment.has(Flags.ACK):
        parts.append(f"ack {segment.ack}")
    parts.append(f"win {segment.window}")
    if segment.options:
        parts.append(f"options [{','.join(_option_text(option) for option in segment.options)}]")
    parts.append(f"length {size}")
    return ", ".join(parts)


def _option_text(option: Option) -> str:
    match option:
        case EndOfOptions():
            return "eol"
        case NoOperation():
            return "nop"
        case MSS():
            return f"mss {option.value}"
        case WindowScale():
            return f"wscale {option.shift}"
        case SackPermitted():
            return "sackOK"
        case Sack():
            return f"sack {len(option.blocks)} " + "".join(f"{{{left}:{right}}}" for left, right in option.blocks)
        case Timestamps():
            return f"TS val {option.value} ecr {option.echo}"
    return f"unknown-{option.kind}"
