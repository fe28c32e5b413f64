"""링크 앞에서 기다리는 줄: 꼬리 버림(tail drop), RED, CoDel.

셋 다 `enqueue`로 넣고 `dequeue`로 꺼낸다. 버릴 패킷에는 `packet.drop(까닭, 시각)`을 적는다. `ecn`이 참이면 혼잡 알림을
아는 흐름의 패킷은 버리는 대신 CE로 표시한다(RFC 3168 §5).
강의: lessons/11_modern_congestion_control.ipynb
"""

from __future__ import annotations

import random
from collections import deque
from math import sqrt

from .packet import Packet

OVERFLOW = "대기열 넘침"


class TailDrop:
    """먼저 온 것이 먼저 나가고, `limit`개가 차면 새로 온 것을 버린다. `limit`이 `None`이면 한계가 없다."""

    ecn = False

    def __init__(self, limit: int | None = None) -> None:
        if limit is not None and limit < 1:
            raise ValueError(f"대기열은 1 이상이어야 합니다: {limit}")
        self.limit = limit
        self.packets: deque[Packet] = deque()

    def __len__(self) -> int:
        return len(self.packets)

    def enqueue(self, packet: Packet, now: float) -> bool:
        """줄에 세운다. 버렸으면 거짓."""
        if self.limit is not None and len(self.packets) >= self.limit:
            packet.drop(OVERFLOW, now)
            return False
        self.packets.append(packet)
        return True

    def dequeue(self, now: float) -> Packet | None:
        """다음에 내보낼 패킷. 비었으면 `None`."""
        return self.packets.popleft() if self.packets else None

    def attach(self, rate: float) -> None:
        """속도 `rate`(비트/초)의 링크에 놓인다."""


class Red(TailDrop):
    """무작위 조기 감지 (Floyd와 Jacobson, 1993; RFC 7567 §3).

    도착할 때마다 평균 길이를 `weight`로 평활하고, 평균이 `min_threshold`를 넘으면 `max_threshold`에서 `max_p`가 되도록
    곧게 커지는 확률로 미리 버린다. 길이는 패킷 수다. 기본값은 논문의 것이다.
    """

    def __init__(
        self, min_threshold: float = 5, max_threshold: float = 15, *, max_p: float = 0.02, weight: float = 0.002,
        limit: int | None = None, ecn: bool = False, seed: int = 0,
    ) -> None:  # fmt: skip
        super().__init__(limit)
        if not 0 < min_threshold < max_threshold or not 0 < max_p <= 1 or not 0 < weight <= 1:
            raise ValueError("RED는 0 < 아래 문턱 < 위 문턱, 0 < max_p ≤ 1, 0 < weight ≤ 1이어야 합니다")
        self.min_threshold, self.max_threshold = min_threshold, max_threshold
        self.max_p, self.weight, self.ecn = max_p, weight, ecn
        self.average = 0.0
        self._count = -1  # 마지막으로 버린 뒤 지나간 패킷 수
        self._idle_since = 0.0
        self._packet_time = 0.001  # 쉬는 동안 나갈 수 있었던 패킷 하나의 시간
        self._rng = random.Random(seed)

    def attach(self, rate: float) -> None:
        """쉬는 동안 평균이 줄어드는 빠르기를 1500바이트 패킷의 전송 시간으로 정한다."""
        self._packet_time = 1500 * 8 / rate

    def enqueue(self, packet: Packet, now: float) -> bool:
        """평균을 고치고, 버릴 차례이면 버리거나 표시한다."""
        self._update_average(now)
        if self._congested() and not self._mark(packet):
            packet.drop("RED", now)
            return False
        return super().enqueue(packet, now)

    def dequeue(self, now: float) -> Packet | None:
        """다음에 내보낼 패킷. 이것으로 비면 쉬기 시작한 때를 적는다."""
        packet = super().dequeue(now)
        if not self.packets:
            self._idle_since = now
        return packet

    def _mark(self, packet: Packet) -> bool:
        """버리는 대신 표시한다. RFC 3168 §7: 평균이 위 문턱을 넘으면 표시할 수 있는 것도 버린다."""
        return self.ecn and self.average < self.max_threshold and packet.mark()

    def _update_average(self, now: float) -> None:
        if self.packets:
            self.average += self.weight * (len(self.packets) - self.average)
        else:
            self.average *= (1 - self.weight) ** ((now - self._idle_since) / self._packet_time)

    def _congested(self) -> bool:
        if self.average < self.min_threshold:
            self._count = -1
            return False
        if self.average >= self.max_threshold:
            self._count = 0
            return True
        self._count += 1
        span = self.max_threshold - self.min_threshold
        base = self.max_p * (self.average - self.min_threshold) / span
        # 버리는 사이가 몰리지 않도록 지나간 수만큼 확률을 올린다: p_a = p_b / (1 - count · p_b).
        if self._count * base < 1 and self._rng.random() >= base / (1 - self._count * base):
            return False
        self._count = 0
        return True


class CoDel(TailDrop):
    """머문 시간으로 버리는 큐 (RFC 8289). 시간은 초다.

    머문 시간이 `target`을 `interval` 동안 줄곧 넘으면 버리기 시작하고, 그 뒤로는 `interval / √count`마다 하나씩
    버려 간다(§3.3, 제어 법칙).
    """

    def __init__(
        self, *, target: float = 0.005, interval: float = 0.1, limit: int | None = 1000, ecn: bool = False,
        max_packet: int = 1500,
    ) -> None:  # fmt: skip
        super().__init__(limit)
        if not 0 < target < interval:
            raise ValueError("CoDel은 0 < target < interval이어야 합니다")
        self.target, self.interval, self.ecn, self.max_packet = target, interval, ecn, max_packet
        self.dropping = False
        self.count = 0
        self._last_count = 0
        self._drop_next = 0.0
        self._first_above: float | None = None  # 이때까지 줄곧 넘으면 버린다
        self._arrived: deque[float] = deque()
        self._bytes = 0

    def enqueue(self, packet: Packet, now: float) -> bool:
        """줄에 세우고 들어온 시각을 적는다 (RFC 8289 §5.3)."""
        if not super().enqueue(packet, now):
            return False
        self._arrived.append(now)
        self._bytes += packet.size
        return True

    def dequeue(self, now: float) -> Packet | None:
        """다음에 내보낼 패킷. 그 앞의 몇 개를 버릴 수 있다 (RFC 8289 §5.5)."""
        packet, late = self._take(now)
        if self.dropping:
            self.dropping = late
            while self.dropping and now >= self._drop_next:
                self.count += 1
                packet, self.dropping, again = self._punish(packet, now)
                if self.dropping:
                    self._drop_next = self._control_law(self._drop_next)
                if not again:
                    break
        elif late:
            packet, _, _ = self._punish(packet, now)
            self._enter(now)
        return packet

    def _enter(self, now: float) -> None:
        """버리기 시작한다. 얼마 전에도 버렸으면 그때의 빠르기에서 잇는다."""
        self.dropping = True
        delta = self.count - self._last_count
        recent = now - self._drop_next < 16 * self.interval
        self.count = delta if delta > 1 and recent else 1
        self._drop_next = self._control_law(now)
        self._last_count = self.count

    def _punish(self, packet: Packet | None, now: float) -> tuple[Packet | None, bool, bool]:
        """표시하고 그대로 내보내거나, 버리고 다음 것을 꺼낸다: (패킷, 아직 넘는가, 버렸는가)."""
        assert packet is not None
        if self.ecn and packet.mark():
            return packet, True, False
        packet.drop("CoDel", now)
        return *self._take(now), True

    def _take(self, now: float) -> tuple[Packet | None, bool]:
        """하나를 꺼내고, 머문 시간이 `interval` 동안 줄곧 `target`을 넘었는지 본다 (RFC 8289 §5.6)."""
        packet = super().dequeue(now)
        if packet is None:
            self._first_above = None
            return None, False
        sojourn = now - self._arrived.popleft()
        self._bytes -= packet.size
        if sojourn < self.target or self._bytes <= self.max_packet:
            self._first_above = None
        elif self._first_above is None:
            self._first_above = now + self.interval
        else:
            return packet, now >= self._first_above
        return packet, False

    def _control_law(self, at: float) -> float:
        return at + self.interval / sqrt(self.count)


__all__ = ["OVERFLOW", "CoDel", "Red", "TailDrop"]
