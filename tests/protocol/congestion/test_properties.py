"""어떤 사건이 어떤 차례로 와도 지켜지는 것 (RFC 5681 §3.1, RFC 9438 §4.6)."""

import math
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tcpedu.protocol.congestion import LINUX, Bbr, CongestionControl, Cubic, Phase, PhaseEvent, Reno, Rules
from tcpedu.protocol.congestion.bbr_phases import PHASES as BBR_PHASES
from tcpedu.protocol.congestion.reno import PHASES

MSS = 1000
WINDOWED = {
    "reno": lambda: Reno(MSS),
    "reno-linux": lambda: Reno(MSS, rules=LINUX),
    "reno-abc2": lambda: Reno(MSS, rules=Rules(abc_limit=2)),
    "cubic": lambda: Cubic(MSS),
    "cubic-linux": lambda: Cubic(MSS, rules=LINUX, fast_convergence=False),
}
EVENTS = st.lists(
    st.tuples(
        st.sampled_from(["ack"] * 6 + ["dup", "loss", "timeout", "ecn", "idle", "full", "app", "spurious"]),
        st.floats(0, 1),  # cwnd 가운데 나가 있는 몫
        st.floats(0, 1),  # 그 가운데 이번에 확인된 몫
        st.sampled_from([None, 0.001, 0.1, 0.5]),
        st.floats(0, 0.2),
    ),
    max_size=60,
)
Step = tuple[str, float, float, float | None, float]


def drive(control: CongestionControl, steps: list[Step], look: Callable[[str, int], None]) -> None:
    """보내는 쪽이 지키는 차례대로 사건을 일으키고, 하나마다 `look(사건, 확인된 바이트)`을 부른다."""
    now = 0.0
    for name, share, part, rtt, pause in steps:
        now += pause
        flight = max(MSS, int(control.cwnd * share))
        acked = max(1, int(flight * part))
        if name == "ack":
            control.on_ack(acked, rtt, flight, now)
        elif name == "dup":
            control.on_dup_ack(now)
        elif name == "loss" and not control.in_recovery:
            control.on_loss(flight, now)
        elif name == "timeout":
            control.on_timeout(flight, now)
        elif name == "ecn":
            control.on_ecn(flight, now)
        elif name == "idle" and not control.in_recovery:
            control.on_idle(now)
        elif name == "full" and control.in_recovery:
            control.on_ack(acked, rtt, flight, now)
            control.on_recovery_exit(now)
        elif name == "app":
            control.on_app_limited(flight, now)
        elif name == "spurious":
            control.on_spurious(now)
        else:
            continue
        look(name, acked)


@pytest.mark.parametrize("name", WINDOWED)
@given(steps=EVENTS)
@settings(max_examples=150, deadline=None)
def test_windows_stay_in_bounds(name: str, steps: list[Step]) -> None:
    """cwnd ≥ 1 SMSS, ssthresh ≥ 2 SMSS. 늘리는 것은 ACK뿐이고, 확인된 것보다 많이 늘지 않는다."""
    control = WINDOWED[name]()
    last = [control.cwnd, control.ssthresh]

    def look(event: str, acked: int) -> None:
        cwnd, ssthresh = last
        assert isinstance(control.cwnd, int) and control.cwnd >= MSS
        assert control.ssthresh >= 2 * MSS
        if event == "ack":
            # 혼잡 회피는 모인 만큼 한꺼번에 SMSS를 더한다. CUBIC의 한도는 RTT마다 1.5배다.
            assert cwnd <= control.cwnd <= cwnd + max(acked, MSS) and control.ssthresh == ssthresh
        elif event in {"timeout", "idle", "ecn", "full", "dup", "app"}:
            assert control.cwnd <= cwnd
        elif event == "loss":
            assert control.cwnd <= max(cwnd, 2 * MSS)
        if event == "timeout":
            assert control.cwnd == MSS and not control.in_recovery
        last[:] = control.cwnd, control.ssthresh

    drive(control, steps, look)


NAMES = {
    "dup": PhaseEvent.DUP_ACK,
    "loss": PhaseEvent.LOSS,
    "timeout": PhaseEvent.TIMEOUT,
    "ecn": PhaseEvent.ECN,
    "idle": PhaseEvent.IDLE,
    "full": PhaseEvent.FULL_ACK,
}


@pytest.mark.parametrize("name", WINDOWED)
@given(steps=EVENTS)
@settings(max_examples=100, deadline=None)
def test_only_edges_of_the_diagram_happen(name: str, steps: list[Step]) -> None:
    control = WINDOWED[name]()
    edges = {(edge.source, edge.event, edge.target) for edge in PHASES}
    before = [control.phase]

    def look(event: str, _: int) -> None:
        source, target = before[0], control.phase
        before[0] = target
        if event in {"app", "spurious"}:
            return
        kind = NAMES.get(event)
        if event == "ack":
            kind = PhaseEvent.PARTIAL_ACK if source is Phase.FAST_RECOVERY else PhaseEvent.ACK
            kind = PhaseEvent.REACHED_SSTHRESH if source is not target else kind
        if event == "idle" and control.cwnd >= control.ssthresh:
            return  # 재시작 윈도우가 ssthresh보다 작지 않으면 그대로다
        if event == "ecn" and control.cwnd < control.ssthresh:
            return  # 두 세그먼트보다 작아지면 슬로 스타트로 되찾는다
        assert (source, kind, target) in edges

    drive(control, steps, look)


@pytest.mark.parametrize("name", WINDOWED)
@given(acks=st.lists(st.tuples(st.integers(1, 3 * MSS), st.floats(0.0, 0.3)), max_size=80))
@settings(max_examples=80, deadline=None)
def test_without_loss_the_window_only_grows(name: str, acks: list[tuple[int, float]]) -> None:
    control = WINDOWED[name]()
    control.on_loss(50_000, 0.0)
    control.on_recovery_exit(0.0)
    now, last = 0.0, control.cwnd
    for acked, pause in acks:
        now += pause
        control.on_ack(acked, 0.1, control.cwnd, now)
        assert control.cwnd >= last and math.isfinite(control.cwnd)
        last = control.cwnd


@given(steps=EVENTS)
@settings(max_examples=300, deadline=None)
def test_bbr_stays_in_bounds(steps: list[Step]) -> None:
    """cwnd ≥ 1 SMSS, 속도는 양수이고, 그림에 있는 화살표로만 움직인다."""
    control = Bbr(MSS)
    edges = {(edge.source, edge.target) for edge in BBR_PHASES}
    before = [control.phase]

    def look(event: str, acked: int) -> None:
        assert isinstance(control.cwnd, int) and control.cwnd >= MSS
        assert control.pacing_rate is None or 0 < control.pacing_rate < math.inf
        assert control.ssthresh == math.inf
        source, before[0] = before[0], control.phase
        # ACK 하나에 두 화살표를 지날 수 있다: 길이 찼는데 큐가 없으면 STARTUP에서 DRAIN을 지나 PROBE_BW로.
        middle = {target for origin, target in edges if origin is source}
        assert source is control.phase or any((via, control.phase) in edges for via in {source, *middle})

    drive(control, steps, look)


class Learner(CongestionControl):
    """배우는 사람이 쓸 만한 가장 작은 것: 생성자도, 회복도, ECN도 없다."""

    def __init__(self, mss: int) -> None:
        self.cwnd = 10 * mss
        self.ssthresh = math.inf

    def on_ack(self, acked: int, rtt: float | None, in_flight: int, now: float) -> None:
        self.cwnd += acked

    def on_loss(self, in_flight: int, now: float) -> None:
        self.ssthresh = in_flight // 2
        self.cwnd = in_flight // 2

    def on_timeout(self, in_flight: int, now: float) -> None:
        self.ssthresh = in_flight // 2
        self.cwnd = MSS


def test_the_smallest_class_of_a_learner_works() -> None:
    control = Learner(MSS)
    assert (control.phase, control.pacing_rate, control.own_recovery) == (Phase.SLOW_START, None, False)
    control.on_ack(MSS, 0.1, 10_000, 0.1)
    control.on_dup_ack(0.2)
    control.on_app_limited(0, 0.2)
    control.on_spurious(0.2)
    control.on_idle(0.2)
    assert control.cwnd == 11_000
    control.on_ecn(10_000, 0.3)
    assert (control.cwnd, control.phase) == (5000, Phase.CONGESTION_AVOIDANCE)
    control.on_loss(4000, 0.4)
    control.on_recovery_exit(0.5)
    assert control.cwnd == 2000


@pytest.mark.parametrize("call", ["on_ack", "on_loss", "on_timeout"])
def test_a_missing_method_is_named(call: str) -> None:
    arguments = {"on_ack": (1, None, 1, 0.0)}.get(call, (1, 0.0))
    with pytest.raises(NotImplementedError, match=call):
        getattr(CongestionControl(MSS), call)(*arguments)
