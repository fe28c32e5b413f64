"""검사 셀 하나가 도는 동안 채점기의 과정에서 상대를 맡는다.

커널의 쪽은 `attending.py`다. 둘은 상자의 루프백을 지나는 연결 하나로 말하고, 커널이 하는 말은 믿지 않는다: 거짓을
말해서 달라지는 것은 제 답이 언제 깨어나는가뿐이다.
"""

from __future__ import annotations

import json
import secrets
import socket
import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress
from typing import Any

from tcpedu.course.values import encode
from tcpedu.grading.joining import SERVER, Encounter, joined
from tcpedu.grading.meeting import Meeting
from tcpedu.grading.outside import Outside, Window
from tcpedu.lab.meeting import Peer
from tcpedu.lab.peer_world import PATIENCE, until
from tcpedu.lab.serving import rescue

HELLO = 10.0  # 연결한 쪽이 이름을 댈 때까지(초)
LINE = 4_096
GRACE = 0.3  # 막 끝나려던 스레드는 기다려 준다
WORDS = {"meet": 2, "serve": 2, "hopeless": 1, "returned": 0, "end": 0}  # 커널이 하는 말과 딸린 수의 개수


class Confused(Exception):
    """커널이 알아들을 수 없는 말이나 차례에 맞지 않는 말을 했다."""


class Host:
    """`source`는 커널에서 돌 셀, `edit`는 nbval에 건넬 메시지, `failure`는 채점기의 실패다."""

    def __init__(
        self, meeting: Meeting, window: Window, listener: socket.socket, guest: Callable[[int], socket.socket]
    ) -> None:
        self.meeting, self.window, self.listener, self.guest = meeting, window, listener, guest
        self.server = meeting.problem.adapter == SERVER
        self.token = secrets.token_hex(16)
        self.met: list[Encounter] = []
        self.failure = ""
        self.printed: dict[str, str] = {}
        self.channel: socket.socket | None = None
        self.world: Outside | None = None
        self.over = threading.Event()
        self.stack, self.lock = ExitStack(), threading.Lock()

    @property
    def source(self) -> str:
        """커널에서 돌 셀. 대본도 인자도 없다."""
        problem = self.meeting.problem
        given = (problem.name, problem.adapter, len(self.meeting.cases), self.listener.getsockname(), self.token,
                 problem.digits, problem.seconds, self.meeting.explain)  # fmt: skip
        return f"from tcpedu.grading.attending import attend\nattend{given!r}"

    def edit(self, message: dict[str, Any]) -> list[dict[str, Any]]:
        """찍은 글은 모아 두었다가, 셀이 끝날 때 상대가 본 것을 이어서 건넨다."""
        parent, content = str(message["parent_header"].get("msg_id")), message["content"]
        if message["msg_type"] == "stream":
            self.printed[parent] = self.printed.get(parent, "") + str(content.get("text", ""))
            return []
        if content.get("execution_state") != "idle" or parent not in self.printed:
            return [message]
        text = joined(self.printed.pop(parent), self.meeting, self.met)
        return [{**message, "msg_type": "stream", "content": {"name": "stdout", "text": text}}, message]

    def run(self) -> None:
        """커널이 이름을 대고 들어오면 묻는 말에 대답한다. 알아들을 수 없는 말을 하면 거기서 끝낸다."""
        try:
            with suppress(OSError, Confused), self.stack:
                lines = self._channel()
                while request := lines.readline(LINE):
                    number, word, *given = understood(request)
                    answer = getattr(self, f"do_{word}")(*given)
                    if word != "returned":
                        self._say(number, answer)
        except Exception as error:  # 답의 탓이 아니다
            self.failure = f"소켓 문제의 상대를 돌리지 못했습니다: {type(error).__name__}: {error}"
        if self.channel is not None:
            self.channel.close()

    def close(self) -> None:
        """셀이 끝났다: 기다리던 것을 모두 깨운다."""
        self.over.set()
        with suppress(OSError):
            if self.channel is not None:
                self.channel.shutdown(socket.SHUT_RDWR)
        if self.world is not None:
            self.world.returned.set()
            self.world.let_go()

    def _channel(self) -> Any:
        while True:
            sock = self._accept()
            sock.settimeout(HELLO)
            lines = sock.makefile("r", encoding="utf-8")
            with suppress(OSError, ValueError, RecursionError):
                if json.loads(lines.readline(LINE)) == [1, self.token]:
                    sock.settimeout(None)
                    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    self.channel = sock
                    self._say(1, True)
                    return lines
            sock.close()

    def _accept(self) -> socket.socket:
        self.listener.settimeout(0.1)
        while not self.over.is_set():
            with suppress(TimeoutError):
                return self.listener.accept()[0]
        raise Confused

    def _say(self, number: int, answer: Any) -> None:
        with self.lock, suppress(OSError):
            self.channel.sendall(json.dumps([number, answer]).encode() + b"\n")  # type: ignore[union-attr]

    def _push(self, word: str) -> None:
        self._say(0, word)

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
