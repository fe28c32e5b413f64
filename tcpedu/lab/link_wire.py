"""전선 위의 나쁜 길: 지연, 손실, 재정렬을 얹고, 지나간 것을 모두 적는다.

손실과 지연의 모형은 시뮬레이션의 것(`tcpedu.network.impairments`)을 그대로 쓴다.
강의: lessons/16_capstone.ipynb
"""

from __future__ import annotations

import heapq

from tcpedu.network.channel import LOST
from tcpedu.network.impairments import ExtraDelay, Loss
from tcpedu.network.packet import Packet
from tcpedu.network.trace import Trace

from .ip import parse
from .wire import KERNEL, ME, Wire

_Queue = list[tuple[float, int, bytes, Packet]]  # (닿을 시각, 번호, 바이트, 기록)
_AT_ONCE = 1e-9  # 초. 반올림의 차이는 같은 때로 본다


class LinkWire(Wire):
    """다른 전선에 길을 얹은 전선. `delay`는 한 방향의 지연(초)이다.

    `loss`와 `reorder`는 `Simulation.link`의 것과 뜻이 같고, 호스트 이름은 "나"와 "커널"이다:
    `loss=drop_data({3}, src="커널")`. `trace`는 시뮬레이션의 기록과 같은 것이라 그림, 표, pcap으로 바꿀 수 있다.
    """

    trace: Trace

    def __init__(
        self, inner: Wire, *, delay: float = 0.0, loss: Loss | None = None, reorder: ExtraDelay | None = None
    ) -> None:
        if delay < 0:
            raise ValueError(f"지연은 0 이상이어야 합니다: {delay}")
        self.inner = inner
        self.local, self.peer = inner.local, inner.peer
        self.live = inner.live
        self._started = inner.now()  # 길을 얹은 때가 0이다
        self.trace = Trace(hosts=[ME, KERNEL], addresses={ME: inner.local, KERNEL: inner.peer})
        self._delay, self._loss, self._reorder = delay, loss, reorder
        self._outgoing: _Queue = []
        self._incoming: _Queue = []

    @property
    def label(self) -> str:
        return self.inner.label

    def now(self) -> float:
        return self.inner.now() - self._started

    def write(self, packet: bytes) -> None:
        self._enter(packet, ME, KERNEL, self._outgoing)
        self._deliver()

    def read(self, timeout: float) -> bytes | None:
        end = self.now() + timeout
        while True:
            self._deliver()
            arrived = self._due(self._incoming)
            if arrived is not None:
                return arrived
            due = min([end, *(queue[0][0] for queue in (self._outgoing, self._incoming) if queue)])
            packet = self.inner.read(max(0.0, due - self.now()))
            if packet is not None:
                self._enter(packet, KERNEL, ME, self._incoming)
            elif self.now() >= end - _AT_ONCE and due >= end:
                return None

    def flush(self) -> None:
        """내가 보낸 것이 모두 닿을 때까지 기다린다. 그동안 온 것은 적기만 한다."""
        while self._outgoing:
            self._wait(self._outgoing[0][0])
            self._deliver()
        self.inner.flush()

    def close(self) -> None:
        self.inner.close()

    def trouble(self) -> str | None:
        return self.inner.trouble()

    def _wait(self, until: float) -> None:
        while (left := until - self.now()) > _AT_ONCE:
            packet = self.inner.read(left)
            if packet is not None:
                self._enter(packet, KERNEL, ME, self._incoming)

    def _enter(self, data: bytes, src: str, dst: str, queue: _Queue) -> None:
        """길에 들어선 패킷을 적고, 잃거나 닿을 때를 정한다."""
        now = self.now()
        packet = self.trace.record(src, dst, parse(data).segment, now)
        if self._loss is not None and self._loss(packet):
            packet.drop(LOST, now)
            return
        due = now + self._delay + (self._reorder(packet) if self._reorder is not None else 0.0)
        packet.arrive(due)
        heapq.heappush(queue, (due, packet.number, data, packet))

    def _deliver(self) -> None:
        """때가 된 것을 건너편에 넘긴다.

        하나를 넘길 때마다 그것이 부른 답을 받아 둔다: 기록에서 원인과 결과가 나란히 놓인다.
        """
        while (data := self._due(self._outgoing)) is not None:
            self.inner.write(data)
            while (answer := self.inner.read(0.0)) is not None:
                self._enter(answer, KERNEL, ME, self._incoming)

    def _due(self, queue: _Queue) -> bytes | None:
        """때가 된 것 하나."""
        if not queue or queue[0][0] > self.now() + _AT_ONCE:
            return None
        _, _, data, packet = heapq.heappop(queue)
        packet.received_after += (len(self.trace.segments),)
        return data
