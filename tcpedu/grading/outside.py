"""상자 밖에서 상자 안을 본다: 답이 읽지 않은 바이트, 쓴 CPU 시간, 그것을 아는 상대의 세계.

커널에 직접 묻는 것이므로 상자 안의 코드가 꾸며 낼 수 없다. `man 7 sock_diag`, linux/inet_diag.h
"""

from __future__ import annotations

import array
import fcntl
import os
import socket
import struct
import termios
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from tcpedu.grading.nursery import Box
from tcpedu.grading.warden import descendants
from tcpedu.lab.meeting import Here
from tcpedu.lab.peer_world import PATIENCE

SOCK_DIAG_BY_FAMILY = 20
_ANY = 0xFFFFFFFF
_ERROR = 2  # NLMSG_ERROR
_RQUEUE = 16 + 4 + 48 + 4  # nlmsghdr, 상태, inet_diag_sockid, expires 다음
_TICKS = os.sysconf("SC_CLK_TCK")


class Window:
    """상자 하나를 들여다보는 창."""

    def __init__(self, box: Box, netlink: socket.socket) -> None:
        self.box = box
        self.netlink = netlink
        self.netlink.settimeout(PATIENCE)
        self.lock = threading.Lock()

    def unread(self, mine: socket.socket) -> int:
        """`mine`의 맞은편 소켓에 와 있으나 읽지 않은 바이트. 이미 사라진 소켓이면 0."""
        here, there = mine.getsockname(), mine.getpeername()
        ends = b"".join(socket.inet_aton(end[0]).ljust(16, b"\0") for end in (there, here))
        which = struct.pack(">HH", there[1], here[1]) + ends + struct.pack("=III", 0, _ANY, _ANY)
        question = struct.pack("=BBBxI", socket.AF_INET, socket.IPPROTO_TCP, 0, _ANY) + which
        with self.lock:
            self.netlink.send(struct.pack("=IHHII", 16 + len(question), SOCK_DIAG_BY_FAMILY, 1, 1, 0) + question)
            reply = self.netlink.recv(8192)
        gone = struct.unpack_from("=H", reply, 4)[0] == _ERROR
        return 0 if gone else struct.unpack_from("=I", reply, _RQUEUE)[0]

    def all_read(self, mine: socket.socket) -> bool:
        """`mine`으로 보낸 것이 모두 닿았고 모두 읽혔는가."""
        waiting = array.array("i", [0])
        fcntl.ioctl(mine, termios.TIOCOUTQ, waiting)  # 아직 ACK를 받지 못한 바이트
        return waiting[0] == 0 and self.unread(mine) == 0

    def asleep(self) -> bool:
        """상자 안의 모든 스레드가 무엇인가를 기다리고 있는가. 돌고 있거나 차례를 기다리는 것(R)이 없는가."""
        for pid in descendants(self.box.pid):
            for status in Path(f"/proc/{pid}/task").glob("*/stat"):
                with suppress(OSError):
                    if _fields(status)[0] == "R":
                        return False
        return True

    def cpu(self) -> float:
        """상자 안의 과정들이 쓴 CPU 시간(초)."""
        total = 0
        for pid in descendants(self.box.pid):
            with suppress(OSError):  # 그 사이에 끝났다
                fields = _fields(Path(f"/proc/{pid}/stat"))
                total += int(fields[11]) + int(fields[12])  # utime, stime
        return total / _TICKS


def _fields(status: Path) -> list[str]:
    """`/proc/…/stat`의 칸. 이름에는 빈칸도 괄호도 있을 수 있어서 그 뒤(상태)부터다."""
    return status.read_text("utf-8", "replace").rpartition(")")[2].split()


class Outside(Here):
    """상자 밖의 상대에게 보이는 것. `opened`가 상자 안으로 이어진 소켓을 하나씩 준다."""

    def __init__(
        self, window: Window, opened: Callable[[], socket.socket], tell: Callable[[str], None], *, watching: bool
    ) -> None:
        super().__init__(None, PATIENCE, watching=watching)
        self.window, self.opened, self.tell = window, opened, tell
        self.socks: list[socket.socket] = []

    def connect(self) -> socket.socket:
        sock = self.opened()
        self.socks.append(sock)
        return sock

    def caught_up(self) -> bool:
        if not self.watching:
            return True
        try:
            return bool(self.socks) and self.window.all_read(self.socks[-1])
        except OSError:
            return True  # 이미 끊긴 연결

    def asleep(self) -> bool:
        return self.window.asleep()

    def stop(self) -> None:
        if not self.stopped.is_set():
            super().stop()
            self.tell("stop")

    def cpu(self) -> float:
        return self.window.cpu()

    def hopeless_after(self, given: int) -> bool:
        """답이 `given`바이트를 보내고 기다린다. 더 올 것이 없는가."""
        return self.heard >= given and self.idle and self.caught_up()

    def let_go(self) -> None:
        """상대가 아직 붙들고 있는 연결을 끊는다."""
        for sock in self.socks:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
