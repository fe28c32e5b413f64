"""커널 둘을 흉내 낸 링크로 잇는 일. 할 수 없는 컴퓨터에서는 까닭을 적고 건너뛴다."""

import os
import sys

import psutil
import pytest

from tcpedu.lab import emulator
from tcpedu.lab.emulated_link import EmulatedLink
from tcpedu.lab.emulator import KernelUnavailableError, emulate
from tcpedu.lab.follow_acks import follow_acks
from tcpedu.lab.kernel_run import EmulatorSettings, KernelRun
from tcpedu.lab.system import explain, other_system, try_kernel

REASON = other_system(sys.platform) or explain(*try_kernel())
live = pytest.mark.skipif(REASON is not None, reason=f"진짜 커널 실습을 할 수 없다: {REASON}")


def run_live(settings: EmulatorSettings) -> KernelRun:
    before = leftovers()
    run = emulate(settings)
    assert leftovers() == before
    return run


def leftovers() -> set[str]:
    """남은 자식 과정과 네트워크 장치."""
    children = {str(child.pid) for child in psutil.Process().children(recursive=True)}
    return children | set(os.listdir("/sys/class/net"))


@live
@pytest.mark.parametrize(
    "settings",
    [
        EmulatorSettings(segments=120, drop=(40,)),
        EmulatorSettings(segments=120, drop=(40, 41), sack=True),
        EmulatorSettings(segments=120, drop_acks_every=2),
    ],
    ids=["one-loss", "sack", "half-the-acks"],
)
def test_we_send_what_this_computers_kernel_sends(settings: EmulatorSettings) -> None:
    """다 보내고, 다시 보낸 것은 잃은 것을 모두 덮고, ACK마다 우리와 견준다. 다른 커널에서는 조금 다를 수 있다."""
    run = run_live(settings)
    assert run.steps[0].cause == "write" and len(run.steps[0].sent) == 10
    assert run.steps[-1].ack == settings.segments * 1000 + 1
    again = {sent.seq // 1000 + 1 for step in run.steps for sent in step.sent if sent.again}
    assert set(settings.drop) <= again
    assert follow_acks(run).agreement >= 0.9, repr(follow_acks(run))


@live
def test_it_stops_by_itself() -> None:
    """끝내 도착하지 못하게 해도 `until`에서 멈춘다."""
    run = run_live(EmulatorSettings(segments=20, drop=(1,) * 10, until=1.0))
    assert 0.3 < run.steps[-1].time <= 1.0
    assert run.steps[-1].info.lost >= 1 or run.steps[-1].cause == "timer"


@live
def test_a_late_segment_is_reordered_not_lost() -> None:
    run = run_live(EmulatorSettings(segments=60, late={5: 0.02}, sack=True))
    assert any(step.sack for step in run.acks)
    assert run.steps[-1].ack == 60_001


def test_where_it_cannot_the_reason_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(KernelUnavailableError, match=r"macOS에는 .*기록해 둔"):
        emulate()


def test_where_a_container_forbids_it_the_reason_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(emulator, "_run_child", lambda settings: {"step": "unshare", "errno": 1})
    with pytest.raises(KernelUnavailableError, match="권한이 없습니다"):
        emulate()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"congestion": "bbr"}, "reno나 cubic"),
        ({"until": 0}, "60초 이하"),
        ({"until": 100.0}, "60초 이하"),
        ({"segments": 0}, "10000개 이하"),
    ],
)
def test_bad_settings_are_refused(settings: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        EmulatorSettings(**settings)  # type: ignore[arg-type]


def test_a_link_without_a_rate_only_delays() -> None:
    link = EmulatedLink(delay=0.05)
    assert [link.arrival(1040, now) for now in (0.0, 0.0, 1.0)] == [0.05, 0.05, 1.05]


def test_a_link_empties_its_queue_in_time() -> None:
    link = EmulatedLink(delay=0.0, rate=8000, queue=1)
    assert [link.arrival(1000, now) for now in (0.0, 0.0, 0.5, 1.0, 5.0)] == [1.0, 2.0, None, 3.0, 6.0]
