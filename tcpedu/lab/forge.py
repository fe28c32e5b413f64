"""손으로 만든 세그먼트를 실습실의 커널에 넣는다: 출발지를 속이고, 번호를 어긋나게 하고, 답을 본다.

실습실의 TUN으로만 나가므로 이 컴퓨터 밖으로는 아무것도 가지 않는다. 실습의 주소가 아니거나 너무 많으면 거절한다.
강의: lessons/15_security.ipynb
"""

from __future__ import annotations

import ipaddress

from tcpedu.protocol.connection import Connection
from tcpedu.protocol.segment import Segment
from tcpedu.protocol.state import State

from .drive import drive
from .ip import ip_packet, parse
from .kernel_lab import KernelLab
from .wire import LOCAL, PEER, Wire, WireTimeoutError

NETWORK = ipaddress.ip_network("10.9.0.0/24")  # 실습실의 네임스페이스 안에만 있는 주소
MAX_SEGMENTS = 400
MAX_SECONDS = 20.0


class Forger:
    """실습실 하나에 손으로 만든 세그먼트를 넣는 손. `MAX_SEGMENTS`개, `MAX_SECONDS`초를 넘기지 않는다."""

    def __init__(self, lab: KernelLab) -> None:
        self._wire = lab.wire
        self._until = self._wire.now() + MAX_SECONDS
        self.sent = 0

    def say(self, segment: Segment, src: str = LOCAL) -> list[Segment]:
        """`src`가 보낸 것처럼 세그먼트 하나를 넣고, 커널이 그 주소의 그 포트로 곧바로 보낸 답들을 돌려준다."""
        check_source(src)
        if self.sent >= MAX_SEGMENTS or self._wire.now() > self._until:
            raise RuntimeError(f"한 실습에서는 {MAX_SEGMENTS}개, {MAX_SECONDS:g}초까지만 넣습니다")
        self.sent += 1
        self._wire.write(ip_packet(src, PEER, segment, self.sent))
        answers = []
        while (packet := self._wire.read(0)) is not None:
            got = parse(packet)
            if got.dst == src and got.segment.dst_port == segment.src_port:
                answers.append(got.segment)
        return answers


def check_source(src: str) -> None:
    """실습의 주소가 아니면 `ValueError`.

    >>> check_source("10.9.0.77")
    >>> check_source("192.0.2.1")
    Traceback (most recent call last):
    ValueError: 실습의 주소(10.9.0.0/24)에서만 보냅니다: 192.0.2.1
    """
    if ipaddress.ip_address(src) not in NETWORK or src == PEER:
        raise ValueError(f"실습의 주소({NETWORK})에서만 보냅니다: {src}")


class OnlyMine(Wire):
    """내 주소와 포트로 온 것만 내주는 전선. 속인 출발지로 가는 SYN,ACK는 건너뛴다."""

    def __init__(self, inner: Wire, port: int) -> None:
        self._inner, self._port = inner, port

    @property
    def label(self) -> str:
        return self._inner.label

    def now(self) -> float:
        return self._inner.now()

    def read(self, timeout: float) -> bytes | None:
        end = self.now() + timeout
        while (packet := self._inner.read(max(0.0, end - self.now()))) is not None:
            got = parse(packet)
            if got.dst == self.local and got.segment.dst_port == self._port:
                return packet
        return None

    def write(self, packet: bytes) -> None:
        self._inner.write(packet)

    def close(self) -> None:
        self._inner.close()


def run_until(endpoint: Connection, wire: Wire, *wanted: State, limit: float) -> bool:
    """연결이 `wanted` 가운데 한 상태에 이르면 참, `limit`초 안에 이르지 못하면 거짓."""
    try:
        drive(endpoint, OnlyMine(wire, endpoint.config.local_port), lambda: endpoint.state in wanted, limit=limit)
    except WireTimeoutError:
        return False
    return True
