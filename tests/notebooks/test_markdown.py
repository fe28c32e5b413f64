"""마크다운 셀은 뜻한 대로 보인다: 굵게 하려던 `**`가 글자 그대로 남지 않는다.

닫는 `**` 앞이 따옴표나 괄호이고 뒤가 한글이면 CommonMark는 그것을 닫는 표로 보지 않는다. 조사 때문에 흔히 겪는다.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from tcpedu.course.lessons import notebooks

ROOT = Path(__file__).resolve().parents[2]
BOOKS = [path for kind in ("lessons", "solutions") for path in notebooks(ROOT, kind)]


def unrendered(source: str) -> list[str]:
    """굵게 되지 못하고 남은 `**`가 든 글."""
    tokens = MarkdownIt("commonmark").enable("table").parse(source)
    texts = [child.content for token in tokens for child in token.children or [] if child.type == "text"]
    return [text for text in texts if "**" in text]


def test_the_check_sees_what_a_reader_would() -> None:
    assert unrendered('**"닫는다"**는 뜻이다') and not unrendered('**"닫는다"** 는 뜻이다')
    assert not unrendered("`a**b`와 **굵게**는 괜찮다")


@pytest.mark.parametrize("path", BOOKS, ids=[f"{path.parent.name}/{path.stem}" for path in BOOKS])
def test_bold_is_bold(path: Path) -> None:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    assert {
        cell["id"]: left
        for cell in cells
        if cell["cell_type"] == "markdown" and (left := unrendered("".join(cell["source"])))
    } == {}
