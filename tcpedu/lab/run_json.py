"""`KernelRun`을 JSON으로, 다시 `KernelRun`으로.

같은 종류의 값을 열로 모으고 앞의 값과의 차이만 적는다: 고르게 느는 번호는 거의 사라져, 눌러 담으면 몇십 kB다.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from itertools import accumulate
from typing import Any

from .kernel_run import EmulatorSettings, KernelRun, Sample, SentSegment, Step

_HEAD = ("kernel", "opened", "peer_mss", "peer_scale", "peer_window")
_NUMBERS = ("ack", "window")


def pack_run(run: KernelRun) -> dict[str, Any]:
    """JSON으로 적을 수 있는 값으로. 시각은 마이크로초다."""
    steps = run.steps
    return {
        **{name: getattr(run, name) for name in _HEAD},
        "settings": asdict(run.settings),
        "time": _deltas(round(step.time * 1e6) for step in steps),
        "cause": [step.cause for step in steps],
        **{name: _deltas(getattr(step, name) for step in steps) for name in _NUMBERS},
        "sack": [step.sack for step in steps],
        "sent": _pack_sent(step.sent for step in steps),
        "info": {name: _deltas(getattr(step.info, name) for step in steps) for name in Sample._fields},
    }


def unpack_run(data: dict[str, Any]) -> KernelRun:
    """`pack_run`이 만든 것에서 되살린다."""
    samples = map(Sample, *(accumulate(data["info"][name]) for name in Sample._fields))
    times = (time / 1e6 for time in accumulate(data["time"]))
    blocks = (tuple((left, right) for left, right in sack) for sack in data["sack"])
    numbers = (accumulate(data[name]) for name in _NUMBERS)
    columns = zip(times, data["cause"], *numbers, blocks, _unpack_sent(data["sent"]), samples, strict=True)
    steps = tuple(Step(*row) for row in columns)
    return KernelRun(settings=unpack_settings(data["settings"]), steps=steps, **{name: data[name] for name in _HEAD})


def unpack_settings(data: dict[str, Any]) -> EmulatorSettings:
    """`asdict`한 설정이 JSON을 거쳐 온 것에서: JSON에는 튜플도, 수인 열쇠도 없다."""
    late = {int(number): extra for number, extra in data["late"].items()}
    return EmulatorSettings(**{**data, "drop": tuple(data["drop"]), "late": late})


def _deltas(values: Iterable[int]) -> list[int]:
    """앞의 값과의 차이. `itertools.accumulate`가 되돌린다.

    >>> _deltas([10, 12, 11]), list(accumulate([10, 2, -1]))
    ([10, 2, -1], [10, 12, 11])
    """
    before, found = 0, []
    for value in values:
        found.append(value - before)
        before = value
    return found


def _pack_sent(column: Iterable[tuple[SentSegment, ...]]) -> list[list[list[int]]]:
    """번호는 앞에 보낸 것의 끝에서 얼마나 떨어졌는지로: 이어 보내면 언제나 0이다."""
    end, found = 1, []
    for sent in column:
        row = []
        for segment in sent:
            row.append([segment.seq - end, segment.length, int(segment.again)])
            end = segment.seq + segment.length
        found.append(row)
    return found


def _unpack_sent(column: list[list[list[int]]]) -> Iterable[tuple[SentSegment, ...]]:
    end = 1
    for row in column:
        sent = []
        for gap, length, again in row:
            sent.append(SentSegment(end + gap, length, bool(again)))
            end += gap + length
        yield tuple(sent)
