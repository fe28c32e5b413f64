"""두 호스트를 잇는 링크: 지연, 속도와 대기열, 손실, 재정렬, 중복.

손실·재정렬·중복 모형은 패킷 하나를 받아 답하는 보통의 함수다. 직접 만든 함수도 그대로 넘길 수 있다.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from tcpedu.protocol.segment import Segment

IP_HEADER_LENGTH = 20


@dataclass(frozen=True, slots=True)
class Packet:
    """네트워크를 지나는 패킷. `number`는 네트워크 전체에서 보낸 차례(1부터), `sent`는 보낸 시각(초)이다."""

    number: int
    src: str
    dst: str
    segment: Segment
    sent: float

    @property
    def size(self) -> int:
        """IP 헤더까지 더한 크기, 바이트."""
        return IP_HEADER_LENGTH + self.segment.header_length + len(self.segment.payload)


Loss = Callable[[Packet], bool]
ExtraDelay = Callable[[Packet], float]


def drop(nth: Iterable[int], src: str | None = None) -> Loss:
    """`nth`번째 패킷을 잃는다. `src`를 주면 그 호스트가 보낸 것만 센다. 번호는 1부터다."""
    chosen = frozenset(nth)
    if src is None:
        return lambda packet: packet.number in chosen
    count = 0

    def lose(packet: Packet) -> bool:
        nonlocal count
        if packet.src != src:
            return False
        count += 1
        return count in chosen

    return lose


def bernoulli(probability: float, seed: int = 0) -> Loss:
    """패킷마다 독립으로 확률 `probability`(0–1)로 잃는다. 씨앗이 같으면 언제나 같은 패킷을 잃는다."""
    if not 0 <= probability <= 1:
        raise ValueError(f"손실률은 0 이상 1 이하여야 합니다: {probability}")
    rng = random.Random(seed)
    return lambda packet: rng.random() < probability


def hold(extra: Mapping[int, float]) -> ExtraDelay:
    """번호가 `extra`에 있는 패킷을 그만큼(초) 더 늦춘다."""
    return lambda packet: extra.get(packet.number, 0.0)


class Link:
    """두 호스트 사이의 양방향 링크.

    `delay`는 한 방향 전파 지연(초), `rate`는 속도(비트/초, `None`이면 무한), `queue`는 한 방향 대기열의 패킷 수
    (`None`이면 무한, 넘치면 꼬리를 버린다), `loss`는 잃을 패킷에 참을 돌려주는 함수, `reorder`는 더할 지연(초)을
    돌려주는 함수, `duplicate`는 두 번 전할 패킷에 참을 돌려주는 함수다.
    """

    def __init__(
        self,
        *,
        delay: float = 0.0,
        rate: float | None = None,
        queue: int | None = None,
        loss: Loss | None = None,
        reorder: ExtraDelay | None = None,
        duplicate: Loss | None = None,
    ) -> None:
        if delay < 0 or (rate is not None and rate <= 0) or (queue is not None and queue < 1):
            raise ValueError("지연은 0 이상, 속도는 0보다 크게, 대기열은 1 이상이어야 합니다")
        self.delay = delay
        self.rate = rate
        self.queue = queue
        self.loss = loss
        self.reorder = reorder
        self.duplicate = duplicate
        self._departures: dict[str, list[float]] = {}  # 보내는 호스트 → 아직 나가지 않은 패킷이 나갈 시각

    def carry(self, packet: Packet, now: float) -> tuple[list[float], str | None]:
        """도착할 시각들과, 도착하지 못하면 그 까닭."""
        if self.loss is not None and self.loss(packet):
            return [], "손실"
        departure = self._depart(packet, now)
        if departure is None:
            return [], "대기열 넘침"
        extra = self.reorder(packet) if self.reorder else 0.0
        arrival = departure + self.delay + extra
        copies = 2 if self.duplicate is not None and self.duplicate(packet) else 1
        return [arrival] * copies, None

    def _depart(self, packet: Packet, now: float) -> float | None:
        """마지막 비트가 링크에 실리는 시각. 대기열에 자리가 없으면 `None`."""
        if self.rate is None:
            return now
        waiting = [at for at in self._departures.get(packet.src, []) if at > now]
        if self.queue is not None and len(waiting) > self.queue:
            return None
        start = waiting[-1] if waiting else now
        departure = start + packet.size * 8 / self.rate
        self._departures[packet.src] = [*waiting, departure]
        return departure
