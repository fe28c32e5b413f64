"""기록해 둔 커널의 실행: kernel-lab에서 따로 잰 값과 같은가, 되살리면 그대로인가."""

import json
from itertools import pairwise

import pytest

from tcpedu.lab.kernel_run import EmulatorSettings, KernelRun
from tcpedu.lab.kernel_runs import FOLDER, RUNS, recorded_run
from tcpedu.lab.run_json import pack_run, unpack_run
from tcpedu.protocol.congestion import cubic_window

RTT = 0.1


def per_round(run: KernelRun, count: int) -> list[int]:
    """왕복마다 보낸 세그먼트. 첫 데이터에서 `RTT`씩, ACK가 몰려오기 조금 앞에서 끊는다."""
    start = run.opened - 0.02
    found = [0] * count
    for step in run.steps:
        number = int((step.time - start) / RTT)
        if number < count:
            found[number] += len(step.sent)
    return found


def resent(run: KernelRun) -> list[tuple[float, int]]:
    """다시 보낸 것의 (시각, 세그먼트 번호)."""
    return [(step.time, sent.seq // 1000 + 1) for step in run.steps for sent in step.sent if sent.again]


@pytest.mark.parametrize("name", RUNS)
def test_a_recording_says_what_it_is(name: str) -> None:
    run = recorded_run(name)
    assert run.settings == RUNS[name]
    assert run.kernel.split(".")[0].isdigit() and run.peer_mss == 1000
    assert 2 * run.settings.delay <= run.opened < 2 * run.settings.delay + 0.05
    assert all(before.time <= after.time for before, after in pairwise(run.steps))
    assert (FOLDER / f"{name}.json.gz").stat().st_size < 60_000


@pytest.mark.parametrize("name", ["one_loss", "four_losses_sack", "timeout"])
def test_a_recording_survives_json(name: str) -> None:
    run = recorded_run(name)
    assert unpack_run(json.loads(json.dumps(pack_run(run)))) == run


def test_settings_with_late_segments_survive_json() -> None:
    run = recorded_run("one_loss")
    late = KernelRun(
        EmulatorSettings(late={40: 0.005}), run.kernel, run.opened, run.peer_mss, run.peer_scale, run.peer_window, ()
    )  # fmt: skip
    assert unpack_run(json.loads(json.dumps(pack_run(late)))) == late


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(KeyError, match="one_loss"):
        recorded_run("no_such_run")


def test_slow_start_doubles_with_and_without_half_the_acks() -> None:
    """s01과 s19: 10, 20, 40, 80. 리눅스에서는 ACK를 절반 잃어도 그렇다."""
    assert per_round(recorded_run("no_loss"), 4) == [10, 20, 40, 80]
    assert per_round(recorded_run("half_the_acks"), 4) == [10, 20, 40, 80]


def test_one_loss_halves_and_adds_one_per_round() -> None:
    """s02: 다시 보낸 것은 하나, 회복한 뒤 왕복마다 꼭 하나씩 는다."""
    run = recorded_run("long_reno")
    assert [number for _, number in resent(run)] == [101]
    after = [cwnd for time, cwnd in run.cwnd if time > 0.75]
    assert after == list(range(after[0], after[0] + len(after))) and len(after) > 50


def test_sack_resends_four_in_one_round() -> None:
    """s03: SACK이 없으면 왕복마다 하나, 있으면 넷을 한꺼번에."""
    spans = {}
    for name in ("four_losses", "four_losses_sack"):
        found = resent(recorded_run(name))
        assert [number for _, number in found] == [40, 41, 42, 43]
        spans[name] = found[-1][0] - found[0][0]
    assert spans["four_losses"] == pytest.approx(3 * RTT, abs=0.05)
    assert spans["four_losses_sack"] < 0.02


def test_a_lost_flight_waits_for_the_timer() -> None:
    """s04: RTO 뒤 cwnd는 1에서 시작해 ssthresh 20까지 두 배씩."""
    run = recorded_run("timeout")
    (timer,) = [step for step in run.steps if step.cause == "timer"]
    assert (timer.info.cwnd, timer.info.ssthresh, timer.info.ca_state) == (1, 20, 4)
    assert timer.time - 0.4 == pytest.approx(0.3, abs=0.1)  # SRTT + 200 ms, 늦게 울리는 몫까지


def test_the_bottleneck_draws_a_sawtooth() -> None:
    """s21: BDP 48에 큐 50. 슬로 스타트가 두 배를 넘긴 뒤, 99에서 50으로 주는 톱니가 8초마다 되풀이된다."""
    steps = recorded_run("sawtooth").steps
    cuts = [
        (after.time, after.info.ssthresh)
        for before, after in pairwise(steps)
        if after.info.ca_state == 3 != before.info.ca_state
    ]
    assert max(step.info.cwnd for step in steps) == pytest.approx(2 * (48 + 50), abs=4)
    assert [ssthresh for _, ssthresh in cuts] == [99, 50, 50, 50]
    assert [round(after - before) for (before, _), (after, _) in pairwise(cuts[1:])] == [8, 8]


def test_cubic_follows_the_formula() -> None:
    """s15: 110에서 77로. 첫 왕복이 지난 뒤에는 W_cubic(t + RTT)와 두 세그먼트 안이다 (RFC 9438 §4.2)."""
    run = recorded_run("long_cubic")
    epoch = next(step.time for step in run.steps if step.info.ssthresh == 77 and step.info.ca_state == 0)
    cwnd = [(step.time - epoch, step.info.cwnd) for step in run.steps if step.time > epoch + 2 * RTT]
    assert len(cwnd) > 5000
    assert max(abs(seen - cubic_window(t + RTT, 110)) for t, seen in cwnd) <= 2
