"""표본을 흘려 본 SRTT, RTTVAR, RTO를 손으로 셈한 값과 견준다 (RFC 6298)."""

import pytest

from tcpedu.network.rto_samples import RtoSettings, rto_samples


def drawn(*rtts, losses=(), floor="total", minimum=0.0, **changes):
    return rto_samples(RtoSettings("drawn", rtts, losses=losses, floor=floor, minimum=minimum, **changes))


def test_rfc_6298_by_hand() -> None:
    """§2.2: SRTT=R, RTTVAR=R/2, RTO=SRTT+4·RTTVAR. §2.3: RTTVAR를 먼저, 옛 SRTT로."""
    run = drawn(0.8, 1.6)
    first, second = run.probes
    # 처음의 RTO는 1초(§2.1)다.
    assert (first.timer, first.srtt, first.rttvar, first.rto) == pytest.approx((1.0, 0.8, 0.4, 2.4))
    # RTTVAR = 3/4·0.4 + 1/4·|0.8-1.6| = 0.5, SRTT = 7/8·0.8 + 1/8·1.6 = 0.9
    assert (second.timer, second.srtt, second.rttvar, second.rto) == pytest.approx((2.4, 0.9, 0.5, 2.9))
    assert run.timeouts == 0


def test_the_knobs_are_the_letters_of_the_rfc() -> None:
    run = drawn(0.8, 0.4, alpha=1 / 2, beta=1 / 4, k=2)
    # RTTVAR = 3/4·0.4 + 1/4·0.4 = 0.4, SRTT = 1/2·0.8 + 1/2·0.4 = 0.6, RTO = 0.6 + 2·0.4
    last = run.probes[-1]
    assert (last.srtt, last.rttvar, last.rto) == pytest.approx((0.6, 0.4, 1.4))
    assert drawn(0.1, 0.1, k=0, granularity=0.5).probes[-1].rto == pytest.approx(0.6)


def test_the_two_floors() -> None:
    """RTT 100ms가 이어질 때: RFC는 1초(§2.4), 리눅스는 SRTT + 200ms. 6.18에서 잰 값은 304ms다."""
    steady = (0.1,) * 60
    assert drawn(*steady, floor="total", minimum=1.0).probes[-1].rto == 1.0
    assert drawn(*steady, floor="variance", minimum=0.2).probes[-1].rto == pytest.approx(0.304, rel=0.02)


def test_a_late_ack_is_a_spurious_timeout_and_backs_off() -> None:
    run = drawn(0.5, 0.5, 2.0, minimum=1.0)
    late = run.probes[-1]
    assert (late.timer, late.resent, late.acked) == (1.25, (1.25,), 2.0)
    assert (late.spurious, run.spurious, run.timeouts) == (1, 1, 1)
    assert late.rto == 2.5  # §5.5: 두 배. 재지 않았으므로 다음 것도 이 RTO로 보낸다


def test_a_lost_segment_is_not_spurious() -> None:
    run = drawn(0.5, 0.5, 0.5, losses=(2,), minimum=1.0)
    lost = run.probes[-1]
    assert (lost.resent, lost.acked, lost.spurious) == ((1.25,), 1.75, 0)
    assert run.recovery == 1.25
    assert drawn(0.5, 0.5).recovery is None


def test_karn_does_not_measure_what_was_sent_twice() -> None:
    run = drawn(0.5, 0.5, 0.5, losses=(1,), minimum=1.0)
    assert run.probes[1].measured is None
    assert (run.probes[1].srtt, run.probes[1].rttvar) == (run.probes[0].srtt, run.probes[0].rttvar)
    assert (run.skipped, run.wrong) == (1, 0)


@pytest.mark.parametrize(
    ("ambiguous", "lost", "late"),
    [
        ("first", 1.25 + 0.5, 2.0),  # 잃은 것: RTO만큼 기다린 시간까지 잰다
        ("last", 0.5, 2.0 - 1.25),  # 늦게 온 것: 다시 보낸 뒤의 시간만 잰다
    ],
)
def test_without_karn_each_choice_is_wrong_once(ambiguous, lost, late) -> None:
    """RFC 6298 §3: 어느 것의 ACK인지 알 수 없다. 한쪽은 잃은 것을, 다른 쪽은 늦은 것을 잘못 잰다."""
    gone = drawn(0.5, 0.5, 0.5, losses=(2,), minimum=1.0, ambiguous=ambiguous)
    slow = drawn(0.5, 0.5, 2.0, minimum=1.0, ambiguous=ambiguous)
    assert (gone.probes[-1].measured, slow.probes[-1].measured) == (lost, late)
    assert (gone.wrong, slow.wrong) == ((1, 0) if ambiguous == "first" else (0, 1))


def test_backoff_doubles_and_the_last_is_the_last() -> None:
    """§5.5: 1.25초, 그 2.5초 뒤(3.75초)에 다시 보낸다. 5초에 온 ACK를 마지막에 보낸 때부터 재면 1.25초다."""
    probe = drawn(0.5, 0.5, 5.0, minimum=1.0, ambiguous="last").probes[-1]
    assert (probe.resent, probe.spurious, probe.measured) == ((1.25, 3.75), 2, 1.25)


def test_measuring_from_the_last_makes_more_spurious_timeouts() -> None:
    karn, last = (rto_samples(RtoSettings("step", losses=(), ambiguous=how)) for how in ("karn", "last"))
    assert last.spurious > karn.spurious > 0


def test_no_setting_runs_for_ever() -> None:
    run = drawn(60.0, 0.001, 60.0, k=0, granularity=0.0, alpha=1.0, beta=1.0)
    assert all(len(probe.resent) <= 60 for probe in run.probes)


@pytest.mark.parametrize("source", ["steady", "noisy", "step", "spike"])
def test_sources_are_the_same_each_time(source) -> None:
    assert RtoSettings(source).rtts == RtoSettings(source).rtts
    assert len(RtoSettings(source).rtts) == 40
    assert (RtoSettings(source, seed=2).rtts != RtoSettings(source).rtts) == (source == "noisy")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"alpha": 0}, "α는 0보다 크고"),
        ({"beta": 1.5}, "β는 0보다 크고"),
        ({"minimum": -1}, "최소 RTO는"),
        ({"source": "random"}, "표본의 꼴은"),
        ({"source": "drawn"}, "그린 표본은 2개 이상"),
        ({"source": "drawn", "drawn": (0.1, -0.1)}, "표본은 0초보다 길고"),
    ],
)
def test_wrong_settings_are_refused(wrong, words) -> None:
    with pytest.raises(ValueError, match=words):
        RtoSettings(**wrong)
