"""버리는 대신 표시된 패킷 하나가 ECE와 CWR로 돌아오는 길 (RFC 3168 §6.1).

강의: lessons/11_modern_congestion_control.ipynb
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tcpedu.protocol.config import Config
from tcpedu.protocol.seqnum import MODULUS

from .impairments import drop
from .packet import Packet
from .queues import TailDrop
from .setup import CLIENT, PORT, SERVER, close, echo_eof
from .simulation import Simulation
from .trace import Trace

MSS = 1000


class Marking(TailDrop):
    """정한 번호의 패킷에 CE를 표시하는 큐. AQM이 언제 표시할지를 손으로 정한 것이다."""

    def __init__(self, marks: Iterable[int]) -> None:
        super().__init__()
        self.marks = frozenset(marks)

    def enqueue(self, packet: Packet, now: float) -> bool:
        """줄에 세우며 표시한다."""
        if packet.number in self.marks:
            packet.mark()
        return super().enqueue(packet, now)


def marked_transfer(
    *, marks: Iterable[int] = (5,), drops: Iterable[int] = (), segments: int = 10, window: int = 4,
    client_isn: int = 100, server_isn: int = 300, delay: float = 0.05, rate: float = 1e6,
    ecn: tuple[bool, bool] = (True, True),
) -> Trace:  # fmt: skip
    """클라이언트가 1000바이트 세그먼트 `segments`개를 보내는 동안 `marks`번 패킷에 CE가 표시된다.

    `window`는 처음 cwnd(세그먼트), `ecn`은 (클라이언트, 서버)가 ECN을 켰는가다. 받는 쪽은 세그먼트마다 확인한다.

    >>> trace = marked_transfer(marks=[5])
    >>> [str(sent.segment.flags) for sent in trace.segments[:2]], trace.segments[4].ecn.name
    (['SYN,ECE,CWR', 'SYN,ECE,ACK'], 'CE')
    """
    simulation = Simulation()
    client, server = simulation.host(CLIENT), simulation.host(SERVER)
    simulation.link(client, server, delay=delay, rate=rate, queue=Marking(marks), loss=drop(drops))
    wants, accepts = (
        Config(mss=MSS, delayed_ack=0.0, initial_window=window * MSS, ecn=one) for one in ecn
    )
    server.listen(PORT, iss=server_isn, config=accepts, on_accept=echo_eof)
    socket = client.connect(server, PORT, iss=client_isn, config=wants)

    def send(socket: Any) -> None:
        socket.send(bytes(segments * MSS))
        close(socket)

    socket.on_established = send
    return simulation.run(until=60.0)


def ecn_flags(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """빈 `flags`를 ECN의 규칙으로 채운다 (RFC 3168 §6.1.2, §6.1.3). 데이터는 클라이언트가 서버로 보낸다.

    줄의 `arrived`는 도착 시각, `ecn`은 받는 쪽이 본 IP의 ECN 필드다. 빈칸은 `ACK`에 ECE나 CWR이 더해졌을 수 있는
    세그먼트이고, PSH와 FIN이 있는 것은 비어 있지 않다.
    강의: lessons/11_modern_congestion_control.ipynb
    """
    replay = _Echoes(next((row["seq"] for row in rows if row["length"]), 0))
    waiting = list(rows)
    for row in rows:
        for earlier in [one for one in waiting if one["arrived"] <= row["time"] and one["number"] < row["number"]]:
            waiting.remove(earlier)
            replay.arrive(earlier)
        if row["flags"] is None:
            row["flags"] = replay.flags(row)
        replay.sent(row)
    return rows


class _Echoes:
    """두 쪽이 기억하는 것: 받는 쪽은 ECE를 달지, 보내는 쪽은 CWR을 달지와 이미 줄인 곳."""

    def __init__(self, first: int) -> None:
        self.first = first  # 번호는 첫 데이터에서부터 센다: 2**32에서 돌아와도 견줄 수 있다
        self.echo = self.reduced = False
        self.una = self.nxt = self.reduced_upto = 0

    def arrive(self, row: Mapping[str, Any]) -> None:
        flags = row["flags"].split(",")
        if "SYN" in flags:
            return
        if row["length"]:
            self.echo = row["ecn"] == "CE" or (self.echo and "CWR" not in flags)
        elif row["sender"] == SERVER:
            self.una = max(self.una, (row["ack"] - self.first) % MODULUS)
            if "ECE" in flags and self.una > self.reduced_upto:
                self.reduced, self.reduced_upto = True, self.nxt

    def flags(self, row: Mapping[str, Any]) -> str:
        extra = ("CWR" if self.reduced else "") if row["length"] else ("ECE" if self.echo else "")
        return f"{extra},ACK" if extra else "ACK"

    def sent(self, row: Mapping[str, Any]) -> None:
        if row["length"]:
            self.nxt = max(self.nxt, (row["seq"] - self.first) % MODULUS + row["length"])
            self.reduced = False


__all__ = ["Marking", "ecn_flags", "marked_transfer"]
