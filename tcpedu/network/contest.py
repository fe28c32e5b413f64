"""병목 하나를 나눠 쓰는 겨루기: 조건(`Contest`)을 받아 돌리고, 시간에 따라 변한 값(`Outcome`)을 낸다.

강의: lessons/09_congestion_control.ipynb, lessons/11_modern_congestion_control.ipynb
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from math import inf, nan
from typing import Any, Literal, NamedTuple

from tcpedu.protocol.config import Config
from tcpedu.protocol.congestion import Bbr, BbrPhase, CongestionControl, Cubic, Phase, Reno

from .apps import Exchange, bulk, request_response, responder, sink
from .flow import Flow, follow
from .impairments import Loss, bernoulli, drop_data, gilbert_elliott
from .queues import CoDel, Red, TailDrop
from .setup import PORT
from .simulation import Simulation
from .topology import Dumbbell, dumbbell
from .trace import Trace

Point = tuple[float, float]
ALGORITHMS: dict[str, type[CongestionControl]] = {"Reno": Reno, "CUBIC": Cubic, "BBR": Bbr}
MSS = 1460
_BURST = 4  # 몰아서 잃을 때 한 번에 잃는 수
_PHASES = {phase.name: phase.korean for phase in (*Phase, *BbrPhase)}


@dataclass(frozen=True)
class Runner:
    """겨루는 흐름 하나. `algorithm`은 `CongestionControl`을 잇는 클래스, `rtt`는 큐가 비었을 때의 왕복 시간(초)이다."""

    algorithm: Callable[..., Any] = Reno
    rtt: float = 0.1
    sack: bool = True
    start: float = 0.0


@dataclass(frozen=True)
class Contest:
    """겨루기의 조건. 속도는 비트/초, 시간은 초, 큐는 패킷 수다.

    `aqm`은 병목의 큐, `loss`는 큐와 상관없이 데이터를 잃는 꼴이다: "nth"는 `nth`번째 데이터 하나, "burst"는 거기부터
    넷, "random"은 하나하나 확률 `loss_rate`로, "bursts"는 같은 확률로 몰아서 잃는다.
    """

    runners: tuple[Runner, ...] = (Runner(),)
    rate: float = 1e6
    queue: int = 20
    aqm: Literal["tail", "red", "codel"] = "tail"
    ecn: bool = False
    loss: Literal["none", "nth", "burst", "random", "bursts"] = "none"
    nth: int = 100
    loss_rate: float = 0.01
    delayed_ack: bool = False
    duration: float = 10.0
    seed: int = 0

    def __post_init__(self) -> None:
        if not 1 <= len(self.runners) <= 4:
            raise ValueError(f"흐름은 하나부터 넷까지입니다: {len(self.runners)}")
        if min(runner.rtt for runner in self.runners) <= 0:
            raise ValueError("왕복 시간은 0보다 커야 합니다")
        if self.duration <= 0 or self.rate <= 0:
            raise ValueError("시간과 속도는 0보다 커야 합니다")

    @property
    def bdp(self) -> float:
        """첫 흐름의 대역폭-지연 곱, MSS 단위 (RFC 7323 §1.1)."""
        return self.rate * self.runners[0].rtt / 8 / MSS


class Stage(NamedTuple):
    """단계 하나: [시작, 끝)과 우리말 이름. `kind`는 RFC의 이름이다."""

    start: float
    end: float
    kind: str
    name: str


@dataclass(frozen=True)
class FlowSeries:
    """흐름 하나의 값들. cwnd, ssthresh, 보낸 뒤 확인받지 못한 양은 MSS, 빠르기는 비트/초다."""

    name: str
    flow: Flow
    cwnd: list[Point]
    ssthresh: list[Point]
    in_flight: list[Point]
    throughput: list[Point]
    goodput: list[Point]
    stages: list[Stage]
    mean_goodput: float


@dataclass(frozen=True)
class Outcome:
    """겨루기의 결과. `queue`는 (시각, 기다리는 패킷 수), `delay`는 (큐를 떠난 시각, 기다린 초)다."""

    contest: Contest
    trace: Trace
    flows: list[FlowSeries]
    queue: list[Point]
    delay: list[Point]

    @property
    def jain(self) -> float:
        """유효 처리율의 공정성."""
        return jain_index([flow.mean_goodput for flow in self.flows])

    @property
    def mean_delay(self) -> float:
        """데이터가 병목의 큐에서 기다린 시간의 평균, 초."""
        return sum(value for _, value in self.delay) / len(self.delay) if self.delay else 0.0

    @property
    def utilization(self) -> float:
        """병목의 속도 가운데 유효 처리율로 쓴 몫."""
        new = sum(size for series in self.flows for _, size, first in series.flow.arrivals if first)
        return new * 8 / self.contest.duration / self.contest.rate


def jain_index(rates: Sequence[float]) -> float:
    """Jain의 공정성 지수 (Jain, Chiu, Hawe 1984): 모두 같으면 1, 하나가 다 가지면 1/n이다.

    >>> jain_index([5.0, 5.0]), jain_index([10.0, 0.0])
    (1.0, 0.5)
    """
    squares = sum(rate * rate for rate in rates)
    return sum(rates) ** 2 / (len(rates) * squares) if squares else 1.0


# 돌리기 -------------------------------------------------------------------


def compete(contest: Contest) -> Outcome:
    """겨루기를 한 번 돌린다. 같은 조건이면 언제나 같은 결과다.

    >>> outcome = compete(Contest(duration=2.0))
    >>> [round(value) for time, value in outcome.flows[0].cwnd][:3]
    [10, 11, 12]
    """
    rtts = [runner.rtt for runner in contest.runners]
    net = dumbbell(
        Simulation(contest.seed), len(rtts), rate=contest.rate, delay=min(rtts) / 2, queue=new_queue(contest),
        access_delays=[(rtt - min(rtts)) / 2 for rtt in rtts], loss=_loss(contest), ecn=contest.ecn,
    )  # fmt: skip
    for index, runner in enumerate(contest.runners):
        start_bulk(net, index, config_for(runner, contest), runner.start)
    trace = net.simulation.run(until=contest.duration)
    return _outcome(contest, net, trace)


def new_queue(contest: Contest) -> TailDrop:
    """조건에 맞는 병목의 큐. RED의 문턱은 큐의 1/4과 3/4이고, 평균은 짧은 실험에 맞게 빨리 따라간다."""
    limit = max(1, contest.queue)
    if contest.ecn and contest.aqm == "tail":
        raise ValueError("꼬리를 버리는 큐는 ECN을 표시하지 못합니다. RED나 CoDel을 고르세요")
    if contest.aqm == "red":
        low = max(1.0, limit / 4)
        return Red(low, max(low + 1, limit * 0.75), max_p=0.1, weight=0.02, limit=limit, seed=contest.seed)
    if contest.aqm == "codel":
        return CoDel(limit=limit)
    return TailDrop(limit)


def config_for(runner: Runner, contest: Contest) -> Config:
    """흐름의 연결 설정. 받는 쪽의 버퍼가 먼저 차지 않게 넉넉히 주고, SACK을 쓰면 PRR로 회복한다 (RFC 9937)."""
    return Config(
        congestion=checked(runner.algorithm), mss=MSS, sack=runner.sack, recovery="prr" if runner.sack else "rfc6582",
        ecn=contest.ecn, receive_buffer=1 << 20, window_scale=7, delayed_ack=0.2 if contest.delayed_ack else 0.0,
    )  # fmt: skip


def checked(algorithm: Any) -> Callable[..., CongestionControl]:
    """혼잡 제어로 쓸 수 있는지 본다. 모자란 것이 있으면 이름을 대고 거절한다. `partial(Cubic, hystart=True)`도 된다."""
    needed = ("on_ack", "on_loss", "on_timeout")
    kind = algorithm.func if isinstance(algorithm, partial) else algorithm
    missing = [name for name in needed if not callable(getattr(kind, name, None))]
    if not callable(algorithm) or missing:
        name = getattr(kind, "__name__", repr(algorithm))
        raise ValueError(
            f"혼잡 제어로 쓸 수 없습니다: {name}에 {', '.join(missing) or '생성자'}이(가) 없습니다."
            " CongestionControl을 물려받은 클래스를 주세요"
        )
    return algorithm


def start_bulk(net: Dumbbell, index: int, config: Config, at: float = 0.0) -> None:
    """`index`번째(0부터) 흐름이 `at`초에 연결을 열고 쉬지 않고 보낸다."""
    sender, receiver = net.senders[index], net.receivers[index]
    receiver.listen(PORT, config=config, on_accept=sink)
    net.simulation.at(at, lambda: bulk(sender.connect(receiver, PORT, config=config)))


def start_ping(net: Dumbbell, index: int, *, every: float = 0.1, size: int = 100) -> Exchange:
    """`index`번째 흐름이 작은 요청과 응답을 `every`초 쉬며 되풀이한다: 대화하는 응용의 몫이다."""
    config = Config(delayed_ack=0.0, nodelay=True, min_rto=0.2)  # 리눅스의 RTO 하한: 실제로 겪는 지연에 가깝다
    sender, receiver = net.senders[index], net.receivers[index]
    receiver.listen(PORT, config=config, on_accept=responder(size, size))
    socket = sender.connect(receiver, PORT, config=config)
    return request_response(socket, request=size, response=size, count=1 << 30, think=every)


def _loss(contest: Contest) -> Loss | None:
    if contest.loss == "none":
        return None
    if contest.loss in ("nth", "burst"):
        return drop_data(range(contest.nth, contest.nth + (_BURST if contest.loss == "burst" else 1)))
    model = bernoulli(contest.loss_rate, contest.seed)
    if contest.loss == "bursts":
        # 나쁜 상태의 비율이 loss_rate가 되게 한다: to_bad / (to_bad + to_good) (Gilbert–Elliott).
        to_good = 1 / _BURST
        model = gilbert_elliott(to_good * contest.loss_rate / (1 - contest.loss_rate), to_good, seed=contest.seed)
    return lambda packet: bool(packet.segment.payload) and model(packet)


# 값 뽑기 ------------------------------------------------------------------


def _outcome(contest: Contest, net: Dumbbell, trace: Trace) -> Outcome:
    interval = rate_interval(contest)
    flows = [
        _series(index, follow(trace, sender.name), contest, interval)
        for index, sender in enumerate(net.senders)
    ]  # fmt: skip
    queue = [(time, float(length)) for time, length in net.queue_lengths]
    return Outcome(contest, trace, flows, queue, queue_delays(trace, net, contest.rate))


def rate_interval(contest: Contest) -> float:
    """처리율을 세는 구간, 초. 왕복 시간보다 짧으면 버스트가 그대로 보이므로 그보다 길게 잡는다."""
    return max(contest.duration / 40, 2 * max(runner.rtt for runner in contest.runners))


def _series(index: int, flow: Flow, contest: Contest, interval: float) -> FlowSeries:
    until = contest.duration
    runner = contest.runners[index]
    active = max(1e-9, until - runner.start)
    new = sum(size for _, size, first in flow.arrivals if first)
    return FlowSeries(
        f"흐름 {index + 1}", flow,
        cwnd=[(sample.time, sample.cwnd / MSS) for sample in flow.windows],
        ssthresh=[(sample.time, nan if sample.ssthresh == inf else sample.ssthresh / MSS) for sample in flow.windows],
        in_flight=[(time, size / MSS) for time, size in flow.in_flight],
        throughput=flow.rate(interval, until), goodput=flow.rate(interval, until, new_only=True),
        stages=stages(flow, until), mean_goodput=new * 8 / active,
    )  # fmt: skip


def stages(flow: Flow, until: float) -> list[Stage]:
    """혼잡 제어의 단계가 이어진 차례. 이웃한 같은 단계는 하나로 잇는다."""
    found: list[Stage] = []
    for sample in flow.windows:
        if found and found[-1].kind == sample.phase:
            continue
        if found:
            found[-1] = found[-1]._replace(end=sample.time)
        found.append(Stage(sample.time, until, sample.phase, _PHASES.get(sample.phase, sample.phase)))
    return found


def queue_delays(trace: Trace, net: Dumbbell, rate: float) -> list[Point]:
    """데이터마다 (큐를 떠난 시각, 병목의 큐에서 기다린 초): 걸린 시간에서 전파와 전송을 뺀다."""
    access = {sender.name: delay for sender, delay in zip(net.senders, net.access_delays, strict=True)}
    waits = []
    for sent in trace.segments:
        if sent.arrived is not None and sent.src in access and sent.segment.payload:
            left = sent.arrived - net.bottleneck.delay - sent.size * 8 / rate
            waits.append((left, max(0.0, left - sent.sent - access[sent.src])))
    return sorted(waits)


__all__ = [
    "ALGORITHMS", "MSS", "Contest", "FlowSeries", "Outcome", "Runner", "Stage", "checked", "compete", "config_for",
    "jain_index", "new_queue", "queue_delays", "rate_interval", "stages", "start_bulk", "start_ping",
]  # fmt: skip
