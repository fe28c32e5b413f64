"""혼잡 제어의 공통 모습: 보내는 쪽이 알리는 사건과, 알고리즘이 정하는 cwnd·ssthresh (RFC 5681).

맡는 일을 이렇게 나눈다. 알고리즘은 *얼마나* 보낼지(cwnd, ssthresh, 필요하면 pacing_rate)만 정한다.
*무엇을* 다시 보낼지, 언제 빠른 회복에 들고 나는지, 회복 동안 윈도우를 부풀리거나(RFC 6582) 천천히 줄이는(PRR, RFC 9937)
일은 보내는 쪽이 한다.
강의: lessons/09_congestion_control.ipynb
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum, StrEnum


class Phase(StrEnum):
    """Reno와 CUBIC의 단계 (RFC 5681 §3)."""

    SLOW_START = "slow_start"
    CONGESTION_AVOIDANCE = "congestion_avoidance"
    FAST_RECOVERY = "fast_recovery"

    @property
    def korean(self) -> str:
        """우리말 이름."""
        return {"slow_start": "슬로 스타트", "congestion_avoidance": "혼잡 회피", "fast_recovery": "빠른 회복"}[self]


class PhaseEvent(Enum):
    """단계를 움직이는 사건. 값은 그림에 쓰는 우리말이다."""

    ACK = "새 ACK"
    REACHED_SSTHRESH = "cwnd ≥ ssthresh"
    DUP_ACK = "중복 ACK"
    LOSS = "중복 ACK 3개"
    PARTIAL_ACK = "부분 ACK"
    FULL_ACK = "전체 ACK"
    TIMEOUT = "재전송 타임아웃"
    ECN = "ECE"
    IDLE = "RTO 넘게 쉼"

    @property
    def korean(self) -> str:
        """우리말 이름."""
        return self.value


@dataclass(frozen=True, slots=True)
class PhaseEdge:
    """단계 그림의 화살표 하나: 어느 단계에서, 무슨 일이 있으면, 어느 단계로, 무엇을 하며, 어느 RFC의 절."""

    source: StrEnum
    event: Enum
    target: StrEnum
    action: str
    rfc: str


@dataclass(frozen=True, slots=True)
class Rules:
    """RFC의 글과 리눅스가 다른 곳의 스위치. 기본값이 RFC이고, `LINUX`가 리눅스다 (6.18에서 잰 것).

    `abc_limit`: 슬로 스타트에서 ACK 하나에 늘리는 한도, MSS 단위. 1은 RFC 5681, 2는 RFC 3465, 리눅스는 한도가 없다.
    `whole_segments`: 참이면 줄일 때 세그먼트의 배수로 내린다. 리눅스는 cwnd를 세그먼트로 센다.
    `reduce_from_cwnd`: 참이면 ssthresh를 FlightSize가 아니라 cwnd에서 셈한다.
    `grow_when_app_limited`: 거짓이면 cwnd를 다 쓰지 않았을 때 늘리지 않는다.
    `use_by_window`: 참이면 다 썼는지를 ACK마다가 아니라 윈도우마다 본다. 다 쓴 윈도우의 ACK에는 끝까지 늘리고, 슬로
    스타트에서는 나가 있던 것의 두 배까지 늘린다(커널의 `tcp_is_cwnd_limited`).
    `reduce_once`: 참이면 회복 중의 타임아웃에는 ssthresh를 또 낮추지 않는다(커널의 `tcp_enter_loss`).
    """

    abc_limit: float = 1
    whole_segments: bool = False
    reduce_from_cwnd: bool = False
    grow_when_app_limited: bool = True
    use_by_window: bool = False
    reduce_once: bool = False


LINUX = Rules(
    abc_limit=math.inf, whole_segments=True, reduce_from_cwnd=True, grow_when_app_limited=False, use_by_window=True,
    reduce_once=True,
)  # fmt: skip


def initial_window(mss: int) -> int:
    """연결을 시작할 때의 cwnd, 바이트 (RFC 6928 §2).

    >>> initial_window(1460), initial_window(9000)
    (14600, 18000)
    """
    return min(10 * mss, max(2 * mss, 14600))


_SLOW_START, _CONGESTION_AVOIDANCE = Phase.SLOW_START, Phase.CONGESTION_AVOIDANCE  # 열거형에서 찾는 것은 느리다
_FAST_RECOVERY = Phase.FAST_RECOVERY
_default_window = initial_window  # 아래 생성자의 인자와 이름이 같다


class CongestionControl:
    """혼잡 제어 알고리즘의 바탕. 크기는 바이트, 시간은 초다.

    새 알고리즘은 이것을 물려받아 `on_ack`, `on_loss`, `on_timeout`을 채운다. 나머지에는 기본 동작이 있다.
    보내는 쪽은 다음 차례로 부른다.

    - 새 데이터를 확인하는 ACK마다 `on_ack`. 빠른 회복 중의 부분 ACK와 회복을 끝내는 전체 ACK에도 부른다.
      늘릴지 말지는 알고리즘이 안다.
    - 중복 ACK마다 `on_dup_ack`. 셋째(또는 SACK, RACK)에서 손실로 판단하면 `on_loss`를 한 번.
    - 전체 ACK로 회복이 끝나면 그 ACK의 `on_ack` 다음에 `on_recovery_exit`.
    - 재전송 타이머가 끝나면 `on_timeout`. 회복 중이었다면 회복도 끝난 것이고, `on_recovery_exit`는 부르지 않는다.
    - ECE가 온 ACK에서 `on_ecn`. RFC 3168 §6.1.2대로 한 윈도우에 한 번만이다: 보내는 쪽은 줄일 때 SND.NXT를 적어 두고,
      SND.UNA가 그것을 넘을 때까지 오는 ECE는 전하지 않는다. 같은 윈도우에서 손실로 이미 줄였을 때도 전하지 않는다.
    - RTO보다 오래 아무것도 보내지 않다가 다시 보내려 할 때 `on_idle` (RFC 5681 §4.1).
    """

    mss: int = 1460
    cwnd: int
    ssthresh: float = math.inf  # 처음에는 한없이 크게 (RFC 5681 §3.1)
    initial_window: int | None = None
    in_recovery: bool = False
    pacing_rate: float | None = None  # 바이트/초. None이면 간격을 두지 않고 보낸다
    phases: tuple[PhaseEdge, ...] = ()  # 단계 사이의 모든 화살표. 그림이 이것을 그린다
    own_recovery: bool = False  # 참이면 회복 중에도 cwnd를 그대로 쓴다: 보내는 쪽이 부풀리거나 줄이지 않는다
    counts_sacked: bool = False  # 참이면 SACK으로 도착한 것도 `on_ack`로 듣고, 나가 있는 양은 FlightSize 대신 pipe다

    def __init__(self, mss: int, initial_window: int | None = None) -> None:
        if mss < 1:
            raise ValueError(f"MSS는 1바이트 이상이어야 합니다: {mss}")
        self.mss = mss
        self.initial_window = _default_window(mss) if initial_window is None else initial_window
        self.cwnd = self.initial_window

    @property
    def phase(self) -> StrEnum:
        """지금 단계. cwnd < ssthresh이면 슬로 스타트다 (RFC 5681 §3.1)."""
        if self.in_recovery:
            return _FAST_RECOVERY
        return _SLOW_START if self.cwnd < self.ssthresh else _CONGESTION_AVOIDANCE

    def on_ack(self, acked: int, rtt: float | None, in_flight: int, now: float) -> None:
        """새 데이터 `acked`바이트가 확인되었다. `in_flight`는 이 ACK를 반영하기 *직전의* FlightSize다.

        `rtt`는 이 ACK로 잰 왕복 시간이고, 재전송한 것이라 잴 수 없으면 `None`이다(Karn, RFC 6298 §3).
        """
        raise NotImplementedError(f"{type(self).__name__}에 on_ack가 없습니다")

    def on_dup_ack(self, now: float) -> None:
        """중복 ACK 하나. 손실인지 세는 것은 보내는 쪽이 하므로, 보통은 할 일이 없다."""

    def on_loss(self, in_flight: int, now: float) -> None:
        """손실을 알았다: 빠른 회복의 시작 (RFC 5681 §3.2). ssthresh를 낮추고 cwnd를 회복 뒤의 목표로 둔다.

        `in_flight`는 FlightSize다. 제한 전송(RFC 3042)으로 보낸 것은 빼고 넘긴다 (RFC 5681 §3.2 2단계).
        """
        raise NotImplementedError(f"{type(self).__name__}에 on_loss가 없습니다")

    def on_timeout(self, in_flight: int, now: float) -> None:
        """재전송 타이머가 끝났다 (RFC 5681 §3.1). 같은 세그먼트의 두 번째 타임아웃인지는 알고리즘이 가린다:
        앞의 타임아웃 뒤로 `on_ack`가 없었으면 같은 세그먼트다.
        """
        raise NotImplementedError(f"{type(self).__name__}에 on_timeout이 없습니다")

    def on_ecn(self, in_flight: int, now: float) -> None:
        """ECE를 받았다: 손실 하나와 똑같이 줄이되 다시 보낼 것은 없다 (RFC 3168 §6.1.2)."""
        self.on_loss(in_flight, now)
        self.on_recovery_exit(now)

    def on_recovery_exit(self, now: float) -> None:
        """전체 ACK: 회복 시작 때 보낸 것이 모두 확인되었다. cwnd는 ssthresh다 (RFC 6582 §3.2 3단계)."""
        self.in_recovery = False
        self.cwnd = int(min(self.cwnd, self.ssthresh))

    def on_idle(self, now: float) -> None:
        """오래 쉬었다: cwnd를 재시작 윈도우 RW = min(IW, cwnd)로 (RFC 5681 §4.1)."""
        if self.initial_window is not None:
            self.cwnd = min(self.cwnd, self.initial_window)

    def on_app_limited(self, in_flight: int, now: float) -> None:
        """보낼 데이터가 없어 cwnd를 다 쓰지 못했다. 대역폭을 재는 알고리즘만 쓴다."""

    def on_spurious(self, now: float) -> None:
        """손실이 아니었다(DSACK, F-RTO 등으로 알았다). 되돌리는 알고리즘만 쓴다."""
