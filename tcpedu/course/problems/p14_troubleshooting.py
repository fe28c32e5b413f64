"""14 문제 해결의 문제."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

from tcpedu.course.packet_problem import packet_table_problem
from tcpedu.course.packet_tables import WITH_LOSS, isns
from tcpedu.course.problem import Case, Problem
from tcpedu.network import clinic, scenarios
from tcpedu.network.closed_window import closed_window
from tcpedu.network.diagnosis import (
    Row,
    capture_rows,
    diagnose,
    end_of,
    handshake_rtt,
    has,
    retransmissions,
)
from tcpedu.network.filter_practice import bpf
from tcpedu.network.packet_table import PacketTable
from tcpedu.network.setup import CLIENT, SERVER
from tcpedu.network.socket_table import count_states
from tcpedu.network.trace import Trace
from tcpedu.protocol.seqnum import MODULUS, seq_le, seq_lt

LESSON = "14_troubleshooting"
Rows = Sequence[Row]

# ── count_states ────────────────────────────────────────────────────────────

_WIDE = """\
State      Recv-Q Send-Q Local Address:Port  Peer Address:Port Process
LISTEN     0      128        127.0.0.1:8080       0.0.0.0:*
CLOSE-WAIT 1      0          127.0.0.1:8080     127.0.0.1:36128
CLOSE-WAIT 1      0          127.0.0.1:8080     127.0.0.1:36140
FIN-WAIT-2 0      0          127.0.0.1:36128    127.0.0.1:8080

ESTAB      0      0           10.0.0.5:51000     10.0.0.9:443
"""
_INFO = """\
State Recv-Q Send-Q Local Address:Port Peer Address:Port Process
ESTAB 0      29152      10.0.0.1:43328    10.0.0.2:80    timer:(persist,340ms,1)
\t bbr wscale:0,10 rto:212 backoff:2 rtt:10.2/17.7 mss:1460 cwnd:15 unacked:2
ESTAB 36384  0          10.0.0.2:80       10.0.0.1:43328
\t bbr wscale:10,0 rto:200 rtt:0.021/0.01 mss:1460 cwnd:10
"""


def _fresh_outputs(rng: random.Random) -> list[Case]:
    cases = [
        clinic.close_wait_leak(clients=rng.randrange(1, 9), closes=rng.random() < 0.3),
        clinic.time_wait_flood(clients=rng.randrange(3, 20)),
        clinic.accept_overflow(clients=rng.randrange(2, 7), backlog=rng.randrange(3)),
        clinic.zero_window(size=rng.randrange(4000, 9000)),
    ]
    outputs = [text for case in cases for text in (*case.ss.values(), *case.info.values())]
    return [Case((_shaken(text, rng),)) for text in rng.sample(outputs, len(outputs))]


def _shaken(text: str, rng: random.Random) -> str:
    """머리줄이 없거나(`ss -H`) 빈 줄이 낀 글."""
    lines = text.split("\n")[rng.choice((0, 0, 1)) :]
    if rng.random() < 0.3:
        lines.insert(rng.randrange(len(lines) + 1), "")
    return "\n".join(lines)


def _counted(text: str, keep: Callable[[str], bool], name: Callable[[str], str] = str) -> dict[str, int]:
    return dict(Counter(name(line.split()[0]) for line in text.splitlines() if line.strip() and keep(line)))


def _row(line: str) -> bool:
    return not line[0].isspace() and not line.startswith("State")


def _cut_columns(text: str) -> dict[str, int]:
    return dict(Counter(line[:6].strip() for line in text.splitlines() if line.strip() and _row(line)))


COUNT_STATES = Problem(
    name="count_states",
    lesson=LESSON,
    title="상태를 센다",
    points=1,
    rfc="RFC 9293 §3.3.2",
    reference=count_states,
    cases=(
        Case((_WIDE,), note="`ss -tan`의 출력, 빈 줄 하나"),
        Case((_INFO,), note="`ss -tin`의 출력"),
        Case((_WIDE.split("\n", 1)[1],), note="`ss -Htan`: 머리줄이 없다"),
        Case((clinic.accept_overflow().ss[CLIENT],), note="수락 큐가 찬 서버의 클라이언트"),
        Case((clinic.time_wait_flood(clients=3).ss[CLIENT],), note="짧은 연결을 되풀이한 클라이언트"),
        Case((_WIDE.split("\n", 1)[0] + "\n",), note="머리줄만 있을 때"),
        Case(("",), note="아무것도 없을 때"),
    ),
    fresh_cases=_fresh_outputs,
    hints=(
        "한 줄씩 보자. 연결의 줄은 **첫 글자가 빈칸이 아니다.** 들여 쓴 줄과 빈 줄은 `line[:1].strip()`이 빈 글이다.",
        "상태는 `line.split()[0]`이다. 머리줄에서는 그것이 `'State'`다.",
        "`collections.Counter`로 세고 `dict(…)`로 바꾼다.",
    ),
    mistakes={
        "머리줄까지 셌다. 첫 낱말이 `State`인 줄은 연결이 아니다.": lambda text: _counted(
            text, lambda line: not line[0].isspace()
        ),
        "들여 쓴 줄까지 셌다. `ss -i`는 연결마다 빈칸으로 시작하는 줄을 하나 더 적는다.": lambda text: _counted(
            text, lambda line: not line.startswith("State")
        ),
        "첫 줄을 무조건 버렸다. 머리줄이 없는 출력(`ss -H`)에서는 연결 하나를 잃는다.": lambda text: _counted(
            "\n".join(text.splitlines()[1:]), _row
        ),
        "LISTEN을 빼고 셌다. 듣는 소켓도 `ss`가 보이는 상태 하나다.": lambda text: _counted(
            text, lambda line: _row(line) and not line.startswith("LISTEN")
        ),
        "상태의 이름을 바꾸었다. `ss`가 적은 글자 그대로 세자.": lambda text: _counted(
            text, _row, lambda name: name.replace("-", "_")
        ),
        "정해진 자리에서 잘랐다. 열의 너비는 출력마다 다르다. 빈칸으로 나누자.": _cut_columns,
    },
    explanation="`ss -Htan | awk '{print $1}' | sort | uniq -c`가 하는 일이다. 어느 상태가 **늘고 있는지**는 두 번 "
    "세어야 안다.",
)

# ── retransmissions ─────────────────────────────────────────────────────────


def _rows(case: clinic.Case | Trace, at: str = CLIENT) -> list[Row]:
    return capture_rows(case.trace if isinstance(case, clinic.Case) else case, at)


def _made(*lines: tuple[str, str, int, int, int]) -> list[Row]:
    """(보낸 쪽, 플래그, seq, ack, 길이)를 10ms마다 한 줄씩."""
    return [
        {"number": n, "time": round(n / 100, 6), "sender": who, "flags": flags, "seq": seq, "ack": ack,
         "length": size, "window": 65535}
        for n, (who, flags, seq, ack, size) in enumerate(lines, 1)
    ]  # fmt: skip


_COALESCED = _made(
    (CLIENT, "PSH,ACK", 101, 301, 100), (CLIENT, "PSH,ACK", 201, 301, 100), (CLIENT, "PSH,ACK", 101, 301, 200),
    (SERVER, "ACK", 301, 301, 0),
)  # fmt: skip


def _transfer(rng: random.Random, **changes: Any) -> Trace:
    mss = rng.choice((200, 500, 1000))
    size = mss * rng.randrange(4, 9)
    return scenarios.transfer(bytes(size), mss=mss, **{**isns(rng, size + 2, 2), **changes})


def _fresh_repeats(rng: random.Random) -> list[Case]:
    cases = [
        *(Case((_rows(_transfer(rng, drops=[rng.randrange(1, 9)])),)) for _ in range(4)),
        Case((_rows(_transfer(rng)),), note="다시 보낸 것이 없을 때"),
        Case((_rows(clinic.lossy_path(seed=rng.randrange(99), size=8000, client_isn=MODULUS - 3000)),)),
        Case((_rows(closed_window(read_at=rng.choice((2.0, 5.0)))),)),
        Case((_rows(clinic.lossy_path(seed=rng.randrange(99), size=6000, client_isn=300)),)),
        Case((_rows(clinic.firewall_drop(client_isn=rng.randrange(MODULUS))),)),
    ]
    return rng.sample(cases, len(cases))


def _repeats(
    segments: Rows, *, same_side: bool = True, before: Callable[[int, int], bool] = seq_le, start: bool = False,
    takes: Callable[[Row], bool] = lambda row: end_of(row) != row["seq"],
) -> list[int]:  # fmt: skip
    """기준 답과 한 곳만 다른 오답을 만든다."""
    far: dict[str, int] = {}
    found = []
    for row in segments:
        side = row["sender"] if same_side else ""
        if not takes(row):
            continue
        old = side in far and (seq_lt(row["seq"], far[side]) if start else before(end_of(row), far[side]))
        if old:
            found.append(row["number"])
        if not old or start:
            far[side] = end_of(row) if side not in far or seq_le(far[side], end_of(row)) else far[side]
    return found


def _same_rows(segments: Rows) -> list[int]:
    seen: set[tuple[Any, ...]] = set()
    found = []
    for row in segments:
        key = (row["sender"], row["seq"], row["length"], row["flags"])
        if key in seen and end_of(row) != row["seq"]:
            found.append(row["number"])
        seen.add(key)
    return found


def _same_acks(segments: Rows) -> list[int]:
    repeats = [
        row["number"]
        for before, row in pairwise(segments)
        if (row["sender"], row["ack"], row["flags"]) == (before["sender"], before["ack"], "ACK") and not row["length"]
    ]
    return sorted({*repeats, *retransmissions(segments)})


RETRANSMISSIONS = Problem(
    name="retransmissions",
    lesson=LESSON,
    title="다시 보낸 줄 찾기",
    points=3,
    rfc="RFC 9293 §3.4, §3.8.1",
    reference=retransmissions,
    cases=(
        Case((_rows(scenarios.transfer(bytes(5000), mss=1000)),), note="다시 보낸 것이 없을 때"),
        Case((_rows(scenarios.transfer(bytes(5000), mss=1000, drops=[5])),), note="하나를 잃고 빠른 재전송"),
        Case((_rows(scenarios.transfer(bytes(3000), mss=1000, drops=[1, 6])),), note="SYN과 데이터를 다시 보낼 때"),
        Case((_rows(scenarios.normal_close(drops=[4])),), note="FIN을 다시 보낼 때"),
        Case(
            (_rows(scenarios.transfer(bytes(5000), mss=1000, drops=[5], client_isn=2**32 - 2500)),),
            note="번호가 0을 지나갈 때",
        ),
        Case(
            (_rows(scenarios.transfer(bytes(2000), mss=1000, client_isn=300, server_isn=300)),),
            note="두 쪽의 번호가 같은 곳에서 시작할 때",
        ),
        Case((_rows(closed_window(read_at=2.0)),), note="제로 윈도우 탐침의 1바이트 뒤에 새 데이터가 이어질 때"),
        Case((_COALESCED,), note="두 조각을 하나로 합쳐 다시 보냈을 때"),
    ),
    fresh_cases=_fresh_repeats,
    hints=(
        "줄을 차례로 보며 **쪽마다** 지금까지 보낸 가장 먼 끝을 기억하자. 끝은 `seq`에 데이터의 길이, SYN이면 1, "
        "FIN이면 1을 더한 것이다.",
        "끝이 `seq`와 같은 줄(순수 ACK)은 번호를 쓰지 않는다. 다시 보낸 것이 아니니 건너뛴다.",
        "번호를 쓰는 줄의 끝이 기억한 가장 먼 끝보다 앞이거나 같으면 다시 보낸 것이다. 아니면 기억한 끝을 옮긴다.",
        "`(먼 끝 - 이 끝) % 2**32 < 2**31`이면 이 끝이 앞이거나 같다. 번호가 0을 지나가도 맞는다.",
    ),
    mistakes={
        "순수 ACK까지 셌다. 데이터도 SYN도 FIN도 없는 줄은 번호를 쓰지 않으므로 같은 `seq`가 되풀이되는 것이 "
        "당연하다.": lambda segments: _repeats(segments, takes=lambda row: True),
        "두 쪽의 번호를 섞었다. 순서 번호는 방향마다 따로다. `sender`마다 기억하자.": lambda segments: _repeats(
            segments, same_side=False
        ),
        "번호를 그냥 `<=`로 견주었다. 번호가 `2**32 - 1`을 지나면 새 데이터가 옛것처럼 보인다.": lambda segments: (
            _repeats(segments, before=lambda end, far: end <= far)
        ),
        "끝이 가장 먼 끝과 **같은** 것을 놓쳤다. 마지막에 보낸 것을 다시 보내면 두 끝이 "
        "같다.": lambda segments: _repeats(segments, before=seq_lt),
        "데이터만 보았다. SYN과 FIN도 번호를 쓰고, 잃으면 다시 보낸다.": lambda segments: _repeats(
            segments, takes=lambda row: bool(row["length"])
        ),
        "SYN을 빠뜨렸다. SYN도 번호를 하나 쓰고, 잃으면 다시 보낸다.": lambda segments: _repeats(
            segments, takes=lambda row: end_of(row) != row["seq"] and not has(row, "SYN")
        ),
        "똑같은 줄만 찾았다. 다시 보낼 때는 두 조각을 하나로 합치기도 한다. 줄이 아니라 **번호의 끝**을 "
        "보자.": _same_rows,
        "시작한 번호만 보았다. 앞부분이 겹쳐도 새 바이트가 하나라도 있으면 다시 보낸 것이 아니다.": lambda segments: (
            _repeats(segments, start=True)
        ),
        "중복 ACK까지 셌다. 같은 ACK가 되풀이되는 것은 받는 쪽의 소식이지 데이터를 다시 보낸 것이 아니다.": _same_acks,
    },
    explanation="캡처에는 '재전송'이라고 적혀 있지 않다. 번호를 되짚어 알아낼 뿐이다. Wireshark의 "
    "`TCP Retransmission`도 같은 방법으로 붙인 것이고, 순서가 바뀐 것과는 시간으로 가른다.",
)

# ── handshake_rtt ───────────────────────────────────────────────────────────


def _between(trace: Trace, place: float) -> list[Row]:
    """두 쪽 사이에서 잡은 캡처. `place`가 0이면 클라이언트, 1이면 서버의 자리다."""
    seen = []
    for sent in trace.segments:
        if sent.arrived is None:
            continue
        part = place if sent.src == CLIENT else 1 - place
        seen.append((sent.sent + (sent.arrived - sent.sent) * part, sent.number))
    by_number = {row["number"]: row for row in _from_all(trace)}
    rows = [{**by_number[number], "time": round(time, 6)} for time, number in sorted(seen)]
    return [{**row, "number": n, "time": round(row["time"] - rows[0]["time"], 6)} for n, row in enumerate(rows, 1)]


def _from_all(trace: Trace) -> list[Row]:
    rows = {
        packet.number: row for row, (_, packet) in zip(capture_rows(trace, CLIENT), trace.seen_at(CLIENT), strict=True)
    }
    return [{**row, "number": number} for number, row in rows.items()]


def _opened(delay: float = 0.05, **changes: Any) -> Trace:
    return scenarios.transfer(bytes(300), delay=delay, **changes)


def _fresh_handshakes(rng: random.Random) -> list[Case]:
    def run(**changes: Any) -> Trace:
        return _opened(rng.choice((0.004, 0.0125, 0.05, 0.12)), **isns(rng, 300, 2), **changes)

    return [
        *(Case((_between(run(), rng.choice((0.0, 0.25, 0.5, 0.75, 1.0))),)) for _ in range(5)),
        Case((_between(run(), 1.0),), note="서버에서 잡았을 때"),
        Case((_rows(run(drops=[1])),), note="SYN을 다시 보냈을 때"),
        Case((_rows(run(drops=[2])),), note="SYN,ACK를 잃었을 때"),
        Case((_rows(clinic.port_closed()),), note="거절당했을 때"),
    ]


def _gap(segments: Rows, first: str, second: str, *, strict: bool = True, factor: float = 1.0) -> float:
    """플래그가 꼭 `first`인 첫 줄에서, 그 뒤로 `second`인 첫 줄까지."""
    if strict:
        handshake_rtt(segments)
    start = next((row for row in segments if row["flags"] == first), None)
    after = segments[start["number"] :] if start else []
    end = next((row for row in after if row["flags"] == second), None)
    if start is None or end is None:
        raise ValueError("핸드셰이크가 보이지 않습니다")
    return float((end["time"] - start["time"]) * factor)


def _last_syn(segments: Rows) -> float:
    syns = [row for row in segments if row["flags"] == "SYN"]
    if not any(row["flags"] == "SYN,ACK" for row in segments):
        raise ValueError("SYN,ACK가 없습니다")
    return float(next(row for row in segments if row["flags"] == "ACK")["time"] - syns[-1]["time"])


HANDSHAKE_RTT = Problem(
    name="handshake_rtt",
    lesson=LESSON,
    title="핸드셰이크로 RTT 재기",
    points=2,
    rfc="RFC 9293 §3.5, RFC 6298 §3",
    reference=handshake_rtt,
    cases=(
        Case((_between(_opened(), 0.0),), note="클라이언트에서 잡았을 때"),
        Case((_between(_opened(), 1.0),), note="서버에서 잡았을 때"),
        Case((_between(_opened(delay=0.02), 0.25),), note="두 쪽 사이의 라우터에서 잡았을 때"),
        Case((_between(_opened(client_isn=2**32 - 1), 0.5),), note="SYN의 번호가 마지막 번호일 때"),
        Case((_rows(_opened(drops=[1])),), note="SYN을 다시 보냈을 때"),
        Case((_rows(_opened(drops=[2])),), note="SYN,ACK를 잃어 다시 보냈을 때"),
        Case((_rows(clinic.port_closed()),), note="거절당했을 때"),
        Case((_rows(clinic.firewall_drop()),), note="아무 답이 없을 때"),
    ),
    fresh_cases=_fresh_handshakes,
    hints=(
        "SYN만 켜진 줄, `SYN,ACK`인 줄, 그 뒤에 클라이언트가 보낸 `ACK`인 줄을 찾는다.",
        "잡은 곳에서 서버까지 갔다 오는 것이 SYN과 SYN,ACK의 사이, 클라이언트까지 갔다 오는 것이 SYN,ACK와 ACK의 "
        "사이다. 둘을 더하면?",
        "SYN이나 SYN,ACK가 하나가 아니면(없거나 둘 이상) `ValueError`다. 마지막 ACK가 없어도 그렇다.",
    ),
    mistakes={
        "SYN과 SYN,ACK의 사이만 쟀다. 서버에서 잡은 캡처에서는 그 사이가 0에 가깝다.": lambda segments: _gap(
            segments, "SYN", "SYN,ACK"
        ),
        "SYN,ACK와 ACK의 사이만 쟀다. 클라이언트에서 잡은 캡처에서는 그 사이가 0에 가깝다.": lambda segments: _gap(
            segments, "SYN,ACK", "ACK"
        ),
        "다시 보낸 SYN이 있는데도 쟀다. 답이 어느 SYN의 것인지 모르면 잴 수 없다: Karn의 알고리즘 (RFC 6298 "
        "§3).": lambda segments: _gap(segments, "SYN", "ACK", strict=False),
        "마지막으로 보낸 SYN부터 쟀다. SYN,ACK가 먼저 보낸 SYN의 답일 수도 있다: Karn의 알고리즘 (RFC 6298 "
        "§3).": _last_syn,
        "밀리초로 돌려주었다. 답은 초다.": lambda segments: _gap(segments, "SYN", "ACK", factor=1000),
        "편도의 시간을 돌려주었다. 왕복은 갔다가 오는 것까지다.": lambda segments: _gap(
            segments, "SYN", "ACK", factor=0.5
        ),
    },
    explanation="어디서 잡든 두 사이를 더하면 왕복 하나가 된다. 두 사이를 **따로** 보면 잡은 곳에서 어느 쪽이 먼지도 "
    "알 수 있다.",
)

# ── diagnose ────────────────────────────────────────────────────────────────

_FAULTS: dict[str, Callable[..., clinic.Case]] = {
    "port closed": clinic.port_closed,
    "firewall drop": clinic.firewall_drop,
    "zero window": clinic.zero_window,
    "mtu black hole": clinic.black_hole,
    "retransmission storm": clinic.lossy_path,
    "close_wait leak": lambda **changes: clinic.close_wait_leak(clients=1, **changes),
    "nagle stall": clinic.nagle_stall,
    "healthy": clinic.healthy,
}


def _fault(name: str, note: str = "", **changes: Any) -> Case:
    return Case((_rows(_FAULTS[name](**changes)),), note=note)


def _fresh_faults(rng: random.Random) -> list[Case]:
    def number() -> int:
        return rng.choice((rng.randrange(1, MODULUS - 99_999), MODULUS - rng.randrange(1, 3000)))

    both: dict[str, Any] = {"client_isn": number(), "server_isn": number()}
    cases = [
        _fault("port closed", client_isn=number(), delay=rng.choice((0.005, 0.04, 0.1))),
        _fault("firewall drop", client_isn=number(), until=rng.choice((0.5, 2.5, 9.0))),
        _fault("zero window", **both, size=rng.randrange(4000, 8000)),
        _fault("mtu black hole", **both, request=rng.randrange(50, 900), size=rng.randrange(5000, 20_000)),
        _fault("retransmission storm", **both, seed=rng.choice((4, 8, 11, 3)), rate=0.3),
        _fault("close_wait leak", **both),
        _fault("nagle stall", **both, count=rng.randrange(4, 7)),
        _fault("nagle stall", "한 번에 쓰면", **both, pieces=1),
        _fault("healthy", **both, delay=rng.choice((0.01, 0.08, 0.15)), size=rng.randrange(3000, 9000)),
        _fault("healthy", "세그먼트 하나를 잃으면", **both, drop=rng.randrange(4, 9)),
    ]
    return rng.sample(cases, len(cases))


def _instead(wrong: Mapping[str, str]) -> Callable[[Rows], str]:
    """어떤 고장을 다른 고장으로 아는 답."""
    return lambda segments: wrong.get(diagnose(segments), diagnose(segments))


def _any_repeat(segments: Rows) -> str:
    name = diagnose(segments)
    return "retransmission storm" if name == "healthy" and retransmissions(segments) else name


def _absolute_stall(segments: Rows) -> str:
    name = diagnose(segments)
    gaps = [
        ack["time"] - first["time"]
        for first, ack in pairwise(segments)
        if first["length"] and ack["flags"] == "ACK" and not ack["length"] and ack["sender"] != first["sender"]
    ]
    return "nagle stall" if name == "healthy" and sum(gap > 0.03 for gap in gaps) else name


def _rst_window(segments: Rows) -> str:
    return "zero window" if any(row["window"] == 0 for row in segments) else diagnose(segments)


_RIGHT = ("healthy", "nagle stall", "close_wait leak")

DIAGNOSE = Problem(
    name="diagnose",
    lesson=LESSON,
    title="무슨 고장인가",
    points=4,
    rfc="RFC 9293 §3.5.2, §3.8.6, RFC 2923 §2.1",
    reference=diagnose,
    cases=(
        _fault("port closed", "듣는 프로그램이 없는 포트"),
        _fault("firewall drop", "SYN을 말없이 버리는 방화벽"),
        _fault("zero window", "읽지 않는 프로그램"),
        _fault("mtu black hole", "큰 패킷만 사라지는 길"),
        _fault("retransmission storm", "네 개 가운데 하나를 잃는 길"),
        _fault("close_wait leak", "닫지 않는 프로그램"),
        _fault("nagle stall", "나눠 쓰고 기다리는 프로그램"),
        _fault("healthy", "아무 일 없는 전송"),
        _fault("healthy", "세그먼트 하나를 잃은 전송", drop=8),
        _fault("healthy", "RTT가 300ms인 전송", delay=0.15),
        _fault("nagle stall", "한 번에 쓰는 프로그램", pieces=1),
        _fault("zero window", "번호가 0을 지나갈 때", client_isn=2**32 - 1500),
        _fault("mtu black hole", "번호가 0을 지나갈 때", client_isn=2**32 - 300),
    ),
    fresh_cases=_fresh_faults,
    hints=(
        "서버가 보낸 줄만 따로 모으면 1번과 2번이 풀린다. 하나도 없으면 `firewall drop`, 모두 RST면 `port closed`다.",
        "`retransmissions`의 답을 `set`으로 만들어 두고 4번과 5번에 쓰자. '확인받았다'는 상대가 보낸 ACK 가운데 그 "
        "줄의 끝까지 나아간 것이 있다는 말이다: `(ack - 끝) % 2**32 < 2**31`.",
        "4번은 셋을 모두 본다: 가장 긴 데이터 줄이 세 번 이상 다시 나갔다, 그 길이의 줄은 하나도 확인받지 "
        "못했다, 그보다 짧은 데이터 줄은 확인받은 것이 있다.",
        "7번은 이웃한 세 줄을 본다(`zip(rows, rows[1:], rows[2:])`): 데이터, 상대의 순수 ACK, 같은 쪽의 데이터. 기다린 "
        "시간이 `handshake_rtt` + 0.03초보다 길어야 한다. 잴 수 없으면 7번이 아니다.",
    ),
    mistakes={
        "거절과 침묵을 가르지 못했다. RST가 오면 서버까지 닿은 것이고(포트만 닫혔다), 아무 답이 없으면 길에서 "
        "버려진 것이다.": _instead({"port closed": "firewall drop"}),
        "답이 없는 것을 거절로 보았다. 거절이라면 RST가 온다. 아무것도 없으면 방화벽이나 끊긴 길이다.": _instead(
            {"firewall drop": "port closed"}
        ),
        "RST의 윈도우까지 보았다. RST의 윈도우 0에는 뜻이 없다.": _rst_window,
        "다시 보낸 것이 하나만 있어도 폭풍이라고 했다. 세그먼트 하나를 잃는 것은 흔한 일이다.": _any_repeat,
        "큰 것만 사라지는 것을 보지 못했다. 잃은 것과 도착한 것의 **크기**를 견주어 보자.": _instead(
            {"mtu black hole": "retransmission storm"}
        ),
        "제로 윈도우 탐침을 재전송으로만 보았다. 상대가 답하고 있고 그 답의 윈도우가 0이다.": _instead(
            {"zero window": "retransmission storm"}
        ),
        "한쪽만 닫힌 것을 보지 못했다. FIN은 방향마다 하나씩이다.": _instead({"close_wait leak": "healthy"}),
        "RTT가 긴 길을 Nagle로 보았다. ACK가 늦은 것은 RTT보다 늦을 때만 이상하다.": _absolute_stall,
        "기다림을 보지 못했다. 다시 보낸 것이 없어도 시각의 열을 보면 40ms씩 멈춰 있다.": _instead(
            {"nagle stall": "healthy"}
        ),
        "느린 것을 모두 손실로 보았다. 다시 보낸 줄이 정말 있는가?": _instead(
            dict.fromkeys(_RIGHT[1:], "retransmission storm")
        ),
    },
    explanation="차례가 중요하다. 답이 있는가 → 무슨 답인가 → 받는 쪽이 막는가 → 길이 막는가 → 프로그램이 막는가. "
    "앞의 것이 뒤의 것을 흉내 내기 때문이다.",
)

# ── bpf ─────────────────────────────────────────────────────────────────────


def _fresh_descriptions(rng: random.Random) -> list[Case]:
    ports, hosts = [22, 80, 443, 8080, 50000], ["10.0.0.1", "10.0.0.2", "192.0.2.7"]

    def some() -> dict[str, Any]:
        made: dict[str, Any] = {rng.choice(("host", "src", "dst")): rng.choice(hosts)} if rng.random() < 0.6 else {}
        if rng.random() < 0.6:
            made["ports"] = rng.sample(ports, rng.randrange(1, 4))
        if rng.random() < 0.4:
            made["not_port"] = rng.choice(ports)
        flags = rng.sample(["SYN", "ACK", "FIN", "RST", "PSH"], 3)
        if rng.random() < 0.5:
            made["flags"] = flags[: rng.randrange(1, 3)]
        if rng.random() < 0.4:
            made["no_flags"] = flags[2:]
        return made

    fixed: tuple[dict[str, Any], ...] = (
        {"host": rng.choice(hosts), "ports": rng.sample(ports, 2)},
        {"flags": ["SYN"], "no_flags": ["ACK"], "ports": [rng.choice(ports)]},
        {"flags": ["SYN", "ACK"]},
        {"not_port": rng.choice(ports)},
    )
    return [Case((made,)) for made in (*fixed, *(some() for _ in range(8)))]


def _changed(
    d: Mapping[str, Any], *, tcp: bool = True, brackets: bool = True, word: str = "or", exact: bool = False,
    any_flag: bool = False, off: bool = True, host: str = "host", negative: str = "not port",
) -> str:  # fmt: skip
    """기준 답과 한 곳만 다른 오답을 만든다."""
    parts = ["tcp"] if tcp else []
    for key, said in (("host", host), ("src", "src host"), ("dst", "dst host"), ("not_port", negative)):
        if key in d:
            parts.append(f"{said} {d[key]}")
    if "ports" in d:
        either = f" {word} ".join(f"port {port}" for port in d["ports"])
        parts.append(f"({either})" if brackets else either)
    text = bpf({key: d[key] for key in ("flags", "no_flags") if key in d and (off or key == "flags")})
    flags = text.removeprefix("tcp").removeprefix(" and ")
    if flags and exact and d.get("flags"):
        flags = "tcp[tcpflags] == " + flags.split(" == ")[1]
    elif flags and any_flag and d.get("flags"):
        on = flags.split(" == ")[1]
        flags = f"tcp[tcpflags] & {on} != 0" + (
            f" and {bpf({'no_flags': d['no_flags']})[8:]}" if "no_flags" in d else ""
        )
    return " and ".join([*parts, *([flags] if flags else [])])


BPF = Problem(
    name="bpf",
    lesson=LESSON,
    title="캡처 필터 짓기",
    points=3,
    rfc="RFC 9293 §3.1",
    reference=bpf,
    adapter="capture_filter",
    cases=(
        Case(({},), note="아무 조건이 없으면 모든 TCP"),
        Case(({"host": "10.0.0.1", "ports": [80]},), note="주소와 포트"),
        Case(({"host": "192.0.2.7", "ports": [80, 443]},), note="포트가 둘 가운데 하나"),
        Case(({"src": "10.0.0.1", "dst": "10.0.0.2"},), note="방향이 있는 주소"),
        Case(({"not_port": 22},), note="이 포트만 빼고"),
        Case(({"flags": ["SYN"], "no_flags": ["ACK"]},), note="연결을 여는 SYN만"),
        Case(({"flags": ["RST"]},), note="RST가 켜진 것 모두"),
        Case(({"flags": ["SYN", "ACK"]},), note="둘 다 켜진 것"),
        Case(({"no_flags": ["ACK"], "ports": [8080, 22]},), note="꺼진 것만 물을 때"),
        Case(
            ({"host": "10.0.0.2", "ports": [443, 8080], "not_port": 80, "flags": ["PSH"]},), note="여러 조건을 한꺼번에"
        ),
    ),
    fresh_cases=_fresh_descriptions,
    hints=(
        "조건마다 글 한 조각을 만들어 리스트에 모으고 `' and '.join(…)`으로 잇는다. 첫 조각은 언제나 `tcp`다.",
        "`and`와 `or`는 차례가 같고 왼쪽부터 묶인다. `or`로 이은 포트들은 괄호로 싼다.",
        "플래그는 켜질 것과 꺼질 것을 모두 골라내어(`&`) 켜질 것만 남았는지(`==`) 본다: "
        "`tcp[tcpflags] & (tcp-syn|tcp-ack) == tcp-syn`. 켜질 것이 없으면 `== 0`이다.",
        "켜질 것이 둘 이상이면 오른쪽도 괄호로 싼다: `== (tcp-syn|tcp-ack)`. PSH의 이름은 `tcp-push`다.",
    ),
    mistakes={
        "포트들을 괄호로 싸지 않았다. 필터의 `and`와 `or`는 차례가 같아서 왼쪽부터 묶인다: `(tcp and port 80) or port "
        "443 …`.": lambda d: _changed(d, brackets=False),
        "TCP라고 적지 않았다. `host`와 `port`는 UDP에도 맞는다.": lambda d: _changed(d, tcp=False),
        "포트들을 `and`로 이었다. 한 패킷의 두 포트가 모두 그것이어야 남는다.": lambda d: _changed(d, word="and"),
        "플래그를 통째로 견주었다. `tcp[tcpflags] == tcp-syn`은 다른 플래그가 하나도 켜지지 않은 것만 남긴다. `&`로 볼 "
        "것만 골라내자.": lambda d: _changed(d, exact=True),
        "플래그가 하나라도 켜진 것을 남겼다. `& (…) != 0`은 ‘이 가운데 하나라도’라는 뜻이다. 모두 켜졌는지는 `==`로 "
        "본다.": lambda d: _changed(d, any_flag=True),
        "꺼져 있어야 할 플래그를 묻지 않았다.": lambda d: _changed(d, off=False),
        "`host`를 보낸 쪽으로만 보았다. `host`는 어느 쪽이든 그 주소면 된다.": lambda d: _changed(d, host="src host"),
        "받는 포트만 뺐다. `not port`는 어느 쪽도 그 포트가 아니어야 한다.": lambda d: _changed(
            d, negative="not dst port"
        ),
        "캡처 필터의 말이 아니다. 읽지 못한 자리는 아래에 있다. `tcp.port == 80`은 잡은 뒤에 Wireshark가 쓰는 말이고, "
        "잡을 때의 말은 `tcp port 80`이다.": lambda d: "tcp.port == 80",
    },
    explanation="필터는 잡기 **전에** 거르므로 빠뜨린 것은 되찾을 수 없다. 넓게 잡고 좁게 보는 편이 안전하다. "
    "커널은 이 글을 작은 기계의 명령(BPF)으로 바꾸어 패킷마다 돌린다.",
)

# ── fill_black_hole ─────────────────────────────────────────────────────────


def black_hole_table(rng: random.Random) -> PacketTable:
    """작은 요청은 확인받고 큰 것은 되풀이해 사라지는 연결."""
    request, size = rng.randrange(50, 900), 1460 * 2 + rng.randrange(100, 1400)
    numbers: dict[str, Any] = isns(rng, request + size)
    case = clinic.black_hole(request=request, size=size, until=9.0, **numbers)
    table = PacketTable.of(case.trace, title="큰 것만 사라지는 표", columns=WITH_LOSS)
    return table.hide(rng, count=7)


FILL_BLACK_HOLE = packet_table_problem(
    name="fill_black_hole",
    lesson=LESSON,
    title="빈칸 채우기: 큰 것만 사라지는 길",
    points=2,
    make=black_hole_table,
    rfc="RFC 9293 §3.4, RFC 2923 §2.1",
)

PROBLEMS = (COUNT_STATES, HANDSHAKE_RTT, RETRANSMISSIONS, BPF, DIAGNOSE, FILL_BLACK_HOLE)
