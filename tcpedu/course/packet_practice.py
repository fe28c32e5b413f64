"""표의 빈칸을 손으로 채우는 연습: 한 칸씩 맞추어 보고, 틀리면 까닭과 RFC의 절을 말한다.

화면은 `view.widgets.packet_table`이 그리고, 채점되는 문제는 `packet_problem`이 만든다. 모형은 모두 `PacketTable`이다.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from tcpedu.course.packet_mistakes import MISTAKES
from tcpedu.course.packet_tables import TABLES
from tcpedu.network.deduce import RETRANSMISSION, complete
from tcpedu.network.packet_table import COLUMNS, Cell, PacketTable
from tcpedu.view.words import duration, josa

Make = Callable[[Random], PacketTable]
_RFC = {
    "seq": "RFC 9293 §3.4", "length": "RFC 9293 §3.4", "ack": "RFC 9293 §3.1", "window": "RFC 9293 §3.8.6",
    "time": "RFC 6298 §5",
}  # fmt: skip
_WHAT = {
    "flags": "SYN,ACK처럼 플래그의 이름을", "state": "ESTABLISHED처럼 상태의 이름을",
    "time": "1.5초나 500ms처럼 시각을", "arrived": "1.5초나 500ms처럼 시각을",
}  # fmt: skip


@dataclass(frozen=True)
class Feedback:
    """한 칸을 맞추어 본 결과. `right`가 `None`이면 아직 맞추어 보지 못한 것이다."""

    cell: Cell
    right: bool | None
    text: str
    rfc: str = ""

    def __str__(self) -> str:
        mark = {True: "✓", False: "✕", None: "…"}[self.right]
        return f"{mark} {name(self.cell)}: {self.text}" + (f" ({self.rfc})" if self.rfc else "")


class PacketPractice:
    """표 하나를 채우는 연습. `make(rng)`이 씨앗마다 새 표를 만든다.

    >>> practice = PacketPractice(TABLES["handshake"], seed=1)
    >>> practice.check((2, "ack"), str(practice.table.row(1)["seq"])).text
    'SYN이 쓰는 번호를 세지 않았다. SYN은 데이터가 없어도 번호를 하나 쓴다.'
    """

    def __init__(self, make: Make, seed: int = 1) -> None:
        self.make = make
        self.seed = seed
        self.table = make(Random(seed))

    def again(self) -> None:
        """새 수로 다시 낸다."""
        self.seed += 1
        self.table = self.make(Random(self.seed))

    def check(self, cell: Cell, text: str) -> Feedback:
        """적은 글을 참값과 견준다. 틀리면 알아본 실수를, 모르겠으면 힌트를 말한다."""
        if cell not in self.table.hidden:
            raise ValueError(f"빈칸이 아닙니다: {name(cell)}")
        kind, truth = self.table.type_of(cell[1]), self.table.value(cell)
        if not text.strip():
            return Feedback(cell, None, "비어 있습니다.")
        try:
            given = read(text, cell[1], kind)
        except ValueError as error:
            return Feedback(cell, None, str(error))
        if _same(given, truth):
            return Feedback(cell, True, "맞습니다.")
        return self._wrong(cell, given)

    def hint(self, cell: Cell) -> str:
        """그 칸의 힌트: 어느 줄을 보고 무엇을 셀지."""
        if cell in self.table.hints:
            return self.table.hints[cell]
        number, column = cell
        sender = self.table.row(number)["sender"]
        before = [row for row in self.table.rows if row["number"] < number]
        if column == "ack":
            theirs = [f"{row['number']}번" for row in before if row["sender"] != sender]
            return (
                f"{josa(sender, '이')} {number}번을 보낼 때까지 상대에게서 빈틈없이 받은 것({', '.join(theirs[-3:])})을"
                " 보자. 받은 마지막 번호의 다음 번호를 적는다."
            )
        if column == "seq" and RETRANSMISSION in self.table.row(number).get("note", ""):
            return "다시 보낸 것이다. 상대가 되풀이해 달라고 한 번호(마지막으로 받은 ack)부터 보낸다."
        if column == "seq":
            mine = [f"{row['number']}번" for row in before if row["sender"] == sender]
            return (
                f"{josa(sender, '이')} 앞에 보낸 {mine[-1] if mine else '것'}의 seq에서 그 세그먼트가 쓴 번호의 수"
                "(데이터의 바이트, SYN과 FIN은 하나씩)만큼 나아간다."
            )
        return _HINTS.get(column, "위아래 줄을 견주어 보자.")

    def answer(self, cell: Cell) -> str:
        """칸의 답을 글로."""
        return written(self.table.value(cell), cell[1])

    def _wrong(self, cell: Cell, given: Any) -> Feedback:
        for mistake in MISTAKES:
            # 이 칸에서만 잘못 센 값과, 위에서부터 내내 잘못 세어 온 값.
            for only in ({cell}, self.table.hidden):
                rows = complete(self.table.blanked(only), mistake.counting)
                guess = rows[self.table.numbers.index(cell[0])][cell[1]]
                if guess is not None and _same(given, guess):
                    return Feedback(cell, False, mistake.diagnosis, mistake.rfc)
        return Feedback(cell, False, f"아직 다릅니다. {self.hint(cell)}", _RFC.get(cell[1], ""))


def packet_table(table: str | Make, seed: int = 1) -> Any:
    """빈칸이 있는 표를 손으로 채우는 위젯. `table`은 표의 이름, 표를 채우는 문제의 이름, 또는 표를 만드는 함수다.

    `seed`가 같으면 같은 표다. "새 문제"를 누르면 새 수로 다시 나온다. 위젯이 없는 곳에서는 빈칸이 있는 마크다운 표다.
    표의 이름: handshake, transfer, close, three_segment_close, simultaneous_close, loss.
    """
    from tcpedu.view.widgets.packet_table import PacketTableWidget

    return PacketTableWidget(PacketPractice(_maker(table), seed))


def _maker(table: str | Make) -> Make:
    if not isinstance(table, str):
        return table
    from tcpedu.course.problem import problems

    makers = {**TABLES, **{item.name: item.make for item in problems() if item.make is not None}}
    if table not in makers:
        raise KeyError(f"이름이 '{table}'인 표는 없습니다. 있는 표: {', '.join(makers)}")
    return makers[table]


_HINTS = {
    "length": "같은 쪽이 다음에 보낸 것의 seq에서 이 seq를 뺀 만큼 번호를 썼다. SYN과 FIN의 몫은 데이터가 아니다.",
    "flags": "여는 쪽의 첫 세그먼트에만 ACK가 없다. 번호를 하나 썼는데 데이터가 없다면 SYN이나 FIN이 있는 것이다.",
    "window": "받는 쪽 버퍼에서 아직 읽지 않은 데이터를 뺀 만큼이다. 윈도우 스케일이 있으면 오른쪽으로 민 값이다.",
    "state": "이 세그먼트를 보내게 한 사건을 상태 다이어그램에서 찾아보자.",
}


def name(cell: Cell) -> str:
    """칸의 이름: `2번의 ack`."""
    return f"{cell[0]}번의 {COLUMNS[cell[1]]}"


def written(value: Any, column: str) -> str:
    """칸에 적는 글."""
    if isinstance(value, float):
        return "잃음" if math.isinf(value) else duration(value)
    return str(value)


def read(text: str, column: str, kind: type) -> Any:
    """적은 글을 값으로. 읽을 수 없으면 어떻게 적는지 말하는 `ValueError`."""
    if kind is str:
        return _flags(text) if column == "flags" else text.strip().upper().replace("-", "_")
    plain = re.sub(r"[\s,_]", "", text)
    try:
        return _seconds(plain) if kind is float else int(plain, 0)
    except ValueError:
        return _unreadable(text, column)


def _seconds(text: str) -> float:
    """`1.5`, `1.5초`, `500ms`: 표에 적힌 모양을 그대로 적어도 된다."""
    return float(text[:-2]) / 1000 if text.endswith("ms") else float(text.removesuffix("초"))


def _unreadable(text: str, column: str) -> Any:
    what = _WHAT.get(column, "10진수나 0x로 시작하는 16진수를")
    raise ValueError(f"{what} 적어 주세요: {text.strip()[:20]}") from None


def _flags(text: str) -> str:
    # 차례와 띄어 쓰는 글자는 가리지 않는다: `ACK + SYN`도 `SYN,ACK`다.
    return ",".join(sorted(re.findall(r"[A-Z]+", text.upper()))) or _unreadable(text, "flags")


def _same(given: Any, truth: Any) -> bool:
    if isinstance(truth, str):
        return given in (truth, ",".join(sorted(truth.split(","))))
    if isinstance(truth, float):
        return math.isclose(given, truth, abs_tol=5e-4)
    return bool(given == truth)
