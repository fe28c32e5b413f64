"""진짜 커널 실습실: 네임스페이스 안의 커널을 노트북 과정에서 부린다.

강의: lessons/16_capstone.ipynb
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from .system import explain, other_system
from .tun_wire import TunWire
from .wire import PEER

MTU = 1040  # MSS가 꼭 1000바이트가 된다. 1280보다 작아 IPv6도 끼어들지 않는다 (RFC 8200 §5)
_START_SECONDS = 10.0
_ANSWER_SECONDS = 30.0
_ROOT = Path(__file__).parents[2]
# -I와 -S: 배우는 사람의 폴더와 site-packages를 읽지 않아 빨리 뜬다.
_CHILD = "import sys; sys.path.insert(0, sys.argv.pop(1)); from tcpedu.lab.broker import main; main(*sys.argv[1:])"
Socket = socket.socket


class KernelLabError(RuntimeError):
    """이 컴퓨터에서는 진짜 커널 실습을 할 수 없다. 까닭이 글로 들어 있다."""


class KernelLab:
    """권한 없이 만든 네트워크 네임스페이스와 그 안의 커널.

    `wire`는 커널로 이어진 전선, `socket()`은 그 안의 커널 TCP 소켓, `run([…])`은 그 안에서 돌린 명령의 결과다. 닫으면
    자식 과정, 장치, 소켓이 모두 사라진다. 컴퓨터의 네트워크는 건드리지 않는다. 할 수 없는 컴퓨터면 `KernelLabError`.
    """

    def __init__(self, *, mtu: int = MTU) -> None:
        obstacle = other_system(sys.platform)
        if obstacle is not None:
            raise KernelLabError(obstacle)
        self._lock = threading.Lock()
        self._sockets: list[Socket] = []
        self._pair, self._process = _start(mtu)
        try:
            found, fds = self._answer()
        except KernelLabError:
            found, fds = {"step": "start", "errno": 0}, []
        reason = explain(found["step"], found["errno"])
        if reason is not None:
            self._stop()
            raise KernelLabError(reason)
        self.wire = TunWire(fds[0])

    def socket(self) -> Socket:
        """네임스페이스 안의 새 TCP 소켓. 실습실을 닫을 때 함께 닫힌다."""
        _, (fd,) = self._ask({"do": "socket"})
        return self.keep(socket.socket(fileno=fd))

    def keep(self, sock: Socket) -> Socket:
        """실습실을 닫을 때 이 소켓도 닫는다."""
        self._sockets.append(sock)
        return sock

    def run(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        """네임스페이스 안에서 명령 하나를 돌린다: `lab.run(["ss", "-tin"]).stdout`."""
        answer, fds = self._ask({"do": "run", "command": command})
        out, err = (_text(fd) for fd in fds)
        if "error" in answer:
            raise KernelLabError(answer["error"])
        return subprocess.CompletedProcess(command, answer["returncode"], out, err)

    def close(self) -> None:
        """소켓과 TUN을 닫고 자식 과정이 끝나기를 기다린다."""
        for sock in self._sockets:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)  # 다른 스레드가 여기서 기다리고 있으면 깨운다
            sock.close()
        self._sockets.clear()
        self.wire.close()
        self._stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _ask(self, request: dict[str, Any]) -> tuple[dict[str, Any], list[int]]:
        with self._lock:
            try:
                self._pair.send(json.dumps(request).encode())
            except OSError:
                raise KernelLabError("실습실이 닫혀 있습니다. 새로 여세요") from None
            return self._answer()

    def _answer(self) -> tuple[dict[str, Any], list[int]]:
        try:
            body, fds, *_ = socket.recv_fds(self._pair, 1 << 16, 2)
        except TimeoutError:
            body, fds = b"", []
        if not body:
            raise KernelLabError("네임스페이스를 지키는 과정이 대답하지 않습니다. 실습실을 새로 여세요")
        return json.loads(body), list(fds)

    def _stop(self) -> None:
        self._pair.close()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _start(mtu: int) -> tuple[socket.socket, subprocess.Popen[bytes]]:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    ours.settimeout(_START_SECONDS + _ANSWER_SECONDS)
    with theirs:
        arguments = ["-I", "-S", "-c", _CHILD, str(_ROOT), str(theirs.fileno()), PEER, str(mtu)]
        try:
            process = subprocess.Popen(
                [sys.executable, *arguments],
                pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # 셀을 멈추는 신호(SIGINT)는 노트북의 것이다
            )  # fmt: skip
        except OSError:
            ours.close()
            raise KernelLabError(str(explain("start", 0))) from None
    return ours, process


def _text(fd: int) -> str:
    os.lseek(fd, 0, os.SEEK_SET)
    with open(fd, encoding="utf-8", errors="replace") as file:
        return file.read()
