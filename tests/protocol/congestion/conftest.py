"""혼잡 제어를 시험하는 길: 세그먼트마다 ACK가 고르게 오고, 보내는 쪽은 늘 cwnd를 다 쓴다."""

from collections.abc import Callable, Iterator

import pytest

from tcpedu.protocol.congestion import CongestionControl

MSS = 1000
Run = Callable[..., Iterator[tuple[float, int]]]


def _rounds(
    control: CongestionControl, rounds: int, *, rtt: float = 0.1, start: float = 0.0, per_ack: int = 1
) -> Iterator[tuple[float, int]]:
    """왕복마다 (끝난 시각, 세그먼트로 센 cwnd). `per_ack`는 ACK 하나가 확인하는 세그먼트 수다."""
    for index in range(1, rounds + 1):
        segments = control.cwnd // MSS
        begin = start + (index - 1) * rtt
        for sent in range(0, segments, per_ack):
            acked = min(per_ack, segments - sent)
            now = begin + rtt * (sent + acked) / segments
            control.on_ack(acked * MSS, rtt, control.cwnd, now)
        yield start + index * rtt, control.cwnd // MSS


@pytest.fixture
def rounds() -> Run:
    return _rounds
