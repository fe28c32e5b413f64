"""보냈고 아직 확인받지 못한 세그먼트의 기록: 무엇을, 마지막으로 언제 보냈나 (RFC 8985 §5.1).

강의: lessons/10_loss_recovery.ipynb
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import OrderedDict


class Sent:
    """세그먼트 하나: 번호 [start, end), 마지막으로 보낸 시각 `at`, 다시 보낸 적이 있는가."""

    __slots__ = ("at", "end", "retransmitted", "start")

    def __init__(self, start: int, end: int, at: float, retransmitted: bool) -> None:
        self.start = start
        self.end = end
        self.at = at
        self.retransmitted = retransmitted


class Transmissions:
    """확인받지 못한 세그먼트들. 나가 있는 것(`flying`, 보낸 차례)과 잃은 것(`lost`, 번호 차례)으로 나눈다.

    `pipe`는 나가 있는 바이트의 합이다. SACK된 것은 여기 없다.

    >>> segments = Transmissions()
    >>> segments.on_sent(1, 1001, 0.0, is_new=True); segments.on_sent(1001, 2001, 0.1, is_new=True)
    >>> [sent.start for sent in segments.cumulative(1001)], segments.pipe
    ([1], 1000)
    """

    def __init__(self) -> None:
        self.flying: OrderedDict[int, Sent] = OrderedDict()
        self.lost: list[int] = []  # 잃었고 아직 다시 보내지 않은 세그먼트의 처음
        self.pipe = 0
        self._starts: list[int] = []  # 모두, 번호 차례
        self._by_start: dict[int, Sent] = {}
        self._sacked_ends: list[int] = []  # SACK된 세그먼트의 끝, 번호 차례

    def on_sent(self, start: int, end: int, now: float, *, is_new: bool) -> None:
        """[start, end)를 보냈다. 다시 보낸 것이면 전의 기록을 갈음한다."""
        if not is_new:
            self._cut(start, end)
        sent = Sent(start, end, now, not is_new)
        if self._starts and start < self._starts[-1]:
            insort(self._starts, start)
        else:
            self._starts.append(start)
        self._by_start[start] = self.flying[start] = sent
        self.pipe += end - start

    def _cut(self, start: int, end: int) -> None:
        """[start, end)와 겹치는 기록을 지우거나 줄인다."""
        at = max(0, bisect_left(self._starts, start) - 1)
        while at < len(self._starts) and self._starts[at] < end:
            sent = self._by_start[self._starts[at]]
            if sent.end <= start:
                at += 1
            elif sent.start < start:
                self._shrink(sent, sent.start, start)
                at += 1
            elif sent.end > end:
                self._shrink(sent, end, sent.end)
                return
            else:
                self._remove(at)

    def _shrink(self, sent: Sent, start: int, end: int) -> None:
        if sent.start in self.flying:
            self.pipe -= sent.end - sent.start - (end - start)
        if start != sent.start:
            self._rename(sent, start)
        sent.end = end

    def _rename(self, sent: Sent, start: int) -> None:
        """앞부분이 확인되어 처음이 바뀌었다. 보낸 차례는 그대로 둔다."""
        was = sent.start
        self._starts[bisect_left(self._starts, was)] = start
        del self._by_start[was]
        self._by_start[start] = sent
        sent.start = start
        if was in self.flying:
            self.flying = OrderedDict((record.start, record) for record in self.flying.values())
        else:
            self.lost[bisect_left(self.lost, was)] = start

    def _remove(self, at: int) -> Sent:
        start = self._starts.pop(at)
        return self._forget(start)

    def _forget(self, start: int) -> Sent:
        sent = self._by_start.pop(start)
        if self.flying.pop(start, None) is not None:
            self.pipe -= sent.end - sent.start
        else:
            del self.lost[bisect_left(self.lost, start)]
        return sent

    # 확인 -----------------------------------------------------------------

    @property
    def segs_sacked(self) -> int:
        """누적 확인보다 위에서 SACK된 세그먼트의 수: RACK.segs_sacked."""
        return len(self._sacked_ends)

    def cumulative(self, una: int) -> list[Sent]:
        """`una` 앞은 확인되었다. 새로 모두 확인된 것을 번호 순으로 돌려준다."""
        starts, by_start = self._starts, self._by_start
        if self._sacked_ends:
            del self._sacked_ends[: bisect_right(self._sacked_ends, una)]
        done = 0
        while done < len(starts) and by_start[starts[done]].end <= una:
            done += 1
        delivered = [self._forget(start) for start in starts[:done]]
        del starts[:done]
        if starts and starts[0] < una:
            self._shrink(by_start[starts[0]], una, by_start[starts[0]].end)
        return delivered

    def sacked(self, start: int, end: int) -> list[Sent]:
        """[start, end)가 SACK되었다. 새로 통째로 확인된 것을 번호 순으로 돌려준다."""
        at, delivered = bisect_left(self._starts, start), []
        while at < len(self._starts) and self._by_start[self._starts[at]].end <= end:
            delivered.append(self._remove(at))
            insort(self._sacked_ends, delivered[-1].end)
        return delivered

    # 손실 -----------------------------------------------------------------

    def sent_before(self, at: float, end: int) -> list[Sent]:
        """(at, end)보다 먼저 보낸, 나가 있는 것들. 보낸 차례다. 같은 때 보냈으면 번호로 가린다 (RACK_sent_after)."""
        earlier = []
        for sent in self.flying.values():
            if sent.at > at:
                break
            if sent.at < at or sent.end < end:
                earlier.append(sent)
        return earlier

    def mark_lost(self, start: int) -> None:
        """`start`에서 시작하는 것을 잃었다: 더는 나가 있지 않다."""
        sent = self.flying.pop(start)
        self.pipe -= sent.end - sent.start
        insort(self.lost, start)

    def mark_first_lost(self) -> None:
        """가장 앞의 것을 잃었다."""
        if self._starts and self._starts[0] in self.flying:
            self.mark_lost(self._starts[0])

    def first_lost(self) -> tuple[int, int] | None:
        """잃은 것 가운데 가장 앞의 구간."""
        if not self.lost:
            return None
        return self.lost[0], self._by_start[self.lost[0]].end

    def any_retransmitted(self) -> bool:
        """잃었거나 다시 보낸, 아직 확인받지 못한 것이 있는가."""
        return bool(self.lost) or any(sent.retransmitted for sent in self.flying.values())

    def last(self) -> tuple[int, int] | None:
        """확인받지 못한 가장 뒤의 구간."""
        if not self._starts:
            return None
        return self._starts[-1], self._by_start[self._starts[-1]].end

    def unmark(self) -> None:
        """손실이 아니었다: 잃었다고 본 것을 다시 나가 있는 것으로 센다."""
        for start in self.lost:
            sent = self._by_start[start]
            self.flying[start] = sent
            self.pipe += sent.end - sent.start
        self.lost.clear()
        self.flying = OrderedDict(sorted(self.flying.items(), key=lambda item: item[1].at))

    def __len__(self) -> int:
        return len(self._starts)
