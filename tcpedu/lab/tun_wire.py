"""커널로 이어진 전선: 네임스페이스 안의 TUN 장치."""

from __future__ import annotations

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
        self._fd: int | None = fd
        os.set_blocking(fd, False)
        self._started = time.monotonic()

    @property
    def label(self) -> str:
        return f"이 컴퓨터의 커널 ({kernel_name()})"

    def now(self) -> float:
        return time.monotonic() - self._started

    def read(self, timeout: float) -> bytes | None:
        import select  # poll은 윈도에 없다

        waiting = select.poll()
        waiting.register(self._open(), select.POLLIN)
        end = self.now() + timeout
        while waiting.poll(max(0.0, end - self.now()) * 1000):
            packet = os.read(self._open(), _LARGEST)
            if is_tcp(packet):
                return packet
        return None

    def write(self, packet: bytes) -> None:
        os.write(self._open(), packet)

    def close(self) -> None:
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    def _open(self) -> int:
        if self._fd is None:
            raise ValueError("닫은 전선입니다. 새로 여세요")
        return self._fd
