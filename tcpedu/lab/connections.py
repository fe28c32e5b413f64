"""운영체제에 묻는 연결의 목록: `psutil`로, 리눅스와 macOS와 윈도에서 똑같이.

강의: lessons/06_state_diagram.ipynb, lessons/14_troubleshooting.ipynb
"""

from __future__ import annotations

import socket
from collections import Counter
from typing import NamedTuple

# psutil과 ss가 부르는 이름 가운데 RFC의 낱말과 다른 것
_RFC_NAMES = {
    "SYN_RECV": "SYN_RCVD", "FIN_WAIT1": "FIN_WAIT_1", "FIN_WAIT2": "FIN_WAIT_2", "CLOSE": "CLOSED",
    "ESTAB": "ESTABLISHED", "UNCONN": "CLOSED",
}  # fmt: skip


def rfc_name(status: str) -> str:
    """psutil이나 `ss`가 부르는 이름을 RFC의 낱말로.

    >>> rfc_name("SYN_RECV"), rfc_name("TIME-WAIT")
    ('SYN_RCVD', 'TIME_WAIT')
    """
    name = status.upper().replace("-", "_")
    return _RFC_NAMES.get(name, name)


class Connection(NamedTuple):
    """연결 하나. 상태의 이름은 RFC의 낱말이고, 주인이 없으면 `pid`가 `None`이다."""

    state: str
    local: str
    remote: str
    pid: int | None


def connections(port: int | None = None) -> list[Connection]:
    """지금의 TCP 연결들. `port`를 주면 한쪽 끝이 그 포트인 것만.

    macOS에서는 이 프로그램의 것만 보인다: 남의 것은 관리자만 볼 수 있다. TIME_WAIT처럼 주인이 없는 것도 빠진다.
    """
    import psutil

    try:
        found = psutil.net_connections("tcp")
    except psutil.AccessDenied:
        found = psutil.Process().net_connections("tcp")
    rows = []
    for one in found:
        ends = [end for end in (one.laddr, one.raddr) if end]
        if port is None or port in {end.port for end in ends}:
            local, remote = (f"{end.ip}:{end.port}" if end else "*" for end in (one.laddr, one.raddr))
            rows.append(Connection(rfc_name(one.status), local, remote, getattr(one, "pid", None)))
    return rows


def count_by_state(port: int | None = None) -> dict[str, int]:
    """상태마다 연결이 몇인가. 이름의 차례다."""
    return dict(sorted(Counter(one.state for one in connections(port)).items()))


def quiet_port() -> int:
    """아무 연결도 쓰지 않는 포트. 운영체제가 골라 주는 포트에는 앞선 연결의 TIME_WAIT가 남아 있을 수 있다."""
    for _ in range(50):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        if not connections(port):
            return port
    raise RuntimeError("쓰지 않는 포트를 찾지 못했습니다. 1분쯤 뒤에 다시 해 보세요")
