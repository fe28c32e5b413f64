"""소켓 문제의 상대는 채점기의 과정에서 돈다: 안에서 돌 때와 같은 것을 보고, 답은 그것을 꾸미지 못한다."""

from __future__ import annotations

import ast
import json
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from tcpedu.course import server_mistakes, socket_mistakes
from tcpedu.course.probe import line, values_of
from tcpedu.course.problem import problem
from tcpedu.course.problems import p12_socket_programming as lesson
from tcpedu.course.verdict import expected_values
from tcpedu.grading import tiers
from tcpedu.grading.compose import fresh
from tcpedu.grading.probing import probe_source

pytest.importorskip("nbval")
from tcpedu.grading.kernel import KernelDied
from tcpedu.grading.provisioner import SOCKETS

if tiers.best().name != "A":
    pytest.skip(f"이 컴퓨터에서는 상자를 만들 수 없다: {tiers.best().reason}", allow_module_level=True)

CLIENTS = ("recv_exactly", "send_message", "recv_message", "read_lines")


def mistakes(name: str) -> dict[str, str]:
    """문제에 적힌 오답의 글: 진단 → 식."""
    tree = ast.parse(Path(lesson.__file__).read_text("utf-8"))
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        words = {word.arg: word.value for word in call.keywords}
        if isinstance(words.get("name"), ast.Constant) and words["name"].value == name:
            given = words["mistakes"]
            pairs = zip(given.keys, given.values, strict=True)
            return {ast.literal_eval(key): ast.unparse(value) for key, value in pairs}
    raise LookupError(name)


def prelude() -> str:
    texts = {one: Path(module.__file__).read_text("utf-8") for one, module in
             (("wrong", socket_mistakes), ("bad", server_mistakes))}  # fmt: skip
    return f"""
import types
for _name, _text in {texts!r}.items():
    globals()[_name] = types.ModuleType(_name)
    exec(_text, vars(globals()[_name]))
def framed(payload):
    return len(payload).to_bytes(4, "big") + payload
"""


@pytest.mark.parametrize("name", CLIENTS)
def test_outside_sees_what_inside_sees(enter, name: str) -> None:
    """풀이와 문제에 적힌 모든 오답이, 상대가 커널 안에 있을 때와 글자까지 같은 줄을 낸다."""
    asked = problem(name)
    with enter() as room:
        room.run(prelude() + f"from tcpedu.lab.sockets import {name}")
        expected = values_of(asked.reference, asked.adapter, asked.cases)
        assert room.meet(asked, asked.cases) == line(expected) + "\n"
        for diagnosis, source in mistakes(name).items():
            room.run(f"{name} = {source}")
            inside = values_of(asked.mistakes[diagnosis], asked.adapter, asked.cases)
            assert room.meet(asked, asked.cases) == line(inside) + "\n", diagnosis
            assert inside != expected


SERVERS = mistakes("serve_echo")


@pytest.mark.parametrize("diagnosis", SERVERS, ids=SERVERS.values())
def test_outside_guests_see_what_inside_guests_see(enter, diagnosis: str) -> None:
    asked = problem("serve_echo")
    with enter() as room:
        room.run(prelude() + f"serve_echo = {SERVERS[diagnosis]}")
        inside = values_of(asked.mistakes[diagnosis], asked.adapter, asked.cases)
        assert json.loads(room.meet(asked, asked.cases)) == json.loads(line(inside))


@pytest.mark.parametrize("name", ["serve_echo", "serve_echo_selectors", "serve_echo_async"])
def test_right_servers_of_every_style(enter, name: str) -> None:
    asked = problem("serve_echo")
    with enter() as room:
        room.run(f"from tcpedu.lab.sockets import {name} as serve_echo")
        assert room.meet(asked, asked.cases) == line(values_of(asked.reference, asked.adapter, asked.cases)) + "\n"


# 꾸미려는 답 -----------------------------------------------------------------

FRAMES = """
import sys

def recv_exactly(sock, n):
    "부른 쪽의 변수에서 대본을 읽어, 소켓을 읽지 않고 답한다."
    frame = sys._getframe()
    while not hasattr(frame.f_locals.get("case"), "args"):
        frame = frame.f_back
    case = frame.f_locals["case"]
    data = b"".join(move[2] for move in case.args[0] if move[0] == "send")
    start, case.start = getattr(case, "start", 0), getattr(case, "start", 0) + n
    if len(data) < start + n:
        raise EOFError
    return data[start : start + n]
"""
GARBAGE = """
import gc, threading

def recv_exactly(sock, n):
    "쓰레기 수집기가 아는 것 가운데 상대의 스레드가 쥔 대본을 찾는다."
    given = [getattr(one, "_args", ()) for one in gc.get_objects() if isinstance(one, threading.Thread)]
    script = [one[0] for one in given if one and one[0] and one[0][0][:1] == ("connect",)][-1]
    data = b"".join(move[2] for move in script if move[0] == "send")
    start = globals().setdefault("_starts", {}).get(script, 0)
    _starts[script] = start + n
    if len(data) < start + n:
        raise EOFError
    return data[start : start + n]
"""
HURRIES = """
import time
from tcpedu.lab.meeting import Here
Here.caught_up = lambda self: True

def recv_exactly(sock, n):
    "상대가 조각마다 기다리지 않게 고쳐 놓고 한 번만 읽는다."
    time.sleep(0.03)
    data = sock.recv(n) if n else b""
    if len(data) < n:
        raise EOFError
    return data
"""
PRETENDS = """
from tcpedu.lab import peer_moves
sent = []

def do_message(self, who):
    peer_moves.until(lambda: sent, 5)
    payload = sent.pop()
    return {"앞의 4바이트": len(payload).to_bytes(4, "big"), "나머지": peer_moves._fingerprint(payload, len(payload))}

peer_moves.Actor.do_message = do_message

def send_message(sock, payload):
    "보내지 않는다. 상대가 본 것을 고친다."
    sent.append(payload)
"""
PRINTS = """
import json
from tcpedu.course.probe import line as honest
from tcpedu.course.values import encode
from tcpedu.grading import inside
from tcpedu.lab.peer_moves import _fingerprint
payloads = []

def forged(values):
    rows = []
    for payload in payloads:
        message = {"앞의 4바이트": len(payload).to_bytes(4, "big"), "나머지": _fingerprint(payload, len(payload))}
        rows.append(encode(message))
    for value, row in zip(values, rows):
        value["$steps"][1:] = [["상대: 끝까지 받음", row]]
    payloads.clear()
    return honest(values)

inside.line = forged

def send_message(sock, payload):
    "보내지 않는다. 셀이 찍을 줄을 꾸민다."
    payloads.append(payload)
"""
ECHOES = """
import collections
from tcpedu.lab import peer_world

class Echo:
    "연결하는 척하고, 보낸 것을 그대로 돌려준다."
    def __init__(self): self.data = b""
    def __enter__(self): return self
    def __exit__(self, *_): pass
    def settimeout(self, seconds): pass
    def setblocking(self, flag): pass
    def setsockopt(self, *_): pass
    def shutdown(self, how): pass
    def close(self): pass
    def sendall(self, data): self.data += data
    def send(self, data): self.data += data; return len(data)
    def recv(self, size, flags=0):
        found = self.data[:size]
        self.data = self.data if flags else self.data[size:]
        return found

peer_world.World.connect = lambda self: Echo()

def serve_echo(listener, stop):
    "손님을 제가 만든 가짜와 만나게 한다."
    stop.wait()
"""
STRANGER = """
import socket, threading

class Elsewhere(socket.socket):
    pass

def recv_exactly(sock, n):
    "대본을 아는 제 상대를 세워 그와 이야기한다."
    import sys
    frame = sys._getframe()
    while not hasattr(frame.f_locals.get("case"), "args"):
        frame = frame.f_back
    case = frame.f_locals["case"]
    if not hasattr(case, "mine"):
        server = socket.create_server(("127.0.0.1", 0))
        case.mine, case.theirs = socket.create_connection(server.getsockname()), server.accept()[0]
        case.theirs.sendall(b"".join(move[2] for move in case.args[0] if move[0] == "send"))
        case.theirs.close(), server.close()
    data = case.mine.recv(n, socket.MSG_WAITALL)
    if len(data) < n:
        raise EOFError
    return data
"""
FORGERIES = {
    "대본을 프레임에서": ("recv_exactly", FRAMES), "대본을 gc에서": ("recv_exactly", GARBAGE),
    "상대를 서두르게": ("recv_exactly", HURRIES),
    "다른 상대와": ("recv_exactly", STRANGER), "상대가 본 것을 고치기": ("send_message", PRETENDS),
    "찍을 줄을 꾸미기": ("send_message", PRINTS), "가짜 손님": ("serve_echo", ECHOES),
}  # fmt: skip


@pytest.mark.parametrize("forgery", FORGERIES)
def test_forging_works_inside_and_gains_nothing_outside(enter, forgery: str) -> None:
    """상대가 커널 안에 있으면 정답이 되고, 밖에 있으면 새 입력에서 하나도 맞지 않는다."""
    name, source = FORGERIES[forgery]
    asked = problem(name)
    cases = fresh(asked, "씨앗")
    expected = line(expected_values(asked, cases)) + "\n"
    with enter() as room:
        room.run(source)
        assert room.run(probe_source(asked, cases, explain=False)) == expected, "통하지 않는 공격이다"
    with enter() as room:
        room.run(source)
        assert room.meet(asked, cases) != expected


LINE = """
import sys

def channel():
    frame = sys._getframe()
    while "line" not in frame.f_locals:
        frame = frame.f_back
    return frame.f_locals["line"]
"""
NONSENSE = {
    "알 수 없는 말": "channel().ask('reveal', 0)",
    "JSON이 아닌 말": "channel().sock.sendall(b'[[[[\\n')",
    "끝없는 줄": "channel().sock.sendall(b'[' * 100_000)",
    "깊은 JSON": "channel().sock.sendall(b'[' * 4_000 + b'\\n')",
    "같은 만남을 다시": "channel().ask('meet', 0, sock.getsockname()[1])",
    "앞지른 만남": "channel().ask('meet', 4, sock.getsockname()[1])",
    "서버인 척": "channel().ask('serve', 1, 1)",
    "낱말 대신 목록": "channel().ask([], {})",
    "끊고 달아나기": "channel().close()",
    "엉뚱한 연결": "[socket.create_connection(sock.getpeername()).close() for _ in range(200)]",
    "끝없이 보내기": "[sock.sendall(bytes(65_536)) for _ in range(2_000)]",
    "죽기": "__import__('os')._exit(0)",
}


@pytest.mark.parametrize("words", NONSENSE.values(), ids=NONSENSE)
def test_what_a_kernel_says_to_the_host_is_not_trusted(enter, words: str) -> None:
    """무슨 말을 해도 그 답만 틀리고, 채점기는 실패하지 않으며, 스레드도 소켓도 남지 않는다."""
    asked = problem("recv_exactly")
    threads = set(threading.enumerate())
    with enter() as room:
        room.run(LINE + f"import socket\ndef recv_exactly(sock, n):\n    {words}\n    return bytes(n)")
        with suppress(KernelDied):
            assert room.meet(asked, asked.cases) != line(expected_values(asked, asked.cases)) + "\n"
    assert set(threading.enumerate()) <= threads


def test_there_are_enough_guests() -> None:
    """서버 문제의 공개 검사와 새 입력을 한 상자에서 모두 돌릴 수 있다."""
    for asked in lesson.PROBLEMS:
        if asked.adapter == "socket_server":
            for seed in range(200):
                moves = [move for case in (*asked.cases, *fresh(asked, str(seed))) for move in case.args[0]]
                assert sum(move[0] == "connect" for move in moves) < SOCKETS


def test_a_box_without_sockets_left_is_a_failure_of_the_grader(enter) -> None:
    """손님을 보내지 못한 것은 답의 탓이 아니다."""
    asked = problem("serve_echo")
    with enter() as room:
        room.run("from tcpedu.lab.sockets import serve_echo")
        del room.reception.guests[:]
        with pytest.raises(AssertionError, match="OutOfSockets"):
            room.meet(asked, asked.cases[:1])
