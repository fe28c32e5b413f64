"""커널로 이어진 전선: 네임스페이스 안의 TUN 장치."""

from __future__ import annotations

import io
import os
import platform
import time

from .ip import is_tcp
from .wire import Wire

_LARGEST = 65535


def kernel_name(release: str | None = None) -> str:
    """커널의 판.

    >>> kernel_name("6.18.44-generic")
    '리눅스 6.18.44'
    """
    return "리눅스 " + (release or platform.release()).split("-")[0]


class TunWire(Wire):
    """TUN의 fd로 커널과 IP 패킷을 주고받는다. `KernelLab`이 만든다.

    커널은 `write`가 돌아오기 전에 패킷을 다 처리한다: 그 때문에 나온 답은 곧바로 읽힌다. TCP가 아닌 것은 걸러 낸다.
    """

    live: bool = True

    def __init__(self, fd: int) -> None:
        os.set_blocking(fd, False)
        self._tun = io.FileIO(fd, "r+")  # 닫는 것을 잊어도 함께 사라진다
        self._started = time.monotonic()

    @property
    def label(self) -> str:
        return f"이 컴퓨터의 커널 ({kernel_name()})"

    def now(self) -> float:
        return time.monotonic() - self._started

    def read(self, timeout: float) -> bytes | None:
        import select  # poll은 윈도에 없다

        waiting = select.poll()
        waiting.register(self._open().fileno(), select.POLLIN)
        end = self.now() + timeout
        while waiting.poll(max(0.0, end - self.now()) * 1000):
            packet = self._tun.read(_LARGEST)
            if packet is not None and is_tcp(packet):
                return packet
        return None

    def write(self, packet: bytes) -> None:
        self._open().write(packet)

    def close(self) -> None:
        self._tun.close()

    def _open(self) -> io.FileIO:
        if self._tun.closed:
            raise ValueError("닫은 전선입니다. 새로 여세요")
        return self._tun
