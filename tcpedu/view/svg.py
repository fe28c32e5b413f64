"""SVG를 글로 쓰는 작은 도구."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any

NAMESPACE = "http://www.w3.org/2000/svg"
_HERE = Path(__file__).parent / "widgets"


def tag(name: str, *children: str, **attributes: Any) -> str:
    """요소 하나. 값이 `None`인 속성은 뺀다. 이름의 `_`는 `-`가 되고, 끝의 `_`는 파이썬 예약어를 피하는 것이라 지운다.

    >>> tag("text", "a &lt; b", class_="t", x=1.50)
    '<text class="t" x="1.5">a &lt; b</text>'
    """
    pairs = ((key.rstrip("_").replace("_", "-"), value) for key, value in attributes.items() if value is not None)
    head = "".join(f' {key}="{escape(_value(value))}"' for key, value in pairs)
    return f"<{name}{head}>{''.join(children)}</{name}>" if children else f"<{name}{head}/>"


def _value(value: Any) -> str:
    # 같은 그림이 언제나 같은 글이 되도록 소수 첫째 자리까지만 적는다.
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else str(value)


def text(content: str, **attributes: Any) -> str:
    """글자. 뜻이 있는 글자는 피한다."""
    return tag("text", escape(content), **attributes)


def standalone(body: str, width: float, height: float, title: str, *styles: str) -> str:
    """저장된 노트북에 남는 그림: 바탕과 모양까지 들어 있어 어떤 테마에서도 읽힌다."""
    css = "".join(read(f"{name}.css") for name in styles)
    return tag(
        "svg", tag("title", escape(title)), tag("style", escape(css, quote=False)),
        tag("rect", class_="paper", width=width, height=height), body,
        xmlns=NAMESPACE, viewBox=f"0 0 {width:g} {height:g}", width=f"{width:g}",
        height=f"{height:g}", class_="tcpedu", role="img",
    )  # fmt: skip


def read(name: str) -> str:
    """위젯이 쓰는 파일(js, css)의 내용."""
    return (_HERE / name).read_text(encoding="utf-8")
