"""TIME_WAIT에 있는 4-튜플을 새 연결에 다시 써도 되는가: 리눅스의 tcp_tw_reuse (RFC 6191 §2, 리눅스 6.18).

강의: lessons/15_security.ipynb
"""

from __future__ import annotations

from typing import Literal


def tw_reuse_allowed(
    direction: Literal["outgoing", "incoming"], timestamps: bool, setting: Literal[0, 1, 2], loopback: bool
) -> bool:
    """tcp_tw_reuse가 이 연결에 TIME_WAIT의 4-튜플을 내주는가.

    나가는 연결에만 통하고, TIME_WAIT로 남은 연결이 타임스탬프를 썼어야 한다. `setting`은 0 끔, 1 모두, 2 루프백만
    (기본)이다. TIME_WAIT가 된 지 1초는 지났다고 본다.

    >>> tw_reuse_allowed("outgoing", timestamps=True, setting=2, loopback=False)
    False
    """
    if direction not in ("outgoing", "incoming") or setting not in (0, 1, 2):
        raise ValueError(f"direction은 outgoing이나 incoming, setting은 0, 1, 2입니다: {direction}, {setting}")
    enabled = setting == 1 or (setting == 2 and loopback)
    return direction == "outgoing" and timestamps and enabled
