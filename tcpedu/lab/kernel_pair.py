"""네임스페이스 둘에 커널의 TCP 끝점을 하나씩 둔다. 늘 따로 띄운 자식 과정에서 쓴다.

TUN에 패킷을 쓰면 `write`가 돌아오기 전에 커널이 그것을 다 처리한다. 그래서 하나를 쓰고 곧바로 읽어 내면, 바로 그 패킷이
일으킨 것만 나온다: ACK 하나마다 커널이 무엇을 했는지 보인다. 값은 커널 6.18에서 확인했다.
강의: lessons/16_capstone.ipynb
"""

from __future__ import annotations

import errno
import os
import socket
import struct
from contextlib import suppress

from .kernel_run import MSS, Sample
from .namespaces import DEVICE, Namespace
from .netlink import set_route

SENDER, RECEIVER, PORT = "10.9.0.1", "10.9.0.2", 80
HEADERS = 40  # IPv4 20바이트 + TCP 20바이트
# 교과서에 가장 가까운 설정: 커널이 덧붙인 것을 끌 수 있는 데까지 끈다. 네임스페이스 안에서만 바뀐다.
SYSCTLS = {
    "tcp_dsack": "0", "tcp_timestamps": "0", "tcp_early_retrans": "0", "tcp_frto": "0", "tcp_ecn": "0",
    "tcp_no_metrics_save": "1", "tcp_moderate_rcvbuf": "0", "tcp_comp_sack_nr": "0",
    "tcp_wmem": "4096 16777216 33554432", "tcp_rmem": "4096 4194304 8388608",
}  # fmt: skip
# struct tcp_info의 앞부분: 1바이트 8개와 32비트 24개 (include/uapi/linux/tcp.h)
_INFO = struct.Struct("=8B24I")
_AT = {"rto": 8, "unacked": 12, "sacked": 13, "lost": 14, "retrans": 15, "rtt": 23, "rttvar": 24, "ssthresh": 25,
       "cwnd": 26, "ca_state": 1}  # fmt: skip


class KernelPair:
    """보내는 커널과 받는 커널. `connect` 뒤로는 패킷을 건네주기만 하면 된다."""

    def __init__(self, congestion: str, *, sack: bool, initial_window: int = 10) -> None:
        sysctls = {**SYSCTLS, "tcp_sack": str(int(sack))}
        self._receiving = Namespace(RECEIVER, MSS + HEADERS, sysctls)
        set_route(DEVICE, SENDER, initial_window=initial_window, quick_ack=True)  # 세그먼트마다 곧바로 ACK
        self._listener = socket.create_server((RECEIVER, PORT))
        self._listener.setblocking(False)
        self._accepted: socket.socket | None = None
        self._sending = Namespace(SENDER, MSS + HEADERS, sysctls)
        set_route(DEVICE, RECEIVER, initial_window=initial_window, quick_ack=False)
        self._sock = socket.socket()
        self._sock.setblocking(False)
        self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, congestion.encode())
        self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.tuns = (self._sending.tun, self._receiving.tun)

    def connect(self) -> None:
        """SYN을 보낸다. 답은 기다리지 않는다."""
        self._sock.connect_ex((RECEIVER, PORT))

    def write(self, size: int) -> None:
        """송신 버퍼에 한꺼번에 넣는다."""
        sent = self._sock.send(bytes(size))
        if sent != size:
            raise OSError(errno.ENOBUFS, f"송신 버퍼가 {size}바이트 가운데 {sent}바이트만 받았습니다")

    def sample(self) -> Sample:
        """보내는 쪽의 지금 TCP_INFO."""
        values = _INFO.unpack(self._sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _INFO.size))
        return Sample(**{name: values[_AT[name]] for name in Sample._fields})

    def to_sender(self, packet: bytes) -> None:
        """보내는 커널에 패킷을 하나 건넨다."""
        os.write(self._sending.tun, packet)

    def to_receiver(self, packet: bytes) -> None:
        """받는 커널에 패킷을 하나 건네고, 응용 프로그램이 되어 버퍼를 비운다."""
        os.write(self._receiving.tun, packet)
        with suppress(BlockingIOError):
            if self._accepted is None:
                self._accepted, _ = self._listener.accept()
                self._accepted.setblocking(False)
            while self._accepted.recv(1 << 20):
                pass

    def from_sender(self) -> list[bytes]:
        """보내는 커널이 내보낸 패킷을 남김없이."""
        return _drain(self._sending.tun)

    def from_receiver(self) -> list[bytes]:
        """받는 커널이 내보낸 패킷을 남김없이."""
        return _drain(self._receiving.tun)


def _drain(tun: int) -> list[bytes]:
    packets = []
    with suppress(BlockingIOError):
        while True:
            packets.append(os.read(tun, 2048))
    return packets
