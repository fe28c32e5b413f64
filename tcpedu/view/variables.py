"""생명선 옆에 보이는 연결의 변수: 기록에 적힌 것을 그림의 높이에 맞춘다."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from .ladder import Layout
from .words import duration

VARIABLES = ("snd_una", "snd_nxt", "rcv_nxt", "cwnd", "rto", "재전송 타이머")
NONE = "—"


def variable_texts(sample: Any) -> list[str]:
    """변수의 값들을 `VARIABLES`의 차례로. 아직 없는 것은 줄표다.

    >>> from tcpedu.network.scenarios import handshake
    >>> variable_texts(handshake().variables[0])
    ['100', '101', '—', '14600', '1초', '1초에 끝남']
    """
    numbers = (sample.snd_una, sample.snd_nxt, sample.rcv_nxt, sample.cwnd)
    texts = [NONE if number is None else str(number) for number in numbers]
    if sample.rto is None:
        return [*texts, NONE, NONE]
    timer = "꺼짐" if sample.rtx_at is None else f"{duration(sample.rtx_at)}에 끝남"
    return [*texts, duration(sample.rto), timer]


def readouts(trace: Any, plan: Layout) -> list[list[Any]]:
    """[생명선 번호, 높이, 상대의 이름, 값들]의 목록. 높이 순서다.

    한 호스트가 여러 상대와 이야기하면 그때그때 바뀐 연결의 변수가 보인다.
    """
    moments = _moments(plan)
    places: dict[tuple[str, float], int] = defaultdict(int)
    found = []
    for sample in trace.variables:
        key = sample.host, round(sample.time, 9)
        ys = moments.get(key, [])
        # 같은 시각에 여러 일이 있었으면 차례대로 하나씩 맞춘다.
        y = ys[min(places[key], len(ys) - 1)] if ys else plan.y_at(sample.time)
        places[key] += 1
        found.append([plan.names.index(sample.host), round(y, 1), sample.peer, variable_texts(sample)])
    return sorted(found, key=lambda readout: readout[1])


def _moments(plan: Layout) -> dict[tuple[str, float], list[float]]:
    """(호스트, 시각) → 변수를 바꾼 일의 높이들. 받아서 바뀐 것은 받은 자리, 아니면 보낸 자리다."""
    arrivals: dict[tuple[str, float], list[float]] = defaultdict(list)
    sends: dict[tuple[str, float], list[float]] = defaultdict(list)
    for arrow in plan.arrows:
        record = arrow.record
        sends[record.src, round(record.sent, 9)].append(arrow.y1)
        if record.arrived is not None:
            arrivals[record.dst, round(record.arrived, 9)].append(arrow.y2)
    first = {key: [min(ys)] for key, ys in sends.items()}
    return first | {key: sorted(ys) for key, ys in arrivals.items()}
