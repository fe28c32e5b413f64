"""송신 버퍼: 응용 프로그램이 맡긴, 아직 확인받지 못한 바이트 (RFC 9293 §3.7).

강의: lessons/08_flow_control.ipynb
"""

from __future__ import annotations

from struct import unpack_from


class SendBuffer:
    """스트림의 [base, end) 구간을 담는 원형 버퍼. 위치는 데이터의 첫 바이트를 0으로 센 절대 번호다.

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
        self._ring = bytearray()  # 위치 p의 바이트는 p를 길이로 나눈 나머지에 있다

    @property
    def free(self) -> int:
        """남은 자리."""
        return self.capacity - (self.end - self.base)

    def append(self, data: bytes | memoryview) -> int:
        """맡은 바이트 수를 돌려준다. 자리가 모자라면 앞의 일부만 맡는다."""
        accepted = min(len(data), self.free)
        needed = self.end + accepted - self.base
        if needed > len(self._ring):
            self._grow(needed)
        if accepted:
            self._put(self.end, data[:accepted])
            self.end += accepted
        return accepted

    def _grow(self, needed: int) -> None:
        """고리를 늘린다. 자주 옮기지 않게 두 배씩, 그러나 `capacity`까지만."""
        held = self.slice(self.base, self.end - self.base)
        self._ring = bytearray(min(max(needed, 2 * len(self._ring)), self.capacity))
        self._put(self.base, held)

    def _put(self, start: int, data: bytes | memoryview) -> None:
        ring, size = memoryview(self._ring), len(data)  # bytearray에 바로 넣으면 한 번 더 베낀다
        at = start % len(ring)
        room = len(ring) - at
        if size <= room:
            ring[at : at + size] = data
        else:
            ring[at:], ring[: size - room] = data[:room], data[room:]

    def slice(self, start: int, length: int) -> bytes:
        """위치 `start`에서 `length`바이트. 맡지 않은 것은 빠진다."""
        ring, length = self._ring, min(length, self.end - start)
        if length <= 0:
            return b""
        at = start % len(ring)
        data = bytes(ring[at : at + length])
        return data if len(data) == length else data + ring[: length - len(data)]

    def pieces(self, start: int, size: int, count: int) -> tuple[bytes, ...]:
        """위치 `start`에서 `size`바이트씩 잇달은 `count`조각. 모두 맡은 것이어야 한다."""
        at = start % len(self._ring)
        if at + size * count <= len(self._ring):
            return unpack_from(f"{size}s" * count, self._ring, at)  # 한 번만 베낀다
        return tuple(self.slice(start + i * size, size) for i in range(count))

    def drop(self, upto: int) -> int:
        """`upto` 앞은 확인되었으니 지운다. 지운 바이트 수를 돌려준다."""
        count = min(upto, self.end) - self.base
        if count <= 0:
            return 0
        self.base += count
        return count
