"""루프백에 붙들어 둔 상태가 운영체제에도 그 상태로 보인다."""

from __future__ import annotations

import doctest
import sys
from collections.abc import Iterable
from typing import Any

import psutil
import pytest

from tcpedu.lab import held_states as module
from tcpedu.lab.held_states import held_states, rfc_name
from tcpedu.protocol.state import State

linux = pytest.mark.skipif(sys.platform != "linux", reason="다른 운영체제는 붙들 수 있는 상태가 다르다")


def test_every_name_the_system_uses_becomes_a_state() -> None:
    names = {value for name, value in vars(psutil).items() if name.startswith("CONN_")}
    tcp = names - {psutil.CONN_NONE, "DELETE_TCB", "IDLE", "BOUND"}  # UDP의 것, 윈도와 솔라리스에만 있는 것
    assert {rfc_name(name) for name in tcp} == {state.name for state in State}
    assert {rfc_name(name) for name in ("FIN-WAIT-1", "SYN-RECV", "CLOSE-WAIT")} <= {state.name for state in State}


def test_examples() -> None:
    result = doctest.testmod(module)
    assert result.attempted and not result.failed


def seen(ports: Iterable[int]) -> list[tuple[str, Any]]:
    """그 포트들을 쓰는 연결마다 (상태, 주인의 pid)."""
    wanted = set(ports)
    return [
        (rfc_name(item.status), item.pid)
        for item in psutil.net_connections("tcp")
        if wanted & {end.port for end in (item.laddr, item.raddr) if end}
    ]


@linux
def test_each_held_state_is_seen_and_let_go() -> None:
    with held_states() as ports:
        for name, port in ports.items():
            assert name in dict(seen([port])), name
        assert set(ports) == {state.name for state in State} - {"CLOSED", "CLOSING", "FIN_WAIT_2"}
        assert "FIN_WAIT_2" in dict(seen([ports["CLOSE_WAIT"]]))
    assert set(dict(seen(ports.values()))) <= {"TIME_WAIT"}


@linux
def test_a_half_made_connection_belongs_to_nobody() -> None:
    with held_states() as ports:
        owners = dict(seen([ports["SYN_RCVD"]]))
        assert owners["SYN_RCVD"] is None and owners["LISTEN"] is not None
