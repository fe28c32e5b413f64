"""답의 쪽이 적은 값에, 커널 밖의 상대가 본 것을 잇는다. 이어진 값은 커널 안에서 모두 돌렸을 때와 같은 모양이다."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tcpedu.course.socket_answers import WATCHING, rows, server_rows
from tcpedu.course.values import MISSING, encode
from tcpedu.grading.meeting import Meeting
from tcpedu.lab.serving import Served

SERVER = "socket_server"


@dataclass
class Encounter:
    """만남 하나에서 상대의 쪽이 본 것. `excused`이면 서버가 낸 오류는 억지로 깨웠거나 손님이 끊은 탓이다."""

    served: Served = field(default_factory=Served)
    excused: bool = False


def joined(number: int, value: Any, meeting: Meeting, met: Sequence[Encounter]) -> Any:
    """`number`번 만남에서 커널이 적은 값에 상대가 본 것을 잇는다."""
    mine = value.get("$steps") if isinstance(value, dict) else None
    if not isinstance(mine, list):
        return value  # 부르지도 못했다
    if number >= len(met):
        return dict(MISSING)  # 만난 적이 없다
    encounter, adapter, script = met[number], meeting.problem.adapter, meeting.cases[number].args[0]
    if adapter == SERVER:
        steps = encode(server_rows(script, encounter.served))["$steps"]
        return {"$steps": [_failed(mine, encounter), *steps[1:]]}
    seen = encode(rows((), script if adapter in WATCHING else (), encounter.served.guests))["$steps"]
    return {"$steps": [*mine, *seen]}


def _failed(mine: list[Any], encounter: Encounter) -> Any:
    """서버나 그 스레드에서 난 오류의 줄."""
    if len(mine) != 2:
        return None
    row, in_thread = mine
    return ["(listener, stop)", None] if encounter.excused and in_thread == ["스레드에서", False] else row
