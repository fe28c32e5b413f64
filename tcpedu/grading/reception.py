"""소켓 문제의 상대를 채점기의 과정에서 돌린다.

상자의 네트워크에 속한 소켓은 배우는 사람의 코드보다 먼저 만들어 넘겨받았다. 검사 셀에는 대본이 없으므로 답은 상대가
다음에 할 일을 미리 알 수 없고, 상대가 본 것은 커널을 거치지 않으므로 꾸며 낼 수 없다.
커널이 찍은 것(답의 쪽)에 상대가 본 것을 이어, nbval이 견줄 한 줄로 만든다.
"""

from __future__ import annotations

import json
import secrets
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from tcpedu.course.probe import line
from tcpedu.course.socket_answers import WATCHING, rows, server_rows
from tcpedu.course.values import MISSING, encode
from tcpedu.grading.nursery import Box
from tcpedu.grading.outside import Outside, Window
from tcpedu.grading.plan import Meeting
from tcpedu.lab.meeting import Peer
from tcpedu.lab.peer_world import PATIENCE, SMALL, until
from tcpedu.lab.serving import Served, rescue

HELLO = 10.0  # 연결한 쪽이 이름을 댈 때까지(초)
LINE = 4_096
WORDS = {"meet": 2, "serve": 2, "hopeless": 1, "returned": 0, "end": 0}  # 커널이 하는 말과 딸린 수의 개수
OUT_OF_SOCKETS = "상자에 넘길 소켓이 모자랍니다."
SERVER = "socket_server"


class Reception:
    """상자 하나에서 오는 연결을 받고, 상자로 손님을 보내는 곳."""

    def __init__(self, box: Box, netlink: socket.socket) -> None:
        self.window = Window(box, netlink)
        self.listener, *self.guests = (one for one in box.sockets if one.family == socket.AF_INET)
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)  # 받아들인 소켓이 물려받는다
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen(128)

    @classmethod
    def of(cls, box: Box | None) -> Reception | None:
        """상자가 제 네트워크를 가졌고 그 안을 들여다볼 수 있을 때만. 아니면 상대도 커널 안에서 돈다."""
        netlink = next((one for one in box.sockets if one.family == socket.AF_NETLINK), None) if box else None
        return cls(box, netlink) if box is not None and box.tier == "A" and netlink is not None else None

    def attend(self, item: Any, meeting: Meeting, runtest: Callable[[], None]) -> str:
        """nbval의 셀 하나를 상대와 만나게 하며 돌린다. 채점기의 실패가 있으면 그 글을 돌려준다."""
        kernel = item.parent.kernel
        with self.host(meeting) as host:
            item.cell.source, kernel.edit = host.source, host.edit
            try:
                runtest()
            finally:
                kernel.edit = None
        return host.failure

    @contextmanager
    def host(self, meeting: Meeting) -> Iterator[Host]:
        """검사 셀 하나가 도는 동안 상대를 맡는다."""
        host = Host(self, meeting)
        thread = threading.Thread(target=host.run, daemon=True)
        thread.start()
        try:
            yield host
        finally:
            host.close()
            thread.join()


class Confused(Exception):
    """커널이 알아들을 수 없는 말이나 차례에 맞지 않는 말을 했다."""


@dataclass
class Encounter:
    """만남 하나에서 상대의 쪽이 본 것."""

    served: Served = field(default_factory=Served)
    gave_up: bool = False


def understood(request: str) -> tuple[int, str, *tuple[int, ...]]:
    """커널이 한 말: 번호, 낱말, 딸린 수."""
    try:
        number, word, *given = json.loads(request)
    except (ValueError, TypeError, RecursionError):
        raise Confused from None
    known = isinstance(word, str) and WORDS.get(word) == len(given)
    if not known or not all(type(one) is int for one in (number, *given)):
        raise Confused
    return number, word, *given


class Host:
    """검사 셀 하나의 상대들. `source`는 커널에서 돌 셀, `failure`는 채점기의 실패다."""

    def __init__(self, reception: Reception, meeting: Meeting) -> None:
        self.reception, self.meeting = reception, meeting
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
        given = (problem.name, problem.adapter, len(self.meeting.cases), self.reception.listener.getsockname(),
                 self.token, problem.digits, problem.seconds, self.meeting.explain)  # fmt: skip
        return f"from tcpedu.grading.attending import attend\nattend{given!r}"

    # 커널과 말하기 ------------------------------------------------------------

    def run(self) -> None:
        """커널이 이름을 대고 들어오면 묻는 말에 대답한다. 알아들을 수 없는 말을 하면 거기서 끝낸다."""
        try:
            with suppress(OSError, Confused), self.stack:
                self.channel = self._channel()
                while request := self.lines.readline(LINE):
                    number, word, *given = understood(request)
                    answer = getattr(self, f"do_{word}")(*given)
                    if word != "returned":
                        self._say(number, answer)
        except Exception as error:  # 답의 탓이 아니다
            self.failure = f"{type(error).__name__}: {error}"
        if self.channel is not None:
            self.channel.close()

    def close(self) -> None:
        """셀이 끝났다."""
        self.over.set()
        with suppress(OSError, AttributeError):
            self.channel.shutdown(socket.SHUT_RDWR)  # type: ignore[union-attr]
        if self.world is not None:
            self.world.returned.set()
            self.world.let_go()

    def _channel(self) -> socket.socket:
        while True:
            sock = self._accept()
            sock.settimeout(HELLO)
            lines = sock.makefile("r", encoding="utf-8")
            with suppress(OSError, ValueError, RecursionError):
                if json.loads(lines.readline(LINE)) == [1, self.token]:
                    sock.settimeout(None)
                    self.lines, self.channel = lines, sock
                    self._say(1, True)
                    return sock
            sock.close()

    def _accept(self) -> socket.socket:
        self.reception.listener.settimeout(0.1)
        while not self.over.is_set():
            with suppress(TimeoutError):
                return self.reception.listener.accept()[0]
        raise ConnectionError("셀이 끝났다")

    def _say(self, number: int, answer: Any) -> None:
        with self.lock, suppress(OSError):
            self.channel.sendall(json.dumps([number, answer]).encode() + b"\n")  # type: ignore[union-attr]

    # 커널이 하는 말 -----------------------------------------------------------

    def do_meet(self, number: int, port: int) -> Any:
        """답의 쪽이 연결해 왔다. 상대가 움직이기 시작하고, 답을 부를 인자를 알려 준다."""
        script, calls = self._next(number, server=False)
        sock = self._accept()
        while sock.getpeername()[1] != port:
            sock.close()
            sock = self._accept()
        sock.settimeout(PATIENCE)
        self._start(script, Outside(self.reception.window, lambda: sock, self._push, watching=True))
        return encode(calls, exact=True)

    def do_serve(self, number: int, port: int) -> None:
        """답이 서버가 되어 기다린다. 손님들이 찾아간다."""
        (script,) = self._next(number, server=True)
        self.threads = self.reception.window.box.tasks()
        world = Outside(self.reception.window, lambda: self._guest(port), self._push, watching=False)
        self.stack.enter_context(rescue(world, lambda: self._push("wake")))
        self._start(script, world)

    def do_hopeless(self, given: int) -> bool:
        return self.world is not None and self.world.hopeless_after(given)

    def do_returned(self) -> None:
        self._world().returned.set()
        self._push("bye")

    def do_end(self) -> bool:
        """만남이 끝났다. 상대가 본 것을 적어 둔다."""
        world, encounter = self._world(), self.met[-1]
        served = encounter.served
        world.returned.set()
        if self.server:
            box = self.reception.window.box
            served.threads_left = not until(lambda: box.tasks() <= self.threads, 0.3)
        self.stack.close()
        world.let_go()
        served.guests, served.rescued, encounter.gave_up = list(self.peer.seen), world.rescued, world.gave_up
        return True

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

    def _push(self, word: str) -> None:
        self._say(0, word)

    def _guest(self, port: int) -> socket.socket:
        if not self.reception.guests:
            self.failure = OUT_OF_SOCKETS
            raise OSError(OUT_OF_SOCKETS)
        sock = self.reception.guests.pop()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
        sock.settimeout(PATIENCE)
        sock.connect(("127.0.0.1", port))
        return sock

    # 커널이 찍은 것에 잇기 -------------------------------------------------------

    def edit(self, message: dict[str, Any]) -> list[dict[str, Any]]:
        """nbval에 건넬 메시지. 셀이 찍은 글은 모아 두었다가, 셀이 끝날 때 상대가 본 것을 이어 건넨다."""
        parent, content = str(message["parent_header"].get("msg_id")), message["content"]
        if message["msg_type"] == "stream":
            self.printed[parent] = self.printed.get(parent, "") + str(content.get("text", ""))
            return []
        if content.get("execution_state") != "idle" or parent not in self.printed:
            return [message]
        text = {"name": "stdout", "text": self.joined(self.printed.pop(parent))}
        return [{**message, "msg_type": "stream", "content": text}, message]

    def joined(self, printed: str) -> str:
        """답의 쪽이 적은 줄에 상대가 본 것을 잇는다. 다른 글이 섞였으면 그 글은 그대로 둔다."""
        return "".join(map(self._joined_line, printed.splitlines(keepends=True)))

    def _joined_line(self, text: str) -> str:
        try:
            values = json.loads(text)
        except (ValueError, RecursionError):
            return text
        if not isinstance(values, list) or len(values) != len(self.meeting.cases):
            return text
        return line([self._join(number, value) for number, value in enumerate(values)]) + "\n"

    def _join(self, number: int, value: Any) -> Any:
        mine = value.get("$steps") if isinstance(value, dict) else None
        if not isinstance(mine, list):
            return value  # 부르지도 못했다
        if number >= len(self.met):
            return dict(MISSING)  # 만난 적이 없다
        encounter, (script, *_) = self.met[number], self.meeting.cases[number].args
        if self.server:
            steps = encode(server_rows(script, encounter.served))
            return {"$steps": [*self._errors(mine, encounter), *steps["$steps"][1:]]}
        watched = encode(rows((), script if self.meeting.problem.adapter in WATCHING else (), encounter.served.guests))
        return {"$steps": [*mine, *watched["$steps"]]}

    @staticmethod
    def _errors(mine: list[Any], encounter: Encounter) -> list[Any]:
        """서버가 낸 오류의 줄. 억지로 깨우거나 손님이 포기하고 끊은 뒤의 오류는 서버의 탈이 아니다."""
        excused = encounter.served.rescued or encounter.gave_up
        failed, in_thread = mine if len(mine) == 2 else (None, None)
        return [[failed[0], None] if excused and in_thread == ["스레드에서", False] else failed]
