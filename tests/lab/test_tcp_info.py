"""TCP_INFO: 같은 연결을 `ss -tin`도 같게 읽는다. 짧으면 모르는 칸은 None이다."""

from __future__ import annotations

import doctest
import math
import re
import shutil
import socket
import struct
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import pytest

from tcpedu.lab import tcp_info as module
from tcpedu.lab.tcp_info import TcpInfo, from_linux, from_macos, tcp_info, unavailable
from tcpedu.lab.tcp_info_fields import LINUX, MACOS

linux = pytest.mark.skipif(sys.platform != "linux", reason="리눅스의 struct tcp_info")


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        socket.create_connection(listener.getsockname(), timeout=5) as client,
        listener.accept()[0] as server,
    ):
        server.settimeout(5)
        yield client, server


def exchange(client: socket.socket, server: socket.socket) -> None:
    client.sendall(bytes(100))
    server.recv(200)
    server.sendall(bytes(30))
    client.recv(100)


def test_examples() -> None:
    result = doctest.testmod(module)
    assert result.attempted and not result.failed


def test_the_struct_and_the_class_have_the_same_names() -> None:
    split = {"wscale": {"snd_wscale", "rcv_wscale"}, "limits": {"delivery_rate_app_limited", "fastopen_client_fail"}}
    names = set().union(*(split.get(field.name, {field.name}) for field in LINUX))
    assert names == {field.name for field in fields(TcpInfo)}


@pytest.mark.parametrize(
    ("name", "offset"),
    [("rto", 8), ("rtt", 68), ("snd_cwnd", 80), ("total_retrans", 100), ("pacing_rate", 104), ("delivery_rate", 160),
     ("bytes_sent", 200), ("snd_wnd", 228), ("total_rto", 240), ("total_rto_time", 244), ("received_ce_bytes", 272)],
)  # fmt: skip
def test_offsets_are_those_of_the_kernel_header(name: str, offset: int) -> None:
    before = LINUX[: [field.name for field in LINUX].index(name)]
    assert struct.calcsize("@" + "".join(field.code for field in before)) == offset
    assert struct.calcsize("=" + "".join(field.code for field in before)) == offset  # 사이에 빈칸이 없다


@linux
def test_ss_says_the_same(pair: tuple[socket.socket, socket.socket]) -> None:
    if shutil.which("ss") is None:
        pytest.skip("ss가 없다")
    exchange(*pair)
    client = pair[0]
    ports = ["sport", "=", str(client.getsockname()[1]), "and", "dport", "=", str(client.getpeername()[1])]
    done = subprocess.run(["ss", "-tinOH", *ports], capture_output=True, text=True, check=True, encoding="utf-8")
    said = dict(re.findall(r"(\w+):([\d.,/]+)", done.stdout))
    info = tcp_info(client)
    assert info.rto is not None and info.rtt is not None and info.rttvar is not None
    assert said["wscale"] == f"{info.snd_wscale},{info.rcv_wscale}"
    assert float(said["rto"]) == info.rto / 1000
    assert said["rtt"].split("/") == [f"{info.rtt / 1000:g}", f"{info.rttvar / 1000:g}"]
    same = {
        "mss": "snd_mss", "pmtu": "pmtu", "rcvmss": "rcv_mss", "advmss": "advmss", "cwnd": "snd_cwnd",
        "bytes_sent": "bytes_sent", "bytes_acked": "bytes_acked", "bytes_received": "bytes_received",
        "segs_out": "segs_out", "segs_in": "segs_in", "data_segs_out": "data_segs_out",
        "data_segs_in": "data_segs_in", "delivered": "delivered", "rcv_space": "rcv_space",
        "rcv_ssthresh": "rcv_ssthresh", "snd_wnd": "snd_wnd",
    }  # fmt: skip
    seen = {word: int(said[word]) for word in same if word in said}
    assert seen == {word: getattr(info, same[word]) for word in seen}
    assert {"mss", "cwnd", "bytes_acked", "segs_in"} <= set(seen)


@linux
def test_what_the_two_ends_did_is_counted(pair: tuple[socket.socket, socket.socket]) -> None:
    exchange(*pair)
    client, server = (tcp_info(sock) for sock in pair)
    assert (client.state, client.ca_state, client.snd_ssthresh) == ("ESTABLISHED", "Open", math.inf)
    assert (server.bytes_received, client.bytes_received) == (100, 30)
    assert client.snd_wscale == server.rcv_wscale
    assert {"timestamps", "sack", "wscale"} >= set(client.options) - {"ecn", "ecn_seen", "usec_ts"}
    pair[0].shutdown(socket.SHUT_WR)
    assert pair[1].recv(1) == b""
    assert tcp_info(pair[1]).state == "CLOSE_WAIT" and tcp_info(pair[0]).state in ("FIN_WAIT_1", "FIN_WAIT_2")


@linux
def test_an_older_kernel_gives_fewer_fields(pair: tuple[socket.socket, socket.socket]) -> None:
    raw = pair[0].getsockopt(socket.IPPROTO_TCP, module.TCP_INFO, 512)
    new, old = from_linux(raw), from_linux(raw[:104])
    assert old.total_retrans == new.total_retrans == 0 and old.snd_cwnd == new.snd_cwnd
    assert old.pacing_rate is old.delivery_rate is old.snd_wnd is old.total_rto is None


def test_a_newer_kernel_may_send_more() -> None:
    body = bytes([1, 3]) + bytes(510)
    assert from_linux(body).ca_state == "Recovery"


def macos(**values: int) -> bytes:
    given: dict[str, Any] = {name: 0 for name, _ in MACOS} | values
    return struct.pack("@" + "".join(code for _, code in MACOS), *given.values())


def test_macos_is_told_in_the_same_units() -> None:
    raw = macos(state=4, rto=230, srtt=30, maxseg=1448, snd_cwnd=14480, snd_ssthresh=65535 << 14, options=7)
    info = from_macos(raw)
    assert (info.state, info.rto, info.rtt, info.snd_cwnd) == ("ESTABLISHED", 230_000, 30_000, 10)
    assert info.snd_ssthresh == math.inf and info.options == ("timestamps", "sack", "wscale") and info.unacked is None
    with pytest.raises(RuntimeError, match="짧습니다"):
        from_macos(bytes(8))


@pytest.mark.parametrize(("system", "word"), [("win32", "WSL2"), ("freebsd14", "freebsd14")])
def test_other_systems_hear_one_sentence(system: str, word: str) -> None:
    assert word in str(unavailable(system))


def test_windows_does_not_crash_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "unavailable", lambda: "윈도에서는 안 됩니다")
    with socket.socket() as sock, pytest.raises(RuntimeError, match="윈도에서는"):
        tcp_info(sock)


@linux
def test_wrong_sockets_are_refused() -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as datagram, pytest.raises(ValueError, match="TCP 소켓이 아닙니다"):
        tcp_info(datagram)
    closed = socket.socket()
    closed.close()
    with pytest.raises(ValueError, match="닫힌 소켓"):
        tcp_info(closed)


@linux
def test_the_table_has_units(pair: tuple[socket.socket, socket.socket]) -> None:
    table = tcp_info(pair[0])._repr_markdown_()
    assert "| `state` | ESTABLISHED |" in table and "| μs | 다듬은 RTT(SRTT) |" in table
