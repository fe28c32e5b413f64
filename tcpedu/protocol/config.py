"""연결 하나의 설정."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Config:
    """`Connection`의 설정. 크기는 바이트, 시간은 초다.

    `remote_port`가 `None`인 채 LISTEN하면 처음 온 SYN의 포트를 상대로 삼는다. `window_scale`이 `None`이면
    윈도우 스케일 옵션을 보내지 않는다.
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
    syn_retries: int = 7  # 0, 1, 3, …, 123초에 보내고 183초에 포기한다. R2는 3분 이상 (RFC 9293 §3.8.3)
    retries: int = 15
    msl: float = 120.0  # RFC 9293 §3.4.2. TIME_WAIT는 2 MSL이다

    def __post_init__(self) -> None:
        if self.window_scale is not None and not 0 <= self.window_scale <= 14:
            raise ValueError(f"윈도우 스케일은 0 이상 14 이하여야 합니다: {self.window_scale}")
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
