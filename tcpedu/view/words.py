"""화면에 쓰는 우리말: 조사, 시간, 세그먼트를 부르는 말."""

from __future__ import annotations

from unicodedata import east_asian_width

from tcpedu.protocol.datagram import Datagram
from tcpedu.protocol.segment import (
    MSS,
    Flags,
    NoOperation,
    Option,
    Sack,
    SackPermitted,
    Segment,
    Timestamps,
    WindowScale,
)

_PAIRS = {
    "은": ("은", "는"),
    "이": ("이", "가"),
    "을": ("을", "를"),
    "과": ("과", "와"),
    "으로": ("으로", "로"),
    "이다": ("이다", "다"),
}
# 우리말로 읽었을 때 받침이 있는 숫자와 글자. ㄹ 받침은 '으로'가 아니라 '로'를 부른다.
_FINAL = {"0": "ㅇ", "1": "ㄹ", "3": "ㅁ", "6": "ㄱ", "7": "ㄹ", "8": "ㄹ", "L": "ㄹ", "M": "ㅁ", "N": "ㄴ", "R": "ㄹ"}


def josa(word: str, particle: str) -> str:
    """받침에 맞는 조사를 붙인다. `particle`은 받침이 있을 때의 꼴(은 이 을 과 으로 이다).

    >>> josa("클라이언트", "은"), josa("server", "이"), josa("FIN", "을"), josa("서울", "으로")
    ('클라이언트는', 'server가', 'FIN을', '서울로')
    """
    final = _final_consonant(word)
    with_final, without = _PAIRS[particle]
    if particle == "으로" and final == "ㄹ":
        return word + without
    return word + (with_final if final else without)


def _final_consonant(word: str) -> str:
    letters = "".join(letter for letter in word if letter.isalnum())
    last = letters[-1:]
    if "가" <= last <= "힣":
        index = (ord(last) - ord("가")) % 28
        return "ㄹ" if index == 8 else ("ㅇ" if index else "")
    if letters.lower().endswith("ng"):  # CLOSING → 클로징
        return "ㅇ"
    if last == "r":  # server → 서버
        return ""
    return _FINAL.get(last.upper(), "")


def duration(seconds: float) -> str:
    """사람이 읽는 시간. 1초보다 짧으면 밀리초.

    >>> duration(0.04), duration(1.02), duration(3), duration(0.0005)
    ('40ms', '1.02초', '3초', '0.5ms')
    """
    if abs(seconds) < 0.9995:
        return f"{_trim(seconds * 1000, 1 if abs(seconds) < 0.1 else 0)}ms"
    return f"{_trim(seconds, 2 if abs(seconds) < 100 else 0)}초"


def clock(seconds: float | None = None, width: int = 7) -> str:
    """글의 왼쪽 끝에 맞춰 적는 시각. 한글 한 글자는 두 칸으로 센다."""
    text = "" if seconds is None else duration(seconds)
    return " " * (width - display_width(text)) + text


def display_width(text: str) -> int:
    """로마자 한 글자를 1로 본 너비."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def _trim(value: float, digits: int) -> str:
    text = f"{value:.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def segment_label(segment: Segment | Datagram, *, window: bool = False) -> str:
    """화살표 위에 적는 한 줄. `window`면 윈도우 필드의 값도 적는다.

    >>> segment_label(Segment(1, 2, seq=300, ack=101, flags=Flags.SYN | Flags.ACK))
    'SYN,ACK seq=300 ack=101'
    """
    if isinstance(segment, Datagram):
        return segment.summary()
    ack = f" ack={segment.ack}" if segment.flags & Flags.ACK else ""
    size = f" len={len(segment.payload)}" if segment.payload else ""
    return f"{segment.flags} seq={segment.seq}{ack}{f' win={segment.window}' if window else ''}{size}"


def option_text(option: Option) -> str:
    """옵션 하나를 짧게.

    >>> option_text(MSS(1460)), option_text(Timestamps(5, 0))
    ('MSS 1460', 'TS 5/0')
    """
    match option:
        case MSS(value):
            return f"MSS {value}"
        case WindowScale(shift):
            return f"WS {shift}"
        case SackPermitted():
            return "SACK 허용"
        case Sack(blocks):
            return "SACK " + " ".join(f"{left}–{right}" for left, right in blocks)
        case Timestamps(value, echo):
            return f"TS {value}/{echo}"
        case NoOperation():
            return "NOP"
    return f"{option.name} (종류 {option.kind})"


def options_text(segment: Segment) -> str:
    """옵션 전부. 자리만 채우는 NOP은 뺀다."""
    return ", ".join(option_text(option) for option in segment.options if not isinstance(option, NoOperation))


def states_text(states: dict[str, str]) -> str:
    """여러 호스트의 상태: `client ESTABLISHED, server LISTEN`."""
    return ", ".join(f"{host} {state}" for host, state in states.items())
