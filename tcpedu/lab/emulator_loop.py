"""두 커널 사이에서 패킷을 나르는 고리. `emulator.emulate`가 자식 과정으로 띄운다.

패킷은 (닿을 시각, 차례)의 힙에서 하나씩 나온다. 컴퓨터가 바빠 늦어도 차례는 바뀌지 않고, 늦은 만큼 왕복 시간이 길어질
뿐이다: 커널은 진짜 시계로 재므로 시각을 꾸며 내지 않는다.
"""

from __future__ import annotations

import heapq
import json
import os
import select
import signal
import sys
import time
from collections import Counter

from tcpedu.protocol.segment import MSS as MssOption
from tcpedu.protocol.segment import Flags, Sack, Segment, WindowScale

from .emulated_link import EmulatedLink
from .kernel_pair import KernelPair
from .kernel_run import MSS, Cause, EmulatorSettings, KernelRun, SentSegment, Step
from .namespaces import StepError, become_root
from .run_json import pack_run, unpack_settings

IP_HEADER = 20  # 두 커널 모두 IP 옵션을 쓰지 않는다
GRACE = 5  # 초. 준비하고 마무리할 시간까지 이만큼 더 기다린다


class Emulation:
    """실행 하나. 번호는 모두 SYN을 0으로 센 것이다."""

    def __init__(self, settings: EmulatorSettings) -> None:
        self.settings = settings
        self.pair = KernelPair(settings.congestion, sack=settings.sack)
        self.there = EmulatedLink(settings.delay, settings.rate, settings.queue)
        self.back = EmulatedLink(settings.delay)
        self.drop = Counter(settings.drop)
        self.acks_seen = 0
        self.iss = 0
        self.end = 1  # 지금까지 보낸 데이터의 끝
        self.acked = 0
        self.syn_ack: tuple[float, Segment] | None = None
        self.steps: list[Step] = []
        self._heap: list[tuple[float, int, bool, bytes]] = []
        self._count = 0

    def run(self) -> KernelRun:
        """모두 확인되거나 `until`초가 지날 때까지."""
        self.started = time.monotonic()
        self.pair.connect()
        total = self.settings.segments * MSS
        while self.acked <= total and (now := self._now()) < self.settings.until:
            self._carry(self.pair.from_sender(), now, "timer")
            self._return(self.pair.from_receiver(), now)
            if self._heap and self._heap[0][0] <= now:
                self._deliver(now, *heapq.heappop(self._heap)[2:])
            else:
                due = self._heap[0][0] if self._heap else self.settings.until
                select.select(self.pair.tuns, (), (), max(0.0, due - now))
        return self._result()

    def _result(self) -> KernelRun:
        if self.syn_ack is None:
            raise TimeoutError("연결이 열리지 않았습니다")
        opened, segment = self.syn_ack
        mss, scale = segment.option(MssOption), segment.option(WindowScale)
        return KernelRun(
            self.settings, os.uname().release.split("-")[0], opened, mss.value if mss else 536,
            scale.shift if scale else 0, segment.window, tuple(self.steps),
        )  # fmt: skip

    def _now(self) -> float:
        return time.monotonic() - self.started

    # 나르기 ---------------------------------------------------------------

    def _deliver(self, now: float, forward: bool, packet: bytes) -> None:
        if forward:
            self.pair.to_receiver(packet)
            self._return(self.pair.from_receiver(), now)
            return
        self.pair.to_sender(packet)
        segment = Segment.unpack(packet[IP_HEADER:])
        if segment.flags & Flags.SYN:
            self.syn_ack = (now, segment)
            self._carry(self.pair.from_sender(), now, "ack")
            self.pair.write(self.settings.segments * MSS)
            self._carry(self.pair.from_sender(), now, "write")
        else:
            self.acked = self._number(segment.ack)
            self._carry(self.pair.from_sender(), now, "ack", segment)

    def _carry(self, packets: list[bytes], now: float, cause: Cause, ack: Segment | None = None) -> None:
        """보내는 커널이 내보낸 것을 링크에 싣고, 그것이 무슨 일의 결과인지 적는다."""
        sent = tuple(filter(None, [self._send(packet, now) for packet in packets]))
        if not sent and ack is None:
            return
        number = self._number
        option = ack.option(Sack) if ack else None
        blocks = tuple((number(left), number(right)) for left, right in option.blocks) if option else ()
        self.steps.append(
            Step(
                round(now, 6), cause, number(ack.ack) if ack else 0, ack.window if ack else 0, blocks, sent,
                self.pair.sample(),
            )
        )  # fmt: skip

    def _send(self, packet: bytes, now: float) -> SentSegment | None:
        segment = Segment.unpack(packet[IP_HEADER:])
        if segment.flags & Flags.SYN:
            self.iss = segment.seq
        size = len(segment.payload)
        if not size:
            self._push(self.there.arrival(len(packet), now), True, packet)
            return None
        start = self._number(segment.seq)
        again = start < self.end
        self.end = max(self.end, start + size)
        number = (start - 1) // MSS + 1
        self.drop[number] -= 1
        if self.drop[number] < 0:
            extra = 0.0 if again else self.settings.late.get(number, 0.0)
            self._push(self.there.arrival(len(packet), now), True, packet, extra)
        return SentSegment(start, size, again)

    def _return(self, packets: list[bytes], now: float) -> None:
        """받는 커널의 ACK를 되돌려 보낸다."""
        for packet in packets:
            if self.syn_ack is not None:
                self.acks_seen += 1
            every = self.settings.drop_acks_every
            if not (every and self.acks_seen % every):
                self._push(self.back.arrival(len(packet), now), False, packet)

    def _push(self, due: float | None, forward: bool, packet: bytes, extra: float = 0.0) -> None:
        if due is not None:  # 큐가 차서 버린 것이 아니면
            self._count += 1
            heapq.heappush(self._heap, (due + extra, self._count, forward, packet))

    def _number(self, seq: int) -> int:
        return (seq - self.iss) & 0xFFFFFFFF


def main() -> None:
    """설정을 표준 입력에서 JSON으로 읽고, 실행을 표준 출력에 JSON으로 적는다."""
    settings = unpack_settings(json.load(sys.stdin))
    signal.alarm(round(settings.until) + GRACE)  # 무슨 일이 있어도 끝난다
    try:
        become_root()
        result = pack_run(Emulation(settings).run())
    except StepError as error:
        result = {"step": error.step, "errno": error.errno}
    json.dump(result, sys.stdout, separators=(",", ":"))


if __name__ == "__main__":
    main()
