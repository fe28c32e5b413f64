"""기다리는 상태의 실습: tcp_tw_reuse와 tcp_fin_timeout이 무엇을 하고 무엇을 하지 않는지 진짜 커널에게 묻는다.

두 끝이 모두 네임스페이스 안의 커널이거나(tw_reuse), 한쪽이 우리의 `Connection`이다(fin_timeout).
강의: lessons/15_security.ipynb
"""

from __future__ import annotations

import errno
import socket
import time
from itertools import product
from typing import Any, NamedTuple

from tcpedu.protocol.state import State

from .flood import listen
from .forge import run_until
from .injection import talk
from .inside import set_sysctl, states
from .kernel_lab import KernelLab
from .wire import PEER

_FIRST_PORT = 43_000
_SERVER_PORT = 80
_REUSE_AGE = 1.1  # 초. 리눅스는 TIME_WAIT가 1초는 지나야 다시 쓴다 (tcp_tw_reuse_delay)
_SHORT = 1  # 초
_LIMIT = 5.0


class Again(NamedTuple):
    """TIME_WAIT의 4-튜플로 다시 연결해 보는 한 가지 경우.

    `waited`가 거짓이면 TIME_WAIT가 1초를 넘기기 전에, `bound`가 참이면 프로그램이 `bind()`로 그 포트를
    골라서 해 본다.
    """

    setting: int
    timestamps: bool
    loopback: bool
    waited: bool = True
    bound: bool = False

    @property
    def address(self) -> str:
        """루프백이거나 네임스페이스 안의 다른 주소."""
        return "127.0.0.1" if self.loopback else PEER


AGAIN = (
    *(Again(*plan) for plan in product((0, 1, 2), (True, False), (True, False))),
    Again(0, timestamps=True, loopback=False, bound=True),
    Again(1, timestamps=True, loopback=False, waited=False),
)


def tw_reuse_rows() -> list[dict[str, Any]]:
    """`AGAIN`의 경우마다: 고를 수 있는 포트가 그것 하나뿐일 때 다시 연결되는가."""
    with KernelLab() as lab:
        for port, plan in enumerate(AGAIN, _FIRST_PORT):
            set_sysctl(lab, tcp_timestamps=int(plan.timestamps))
            if plan.waited:
                _leave_in_time_wait(lab, plan.address, port, bound=plan.bound)
        time.sleep(_REUSE_AGE)
        return [plan._asdict() | {"allowed": _again(lab, plan, port)} for port, plan in enumerate(AGAIN, _FIRST_PORT)]


def _again(lab: KernelLab, plan: Again, port: int) -> bool:
    set_sysctl(lab, tcp_tw_reuse=plan.setting, tcp_timestamps=int(plan.timestamps))
    if not plan.waited:
        _leave_in_time_wait(lab, plan.address, port, bound=plan.bound)
    return _connects(lab, plan.address, port, bound=plan.bound)


def _leave_in_time_wait(lab: KernelLab, address: str, port: int, *, bound: bool) -> None:
    """`address`의 `port`에서 나간 연결을 먼저 닫아 TIME_WAIT로 남긴다."""
    with _listening(lab, address) as listener, _client(lab, address, port, bound=bound) as client:
        client.connect((address, _SERVER_PORT))
        with listener.accept()[0] as server:
            client.close()  # 먼저 닫는 쪽이 TIME_WAIT를 맡는다
            server.recv(1)


def _connects(lab: KernelLab, address: str, port: int, *, bound: bool) -> bool:
    with _listening(lab, address), _client(lab, address, port, bound=bound) as client:
        try:
            client.connect((address, _SERVER_PORT))
        except OSError as error:
            if error.errno != errno.EADDRNOTAVAIL:
                raise
            return False
        return True


def _listening(lab: KernelLab, address: str) -> socket.socket:
    listener = lab.socket()
    _bind(listener, address, _SERVER_PORT)
    listener.listen(4)
    return listener


def _client(lab: KernelLab, address: str, port: int, *, bound: bool) -> socket.socket:
    """`port`에서 나갈 소켓. `bound`가 거짓이면 커널이 고르되 고를 것이 그것뿐이다."""
    client = lab.socket()
    client.settimeout(_LIMIT)
    if bound:
        _bind(client, address, port)
    else:
        set_sysctl(lab, ip_local_port_range=f"{port} {port}")
    return client


def _bind(sock: socket.socket, address: str, port: int) -> None:
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.settimeout(_LIMIT)
    sock.bind((address, port))


ORPHAN, DONE, OWNED = "FIN_WAIT_2, 소켓을 close()함", "TIME_WAIT", "FIN_WAIT_2, shutdown()만 함"
_PLACES = {ORPHAN: (81, "FIN_WAIT_2"), DONE: (82, "TIME_WAIT"), OWNED: (83, "FIN_WAIT_2")}


def fin_timeout_rows() -> list[dict[str, Any]]:
    """tcp_fin_timeout을 1초로 줄이고, 주인 없는 FIN_WAIT_2가 사라졌을 때 나머지가 남아 있는지 본다."""
    with KernelLab() as lab:
        set_sysctl(lab, tcp_fin_timeout=_SHORT)
        _finish(lab, OWNED)
        _finish(lab, DONE)
        _finish(lab, ORPHAN)  # 1초짜리라서 마지막에
        before = _counts(lab)
        time.sleep(_SHORT)
        # 커널은 RTO의 3.5배보다는 오래 둔다. 바쁜 컴퓨터에서는 RTO가 길 수 있다.
        until = time.monotonic() + _LIMIT
        while _counts(lab)[ORPHAN] and time.monotonic() < until:
            time.sleep(0.05)
        after = _counts(lab)
    return [{"name": name, "before": before[name], "after": after[name]} for name in _PLACES]


def _counts(lab: KernelLab) -> dict[str, int]:
    return {name: states(lab, port)[state] for name, (port, state) in _PLACES.items()}


def _finish(lab: KernelLab, name: str) -> None:
    """커널이 먼저 FIN을 보내고 `name`의 처지가 된다. 우리는 ACK하고, TIME_WAIT를 만들 때만 FIN을 보낸다."""
    port, _ = _PLACES[name]
    line = talk(lab, listen(lab, 4, port), port)
    if name is OWNED:
        line.kernel.shutdown(socket.SHUT_WR)  # 소켓은 실습실이 쥐고 있다
    else:
        line.kernel.close()
    run_until(line.mine, lab.wire, State.CLOSE_WAIT, limit=_LIMIT)
    if name is DONE:
        line.mine.close()
        run_until(line.mine, lab.wire, State.CLOSED, limit=_LIMIT)
