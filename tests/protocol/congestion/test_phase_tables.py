"""단계의 표는 알고리즘이 하는 일과 같다: 표에 없는 길로는 가지 않고, 표의 길은 모두 지나간다."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tcpedu.protocol.congestion import Bbr, CongestionControl, Cubic, Phase, PhaseEvent, Reno

MSS = 1000
KINDS = (Reno, Cubic, Bbr)
EVENTS = ("ack", "dup", "loss", "timeout", "ecn", "idle", "exit")


def happen(control: CongestionControl, event: str, now: float) -> PhaseEvent | None:
    """보내는 쪽이 지키는 차례로 사건 하나를 알린다. 일어날 수 없는 사건이면 아무것도 하지 않는다."""
    flight = int(control.cwnd)
    match event:
        case "ack":
            control.on_ack(MSS, 0.1, flight, now)
            return PhaseEvent.PARTIAL_ACK if control.in_recovery else PhaseEvent.ACK
        case "dup":
            control.on_dup_ack(now)
            return PhaseEvent.DUP_ACK
        case "loss" if not control.in_recovery:
            control.on_loss(flight, now)
            return PhaseEvent.LOSS
        case "exit" if control.in_recovery:
            control.on_recovery_exit(now)
            return PhaseEvent.FULL_ACK
        case "timeout":
            control.on_timeout(flight, now)
            return PhaseEvent.TIMEOUT
        case "ecn":
            control.on_ecn(flight, now)
            return PhaseEvent.ECN
        case "idle" if not control.in_recovery:
            control.on_idle(now)
            return PhaseEvent.IDLE
    return None


@settings(max_examples=150, deadline=None)
@given(st.sampled_from((Reno, Cubic)), st.lists(st.sampled_from(EVENTS), max_size=80))
def test_no_path_outside_the_table(kind: type[CongestionControl], events: list[str]) -> None:
    control = kind(MSS)
    table = {(edge.source, edge.event): edge.target for edge in kind.phases}
    for step, name in enumerate(events):
        before = control.phase
        event = happen(control, name, step * 0.05)
        if event is None:
            continue
        allowed = {table.get((before, event))}
        if event is PhaseEvent.ACK:  # 늘어나다가 ssthresh에 이른다
            allowed.add(table.get((before, PhaseEvent.REACHED_SSTHRESH)))
        if event in (PhaseEvent.IDLE, PhaseEvent.FULL_ACK):
            # 쉬어도 cwnd가 ssthresh 위에 남을 수 있고, ssthresh까지 줄어든 것이 아니면 단계가 그대로다.
            allowed |= {before, Phase.CONGESTION_AVOIDANCE}
        if event is PhaseEvent.ECN and control.cwnd < 2 * MSS:
            # RFC 3168 §6.1.2: cwnd는 1 SMSS까지 내려가는데, RFC 5681 식 4의 ssthresh는 2·SMSS가 바닥이다.
            allowed.add(Phase.SLOW_START)
        assert control.phase in allowed, (before, event, control.phase)


def test_every_controller_carries_its_table() -> None:
    for kind in KINDS:
        assert len(kind.phases) > 5
        assert len({(edge.source, edge.event) for edge in kind.phases}) == len(kind.phases)
        assert kind(MSS).phase in {edge.source for edge in kind.phases}
    assert CongestionControl.phases == ()


def test_a_learners_class_inherits_the_table() -> None:
    class Mine(Reno):
        beta = 0.8

    assert Mine.phases is Reno.phases
