"""검사의 답을 글로 적는다. 보통 글과 마크다운이 같은 내용을 말한다."""

from __future__ import annotations

import re
from dataclasses import dataclass

BLOCK = 100  # 이보다 길거나 여러 줄이면 코드 블록으로 적는다


@dataclass(frozen=True)
class Line:
    """한 줄: 이름표와 글. `code`이면 배우는 사람의 값이므로 글자 그대로 적는다."""

    label: str
    text: str
    code: bool = False


@dataclass(frozen=True, repr=False)
class Result:
    """노트북에 보이는 답."""

    header: str
    lines: tuple[Line, ...] = ()
    status: str = ""  # 미시도 | 오답 | 정답, 검사가 아니면 빈 글

    def __repr__(self) -> str:
        return "\n".join([self.header, *map(_plain, self.lines)])

    def _repr_markdown_(self) -> str:
        return "\n".join([f"**{self.header}**", "", *map(_markdown, self.lines)])

    def _repr_pretty_(self, printer, cycle) -> None:  # type: ignore[no-untyped-def]
        printer.text(repr(self))


def _plain(line: Line) -> str:
    text = clean(line.text) if line.code else line.text
    if "\n" in text:
        return f"{line.label}:\n" + "\n".join(f"    {row}" for row in text.split("\n"))
    return f"{line.label}: {text}"


def _markdown(line: Line) -> str:
    if not line.code:
        return f"- {line.label}: " + line.text.replace("\n", "\n  ")
    text = clean(line.text)
    if "\n" in text or len(text) > BLOCK:
        fence = "`" * max(3, _longest_ticks(text) + 1)
        rows = "\n".join(f"  {row}" for row in [f"{fence}text", *text.split("\n"), fence])
        return f"- {line.label}:\n\n{rows}\n"
    return f"- {line.label}: {code_span(text)}"


def code_span(text: str) -> str:
    """마크다운의 코드 조각. 안에 든 역따옴표가 바깥을 깨지 못한다.

    >>> code_span("a`b")
    '`` a`b ``'
    """
    ticks = "`" * (_longest_ticks(text) + 1)
    pad = " " if len(ticks) > 1 or text != text.strip() or not text else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"


def clean(text: str) -> str:
    """화면을 어지럽히는 제어 문자와 반쪽짜리 글자를 눈에 보이게 적는다."""
    text = text.expandtabs(4)
    return re.sub(
        r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]",
        lambda found: found.group().encode("unicode_escape").decode("ascii"),
        text,
    )


def _longest_ticks(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)
