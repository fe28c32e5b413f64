"""Reno를 RFC의 식과 리눅스 커널에서 잰 값에 견준다 (RFC 5681, 6582, 6928, 3168)."""

import math
from collections.abc import Callable

import pytest

from tcpedu.protocol.congestion import LINUX, Phase, PhaseEvent, Reno, Rules, initial_window
from tcpedu.protocol.congestion.reno import PHASES

MSS = 1000
SS, CA, FR = Phase.SLOW_START, Phase.CONGESTION_AVOIDANCE, Phase.FAST_RECOVERY


def reno(cwnd: int, ssthresh: float = math.inf, rules: Rules | None = None) -> Reno:
    control = Reno(MSS, cwnd, rules=rules)
    control.ssthresh = ssthresh
    return control


@pytest.mark.parametrize(
    ("mss", "window"),
    [(536, 5360), (1000, 10_000), (1460, 14_600), (2000, 14_600), (7300, 14_600), (8000, 16_000), (9000, 18_000)],
)
def test_initial_window(mss: int, window: int) -> None:
    """RFC 6928 §2 식 1: min(10·MSS, max(2·MSS, 14600))."""
    assert initial_window(mss) == window == Reno(mss).cwnd


def test_an_impossible_mss_is_refused() -> None:
    with pytest.raises(ValueError, match="1바이트 이상"):
        Reno(0)


@pytest.mark.parametrize(
    ("acked", "limit", "grown"),
    [
        (1, 1, 1),  # RFC 5681 §3.1 식 2: min(N, SMSS). 잘게 나눈 ACK로 부풀리지 못한다
        (1000, 1, 1000),
        (2000, 1, 1000),  # 지연 ACK 하나가 둘을 확인해도 하나만큼만
        (2000, 2, 2000),  # RFC 3465 §2.3: L = 2
        (5000, 2, 2000),
        (5000, math.inf, 5000),  # 리눅스
    ],
)
def test_slow_start_per_ack(acked: int, limit: float, grown: int) -> None:
    control = reno(10_000, rules=Rules(abc_limit=limit))
    control.on_ack(acked, 0.1, 10_000, 0.0)
    assert control.cwnd - 10_000 == grown


def test_congestion_avoidance_adds_one_segment_per_window_acknowledged() -> None:
    """RFC 5681 §3.1이 권하는 바이트 세기: cwnd만큼 확인되면 SMSS."""
    control = reno(4000, 4000)
    seen = []
    for _ in range(10):
        control.on_ack(MSS, 0.1, control.cwnd, 0.0)
        seen.append(control.cwnd)
    # 넷째에서 4000바이트가 모이고, 그 뒤 다섯을 더 받아 아홉째에서 5000바이트가 모인다.
    assert seen == [4000, 4000, 4000, 5000, 5000, 5000, 5000, 5000, 6000, 6000]


def test_bytes_left_over_count_toward_the_next_segment() -> None:
    """둘씩 확인되어도 왕복마다 하나다: 5에서 6이 될 때 남은 1000바이트를 버리지 않는다."""
    control = reno(5000, 5000)
    seen = []
    for _ in range(9):
        control.on_ack(2 * MSS, 0.1, control.cwnd, 0.0)
        seen.append(control.cwnd)
    assert seen == [5000, 5000, 6000, 6000, 6000, 7000, 7000, 7000, 8000]


@pytest.mark.parametrize(
    ("flight", "ssthresh"),
    [(20_000, 10_000), (11_000, 5500), (5000, 2500), (4000, 2000), (3000, 2000), (1000, 2000)],
)
def test_loss_and_timeout_use_flight_size(flight: int, ssthresh: int) -> None:
    """RFC 5681 §3.1 식 4: max(FlightSize/2, 2·SMSS). cwnd가 아니라 FlightSize의 절반이다."""
    fast, slow = reno(40_000), reno(40_000)
    fast.on_loss(flight, 0.0)
    slow.on_timeout(flight, 0.0)
    assert (fast.ssthresh, fast.cwnd, fast.phase) == (ssthresh, ssthresh, FR)
    assert (slow.ssthresh, slow.cwnd, slow.phase) == (ssthresh, MSS, SS)


def test_a_loss_never_raises_cwnd() -> None:
    """타임아웃 바로 뒤에는 FlightSize가 cwnd보다 훨씬 크다. 식 4는 위쪽 한계다 (RFC 5681 §3.2)."""
    control = reno(4000, 10_000)
    control.on_loss(40_000, 0.0)
    assert control.cwnd == control.ssthresh == 4000


def test_second_timeout_of_the_same_segment_keeps_ssthresh() -> None:
    """RFC 5681 §3.1: 그사이 새 ACK가 없었으면 ssthresh를 그대로 둔다."""
    control = reno(40_000)
    control.on_timeout(40_000, 1.0)
    control.on_timeout(40_000, 3.0)
    control.on_timeout(1000, 7.0)
    assert (control.ssthresh, control.cwnd) == (20_000, 1000)
    control.on_ack(1000, None, 1000, 7.1)  # 다음 세그먼트의 타임아웃은 처음이다
    control.on_timeout(2000, 9.0)
    assert (control.ssthresh, control.cwnd) == (2000, 1000)


def test_recovery_does_not_grow_and_ends_at_ssthresh() -> None:
    """RFC 6582 §3.2 3단계: 부분 ACK에서 늘지 않고, 전체 ACK에서 cwnd = ssthresh."""
    control = reno(20_000, 10_000)
    control.on_loss(20_000, 0.0)
    for _ in range(30):
        control.on_dup_ack(0.1)
    control.on_ack(5000, None, 20_000, 0.2)
    control.on_ack(15_000, None, 15_000, 0.3)
    assert (control.cwnd, control.phase) == (10_000, FR)
    control.on_recovery_exit(0.3)
    assert (control.cwnd, control.phase) == (10_000, CA)


def test_a_timeout_ends_recovery() -> None:
    control = reno(20_000)
    control.on_loss(20_000, 0.0)
    control.on_timeout(20_000, 1.0)
    assert (control.cwnd, control.ssthresh, control.phase) == (1000, 10_000, SS)


def test_ecn_reduces_like_a_loss_without_recovery() -> None:
    """RFC 3168 §6.1.2: cwnd를 반으로, ssthresh도. cwnd는 1 SMSS까지, ssthresh는 2 SMSS까지 내려간다."""
    control = reno(8000)
    seen = []
    for _ in range(4):
        control.on_ecn(control.cwnd, 0.0)
        seen.append((control.cwnd, control.ssthresh))
    assert seen == [(4000, 4000), (2000, 2000), (1000, 2000), (1000, 2000)]
    control.on_loss(1000, 0.0)
    before = control.cwnd, control.ssthresh
    control.on_ecn(1000, 0.0)  # 회복 중에는 이미 줄였다
    assert (control.cwnd, control.ssthresh) == before


def test_idle_restart() -> None:
    """RFC 5681 §4.1: RW = min(IW, cwnd). ssthresh는 그대로다."""
    control = reno(10_000, 30_000)
    control.cwnd = 40_000
    control.on_idle(5.0)
    assert (control.cwnd, control.ssthresh, control.phase) == (10_000, 30_000, SS)
    control.cwnd = 4000
    control.on_idle(9.0)
    assert control.cwnd == 4000


def test_a_spurious_loss_is_undone_once() -> None:
    control = reno(52_000, 60_000)
    control.on_loss(52_000, 0.0)
    control.on_spurious(0.1)
    assert (control.cwnd, control.ssthresh, control.phase) == (52_000, 60_000, SS)
    control.on_timeout(52_000, 1.0)
    control.on_timeout(52_000, 3.0)
    control.on_spurious(3.1)
    assert (control.cwnd, control.ssthresh) == (52_000, 60_000)
    control.on_spurious(3.2)
    assert (control.cwnd, control.ssthresh) == (52_000, 60_000)


def test_a_timeout_during_recovery_is_undone_to_before_the_recovery() -> None:
    control = reno(40_000)
    control.on_loss(40_000, 0.0)
    control.on_timeout(40_000, 1.0)
    control.on_spurious(1.1)
    assert (control.cwnd, control.ssthresh) == (40_000, math.inf)


def test_application_limited_growth_is_a_switch() -> None:
    """RFC 5681은 말이 없고 리눅스는 늘리지 않는다: 10 가운데 5만 쓰면 20번을 보내도 10이다."""
    textbook, linux = reno(10_000), reno(10_000, rules=LINUX)
    for _ in range(20):
        for control in (textbook, linux):
            control.on_ack(5000, 0.1, 5000, 0.0)
    assert (textbook.cwnd, linux.cwnd) == (30_000, 10_000)


# 리눅스 6.18에서 잰 것: RTT 100 ms, MSS 1000, IW 10, 왕복마다의 cwnd(세그먼트) --------------


def test_linux_one_loss_in_a_window_of_fifty(rounds: Callable) -> None:
    """잰 값: 10, 20, 40, 회복하며 50에서 25로, 그 뒤 25, 26, 27 … 왕복마다 정확히 하나."""
    control = Reno(MSS, rules=LINUX)
    assert [cwnd for _, cwnd in rounds(control, 2)] == [20, 40]
    control.cwnd = 50_000  # 40번째의 손실은 다음 왕복에서 열이 더 확인된 뒤에 드러난다
    control.on_loss(50_000, 0.3)
    control.on_recovery_exit(0.4)
    assert [control.cwnd // MSS, *(cwnd for _, cwnd in rounds(control, 4))] == [25, 26, 27, 28, 29]


def test_linux_whole_flight_lost(rounds: Callable) -> None:
    """잰 값: RTO 뒤 1, 2, 4, 8, 16, ssthresh 20에 닿아 20, 21, 22 …"""
    control = Reno(MSS, rules=LINUX)
    list(rounds(control, 2))
    control.on_timeout(40_000, 0.6)
    assert control.ssthresh == 20_000
    assert [1, *(cwnd for _, cwnd in rounds(control, 7))] == [1, 2, 4, 8, 16, 20, 21, 22]


@pytest.mark.parametrize(
    ("rules", "seen"),
    [(LINUX, [20, 40, 80]), (Rules(), [15, 23, 35])],  # 교과서에서는 지연 ACK가 1.5배로 늦춘다
)
def test_delayed_acks_slow_the_textbook_but_not_linux(rules: Rules, seen: list[int], rounds: Callable) -> None:
    """잰 값: 둘에 한 번 오는 ACK에도 리눅스는 10, 20, 40, 80."""
    assert [cwnd for _, cwnd in rounds(Reno(MSS, rules=rules), 3, per_ack=2)] == seen


def test_linux_stops_at_ssthresh_and_counts_the_rest_as_avoidance() -> None:
    control = reno(18_000, 20_000, LINUX)
    control.on_ack(18_000, 0.1, 18_000, 0.1)
    assert control.cwnd == 20_000
    control.on_ack(4000, 0.1, 20_000, 0.2)  # 남은 16000에 4000을 더해 20000
    assert control.cwnd == 21_000


def test_linux_counts_whole_segments_from_cwnd() -> None:
    control = reno(11_500, 2000, LINUX)
    control.on_loss(4000, 0.0)
    assert control.ssthresh == 5000


# 단계 그림 ------------------------------------------------------------------


def at(phase: Phase) -> Reno:
    control = reno(10_000, {SS: math.inf, CA: 10_000, FR: math.inf}[phase])
    if phase is CA:
        control.cwnd = 20_000
        control.ssthresh = 20_000
    if phase is FR:
        control.on_loss(10_000, 0.0)
    return control


def reach_ssthresh(control: Reno) -> None:
    control.ssthresh = control.cwnd + MSS
    control.on_ack(MSS, 0.1, control.cwnd, 0.0)


def full_ack(control: Reno) -> None:
    control.on_ack(control.cwnd, 0.1, control.cwnd, 0.0)
    control.on_recovery_exit(0.0)


EVENTS: dict[PhaseEvent, Callable[[Reno], None]] = {
    PhaseEvent.ACK: lambda c: c.on_ack(MSS, 0.1, c.cwnd, 0.0),
    PhaseEvent.REACHED_SSTHRESH: reach_ssthresh,
    PhaseEvent.DUP_ACK: lambda c: c.on_dup_ack(0.0),
    PhaseEvent.LOSS: lambda c: c.on_loss(c.cwnd, 0.0),
    PhaseEvent.PARTIAL_ACK: lambda c: c.on_ack(MSS, None, c.cwnd, 0.0),
    PhaseEvent.FULL_ACK: full_ack,
    PhaseEvent.TIMEOUT: lambda c: c.on_timeout(c.cwnd, 0.0),
    PhaseEvent.ECN: lambda c: c.on_ecn(c.cwnd, 0.0),
    PhaseEvent.IDLE: lambda c: c.on_idle(0.0),
}


@pytest.mark.parametrize("edge", PHASES, ids=lambda edge: f"{edge.source}-{edge.event.name}")
def test_every_edge_of_the_diagram_happens(edge) -> None:  # type: ignore[no-untyped-def]
    control = at(edge.source)
    assert control.phase is edge.source
    EVENTS[edge.event](control)
    assert control.phase is edge.target
    assert edge.rfc.startswith("RFC ")


def test_the_diagram_has_the_edges_people_forget() -> None:
    edges = {(edge.source, edge.event, edge.target) for edge in PHASES}
    assert (SS, PhaseEvent.LOSS, FR) in edges
    assert {(phase, PhaseEvent.TIMEOUT, SS) for phase in Phase} <= edges
    assert len(edges) == len(PHASES)
    assert all(edge.event.korean for edge in PHASES) and Phase.SLOW_START.korean == "슬로 스타트"
