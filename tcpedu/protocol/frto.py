"""F-RTO: 타임아웃이 쓸데없었는지 새 데이터를 보내 알아본다 (RFC 5682).

첫째 것만 다시 보내고, 그 ACK가 나아가면 되돌아가 보내는 대신 새 세그먼트 둘을 보낸다. 다음 ACK도 나아가면 처음 보낸
것들이 도착하고 있는 것이다.
강의: lessons/10_loss_recovery.ipynb
"""

from __future__ import annotations

from enum import Enum


class Verdict(Enum):
    """ACK 하나를 보고 내린 판단."""

    WAIT = "더 본다"
    SEND_NEW = "새 세그먼트 둘을 보낸다"
    SPURIOUS = "쓸데없는 타임아웃이었다"
    LOST = "정말 잃었다: 보통의 회복으로"


class FRto:
    """한 번의 타임아웃. 번호는 절대 번호다 (RFC 5682 §2.1).

    >>> frto = FRto()
    >>> frto.on_timeout(una=1, max_nxt=10_001)
    >>> frto.on_ack(1001, advanced=True).name, frto.on_ack(2001, advanced=True).name
    ('SEND_NEW', 'SPURIOUS')
    """

    def __init__(self) -> None:
        self.step = 0  # 0이면 쉬는 중, 2와 3은 RFC의 단계
        self._recover = 0

    def on_timeout(self, una: int, max_nxt: int) -> None:
        """1단계: 첫째 것을 다시 보낸다. 이미 타임아웃에서 회복하는 중이면 하지 않는다."""
        self.step = 2 if una >= self._recover and self.step == 0 else 0
        self._recover = max_nxt

    def on_ack(self, ack: int, *, advanced: bool) -> Verdict:
        """ACK 하나. `advanced`는 SND.UNA가 나아갔다는 뜻이고, 아니면 중복 ACK다."""
        step, self.step = self.step, 0
        if step == 0:
            return Verdict.WAIT
        if not advanced:
            return Verdict.LOST  # 2단계 a, 3단계 a
        if step == 3:
            return Verdict.SPURIOUS  # 3단계 b
        if ack >= self._recover:
            return Verdict.LOST  # 다시 보낸 것 하나로 모두 메워졌다: 알 수 없다
        self.step = 3
        return Verdict.SEND_NEW  # 2단계 b
