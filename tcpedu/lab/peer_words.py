"""대본의 동작을 우리말로 적는다.

강의: lessons/12_socket_programming.ipynb
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

Move = Sequence[Any]


def tell(move: Move) -> str:
    """동작 하나를 우리말로.

    >>> tell(("send", "상대", b"ab")), tell(("shut", "상대"))
    ("b'ab' 보냄", '쓰는 쪽을 닫음(FIN)')
    """
    name, *rest = move
    return _WORDS[name](*rest[1:]) if rest else _WORDS[name]()


def short(data: bytes) -> str:
    """긴 바이트열은 길이만."""
    return repr(data) if len(data) <= 24 else f"{len(data)}바이트"


_WORDS: dict[str, Callable[..., str]] = {
    "connect": lambda: "연결함",
    "send": lambda data: f"{short(data)} 보냄",
    "shut": lambda: "쓰는 쪽을 닫음(FIN)",
    "reset": lambda: "RST로 끊음",
    "reply": lambda size: f"{size}바이트를 받음",
    "rest": lambda: "끝까지 받음",
    "message": lambda: "끝까지 받음",
    "flood": lambda size: f"받지 않고 {size}바이트를 보냄",
    "chat": lambda times: f"한 바이트씩 {times}번 주고받음",
    "same": lambda: "밀린 것을 받음",
    "quiet": lambda: "모두 가만히 있음",
    "stop": lambda: "stop.set()",
}
