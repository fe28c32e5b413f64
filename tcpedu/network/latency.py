"""큐와 지연: 대량 전송 곁에서 대화하는 흐름이 겪는 지연을 큐마다 견준다 (버퍼블로트, RFC 8289 §1, RFC 7567).

강의: lessons/11_modern_congestion_control.ipynb
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tcpedu.protocol.congestion import Cubic

from .apps import Exchange
from .contest import Contest, Point, Runner, config_for, queue_delays, start_bulk, start_ping
from .flow import follow
from .queues import CoDel, Red, TailDrop
from .simulation import Simulation
from .topology import dumbbell
from .trace import Trace

QUEUES = {"small": "작은 버퍼", "huge": "큰 버퍼", "red": "RED", "codel": "CoDel"}


@dataclass(frozen=True)
class Household:
    """한집의 인터넷: 대량 전송 `bulks`개와, 작은 요청을 되풀이하는 흐름 하나가 병목을 나눠 쓴다.

    `small`과 `huge`는 꼬리를 버리는 두 큐의 크기(패킷), `ecn`이면 RED와 CoDel이 버리는 대신 표시한다.
    """

    algorithm: Callable[..., Any] = Cubic
    bulks: int = 1
    rate: float = 2e6
    rtt: float = 0.04
    small: int = 8
    huge: int = 200
    ecn: bool = False
    duration: float = 8.0
    seed: int = 0

    def __post_init__(self) -> None:
        if not 1 <= self.bulks <= 3:
            raise ValueError(f"대량 전송은 하나부터 셋까지입니다: {self.bulks}")
        if self.small > self.huge:
            raise ValueError(f"작은 버퍼({self.small})가 큰 버퍼({self.huge})보다 클 수 없습니다")

    def contest(self, queue: str) -> Contest:
        """큐의 이름(`QUEUES`)에 맞는 병목의 조건."""
        if queue not in QUEUES:
            raise ValueError(f"모르는 큐입니다: {queue}. {', '.join(QUEUES)} 가운데 하나를 고르세요")
        aqm: Any = queue if queue in ("red", "codel") else "tail"
        runners = tuple(Runner(self.algorithm, self.rtt) for _ in range(self.bulks))
        return Contest(
            runners, rate=self.rate, queue=self.small if queue == "small" else self.huge, aqm=aqm,
            ecn=self.ecn and aqm != "tail", duration=self.duration, seed=self.seed,
        )  # fmt: skip


@dataclass(frozen=True)
class Latency:
    """큐 하나의 결과. `delay`는 (큐를 떠난 시각, 기다린 초), `answers`는 (답을 받은 시각, 걸린 초)다."""

    queue: str
    trace: Trace
    delay: list[Point]
    answers: list[Point]
    goodput: float
    drops: int
    marks: int
    slowest: float

    @property
    def typical(self) -> float:
        """대화하는 흐름이 답을 기다린 시간의 가운데 값, 초."""
        return quantile([value for _, value in self.answers], 0.5)

    @property
    def worst(self) -> float:
        """백에 다섯은 이보다 오래 기다렸다(95%), 초."""
        return quantile([value for _, value in self.answers], 0.95)


def quantile(values: list[float], part: float) -> float:
    """작은 것부터 세어 `part`만큼의 자리에 있는 값. 비었으면 0.

    >>> quantile([3.0, 1.0, 2.0], 0.5), quantile([], 0.5)
    (2.0, 0.0)
    """
    return sorted(values)[min(len(values) - 1, int(part * len(values)))] if values else 0.0


def household(home: Household, queue: str) -> Latency:
    """`queue`를 쓰는 병목에서 한 번 돌린다.

    >>> household(Household(duration=3.0), "huge").worst > household(Household(duration=3.0), "codel").worst
    True
    """
    contest = home.contest(queue)
    net = dumbbell(
        Simulation(home.seed), home.bulks + 1, rate=home.rate, delay=home.rtt / 2, queue=_queue(contest),
        ecn=contest.ecn,
    )  # fmt: skip
    for index, runner in enumerate(contest.runners):
        start_bulk(net, index, config_for(runner, contest))
    ping = start_ping(net, home.bulks)
    answered = _stamp(ping, net.simulation)
    trace = net.simulation.run(until=home.duration)
    flows = [follow(trace, sender.name) for sender in net.senders[: home.bulks]]
    new = sum(size for flow in flows for _, size, first in flow.arrivals if first)
    answers = list(zip(answered, ping.latencies, strict=True))
    return Latency(
        queue, trace, queue_delays(trace, net, home.rate), answers, new * 8 / home.duration,
        sum(flow.count("drop") for flow in flows), sum(flow.count("mark") for flow in flows),
        max(ping.latencies, default=0.0),
    )  # fmt: skip


def _queue(contest: Contest) -> TailDrop:
    """RED의 문턱은 논문의 기본값(5와 15패킷)이고, 평균은 짧은 실험에 맞게 빨리 따라간다."""
    if contest.aqm == "red":
        return Red(5, 15, max_p=0.1, weight=0.02, limit=contest.queue, seed=contest.seed)
    return CoDel(limit=contest.queue) if contest.aqm == "codel" else TailDrop(contest.queue)


def _stamp(ping: Exchange, simulation: Simulation) -> list[float]:
    """답을 다 받은 시각을 적어 둔다."""
    moments: list[float] = []
    answer = ping.socket.on_data
    assert answer is not None

    def note(socket: Any) -> None:
        answer(socket)
        if len(ping.latencies) > len(moments):
            moments.append(simulation.now)

    ping.socket.on_data = note
    return moments


__all__ = ["QUEUES", "Household", "Latency", "household", "quantile"]
