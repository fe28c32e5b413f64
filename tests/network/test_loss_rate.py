"""Mathis 식은 스스로의 가정 아래에서 25% 안이다 (Mathis, Semke, Mahdavi, Ott 1997)."""

from __future__ import annotations

import pytest

from tcpedu.network.loss_rate import reno_throughput
from tcpedu.protocol.congestion.response import mathis_throughput


@pytest.mark.parametrize("loss", [0.005, 0.01, 0.02])
def test_periodic_loss_is_near_the_formula(loss):
    assert reno_throughput(loss) == pytest.approx(mathis_throughput(1460, 0.1, loss), rel=0.25)


def test_a_shorter_trip_is_faster_in_proportion():
    assert reno_throughput(0.01, 0.05) == pytest.approx(2 * reno_throughput(0.01, 0.1), rel=0.1)


def test_random_losses_are_of_the_same_size_and_repeatable():
    found = [reno_throughput(0.01, periodic=False, seed=seed, duration=20.0) for seed in (1, 1, 2)]
    assert found[0] == found[1] != found[2]
    assert found[0] == pytest.approx(mathis_throughput(1460, 0.1, 0.01), rel=0.4)


@pytest.mark.parametrize("loss", [0.0, 1.5])
def test_the_formula_refuses_what_is_not_a_rate(loss):
    with pytest.raises(ValueError, match="손실률은 0보다 크고 1 이하"):
        mathis_throughput(1460, 0.1, loss)
