"""손으로 건네는 시험의 도구: 상대 없이 연결 하나를 원하는 상태로 데려가고 세그먼트를 만든다."""

from __future__ import annotations

from typing import Any

from tcpedu.protocol.config import Config
from tcpedu.protocol.connection import Connection
from tcpedu.protocol.segment import MSS, Flags, Sack, SackPermitted, Segment
from tcpedu.protocol.state import State

ME, PEER = 1000, 80
ISS, IRS = 100, 300  # 내 SYN은 100, 상대의 SYN은 300
FLAGS = {"S": Flags.SYN, "A": Flags.ACK, "F": Flags.FIN, "R": Flags.RST, "P": Flags.PSH, "E": Flags.ECE, "W": Flags.CWR,
         "U": Flags.URG}  # fmt: skip


def seg(flags: str, seq: int = IRS + 1, ack: int | None = None, data: bytes = b"", **more: Any) -> Segment:
    """상대가 보낸 세그먼트. `flags`는 S A F R P E W의 글자, `ack`을 주면 ACK도 켜진다."""
    bits = Flags(0)
    for letter in flags + ("A" if ack is not None else ""):
        bits |= FLAGS[letter]
    return Segment(PEER, ME, seq, ack or 0, bits, payload=data, **more)


def ack(number: int, *, blocks: tuple[tuple[int, int], ...] = (), **more: Any) -> Segment:
    """데이터 없는 ACK. `number`와 SACK 블록은 내 데이터의 첫 바이트를 0으로 센 위치다."""
    options = (Sack(tuple((ISS + 1 + left, ISS + 1 + right) for left, right in blocks)),) if blocks else ()
    return seg("", ack=ISS + 1 + number, options=options, **more)


def reach(state: State, *, active: bool = True, **settings: Any) -> Connection:
    """세그먼트만으로 `state`까지 데려간 연결."""
    connection = Connection(Config(ME, PEER, **settings), iss=ISS)
    if state is State.CLOSED:
        return connection
    options = (MSS(settings.get("mss", 1460)), *((SackPermitted(),) if settings.get("sack") else ()))
    connection.open(active=active and state is not State.LISTEN)
    connection.poll(0.0)
    if state in (State.LISTEN, State.SYN_SENT):
        return connection
    if state is State.SYN_RCVD or not active:
        connection.receive(seg("S", IRS, options=options), 0.0)
        if state is State.SYN_RCVD:
            return connection
        connection.receive(seg("", ack=ISS + 1), 0.1)
    else:
        connection.receive(seg("S", IRS, ack=ISS + 1, options=options), 0.1)
    _close(connection, state)
    assert connection.state is state
    return connection


def _close(connection: Connection, state: State) -> None:
    if state in (State.CLOSE_WAIT, State.LAST_ACK):
        connection.receive(seg("F", ack=ISS + 1), 0.1)
    if state not in (State.ESTABLISHED, State.CLOSE_WAIT):
        connection.close()
        connection.poll(0.1)
    if state in (State.FIN_WAIT_2, State.TIME_WAIT):
        connection.receive(seg("", ack=ISS + 2), 0.1)
    if state in (State.CLOSING, State.TIME_WAIT):
        connection.receive(seg("F", ack=ISS + (1 if state is State.CLOSING else 2)), 0.1)


def says(replies: list[Segment]) -> list[str]:
    """답으로 나온 세그먼트들: '플래그 seq/ack'."""
    return [f"{s.flags} {s.seq}/{s.ack}" + f" {len(s.payload)}" * bool(s.payload) for s in replies]


def sent(segments: list[Segment]) -> list[tuple[int, int]]:
    """데이터 세그먼트들의 (스트림에서의 위치, 길이)."""
    return [(s.seq - ISS - 1, len(s.payload)) for s in segments if s.payload]
