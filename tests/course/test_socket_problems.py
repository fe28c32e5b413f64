"""소켓 문제: 옳은 답이면 어떻게 썼든 ✅이고, 막히는 답은 곧 까닭을 듣는다."""

from __future__ import annotations

import itertools
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from tcpedu.course import check, problems, server_mistakes, socket_answers
from tcpedu.course.probe import cases_from_json, cases_to_json, line, run_cases
from tcpedu.course.problem import Problem, problem
from tcpedu.course.verdict import expected_values

LESSON = "12_socket_programming"

RIGHT = {
    "recv_exactly-재귀": """
        def recv_exactly(sock, n):
            if n == 0:
                return b""
            piece = sock.recv(n)
            if not piece:
                raise ConnectionError("먼저 끝났다")
            return piece + recv_exactly(sock, n - len(piece))
        """,
    "recv_exactly-recv_into": """
        def recv_exactly(sock, n):
            data = bytearray(n)
            view, got = memoryview(data), 0
            while got < n:
                count = sock.recv_into(view[got:])
                if count == 0:
                    raise EOFError
                got += count
            return data
        """,
    "send_message-struct": """
        import struct
        def send_message(sock, payload):
            data = struct.pack("!I", len(payload)) + payload
            while data:
                data = data[sock.send(data):]
        """,
    "send_message-두 번": """
        def send_message(sock, payload):
            sock.sendall(len(payload).to_bytes(4, "big"))
            sock.sendall(payload)
        """,
    "recv_message-한 함수": """
        def recv_message(sock, limit):
            def take(n):
                parts = []
                while n > 0:
                    part = sock.recv(min(n, 7))
                    if part == b"":
                        raise EOFError
                    parts.append(part)
                    n -= len(part)
                return b"".join(parts)
            size = int.from_bytes(take(4), "big")
            if size > limit:
                raise ValueError
            return take(size)
        """,
    "read_lines-makefile": """
        def read_lines(sock):
            with sock.makefile("r", encoding="utf-8", newline="\\n") as file:
                for line in file:
                    yield line.removesuffix("\\n")
        """,
    "read_lines-한 바이트씩": """
        def read_lines(sock):
            line = b""
            while byte := sock.recv(1):
                if byte == b"\\n":
                    yield line.decode()
                    line = b""
                else:
                    line += byte
            if line:
                yield line.decode()
        """,
    "serve_echo-asyncio": """
        import asyncio, threading
        def serve_echo(listener, stop):
            async def handle(reader, writer):
                try:
                    while data := await reader.read(4096):
                        writer.write(data)
                        await writer.drain()
                except (ConnectionError, asyncio.CancelledError):
                    pass
                finally:
                    writer.close()
            async def main():
                tasks = set()
                async def accept(reader, writer):
                    tasks.add(asyncio.current_task())
                    await handle(reader, writer)
                server = await asyncio.start_server(accept, sock=listener.dup())
                while not stop.is_set():
                    await asyncio.sleep(0.02)
                server.close()
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
            thread = threading.Thread(target=asyncio.run, args=(main(),))
            thread.start()
            thread.join()
        """,
    "serve_echo-시간 제한으로 보기": """
        import socket, threading
        def serve_echo(listener, stop):
            def echo(guest):
                with guest:
                    guest.settimeout(0.05)
                    data = b""
                    while not stop.is_set():
                        try:
                            if not data:
                                data = guest.recv(4096)
                                if not data:
                                    return
                            data = data[guest.send(data):]
                        except TimeoutError:
                            continue
                        except OSError:
                            return
            listener.settimeout(0.05)
            threads = []
            while not stop.is_set():
                try:
                    guest, _ = listener.accept()
                except TimeoutError:
                    continue
                threads.append(threading.Thread(target=echo, args=(guest,)))
                threads[-1].start()
            for thread in threads:
                thread.join()
        """,
}


@pytest.mark.parametrize("name", RIGHT)
def test_any_right_answer_passes(name: str, cell: Callable[..., Any]) -> None:
    answer = cell(RIGHT[name], name.partition("-")[0])
    assert check(answer).status == "정답", check(answer)


def test_a_server_that_pauses_is_still_found_blocked(cell: Callable[..., Any]) -> None:
    """버퍼가 차기 전에 서버가 잠깐 쉬어도(바쁜 컴퓨터에서 늘 있는 일이다) 막히는 것을 놓치지 않는다."""

    def pausing(guest: socket.socket, data: bytes) -> None:
        if len(data) == 4096 and next(count) == 2:  # 쏟아붓는 손님의 세 번째 조각
            time.sleep(0.12)
        guest.sendall(data)

    count = itertools.count()
    wrong = cell("def serve_echo(listener, stop):\n    selecting(listener, stop, pausing)", "serve_echo")
    wrong.__globals__.update(selecting=server_mistakes._selecting, pausing=pausing)
    assert "진단: 받지 않는 손님에게 보내느라 모두 멈췄다." in repr(check(socket_answers.hasty(wrong)))


STUCK = {
    "recv_exactly": ("def recv_exactly(sock, n):\n    while True:\n        sock.recv(1)", "영영 기다"),
    "recv_message": ("def recv_message(sock, limit):\n    while sock.recv(9) != 1:\n        pass", "영영 기다"),
    "read_lines": ("def read_lines(sock):\n    while True:\n        sock.recv(9)", "끝없이 다시 읽"),
    "serve_echo": ("def serve_echo(listener, stop):\n    while True:\n        listener.accept()", "연결이 끊겼다"),
    "send_message": ("def send_message(sock, payload):\n    sock.recv(1)", "TimeoutError"),
}


@pytest.mark.parametrize("name", STUCK)
def test_a_stuck_answer_is_told_why(name: str, cell: Callable[..., Any]) -> None:
    source, why = STUCK[name]
    threads = threading.active_count()
    result = check(cell(source, name))
    assert result.status == "오답" and why in repr(result), result
    assert threading.active_count() <= threads + 1  # 놓아 준 상대의 스레드가 막 끝나는 중일 수 있다


def test_the_error_points_at_the_learners_line(cell: Callable[..., Any]) -> None:
    text = repr(check(cell("def recv_exactly(sock, n):\n    data = sock.recv(9999)\n    return data + sock.recv(1)",
                           "recv_exactly")))  # fmt: skip
    assert "▶ 3 |     return data + sock.recv(1)" in text and "상대: b'hello' 보냄" in text


def test_an_error_in_a_servers_thread_is_shown(cell: Callable[..., Any]) -> None:
    source = """
        import threading
        def serve_echo(listener, stop):
            listener.settimeout(0.02)
            while not stop.is_set():
                try:
                    guest, _ = listener.accept()
                except TimeoutError:
                    continue
                threading.Thread(target=lambda: guest.sendall(misspelled)).start()
        """
    text = repr(check(cell(source, "serve_echo")))
    assert "NameError: name 'misspelled' is not defined" in text and "sendall(misspelled)" in text
    assert "기대: 오류 없이 제때 끝난다\n" in text  # 돌려줄 값이 없는 걸음


@pytest.mark.parametrize("item", problems(LESSON), ids=lambda item: item.name)
def test_the_script_travels_as_text(item: Problem) -> None:
    """채점 커널로 간 대본도 같은 값을 낸다."""
    sent = cases_from_json(cases_to_json(item.cases))
    values = [one.value for one in run_cases(item.reference, item.adapter, sent, item.digits, item.seconds)]
    assert line(values) == line(expected_values(item, item.cases))


def test_fresh_notes_do_not_tell_the_script() -> None:
    import random

    for item in problems(LESSON):
        assert all("상대:" not in case.note for case in item.fresh_cases(random.Random(1)))
    assert "상대: b'he' 보냄" in problem("recv_exactly").cases[1].note


def test_calling_the_answer_needs_no_reference() -> None:
    code = (
        "import sys, tcpedu.course.socket_answers\n"
        "print(*(name for name in sys.modules if name.startswith(('tcpedu.lab.sockets', 'tcpedu.course.problem'))))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
