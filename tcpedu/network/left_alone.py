"""상대가 말없이 사라지고 내 프로그램도 아무것도 부르지 않으면, 그 상태에 얼마나 머무는가.

강의: lessons/06_state_diagram.ipynb
"""

from __future__ import annotations

from dataclasses import dataclass

from tcpedu.protocol.config import Config
from tcpedu.protocol.state import Event, State

from .stage import PRESETS, Stage

_OPENED = PRESETS["3-way 핸드셰이크"]
_A_CLOSED = (*_OPENED, "A close", "deliver 4", "deliver 5")
# 상태 → 그 상태에 이르는 쪽과 걸음들
_REACH: dict[State, tuple[str, tuple[str, ...]]] = {
    State.LISTEN: ("B", ("B listen",)),
    State.SYN_SENT: ("A", ("A open",)),
    State.SYN_RCVD: ("B", ("B listen", "A open", "deliver 1")),
    State.ESTABLISHED: ("A", _OPENED),
    State.FIN_WAIT_1: ("A", (*_OPENED, "A close")),
    State.FIN_WAIT_2: ("A", _A_CLOSED),
    State.CLOSE_WAIT: ("B", _A_CLOSED),
    State.CLOSING: ("A", (*_OPENED, "A close", "B close", "deliver 5")),
    State.LAST_ACK: ("B", (*_A_CLOSED, "B close")),
    State.TIME_WAIT: ("A", (*_A_CLOSED, "B close", "deliver 6")),
}
# 호출한 결과가 같은 장면에 나오도록 ACK를 미루지 않는다. 나머지는 RFC의 기본값이다.
CONFIG = Config(delayed_ack=0.0)


@dataclass(frozen=True)
class Fate:
    """혼자 남은 뒤의 일: 머문 시간(초, 끝나지 않으면 `None`), 그동안 보낸 세그먼트의 수, 끝낸 사건."""

    seconds: float | None
    sent: int
    event: Event | None


def left_alone(state: State, config: Config = CONFIG) -> Fate:
    """한쪽이 `state`일 때 상대가 사라진다. 그 뒤로는 걸려 있는 타이머만 끝난다.

    CLOSED에서는 사라질 연결이 없으므로 `ValueError`.

    >>> left_alone(State.TIME_WAIT).seconds, left_alone(State.CLOSE_WAIT).seconds
    (240.0, None)
    """
    if state not in _REACH:
        raise ValueError(f"{state.name}에는 혼자 남을 연결이 없습니다")
    end, steps = _REACH[state]
    other = "A" if end == "B" else "B"
    stage = Stage(config=config).play(*steps)
    began, before = stage.now, len(stage.trace)
    if stage.state(other) is not State.CLOSED:
        stage.do(f"{other} crash")
    _lose_everything(stage)
    while stage.state(end) is state and any(choice.key == "timer" for choice in stage.choices()):
        stage.do("timer")
        _lose_everything(stage)
    if stage.state(end) is state:
        return Fate(None, len(stage.trace) - before, None)
    last = [line for line in stage.fired if line.end == end][-1]
    return Fate(round(stage.now - began, 3), len(stage.trace) - before, last.event)


def _lose_everything(stage: Stage) -> None:
    for packet in list(stage.flying):
        stage.do(f"lose {packet.number}")
