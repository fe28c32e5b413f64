"""받는 쪽이 만드는 SACK 블록: 따로 받은 구간을 최근 것부터 알린다 (RFC 2018 §4, RFC 2883).

강의: lessons/10_loss_recovery.ipynb
"""

from __future__ import annotations

Block = tuple[int, int]


class SackBlocks:
    """따로 받은 구간들. 위치는 스트림의 절대 번호이고 구간은 [처음, 끝)이다.

    >>> blocks = SackBlocks()
    >>> blocks.add(2000, 3000); blocks.add(4000, 5000)
    >>> blocks.report(limit=3)
    [(4000, 5000), (2000, 3000)]
    >>> blocks.add(3000, 4000)
    >>> blocks.report(limit=3)
    [(2000, 5000)]
    """

    def __init__(self) -> None:
        self._recent: list[Block] = []  # 가장 최근에 받은 것을 품은 구간이 앞
        self.duplicate: Block | None = None  # 다음 ACK로 한 번 알릴, 두 번 받은 구간 (DSACK)

    def __bool__(self) -> bool:
        return bool(self._recent) or self.duplicate is not None

    def add(self, start: int, end: int) -> None:
        """[start, end)를 받았다. 맞닿거나 겹친 구간과 합쳐 맨 앞에 둔다 (RFC 2018 §4)."""
        apart = []
        for left, right in self._recent:
            if right < start or left > end:
                apart.append((left, right))
            else:
                start, end = min(start, left), max(end, right)
        self._recent = [(start, end), *apart]

    def advance(self, upto: int) -> None:
        """`upto` 앞이 순서대로 모두 채워졌다."""
        if self._recent:
            self._recent = [(left, right) for left, right in self._recent if right > upto]

    def known(self, start: int, end: int, upto: int) -> Block | None:
        """[start, end)에서 이미 받은 첫 구간. `upto` 앞은 순서대로 모두 받았다 (RFC 2883 §4.2: 첫 하나만 알린다)."""
        held = [(0, upto), *self._recent]
        parts = [(max(left, start), min(right, end)) for left, right in held if left < end and right > start]
        return min(parts, default=None)

    def report(self, limit: int) -> list[Block]:
        """ACK에 실을 블록, 최대 `limit`개. 두 번 받은 구간이 있으면 맨 앞에 한 번만 (RFC 2883 §4)."""
        first = [] if self.duplicate is None else [self.duplicate]
        self.duplicate = None
        return (first + self._recent)[:limit]
