"""작은 세그먼트를 보낼까, 모을까: Nagle 알고리즘과 보내는 쪽의 SWS 회피 (RFC 9293 §3.7.4, §3.8.6.2.1).

강의: lessons/08_flow_control.ipynb
"""

from __future__ import annotations


def worth_sending(unsent: int, usable: int, mss: int, max_wnd: int, idle: bool) -> bool:
    """지금 보낼 만한가 (RFC 9293 §3.8.6.2.1의 (1)–(3)). 크기는 바이트.

    `unsent`는 버퍼에서 기다리는 데이터 D, `usable`은 쓸 수 있는 윈도우 U, `max_wnd`는 상대가 알린 가장 큰 윈도우다.
    `idle`은 확인을 기다리는 것이 없거나(SND.NXT = SND.UNA) Nagle을 껐다는 뜻이다. 맡은 데이터는 모두 PUSH된 것으로
    본다.

    >>> worth_sending(unsent=5, usable=65535, mss=1460, max_wnd=65535, idle=False)  # 앞의 ACK를 기다린다
    False
    >>> worth_sending(unsent=5, usable=65535, mss=1460, max_wnd=65535, idle=True)
    True
    >>> worth_sending(unsent=5000, usable=100, mss=1460, max_wnd=65535, idle=True)  # 윈도우가 조금만 열렸다
    False
    """
    size = min(unsent, usable)
    if size >= mss:
        return True
    return idle and (unsent <= usable or 2 * size >= max_wnd)
