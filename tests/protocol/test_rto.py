"""재전송 타임아웃 (RFC 6298)."""

import pytest

from tcpedu.protocol.rto import RtoEstimator


def test_before_any_sample() -> None:
    estimator = RtoEstimator()
    assert (estimator.rto, estimator.srtt, estimator.rttvar) == (1.0, None, None)


def test_samples_worked_by_hand() -> None:
    """§2.2와 §2.3을 손으로 셈한 값. RTTVAR를 SRTT보다 먼저 고친다."""
    estimator = RtoEstimator(minimum=0.0)
    estimator.sample(0.8)
    assert (estimator.srtt, estimator.rttvar, estimator.rto) == pytest.approx((0.8, 0.4, 2.4))
    estimator.sample(1.6)  # RTTVAR = 3/4·0.4 + 1/4·|0.8-1.6|, SRTT = 7/8·0.8 + 1/8·1.6
    assert (estimator.srtt, estimator.rttvar, estimator.rto) == pytest.approx((0.9, 0.5, 2.9))


def test_floor_ceiling_and_granularity() -> None:
    quick = RtoEstimator()
    for _ in range(100):
        quick.sample(0.01)
    assert quick.rto == 1.0
    fine = RtoEstimator(minimum=0.0, granularity=0.5)
    for _ in range(100):
        fine.sample(0.1)
    assert fine.rto == pytest.approx(0.6)
    slow = RtoEstimator()
    slow.sample(50.0)
    assert slow.rto == 60.0


def test_backoff_doubles_until_the_ceiling_and_a_sample_ends_it() -> None:
    estimator = RtoEstimator()
    seen = []
    for _ in range(7):
        estimator.on_timeout()
        seen.append(estimator.rto)
    assert seen == [2, 4, 8, 16, 32, 60, 60]
    estimator.sample(0.1)
    assert estimator.rto == 1.0
