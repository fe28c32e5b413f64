"""mermaid-py 위의 얇은 조립기: ASCII 식별자, 안전한 글자, 두 테마의 색, 읽어 주는 제목과 설명.

mermaid-py는 한글 이름을 모두 같은 식별자(`__`)로 만들고, 특수 글자를 거르지 않으며, 그림을 바깥 서버에
그려 달라고 한다. 여기서는 글을 만드는 클래스만 빌려 쓰고 그리는 일은 JupyterLab에 맡긴다.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from typing import Any

# mermaid-py의 `Mermaid`를 누가 실수로 만들어도 요청이 이 컴퓨터를 떠나지 못하게 한다.
os.environ["MERMAID_INK_SERVER"] = "http://127.0.0.1:9"

from mermaid.graph import Graph
from mermaid.sequence import ArrowTypes, Link, Note, NotePosition, Participant, SequenceDiagram
from mermaid.statediagram import State, StateDiagram, Transition
from mermaid.style import Style

from .words import display_width

# 밝은 테마와 어두운 테마 어느 쪽에서도 읽히는 색. 그려진 그림은 테마를 바꿔도 다시 그려지지 않는다.
THEME = {
    "primaryColor": "#dbeafe",
    "primaryTextColor": "#0f172a",
    "primaryBorderColor": "#3b82f6",
    "lineColor": "#6b7c99",
    "transitionColor": "#6b7c99",
    "transitionLabelColor": "#0f172a",
    "edgeLabelBackground": "#e2e8f0",
    "signalColor": "#6b7c99",
    "signalTextColor": "#6b7c99",
    "actorLineColor": "#6b7c99",
    "loopTextColor": "#6b7c99",
    "noteBkgColor": "#fef3c7",
    "noteTextColor": "#422006",
    "noteBorderColor": "#d97706",
}
# packet의 칸 색은 themeVariables로 바꿀 수 없다(mermaid가 모르는 이름은 지운다). themeCSS는 받아들인다.
_PACKET_CSS = (
    ".packetBlock{fill:#dbeafe;stroke:#3b82f6} .packetLabel{fill:#0f172a;font-size:13px}"
    " .packetByte.start,.packetByte.end{fill:#6b7c99}"
)
_LINE_WIDTH = 24  # 상태 그림의 글 한 줄. mermaid는 한글을 낱말 가운데에서 자르므로 먼저 낱말 사이에서 자른다.
# mermaid가 뜻을 두는 글자. 나머지(한글, 숫자, 로마자, 화살표 …)는 그대로 둔다.
_SPECIAL = re.compile(r"[;#:\"'<>&$%{}`\\|^*~@\[\]]")


def escape(text: str) -> str:
    """그림 안에 넣을 사용자 글. 뜻이 있는 글자는 `#코드;`로, 줄바꿈은 `<br/>`로 바꾼다.

    >>> escape("값: 1; #2")
    '값#58; 1#59; #35;2'
    """
    lines = [_SPECIAL.sub(lambda hit: f"#{ord(hit[0])};", line) for line in text.splitlines()]
    printable = ["".join(letter for letter in line if letter.isprintable()).strip() for line in lines]
    return "<br/>".join(printable) or "·"


def wrap(text: str, width: int = _LINE_WIDTH) -> str:
    """낱말 사이에서 줄을 바꾼다. 한글 한 글자는 로마자 두 글자의 너비로 센다.

    >>> wrap("SYN을 받고 내 SYN의 ACK를 기다림").split(chr(10))
    ['SYN을 받고 내 SYN의', 'ACK를 기다림']
    """
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and display_width(longer) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return "\n".join(lines)


def _one_line(text: str) -> str:
    return escape(" ".join(text.split()))


def _forget_magic() -> None:
    # mermaid-py는 불러오기만 해도 바깥 서버를 부르는 %%mermaidjs를 등록한다.
    from IPython import get_ipython

    shell = get_ipython()
    if shell is not None:
        shell.magics_manager.magics["cell"].pop("mermaidjs", None)


_forget_magic()


@dataclass(frozen=True)
class Diagram:
    """완성된 그림: mermaid 글, 제목, 보이는 설명 한 문장, 글로 된 쌍둥이.

    노트북에서 셀의 마지막 값으로 두면 그려진다. JupyterLab이 이 컴퓨터에서 그리며 어디에도 묻지 않는다.
    """

    script: str
    title: str
    description: str
    steps: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """제목, 설명, 단계를 적은 글."""
        return "\n".join((self.title, self.description, *self.steps))

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        # text/html을 넣으면 그것이 이긴다. 마크다운의 울타리는 JupyterLab, Notebook 7, VS Code가 모두 그린다.
        return {
            "text/markdown": f"```mermaid\n{self.script}\n```\n\n{_markdown(self.description)}",
            "text/vnd.mermaid": self.script,
            "text/plain": repr(self),
        }


def _markdown(text: str) -> str:
    return re.sub(r"([*_`<>\\\[\]])", r"\\\1", text)


def finish(graph: Graph, title: str, description: str, steps: tuple[str, ...], **sections: dict[str, Any]) -> Diagram:
    """mermaid-py의 그래프에 색 설정과 읽어 주는 제목·설명을 더해 `Diagram`으로 만든다."""
    body = graph.script.rpartition("---\n")[2].strip("\n")
    kind, _, rest = body.partition("\n")
    label = f"accTitle: {_one_line(title)}\naccDescr: {_one_line(description)}"
    return Diagram(f"{_front_matter(sections)}\n{kind}\n{label}\n{rest}", title, description, steps)


def _front_matter(sections: dict[str, dict[str, Any]]) -> str:
    lines = ["---", "config:", "  theme: base", "  themeVariables:"]
    lines += [f'    {name}: "{value}"' for name, value in THEME.items()]
    if "packet" in sections:
        lines.append(f'  themeCSS: "{_PACKET_CSS}"')
    for section, values in sections.items():
        lines.append(f"  {section}:")
        lines += [f"    {name}: {str(value).lower()}" for name, value in values.items()]
    return "\n".join([*lines, "---"])


@dataclass
class SequenceBuilder:
    """시퀀스 다이어그램을 한 줄씩 쌓는다. 참가자는 이름마다 서로 다른 생명선을 얻는다."""

    names: tuple[str, ...]
    captions: dict[str, str] = field(default_factory=dict)
    _elements: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        if len(set(self.names)) != len(self.names):
            raise ValueError(f"참가자 이름이 겹칩니다: {', '.join(self.names)}")
        self._ends = {name: Participant(f"p{index}") for index, name in enumerate(self.names, 1)}
        for name, end in self._ends.items():
            end.name = escape(self.captions.get(name, name))  # 식별자는 ASCII로 이미 정해졌다.

    def message(self, src: str, dst: str, text: str, *, lost: bool = False, dotted: bool = False) -> None:
        """화살표 하나. 잃은 것은 ✕로 끝난다."""
        arrow = ArrowTypes.DOTTED_CROSS if lost else ArrowTypes.DOTTED_ARROW if dotted else ArrowTypes.SOLID_ARROW
        self._elements.append(Link(self._ends[src], self._ends[dst], arrow, escape(text)))

    def beside(self, name: str, text: str) -> None:
        """한 호스트 옆의 쪽지. 맨 왼쪽 호스트는 왼쪽, 나머지는 오른쪽에 붙는다."""
        side = NotePosition.LEFT_OF if name == self.names[0] else NotePosition.RIGHT_OF
        self._elements.append(Note(escape(text), self._ends[name], side))

    def across(self, text: str) -> None:
        """처음부터 끝까지 가로지르는 쪽지."""
        ends = list(self._ends.values())
        self._elements.append(Note(escape(text), [ends[0], ends[-1]] if len(ends) > 1 else ends))

    def build(self, title: str, description: str, steps: tuple[str, ...] = ()) -> Diagram:
        """다 쌓은 그림. 그려질 참가자의 수가 뜻한 것과 다르면 `ValueError`."""
        graph = SequenceDiagram("t", [*self._ends.values(), *self._elements])
        drawn = set(re.findall(r"^\tparticipant (\S+) as ", graph.script, re.MULTILINE))
        check_count("참가자", drawn, self.names)
        return finish(graph, title, description, steps, sequence={"mirrorActors": False, "messageFontSize": 15})


class _Highlighted(State):
    """눈에 띄게 칠한 상태. mermaid-py가 쓰는 `이름:::모양`은 설명이 있는 상태에서 무시된다."""

    def __str__(self) -> str:
        return f"{self.id_} : {self.content}\n\tclass {self.id_} {self.styles[0].name}"


@dataclass
class StateBuilder:
    """상태 다이어그램을 쌓는다. 식별자는 `s1`, `s2` …, 화면에는 주어진 이름이 나온다."""

    labels: dict[str, str]
    highlighted: str | None = None

    def __post_init__(self) -> None:
        self._states = {
            name: self._state(f"s{index}", name, label) for index, (name, label) in enumerate(self.labels.items(), 1)
        }
        self._edges: list[Transition] = []

    def _state(self, id_: str, name: str, label: str) -> State:
        if name != self.highlighted:
            return State(id_, escape(label))
        style = Style("current", fill="#fde68a", color="#422006", stroke="#b45309", stroke_width="4px")
        return _Highlighted(id_, escape(label), [style])

    def start(self, name: str) -> None:
        """시작 점에서 나가는 화살표."""
        self._edges.append(Transition(None, self._states[name]))

    def edge(self, old: str, new: str, text: str) -> None:
        """전이 하나."""
        self._edges.append(Transition(self._states[old], self._states[new], escape(text)))

    def build(self, title: str, description: str, steps: tuple[str, ...] = ()) -> Diagram:
        """다 쌓은 그림. 그려질 상태의 수가 뜻한 것과 다르면 `ValueError`."""
        graph = StateDiagram("t", list(self._states.values()), self._edges, direction="TB")
        drawn = set(re.findall(r"^\t(s\d+) : ", graph.script, re.MULTILINE))
        check_count("상태", drawn, self.labels)
        return finish(graph, title, description, steps)


def check_count(what: str, drawn: set[str], meant: Any) -> None:
    if len(drawn) != len(meant):
        raise ValueError(f"그려질 {what}가 {len(meant)}개여야 하는데 {len(drawn)}개입니다: {', '.join(meant)}")


@dataclass
class PacketBuilder:
    """비트 칸 그림(packet). 필드를 순서대로 쌓으면 32비트씩 줄이 나뉜다."""

    _fields: list[tuple[int, str]] = field(default_factory=list)

    def bits(self, width: int, text: str) -> None:
        """너비 `width`비트의 칸 하나."""
        self._fields.append((width, escape(text)))

    def build(self, title: str, description: str, steps: tuple[str, ...] = ()) -> Diagram:
        """다 쌓은 그림. mermaid-py에 packet 클래스가 없어 글을 그대로 담는 `Graph`를 쓴다."""
        script = "packet\n" + "\n".join(f'+{width}: "{text}"' for width, text in self._fields)
        return finish(
            Graph("t", script), title, description, steps, packet={"bitWidth": 34, "rowHeight": 40, "paddingX": 2}
        )
