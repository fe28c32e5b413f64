"""데이터 한 줄을 두 길에 나눠 싣는다: MPTCP를 본뜬 모형 (RFC 8684 §2, §3.3).

길마다 시뮬레이터의 TCP 연결(서브플로)이 하나씩 있고 순서 번호도 저마다다. 그 위에 데이터 순서 번호를 따로 두어, 어느
길의 어느 바이트가 데이터의 어디인지 적는다(DSS의 매핑). 나누는 규칙은 '자리가 있는 길 가운데 지연이 짧은 쪽', 다시 싣는
규칙은 '1초 동안 나아가지 않은 길의 것을 다른 길로'다. 둘 다 RFC가 구현에 맡긴 것이다 (§3.3.6, §3.3.8). 옵션은 없다.
강의: lessons/17_next_steps.ipynb
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tcpedu.protocol.config import Config

from .endpoint import OPENED, Socket
from .impairments import Loss
from .packet import Packet
from .setup import PORT, SERVER
from .simulation import Simulation
from .trace import Trace

CHUNK = 1000  # 매핑 하나가 말하는 크기, 바이트
_TICK, _STALLED, _LIMIT = 0.002, 1.0, 20.0
_CONFIG = Config(mss=CHUNK, sack=True, delayed_ack=0.0, window_scale=7, receive_buffer=1 << 20)


@dataclass(frozen=True, slots=True)
class Way:
    """길 하나: 이름, 속도(비트/초), 한 방향 지연(초), 끊기는 때(초, 끊기지 않으면 `None`)."""

    name: str
    rate: float
    delay: float
    cut_at: float | None = None


WIFI, LTE = Way("와이파이", 8e6, 0.01), Way("LTE", 4e6, 0.03)


@dataclass
class _Subflow:
    """길 하나의 연결과, 그 길에 실은 조각들의 데이터 번호(실은 차례)."""

    way: Way
    socket: Socket
    mapped: list[int] = field(default_factory=list)
    arrived: int = 0  # 받는 쪽에 차례대로 닿은 조각의 수
    moved_at: float = 0.0  # 마지막으로 나아간 때
    una: int = 0
    given_up: int = 0  # 다른 길로 옮긴 데까지, 조각의 수

    @property
    def acked(self) -> int:
        """확인받은 조각의 수."""
        connection = self.socket.connection
        return max(0, (connection.snd_una - connection.iss - 1) // CHUNK)

    def room(self, now: float) -> bool:
        """조각을 하나 더 실을 자리가 있는가: cwnd가 남았고 멈추지 않았다."""
        waiting = len(self.mapped) - self.acked
        stuck = waiting > 0 and now - self.moved_at >= _STALLED
        connection = self.socket.connection
        return connection.state in OPENED and not stuck and (waiting + 1) * CHUNK <= connection.cwnd


@dataclass(frozen=True, slots=True)
class Carried:
    """나른 결과: 데이터가 다 모인 때(초, 20초 안에 못 모았으면 `None`), 길마다 실은 조각, 두 번 실은 조각, 기록."""

    finished: float | None
    loads: dict[str, int]
    again: int
    trace: Trace


def two_paths(ways: Sequence[Way] = (WIFI, LTE), size: int = 1_000_000) -> Carried:
    """`size`바이트를 길들에 나눠 보낸다. 길이 하나면 보통의 TCP다.

    >>> one, both = two_paths([WIFI]), two_paths([WIFI, LTE])
    >>> both.finished < one.finished, sum(both.loads.values()), both.again
    (True, 1000, 0)
    """
    simulation = Simulation()
    server = simulation.host(SERVER)
    accepted: dict[str, Socket] = {}

    def accept(socket: Socket) -> None:
        accepted[socket.peer] = socket

    server.listen(PORT, config=_CONFIG, on_accept=accept)
    flows = []
    for way in ways:
        host = simulation.host(way.name)
        simulation.link(host, server, delay=way.delay, rate=way.rate, loss=_cut(simulation, way), queue=64)
        flows.append(_Subflow(way, host.connect(server, PORT, config=_CONFIG)))
    flows.sort(key=lambda flow: flow.way.delay)
    chunks = -(-size // CHUNK)
    pending, got = deque(range(chunks)), set[int]()
    again = 0
    finished = None
    for _ in range(round(_LIMIT / _TICK)):
        again += _advance(flows, pending, simulation.now)
        simulation.run(until=simulation.now + _TICK)
        _collect(flows, accepted, got)
        if len(got) == chunks:
            finished = round(simulation.now, 3)
            break
    return Carried(finished, {flow.way.name: len(flow.mapped) for flow in flows}, again, simulation.trace)


def _advance(flows: list[_Subflow], pending: deque[int], now: float) -> int:
    """멈춘 길의 것을 거두고, 자리가 있는 길에 싣는다. 거둔 조각의 수를 돌려준다."""
    again = 0
    for flow in flows:
        if flow.acked > flow.una:
            flow.una, flow.moved_at = flow.acked, now
        elif flow.acked == len(flow.mapped):
            flow.moved_at = now  # 기다리는 것이 없다
        left = flow.mapped[max(flow.una, flow.given_up) :]
        if left and now - flow.moved_at >= _STALLED and len(flows) > 1:
            pending.extendleft(reversed(left))
            flow.given_up = len(flow.mapped)
            again += len(left)
    while pending and (ready := [flow for flow in flows if flow.room(now)]):
        flow = ready[0]
        if flow.acked == len(flow.mapped):
            flow.moved_at = now
        flow.mapped.append(pending.popleft())
        flow.socket.send(bytes(CHUNK))
    return again


def _collect(flows: list[_Subflow], accepted: Mapping[str, Socket], got: set[int]) -> None:
    """서브플로에서 차례대로 나온 것을 데이터 번호로 바꾼다."""
    for flow in flows:
        if (socket := accepted.get(flow.way.name)) is not None:
            count = socket.received_length // CHUNK
            got.update(flow.mapped[flow.arrived : count])
            flow.arrived = count


def _cut(simulation: Simulation, way: Way) -> Loss:
    def lost(packet: Packet) -> bool:
        return way.cut_at is not None and simulation.now >= way.cut_at

    return lost
