"""링크가 패킷에 하는 나쁜 일: 손실, 지연의 흔들림.

모형은 패킷 하나를 받아 답하는 보통의 함수다. 직접 만든 함수도 그대로 링크에 넘길 수 있다.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping

from .packet import Packet

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


def drop_data(nth: Iterable[int], src: str | None = None) -> Loss:
    """데이터가 든 패킷만 세어 `nth`번째를 잃는다. 재전송도 센다. 번호는 1부터다."""
    lose = drop(nth, src or "")
    if src is None:
        chosen, count = frozenset(nth), 0

        def lose_any(packet: Packet) -> bool:
            nonlocal count
            count += bool(packet.segment.payload)
            return bool(packet.segment.payload) and count in chosen

        return lose_any
    return lambda packet: bool(packet.segment.payload) and lose(packet)


def bernoulli(probability: float, seed: int = 0) -> Loss:
    """패킷마다 독립으로 확률 `probability`(0–1)로 잃는다. 씨앗이 같으면 언제나 같은 패킷을 잃는다."""
    _check_probability(probability)
    rng = random.Random(seed)
    return lambda packet: rng.random() < probability


def gilbert_elliott(
    to_bad: float, to_good: float, *, good: float = 0.0, bad: float = 1.0, seed: int = 0
) -> Loss:  # fmt: skip
    """몰아서 잃는 길(Gilbert–Elliott 모형). 확률은 모두 0–1이다.

    패킷이 지날 때마다 좋은 상태에서 나쁜 상태로 `to_bad`, 거꾸로 `to_good`의 확률로 옮겨 가고, 상태에 따라 `good` 또는
    `bad`의 확률로 잃는다. 나쁜 상태는 평균 `1 / to_good`개 동안 이어지고, 나쁜 상태에 있는 비율은
    `to_bad / (to_bad + to_good)`이다.
    """
    for probability in (to_bad, to_good, good, bad):
        _check_probability(probability)
    rng = random.Random(seed)
    is_bad = False

    def lose(packet: Packet) -> bool:
        nonlocal is_bad
        if rng.random() < (to_good if is_bad else to_bad):
            is_bad = not is_bad
        return rng.random() < (bad if is_bad else good)

    return lose


def either(*losses: Loss | None) -> Loss:
    """하나라도 잃으라면 잃는다. 모두에게 물으므로 세는 모형도 차례를 놓치지 않는다."""
    models = [loss for loss in losses if loss is not None]
    return lambda packet: sum(bool(loss(packet)) for loss in models) > 0


def hold(extra: Mapping[int, float]) -> ExtraDelay:
    """번호가 `extra`에 있는 패킷을 그만큼(초) 더 늦춘다."""
    return lambda packet: extra.get(packet.number, 0.0)


def jitter(maximum: float, seed: int = 0) -> ExtraDelay:
    """패킷마다 0 이상 `maximum`초 미만을 고르게 더 늦춘다. 앞선 것을 앞지를 수 있다."""
    if maximum < 0:
        raise ValueError(f"지연의 흔들림은 0 이상이어야 합니다: {maximum}")
    rng = random.Random(seed)
    return lambda packet: rng.random() * maximum


def _check_probability(probability: float) -> None:
    if not 0 <= probability <= 1:
        raise ValueError(f"손실률은 0 이상 1 이하여야 합니다: {probability}")
