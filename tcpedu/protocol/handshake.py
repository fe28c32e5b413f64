"""연결을 여는 SYN의 옵션과 그 협상, 받아 줄 연결이 없을 때의 RST (RFC 9293 §3.5, §3.7.1).

강의: lessons/04_connection_establishment.ipynb
"""

from __future__ import annotations

from .config import Config, Negotiated
from .segment import MSS, Flags, NoOperation, Option, SackPermitted, Segment, Timestamps, WindowScale

DEFAULT_MSS = 536


def syn_options(config: Config, now: float, echo: int = 0, reply_to: Segment | None = None) -> tuple[Option, ...]:
    """SYN에 실을 옵션. `reply_to`가 있으면 상대의 SYN에 있는 것만 되돌려 제안한다.

    윈도우 스케일과 타임스탬프는 상대의 SYN에 있을 때만 SYN,ACK에 실을 수 있다 (RFC 7323 §2.2, §3.2).
    """

    def offered(kind: type[Option]) -> bool:
        return reply_to is None or reply_to.option(kind) is not None

    options: list[Option] = [MSS(config.mss)]
    if config.window_scale is not None and offered(WindowScale):
        options += [NoOperation(), WindowScale(config.window_scale)]
    if config.sack and offered(SackPermitted):
        options += [NoOperation(), NoOperation(), SackPermitted()]
    if config.timestamps and offered(Timestamps):
        options += [NoOperation(), NoOperation(), Timestamps(timestamp(now), echo)]
    return tuple(options)


def negotiate(config: Config, syn: Segment) -> Negotiated:
    """내 설정과 상대의 SYN(또는 SYN,ACK)에서 이 연결의 값을 정한다."""
    mss = syn.option(MSS)
    scale = syn.option(WindowScale)
    scaling = scale is not None and config.window_scale is not None
    return Negotiated(
        # 내가 보낼 크기는 상대가 받겠다는 크기다. 내 링크의 한도(MMS_S)도 넘지 않는다 (RFC 9293 §3.7.1).
        mss=min(mss.value if mss else DEFAULT_MSS, config.link_mss or config.mss),
        # RFC 7323 §2.3: 14보다 큰 값은 14로 본다.
        snd_wscale=min(scale.shift, 14) if scaling and scale else 0,
        rcv_wscale=config.window_scale or 0 if scaling else 0,
        sack=config.sack and syn.option(SackPermitted) is not None,
        timestamps=config.timestamps and syn.option(Timestamps) is not None,
        ecn=config.ecn and offers_ecn(syn),
    )


def ecn_flags(config: Config, reply_to: Segment | None) -> Flags:
    """SYN에 더할 플래그: ECN을 제안하면 ECE와 CWR, 받아들이면 ECE만 (RFC 3168 §6.1.1)."""
    if not config.ecn:
        return Flags(0)
    if reply_to is None:
        return Flags.ECE | Flags.CWR
    return Flags.ECE if offers_ecn(reply_to) else Flags(0)


def offers_ecn(syn: Segment) -> bool:
    """상대의 SYN(ECE와 CWR) 또는 SYN,ACK(ECE만)가 ECN을 쓰자고 하는가 (RFC 3168 §6.1.1)."""
    if syn.has(Flags.ACK):
        return syn.has(Flags.ECE) and not syn.has(Flags.CWR)
    return syn.has(Flags.ECE | Flags.CWR)


def timestamp(now: float) -> int:
    """1 ms마다 1씩 느는 타임스탬프 시계 (RFC 7323 §5.4)."""
    return int(now * 1000) % (1 << 32)


def reset_for(segment: Segment) -> Segment | None:
    """연결이 없는 곳에 온 세그먼트에 답할 RST. RST에는 답하지 않는다 (RFC 9293 §3.5.2, §3.10.7.1).

    >>> print(reset_for(Segment(50000, 81, seq=100, flags=Flags.SYN)).summary())
    RST,ACK seq=0 ack=101 win=0
    """
    if segment.has(Flags.RST):
        return None
    if segment.has(Flags.ACK):
        return Segment(segment.dst_port, segment.src_port, seq=segment.ack, flags=Flags.RST, window=0)
    return Segment(
        segment.dst_port, segment.src_port, seq=0, ack=segment.end, flags=Flags.RST | Flags.ACK, window=0
    )  # fmt: skip
