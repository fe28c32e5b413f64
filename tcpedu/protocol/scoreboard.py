"""보내는 쪽의 점수판: 상대가 SACK으로 알린 구간 (RFC 2018 §5, RFC 6675 §4).

강의: lessons/10_loss_recovery.ipynb
"""

from __future__ import annotations

from bisect import bisect_right

Block = tuple[int, int]
_LAST = 1 << 62  # 어떤 끝보다도 크다


class Scoreboard:
    """SACK된 구간들. 번호는 SYN을 0으로 센 절대 번호이고 구간은 [처음, 끝), 서로 떨어져 있다.

    >>> board = Scoreboard()
    >>> board.add(2001, 3001), board.add(4001, 5001), board.add(2501, 4001)
    (1000, 1000, 1000)
    >>> board.blocks, board.sacked
    ([(2001, 5001)], 3000)
    """

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.sacked = 0  # SACK된 바이트의 합

    @property
    def highest(self) -> int:
        """SACK된 가장 큰 번호의 다음. 없으면 0."""
        return self.blocks[-1][1] if self.blocks else 0

    def add(self, start: int, end: int) -> int:
        """[start, end)가 SACK되었다. 새로 안 바이트 수를 돌려준다."""
        blocks = self.blocks
        first = bisect_right(blocks, (start, start))
        if first and blocks[first - 1][1] >= start:
            first -= 1
        last, known = first, 0
        while last < len(blocks) and blocks[last][0] <= end:
            left, right = blocks[last]
            known += right - left
            start, end = min(start, left), max(end, right)
            last += 1
        blocks[first:last] = [(start, end)]
        self.sacked += end - start - known
        return end - start - known

    def advance(self, una: int) -> None:
        """`una` 앞은 누적 확인되었다."""
        blocks = self.blocks
        while blocks and blocks[0][0] < una:
            left, right = blocks[0]
            self.sacked -= min(right, una) - left
            if right > una:
                blocks[0] = (una, right)
                return
            del blocks[0]

    def covers(self, start: int, end: int) -> bool:
        """[start, end)가 모두 SACK되었는가."""
        at = self._at(start)
        return bool(self.blocks) and self.blocks[at][0] <= start and end <= self.blocks[at][1]

    def around(self, number: int) -> Block:
        """`number`가 든 구간. 없으면 빈 구간."""
        if self.blocks:
            left, right = self.blocks[self._at(number)]
            if left <= number < right:
                return left, right
        return number, number

    def _at(self, number: int) -> int:
        """`number`가 들었거나 그 바로 앞뒤에 있는 구간의 자리. 많은 빈틈을 ACK마다 처음부터 훑지 않는다."""
        return max(0, bisect_right(self.blocks, (number, _LAST)) - 1)

    def unsacked(self, start: int, end: int) -> int:
        """[start, end)에서 SACK되지 않은 바이트 수."""
        if end <= start:
            return 0
        blocks, at, covered = self.blocks, self._at(start), 0
        while at < len(blocks) and blocks[at][0] < end:
            left, right = blocks[at]
            covered += max(0, min(right, end) - max(left, start))
            at += 1
        return end - start - covered

    def gap(self, start: int) -> Block | None:
        """`start`부터 처음 만나는 SACK되지 않은 구간. 가장 큰 SACK 뒤는 구간으로 보지 않는다."""
        blocks, at = self.blocks, self._at(start)
        while at < len(blocks):
            left, right = blocks[at]
            if start < left:
                return start, left
            start = max(start, right)
            at += 1
        return None

    def lost_edge(self, mss: int, threshold: int = 3) -> int:
        """이 번호 앞의 SACK되지 않은 것은 모두 잃은 것이다: IsLost (RFC 6675 §4). 없으면 0.

        위에 떨어진 SACK 구간이 `threshold`개이거나 SACK된 바이트가 (threshold-1)×SMSS를 넘으면 잃은 것으로 본다.
        """
        size = 0
        for count, (left, right) in enumerate(reversed(self.blocks), 1):
            size += right - left
            if count >= threshold or size > (threshold - 1) * mss:
                return left
        return 0
