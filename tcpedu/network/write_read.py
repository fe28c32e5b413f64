"""나눠 쓰고 기다리기(write-write-read)의 시간 줄: 누가 언제부터 언제까지 무엇을 기다렸는가 (RFC 9293 §3.7.4, §3.8.6.3).

강의: lessons/08_flow_control.ipynb
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from tcpedu.protocol.config import Config
from tcpedu.protocol.segment import Flags

from .apps import request_response, responder
from .packet import Packet
from .setup import CLIENT, PORT, pair
from .trace import Trace

_CLIENT_ISS, _SERVER_ISS = 100, 300
_REQUEST, _RESPONSE = 200, 100


@dataclass(frozen=True)
class WriteReadSettings:
    """요청 200바이트를 `pieces`번에 나눠 쓰고 응답 100바이트를 기다리기를 `count`번. 시간은 초다.

    `nagle`이 거짓이면 TCP_NODELAY다. `delayed_ack`이 참이면 두 쪽 모두 ACK를 `ack_delay`초까지 미룬다.
    """

    nagle: bool = True
    delayed_ack: bool = True
    ack_delay: float = 0.2
    pieces: int = 2
    rtt: float = 0.02
    count: int = 3

    def __post_init__(self) -> None:
        if not 1 <= self.pieces <= 10 or not 1 <= self.count <= 20:
            raise ValueError(f"조각은 1–10개, 요청은 1–20번이어야 합니다: {self.pieces}, {self.count}")
        if not 0 < self.ack_delay < 0.5:
            raise ValueError(f"지연 ACK는 0초보다 길고 0.5초보다 짧아야 합니다 (RFC 9293 §3.8.6.3): {self.ack_delay}")
        if not 0 < self.rtt <= 0.5:
            raise ValueError(f"RTT는 0초보다 길고 0.5초 이하여야 합니다: {self.rtt}")


@dataclass(frozen=True)
class Wait:
    """기다린 구간. `who`가 "nagle"이면 보내는 쪽이 쓴 것을 붙들고, "ack"이면 받는 쪽이 ACK를 미루었다."""

    who: Literal["nagle", "ack"]
    start: float
    end: float
    size: int  # 붙들린 바이트 또는 확인을 미룬 바이트


@dataclass(frozen=True)
class Request:
    """요청 하나: 쓰기 시작한 때, 응답을 다 받은 때, 쓴 조각들의 크기."""

    start: float
    end: float
    writes: tuple[int, ...]

    @property
    def latency(self) -> float:
        """걸린 시간."""
        return self.end - self.start


@dataclass
class WriteReadRun:
    """한 번 돌린 결과. 시각은 연결이 열려 처음 쓴 때를 0으로 센다.

    `segments`는 오간 것 가운데 핸드셰이크와 종료를 뺀 것이다.
    """

    settings: WriteReadSettings
    opened: float
    trace: Trace
    requests: list[Request] = field(default_factory=list)
    segments: list[Packet] = field(default_factory=list)
    waits: list[Wait] = field(default_factory=list)

    @property
    def latencies(self) -> list[float]:
        """요청마다 걸린 시간."""
        return [request.latency for request in self.requests]

    @property
    def end(self) -> float:
        """마지막 응답을 받은 때."""
        return self.requests[-1].end

    def at(self, time: float) -> float:
        """기록의 시각을 이 결과의 시각으로."""
        return time - self.opened


def write_read(settings: WriteReadSettings | None = None) -> WriteReadRun:
    """돌려 본다.

    >>> [round(latency, 3) for latency in write_read().latencies]
    [0.24, 0.24, 0.24]
    >>> [(wait.who, round(wait.end - wait.start, 3)) for wait in write_read(WriteReadSettings(count=1)).waits]
    [('nagle', 0.22), ('ack', 0.2)]
    """
    settings = settings or WriteReadSettings()
    config = Config(nodelay=not settings.nagle, delayed_ack=settings.ack_delay if settings.delayed_ack else 0.0)
    simulation, client, server = pair(settings.rtt / 2, (), None)
    server.listen(PORT, iss=_SERVER_ISS, config=config, on_accept=responder(_REQUEST, _RESPONSE))
    socket = client.connect(server, PORT, iss=_CLIENT_ISS, config=config)
    exchange = request_response(
        socket, request=_REQUEST, response=_RESPONSE, count=settings.count, pieces=settings.pieces
    )
    trace = simulation.run(until=60.0)
    # 핸드셰이크의 마지막 ACK가 나간 때에 연결이 열리고, 곧바로 첫 요청을 쓴다.
    run = WriteReadRun(settings, trace.segments[2].sent, trace)
    start = 0.0
    for latency in exchange.latencies:
        run.requests.append(Request(start, start + latency, tuple(exchange.sizes)))
        start += latency
    last = run.opened + run.end
    run.segments = [sent for sent in trace.segments[3:] if sent.sent < last - 1e-9]
    run.waits = sorted([*_nagle_waits(run), *_ack_waits(run)], key=lambda wait: (wait.start, wait.who != "nagle"))
    return run


def _nagle_waits(run: WriteReadRun) -> list[Wait]:
    """쓴 조각이 곧바로 나가지 못하고 붙들린 구간. 함께 나간 조각은 하나로 센다."""
    held: dict[tuple[float, float], int] = {}
    first = 0
    for request in run.requests:
        for size in request.writes:
            left = run.at(next(sent.sent for sent in run.segments if _carries(sent, first)))
            if left > request.start + 1e-9:
                held[request.start, left] = held.get((request.start, left), 0) + size
            first += size
    return [Wait("nagle", start, end, size) for (start, end), size in held.items()]


def _carries(sent: Packet, offset: int) -> bool:
    begin = sent.segment.seq - _CLIENT_ISS - 1
    return sent.src == CLIENT and begin <= offset < begin + len(sent.segment.payload)


def _ack_waits(run: WriteReadRun) -> list[Wait]:
    """받은 데이터의 ACK를 미룬 구간."""
    waits: list[Wait] = []
    for sent in run.segments:
        if not sent.segment.payload or sent.arrived is None:
            continue
        arrived, last = run.at(sent.arrived), sent.segment.seq + len(sent.segment.payload)
        answers = [run.at(back.sent) for back in run.segments if back.src == sent.dst and _acks(back, last)]
        end = next((time for time in answers if time >= arrived - 1e-9), arrived)
        overlaps = waits and arrived < waits[-1].end
        if end > arrived + 1e-9 and not overlaps:
            waits.append(Wait("ack", arrived, end, len(sent.segment.payload)))
    return waits


def _acks(sent: Packet, last: int) -> bool:
    return bool(sent.segment.flags & Flags.ACK) and sent.segment.ack >= last
