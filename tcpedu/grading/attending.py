"""소켓 문제의 답을 채점기의 상대와 만나게 한다: 커널의 쪽.

상대와 대본은 커널 밖, 채점기의 과정에 있다(`reception.py`). 여기서는 연결하고, 답을 부르고, 답의 쪽에서 본 것만 적는다.
다음에 줄 인자도 만날 때에야 받는다.
"""

from __future__ import annotations

import socket
import threading
from functools import partial
from types import SimpleNamespace
from typing import Any

from tcpedu.course.probe import cases_to_json
from tcpedu.course.socket_answers import ACTS, Act
from tcpedu.course.values import Raised, Steps, decode
from tcpedu.grading.channel import ANSWERED, Line
from tcpedu.grading.inside import probe
from tcpedu.lab.meeting import WatchedSocket
from tcpedu.lab.peer_world import PATIENCE, SMALL
from tcpedu.lab.serving import Served, watched_threads


def attend(
    name: str, act: str, count: int, address: tuple[str, int], token: str, digits: int, seconds: float, explain: bool
) -> None:
    """답(의 이름)을 채점기의 상대 `count`명과 차례로 만나게 하고, 답의 쪽에서 본 것을 한 줄로 찍는다."""
    cases = cases_to_json([SimpleNamespace(args=(number,), kwargs={}) for number in range(count)])
    line = Line(address, token)
    meet: Any = partial(serve_guests, line) if act == "socket_server" else partial(meet_peer, line, ACTS[act])
    try:
        probe(name, meet, cases, digits, seconds, explain)
    finally:
        line.close()


def meet_peer(line: Line, act: Act, answer: Any, case: Any) -> Steps:
    """채점기에 연결하고, 그 소켓으로 답을 부른다."""
    with WatchedSocket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SMALL)
        sock.settimeout(PATIENCE)
        sock.connect(line.address)
        calls = decode(line.ask("meet", *case.args, sock.getsockname()[1]))
        sock.hopeless = lambda: bool(line.ask("hopeless", sock.given))
        try:
            rows = act(answer, calls, sock)
        finally:
            sock.close()
            line.ask("end")
    return Steps(tuple(rows))


def serve_guests(line: Line, answer: Any, case: Any) -> Steps:
    """답을 서버로 돌린다. 손님은 채점기에서 온다."""
    served, stop = Served(), threading.Event()
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listener, watched_threads(stop, served):
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SMALL)
        line.ask("serve", *case.args, listener.getsockname()[1])
        follower = threading.Thread(target=follow, args=(line, stop, listener), daemon=True)
        follower.start()
        try:
            answer(listener, stop)
        except Exception as error:
            served.error = error
        finally:
            line.say("returned")
            follower.join(ANSWERED)
            line.ask("end")  # 남은 스레드는 채점기가 밖에서 센다
    failed = served.error or served.thread_error
    return Steps((("(listener, stop)", Raised(failed) if failed else None), ("스레드에서", served.error is None)))


def follow(line: Line, stop: threading.Event, listener: socket.socket) -> None:
    """서버가 도는 동안 채점기가 하는 말을 따른다."""
    for _, word in line.heard():
        if word == "stop":
            stop.set()
        elif word == "wake":
            listener.shutdown(socket.SHUT_RDWR)
        else:
            return
    stop.set()  # 채점기가 먼저 끊었다
