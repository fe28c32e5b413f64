"""세그먼트의 표에서, 보낸 쪽의 상태를 전이 표(`TRANSITIONS`)로 풀어낸다 (RFC 9293 §3.3.2, §3.10.7).

연결의 안은 보지 않는다. 나가고 닿은 플래그와 번호를 사건으로 읽고, 사건마다 표를 한 줄씩 따른다.
강의: lessons/06_state_diagram.ipynb
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tcpedu.protocol.seqnum import seq_add
from tcpedu.protocol.state import TRANSITIONS, Action, Event, State

from .deduce import RFC, Row

Table = Mapping[tuple[State, Event], tuple[Action, State]]
_OPENING = (State.CLOSED, State.LISTEN)
_REFUSING = (*_OPENING, State.SYN_SENT)  # 이 상태에서 나가는 RST는 ABORT가 아니라 물리치는 것이다
_CLOSABLE = (State.SYN_RCVD, State.ESTABLISHED, State.CLOSE_WAIT)
_FIN_SENT = (State.FIN_WAIT_1, State.CLOSING, State.LAST_ACK)


@dataclass(frozen=True)
class Sent:
    """세그먼트 하나를 보낼 때: 보낸 쪽의 바로 앞 상태와 그때의 상태, 일어난 사건들, 상대의 상태."""

    before: State
    after: State
    events: tuple[Event, ...]
    peer: State


def fill_states(rows: Sequence[Row], table: Table = TRANSITIONS) -> list[Row]:
    """빈 `state`를 채운 줄들. 잃은 데이터가 없는 연결 하나의 표여야 한다.

    `arrived` 열이 있으면 그 시각에 닿은 것으로, 없으면 다음 것이 나가기 전에 닿은 것으로 본다.

    >>> rows = [
    ...     {"number": 1, "sender": "가", "flags": "SYN", "seq": 100, "ack": 0, "length": 0, "state": None},
    ...     {"number": 2, "sender": "나", "flags": "SYN,ACK", "seq": 300, "ack": 101, "length": 0, "state": None},
    ... ]
    >>> [row["state"] for row in fill_states(rows)]
    ['SYN_SENT', 'SYN_RCVD']
    """
    found = sender_states(rows, table)
    return [{**row, "state": row["state"] or found[row["number"]].after.name} for row in rows]


def sender_states(rows: Sequence[Row], table: Table = TRANSITIONS) -> dict[int, Sent]:
    """세그먼트의 번호 → 그것을 보낼 때의 상태들."""
    ends = {name: _End(_start(name, rows), table) for name in dict.fromkeys(row["sender"] for row in rows)}
    found: dict[int, Sent] = {}
    for sends, row in _moments(rows):
        me = ends[row["sender"]]
        peer = next((end for name, end in ends.items() if name != row["sender"]), _End(State.LISTEN, table))
        if not sends:
            peer.arrival(row)
            continue
        me.departure(row)
        found[row["number"]] = Sent(me.before, me.state, tuple(me.events), peer.state)
        me.before, me.events = me.state, []
    return found


def _start(name: str, rows: Sequence[Row]) -> State:
    first = next(row for row in rows if row["sender"] == name)
    return State.CLOSED if first["flags"] == "SYN" else State.LISTEN


def _moments(rows: Sequence[Row]) -> Iterator[tuple[bool, Row]]:
    """(보내는가, 줄)을 일어난 차례로. 같은 시각이면 닿은 것이 먼저다: 그 때문에 나가는 것이 있다."""
    if "arrived" not in rows[0]:
        for row in rows:
            yield from ((True, row), (False, row))
        return
    moments = [(row["time"], True, row["number"], row) for row in rows]
    moments += [(row["arrived"], False, row["number"], row) for row in rows if not math.isinf(row["arrived"])]
    for _, sends, _, row in sorted(moments, key=lambda moment: moment[:3]):
        yield sends, row


@dataclass
class _End:
    """한쪽: 지금의 상태, 마지막으로 보낸 때의 상태, 그 뒤에 일어난 사건들."""

    state: State
    table: Table
    before: State = field(init=False)
    events: list[Event] = field(default_factory=list)
    fin_end: int | None = None  # 내 FIN을 확인하는 번호

    def __post_init__(self) -> None:
        self.before = self.state

    def departure(self, row: Row) -> None:
        """나간 플래그에서 프로그램의 호출을 읽는다."""
        flags = row["flags"].split(",")
        if flags == ["SYN"] and self.state in _OPENING:
            self._move(Event.OPEN_ACTIVE)
        elif "RST" in flags and self.state not in _REFUSING:
            self._move(Event.ABORT)
        elif "FIN" in flags and self.state in _CLOSABLE:
            self.fin_end = seq_add(row["seq"], RFC.length(row))
            self._move(Event.CLOSE)

    def arrival(self, row: Row) -> None:
        """닿은 플래그와 확인응답 번호에서 사건을 읽는다."""
        for event in self._heard(row["flags"].split(","), row["ack"]):
            self._move(event)

    def _heard(self, flags: list[str], ack: int) -> list[Event]:
        acks_fin = "ACK" in flags and ack == self.fin_end
        if "RST" in flags:
            return [Event.RCV_RST]
        if self.state is State.SYN_SENT and "SYN" in flags:
            return [Event.RCV_SYN_ACK if "ACK" in flags else Event.RCV_SYN]
        if "SYN" in flags and self.state is State.LISTEN:
            return [Event.RCV_SYN]
        if "FIN" in flags and self.state is State.FIN_WAIT_1:
            return [Event.RCV_FIN_ACK if acks_fin else Event.RCV_FIN]
        acked = self.state is State.SYN_RCVD or (self.state in _FIN_SENT and acks_fin)
        heard = [Event.RCV_ACK] if "ACK" in flags and acked else []
        receiving = self.state in (State.SYN_RCVD, State.ESTABLISHED, State.FIN_WAIT_2)
        return heard + ([Event.RCV_FIN] if "FIN" in flags and receiving else [])

    def _move(self, event: Event) -> None:
        if (self.state, event) in self.table:
            self.state = self.table[self.state, event][1]
            self.events.append(event)
