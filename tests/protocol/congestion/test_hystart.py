"""HyStart++ (RFC 9406)."""

import math
from collections.abc import Callable

import pytest

from tcpedu.protocol.congestion import LINUX, Cubic, Phase
from tcpedu.protocol.congestion.hystart import HyStart, rtt_threshold

MSS = 1000


def grow(rounds: Callable, control: Cubic, rtts: list[float]) -> list[int]:
    """왕복마다 RTT가 이러할 때의 cwnd."""
    seen, start = [], 0.0
    for rtt in rtts:
        ((_, cwnd),) = rounds(control, 1, rtt=rtt, start=start)
        start += rtt
        seen.append(cwnd)
    return seen


@pytest.mark.parametrize(
    ("last", "threshold"), [(0.001, 0.004), (0.032, 0.004), (0.08, 0.01), (0.128, 0.016), (1.0, 0.016)]
)
def test_threshold(last: float, threshold: float) -> None:
    """RFC 9406 §4.2: max(4 ms, min(lastRoundMinRTT/8, 16 ms))."""
    assert rtt_threshold(last) == pytest.approx(threshold)


def test_a_constant_delay_never_ends_slow_start(rounds: Callable) -> None:
    """지연뿐인 길에서는 큐가 자라지 않는다. 커널도 그런 길에서는 HyStart가 나서지 않았다."""
    assert grow(rounds, Cubic(MSS, hystart=True), [0.1] * 5) == [20, 40, 80, 160, 320]


def test_a_growing_queue_ends_slow_start_without_a_loss(rounds: Callable) -> None:
    """100 ms에서 12.5 ms 넘게 늘면 CSS: 왕복마다 4분의 1씩 다섯 왕복, 그 뒤 ssthresh = cwnd (§4.2)."""
    control = Cubic(MSS, hystart=True)
    seen = grow(rounds, control, [0.1, 0.1, 0.1, 0.113])
    assert seen[:3] == [20, 40, 80]
    assert 100 <= seen[3] <= 110  # 여덟 번을 잰 뒤로는 4분의 1
    slow = grow(rounds, control, [0.12, 0.125, 0.13, 0.13])
    assert slow == [pytest.approx(seen[3] * 1.25**n, rel=0.03) for n in (1, 2, 3, 4)]
    assert control.ssthresh == math.inf
    grow(rounds, control, [0.14])
    assert control.ssthresh < math.inf and control.phase is Phase.CONGESTION_AVOIDANCE
    # RFC 9438 §4.10: 손실 없이 끝났으므로 K = 0, W_max = cwnd_prior = cwnd
    assert control.k == 0 and control.w_max == control.cwnd_prior == control.ssthresh


def test_a_passing_spike_resumes_slow_start(rounds: Callable) -> None:
    control = Cubic(MSS, hystart=True)
    seen = grow(rounds, control, [0.1, 0.1, 0.1, 0.12, 0.1, 0.1])
    assert control.ssthresh == math.inf and control.hystart is not None and control.hystart.divisor == 1
    assert seen[5] == pytest.approx(2 * seen[4], abs=1)


def test_the_threshold_is_a_floor(rounds: Callable) -> None:
    control = Cubic(MSS, hystart=True)
    assert grow(rounds, control, [0.1, 0.1, 0.112, 0.112])[-1] == 160


def test_fewer_than_eight_samples_decide_nothing() -> None:
    hystart = HyStart()
    for rtt in (0.1, 0.2):
        for left in range(7, 0, -1):
            hystart.on_ack(MSS, rtt, left * MSS)
    assert hystart.divisor == 1
    hystart = HyStart()
    for rtt in (0.1, 0.2):
        for left in range(8, 0, -1):
            hystart.on_ack(MSS, rtt, left * MSS)
    assert hystart.divisor == 4


def test_acks_without_a_sample_are_not_counted() -> None:
    hystart = HyStart()
    for rtt in (0.1, None):
        for left in range(20, 0, -1):
            hystart.on_ack(MSS, rtt, left * MSS)
    assert hystart.divisor == 1


def test_only_the_first_slow_start_is_watched(rounds: Callable) -> None:
    """타임아웃 뒤에는 ssthresh를 안다: 지켜볼 것이 없다 (§4.3)."""
    control = Cubic(MSS, hystart=True)
    control.on_timeout(100_000, 0.0)
    assert grow(rounds, control, [0.1, 0.2, 0.4, 0.8]) == [2, 4, 8, 16]


def test_with_unlimited_increase_the_quarter_still_holds(rounds: Callable) -> None:
    control = Cubic(MSS, hystart=True, rules=LINUX)
    assert grow(rounds, control, [0.1, 0.1]) == [20, 40]
    assert control.hystart is not None
    control.hystart.baseline = 0.05
    before = control.cwnd
    control.on_ack(8 * MSS, 0.1, control.cwnd, 1.0)
    assert control.cwnd - before == 2 * MSS
