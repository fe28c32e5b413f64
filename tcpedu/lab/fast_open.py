"""TFO(TCP Fast Open, RFC 7413)를 자기 네임스페이스의 루프백에서 해 본다.

서버 쪽 TFO는 대개 꺼져 있고, 켜려면 관리자가 커널 값을 바꾸어야 한다. 그래서 따로 띄운 자식 과정이 새 네트워크
네임스페이스를 만들어 그 안의 값만 바꾼다. 과정이 끝나면 네임스페이스째 사라지고 이 컴퓨터의 값은 그대로다.
강의: lessons/13_performance_tuning.ipynb
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tcpedu.lab.interface import bring_up
from tcpedu.lab.kernel_probe import map_ids, unshare
from tcpedu.lab.tcp_info import tcp_info

RECORDED = ((0, False), (1, False), (2, True), (3, True))
"""Linux 6.18에서 기록한 것. 첫 연결은 서버를 켜지 않은 것이다."""


@dataclass(frozen=True)
class FastOpenRun:
    """연결마다 (번째, 데이터가 SYN에 실려 갔는가). 0번째는 서버의 TFO를 켜지 않은 연결이다.

    `note`는 어디서 얻었는지다.
    """

    tries: tuple[tuple[int, bool], ...]
    note: str


def fast_open_run() -> FastOpenRun:
    """SYN에 데이터를 실어 보내 본다. 할 수 없는 컴퓨터에서는 Linux 6.18에서 기록한 것을 준다."""
    if sys.platform.startswith("linux"):
        found = _in_a_child()
        if found is not None:
            return FastOpenRun(found, "이 컴퓨터의 커널이 제 네임스페이스 안에서 한 것이다.")
    return FastOpenRun(RECORDED, "이 컴퓨터에서는 해 볼 수 없습니다. Linux 6.18에서 기록한 것입니다.")


def _in_a_child() -> tuple[tuple[int, bool], ...] | None:
    root = str(Path(__file__).parents[2])
    path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
    try:
        done = subprocess.run(
            [sys.executable, "-m", __name__], stdin=subprocess.DEVNULL, capture_output=True, timeout=10, check=True,
            env={**os.environ, "PYTHONPATH": path},
        )  # fmt: skip
        return tuple((int(number), bool(carried)) for number, carried in json.loads(done.stdout))
    except (OSError, subprocess.SubprocessError, ValueError):
        return None


def _enter_own_namespace() -> None:
    uid, gid = os.getuid(), os.getgid()
    unshare()
    map_ids(uid, gid)
    bring_up("lo")


def _carried(listener: socket.socket) -> bool:
    """연결 하나를 열며 데이터를 보낸다: 그 데이터가 SYN에 실려 가서 확인받았는가."""
    with socket.socket() as client:
        client.sendto(b"GET /", socket.MSG_FASTOPEN, listener.getsockname())
        with listener.accept()[0] as server:
            server.recv(100)
            return "syn_data" in tcp_info(client).options


def _tries() -> list[tuple[int, bool]]:
    with socket.create_server(("127.0.0.1", 0)) as plain:
        found = [(0, _carried(plain))]
    Path("/proc/sys/net/ipv4/tcp_fastopen").write_text("3", encoding="ascii")  # 이 네임스페이스의 값이다
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_FASTOPEN, 5)
        listener.listen()
        return found + [(number, _carried(listener)) for number in (1, 2, 3)]


if __name__ == "__main__":
    _enter_own_namespace()
    sys.stdout.write(json.dumps(_tries()) + "\n")
