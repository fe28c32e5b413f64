"""설정 두 벌: RFC의 글대로인 `TEXTBOOK`과 리눅스처럼 움직이는 `LINUX`.

리눅스의 값은 커널 6.18에서 잰 것과 `ip-sysctl` 문서의 값이다. SACK 압축, 버퍼의 자동 조절, TSQ는 없다.
강의: lessons/10_loss_recovery.ipynb, lessons/16_capstone.ipynb
"""

from __future__ import annotations

from dataclasses import fields
from functools import partial
from typing import Any

from .config import Config
from .congestion import LINUX as LINUX_RULES
from .congestion import Cubic

TEXTBOOK = Config()
"""RFC 9293, 5681, 6298, 6582의 글대로."""

LINUX = Config(
    window_scale=7,
    sack=True,
    timestamps=True,
    congestion=partial(Cubic, rules=LINUX_RULES),
    recovery="prr",
    count_segments=True,
    partial_ack_timer="every",
    loss_detection="rack",  # SACK을 쓰면 언제나. 6.17부터는 끌 수 없다
    undo=True,
    frto=True,
    loss_window_after_syn_loss=False,  # SYN을 하나 잃어도 IW는 10이다
    min_rto=0.2,
    clock_granularity=0.2,  # RTO = SRTT + max(4·RTTVAR, 200ms)
    max_rto=120.0,
    syn_linear_timeouts=4,  # 커널 6.5부터: 1, 1, 1, 1, 1, 2, 4…
    syn_retries=6,
    delayed_ack=0.04,
    quick_acks=16,
    window_probe="empty",
    msl=30.0,  # TIME_WAIT는 60초로 고정되어 있다
)
"""리눅스의 기본값 (6.18)."""

PROFILES: dict[str, Config] = {"textbook": TEXTBOOK, "linux": LINUX}


def differences() -> dict[str, tuple[Any, Any]]:
    """두 벌이 다른 설정: 이름 → (교과서의 값, 리눅스의 값).

    >>> differences()["delayed_ack"]
    (0.2, 0.04)
    """
    pairs = {field.name: (getattr(TEXTBOOK, field.name), getattr(LINUX, field.name)) for field in fields(Config)}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
