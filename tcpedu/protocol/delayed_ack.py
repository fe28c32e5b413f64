"""지연 ACK: 둘째 세그먼트마다, 또는 0.5초 안에 확인한다 (RFC 9293 §3.8.6.3, RFC 5681 §4.2).

강의: lessons/08_flow_control.ipynb
"""

from __future__ import annotations


class DelayedAck:
    """`at`은 미룬 ACK를 보낼 시각(미룬 것이 없으면 `None`). 크기는 바이트, 시간은 초다.

    `delay`가 0이면 미루지 않는다. `quick`은 연결의 처음에 미루지 않고 곧바로 확인하는 세그먼트의 수다.

    >>> delayed = DelayedAck(delay=0.2, quick=0)
    >>> delayed.on_data(1460, now=1.0), delayed.at
    (False, 1.2)
    >>> delayed.on_data(1460, now=1.1)
    True
    """

    def __init__(self, delay: float, quick: int) -> None:
        self.delay = delay
        self.quick = quick
        self.at: float | None = None
        self._waiting = 0  # 확인을 미룬 바이트
        self._full_size = 1  # 지금까지 받은 가장 큰 세그먼트: 상대의 한 세그먼트를 이것으로 짐작한다

    def on_data(self, size: int, now: float) -> bool:
        """순서에 맞는 데이터를 받았다. 지금 확인할 것이면 참."""
        if size > self._full_size:
            self._full_size = size
        self._waiting += size
        if self.quick > 0:
            self.quick -= 1
            return True
        if not self.delay or self._waiting >= 2 * self._full_size:
            return True
        if self.at is None:
            self.at = now + self.delay
        return False

    def on_ack_sent(self) -> None:
        """ACK가 나갔다(데이터에 실려서라도)."""
        self.at = None
        self._waiting = 0
