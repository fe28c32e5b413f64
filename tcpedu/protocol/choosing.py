"""다음에 보낼 토막을 고른다: 다시 보낼 것, 새 데이터, 탐침 (RFC 9293 §3.7, §3.8).

작은 세그먼트를 미루는 일은 `nagle`, 무엇을 다시 보낼지는 `recovery`가 정한다. 여기서는 아무것도 바꾸지 않고 고르기만
한다(줄였음을 알리는 CWR만 한 번 쓰고 지운다).
강의: lessons/08_flow_control.ipynb
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .bits import CWR, FIN, PSH, SYN
from .nagle import worth_sending

if TYPE_CHECKING:
    from .sender import Sender


Chunk = tuple[int, int, bytes]
"""순서 번호 공간의 한 토막: (절대 번호, 제어 비트(SYN·FIN·PSH), 데이터)."""


def full_segments(sender: Sender) -> int:
    """새 데이터만 이어 보내면 되는 때, 두 윈도우가 한꺼번에 허락하는 꽉 찬 세그먼트의 수.

    하나씩 골라도 같은 것이 나온다. 다시 보낼 것이 있거나, 제어 비트를 달아야 하는 것(데이터의 끝)이면 세지 않는다.
    """
    nxt, recovery = sender.nxt, sender.recovery
    if nxt < sender.max_nxt or sender.una == 0 or recovery.active or sender.ecn.cwr_due:
        return 0
    room, window, data = recovery.room(), sender.una + sender.wnd - nxt, sender.buffer.end - nxt
    size = min(room, window, data)
    return size // sender.mss if size > 0 and recovery.next_piece() is None else 0


def next_chunk(sender: Sender) -> Chunk | None:
    """지금 보낼 토막. 다시 보낼 것이 새 데이터보다 먼저다. 없으면 `None`."""
    piece = sender.recovery.next_piece()
    if piece is None:
        chunk = new_chunk(sender, sender.nxt)
        if chunk is not None:
            return chunk
        piece = sender.recovery.last_resort()
        if piece is None:
            return None
    return again(sender, *piece)


def again(sender: Sender, start: int, end: int) -> Chunk:
    """[start, end)를 다시 보낼 토막."""
    return make_chunk(sender, start, end - start, fin=end > sender.buffer.end + 1)


def new_chunk(sender: Sender, start: int) -> Chunk | None:
    """SND.NXT에서 이어 보낼 토막. 타임아웃 뒤에는 되돌아간 자리에서 이어 보낸다."""
    una, mss, data_end = sender.una, sender.mss, sender.buffer.end + 1
    if start == 0:
        return 0, SYN, b""
    limit = data_end + sender.fin_queued
    if start < sender.max_nxt:
        start, limit = _go_back(sender, start, limit)
    usable = una + sender.wnd - start
    # 내 SYN이 확인되기 전에는 데이터를 보내지 않는다. 보낼 것 없이 닫았으면 FIN은 보낸다 (RFC 9293 §3.10.4).
    if start >= limit or usable <= 0 or (una == 0 and data_end > 1):
        return None
    idle = una == sender.nxt
    size = unsent = (limit if limit < data_end else data_end) - start
    if size > mss:
        size = mss
    if size > usable:
        size = usable
    # 꽉 찬 세그먼트가 아니면 모을지 정한다. 다시 보내는 것은 모으지 않는다.
    if 0 < size < mss and start >= sender.max_nxt:
        quiet = idle or sender.config.nodelay or sender.fin_queued
        # SWS를 피하지 않으면 윈도우에 잘린 조각은 그대로 보내고, Nagle만 본다.
        if sender.config.avoid_sws:
            worth = worth_sending(unsent, usable, mss, sender.max_wnd, quiet)
        else:
            worth = quiet or unsent >= mss
        if not worth:
            return None
    # 세그먼트를 나누어 cwnd를 채우지는 않는다. 나가 있는 것이 없으면 하나는 언제나 보낸다.
    if not idle and sender.recovery.room() < size:
        return None
    return make_chunk(sender, start, size, fin=limit > data_end and usable > size)


def _go_back(sender: Sender, start: int, end: int) -> tuple[int, int]:
    """타임아웃으로 되돌아간 자리에서 다시 보낼 (처음, 끝 한도). 상대가 이미 받은 것은 건너뛴다."""
    start, limit = sender.recovery.skip(start)
    return start, end if start >= sender.max_nxt else limit


def make_chunk(sender: Sender, start: int, size: int, *, fin: bool) -> Chunk:
    """번호 `start`에서 `size`바이트. 데이터의 끝이면 PSH를, `fin`이면 FIN을 단다."""
    payload = sender.buffer.slice(start - 1, size)
    bits = 0
    if sender.ecn.cwr_due and payload and start >= sender.max_nxt:
        bits, sender.ecn.cwr_due = CWR, False
    if start + len(payload) == sender.buffer.end + 1:
        bits |= (PSH if payload else 0) | (FIN if fin and sender.fin_queued else 0)
    return start, bits, payload


def probe(sender: Sender) -> Chunk:
    """닫힌 윈도우를 묻는 탐침: 새 1바이트, 또는 이미 확인된 번호의 빈 세그먼트 (RFC 9293 §3.8.6.1)."""
    if sender.config.window_probe == "empty":
        return sender.una - 1, 0, b""
    start, bits, payload = make_chunk(sender, sender.nxt, 1, fin=True)
    return start, PSH if payload and bits & FIN else bits, payload
