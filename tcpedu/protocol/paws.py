"""타임스탬프: 되돌려 줄 값을 고르고 옛 세그먼트를 가려낸다 (RFC 7323 §4, §5).

강의: lessons/03_sequence_numbers.ipynb
"""

from __future__ import annotations

from .options import stamped
from .segment import Option, Timestamps
from .seqnum import SIGN, seq_diff

VALID_FOR = 24 * 24 * 3600.0  # 24일이 지나면 TS.Recent를 믿지 않는다 (RFC 7323 §5.5)


class TimestampState:
    """한 연결의 타임스탬프 변수. `recent`는 TS.Recent, `last_ack_sent`는 마지막으로 보낸 확인응답 번호다."""

    def __init__(self, now: float = 0.0, recent: int = 0) -> None:
        self.recent = recent
        self.recent_at = now
        self.last_ack_sent = 0
        self._options: tuple[Option, ...] = ()  # 마지막으로 만든 옵션과
        self._clock = self._echo = -1  # 그때의 시계와 TS.Recent

    def options(self, clock: int) -> tuple[Option, ...]:
        """시계가 `clock`일 때 실을 옵션 (RFC 7323 부록 A). 한 눈금 안에 보내는 세그먼트들은 하나를 함께 쓴다."""
        if self._clock != clock or self._echo != self.recent:
            self._clock, self._echo = clock, self.recent
            self._options = stamped(clock, self.recent)
        return self._options

    def accept(self, stamp: Timestamps, seq: int, now: float) -> bool:
        """PAWS: TSval이 TS.Recent보다 앞선 옛 세그먼트이면 거짓 (RFC 7323 §5.3 R1).

        아니면, 마지막으로 확인한 자리를 품은 세그먼트의 TSval을 되돌려 줄 값으로 삼는다 (§4.3, §5.3 R3).

        >>> TimestampState(recent=1000).accept(Timestamps(999, 0), seq=1, now=1.0)
        False
        """
        value = stamp.value
        if (value - self.recent) & SIGN:  # seq_lt와 같다
            return now - self.recent_at >= VALID_FOR
        if seq == self.last_ack_sent or (seq - self.last_ack_sent) & SIGN:
            self.recent, self.recent_at = value, now
        return True

    @staticmethod
    def rtt(stamp: Timestamps, clock: int) -> float | None:
        """되돌아온 TSecr로 잰 왕복 시간, 초 (RFC 7323 §4). 값이 없으면 `None`."""
        if not stamp.echo:
            return None
        return max(0, seq_diff(clock, stamp.echo)) / 1000
