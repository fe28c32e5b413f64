"""11 혼잡 제어 (2)의 문제."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from typing import Any

from tcpedu.course.packet_problem import packet_table_problem
from tcpedu.course.problem import Case, Problem
from tcpedu.network.contest import jain_index
from tcpedu.network.ecn_marks import ecn_flags, marked_transfer
from tcpedu.network.packet import Ecn, Packet
from tcpedu.network.packet_table import PacketTable
from tcpedu.network.queues import CoDel
from tcpedu.protocol.congestion.cubic import cubic_k, cubic_window
from tcpedu.protocol.congestion.response import mathis_throughput
from tcpedu.protocol.segment import Segment

LESSON = "11_modern_congestion_control"

# ── jain_index ──────────────────────────────────────────────────────────────


def _fresh_rates(rng: random.Random) -> list[Case]:
    def rates(count: int) -> list[float]:
        return [round(rng.uniform(0.1, 20.0), 2) for _ in range(count)]

    return [
        *(Case((rates(count),)) for count in (2, 3, 4, 6)),
        Case(([round(rng.uniform(1, 9), 1)] * rng.randrange(2, 6),), note="모두 같을 때"),
        Case(([0.0] * rng.randrange(1, 5) + rates(1),), note="하나가 다 가질 때"),
        Case(([0.0, 0.0],), note="아무도 보내지 못했을 때"),
    ]


JAIN_INDEX = Problem(
    name="jain_index",
    lesson=LESSON,
    title="얼마나 고르게 나누었나",
    points=1,
    rfc="Jain, Chiu, Hawe (1984), RFC 5166 §2.3",
    reference=jain_index,
    cases=(
        Case(([5.0, 5.0],), note="두 흐름이 똑같이 가질 때"),
        Case(([10.0, 0.0],), note="하나가 다 가질 때"),
        Case(([3.0, 1.0],), note="3 대 1"),
        Case(([1.0, 2.0, 3.0],), note="세 흐름"),
        Case(([8.0, 0.0, 0.0, 0.0],), note="넷 가운데 하나가 다 가질 때"),
        Case(([0.0, 0.0],), note="아무도 보내지 못했을 때"),
    ),
    fresh_cases=_fresh_rates,
    hints=(
        "모두 같은 빠르기 x라면 분자는 (n·x)²이다. 지수가 1이 되려면 분모도 그만큼이어야 한다.",
        "제곱의 합은 n·x²이다. 여기에 무엇을 곱하면 (n·x)²이 될까?",
    ),
    mistakes={
        "흐름의 수를 곱하지 않았다. 모두 같을 때 1이 아니라 흐름의 수가 나온다.": lambda rates: (
            sum(rates) ** 2 / sum(rate * rate for rate in rates) if any(rates) else 1.0
        ),
        "흐름의 수를 두 번 곱했다. 모두 같을 때 1이 아니라 1/n이 나온다.": lambda rates: (
            jain_index(rates) / len(rates) if any(rates) else 1.0
        ),
        "가장 느린 것을 가장 빠른 것으로 나누었다. 그것은 두 흐름만 보는 값이고, Jain의 지수는 모든 흐름을 "
        "본다.": lambda rates: min(rates) / max(rates) if any(rates) else 1.0,
        "2를 곱했다. 흐름이 둘일 때만 맞다. 흐름의 수 n을 곱해야 한다.": lambda rates: (
            sum(rates) ** 2 / (2 * sum(rate * rate for rate in rates)) if any(rates) else 1.0
        ),
    },
    explanation="지수가 1/n이면 하나가 다 가진 것, k/n이면 n개 가운데 k개만 똑같이 나눈 것과 같은 만큼 고르다. 단위가 "
    "없어서 Mbit/s든 바이트든 같은 값이다.",
)

# ── cubic_k ─────────────────────────────────────────────────────────────────


def _fresh_epochs(rng: random.Random) -> list[Case]:
    def pair(factor: float) -> Case:
        w_max = round(rng.uniform(20, 2000), 1)
        return Case((w_max, round(w_max * factor, 2)))

    over = round(rng.uniform(20, 200), 1)
    return [
        *(pair(factor) for factor in (0.7, 0.7, 0.5, 0.9)),
        Case((over, over * 0.7, rng.choice((0.04, 4.0))), note="C를 바꿨을 때"),
        Case((over, over + 5.0), note="이미 W_max를 넘었을 때"),
    ]


CUBIC_K = Problem(
    name="cubic_k",
    lesson=LESSON,
    title="되돌아가는 데 걸리는 시간 K",
    points=1,
    rfc="RFC 9438 §4.2 식 2",
    reference=cubic_k,
    cases=(
        Case((110.0, 77.0), note="강의의 곡선: 110에서 잃고 77이 되었을 때"),
        Case((1000.0, 700.0), note="윈도우가 아홉 배쯤 클 때"),
        Case((100.0, 60.0), note="0.7배가 아닌 곳에서 시작할 때"),
        Case((110.0, 77.0, 4.0), note="C = 4"),
        Case((80.0, 80.0), note="줄지 않았을 때"),
        Case((80.0, 90.0), note="이미 W_max를 넘었을 때"),
    ),
    fresh_cases=_fresh_epochs,
    hints=(
        "W_cubic(0) = cwnd_epoch이어야 한다. W_cubic(t) = C·(t − K)³ + W_max에 t = 0을 넣고 K에 대해 풀어 보자.",
        "C·K³ = W_max − cwnd_epoch이다. 세제곱근은 `math.cbrt(x)`다.",
        "cwnd_epoch가 W_max 이상이면 오를 곳이 없다. 그때 K는 0이다.",
    ),
    mistakes={
        "제곱근을 구했다. 곡선이 세제곱이므로 세제곱근이다.": lambda w_max, cwnd_epoch, c=0.4: math.sqrt(
            max(0.0, w_max - cwnd_epoch) / c
        ),
        "시작하는 곳을 언제나 0.7·W_max로 보았다. 어디에서 시작하는지는 `cwnd_epoch`가 "
        "말한다.": lambda w_max, cwnd_epoch, c=0.4: math.cbrt(w_max * 0.3 / c),
        "C로 나누고 나서 세제곱근을 구해야 한다: K³ = (W_max − cwnd_epoch) / C.": lambda w_max, cwnd_epoch, c=0.4: (
            math.cbrt(max(0.0, w_max - cwnd_epoch)) / c
        ),
        "C를 0.4로 못박았다. 셋째 인자로 받은 값을 쓰자.": lambda w_max, cwnd_epoch, c=0.4: cubic_k(w_max, cwnd_epoch),
        "이미 W_max를 넘은 곳에서 시작하면 K는 0이다. 차이의 크기(절댓값)를 쓰면 오지 않을 때를 "
        "기다린다.": lambda w_max, cwnd_epoch, c=0.4: math.cbrt(abs(w_max - cwnd_epoch) / c),
        "이미 W_max를 넘은 곳에서 시작하면 차이가 음수다. K는 시간이므로 0보다 작을 수 "
        "없다.": lambda w_max, cwnd_epoch, c=0.4: math.cbrt((w_max - cwnd_epoch) / c),
        "이미 W_max를 넘은 곳에서 시작하면 차이가 음수이고, 파이썬에서 음수의 `** (1/3)`은 복소수다. 먼저 0보다 "
        "작지 않게 "
        "하자.": lambda w_max, cwnd_epoch, c=0.4: ((w_max - cwnd_epoch) / c) ** (1 / 3),
    },
    explanation="윈도우가 아홉 배가 되어도 K는 두 배쯤이다(세제곱근). 그래서 아주 넓은 길에서도 수십 초면 되찾는다.",
)

# ── cubic_window ────────────────────────────────────────────────────────────


def _curve(
    t: float, w_max: float, mss: float = 1.0, c: float = 0.4, beta: float = 0.7, *, k: float | None = None,
    power: int = 3,
) -> float:  # fmt: skip
    """기준 답과 한 곳만 다른 오답을 만든다."""
    if k is None:
        k = cubic_k(w_max, beta * w_max, c, mss)
    return c * mss * (t - k) ** power + w_max


def _fresh_curves(rng: random.Random) -> list[Case]:
    def point(late: bool) -> tuple[float, float]:
        w_max = round(rng.uniform(20, 800), 1)
        k = cubic_k(w_max, 0.7 * w_max)
        return round(k * (rng.uniform(1.2, 2.0) if late else rng.uniform(0.1, 0.8)), 2), w_max

    t, w_max = point(late=True)
    return [
        *(Case(point(late)) for late in (False, False, True)),
        Case((t, w_max * 1460, 1460.0), note="바이트로 셀 때"),
        Case((t, w_max, 1.0, 4.0), note="C = 4"),
        Case((t, w_max, 1.0, 0.4, 0.5), note="β = 0.5"),
        Case((0.0, w_max), note="시작하는 순간"),
    ]


CUBIC_WINDOW = Problem(
    name="cubic_window",
    lesson=LESSON,
    title="세제곱 곡선",
    points=2,
    rfc="RFC 9438 §4.2 식 1",
    reference=cubic_window,
    cases=(
        Case((2.0, 110.0), note="강의의 곡선, 2초 뒤"),
        Case((0.0, 110.0), note="시작하는 순간: 0.7 · 110"),
        Case((6.0, 110.0), note="K를 지난 뒤"),
        Case((2.0, 160600.0, 1460.0), note="바이트로 셀 때: 110세그먼트"),
        Case((2.0, 110.0, 1.0, 4.0), note="C = 4"),
        Case((2.0, 110.0, 1.0, 0.4, 0.5), note="β = 0.5"),
    ),
    fresh_cases=_fresh_curves,
    hints=(
        "먼저 K를 구한다. 시작하는 윈도우는 `beta * w_max`다. 2번에서 만든 식을 쓰면 된다.",
        "C의 단위는 세그먼트/초³이다. 윈도우를 바이트로 세면 C에도 mss를 곱해야 한다.",
        "K에서도 마찬가지다: (w_max − beta·w_max)을 mss로 나누어 세그먼트로 바꾼 다음 C로 나누고 세제곱근을 구한다.",
    ),
    mistakes={
        "K를 빼지 않았다. 곡선의 평평한 곳은 t = 0이 아니라 t = K다.": lambda t, w, mss=1.0, c=0.4, beta=0.7: _curve(
            t, w, mss, c, beta, k=0.0
        ),
        "K에 1 − β가 아니라 β를 썼다. 되찾을 것은 줄어든 몫 (1 − β)·W_max다.": lambda t, w, mss=1.0, c=0.4, beta=0.7: (
            _curve(t, w, mss, c, beta, k=math.cbrt(w * beta / mss / c))
        ),
        "W_max에서 멈췄다. K를 지나면 볼록하게 늘며 새 대역폭을 찾는다 (RFC 9438 "
        "§4.5).": lambda t, w, mss=1.0, c=0.4, beta=0.7: min(w, _curve(t, w, mss, c, beta)),
        "제곱을 했다. 제곱이면 K 앞에서도 W_max보다 크다. 세제곱은 부호를 "
        "남긴다.": lambda t, w, mss=1.0, c=0.4, beta=0.7: _curve(t, w, mss, c, beta, power=2),
        "mss를 쓰지 않았다. 윈도우가 바이트면 C(세그먼트/초³)도 바이트로 바꾸어야 "
        "한다.": lambda t, w, mss=1.0, c=0.4, beta=0.7: _curve(t, w, 1.0, c, beta),
        "mss를 C에는 곱했지만 K에서는 나누지 않았다. 세그먼트와 바이트가 섞여 K가 너무 "
        "길다.": lambda t, w, mss=1.0, c=0.4, beta=0.7: _curve(t, w, mss, c, beta, k=math.cbrt(w * (1 - beta) / c)),
        "C나 β를 기본값으로 못박았다. 인자로 받은 값을 쓰자.": lambda t, w, mss=1.0, c=0.4, beta=0.7: _curve(t, w, mss),
    },
    explanation="곡선은 (K, W_max)를 중심으로 한 세제곱이다. 앞은 오목(서둘러 되찾고 조심해서 다가간다), 뒤는 "
    "볼록(더 있는지 점점 빨리 찾는다)하다. RTT가 식에 없다는 것이 요점이다.",
)

# ── mathis_throughput ───────────────────────────────────────────────────────


def _fresh_losses(rng: random.Random) -> list[Case]:
    def path() -> Case:
        mss, rtt = rng.choice((536, 1220, 1448, 1460, 8960)), round(rng.uniform(0.005, 0.3), 3)
        return Case((mss, rtt, rng.choice((1e-5, 1e-4, 0.002, 0.01, 0.05))))

    return [path() for _ in range(6)]


MATHIS = Problem(
    name="mathis_throughput",
    lesson=LESSON,
    title="손실률이 정하는 빠르기",
    points=1,
    rfc="Mathis, Semke, Mahdavi, Ott (1997)",
    reference=mathis_throughput,
    cases=(
        Case((1460, 0.1, 0.01), note="100 ms, 1%"),
        Case((1460, 0.1, 0.0001), note="손실률이 100분의 1이면 열 배"),
        Case((1460, 0.2, 0.01), note="RTT가 두 배면 절반"),
        Case((536, 0.02, 0.03), note="작은 세그먼트"),
        Case((8960, 0.05, 1e-6), note="점보 프레임"),
    ),
    fresh_cases=_fresh_losses,
    hints=(
        "평균 윈도우는 √(3/2) / √p 세그먼트다. 왕복마다 이만큼 보낸다.",
        "윈도우에 mss를 곱하면 바이트, 그것을 rtt로 나누면 초마다의 바이트다.",
    ),
    mistakes={
        "손실률에 제곱근을 씌우지 않았다. 손실이 100배 줄면 100배가 아니라 10배 빨라진다.": lambda mss, rtt, loss: (
            mss / rtt * math.sqrt(1.5) / loss
        ),
        "√p로 나누지 않고 곱했다. 손실이 적을수록 빨라야 한다.": lambda mss, rtt, loss: (
            mss / rtt * math.sqrt(1.5) * math.sqrt(loss)
        ),
        "비트로 바꾸었다. 이 문제의 단위는 바이트/초다.": lambda mss, rtt, loss: 8 * mathis_throughput(mss, rtt, loss),
        "상수가 3/2다. 3/2에도 제곱근을 씌워 √(3/2) ≈ 1.22다.": lambda mss, rtt, loss: (
            mss / rtt * 1.5 / math.sqrt(loss)
        ),
        "상수를 1.22로 어림했다. `math.sqrt(3 / 2)`를 그대로 쓰자.": lambda mss, rtt, loss: (
            mss / rtt * 1.22 / math.sqrt(loss)
        ),
        "상수 √(3/2)를 빠뜨렸다.": lambda mss, rtt, loss: mss / rtt / math.sqrt(loss),
        "RTT로 나누지 않았다. 윈도우는 왕복마다 한 번 보내는 양이다.": lambda mss, rtt, loss: (
            rtt * mathis_throughput(mss, rtt, loss)
        ),
    },
    explanation="톱니 하나는 W/2에서 W까지 왕복 W/2번이고, 그동안 3W²/8개를 보내며 하나를 잃는다: p = 8/(3W²). "
    "평균 윈도우 3W/4에 넣으면 √(3/2)/√p가 나온다.",
)

# ── codel_drops ─────────────────────────────────────────────────────────────

Dequeues = Sequence[tuple[float, float]]


def codel_drops(delays: Dequeues, target: float, interval: float) -> list[float]:
    """라이브러리의 CoDel에 머문 시간을 그대로 겪게 하고, 벌을 준 시각을 읽는다.

    버리는 대신 표시하게 하면 한 번 꺼낼 때 많아야 하나를 벌하고 다음 것을 더 꺼내지 않는다.
    """
    queue = CoDel(target=target, interval=interval, limit=None, ecn=True, max_packet=-1)
    times = []
    for now, sojourn in delays:
        packet = Packet(1, "", "", Segment(1, 2, seq=0), now, ecn=Ecn.ECT_0)
        queue.enqueue(packet, now - sojourn)
        queue.dequeue(now)
        if packet.ecn is Ecn.CE:
            times.append(now)
    return times


def _codel(
    delays: Dequeues, target: float, interval: float, *, wait: bool = True,
    law: Callable[[float, int], float] | None = None, from_now: bool = False, resets: bool = True, leaves: bool = True,
    restarts: bool = True, first: int = 1,
) -> list[float]:  # fmt: skip
    """기준 답과 한 곳만 다른 오답을 만든다."""
    gap = law or (lambda interval, count: interval / math.sqrt(count))
    times: list[float] = []
    above: float | None = None
    dropping, count, drop_next = False, 0, 0.0
    for now, sojourn in delays:
        if sojourn < target:
            late, above = False, (None if resets else above)
        elif above is None:
            above = now + (interval if wait else 0.0)
            late = not wait
        else:
            late = now >= above
        if dropping and not late:
            dropping = not leaves
        elif dropping and now >= drop_next:
            times.append(now)
            count += 1
            drop_next = (now if from_now else drop_next) + gap(interval, count)
        elif late and not dropping:
            times.append(now)
            dropping, count = True, first if restarts else count + 1
            drop_next = now + gap(interval, count)
    return times


def _ramp(start: float, step: float, sojourns: Sequence[float]) -> list[tuple[float, float]]:
    return [(round(start + n * step, 6), sojourn) for n, sojourn in enumerate(sojourns)]


def _flat(start: float, step: float, count: int, sojourn: float) -> list[tuple[float, float]]:
    return _ramp(start, step, [sojourn] * count)


def _dip(step: float) -> list[tuple[float, float]]:
    """한 번 내려갔다가 다시 오르는 것: 그때부터 다시 기다린다."""
    return _ramp(0.0, step, [0.02] * 6 + [0.001] + [0.02] * 14)


def _again(step: float, gap: float) -> list[tuple[float, float]]:
    """버리다가 조용해지고, 한참 뒤에 다시 버린다 (RFC 8289 §5.5의 16 interval보다 오래 뒤)."""
    first = _flat(0.0, step, 40, 0.03)
    quiet = first[-1][0] + step
    return [*first, (round(quiet, 6), 0.002), *_flat(round(quiet + gap, 6), step, 30, 0.03)]


def _fresh_delays(rng: random.Random) -> list[Case]:
    # interval이 눈금의 배수가 아니어야 소수의 마지막 비트가 답을 바꾸지 않는다.
    steps, interval = (0.007, 0.011, 0.013), 0.1

    def noisy(step: float, count: int) -> list[tuple[float, float]]:
        return _ramp(0.0, step, [round(rng.uniform(0.008, 0.05), 4) for _ in range(count)])

    burst = _ramp(0.0, 0.007, [0.03] * rng.randrange(5, 12) + [0.001] * 5)
    return [
        Case((noisy(rng.choice(steps), rng.randrange(40, 70)), 0.005, interval)),
        Case((_flat(1.0, rng.choice(steps), 60, 0.04), 0.015, interval), note="target이 15 ms일 때"),
        Case((_flat(0.0, rng.choice(steps), 60, 0.04), 0.005, 0.05), note="interval이 50 ms일 때"),
        Case((burst, 0.005, interval), note="짧은 버스트"),
        Case((_dip(rng.choice(steps)), 0.005, interval), note="한 번 내려갔다가 다시 오를 때"),
        Case(
            (_again(rng.choice(steps), 1.8 + rng.random()), 0.005, interval), note="멈췄다가 한참 뒤에 다시 시작할 때"
        ),
    ]


CODEL_DROPS = Problem(
    name="codel_drops",
    lesson=LESSON,
    title="CoDel은 언제 버리는가",
    points=3,
    rfc="RFC 8289 §3.3, §5.5, §5.6",
    reference=codel_drops,
    cases=(
        Case((_flat(0.0, 0.012, 40, 0.02), 0.005, 0.1), note="줄곧 20 ms를 머물 때"),
        Case((_flat(0.0, 0.012, 8, 0.02), 0.005, 0.1), note="interval보다 짧게 넘을 때"),
        Case((_dip(0.012), 0.005, 0.1), note="한 번 내려갔다가 다시 오를 때"),
        Case((_flat(0.0, 0.012, 40, 0.004), 0.005, 0.1), note="target 아래에 머물 때"),
        Case((_again(0.013, 2.0), 0.005, 0.1), note="멈췄다가 한참 뒤에 다시 시작할 때"),
        Case((_flat(0.0, 0.007, 60, 0.05), 0.02, 0.05), note="target 20 ms, interval 50 ms"),
        Case(([], 0.005, 0.1), note="꺼낸 것이 없을 때"),
    ),
    fresh_cases=_fresh_delays,
    hints=(
        "기억할 것은 넷이다: 언제까지 줄곧 넘으면 버릴지(`first_above`, 없으면 None), 버리는 "
        "중인지(`dropping`), 몇 번째인지"
        "(`count`), 다음에 버릴 시각(`drop_next`).",
        "하나를 꺼낼 때마다 먼저 '늦었는가'를 정한다. 머문 시간이 target보다 작으면 `first_above = None`, 늦지 않았다. "
        "`first_above`가 None이면 `now + interval`로 적고, 아직 늦지 않았다. 그 밖에는 `now >= first_above`면 "
        "늦은 것이다.",
        "버리는 중이 아니면: 늦었으면 버리고 `count = 1`, `drop_next = now + interval / √count`.",
        "버리는 중이면: 늦지 않았으면 멈춘다. 늦었고 `now >= drop_next`면 버리고 count를 하나 늘린 뒤, `drop_next`에 "
        "`interval / √count`를 더한다. 지금 시각이 아니라 앞의 예정 시각에 더한다.",
    ),
    mistakes={
        "넘자마자 버렸다. CoDel은 interval 동안 줄곧 넘어야 버린다: 짧은 버스트는 큐가 할 일이다.": lambda d, t, i: (
            _codel(d, t, i, wait=False)
        ),
        "간격을 줄이지 않았다. 다음 간격은 interval이 아니라 interval / √count다.": lambda d, t, i: _codel(
            d, t, i, law=lambda interval, count: interval
        ),
        "√count가 아니라 count로 나누었다. 너무 빨리 촘촘해진다.": lambda d, t, i: _codel(
            d, t, i, law=lambda interval, count: interval / count
        ),
        "다음 시각을 지금(now)에서 셌다. 늦게 꺼낸 만큼 밀리지 않게 앞의 예정 시각(drop_next)에 "
        "더한다.": lambda d, t, i: _codel(d, t, i, from_now=True),
        "target 아래로 내려갔을 때 기다리던 시각을 지우지 않았다. 다시 넘으면 interval을 처음부터 "
        "기다린다.": lambda d, t, i: _codel(d, t, i, resets=False),
        "target 아래로 내려가도 버리기를 멈추지 않았다.": lambda d, t, i: _codel(d, t, i, leaves=False),
        "다시 시작할 때 count를 1로 되돌리지 않았다. 한참 뒤의 혼잡은 새 혼잡이다.": lambda d, t, i: _codel(
            d, t, i, restarts=False
        ),
        "처음 버릴 때 count는 1이다. 둘째까지의 간격은 interval / √1이다.": lambda d, t, i: _codel(d, t, i, first=2),
        "target을 넘은 것을 모두 버렸다. 잠깐 넘는 것은 버스트다. interval 동안 줄곧 넘어야 버리기 시작하고, 그 뒤에도 "
        "하나씩 사이를 두고 버린다.": lambda d, t, i: [now for now, sojourn in d if sojourn >= t],
        "버리는 중에 꺼낸 것을 모두 버렸다. drop_next가 될 때까지는 내보낸다.": lambda d, t, i: _codel(
            d, t, i, law=lambda interval, count: 0.0
        ),
    },
    explanation="Reno의 빠르기는 1/√p에 비례한다. 그래서 버리는 빠르기를 √count로 올리면 보내는 빠르기가 "
    "곧게(선형으로) 줄어 "
    "큐가 넘치지도 마르지도 않는다 (RFC 8289 §3.3).",
)

# ── fill_ecn ────────────────────────────────────────────────────────────────

_COLUMNS = ("number", "time", "sender", "flags", "seq", "ack", "length", "ecn", "arrived")


def ecn_table(rng: random.Random) -> PacketTable:
    """데이터 열 개 가운데 하나나 둘에 CE가 표시된 전송. ACK와 CWR의 자리를 가린다."""
    window = rng.choice((3, 4))
    first = rng.randrange(4, 3 + window)  # 첫 윈도우 안에서 하나, 또는 이어진 둘. 그래야 줄이는 일이 한 번이다
    marks = range(first, first + rng.choice((1, 2)))
    client, server = rng.randrange(100, 1000), rng.randrange(100, 1000)  # 번호는 묻지 않으므로 짧은 것으로
    trace = marked_transfer(
        marks=marks, segments=9, window=window, client_isn=client, server_isn=server, delay=rng.choice((0.03, 0.05))
    )  # fmt: skip
    chosen = [sent.number for sent in trace.segments if 3 < sent.number <= 20]
    table = PacketTable.of(trace, title="표시된 전송의 표", columns=_COLUMNS, packets=chosen)
    plain = [row["number"] for row in table.rows if row["flags"] in ("ACK", "ECE,ACK", "CWR,ACK")]
    told = [number for number in plain if table.row(number)["flags"] != "ACK"]
    hidden = {*told, *rng.sample([number for number in plain if number not in told], 5)}
    return PacketTable.of(
        trace, {(number, "flags") for number in hidden}, title="표시된 전송의 표", columns=_COLUMNS, packets=chosen
    )


def _by_rule(rows: list[dict[str, Any]], rule: Callable[[list[dict[str, Any]], int], bool]) -> list[dict[str, Any]]:
    """기준 답을 채운 다음, 비었던 칸의 ECE나 CWR을 `rule(줄들, 자리)`로 다시 정한다."""
    blank = [index for index, row in enumerate(rows) if row["flags"] is None]
    right = ecn_flags([dict(row) for row in rows])
    for index in blank:
        name = "CWR" if right[index]["length"] else "ECE"
        rows[index]["flags"] = f"{name},ACK" if rule(right, index) else "ACK"
    return rows


def _said(row: dict[str, Any], name: str) -> bool:
    return name in row["flags"]


def _once(rows: list[dict[str, Any]], index: int) -> bool:
    """ECE를 한 번만 단다."""
    return _said(rows[index], "CWR") or (
        _said(rows[index], "ECE") and not any(_said(row, "ECE") for row in rows[:index])
    )


def _forever(rows: list[dict[str, Any]], index: int) -> bool:
    """CWR이 와도 ECE를 계속 단다."""
    return _said(rows[index], "CWR") or (
        not rows[index]["length"] and any(_said(row, "ECE") for row in rows[: index + 1])
    )


def _on_mark(rows: list[dict[str, Any]], index: int) -> bool:
    """표시된 데이터 자신에 ECE를 단 것과 같다: 보내는 쪽이 표시를 바로 안다."""
    row = rows[index]
    return row["ecn"] == "CE" if row["length"] else _said(row, "ECE")


def _every_echo(rows: list[dict[str, Any]], index: int) -> bool:
    """ECE가 올 때마다 CWR을 단다."""
    row = rows[index]
    if not row["length"]:
        return _said(row, "ECE")
    return any(_said(one, "ECE") and one["arrived"] <= row["time"] for one in rows[:index])


def _never_cwr(rows: list[dict[str, Any]], index: int) -> bool:
    return _said(rows[index], "ECE")


def _only_marked(rows: list[dict[str, Any]], index: int) -> bool:
    """표시된 세그먼트를 확인하는 ACK에만 ECE를 단다."""
    row = rows[index]
    if row["length"]:
        return _said(row, "CWR")
    return any(one["ecn"] == "CE" and one["seq"] + one["length"] == row["ack"] for one in rows[:index])


def _by_sending(rows: list[dict[str, Any]], index: int) -> bool:
    """도착을 보지 않고, 표의 위에 있으면 이미 안다고 친다."""
    row, above = rows[index], rows[:index]
    if row["length"]:
        heard = [one["number"] for one in above if _said(one, "ECE")]
        return bool(heard) and not any(one["length"] and one["number"] > heard[0] for one in above)
    news = [one for one in above if one["ecn"] == "CE" or _said(one, "CWR")]
    return bool(news) and news[-1]["ecn"] == "CE"


def _deaf(rows: list[dict[str, Any]], index: int) -> bool:
    """보내는 쪽이 듣지 못해 CWR이 없고, ECE도 멈추지 않는다."""
    return not rows[index]["length"] and any(_said(row, "ECE") for row in rows[: index + 1])


def _ecn_mistake(rule: Callable[[list[dict[str, Any]], int], bool]) -> Callable[[list[dict[str, Any]]], Any]:
    return lambda rows: _by_rule(rows, rule)


FILL_ECN = packet_table_problem(
    name="fill_ecn",
    lesson=LESSON,
    title="ECE와 CWR 채우기",
    points=3,
    rfc="RFC 3168 §6.1.2, §6.1.3",
    make=ecn_table,
    solve=ecn_flags,
    hints=(
        "받는 쪽과 보내는 쪽이 기억하는 것을 나누어 생각하자. 줄을 차례로 읽되, 어떤 줄을 채우기 전에 그때까지 도착한 "
        "(`arrived` ≤ 이 줄의 `time`) 줄들을 먼저 처리한다.",
        "받는 쪽은 하나만 기억한다: ECE를 달아야 하는가. CE가 오면 참, CWR이 오면 거짓이 된다.",
        "보내는 쪽은 처음 온 ECE에 줄이고, 그다음에 보내는 새 데이터 하나에만 CWR을 단다. 표에 있는 나머지 ECE는 같은 "
        "윈도우의 것이라 다시 줄이지 않는다.",
    ),
    explanation="ECE는 ACK처럼 잃을 수 있으므로 한 번만 말하지 않고 CWR이라는 답을 들을 때까지 되풀이한다. "
    "그래서 ACK 몇 개를 "
    "잃어도 소식은 간다. 보내는 쪽은 같은 소식을 여러 번 듣지만 한 윈도우에 한 번만 줄인다.",
    mistakes={
        "표시된 세그먼트를 확인하는 ACK에만 ECE를 달았다. 그 ACK를 잃으면 소식이 사라진다. CWR이 올 때까지 모든 ACK에 "
        "단다 (RFC 3168 §6.1.3).": _ecn_mistake(_only_marked),
        "ECE를 처음 한 번만 달았다. CWR이 올 때까지 모든 ACK에 단다 (RFC 3168 §6.1.3).": _ecn_mistake(_once),
        "CWR이 온 뒤에도 ECE를 달았다. CWR은 '들었고 줄였다'는 답이므로 거기서 멈춘다 (RFC 3168 §6.1.3).": _ecn_mistake(
            _forever
        ),
        "ECE가 온 뒤의 데이터마다 CWR을 달았다. 줄인 뒤의 첫 새 데이터 하나에만 단다 (RFC 3168 §6.1.2).": _ecn_mistake(
            _every_echo
        ),
        "CWR을 달지 않았다. 보내는 쪽은 줄이고 나서 다음 새 데이터에 CWR을 단다 (RFC 3168 §6.1.2).": _ecn_mistake(
            _never_cwr
        ),
        "도착하기 전에 알았다. 표의 위에 있어도 `arrived`가 이 줄의 `time`보다 늦으면 아직 모르는 "
        "일이다.": _ecn_mistake(_by_sending),
        "CWR이 한 번도 없어서 ECE도 멈추지 않았다. ECE를 들은 클라이언트는 줄이고, 그다음 첫 데이터에 CWR을 "
        "단다 (RFC 3168 "
        "§6.1.2).": _ecn_mistake(_deaf),
        "표시된 데이터에 CWR을 달았다. 표시는 길 가운데의 라우터가 하므로, 보내는 쪽은 ECE가 돌아온 뒤에야 "
        "안다.": _ecn_mistake(
            _on_mark
        ),
    },
)  # fmt: skip

PROBLEMS = (JAIN_INDEX, CUBIC_K, CUBIC_WINDOW, MATHIS, CODEL_DROPS, FILL_ECN)
