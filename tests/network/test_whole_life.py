"""연결의 일생: 이정표가 배운 차례로 나오고, 손실을 바꾸면 따라 바뀐다."""

from __future__ import annotations

import pytest

from tcpedu.network.flow import follow
from tcpedu.network.landmarks import landmarks
from tcpedu.network.setup import CLIENT
from tcpedu.network.whole_life import SIZE, whole_life
from tcpedu.protocol.state import State

EVERYTHING = {
    "옵션", "SYN도 번호 하나", "연결 수립", "처음 윈도우", "누적 확인응답", "슬로 스타트", "손실", "SACK",
    "빠른 재전송", "빠른 회복", "제로 윈도우", "탐침", "다시 조금부터", "윈도우 갱신", "혼잡 회피", "FIN", "상대의 FIN",
    "CLOSE_WAIT", "TIME_WAIT", "CLOSED",
}  # fmt: skip
STORY = (
    "옵션", "연결 수립", "슬로 스타트", "손실", "SACK", "빠른 재전송", "제로 윈도우", "탐침", "윈도우 갱신", "FIN",
    "TIME_WAIT",
)  # fmt: skip


def found(**how: object) -> dict[str, float]:
    return {mark.idea: mark.time for mark in landmarks(whole_life(**how))}  # type: ignore[arg-type]


def finished(**how: object) -> float:
    trace = whole_life(**how)  # type: ignore[arg-type]
    return next(time for time, ack in follow(trace, CLIENT).acked if ack > SIZE)


def test_every_idea_is_on_the_ladder_in_order() -> None:
    times = found()
    assert set(times) == EVERYTHING
    assert [times[idea] for idea in STORY] == sorted(times[idea] for idea in STORY)
    assert times["CLOSED"] - times["TIME_WAIT"] == pytest.approx(60.0)  # 2 MSL


def test_the_arrows_say_the_landmark_and_its_lesson() -> None:
    trace = whole_life()
    for mark in landmarks(trace):
        if mark.number is not None:
            note = trace.segments[mark.number - 1].note
            assert f"[{mark.lesson} " in note


def test_landmarks_follow_the_losses() -> None:
    assert {"손실", "SACK", "빠른 재전송"}.isdisjoint(found(drops=[]))
    assert "재전송" in found(drops=[11, 46])  # FIN을 잃으면 타이머가 다시 보낸다


def test_time_wait_answers_the_repeated_fin() -> None:
    trace = whole_life(drops=[11, 49])
    assert trace.state_at("서버", 200.0) is State.CLOSED
    assert found(drops=[11, 49])["CLOSED"] == pytest.approx(found()["CLOSED"] + 1.0, abs=0.1)


def test_a_loss_before_the_bottleneck_costs_nothing() -> None:
    assert finished(drops=[11, 8]) == finished() == finished(drops=[])
    assert finished(drops=[11, 8], read_at=0.0) > finished(read_at=0.0) + 0.1
