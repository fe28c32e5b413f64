"""07 재전송과 RTO의 문제."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from tcpedu.course.packet_mistakes import MISTAKES
from tcpedu.course.packet_problem import packet_table_problem
from tcpedu.course.packet_tables import WITH_LOSS, isns
from tcpedu.course.problem import Case, Problem
from tcpedu.network.deduce import RETRANSMISSION, RFC, Counting, Row, complete
from tcpedu.network.impairments import drop_data
from tcpedu.network.packet_table import Cell, PacketTable
from tcpedu.network.retransmitting import paced
from tcpedu.network.setup import CLIENT
from tcpedu.network.trace import Trace
from tcpedu.protocol import rto as library
from tcpedu.protocol.rtt import RttSampler

LESSON = "07_retransmission"
Step = tuple[str, Any]

# ── retransmission_times ────────────────────────────────────────────────────


def retransmission_times(rto: float, count: int, max_rto: float) -> list[float]:
    """처음 보낸 때를 0초로 한, 다시 보내는 시각들."""
    estimator = library.RtoEstimator(initial=rto, minimum=0.0, maximum=max_rto)
    times, now = [], 0.0
    for _ in range(count):
        now += estimator.rto
        times.append(now)
        estimator.on_timeout()
    return times


def _times(rto: float, count: int, following: Callable[[float], float]) -> list[float]:
    """기다리는 시간의 규칙만 다른 답."""
    times, now = [], 0.0
    for _ in range(count):
        now += rto
        times.append(now)
        rto = following(rto)
    return times


def _doubles_now(rto: float, count: int, cap: float) -> list[float]:
    times, now, wait = [], 0.0, rto
    for _ in range(count):
        now += wait
        times.append(now)
        wait = min(now * 2, cap)
    return times


def _late_cap(rto: float, count: int, cap: float) -> list[float]:
    """상한을 기다리는 시간이 아니라 시각에 건다."""
    return [min(time, cap) for time in _times(rto, count, lambda wait: wait * 2)]


def _fresh_backoffs(rng: random.Random) -> list[Case]:
    some = [
        Case((round(rng.uniform(0.2, 3.0), 3), rng.randrange(3, 16), rng.choice((10.0, 30.0, 60.0, 120.0))))
        for _ in range(5)
    ]
    return [*some, Case((1.0, 0, 60.0), note="다시 보내지 않는다"), Case((60.0, 4, 60.0), note="처음부터 상한이다")]


RETRANSMISSION_TIMES = Problem(
    name="retransmission_times",
    lesson=LESSON,
    title="다시 보내는 시각",
    points=1,
    rfc="RFC 6298 §2.5, §5.5",
    reference=retransmission_times,
    cases=(
        Case((1.0, 4, 60.0), note="RFC의 기본값"),
        Case((3.0, 3, 60.0), note="3초에서 시작한다"),
        Case((1.0, 9, 60.0), note="상한에 닿는다"),
        Case((0.3, 12, 120.0), note="리눅스의 값"),
        Case((20.0, 4, 30.0), note="상한이 낮다"),
        Case((1.0, 1, 60.0), note="한 번"),
        Case((1.0, 0, 60.0), note="다시 보내지 않는다"),
    ),
    fresh_cases=_fresh_backoffs,
    hints=(
        "타이머가 끝나 다시 보내고 나면, 다음에는 얼마나 기다리는가?",
        "갑절로 늘리되 `max_rto`를 넘지 않는다. 두 값 가운데 작은 쪽이다.",
    ),
    mistakes={
        "상한을 지키지 않았다. 기다리는 시간은 `max_rto`보다 길어지지 않는다.": lambda rto, count, cap: _times(
            rto, count, lambda wait: wait * 2
        ),
        "상한을 넘는다고 아예 늘리지 않았다. 갑절이 `max_rto`를 넘으면 `max_rto`까지는 "
        "늘린다.": lambda rto, count, cap: (
            _times(rto, count, lambda wait: wait * 2 if wait * 2 <= cap else wait)
        ),
        "기다리는 시간을 늘리지 않았다. 타임아웃이 거듭되면 갑절로 늘린다: 지수 백오프.": lambda rto, count, cap: (
            _times(rto, count, lambda wait: wait)
        ),
        "작은 쪽이 아니라 큰 쪽을 골랐다. `max_rto`는 넘지 말아야 할 한계다.": lambda rto, count, cap: _times(
            rto, count, lambda wait: max(wait * 2, cap)
        ),
        "제곱했다. 기다리는 시간은 갑절, 곧 `rto * 2`다.": lambda rto, count, cap: _times(
            rto, count, lambda wait: min(wait**2, cap)
        ),
        "시각이 갑절이 되었다. 갑절이 되는 것은 기다리는 시간이고, 시각은 그것을 더해 나간 것이다.": (
            lambda rto, count, cap: [min(rto * 2**n, cap) for n in range(count)]
        ),
        "처음의 `rto`를 갑절로 했다. 타임아웃마다 갑절이 되는 것은 바로 앞에 기다린 시간 `wait`다.": (
            lambda rto, count, cap: _times(rto, count, lambda wait: min(rto * 2, cap))
        ),
        "지금 시각 `now`를 갑절로 했다. 갑절이 되는 것은 기다리는 시간 `wait`다.": _doubles_now,
        "상한을 기다리는 시간이 아니라 시각에 걸었다. 시각은 얼마든지 커질 수 있다.": _late_cap,
        "기다리는 시간이 일정하게 늘었다. 더하기가 아니라 곱하기다.": lambda rto, count, cap: _times(
            rto, count, lambda wait: min(wait + rto, cap)
        ),
    },
    explanation="답이 없는 것은 망이 막혔기 때문일 수 있다. 그래서 재촉할수록 뜸하게 보낸다. 상한이 없으면 열 번 만에 "
    "17분을 기다리게 되므로 60초 이상에서 멈춘다(RFC 6298 §2.5).",
)

# ── RtoEstimator ────────────────────────────────────────────────────────────


class RtoEstimator(library.RtoEstimator):
    """SRTT, RTTVAR, RTO (RFC 6298 §2)."""

    def __init__(self, minimum: float = 1.0, maximum: float = 60.0, granularity: float = 0.001) -> None:
        super().__init__(minimum=minimum, maximum=maximum, granularity=granularity)


class _Wrong(RtoEstimator):
    """기준 답과 한 곳만 다른 오답의 뼈대: 첫 표본, 다음 표본, RTO를 따로 고칠 수 있다."""

    def sample(self, rtt: float) -> None:
        if self.srtt is None or self.rttvar is None:
            self.first(rtt)
        else:
            self.srtt, self.rttvar = self.following(self.srtt, self.rttvar, rtt)
        self.rto = self._clamp(self.wait())

    def first(self, rtt: float) -> None:
        self.srtt, self.rttvar = rtt, rtt / 2

    def following(self, srtt: float, rttvar: float, rtt: float) -> tuple[float, float]:
        return srtt * 7 / 8 + rtt / 8, rttvar * 3 / 4 + abs(srtt - rtt) / 4

    def wait(self) -> float:
        assert self.srtt is not None and self.rttvar is not None
        return self.srtt + max(self.granularity, 4 * self.rttvar)


def _wrong(**methods: Callable[..., Any]) -> type[_Wrong]:
    """한 메서드만 다른 오답."""
    return type("RtoEstimator", (_Wrong,), methods)


def _mixed(
    alpha: float = 1 / 8, beta: float = 1 / 4, distance: Callable[[float], float] = abs, srtt_first: bool = False
) -> type[_Wrong]:
    """다음 표본을 섞는 법만 다른 오답."""

    def following(self: _Wrong, srtt: float, rttvar: float, rtt: float) -> tuple[float, float]:
        fresh = (1 - alpha) * srtt + alpha * rtt
        return fresh, (1 - beta) * rttvar + beta * distance((fresh if srtt_first else srtt) - rtt)

    return _wrong(following=following)


def _started(srtt: Callable[[float], float], rttvar: Callable[[float], float]) -> type[_Wrong]:
    """첫 표본만 다른 오답."""

    def first(self: _Wrong, rtt: float) -> None:
        self.srtt, self.rttvar = srtt(rtt), rttvar(rtt)

    return _wrong(first=first)


class _BackoffStays(_Wrong):
    """백오프가 다음 표본 뒤에도 남는다."""

    times = 1

    def on_timeout(self) -> None:
        self.times *= 2
        super().on_timeout()

    def wait(self) -> float:
        return super().wait() * self.times


class _BackoffInSrtt(_Wrong):
    def on_timeout(self) -> None:
        if self.srtt is not None:
            self.srtt *= 2
        super().on_timeout()


class _NoCeilingInSample(_Wrong):
    def sample(self, rtt: float) -> None:
        super().sample(rtt)
        self.rto = max(self.wait(), self.minimum)


class _NoCeiling(_Wrong):
    def on_timeout(self) -> None:
        self.rto *= 2


_RTO, _SRTT, _RTTVAR = ("get", "rto"), ("get", "srtt"), ("get", "rttvar")


def _sampled(*rtts: float) -> list[Step]:
    return [step for rtt in rtts for step in (("sample", (rtt,)), _RTTVAR, _SRTT, _RTO)]


def _timeouts(count: int) -> list[Step]:
    return [("on_timeout", ()), _RTO] * count


def _estimator(*steps: Step, note: str, **settings: float) -> Case:
    return Case((settings, list(steps)), note=note)


def _fresh_estimates(rng: random.Random) -> list[Case]:
    def rtts(low: float, high: float, count: int) -> tuple[float, ...]:
        return tuple(round(rng.uniform(low, high), 3) for _ in range(count))

    steady = round(rng.uniform(1.2, 3.0), 3)
    return [
        _estimator(*_sampled(*rtts(0.4, 3.0, 6)), note="들쭉날쭉한 길"),
        _estimator(*_sampled(*rtts(0.01, 0.1, 4)), note="가까운 길"),
        _estimator(*_sampled(*rtts(0.05, 0.4, 5)), note="하한이 분산 항에만 있다", minimum=0.0, granularity=0.2),
        _estimator(*_sampled(*[steady] * 5), note="고른 길, 굵은 눈금", granularity=1.0),
        _estimator(
            *_sampled(*rtts(0.5, 2.0, 2)), *_timeouts(rng.randrange(2, 5)), *_sampled(*rtts(0.5, 2.0, 2)),
            note="타임아웃이 거듭된 다음의 표본",
        ),
        _estimator(*_timeouts(rng.randrange(6, 9)), note="표본이 없는 채로 상한까지"),
        _estimator(
            *_sampled(*rtts(5.0, 9.0, 2)), *_timeouts(3), note="상한이 낮다", maximum=float(rng.randrange(15, 30))
        ),
    ]  # fmt: skip


RTO_ESTIMATOR = Problem(
    name="RtoEstimator",
    lesson=LESSON,
    title="RTO 셈틀",
    points=4,
    rfc="RFC 6298 §2, §5.5",
    reference=RtoEstimator,
    adapter="steps",
    cases=(
        _estimator(_SRTT, _RTTVAR, _RTO, note="표본이 없다"),
        _estimator(*_sampled(0.8, 1.6, 1.6), note="왕복 시간이 길어진다"),
        _estimator(*_sampled(1.6, 0.8), note="왕복 시간이 짧아진다"),
        _estimator(*_sampled(0.1, 0.1), note="가까운 길: 하한"),
        _estimator(*_sampled(0.1, 0.1, 0.1), note="리눅스처럼 분산 항에 하한을 둔다", minimum=0.0, granularity=0.2),
        _estimator(*_sampled(2.0, 2.0, 2.0, 2.0), note="고른 길, 굵은 눈금", granularity=2.0),
        _estimator(*_timeouts(7), note="백오프와 상한"),
        _estimator(*_sampled(0.8), *_timeouts(2), *_sampled(0.8), note="백오프 다음의 표본"),
        _estimator(*_sampled(30.0), *_timeouts(1), note="아주 먼 길: 상한"),
    ),
    fresh_cases=_fresh_estimates,
    hints=(
        "첫 표본만 다르다: `srtt = rtt`, `rttvar = rtt / 2`. 첫 표본인지는 `srtt`가 아직 `None`인지로 안다.",
        "다음부터는 RTTVAR가 먼저다. 이번 표본이 **지금까지의** SRTT에서 얼마나 벗어났는지를 재야 하기 때문이다.",
        "RTO의 식에는 `max`가 두 번 나온다: 분산 항과 `granularity`, 그다음에 전체와 `minimum`. 마지막에 "
        "`maximum`으로 자른다.",
        "`on_timeout`은 `rto`만 갑절로 하고 `maximum`으로 자른다. `srtt`와 `rttvar`는 건드리지 않으므로, 다음 표본이 "
        "오면 RTO는 식에서 다시 나온다.",
    ),
    mistakes={
        "SRTT를 RTTVAR보다 먼저 고쳤다. RTTVAR는 아직 바꾸지 않은 SRTT와의 차로 구한다 (RFC 6298 §2.3).": _mixed(
            srtt_first=True
        ),
        "α와 β가 바뀌었다. SRTT에는 1/8, RTTVAR에는 1/4이다.": _mixed(1 / 4, 1 / 8),
        "무게가 거꾸로다. 새 표본의 몫이 1/8(SRTT)과 1/4(RTTVAR)이고, 나머지는 지금까지의 값이다.": _mixed(
            7 / 8, 3 / 4
        ),
        "차의 절댓값을 구하지 않았다. 짧아진 것도 길어진 것도 모두 흔들림이다: `abs(srtt - rtt)`.": _mixed(
            distance=lambda gap: gap
        ),
        "차의 절댓값을 구하지 않아, 왕복 시간이 짧아지면 RTTVAR가 줄어든다: `abs(srtt - rtt)`.": _mixed(
            distance=lambda gap: -gap
        ),
        "첫 표본에서 RTTVAR를 0으로 두었다. 아직 흔들림을 모르므로 넉넉하게 R/2로 시작한다 (RFC 6298 §2.2).": _started(
            lambda rtt: rtt, lambda rtt: 0.0
        ),
        "첫 표본의 RTTVAR는 R이 아니라 R/2다. 그래서 첫 RTO는 3R이다 (RFC 6298 §2.2).": _started(
            lambda rtt: rtt, lambda rtt: rtt
        ),
        "첫 표본까지 0에서 평균했다. 첫 표본은 그대로 SRTT가 된다 (RFC 6298 §2.2).": _started(
            lambda rtt: rtt / 8, lambda rtt: rtt / 4
        ),
        "G를 빠뜨렸다. 분산 항은 시계의 눈금보다 작아지지 않는다: `max(granularity, 4 * rttvar)`.": _wrong(
            wait=lambda self: self.srtt + 4 * self.rttvar
        ),
        "G를 더했다. 더하는 것이 아니라 분산 항과 견주어 큰 쪽을 고른다.": _wrong(
            wait=lambda self: self.srtt + self.granularity + 4 * self.rttvar
        ),
        "G를 RTTVAR와 견주었다. 4를 곱한 다음에 견준다: `max(granularity, 4 * rttvar)`.": _wrong(
            wait=lambda self: self.srtt + 4 * max(self.granularity, self.rttvar)
        ),
        "평균의 두 배로 정했다. RFC 793의 방식이고, 흔들림이 큰 길에서는 모자라고 고른 길에서는 남는다. "
        "흔들림(RTTVAR)을 쓴다.": _wrong(wait=lambda self: 2 * self.srtt),
        "RTTVAR에 4를 곱하지 않았다 (K = 4).": _wrong(wait=lambda self: self.srtt + max(self.granularity, self.rttvar)),
        "하한이 없다. 셈한 값이 `minimum`보다 작으면 `minimum`으로 올린다 (RFC 6298 §2.4).": _wrong(
            _clamp=lambda self, rto: min(rto, self.maximum)
        ),
        "하한을 분산 항에 걸었다. `minimum`은 RTO 전체의 하한이고, 분산 항의 하한은 `granularity`다.": _wrong(
            wait=lambda self: self.srtt + max(self.minimum, self.granularity, 4 * self.rttvar)
        ),
        "표본에서 나온 RTO가 상한을 넘었다. 백오프만이 아니라 셈한 값에도 `maximum`을 건다 (RFC 6298 §2.5).": (
            _NoCeilingInSample
        ),
        "백오프한 RTO가 상한을 넘었다. `maximum`보다 길게 기다리지 않는다 (RFC 6298 §2.5).": _NoCeiling,
        "타임아웃이 나도 RTO가 그대로다. 타이머가 끝날 때마다 갑절로 늘린다 (RFC 6298 §5.5).": _wrong(
            on_timeout=lambda self: None
        ),
        "백오프가 다음 표본 뒤에도 남았다. 새 표본이 오면 RTO는 SRTT와 RTTVAR에서 다시 나온다.": _BackoffStays,
        "타임아웃이 SRTT까지 바꾸었다. 타임아웃은 왕복 시간을 잰 것이 아니다. RTO만 늘린다.": _BackoffInSrtt,
    },
    explanation="평균만 보면 흔들리는 길에서 쓸데없이 다시 보내고, 넉넉히 잡으면 고른 길에서 늦는다. 흔들림을 함께 "
    "재면 두 길에 같은 식을 쓸 수 있다.",
)

# ── karn_samples ────────────────────────────────────────────────────────────

SeenEvent = tuple[str, float, int]


def karn_samples(events: list[SeenEvent]) -> list[float]:
    """잴 수 있는 왕복 시간들. 라이브러리의 `RttSampler`가 잰다."""
    sampler, samples = RttSampler(), []
    for kind, time, number in events:
        if kind == "send":
            sampler.on_sent(number, time)
        elif kind == "resend":
            sampler.on_retransmit()
        elif (rtt := sampler.on_ack(number, time)) is not None:
            samples.append(rtt)
    return samples


def _sampler(
    events: list[SeenEvent], *, on_resend: str = "clear", pick: str = "first", exact: bool = False,
    forget: bool = True,
) -> list[float]:  # fmt: skip
    """규칙 하나만 다른 재기. `on_resend`는 다시 보냈을 때 적어 둔 것을 어떻게 할지다."""
    sent: dict[int, float] = {}
    stopped, samples = False, []
    for kind, time, number in events:
        if kind == "send" or (kind == "resend" and on_resend == "last"):
            sent[number] = time
        elif kind == "resend":
            stopped = stopped or on_resend == "stop"
            for end in list(sent) if on_resend == "clear" else [number] if on_resend == "only" else []:
                sent.pop(end, None)
        else:
            new = [end for end in sorted(sent) if (end == number if exact else end <= number)]
            if new and not stopped:
                chosen = {"first": new[:1], "latest": new[-1:], "all": new}[pick]
                samples += [time - sent[end] for end in chosen]
            for end in new if forget else []:
                del sent[end]
    return samples


def _sampler_of_the_oldest(events: list[SeenEvent]) -> list[float]:
    """새로 확인된 것 가운데 가장 먼저 보낸 것이 다시 보낸 것이면 재지 않는다."""
    sent: dict[int, float | None] = {}
    samples = []
    for kind, time, number in events:
        if kind == "send":
            sent[number] = time
        elif kind == "resend":
            sent = dict.fromkeys(sent)
        elif new := [end for end in sorted(sent) if end <= number]:
            first = sent[new[0]]
            samples += [] if first is None else [time - first]
            sent = {end: at for end, at in sent.items() if end > number}
    return samples


def _send(time: float, end: int) -> SeenEvent:
    return ("send", time, end)


def _again(time: float, end: int) -> SeenEvent:
    return ("resend", time, end)


def _ack(time: float, ack: int) -> SeenEvent:
    return ("ack", time, ack)


def _seen(*events: SeenEvent, note: str) -> Case:
    return Case((list(events),), note=note)


def _together(after: float) -> Case:
    """다시 보낸 것(1초)과 그 뒤 `after`초에 새로 보낸 것을 ACK 하나가 확인한다."""
    return _seen(
        _send(0.0, 100), _again(1.0, 100), _send(after, 200), _ack(after + 0.15, 200),
        note="다시 보낸 것과 그 뒤에 새로 보낸 것이 함께 확인된다",
    )  # fmt: skip


def _fresh_events(rng: random.Random) -> list[Case]:
    def story(losses: int, note: str) -> Case:
        now, end, una, events = 0.0, 0, 0, list[SeenEvent]()

        def tick(low: float, high: float) -> float:
            nonlocal now
            now = round(now + rng.uniform(low, high), 3)
            return now

        lost = set(rng.sample(range(5), losses))
        for at in range(5):
            first, count = end, rng.randrange(1, 4)
            for _ in range(count):
                end += rng.randrange(100, 1461)
                events.append(_send(tick(0.001, 0.02), end))
            ends = [one for kind, _, one in events if kind == "send" and one > first]
            if at in lost:
                if count > 1:
                    events.append(_ack(tick(0.1, 0.2), una))  # 빈틈 뒤의 것이 도착했다: 중복 ACK
                events.append(_again(tick(1.0, 1.2), ends[0]))
                events.append(_ack(tick(0.05, 0.3), end))
            else:
                if count > 2:
                    events.append(_ack(tick(0.05, 0.3), ends[0]))
                events.append(_ack(tick(0.05, 0.3), end))
            una = end
        return _seen(*events, note=note)

    return [
        story(0, "잃은 것이 없다"), story(1, "한 번 다시 보냈다"), story(2, "두 번 다시 보냈다"),
        story(5, "모두 다시 보냈다"), _seen(note="아무 일도 없다"), _together(round(rng.uniform(1.01, 1.4), 3)),
    ]  # fmt: skip


KARN_SAMPLES = Problem(
    name="karn_samples",
    lesson=LESSON,
    title="재어도 되는 것",
    points=3,
    rfc="RFC 6298 §3",
    reference=karn_samples,
    cases=(
        _seen(_send(0.0, 100), _ack(0.1, 100), _send(0.5, 200), _ack(0.62, 200), note="하나씩"),
        _seen(_send(0.0, 100), _again(1.0, 100), _ack(1.1, 100), note="다시 보낸 것의 ACK"),
        _seen(
            _send(0.0, 100), _again(1.0, 100), _again(3.0, 100), _ack(3.1, 100), _send(3.2, 200), _ack(3.3, 200),
            note="그다음에 새로 보낸 것은 다시 잰다",
        ),
        _seen(_send(0.0, 100), _send(0.02, 200), _send(0.03, 300), _ack(0.12, 300), note="ACK 하나가 셋을 확인한다"),
        _seen(
            _send(0.0, 100), _send(0.02, 200), _ack(0.1, 100), _ack(0.11, 100), _ack(0.13, 200), note="되풀이된 ACK"
        ),
        _seen(
            _send(0.0, 100), _send(0.01, 200), _send(0.02, 300), _ack(0.11, 0), _ack(0.12, 0), _again(1.0, 100),
            _ack(1.1, 300), note="빈틈이 메워지며 뒤의 것까지 확인된다",
        ),
        _seen(
            _send(0.0, 100), _send(0.01, 200), _again(1.0, 100), _ack(1.1, 100), _ack(1.2, 200), _send(1.3, 300),
            _ack(1.4, 300), note="다시 보내기 전에 보낸 것이 따로 확인된다",
        ),
        _seen(_send(0.0, 100), _send(0.01, 200), _ack(0.1, 150), _ack(0.12, 200), note="가운데 번호"),
        _together(1.05),
    ),
    fresh_cases=_fresh_events,
    hints=(
        "아직 확인받지 못한 것의 (끝 번호, 보낸 시각)을 목록에 적어 두자. `send`는 적고, `ack`는 지운다.",
        "`ack`가 오면 끝 번호가 `ack` 이하인 것이 새로 확인된 것이다. 그 가운데 먼저 보낸 것의 시각을 지금 시각에서 "
        "뺀다. 새로 확인된 것이 없으면 표본도 없다.",
        "`resend`가 오면 적어 둔 것을 모두 지운다. 다시 보낸 것뿐 아니라, 그 뒤에서 빈틈이 메워지기를 기다린 것들도 "
        "잴 수 없다.",
    ),
    mistakes={
        "다시 보낸 것까지 처음 보낸 때부터 쟀다. 그 ACK가 두 번째 것에 대한 답이라면 타임아웃까지 기다린 시간이 "
        "섞인다 (Karn).": partial(_sampler, on_resend="ignore"),
        "다시 보낸 것을 마지막에 보낸 때부터 쟀다. 그 ACK가 처음 것에 대한 늦은 답이라면 터무니없이 짧게 "
        "잰다 (Karn).": partial(_sampler, on_resend="last"),
        "함께 확인된 것에 다시 보낸 것이 있다고 아무것도 재지 않았다. 그 뒤에 새로 보낸 것은 재고 있다.": (
            _sampler_of_the_oldest
        ),
        "다시 보낸 것 하나만 뺐다. 그 뒤의 것들도 빈틈이 메워질 때까지 ACK를 받지 못했으니, 다시 보낼 때 적어 둔 것을 "
        "모두 버린다.": partial(_sampler, on_resend="only"),
        "한 번 다시 보낸 뒤로는 아무것도 재지 않았다. 그 뒤에 새로 보낸 것은 잴 수 있다.": partial(
            _sampler, on_resend="stop"
        ),
        "ACK 하나에서 표본을 여럿 얻었다. ACK마다 많아야 하나다.": partial(_sampler, pick="all"),
        "새로 확인된 것 가운데 나중에 보낸 것으로 쟀다. 먼저 보낸 것으로 재어야 상대가 ACK를 모은 시간까지 "
        "들어간다.": partial(_sampler, pick="latest"),
        "끝 번호가 꼭 같은 ACK만 보았다. 확인응답은 누적이므로 `ack` 앞까지의 것이 모두 확인된다.": partial(
            _sampler, exact=True
        ),
        "확인된 것을 지우지 않아, 되풀이된 ACK에서 같은 것을 또 쟀다. 새로 확인한 것이 없는 ACK로는 재지 "
        "않는다.": partial(_sampler, forget=False),
    },
    explanation="무엇에 대한 답인지 모르는 ACK는 버린다. 타임스탬프를 쓰면 ACK가 스스로 말해 주므로 버릴 것이 없다.",
)

# ── RetransmissionTimer ─────────────────────────────────────────────────────


class RetransmissionTimer:
    """연결에 하나뿐인 재전송 타이머 (RFC 6298 §5.1–5.3)."""

    def __init__(self, rto: float) -> None:
        self.rto = rto
        self.una = self.max_end = 0
        self.expires_at: float | None = None

    def on_send(self, now: float, seq_end: int) -> None:
        self.max_end = max(self.max_end, seq_end)
        if self.expires_at is None:
            self.expires_at = now + self.rto

    def on_ack(self, now: float, ack: int) -> None:
        if ack <= self.una:
            return
        self.una = ack
        self.expires_at = now + self.rto if ack < self.max_end else None


class _EverySend(RetransmissionTimer):
    def on_send(self, now: float, seq_end: int) -> None:
        super().on_send(now, seq_end)
        self.expires_at = now + self.rto


class _NotRestarted(RetransmissionTimer):
    def on_ack(self, now: float, ack: int) -> None:
        before = self.expires_at
        super().on_ack(now, ack)
        if self.expires_at is not None:
            self.expires_at = before


class _NeverStopped(RetransmissionTimer):
    def on_ack(self, now: float, ack: int) -> None:
        if ack > self.una:
            self.una = ack
            self.expires_at = now + self.rto


class _OnDuplicate(RetransmissionTimer):
    def on_ack(self, now: float, ack: int) -> None:
        self.una = max(self.una, ack)
        self.expires_at = now + self.rto if self.una < self.max_end else None


class _StoppedByAny(RetransmissionTimer):
    def on_ack(self, now: float, ack: int) -> None:
        if ack > self.una:
            self.una, self.expires_at = ack, None


class _PerSegment(RetransmissionTimer):
    """확인받지 못한 것 가운데 먼저 보낸 것의 시각에서 센다."""

    def __init__(self, rto: float) -> None:
        super().__init__(rto)
        self.sent: dict[int, float] = {}

    def on_send(self, now: float, seq_end: int) -> None:
        self.sent.setdefault(seq_end, now)
        self._restart()

    def on_ack(self, now: float, ack: int) -> None:
        self.sent = {end: at for end, at in self.sent.items() if end > ack}
        self._restart()

    def _restart(self) -> None:
        self.expires_at = min(self.sent.values()) + self.rto if self.sent else None


class _LastEnd(RetransmissionTimer):
    """다시 보낸 것의 끝을 보낸 것의 끝으로 안다."""

    def on_send(self, now: float, seq_end: int) -> None:
        super().on_send(now, seq_end)
        self.max_end = seq_end


class _ExactEnd(RetransmissionTimer):
    """옛 ACK를 새것으로 안다: 크기가 아니라 다른지를 본다."""

    def on_ack(self, now: float, ack: int) -> None:
        if ack != self.una:
            self.una = ack
            self.expires_at = now + self.rto if ack < self.max_end else None


_EXPIRES = ("get", "expires_at")


def _timer(rto: float, *steps: SeenEvent, note: str) -> Case:
    script = [one for name, now, number in steps for one in ((f"on_{name}", (now, number)), _EXPIRES)]
    return Case(((rto,), [_EXPIRES, *script]), note=note)


def _fresh_timers(rng: random.Random) -> list[Case]:
    def story(note: str) -> Case:
        now, ends, una, steps = 0.0, [0], 0, list[SeenEvent]()
        for _ in range(10):
            now = round(now + rng.uniform(0.01, 0.2), 3)
            kind = rng.choice(("send", "send", "ack", "ack", "repeat", "resend"))
            waiting = [end for end in ends if end > una]
            if kind == "send" or (kind != "repeat" and not waiting):
                ends.append(ends[-1] + rng.randrange(100, 1461))
                steps.append(_send(now, ends[-1]))
            elif kind == "ack":
                una = rng.choice(waiting)
                steps.append(_ack(now, una))
            elif kind == "resend":
                steps.append(_send(now, waiting[0]))
            else:
                steps.append(_ack(now, rng.choice([end for end in ends if end <= una])))
        return _timer(round(rng.uniform(0.3, 2.0), 2), *steps, note=note)

    return [story("뒤섞인 일들") for _ in range(8)]


RETRANSMISSION_TIMER = Problem(
    name="RetransmissionTimer",
    lesson=LESSON,
    title="재전송 타이머",
    points=3,
    rfc="RFC 6298 §5.1–5.3",
    reference=RetransmissionTimer,
    adapter="steps",
    cases=(
        _timer(1.0, _send(0.0, 100), note="꺼진 타이머를 건다"),
        _timer(1.0, _send(0.0, 100), _send(0.3, 200), note="걸린 타이머는 그대로 둔다"),
        _timer(1.0, _send(0.0, 100), _ack(0.1, 100), _send(5.0, 200), note="모두 확인되면 끈다"),
        _timer(1.0, _send(0.0, 100), _send(0.3, 200), _ack(0.4, 100), note="새 ACK를 받으면 다시 건다"),
        _timer(
            0.5, _send(0.0, 100), _send(0.02, 200), _send(0.04, 300), _ack(0.1, 100), _ack(0.14, 100),
            note="중복 ACK로는 다시 걸지 않는다",
        ),
        _timer(
            0.5, _send(0.0, 100), _send(0.1, 200), _ack(0.2, 200), _ack(0.3, 200), _ack(0.3, 100), _send(0.4, 300),
            _ack(0.45, 100), note="늦게 온 옛 ACK",
        ),
        _timer(
            1.0, _send(0.0, 100), _send(0.1, 200), _send(0.2, 300), _send(0.9, 100), _ack(0.95, 200), _ack(1.1, 300),
            note="다시 보낸다",
        ),
    ),
    fresh_cases=_fresh_timers,
    hints=(
        "기억할 것은 셋이다: 어디까지 확인받았나, 어디까지 보냈나, 타이머가 끝날 시각(꺼져 있으면 `None`).",
        "`on_send`: 타이머가 꺼져 있을 때만 `now + rto`로 건다 (RFC 6298 §5.1).",
        "`on_ack`: 지금까지 확인받은 번호보다 **큰** 것만 새 ACK다. 새 ACK면, 보낸 끝에 이르렀을 때는 끄고(§5.2) "
        "아니면 `now + rto`로 다시 건다(§5.3).",
        "다시 보낸 것은 끝 번호가 작다. 어디까지 보냈는지는 `max`로 기억한다.",
    ),
    mistakes={
        "보낼 때마다 타이머를 다시 걸었다. 쉬지 않고 보내면 타이머가 영영 끝나지 않는다 (RFC 6298 §5.1).": _EverySend,
        "새 ACK를 받고도 타이머를 다시 걸지 않았다. 그러면 잘 흐르는 연결에서도 타이머가 끝난다 (RFC 6298 "
        "§5.3).": _NotRestarted,
        "모두 확인되었는데 타이머를 끄지 않았다. 기다릴 것이 없으면 끈다 (RFC 6298 §5.2).": _NeverStopped,
        "중복 ACK에도 타이머를 다시 걸었다. 새 데이터를 확인하는 ACK에만 다시 건다. 중복 ACK는 앞의 것이 오지 않았다는 "
        "소식이다 (RFC 6298 §5.3).": _OnDuplicate,
        "새 ACK가 오자 타이머를 꺼 버렸다. 확인받지 못한 것이 남아 있으면 꺼서는 안 된다 (RFC 6298 "
        "§5.3).": _StoppedByAny,
        "세그먼트마다 보낸 시각에서 세었다. 타이머는 연결에 하나이고, 새 ACK를 받은 때부터 다시 센다 (RFC 6298 "
        "§5.3).": _PerSegment,
        "다시 보낸 것의 끝을 '보낸 데까지'로 알았다. 그 뒤에 보낸 것이 아직 남아 있다. 가장 큰 끝을 "
        "기억하자.": _LastEnd,
        "늦게 온 옛 ACK를 새 ACK로 보았다. 이미 확인받은 것보다 큰 번호만 새것이다.": _ExactEnd,
    },
    explanation="타이머 하나로 충분한 까닭은 확인응답이 누적이기 때문이다. 가장 앞의 것만 지켜보면 된다. 새 ACK는 "
    "'길이 살아 있다'는 소식이므로 그때부터 다시 기다린다.",
)

# ── fill_timeouts ───────────────────────────────────────────────────────────

FIRST_RTO = 1.0


def fill_timeouts(
    rows: list[Row], counting: Counting = RFC, wait: Callable[[list[Row], int], float | None] | None = None
) -> list[Row]:
    """빈 번호와, 재전송의 빈 시각을 위에서 아래로 채운다. `wait`는 다시 보내는 시각의 규칙이다."""
    done: list[Row] = []
    for given in rows:
        row = dict(given)
        if row["time"] is None and RETRANSMISSION in row["note"]:
            number = sum(RETRANSMISSION in one["note"] for one in done) + 1
            row["time"] = (wait or _expiry)(done, number)
        done = complete([*done, row], counting)
    return done


def _expiry(done: list[Row], number: int) -> float | None:
    """타이머가 `number`번째로 끝나는 때. 잃은 조각을 보낼 때 걸렸고, 그때까지 기다리던 것은 없었다."""
    lost = _lost(done)
    return None if lost is None else _round(lost["time"] + FIRST_RTO * (2**number - 1))


def _lost(done: list[Row]) -> Row | None:
    return next((one for one in done if one["note"] == "손실"), None)


def _round(time: float) -> float:
    return round(time, 6)


def _data(done: list[Row]) -> list[Row]:
    return [one for one in done if one["sender"] == CLIENT and one["length"]]


def _from_last_send(done: list[Row], number: int) -> float | None:
    sent = [one["time"] for one in _data(done) if RETRANSMISSION not in one["note"]]
    return None if not sent or None in sent else _round(sent[-1] + FIRST_RTO * (2**number - 1))


def _without_backoff(done: list[Row], number: int) -> float | None:
    lost = _lost(done)
    return None if lost is None else _round(lost["time"] + FIRST_RTO * number)


def _from_last_ack(done: list[Row], number: int) -> float | None:
    heard = [one["arrived"] for one in done if one["sender"] != CLIENT]
    return None if not heard else _round(heard[-1] + FIRST_RTO * (2**number - 1))


def _next_number(rows: list[Row]) -> list[Row]:
    """다시 보낸 것에 새 번호를 붙인다."""
    changed = [{**row, "note": "" if row["seq"] is None else row["note"]} for row in _times_only(rows)]
    filled = complete(changed)
    return [{**row, "note": given["note"]} for row, given in zip(filled, rows, strict=True)]


def _times_only(rows: list[Row]) -> list[Row]:
    """시각만 채운다."""
    times = [row["time"] for row in fill_timeouts(rows)]
    return [{**row, "time": time} for row, time in zip(rows, times, strict=True)]


def _miscounted(counting: Counting, rows: list[Row]) -> list[Row]:
    """번호를 잘못 세지만, 시각과 '다시 보낸 것은 같은 번호'라는 것은 맞다."""
    wrong = fill_timeouts(rows, counting)
    lost = _lost(wrong)
    return [
        {**one, "seq": lost["seq"]} if lost and given["seq"] is None and RETRANSMISSION in given["note"] else one
        for one, given in zip(wrong, rows, strict=True)
    ]


_TIME_HINT = (
    "잃은 조각을 보낼 때 타이머가 1초로 걸렸다. 그 뒤로 새로 확인된 것이 없으니 다시 걸리지 않았다. 두 번째부터는 앞서 "
    "다시 보낸 때에서 갑절을 기다린다."
)


def timeouts_table(rng: random.Random) -> PacketTable:
    """조각 셋을 띄엄띄엄 보내는데 하나를 (때로는 그 재전송까지) 잃는다."""
    size, delay = rng.randrange(100, 1400), rng.choice((0.01, 0.02, 0.05, 0.1))
    lost, twice = rng.choice((2, 3)), rng.random() < 0.6
    losses = drop_data([lost, 4] if twice else [lost], CLIENT)  # 재전송이 네 번째 데이터다
    numbers: dict[str, Any] = isns(rng, 3 * size)
    trace = paced(pieces=3, size=size, every=0.4, delay=delay, loss=losses, **numbers)
    times = {(sent.number, "time") for sent in trace.segments if RETRANSMISSION in sent.note}
    table = PacketTable.of(trace, times | _repeated_acks(trace), title="타임아웃으로 되살린 표", columns=WITH_LOSS)
    return replace(table.hide(rng, count=5, solve=fill_timeouts), hints=dict.fromkeys(times, _TIME_HINT))


def _repeated_acks(trace: Trace) -> set[Cell]:
    """빈틈이 있는 동안 서버가 되풀이한 ACK의 칸."""
    lost = next(sent for sent in trace.segments if sent.dropped)
    seen = [sent for sent in trace.segments if sent.src != CLIENT and sent.sent > lost.sent]
    return {(sent.number, "ack") for sent in seen[:-1]}


FILL_TIMEOUTS = packet_table_problem(
    name="fill_timeouts",
    lesson=LESSON,
    title="빈칸 채우기: 타임아웃",
    points=3,
    rfc="RFC 6298 §5",
    make=timeouts_table,
    solve=fill_timeouts,
    public=(3, 13, 2, 10),
    mistakes={
        "마지막으로 데이터를 보낸 때부터 1초를 세었다. 걸려 있는 타이머는 뒤의 것을 보내도 다시 걸리지 않는다 (RFC "
        "6298 §5.1).": partial(fill_timeouts, wait=_from_last_send),
        "두 번째 재전송을 처음 보낸 때에서 2초 뒤로 적었다. 다시 보낸 때부터 갑절인 2초를 기다리므로 3초 뒤다 (RFC "
        "6298 §5.5).": partial(fill_timeouts, wait=_without_backoff),
        "마지막으로 도착한 ACK부터 1초를 세었다. 타이머를 다시 거는 것은 새 데이터를 확인한 ACK뿐이고, 그때 기다릴 "
        "것이 없었으면 꺼진다 (RFC 6298 §5.2, §5.3).": partial(fill_timeouts, wait=_from_last_ack),
        "다시 보낸 것에 새 번호를 붙였다. 같은 데이터이므로 처음과 같은 번호다.": _next_number,
        # 번호를 잘못 세는 흔한 실수도 시각은 채운다.
        **{mistake.diagnosis: partial(_miscounted, mistake.counting) for mistake in MISTAKES},
    },
    hints=(
        "시각부터 채우자. 비고가 `재전송`인 줄의 시각은 타이머가 끝난 때다.",
        "이 표에서는 조각을 보낼 때마다 앞의 것이 이미 모두 확인되어 타이머가 꺼져 있다. 그래서 잃은 조각을 보낸 때에 "
        "1초로 걸린다.",
        "재전송마저 잃으면 타이머는 다시 보낸 때부터 2초 뒤에 끝난다. 다시 보낸 것의 `seq`는 처음과 같다.",
        "`ack`는 그 세그먼트를 보낸 시각까지 도착한 것 가운데 빈틈없이 받은 것의 다음 번호다. 빈틈이 메워지면 뒤에 "
        "받아 둔 것까지 한꺼번에 나아간다.",
    ),
    explanation="시각은 타이머가, 번호는 스트림이 정한다. 다시 보낸다고 번호가 새로 생기지 않고, 뒤의 것을 보낸다고 "
    "타이머가 늦춰지지도 않는다.",
)

PROBLEMS = (RETRANSMISSION_TIMES, RTO_ESTIMATOR, KARN_SAMPLES, RETRANSMISSION_TIMER, FILL_TIMEOUTS)
