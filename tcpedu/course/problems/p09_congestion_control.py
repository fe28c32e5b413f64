"""09 혼잡 제어 (1)의 문제."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tcpedu.course.capstone.library_pieces import DUP_THRESHOLD, Reno
from tcpedu.course.packet_problem import packet_table_problem
from tcpedu.course.packet_tables import loss
from tcpedu.course.problem import Case, Problem
from tcpedu.network import fairness
from tcpedu.network.deduce import RETRANSMISSION, Row, complete
from tcpedu.network.packet_table import Cell, PacketTable
from tcpedu.protocol import congestion
from tcpedu.protocol.seqnum import MODULUS

LESSON = "09_congestion_control"
_ENOUGH = 1000  # 모이지 않는 오답을 멈추는 왕복의 수

# ── phase_of ────────────────────────────────────────────────────────────────


def phase_of(cwnd: int, ssthresh: float, in_recovery: bool) -> str:
    """라이브러리의 Reno가 그 값일 때의 단계."""
    control = congestion.Reno(1000)
    control.cwnd, control.ssthresh, control.in_recovery = cwnd, ssthresh, in_recovery
    return str(control.phase)


def _phase(slow: bool, in_recovery: bool) -> str:
    return "fast_recovery" if in_recovery else "slow_start" if slow else "congestion_avoidance"


def _fresh_phases(rng: random.Random) -> list[Case]:
    edge = rng.randrange(2, 100) * 1460
    below, above = rng.randrange(1, edge), edge + rng.randrange(1, 100_000)
    return [
        Case((below, edge, False)),
        Case((above, edge, False)),
        Case((edge - 1, edge, False), note="1바이트 모자랄 때"),
        Case((edge, edge, False), note="cwnd와 ssthresh가 같을 때"),
        Case((edge, math.inf, False), note="아직 잃은 적이 없을 때"),
        Case((above, edge, True), note="빠른 회복 중"),
        Case((below, edge, True), note="빠른 회복 중, cwnd가 작을 때"),
    ]


PHASE_OF = Problem(
    name="phase_of",
    lesson=LESSON,
    title="지금은 어느 단계인가",
    points=1,
    rfc="RFC 5681 §3.1, §3.2",
    reference=phase_of,
    cases=(
        Case((14600, math.inf, False), note="연결을 막 열었을 때"),
        Case((30000, 25000, False), note="ssthresh를 넘었을 때"),
        Case((1460, 20000, False), note="타임아웃 뒤"),
        Case((20000, 20000, False), note="cwnd와 ssthresh가 같을 때"),
        Case((19999, 20000, False), note="1바이트 모자랄 때"),
        Case((28000, 25000, True), note="빠른 회복 중"),
        Case((20000, 25000, True), note="빠른 회복 중, cwnd가 작을 때"),
    ),
    fresh_cases=_fresh_phases,
    hints=(
        "ssthresh는 ‘여기까지는 빨리 늘려도 안전했다’는 기억이다. cwnd가 그 아래일 때와 위일 때 가운데 어느 쪽이 빨리 "
        "늘릴 때인가?",
        "단계를 따로 기억하지 않아도 된다. 두 수를 견주면 그것이 단계다. 같을 때는 혼잡 회피로 정했다.",
    ),
    mistakes={
        "방향이 뒤집혔다. cwnd가 ssthresh보다 작을 때가 슬로 스타트다 (RFC 5681 §3.1).": (
            lambda cwnd, ssthresh, in_recovery: _phase(cwnd > ssthresh, in_recovery)
        ),
        "같을 때도 슬로 스타트로 보았다. RFC 5681은 둘 다 허락하지만 이 강의와 리눅스는 혼잡 회피로 본다.": (
            lambda cwnd, ssthresh, in_recovery: _phase(cwnd <= ssthresh, in_recovery)
        ),
        "잃은 적이 없을 때만 슬로 스타트라고 했다. 타임아웃 뒤에도 ssthresh까지는 슬로 스타트로 되찾는다.": (
            lambda cwnd, ssthresh, in_recovery: _phase(ssthresh == math.inf, in_recovery)
        ),
        "언제나 슬로 스타트가 된다. cwnd를 0이 아니라 ssthresh와 견주자.": (
            lambda cwnd, ssthresh, in_recovery: _phase(True, in_recovery)
        ),
        "빠른 회복을 보지 않았다. 회복 중에는 두 수를 견주지 않는다.": (
            lambda cwnd, ssthresh, in_recovery: _phase(cwnd < ssthresh, False)
        ),
    },
    explanation="단계는 따로 저장하는 값이 아니라 cwnd와 ssthresh를 견준 결과다. 그래서 타임아웃이 cwnd만 낮추면 "
    "저절로 "
    "슬로 스타트로 돌아간다.",
)

# ── rounds_to_fill ──────────────────────────────────────────────────────────


def rounds_to_fill(bdp: int, mss: int, initial_window: int) -> int:
    """라이브러리의 Reno에 왕복마다 ACK를 주며 센다."""
    control, rounds = congestion.Reno(mss, initial_window), 0
    while control.cwnd < bdp:
        for _ in range(control.cwnd // mss):
            control.on_ack(mss, None, control.cwnd, 0.0)
        rounds += 1
    return rounds


def _rounds(bdp: float, window: float, grow: Callable[[float], float], *, first: int = 0, strict: bool = True) -> int:
    """한 곳만 다른 오답을 만든다."""
    count = first
    while (window < bdp if strict else window <= bdp) and count < 100_000:
        window = grow(window)
        count += 1
    return count


def _whole(mss: int) -> Callable[[float], float]:
    return lambda window: window + window // mss * mss


def _fresh_pipes(rng: random.Random) -> list[Case]:
    def case() -> Case:
        mss = rng.choice((536, 1000, 1460, 8960))
        window = congestion.initial_window(mss)
        return Case((rng.randrange(window + 1, 3_000_000), mss, window))

    mss = rng.choice((1000, 1460))
    doublings = rng.randrange(2, 7)
    return [
        *(case() for _ in range(4)),
        Case((10 * mss * 2**doublings, mss, 10 * mss), note="꼭 차는 BDP"),
        Case((10 * mss * 2**doublings + 1, mss, 10 * mss), note="꼭 차는 BDP에서 1바이트 더"),
        Case((rng.randrange(1, 5000), 1460, 14600), note="처음부터 다 차는 길"),
        Case((rng.randrange(100_000, 500_000), 1460, 1460), note="세그먼트 하나에서 시작할 때"),
        Case((58_200, 1448, 14_600), note="윈도우가 MSS의 배수가 아닐 때"),
    ]


ROUNDS_TO_FILL = Problem(
    name="rounds_to_fill",
    lesson=LESSON,
    title="몇 왕복이면 길이 차는가",
    points=2,
    rfc="RFC 5681 §3.1, RFC 6928 §2",
    reference=rounds_to_fill,
    cases=(
        Case((80_000, 1000, 10_000), note="설명의 보기"),
        Case((80_001, 1000, 10_000), note="1바이트 더"),
        Case((10_000, 1000, 10_000), note="처음부터 다 차는 길"),
        Case((125_000, 1460, 14_600), note="10Mb/s, 100ms"),
        Case((125_000, 1460, 1460), note="세그먼트 하나에서 시작할 때"),
        Case((1_250_000, 1460, 14_600), note="100Mb/s, 100ms"),
        Case((58_200, 1448, 14_600), note="윈도우가 MSS의 배수가 아닐 때"),
    ),
    fresh_cases=_fresh_pipes,
    hints=(
        "`while`로 왕복을 하나씩 흉내 내자. 한 왕복 동안 ACK가 몇 개 오는가? ACK 하나에 cwnd는 얼마나 느는가?",
        "한 왕복에 보내는 세그먼트는 `cwnd // mss`개이고 ACK도 그만큼 온다. ACK마다 `mss`씩 는다.",
        "아직 한 번도 왕복하지 않았을 때 이미 `bdp` 이상이면 0이다.",
    ),
    mistakes={
        "`initial_window`가 아니라 세그먼트 하나에서 시작했다. 요즘 TCP는 열 개쯤에서 시작한다 (RFC 6928).": (
            lambda bdp, mss, initial_window: _rounds(bdp, mss, _whole(mss))
        ),
        "왕복마다 세그먼트 하나씩만 늘렸다. 그것은 혼잡 회피다. 슬로 스타트는 ACK 하나마다 MSS씩 는다.": (
            lambda bdp, mss, initial_window: _rounds(bdp, initial_window, lambda window: window + mss)
        ),
        "ACK 하나마다 cwnd를 두 배로 했다. ACK 하나에는 MSS만큼만 늘고, 왕복 한 번을 모으면 두 배가 된다.": (
            lambda bdp, mss, initial_window: _rounds(bdp, initial_window, lambda window: window * 2 ** (window // mss))
        ),
        "첫 윈도우를 보내는 것을 왕복 하나로 세었다. cwnd가 이미 `bdp` 이상이면 0이다.": (
            lambda bdp, mss, initial_window: _rounds(bdp, initial_window, _whole(mss), first=1)
        ),
        "꼭 같을 때 한 왕복을 더 세었다. cwnd가 `bdp`와 같으면 길은 찬 것이다.": (
            lambda bdp, mss, initial_window: _rounds(bdp, initial_window, _whole(mss), strict=False)
        ),
        "MSS를 다 채운 세그먼트만 나간다. cwnd가 MSS의 배수가 아니면 꼭 두 배가 되지는 않는다: `cwnd // mss`개만큼 "
        "는다.": lambda bdp, mss, initial_window: _rounds(bdp, initial_window, lambda window: window * 2),
        "소수점 아래를 버렸다. 왕복을 다 채워야 하므로 모자라면 한 번 더 필요하다.": lambda bdp, mss, initial_window: (
            max(0, int(math.log2(bdp / initial_window)))
        ),
    },
    explanation="1.25MB의 길도 일곱 왕복이면 찬다. 배로 느는 것은 그만큼 빠르다. 시작을 하나에서 열로 바꾸면 서너 "
    "왕복이 "
    "준다. 짧은 웹 요청은 그 서너 왕복이 전부일 때가 많다.",
)

# ── aimd_fair_point ─────────────────────────────────────────────────────────


def aimd_fair_point(x: float, y: float, capacity: float) -> tuple[float, float]:
    """두 흐름의 차이가 1보다 작아진 첫 점."""
    return fairness.aimd_fair_point(x, y, capacity)


def _walk(
    x: float, y: float, capacity: float, *, up: Callable[[float], float] = lambda size: size + 1,
    down: Callable[[float], float] = lambda size: size / 2, over: Callable[[float, float], bool] = lambda a, b: a > b,
    close: float = 1.0,
) -> tuple[float, float]:  # fmt: skip
    """한 곳만 다른 오답을 만든다. 모이지 않는 규칙은 `_ENOUGH`왕복에서 멈춘다."""
    for _ in range(_ENOUGH):
        if abs(x - y) < close:
            break
        change = down if over(x + y, capacity) else up
        x, y = change(x), change(y)
    return x, y


def _only_the_larger(x: float, y: float, capacity: float) -> tuple[float, float]:
    for _ in range(_ENOUGH):
        if abs(x - y) < 1:
            break
        if x + y <= capacity:
            x, y = x + 1, y + 1
        else:
            x, y = (x / 2, y) if x > y else (x, y / 2)
    return x, y


def _both_in_one_round(x: float, y: float, capacity: float) -> tuple[float, float]:
    for _ in range(_ENOUGH):
        if abs(x - y) < 1:
            break
        x, y = x + 1, y + 1
        if x + y > capacity:
            x, y = x / 2, y / 2
    return x, y


def _one_flow_only(x: float, y: float, capacity: float) -> tuple[float, float]:
    for _ in range(_ENOUGH):
        if abs(x - y) < 1:
            break
        x, y = (x / 2, y / 2) if max(x, y) > capacity else (x + 1, y + 1)
    return x, y


def _fresh_starts(rng: random.Random) -> list[Case]:
    def case(capacity: int) -> Case:
        return Case((float(rng.randrange(1, capacity)), float(rng.randrange(1, 10)), float(capacity)))

    even = float(rng.randrange(1, 40))
    total = rng.randrange(20, 100)
    return [
        *(case(rng.choice((20, 50, 64, 100, 300))) for _ in range(5)),
        Case((even, even, 50.0), note="이미 공정할 때"),
        Case((2.0, float(total - 2), float(total)), note="꼭 찬 곳에서 시작할 때"),
        Case((1.0, float(rng.randrange(200, 400)), 100.0), note="넘친 곳에서 시작할 때"),
    ]


AIMD_FAIR_POINT = Problem(
    name="aimd_fair_point",
    lesson=LESSON,
    title="공정한 곳으로 가는 길",
    points=2,
    rfc="RFC 5681 §3.1, RFC 2914 §3.2",
    reference=aimd_fair_point,
    cases=(
        Case((6.0, 1.0, 8.0), note="설명의 보기"),
        Case((40.0, 5.0, 60.0), note="강의의 두 흐름"),
        Case((5.0, 40.0, 60.0), note="둘을 바꾸었을 때"),
        Case((10.0, 10.0, 60.0), note="이미 공정할 때"),
        Case((3.0, 2.5, 60.0), note="차이가 이미 1보다 작을 때"),
        Case((2.0, 1.0, 4.0), note="차이가 꼭 1일 때"),
        Case((2.0, 18.0, 20.0), note="꼭 찬 곳에서 시작할 때"),
        Case((1.0, 300.0, 100.0), note="넘친 곳에서 시작할 때"),
    ),
    fresh_cases=_fresh_starts,
    hints=(
        "왕복 하나를 `while` 한 바퀴로 옮기자. 먼저 `x + y`를 `capacity`와 견준다.",
        "한 왕복에서는 줄이거나 늘리거나 하나만 한다. 두 흐름은 같은 신호를 받으므로 둘 다 똑같이 한다.",
        "`while abs(x - y) >= 1:` 안에서, 넘쳤으면 둘 다 반으로, 아니면 둘 다 1을 더한다.",
    ),
    mistakes={
        "넘쳤을 때도 뺄셈으로 줄였다(AIAD). 차이가 그대로라서 끝없이 돌아도 공정해지지 않는다.": (
            lambda x, y, capacity: _walk(x, y, capacity, down=lambda size: size - 1)
        ),
        "늘릴 때도 곱했다(MIMD). 두 흐름의 비율이 그대로라서 공정한 곳으로 가지 않는다.": (
            lambda x, y, capacity: _walk(x, y, capacity, up=lambda size: size * 2)
        ),
        "큰 쪽만 줄였다. 흐름은 상대가 얼마나 쓰는지 모른다. 넘치면 둘 다 줄인다.": _only_the_larger,
        "한 왕복에 늘리기와 줄이기를 다 했다. 먼저 견주고, 둘 가운데 하나만 한다.": _both_in_one_round,
        "꼭 찼을 때 줄였다. `capacity`를 넘었을 때만 줄인다.": (
            lambda x, y, capacity: _walk(x, y, capacity, over=lambda used, room: used >= room)
        ),
        "한 흐름만 `capacity`와 견주었다. 병목에 쌓이는 것은 두 흐름을 더한 것이다.": _one_flow_only,
        "차이가 1이 되자마자 멈췄다. 1보다 작아질 때까지다.": (
            lambda x, y, capacity: _walk(x, y, capacity, close=1.0 + 1e-9)
        ),
        "반으로 나눌 때 정수로 내림했다. `/`로 나눈다.": (
            lambda x, y, capacity: _walk(x, y, capacity, down=lambda size: size // 2)
        ),
        "지나는 점이 아니라 직선의 한가운데를 셈했다. AIMD는 늘었다 줄었다 하며 그 둘레를 오간다.": (
            lambda x, y, capacity: (capacity / 2, capacity / 2)
        ),
    },
    explanation="더할 때는 차이가 그대로이고 반으로 나눌 때마다 차이도 반이 된다. 그래서 넘칠 때마다 공정한 선에 "
    "가까워진다. 서로 말 한마디 나누지 않고도 그렇다(Chiu, Jain 1989).",
)

# ── Reno ────────────────────────────────────────────────────────────────────


class _Plain:
    """오답의 바탕: 배우는 사람이 쓸 법한 풀이. 오답마다 한 곳만 바꾼다."""

    start_segments: int | None = None
    dup_threshold = DUP_THRESHOLD
    inflation = DUP_THRESHOLD
    least = 2

    def __init__(self, mss: int) -> None:
        self.mss = mss
        self.ssthresh: float = math.inf
        self.in_flight = self.dup_acks = self.credit = 0
        self.in_recovery = False
        start = congestion.initial_window(mss) if self.start_segments is None else self.start_segments * mss
        self.cwnd = start

    @property
    def phase(self) -> str:
        return phase_of(self.cwnd, self.ssthresh, self.in_recovery)

    def on_send(self, size: int) -> None:
        self.in_flight += size

    def on_ack(self, acked: int) -> None:
        self.forget()
        if self.in_recovery:
            self.leave(acked)
        elif self.cwnd < self.ssthresh:
            self.slow_start(acked)
        else:
            self.avoid(acked)
        self.settle(acked)

    def settle(self, acked: int) -> None:
        self.in_flight -= acked

    def forget(self) -> None:
        self.dup_acks = 0

    def leave(self, acked: int) -> None:
        self.in_recovery = False
        self.cwnd = int(self.ssthresh)

    def slow_start(self, acked: int) -> None:
        self.cwnd += min(acked, self.mss)

    def avoid(self, acked: int) -> None:
        self.credit += acked
        if self.credit >= self.cwnd:
            self.credit -= self.cwnd
            self.cwnd += self.mss

    def on_dup_ack(self) -> None:
        if self.in_recovery:
            self.inflate()
            return
        self.dup_acks += 1
        if self.dup_acks == self.dup_threshold:
            self.halve()
            self.enter()

    def inflate(self) -> None:
        self.cwnd += self.mss

    def enter(self) -> None:
        self.cwnd = int(self.ssthresh) + self.inflation * self.mss
        self.in_recovery = True
        self.credit = 0

    def halve(self) -> None:
        self.ssthresh = max(self.basis // 2, self.least * self.mss)

    @property
    def basis(self) -> int:
        return self.in_flight

    def on_timeout(self) -> None:
        self.halve()
        self.cwnd = self.mss
        self.dup_acks = self.credit = 0
        self.in_recovery = False


class _HalfOfCwnd(_Plain):
    @property
    def basis(self) -> int:
        return self.cwnd


class _DoublesPerAck(_Plain):
    def slow_start(self, acked: int) -> None:
        self.cwnd *= 2


class _Uncapped(_Plain):
    def slow_start(self, acked: int) -> None:
        self.cwnd += acked


class _MssPerAck(_Plain):
    def avoid(self, acked: int) -> None:
        self.cwnd += self.mss


class _Equation3(_Plain):
    """ACK마다 SMSS·SMSS/cwnd (RFC 5681 §3.1 식 3)."""

    def avoid(self, acked: int) -> None:
        self.cwnd += self.mss * self.mss / self.cwnd  # type: ignore[assignment]


class _WholeEquation3(_Plain):
    def avoid(self, acked: int) -> None:
        self.cwnd += max(1, self.mss * self.mss // self.cwnd)


class _KeepsNoCredit(_Plain):
    """모은 것에서 cwnd를 빼지 않고 0으로 되돌린다."""

    def avoid(self, acked: int) -> None:
        self.credit += acked
        if self.credit >= self.cwnd:
            self.credit = 0
            self.cwnd += self.mss


class _GrowsFirst(_Plain):
    """cwnd를 늘린 다음에 그만큼 뺀다."""

    def avoid(self, acked: int) -> None:
        self.credit += acked
        if self.credit >= self.cwnd:
            self.cwnd += self.mss
            self.credit -= self.cwnd


class _OldStart(_Plain):
    start_segments = 1


class _AlwaysTen(_Plain):
    start_segments = 10


class _TimeoutAsDuplicates(_Plain):
    def on_timeout(self) -> None:
        self.halve()
        self.cwnd = int(self.ssthresh)
        self.dup_acks = self.credit = 0
        self.in_recovery = False


class _Tahoe(_Plain):
    """중복 ACK 셋에서도 처음부터 다시 시작한다."""

    def enter(self) -> None:
        self.cwnd = self.mss
        self.credit = self.dup_acks = 0


class _NoInflation(_Plain):
    def inflate(self) -> None:
        pass


class _NoThree(_Plain):
    inflation = 0


class _NoDeflation(_Plain):
    def leave(self, acked: int) -> None:
        self.in_recovery = False


class _GrowsOnExit(_Plain):
    def leave(self, acked: int) -> None:
        super().leave(acked)
        self.avoid(acked)


class _NoFloor(_Plain):
    least = 0


class _FloorOfOne(_Plain):
    least = 1


class _RemembersDuplicates(_Plain):
    def forget(self) -> None:
        pass


class _FourthDuplicate(_Plain):
    dup_threshold = DUP_THRESHOLD + 1


class _SecondDuplicate(_Plain):
    dup_threshold = DUP_THRESHOLD - 1


class _NeverSettles(_Plain):
    def settle(self, acked: int) -> None:
        pass


class _RecoversWithoutSettling(_Plain):
    """회복을 끝내는 ACK에서 곧바로 돌아가 in_flight를 줄이지 않는다."""

    def settle(self, acked: int) -> None:
        if not self.leaving:
            super().settle(acked)
        self.leaving = False

    def leave(self, acked: int) -> None:
        super().leave(acked)
        self.leaving = True

    leaving = False


class _StaysInRecovery(_Plain):
    def on_timeout(self) -> None:
        before = self.in_recovery
        super().on_timeout()
        self.in_recovery = before


Step = tuple[str, Any]
_CWND, _SSTHRESH, _PHASE = ("get", "cwnd"), ("get", "ssthresh"), ("get", "phase")
_ALL = (_CWND, _SSTHRESH, _PHASE)


def _steps(mss: int, *steps: Step, note: str = "") -> Case:
    return Case(((mss,), list(steps)), note=note)


def _ack(size: int) -> Step:
    return ("on_ack", (size,))


def _send(size: int) -> Step:
    return ("on_send", (size,))


_DUP, _TIMEOUT = ("on_dup_ack", ()), ("on_timeout", ())


def _lose(mss: int, flight: int, dups: int, *, avoid: int = 12, note: str = "") -> Case:
    """`flight`세그먼트를 보내고 중복 ACK `dups`개를 받아 빠른 회복을 지나 혼잡 회피까지."""
    more = [step for _ in range(avoid) for step in (_send(mss), _ack(mss), _CWND)]
    return _steps(
        mss, _send(flight * mss), *([_DUP] * 3), *_ALL, *([_DUP, _CWND] * (dups - 3)), _ack(flight * mss), *_ALL,
        *more, note=note,
    )


def _second_loss(mss: int, flight: int, second: int) -> Case:
    """빠른 회복을 마치고 `second`세그먼트를 보냈는데 이번에는 타임아웃이 난다."""
    return _steps(
        mss, _send(flight * mss), _DUP, _DUP, _DUP, _ack(flight * mss), ("get", "in_flight"), _send(second * mss),
        _TIMEOUT, _SSTHRESH, note="회복한 다음의 둘째 손실",
    )  # fmt: skip


def _fresh_renos(rng: random.Random) -> list[Case]:
    mss = rng.choice((536, 1000, 1440, 1460))  # 초기 윈도우가 열 세그먼트라 아래의 것이 모두 cwnd 안에 든다
    flight = rng.randrange(4, 10)
    grown = rng.randrange(2, 30)
    grow = [step for _ in range(grown) for step in (_send(mss), _ack(mss))]
    odd = rng.randrange(5, 10) * mss + rng.randrange(1, mss)
    return [
        _steps(mss, _CWND, *grow, *_ALL, note="슬로 스타트"),
        _steps(mss, *grow, _send(flight * mss), _DUP, _DUP, _DUP, *_ALL, _DUP, _CWND, _ack(flight * mss), *_ALL),
        _lose(mss, flight, rng.randrange(4, 8), avoid=rng.randrange(5, 25), note="빠른 회복에서 혼잡 회피까지"),
        _steps(mss, _send(odd), _TIMEOUT, *_ALL, *([_ack(mss), _CWND, _PHASE] * 4), note="타임아웃"),
        _steps(
            mss, _send(flight * mss), _DUP, _DUP, _ack(mss), _DUP, _DUP, *_ALL, _DUP, *_ALL, note="끊긴 중복 ACK"
        ),
        _steps(mss, _send(3 * mss), _DUP, _DUP, _DUP, *_ALL, _ack(3 * mss), *_ALL, note="FlightSize가 작을 때"),
        _second_loss(mss, flight, rng.randrange(4, 10)),
        _steps(rng.randrange(1461, 9001), _CWND, note="MSS가 클 때의 초기 윈도우"),
        _steps(
            mss, _send(8 * mss), *([_DUP] * 4), _TIMEOUT, *_ALL, _ack(mss), *_ALL, note="빠른 회복 중의 타임아웃"
        ),
        _steps(mss, _send(4 * mss), _ack(2 * mss), _CWND, _ack(rng.randrange(1, mss)), _CWND, note="지연 ACK"),
    ]


RENO = Problem(
    name="Reno",
    lesson=LESSON,
    title="Reno",
    points=5,
    rfc="RFC 5681 §3.1, §3.2",
    reference=Reno,
    adapter="steps",
    cases=(
        _steps(1000, _CWND, _SSTHRESH, _PHASE, note="막 시작했을 때"),
        _steps(9000, _CWND, note="MSS가 클 때의 초기 윈도우"),
        _steps(
            1000, _send(4000), _ack(1000), _CWND, _ack(1000), _CWND, _ack(2000), _CWND, _PHASE,
            note="슬로 스타트, 마지막은 세그먼트 둘을 확인하는 지연 ACK",
        ),
        _lose(1000, 10, 6, note="빠른 회복에서 혼잡 회피까지"),
        _steps(
            1000, *([_send(1000), _ack(1000)] * 20), _send(8000), _DUP, _DUP, _CWND, _DUP, *_ALL,
            note="cwnd는 큰데 보낸 것은 적을 때",
        ),
        _steps(1000, _send(3000), _DUP, _DUP, _DUP, *_ALL, _ack(3000), *_ALL, note="FlightSize가 작을 때"),
        _second_loss(1000, 10, 5),
        _steps(1000, _send(8000), _DUP, _DUP, _ack(1000), _DUP, _CWND, _PHASE, note="중복 ACK가 이어지지 않았을 때"),
        _steps(1000, _send(10_000), _TIMEOUT, *_ALL, _ack(1000), _CWND, _ack(1000), *_ALL, note="타임아웃"),
        _steps(1000, _send(1000), _TIMEOUT, *_ALL, note="하나만 보내고 타임아웃"),
        _steps(1000, _send(10_000), _DUP, _DUP, _DUP, _DUP, _TIMEOUT, *_ALL, note="빠른 회복 중의 타임아웃"),
        _steps(
            1000, _send(10_000), _DUP, _DUP, _DUP, _ack(10_000), *([_send(1500), _ack(1500), _CWND] * 14),
            note="혼잡 회피, ACK가 MSS의 배수가 아닐 때",
        ),
    ),
    fresh_cases=_fresh_renos,
    hints=(
        "먼저 `phase`를 쓰자. 1번에서 고친 조건 그대로다. 다음은 `on_ack`의 세 갈래: 빠른 회복이면 끝내고, 슬로 "
        "스타트면 "
        "`min(acked, mss)`, 혼잡 회피면 모은다.",
        "혼잡 회피에서는 확인된 바이트를 `credit`에 모으다가 `cwnd`만큼 모이면 그만큼 먼저 빼고 cwnd에 `mss`를 "
        "더한다.",
        "`on_dup_ack`는 두 갈래다. 이미 빠른 회복 중이면 cwnd를 `mss`만큼 부풀린다. 아니면 세다가 셋이 되는 순간 "
        "ssthresh를 낮추고 cwnd를 `ssthresh + 3 * mss`로 둔다.",
        "ssthresh를 낮추는 식은 두 곳에서 같다: `max(self.in_flight // 2, 2 * self.mss)`. cwnd가 아니라 "
        "in_flight의 반이다.",
    ),
    mistakes={
        "cwnd의 반을 썼다. ssthresh는 FlightSize(보냈지만 확인받지 못한 것)의 반이다 (RFC 5681 §3.1 식 4). 보낼 것이 "
        "적어 cwnd를 다 쓰지 않았다면 둘은 크게 다르다.": _HalfOfCwnd,
        "ACK 하나마다 cwnd를 두 배로 했다. ACK 하나에는 MSS까지만 늘고, 왕복 한 번의 ACK를 다 받으면 두 배가 된다.": (
            _DoublesPerAck
        ),
        "ACK 하나가 세그먼트 둘을 확인해도 슬로 스타트에서는 MSS까지만 는다: `min(acked, mss)` (RFC 5681 §3.1 식 2).": (
            _Uncapped
        ),
        "혼잡 회피에서 ACK마다 MSS씩 늘렸다. 그러면 슬로 스타트와 같다. 확인된 것이 cwnd만큼 모일 때마다 MSS다.": (
            _MssPerAck
        ),
        "혼잡 회피에 식 3(ACK마다 MSS·MSS/cwnd)을 썼다. RFC 5681이 허락하는 어림이지만 이 문제는 권하는 쪽, 곧 확인된 "
        "바이트를 `credit`에 모으는 방법이다.": _Equation3,
        "혼잡 회피에 식 3을 정수로 썼다. 이 문제는 확인된 바이트를 `credit`에 모으는 방법이다.": _WholeEquation3,
        "모은 것에서 cwnd를 빼야 한다. 0으로 되돌리면 남은 바이트가 사라져 늘어나는 때가 늦어진다.": _KeepsNoCredit,
        "늘린 다음의 cwnd를 뺐다. 모은 것에서 먼저 지금의 cwnd를 빼고 나서 MSS를 더한다.": _GrowsFirst,
        "세그먼트 하나에서 시작했다. 초기 윈도우는 `min(10·MSS, max(2·MSS, 14600))`이다 (RFC 6928 §2).": _OldStart,
        "MSS가 크면 초기 윈도우는 열 세그먼트보다 적다: `min(10·MSS, max(2·MSS, 14600))` (RFC 6928 §2).": _AlwaysTen,
        "타임아웃을 중복 ACK 셋과 똑같이 다루었다. 타임아웃이면 ACK가 끊긴 것이라 cwnd를 MSS 하나로 하고 슬로 "
        "스타트부터 다시 한다 (RFC 5681 §3.1).": _TimeoutAsDuplicates,
        "중복 ACK 셋에서 cwnd를 MSS 하나로 했다. 그것은 Reno 앞의 Tahoe다. 중복 ACK가 온다는 것은 뒤의 세그먼트가 "
        "도착한다는 뜻이므로 반만 줄인다.": _Tahoe,
        "빠른 회복 중의 중복 ACK마다 cwnd를 MSS만큼 부풀린다. 세그먼트 하나가 네트워크를 떠났다는 뜻이다 (RFC 5681 "
        "§3.2의 4).": _NoInflation,
        "빠른 회복에 들 때 3·MSS를 더하지 않았다. 중복 ACK 셋은 세그먼트 셋이 이미 네트워크를 떠났다는 뜻이다 (RFC "
        "5681 "
        "§3.2의 3).": _NoThree,
        "빠른 회복이 끝났는데 부풀린 것이 남았다. 새 ACK가 오면 cwnd를 ssthresh로 오므린다 (RFC 5681 §3.2의 6).": (
            _NoDeflation
        ),
        "빠른 회복을 끝내는 ACK로 cwnd를 또 늘리거나 모았다. 그 ACK는 cwnd를 ssthresh로 오므리기만 한다.": _GrowsOnExit,
        "ssthresh가 2·MSS 아래로 내려갔다. 식 4는 `max(FlightSize / 2, 2·SMSS)`다.": _NoFloor,
        "ssthresh의 바닥은 1·MSS가 아니라 2·MSS다 (RFC 5681 §3.1 식 4).": _FloorOfOne,
        "새 ACK가 와도 중복 ACK를 센 수가 남아 있다. 중복 ACK 셋은 잇달아 와야 한다.": _RemembersDuplicates,
        "네 번째 중복 ACK에서 시작했다. 처음의 ACK를 빼고 되풀이된 것만 셋이면 된다.": _FourthDuplicate,
        "두 번째 중복 ACK에서 시작했다. 처음의 ACK는 중복이 아니다. 되풀이된 것이 셋이어야 한다.": _SecondDuplicate,
        "`on_ack`에서 `in_flight`를 줄이지 않았다. 확인받은 것은 더는 FlightSize가 아니다.": _NeverSettles,
        "회복을 끝내는 ACK에서 `in_flight`를 줄이지 않았다. 새 데이터를 확인하는 ACK는 어느 단계에서 오든 FlightSize를 "
        "줄인다.": _RecoversWithoutSettling,
        "빠른 회복 중에 타임아웃이 나면 회복도 끝난다. `in_recovery`를 거짓으로 되돌린다.": _StaysInRecovery,
    },
    explanation="사건은 셋뿐이다. 새 ACK는 늘리고, 중복 ACK 셋은 반으로, 타임아웃은 처음으로. 나머지는 ‘한 번의 "
    "손실에 한 번만’과 "
    "‘바닥은 2·MSS’ 같은 안전장치다. 캡스톤(16)의 TCP가 이 클래스로 보낼 양을 정한다.",
)

# ── fill_fast_retransmit ────────────────────────────────────────────────────


def fast_retransmit_table(rng: random.Random) -> PacketTable:
    """세그먼트 하나를 잃고 빠른 재전송으로 되살린 표. 중복 ACK, 다시 보낸 것, 그 답을 가린다."""
    table = replace(loss(rng), title="빠른 재전송의 표", hidden=frozenset())
    again = _retransmission(table.rows)
    lost = next(row for row in table.rows if row["arrived"] == math.inf)
    duplicates: list[Cell] = [(row["number"], "ack") for row in _acks(table.rows, before=again, ack=lost["seq"])]
    answer = next(row for row in table.rows if row["number"] > again["number"])
    chosen = {*rng.sample(duplicates, 3), (again["number"], "seq"), (answer["number"], "ack")}
    return replace(table, hidden=frozenset(chosen)).hide(rng, count=3)


def _retransmission(rows: Any) -> Row:
    return next(row for row in rows if RETRANSMISSION in row["note"])


def _acks(rows: Any, before: Row, ack: int) -> list[Row]:
    """다시 보내기 전에 받는 쪽이 보낸, 그 번호의 ACK들."""
    return [row for row in rows if row["number"] < before["number"] and row["ack"] == ack]


def _as_new_data(rows: list[Row]) -> list[Row]:
    """다시 보낸 것에 새 번호를 준다."""
    return complete([{**row, "note": ""} if row["seq"] is None else row for row in rows])


def _with_notes(rows: list[Row], given: list[Row]) -> list[Row]:
    return [{**row, "note": old["note"]} for row, old in zip(rows, given, strict=True)]


def _up_to_the_hole(rows: list[Row]) -> list[Row]:
    """빈틈이 메워진 뒤의 ACK가 다시 보낸 것까지만 확인한다."""
    done = complete(rows)
    again = _retransmission(done)
    filled = (again["seq"] + again["length"]) % MODULUS
    for row, given in zip(done, rows, strict=True):
        if given["ack"] is None and row["number"] > again["number"] and row["sender"] != again["sender"]:
            row["ack"] = filled
    return done


def _next_segment(rows: list[Row]) -> list[Row]:
    """다시 보낸 것의 번호를 잃은 것의 다음으로 적는다."""
    done = complete(rows)
    for row, given in zip(done, rows, strict=True):
        if given["seq"] is None and RETRANSMISSION in row["note"]:
            row["seq"] = (row["seq"] + row["length"]) % MODULUS
    return done


FILL_FAST_RETRANSMIT = packet_table_problem(
    name="fill_fast_retransmit",
    lesson=LESSON,
    title="빠른 재전송의 표 채우기",
    points=3,
    rfc="RFC 5681 §3.2",
    make=fast_retransmit_table,
    mistakes={
        "다시 보낸 세그먼트에 새 번호를 주었다. 재전송은 잃은 것과 같은 번호를 쓴다. 중복 ACK가 달라고 한 "
        "번호다.": (
            lambda rows: _with_notes(_as_new_data(rows), rows)
        ),
        "빈틈을 메운 ACK가 다시 보낸 것의 끝에서 멈췄다. 받는 쪽은 그 뒤의 것을 버리지 않고 들고 있었으므로, 빈틈이 "
        "메워지면 거기까지 한꺼번에 확인한다.": _up_to_the_hole,
        "잃은 것의 다음 세그먼트를 다시 보냈다. 중복 ACK의 번호가 바로 잃은 것의 첫 바이트다.": _next_segment,
    },
    hints=(
        "잃은 세그먼트(도착 시각이 무한대)의 `seq`를 찾아 두자. 받는 쪽은 그것이 올 때까지 그 번호만 되풀이해 달라고 "
        "한다.",
        "그래서 중복 ACK의 `ack`는 모두 같다. `비고`(note)에 재전송이라고 적힌 줄의 `seq`도 그 번호다.",
        "다시 보낸 것이 도착한 뒤의 `ack`는 그때까지 받은 것의 끝까지 뛴다. 나머지 빈칸은 05에서 한 대로, 쪽마다 "
        "‘다음에 "
        "보낼 번호’를 기억하며 채운다. 줄을 보낼 때(`time`)까지 도착한(`arrived`) 것만 받은 것이다.",
    ),
    explanation="같은 `ack`가 되풀이되는 동안에도 세그먼트는 하나씩 도착하고 있다. 그 번호가 바로 ‘무엇을 다시 "
    "보낼지’를 말해 "
    "준다. 그래서 타이머를 기다리지 않아도 된다.",
)

PROBLEMS = (PHASE_OF, ROUNDS_TO_FILL, AIMD_FAIR_POINT, RENO, FILL_FAST_RETRANSMIT)
