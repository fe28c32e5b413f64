"""킵얼라이브: 조용한 연결의 상대가 아직 있는지 묻는다 (RFC 9293 §3.8.4). 기본은 꺼져 있다.

강의: lessons/05_connection_termination.ipynb
"""

from __future__ import annotations

from .config import Config


class Keepalive:
    """`at`은 다음에 물어볼 시각(꺼졌으면 `None`), `probes`는 답을 받지 못한 물음의 수다."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.at: float | None = None
        self.probes = 0

    def on_arrival(self, now: float) -> None:
        """상대에게서 무엇인가 왔다: 처음부터 다시 센다."""
        if self.config.keepalive is not None:
            self.probes = 0
            self.at = now + self.config.keepalive

    def on_timer(self, now: float) -> bool:
        """물어볼 때가 되었다. 더 물어보지 않고 포기할 것이면 거짓."""
        if self.probes >= self.config.keepalive_probes:
            self.at = None
            return False
        self.probes += 1
        self.at = now + self.config.keepalive_interval
        return True
