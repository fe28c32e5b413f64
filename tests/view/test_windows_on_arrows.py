"""윈도우가 이야기의 주인공일 때는 화살표에 윈도우 값을 적는다."""

from __future__ import annotations

from tcpedu.network.closed_window import closed_window
from tcpedu.view import LadderPlayer, sequence_diagram


def test_windows_are_told_when_asked() -> None:
    trace = closed_window()
    shown = repr(sequence_diagram(trace, windows=True))
    assert "ACK seq=301 ack=3101 win=0\n" in shown and "win=" not in repr(sequence_diagram(trace))
    assert all(f"win={value}" in sequence_diagram(trace, windows=True).script for value in (3000, 2000, 1000, 0))


def test_the_ladder_can_tell_them_too() -> None:
    player = LadderPlayer(lambda drops, delays: closed_window(drops=drops, delays=delays), windows=True)
    assert "win=2000" in player.as_text() and "win=2000" in player.scene["svg"]
    assert "win=" not in LadderPlayer(closed_window()).scene["svg"]
