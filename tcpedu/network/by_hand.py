"""연결 하나에 세그먼트를 손으로 건넨다: 상대가 무엇을 언제 보낼지를 사람이 정한다.

`received`는 받는 쪽이 어떤 ACK로 답하는지(RFC 2018 §7과 RFC 2883 §4의 표), `Sending`은 보내는 쪽이 그 ACK에 무엇을
내보내는지 본다.
강의: lessons/10_loss_recovery.ipynb
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import NamedTuple

from tcpedu.protocol.config import Config
from tcpedu.protocol.connection import Connection
from tcpedu.protocol.segment import MSS, Flags, Sack, SackPermitted, Segment, Timestamps

_ME, _PEER, _ISS, _IRS = 1000, 80, 99, 300
_SIZE = 1000
Block = tuple[int, int]


class Answer(NamedTuple):
    """받은 구간 [처음, 끝)과 그 답: 확인응답 번호와 SACK 블록들."""

    piece: Block
    ack: int
    blocks: list[Block]


def received(first: int, pieces: Iterable[Block], *, timestamps: bool = False) -> list[Answer]:
    """`first`번부터 기다리는 연결에 구간들을 차례로 건네고 ACK를 받아 적는다. 모든 세그먼트를 곧바로 확인한다.

    >>> received(5000, [(5500, 6000), (6500, 7000)])[-1].blocks
    [(6500, 7000), (5500, 6000)]
    """
    connection = Connection(Config(_ME, _PEER, sack=True, timestamps=timestamps, delayed_ack=0.0), iss=_ISS)
    connection.listen()
    stamp = (Timestamps(1, 0),) if timestamps else ()
    syn = Segment(_PEER, _ME, first - 1, flags=Flags.SYN, options=(MSS(1460), SackPermitted(), *stamp))
    connection.receive(syn, 0.0)
    connection.receive(Segment(_PEER, _ME, first, _ISS + 1, Flags.ACK, options=stamp), 0.0)
    answers = []
    for left, right in pieces:
        data = Segment(_PEER, _ME, left, _ISS + 1, Flags.ACK, payload=bytes(right - left), options=stamp)
        answer = connection.receive(data, 1.0)[-1]
        connection.read()
        option = answer.option(Sack)
        answers.append(Answer((left, right), answer.ack, list(option.blocks) if option is not None else []))
    return answers


class Sending:
    """`segments`개의 세그먼트(1000바이트)를 쓰고, 처음 열 개를 0.0초에 내보낸 연결. 번호는 모두 세그먼트의 차례다.

    >>> sending = Sending(Config(sack=True), segments=10)
    >>> [sending.ack(1, (2, end)) for end in (2, 3, 4)]
    [[], [], [2]]
    """

    def __init__(self, config: Config | None = None, *, segments: int = 20) -> None:
        config = replace(config or Config(), local_port=_ME, remote_port=_PEER, mss=_SIZE, nodelay=True)
        self.connection = connection = Connection(config, iss=_ISS)
        connection.open()
        connection.poll(-0.1)
        options = (MSS(_SIZE), SackPermitted()) if config.sack else (MSS(_SIZE),)
        connection.receive(Segment(_PEER, _ME, _IRS, _ISS + 1, Flags.SYN | Flags.ACK, options=options), 0.0)
        connection.write(bytes(segments * _SIZE))
        self.first = self._numbers(connection.poll(0.0))
        self._seq = _IRS + 1

    def ack(self, upto: int, *blocks: Block, data: int = 0, now: float = 0.1) -> list[int]:
        """`upto`번 세그먼트까지 확인하는 ACK를 건넨다. 답으로 나간 세그먼트의 차례들을 돌려준다.

        블록 (3, 5)는 3번부터 5번까지 받았다는 SACK이다. `data`를 주면 그만큼의 데이터를 싣는다.
        """
        edges = tuple((self._at(left), self._at(right + 1)) for left, right in blocks)
        segment = Segment(
            _PEER, _ME, self._seq, self._at(upto + 1), Flags.ACK, payload=bytes(data),
            options=(Sack(edges),) if edges else (),
        )  # fmt: skip
        self._seq += data
        return self._numbers(self.connection.receive(segment, now))

    def wait(self, now: float) -> list[int]:
        """시각 `now`까지 아무것도 오지 않았다. 타이머 때문에 나간 세그먼트의 차례들을 돌려준다."""
        return self._numbers(self.connection.poll(now))

    @staticmethod
    def _at(nth: int) -> int:
        return _ISS + 1 + (nth - 1) * _SIZE

    @staticmethod
    def _numbers(segments: list[Segment]) -> list[int]:
        return [(segment.seq - _ISS - 1) // _SIZE + 1 for segment in segments if segment.payload]


__all__ = ["Answer", "Sending", "received"]
