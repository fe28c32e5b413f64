"""네트워크 네임스페이스를 만들고 드나든다 (`man 7 network_namespaces`).

한 줄기로 도는 자식 과정에서만 쓴다: 여러 줄기로 도는 노트북의 과정은 사용자 네임스페이스를 만들 수 없다. 과정이 끝나면
네임스페이스도 그 안의 장치와 소켓도 함께 사라진다.
"""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

from .interface import bring_up
from .kernel_probe import CLONE_NEWNET, CLONE_NEWUSER, attach, map_ids, open_tun
from .netlink import set_link

DEVICE = "tcpedu0"  # `kernel_probe.attach`가 짓는 이름


class StepError(OSError):
    """준비하다 막혔다. `step`은 `system.explain`이 아는 단계의 이름이다."""

    def __init__(self, step: str, error: OSError) -> None:
        super().__init__(error.errno, error.strerror)
        self.step = step


def become_root() -> None:
    """새 사용자 네임스페이스 안에서 관리자가 된다. 컴퓨터의 관리자이면 막혀 있어도 그대로 한다."""
    uid, gid = os.getuid(), os.getgid()
    try:
        _call("unshare", CLONE_NEWUSER)
    except OSError as error:
        if uid != 0:
            raise StepError("unshare", error) from None
        return
    try:
        map_ids(uid, gid)
    except OSError as error:
        raise StepError("map", error) from None


class Namespace:
    """새 네트워크 네임스페이스와 그 안의 TUN 장치 하나. 만든 뒤에는 그 안에 들어가 있다.

    `tun`에서 읽으면 커널이 내보낸 IP 패킷이, `tun`에 쓰면 커널이 받을 IP 패킷이다.
    """

    def __init__(self, address: str, mtu: int, sysctls: dict[str, str]) -> None:
        try:
            _call("unshare", CLONE_NEWNET)
        except OSError as error:
            raise StepError("unshare", error) from None
        self._fd = os.open("/proc/self/ns/net", os.O_RDONLY)
        self.tun = self._open_device()
        bring_up(DEVICE, address, mtu=mtu)
        # 큐가 짧으면 윈도우가 클 때 소리 없이 잃고, 덩이로 다루면 ACK마다 무엇을 보냈는지 보이지 않는다.
        set_link(DEVICE, queue=10_000, gso_segments=1)
        for name, value in sysctls.items():
            Path("/proc/sys/net/ipv4", name).write_text(value, encoding="ascii")

    def enter(self) -> None:
        """이 네임스페이스로 들어간다. 여기서 만든 소켓은 언제까지나 여기 것이다."""
        _call("setns", self._fd, CLONE_NEWNET)

    @staticmethod
    def _open_device() -> int:
        step = "open"
        try:
            tun = open_tun()
            step = "attach"
            attach(tun)
        except OSError as error:
            raise StepError(step, error) from None
        os.set_blocking(tun, False)
        return tun


def _call(name: str, *arguments: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if getattr(libc, name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
