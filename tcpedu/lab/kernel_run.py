"""흉내 낸 링크로 이은 두 커널의 실행 하나: 설정과, ACK 하나마다 커널이 한 일.

강의: lessons/16_capstone.ipynb
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

MSS = 1000  # MTU 1040에서 머리 40바이트를 뺀 것. 순서 번호가 읽기 쉽다
Cause = Literal["write", "ack", "timer"]


@dataclass(frozen=True, slots=True)
class EmulatorSettings:
    """길과 보내는 쪽의 설정. 지연은 한 방향이고 초, 속도는 비트/초, 큐는 패킷 수다.

    `drop`은 잃을 데이터 세그먼트의 번호(1부터)다. 번호를 되풀이해 적으면 다시 보낸 것도 그만큼 잃는다.
    `late`는 {번호: 더할 지연}이고 처음 보낸 것에만 더한다. `drop_acks_every`가 2이면 ACK를 하나 걸러 잃는다.
    `rate`와 `queue`는 데이터가 가는 방향의 것이다.
    """

    congestion: Literal["reno", "cubic"] = "reno"
    sack: bool = False
    segments: int = 300
    delay: float = 0.05
    rate: float | None = None
    queue: int | None = None
    drop: tuple[int, ...] = ()
    late: dict[int, float] = field(default_factory=dict)
    drop_acks_every: int = 0
    until: float = 10.0

    def __post_init__(self) -> None:
        if self.congestion not in ("reno", "cubic"):
            raise ValueError(f"reno나 cubic만 쓸 수 있습니다: {self.congestion}")
        if not 0 < self.until <= 60:
            raise ValueError(f"0초보다 길고 60초 이하여야 합니다: {self.until}")
        if not 0 < self.segments <= 10_000:  # 커널의 송신 버퍼에 한꺼번에 넣는다
            raise ValueError(f"세그먼트는 1개 이상 10000개 이하여야 합니다: {self.segments}")


class SentSegment(NamedTuple):
    """커널이 내보낸 데이터 세그먼트. `seq`는 SYN을 0으로 센 번호이고 데이터는 1에서 시작한다."""

    seq: int
    length: int
    again: bool  # 다시 보낸 것인가


class Sample(NamedTuple):
    """그 직후의 TCP_INFO 가운데 보내는 쪽의 것. 개수는 세그먼트, 시간은 마이크로초다."""

    cwnd: int
    ssthresh: int
    ca_state: int  # 0 Open, 1 Disorder, 2 CWR, 3 Recovery, 4 Loss (커널의 enum tcp_ca_state)
    unacked: int
    sacked: int
    lost: int
    retrans: int
    rtt: int
    rttvar: int
    rto: int


class Step(NamedTuple):
    """일 하나와 그 결과. `cause`가 `"ack"`가 아니면 `ack`와 `window`는 0이다.

    `time`은 SYN을 보낸 때를 0으로 센 초, `window`는 헤더에 적힌 값(윈도우 스케일을 곱하기 전)이다.
    """

    time: float
    cause: Cause
    ack: int
    window: int
    sack: tuple[tuple[int, int], ...]
    sent: tuple[SentSegment, ...]
    info: Sample


@dataclass(frozen=True)
class KernelRun:
    """실행 하나. `opened`는 SYN,ACK가 온 시각, `peer_*`는 그 세그먼트에 적힌 것이다."""

    settings: EmulatorSettings
    kernel: str
    opened: float
    peer_mss: int
    peer_scale: int
    peer_window: int
    steps: tuple[Step, ...] = field(repr=False)

    @property
    def acks(self) -> Iterator[Step]:
        """ACK를 받은 일만."""
        return (step for step in self.steps if step.cause == "ack")

    @property
    def cwnd(self) -> list[tuple[float, int]]:
        """(시각, cwnd): 커널의 cwnd를 세그먼트로. 바뀐 때만 담는다."""
        points: list[tuple[float, int]] = []
        for step in self.steps:
            if not points or points[-1][1] != step.info.cwnd:
                points.append((step.time, step.info.cwnd))
        return points
