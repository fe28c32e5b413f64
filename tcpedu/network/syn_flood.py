"""SYN 플러드와 대기열: 반열림 연결이 쌓이는 동안 정직한 클라이언트는 어떻게 되는가 (RFC 4987 §2, §3).

패킷은 하나도 나가지 않는다. 대기열의 판단은 `protocol.syn_backlog`, 쿠키는 `protocol.syn_cookie`의 것이다.
강의: lessons/15_security.ipynb
"""

from __future__ import annotations

import heapq
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from itertools import count
from math import ceil, inf
from typing import Any, Literal

from tcpedu.protocol.isn import FourTuple
from tcpedu.protocol.syn_backlog import Decision, SynBacklog
from tcpedu.protocol.syn_cookie import MSS_TABLE, check_syn_cookie, mss_index, syn_cookie

MAX_SYNS = 5000  # 화면에서 고른 값으로도, 글로 적은 값으로도 끝없이 쏟아붓지 않는다
SYN_TIMES = (0.0, 1.0, 3.0)  # 정직한 클라이언트가 SYN을 보내는 때: 백오프하며 세 번 (RFC 6298 §5)
_GIVE_UP = 7.0
_SECRET = b"tcpedu"
_MSS = 1460


class Fate(Enum):
    """정직한 클라이언트 하나가 어떻게 되었는가. 값은 우리말 풀이다."""

    TRYING = "기다림"
    SERVED = "들어감"
    BY_COOKIE = "쿠키로 들어감"
    GAVE_UP = "포기함"


@dataclass(frozen=True)
class FloodSettings:
    """플러드의 설정. 시간은 초, 빠르기는 1초에 보내는 SYN의 수.

    `backlog`는 min(listen()의 backlog, somaxconn), `cookies`와 `max_syn_backlog`, `timeout`은 `SynBacklog`의 것이다.
    플러드는 `start`부터 `stop`까지 오고, 정직한 클라이언트는 `honest_from`부터 `end`까지 고르게 온다.
    """

    cookies: Literal[0, 1, 2] = 1
    backlog: int = 64
    max_syn_backlog: int = 64
    flood: float = 20.0
    honest: float = 1.0
    timeout: float = 7.0
    rtt: float = 0.1
    start: float = 3.0
    stop: float = 15.0
    honest_from: float = 0.5
    end: float = 30.0

    def __post_init__(self) -> None:
        if self.cookies not in (0, 1, 2):
            raise ValueError(f"tcp_syncookies는 0, 1, 2 가운데 하나입니다: {self.cookies}")
        if not 0 <= self.backlog <= 1024 or not 1 <= self.max_syn_backlog <= 4096:
            raise ValueError(
                f"백로그는 0 이상 1024 이하, tcp_max_syn_backlog는 1 이상 4096 이하여야 합니다: "
                f"{self.backlog}, {self.max_syn_backlog}"
            )
        if self.timeout <= 0 or self.rtt < 0 or not 0 <= self.start <= self.stop <= self.end:
            raise ValueError("시간은 0초보다 길고, 플러드는 시작한 뒤에 끝나야 합니다")
        if self.flood < 0 or self.honest < 0:
            raise ValueError(f"SYN의 빠르기는 0 이상이어야 합니다: {self.flood}, {self.honest}")
        if (syns := self.flood * (self.stop - self.start) + self.honest * self.end) > MAX_SYNS:
            raise ValueError(f"SYN이 너무 많습니다: {syns:.0f}개 (한도 {MAX_SYNS}개). 빠르기를 낮추세요")

    def make_backlog(self) -> SynBacklog:
        """이 설정의 빈 대기열."""
        return SynBacklog(self.backlog, self.timeout, self.cookies, max_syn_backlog=self.max_syn_backlog)


@dataclass(slots=True)
class Slot:
    """대기열의 한 자리를 쓴 일: `start`부터 `end`까지. `done`이면 핸드셰이크를 마치고, 아니면 시간이 다 되어 비웠다."""

    place: int
    attacker: bool
    start: float
    end: float
    done: bool = False


@dataclass(slots=True)
class Client:
    """정직한 클라이언트 하나. `tries`는 SYN마다 (시각, 판단), `settled`는 들어가거나 포기한 시각이다."""

    number: int
    arrived: float
    tries: list[tuple[float, Decision]] = field(default_factory=list)
    fate: Fate = Fate.TRYING
    settled: float | None = None
    mss: int | None = None  # 쿠키에서 되살린 MSS


@dataclass
class FloodRun:
    """플러드 한 번의 결과. `syns`는 서버에 온 SYN마다 (시각, 공격인가, 판단)이고 시각 순서다."""

    settings: FloodSettings
    slots: list[Slot] = field(default_factory=list)
    clients: list[Client] = field(default_factory=list)
    syns: list[tuple[float, bool, Decision]] = field(default_factory=list)
    sizes: list[tuple[float, int]] = field(default_factory=lambda: [(0.0, 0)])  # (시각, 반열림 연결의 수)

    def half_open_at(self, time: float) -> int:
        """그 시각의 반열림 연결 수."""
        return self.sizes[bisect_right(self.sizes, time, key=lambda size: size[0]) - 1][1]

    def places_at(self, time: float) -> dict[int, Slot]:
        """그 시각에 차 있는 자리."""
        return {slot.place: slot for slot in self.slots if slot.start <= time < slot.end}

    def decisions(self, until: float = inf) -> Counter[Decision]:
        """`until`까지 온 SYN에 내린 판단들의 수."""
        return Counter({kind: bisect_right(times, until) for kind, times in self._decided.items()})

    def fates(self, until: float = inf) -> Counter[Fate]:
        """`until`까지 온 정직한 클라이언트들의 결과."""
        settled = Counter({fate: bisect_right(times, until) for fate, times in self._settled.items()})
        came = sum(client.arrived <= until for client in self.clients)
        return settled + Counter({Fate.TRYING: came - settled.total()})

    @cached_property
    def _decided(self) -> dict[Decision, list[float]]:
        return {kind: [time for time, _, made in self.syns if made is kind] for kind in Decision}

    @cached_property
    def _settled(self) -> dict[Fate, list[float]]:
        done = [(client.fate, client.settled) for client in self.clients if client.settled is not None]
        return {fate: sorted(time for one, time in done if one is fate) for fate in Fate}


def syn_flood(settings: FloodSettings | None = None) -> FloodRun:
    """플러드를 흘려 본다.

    공격의 SYN은 출발지를 속인 것이라 ACK가 오지 않는다. 정직한 클라이언트는 SYN,ACK를 받으면 ACK를 보내고, 받지 못하면
    1초와 3초 뒤에 다시 SYN을 보내다가 7초에 포기한다.

    >>> run = syn_flood(FloodSettings(cookies=0, flood=500, honest=0, start=0, stop=1, end=2))
    >>> run.half_open_at(1.0), run.decisions()[Decision.DROP]
    (49, 451)
    """
    return _Flood(settings or FloodSettings()).run()


class _Flood:
    """사건을 시각 순서로 처리한다. 같은 시각이면 먼저 건 것이 먼저다."""

    def __init__(self, settings: FloodSettings) -> None:
        self.settings = settings
        self.result = FloodRun(settings)
        self.backlog = settings.make_backlog()
        self._order = count()
        self._events: list[tuple[float, int, Any, tuple[Any, ...]]] = []
        self._used: dict[Any, Slot] = {}  # 지금 자리를 쓰는 연결
        self._free: list[int] = []  # 비었던 자리. 작은 번호부터 다시 쓴다
        self._places = count()
        self._cookies: dict[int, int] = {}  # 클라이언트가 받은 SYN,ACK의 순서 번호

    def run(self) -> FloodRun:
        """끝까지."""
        settings = self.settings
        for at in _evenly(settings.flood, settings.start, settings.stop):
            self._at(at, self._attack)
        for number, at in enumerate(_evenly(settings.honest, settings.honest_from, settings.end), 1):
            client = Client(number, at)
            self.result.clients.append(client)
            for pause in SYN_TIMES:
                self._at(at + pause, self._try, client)
            self._at(at + _GIVE_UP, self._give_up, client)
        while self._events and self._events[0][0] <= settings.end:
            now, _, act, arguments = heapq.heappop(self._events)
            self._forget_old(now)
            act(now, *arguments)
        self._forget_old(settings.end)
        return self.result

    def _at(self, time: float, act: Any, *arguments: Any) -> None:
        heapq.heappush(self._events, (time, next(self._order), act, arguments))

    def _attack(self, now: float) -> None:
        self._on_syn(("공격", len(self.result.syns)), now, attacker=True)

    def _try(self, now: float, client: Client) -> None:
        if client.settled is not None:
            return
        decision = self._on_syn(client.number, now, attacker=False)
        client.tries.append((now, decision))
        if decision is Decision.COOKIE:
            self._cookies[client.number] = syn_cookie(*_identity(client), mss_index(_MSS), int(now // 60), _SECRET)
        if decision is not Decision.DROP:
            self._at(now + self.settings.rtt, self._ack, client)

    def _ack(self, now: float, client: Client) -> None:
        """SYN,ACK를 받은 클라이언트의 ACK가 왔다. 기억하지 못하는 연결이면 쿠키를 살핀다."""
        if client.settled is not None:
            return
        if self.backlog.on_ack(client.number, now):
            slot = self._used[client.number]
            slot.done = True
            self._leave(client.number, now)
            client.fate, client.settled = Fate.SERVED, now
            return
        cookie = self._cookies.get(client.number)
        index = None if cookie is None else check_syn_cookie(cookie, *_identity(client), int(now // 60), _SECRET)
        if index is not None:
            client.fate, client.settled, client.mss = Fate.BY_COOKIE, now, MSS_TABLE[index]

    def _give_up(self, now: float, client: Client) -> None:
        if client.settled is None:
            client.fate, client.settled = Fate.GAVE_UP, now

    def _on_syn(self, key: Any, now: float, attacker: bool) -> Decision:
        known = len(self.backlog)
        decision = self.backlog.on_syn(key, now)
        self.result.syns.append((now, attacker, decision))
        if len(self.backlog) > known:
            place = heapq.heappop(self._free) if self._free else next(self._places)
            self._used[key] = slot = Slot(place, attacker, now, now + self.settings.timeout)
            self.result.slots.append(slot)
            self._note_size(now)
        return decision

    def _forget_old(self, now: float) -> None:
        """시간이 다 된 연결의 자리를 비운다. 대기열이 버리는 것과 같은 것들이다."""
        for key, slot in list(self._used.items()):
            if slot.end > now:
                break  # 들어온 차례가 버릴 차례다
            self.backlog.expire(slot.end)
            self._leave(key, slot.end)

    def _leave(self, key: Any, now: float) -> None:
        slot = self._used.pop(key)
        slot.end = now
        heapq.heappush(self._free, slot.place)
        self._note_size(now)

    def _note_size(self, now: float) -> None:
        self.result.sizes.append((now, len(self.backlog)))


def _identity(client: Client) -> tuple[FourTuple, int]:
    """그 연결의 4-튜플과 클라이언트의 ISN."""
    return ("10.9.0.1", 80, f"10.9.1.{client.number % 250 + 1}", 40000 + client.number), 1000 * client.number


def _evenly(rate: float, start: float, stop: float) -> list[float]:
    """1초에 `rate`개씩 고르게."""
    return [start + index / rate for index in range(ceil(rate * (stop - start) - 1e-9))] if rate else []
