"""연결 하나의 일생: 이 강의들의 생각이 모두 한 사다리에 나온다.

열고, 슬로 스타트로 늘리고, 하나를 잃어 SACK으로 알아채 다시 보내고, 윈도우가 닫혔다가 열리고, 닫고, TIME_WAIT에 남는다.
강의: lessons/17_next_steps.ipynb
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from tcpedu.protocol.config import Config

from .endpoint import Socket
from .landmarks import landmarks
from .setup import PORT, pair
from .trace import Trace

SIZE, BUFFER, READ_AT, CLOSE_AT = 19_000, 16_000, 3.0, 4.0
_CONFIG = Config(mss=1000, initial_window=2000, window_scale=2, sack=True, delayed_ack=0.0, msl=30.0)
_LOST = (11,)


def whole_life(
    drops: Iterable[int] = _LOST, delays: Mapping[int, float] | None = None, *, read_at: float = READ_AT
) -> Trace:
    """클라이언트가 19,000바이트를 보내고 4초에 닫는다. 서버는 `read_at`초(3초)에야 읽기 시작하고, 상대가 닫으면 닫는다.

    왕복 0.1초, MSS 1000, 처음 윈도우 2 MSS, 서버의 수신 버퍼 16,000바이트, MSL 30초. `drops`의 기본값은 11번이다.
    이정표(`landmarks`)가 화살표에 적혀 있다.

    >>> trace = whole_life()
    >>> trace.state_at("클라이언트", 10.0).name, trace.state_at("클라이언트", 70.0).name
    ('TIME_WAIT', 'CLOSED')
    """
    simulation, client, server = pair(0.05, drops, delays, rate=20e6)

    def accept(socket: Socket) -> None:
        socket.auto_read = False
        socket.on_eof = Socket.close
        simulation.at(read_at, read_from_now, socket)

    def read_from_now(socket: Socket) -> None:
        socket.auto_read = True
        socket.recv()

    server.listen(PORT, iss=300, config=replace(_CONFIG, receive_buffer=BUFFER), on_accept=accept)
    source = client.connect(server, PORT, iss=100, config=_CONFIG)
    source.on_established = lambda socket: socket.send(bytes(SIZE))
    simulation.at(CLOSE_AT, source.close)
    return _marked(simulation.run(until=200.0))


def _marked(trace: Trace) -> Trace:
    """이정표를 그림의 화살표에 적는다: `[10 SACK]`."""
    notes = {mark.number: f"[{mark.lesson} {mark.idea}]" for mark in reversed(landmarks(trace)) if mark.number}
    for sent in trace.segments:
        if sent.number in notes:
            sent.note = f"{sent.note} {notes[sent.number]}".strip()
    return trace
