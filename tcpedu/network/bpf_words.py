"""캡처 필터의 글을 낱말로 나누고 앞에서부터 하나씩 꺼낸다 (pcap-filter(7)).

강의: lessons/14_troubleshooting.ipynb
"""

from __future__ import annotations

import re
from typing import NoReturn

_TOKEN = re.compile(
    r"\s*(?:(?P<flag>tcp-[a-z]+)|(?P<range>\d+-\d+)"
    r"|(?P<address>[0-9a-fA-F]*:[0-9a-fA-F]*:[0-9a-fA-F:.]*(?:/\d+)?|\d+\.\d+\.\d+\.\d+(?:/\d+)?)"
    r"|(?P<number>0[xX][0-9a-fA-F]+|\d+)|(?P<word>[A-Za-z][\w.-]*)"
    r"|(?P<sign>&&|\|\||<<|>>|<=|>=|==|!=|[-+*/%&|()\[\]:<>=!]))"
)
_SAME = {"&&": "and", "||": "or", "!": "not"}


class FilterError(ValueError):
    """읽을 수 없는 필터. 무엇이 몇째 글자에서 잘못되었는지 말한다."""


class Words:
    """낱말들과 지금 읽는 자리."""

    def __init__(self, text: str) -> None:
        self._tokens: list[tuple[str, str, int]] = []  # (갈래, 낱말, 몇째 글자)
        self.place = at = 0
        while text[at:].strip():
            found = _TOKEN.match(text, at)
            if found is None:
                skipped = len(text[at:]) - len(text[at:].lstrip())
                raise FilterError(f"읽을 수 없는 글자입니다: {at + skipped + 1}째 글자 ‘{text[at:].strip()[:10]}’")
            kind = found.lastgroup or ""
            self._tokens.append((kind, _SAME.get(found[kind], found[kind]), found.start(kind) + 1))
            at = found.end()

    def __bool__(self) -> bool:
        return bool(self._tokens)

    @property
    def ended(self) -> bool:
        """다 읽었는가."""
        return self.place >= len(self._tokens)

    @property
    def kind(self) -> str:
        """지금 낱말의 갈래: `word`, `number`, `range`, `address`, `flag`, `sign`. 끝이면 빈 글."""
        return "" if self.ended else self._tokens[self.place][0]

    def peek(self, ahead: int = 0) -> str:
        """지금(또는 `ahead`만큼 뒤의) 낱말. 끝이면 빈 글."""
        place = self.place + ahead
        return self._tokens[place][1] if place < len(self._tokens) else ""

    def take(self, *expected: str) -> str:
        """지금 낱말을 꺼낸다. `expected` 가운데 하나가 아니면 `FilterError`."""
        token = self.peek()
        if not token or (expected and token not in expected):
            wanted = ", ".join(f"‘{one}’" for one in expected)
            self.fail(f"{wanted} 가운데 하나가 와야 합니다" if len(expected) > 1 else f"{wanted}가 와야 합니다")
        self.place += 1
        return token

    def skip(self, word: str) -> bool:
        """지금 낱말이 `word`이면 넘어가고 참."""
        found = self.peek() == word
        self.place += found
        return found

    def fail(self, why: str) -> NoReturn:
        """지금 자리를 가리키며 그만둔다."""
        if self.ended:
            raise FilterError(f"필터의 끝에서 읽지 못했습니다: {why}")
        _, token, at = self._tokens[self.place]
        raise FilterError(f"필터의 {at}째 글자 ‘{token}’에서 읽지 못했습니다: {why}")


def number(text: str) -> int:
    """C의 방식으로 적은 수: 0x는 16진수, 0으로 시작하면 8진수."""
    return int(text, 8) if text.startswith("0") and text.isdigit() else int(text, 0)
