"""기록한 커널의 ACK를 먹이면 우리도 같은 것을 보내는가. 이 컴퓨터의 커널과는 상관없다."""

import doctest
from dataclasses import replace
from functools import partial
from importlib import import_module

import pytest

from tcpedu.lab.follow_acks import follow_acks, matching_config
from tcpedu.lab.kernel_runs import RUNS, recorded_run
from tcpedu.protocol.congestion import LINUX, Reno, Rules

RENO = [name for name, settings in RUNS.items() if settings.congestion == "reno"]


@pytest.mark.parametrize("name", RENO)
def test_reno_sends_what_the_kernel_sends(name: str) -> None:
    """목표는 99 %. 우리가 본 것은 모두 100 %이고, cwnd도 ACK마다 같다."""
    found = follow_acks(recorded_run(name))
    assert len(found.acks) >= 150
    assert found.agreement >= 0.99, repr(found)
    assert found.cwnd_gap == 0, repr(found)


def test_the_kernels_own_timer_is_followed() -> None:
    found = follow_acks(recorded_run("timeout"))
    (timer,) = [row for row in found.rows if row.step.cause == "timer"]
    assert timer.same and timer.ours == ((30_001, 1000),)


def test_cubic_stays_within_two_segments() -> None:
    found = follow_acks(recorded_run("long_cubic"))
    assert found.cwnd_gap <= 2, repr(found)
    assert list(found.reasons) == ["커널의 CUBIC은 jiffy 단위의 시계와 정수로 셈해, 늘리는 때가 ACK 몇 개만큼 다릅니다"]


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("one_loss", {"linux_recovery": False}),
        ("one_loss", {"recovery": "rfc6582"}),
        ("half_the_acks", {"congestion": partial(Reno, rules=Rules())}),
        ("four_losses_sack", {"loss_detection": "dupack", "recovery": "rfc6582"}),
        ("rough_sack", {"linux_recovery": False}),
        ("rough_reno", {"congestion": partial(Reno, rules=replace(LINUX, reduce_once=False))}),
        ("one_late", {"linux_recovery": False}),
    ],
)
def test_without_a_switch_of_the_kernel_the_difference_is_seen(name: str, change: dict[str, object]) -> None:
    """견주는 눈이 있는가: 커널과 다른 설정은 99 %에 못 미친다."""
    run = recorded_run(name)
    found = follow_acks(run, replace(matching_config(run.settings), **change))
    assert found.agreement < 0.99
    assert "처음은" in repr(found) and f"ACK {len(found.acks)}개" in repr(found)


def test_a_wrong_first_window_is_seen_at_the_first_write() -> None:
    run = recorded_run("no_loss")
    found = follow_acks(run, replace(matching_config(run.settings), initial_window=4000))
    first = found.different[0]
    assert first.step.cause == "write" and (len(first.kernel), len(first.ours)) == (10, 4)


@pytest.mark.parametrize("name", ["follow_acks", "overlay", "kernel_runs", "run_json", "emulated_link"])
def test_the_examples_run(name: str) -> None:
    result = doctest.testmod(import_module(f"tcpedu.lab.{name}"))
    assert result.attempted and not result.failed
