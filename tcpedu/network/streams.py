"""같은 패킷과 같은 손실에서 전달의 규칙만 바꾼다: 한 줄의 바이트 스트림과, 서로 기다리지 않는 여러 스트림.

QUIC의 스트림을 본뜬 모형이다 (RFC 9000 §2.2: 순서는 스트림 안에서만 지킨다). 재전송과 혼잡 제어는 시뮬레이터의 TCP가 한
것을 그대로 쓰므로 패킷이 도착하는 때가 두 쪽에서 똑같다. 다른 것은 도착한 조각을 프로그램에 언제 건네느냐뿐이다.
강의: lessons/17_next_steps.ipynb
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .flow import follow
from .impairments import Loss, bernoulli
from .losses import METHODS, data_loss, recovering
from .packet import Packet
from .setup import CLIENT
from .trace import Trace

MAX_PIECES = 600  # 슬라이더에 곧바로 답할 수 있는 크기


@dataclass(frozen=True, slots=True)
class StreamSettings:
    """스트림 `streams`개에 조각(1000바이트)을 `pieces`개씩 보낸다. 왕복은 0.1초다.

    `lost`번째 데이터 조각(1부터, 0이면 없음)을 처음 보낼 때 잃는다. `loss`(0–1)와 `seed`는 조각마다의 손실률과 그
    씨앗이다. `interleaved`면 스트림을 번갈아, 아니면 하나씩 차례로 보낸다.
    """

    streams: int = 4
    pieces: int = 6
    lost: int = 14
    loss: float = 0.0
    seed: int = 0
    interleaved: bool = True

    def __post_init__(self) -> None:
        if self.streams < 1 or self.pieces < 1 or self.streams * self.pieces > MAX_PIECES:
            sizes = f"스트림 {self.streams} × 조각 {self.pieces}"
            raise ValueError(f"조각은 모두 1개에서 {MAX_PIECES}개까지입니다: {sizes}")

    @property
    def owners(self) -> list[int]:
        """보내는 차례대로, 조각이 어느 스트림(1부터)의 것인가.

        >>> StreamSettings(streams=2, pieces=3).owners
        [1, 2, 1, 2, 1, 2]
        """
        count = self.streams * self.pieces
        return [(at % self.streams if self.interleaved else at // self.pieces) + 1 for at in range(count)]


def handed_over(arrivals: Sequence[float], owners: Sequence[int], *, together: bool) -> list[float]:
    """조각마다 프로그램에 건네는 때. 앞의 조각이 와야 건넬 수 있다.

    `together`면 연결 전체가 한 줄이고(TCP), 아니면 스트림마다 한 줄이다(QUIC).

    >>> handed_over([1.0, 3.0, 1.2], [1, 2, 1], together=True)
    [1.0, 3.0, 3.0]
    >>> handed_over([1.0, 3.0, 1.2], [1, 2, 1], together=False)
    [1.0, 3.0, 1.2]
    """
    latest: dict[int, float] = {}
    handed = []
    for arrival, owner in zip(arrivals, owners, strict=True):
        line = 0 if together else owner
        latest[line] = max(arrival, latest.get(line, arrival))
        handed.append(latest[line])
    return handed


def finished(handed: Sequence[float], owners: Sequence[int]) -> dict[int, float]:
    """스트림마다 마지막 조각을 건네받은 때."""
    ends: dict[int, float] = {}
    for time, owner in zip(handed, owners, strict=True):
        ends[owner] = max(time, ends.get(owner, time))
    return dict(sorted(ends.items()))


@dataclass(frozen=True, slots=True)
class StreamRun:
    """돌려 본 것. 시각은 첫 조각을 보낸 때부터 센 초이고, `arrivals`는 조각마다 도착한 때다."""

    settings: StreamSettings
    trace: Trace
    arrivals: list[float]

    def handed(self, *, together: bool) -> list[float]:
        """조각마다 프로그램에 건네는 때."""
        return handed_over(self.arrivals, self.settings.owners, together=together)

    def finished(self, *, together: bool) -> dict[int, float]:
        """스트림마다 다 받은 때."""
        return finished(self.handed(together=together), self.settings.owners)

    @property
    def waits(self) -> list[float]:
        """조각마다, 이미 도착했는데 남의 스트림의 빈틈 때문에 더 기다린 시간. 한 줄일 때의 것이다."""
        both = zip(self.handed(together=True), self.handed(together=False), strict=True)
        return [one - own for one, own in both]


def run_streams(settings: StreamSettings | None = None) -> StreamRun:
    """스트림들을 연결 하나로 보낸다. 도착한 때를 두 가지 규칙으로 읽을 수 있다.

    >>> run = run_streams(StreamSettings(streams=2, pieces=2, lost=1))
    >>> [round(time, 2) for time in run.finished(together=True).values()]
    [0.15, 0.15]
    >>> [round(time, 2) for time in run.finished(together=False).values()]
    [0.15, 0.05]
    """
    settings = settings or StreamSettings()
    count = settings.streams * settings.pieces
    trace = recovering(METHODS["SACK"], segments=count, loss=_losses(settings), until=600.0)
    sent = follow(trace, CLIENT).sent
    first: dict[int, float] = {}
    for one in sent:
        if one.arrived is not None:
            first[one.start] = min(one.arrived, first.get(one.start, one.arrived))
    if len(first) < count:
        raise ValueError("모두 도착하지 못했습니다. 손실률을 낮추세요")
    return StreamRun(settings, trace, [first[start] - sent[0].time for start in sorted(first)])


def _losses(settings: StreamSettings) -> Loss:
    chosen, chance = data_loss([settings.lost]), bernoulli(settings.loss, settings.seed)

    def lose(packet: Packet) -> bool:
        # 데이터만 잃는다: 핸드셰이크와 ACK를 잃으면 견주려는 것이 흐려진다.
        data = packet.src == CLIENT and bool(packet.segment.payload)
        return chosen(packet) or (data and chance(packet))

    return lose
