"""배우는 사람의 끝과 라이브러리의 `Connection`이 시뮬레이션 속에서 이야기한다. 배우는 사람의 커널에서 돈다.

설계마다 다른 것(시각, 세그먼트의 수)은 적지 않는다. 전해진 바이트, 상태, 그리고 RFC를 어긴 일이 있었는지만 적는다.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tcpedu.course.capstone.plan import MINE, THEIRS, Talk
from tcpedu.course.capstone.watching import beyond_window, drop_nth_data, lose_updates
from tcpedu.course.limits import TimeLimit
from tcpedu.course.values import Raised, Steps
from tcpedu.network.endpoint import Socket
from tcpedu.network.impairments import Loss, bernoulli, either, jitter
from tcpedu.network.simulation import Simulation
from tcpedu.network.trace import Trace
from tcpedu.protocol.config import Config

PORT = 80
_FATAL = (KeyboardInterrupt, TimeLimit)


def talk(answer: Callable[..., Any], **conditions: Any) -> Steps:
    """이야기 하나를 돌리고 결과를 줄로 적는다."""
    plan = Talk(**conditions)
    rows: list[tuple[str, Any]] = [(plan.told, None)]
    meeting = _Meeting(answer, plan)
    for text, do in meeting.story():
        try:
            rows.append((text, do()))
        except _FATAL:
            raise
        except BaseException as error:
            rows.append((text, Raised(error)))
            break
    return Steps(tuple(rows))


class _Meeting:
    """한 링크의 두 호스트."""

    def __init__(self, answer: Callable[..., Any], plan: Talk) -> None:
        self.plan = plan
        self.simulation = Simulation(plan.seed)
        self.simulation.trace.watch = 0  # 변수의 기록은 쓰지 않는다
        self.me, self.peer = (self.simulation.host(name) for name in (MINE, THEIRS))
        self.me.endpoint = answer
        rng = random.Random(plan.seed)
        self.mine, self.theirs = rng.randbytes(plan.upload), rng.randbytes(plan.download)
        self.sockets: dict[str, Socket] = {}
        self.simulation.link(
            self.me, self.peer, delay=plan.delay, rate=20e6, loss=self._losses(),
            reorder=jitter(plan.jitter, plan.seed) if plan.jitter else None,
            duplicate=bernoulli(plan.duplicate, plan.seed + 1) if plan.duplicate else None,
        )  # fmt: skip

    def _losses(self) -> Loss:
        plan = self.plan
        noise = bernoulli(plan.loss, plan.seed) if plan.loss else None
        updates = lose_updates(plan.lose_updates, THEIRS, plan.peer_reads_at or 0.0)
        return either(drop_nth_data(plan.drops), noise, updates)

    def story(self) -> list[tuple[str, Callable[[], Any]]]:
        """(글, 할 일)의 줄."""
        plan = self.plan
        steps: list[tuple[str, Callable[[], Any]]] = [("연결한다", self._open)]
        steps.append(("주고받는다", self._exchange))
        steps.append((f"세그먼트가 {plan.segments}개를 넘었다", lambda: len(self.trace) > plan.segments))
        if plan.upload:
            steps.append(("상대의 윈도우를 넘겨 보냈다", lambda: beyond_window(self.trace, MINE)))
            steps.append((f"상대의 프로그램이 받은 {plan.upload}바이트", lambda: _digest(self._got(THEIRS))))
        if plan.download:
            steps.append((f"내 프로그램이 받은 {plan.download}바이트", lambda: _digest(self._got(MINE))))
        if plan.upload and plan.peer_reads_at:
            steps.append(("닫힌 동안 물어보았다(탐침)", lambda: self._probes() > 0))
            steps.append(("닫힌 동안 20번 넘게 물어보았다", lambda: self._probes() > 20))
        if plan.upload and not plan.loss and not plan.drops and not plan.jitter and plan.peer_reads_at is None:
            steps.append(("잃은 것이 없는데 다시 보냈다", lambda: self._resent() > 0))
        if plan.close:
            steps.append((f"닫는다 ({plan.close}부터)", self._close))
            if not plan.jitter and not plan.loss:  # 험한 길에서는 언제 닫히는지가 설계마다 다르다
                steps.append(("상태 (나, 상대)", self._states))
            steps.append(("2 MSL 뒤", self._end))
        return steps

    @property
    def trace(self) -> Trace:
        """지금까지의 기록."""
        return self.simulation.trace

    # 이야기의 대목 --------------------------------------------------------

    def _open(self) -> list[str]:
        plan = self.plan
        config = Config(mss=plan.mss, nodelay=True, msl=30.0)
        peer_config = replace(config, receive_buffer=plan.peer_buffer, delayed_ack=0.1)
        my_config = replace(config, receive_buffer=plan.my_buffer)
        irs = random.Random(plan.seed + 2).getrandbits(32)
        if plan.active:
            self.peer.listen(PORT, config=peer_config, iss=irs, on_accept=lambda socket: self._ready(THEIRS, socket))
            self._ready(MINE, self.me.connect(self.peer, PORT, config=my_config, iss=plan.iss))
        else:
            self.me.listen(PORT, config=my_config, iss=plan.iss, on_accept=lambda socket: self._ready(MINE, socket))
            self._ready(THEIRS, self.peer.connect(self.me, PORT, config=peer_config, iss=irs))
        self._run(lambda: len(self.sockets) == 2 and all(self._state(name) == "ESTABLISHED" for name in self.sockets))
        return [self._state(MINE), self._state(THEIRS)]

    def _ready(self, name: str, socket: Socket) -> None:
        self.sockets[name] = socket
        reads_at = self.plan.i_read_at if name == MINE else self.plan.peer_reads_at
        if reads_at is not None:
            socket.auto_read = False
            self.simulation.at(reads_at, self._start_reading, socket)
        if self.plan.close in (MINE, THEIRS) and name != self.plan.close:
            socket.on_eof = Socket.close

    def _start_reading(self, socket: Socket) -> None:
        socket.auto_read = True
        socket.recv()

    def _exchange(self) -> None:
        if set(self.sockets) != {MINE, THEIRS}:
            return
        for name, data in ((MINE, self.mine), (THEIRS, self.theirs)):
            if data and self._state(name) == "ESTABLISHED":
                self.sockets[name].send(data)
        self._run(self._exchanged)

    def _exchanged(self) -> bool:
        amounts = [self.sockets[name].received_length for name in (THEIRS, MINE)]
        settled = not any(socket.connection.in_flight or socket.waiting for socket in self.sockets.values())
        return settled and amounts == [len(self.mine), len(self.theirs)]

    def _close(self) -> None:
        for name in (MINE, THEIRS):
            if self.plan.close in (name, "함께") and name in self.sockets and self._state(name) == "ESTABLISHED":
                self.sockets[name].close()
        self._run(lambda: False, self.simulation.now + 25.0)

    def _states(self) -> list[str]:
        return [self._state(MINE), self._state(THEIRS)]

    def _end(self) -> list[str]:
        self._run(lambda: False, self.simulation.now + 600.0)
        return [self._state(MINE), self._state(THEIRS)]

    # 살피기 ---------------------------------------------------------------

    def _run(self, done: Callable[[], bool], until: float | None = None) -> None:
        """`done`이 참이 되거나, 시각이 되거나, 맴돌 때까지."""
        until = self.plan.until if until is None else until
        if done():
            return
        for count, _ in enumerate(self.simulation.instants(until), 1):
            if len(self.trace) > self.plan.segments or (count % 4 == 0 and done()):
                return

    def _state(self, name: str) -> str:
        return self.sockets[name].state.name if name in self.sockets else "CLOSED"

    def _got(self, name: str) -> bytes:
        return self.sockets[name].received if name in self.sockets else b""

    def _probes(self) -> int:
        """윈도우가 닫힌 뒤 상대가 읽을 때까지 내가 먼저 보낸 것."""
        closed = [one.arrived for one in self.trace.segments if one.src == THEIRS and one.segment.window == 0]
        start = min((at for at in closed if at is not None), default=None)
        if start is None:
            return 0
        end = self.plan.peer_reads_at or start
        return sum(one.src == MINE and start + 0.5 < one.sent < end for one in self.trace.segments)

    def _resent(self) -> int:
        return sum(one.src == MINE and "재전송" in one.note for one in self.trace.segments)


def _digest(data: bytes) -> list[Any]:
    return [len(data), hashlib.sha256(data).hexdigest()[:16]]
