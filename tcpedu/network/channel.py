"""링크의 한 방향: 온 차례로 싣고, 지연이 지나면 건너편에 닿게 한다.

꼬리를 버리는 큐에서는 들어올 때 나갈 시각이 정해진다(`FifoChannel`). 꺼낼 때 버리는 큐(CoDel)도 있고, 지연을
흔드는 함수는 나갈 때 불러야 하므로, 그 밖에는 하나씩 꺼내 내보낸다(`ServedChannel`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from heapq import heappush
from typing import TYPE_CHECKING, Protocol

from .departures import Departures
from .impairments import Loss
from .packet import Packet, wire_size
from .queues import OVERFLOW

if TYPE_CHECKING:
    from .link import Link
    from .queues import TailDrop
    from .simulation import Simulation

LOST = "손실"


class Node(Protocol):
    """채널의 끝: 호스트나 라우터."""

    name: str

    def _arrive(self, packet: Packet) -> None: ...


class Channel:
    """속도에 한계가 없는 방향. `lengths`는 큐의 (시각, 길이)를 적을 목록이다."""

    def __init__(self, link: Link, target: Node, simulation: Simulation, lengths: list[tuple[float, int]]) -> None:
        self.link = link
        self.target = target
        # 패킷마다 거는 사건이다: `simulation.at`을 거치지 않고 바로 넣는다.
        self._events, self._order = simulation._events, simulation._order
        self._lengths = lengths

    def send(self, packets: Iterable[Packet], now: float) -> None:
        """한꺼번에 온 패킷들을 싣는다. 링크가 바쁘면 큐에서 기다린다."""
        self._load(packets if self.link.loss is None else self._survivors(packets, self.link.loss, now), now)

    def settle(self, now: float) -> None:
        """시각 `now`까지의 큐의 길이를 마저 적는다."""

    @staticmethod
    def _survivors(packets: Iterable[Packet], loss: Loss, now: float) -> Iterator[Packet]:
        for packet in packets:
            if loss(packet):
                packet.drop(LOST, now)
            else:
                yield packet

    def _load(self, packets: Iterable[Packet], now: float) -> None:
        for packet in packets:
            self._propagate(packet, now)

    def _propagate(self, packet: Packet, left: float) -> None:
        """시각 `left`에 마지막 비트가 링크에 실린다."""
        link = self.link
        arrival = left + link.delay
        if link.reorder is not None:
            arrival += link.reorder(packet)
        self._deliver(packet, arrival)
        if link.duplicate is not None and link.duplicate(packet):
            self._deliver(packet, arrival)

    def _deliver(self, packet: Packet, arrival: float) -> None:
        target = self.target
        if target.name == packet.dst:
            packet.arrive(arrival)
        heappush(self._events, (arrival, next(self._order), target._arrive, packet))


class FifoChannel(Channel):
    """꼬리를 버리는 큐만 있는 방향."""

    def __init__(
        self, link: Link, target: Node, simulation: Simulation, lengths: list[tuple[float, int]], queue: TailDrop
    ) -> None:
        super().__init__(link, target, simulation, lengths)
        assert link.rate is not None
        self._departures = Departures(link.rate, queue.limit, lengths)

    def settle(self, now: float) -> None:
        self._departures.settle(now)

    def _load(self, packets: Iterable[Packet], now: float) -> None:
        enter, delay = self._departures.enter, self.link.delay
        for packet in packets:
            left = enter(wire_size(packet.segment), now)
            if left is None:
                packet.drop(OVERFLOW, now)
            else:
                self._deliver(packet, left + delay)


class ServedChannel(Channel):
    """큐에서 하나씩 꺼내 내보내는 방향."""

    def __init__(
        self, link: Link, target: Node, simulation: Simulation, lengths: list[tuple[float, int]], queue: TailDrop
    ) -> None:
        super().__init__(link, target, simulation, lengths)
        self.queue = queue
        self._busy = False

    def _load(self, packets: Iterable[Packet], now: float) -> None:
        for packet in packets:
            if not self.queue.enqueue(packet, now):
                continue
            if self._busy:
                self._lengths.append((now, len(self.queue)))
            else:
                self._serve(now)

    def _serve(self, now: float) -> None:
        """다음 것을 링크에 싣기 시작한다. 큐가 남은 것을 모두 버렸으면 쉰다."""
        packet = self.queue.dequeue(now)
        self._busy = packet is not None
        if packet is not None:
            done = now + wire_size(packet.segment) * 8 / self.link.rate  # type: ignore[operator]
            heappush(self._events, (done, next(self._order), self._transmitted, (packet, done)))

    def _transmitted(self, sent: tuple[Packet, float]) -> None:
        """마지막 비트가 링크에 실렸다."""
        packet, now = sent
        self._propagate(packet, now)
        if len(self.queue):
            self._serve(now)
            self._lengths.append((now, len(self.queue)))
        else:
            self._busy = False
