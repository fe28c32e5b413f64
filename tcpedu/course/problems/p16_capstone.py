"""문제 16: 캡스톤. 여섯 단계마다 문제 하나이고, 마지막이 `MyTcp`다. 기준 답은 모두 라이브러리의 `Connection`이다."""

from __future__ import annotations

import random
from typing import Any

from tcpedu.course.problem import Case, Problem
from tcpedu.course.problems.mytcp_wrong import wrong
from tcpedu.protocol.connection import Connection
from tcpedu.protocol.seqnum import MODULUS

LESSON = "16_capstone"
Step = tuple[Any, ...]
_SECONDS = 10.0


def _hand(*script: Step, note: str = "", iss: int = 100, irs: int = 300, **settings: Any) -> Case:
    return Case(("by_hand", settings, iss, irs, script), note=note)


def _talk(note: str = "", **conditions: Any) -> Case:
    return Case(("talk", conditions), note=note)


def _isns(rng: random.Random) -> dict[str, int]:
    """두 쪽의 첫 번호. 가끔은 한 바퀴의 끝 가까이에서 시작한다."""

    def number() -> int:
        return rng.choice((rng.randrange(MODULUS), MODULUS - rng.randrange(1, 2000)))

    return {"iss": number(), "irs": number()}


def _talks(rng: random.Random, count: int, note: str, **conditions: Any) -> list[Case]:
    """같은 조건에서 씨앗과 첫 번호와 여는 쪽만 다른 이야기들."""
    return [
        _talk(note, seed=rng.randrange(1 << 30), iss=_isns(rng)["iss"], active=rng.random() < 0.5, **conditions)
        for _ in range(count)
    ]


CONNECT: Step = ("connect",)
LISTEN: Step = ("listen",)
STATE: Step = ("state",)
NUMBERS: Step = ("numbers",)
TIMER: Step = ("timer",)
COUNT: Step = ("count",)
READ: Step = ("read",)
CLOSE: Step = ("close",)


def _syn_ack(window: int = 60_000, mss: int = 1000) -> Step:
    return ("arrives", "SYN,ACK", 0, 1, 0, window, mss)


def _ack(ack: int, window: int = 60_000, seq: int = 1) -> Step:
    return ("arrives", "ACK", seq, ack, 0, window)


def _data(seq: int, size: int, ack: int = 1, windows: bool = False) -> Step:
    return ("arrives", "ACK", seq, ack, size, 60_000, None, windows)


def _fin(seq: int, ack: int, size: int = 0) -> Step:
    return ("arrives", "FIN,ACK", seq, ack, size)


def _write(size: int) -> Step:
    return ("write", size)


_OPEN = (CONNECT, _syn_ack())

# ── 1단계 Opening ───────────────────────────────────────────────────────────

_ACTIVE = (CONNECT, _syn_ack(), STATE, NUMBERS)
_PASSIVE = (LISTEN, ("arrives", "SYN", 0, None, 0, 60_000, 1000), STATE, _ack(1), STATE, NUMBERS)


def _fresh_opening(rng: random.Random) -> list[Case]:
    bad = rng.randrange(2, 5000)
    return [
        _hand(*_ACTIVE, note="능동 개방", **_isns(rng)),
        _hand(*_PASSIVE, note="수동 개방", **_isns(rng)),
        _hand(
            CONNECT, ("arrives", "SYN,ACK", 0, bad), STATE, _syn_ack(), STATE, note="번호가 다른 SYN,ACK", **_isns(rng)
        ),
        _hand(CONNECT, ("arrives", "RST,ACK", 0, bad), STATE, note="번호가 다른 RST", **_isns(rng)),
        _hand(*_PASSIVE[:2], _ack(bad), STATE, _ack(1), STATE, note="번호가 다른 마지막 ACK", **_isns(rng)),
        *_talks(rng, 2, "라이브러리와 연결을 연다"),
    ]


OPENING = Problem(
    name="Opening",
    lesson=LESSON,
    title="1단계: 핸드셰이크",
    points=3,
    rfc="RFC 9293 §3.10.7.2–3.10.7.3",
    reference=Connection,
    adapter="endpoint",
    seconds=_SECONDS,
    cases=(
        _hand(*_ACTIVE, note="능동 개방"),
        _hand(*_PASSIVE, note="수동 개방"),
        _hand(*_ACTIVE, iss=MODULUS - 1, irs=MODULUS - 1, note="첫 번호가 마지막 번호일 때"),
        _hand(CONNECT, ("arrives", "SYN,ACK", 0, 5), STATE, _syn_ack(), STATE, note="내 SYN을 확인하지 않는 SYN,ACK"),
        _hand(CONNECT, ("arrives", "RST,ACK", 0, 1), STATE, note="거절당할 때"),
        _hand(CONNECT, ("arrives", "RST,ACK", 0, 7), STATE, note="내 SYN에 대한 답이 아닌 RST"),
        _hand(LISTEN, _ack(77, seq=50), STATE, ("arrives", "RST", 50, None), STATE, note="듣는 중에 온 ACK와 RST"),
        _hand(*_PASSIVE[:2], _ack(9), STATE, _ack(1), STATE, note="마지막 ACK의 번호가 다를 때"),
        _talk("라이브러리의 서버에 연결한다"),
        _talk("라이브러리의 클라이언트를 받는다", active=False),
    ),
    fresh_cases=_fresh_opening,
    hints=(
        "절대 번호로 생각하자. 내 SYN은 0번이므로 옳은 확인응답은 1이다: "
        "`pieces.unwrap(segment.ack, self.iss, self.una) == 1`.",
        "LISTEN에서 볼 것은 차례로 셋이다. RST면 버리고, ACK가 있으면 `self.refuse(segment)`, SYN이면 `remember`한 뒤 "
        "`move(Event.RCV_SYN)`. SYN,ACK를 보내는 것은 뼈대가 한다.",
        "SYN_SENT에서는 ACK의 번호를 **먼저** 본다. 번호가 맞지 않으면 RST든 SYN,ACK든 `refuse`다(RST에는 `refuse`가 "
        "아무것도 보내지 않는다).",
        "연결이 열리는 두 곳에서는 모두 `self.una = 1`과 `self.on_new_ack(0)`을 한 뒤 상태를 옮긴다. 능동 개방한 쪽은 "
        "`self.ack_now = True`로 셋째 세그먼트를 보낸다.",
    ),
    mistakes={
        "LISTEN에 온 ACK를 그냥 버렸다. 없는 연결의 세그먼트이므로 RST로 알린다 (RFC 9293 §3.10.7.2의 둘째).": wrong(
            "Opening",
            ("            self.refuse(segment)\n        elif SYN in", "            return\n        elif SYN in"),
        ),
        "SYN_SENT에서 확인응답 번호를 보지 않았다. 옛 연결의 SYN,ACK에 속아 연결이 열린다 (RFC 9293 §3.10.7.3의 "
        "첫째).": wrong(
            "Opening", ("        if ack != 1:\n            self.refuse(segment)\n        elif RST", "        if RST")
        ),
        "RST의 번호를 보지 않고 연결을 끊었다. 내 SYN을 확인하는 RST만 믿는다 (RFC 9293 §3.10.7.3의 둘째).": wrong(
            "Opening",
            (
                "        if ack != 1:\n            self.refuse",
                "        if ack != 1 and RST not in segment.flags:\n            self.refuse",
            ),
        ),
        "거절하는 RST를 못 본 척했다. 번호가 맞는 RST를 받으면 CLOSED다 (RFC 9293 §3.10.7.3의 둘째).": wrong(
            "Opening",
            (
                "        elif RST in segment.flags:\n            self.reset()",
                "        elif RST in segment.flags:\n            return",
            ),
        ),
        "셋째 세그먼트를 보내지 않았다. SYN,ACK를 받은 쪽은 곧바로 ACK로 답한다: `self.ack_now = True`.": wrong(
            "Opening",
            (
                "            self.move(Event.RCV_SYN_ACK)\n            self.ack_now = True",
                "            self.move(Event.RCV_SYN_ACK)",
            ),
        ),
        "연결이 열렸는데 SND.UNA가 그대로다. 내 SYN(0번)이 확인되었으므로 `self.una = 1`이다.": wrong(
            "Opening",
            (
                "            self.una = 1\n            self.on_new_ack(0)\n            self.move(Event.RCV_SYN_ACK)",
                "            self.move(Event.RCV_SYN_ACK)",
            ),
        ),
        "SYN_RCVD에서 마지막 ACK의 번호를 보지 않았다. 내 SYN을 확인하지 않는 ACK에는 RST로 답하고 기다린다 (RFC 9293 "
        "§3.10.7.4의 다섯째).": wrong(
            "Opening",
            (
                "        if pieces.unwrap(segment.ack, self.iss, self.una) != 1:\n            self.refuse(segment)\n   "
                "         return\n",
                "",
            ),
        ),
    },
    explanation="번호를 먼저 보고 플래그를 나중에 본다. 그 차례 하나가 옛 연결의 세그먼트와 가짜 RST를 모두 걸러 낸다.",
)

# ── 2단계 Transfer ──────────────────────────────────────────────────────────


def _fresh_transfer(rng: random.Random) -> list[Case]:
    mss, window = rng.randrange(400, 1200), rng.randrange(1500, 4000)
    size = rng.randrange(100, 900)
    return [
        _hand(
            CONNECT,
            _syn_ack(window, mss),
            _write(3 * window),
            _ack(1 + min(mss, window), window),
            _ack(3 * window + 99, window),
            note="상대의 윈도우와 MSS",
            **_isns(rng),
        ),
        _hand(
            *_OPEN,
            _data(1, size),
            _data(1, size),
            _data(1 + size, 7),
            COUNT,
            READ,
            note="데이터와 되풀이",
            **_isns(rng),
        ),
        _hand(*_OPEN, _ack(1), NUMBERS, ("arrives", "RST", 1, None), STATE, note="ACK와 RST", **_isns(rng)),
        *_talks(
            rng, 2, "두 방향으로 보낸다", upload=rng.randrange(20_000, 40_000), download=rng.randrange(20_000, 40_000)
        ),
        *_talks(rng, 1, "상대의 버퍼가 작다", upload=25_000, peer_buffer=rng.randrange(2500, 6000)),
    ]


_LIMITED = (CONNECT, _syn_ack(3500), _write(5000))
_TAKE_ANY = "            self.ack_now = RST not in segment.flags\n            return"

TRANSFER = Problem(
    name="Transfer",
    lesson=LESSON,
    title="2단계: 데이터를 주고받는다",
    points=6,
    rfc="RFC 9293 §3.10.7.4, RFC 5681 §3.1",
    reference=Connection,
    adapter="endpoint",
    seconds=_SECONDS,
    cases=(
        _hand(*_LIMITED, _ack(1001, 3500), _ack(3501, 3500), _ack(5001, 3500), note="윈도우가 3500일 때"),
        _hand(*_LIMITED, _ack(1, 5000), _ack(3501, 500), note="윈도우만 바뀔 때"),
        _hand(*_OPEN, _write(20_000), _ack(1001), note="윈도우가 넉넉하면 cwnd가 막는다"),
        _hand(*_LIMITED, _ack(9001, 3500), _ack(1001, 3500), note="보내지 않은 것의 ACK"),
        _hand(*_OPEN, _data(1, 700), READ, _data(701, 10), READ, NUMBERS, note="차례대로 온 데이터"),
        _hand(*_OPEN, _data(1, 700), _data(1, 700), COUNT, READ, note="같은 것이 또 올 때"),
        _hand(*_OPEN, _ack(1), _ack(1), note="ACK만 올 때"),
        _hand(*_OPEN, ("arrives", "PSH", 1, None, 10), COUNT, STATE, note="ACK 플래그가 없을 때"),
        _hand(*_OPEN, ("arrives", "SYN", 1, None), STATE, _data(1, 5), READ, note="연결된 뒤의 SYN"),
        _hand(*_OPEN, _data(1, 5), ("arrives", "RST", 6, None), STATE, note="RST"),
        _hand(*_OPEN, _data(1, 5000), COUNT, receive_buffer=4000, note="수신 버퍼보다 많이 올 때"),
        _talk("올려 보낸다", upload=30_000, seed=1),
        _talk("두 방향, 상대의 버퍼가 작다", upload=30_000, download=20_000, peer_buffer=4000, active=False, seed=2),
    ),
    fresh_cases=_fresh_transfer,
    hints=(
        "`arrive_synchronized`는 문제의 표를 위에서 아래로 옮긴 것이다. `return`하지 않은 것만 다음 줄로 간다.",
        "`take_ack`는 세 갈래다. `ack > self.top`, `ack > self.una`, `ack == self.una`. 윈도우는 뒤의 두 갈래에서 모두 "
        "바뀐다.",
        "`send_data`의 한도는 `min(self.wnd, self.reno.cwnd)`이고, 더 보낼 수 있는 양은 `usable_window(una, nxt, "
        "한도)`다. "
        "세그먼트 하나는 그것과 MSS와 남은 데이터 가운데 가장 작은 것이다.",
        "`data[0]`의 번호가 `self.first()`이므로 `nxt`의 자리는 `self.nxt - self.first()`다. 확인된 만큼 앞을 지울 "
        "때도 "
        "`del self.data[: ack - self.first()]`.",
    ),
    mistakes={
        "상대의 윈도우를 보지 않았다. 상대의 버퍼가 넘친다. 한도는 두 윈도우 가운데 작은 쪽이다 (RFC 5681 "
        "§3.1).": wrong("Transfer", ("window = min(self.wnd, self.reno.cwnd)", "window = self.reno.cwnd")),
        "cwnd를 보지 않았다. 상대의 윈도우가 아무리 커도 네트워크가 받아 줄지는 모른다. 한도는 작은 쪽이다 (RFC 5681 "
        "§3.1).": wrong("Transfer", ("window = min(self.wnd, self.reno.cwnd)", "window = self.wnd")),
        "MSS로 자르지 않았다. 세그먼트 하나의 데이터는 상대가 SYN에 적은 MSS를 넘지 않는다 (RFC 9293 §3.7.1).": wrong(
            "Transfer", ("size = min(self.mss, left, pieces", "size = min(left, pieces")
        ),
        "차례를 보지 않고 받았다. 되풀이된 데이터가 두 번 들어간다. 먼저 `self.acceptable(segment)`을 본다.": wrong(
            "Transfer", (_TAKE_ANY, "            pass")
        ),
        "받지 않은 세그먼트에 아무 말도 하지 않았다. 지금 기다리는 번호를 ACK로 알려야 상대가 안다 (RFC 9293 "
        "§3.10.7.4의 "
        "첫째).": wrong("Transfer", (_TAKE_ANY, "            return")),
        "ACK에 ACK로 답했다. 두 쪽이 그러면 ACK가 끝없이 오간다. 번호를 쓰는 세그먼트(`segment.length`)에만 "
        "답한다.": wrong(
            "Transfer", ("        if segment.length:\n            self.ack_now = True", "        self.ack_now = True")
        ),
        "받은 데이터를 확인하지 않았다. 번호를 쓰는 세그먼트를 받았으면 `self.ack_now = True`.": wrong(
            "Transfer", ("        if segment.length:\n            self.ack_now = True\n", "")
        ),
        "보내지 않은 것을 확인하는 ACK를 믿었다. `self.top`을 넘는 ACK는 쓰지 않고, ACK로 답한다 (RFC 9293 §3.10.7.4의 "
        "다섯째).": wrong(
            "Transfer",
            (
                "        if ack > self.top:\n            self.ack_now = True\n        elif ack > self.una",
                "        if ack > self.una",
            ),
        ),
        "새로 확인하는 것이 없는 ACK의 윈도우를 버렸다. 닫힌 윈도우를 여는 것이 바로 그런 ACK다.": wrong(
            "Transfer",
            ("            self.wnd = segment.window\n            if same", "            if same"),
        ),
        "처음 알린 윈도우를 계속 썼다. 새 ACK마다 윈도우도 새것으로 바꾼다.": wrong(
            "Transfer",
            (
                "self.una, self.nxt, self.wnd = ack, max(ack, self.nxt), segment.window",
                "self.una, self.nxt = ack, max(ack, self.nxt)",
            ),
        ),
        "연결된 뒤에 온 SYN으로 연결을 끊었다. 가짜 SYN 하나로 끊기지 않게, ACK로 답하고 그대로 있는다 (RFC 5961 "
        "§4).": wrong(
            "Transfer",
            (
                "        if SYN in segment.flags:\n            self.ack_now = True\n            return",
                "        if SYN in segment.flags:\n            self.reset()\n            return",
            ),
        ),
        "RST를 못 본 척했다. 기다리던 번호의 RST면 연결은 끝난 것이다 (RFC 9293 §3.10.7.4의 둘째).": wrong(
            "Transfer",
            (
                "            if segment.seq == self.rcv_nxt:\n                self.reset()\n            else:\n        "
                "        self.ack_now = True\n            return",
                "            return",
            ),
        ),
        "ACK 플래그가 없는 세그먼트의 데이터를 받았다. 연결된 뒤의 세그먼트에는 모두 ACK가 있다. 없으면 버린다.": wrong(
            "Transfer",
            (
                "        if ACK not in segment.flags:\n            return\n        if self.state is State.SYN_RCVD:",
                "        if self.state is State.SYN_RCVD:",
            ),
        ),
        "수신 버퍼보다 많이 받았다. 알린 윈도우 안의 것만 받는다: `segment.payload[: self.rcv_wnd]`.": wrong(
            "Transfer", ("payload = segment.payload[: self.rcv_wnd]", "payload = segment.payload")
        ),
    },
    explanation="받는 쪽의 일은 차례대로 거르는 것이고, 보내는 쪽의 일은 가장 작은 한도를 지키는 것이다. 한도가 몇이든 "
    "`min` 하나면 된다.",
)

# ── 3단계 Recovery ──────────────────────────────────────────────────────────

_DUP = _ack(1)


def _fresh_recovery(rng: random.Random) -> list[Case]:
    segments = rng.randrange(6, 10)
    part = 1000 * rng.randrange(1, segments - 2) + 1
    return [
        _hand(*_OPEN, _write(1000 * segments), TIMER, TIMER, _ack(part), TIMER, note="타임아웃", **_isns(rng)),
        _hand(
            *_OPEN,
            _write(1000 * segments),
            *[_DUP] * 4,
            _ack(1000 * segments + 1),
            TIMER,
            note="중복 ACK",
            **_isns(rng),
        ),
        _hand(*_OPEN, _write(1000 * segments), *[_DUP] * 3, _ack(part), TIMER, note="부분 ACK", **_isns(rng)),
        *_talks(rng, 2, "몇 개를 잃는다", upload=60_000, drops=tuple(rng.sample(range(1, 55), 4))),
        *_talks(rng, 3, "두 방향으로 잃는다", upload=30_000, download=30_000, loss=rng.choice((0.03, 0.06, 0.09))),
    ]


RECOVERY = Problem(
    name="Recovery",
    lesson=LESSON,
    title="3단계: 손실",
    points=6,
    rfc="RFC 6298 §5, RFC 5681 §3.2, RFC 6582 §3.2",
    reference=Connection,
    adapter="endpoint",
    seconds=_SECONDS,
    cases=(
        _hand(*_OPEN, _write(3000), TIMER, TIMER, TIMER, note="아무 답도 없을 때"),
        _hand(CONNECT, TIMER, TIMER, STATE, note="SYN을 잃었을 때"),
        _hand(LISTEN, ("arrives", "SYN", 0, None, 0, 60_000, 1000), TIMER, TIMER, note="SYN,ACK를 잃었을 때"),
        _hand(*_OPEN, _write(3000), _ack(1001), TIMER, note="ACK를 받으면 타이머를 다시 건다"),
        _hand(*_OPEN, _write(2000), _data(1, 10), _write(1000), TIMER, note="걸려 있으면 그대로 둔다"),
        _hand(*_OPEN, _write(1000), _ack(1001), TIMER, note="모두 확인되면 끈다"),
        _hand(*_OPEN, _write(6000), TIMER, TIMER, _ack(1001), TIMER, note="다시 보낸 것의 RTT는 재지 않는다"),
        _hand(*_OPEN, _write(8000), _DUP, _DUP, _ack(1001), _ack(1001), _ack(1001), note="중복 ACK 둘로는 모자라다"),
        _hand(*_OPEN, _write(8000), *[_DUP] * 5, _ack(8001), TIMER, note="빠른 재전송"),
        _hand(*_OPEN, _write(12_000), *[_DUP] * 8, _ack(10_001), note="빠른 회복 동안 새 데이터도 나간다"),
        _hand(*_OPEN, _write(8000), *[_DUP] * 3, _ack(3001), TIMER, note="부분 ACK"),
        _hand(*_OPEN, _write(8000), *[_DUP] * 3, TIMER, _ack(1001), _ack(2001), note="빠른 회복 도중의 타임아웃"),
        _talk("하나를 잃는다", upload=60_000, drops=(5,)),
        _talk("여럿을 잃는다", upload=60_000, drops=(12, 13, 15, 40), active=False),
        _talk("두 방향으로 5%를 잃는다", upload=30_000, download=30_000, loss=0.05, seed=3),
    ),
    fresh_cases=_fresh_recovery,
    hints=(
        "타이머는 하나(`self.rtx_at`)다. 번호를 쓰는 것을 보낼 때 꺼져 있으면 걸고, 새 ACK가 오면 다시 걸거나(남은 "
        "것이 "
        "있다) 끈다(`self.una == self.top`).",
        "RTT는 한 번에 하나만 잰다: `self.timed = (끝 번호, 지금)`. 처음 보내는 것(`start >= self.top`)일 때만 적고, "
        "무엇이든 "
        "다시 보내면 `None`으로 지운다. Karn의 규칙은 이것으로 끝이다.",
        "타임아웃에서는 셈틀과 혼잡 제어에 알리고 `self.nxt = self.una`로 되돌린다. 다시 보내는 것은 뼈대가 부르는 "
        "`send_syn`과 `send_data`의 몫이다.",
        "셋을 세는 것은 `self.reno`다. `on_dup_ack`를 부르기 전과 뒤의 `phase`를 견주어, 빠른 회복에 막 들어섰으면 "
        "`self.recover = self.top`을 적고 `resend()`. 부분 ACK는 `self.una < self.recover`인 새 ACK다.",
    ),
    mistakes={
        "타이머가 끝나도 다시 보내지 않았다. `self.nxt = self.una`로 되돌려야 `send_data`가 다시 보낸다.": wrong(
            "Recovery", ("        self.recover = 0\n        self.nxt = self.una", "        self.recover = 0")
        ),
        "타임아웃 뒤에 RTO를 갑절로 하지 않았다. 막힌 네트워크를 같은 간격으로 두드린다 (RFC 6298 §5.5).": wrong(
            "Recovery", ("        self.estimator.on_timeout()\n", "")
        ),
        "타임아웃을 혼잡 제어에 알리지 않았다. cwnd가 그대로라 잃은 네트워크에 한꺼번에 다시 쏟아붓는다 (RFC 5681 "
        "§3.1).": wrong("Recovery", ("        self.reno.on_timeout()\n", "")),
        "새 ACK를 받고도 타이머를 다시 걸지 않았다. 먼저 보낸 것의 타이머가 멀쩡한 데이터를 다시 보내게 한다 (RFC 6298 "
        "§5.3).": wrong(
            "Recovery",
            (
                "self.rtx_at = None if self.una == self.top else self.now + self.estimator.rto\n        if",
                "self.rtx_at = None if self.una == self.top else self.rtx_at\n        if",
            ),
        ),
        "모두 확인되었는데 타이머가 돌고 있다 (RFC 6298 §5.2).": wrong(
            "Recovery",
            (
                "self.rtx_at = None if self.una == self.top else self.now + self.estimator.rto\n        if",
                "self.rtx_at = self.now + self.estimator.rto\n        if",
            ),
        ),
        "보낼 때마다 타이머를 다시 걸었다. 보낼 것이 많으면 타이머가 영영 끝나지 않는다. 꺼져 있을 때만 건다 (RFC 6298 "
        "§5.1).": wrong(
            "Recovery",
            (
                "        if self.rtx_at is None:\n            self.rtx_at = self.now + self.estimator.rto\n        if "
                "self.timed",
                "        self.rtx_at = self.now + self.estimator.rto\n        if self.timed",
            ),
        ),
        "다시 보낸 것의 RTT를 쟀다. ACK가 처음 것의 답인지 다시 보낸 것의 답인지 알 수 없다: Karn (RFC 6298 "
        "§3).": wrong(
            "Recovery",
            ("        self.reno.on_timeout()\n        self.timed = None", "        self.reno.on_timeout()"),
        ),
        "중복 ACK 하나에 다시 보냈다. 순서만 바뀐 것일 수 있으므로 셋을 기다린다 (RFC 5681 §3.2).": wrong(
            "Recovery",
            ('        if self.reno.phase == "fast_recovery" and not recovering:', "        if not recovering:"),
        ),
        "중복 ACK가 올 때마다 다시 보냈다. 빠른 회복에 들어설 때 한 번만 보낸다 (RFC 5681 §3.2의 3).": wrong(
            "Recovery",
            (
                '        if self.reno.phase == "fast_recovery" and not recovering:',
                '        if self.reno.phase == "fast_recovery":',
            ),
        ),
        "빠른 재전송이 없다. 중복 ACK 셋이면 타이머를 기다리지 않고 SND.UNA의 세그먼트를 보낸다 (RFC 5681 "
        "§3.2).": wrong(
            "Recovery",
            ("            self.recover = self.top\n            self.resend()", "            self.recover = self.top"),
        ),
        "빠른 재전송에서 뒤의 것까지 모두 다시 보냈다. 뒤의 것은 도착해 있다. SND.UNA의 세그먼트 하나만 보낸다.": wrong(
            "Recovery",
            (
                "            self.recover = self.top\n            self.resend()",
                "            self.recover = self.top\n            self.nxt = self.una",
            ),
        ),
        "타임아웃 뒤에도 빠른 회복의 `recover`가 남았다. `nxt`를 되돌려 처음부터 다시 보내는데 부분 ACK로도 또 "
        "보낸다.": wrong(
            "Recovery", ("        self.recover = 0\n        self.nxt = self.una", "        self.nxt = self.una")
        ),
        "부분 ACK에서 다음 빈틈을 보내지 않았다. 여럿을 잃으면 하나마다 타이머를 기다리게 된다 (RFC 6582 §3.2).": wrong(
            "Recovery", ("        if self.una < self.recover:\n            self.resend()", "        pass")
        ),
    },
    explanation="타이머 하나, 시각 하나, 번호 하나(`recover`)면 된다. 다시 보내는 두 길의 차이는 얼마나 아는가다. 중복 "
    "ACK는 "
    "무엇을 잃었는지 알려 주고, 타임아웃은 아무것도 알려 주지 않는다.",
)

# ── 4단계 Reordering ────────────────────────────────────────────────────────


def _fresh_reordering(rng: random.Random) -> list[Case]:
    size = rng.randrange(300, 1000)
    pieces = [_data(1 + size * n, size) for n in rng.sample(range(5), 5)]
    return [
        _hand(*_OPEN, *pieces, COUNT, READ, note="뒤섞인 다섯 조각", **_isns(rng)),
        _hand(*_OPEN, _data(1, size), _data(1 + size // 2, size), READ, note="겹치는 조각", **_isns(rng)),
        *_talks(rng, 2, "지연이 흔들린다", upload=20_000, download=30_000, jitter=0.03),
        *_talks(rng, 2, "흔들리고 잃고 되풀이된다", download=30_000, jitter=0.03, loss=0.05, duplicate=0.1),
    ]


_PLACE = "        start = pieces.unwrap(segment.seq, self.irs, self.rcv)\n"

REORDERING = Problem(
    name="Reordering",
    lesson=LESSON,
    title="4단계: 순서가 바뀔 때",
    points=4,
    rfc="RFC 9293 §3.10.7.4, §3.4",
    reference=Connection,
    adapter="endpoint",
    seconds=_SECONDS,
    cases=(
        _hand(*_OPEN, _data(1001, 1000), COUNT, _data(1, 1000), COUNT, READ, note="앞의 것이 늦게 올 때"),
        _hand(*_OPEN, _data(1, 1000), _data(501, 1000), COUNT, READ, note="반쯤 겹칠 때"),
        _hand(*_OPEN, _data(1, 500), _data(1, 500), _data(1, 500), COUNT, note="이미 받은 것"),
        _hand(
            *_OPEN,
            _data(3501, 1000),
            _data(9501, 1000),
            _data(1, 3500),
            COUNT,
            receive_buffer=4000,
            note="윈도우 밖의 것",
        ),
        _hand(*_OPEN, _data(1, 3000), _data(3001, 2000), COUNT, receive_buffer=4000, note="읽지 않은 것이 쌓였을 때"),
        _hand(*_OPEN, _data(1001, 500), _data(1, 1000), READ, irs=MODULUS - 700, note="번호가 0을 지나갈 때"),
        _hand(
            *_OPEN,
            ("arrives", "RST", 1001, None),
            STATE,
            _data(1, 3),
            READ,
            note="윈도우 안이지만 다음 번호가 아닌 RST",
        ),
        _hand(*_OPEN, _write(2000), _ack(2001), NUMBERS, note="길이가 0인 ACK는 윈도우에 닿기만 한다"),
        _talk("지연이 흔들린다", upload=20_000, download=30_000, jitter=0.03, seed=2),
        _talk("흔들리고 잃고 되풀이된다", download=40_000, jitter=0.03, loss=0.05, duplicate=0.1, active=False, seed=4),
    ),
    fresh_cases=_fresh_reordering,
    hints=(
        "위치를 먼저 절대 번호로 바꾼다: `start = pieces.unwrap(segment.seq, self.irs, self.rcv)`.",
        "`acceptable`은 구간 둘이 만나는지 보는 것이다. 세그먼트는 `start`부터 `start + segment.length`까지, 윈도우는 "
        "`self.rcv`부터 `self.rcv + self.rcv_wnd`까지. 끝점이 닿기만 해도 받는다.",
        "`Reassembler`의 위치는 데이터의 첫 바이트가 0이다. SYN이 번호 하나를 썼으므로 `start - 1`을 넘긴다.",
        "윈도우의 오른쪽 끝을 넘는 부분은 넣기 전에 자른다: `segment.payload[: self.rcv + self.rcv_wnd - start]`. "
        "길이가 "
        "음수가 되지 않게 `max(0, …)`. `inbox`와 `rcv`는 `insert`가 **돌려준 것**만큼만 는다.",
    ),
    mistakes={
        "뒤의 것을 먼저 프로그램에 주었다. `insert`가 돌려준 것만 순서가 맞은 것이다.": wrong(
            "Reordering", ("        self.inbox += ready\n", "        self.inbox += segment.payload[:room]\n")
        ),
        "받은 만큼 RCV.NXT를 밀었다. 빈틈을 건너뛰어 확인하면 잃은 것을 다시는 받지 못한다. 순서가 맞은 만큼만 "
        "민다.": wrong(
            "Reordering", ("        self.rcv += len(ready)", "        self.rcv += len(segment.payload[:room])")
        ),
        "순서대로 오지 않은 것을 버렸다. 들고 있으면 다시 받지 않아도 된다. 윈도우와 겹치기만 하면 받는다.": wrong(
            "Reordering",
            (
                "        return self.rcv <= start + segment.length and start <= self.rcv + self.rcv_wnd",
                "        return start == self.rcv",
            ),
        ),
        "앞이 겹치는 세그먼트를 통째로 버렸다. 새 바이트가 하나라도 있으면 받는다.": wrong(
            "Reordering",
            ("        return self.rcv <= start + segment.length and", "        return self.rcv <= start and"),
        ),
        "닿기만 하는 것을 버렸다. 데이터가 없는 ACK는 길이가 0이라 윈도우의 왼쪽 끝에 닿을 뿐이다. 버리면 내가 보낸 "
        "것을 확인받지 못한다.": wrong(
            "Reordering",
            ("self.rcv <= start + segment.length and", "self.rcv < start + segment.length and"),
        ),
        "윈도우 안이지만 다음 번호가 아닌 RST로 연결을 끊었다. 2단계의 `arrive_synchronized`를 보자: 번호가 꼭 "
        "`rcv_nxt`일 때만 `reset`한다 (RFC 5961 §3.2).": wrong(
            "Reordering",
            (
                "            if segment.seq == self.rcv_nxt:\n                self.reset()\n            else:\n        "
                "        self.ack_now = True\n            return",
                "            self.reset()\n            return",
            ),
        ),
        "윈도우의 오른쪽 끝을 넘는 데이터를 받았다. 프로그램이 읽지 않은 것까지 더하면 버퍼가 넘친다.": wrong(
            "Reordering",
            ("        room = max(0, self.rcv + self.rcv_wnd - start)", "        room = len(segment.payload)"),
        ),
        "위치가 하나 어긋났다. SYN이 0번이므로 첫 데이터는 1번이고, `Reassembler`에서는 0번째다: `start - 1`.": wrong(
            "Reordering", ("self.store.insert(start - 1,", "self.store.insert(start,")
        ),
        "번호를 그냥 뺐다. `segment.seq - self.irs`는 번호가 0을 지나가면 음수가 된다. 03의 `unwrap`을 쓴다.": wrong(
            "Reordering",
            (
                "            return\n" + _PLACE + "        room",
                "            return\n        start = segment.seq - self.irs\n        if start < 0:\n            "
                "return\n        room",
            ),
        ),
    },
    explanation="판단은 하나다: 윈도우와 겹치는가. 나머지는 03의 `Reassembler`가 한다. 순서가 어긋난 것에도 곧바로 "
    "ACK를 "
    "보내므로 상대는 중복 ACK로 빈틈을 안다.",
)

# ── 5단계 Probing ───────────────────────────────────────────────────────────

_PROBE: Step = ("probe",)
_SHUT = (CONNECT, _syn_ack(2000), _write(5000), _ack(2001, 0))


def _wide(seq: int, size: int) -> Step:
    return _data(seq, size, windows=True)


def _fresh_probing(rng: random.Random) -> list[Case]:
    window = 1000 * rng.randrange(1, 5)
    size = rng.randrange(300, 1000)
    return [
        _hand(
            CONNECT,
            _syn_ack(window),
            _write(window + 3000),
            _ack(window + 1, 0),
            _PROBE,
            _ack(window + 1, 0),
            _PROBE,
            _ack(window + 1, 1000),
            note="닫혔다가 열린다",
            **_isns(rng),
        ),
        _hand(
            *_OPEN,
            _wide(1, size),
            _wide(1 + size, 2000 - size),
            _wide(2001, 1),
            COUNT,
            ("read", 100, True),
            ("read", None, True),
            receive_buffer=2000,
            mss=1000,
            note="받는 쪽이 닫았다가 연다",
            **_isns(rng),
        ),
        *_talks(rng, 2, "상대가 늦게 읽는다", upload=30_000, peer_buffer=rng.randrange(3000, 9000), peer_reads_at=40.0),
        *_talks(rng, 1, "윈도우 갱신을 잃는다", upload=30_000, peer_buffer=5000, peer_reads_at=30.0, lose_updates=2),
        *_talks(rng, 1, "내가 늦게 읽는다", download=30_000, my_buffer=rng.randrange(3000, 9000), i_read_at=30.0),
    ]


PROBING = Problem(
    name="Probing",
    lesson=LESSON,
    title="5단계: 닫힌 윈도우",
    points=4,
    rfc="RFC 9293 §3.8.6.1, §3.8.6.2.2",
    reference=Connection,
    adapter="endpoint",
    seconds=_SECONDS,
    cases=(
        _hand(*_SHUT, _PROBE, _ack(2001, 0), _PROBE, _ack(2001, 0), _ack(2001, 3000), note="닫혔다가 열린다"),
        _hand(*_SHUT, _ack(2001, 3000), _ack(5001, 3000), TIMER, note="탐침 전에 열린다"),
        _hand(
            *_OPEN,
            _wide(1, 1000),
            _wide(1001, 1000),
            _wide(2001, 1),
            COUNT,
            ("read", 300, True),
            ("read", 900, True),
            receive_buffer=2000,
            mss=1000,
            note="받는 쪽이 닫았다가 연다",
        ),
        _hand(
            *_OPEN,
            _wide(1, 100),
            ("read", 10, True),
            ("read", None, True),
            note="윈도우가 넉넉하면 읽어도 알리지 않는다",
        ),
        _talk("상대가 늦게 읽는다", upload=30_000, peer_buffer=5000, peer_reads_at=40.0),
        _talk("윈도우 갱신을 잃는다", upload=30_000, peer_buffer=5000, peer_reads_at=30.0, lose_updates=2, seed=1),
        _talk("내가 늦게 읽는다", download=30_000, my_buffer=5000, i_read_at=30.0, active=False, seed=2),
    ),
    fresh_cases=_fresh_probing,
    hints=(
        "`watch_window`는 무엇인가 나갈 때마다 불린다. 기다릴 까닭이 없어졌으면(보낼 것이 없거나 윈도우가 열렸으면) "
        "끄고, "
        "까닭이 있는데 아무 타이머도 없으면 건다.",
        "보낼 것이 있는지는 번호로 안다: 데이터의 끝 `self.first() + len(self.data)`가 `self.nxt`보다 큰가.",
        "첫 간격은 RTO(`self.estimator.rto`), 그다음은 갑절씩, 60초까지다. 끌 때 `persist_wait`도 0으로 되돌린다.",
        "탐침은 이미 확인된 번호의 빈 세그먼트면 된다: `self.emit(self.una - 1)`. `on_read`에서는 `before`가 `min(MSS, "
        "버퍼의 "
        "절반)`보다 작았고 이제 그 이상일 때만 `self.ack_now = self.called = True`.",
    ),
    mistakes={
        "지속 타이머가 없다. 윈도우 갱신 하나를 잃으면 두 쪽이 영영 기다린다 (RFC 9293 §3.8.6.1).": wrong(
            "Probing",
            ("            self.persist_at = self.now + self.persist_wait", "            self.persist_at = None"),
        ),
        "탐침의 간격을 늘리지 않았다. 물을 때마다 갑절로, 60초까지 늘린다 (RFC 9293 §3.8.6.1).": wrong(
            "Probing", ("min(2 * self.persist_wait or self.estimator.rto, 60.0)", "self.estimator.rto")
        ),
        "닫힌 윈도우에 세그먼트를 통째로 보냈다. 탐침은 답을 얻을 만큼이면 된다: 빈 세그먼트(리눅스)나 "
        "1바이트(RFC).": wrong(
            "Probing",
            ("        self.emit(self.una - 1)", "        self.emit(self.nxt, ACK, bytes(self.data[: self.mss]))"),
        ),
        "탐침의 번호가 SND.UNA다. 윈도우에 닿는 빈 세그먼트는 상대가 말없이 받는다. 이미 확인된 번호(SND.UNA − 1)라야 "
        "받을 차례가 아니라며 ACK로 답한다 (RFC 9293 §3.10.7.4의 첫째).": wrong(
            "Probing", ("        self.emit(self.una - 1)", "        self.emit(self.una)")
        ),
        "윈도우가 열렸는데 지속 타이머가 돌고 있다. 보낼 것이 없어도 끈다.": wrong(
            "Probing",
            ("            self.persist_at, self.persist_wait = None, 0.0", "            return"),
        ),
        "읽어도 알리지 않았다. 0을 알린 뒤에는 받은 것이 없어도 새 윈도우를 알려야 상대가 안다.": wrong(
            "Probing",
            (
                "        if before < enough <= self.rcv_wnd:\n            self.ack_now = self.called = True",
                "        pass",
            ),
        ),
        "조금 읽을 때마다 알렸다. 상대가 그만큼씩 잘게 보낸다: 어리석은 윈도우 증후군 (RFC 9293 §3.8.6.2.2).": wrong(
            "Probing", ("        if before < enough <= self.rcv_wnd:", "        if before < enough:")
        ),
        "넉넉한데도 읽을 때마다 알렸다. 상대가 이미 보낼 수 있다면 다음 ACK에 실으면 된다.": wrong(
            "Probing", ("        if before < enough <= self.rcv_wnd:", "        if enough <= self.rcv_wnd:")
        ),
    },
    explanation="ACK는 잃어도 다시 보내지지 않는다. 그래서 닫힌 윈도우 앞에서는 보내는 쪽이 물어야 하고, 열 때는 받는 "
    "쪽이 "
    "성큼 열어야 한다.",
)

# ── 6단계 MyTcp ─────────────────────────────────────────────────────────────


def _fresh_closing(rng: random.Random) -> list[Case]:
    size = rng.randrange(100, 900)
    both = {"upload": rng.randrange(20_000, 40_000), "download": rng.randrange(20_000, 40_000)}
    return [
        _hand(
            *_OPEN,
            _write(size),
            CLOSE,
            _ack(1 + size),
            STATE,
            _ack(2 + size),
            STATE,
            _fin(1, 2 + size),
            STATE,
            TIMER,
            STATE,
            note="먼저 닫는다",
            **_isns(rng),
        ),
        _hand(
            *_OPEN,
            _fin(1, 1, size),
            STATE,
            READ,
            ("eof",),
            _write(size),
            CLOSE,
            _ack(2 + size, seq=2 + size),
            STATE,
            note="나중에 닫는다",
            **_isns(rng),
        ),
        _hand(
            *_OPEN,
            _fin(1 + size, 1),
            STATE,
            _data(1, size),
            STATE,
            READ,
            ("eof",),
            note="FIN이 먼저 온다",
            **_isns(rng),
        ),
        *(case for who in ("나", "라이브러리", "함께") for case in _talks(rng, 1, "닫는 차례", close=who, **both)),
        *_talks(rng, 2, "잃는 길에서 닫는다", close=rng.choice(("나", "라이브러리", "함께")), loss=0.1, **both),
        *_talks(
            rng, 2, "모든 것", close="라이브러리", loss=0.06, jitter=0.02, my_buffer=6000, peer_buffer=5000, **both
        ),
    ]


MY_TCP = Problem(
    name="MyTcp",
    lesson=LESSON,
    title="6단계: 닫는다, 그리고 완성",
    points=7,
    rfc="RFC 9293 §3.6, §3.10.7.4",
    reference=Connection,
    adapter="endpoint",
    seconds=_SECONDS,
    cases=(
        _hand(*_OPEN, CLOSE, STATE, _ack(2), STATE, _fin(1, 2), STATE, TIMER, STATE, note="먼저 닫는다"),
        _hand(*_OPEN, _fin(1, 1), STATE, CLOSE, STATE, _ack(2, seq=2), STATE, TIMER, note="나중에 닫는다"),
        _hand(*_OPEN, CLOSE, _fin(1, 2), STATE, note="세 번에 닫는다"),
        _hand(*_OPEN, CLOSE, _fin(1, 1), STATE, _ack(2, seq=2), STATE, note="함께 닫는다"),
        _hand(*_OPEN, _write(500), CLOSE, _ack(501), STATE, TIMER, _ack(502), STATE, note="FIN을 잃는다"),
        _hand(
            CONNECT,
            _syn_ack(1000),
            _write(2500),
            CLOSE,
            _ack(1001, 1000),
            _ack(2001, 1000),
            note="보낼 것이 남았을 때 닫는다",
        ),
        _hand(*_OPEN, _fin(1001, 1), STATE, _data(1, 1000), STATE, READ, ("eof",), note="FIN이 데이터보다 먼저 온다"),
        _hand(*_OPEN, _fin(1, 1, 10), ("eof",), READ, ("eof",), _write(20), NUMBERS, note="상대만 닫았다: 반닫기"),
        _hand(*_OPEN, CLOSE, _ack(2), _data(1, 500, ack=2), READ, _fin(501, 2), STATE, note="나만 닫았다: 반닫기"),
        _hand(*_OPEN, CLOSE, _fin(1, 2), _fin(1, 2), STATE, TIMER, STATE, note="TIME_WAIT에 또 온 FIN"),
        _talk("라이브러리가 먼저 닫는다", upload=20_000, download=20_000, close="라이브러리", active=False, seed=1),
        _talk(
            "잃고 흔들리는 길에서 모든 것",
            upload=30_000,
            download=30_000,
            loss=0.08,
            jitter=0.02,
            close="나",
            my_buffer=6000,
            peer_buffer=5000,
            iss=MODULUS - 5000,
            seed=5,
        ),
    ),
    fresh_cases=_fresh_closing,
    hints=(
        "`send_fin`은 두 일을 한다. 처음에는 FIN의 번호를 정하고(`self.fin_at = self.nxt`) 상태를 옮긴다. 그리고 "
        "`nxt`가 FIN의 "
        "자리일 때마다 보낸다. 타임아웃으로 `nxt`가 되돌아가도 저절로 다시 나간다.",
        "FIN을 보낼 때는 맡은 것을 다 보냈을 때다: `self.nxt == self.first() + len(self.data)`.",
        "내 FIN이 확인되었는지는 번호로 안다: `self.una > self.fin_at`. 데이터까지만 확인하는 ACK는 `self.una == "
        "self.fin_at`이다.",
        "상대의 FIN은 번호(`seq + 데이터의 길이`)를 적어 두었다가 `self.rcv`가 거기에 이르렀을 때 센다. 세는 것은 `rcv "
        "+= 1`, "
        "`ack_now`, `move(Event.RCV_FIN)` 셋이다.",
    ),
    mistakes={
        "상대의 FIN을 세지 않았다. FIN도 번호를 하나 쓰므로 `ack`가 하나 더 나아가야 한다. 그러지 않으면 상대가 FIN을 "
        "끝없이 "
        "다시 보낸다.": wrong(
            "MyTcp",
            ("            self.rcv += 1\n", ""),
        ),
        "보낼 것이 남았는데 FIN을 보냈다. FIN의 번호는 마지막 바이트의 다음이다.": wrong(
            "MyTcp",
            (
                "        if self.closing and self.fin_at is None and sent_all:",
                "        if self.closing and self.fin_at is None:",
            ),
        ),
        "앞의 데이터가 오기 전에 FIN을 받아들였다. 데이터를 잃은 채 끝난다. 번호가 RCV.NXT에 이르렀을 때만 "
        "센다.": wrong(
            "MyTcp",
            (
                "        if self.peer_fin == self.rcv and",
                "        if FIN in segment.flags and State.TIME_WAIT is not self.state and",
            ),
        ),
        "내 FIN이 확인되지 않았는데 상태를 옮겼다. FIN이 쓴 번호까지 확인되어야 한다: `self.una > self.fin_at`.": wrong(
            "MyTcp", ("self.una > self.fin_at", "self.una >= self.fin_at")
        ),
        "잃은 FIN을 다시 보내지 않았다. `nxt`가 FIN의 자리로 되돌아오면 또 보낸다.": wrong(
            "MyTcp",
            (
                "            self.move(Event.CLOSE)\n        if self.fin_at == self.nxt:\n            self.emit",
                "            self.move(Event.CLOSE)\n            self.emit",
            ),
        ),
        "상대가 닫자 나도 닫았다. 상대의 FIN은 ‘나는 더 보낼 것이 없다’일 뿐이다. 내 쪽은 프로그램이 닫을 때 닫는다: "
        "반닫기.": wrong(
            "MyTcp",
            (
                "            self.ack_now = True\n            self.move(Event.RCV_FIN)",
                "            self.ack_now = self.closing = True\n            self.move(Event.RCV_FIN)",
            ),
        ),
        "TIME_WAIT에 또 온 FIN에서 2 MSL을 다시 재지 않았다. 내 마지막 ACK를 잃었다는 뜻이다 (RFC 9293 §3.10.7.4의 "
        "여덟째).": wrong(
            "MyTcp", ("            if self.state is State.TIME_WAIT:\n                self.move(Event.RCV_FIN)\n", "")
        ),
    },
    explanation="FIN은 스트림의 맨 끝에 놓인 바이트 하나처럼 다룬다. 번호를 주고, 차례를 기다리고, 확인받고, 잃으면 "
    "다시 "
    "보낸다. 특별한 것은 상태를 옮기는 일뿐이고, 그것은 06의 표가 안다.",
)

PROBLEMS = (OPENING, TRANSFER, RECOVERY, REORDERING, PROBING, MY_TCP)
