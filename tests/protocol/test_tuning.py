"""성능의 셈: RFC와 커널의 보기, 그리고 서로 뒤집은 식."""

from __future__ import annotations

import doctest
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcpedu.protocol import tuning
from tcpedu.protocol.tuning import Path, advise, bdp_bytes, ceilings, max_throughput, window_scale_for


def test_examples() -> None:
    result = doctest.testmod(tuning)
    assert result.attempted and not result.failed


@given(st.integers(1500, 1 << 30), st.floats(0.0001, 1.0))
def test_the_two_formulas_are_inverse(window: int, rtt: float) -> None:
    assert bdp_bytes(max_throughput(window, rtt), rtt) == window


@given(st.integers(0, 65535 << 14))
def test_the_smallest_scale_that_can_say_it(window: int) -> None:
    shift = window_scale_for(window)
    assert window <= 65535 << shift
    assert shift == 0 or window > 65535 << shift - 1


@pytest.mark.parametrize(("rmem", "shift"), [(32 << 20, 10), (6 << 20, 7), (65535, 0)])
def test_the_kernel_chooses_the_same_from_tcp_rmem(rmem: int, shift: int) -> None:
    """6.18은 tcp_rmem 32MiB에서 10을(잰 값), 6MiB이던 커널은 7을 알린다."""
    assert window_scale_for(rmem) == shift


def test_too_large_a_window() -> None:
    with pytest.raises(ValueError, match="14로도"):
        window_scale_for((65535 << 14) + 1)


def test_no_loss_no_ceiling_of_loss() -> None:
    assert ceilings(0.1, 1e8, 131072, 0.0)["loss"] == math.inf
    assert advise(0.1, 8e6, 200_000, 0.0) == "rate"  # 같으면 앞의 것
    path = Path(loss=1e-2, rmem=32 << 20)
    assert path.lowest == "loss" and path.bdp == 1_250_000 and path.ceilings["loss"] == pytest.approx(1.43e6, rel=0.01)
