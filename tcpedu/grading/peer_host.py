"""소켓 문제의 상대를 채점기의 과정에서 맡는다. 커널의 쪽은 `attending.py`다.

검사 셀에는 대본이 없으므로 답은 상대가 다음에 할 일을 미리 알 수 없고, 상대가 본 것은 커널을 거치지 않으므로 꾸며 낼
수 없다.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from typing import Any

from tcpedu.course.values import encode
from tcpedu.grading.hosting import Confused, Host
from tcpedu.grading.joining import SERVER, Encounter, joined
from tcpedu.grading.meeting import Meeting
from tcpedu.grading.outside import Outside, Window
from tcpedu.lab.meeting import Peer
from tcpedu.lab.peer_world import PATIENCE, until
from tcpedu.lab.serving import rescue

GRACE = 0.3  # 막 끝나려던 스레드는 기다려 준다
WORDS = {"meet": 2, "serve": 2, "hopeless": 1, "returned": 0, "end": 0}  # 커널이 하는 말과 딸린 수의 개수


class PeerHost(Host):
    """답이 만날 상대들. `guest`는 상자 안의 포트로 손님 하나를 보낸다."""

    KERNEL = "tcpedu.grading.attending:attend"

    def __init__(
        self, meeting: Meeting, window: Window, listener: socket.socket, guest: Callable[[int], socket.socket]
    ) -> None:
        super().__init__(meeting, listener)
        self.window, self.guest = window, guest
        self.server = meeting.problem.adapter == SERVER
        self.met: list[Encounter] = []
        self.world: Outside | None = None

    def value(self, number: int, printed: Any) -> Any:
        return joined(number, printed, self.meeting, self.met)

    def answer(self, request: str) -> None:
        number, word, *given = understood(request)
        answer = getattr(self, f"do_{word}")(*given)
        if word != "returned":
            self.say(number, answer)

    def close(self) -> None:
        super().close()
        if self.world is not None:
            self.world.returned.set()
            self.world.let_go()

    def _push(self, word: str) -> None:
        self.say(0, word)

    # 커널이 하는 말 -----------------------------------------------------------

    def do_meet(self, number: int, port: int) -> Any:
        """답의 쪽이 연결해 왔다. 상대가 움직이기 시작하고, 답을 부를 인자를 알려 준다."""
        script, calls = self._next(number, server=False)
        sock = self._accept()
        while sock.getpeername()[1] != port:
            sock.close()
            sock = self._accept()
        sock.settimeout(PATIENCE)
        self._start(script, Outside(self.window, lambda: sock, self._push, watching=True))
        return encode(calls, exact=True)

    def do_serve(self, number: int, port: int) -> None:
        """답이 서버가 되어 기다린다. 손님들이 찾아간다."""
        (script,) = self._next(number, server=True)
        self.threads = self.window.box.tasks()
        world = Outside(self.window, lambda: self.guest(port), self._push, watching=False)
        self.stack.enter_context(rescue(world, lambda: self._push("wake")))
        self._start(script, world)

    def do_hopeless(self, given: int) -> bool:
        return self._world().hopeless_after(given)

    def do_returned(self) -> None:
        world = self._world()
        self.met[-1].excused = world.rescued or world.gave_up
        world.returned.set()
        self._push("bye")

    def do_end(self) -> bool:
        """만남이 끝났다. 상대가 본 것을 적어 둔다."""
        world, served = self._world(), self.met[-1].served
        world.returned.set()
        if self.server:  # 손님들이 아직 연결을 열어 둔 동안에 센다
            served.threads_left = not self._calmed()
        self.stack.close()
        world.let_go()
        if served.threads_left:
            self._calmed()  # 다음 만남에서 세는 수에 섞이지 않게
        served.guests, served.rescued = list(self.peer.seen), world.rescued
        return True

    def _calmed(self) -> bool:
        """서버가 띄운 스레드와 과정이 모두 끝났는가."""
        seconds = GRACE if self.window.asleep() else 3 * GRACE
        return until(lambda: self.window.box.tasks() <= self.threads, seconds)

    def _world(self) -> Outside:
        if self.world is None:
            raise Confused
        return self.world

    def _next(self, number: int, *, server: bool) -> tuple[Any, ...]:
        """한 번씩, 차례로만 만난다."""
        if number != len(self.met) or number == len(self.meeting.cases) or server is not self.server:
            raise Confused
        self.met.append(Encounter())
        return self.meeting.cases[number].args

    def _start(self, script: Any, world: Outside) -> None:
        self.world = world
        self.peer = self.stack.enter_context(Peer(script, world))


def understood(request: str) -> tuple[Any, ...]:
    """커널이 한 말: 번호, 낱말, 딸린 수."""
    try:
        number, word, *given = json.loads(request)
    except (ValueError, TypeError, RecursionError):
        raise Confused from None
    known = isinstance(word, str) and WORDS.get(word) == len(given)
    if not known or not all(type(one) is int for one in (number, *given)):
        raise Confused
    return number, word, *given
