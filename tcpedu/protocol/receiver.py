"""받는 쪽: 수신 변수, 수신 버퍼와 윈도우, 재조립 (RFC 9293 §3.8.6, §3.10.7.4)."""

from __future__ import annotations

from .config import Config
from .reassembly import Reassembler
from .seqnum import seq_add, seq_between, seq_diff


class Receiver:
    """상대가 보내는 순서 번호 공간. 변수 이름은 RFC 9293 §3.3.1을 따른다: `nxt`(RCV.NXT), `irs`(IRS).

    `wnd`(RCV.WND)는 지금 받을 수 있는 바이트 수다. 크기는 바이트.
    """

    def __init__(self, config: Config, irs: int, scale: int = 0) -> None:
        self.config = config
        self.scale = scale  # 내 윈도우에 적용하는 윈도우 스케일
        self.irs = irs
        self.nxt = seq_add(irs, 1)
        self.eof = False  # 상대의 FIN까지 순서대로 받았다
        self._advertised_edge = self.nxt  # 지금까지 알린 윈도우의 오른쪽 끝
        self._reassembler = Reassembler(config.receive_buffer)
        self._readable = bytearray()
        self._fin_index: int | None = None

    @property
    def wnd(self) -> int:
        """수신 윈도우. 이미 알린 오른쪽 끝은 뒤로 물리지 않는다 (RFC 9293 §3.8.6)."""
        free = self.config.receive_buffer - len(self._readable)
        return max(free, seq_diff(self._advertised_edge, self.nxt), 0)

    @property
    def available(self) -> int:
        """지금 읽을 수 있는 바이트 수."""
        return len(self._readable)

    def read(self, n: int | None = None) -> bytes:
        """순서가 맞은 바이트를 최대 `n`개 꺼낸다."""
        count = len(self._readable) if n is None else n
        data = bytes(self._readable[:count])
        del self._readable[:count]
        return data

    def advertise(self, *, syn: bool = False) -> int:
        """헤더의 윈도우 필드에 적을 값. SYN의 윈도우에는 스케일을 적용하지 않는다 (RFC 7323 §2.2)."""
        shift = 0 if syn else self.scale
        field = self._field(shift)
        self._advertised_edge = seq_add(self.nxt, field << shift)
        return field

    def _field(self, shift: int) -> int:
        return min(self.wnd >> shift, 0xFFFF)

    @property
    def window_opened(self) -> bool:
        """읽어서 열린 윈도우를 따로 알릴 만한가.

        조금씩 알리지 않도록 MSS나 버퍼 절반만큼은 늘고(RFC 9293 §3.8.6.2.2), 리눅스처럼 알려 둔 것의 두 배가
        되었을 때다.
        """
        known = seq_diff(self._advertised_edge, self.nxt)
        offered = self._field(self.scale) << self.scale
        enough = max(1, min(self.config.receive_buffer // 2, self.config.mss))
        return offered - known >= enough and offered >= 2 * known

    def acceptable(self, seq: int, length: int) -> bool:
        """윈도우에 걸치는 세그먼트인가: RFC 9293 §3.4의 네 경우."""
        if self.wnd == 0:
            return length == 0 and seq == self.nxt
        end = seq_add(self.nxt, self.wnd)
        if length == 0:
            return seq_between(self.nxt, seq, end)
        last = seq_add(seq, length - 1)
        return seq_between(self.nxt, seq, end) or seq_between(self.nxt, last, end)

    def take(self, seq: int, payload: bytes, fin: bool) -> None:
        """데이터와 FIN을 넣는다. 순서가 맞은 만큼 RCV.NXT가 나아간다."""
        index = self._reassembler.next_index + seq_diff(seq, self.nxt)
        skip = max(0, -index)  # 스트림의 시작보다 앞선 번호는 이미 처리한 SYN의 자리뿐이다
        if fin:
            self._fin_index = index + len(payload)
        room = self.wnd
        self._reassembler.capacity = room
        ready = self._reassembler.insert(index + skip, payload[skip:])
        self._readable += ready
        self.nxt = seq_add(self.nxt, len(ready))
        if self._fin_index == self._reassembler.next_index and not self.eof:
            self.eof = True
            self.nxt = seq_add(self.nxt, 1)

    @property
    def out_of_order(self) -> int:
        """빈틈 뒤에서 기다리는 바이트 수."""
        return self._reassembler.pending
