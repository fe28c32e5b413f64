"""상자 안의 답을 채점기의 과정에서 만난다: 소켓 문제의 상대(`peer_host.py`)와 한 걸음씩 부르는 답의 각본(`driving.py`).

상자의 네트워크에 속한 소켓은 배우는 사람의 코드보다 먼저 만들어 넘겨받았다.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tcpedu.course.adapters import DRIVEN
from tcpedu.grading.driving import DriverHost
from tcpedu.grading.hosting import Host
from tcpedu.grading.meeting import Meeting
from tcpedu.grading.nursery import Box
from tcpedu.grading.outside import Window
from tcpedu.grading.peer_host import PeerHost
from tcpedu.lab.peer_world import PATIENCE, SMALL


class OutOfSockets(RuntimeError):
    """상자마다 만들어 둔 소켓(`provisioner.SOCKETS`)이 모자란다. 답의 탓이 아니다."""


class Reception:
    """상자 하나에서 오는 연결을 받고, 상자로 손님을 보내는 곳. `failure`는 채점기의 실패다."""

    failure = ""

    def __init__(self, box: Box, netlink: socket.socket) -> None:
        self.window = Window(box, netlink)
        self.desk, self.listener, *self.guests = (one for one in box.sockets if one.family == socket.AF_INET)
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)  # 받아들인 소켓이 물려받는다
        for one in (self.desk, self.listener):
            one.bind(("127.0.0.1", 0))
            one.listen(128)

    @classmethod
    def of(cls, box: Box | None) -> Reception | None:
        """상자가 제 네트워크를 가졌고 그 안을 들여다볼 수 있을 때만. 아니면 모두 커널 안에서 돈다."""
        if box is None or box.tier != "A":
            return None
        netlink = next((one for one in box.sockets if one.family == socket.AF_NETLINK), None)
        return cls(box, netlink) if netlink is not None else None

    def attend(self, item: Any, meeting: Meeting, runtest: Callable[[], None]) -> None:
        """nbval의 셀 하나를 밖에서 맡으며 돌린다."""
        kernel, item.outside = item.parent.kernel, True
        with self.host(meeting) as host:
            item.cell.source, kernel.edit = host.source, host.edit
            try:
                runtest()
            finally:
                kernel.edit = None

    @contextmanager
    def host(self, meeting: Meeting) -> Iterator[Host]:
        """검사 셀 하나가 도는 동안 커널 밖의 몫을 맡는다."""
        host: Host = (
            DriverHost(meeting, self.desk)
            if meeting.problem.adapter in DRIVEN
            else PeerHost(meeting, self.window, self.listener, self._guest)
        )
        thread = threading.Thread(target=host.run, daemon=True)
        thread.start()
        try:
            yield host
        finally:
            host.close()
            thread.join()
            self.failure = self.failure or host.failure

    def _guest(self, port: int) -> socket.socket:
        """상자 안의 서버에 연결한 손님 하나."""
        if not self.guests:
            raise OutOfSockets
        sock = self.guests.pop()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
        sock.settimeout(PATIENCE)
        sock.connect(("127.0.0.1", port))
        return sock
