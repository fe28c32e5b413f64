"""상자와 화살표(flowchart)를 쌓는 조립기. 상자 안에 상자를 넣을 수 있다."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from .builder import Diagram, Graph, check_count, escape, finish


@dataclass
class FlowBuilder:
    """상자의 식별자는 `n1`, `n2` …, 화면에는 주어진 글이 나온다. 같은 이름의 상자는 둘일 수 없다."""

    direction: str = "TB"
    _lines: list[str] = field(default_factory=list)
    _ids: dict[str, str] = field(default_factory=dict)

    def node(self, name: str, text: str, *, strong: bool = False) -> None:
        """상자 하나. `strong`이면 굵은 테두리로 드러낸다."""
        mark = ":::strong" if strong else ""
        self._lines.append(f'{self._new(name, "n")}["{escape(text)}"]{mark}')

    @contextmanager
    def group(self, name: str, text: str, direction: str | None = None) -> Iterator[None]:
        """`with` 안에서 쌓은 것을 담는 큰 상자."""
        self._lines.append(f'subgraph {self._new(name, "g")}["{escape(text)}"]')
        if direction:
            self._lines.append(f"direction {direction}")
        yield
        self._lines.append("end")

    def edge(self, old: str, new: str, text: str = "", *, dotted: bool = False, both: bool = False) -> None:
        """화살표 하나. `both`면 양쪽으로 향하고, `dotted`면 점선이다."""
        line = "-.->" if dotted else "-->"
        arrow = ("<" if both else "") + line
        label = f'|"{escape(text)}"|' if text else ""
        self._lines.append(f"{self._ids[old]} {arrow}{label} {self._ids[new]}")

    def beside(self, left: str, right: str) -> None:
        """보이지 않는 끈: 두 상자를 차례대로 놓는다."""
        self._lines.append(f"{self._ids[left]} ~~~ {self._ids[right]}")

    def build(self, title: str, description: str, steps: tuple[str, ...] = ()) -> Diagram:
        """다 쌓은 그림. 그려질 상자의 수가 뜻한 것과 다르면 `ValueError`."""
        style = "classDef strong stroke-width:4px,stroke:#b45309,fill:#fde68a,color:#422006"
        script = "\n".join([f"flowchart {self.direction}", *self._lines, style])
        drawn = set(re.findall(r'^(?:subgraph )?([ng]\d+)\["', script, re.MULTILINE))
        check_count("상자", drawn, self._ids)
        return finish(
            Graph("t", script), title, description, steps, flowchart={"htmlLabels": True, "useMaxWidth": True}
        )

    def _new(self, name: str, letter: str) -> str:
        if name in self._ids:
            raise ValueError(f"상자의 이름이 겹칩니다: {name}")
        self._ids[name] = f"{letter}{len(self._ids) + 1}"
        return self._ids[name]
