"""기록(`Trace`)을 빈칸이 있는 표로: 한 줄이 세그먼트 하나, 몇 칸은 가려져 있다.

강의의 연습 위젯과 채점되는 문제가 이 모형 하나를 쓴다. 참값은 언제나 기록에서 온다.
강의: lessons/03_sequence_numbers.ipynb, lessons/04_connection_establishment.ipynb,
lessons/05_connection_termination.ipynb
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from tcpedu.protocol.segment import Flags

from .deduce import complete
from .packet import Ecn, Packet
from .trace import Trace

Row = dict[str, Any]
Cell = tuple[int, str]  # (세그먼트의 번호, 열)
Solve = Callable[[list[Row]], list[Row]]

COLUMNS = {
    "number": "번호", "time": "시각", "sender": "보낸 쪽", "flags": "플래그", "seq": "seq", "ack": "ack",
    "length": "길이", "window": "윈도우", "ecn": "ECN", "arrived": "도착 시각", "state": "보낸 쪽의 상태",
    "note": "비고",
}  # fmt: skip
NEEDED = ("number", "sender", "flags", "seq", "ack", "length")  # 번호를 세는 데 쓰는 열
BASIC = ("number", "time", "sender", "flags", "seq", "ack", "length", "window")
_TYPES: dict[str, type] = {
    "flags": str, "ecn": str, "state": str, "note": str, "sender": str, "time": float, "arrived": float
}  # fmt: skip


@dataclass(frozen=True)
class PacketTable:
    """빈칸이 있는 표. `rows`는 참값이고, `hidden`의 칸이 가려져 있다.

    줄은 `dict`이고 열쇠는 `COLUMNS`의 것이다: `number`는 기록의 번호, `time`과 `arrived`는 초(잃은 것의 `arrived`는
    무한대), `sender`는 보낸 호스트, `flags`는 `"SYN,ACK"` 같은 글, `length`는 데이터의 바이트 수, `ecn`은 받는
    쪽이 본 IP의 ECN 필드(`"CE"`). ACK 플래그가 꺼진 세그먼트의 `ack`는 헤더에 적힌 0이다. 가린 칸만 `None`이 된다.

    >>> from tcpedu.network.scenarios import handshake
    >>> table = PacketTable.of(handshake(), {(2, "ack")}, title="연결 수립")
    >>> table.blanked()[1]["ack"], table.value((2, "ack"))
    (None, 101)
    """

    rows: tuple[Row, ...]
    hidden: frozenset[Cell] = frozenset()
    title: str = "세그먼트의 표"
    hints: dict[Cell, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for number, column in self.hidden:
            if column not in self.columns or number not in self.numbers:
                raise ValueError(f"표에 없는 칸은 가릴 수 없습니다: {number}번의 {column}")
            if not self.has_value((number, column)):
                raise ValueError(f"{number}번은 ACK 플래그가 꺼져 있어 ack에 뜻이 없습니다. 가리지 마세요")

    @classmethod
    def of(
        cls, trace: Trace, hidden: Iterable[Cell] = (), *, title: str = "세그먼트의 표",
        columns: Collection[str] = BASIC, packets: Collection[int] | None = None,
    ) -> PacketTable:  # fmt: skip
        """기록의 세그먼트를 표로 옮긴다. `packets`를 주면 그 번호들만, `hidden`은 가릴 (번호, 열)들이다."""
        unknown = [column for column in columns if column not in COLUMNS]
        if unknown:
            raise ValueError(f"모르는 열입니다: {unknown[0]}. 쓸 수 있는 열: {', '.join(COLUMNS)}")
        missing = [column for column in NEEDED if column not in columns]
        if missing:
            raise ValueError(f"번호를 세려면 {', '.join(missing)} 열이 있어야 합니다")
        chosen = [sent for sent in trace.segments if packets is None or sent.number in packets]
        if not chosen:
            raise ValueError("표에 담을 세그먼트가 없습니다")
        if len({frozenset((sent.src, sent.dst)) for sent in chosen}) > 1:
            raise ValueError("표에는 한 연결의 세그먼트만 담습니다. packets로 골라 주세요")
        rows = tuple({name: _FIELD[name](trace, sent) for name in columns} for sent in chosen)
        return cls(rows, frozenset(hidden), title)

    @property
    def columns(self) -> tuple[str, ...]:
        """열의 이름, 왼쪽부터."""
        return tuple(self.rows[0])

    @property
    def numbers(self) -> tuple[int, ...]:
        """줄마다 세그먼트의 번호."""
        return tuple(row["number"] for row in self.rows)

    @property
    def cells(self) -> tuple[Cell, ...]:
        """가린 칸, 위에서 아래로, 왼쪽에서 오른쪽으로."""
        return tuple(
            (number, column) for number in self.numbers for column in self.columns if (number, column) in self.hidden
        )

    def row(self, number: int) -> Row:
        """그 번호의 줄(참값)."""
        return self.rows[self.numbers.index(number)]

    def value(self, cell: Cell) -> Any:
        """칸의 참값."""
        return self.row(cell[0])[cell[1]]

    def has_value(self, cell: Cell) -> bool:
        """뜻이 있는 칸인가: ACK 플래그가 꺼진 세그먼트의 ack에는 뜻이 없다 (RFC 9293 §3.1)."""
        return cell[1] != "ack" or "ACK" in self.row(cell[0])["flags"]

    def type_of(self, column: str) -> type:
        """그 열에 적는 값의 형: `int`, `float`, `str`."""
        return _TYPES.get(column, int)

    def filled(self) -> list[Row]:
        """다 채운 줄들."""
        return [dict(row) for row in self.rows]

    def blanked(self, only: Collection[Cell] | None = None) -> list[Row]:
        """가린 칸이 `None`인 줄들. `only`를 주면 그 칸들만 가린다."""
        cells = self.hidden if only is None else only
        return [
            {key: None if (row["number"], key) in cells else value for key, value in row.items()} for row in self.rows
        ]

    def hide(
        self, rng: Random, columns: Collection[str] = ("seq", "ack"), count: int = 6, *, solve: Solve = complete
    ) -> PacketTable:
        """보이는 칸에서 풀어낼 수 있는 칸을 `count`개까지 골라 더 가린다.

        `solve`(기본은 번호를 세는 RFC의 규칙)가 빈칸을 기록과 똑같이 채울 때만 가리므로, 답은 언제나 하나다.
        """
        hidden = set(self.hidden)
        places = [(number, column) for number in self.numbers for column in columns]
        for cell in rng.sample(places, len(places)):
            if len(hidden) >= len(self.hidden) + count:
                break
            if self.has_value(cell) and solve(self.blanked(hidden | {cell})) == self.filled():
                hidden.add(cell)
        return replace(self, hidden=frozenset(hidden))

    def unsolved(self, solve: Solve = complete) -> list[Cell]:
        """`solve`가 참값과 다르게 채우는 칸. 비어 있어야 문제로 낼 수 있다."""
        solved = {row["number"]: row for row in solve(self.blanked())}
        return [cell for cell in self.cells if solved.get(cell[0], {}).get(cell[1]) != self.value(cell)]


def _ack(trace: Trace, sent: Packet) -> int:
    return sent.segment.ack if sent.segment.has(Flags.ACK) else 0


def _arrived(trace: Trace, sent: Packet) -> float:
    return math.inf if sent.arrived is None else round(sent.arrived, 6)


_ECN = {Ecn.NOT_ECT: "Not-ECT", Ecn.ECT_1: "ECT(1)", Ecn.ECT_0: "ECT(0)", Ecn.CE: "CE"}  # RFC 3168 §5의 이름
_FIELD: dict[str, Callable[[Trace, Packet], Any]] = {
    "number": lambda trace, sent: sent.number,
    "time": lambda trace, sent: round(sent.sent, 6),
    "sender": lambda trace, sent: sent.src,
    "flags": lambda trace, sent: str(sent.segment.flags),
    "seq": lambda trace, sent: sent.segment.seq,
    "ack": _ack,
    "length": lambda trace, sent: len(sent.segment.payload),
    "window": lambda trace, sent: sent.segment.window,
    "ecn": lambda trace, sent: _ECN[sent.ecn],
    "arrived": _arrived,
    "state": lambda trace, sent: trace.state_at(sent.src, sent.sent, sent.segment.src_port).name,
    "note": lambda trace, sent: ", ".join(remark for remark in (sent.note, sent.dropped) if remark),
}
