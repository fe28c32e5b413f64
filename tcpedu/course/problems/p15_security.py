"""15 보안의 문제."""

from __future__ import annotations

import random
from collections.abc import Callable, Hashable
from typing import Any

from tcpedu.course.packet_problem import packet_table_problem
from tcpedu.course.packet_tables import isns
from tcpedu.course.problem import Case, Problem
from tcpedu.network.deduce import RFC, Counting, complete
from tcpedu.network.forged_rst import FORGED, forged_rst
from tcpedu.network.packet_table import PacketTable, Row
from tcpedu.protocol import blind, syn_backlog
from tcpedu.protocol import syn_cookie as cookies
from tcpedu.protocol.isn import FourTuple
from tcpedu.protocol.seqnum import MODULUS
from tcpedu.protocol.tw_reuse import tw_reuse_allowed

LESSON = "15_security"
Step = tuple[str, Any]

# ── tw_reuse_allowed ────────────────────────────────────────────────────────

_ENDS = ("outgoing", "incoming")


def _all_reuses() -> list[Case]:
    return [
        Case((way, stamped, setting, loopback))
        for setting in (0, 1, 2)
        for way in _ENDS
        for stamped in (True, False)
        for loopback in (True, False)
    ]


TW_REUSE_ALLOWED = Problem(
    name="tw_reuse_allowed", lesson=LESSON, title="TIME_WAIT를 다시 쓸까", points=1, rfc="RFC 6191 §2, 리눅스 6.18",
    reference=tw_reuse_allowed,
    cases=(
        Case(("outgoing", True, 2, True), note="기본값, 루프백"),
        Case(("outgoing", True, 2, False), note="기본값, 다른 컴퓨터로"),
        Case(("outgoing", True, 1, False), note="1, 다른 컴퓨터로"),
        Case(("outgoing", False, 1, False), note="타임스탬프가 없다"),
        Case(("outgoing", True, 0, True), note="끔"),
        Case(("incoming", True, 1, False), note="서버로 들어오는 연결"),
        Case(("incoming", True, 2, True), note="서버로 들어오는 루프백 연결"),
        Case(("outgoing", False, 2, True), note="루프백이지만 타임스탬프가 없다"),
    ),
    fresh_cases=lambda rng: rng.sample(_all_reuses(), 16),
    hints=(
        "세 조건이 **모두** 맞아야 한다: 나가는 연결인가, 타임스탬프가 있는가, 설정이 허락하는가.",
        "설정이 허락하는 것은 두 가지 경우다: 값이 1이거나, 값이 2이면서 루프백이거나.",
    ),
    mistakes={
        "2를 '모두'로 보았다. 2는 **루프백만** 허락한다. 기본값이 2여서 다른 컴퓨터로 가는 연결에는 듣지 않는다.": (
            lambda way, stamped, setting, loopback: way == "outgoing" and stamped and setting > 0
        ),
        "타임스탬프를 보지 않았다. 옛 연결의 세그먼트를 가려낼 방법이 없으면 다시 쓰지 않는다.": (
            lambda way, stamped, setting, loopback: way == "outgoing" and (setting == 1 or (setting == 2 and loopback))
        ),
        "들어오는 연결에도 허락했다. 이쪽에서 `connect()`할 때 고를 포트의 이야기다. 서버가 받는 연결과는 상관없다.": (
            lambda way, stamped, setting, loopback: stamped and (setting == 1 or (setting == 2 and loopback))
        ),
        "루프백이면 설정이 0이어도 허락했다. 0은 어디에도 쓰지 않는다.": (
            lambda way, stamped, setting, loopback: way == "outgoing" and stamped and (setting == 1 or loopback)
        ),
        "값 1에서도 루프백만 허락했다. 1은 모두다.": (
            lambda way, stamped, setting, loopback: way == "outgoing" and stamped and setting > 0 and loopback
        ),
        "2를 '루프백만 빼고'로 보았다. 거꾸로다.": (
            lambda way, stamped, setting, loopback: (
                way == "outgoing" and stamped and (setting == 1 or (setting == 2 and not loopback))
            )
        ),
    },
    explanation="TIME_WAIT의 4-튜플을 다시 써도 되는 것은 타임스탬프가 옛 세그먼트를 가려 주기 때문이다(PAWS). 그래서 "
    "타임스탬프가 없으면 설정이 무엇이든 쓰지 않는다. 서버의 TIME_WAIT를 줄이려고 켜는 설정이 아니다.",
)  # fmt: skip

# ── rst_accepted ────────────────────────────────────────────────────────────


def _distance(seq: int, rcv_nxt: int) -> int:
    return (seq - rcv_nxt) % MODULUS


def _fresh_resets(rng: random.Random) -> list[Case]:
    def around(number: int, window: int) -> list[Case]:
        inside = rng.randrange(2, window - 1)
        return [
            Case((number, number, window), note="꼭 맞다"),
            Case(((number + inside) % MODULUS, number, window), note="윈도우 안"),
            Case(((number + window - 1) % MODULUS, number, window), note="윈도우의 마지막"),
            Case(((number + window) % MODULUS, number, window), note="윈도우 바로 다음"),
            Case(((number - 1) % MODULUS, number, window), note="하나 앞"),
            Case(((number + rng.randrange(window + 1, MODULUS)) % MODULUS, number, window), note="아무 데나"),
        ]

    window = rng.choice((1000, 8192, 65_535, 1 << 20))
    number = rng.randrange(MODULUS)
    wrapped = MODULUS - rng.randrange(1, window // 2)
    return [*around(number, window), *around(wrapped, window), Case((number, number, 0), note="윈도우가 0")]


RST_ACCEPTED = Problem(
    name="rst_accepted", lesson=LESSON, title="이 RST를 믿을까", points=2, rfc="RFC 5961 §3.2",
    reference=blind.rst_accepted,
    cases=(
        Case((5000, 5000, 1000), note="꼭 맞다"),
        Case((5001, 5000, 1000), note="하나 뒤"),
        Case((5999, 5000, 1000), note="윈도우의 마지막 번호"),
        Case((6000, 5000, 1000), note="윈도우 바로 다음"),
        Case((4999, 5000, 1000), note="하나 앞"),
        Case((200, 2**32 - 300, 1000), note="윈도우가 한 바퀴를 돈다: 안"),
        Case((900, 2**32 - 300, 1000), note="윈도우가 한 바퀴를 돈다: 밖"),
        Case((5000, 5000, 0), note="윈도우가 0, 꼭 맞다"),
        Case((5001, 5000, 0), note="윈도우가 0, 하나 뒤"),
    ),
    fresh_cases=_fresh_resets,
    hints=(
        "가장 좁은 것부터 묻자. 번호가 `rcv_nxt`와 같으면 다른 것은 볼 필요가 없다.",
        "`rcv_nxt`에서 `seq`까지의 거리를 `2**32`로 나눈 나머지로 구하자. 그것이 `rcv_wnd`보다 작으면 윈도우 안이다.",
        "윈도우는 `rcv_nxt`부터 `rcv_wnd`개의 번호다. 거리가 `rcv_wnd`와 같으면 이미 밖이다.",
    ),
    mistakes={
        "옛 규칙(RFC 793)이다. 윈도우 안의 아무 번호나 연결을 끊으면, 공격자는 윈도우 크기만큼 건너뛰며 던져 금방 "
        "맞힌다.": blind.rst_accepted_rfc793,
        "윈도우 밖에도 challenge ACK로 답했다. 밖의 RST에는 아무 답도 하지 않는다.": (
            lambda seq, nxt, wnd: "reset" if seq == nxt else "challenge"
        ),
        "윈도우 안의 다른 번호를 그냥 버렸다. 상대가 정말 다시 켜진 것일 수도 있으므로 challenge ACK로 되묻는다.": (
            lambda seq, nxt, wnd: "reset" if seq == nxt else "drop"
        ),
        "윈도우의 끝이 하나 어긋났다. 윈도우는 `rcv_nxt`부터 `rcv_nxt + rcv_wnd - 1`까지다.": (
            lambda seq, nxt, wnd: "reset" if seq == nxt else "challenge" if _distance(seq, nxt) <= wnd else "drop"
        ),
        "번호가 한 바퀴를 도는 것을 보지 않았다. 거리를 `2**32`로 나눈 나머지로 견준다.": (
            lambda seq, nxt, wnd: "reset" if seq == nxt else "challenge" if nxt < seq < nxt + wnd else "drop"
        ),
        "윈도우가 0일 때 꼭 맞는 RST를 버렸다. 윈도우가 0이어도 번호가 RCV.NXT인 RST는 받는다 (RFC 9293 §3.10.7.4).": (
            lambda seq, nxt, wnd: (
                "drop" if _distance(seq, nxt) >= wnd else "reset" if seq == nxt else "challenge"
            )
        ),
    },
    explanation="진짜 상대라면 challenge ACK를 보고 꼭 맞는 번호의 RST를 다시 보낸다. 공격자는 그 ACK를 보지 못한다. "
    "되묻기 한 번이 맞혀야 할 번호를 윈도우 하나에서 한 개로 줄인다.",
)  # fmt: skip

# ── SynBacklog ──────────────────────────────────────────────────────────────


class SynBacklog:
    """라이브러리의 대기열 위에 문제의 메서드를 얹은 것."""

    def __init__(self, size: int, timeout: float, cookies: bool) -> None:
        self._backlog = syn_backlog.SynBacklog(size, timeout, 1 if cookies else 0)

    def on_syn(self, key: Hashable, now: float) -> str:
        return self._backlog.on_syn(key, now).name.lower()

    def on_ack(self, key: Hashable, now: float) -> bool:
        return self._backlog.on_ack(key, now)

    def waiting(self, now: float) -> int:
        self._backlog.expire(now)
        return len(self._backlog)


class _Plain:
    """오답의 뼈대: 메서드를 하나씩 고쳐 흔한 실수를 만든다."""

    def __init__(self, size: int, timeout: float, cookies: bool) -> None:
        self.size, self.timeout, self.cookies = size, timeout, cookies
        self.until: dict[Hashable, float] = {}

    def forget(self, now: float) -> None:
        self.until = {key: until for key, until in self.until.items() if until > now}

    def full(self) -> bool:
        return len(self.until) > self.size

    def refuse(self, key: Hashable, now: float) -> str:
        return "cookie" if self.cookies else "drop"

    def again(self, key: Hashable, now: float) -> str | None:
        """이미 기다리는 연결의 SYN이면 그 답."""
        return "accept" if key in self.until else None

    def on_syn(self, key: Hashable, now: float) -> str:
        self.forget(now)
        if (answer := self.again(key, now)) is not None:
            return answer
        if self.full():
            return self.refuse(key, now)
        self.until[key] = now + self.timeout
        return "accept"

    def on_ack(self, key: Hashable, now: float) -> bool:
        self.forget(now)
        return self.until.pop(key, None) is not None

    def waiting(self, now: float) -> int:
        self.forget(now)
        return len(self.until)


def _backlog_like(**methods: Callable[..., Any]) -> type[_Plain]:
    return type("SynBacklog", (_Plain,), methods)


def _keep_at_the_moment(self: _Plain, now: float) -> None:
    self.until = {key: until for key, until in self.until.items() if until >= now}


def _extend(self: _Plain, key: Hashable, now: float) -> str | None:
    if key not in self.until:
        return None
    self.until[key] = now + self.timeout
    return "accept"


def _cookie_takes_place(self: _Plain, key: Hashable, now: float) -> str:
    if self.cookies:
        self.until[key] = now + self.timeout
        return "cookie"
    return "drop"


def _push_out_the_oldest(self: _Plain, key: Hashable, now: float) -> str:
    if self.cookies:
        return "cookie"
    del self.until[min(self.until, key=lambda one: self.until[one])]
    self.until[key] = now + self.timeout
    return "accept"


class _AckKeepsPlace(_Plain):
    def on_ack(self, key: Hashable, now: float) -> bool:
        self.forget(now)
        return key in self.until


class _AckIgnoresTime(_Plain):
    def on_ack(self, key: Hashable, now: float) -> bool:
        return self.until.pop(key, None) is not None


class _CookieAlways(_Plain):
    def on_syn(self, key: Hashable, now: float) -> str:
        return "cookie" if self.cookies else super().on_syn(key, now)


def _syn(*keys: int, now: float = 0.0) -> list[Step]:
    return [("on_syn", (key, now)) for key in keys]


def _ack(key: int, now: float) -> Step:
    return "on_ack", (key, now)


def _count(now: float) -> Step:
    return "waiting", (now,)


def _backlog(size: int, timeout: float, cookies: bool, *steps: Step, note: str) -> Case:
    return Case(((size, timeout, cookies), list(steps)), note=note)


def _fresh_backlogs(rng: random.Random) -> list[Case]:
    def day(note: str, cookies: bool) -> Case:
        size, timeout = rng.randrange(0, 4), rng.choice((2.0, 4.0, 8.0))
        steps: list[Step] = []
        now, key = 0.0, 0
        for _ in range(rng.randrange(12, 20)):
            now += rng.choice((0.0, 0.25, 0.5, 1.0, 2.0))
            key = key + 1 if rng.random() < 0.7 else max(1, key - rng.randrange(3))
            steps += rng.choice((_syn(key, now=now), _syn(key, now=now), [_ack(max(1, key - 1), now)]))
        return _backlog(size, timeout, cookies, *steps, _count(now), _count(now + timeout), note=note)

    return [
        *(day("쿠키를 쓰지 않는 하루", cookies=False) for _ in range(4)),
        *(day("쿠키를 쓰는 하루", cookies=True) for _ in range(4)),
    ]


SYN_BACKLOG = Problem(
    name="SynBacklog", lesson=LESSON, title="반열림 대기열", points=4, rfc="RFC 4987 §2, §3.2",
    reference=SynBacklog, adapter="steps",
    cases=(
        _backlog(1, 8.0, False, *_syn(1, 2, 3), _count(0.0), note="쿠키 없이 넘친다"),
        _backlog(1, 8.0, True, *_syn(1, 2, 3, 4), _count(0.0), note="쿠키를 쓰며 넘친다"),
        _backlog(0, 8.0, False, *_syn(1, 2), _ack(1, 0.5), *_syn(2, now=1.0), note="ACK가 자리를 비운다"),
        _backlog(0, 8.0, True, *_syn(1, 2), _ack(2, 0.5), _ack(1, 0.5), _ack(1, 0.75), note="쿠키로 답한 연결의 ACK"),
        _backlog(1, 4.0, False, *_syn(1), *_syn(2, now=2.0), *_syn(3, now=3.5), *_syn(3, now=4.0), _count(5.5),
                 _count(6.0), _count(8.0), note="시간이 다 되어 비는 자리"),
        _backlog(0, 4.0, False, *_syn(1), _ack(1, 4.0), *_syn(2, now=4.0), note="늦은 ACK"),
        _backlog(1, 4.0, False, *_syn(1, 2), *_syn(1, 2, 3, now=2.0), _count(2.0), *_syn(3, now=4.0), _count(4.0),
                 note="기다리는 연결의 SYN이 다시 온다"),
        _backlog(0, 4.0, True, *_syn(1, 1, 2, 2), _count(0.0), note="쿠키를 쓸 때 다시 온 SYN"),
    ),
    fresh_cases=_fresh_backlogs,
    hints=(
        "`dict` 하나면 된다: 열쇠는 연결, 값은 **버릴 시각**(`now + timeout`). 세 메서드 모두 먼저 버릴 시각이 된 것을 "
        "지운다.",
        "`on_syn`의 차례: ① 지운다 ② 이미 있는 열쇠면 그대로 `\"accept\"` ③ 찼으면 쿠키를 쓰는지에 따라 `\"cookie\"`나 "
        "`\"drop\"` ④ 아니면 적고 `\"accept\"`.",
        "리눅스처럼 `size`를 **넘어야** 찬 것이다. 곧 `len(...) > size`이고, `size + 1`개까지 든다.",
        "버릴 시각이 `now`와 **같으면** 이미 시간이 다 된 것이다. 다시 온 SYN은 버릴 시각을 늦추지 않는다.",
    ),
    mistakes={
        "`size`개에서 찼다고 보았다. 리눅스는 `size`를 **넘어야** 찬 것으로 본다: `size + 1`개까지 든다.": (
            _backlog_like(full=lambda self: len(self.until) >= self.size)
        ),
        "시간이 다 된 연결을 지우지 않았다. 그러면 플러드가 그친 뒤에도 아무도 들어오지 못한다.": _backlog_like(
            forget=lambda self, now: None
        ),
        "버릴 시각이 된 순간에 아직 남겨 두었다. `until <= now`이면 버린다.": _backlog_like(forget=_keep_at_the_moment),
        "다시 온 SYN이 버릴 시각을 늦추었다. 그러면 SYN을 되풀이하는 것만으로 자리를 영영 차지한다.": _backlog_like(
            again=_extend
        ),
        "이미 기다리는 연결인데도 찼다고 거절했다. 자리를 더 쓰지 않으므로 SYN,ACK만 다시 보낸다.": _backlog_like(
            again=lambda self, key, now: None if self.full() else _Plain.again(self, key, now)
        ),
        "쿠키로 답하고도 자리를 썼다. 쿠키의 뜻은 **기억하지 않는 것**이다.": _backlog_like(refuse=_cookie_takes_place),
        "쿠키를 쓰지 않고 버렸다. `cookies`가 참이면 찼을 때 쿠키로 답한다.": _backlog_like(
            refuse=lambda self, key, now: "drop"
        ),
        "자리가 있는데도 쿠키로 답했다. 쿠키는 옵션을 잃으므로 찼을 때만 쓴다(tcp_syncookies=1).": _CookieAlways,
        "가장 오래된 것을 밀어냈다. 그러면 정직한 연결도 밀려난다. 이 대기열은 찼으면 버린다.": _backlog_like(
            refuse=_push_out_the_oldest
        ),
        "ACK를 받고도 자리를 비우지 않았다. 핸드셰이크를 마친 연결은 반열림이 아니다.": _AckKeepsPlace,
        "시간이 다 된 연결의 ACK를 받아들였다. `on_ack`도 먼저 지운다.": _AckIgnoresTime,
    },
    explanation="대기열은 아직 아무것도 증명하지 않은 상대에게 주는 기억이다. 공격자는 SYN 하나로 그 기억을 빌려 가고 "
    "갚지 않는다. 쿠키는 그 기억을 상대에게 들려 보낸다.",
)  # fmt: skip

# ── syn_cookie ──────────────────────────────────────────────────────────────

_END: FourTuple = ("10.0.0.2", 80, "10.0.0.1", 50000)
_MASK = (1 << 24) - 1
_hash = cookies.cookie_hash


def _made(
    end: FourTuple, isn: int, index: int, minute: int, secret: bytes, *, base: int | None = None,
    low: int | None = None, shift: int = 24, modulus: int = MODULUS,
) -> int:  # fmt: skip
    """한 부분만 다르게 만든 쿠키."""
    first = _hash(end, secret, b"isn", 0) + isn if base is None else base
    last = (_hash(end, secret, b"mss", minute) + index) & _MASK if low is None else low
    value = first + (minute << shift) + last
    return value % modulus if modulus else value


def _random_end(rng: random.Random) -> FourTuple:
    return f"10.9.0.{rng.randrange(1, 100)}", 80, f"10.9.0.{rng.randrange(100, 250)}", rng.randrange(1024, 65536)


def _cookie_inputs(rng: random.Random) -> tuple[FourTuple, int, int, int, bytes]:
    return _random_end(rng), rng.randrange(MODULUS), rng.randrange(4), rng.randrange(1 << 26), rng.randbytes(8)


SYN_COOKIE = Problem(
    name="syn_cookie", lesson=LESSON, title="쿠키 굽기", points=2, rfc="RFC 4987 §3.6",
    reference=cookies.syn_cookie,
    cases=(
        Case((_END, 100, 3, 7, b"secret"), note="보기"),
        Case((_END, 100, 0, 7, b"secret"), note="가장 작은 MSS"),
        Case((_END, 101, 3, 7, b"secret"), note="상대의 ISN이 하나 크다"),
        Case((_END, 100, 3, 8, b"secret"), note="1분 뒤"),
        Case((_END, 100, 3, 300, b"secret"), note="분이 256을 넘었다"),
        Case((_END, 2**32 - 1, 1, 255, b"other"), note="한 바퀴를 돈다"),
        Case((("10.0.0.2", 80, "10.0.0.1", 50001), 100, 3, 7, b"secret"), note="포트가 다른 상대"),
    ),
    fresh_cases=lambda rng: [Case(_cookie_inputs(rng)) for _ in range(8)],
    hints=(
        "셋을 더한다: ① `cookie_hash(…, b\"isn\", 0) + isn` ② `minute << 24` ③ 아래 24비트.",
        "③은 `cookie_hash(…, b\"mss\", minute)`에 `mss_index`를 더한 **다음에** 아래 24비트만 남긴다: `& 0xFFFFFF`.",
        "마지막에 전체를 `2**32`로 나눈 나머지로 만든다. 순서 번호이기 때문이다.",
    ),
    mistakes={
        "상대의 ISN을 더하지 않았다. 그러면 같은 4-튜플의 옛 SYN과 가를 수 없다.": (
            lambda end, isn, index, minute, secret: _made(
                end, isn, index, minute, secret, base=_hash(end, secret, b"isn", 0)
            )
        ),
        "`2**32`로 나눈 나머지로 만들지 않았다. 순서 번호는 32비트다.": (
            lambda *given: _made(*given, modulus=0)
        ),
        "아래 24비트의 해시에 분을 섞지 않았다. 그러면 분만 바꾸어 옛 쿠키를 새것으로 꾸밀 수 있다.": (
            lambda end, isn, index, minute, secret: _made(
                end, isn, index, minute, secret, low=(_hash(end, secret, b"mss", 0) + index) & _MASK
            )
        ),
        "아래쪽을 24비트로 자르지 않았다. 위 8비트의 분이 망가진다.": (
            lambda end, isn, index, minute, secret: _made(
                end, isn, index, minute, secret, low=_hash(end, secret, b"mss", minute) + index
            )
        ),
        "분을 놓는 자리가 다르다. 위 8비트, 곧 24비트 왼쪽이다.": lambda *given: _made(*given, shift=8),
        "MSS의 칸 번호 대신 MSS를 담았다. 담을 것은 0부터 3까지의 번호다.": (
            lambda end, isn, index, minute, secret: _made(end, isn, cookies.MSS_TABLE[index], minute, secret)
        ),
        "MSS의 칸 번호를 담지 않았다. 그러면 되살릴 것이 없다.": (
            lambda end, isn, index, minute, secret: _made(end, isn, 0, minute, secret)
        ),
        "두 해시의 쓰임새가 뒤바뀌었다. 바탕은 `b\"isn\"`, 아래 24비트는 `b\"mss\"`다.": (
            lambda end, isn, index, minute, secret: _made(
                end, isn, index, minute, secret, base=_hash(end, secret, b"mss", 0) + isn,
                low=(_hash(end, secret, b"isn", minute) + index) & _MASK,
            )
        ),
    },
    explanation="기억할 것을 상대에게 들려 보내되, 키 없이는 만들 수 없게 묶는다. 담을 자리가 32비트뿐이라 분 8비트와 "
    "MSS의 칸 번호만 실린다. 윈도우 스케일과 SACK은 자리가 없다.",
)  # fmt: skip

# ── check_syn_cookie ────────────────────────────────────────────────────────


def _checked(
    cookie: int, end: FourTuple, isn: int, minute: int, secret: bytes, *, ages: range = range(2), wrap: bool = True,
    limit: int = 4,
) -> int | None:  # fmt: skip
    """한 부분만 다르게 살핀 것."""
    rest = (cookie - _hash(end, secret, b"isn", 0) - isn) % MODULUS
    age = minute - (rest >> 24)
    if wrap:
        age %= 256
    if age not in ages:
        return None
    index = (rest - _hash(end, secret, b"mss", minute - age)) & _MASK
    return index if index < limit else None


def _any_age(cookie: int, end: FourTuple, isn: int, minute: int, secret: bytes) -> int | None:
    return _checked(cookie, end, isn, minute, secret, ages=range(256))


def _received(
    end: FourTuple, isn: int, index: int, made: int, now: int, secret: bytes, *, add: int = 0
) -> tuple[Any, ...]:
    """`made`분에 만든 쿠키가 `now`분에 돌아왔다. `add`만큼 달라졌다."""
    return (cookies.syn_cookie(end, isn, index, made, secret) + add) % MODULUS, end, isn, now, secret


def _fresh_cookies(rng: random.Random) -> list[Case]:
    def back(later: int, note: str, add: int = 0) -> Case:
        end, isn, index, minute, secret = _cookie_inputs(rng)
        return Case(_received(end, isn, index, minute, minute + later, secret, add=add), note=note)

    return [
        *(back(0, "곧바로") for _ in range(3)),
        *(back(1, "다음 분") for _ in range(3)),
        back(2, "두 분 뒤"),
        back(256, "256분 뒤"),
        back(0, "어림한 번호", add=rng.randrange(1000, 1 << 20)),
        Case((rng.randrange(MODULUS), _END, 100, 7, b"secret"), note="아무 번호나"),
    ]


CHECK_SYN_COOKIE = Problem(
    name="check_syn_cookie", lesson=LESSON, title="쿠키 알아보기", points=3, rfc="RFC 4987 §3.6",
    reference=cookies.check_syn_cookie,
    cases=(
        Case(_received(_END, 100, 3, 7, 7, b"secret"), note="같은 분에 돌아왔다"),
        Case(_received(_END, 100, 0, 7, 8, b"secret"), note="다음 분에 돌아왔다, MSS의 칸이 0"),
        Case(_received(_END, 100, 2, 7, 9, b"secret"), note="두 분 뒤에 돌아왔다"),
        Case(_received(_END, 100, 2, 7, 17, b"secret"), note="열 분 뒤에 돌아왔다"),
        Case(_received(_END, 100, 1, 299, 300, b"secret"), note="분이 256을 넘었다"),
        Case(_received(_END, 100, 1, 255, 256, b"secret"), note="분의 8비트가 0으로 돌아온다"),
        Case(_received(_END, 100, 3, 7, 7, b"secret", add=5000), note="어림한 번호"),
        Case(_received(_END, 100, 3, 8, 7, b"secret"), note="앞날의 쿠키"),
        Case((*_received(_END, 100, 3, 7, 7, b"secret")[:4], b"other"), note="다른 키"),
    ),
    fresh_cases=_fresh_cookies,
    hints=(
        "만들 때 더한 것을 거꾸로 뺀다. `(cookie - cookie_hash(…, b\"isn\", 0) - isn) % 2**32`에는 분과 아래 24비트만 "
        "남는다.",
        "위 8비트(`>> 24`)가 만든 분의 아래 8비트다. 나이는 `(minute - 그것) % 256`이고, 0과 1만 받는다.",
        "만든 분은 `minute - age`다. **그 분의** 해시를 빼고 아래 24비트만 남긴 것이 칸 번호다.",
        "남은 것이 `len(MSS_TABLE)`보다 작지 않으면 내가 만든 쿠키가 아니다.",
    ),
    mistakes={
        "나이를 보지 않았다. 한번 얻은 쿠키를 언제까지나 쓸 수 있게 된다.": _any_age,
        "다음 분에 돌아온 쿠키를 버렸다. 나이 1까지 받고, 해시는 지금이 아니라 **만든 분**의 것으로 견준다.": (
            lambda *given: _checked(*given, ages=range(1))
        ),
        "두 분 뒤의 쿠키까지 받았다. 받는 것은 이번 분과 바로 앞의 분이다.": (
            lambda *given: _checked(*given, ages=range(3))
        ),
        "분이 8비트만 실려 있다는 것을 잊었다. 나이를 256으로 나눈 나머지로 구한다.": (
            lambda *given: _checked(*given, wrap=False)
        ),
        "칸 번호의 범위를 확인하지 않았다. 아무 번호나 24비트의 무엇인가로 풀린다. 0부터 3까지만 내 쿠키다.": (
            lambda *given: _checked(*given, limit=1 << 24)
        ),
        "칸 번호 0을 실패로 여겼다. `if index`가 아니라 범위로 확인한다.": lambda *given: _checked(*given) or None,
        "MSS를 돌려주었다. 돌려줄 것은 칸 번호다.": lambda *given: (
            None if (index := _checked(*given)) is None else cookies.MSS_TABLE[index]
        ),
    },
    explanation="서버가 기억한 것은 비밀 키뿐이다. ACK에서 번호를 꺼내 되짚어 칸 번호가 나오면 '조금 전에 내가 이 "
    "상대에게 SYN,ACK를 보냈다'는 증거가 된다. 어림해서 맞힐 확률은 번호 하나에 8/2**32이다(분 둘 × 칸 넷).",
)  # fmt: skip

# ── fill_forged ─────────────────────────────────────────────────────────────

_COLUMNS = ("number", "time", "sender", "flags", "seq", "ack", "length", "note")


def fill_forged(rows: list[Row], counting: Counting = RFC) -> list[Row]:
    """통하지 않은 위조는 없는 셈 치고 번호를 센다."""
    believed = complete([row for row in rows if row["note"] != FORGED], counting)
    done = {row["number"]: row for row in believed}
    return [done.get(row["number"], dict(row)) for row in rows]


def forged_table(rng: random.Random) -> PacketTable:
    """위조 RST 둘이 끼어든 연결. 하나는 challenge ACK를, 하나는 연결의 끝을 부른다."""
    sizes = tuple(rng.randrange(100, 1000) for _ in range(3))
    trace = forged_rst(
        **isns(rng, sum(sizes) + 1, 200), sizes=(sizes[0], sizes[1], sizes[2]), reply=rng.randrange(20, 200),
        offset=rng.randrange(1000, 30_000),
    )  # fmt: skip
    table = PacketTable.of(trace, title="위조 RST가 끼어든 표", columns=_COLUMNS)
    challenge = next(row["number"] for row in table.rows if row["note"] == FORGED) + 1
    worked = next(row["number"] for row in table.rows if row["note"] not in ("", FORGED))
    asked = PacketTable.of(
        trace, {(challenge, "seq"), (challenge, "ack"), (worked, "seq")}, title=table.title, columns=_COLUMNS
    )
    return asked.hide(rng, count=5, solve=fill_forged)


FILL_FORGED = packet_table_problem(
    name="fill_forged", lesson=LESSON, title="빈칸 채우기: 끼어든 RST", points=3, make=forged_table, solve=fill_forged,
    rfc="RFC 5961 §3.2",
    mistakes={
        "위조한 RST의 번호까지 받은 것으로 쳤다. RCV.NXT는 그대로다. challenge ACK는 '나는 여기까지 받았다'는 말을 "
        "되풀이한다.": complete,
    },
    hints=(
        "비고가 `위조`인 줄은 서버의 번호를 하나도 움직이지 않는다. 그 줄을 손으로 가리고 나머지를 채우자.",
        "challenge ACK의 `seq`와 `ack`는 서버가 바로 앞에 보낸 ACK가 말한 것과 같은 사정이다: SND.NXT와 RCV.NXT.",
        "비고가 `위조, 통함`인 RST는 번호가 RCV.NXT와 **꼭 같았다**: 클라이언트가 다음에 보낼 번호다.",
        "연결이 사라진 서버는 ACK가 있는 세그먼트에 RST로 답하고, 그 `seq`는 받은 세그먼트의 `ack`다 "
        "(RFC 9293 §3.10.7.1).",
    ),
    explanation="challenge ACK는 보통의 ACK다. 진짜 상대가 다시 켜진 것이라면 그것을 보고 꼭 맞는 번호의 "
    "RST로 답한다. 공격자는 그 ACK를 보지 못한다.",
)  # fmt: skip

PROBLEMS = (TW_REUSE_ALLOWED, RST_ACCEPTED, SYN_BACKLOG, SYN_COOKIE, CHECK_SYN_COOKIE, FILL_FORGED)
