"""윈도우를 고정하면: BDP까지는 빠르기가, 거기서부터는 지연이, 큐를 넘으면 손실이 는다."""

from __future__ import annotations

import pytest

from tcpedu.network.operating_point import MSS, operating_points

RATE, RTT, QUEUE = 3e6, 0.04, 15
PACKET = (MSS + 40) * 8 / RATE


def test_the_three_regions():
    below, knee, above, over = operating_points([5, 16, 24, 40], rate=RATE, rtt=RTT, queue=QUEUE)
    full = RATE * MSS / (MSS + 40)
    assert below.goodput == pytest.approx(5 * MSS * 8 / (RTT + PACKET), rel=0.02)  # 왕복마다 다섯
    assert below.rtt == pytest.approx(RTT + PACKET, rel=0.01)  # 기다리지 않는다
    assert knee.goodput == pytest.approx(above.goodput) == pytest.approx(full, rel=0.01)
    assert knee.rtt == pytest.approx(16 * PACKET, rel=0.02)  # 나가 있는 것이 다 빠지는 데 걸리는 시간 (리틀의 법칙)
    assert above.rtt == pytest.approx(24 * PACKET, rel=0.02)
    assert below.drops == knee.drops == above.drops == 0
    assert over.drops > 100 and over.goodput < full
    assert over.rtt == pytest.approx(RTT + (QUEUE + 1) * PACKET, rel=0.02)
