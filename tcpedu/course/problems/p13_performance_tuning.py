"""13 성능 최적화의 문제."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from typing import Any

from tcpedu.course.problem import Case, Problem
from tcpedu.lab.sysctls import parse_sysctl
from tcpedu.protocol.tuning import (
    advise,
    bdp_bytes,
    ceilings,
    keepalive_detects_after,
    max_throughput,
    window_scale_for,
)

LESSON = "13_performance_tuning"

# ── bdp_bytes ───────────────────────────────────────────────────────────────


def _fresh_bdp(rng: random.Random) -> list[Case]:
    found: list[Case] = []
    while len(found) < 6:
        rate, rtt = rng.choice((1e6, 1e7, 1e8, 1e9, 56_000)) * rng.randrange(1, 10), rng.randrange(1, 3000) / 1e4
        if abs(rate * rtt / 8 % 1 - 0.5) > 0.01:  # 꼭 절반인 것은 반올림의 규칙에 기댄다
            found.append(Case((rate, rtt)))
    return [*found, Case((rng.choice((3, 5, 7)) * 1000 + 3, 0.001), note="1바이트 남짓")]


BDP_BYTES = Problem(
    name="bdp_bytes",
    lesson=LESSON,
    title="길에 나가 있어야 하는 바이트",
    points=1,
    rfc="RFC 7323 §1.1",
    reference=bdp_bytes,
    cases=(
        Case((1e9, 0.1), note="1Gbit/s, 100ms"),
        Case((1e8, 0.07), note="100Mbit/s, 70ms"),
        Case((2e7, 0.1), note="강의의 길"),
        Case((10e9, 0.0002), note="데이터 센터 안"),
        Case((56_000, 0.0337), note="235.9바이트: 반올림"),
        Case((5003, 0.001), note="0.6바이트: 반올림"),
    ),
    fresh_cases=_fresh_bdp,
    hints=(
        "속도에 시간을 곱하면 그 시간 동안 나간 **비트** 수다.",
        "한 바이트는 8비트다. 비트의 수를 바이트의 수로 바꾸려면 무엇으로 나눌까?",
    ),
    mistakes={
        "비트의 수다. 윈도우와 버퍼는 바이트로 세므로 8로 나눈다.": lambda rate, rtt: round(rate * rtt),
        "8을 곱했다. 비트에서 바이트로 가려면 나눈다.": lambda rate, rtt: round(rate * rtt * 8),
        "RTT의 절반을 썼다. ACK가 돌아올 때까지 나가 있으므로 가는 시간이 아니라 왕복 시간이다.": lambda rate, rtt: (
            round(rate * rtt / 16)
        ),
        "소수점 아래를 버렸다. 반올림한다.": lambda rate, rtt: int(rate * rtt / 8),
        "RTT를 밀리초로 보았다. 단위는 초다.": lambda rate, rtt: round(rate * rtt / 1000 / 8),
    },
    explanation="첫 바이트의 ACK가 돌아올 때까지 쉬지 않고 보내려면 왕복 시간만큼의 바이트가 나가 있어야 한다. 그것을 "
    "윈도우가 허락해야 한다.",
)

# ── max_throughput ──────────────────────────────────────────────────────────

MAX_THROUGHPUT = Problem(
    name="max_throughput",
    lesson=LESSON,
    title="윈도우가 정하는 한도",
    points=1,
    rfc="RFC 7323 §1.1",
    reference=max_throughput,
    cases=(
        Case((65535, 0.1), note="윈도우 스케일이 없던 때의 한도"),
        Case((87_380, 0.03), note="옛 커널의 값을 그대로 적은 버퍼"),
        Case((12_500_000, 0.1), note="1Gbit/s에 꼭 맞는 윈도우"),
        Case((65535, 0.0002), note="데이터 센터 안"),
        Case((0, 0.05), note="제로 윈도우"),
    ),
    fresh_cases=lambda rng: [
        *(Case((rng.randrange(1000, 5_000_000), rng.randrange(1, 400) / 1000)) for _ in range(6)),
        Case((rng.randrange(1, 1460), 0.3), note="세그먼트 하나도 못 되는 윈도우"),
    ],
    hints=(
        "윈도우만큼 보내고 나면 ACK가 돌아올 때까지 쉰다. 그러니 한 왕복에 윈도우 하나다.",
        "바이트를 비트로 바꾸고(× 8), 걸린 시간으로 나눈다.",
    ),
    mistakes={
        "바이트/초다. 비트/초로 바꾸려면 8을 곱한다.": lambda window, rtt: window / rtt,
        "윈도우에 RTT를 곱했다. 같은 윈도우라면 RTT가 길수록 느리다.": lambda window, rtt: window * 8 * rtt,
        "8로 나누었다. 바이트에서 비트로 가려면 곱한다.": lambda window, rtt: window / 8 / rtt,
        "RTT를 밀리초로 보았다. 단위는 초다.": lambda window, rtt: window * 8 / (rtt / 1000),
        "RTT의 절반으로 나누었다. ACK가 돌아와야 다음 것을 보내므로 왕복 시간이다.": lambda window, rtt: (
            window * 8 / (rtt / 2)
        ),
        "소수점 아래를 버렸다. 그대로 돌려준다.": lambda window, rtt: window * 8 // rtt,
    },
    explanation="BDP의 식을 뒤집은 것이다. 길이 아무리 빨라도 한 왕복에 윈도우 하나를 넘지 못한다.",
)

# ── window_scale_for ────────────────────────────────────────────────────────


def _scale(window: int, enough: Callable[[int, int], bool]) -> int:
    """여는 조건만 다른 오답을 만든다."""
    return next((shift for shift in range(15) if enough(shift, window)), 14)


def _fresh_scales(rng: random.Random) -> list[Case]:
    shift = rng.randrange(1, 14)
    return [
        Case((65535 << shift,), note="꼭 알릴 수 있는 가장 큰 값"),
        Case(((65535 << shift) + 1,), note="거기서 1바이트 더"),
        Case((1 << 16 + shift,), note="2의 거듭제곱"),
        Case((rng.randrange(65535),), note="스케일이 없어도 되는 윈도우"),
        *(Case((rng.randrange(65536, 1 << 29),)) for _ in range(3)),
        Case(((65535 << 14) + rng.randrange(1, 10**6),), note="14로도 모자랄 때"),
    ]


def _unbounded(window: int) -> int:
    shift = 0
    while 65535 << shift < window:
        shift += 1
    return shift


WINDOW_SCALE_FOR = Problem(
    name="window_scale_for",
    lesson=LESSON,
    title="윈도우 스케일 고르기",
    points=2,
    rfc="RFC 7323 §2.2, §2.3",
    reference=window_scale_for,
    cases=(
        Case((65535,), note="16비트로 되는 윈도우"),
        Case((65536,), note="거기서 1바이트 더"),
        Case((131_071,), note="65535의 두 배보다 1바이트 더"),
        Case((250_000,), note="강의의 길의 BDP"),
        Case((32 << 20,), note="6.18의 tcp_rmem 한도"),
        Case((0,), note="제로 윈도우"),
        Case((65535 << 14,), note="알릴 수 있는 가장 큰 윈도우"),
        Case(((65535 << 14) + 1,), note="14로도 모자랄 때"),
    ),
    fresh_cases=_fresh_scales,
    hints=(
        "윈도우 필드에 적을 수 있는 가장 큰 수는 65535다. `shift`이면 `65535 * 2**shift`까지 알릴 수 있다.",
        "0부터 14까지 차례로 해 보며, 처음으로 `window` 이상이 되는 `shift`를 돌려준다.",
        "끝까지 가도 모자라면 `raise ValueError(…)`다.",
    ),
    mistakes={
        "16비트 필드의 가장 큰 수는 65536이 아니라 65535다.": lambda window: (
            window_scale_for(window - 1 if window and window % 65536 == 0 else window)
        ),
        "14로도 모자란데 14를 돌려주었다. 그 윈도우는 알릴 수 없으므로 `ValueError`다.": lambda window: (
            _scale(window, lambda shift, size: 65535 << shift >= size)
        ),
        "14를 넘는 값을 돌려주었다. 윈도우 스케일은 14까지다 (RFC 7323 §2.3).": _unbounded,
        "`shift`가 아니라 곱하는 수를 돌려주었다. 옵션에 적는 것은 2를 몇 번 곱하는지다.": lambda window: (
            2 ** window_scale_for(window)
        ),
        "꼭 맞는 윈도우를 모자란다고 보았다. `65535 * 2**shift`까지 알릴 수 있으므로 `>`가 아니라 `>=`다.": (
            lambda window: _scale(window, lambda shift, size: 65535 << shift > size)
        ),
        "이진수의 자릿수로 어림했다. 65535의 두 배를 1바이트만 넘어도 한 칸이 더 든다.": lambda window: (
            max(0, window.bit_length() - 16) if window <= 65535 << 14 else window_scale_for(window)
        ),
    },
    explanation="윈도우 스케일은 SYN에서 한 번 정하면 바뀌지 않는다. 그래서 커널은 지금의 버퍼가 아니라 앞으로 자랄 수 "
    "있는 한도(`tcp_rmem`의 셋째)를 보고 고른다. 6.18의 기본값 32MiB이면 10이다.",
)

# ── keepalive_detects_after ─────────────────────────────────────────────────

KEEPALIVE = Problem(
    name="keepalive_detects_after",
    lesson=LESSON,
    title="죽은 상대를 알아채기까지",
    points=2,
    rfc="RFC 9293 §3.8.4",
    reference=keepalive_detects_after,
    cases=(
        Case((7200, 75, 9), note="리눅스의 기본값"),
        Case((60, 75, 9), note="time만 줄였을 때"),
        Case((60, 10, 3), note="셋을 모두 줄였을 때"),
        Case((30, 5, 1), note="탐침 하나"),
        Case((1.5, 0.25, 4), note="1초보다 짧은 간격"),
    ),
    fresh_cases=lambda rng: [
        *(Case((rng.randrange(1, 9000), rng.randrange(1, 120), rng.randrange(2, 12))) for _ in range(5)),
        Case((rng.randrange(10, 100), rng.randrange(1, 60), 1), note="탐침 하나"),
        Case((rng.randrange(1, 20) / 2, rng.randrange(1, 20) / 4, rng.randrange(2, 6)), note="소수"),
    ],
    hints=(
        "첫 탐침은 `time`초에 나간다. 둘째는 거기서 `intvl`초 뒤, 셋째는 또 `intvl`초 뒤다. 시간의 줄을 그려 보자.",
        "마지막 탐침을 보내자마자 끊지는 않는다. 그 답도 `intvl`초 기다린다.",
    ),
    mistakes={
        "마지막 탐침을 보낸 때를 돌려주었다. 그 답을 `intvl`초 기다린 뒤에야 끊는다.": lambda time, intvl, probes: (
            time + intvl * (probes - 1)
        ),
        "첫 탐침이 나가기까지의 시간뿐이다. 탐침 하나에 답이 없다고 끊지 않는다 (MUST-29).": lambda t, intvl, probes: t,
        "탐침에 드는 시간뿐이다. 첫 탐침은 `time`초 동안 조용한 뒤에 나간다.": lambda time, intvl, probes: (
            intvl * probes
        ),
        "탐침마다 `time`초를 다시 기다렸다. 답이 없으면 다음 탐침은 `intvl`초 뒤다.": lambda time, intvl, probes: (
            (time + intvl) * probes
        ),
        "탐침을 하나 더 보냈다. 모두 `probes`번이고 마지막 것의 답까지 기다린다.": lambda time, intvl, probes: (
            time + intvl * (probes + 1)
        ),
        "재전송처럼 간격을 두 배씩 늘렸다. 킵얼라이브의 간격은 늘 같다.": lambda time, intvl, probes: (
            time + intvl * (2**probes - 1)
        ),
    },
    explanation="`time`만 60초로 줄여도 기본 간격과 횟수로는 735초다. 셋을 함께 정해야 하고, 그것도 "
    "소켓마다 할 수 있다.",
)

# ── parse_sysctl ────────────────────────────────────────────────────────────

_SAMPLE = """\
net.ipv4.tcp_rmem = 4096\t131072\t33554432
net.ipv4.tcp_sack = 1
net.ipv4.tcp_congestion_control = cubic
"""
_CONF = """\
# rmem_max = 212992 (옛 값)
net.core.rmem_max=4194304

; net.ipv4.tcp_sack = 0
net.ipv4.tcp_wmem = 4096 16384 4194304
"""


def _guarded(text: str, change: Callable[[str, str], Any], skip: tuple[str, ...] = ("#", ";")) -> dict[str, Any]:
    """줄을 나누는 법만 다른 오답을 만든다."""
    found: dict[str, Any] = {}
    for line in text.splitlines():
        name, equals, value = line.partition("=")
        if equals and not name.lstrip().startswith(skip):
            found[name.strip()] = change(name, value.strip())
    return found


def _lists(name: str, value: str) -> Any:
    parsed = parse_sysctl(f"a={value}")["a"]
    return [parsed] if isinstance(parsed, int) else parsed


def _one_number(name: str, value: str) -> Any:
    return int(value) if value.lstrip("-").isdigit() else value


def _words(name: str, value: str) -> Any:
    parsed = parse_sysctl(f"a={value}")["a"]
    return parsed.split() if isinstance(parsed, str) and " " in parsed else parsed


def _first_wins(text: str) -> dict[str, Any]:
    lines = [line for line in text.splitlines() if "=" in line]
    return parse_sysctl("\n".join(reversed(lines))) if len(lines) > len(parse_sysctl(text)) else parse_sysctl(text)


def _unstripped(text: str) -> dict[str, Any]:
    return {f"{name} ": value for name, value in parse_sysctl(text).items()}


def _fresh_settings(rng: random.Random) -> list[Case]:
    def three() -> str:
        first = rng.randrange(4096, 9000)
        return f"{first}\t{first * rng.randrange(2, 30)}\t{first * rng.randrange(100, 9000)}"

    control = rng.choice(("cubic", "reno", "bbr"))
    spaced = f"net.ipv4.tcp_available_congestion_control = reno {control}\n"
    again = f"net.core.somaxconn = {rng.randrange(1, 128)}\nnet.core.somaxconn={rng.randrange(129, 9999)}\n"
    return [
        Case((f"net.ipv4.tcp_rmem = {three()}\nnet.ipv4.tcp_wmem = {three()}\n",), note="정수 여럿"),
        Case((f"net.ipv4.tcp_keepalive_time={rng.randrange(10, 9000)}",), note="빈칸 없이"),
        Case((f"net.ipv4.tcp_congestion_control = {control}\n{spaced}",), note="글"),
        Case((f"# 설명 = 값\n\n  ; tcp_sack = 0\nnet.ipv4.tcp_adv_win_scale = {-rng.randrange(1, 9)}\n",), note="설명"),
        Case((again,), note="같은 이름이 두 번"),
        Case(("net.ipv4.ip_local_reserved_ports = \n",), note="빈 값"),
        Case((f"sysctl: permission denied\nnet.ipv4.tcp_sack = {rng.randrange(2)}\n",), note="=이 없는 줄"),
    ]


PARSE_SYSCTL = Problem(
    name="parse_sysctl",
    lesson=LESSON,
    title="커널 값 읽기",
    points=3,
    rfc="sysctl(8), sysctl.conf(5)",
    reference=parse_sysctl,
    cases=(
        Case((_SAMPLE,), note="정수 여럿, 정수 하나, 글"),
        Case((_CONF,), note="설정 파일: 설명과 빈 줄"),
        Case(("net.ipv4.tcp_available_congestion_control = reno cubic bbr\n",), note="빈칸이 든 글"),
        Case(("net.core.somaxconn = 128\nnet.core.somaxconn=4096\n",), note="같은 이름이 두 번"),
        Case(("net.ipv4.ip_local_reserved_ports = \n",), note="빈 값"),
        Case(("net.ipv4.tcp_adv_win_scale = -2\n",), note="음수"),
        Case(("kernel.core_pattern = |/bin/save --name=%e\n",), note="값에 =이 든 줄"),
        Case(("sysctl: permission denied\nnet.ipv4.tcp_sack = 1\n",), note="=이 없는 줄"),
        Case(("",), note="빈 글"),
    ),
    fresh_cases=_fresh_settings,
    hints=(
        "줄마다 첫 `=`에서 한 번만 나눈다. `line.partition('=')`은 (앞, =, 뒤)를 주고, `=`이 없으면 가운데가 빈 "
        "글이다.",
        "`value.split()`은 빈칸과 탭을 가리지 않고 낱말로 나눈다. 낱말을 모두 `int`로 바꿀 수 있는지 보자.",
        "`int`로 바꿀 수 없는 낱말이 하나라도 있으면 `ValueError`가 난다. 그때는 값 전체를 글로 둔다. 낱말이 하나도 "
        "없는 빈 값도 글이다.",
    ),
    mistakes={
        "값을 모두 글로 두었다. 정수는 int로 바꾸어야 견주고 셈할 수 있다.": lambda text: (
            _guarded(text, lambda name, value: value)
        ),
        "정수 하나까지 리스트에 담았다. 하나면 int, 여럿일 때만 리스트다.": lambda text: _guarded(text, _lists),
        "정수 여럿을 글로 두었다. `tcp_rmem` 같은 세 값은 int의 리스트다.": lambda text: _guarded(text, _one_number),
        "설명을 값으로 읽었다. `#`이나 `;`로 시작하는 줄은 건너뛴다.": lambda text: (
            _guarded(text, lambda name, value: parse_sysctl(f"a={value}")["a"], skip=("\0",))
        ),
        "`;`로 시작하는 설명을 값으로 읽었다. 설명은 `#`만이 아니다.": lambda text: (
            _guarded(text, lambda name, value: parse_sysctl(f"a={value}")["a"], skip=("#",))
        ),
        "글까지 낱말로 나누었다. 정수가 아닌 낱말이 있으면 값 전체를 글 하나로 둔다.": lambda text: (
            _guarded(text, _words)
        ),
        "같은 이름이 또 나왔을 때 앞의 것을 남겼다. 뒤의 것이 이긴다.": _first_wins,
        "이름의 뒤에 빈칸이 남았다. 이름과 값의 앞뒤 빈칸은 뗀다.": _unstripped,
    },
    explanation="설정을 견주려면 먼저 같은 꼴로 만들어야 한다. 글로 견주면 탭과 빈칸의 차이도 '다름'이 된다.",
)

# ── advise ──────────────────────────────────────────────────────────────────

MSS_BITS = 1460 * 8


def _lowest(rate: float, window: float, loss: float) -> str:
    found = {"rate": rate, "window": window, "loss": loss}
    return min(found, key=found.__getitem__)


def _mathis(rtt: float, loss: float) -> float:
    return MSS_BITS / rtt * math.sqrt(1.5 / loss) if loss else math.inf


def _window(rtt: float, rmem: int) -> float:
    return rmem // 2 * 8 / rtt


def _fresh_paths(rng: random.Random) -> list[Case]:
    found: list[Case] = []
    wanted = ["rate", "window", "loss"] * 3
    while wanted:
        rtt, rate = rng.randrange(1, 300) / 1000, float(rng.choice((1, 2, 5, 10, 50, 100, 1000)) * 10**6)
        rmem, loss = rng.randrange(8192, 1 << rng.randrange(14, 25)), rng.choice((0.0, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2))
        first, second, _ = sorted(ceilings(rtt, rate, rmem, loss).values())
        lowest = advise(rtt, rate, rmem, loss)
        if first * 1.05 < second < first * 6 and lowest in wanted:
            wanted.remove(lowest)
            found.append(Case((rtt, rate, rmem, loss)))
    return [*found, Case((0.1, 8e6, 200_000, 0.0), note="길과 윈도우가 같을 때")]


ADVISE = Problem(
    name="advise",
    lesson=LESSON,
    title="무엇이 막는가",
    points=3,
    rfc="RFC 7323 §1.1, Mathis 외 (1997)",
    reference=advise,
    cases=(
        Case((0.1, 1e8, 131_072, 0.0), note="멀고 빠른 길, 처음 크기의 버퍼"),
        Case((0.001, 1e8, 131_072, 0.0), note="가까운 길, 같은 버퍼"),
        Case((0.1, 1e8, 32 << 20, 0.01), note="버퍼는 넉넉하고 1%를 잃을 때"),
        Case((0.1, 1e7, 500_000, 0.0), note="윈도우가 길의 두 배일 때"),
        Case((0.1, 1e7, 200_000, 0.0), note="버퍼는 넉넉해 보이지만"),
        Case((0.1, 1e7, 32 << 20, 1e-4), note="만에 하나를 잃을 때"),
        Case((0.1, 2e7, 32 << 20, 1e-4), note="두 배 빠른 길에서 만에 하나를 잃을 때"),
        Case((0.1, 8e6, 200_000, 0.0), note="길과 윈도우가 같을 때"),
        Case((0.2, 1e8, 400_000, 1e-4), note="셋이 모두 있을 때"),
        Case((0.01, 1e8, 32 << 20, 1e-6), note="백만에 하나를 잃을 때"),
    ),
    fresh_cases=_fresh_paths,
    hints=(
        "천장 셋을 저마다 비트/초로 셈해 놓고, 가장 낮은 것의 이름을 돌려준다.",
        "윈도우의 천장은 `max_throughput(rmem // 2, rtt)`다. 손실의 천장은 `1460 * 8 / rtt * math.sqrt(1.5 / loss)`다.",
        "`loss`가 0이면 나눌 수 없다. 그때 손실의 천장은 `math.inf`다.",
        "dict에 차례대로 담고 `min(천장, key=천장.get)`을 쓰면, 같을 때 앞의 것이 나온다.",
    ),
    mistakes={
        "버퍼를 모두 윈도우로 보았다. 윈도우는 버퍼의 절반이다.": lambda rtt, rate, rmem, loss: (
            _lowest(rate, rmem * 8 / rtt, _mathis(rtt, loss))
        ),
        "윈도우의 천장이 바이트/초다. 길의 속도와 견주려면 8을 곱한다.": lambda rtt, rate, rmem, loss: (
            _lowest(rate, rmem // 2 / rtt, _mathis(rtt, loss))
        ),
        "손실의 천장이 바이트/초다. 길의 속도와 견주려면 8을 곱한다.": lambda rtt, rate, rmem, loss: (
            _lowest(rate, _window(rtt, rmem), _mathis(rtt, loss) / 8)
        ),
        "손실을 보지 않았다. 버퍼를 아무리 키워도 손실의 천장은 그대로다.": lambda rtt, rate, rmem, loss: (
            _lowest(rate, _window(rtt, rmem), math.inf)
        ),
        "가장 높은 천장을 골랐다. 막는 것은 가장 낮은 것이다.": lambda rtt, rate, rmem, loss: max(
            (found := {"rate": rate, "window": _window(rtt, rmem), "loss": _mathis(rtt, loss)}), key=found.__getitem__
        ),
        "같을 때 뒤의 것을 골랐다. 천장이 같으면 rate, window, loss의 차례로 앞의 "
        "것이다.": lambda rtt, rate, rmem, loss: (
            min(("loss", _mathis(rtt, loss)), ("window", _window(rtt, rmem)), ("rate", rate), key=lambda one: one[1])[0]
        ),
        "손실이 조금이라도 있으면 손실이라고 했다. 셋을 셈해서 견준다.": lambda rtt, rate, rmem, loss: (
            "loss" if loss else _lowest(rate, _window(rtt, rmem), math.inf)
        ),
    },
    explanation="낮은 천장 하나를 두고 다른 천장을 올리는 것이 흔한 튜닝의 헛수고다. 무엇이 막는지 먼저 셈하고, 그것을 "
    "재어 확인한 뒤에 고친다.",
)

PROBLEMS = (BDP_BYTES, MAX_THROUGHPUT, WINDOW_SCALE_FOR, KEEPALIVE, PARSE_SYSCTL, ADVISE)
