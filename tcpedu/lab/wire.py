"""전선: IP 패킷을 하나씩 읽고 쓰는 곳. 건너편이 커널인지 기록인지 연결은 알지 못한다.

강의: lessons/16_capstone.ipynb
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from typing import Self

from tcpedu.network.trace import Trace

ME, KERNEL = "나", "커널"  # 기록과 그림에서 두 끝을 부르는 이름
LOCAL, PEER = "10.9.0.2", "10.9.0.1"


class WireTimeoutError(TimeoutError):
    """정한 시간 안에 대화가 끝나지 않았다."""


class Wire(ABC):
    """한 번에 IP 패킷 하나를 나르는 전선. 시각은 초이고, 전선을 연 때가 0이다.

    `local`은 이쪽, `peer`는 건너편의 IP 주소다. `live`가 참이면 건너편이 지금 돌고 있는 커널이고, `label`은 건너편이
    무엇인지 우리말로 적은 것이다. `trace`는 지나간 것의 기록이다(적지 않는 전선이면 `None`).
    """

    local: str = LOCAL
    peer: str = PEER
    live: bool = False
    trace: Trace | None = None

    @property
    @abstractmethod
    def label(self) -> str:
        """건너편이 무엇인가."""

    @abstractmethod
    def now(self) -> float:
        """이 전선의 시계: 진짜 시계이거나 가상 시계다."""

    @abstractmethod
    def read(self, timeout: float) -> bytes | None:
        """건너편이 보낸 IP 패킷 하나. `timeout`초 안에 오지 않으면 `None`."""

    @abstractmethod
    def write(self, packet: bytes) -> None:
        """IP 패킷 하나를 건너편으로 보낸다."""

    def flush(self) -> None:  # noqa: B027  길이 없는 전선에는 가는 중인 것이 없다
        """아직 가는 중인 것을 모두 건너편에 닿게 한다."""

    @abstractmethod
    def close(self) -> None:
        """전선을 거둔다. 두 번 불러도 된다."""

    def trouble(self) -> str | None:
        """더 이어 가지 못하는 까닭을 전선이 알면 그 글."""
        return None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class VirtualClock:
    """기다리면 곧바로 그만큼 지나가는 시계.

    >>> clock = VirtualClock()
    >>> clock.wait_until(0.5)
    >>> clock.now
    0.5
    """

    def __init__(self) -> None:
        self.now = 0.0

    def wait_until(self, until: float) -> None:
        """`until`까지 기다린다. 반올림 때문에 제자리에 멈추지 않도록 적어도 한 눈금은 나아간다."""
        self.now = max(until, math.nextafter(self.now, math.inf))
