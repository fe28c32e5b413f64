"""소켓 호출의 대본이 시뮬레이터에서 되풀이된다: 바이트 수는 대본과, 세그먼트의 수는 진짜 커널이 센 것과 같다."""

from __future__ import annotations

import socket
import sys

import pytest

from tcpedu.network.setup import CLIENT, SERVER
from tcpedu.network.socket_calls import replay
from tcpedu.protocol.config import Config
from tcpedu.protocol.state import State

TALK = [("connect", "상대"), ("send", "상대", b"x" * 15), ("reply", "상대", 14)]


def payloads(trace, src):  # type: ignore[no-untyped-def]
    return [len(one.segment.payload) for one in trace.segments if one.src == src and one.segment.payload]


def test_bytes_are_those_of_the_script() -> None:
    trace = replay([*TALK, ("send", "상대", bytes(4000)), ("shut", "상대")])
    assert payloads(trace, CLIENT) == [15, 1460, 1460, 1080] and payloads(trace, SERVER) == [14]
    assert trace.state_at(CLIENT, 10.0) is State.TIME_WAIT and trace.state_at(SERVER, 10.0) is State.CLOSED


def test_a_reset_ends_both_at_once() -> None:
    trace = replay([*TALK, ("reset", "상대")])
    assert "RST" in trace.segments[-1].segment.flags.names
    assert {trace.state_at(host, 10.0) for host in (CLIENT, SERVER)} == {State.CLOSED}


def test_a_lost_first_piece_makes_two_writes_arrive_together() -> None:
    two = [("connect", "상대"), ("send", "상대", b"one"), ("send", "상대", b"two")]
    trace = replay(two, step=0.2, drops=[4], config=Config(nodelay=True, delayed_ack=0.0))
    answers = [one.segment for one in trace.segments if one.src == SERVER and "SYN" not in one.segment.flags.names]
    assert [segment.ack - 101 for segment in answers] == [0, 6]


@pytest.mark.skipif(sys.platform != "linux", reason="TCP_INFO의 자리는 리눅스의 것이다")
def test_the_kernel_counts_the_same_data_segments() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        socket.create_connection(listener.getsockname(), timeout=5) as client,
        listener.accept()[0] as server,
    ):
        client.sendall(b"x" * 15)
        server.recv(15, socket.MSG_WAITALL)
        server.sendall(b"y" * 14)
        client.recv(14)
        info = client.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 240)
    counted = [int.from_bytes(info[at : at + 4], sys.byteorder) for at in (156, 152)]
    trace = replay(TALK)
    assert counted == [len(payloads(trace, CLIENT)), len(payloads(trace, SERVER))]
