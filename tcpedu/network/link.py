"""두 곳을 잇는 링크: 지연, 속도와 대기열, 손실, 재정렬, 중복.

방향마다 하나의 `Channel`이 있다. 속도가 있는 채널은 큐에서 하나씩 꺼내 내보낸다: 꺼낼 때 버리는 큐(CoDel)도 있으므로
나갈 시각을 미리 셈하지 않는다.
"""

from __future__ import annotations

from copy import deepcopy
from heapq import heappush
from typing import TYPE_CHECKING, Protocol

from .impairments import ExtraDelay, Loss, bernoulli, drop, gilbert_elliott, hold, jitter
from .packet import IP_HEADER_LENGTH, Ecn, Packet, wire_size
from .queues import TailDrop

if TYPE_CHECKING:
    from .simulation import Simulation

LOST = "손실"


class Node(Protocol):
    """채널의 끝: 호스트나 라우터."""

    name: str

    def _arrive(self, packet: Packet) -> None: ...


class Link:
    """두 곳 사이의 양방향 링크.

    `delay`는 한 방향 전파 지연(초), `rate`는 속도(비트/초, `None`이면 무한), `queue`는 한 방향 대기열의 패킷 수
    (`None`이면 무한, 넘치면 꼬리를 버린다) 또는 큐 객체(방향마다 그 복사본을 쓴다), `loss`는 잃을 패킷에 참을
    돌려주는 함수, `reorder`는 더할 지연(초)을 돌려주는 함수, `duplicate`는 두 번 전할 패킷에 참을 돌려주는 함수다.
    `ecn`이 참이면 큐가 버리는 대신 표시한다(RED와 CoDel).
    """

    def __init__(
        self,
        *,
        delay: float = 0.0,
        rate: float | None = None,
        queue: int | TailDrop | None = None,
        loss: Loss | None = None,
        reorder: ExtraDelay | None = None,
        duplicate: Loss | None = None,
        ecn: bool = False,
    ) -> None:
        if delay < 0 or (rate is not None and rate <= 0) or (isinstance(queue, int) and queue < 1):
            raise ValueError("지연은 0 이상, 속도는 0보다 크게, 대기열은 1 이상이어야 합니다")
        if ecn and type(queue) in (int, TailDrop, type(None)):
            raise ValueError("꼬리를 버리는 큐는 혼잡을 표시할 때를 모릅니다: queue=Red(…)나 CoDel(…)을 주세요")
        self.delay = delay
        self.rate = rate
        self.queue = queue
        self.loss = loss
        self.reorder = reorder
        self.duplicate = duplicate
        self.ecn = ecn

    def new_queue(self) -> TailDrop:
        """한 방향이 쓸 빈 큐."""
        queue = deepcopy(self.queue) if isinstance(self.queue, TailDrop) else TailDrop(self.queue)
        if self.ecn:
            queue.ecn = True
        if self.rate is not None:
            queue.attach(self.rate)
        return queue


class Channel:
    """링크의 한 방향. `lengths`는 큐의 (시각, 길이)를 적을 목록이다."""

    def __init__(self, link: Link, target: Node, simulation: Simulation, lengths: list[tuple[float, int]]) -> None:
        self.link = link
        self.target = target
        self.queue = link.new_queue()
        self._waiting = self.queue.packets
        self._tail_drop = type(self.queue) is TailDrop  # 꺼낼 때는 아무것도 버리지 않는다
        # 패킷마다 두 번 거는 사건이다: `simulation.at`을 거치지 않고 바로 넣는다.
        self._events, self._order = simulation._events, simulation._order
        self._lengths = lengths
        self._done: float | None = None  # 싣고 있는 패킷이 다 실릴 시각. 쉬고 있으면 `None`

    def send(self, packet: Packet, now: float) -> None:
        """패킷을 싣는다. 링크가 바쁘면 큐에서 기다린다."""
        link = self.link
        if link.loss is not None and link.loss(packet):
            packet.drop(LOST, now)
        elif self._done is not None:
            if self.queue.enqueue(packet, now):
                self._lengths.append((now, len(self._waiting)))
        elif link.rate is None:
            self._propagate(packet, now)
        elif self._tail_drop:
            self._transmit(packet, now)  # 빈 큐를 거칠 것도 없다
        elif self.queue.enqueue(packet, now):
            self._transmit(self.queue.dequeue(now), now)

    def _transmit(self, packet: Packet | None, now: float) -> None:
        """링크에 싣기 시작한다. 큐가 남은 것을 모두 버렸으면 쉰다."""
        if packet is None:
            self._done = None
            return
        self._done = done = now + wire_size(packet.segment) * 8 / self.link.rate  # type: ignore[operator]
        heappush(self._events, (done, next(self._order), self._transmitted, packet))

    def _transmitted(self, packet: Packet) -> None:
        """마지막 비트가 링크에 실렸다."""
        now, waiting = self._done, self._waiting
        assert now is not None
        self._propagate(packet, now)
        if waiting:
            self._transmit(self.queue.dequeue(now), now)
            self._lengths.append((now, len(waiting)))
        else:
            self._done = None

    def _propagate(self, packet: Packet, now: float) -> None:
        link, target = self.link, self.target
        arrival = now + link.delay
        if link.reorder is not None:
            arrival += link.reorder(packet)
        last_hop = target.name == packet.dst
        if last_hop:
            packet.arrive(arrival)
        heappush(self._events, (arrival, next(self._order), target._arrive, packet))
        if link.duplicate is not None and link.duplicate(packet):
            if last_hop:
                packet.arrive(arrival)
            heappush(self._events, (arrival, next(self._order), target._arrive, packet))


__all__ = [
    "IP_HEADER_LENGTH", "Channel", "Ecn", "ExtraDelay", "Link", "Loss", "Packet", "TailDrop", "bernoulli", "drop",
    "gilbert_elliott", "hold", "jitter",
]  # fmt: skip
