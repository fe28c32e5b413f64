"""SlidingWindow의 기준 답은 라이브러리의 보내는 쪽과 같은 것을 내보낸다."""

from __future__ import annotations

import random

import pytest

from tcpedu.course.problems.p08_flow_control import SlidingWindow, usable_window
from tcpedu.protocol.config import Config
from tcpedu.protocol.sender import Sender


class ByTheLibrary:
    """`Sender`를 문제의 모양으로: Nagle과 SWS 회피를 끄고, 혼잡 윈도우가 막지 않게 한다."""

    def __init__(self, seq: int, window: int, mss: int) -> None:
        config = Config(mss=mss, nodelay=True, avoid_sws=False, initial_window=1 << 20)
        self.sender = Sender(config, iss=(seq - 1) % 2**32)
        self.sender.una = self.sender.nxt = self.sender.max_nxt = 1  # SYN은 확인되었다
        self.sender.set_window(0, 0, window)

    def write(self, data: bytes) -> None:
        self.sender.buffer.append(data)

    def on_ack(self, ack: int, window: int) -> None:
        number = self.sender.number(ack)
        if self.sender.una <= number <= self.sender.max_nxt:
            if number > self.sender.una:
                self.sender.on_ack(number, 0.0)
            self.sender.set_window(0, 0, window)

    def segments(self) -> list[tuple[int, bytes]]:
        return [(self.sender.seq(start), data) for start, _, data in self.sender.output(0.0)]


@pytest.mark.parametrize("seed", range(60))
def test_same_segments(seed: int) -> None:
    rng = random.Random(seed)
    seq = rng.choice((rng.randrange(2**32), 2**32 - rng.randrange(1, 40)))
    window, mss = rng.randrange(0, 40), rng.randrange(1, 12)
    ours, theirs = SlidingWindow(seq, window, mss), ByTheLibrary(seq, window, mss)
    both = (ours, theirs)
    for _ in range(40):
        match rng.randrange(3):
            case 0:
                data = rng.randbytes(rng.randrange(0, 30))
                for one in both:
                    one.write(data)
            case 1:
                ack = (ours.una + rng.randrange(-4, (ours.nxt - ours.una) % 2**32 + 4)) % 2**32
                window = rng.choice((0, rng.randrange(60)))
                for one in both:
                    one.on_ack(ack, window)
        assert ours.segments() == theirs.segments()
        assert usable_window(ours.una, ours.nxt, ours.window) == ours.usable()

