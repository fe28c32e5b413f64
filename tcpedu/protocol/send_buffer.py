"""송신 버퍼: 응용 프로그램이 맡긴, 아직 확인받지 못한 바이트 (RFC 9293 §3.7).

강의: lessons/08_flow_control.ipynb
"""

from __future__ import annotations


class SendBuffer:
    """스트림의 [base, end) 구간. 위치는 데이터의 첫 바이트를 0으로 센 절대 번호다.

    >>> buffer = SendBuffer(capacity=8)
    >>> buffer.append(b"0123456789")
    8
    >>> buffer.slice(2, 3), buffer.drop(5), buffer.free
    (b'234', 5, 5)
    """

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.base = 0  # 버퍼에 남은 첫 바이트의 위치
        self.end = 0  # 맡은 마지막 바이트 다음의 위치
        self._data = bytearray()
        self._dead = 0  # `_data`의 앞에 남은, 이미 확인된 바이트. 버퍼만큼 모이면 지운다

    @property
    def free(self) -> int:
        """남은 자리."""
        return self.capacity - (self.end - self.base)

    def append(self, data: bytes | memoryview) -> int:
        """맡은 바이트 수를 돌려준다. 자리가 모자라면 앞의 일부만 맡는다."""
        accepted = min(len(data), self.free)
        self._data += data if accepted == len(data) else data[:accepted]
        self.end += accepted
        return accepted

    def slice(self, start: int, length: int) -> bytes:
        """위치 `start`에서 `length`바이트."""
        at = start - self.base + self._dead
        return bytes(self._data[at : at + length])

    def pieces(self, start: int, size: int, count: int) -> list[bytes]:
        """위치 `start`에서 `size`바이트씩 잇달은 `count`조각."""
        data, at = self._data, start - self.base + self._dead
        return [bytes(data[i : i + size]) for i in range(at, at + size * count, size)]

    def drop(self, upto: int) -> int:
        """`upto` 앞은 확인되었으니 지운다. 지운 바이트 수를 돌려준다."""
        count = min(upto, self.end) - self.base
        if count <= 0:
            return 0
        self.base += count
        self._dead += count
        if self._dead >= self.capacity:  # 지울 때마다 남은 것을 앞으로 옮기지 않는다
            del self._data[: self._dead]
            self._dead = 0
        return count
