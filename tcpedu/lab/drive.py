"""입출력이 없는 연결을 전선에 물려 돌린다. 스레드 하나, 전선의 시계.

강의: lessons/16_capstone.ipynb
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from tcpedu.network.trace import StateChange
from tcpedu.protocol.segment import Segment
from tcpedu.protocol.state import State

from .ip import ip_packet, parse
from .wire import KERNEL, ME, Wire, WireTimeoutError

LIMIT = 30.0  # 초
_IDLE_TURNS = 1000  # 시계도 패킷도 나아가지 않는 바퀴를 이만큼 돌면 멈춘다


class Endpoint(Protocol):
    """전선에 물릴 수 있는 것: `tcpedu.protocol.connection.Connection`의 약속 가운데 여기서 쓰는 것."""

    @property
    def state(self) -> State: ...
    @property
    def eof(self) -> bool: ...
    def open(self) -> None: ...
    def listen(self) -> None: ...
    def write(self, data: bytes) -> int: ...
    def read(self) -> bytes: ...
    def close(self) -> None: ...
    def receive(self, segment: Segment, now: float) -> list[Segment]: ...
    def poll(self, now: float) -> list[Segment]: ...
    def next_timer(self) -> float | None: ...


def drive(endpoint: Endpoint, wire: Wire, step: Callable[[], bool], *, limit: float = LIMIT) -> None:
    """`step()`이 참을 돌려줄 때까지 연결을 돌린다. 전선의 시계로 `limit`초가 지나면 `WireTimeoutError`.

    `step`은 응용 프로그램의 몫이다: 패킷이 오거나 타이머가 끝날 때마다 불려 연결을 읽고 쓰고 닫는다.
    """
    _Driver(endpoint, wire, step, limit).run()


class _Driver:
    def __init__(self, endpoint: Endpoint, wire: Wire, step: Callable[[], bool], limit: float) -> None:
        self.endpoint, self.wire, self.step = endpoint, wire, step
        self.limit, self.end = limit, wire.now() + limit
        self.sent = self.logged = self.idle = 0

    def run(self) -> None:
        while not self._turn():
            pass
        self.wire.flush()

    def _turn(self) -> bool:
        """한 바퀴: 응용 프로그램, 내보낼 것, 그리고 패킷이나 타이머를 기다린다. 끝났으면 참."""
        done, now = self.step(), self.wire.now()
        self._send(self.endpoint.poll(now))
        if done:
            return True
        timer = self.endpoint.next_timer()
        packet = self.wire.read(max(0.0, min(self.end, timer if timer is not None else self.end) - now))
        later = self.wire.now()
        if packet is not None:
            self._send(self.endpoint.receive(parse(packet).segment, later))
        elif later >= self.end:
            raise WireTimeoutError(self._late())
        self._watch_idling(packet is not None or later > now, timer)
        return False

    def _send(self, segments: list[Segment]) -> None:
        self._log_states()
        for segment in segments:
            self.sent += 1
            self.wire.write(ip_packet(self.wire.local, self.wire.peer, segment, self.sent))

    def _log_states(self) -> None:
        """상태 변화를 적는 연결이면 전선의 기록에도 적는다."""
        changes = getattr(self.endpoint, "changes", [])[self.logged :]
        self.logged += len(changes)
        if self.wire.trace is None or not changes:
            return
        port = getattr(getattr(self.endpoint, "config", None), "local_port", 0)
        for event, old, new in changes:
            self.wire.trace.states.append(StateChange(self.wire.now(), ME, port, old, new, event, KERNEL))

    def _watch_idling(self, moved: bool, timer: float | None) -> None:
        self.idle = 0 if moved else self.idle + 1
        if self.idle > _IDLE_TURNS:
            raise RuntimeError(
                f"next_timer()가 이미 지난 시각({timer})만 돌려줍니다."
                " poll(now)이 끝난 타이머를 처리하고 지우는지 보세요"
            )

    def _late(self) -> str:
        text = f"{self.limit:g}초 안에 대화가 끝나지 않았습니다. 연결은 {self.endpoint.state.name} 상태입니다"
        trouble = self.wire.trouble()
        return f"{text}. {trouble}" if trouble else text
