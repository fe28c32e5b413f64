"""연결의 변수를 일이 있을 때마다 적은 것: 시간–순서 그림의 생명선 옆에 보인다 (RFC 9293 §3.3.1)."""

from __future__ import annotations

from typing import NamedTuple

from tcpedu.protocol.connection import Connection
from tcpedu.protocol.state import State

_NO_TCB = (State.CLOSED, State.LISTEN)


class VariableSample(NamedTuple):
    """한 연결의 변수가 바뀐 순간. 이름은 RFC의 것이고, 시간은 초, 크기는 바이트다.

    `rtx_at`은 재전송 타이머가 끝날 시각이고 꺼져 있으면 `None`이다. CLOSED와 LISTEN에는 아직 송수신 변수가 없으므로
    모두 `None`이다.
    """

    time: float
    host: str
    port: int
    peer: str
    snd_una: int | None = None
    snd_nxt: int | None = None
    rcv_nxt: int | None = None
    cwnd: int | None = None
    rto: float | None = None
    rtx_at: float | None = None

    @property
    def values(self) -> tuple[int | float | None, ...]:
        """변수들의 값만."""
        return self[4:]


def sample_variables(connection: Connection, now: float, host: str, peer: str = "") -> VariableSample:
    """지금의 변수를 적는다.

    >>> connection = Connection(iss=100)
    >>> sample_variables(connection, 0.0, "클라이언트").snd_una is None
    True
    """
    port = connection.config.local_port
    if connection.state in _NO_TCB:
        return VariableSample(now, host, port, peer)
    return VariableSample(
        now, host, port, peer, connection.snd_una, connection.snd_nxt, connection.rcv_nxt, connection.cwnd,
        connection.rto, connection.rtx_at,
    )  # fmt: skip
