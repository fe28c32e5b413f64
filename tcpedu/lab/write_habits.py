"""요청을 나눠 쓰는 버릇마다 응답을 얼마나 기다리는지 이 컴퓨터의 루프백에서 잰다 (RFC 9293 §3.7.4, §3.8.6.3).

강의: lessons/13_performance_tuning.ipynb
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from tcpedu.lab.loopback import LIMIT, connected, missing, nothing, read_all, set_tcp

HALF, ANSWER = 100, 100


def _two_writes(client: socket.socket) -> None:
    client.sendall(bytes(HALF))
    client.sendall(bytes(HALF))


def _one_write(client: socket.socket) -> None:
    client.sendall(bytes(2 * HALF))


def _corked(client: socket.socket) -> None:
    set_tcp(client, "TCP_CORK", 1)
    _two_writes(client)
    set_tcp(client, "TCP_CORK", 0)


def _quick(sock: socket.socket) -> None:
    set_tcp(sock, "TCP_QUICKACK", 1)


def _nodelay(sock: socket.socket) -> None:
    set_tcp(sock, "TCP_NODELAY", 1)


@dataclass(frozen=True)
class Habit:
    """요청을 쓰는 버릇: 클라이언트의 준비와 쓰기, 서버의 준비와 읽을 때마다 하는 일."""

    write: Callable[[socket.socket], None] = _two_writes
    client: Callable[[socket.socket], None] = nothing
    server: Callable[[socket.socket], None] = nothing
    each_read: Callable[[socket.socket], None] = nothing


HABITS = {
    "나눠 쓰고 기다린다": Habit(),
    "TCP_NODELAY": Habit(client=_nodelay),
    "한 번에 쓴다": Habit(write=_one_write),
    "TCP_CORK로 묶는다": Habit(write=_corked),
    "서버가 TCP_QUICKACK을 한 번": Habit(server=_quick),
    "서버가 TCP_QUICKACK을 읽을 때마다": Habit(each_read=_quick),
}


def request_times(habit: Habit = HABITS["나눠 쓰고 기다린다"], count: int = 8) -> list[float]:
    """요청 200바이트를 보내고 응답 100바이트를 기다리기를 `count`번: 걸린 시간(초)들 (RFC 9293 §3.7.4, §3.8.6.3).

    첫 요청은 리눅스의 빠른 ACK 덕에 늦지 않으므로 한 번을 더 하고 버린다.
    """
    with connected() as (client, server):
        worker = threading.Thread(target=_serve, args=(server, habit, count + 1), daemon=True)
        worker.start()
        habit.client(client)
        times = []
        for _ in range(count + 1):
            began = time.perf_counter()
            habit.write(client)
            read_all(client, ANSWER)
            times.append(time.perf_counter() - began)
        worker.join(LIMIT)
    return times[1:]


def _serve(server: socket.socket, habit: Habit, count: int) -> None:
    habit.server(server)
    for _ in range(count):
        read_all(server, 2 * HALF, habit.each_read)
        server.sendall(bytes(ANSWER))


def compare_habits(count: int = 8) -> dict[str, float]:
    """버릇마다 요청 하나에 걸린 시간의 가운데 값, 초. 이 운영체제에 없는 옵션은 뺀다."""
    needs = {"TCP_CORK로 묶는다": "TCP_CORK"} | {name: "TCP_QUICKACK" for name in HABITS if "QUICKACK" in name}
    return {
        name: median(request_times(habit, count))
        for name, habit in HABITS.items()
        if name not in needs or missing(needs[name]) is None
    }
