"""빈칸이 있는 세그먼트의 표: 칸에 적어 맞추어 본다. 참값과 까닭은 모두 넘겨받은 연습(`practice`)이 안다."""

from __future__ import annotations

import math
from typing import Any, Protocol

from tcpedu.network.packet_table import COLUMNS, Cell, PacketTable, Row
from tcpedu.view.words import duration

from .base import CourseWidget, css, esm

BLANK = "____"
_LABEL_RIGHT = ("seq", "ack", "length", "window", "number", "time", "arrived")


class Practice(Protocol):
    """위젯이 보이는 연습."""

    seed: int

    @property
    def table(self) -> PacketTable: ...

    def again(self) -> None: ...

    def check(self, cell: Cell, text: str) -> Any: ...

    def hint(self, cell: Cell) -> str: ...

    def answer(self, cell: Cell) -> str: ...


class PacketTableWidget(CourseWidget):
    """표의 빈칸을 채우는 위젯. Enter나 Tab으로 칸마다 맞추어 보고, 힌트·새 문제·답을 단추로 부른다.

    강의: lessons/05_connection_termination.ipynb
    """

    _esm = esm("packet_table", main="renderPacketTable")
    _css = css("packet_table")

    def __init__(self, practice: Practice) -> None:
        self.practice = practice
        self._start()
        super().__init__(title=practice.table.title)
        self.show(self._scene())

    def _start(self) -> None:
        self.written: dict[Cell, str] = {}
        self.results: dict[Cell, Any] = {}
        self.shown: set[Cell] = set()  # 답을 보여 준 칸
        self.says = ""

    def handle(self, request: dict[str, Any]) -> None:
        """화면에서 온 부탁: 칸 하나나 모두 맞추기, 힌트, 새 문제, 답 보기."""
        try:
            getattr(self, f"_do_{request.get('do')}")(request)
        except (ValueError, KeyError, AttributeError) as error:
            self.show({**self._scene(), "error": f"하지 못했습니다: {error}"})
        else:
            self.show(self._scene())

    def _do_check(self, request: dict[str, Any]) -> None:
        cell = self._cell(request["id"])
        self._check(cell, str(request["value"]))
        self.says = str(self.results[cell])

    def _do_all(self, request: dict[str, Any]) -> None:
        for id_, value in dict(request["values"]).items():
            self._check(self._cell(id_), str(value))
        self.says = self.status

    def _do_hint(self, request: dict[str, Any]) -> None:
        cell = self._cell(request["id"])
        self.says = f"💡 {cell[0]}번의 {COLUMNS[cell[1]]}: {self.practice.hint(cell)}"

    def _do_again(self, request: dict[str, Any]) -> None:
        self.practice.again()
        self._start()
        self.says = "새 수로 다시 냈습니다."

    def _do_answer(self, request: dict[str, Any]) -> None:
        for cell in self.practice.table.cells:
            result = self.results.get(cell)
            if result is None or not result.right:
                self.shown.add(cell)
                self._check(cell, self.practice.answer(cell))
        self.says = "남은 칸의 답을 채웠습니다. 앞줄에서 어떻게 이어지는지 짚어 보세요."

    def _check(self, cell: Cell, text: str) -> None:
        self.written[cell] = text
        self.results[cell] = self.practice.check(cell, text)

    def _cell(self, id_: Any) -> Cell:
        number, _, column = str(id_).partition("-")
        cell = (int(number), column)
        if cell not in self.practice.table.hidden:
            raise ValueError(f"빈칸이 아닙니다: {id_}")
        return cell

    @property
    def status(self) -> str:
        """지금까지: "빈칸 6개 가운데 4개가 맞습니다"."""
        right = sum(bool(result.right) for cell, result in self.results.items() if cell not in self.shown)
        return f"빈칸 {len(self.practice.table.hidden)}개 가운데 {right}개를 맞혔습니다."

    def _scene(self) -> dict[str, Any]:
        table = self.practice.table
        return {
            "seed": self.practice.seed, "status": self.status, "says": self.says,
            "columns": [[name, COLUMNS[name], name in _LABEL_RIGHT] for name in table.columns],
            "rows": [[self._shown(row, name) for name in table.columns] for row in table.rows],
            "wrong": [text for text in self._faults() if text != self.says],
        }  # fmt: skip

    def _faults(self) -> list[str]:
        found = (self.results.get(cell) for cell in self.practice.table.cells)
        return [str(result) for result in found if result is not None and result.right is False]

    def _shown(self, row: Row, column: str) -> dict[str, Any]:
        cell = (row["number"], column)
        if cell not in self.practice.table.hidden:
            return {"text": plain(self.practice.table, row, column)}
        result = self.results.get(cell)
        return {
            "id": f"{cell[0]}-{column}", "label": f"{cell[0]}번의 {COLUMNS[column]}, {row['sender']}",
            "value": self.written.get(cell, ""), "right": None if result is None else result.right,
            "given": cell in self.shown, "numeric": self.practice.table.type_of(column) is int,
        }  # fmt: skip

    def as_text(self) -> str:
        """빈칸이 있는 표. 답은 없다."""
        table = self.practice.table
        lines = [[COLUMNS[name] for name in table.columns]]
        lines += [[_still(table, row, name) for name in table.columns] for row in table.rows]
        return "\n".join([self.title, *("  ".join(line) for line in lines)])

    def as_markdown(self) -> str:
        """빈칸이 있는 마크다운 표. 답은 없다."""
        table = self.practice.table
        head = [f"**{self.title}** (빈칸 {len(table.hidden)}개)", "", _line([COLUMNS[name] for name in table.columns])]
        rule = _line(["--:" if name in _LABEL_RIGHT else ":--" for name in table.columns])
        rows = [_line([_still(table, row, name) for name in table.columns]) for row in table.rows]
        return "\n".join([*head, rule, *rows])

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        bundle = super(CourseWidget, self)._repr_mimebundle_(**kwargs)
        if bundle is None:
            return None
        data, metadata = bundle
        return {**data, "text/plain": self.as_text(), "text/markdown": self.as_markdown()}, metadata


def plain(table: PacketTable, row: Row, column: str) -> str:
    """가리지 않은 칸의 글. ACK가 꺼진 세그먼트의 ack는 뜻이 없으므로 줄표다."""
    if not table.has_value((row["number"], column)):
        return "–"
    value = row[column]
    if isinstance(value, float):
        return "잃음" if math.isinf(value) else duration(value)
    return str(value)


def _still(table: PacketTable, row: Row, column: str) -> str:
    return BLANK if (row["number"], column) in table.hidden else plain(table, row, column)


def _line(texts: list[str]) -> str:
    return f"| {' | '.join(text.replace('_', chr(92) + '_').replace('|', chr(92) + '|') for text in texts)} |"
