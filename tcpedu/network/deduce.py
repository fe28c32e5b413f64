"""표의 빈칸을 보이는 칸에서 풀어낸다: 순서 번호를 세는 RFC의 규칙, 그리고 잘못 세는 규칙들.

강의: lessons/03_sequence_numbers.ipynb, lessons/04_connection_establishment.ipynb,
lessons/05_connection_termination.ipynb
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tcpedu.protocol.seqnum import seq_add, seq_diff

Row = dict[str, Any]
RETRANSMISSION = "재전송"


@dataclass(frozen=True)
class Counting:
    """번호를 세는 방법. 기본값이 RFC의 것이고, 하나를 바꾸면 흔한 실수가 된다."""

    syn: int = 1  # SYN이 쓰는 번호의 수
    fin: int = 1  # FIN이 쓰는 번호의 수
    bare: int = 0  # 아무것도 싣지 않은 ACK가 쓰는 번호의 수
    header: int = 0  # 데이터에 더해 세는 바이트
    per_byte: bool = True  # 거짓이면 데이터를 세그먼트 하나에 1로 센다
    ack_shift: int = 0  # 확인응답 번호에 더하는 수
    ack_of: str = "next"  # ack에 적는 것: 다음에 받을 번호, 내 순서 번호("own"), 받은 세그먼트의 순서 번호("seq")
    cumulative: bool = True  # 거짓이면 빈틈 뒤까지 확인한다
    sees_loss: bool = True  # 거짓이면 잃거나 아직 오지 않은 것도 받았다고 본다
    wraps: bool = True  # 거짓이면 2**32에서 0으로 돌아오지 않는다

    def length(self, row: Row) -> int:
        """세그먼트가 쓰는 번호의 수 (RFC 9293 §3.4의 SEG.LEN)."""
        syn, fin = "SYN" in row["flags"], "FIN" in row["flags"]
        data = (row["length"] + self.header if self.per_byte else 1) if row["length"] else 0
        return data + self.syn * syn + self.fin * fin or self.bare

    def add(self, seq: int, count: int) -> int:
        """`seq`에서 `count`만큼 나아간 번호."""
        return seq_add(seq, count) if self.wraps else seq + count

    def end(self, row: Row) -> int:
        """세그먼트 바로 다음 번호."""
        return self.add(row["seq"], self.length(row))


RFC = Counting()


def complete(rows: Sequence[Row], counting: Counting = RFC) -> list[Row]:
    """표의 `None`을 위에서 아래로 채운다 (RFC 9293 §3.4). 풀 수 없는 칸은 `None`으로 남긴다.

    `seq`는 같은 쪽이 앞에 보낸 것의 다음 번호(비고가 재전송이면 확인받지 못한 첫 번호), `ack`는 그때까지 빈틈없이 받은
    것의 다음 번호, `length`는 다음에 보낸 것의 `seq`까지의 거리다. `arrived` 열이 없으면 세그먼트마다 다음 것이 나가기
    전에 도착한다고 본다.

    >>> rows = [
    ...     {"number": 1, "sender": "가", "flags": "SYN", "seq": 100, "ack": 0, "length": 0},
    ...     {"number": 2, "sender": "나", "flags": "SYN,ACK", "seq": 300, "ack": None, "length": 0},
    ...     {"number": 3, "sender": "가", "flags": "ACK", "seq": None, "ack": None, "length": 0},
    ... ]
    >>> [(row["seq"], row["ack"]) for row in complete(rows)]
    [(100, 0), (300, 101), (101, 301)]
    """
    done: list[Row] = []
    for place, given in enumerate(rows):
        row = dict(given)
        if row["seq"] is None:
            row["seq"] = _seq(row, done, counting)
        if row["length"] is None:
            row["length"] = _data_length(row, rows[place + 1 :], counting)
        if row["ack"] is None:
            row["ack"] = _ack(row, done, counting)
        done.append(row)
    return done


def _seq(row: Row, before: list[Row], counting: Counting) -> int | None:
    mine = [one for one in before if one["sender"] == row["sender"] and _known(one)]
    if mine and "SYN" in (row["flags"] or ""):  # SYN의 번호는 언제나 ISN이다 (RFC 9293 §3.4)
        return int(mine[0]["seq"])
    if RETRANSMISSION in row.get("note", ""):
        acks = [one["ack"] for one in _received(row, before, counting) if "ACK" in (one["flags"] or "")]
        return acks[-1] if acks else mine[0]["seq"] if mine else None
    return _after_the_last(mine, counting)


def _after_the_last(rows: list[Row], counting: Counting) -> int | None:
    """가장 뒤의 것의 다음 번호(SND.NXT). 되풀이해 보낸 것은 번호를 더 쓰지 않는다."""
    if not rows:
        return None
    places = [(seq_diff(RFC.end(row), rows[0]["seq"]), order) for order, row in enumerate(rows)]
    return counting.end(rows[max(places)[1]])


def _data_length(row: Row, after: Sequence[Row], counting: Counting) -> int | None:
    later = [one for one in after if one["sender"] == row["sender"] and RETRANSMISSION not in one.get("note", "")]
    if None in (row["seq"], row["flags"]) or not later or later[0]["seq"] is None:
        return None
    control = counting.syn * ("SYN" in row["flags"]) + counting.fin * ("FIN" in row["flags"])
    return seq_diff(later[0]["seq"], row["seq"]) - control


def _ack(row: Row, before: list[Row], counting: Counting) -> int | None:
    if counting.ack_of == "own":
        return _number(row["seq"])
    heard = [one for one in _received(row, before, counting) if _known(one)]
    if not heard:
        return None
    if counting.ack_of == "seq":
        return _number(heard[-1]["seq"])
    # 빠진 것이 없으면 빈틈도 없다.
    missing = sum(one["sender"] != row["sender"] for one in before) > len(heard)
    following = _in_order(heard, counting) if missing and counting.cumulative else _after_the_last(heard, counting)
    return None if following is None else following + counting.ack_shift


def _received(row: Row, before: list[Row], counting: Counting) -> list[Row]:
    """이 세그먼트를 보낼 때까지 상대에게서 받은 것, 도착한 차례로."""
    theirs = [one for one in before if one["sender"] != row["sender"]]
    if "arrived" not in row or row["time"] is None or not counting.sees_loss:
        return theirs  # 도착이나 보낸 때를 모르면 모두 받은 것으로 본다
    known = [one for one in theirs if one["arrived"] is not None and one["arrived"] <= row["time"]]
    return sorted(known, key=lambda one: float(one["arrived"]))


def _in_order(heard: list[Row], counting: Counting) -> int:
    """빈틈없이 이어 받은 것의 다음 번호(RCV.NXT)."""
    ordered = sorted(heard, key=lambda one: seq_diff(one["seq"], heard[0]["seq"]))
    following = int(ordered[0]["seq"])
    for one in ordered:
        if seq_diff(one["seq"], following) <= 0 < seq_diff(counting.end(one), following):
            following = counting.end(one)
    return following


def _known(row: Row) -> bool:
    return None not in (row["seq"], row["length"], row["flags"])


def _number(value: Any) -> int | None:
    return None if value is None else int(value)
