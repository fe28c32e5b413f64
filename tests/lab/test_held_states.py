"""루프백에 붙들어 둔 상태가 운영체제에도 그 상태로 보인다."""

from __future__ import annotations

import doctest
import sys

import psutil
import pytest

from tcpedu.lab import connections as module
from tcpedu.lab.connections import connections, quiet_port, rfc_name
from tcpedu.lab.held_states import held_states
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


def owners(port: int) -> dict[str, int | None]:
    """그 포트에 보이는 상태 → 주인의 pid."""
    return {one.state: one.pid for one in connections(port)}


@linux
def test_each_held_state_is_seen_and_let_go() -> None:
    with held_states() as ports:
        for name, port in ports.items():
            assert name in owners(port), name
        assert set(ports) == {state.name for state in State} - {"CLOSED", "CLOSING", "FIN_WAIT_2"}
        assert "FIN_WAIT_2" in owners(ports["CLOSE_WAIT"])
    assert {state for port in ports.values() for state in owners(port)} <= {"TIME_WAIT"}


@linux
def test_a_half_made_connection_belongs_to_nobody() -> None:
    with held_states() as ports:
        found = owners(ports["SYN_RCVD"])
        assert found["SYN_RCVD"] is None and found["LISTEN"] is not None


def test_a_port_with_old_connections_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    old = module.Connection("TIME_WAIT", "127.0.0.1:5000", "127.0.0.1:40001", None)
    asked: list[int] = []

    def busy_twice(port: int) -> list[module.Connection]:
        asked.append(port)
        return [old] if len(asked) < 3 else []

    monkeypatch.setattr(module, "connections", busy_twice)
    assert quiet_port() == asked[2]
    monkeypatch.setattr(module, "connections", lambda port: [old])
    with pytest.raises(RuntimeError, match="쓰지 않는 포트를 찾지 못했습니다"):
        quiet_port()
