"""CUBIC을 RFC 9438의 식과 표, 리눅스 커널에서 잰 곡선에 견준다."""

from collections.abc import Callable

import pytest

from tcpedu.protocol.congestion import LINUX, Cubic, Phase, Reno, Rules, cubic_k, cubic_window
from tcpedu.protocol.congestion.cubic import PHASES
from tcpedu.protocol.congestion.reno import PHASES as RENO_PHASES
from tcpedu.protocol.congestion.response import cubic_average_window, reno_average_window

MSS = 1000

# 리눅스 6.18에서 잰 것: RTT 100 ms, cwnd 110에서 한 번 잃음. (회복을 마친 뒤 초, 잰 cwnd, W_cubic(t + RTT))
KERNEL = [(0.5, 88, 88.9), (1.0, 96, 96.2), (1.5, 101, 101.7), (2.0, 105, 105.4), (2.5, 108, 107.9), (3.0, 110, 109.2)]


def after_loss(cwnd: int, rules: Rules | None = None) -> Cubic:
    control = Cubic(MSS, cwnd * MSS, rules=rules)
    control.on_loss(cwnd * MSS, -0.1)
    control.on_recovery_exit(0.0)
    return control


# 식 --------------------------------------------------------------------------


def test_k_of_the_measured_loss() -> None:
    """110에서 잃고 77이 된 커널은 4.35초 뒤에 평평해졌다."""
    assert cubic_k(110, 77) == pytest.approx(4.35, abs=0.005)
    assert cubic_k(110, 120) == 0
    assert cubic_k(110_000, 77_000, mss=MSS) == cubic_k(110, 77)


@pytest.mark.parametrize(("t", "kernel", "formula"), KERNEL)
def test_window_curve_against_the_kernel(t: float, kernel: int, formula: float) -> None:
    window = cubic_window(t + 0.1, 110)
    assert window == pytest.approx(formula, abs=0.1)
    assert window == pytest.approx(kernel, abs=1)


def test_the_curve_starts_at_the_reduced_window_and_is_flat_at_w_max() -> None:
    assert cubic_window(0, 110) == pytest.approx(77)
    assert cubic_window(0, 110, cwnd_epoch=90) == pytest.approx(90)
    k = cubic_k(110, 77)
    assert cubic_window(k, 110) == 110
    assert cubic_window(k + 1, 110) - 110 == pytest.approx(110 - cubic_window(k - 1, 110)) == pytest.approx(0.4)
    assert cubic_window(2, 110_000, mss=MSS) == pytest.approx(cubic_window(2, 110) * MSS)


@pytest.mark.parametrize(
    ("loss", "rtt", "windows"),
    [  # RFC 9438 표 1과 표 2: Reno, CUBIC C = 0.04, 0.4, 4
        (1e-2, 0.1, (12, 12, 12, 12)),
        (1e-3, 0.1, (38, 38, 38, 59)),
        (1e-4, 0.1, (120, 120, 187, 333)),
        (1e-5, 0.1, (379, 593, 1054, 1874)),
        (1e-6, 0.1, (1200, 3332, 5926, 10538)),
        (1e-7, 0.1, (3795, 18740, 33325, 59261)),
        (1e-8, 0.1, (12000, 105383, 187400, 333250)),
        (1e-2, 0.01, (12, 12, 12, 12)),
        (1e-3, 0.01, (38, 38, 38, 38)),
        (1e-4, 0.01, (120, 120, 120, 120)),
        (1e-5, 0.01, (379, 379, 379, 379)),
        (1e-6, 0.01, (1200, 1200, 1200, 1874)),
        (1e-7, 0.01, (3795, 3795, 5926, 10538)),
        (1e-8, 0.01, (12000, 18740, 33325, 59261)),
    ],
)
def test_average_windows_of_the_rfc_tables(loss: float, rtt: float, windows: tuple[int, ...]) -> None:
    seen = (reno_average_window(loss), *(cubic_average_window(loss, rtt, c) for c in (0.04, 0.4, 4)))
    assert seen == pytest.approx(windows, rel=5e-4, abs=0.5)


@pytest.mark.parametrize(
    ("average", "loss"), [(8.3, 2.0e-2), (83.3, 2.9e-4), (833.3, 1.4e-5), (8333.3, 6.3e-7), (83333.3, 2.9e-8)]
)
def test_required_loss_rates_of_the_rfc_table(average: float, loss: float) -> None:
    """RFC 9438 표 3: 1500바이트, RTT 0.1초에서 1 Mbit/s부터 10 Gbit/s까지 필요한 손실률."""
    assert cubic_average_window(loss, 0.1) == pytest.approx(average, rel=0.03)


# 움직임 ----------------------------------------------------------------------


def test_acks_follow_the_measured_kernel_curve(rounds: Callable) -> None:
    """리눅스처럼 세그먼트로 세면, ACK로 움직인 cwnd가 커널이 보인 값에서 한 세그먼트를 벗어나지 않는다."""
    control = after_loss(110, LINUX)
    assert control.cwnd == 77_000
    seen = {round(time, 1): cwnd for time, cwnd in rounds(control, 30)}
    assert control.k == pytest.approx(4.35, abs=0.005)
    for t, kernel, _ in KERNEL:
        assert seen[t] == pytest.approx(kernel, abs=1), t
    assert sum(seen[t] == kernel for t, kernel, _ in KERNEL) >= 5  # 여섯 가운데 다섯은 꼭 같다


def test_acks_follow_the_curve_of_the_rfc(rounds: Callable) -> None:
    """바이트로 세면 W_cubic(t)를 반 세그먼트 안에서 따른다. target이 한 RTT 앞을 보므로 늦지 않는다."""
    control = after_loss(110)
    list(rounds(control, 2))
    for now, _ in rounds(control, 68, start=0.2):
        assert control.cwnd / MSS == pytest.approx(cubic_window(now, 110), abs=0.5), now


def average(control: Reno, losses: int, every: int, rtt: float) -> float:
    """`every` 세그먼트마다 하나씩 잃을 때 왕복마다 보낸 세그먼트의 평균. 앞의 절반은 자리 잡는 동안이다."""
    now, acked, sent, count, begin = 0.0, 0, 0, 0, 0.0
    while count < losses:
        now += rtt * MSS / control.cwnd
        acked += 1
        sent += 1
        control.on_ack(MSS, rtt, control.cwnd, now)
        if acked == every:
            acked = 0
            count += 1
            control.on_loss(control.cwnd, now)
            control.on_recovery_exit(now)
            if count == losses // 2:
                sent, begin = 0, now
    return sent / ((now - begin) / rtt)


def test_response_function_of_reno() -> None:
    """표 1과 표 2의 Reno: p = 10⁻³에서 38."""
    assert average(Reno(MSS), 20, 1000, 0.1) == pytest.approx(38, rel=0.05)


@pytest.mark.parametrize(
    ("loss", "rtt", "w_max", "window"),
    [
        (1e-4, 0.1, 202.6, 187),  # 곡선. 톱니의 꼭대기는 평균의 4/3.7배이고, 거기서 시작하면 머문다
        (1e-4, 0.01, 184, 120),  # Reno와 견주는 구간. 어디서 시작하든 곧 모인다
        (1e-3, 0.01, 58, 38),
    ],
)
def test_response_function_of_cubic(loss: float, rtt: float, w_max: float, window: float) -> None:
    """표 1과 표 2의 CUBIC(C = 0.4): ACK로 움직인 평균이 식 5의 값과 같다."""
    control = Cubic(MSS, int(w_max * MSS), fast_convergence=False)
    control.on_loss(control.cwnd, -rtt)
    control.on_recovery_exit(0.0)
    assert average(control, 20, round(1 / loss), rtt) == pytest.approx(window, rel=0.025)


def test_fast_convergence_gives_way_earlier() -> None:
    """RFC 9438 §4.7: 지난번보다 일찍 막혔으면 W_max를 cwnd·(1 + 0.7)/2로."""
    fast, plain = after_loss(100), Cubic(MSS, 100_000, fast_convergence=False)
    plain.on_loss(100_000, -0.1)
    plain.on_recovery_exit(0.0)
    for control in (fast, plain):
        assert control.w_max == 100_000
        control.on_loss(70_000, 0.1)
    assert (fast.w_max, plain.w_max) == (59_500, 70_000)
    assert fast.cwnd == plain.cwnd == 49_000


def test_target_is_at_most_half_again_per_rtt(rounds: Callable) -> None:
    """RFC 9438 §4.2: target은 1.5·cwnd를 넘지 않는다. 오래 뒤의 가파른 곡선에서도 그렇다."""
    control = after_loss(10)
    list(rounds(control, 1))
    before = control.cwnd
    grown = [cwnd for _, cwnd in rounds(control, 1, start=60.0)]
    assert before * 1.3 < grown[0] * MSS <= before * 1.5 + MSS


def test_reno_friendly_region(rounds: Callable) -> None:
    """RTT가 짧으면 W_est를 따른다: 왕복마다 3·0.3/1.7 = 0.53 세그먼트, 옛 cwnd에 닿으면 1 (RFC 9438 §4.3)."""
    control = after_loss(20)
    seen = [cwnd for _, cwnd in rounds(control, 30, rtt=0.001)]
    # 14에서 20까지 6/0.529 = 11.3 왕복, 그 뒤 18.7 왕복에 하나씩
    assert control.w_est / MSS == pytest.approx(20 + 30 - 6 / 0.529, rel=0.03)
    assert seen[10] == 19 and seen[-1] == 37


def test_timeout_starts_the_next_curve_flat(rounds: Callable) -> None:
    """RFC 9438 §4.8: ssthresh = 0.7·FlightSize, cwnd = 1, 다음 혼잡 회피는 K = 0, W_max = cwnd."""
    control = Cubic(MSS, 120_000)
    control.on_loss(120_000, -1.0)
    control.on_recovery_exit(-0.5)
    control.cwnd = 100_000
    control.on_timeout(100_000, 0.0)
    control.on_timeout(100_000, 2.0)
    assert (control.ssthresh, control.cwnd, control.cwnd_prior) == (70_000, MSS, 100_000)
    list(rounds(control, 7, start=4.0))
    assert control.phase is Phase.CONGESTION_AVOIDANCE
    assert control.k == 0 and control.w_max == pytest.approx(70_000, abs=MSS)


def test_leaving_slow_start_without_a_loss(rounds: Callable) -> None:
    """RFC 9438 §4.10: W_max가 아직 없으면 K = 0, W_max = cwnd_prior = cwnd."""
    control = Cubic(MSS, 10_000)
    control.ssthresh = 20_000
    list(rounds(control, 2))
    assert (control.k, control.w_max, control.cwnd_prior) == (0, 20_000, 20_000)


def test_slow_start_is_renos(rounds: Callable) -> None:
    assert [cwnd for _, cwnd in rounds(Cubic(MSS), 3)] == [20, 40, 80]


def test_time_without_data_does_not_count(rounds: Callable) -> None:
    """RFC 9438 §4.2, §5.8: 응용이 멈춘 동안은 t에 넣지 않는다. 10초를 쉬어도 이어서 는다."""
    straight, paused = after_loss(110), after_loss(110)
    list(rounds(straight, 20))
    list(rounds(paused, 10))
    for step in range(100):
        paused.on_ack(MSS, 0.1, MSS, 1.0 + step / 10)  # 한 세그먼트씩만 보낸다
    list(rounds(paused, 10, start=11.0))
    assert paused.cwnd == pytest.approx(straight.cwnd, abs=MSS)


def test_idle_time_does_not_count_either(rounds: Callable) -> None:
    straight, idle = after_loss(110), after_loss(110)
    list(rounds(straight, 20))
    list(rounds(idle, 10))
    idle.on_idle(30.0)
    list(rounds(idle, 10, start=30.0))
    assert idle.cwnd == pytest.approx(straight.cwnd, abs=MSS)


def test_idle_restart_begins_a_new_curve(rounds: Callable) -> None:
    control = Cubic(MSS, 10_000)
    control.cwnd = 110_000
    control.on_loss(110_000, 0.0)
    control.on_recovery_exit(0.1)
    list(rounds(control, 5, start=0.1))
    control.on_idle(60.0)
    assert (control.cwnd, control.phase) == (10_000, Phase.SLOW_START)
    list(rounds(control, 3, start=60.0))
    assert control.cwnd == pytest.approx(77_000, abs=100)  # ssthresh에 막 닿았다
    *_, (_, cwnd) = rounds(control, 10, start=60.3)
    assert cwnd == pytest.approx(cubic_window(1.0, 110), abs=1)  # 새 곡선의 1초 뒤


def test_ecn() -> None:
    """RFC 9438 §4.6: ECE에도 0.7배. cwnd는 1 MSS까지, ssthresh는 2 MSS까지."""
    control = Cubic(MSS, 100_000)
    control.on_ecn(100_000, 0.0)
    assert (control.cwnd, control.ssthresh, control.w_max) == (70_000, 70_000, 100_000)
    assert control.phase is Phase.CONGESTION_AVOIDANCE
    for _ in range(20):
        control.on_ecn(control.cwnd, 0.0)
    assert (control.cwnd, control.ssthresh) == (MSS, 2 * MSS)
    control.on_loss(MSS, 0.0)
    w_max = control.w_max
    control.on_ecn(MSS, 0.0)
    assert control.w_max == w_max


def test_a_window_already_above_w_max_starts_flat(rounds: Callable) -> None:
    """ECE에 1 MSS까지 줄었다가 슬로 스타트로 W_max를 넘어서면, 거기가 새 W_max다."""
    control = Cubic(MSS, 1000)
    control.on_ecn(1000, 0.0)
    list(rounds(control, 1))
    assert control.phase is Phase.CONGESTION_AVOIDANCE
    list(rounds(control, 1, start=0.1))
    assert (control.k, control.w_max) == (0, 2000)


def test_a_spurious_loss_brings_the_curve_back(rounds: Callable) -> None:
    """RFC 9438 §4.9.2: cwnd, ssthresh, W_max, K, t_epoch, W_est까지 되찾는다."""
    straight, fooled = after_loss(110), after_loss(110)
    list(rounds(straight, 20))
    list(rounds(fooled, 10))
    fooled.on_loss(fooled.cwnd, 1.0)
    fooled.on_timeout(fooled.cwnd, 1.0)  # 회복 중의 타임아웃까지 거짓이었다
    fooled.on_spurious(1.0)
    assert fooled.phase is Phase.CONGESTION_AVOIDANCE
    list(rounds(fooled, 10, start=1.0))
    assert fooled.cwnd == straight.cwnd


def test_linux_rounds_down_to_segments_without_losing_one() -> None:
    """0.7·90이 62.999…로 셈해져도 63이다. 커널은 90·717/1024 = 63으로 센다."""
    control = Cubic(MSS, 90_000, rules=LINUX)
    control.on_loss(90_000, 0.0)
    assert control.ssthresh == 90 * 717 // 1024 * MSS == 63_000


def test_the_diagram_is_renos_with_other_actions() -> None:
    shape = [(edge.source, edge.event, edge.target) for edge in PHASES]
    assert shape == [(edge.source, edge.event, edge.target) for edge in RENO_PHASES]
    assert not [edge for edge in PHASES if "/2" in edge.action]
    assert {edge.rfc for edge in PHASES if "0.7" in edge.action} == {"RFC 9438 §4.6", "RFC 9438 §4.8"}
