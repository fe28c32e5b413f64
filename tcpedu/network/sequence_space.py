"""손으로 만져 보는 순서 번호 공간: 한 방향의 송신 변수와 수신 변수, 그리고 번호 하나의 자리 (RFC 9293 §3.4).

비교는 `seqnum`이, 조각을 받아 이어 붙이는 일은 `Receiver`와 그 안의 `Reassembler`가 한다.
강의: lessons/03_sequence_numbers.ipynb
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tcpedu.protocol.config import Config
from tcpedu.protocol.receiver import MAX_FIELD, Receiver
from tcpedu.protocol.seqnum import MODULUS, seq_add, seq_between, seq_diff, seq_le, seq_lt, unwrap

from .pointers import Pointers

MAX_WINDOW = MAX_FIELD << 14  # RFC 7323 §2.2
MAX_PIECE = 1 << 20
LAST, QUARTER = MODULUS - 1, MODULUS // 4  # 마지막 번호와 1/4바퀴


def seq_on_turn(part: float) -> int:
    """한 바퀴(0부터 2**32 앞까지)의 `part`만큼 되는 곳의 번호.

    >>> seq_on_turn(0.5), seq_on_turn(1.0)
    (2147483648, 0)
    """
    return int(part * MODULUS) % MODULUS


class Judgement(NamedTuple):
    """번호 하나를 기준과 견준 것. `distance`는 기준에서 번호까지의 부호 있는 거리다."""

    distance: int
    before: bool  # seq_lt(번호, 기준)
    naive: bool  # 번호 < 기준
    opposite: bool  # 정확히 반 바퀴: 어느 쪽이 앞인지 정할 수 없다
    in_send_window: bool
    acceptable_ack: bool
    in_receive_window: bool
    absolute: int

    @property
    def misled(self) -> bool:
        """보통의 `<`가 틀리는가."""
        return self.before != self.naive


def judge(at: Pointers, seq: int, reference: int) -> Judgement:
    """번호 `seq`를 기준 번호 `reference`와, 그리고 두 윈도우와 견준다 (RFC 9293 §3.4).

    확인응답 번호로 받아들일 수 있는가는 SND.UNA < SEG.ACK ≤ SND.NXT이다. 절대 번호는 기준의 것에 가까운 것을 고른다.

    >>> space = SequenceSpace(isn=2**32 - 5)
    >>> found = judge(space.pointers(), seq=3, reference=2**32 - 4)
    >>> found.distance, found.before, found.naive, found.absolute
    (7, False, True, 8)
    """
    distance = seq_diff(seq, reference)
    return Judgement(
        distance, seq_lt(seq, reference), seq < reference, distance == -MODULUS // 2,
        seq_between(at.snd_una, seq, seq_add(at.snd_una, at.snd_wnd)),
        seq_lt(at.snd_una, seq) and seq_le(seq, at.snd_nxt),
        at.rcv_nxt is not None and seq_between(at.rcv_nxt, seq, seq_add(at.rcv_nxt, at.rcv_wnd)),
        unwrap(seq, at.isn, checkpoint=(reference - at.isn) % MODULUS),
    )  # fmt: skip


class Inserted(NamedTuple):
    """조각 하나를 넣은 결과. 크기는 바이트다."""

    seq: int
    length: int
    acceptable: bool  # 윈도우에 걸치는가 (RFC 9293 §3.4의 네 경우)
    fresh: int  # 이 조각 덕분에 순서가 맞아 나간 것
    kept: int  # 빈틈 뒤에 새로 보관한 것
    old: bool  # 모두 이미 받은 것이었다


class SequenceSpace:
    """한 방향의 순서 번호 공간. SYN은 이미 확인되었고, 받는 응용 프로그램은 순서가 맞은 것을 곧바로 읽는다.

    `isn`은 초기 순서 번호, `sent`는 이미 보낸 바이트 수, `window`는 받는 쪽의 윈도우(바이트)다.

    >>> space = SequenceSpace(isn=2**32 - 5, sent=12, window=24)
    >>> space.insert(2, 4).kept, space.pointers().blocks
    (4, ((2, 6),))
    >>> space.insert(2**32 - 4, 6).fresh, space.pointers().rcv_nxt
    (10, 6)
    """

    def __init__(
        self, isn: int = MODULUS - 5, *, sent: int = 12, window: int = 24, pieces: Sequence[tuple[int, int]] = ()
    ) -> None:  # fmt: skip
        self.isn = check_seq(isn)
        _check(sent, 0, MAX_WINDOW, "보낸 크기는")
        _check(window, 1, MAX_WINDOW, "윈도우는")
        shift = max(0, window.bit_length() - 16)
        # MSS가 1이면 SWS를 피하느라 윈도우를 늦게 여는 일이 없다.
        config = Config(mss=1, receive_buffer=window, window_scale=shift, delayed_ack=0.0)
        self._receiver = Receiver(config, isn, shift)
        self._receiver.advertise()
        self.snd_una = seq_add(isn, 1)
        self.snd_nxt = seq_add(isn, 1 + sent)
        self.snd_wnd = self._receiver.wnd
        self.log: list[Inserted] = []
        for seq, length in pieces:
            self.insert(seq, length)

    def pointers(self) -> Pointers:
        """지금의 번호들."""
        receiver = self._receiver
        return Pointers(
            self.isn, self.snd_una, self.snd_nxt, self.snd_wnd, receiver.nxt, receiver.wnd, tuple(receiver.blocks)
        )

    def insert(self, seq: int, length: int) -> Inserted:
        """받는 쪽에 `seq`에서 시작하는 `length`바이트의 조각을 넣는다."""
        receiver, seq = self._receiver, check_seq(seq)
        _check(length, 1, MAX_PIECE, "조각의 크기는")
        acceptable = receiver.acceptable(seq, length)
        before, waiting = receiver.nxt, receiver.out_of_order
        if acceptable:
            receiver.take(seq, bytes(length), False, 0.0)
            receiver.read()
            receiver.advertise()
        fresh = seq_diff(receiver.nxt, before)
        kept = max(0, receiver.out_of_order - waiting)
        old = seq_le(seq_add(seq, length), before)
        self.log.append(Inserted(seq, length, acceptable, fresh, kept, old))
        return self.log[-1]

    def acknowledge(self) -> bool:
        """받는 쪽의 ACK가 보내는 쪽에 닿는다: SND.UNA와 SND.WND가 바뀐다. 받아들일 수 없는 ACK이면 거짓.

        보내지 않은 번호의 ACK는 버린다 (RFC 9293 §3.10.7.4). 되풀이된 ACK는 윈도우만 바꾼다.
        """
        ack = self._receiver.nxt
        if seq_lt(self.snd_nxt, ack):
            return False
        self.snd_una, self.snd_wnd = ack, self._receiver.wnd
        return True

    def send(self, length: int) -> int:
        """보내는 쪽이 윈도우가 허락하는 만큼 `length`바이트까지 더 보낸다. 보낸 크기를 돌려준다."""
        _check(length, 1, MAX_PIECE, "보낼 크기는")
        usable = max(0, self.snd_wnd - seq_diff(self.snd_nxt, self.snd_una))
        size = min(length, usable)
        self.snd_nxt = seq_add(self.snd_nxt, size)
        return size


@dataclass(frozen=True, slots=True)
class Preset:
    """이름 붙은 처음 모습. `span`은 돋보기로 볼 번호의 수, `point`는 처음에 고른 번호, `piece`는 넣을 조각의 크기다."""

    name: str
    isn: int
    sent: int
    window: int
    point: int
    span: int
    piece: int
    pieces: tuple[tuple[int, int], ...] = ()

    def space(self) -> SequenceSpace:
        """이 모습의 순서 번호 공간을 새로 만든다."""
        return SequenceSpace(self.isn, sent=self.sent, window=self.window, pieces=self.pieces)


PRESETS: dict[str, Preset] = {
    "wrap": Preset("감김: ISN = 2³²−5", MODULUS - 5, 12, 24, 3, 64, 4),
    "big": Preset("큰 윈도우: 1 MiB", 1_000, 1 << 18, 1 << 20, 500_001, 1 << 22, 100_000),
    "overlap": Preset("겹치는 조각", 100, 20, 32, 101, 64, 12, ((111, 8), (115, 6))),
    "duplicate": Preset("되풀이된 조각", 100, 20, 32, 101, 64, 10, ((101, 10), (101, 10))),
}  # fmt: skip


def check_seq(seq: int) -> int:
    """순서 번호인지 살핀다."""
    _check(seq, 0, MODULUS - 1, "순서 번호는")
    return seq


def _check(value: int, least: int, most: int, what: str) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise ValueError(f"{what} {least} 이상 {most} 이하의 정수여야 합니다: {value!r}")
