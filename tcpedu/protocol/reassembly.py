"""순서가 뒤바뀌고 겹치고 되풀이된 조각을 바이트 스트림으로 되돌린다 (RFC 9293 §3.10.7.4).

강의: lessons/03_sequence_numbers.ipynb
"""

from __future__ import annotations

from bisect import bisect_right


class Reassembler:
    """재조립 버퍼. 위치는 스트림 처음부터 센 절대 번호(0 이상)이고 크기는 바이트다.

    다음에 나갈 위치부터 `capacity`바이트까지만 보관하고, 그 밖의 데이터는 버린다.

    >>> pieces = Reassembler(capacity=10)
    >>> pieces.insert(2, b"cd"), pieces.pending
    (b'', 2)
    >>> pieces.insert(0, b"abc"), pieces.pending
    (b'abcd', 0)
    """

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.next_index = 0
        self._pieces: list[tuple[int, bytes]] = []  # 시작 위치 순서, 서로 겹치지 않는다
        self._end: int | None = None
        self.pending = 0  # 빈틈 뒤에서 기다리는 바이트 수

    @property
    def finished(self) -> bool:
        """스트림의 마지막 바이트까지 모두 내보냈는가."""
        return self._end is not None and self.next_index >= self._end

    @property
    def blocks(self) -> list[tuple[int, int]]:
        """빈틈 뒤에 모인 구간들의 (시작, 끝 다음) 위치. 맞닿은 조각은 한 구간이다."""
        merged: list[tuple[int, int]] = []
        for start, data in self._pieces:
            end = start + len(data)
            if merged and merged[-1][1] == start:
                merged[-1] = (merged[-1][0], end)
            else:
                merged.append((start, end))
        return merged

    def insert(self, index: int, data: bytes, is_last: bool = False) -> bytes:
        """위치 `index`의 조각을 넣고, 이 조각 덕분에 순서가 맞은 바이트를 돌려준다.

        `is_last`는 이 조각의 끝이 스트림의 끝이라는 뜻이다. 음수 위치는 `ValueError`.
        """
        if index < 0:
            raise ValueError(f"조각의 위치는 0 이상이어야 합니다: {index}")
        limit = self.next_index + self.capacity
        last = index + len(data)
        if is_last and last <= limit:
            self._end = last
        if index == self.next_index and last <= limit and not self._pieces:
            self.next_index = last  # 거의 언제나 이 길이다: 기다리는 조각 없이 순서대로 왔다
            return data
        self._keep(max(index, self.next_index), min(last, limit), index, data)
        return self._take_in_order()

    def _keep(self, start: int, end: int, index: int, data: bytes) -> None:
        """위치 `index`의 `data`에서 [start, end) 가운데 아직 없는 부분을 제자리에 끼운다."""
        pieces = self._pieces
        at = bisect_right(pieces, start, key=_start)
        if at:
            start = max(start, pieces[at - 1][0] + len(pieces[at - 1][1]))
        while start < end:
            gap_end = min(end, pieces[at][0]) if at < len(pieces) else end
            if start < gap_end:
                pieces.insert(at, (start, data[start - index : gap_end - index]))
                self.pending += gap_end - start
                at += 1
            if at < len(pieces):
                start = pieces[at][0] + len(pieces[at][1])
                at += 1
            else:
                break

    def _take_in_order(self) -> bytes:
        count, ready = 0, []
        for start, data in self._pieces:
            if start != self.next_index:
                break
            ready.append(data)
            self.next_index += len(data)
            self.pending -= len(data)
            count += 1
        del self._pieces[:count]
        return b"".join(ready)


def _start(piece: tuple[int, bytes]) -> int:
    return piece[0]
