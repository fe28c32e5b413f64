"""받는 쪽: 수신 변수, 수신 버퍼와 윈도우, 재조립 (RFC 9293 §3.8.6, §3.10.7.4).

강의: lessons/08_flow_control.ipynb
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from .config import Config
from .delayed_ack import DelayedAck
from .reassembly import Reassembler
from .sack_blocks import Block, SackBlocks
from .seqnum import MODULUS, seq_add, seq_diff

MAX_FIELD = 0xFFFF  # 윈도우 필드의 한도


class Receiver:
    """상대가 보내는 순서 번호 공간. 변수 이름은 RFC 9293 §3.3.1을 따른다: `nxt`(RCV.NXT), `irs`(IRS).

    `wnd`(RCV.WND)는 상대에게 알린 윈도우에서 남은 바이트 수다. 크기는 바이트.
    """

    def __init__(self, config: Config, irs: int, scale: int = 0) -> None:
        self.scale = scale  # 내 윈도우에 적용하는 윈도우 스케일
        self.irs = irs
        self.nxt = seq_add(irs, 1)
        self.eof = False  # 상대의 FIN까지 순서대로 받았다
        self.delayed = DelayedAck(config.delayed_ack, config.quick_acks)
        self.sack = SackBlocks()
        self._capacity = config.receive_buffer
        self._pieces = Reassembler(config.receive_buffer)
        self._edge = min(config.receive_buffer, MAX_FIELD)  # 알린 윈도우의 오른쪽 끝, 스트림의 절대 번호
        self._shown = self._edge  # 상대가 알고 있는 오른쪽 끝
        self.available = 0  # 지금 읽을 수 있는 바이트 수
        self._readable: deque[bytes] = deque()  # 온 조각 그대로: 한 번에 읽으면 베끼지 않는다
        self._fin_index: int | None = None
        self.gapless = True  # 빈틈 뒤에서 기다리는 것도, 받은 FIN도 없다
        # 조금씩 알리지 않는다: 이만큼은 늘어야 오른쪽 끝을 옮긴다 (RFC 9293 §3.8.6.2.2)
        self._step = max(1, min(config.receive_buffer // 2, config.mss)) if config.avoid_sws else 1

    # 윈도우 ---------------------------------------------------------------

    @property
    def wnd(self) -> int:
        """수신 윈도우. 이미 알린 오른쪽 끝은 뒤로 물리지 않는다 (RFC 9293 §3.8.6)."""
        return self._edge - self._pieces.next_index

    def advertise(self, *, syn: bool = False) -> int:
        """헤더의 윈도우 필드에 적을 값. SYN의 윈도우에는 스케일을 적용하지 않는다 (RFC 7323 §2.2)."""
        shift = 0 if syn else self.scale
        index = self._pieces.next_index
        field = (self._capacity - self.available) >> shift
        # 오른쪽 끝을 그대로 둘 때 상대에게 보일 값. 스케일의 눈금에 맞춰 내림한다.
        kept = self._edge - index >> shift
        if field > MAX_FIELD:
            field = MAX_FIELD
        if kept > MAX_FIELD:
            kept = MAX_FIELD
        if (field - kept << shift) < self._step and not syn:
            field = kept
        self._shown = shown = index + (field << shift)
        if syn or shown > self._edge:
            self._edge = shown
        return field

    def window_opened(self) -> bool:
        """읽어서 열린 윈도우를 따로 알릴 만한가.

        SWS를 피할 만큼은 늘고(RFC 9293 §3.8.6.2.2), 리눅스처럼 알려 둔 것의 두 배가 되었을 때다.
        """
        known = self._shown - self._pieces.next_index
        free = self._capacity - self.available
        if free < 2 * known:
            return False
        known = max(known, 0)
        offered = min(free >> self.scale, MAX_FIELD) << self.scale
        return offered - known >= self._step and offered >= 2 * known

    def acceptable(self, seq: int, length: int) -> bool:
        """윈도우에 걸치는 세그먼트인가: RFC 9293 §3.4의 네 경우."""
        wnd = self._edge - self._pieces.next_index
        if wnd == 0:
            return length == 0 and seq == self.nxt
        offset = (seq - self.nxt) & 0xFFFFFFFF
        return offset < wnd or (length > 0 and (offset + length - 1) % MODULUS < wnd)

    def at_edge(self, seq: int) -> bool:
        """알린 윈도우의 꼭 오른쪽 끝인가: RCV.NXT + RCV.WND."""
        return (seq - self.nxt) & 0xFFFFFFFF == self._edge - self._pieces.next_index

    # 데이터 ---------------------------------------------------------------

    @property
    def out_of_order(self) -> int:
        """빈틈 뒤에서 기다리는 바이트 수."""
        return self._pieces.pending

    @property
    def blocks(self) -> list[tuple[int, int]]:
        """빈틈 뒤에서 기다리는 구간들의 (처음, 끝 다음) 순서 번호."""
        return self._as_seq(self._pieces.blocks)

    def read(self, n: int | None = None) -> bytes:
        """순서가 맞은 바이트를 최대 `n`개 꺼낸다."""
        pieces = self._readable
        if n is not None and n < self.available:
            data = self._take_first(n)
        elif len(pieces) == 1:
            data = pieces.pop()
        else:
            data = b"".join(pieces)
            pieces.clear()
        self.available -= len(data)
        return data

    def _take_first(self, n: int) -> bytes:
        taken, pieces = [], self._readable
        while n > 0:
            piece = pieces.popleft()
            if len(piece) > n:
                pieces.appendleft(piece[n:])
            taken.append(piece[:n])
            n -= len(piece)
        return b"".join(taken)

    def fits(self, size: int) -> bool:
        """바로 다음 `size`바이트를 그대로 받아도 되는가: 빈틈도 FIN도 없고, 통째로 윈도우에 든다."""
        return self.gapless and size <= self._edge - self._pieces.next_index

    def take_next(self, payload: bytes, now: float) -> bool:
        """바로 다음 차례이고 `fits`인 데이터를 넣는다. 곧바로 확인할 것이면 참."""
        size = len(payload)
        self._readable.append(payload)
        self.available += size
        self._pieces.next_index += size
        self.nxt = (self.nxt + size) & 0xFFFFFFFF
        return self.delayed.on_data(size, now)

    def take(self, seq: int, payload: bytes, fin: bool, now: float) -> bool:
        """데이터와 FIN을 넣는다. 순서가 맞은 만큼 RCV.NXT가 나아간다. 곧바로 확인할 것이면 참."""
        if not fin and seq == self.nxt and self.fits(len(payload)):
            return self.take_next(payload, now)
        pieces = self._pieces
        before = pieces.next_index
        start = before + seq_diff(seq, self.nxt)
        end = start + len(payload)
        if fin:
            self._fin_index = end
        if start < 0:  # 스트림의 시작보다 앞선 번호는 이미 처리한 SYN의 자리뿐이다
            payload, start = payload[-start:], 0
        pieces.capacity = self._edge - before
        ready = pieces.insert(start, payload)
        self.gapless = not pieces.pending and self._fin_index is None
        after = pieces.next_index
        if after != before:
            self._readable.append(ready)
            self.available += after - before
        self.nxt = (self.nxt + after - before) & 0xFFFFFFFF
        kept = min(end, self._edge)
        self._note_blocks(start, kept + (fin and kept == end), before)
        if self._fin_index == after and not self.eof:
            self.eof = True
            self.nxt = seq_add(self.nxt, 1)
        # 순서가 어긋났거나, 되풀이되었거나, 빈틈을 메웠거나, FIN이다: 미루지 않는다 (RFC 5681 §4.2).
        return True

    def _note_blocks(self, start: int, end: int, before: int) -> None:
        """SACK으로 알릴 구간을 고친다 (RFC 2018 §4, RFC 2883 §4). FIN도 번호를 하나 쓰므로 구간에 든다."""
        after = self._pieces.next_index
        after += after == self._fin_index
        if start < end:
            self.sack.duplicate = self.sack.known(start, end, before) or self.sack.duplicate
            if end > after:
                self.sack.add(max(start, after), end)
        self.sack.advance(after)

    def note_duplicate(self, seq: int, length: int) -> None:
        """윈도우보다 앞선 데이터가 또 왔다: 다음 ACK의 DSACK으로 알린다 (RFC 2883 §4.1)."""
        start = self._pieces.next_index + seq_diff(seq, self.nxt)
        if length and start >= 0 and start + length <= self._pieces.next_index:
            self.sack.duplicate = (start, start + length)

    def sack_report(self, limit: int) -> tuple[Block, ...]:
        """SACK 옵션에 적을 블록들, 순서 번호로."""
        return tuple(self._as_seq(self.sack.report(limit)))

    def _as_seq(self, blocks: Iterable[Block]) -> list[Block]:
        base = self.nxt - self._pieces.next_index - self.eof
        return [((base + left) % MODULUS, (base + right) % MODULUS) for left, right in blocks]
