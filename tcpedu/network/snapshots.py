"""한 순간의 연결을 찍은 것: RFC의 변수와, 두 버퍼가 스트림의 어디까지 왔는지.

강의: lessons/08_flow_control.ipynb
"""

from __future__ import annotations

from typing import NamedTuple

from tcpedu.protocol.seqnum import MODULUS
from tcpedu.protocol.state import State

from .endpoint import Socket


class Snapshot(NamedTuple):
    """연결 하나의 변수들 (RFC 9293 §3.3.1). 크기는 바이트, 시각은 초다.

    `written`은 응용 프로그램이 맡긴, `consumed`는 응용 프로그램이 읽은 바이트 수다. `blocks`는 빈틈 뒤에 받아 둔
    구간들의 순서 번호다. 뒤의 속성들은 순서 번호가 아니라 스트림의 자리(데이터의 첫 바이트가 0)다.
    """

    state: State
    iss: int
    snd_una: int
    snd_nxt: int
    snd_wnd: int
    snd_wscale: int
    written: int
    persist_at: float | None
    irs: int | None
    rcv_nxt: int | None
    rcv_wnd: int
    readable: int
    consumed: int
    blocks: tuple[tuple[int, int], ...]

    @property
    def acked(self) -> int:
        """확인받은 데이터의 끝."""
        return min(self._sent_place(self.snd_una), self.written)

    @property
    def sent(self) -> int:
        """보낸 데이터의 끝."""
        return min(self._sent_place(self.snd_nxt), self.written)

    @property
    def send_edge(self) -> int:
        """상대가 허락한 오른쪽 끝: SND.UNA + SND.WND."""
        return self._sent_place(self.snd_una) + self.snd_wnd

    @property
    def flight(self) -> int:
        """나가 있는 데이터의 크기."""
        return self.sent - self.acked

    @property
    def usable(self) -> int:
        """더 보낼 수 있는 크기 (RFC 9293 §3.8.6.2.1의 usable window)."""
        return max(0, self.send_edge - self.sent)

    @property
    def outside(self) -> int:
        """맡았지만 아직 윈도우 밖에 있는 데이터의 크기."""
        return max(0, self.written - max(self.send_edge, self.sent))

    @property
    def received(self) -> int:
        """순서대로 받은 데이터의 끝."""
        return self.consumed + self.readable

    @property
    def receive_edge(self) -> int:
        """알린 윈도우의 오른쪽 끝: RCV.NXT + RCV.WND."""
        return self.received + self.rcv_wnd

    @property
    def waiting(self) -> list[tuple[int, int]]:
        """빈틈 뒤에 받아 둔 구간들의 자리."""
        base = (self.rcv_nxt or 0) - self.received
        return [((left - base) % MODULUS, (right - base) % MODULUS) for left, right in self.blocks]

    @property
    def waiting_size(self) -> int:
        """빈틈 뒤에 받아 둔 데이터의 크기."""
        return sum(right - left for left, right in self.waiting)

    def hidden(self, buffer: int) -> int:
        """크기 `buffer`인 수신 버퍼에서, 비어 있지만 아직 알리지 않은 자리 (RFC 9293 §3.8.6.2.2)."""
        return max(0, buffer - self.readable - self.rcv_wnd)

    def _sent_place(self, seq: int) -> int:
        # SYN도 번호를 하나 쓴다. 확인되기 전에는 데이터가 없다.
        return max(0, (seq - self.iss) % MODULUS - 1)


def snapshot(socket: Socket) -> Snapshot:
    """소켓의 연결을 지금 찍는다.

    >>> from tcpedu.network.simulation import Simulation
    >>> sim = Simulation()
    >>> client, server = sim.host("client"), sim.host("server")
    >>> link, listener = sim.link(client, server, delay=0.05), server.listen(80)
    >>> socket = client.connect(server, 80, iss=100)
    >>> snapshot(socket).snd_una, snapshot(socket).snd_nxt, snapshot(socket).state.name
    (100, 101, 'SYN_SENT')
    """
    connection = socket.connection
    return Snapshot(
        connection.state, connection.iss, connection.snd_una, connection.snd_nxt, connection.snd_wnd,
        connection.negotiated.snd_wscale, connection.written, connection.persist_at, connection.irs,
        connection.rcv_nxt, connection.rcv_wnd, connection.readable, socket.received_length,
        tuple(connection.out_of_order),
    )  # fmt: skip
