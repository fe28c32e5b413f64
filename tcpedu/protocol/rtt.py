"""왕복 시간을 재는 일: 한 번만 보낸 것으로만 잰다 (Karn, RFC 6298 §3).

강의: lessons/07_retransmission.ipynb
"""

from __future__ import annotations

from collections import deque


class RttSampler:
    """보낸 시각을 적어 두었다가 ACK가 오면 왕복 시간을 잰다. 번호는 절대 번호, 시간은 초.

    >>> sampler = RttSampler()
    >>> sampler.on_sent(1001, now=0.0); sampler.on_sent(2001, now=0.01)
    >>> sampler.on_ack(2001, now=0.1)  # 먼저 보낸 것의 시간: 지연 ACK가 기다린 시간까지 들어간다
    0.1
    """

    def __init__(self) -> None:
        self._sent: deque[tuple[int, float]] = deque()  # (끝 번호, 보낸 시각), 한 번만 보낸 것

    def on_sent(self, end: int, now: float) -> None:
        """`end` 앞까지의 새 데이터를 보냈다."""
        self._sent.append((end, now))

    def on_run_sent(self, start: int, end: int, size: int, now: float) -> None:
        """[start, end)의 새 데이터를 `size`바이트씩 나눠 잇달아 보냈다."""
        for upto in range(start + size, end + 1, size):
            self._sent.append((upto, now))

    def on_retransmit(self) -> None:
        """무엇인가를 다시 보냈다: 어느 것의 ACK인지 알 수 없으므로 지금까지의 기록을 버린다."""
        self._sent.clear()

    def on_ack(self, ack: int, now: float) -> float | None:
        """`ack`까지 확인되었다. 잴 수 있으면 왕복 시간."""
        sent = self._sent
        if not sent or sent[0][0] > ack:
            return None
        _, first = sent.popleft()
        while sent and sent[0][0] <= ack:
            sent.popleft()
        return now - first
