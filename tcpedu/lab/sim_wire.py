"""라이브러리의 TCP로 이어진 전선: 가상 시계로 돌아 언제나 같은 일이 일어난다.

강의: lessons/16_capstone.ipynb
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from tcpedu.protocol.segment import Segment

from .drive import Endpoint
from .ip import ip_packet, parse
from .wire import VirtualClock, Wire


class SimWire(Wire):
    """건너편이 라이브러리의 연결인 전선. `step`은 건너편 응용 프로그램의 한 걸음이다(`drive`와 같다).

    TUN처럼 `write`가 돌아올 때는 건너편이 이미 답을 냈다. 지연과 손실은 `LinkWire`로 얹는다.
    """

    def __init__(self, endpoint: Endpoint, step: Callable[[], bool]) -> None:
        self.endpoint = endpoint
        self._step = step
        self._clock = VirtualClock()
        self._answers: deque[bytes] = deque()
        self._sent = 0
        self._advance()

    @property
    def label(self) -> str:
        return "라이브러리의 TCP"

    def now(self) -> float:
        return self._clock.now

    def read(self, timeout: float) -> bytes | None:
        end = self.now() + timeout
        while not self._answers:
            timer = self.endpoint.next_timer()
            if timer is None or timer > end:
                if timeout > 0:
                    self._clock.wait_until(end)
                return None
            self._clock.wait_until(timer)
            self._advance()
        return self._answers.popleft()

    def write(self, packet: bytes) -> None:
        self._send(self.endpoint.receive(parse(packet).segment, self.now()))
        self._advance()

    def close(self) -> None:
        self._answers.clear()

    def _advance(self) -> None:
        self._step()
        self._send(self.endpoint.poll(self.now()))

    def _send(self, segments: list[Segment]) -> None:
        for segment in segments:
            self._sent += 1
            self._answers.append(ip_packet(self.peer, self.local, segment, self._sent))
