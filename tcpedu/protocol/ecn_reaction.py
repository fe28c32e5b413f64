"""보내는 쪽이 혼잡 알림에 답하는 일: 한 윈도우에 한 번 줄이고, 줄였음을 CWR로 알린다 (RFC 3168 §6.1.2).

강의: lessons/11_modern_congestion_control.ipynb
"""

from __future__ import annotations


class EcnReaction:
    """`enabled`는 이 연결이 ECN을 쓰기로 했는가, `cwr_due`는 다음 새 데이터에 CWR을 달 것인가다. 번호는 절대 번호.

    >>> ecn = EcnReaction(enabled=True)
    >>> ecn.reacts(una=1000), ecn.on_reduced(nxt=5000), ecn.cwr_due
    (True, None, True)
    >>> ecn.reacts(una=5000), ecn.reacts(una=5001)
    (False, True)
    """

    def __init__(self, *, enabled: bool) -> None:
        self.enabled = enabled
        self.cwr_due = False
        self._reduced_upto = 0  # 마지막으로 알림에 줄였을 때까지 보낸 끝

    def reacts(self, una: int) -> bool:
        """`una`까지 확인한 ACK의 ECE에 줄일 차례인가.

        줄일 때까지 보낸 것을 꼭 다 확인한 ACK의 ECE도 그 윈도우의 것이다. CWR은 그다음 데이터에 실려 갔다.
        """
        return una > self._reduced_upto

    def on_reduced(self, nxt: int) -> None:
        """알림을 받아 줄였다."""
        self._reduced_upto = nxt
        self.tell()

    def tell(self) -> None:
        """줄인 까닭이 표시든 손실이든 타임아웃이든 다음 새 데이터에 CWR을 단다."""
        self.cwr_due = self.enabled
