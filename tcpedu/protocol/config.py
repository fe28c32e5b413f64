"""연결 하나의 설정."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from .congestion.base import CongestionControl
from .congestion.reno import Reno


@dataclass(frozen=True, slots=True)
class Config:
    """`Connection`의 설정. 크기는 바이트, 시간은 초다.

    `remote_port`가 `None`인 채 LISTEN하면 처음 온 SYN의 포트를 상대로 삼는다. `window_scale`이 `None`이면
    윈도우 스케일 옵션을 보내지 않는다. 기본값은 RFC의 글대로이고, 리눅스와 다른 곳의 값은 `profiles.linux`에 모았다.
    """

    local_port: int = 50000
    remote_port: int | None = None
    mss: int = 1460  # 내가 받을 수 있는 가장 큰 세그먼트. SYN의 MSS 옵션으로 알린다 (RFC 9293 §3.7.1)
    link_mss: int | None = None  # 내 링크로 보낼 수 있는 데이터의 한도(MTU - 40). None이면 mss와 같다
    send_buffer: int = 1 << 20
    receive_buffer: int = 65535
    window_scale: int | None = None  # 0–14 (RFC 7323 §2)
    sack: bool = False  # (RFC 2018)
    timestamps: bool = False  # (RFC 7323 §3)
    initial_rto: float = 1.0  # RFC 6298 §2.1
    min_rto: float = 1.0  # RFC 6298 §2.4
    max_rto: float = 60.0  # RFC 6298 §2.5
    clock_granularity: float = 0.001  # RTO의 분산 항 4·RTTVAR의 하한 G (RFC 6298 §2.3). 리눅스는 0.2초
    syn_linear_timeouts: int = 0  # SYN을 이만큼은 백오프 없이 다시 보낸다. 리눅스는 4
    syn_retries: int = 7  # 0, 1, 3, …, 123초에 보내고 183초에 포기한다. R2는 3분 이상 (RFC 9293 §3.8.3)
    retries: int = 15  # R2: 이만큼 다시 보내도 답이 없으면 포기한다
    warn_retries: int = 3  # R1: 이만큼 다시 보내면 `Connection.warnings`로 알린다 (RFC 9293 §3.8.3)
    user_timeout: float | None = None  # 이만큼 확인받지 못하면 포기한다. None이면 재전송 횟수만 센다 (RFC 9293 §3.10.8)
    msl: float = 120.0  # RFC 9293 §3.4.2. TIME_WAIT는 2 MSL이다
    reopen_time_wait: bool = False  # TIME_WAIT에 온 새 SYN으로 곧바로 다시 연다. 수동 개방한 쪽만 (RFC 9293 §3.6.1)
    # 받는 쪽
    delayed_ack: float = 0.2  # ACK를 미루는 한도. 0이면 미루지 않는다 (RFC 9293 §3.8.6.3: 0.5초 미만)
    quick_acks: int = 0  # 처음 이만큼의 세그먼트는 곧바로 확인한다. 리눅스는 16
    # 두 쪽
    avoid_sws: bool = True  # 거짓이면 어리석은 윈도우 증후군을 피하지 않는다. RFC 9293 §3.8.6.2가 금하는 것이다
    # 보내는 쪽
    nodelay: bool = False  # 참이면 Nagle 알고리즘을 끈다 (RFC 9293 §3.7.4)
    window_probe: Literal["byte", "empty"] = "byte"  # 제로 윈도우 탐침: 새 1바이트(RFC) 또는 빈 세그먼트(리눅스)
    keepalive: float | None = None  # 이만큼 조용하면 상대가 살아 있는지 묻는다. 기본은 끔 (RFC 9293 §3.8.4)
    keepalive_interval: float = 75.0
    keepalive_probes: int = 9
    # 혼잡 제어와 손실 회복
    congestion: Callable[..., CongestionControl] = Reno  # MSS(와 initial_window)를 받아 만든다
    initial_window: int | None = None  # None이면 RFC 6928의 값
    restart_after_idle: bool = True  # (RFC 5681 §4.1)
    loss_window_after_syn_loss: bool = True  # SYN을 잃었으면 cwnd 1 MSS로 시작한다 (RFC 5681 §3.1). 리눅스는 아니다
    limited_transmit: bool = True  # (RFC 3042)
    recovery: Literal["rfc6582", "prr"] = "rfc6582"  # 회복 동안의 cwnd: 부풀리기(RFC 6582, 6675) 또는 PRR (RFC 9937)
    count_segments: bool = False  # 회복의 셈을 커널처럼: PRR을 세그먼트로, 끝내는 ACK도 cwnd를 늘리는 데 센다
    partial_ack_timer: Literal["first", "every"] = "first"  # 부분 ACK에서 타이머를 다시 걸 때 (RFC 6582 §4)
    loss_detection: Literal["dupack", "rack"] = "dupack"  # SACK 연결의 손실 판단: RFC 6675 또는 RACK-TLP (RFC 8985)
    tail_loss_probe: bool = True  # RACK을 쓸 때의 꼬리 손실 탐침 (RFC 8985 §7). 리눅스의 tcp_early_retrans
    undo: bool = False  # 쓸데없는 재전송이었으면 줄인 것을 되돌린다: DSACK(RFC 3708), 타임스탬프(RFC 3522, 4015)
    frto: bool = False  # 타임아웃이 쓸데없었는지 새 데이터로 알아본다: F-RTO (RFC 5682)
    ecn: bool = False  # (RFC 3168)

    def __post_init__(self) -> None:
        if self.window_scale is not None and not 0 <= self.window_scale <= 14:
            raise ValueError(f"윈도우 스케일은 0 이상 14 이하여야 합니다: {self.window_scale}")
        if not 0 <= self.delayed_ack < 0.5:
            raise ValueError(f"지연 ACK는 0.5초보다 짧아야 합니다 (RFC 9293 §3.8.6.3): {self.delayed_ack}")
        if not 1 <= self.mss <= 65535:
            raise ValueError(f"MSS는 1 이상 65535 이하여야 합니다: {self.mss}")
        if self.receive_buffer < 1 or self.send_buffer < 1:
            raise ValueError("버퍼는 1바이트 이상이어야 합니다")
        if self.receive_buffer >> (self.window_scale or 0) == 0:
            raise ValueError(
                f"수신 버퍼 {self.receive_buffer}바이트는 윈도우 스케일 {self.window_scale}로 알릴 수 없습니다"
            )


@dataclass(frozen=True, slots=True)
class Negotiated:
    """SYN을 주고받으며 정해진 것. 두 쪽의 SYN에 모두 있는 옵션만 켜진다.

    `mss`는 내가 보낼 세그먼트의 데이터 한도, `snd_wscale`은 상대의 윈도우에, `rcv_wscale`은 내 윈도우에 곱할 자리 수다.
    """

    mss: int = 536  # MSS 옵션이 없을 때의 값 (RFC 9293 §3.7.1)
    snd_wscale: int = 0
    rcv_wscale: int = 0
    sack: bool = False
    timestamps: bool = False
    ecn: bool = False
