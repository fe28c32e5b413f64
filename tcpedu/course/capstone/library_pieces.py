"""배우는 사람의 조각이 없을 때 쓰는 라이브러리의 조각. 부르는 모양은 연습문제 02–09와 같다.

강의: lessons/16_capstone.ipynb
"""

from __future__ import annotations

import struct

from tcpedu.protocol import congestion
from tcpedu.protocol import rto as library
from tcpedu.protocol.checksum import tcp_checksum
from tcpedu.protocol.isn import isn
from tcpedu.protocol.reassembly import Reassembler
from tcpedu.protocol.segment import Segment
from tcpedu.protocol.seqnum import MODULUS, unwrap, wrap
from tcpedu.protocol.state import Event, State, transition

__all__ = [
    "Reassembler", "Reno", "RtoEstimator", "isn", "negotiate", "next_state", "parse_header", "tcp_checksum", "unwrap",
    "usable_window", "wrap",
]  # fmt: skip

DUP_THRESHOLD = 3
_DEFAULT_MSS = 536


def parse_header(data: bytes) -> dict[str, int]:
    """고정 헤더의 필드 (02, RFC 9293 §3.1)."""
    segment = Segment.unpack(data)
    (checksum,) = struct.unpack_from("!H", data, 16)
    return {
        "src_port": segment.src_port, "dst_port": segment.dst_port, "seq": segment.seq, "ack": segment.ack,
        "data_offset": data[12] >> 4, "flags": int(segment.flags), "window": segment.window, "checksum": checksum,
        "urgent_pointer": segment.urgent,
    }  # fmt: skip


def negotiate(client_options: dict[str, int], server_options: dict[str, int]) -> dict[str, int]:
    """두 SYN의 MSS 옵션에서 정해지는 것 (04, RFC 9293 §3.7.1)."""
    return {
        "client_mss": server_options.get("mss", _DEFAULT_MSS),
        "server_mss": client_options.get("mss", _DEFAULT_MSS),
    }


def next_state(state: str, event: str) -> tuple[str, str | None]:
    """다음 상태와 보내는 것의 플래그 (06, RFC 9293 §3.3.2)."""
    action, after = transition(State[state], Event[event])
    return after.name, action.segment


class RtoEstimator(library.RtoEstimator):
    """SRTT, RTTVAR, RTO (07, RFC 6298 §2)."""

    def __init__(self, minimum: float = 1.0, maximum: float = 60.0, granularity: float = 0.001) -> None:
        super().__init__(minimum=minimum, maximum=maximum, granularity=granularity)


def usable_window(snd_una: int, snd_nxt: int, snd_wnd: int) -> int:
    """지금 더 보낼 수 있는 바이트 수 (08, RFC 9293 §3.8.6.2.1).

    >>> usable_window(100, 150, 80)
    30
    """
    return max(0, snd_wnd - (snd_nxt - snd_una) % MODULUS)


class Reno:
    """RFC 5681의 Reno(09): 라이브러리의 `Reno`에, 보내는 쪽이 하는 일(중복 ACK 세기, 부풀리기)을 붙였다."""

    def __init__(self, mss: int) -> None:
        self.mss = mss
        self.in_flight = 0
        self.dup_acks = 0
        self._control = congestion.Reno(mss)
        self._inflated = 0

    @property
    def cwnd(self) -> int:
        """부풀린 것까지 더한 혼잡 윈도우, 바이트."""
        return self._control.cwnd + self._inflated

    @property
    def ssthresh(self) -> float:
        """슬로 스타트 임계값, 바이트."""
        return self._control.ssthresh

    @property
    def phase(self) -> str:
        """지금 단계의 이름."""
        return str(self._control.phase)

    def on_send(self, size: int) -> None:
        """새 데이터를 보냈다."""
        self.in_flight += size

    def on_ack(self, acked: int) -> None:
        """새 데이터를 확인하는 ACK."""
        recovering = self._control.in_recovery
        self._control.on_ack(acked, None, self.in_flight, 0.0)
        self.in_flight -= acked
        self.dup_acks = self._inflated = 0
        if recovering:
            self._control.on_recovery_exit(0.0)

    def on_dup_ack(self) -> None:
        """중복 ACK."""
        self.dup_acks += 1
        if self._control.in_recovery:
            self._inflated += self.mss
        elif self.dup_acks == DUP_THRESHOLD:
            self._control.on_loss(self.in_flight, 0.0)
            self._inflated = DUP_THRESHOLD * self.mss

    def on_timeout(self) -> None:
        """재전송 타이머가 끝났다."""
        self._control.on_timeout(self.in_flight, 0.0)
        self.dup_acks = self._inflated = 0
