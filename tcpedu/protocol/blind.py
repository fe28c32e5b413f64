"""번호를 모른 채 끼어들기: 어떤 RST가 통하고, 몇 번을 던져야 하나가 맞는가 (RFC 5961 §1.2, §3.2, §5.2).

강의: lessons/15_security.ipynb
"""

from __future__ import annotations

from typing import Literal

from .seqnum import MODULUS

Verdict = Literal["reset", "challenge", "drop"]


def rst_accepted(seq: int, rcv_nxt: int, rcv_wnd: int) -> Verdict:
    """동기화된 연결에 온 RST를 어떻게 하는가 (RFC 5961 §3.2, RFC 9293 §3.10.7.4).

    번호가 RCV.NXT와 꼭 맞으면 `"reset"`, 윈도우 안이지만 다르면 `"challenge"`(challenge ACK로 되묻는다), 윈도우 밖이면
    `"drop"`이다. 번호는 0 이상 2**32 미만, 윈도우는 바이트. 윈도우가 0이어도 꼭 맞는 번호는 받는다.

    >>> [rst_accepted(seq, rcv_nxt=1000, rcv_wnd=500) for seq in (1000, 1001, 1499, 1500, 999)]
    ['reset', 'challenge', 'challenge', 'drop', 'drop']
    """
    if seq == rcv_nxt:
        return "reset"
    return "challenge" if (seq - rcv_nxt) % MODULUS < rcv_wnd else "drop"


def rst_accepted_rfc793(seq: int, rcv_nxt: int, rcv_wnd: int) -> Verdict:
    """옛 규칙: 윈도우 안이면 무엇이든 끊는다 (RFC 793 §3.4).

    >>> rst_accepted_rfc793(1001, rcv_nxt=1000, rcv_wnd=500)
    'reset'
    """
    return "drop" if rst_accepted(seq, rcv_nxt, rcv_wnd) == "drop" else "reset"


def guesses(target: int = 1, ports: int = 1) -> int:
    """순서 번호 전체를 훑어 너비 `target`인 구간을 반드시 맞히는 데 드는 세그먼트의 수 (RFC 5961 §1.2).

    `target`은 맞혀야 할 구간의 크기(윈도우, 꼭 맞아야 하면 1), `ports`는 모르는 임시 포트의 가짓수다.

    >>> guesses(65_535), guesses(), guesses(65_535, ports=28_232)
    (65538, 4294967296, 1850268816)
    """
    if target < 1 or ports < 1:
        raise ValueError(f"구간의 크기와 포트의 수는 1 이상이어야 합니다: {target}, {ports}")
    return -(-MODULUS // target) * ports
