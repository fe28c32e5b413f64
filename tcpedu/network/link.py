"""두 곳을 잇는 링크: 지연, 속도와 대기열, 손실, 재정렬, 중복.

방향마다 하나의 `Channel`이 있다.
"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING

from .channel import Channel, FifoChannel, ServedChannel
from .impairments import ExtraDelay, Loss, bernoulli, drop, gilbert_elliott, hold, jitter
from .packet import IP_HEADER_LENGTH, Ecn, Packet
from .queues import TailDrop

if TYPE_CHECKING:
    from .channel import Node
    from .simulation import Simulation


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

    def channel(self, target: Node, simulation: Simulation, lengths: list[tuple[float, int]]) -> Channel:
        """`target`으로 가는 방향."""
        if self.rate is None:
            return Channel(self, target, simulation, lengths)
        queue = self.new_queue()
        plain = type(queue) is TailDrop and self.reorder is None and self.duplicate is None
        return (FifoChannel if plain else ServedChannel)(self, target, simulation, lengths, queue)


__all__ = [
    "IP_HEADER_LENGTH", "Ecn", "ExtraDelay", "Link", "Loss", "Packet", "TailDrop", "bernoulli", "drop",
    "gilbert_elliott", "hold", "jitter",
]  # fmt: skip
