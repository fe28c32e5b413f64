"""같은 길의 두 cwnd를 겹치기."""

import pytest

from tcpedu.lab import overlay as module
from tcpedu.lab.emulator import KernelUnavailableError
from tcpedu.lab.overlay import overlay


@pytest.mark.parametrize(("congestion", "gap"), [("reno", 0), ("cubic", 2)])
def test_kernel_and_ours_lie_on_each_other(congestion: str, gap: int) -> None:
    """ACK를 따라간 것도, 우리 시뮬레이터가 스스로 달린 것도. 왕복의 가운데에서 0.1초마다 본다."""
    found = overlay(congestion)  # type: ignore[arg-type]
    assert found.gap <= gap
    rows = found.moments(0.1)
    assert len(rows) > 60 and max(row.kernel for row in rows) >= 110
    assert max(abs(row.kernel - row.followed) for row in rows) <= gap
    assert max(abs(row.kernel - row.simulated) for row in rows) <= gap
    assert repr(found).startswith("기록해 둔 리눅스") and "시뮬레이터" in repr(found)


def test_without_a_kernel_it_says_so_and_uses_the_recording(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(settings: object) -> None:
        raise KernelUnavailableError("이 컴퓨터에서는 할 수 없습니다.")

    monkeypatch.setattr(module, "emulate", refuse)
    found = overlay("reno", live=True)
    assert "이 컴퓨터에서는 할 수 없습니다" in found.source and "기록해 둔" in found.source
