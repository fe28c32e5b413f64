"""기록(`Trace`)을 사람이 읽는 순서의 이야기로 바꾼다. 그림도 글도 여기서 나온 단계를 쓴다."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median
from typing import Any

from tcpedu.protocol.datagram import Datagram
from tcpedu.protocol.segment import Flags

from .words import clock, duration, josa, segment_label, states_text

_LONG = 5  # 보통의 편도 시간보다 이만큼 길면 '조용했다'거나 '늦었다'고 말한다.
_EDGES = 3  # 줄인 구간의 앞에 남겨 두는 세그먼트 수
_LEAST = 6  # 이보다 짧은 구간은 줄이지 않는다.


@dataclass(frozen=True)
class Sent:
    """세그먼트 하나가 떠났다."""

    src: str
    dst: str
    record: Any
    lost: bool
    late: float = 0.0
    window: bool = False

    @property
    def label(self) -> str:
        """화살표 위의 글."""
        note = f"{self.record.note}: " if self.record.note else ""
        fate = " ✕ 잃음" if self.lost else f" ({duration(self.late)} 걸림)" if self.late else ""
        return f"{note}{segment_label(self.record.segment, window=self.window)}{fate}"

    @property
    def text(self) -> str:
        """글로 된 한 줄."""
        return f"{clock(self.record.sent)}  {self.src} → {self.dst}  {self.label}"


@dataclass(frozen=True)
class Moved:
    """한쪽 끝의 상태가 바뀌었다."""

    host: str
    record: Any

    @property
    def label(self) -> str:
        """쪽지의 글."""
        return str(self.record.new.name)

    @property
    def text(self) -> str:
        """글로 된 한 줄."""
        return f"{clock(self.record.time)}  {self.host}: {self.record.old.name} → {self.record.new.name}"


@dataclass(frozen=True)
class Gap:
    """한참 동안 아무 일도 없었다."""

    seconds: float

    @property
    def label(self) -> str:
        """쪽지의 글."""
        return f"{duration(self.seconds)} 동안 조용하다"

    @property
    def text(self) -> str:
        """글로 된 한 줄."""
        return f"{clock()}  … {self.label}"


@dataclass(frozen=True)
class Skipped:
    """아무 일 없이 이어진 세그먼트들을 한 줄로 줄인 것."""

    records: tuple[Any, ...]

    @property
    def label(self) -> str:
        """쪽지의 글."""
        size = sum(len(record.segment.payload) for record in self.records)
        return f"… 세그먼트 {len(self.records)}개 줄임 (데이터 {size}바이트) …"

    @property
    def text(self) -> str:
        """글로 된 한 줄."""
        return f"{clock()}  {self.label}"


Step = Sent | Moved | Gap | Skipped


def is_again(record: Any) -> bool:
    """다시 보낸 세그먼트인가. 비고에는 다른 말이 함께 적힐 수 있다."""
    return "재전송" in record.note


def flight(trace: Any) -> float:
    """보통의 편도 시간(초): 도착한 세그먼트들의 중앙값. 도착한 것이 없거나 지연이 없으면 0.05."""
    times = [record.arrived - record.sent for record in trace.segments if record.arrived is not None]
    return (float(median(times)) if times else 0.0) or 0.05


def story(trace: Any, *, states: bool = True, limit: int = 10_000, windows: bool = False) -> list[Step]:
    """기록을 시간 순서의 단계로. `windows`면 윈도우 값도 적는다.

    세그먼트가 `limit`개를 넘으면 아무 일 없는 구간을 줄인다.
    """
    usual = flight(trace)
    timed: list[tuple[float, Step]] = []
    for step in trace.steps():
        if step.segment is not None:
            timed.append((step.time, _sent(step.segment, usual, windows)))
        elif states:
            timed.append((step.time, Moved(step.state.host, step.state)))
    steps = list(_with_gaps(timed, usual))
    return _collapse(steps) if len(trace.segments) > limit else steps


def regular_spans(trace: Any) -> list[Skipped]:
    """아무 일 없이 이어져 접어도 되는 세그먼트들의 구간."""
    return [step for step in story(trace, limit=0) if isinstance(step, Skipped)]


def _sent(record: Any, usual: float, window: bool) -> Sent:
    took = 0.0 if record.arrived is None else record.arrived - record.sent
    late = took if took > _LONG * usual else 0.0
    return Sent(record.src, record.dst, record, bool(record.dropped), late, window)


def _with_gaps(timed: list[tuple[float, Step]], usual: float) -> Iterable[Step]:
    before = timed[0][0] if timed else 0.0
    for time, step in timed:
        if time - before > _LONG * usual:
            yield Gap(time - before)
        yield step
        before = time


def _plain(step: Step) -> bool:
    special = Flags.SYN | Flags.FIN | Flags.RST
    if not isinstance(step, Sent) or step.lost or step.late or step.record.note:
        return False
    return isinstance(step.record.segment, Datagram) or not step.record.segment.flags & special


def _collapse(steps: list[Step]) -> list[Step]:
    short: list[Step] = []
    run: list[Step] = []
    for step in [*steps, None]:
        if step is not None and _plain(step):
            run.append(step)
            continue
        short += _shorten(run)
        run = []
        if step is not None:
            short.append(step)
    return short


def _shorten(run: list[Step]) -> list[Step]:
    if len(run) < _LEAST + _EDGES + 1:
        return run
    middle = tuple(step.record for step in run[_EDGES:-1] if isinstance(step, Sent))
    return [*run[:_EDGES], Skipped(middle), run[-1]]


def final_states(trace: Any) -> dict[str, str]:
    """호스트마다 마지막 상태의 이름."""
    last = {change.host: change.new.name for change in trace.states}
    return {host: last[host] for host in trace.hosts if host in last}


def counts(trace: Any) -> dict[str, int]:
    """보낸 세그먼트, 잃은 것, 다시 보낸 것의 수."""
    return {
        "sent": len(trace.segments),
        "lost": sum(bool(record.dropped) for record in trace.segments),
        "again": sum(map(is_again, trace.segments)),
    }


def unit(trace: Any) -> str:
    """오간 것을 부르는 말: TCP는 세그먼트, UDP는 데이터그램."""
    datagrams = bool(trace.segments) and all(isinstance(one.segment, Datagram) for one in trace.segments)
    return "데이터그램" if datagrams else "세그먼트"


def elapsed(trace: Any) -> float:
    """첫 일부터 마지막 일까지 걸린 시간."""
    times = [time for record in trace.segments for time in (record.sent, *record.arrivals)]
    times += [change.time for change in trace.states]
    return max(times) - min(times) if times else 0.0


def summary(trace: Any) -> str:
    """기록을 설명하는 한두 문장."""
    if not trace.segments:
        return "오간 세그먼트가 없다."
    many = counts(trace)
    ends = (
        f"{josa(trace.hosts[0], '과')} {josa(trace.hosts[-1], '이')}"
        if len(trace.hosts) == 2
        else (f"호스트 {len(trace.hosts)}곳이")
    )
    text = f"{ends} {duration(elapsed(trace))} 동안 {unit(trace)} {many['sent']}개를 주고받았다."
    if many["lost"]:
        text += f" {many['lost']}개를 잃었고 {many['again']}개를 다시 보냈다."
    elif many["again"]:
        text += f" 잃은 것은 없지만 {many['again']}개를 다시 보냈다."
    last = final_states(trace)
    return text + (f" 마지막 상태는 {josa(states_text(last), '이다')}." if last else "")
