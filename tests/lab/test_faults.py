"""루프백의 진짜 고장: 정말 그 상태가 되고, 끝나면 남는 것이 없다. 그리고 명령의 출력."""

from __future__ import annotations

import socket
import sys
import time
from collections.abc import Callable

import pytest

from tcpedu.lab import faults, terminal
from tcpedu.lab.capture import read_capture
from tcpedu.lab.connections import connections, count_by_state
from tcpedu.network.analysis import analyze
from tcpedu.network.diagnosis import capture_rows, diagnose, handshake_rtt
from tcpedu.network.socket_table import count_states

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="리눅스의 상태를 본다")
RECORDED = ("accept_queue_all", "close_wait", "summary", "time_wait", "zero_window",
            "zero_window_info", "zero_window_netstat")  # fmt: skip


def settles(look: Callable[[], bool], seconds: float = 10.0) -> bool:
    """커널의 상태는 조금 늦게 바뀐다."""
    end = time.monotonic() + seconds
    while not look():
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


def test_a_closed_port_refuses() -> None:
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((faults.HOST, faults.closed_port()), timeout=10)


@LINUX
def test_the_leak_leaves_close_wait_until_the_server_closes() -> None:
    with faults.close_wait_leak(5) as port:
        counts = count_by_state(port)
        assert counts["CLOSE_WAIT"] == 5 and counts["LISTEN"] == 1
    assert settles(lambda: "CLOSE_WAIT" not in count_by_state(port))


@LINUX
def test_the_flood_leaves_time_wait_on_the_side_that_closed_first() -> None:
    with faults.time_wait_flood(6) as port:
        waiting = [one for one in connections(port) if one.state == "TIME_WAIT"]
        assert len(waiting) == 6 and all(one.remote.endswith(f":{port}") and one.pid is None for one in waiting)


def test_a_silent_reader_stops_the_writer() -> None:
    with faults.silent_reader() as (client, _):
        client.settimeout(0.2)
        with pytest.raises(TimeoutError):
            client.sendall(bytes(1 << 20))


@LINUX
def test_a_full_accept_queue_answers_nothing() -> None:
    with faults.full_accept_queue() as port:
        assert settles(lambda: count_by_state(port).get("SYN_SENT", 0) >= 1)
        with pytest.raises(TimeoutError):
            socket.create_connection((faults.HOST, port), timeout=0.3)
    assert settles(lambda: not {"SYN_SENT", "LISTEN"} & set(count_by_state(port)))


def test_the_resetting_server_resets() -> None:
    with faults.resetting_server() as port, socket.create_connection((faults.HOST, port), timeout=10) as client:
        client.sendall(b"GET /")
        with pytest.raises(ConnectionResetError):
            client.recv(100)


def test_the_answering_server_answers_whole_requests_only() -> None:
    with faults.answering_server() as port, socket.create_connection((faults.HOST, port), timeout=10) as client:
        client.sendall(bytes(100))
        client.settimeout(0.1)
        with pytest.raises(TimeoutError):
            client.recv(100)
        client.settimeout(10)
        client.sendall(bytes(100))
        assert client.recv(1000) == bytes(100)


# 명령


@pytest.mark.parametrize("name", RECORDED)
def test_a_missing_command_shows_what_was_recorded(name: str) -> None:
    screen = terminal.terminal("no-such-command-here", "-x", recorded=name)
    assert not screen.live and screen.output == terminal.recorded_text(name)
    assert repr(screen).startswith("$ no-such-command-here -x\n") and repr(screen).endswith(f"{terminal.RECORDED_ON})")


def test_a_failing_command_shows_what_was_recorded() -> None:
    command = (sys.executable, "-c", "import sys; print('x'); sys.exit(3)")
    assert not terminal.terminal(*command, recorded="summary").live


def test_a_command_is_run_and_trimmed() -> None:
    screen = terminal.terminal(
        sys.executable, "-c", "print('Proto x   ')\nprint('a 80')\nprint('b 81  ')", recorded="summary"
    )
    assert screen.live and screen.output == "Proto x\na 80\nb 81"
    only = terminal.terminal(
        sys.executable, "-c", "print('Proto')\nprint('a 80')\nprint('b 81')", recorded="summary", only=81
    )
    assert only.output == "Proto\nb 81" and only.command.endswith("| grep -E 'Proto|81'")


@LINUX
def test_our_ss_reads_like_the_real_one() -> None:
    """진짜 `ss`의 글도 같은 함수가 센다."""
    assert count_states(terminal.recorded_text("close_wait")) == {"LISTEN": 1, "FIN-WAIT-2": 5, "CLOSE-WAIT": 5}
    assert count_states(terminal.recorded_text("zero_window_info")) == {"ESTAB": 2}
    assert count_states(terminal.recorded_text("time_wait")) == {"LISTEN": 1, "TIME-WAIT": 8}


def test_the_recorded_capture_is_a_real_nagle_stall() -> None:
    capture = read_capture(terminal.recorded_capture("nagle"))
    client, server = capture.hosts
    rows = capture_rows(capture, client)
    assert len(rows) == 27 and server == "127.0.0.1:8080" and diagnose(rows) == "nagle stall"
    assert handshake_rtt(rows) < 0.001 and not any(found.is_retransmission for found in analyze(capture, client))
