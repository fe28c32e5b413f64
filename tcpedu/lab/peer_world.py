"""대본의 상대가 사는 곳: 답의 쪽에 대해 무엇을 묻고 알릴 수 있는가.

상대가 도는 곳은 정해져 있지 않다. 같은 프로세스의 스레드여도, 소켓을 넘겨받은 다른 프로세스여도 된다.
강의: lessons/12_socket_programming.ipynb
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from typing import Any

PATIENCE = 0.8  # 이만큼(초) 기다려도 오지 않으면 오지 않는 것으로 본다
TICK = 0.0005
ENOUGH = 8 << 20  # 이보다 많이 보내오는 답의 것은 더 받지 않는다
SMALL = 16_384  # 버퍼가 작아야 읽지 않는 상대가 금방 드러난다


def until(done: Callable[[], bool], seconds: float) -> bool:
    """`done()`이 참이 될 때까지 기다린다. 그사이에 참이 되었는가를 돌려준다.

    시계가 아니라 쉰 횟수로 센다: 컴퓨터가 바쁘면 그만큼 더 기다린다.
    """
    for _ in range(int(seconds / TICK)):
        if done():
            return True
        time.sleep(TICK)
    return done()


class World:
    """상대가 답의 쪽에 대해 묻고 알리는 것. 다른 프로세스에서 돌리려면 아래의 것을 바꾸어 끼운다.

    `sent`는 상대가 보낸 바이트, `heard`는 받은 바이트, `idle`은 지금 답을 기다리고 있는가, `rescued`는 멈추지 않는
    서버를 억지로 깨웠는가, `gave_up`은 기다리던 것이 오지 않아 상대가 그만두었는가이다.
    """

    sent = heard = 0
    idle = rescued = gave_up = False

    def __init__(self, address: Any, patience: float = PATIENCE) -> None:
        self.address = address
        self.patience = patience

    def connect(self) -> socket.socket:
        """답의 쪽으로 연결을 하나 연다."""
        sock = socket.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
        sock.settimeout(self.patience)
        sock.connect(self.address)
        return sock

    def caught_up(self) -> bool:
        """답이 지금까지 보낸 것을 다 읽었는가. 모르면 참."""
        return True

    def running(self) -> bool:
        """답이 아직 돌고 있는가. 모르면 참."""
        return True

    def asleep(self) -> bool:
        """답이 할 일 없이 기다리고 있는가. 아니면 바빠서 아직 못 한 것일 수 있다. 모르면 참."""
        return True

    def hold(self) -> None:
        """연결을 닫아도 될 때까지 기다린다: 답이 끝날 때까지."""
        until(lambda: not self.running(), self.patience)

    def stop(self) -> None:
        """서버인 답에게 멈추라고 한다."""

    def cpu(self) -> float:
        """답이 지금까지 쓴 CPU 시간(초)."""
        return time.process_time()
