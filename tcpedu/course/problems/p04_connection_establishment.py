"""04 연결 수립의 문제."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import math
import random
from collections.abc import Callable, Mapping
from typing import Any

from tcpedu.course.problem import Case, Problem
from tcpedu.network import scenarios
from tcpedu.protocol import handshake as protocol_handshake
from tcpedu.protocol import isn as protocol_isn
from tcpedu.protocol.config import Config
from tcpedu.protocol.connection import Connection
from tcpedu.protocol.segment import MSS, Flags, Option, SackPermitted, Segment, Timestamps, WindowScale
from tcpedu.protocol.seqnum import MODULUS

LESSON = "04_connection_establishment"
Row = tuple[str, int, int | None]
Options = Mapping[str, Any]

# ── handshake ───────────────────────────────────────────────────────────────


def handshake(client_isn: int, server_isn: int) -> list[Row]:
    """시뮬레이션에서 실제로 오간 세 세그먼트."""
    trace = scenarios.handshake(client_isn=client_isn, server_isn=server_isn)
    return [_row(sent.segment) for sent in trace.segments]


def _row(segment: Segment) -> Row:
    return str(segment.flags), segment.seq, segment.ack if segment.has(Flags.ACK) else None


def _three(x: int, y: int, syn_ack: int, seq: int, ack: int, first: int | None = None) -> list[Row]:
    return [("SYN", x, first), ("SYN,ACK", y, syn_ack), ("ACK", seq, ack)]


def _next(number: int) -> int:
    return (number + 1) % MODULUS


def _both_ways(diagnosis: str, wrong: Callable[..., list[Row]]) -> dict[str, Callable[..., list[Row]]]:
    """같은 오해를 `2**32`에서 돌아오는 것과 그렇지 않은 것 두 가지로."""
    return {
        diagnosis: lambda x, y: wrong(x, y, _next),
        f"{diagnosis} 그리고 `2**32 - 1` 다음은 0이다.": lambda x, y: wrong(x, y, lambda number: number + 1),
    }


def _fresh_handshakes(rng: random.Random) -> list[Case]:
    ordinary = [Case((rng.randrange(MODULUS - 1), rng.randrange(MODULUS - 1))) for _ in range(4)]
    edges = [
        Case((MODULUS - 1, rng.randrange(MODULUS - 1)), note="클라이언트의 ISN이 마지막 번호일 때"),
        Case((rng.randrange(MODULUS - 1), MODULUS - 1), note="서버의 ISN이 마지막 번호일 때"),
        Case((0, 0), note="두 ISN이 모두 0일 때"),
    ]
    return [*ordinary, *edges]


HANDSHAKE = Problem(
    name="handshake",
    lesson=LESSON,
    title="세 세그먼트의 번호",
    points=2,
    rfc="RFC 9293 §3.5 그림 6",
    reference=handshake,
    cases=(
        Case((100, 300), note="RFC 9293 그림 6의 번호"),
        Case((5000, 70), note="두 쪽의 번호는 서로 상관이 없다"),
        Case((2**32 - 1, 2**32 - 1), note="ISN이 마지막 번호일 때"),
    ),
    fresh_cases=_fresh_handshakes,
    hints=(
        "SYN에는 아직 확인할 것이 없다. 그래서 ACK 플래그도, 뜻 있는 확인응답 번호도 없다: `None`.",
        "SYN은 데이터가 없어도 순서 번호를 하나 쓴다. SYN을 받은 쪽이 다음에 기다리는 번호는 그 SYN의 번호 다음이다.",
        "세 번째 세그먼트의 `seq`도 생각해 보자. 클라이언트는 SYN으로 이미 번호 하나를 썼다.",
        "순서 번호는 `2**32`에서 0으로 돌아온다. 다음 번호는 `(n + 1) % 2**32`다.",
    ),
    mistakes={
        **_both_ways(
            "확인응답 번호는 받은 번호가 아니라 다음에 받고 싶은 번호다. SYN이 번호 하나를 쓰므로 1을 더한다.",
            lambda x, y, after: _three(x, y, x, after(x), y),
        ),
        **_both_ways(
            "세 번째 세그먼트의 `seq`가 SYN의 번호와 같다. SYN이 번호 하나를 이미 썼으므로 다음 번호로 나아간다.",
            lambda x, y, after: _three(x, y, after(x), x, after(y)),
        ),
        **_both_ways(
            "첫 SYN에는 ACK 플래그가 없다. 이때의 확인응답 번호는 0이 아니라 뜻이 없는 것이므로 `None`이다.",
            lambda x, y, after: _three(x, y, after(x), after(x), after(y), first=0),
        ),
        **_both_ways(
            "서버의 SYN은 클라이언트의 번호를 이어 쓰지 않는다. 두 방향의 번호는 따로 시작한다: "
            "서버의 `seq`는 `server_isn`이다.",
            lambda x, y, after: _three(x, after(x), after(x), after(x), after(after(x))),
        ),
        "순서 번호는 32비트다. `2**32 - 1` 다음은 `2**32`가 아니라 0이다.": lambda x, y: _three(
            x, y, x + 1, x + 1, y + 1
        ),
    },
    explanation="SYN은 순서 번호를 하나 쓰므로 확인응답은 언제나 `+ 1`이다. 두 방향의 번호는 서로 상관없이 시작하고, "
    "가운데 세그먼트 하나가 ‘네 번호를 받았다’와 ‘내 번호는 이것이다’를 함께 나른다.",
)

# ── syn_retry_times ─────────────────────────────────────────────────────────


def syn_retry_times(initial_rto: float, retries: int) -> list[float]:
    """답이 없는 곳에 보낸 SYN들의 시각. 시뮬레이션에서 잰다."""
    config = Config(initial_rto=initial_rto, min_rto=0.0, max_rto=math.inf, syn_retries=retries)
    return [sent.sent for sent in scenarios.unanswered_syn(config=config).segments]


def _sums(waits: list[float]) -> list[float]:
    return [sum(waits[:n]) for n in range(len(waits) + 1)]


def _fresh_retries(rng: random.Random) -> list[Case]:
    some = [Case((rng.choice((0.2, 0.25, 0.5, 1.0, 1.5, 3.0)), rng.randrange(1, 9))) for _ in range(5)]
    return [
        *some,
        Case((1.0, 0), note="다시 보내지 않을 때"),
        Case((rng.randrange(1, 5), 10), note="여러 번 다시 보낼 때"),
    ]


SYN_RETRY_TIMES = Problem(
    name="syn_retry_times",
    lesson=LESSON,
    title="SYN을 다시 보내는 시각",
    points=1,
    rfc="RFC 6298 §2.1, §5.5",
    reference=syn_retry_times,
    cases=(
        Case((1.0, 3), note="1초에서 시작해 세 번 다시 보낼 때"),
        Case((3.0, 2), note="처음 RTO가 3초였던 옛 구현 (RFC 1122)"),
        Case((1.0, 0), note="다시 보내지 않을 때"),
    ),
    fresh_cases=_fresh_retries,
    hints=(
        "SYN은 모두 `retries + 1`번 나간다. 첫 SYN의 시각은 0.0이다.",
        "두 배가 되는 것은 시각이 아니라 기다리는 시간이다: 1초, 2초, 4초 … 를 기다린다.",
        "기다린 시간을 차례로 더하면 된다. 1을 기다려 1, 2를 더 기다려 3, 4를 더 기다려 7.",
    ),
    mistakes={
        "두 배가 되는 것은 시각이 아니라 기다리는 시간이다. 1초, 2초, 4초를 차례로 더한 시각 1, 3, "
        "7에 보낸다.": lambda rto, n: ([0.0, *(rto * 2**k for k in range(n))]),
        "기다리는 시간의 목록이다. 문제는 SYN을 보내는 시각(첫 SYN부터 잰 초)을 묻는다.": lambda rto, n: (
            [rto * 2**k for k in range(n)]
        ),
        "처음 보내는 SYN의 시각 0.0이 빠졌다.": lambda rto, n: _sums([rto * 2**k for k in range(n)])[1:],
        "`retries`는 다시 보내는 횟수다. 처음 한 번을 더하면 SYN은 `retries + 1`개다.": lambda rto, n: _sums(
            [rto * 2**k for k in range(n - 1)]
        ),
        "기다리는 시간이 늘 같다. 답이 없으면 기다리는 시간을 두 배로 늘린다: 지수 백오프(RFC 6298 "
        "§5.5).": lambda rto, n: ([rto * k for k in range(n + 1)]),
    },
    explanation="n번째로 다시 보내는 시각은 1 + 2 + 4 + … 를 n번 더한 것, 곧 `initial_rto * (2**n - 1)`이다.",
)

# ── answer_to_syn ───────────────────────────────────────────────────────────

MY_ISN, PEER_ISN = 300, 100
MINE, PEER = 80, 50000
_FLAGS = {"SYN": Flags.SYN, "SYN,ACK": Flags.SYN | Flags.ACK, "ACK": Flags.ACK, "RST": Flags.RST}


def answer_to_syn(state: str, segment: Row) -> tuple[str, ...]:
    """그 상태의 연결이 세그먼트를 받고 내보내는 것들의 플래그."""
    return tuple(str(reply.flags) for reply in _connection(state).receive(_segment(segment), 1.0))


def _connection(state: str) -> Connection:
    """`state`까지 데려간 연결. 상대의 ISN은 100, 이쪽의 ISN은 300이다."""
    connection = Connection(Config(MINE, PEER), iss=MY_ISN)
    if state == "CLOSED":
        return connection
    connection.open(active=state == "SYN_SENT")
    connection.poll(0.0)
    if state in ("SYN_RCVD", "ESTABLISHED"):
        connection.receive(_segment(("SYN", PEER_ISN, None)), 0.0)
    if state == "ESTABLISHED":
        connection.receive(_segment(("ACK", PEER_ISN + 1, MY_ISN + 1)), 0.0)
    return connection


def _segment(row: Row) -> Segment:
    flags, seq, ack = row
    return Segment(PEER, MINE, seq=seq, ack=ack or 0, flags=_FLAGS[flags])


def _answer(
    state: str,
    segment: Row,
    *,
    closed: bool = True,
    answers_reset: bool = False,
    refusals: tuple[str, str] = ("RST,ACK", "RST"),
    listens: bool = True,
    crossing: str = "SYN,ACK",
    checks_ack: bool = True,
    again: str = "ACK",
) -> tuple[str, ...]:
    """기준 답과 한 곳만 다른 오답을 만든다."""
    flags, _, ack = segment
    if flags == "RST":
        return ("RST,ACK",) if answers_reset and state in ("CLOSED", "LISTEN") else ()
    reset = (refusals[flags == "SYN,ACK"],)
    if state == "CLOSED":
        return reset if closed else ()
    if state == "LISTEN":
        return ("SYN,ACK",) if flags == "SYN" or not listens else reset
    if state == "SYN_SENT":
        if flags == "SYN":
            return (crossing,) if crossing else ()
        return ("ACK",) if ack == MY_ISN + 1 or not checks_ack else reset
    return (again,)


def _fresh_answers(rng: random.Random) -> list[Case]:
    def number() -> int:
        return rng.choice((rng.randrange(MODULUS), rng.randrange(200)))

    wrong = rng.choice([n for n in (0, 91, 299, 300, 302, 5000) if n != MY_ISN + 1])
    cases = [
        Case(("CLOSED", ("SYN", number(), None)), note="닫힌 포트에 온 SYN"),
        Case(("CLOSED", ("SYN,ACK", number(), number())), note="닫힌 포트에 온 SYN,ACK"),
        Case(("CLOSED", ("RST", number(), None)), note="닫힌 포트에 온 RST"),
        Case(("LISTEN", ("SYN", number(), None)), note="듣는 포트에 온 SYN"),
        Case(("LISTEN", ("SYN,ACK", number(), number())), note="듣는 포트에 온 SYN,ACK"),
        Case(("LISTEN", ("RST", number(), None)), note="듣는 포트에 온 RST"),
        Case(("SYN_SENT", ("SYN", number(), None)), note="SYN이 엇갈릴 때"),
        Case(("SYN_SENT", ("SYN,ACK", number(), MY_ISN + 1)), note="내 SYN의 답"),
        Case(("SYN_SENT", ("SYN,ACK", number(), wrong)), note="내 SYN의 답이 아닐 때"),
        Case(("SYN_RCVD", ("SYN", PEER_ISN, None)), note="같은 SYN이 또 올 때"),
        Case(("SYN_RCVD", ("RST", PEER_ISN + 1, None)), note="연결하던 상대가 끊을 때"),
        Case(("ESTABLISHED", ("SYN", number(), None)), note="연결된 뒤의 SYN"),
        Case(("ESTABLISHED", ("SYN,ACK", PEER_ISN, MY_ISN + 1)), note="SYN,ACK가 또 올 때"),
        Case(("ESTABLISHED", ("RST", PEER_ISN + 1, None)), note="연결된 뒤의 RST"),
    ]
    return rng.sample(cases, len(cases))


ANSWER_TO_SYN = Problem(
    name="answer_to_syn",
    lesson=LESSON,
    title="SYN에 어떻게 답할까",
    points=3,
    rfc="RFC 9293 §3.10.7",
    reference=answer_to_syn,
    cases=(
        Case(("LISTEN", ("SYN", 100, None)), note="보통의 수동 개방"),
        Case(("SYN_SENT", ("SYN,ACK", 100, 301)), note="보통의 능동 개방"),
        Case(("CLOSED", ("SYN", 100, None)), note="닫힌 포트에 온 SYN"),
        Case(("CLOSED", ("SYN,ACK", 100, 301)), note="닫힌 포트에 온 SYN,ACK"),
        Case(("CLOSED", ("RST", 100, None)), note="닫힌 포트에 온 RST"),
        Case(("LISTEN", ("SYN,ACK", 100, 301)), note="듣는 포트에 온 SYN,ACK"),
        Case(("LISTEN", ("RST", 100, None)), note="듣는 포트에 온 RST"),
        Case(("SYN_SENT", ("SYN,ACK", 100, 91)), note="옛 SYN에 대한 답이 왔을 때 (RFC 9293 그림 8)"),
        Case(("SYN_SENT", ("SYN", 100, None)), note="SYN이 엇갈릴 때 (RFC 9293 그림 7)"),
        Case(("SYN_RCVD", ("SYN", 100, None)), note="상대가 같은 SYN을 또 보냈을 때"),
        Case(("ESTABLISHED", ("SYN", 400, None)), note="껐다 켠 상대가 다시 연결할 때 (RFC 9293 그림 9)"),
        Case(("ESTABLISHED", ("SYN,ACK", 100, 301)), note="내 마지막 ACK가 사라져 SYN,ACK가 또 왔을 때"),
        Case(("ESTABLISHED", ("RST", 101, None)), note="상대가 연결을 끊을 때"),
    ),
    fresh_cases=_fresh_answers,
    hints=(
        "RST부터 걸러 내자. RST에 답을 보내면 두 쪽이 끝없이 RST를 주고받을 수 있다.",
        "상태마다 `if` 하나씩이면 된다. 받아 줄 연결이 없는 곳(CLOSED의 모든 것, LISTEN에 온 "
        "SYN,ACK)의 답은 RST 쪽이다.",
        "RST의 모양은 받은 세그먼트에 달렸다. ACK가 켜진 것에는 그 번호를 `seq`로 쓴 `RST`만, 꺼진 "
        "것에는 `RST,ACK`를 보낸다.",
        "SYN_SENT에서 온 SYN,ACK는 확인응답 번호가 내 SYN 다음 번호(`MY_ISN + 1`)일 때만 내 것이다. "
        "SYN_RCVD에 또 온 같은 SYN과 ESTABLISHED에 온 SYN에는 연결을 끊지 않고 지금의 번호를 알리는 ACK로 답한다.",
    ),
    mistakes={
        "닫힌 포트는 말이 없는 것이 아니라 RST로 거절한다. 그래서 `connect()`가 기다리지 않고 곧바로 "
        "실패한다.": lambda state, segment: _answer(state, segment, closed=False),
        "RST에는 어떤 상태에서도 답하지 않는다. 답하면 두 쪽이 RST를 끝없이 주고받는다 (RFC 9293 "
        "§3.10.7.1).": lambda state, segment: _answer(state, segment, answers_reset=True),
        "ACK가 켜진 세그먼트를 거절할 때는 `RST`만 보낸다. 상대가 말한 확인응답 번호를 `seq`로 쓰면 "
        "되므로 ACK가 필요 없다 (RFC 9293 §3.10.7.1).": (
            lambda state, segment: _answer(state, segment, refusals=("RST,ACK", "RST,ACK"))
        ),
        "ACK가 없는 SYN을 거절할 때는 받은 번호를 확인해 주어야 상대가 믿는다. RST에 ACK를 함께 켠다: "
        "`RST,ACK` (RFC 9293 §3.10.7.1).": (lambda state, segment: _answer(state, segment, refusals=("RST", "RST"))),
        "LISTEN은 아무것도 보낸 적이 없으므로 무엇인가를 확인하는 세그먼트(SYN,ACK)는 내 것일 수 "
        "없다. RST로 물리친다 (RFC 9293 §3.10.7.2).": (lambda state, segment: _answer(state, segment, listens=False)),
        "SYN_SENT에서 ACK 없는 SYN이 오면 상대도 나에게 연결하는 중이다. 버리지 않고 SYN,ACK로 "
        "답한다: 동시 개방.": lambda state, segment: _answer(state, segment, crossing=""),
        "SYN_SENT에서 받은 SYN에 ACK만 보냈다. 상대는 내 SYN의 번호를 이 세그먼트에서 확인하므로 "
        "SYN,ACK여야 한다 (RFC 9293 §3.10.7.3).": (lambda state, segment: _answer(state, segment, crossing="ACK")),
        "SYN,ACK의 확인응답 번호를 보지 않았다. 내 SYN 다음 번호가 아니면 옛 SYN에 대한 답이므로 "
        "RST로 물리친다 (RFC 9293 그림 8).": lambda state, segment: _answer(state, segment, checks_ack=False),
        "연결된 뒤에 온 SYN 하나로 연결을 끊으면 누구나 가짜 SYN으로 남의 연결을 끊을 수 있다. 끊지 "
        "않고 ACK로 답한다 (RFC 5961 §4).": lambda state, segment: _answer(state, segment, again="RST"),
        "이미 SYN을 받은 상태에서는 SYN,ACK를 새로 만들지 않는다. 지금 기다리는 번호를 알리는 ACK로 "
        "답한다 (RFC 9293 §3.10.7.4).": lambda state, segment: _answer(state, segment, again="SYN,ACK"),
    },
    explanation="받은 것이 ‘지금 이 연결의 것인가’를 먼저 본다. 아니면 RST로 물리치되, RST에는 답하지 않는다. "
    "이미 번호를 맞춘 상태에서는 SYN 하나를 믿고 연결을 끊지 않는다. 내 번호를 알리는 ACK를 보내면, "
    "정말로 처음부터 다시 시작한 상대는 RST로 답한다.",
)

# ── negotiate ───────────────────────────────────────────────────────────────


def negotiate(client_options: Options, server_options: Options) -> dict[str, Any]:
    """두 SYN의 옵션에서 정해지는 값. 두 쪽의 자리에서 라이브러리의 협상을 한 번씩 부른다."""
    client = protocol_handshake.negotiate(_settings(client_options), _syn(server_options))
    server = protocol_handshake.negotiate(_settings(server_options), _syn(client_options))
    return {
        "client_mss": client.mss,
        "server_mss": server.mss,
        "client_wscale": server.snd_wscale,
        "server_wscale": client.snd_wscale,
        "sack": client.sack,
        "timestamps": client.timestamps,
    }


def _settings(options: Options) -> Config:
    shift = options.get("wscale")
    return Config(
        link_mss=65535,  # 링크는 한계가 아니다
        window_scale=None if shift is None else min(shift, 14),
        sack=options.get("sack", False),
        timestamps=options.get("timestamps", False),
    )


def _syn(options: Options) -> Segment:
    carried: list[Option] = []
    if "mss" in options:
        carried.append(MSS(options["mss"]))
    if "wscale" in options:
        carried.append(WindowScale(options["wscale"]))
    if options.get("sack"):
        carried.append(SackPermitted())
    if options.get("timestamps"):
        carried.append(Timestamps(1, 0))
    return Segment(PEER, MINE, seq=PEER_ISN, flags=Flags.SYN, options=tuple(carried))


def _agreed(c: Options, s: Options, **changed: Any) -> dict[str, Any]:
    """기준 답과 몇 칸만 다른 오답을 만든다."""
    scaling = "wscale" in c and "wscale" in s
    right = {
        "client_mss": s.get("mss", 536),
        "server_mss": c.get("mss", 536),
        "client_wscale": min(c["wscale"], 14) if scaling else 0,
        "server_wscale": min(s["wscale"], 14) if scaling else 0,
        "sack": c.get("sack", False) and s.get("sack", False),
        "timestamps": c.get("timestamps", False) and s.get("timestamps", False),
    }
    return {**right, **changed}


def _smaller_mss(c: Options, s: Options) -> dict[str, Any]:
    mss = min(c.get("mss", 536), s.get("mss", 536))
    return _agreed(c, s, client_mss=mss, server_mss=mss)


def _one_scale(c: Options, s: Options) -> dict[str, Any]:
    right = _agreed(c, s)
    shift = min(right["client_wscale"], right["server_wscale"])
    return {**right, "client_wscale": shift, "server_wscale": shift}


def _swapped_scale(c: Options, s: Options) -> dict[str, Any]:
    right = _agreed(c, s)
    return {**right, "client_wscale": right["server_wscale"], "server_wscale": right["client_wscale"]}


def _zero_is_absent(c: Options, s: Options) -> dict[str, Any]:
    both = bool(c.get("wscale") and s.get("wscale"))
    return _agreed(c, s) if both else _agreed(c, s, client_wscale=0, server_wscale=0)


def _either(c: Options, s: Options) -> dict[str, Any]:
    sack, timestamps = (c.get(key, False) or s.get(key, False) for key in ("sack", "timestamps"))
    return _agreed(c, s, sack=sack, timestamps=timestamps)


def _fresh_options(rng: random.Random) -> list[Case]:
    def options() -> dict[str, Any]:
        whole = {
            "mss": rng.choice((536, 1220, 1300, 1440, 1460, 8960)),
            "wscale": rng.choice((0, 2, 7, 8, 14, 15)),
            "sack": True,
            "timestamps": True,
        }
        return {key: value for key, value in whole.items() if rng.random() < 0.75}

    full = {"mss": 1460, "wscale": 7, "sack": True, "timestamps": True}
    edges = [
        Case((full, {}), note="서버가 옵션을 하나도 모를 때"),
        Case(({"wscale": 15}, {"wscale": 0}), note="윈도우 스케일의 한계와 0"),
        Case(({"mss": 8960}, {"mss": 536}), note="두 쪽의 MSS가 다를 때"),
    ]
    return [*(Case((options(), options())) for _ in range(6)), *edges]


_FULL = {"mss": 1460, "wscale": 7, "sack": True, "timestamps": True}

NEGOTIATE = Problem(
    name="negotiate",
    lesson=LESSON,
    title="SYN에서 정해지는 것",
    points=3,
    rfc="RFC 9293 §3.7.1, RFC 7323 §2, RFC 2018 §2",
    reference=negotiate,
    cases=(
        Case((_FULL, {"mss": 1400, "wscale": 2, "sack": True}), note="서버가 타임스탬프를 모를 때"),
        Case(({"mss": 8960, "wscale": 8}, {"mss": 1460}), note="윈도우 스케일이 클라이언트의 SYN에만 있을 때"),
        Case(({"sack": True}, _FULL), note="MSS 옵션이 없는 SYN"),
        Case(({"mss": 1460, "wscale": 0}, {"mss": 1460, "wscale": 7}), note="자릿수 0도 윈도우 스케일 옵션이다"),
        Case(({"mss": 1460, "wscale": 15}, {"mss": 1460, "wscale": 3}), note="14보다 큰 자릿수"),
    ),
    fresh_cases=_fresh_options,
    hints=(
        '`옵션.get("mss", 536)`처럼 쓰면 옵션이 없을 때의 값을 한 번에 정할 수 있다.',
        "MSS는 ‘나에게 보낼 때 이만큼까지’라는 알림이다. 클라이언트가 보내는 크기는 서버가 정해 준다.",
        "윈도우 스케일은 ‘내가 알리는 윈도우는 이만큼 밀어 읽어라’라는 알림이다. 다만 두 쪽의 SYN에 "
        "모두 있어야 켜진다.",
        '옵션이 있는지는 `"wscale" in client_options`로 본다. 값이 0이어도 있는 것이다.',
    ),
    mistakes={
        "MSS는 작은 쪽으로 협상하는 값이 아니다. 각자 ‘나에게는 이만큼까지’라고 알릴 뿐이라 두 방향이 "
        "다를 수 있다 (RFC 9293 §3.7.1).": _smaller_mss,
        "MSS의 방향이 바뀌었다. `client_mss`는 클라이언트가 보내는 크기이므로 서버가 알린 값이다.": lambda c, s: (
            _agreed(c, s, client_mss=c.get("mss", 536), server_mss=s.get("mss", 536))
        ),
        "MSS 옵션이 없으면 1460이 아니라 536이다 (RFC 9293 §3.7.1).": lambda c, s: _agreed(
            c, s, client_mss=s.get("mss", 1460), server_mss=c.get("mss", 1460)
        ),
        "윈도우 스케일은 두 쪽의 SYN에 모두 있을 때만 켜진다. 한쪽에만 있으면 두 방향 모두 0이다 (RFC "
        "7323 §2.2).": lambda c, s: _agreed(
            c, s, client_wscale=min(c.get("wscale", 0), 14), server_wscale=min(s.get("wscale", 0), 14)
        ),
        "윈도우 스케일은 두 방향이 따로다. 작은 쪽에 맞추지 않고 각자 자기가 알린 자릿수를 쓴다 (RFC "
        "7323 §2.2).": _one_scale,
        "윈도우 스케일의 방향이 바뀌었다. `client_wscale`은 클라이언트가 알리는 윈도우에 곱하므로 "
        "클라이언트의 SYN에 적힌 값이다.": _swapped_scale,
        "자릿수 0은 ‘옵션이 없다’가 아니라 ‘내 윈도우는 그대로 읽되, 네 윈도우는 밀어도 된다’는 "
        "뜻이다. 있는지는 `in`으로 보자.": _zero_is_absent,
        "윈도우 스케일은 14까지다. 더 큰 값을 받으면 14로 본다 (RFC 7323 §2.3).": lambda c, s: (
            _agreed(c, s, client_wscale=c["wscale"], server_wscale=s["wscale"])
            if "wscale" in c and "wscale" in s
            else _agreed(c, s)
        ),
        "SACK와 타임스탬프는 한쪽만 원한다고 켜지지 않는다. 두 쪽의 SYN에 모두 있어야 한다.": _either,
    },
    explanation="MSS는 받는 쪽이 정하고, 윈도우 스케일은 알리는 쪽이 정한다. 켜고 끄는 옵션은 두 쪽의 SYN에 모두 "
    "있을 때만 켜진다. "
    "모르는 옵션을 받은 옛 구현은 답에 그 옵션을 싣지 않으므로 저절로 꺼진다.",
)

# ── isn ─────────────────────────────────────────────────────────────────────


def isn(four_tuple: tuple[str, int, str, int], clock_us: int, secret: bytes) -> int:
    """RFC 6528의 초기 순서 번호."""
    return protocol_isn.isn(four_tuple, clock_us, secret)


def _packed(four_tuple: tuple[str, int, str, int], order: str = "big") -> bytes:
    local_ip, local_port, remote_ip, remote_port = four_tuple
    ends = ((local_ip, local_port), (remote_ip, remote_port))
    return b"".join(ipaddress.ip_address(ip).packed + port.to_bytes(2, order) for ip, port in ends)  # type: ignore[arg-type]


def _hash(four_tuple: tuple[str, int, str, int], secret: bytes) -> int:
    return int.from_bytes(hmac.digest(secret, _packed(four_tuple), "sha256")[:4], "big")


def _digest_isn(clock_us: int, digest: bytes) -> int:
    return (clock_us // 4 + int.from_bytes(digest[:4], "big")) % MODULUS


def _text_isn(four_tuple: tuple[str, int, str, int], clock_us: int, secret: bytes) -> int:
    text = "".join(map(str, four_tuple)).encode()
    return _digest_isn(clock_us, hmac.digest(secret, text, "sha256"))


def _fresh_isns(rng: random.Random) -> list[Case]:
    def ip() -> str:
        return ".".join(str(rng.randrange(1, 255)) for _ in range(4))

    def case(clock_us: int, note: str = "") -> Case:
        four_tuple = (ip(), rng.randrange(1, 1024), ip(), rng.randrange(1024, 65536))
        return Case((four_tuple, clock_us, rng.randbytes(rng.choice((1, 16, 100)))), note=note)

    some = [case(rng.randrange(1 << 34)) for _ in range(5)]
    return [*some, case(0, "시계가 0일 때"), case(4 * MODULUS + rng.randrange(100), "시계가 한 바퀴를 넘었을 때")]


ISN = Problem(
    name="isn",
    lesson=LESSON,
    title="짐작할 수 없는 초기 순서 번호",
    points=3,
    rfc="RFC 6528 §3",
    reference=isn,
    cases=(
        Case((("10.0.0.2", 80, "10.0.0.1", 50000), 1_000_000, b"secret"), note="설명의 보기"),
        Case((("10.0.0.2", 80, "10.0.0.1", 50001), 1_000_000, b"secret"), note="상대의 포트만 다를 때"),
        Case((("10.0.0.2", 80, "10.0.0.1", 50000), 1_000_007, b"secret"), note="시계가 조금 흘렀을 때"),
        Case((("10.0.0.2", 80, "10.0.0.1", 50000), 10_000_000_000, b"secret"), note="더한 값이 2**32를 넘을 때"),
    ),
    fresh_cases=_fresh_isns,
    hints=(
        "두 값을 따로 구해 보자. M은 4마이크로초에 1씩 느는 시계이므로 `clock_us // 4`다.",
        '`ipaddress.ip_address("10.0.0.2").packed`는 4바이트, `port.to_bytes(2, "big")`는 '
        "2바이트다. 네 조각을 문제에 적힌 차례로 잇는다.",
        'F는 `hmac.digest(secret, 이은_바이트, "sha256")`의 앞 4바이트를 `int.from_bytes(…, "big")`으로 읽은 수다.',
        "M과 F를 더한 값은 32비트를 넘을 수 있다. `2**32`로 나눈 나머지를 돌려준다.",
    ),
    mistakes={
        "시계는 1마이크로초가 아니라 4마이크로초에 1씩 는다: `clock_us // 4`.": lambda t, us, key: (
            (us + _hash(t, key)) % MODULUS
        ),
        "`/`로 나누어 소수가 되었다. 시계는 정수다: `clock_us // 4`.": lambda t, us, key: (
            (us / 4 + _hash(t, key)) % MODULUS
        ),
        "더한 값이 32비트를 넘었다. `2**32`로 나눈 나머지가 순서 번호다.": lambda t, us, key: us // 4 + _hash(t, key),
        "비밀 키로 만든 해시가 빠졌다. 시계만 쓰면 다음 번호를 누구나 짐작한다 (RFC 6528 §1).": lambda t, us, key: (
            us // 4 % MODULUS
        ),
        "시계가 빠졌다. 해시만 쓰면 같은 4-튜플로 다시 연결할 때 번호가 앞의 연결과 같아진다 (RFC "
        "9293 §3.4.1).": lambda t, us, key: _hash(t, key),
        "4-튜플의 차례가 바뀌었다. 내 IP, 내 포트, 상대 IP, 상대 포트의 차례로 잇는다.": lambda t, us, key: (
            (us // 4 + _hash((t[2], t[3], t[0], t[1]), key)) % MODULUS
        ),
        'HMAC이 아니라 비밀 키를 앞에 붙인 SHA-256이다. `hmac.digest(secret, 바이트, "sha256")`을 '
        "쓰자.": lambda t, us, key: _digest_isn(us, hashlib.sha256(key + _packed(t)).digest()),
        "해시의 앞 4바이트를 써야 한다. 뒤의 4바이트를 썼다.": lambda t, us, key: _digest_isn(
            us, hmac.digest(key, _packed(t), "sha256")[-4:]
        ),
        '바이트를 거꾸로 읽었다. 네트워크 순서는 큰 자리가 먼저다: `int.from_bytes(…, "big")`.': lambda t, us, key: (
            _digest_isn(us, hmac.digest(key, _packed(t), "sha256")[3::-1])
        ),
        '포트를 거꾸로 적었다. 네트워크 순서는 큰 자리가 먼저다: `port.to_bytes(2, "big")`.': lambda t, us, key: (
            _digest_isn(us, hmac.digest(key, _packed(t, "little"), "sha256"))
        ),
        "IP와 포트를 글자로 이었다. 글자가 아니라 바이트로: IP는 4바이트, 포트는 2바이트다.": _text_isn,
    },
    explanation="시계 덕분에 같은 4-튜플의 새 연결은 앞 연결보다 늘 앞선 번호에서 시작하고, 키 해시 덕분에 "
    "4-튜플이 다르면 번호의 출발점이 전혀 다르다. "
    "비밀 키를 모르는 사람은 남의 연결이 쓸 번호를 짐작할 수 없다.",
)

PROBLEMS = (HANDSHAKE, SYN_RETRY_TIMES, ANSWER_TO_SYN, NEGOTIATE, ISN)
