"""무엇이 연결을 막고 있었는지 커널에 묻는다: TCP_INFO의 busy_time, rwnd_limited, sndbuf_limited.

`ss -ti`의 `busy`, `rwnd_limited`, `sndbuf_limited`와 같은 값이다. 강의: lessons/13_performance_tuning.ipynb
"""

from __future__ import annotations

import socket
import threading
import time
from dataclasses import dataclass

from tcpedu.lab.loopback import LIMIT, connected
from tcpedu.lab.option_runs import linux_only
from tcpedu.lab.tcp_info import tcp_info

SECONDS = 0.4


@dataclass(frozen=True)
class Limits:
    """`seconds`초 동안 보낸 연결에서 보낼 것이 있던 시간(`busy`)과, 그 가운데 윈도우와 송신 버퍼에 막힌 시간(초)."""

    seconds: float
    busy: float
    rwnd: float
    sndbuf: float

    @property
    def verdict(self) -> str:
        """가장 큰 까닭을 한마디로."""
        if self.busy < 0.5 * self.seconds:
            return "보내는 프로그램이 느리다"
        if max(self.rwnd, self.sndbuf) < 0.5 * self.busy:
            return "길이나 CPU가 막는다"
        return "받는 쪽이 느리다" if self.rwnd >= self.sndbuf else "송신 버퍼가 작다"


def limited(who: str, seconds: float = SECONDS) -> Limits:
    """`who`("writer", "reader", "nobody")를 느리게 하고 `seconds`초 동안 보낸다. 리눅스에서만.

    "writer"는 보내는 프로그램이, "reader"는 받는 프로그램이 5ms에 한 번씩만 움직인다.
    """
    linux_only("커널에 무엇이 막았는지 묻는 것")
    with connected(receive_buffer=1 << 16 if who == "reader" else None) as (client, server):
        pause = 0.005 if who == "reader" else 0.0
        worker = threading.Thread(target=_read, args=(server, pause), daemon=True)
        worker.start()
        began = time.perf_counter()
        while time.perf_counter() - began < seconds:
            client.sendall(bytes(1 << 14))
            if who == "writer":
                time.sleep(0.005)
        spent, info = time.perf_counter() - began, tcp_info(client)
        client.shutdown(socket.SHUT_RDWR)
        worker.join(LIMIT)
    times = (info.busy_time, info.rwnd_limited, info.sndbuf_limited)
    return Limits(spent, *((one or 0) / 1e6 for one in times))


def _read(server: socket.socket, pause: float) -> None:
    while server.recv(1 << 16):
        if pause:
            time.sleep(pause)
