"""검사 셀 하나가 도는 동안 채점기의 과정에서 커널과 말한다.

둘은 상자의 루프백을 지나는 연결 하나로 말하고, 커널이 하는 말은 믿지 않는다: 거짓을 말해서 달라지는 것은 제 답의
결과뿐이다. 커널의 쪽은 `channel.py`다.
"""

from __future__ import annotations

import json
import secrets
import socket
import threading
from contextlib import ExitStack, suppress
from typing import Any

from tcpedu.course.probe import line
from tcpedu.grading.meeting import Meeting

HELLO = 10.0  # 연결한 쪽이 이름을 댈 때까지(초)


class Confused(Exception):
    """커널이 알아들을 수 없는 말이나 차례에 맞지 않는 말을 했다."""


class Host:
    """`edit`는 nbval에 건넬 메시지, `failure`는 채점기의 실패다. 커널이 하는 말마다 `do_낱말`을 둔다."""

    KERNEL = ""  # 커널에서 셀을 돌리는 함수: "모듈:이름"
    LONGEST = 4_096  # 커널이 한 번에 하는 말의 글자 수

    def __init__(self, meeting: Meeting, listener: socket.socket) -> None:
        self.meeting, self.listener = meeting, listener
        self.token = secrets.token_hex(16)
        self.failure = ""
        self.printed: dict[str, str] = {}
        self.channel: socket.socket | None = None
        self.over = threading.Event()
        self.stack, self.lock = ExitStack(), threading.Lock()

    @property
    def source(self) -> str:
        """커널에서 돌 셀. 대본도 인자도 없다."""
        problem, (module, _, name) = self.meeting.problem, self.KERNEL.partition(":")
        given = (problem.name, problem.adapter, len(self.meeting.cases), self.listener.getsockname(), self.token,
                 problem.digits, problem.seconds, self.meeting.explain)  # fmt: skip
        return f"from {module} import {name}\n{name}{given!r}"

    def edit(self, message: dict[str, Any]) -> list[dict[str, Any]]:
        """찍은 글은 모아 두었다가, 셀이 끝날 때 여기서 본 것을 이어서 건넨다."""
        parent, content = str(message["parent_header"].get("msg_id")), message["content"]
        if message["msg_type"] == "stream":
            self.printed[parent] = self.printed.get(parent, "") + str(content.get("text", ""))
            return []
        if content.get("execution_state") != "idle" or parent not in self.printed:
            return [message]
        text = "".join(map(self._joined, self.printed.pop(parent).splitlines(keepends=True)))
        return [{**message, "msg_type": "stream", "content": {"name": "stdout", "text": text}}, message]

    def _joined(self, text: str) -> str:
        """커널이 찍은 값의 줄을, 모두 커널에서 돌렸을 때와 같은 줄로. 값의 줄이 아니면 그대로 둔다."""
        try:
            values = json.loads(text)
        except (ValueError, RecursionError):
            return text
        if not isinstance(values, list) or len(values) != len(self.meeting.cases):
            return text
        return line([self.value(number, value) for number, value in enumerate(values)]) + "\n"

    def value(self, number: int, printed: Any) -> Any:
        """`number`번 입력의 값. `printed`는 커널이 적은 것이다."""
        raise NotImplementedError

    def run(self) -> None:
        """커널이 이름을 대고 들어오면 묻는 말에 대답한다. 알아들을 수 없는 말을 하면 거기서 끝낸다."""
        try:
            with suppress(OSError, Confused), self.stack, self._channel() as self.lines:
                while request := self.lines.readline(self.LONGEST):
                    self.answer(request)
        except Exception as error:  # 답의 탓이 아니다
            self.failure = f"답을 밖에서 만나지 못했습니다: {type(error).__name__}: {error}"
        if self.channel is not None:
            self.channel.close()

    def answer(self, request: str) -> None:
        """커널이 한 말 하나에 대답한다."""
        raise NotImplementedError

    def close(self) -> None:
        """셀이 끝났다: 기다리던 것을 모두 깨운다."""
        self.over.set()
        with suppress(OSError):
            if self.channel is not None:
                self.channel.shutdown(socket.SHUT_RDWR)

    def _channel(self) -> Any:
        while True:
            sock = self._accept()
            sock.settimeout(HELLO)
            lines = sock.makefile("r", encoding="utf-8")
            with suppress(OSError, ValueError, RecursionError):
                if json.loads(lines.readline(self.LONGEST)) == [1, self.token]:
                    sock.settimeout(None)
                    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    self.channel = sock
                    self.say(1, True)
                    return lines
            sock.close()

    def _accept(self) -> socket.socket:
        self.listener.settimeout(0.1)
        while not self.over.is_set():
            with suppress(TimeoutError):
                return self.listener.accept()[0]
        raise Confused

    def say(self, number: int, answer: Any) -> None:
        """`number`번 말에 대한 대답. 0번은 묻지 않아도 하는 말이다."""
        with self.lock, suppress(OSError):
            self.channel.sendall(json.dumps([number, answer]).encode() + b"\n")  # type: ignore[union-attr]
