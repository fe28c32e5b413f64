"""같은 길에서 커널의 cwnd와 우리의 cwnd를 겹쳐 본다.

우리 것은 둘이다: 커널이 받은 ACK를 그대로 먹인 `followed`와, 우리 시뮬레이터가 같은 길에서 스스로 달린 `simulated`.
강의: lessons/16_capstone.ipynb
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple

from tcpedu.network.apps import bulk, sink
from tcpedu.network.losses import data_loss
from tcpedu.network.setup import CLIENT, PORT, pair

from .emulator import emulate
from .follow_acks import follow_acks, matching_config
from .kernel_lab import KernelLabError
from .kernel_run import MSS, EmulatorSettings, KernelRun
from .kernel_runs import RUNS, recorded_run

Points = tuple[tuple[float, float], ...]
"""(시각, cwnd). 시각은 SYN을 보낸 때부터 센 초, cwnd는 세그먼트다."""


class Moment(NamedTuple):
    """한 시각의 세 cwnd, 세그먼트."""

    time: float
    kernel: float
    followed: float
    simulated: float


@dataclass(frozen=True)
class Overlay:
    """겹친 것. `source`는 커널의 값이 어디서 왔는지 화면에 적을 말이다. 화면에는 0.5초마다의 표가 나온다."""

    source: str
    run: KernelRun = field(repr=False)
    kernel: Points
    followed: Points
    simulated: Points
    gap: float
    """ACK마다 견주어, 커널과 `followed`가 가장 멀리 떨어진 때의 차이."""

    def moments(self, every: float = 0.5) -> list[Moment]:
        """`every`초마다의 값. ACK가 몰려오는 때를 피해 왕복의 가운데에서 본다."""
        count = int(self.run.steps[-1].time / every)
        lines = (self.kernel, self.followed, self.simulated)
        times = [round(self.run.settings.delay + number * every, 6) for number in range(1, count + 1)]
        return [Moment(time, *(_at(line, time) for line in lines)) for time in times]

    def __repr__(self) -> str:
        lines = [self.source, "    초   커널  ACK를 따라간 우리  시뮬레이터의 우리"]
        lines += [
            f"{row.time:6.2f} {row.kernel:6.0f} {row.followed:18.0f} {row.simulated:18.0f}" for row in self.moments()
        ]
        return "\n".join(lines)


def overlay(congestion: Literal["reno", "cubic"] = "reno", *, live: bool = False) -> Overlay:
    """하나를 잃은 뒤의 긴 실행. `live`면 이 컴퓨터의 커널로 지금 해 보고(7초), 할 수 없으면 까닭을 적고 기록을 쓴다.

    >>> result = overlay("reno")
    >>> result.source, result.moments()[1]
    ('기록해 둔 리눅스 6.18.44', Moment(time=1.05, kernel=59, followed=59.0, simulated=59.0))
    """
    name = f"long_{congestion}"
    source, run = _live(name) if live else ("기록해 둔 리눅스", recorded_run(name))
    comparison = follow_acks(run)
    followed = tuple((row.step.time, row.cwnd) for row in comparison.rows)
    simulated = simulate(run.settings)
    return Overlay(f"{source} {run.kernel}", run, tuple(run.cwnd), followed, simulated, comparison.cwnd_gap)


def _live(name: str) -> tuple[str, KernelRun]:
    try:
        return "이 컴퓨터의 리눅스", emulate(RUNS[name])
    except KernelLabError as error:
        return f"({error}) 기록해 둔 리눅스", recorded_run(name)


def simulate(settings: EmulatorSettings) -> Points:
    """같은 길과 같은 손실을 우리 시뮬레이터에서. ACK의 손실과 늦는 세그먼트는 흉내 내지 않는다."""
    simulation, client, server = pair(settings.delay, (), None, data_loss(Counter(settings.drop)), rate=settings.rate)
    config = replace(matching_config(settings), remote_port=None)
    receiver = replace(config, delayed_ack=0.0, receive_buffer=1 << 22)  # 커널의 quickack 경로처럼 세그먼트마다 ACK
    server.listen(PORT, config=receiver, on_accept=sink)
    bulk(client.connect(server, PORT, config=config), settings.segments * MSS, close=False)
    trace = simulation.run(until=settings.until)
    return tuple((sample.time, sample.cwnd / MSS) for sample in trace.windows if sample.host == CLIENT)


def _at(points: Points, time: float) -> float:
    """그 시각의 값: 그때까지의 마지막 점."""
    index = bisect_right(points, time, key=lambda point: point[0])
    return points[max(0, index - 1)][1]
