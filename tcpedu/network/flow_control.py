"""흐름 제어를 순간마다 찍은 상황: 응용 프로그램이 천천히 읽으면 두 버퍼와 윈도우가 어떻게 움직이는가 (RFC 9293 §3.8.6).

강의: lessons/08_flow_control.ipynb
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from math import isfinite
from typing import Literal

from tcpedu.protocol.config import Config
from tcpedu.protocol.segment import Flags
from tcpedu.protocol.state import State

from .analysis import Mark, analyze
from .apps import bulk, slow_reader
from .endpoint import Handler
from .packet import Packet
from .setup import CLIENT, PORT, SERVER, pair
from .snapshots import Snapshot, snapshot
from .trace import Trace

LONGEST = 120.0  # 아무리 천천히 읽어도 여기까지만 본다, 초
# 슬라이더에 곧바로 답할 수 있는 크기
MAX_SEGMENTS = 1000
MAX_READS = 1000  # 모두 읽는 데, 그리고 1초에
_NEVER = 2 * LONGEST
# Wireshark는 빈 탐침을 킵얼라이브라고 부른다. 이 상황에서는 킵얼라이브를 쓰지 않으므로 모두 탐침이다.
_PROBES = {Mark.KEEP_ALIVE: Mark.ZERO_WINDOW_PROBE, Mark.KEEP_ALIVE_ACK: Mark.ZERO_WINDOW_PROBE_ACK}


@dataclass(frozen=True, slots=True)
class FlowSettings:
    """상황의 값들. 크기는 바이트, 시간은 초, `rate`는 초당 비트(`None`이면 한없이 빠르다).

    받는 응용 프로그램은 `start`초가 지나서부터 `chunk`바이트씩, 초당 `read_rate`바이트의 빠르기로 읽는다. 0이면 읽지
    않는다. `window_scale`을 주면 두 쪽이 그 윈도우 스케일을 쓰고, `probe`는 제로 윈도우 탐침의 꼴이다.
    `sender_avoids_sws`와 `receiver_avoids_sws`가 거짓이면 그쪽이 어리석은 윈도우 증후군을 피하지 않는다 (§3.8.6.2).
    """

    size: int = 24_000
    buffer: int = 8_000
    send_buffer: int = 12_000
    read_rate: float = 4_000.0
    chunk: int = 500
    start: float = 3.0
    mss: int = 1_000
    delay: float = 0.05
    rate: float | None = 1e6
    window_scale: int | None = None
    probe: Literal["byte", "empty"] = "byte"
    sender_avoids_sws: bool = True
    receiver_avoids_sws: bool = True

    def __post_init__(self) -> None:
        for name, korean in _SIZES.items():
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise ValueError(f"{korean} 1 이상의 정수(바이트)여야 합니다: {value!r}")
        for name, korean in _TIMES.items():
            value = getattr(self, name)
            if not isinstance(value, (int, float)) or not isfinite(value) or value < 0:
                raise ValueError(f"{korean} 0 이상의 수여야 합니다: {value!r}")
        if self.rate is not None and not self.rate > 0:
            raise ValueError(f"링크의 빠르기는 0보다 커야 합니다: {self.rate!r}. 한없이 빠르게 하려면 None을 쓰세요")
        if self.size > MAX_SEGMENTS * self.mss:
            raise ValueError(
                f"세그먼트가 {MAX_SEGMENTS}개를 넘습니다: {self.size}바이트를 MSS {self.mss}바이트로 나눌 수 없습니다."
                " 보낼 크기를 줄이거나 MSS를 늘리세요"
            )
        if self.size > MAX_READS * self.chunk or self.read_rate > MAX_READS * self.chunk:
            raise ValueError(
                f"너무 잘게 읽습니다: {self.chunk}바이트씩으로는 {self.size}바이트를, 또는 초당"
                f" {self.read_rate:g}바이트를 {MAX_READS}번 안에 읽을 수 없습니다. 한 번에 읽는 크기를 늘리세요"
            )
        self.receiver_config()  # 윈도우 스케일처럼 설정이 살피는 값

    def sender_config(self) -> Config:
        """보내는 쪽 연결의 설정."""
        return self._config(65_535, self.sender_avoids_sws)

    def receiver_config(self) -> Config:
        """받는 쪽 연결의 설정."""
        return self._config(self.buffer, self.receiver_avoids_sws)

    def _config(self, receive_buffer: int, avoid_sws: bool) -> Config:
        return Config(
            mss=self.mss, send_buffer=self.send_buffer, receive_buffer=receive_buffer,
            window_scale=self.window_scale, window_probe=self.probe, avoid_sws=avoid_sws,
        )  # fmt: skip


_SIZES = {
    "size": "보낼 크기는", "buffer": "수신 버퍼는", "send_buffer": "송신 버퍼는", "chunk": "한 번에 읽는 크기는",
    "mss": "MSS는",
}  # fmt: skip
_TIMES = {"read_rate": "읽는 빠르기는", "start": "읽기 시작하는 시각은", "delay": "지연은"}


@dataclass(slots=True)
class Moment:
    """한 순간: 그때 일어난 일과, 그 일이 모두 끝난 뒤의 두 쪽. `sent`와 `arrived`는 세그먼트, `read`는 읽은 크기다.

    `heard`는 보내는 쪽이 그때까지 마지막으로 받은 세그먼트, `marks`는 보내는 쪽에서 잡은 캡처에 붙는 표시다: 제로
    윈도우, 탐침, 윈도우 갱신 따위.
    """

    time: float
    sender: Snapshot
    receiver: Snapshot
    read: int = 0
    sent: list[Packet] = field(default_factory=list)
    arrived: list[Packet] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    heard: Packet | None = None

    @property
    def window_field(self) -> tuple[int, int]:
        """마지막으로 들은 헤더의 윈도우 값과, 거기에 적용하는 윈도우 스케일. SYN에는 없다 (RFC 7323 §2.2)."""
        if self.heard is None:
            return 0, 0
        segment = self.heard.segment
        return segment.window, 0 if segment.has(Flags.SYN) else self.sender.snd_wscale

    @property
    def carried(self) -> tuple[int, int]:
        """그 순간에 보낸 쪽이 내보낸 데이터와, 받는 쪽에 닿은 데이터의 크기."""
        return _data(self.sent), _data(self.arrived)


def _data(packets: list[Packet]) -> int:
    return sum(len(packet.segment.payload) for packet in packets if packet.src == CLIENT)


@dataclass(frozen=True, slots=True)
class FlowRun:
    """돌려 본 것: 설정, 기록, 순간들(핸드셰이크가 끝난 뒤부터)."""

    settings: FlowSettings
    trace: Trace
    moments: list[Moment]

    def count(self, mark: Mark) -> int:
        """그런 표시가 몇 번 붙었는가."""
        return sum(moment.marks.count(mark) for moment in self.moments)

    @property
    def closings(self) -> int:
        """윈도우가 0이 된 횟수."""
        closed = [moment.sender.snd_wnd == 0 for moment in self.moments]
        return sum(now and not before for before, now in pairwise([False, *closed]))


def run_flow(settings: FlowSettings | None = None) -> FlowRun:
    """한쪽이 `size`바이트를 보내고 다른 쪽이 천천히 읽는 연결을 돌린다. 다 읽거나 `LONGEST`초가 되면 끝난다.

    >>> run = run_flow(FlowSettings(buffer=4000, start=5.0))
    >>> closed = next(moment for moment in run.moments if moment.sender.snd_wnd == 0)
    >>> closed.sender.acked, closed.receiver.readable
    (4000, 4000)
    """
    settings = settings or FlowSettings()
    simulation, client, server = pair(settings.delay, (), None, rate=settings.rate)
    server.listen(PORT, iss=300, config=settings.receiver_config(), on_accept=_reader(settings))
    source = client.connect(server, PORT, iss=100, config=settings.sender_config())
    bulk(source, settings.size, close=False)
    moments: list[Moment] = []
    for now in simulation.instants(LONGEST):
        if source.state is not State.ESTABLISHED:
            continue
        moment = Moment(now, snapshot(source), snapshot(server.sockets[0]))
        moments.append(moment)
        if moment.receiver.consumed == moment.sender.acked == settings.size:
            break
    if not moments:
        raise ValueError(f"{LONGEST:g}초 안에 연결이 수립되지 않았습니다. 지연을 줄이거나 링크를 빠르게 하세요")
    _annotate(moments, simulation.trace)
    return FlowRun(settings, simulation.trace, _telling(moments))


def _reader(settings: FlowSettings) -> Handler:
    if not settings.read_rate:
        return slow_reader(1, _NEVER)
    return slow_reader(settings.chunk, settings.chunk / settings.read_rate, start=settings.start)


def _annotate(moments: list[Moment], trace: Trace) -> None:
    """순간마다 일어난 일을 기록에서 찾아 적는다."""
    at = {moment.time: moment for moment in moments}
    for packet in trace.segments:
        if packet.sent in at:
            at[packet.sent].sent.append(packet)
        for arrival in packet.arrivals:
            if arrival in at:
                at[arrival].arrived.append(packet)
    for finding in analyze(trace, CLIENT):
        if finding.time in at:
            at[finding.time].marks += [_PROBES.get(mark, mark) for mark in finding.marks]
    heard = None
    for moment in moments:
        heard = next((packet for packet in reversed(moment.arrived) if packet.src == SERVER), heard)
        moment.heard = heard
    for before, after in pairwise(moments):
        after.read = after.receiver.consumed - before.receiver.consumed


def _telling(moments: list[Moment]) -> list[Moment]:
    """세그먼트도 오가지 않고 읽은 것도 없는 순간은 뺀다."""
    return [moment for moment in moments if moment.sent or moment.arrived or moment.read]


__all__ = ["CLIENT", "SERVER", "FlowRun", "FlowSettings", "Moment", "run_flow"]
