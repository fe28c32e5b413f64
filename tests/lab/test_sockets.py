"""바이트 스트림 위의 메시지와 메아리 서버: 파이썬의 다른 구현과 견주고, 어떻게 잘려도 같다."""

from __future__ import annotations

import doctest
import io
import random
import socket
import struct
import threading
from collections.abc import Callable
from typing import Any

import pytest

from tcpedu.course.problem import problem
from tcpedu.course.socket_answers import rows, server_rows
from tcpedu.course.socket_problem import pieces
from tcpedu.course.values import canonical, encode
from tcpedu.lab import loopback, meeting, peer_words
from tcpedu.lab.meeting import FOREVER, meet
from tcpedu.lab.peer_moves import ENDED, NOTHING
from tcpedu.lab.peer_world import World
from tcpedu.lab.scripted_peer import SKIPPED, run_peer
from tcpedu.lab.serving import serve
from tcpedu.lab.sockets import (
    framing,
    read_lines,
    recv_exactly,
    recv_message,
    send_message,
    serve_echo,
    serve_echo_async,
    serve_echo_selectors,
)
from tcpedu.network import socket_calls

SERVERS = (serve_echo, serve_echo_selectors, serve_echo_async)
each_server = pytest.mark.parametrize("server", SERVERS, ids=lambda one: one.__name__)


@pytest.mark.parametrize("module", [framing, loopback, meeting, peer_words, socket_calls])
def test_examples(module: Any) -> None:
    result = doctest.testmod(module)
    assert result.attempted and not result.failed


def script(*moves: tuple[Any, ...]) -> list[tuple[Any, ...]]:
    return [("connect", "상대"), *((name, "상대", *rest) for name, *rest in moves)]


def anywhere(rng: random.Random, data: bytes) -> list[tuple[Any, ...]]:
    return pieces(data, *sorted(rng.sample(range(1, len(data)), rng.randrange(min(12, len(data))))))


# 프레이밍 ------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(5))
def test_messages_survive_any_cut(seed: int) -> None:
    rng = random.Random(seed)
    bodies = [rng.randbytes(rng.randrange(40)) for _ in range(6)]
    stream = b"".join(struct.pack("!I", len(body)) + body for body in bodies)  # 길이의 모양은 struct가 정한다
    met = meet(script(*anywhere(rng, stream)), lambda sock: [recv_message(sock, 40) for _ in bodies])
    assert met.mine == bodies


@pytest.mark.parametrize("seed", range(5))
def test_lines_are_those_of_a_text_file(seed: int) -> None:
    rng = random.Random(seed)
    text = "".join(rng.choice("가나다 a\r\n\n\u2028🙂") for _ in range(60)) + rng.choice(("", "\n"))
    data = text.encode()
    met = meet(script(*anywhere(rng, data), ("shut",)), lambda sock: list(read_lines(sock)))
    assert met.mine == [line.removesuffix("\n") for line in io.StringIO(text, newline="\n")]


def test_a_message_larger_than_every_buffer_is_sent_whole() -> None:
    payload = random.Random(1).randbytes(3_000_000)
    met = meet(script(("message",)), lambda sock: send_message(sock, payload))
    assert met.peer[1]["앞의 4바이트"] == struct.pack("!I", len(payload))
    assert met.peer[1]["나머지"].startswith("3000000바이트")


@pytest.mark.parametrize(
    ("data", "receive", "error"),
    [
        (b"abc", lambda sock: recv_exactly(sock, 4), EOFError),
        (b"\x00\x00", lambda sock: recv_message(sock, 9), EOFError),
        (b"\x00\x00\x00\x02a", lambda sock: recv_message(sock, 9), EOFError),
        (b"\x00\x00\x00\x0aa", lambda sock: recv_message(sock, 9), ValueError),
        (b"\xea\xb0", lambda sock: list(read_lines(sock)), UnicodeDecodeError),
    ],
)
def test_what_ends_early_or_lies_is_refused(data: bytes, receive: Callable[..., Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        meet(script(("send", data), ("shut",)), receive)


# 상대와의 만남 ---------------------------------------------------------------


def test_each_piece_arrives_by_itself() -> None:
    cuts = (1, 3, 4, 8)
    met = meet(script(*pieces(b"0123456789", *cuts), ("shut",)), lambda sock: list(iter(lambda: sock.recv(99), b"")))
    assert met.mine == [b"0", b"12", b"3", b"4567", b"89"]


@pytest.mark.parametrize(
    "act",
    [
        lambda sock: recv_exactly(sock, 3),
        lambda sock: sock.makefile("rb").read(3),
        lambda sock: (sock.settimeout(None), recv_exactly(sock, 3)),
        lambda sock: [sock.recvfrom(9), sock.recvfrom(9)],
    ],
)
def test_waiting_forever_is_noticed_at_once(act: Callable[..., Any]) -> None:
    with pytest.raises(TimeoutError, match=FOREVER):
        meet(script(("send", b"ab")), act, patience=60.0)


def test_waiting_for_each_other_is_noticed() -> None:
    with pytest.raises(TimeoutError, match=FOREVER):
        meet(script(("send", b"ab"), ("reply", 1), ("send", b"c")), lambda sock: recv_exactly(sock, 3), patience=60.0)
    met = meet(script(("send", b"ab"), ("reply", 1), ("send", b"c")), lambda sock: (sock.recv(2), sock.sendall(b"+"),
                                                                                    sock.recv(9))[::2])  # fmt: skip
    assert met.mine == (b"ab", b"c") and met.peer[2] == b"+"


def test_reading_past_the_end_without_end_is_noticed() -> None:
    def endless(sock: socket.socket) -> None:
        while sock.recv(9) != b"never":
            pass

    with pytest.raises(RuntimeError, match="끝없이"):
        meet(script(("send", b"ab"), ("shut",)), endless)


def test_the_peer_says_what_it_saw() -> None:
    def answer(sock: socket.socket) -> None:
        sock.sendall(recv_exactly(sock, 2) * 2)

    assert meet(script(("send", b"ab"), ("reply", 4), ("rest",)), answer).peer == [None, None, b"abab", b""]
    short = meet(script(("send", b"ab"), ("reply", 5), ("rest",)), answer).peer
    assert short == [None, None, {"받은 것": b"abab", "그리고": ENDED}, SKIPPED]


def test_a_peer_in_another_place_needs_only_the_address() -> None:
    """상대는 답의 소켓을 모르는 채 돌 수 있다: 채점기가 제 프로세스에서 부르는 모양이다."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        stop = threading.Event()

        class Outside(World):
            def running(self) -> bool:
                return not stop.is_set()

            def stop(self) -> None:
                stop.set()

        thread = threading.Thread(target=serve_echo, args=(listener, stop))
        thread.start()
        case = problem("serve_echo").cases[0]
        seen = run_peer(case.args[0], Outside(listener.getsockname()))
        thread.join()
    served = serve(case.args[0], serve_echo)
    assert encode(seen) == encode(served.guests)
    assert canonical(encode(rows((("(sock)", 1),), case.args[0], seen)))
    assert canonical(encode(server_rows(case.args[0], served)))


# 서버 ---------------------------------------------------------------------


@each_server
@pytest.mark.parametrize("number", range(6))
def test_every_server_passes_the_graded_guests(server: Any, number: int) -> None:
    (guests,) = problem("serve_echo").cases[number].args
    served = serve(guests, server)
    assert not served.trouble, served


@each_server
def test_a_server_leaves_nothing_behind(server: Any) -> None:
    import psutil

    def lasting() -> set[tuple[Any, ...]]:
        found = psutil.Process().net_connections("tcp")
        return {(one.laddr, one.raddr) for one in found if one.status in ("ESTABLISHED", "LISTEN")}

    before, threads = lasting(), threading.active_count()  # 같은 일꾼이 먼저 돈 시험의 것
    names = [f"{n}번" for n in range(30)]
    guests = [*(("connect", name) for name in names), *(("send", name, b"x") for name in names)]
    assert not serve([*guests, *(("reply", name, 1) for name in names)], server).trouble
    assert lasting() <= before and threading.active_count() == threads


def test_troubles_are_named() -> None:
    def forgetful(listener: socket.socket, stop: threading.Event) -> None:
        keep, _ = listener.accept()
        stop.wait()
        keep.close()

    def broken(listener: socket.socket, stop: threading.Event) -> None:
        raise KeyError("이름")

    def deaf(listener: socket.socket, stop: threading.Event) -> None:
        while True:
            listener.accept()[0].close()

    call = [("connect", "A")]
    assert serve([*call, ("send", "A", b"x"), ("reply", "A", 1)], forgetful, 0.1).trouble == NOTHING
    assert serve([], broken, 0.1).trouble == "KeyError"
    assert serve([], deaf, 0.1).trouble == "멈추지 않는다"
    assert serve([*call, ("rest", "A")], deaf, 0.1).rescued


def test_an_uninvited_guest_does_not_hold_the_server_for_ever() -> None:
    strangers: list[socket.socket] = []

    def one_by_one(listener: socket.socket, stop: threading.Event) -> None:
        strangers.append(socket.create_connection(listener.getsockname()))  # 대본에 없고, 끊지도 않는다
        guest, _ = listener.accept()
        with guest:
            assert guest.recv(10) == b""  # 시한이 없다

    served = serve([], one_by_one, 0.1)
    strangers[0].close()
    assert served.rescued and served.error is None
