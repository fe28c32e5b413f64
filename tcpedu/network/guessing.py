"""ISN을 맞혀 보이지 않는 연결을 여는 일: 출발지를 속인 SYN, 그리고 본 적 없는 SYN,ACK에 대한 ACK (RFC 6528 §1).

연결 객체끼리만 주고받는다. 패킷은 하나도 나가지 않는다.
강의: lessons/15_security.ipynb
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from tcpedu.protocol.config import Config
from tcpedu.protocol.connection import Connection
from tcpedu.protocol.isn import TICK_US, FourTuple
from tcpedu.protocol.segment import Flags, Segment
from tcpedu.protocol.seqnum import seq_add
from tcpedu.protocol.state import State

SERVER, TRUSTED, ATTACKER = ("10.0.0.2", 513), ("10.0.0.5", 1023), ("10.0.0.66", 40000)
COMMAND = b"let me in\n"
_ISS = 7000

PickIsn = Callable[[FourTuple, int], int]


class Blind(NamedTuple):
    """한 번 해 본 결과: 짐작한 ISN, 서버가 고른 ISN, 연결이 열렸는지, 서버의 프로그램이 받은 바이트."""

    predicted: int
    actual: int
    opened: bool
    delivered: bytes


def blind_handshake(pick_isn: PickIsn, *, clock_us: int = 1_000_000, gap_us: int = 100_000) -> Blind:
    """공격자는 제 주소로 한 번 연결해 ISN을 보고, `gap_us`마이크로초 뒤에 믿는 주소를 속여 연결을 연다.

    `pick_isn(4-튜플, 마이크로초 시각)`이 서버의 ISN이다. 짐작은 '본 것 + 시계가 그동안 는 만큼'이다.

    >>> from tcpedu.protocol.isn import clock_isn, isn
    >>> blind_handshake(lambda four, clock: clock_isn(clock)).delivered
    b'let me in\\n'
    >>> blind_handshake(lambda four, clock: isn(four, clock, b"secret")).opened
    False
    """
    seen = pick_isn((*SERVER, *ATTACKER), clock_us)
    predicted = seq_add(seen, gap_us // TICK_US)
    actual = pick_isn((*SERVER, *TRUSTED), clock_us + gap_us)
    server = Connection(Config(SERVER[1]), iss=actual)
    server.listen()
    syn = Segment(TRUSTED[1], SERVER[1], seq=_ISS, flags=Flags.SYN)
    server.receive(syn, now=0.0)  # SYN,ACK는 속인 주소로 간다: 공격자는 보지 못한다
    ack = Segment(
        TRUSTED[1], SERVER[1], seq=_ISS + 1, ack=seq_add(predicted, 1), flags=Flags.ACK, payload=COMMAND,
    )  # fmt: skip
    server.receive(ack, now=0.1)
    opened = server.state is State.ESTABLISHED
    return Blind(predicted, actual, opened, server.read() if opened else b"")
