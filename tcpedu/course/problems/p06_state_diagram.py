"""06 상태 다이어그램의 문제."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from tcpedu.course.packet_problem import packet_table_problem
from tcpedu.course.packet_tables import WITH_ARRIVAL
from tcpedu.course.problem import Case, Problem
from tcpedu.network import closing
from tcpedu.network.packet_table import PacketTable, Row
from tcpedu.network.sender_states import Sent, fill_states, sender_states
from tcpedu.network.stage import ENDS, PRESETS, Stage
from tcpedu.network.trace import Trace
from tcpedu.protocol.state import TRANSITIONS, Action, Event, State, transition

LESSON = "06_state_diagram"
Answer = tuple[str, str | None]

# ── walk ────────────────────────────────────────────────────────────────────


def walk(events: Sequence[str], start: str = "CLOSED") -> list[str]:
    """지나온 상태들, 처음 것부터. 표에 없는 사건이 일어나면 `ValueError`."""
    state = State[start]
    visited = [state]
    for event in events:
        _, state = transition(state, Event[event])
        visited.append(state)
    return [state.name for state in visited]


def _walk_from_start(events: Sequence[str], start: str = "CLOSED") -> list[str]:
    return [start, *(transition(State[start], Event[event])[1].name for event in events)]


def _walk_forgiving(events: Sequence[str], start: str = "CLOSED") -> list[str]:
    """표에 없는 사건은 못 본 척한다."""
    visited = [start]
    for event in events:
        row = TRANSITIONS.get((State[visited[-1]], Event[event]))
        visited.append(row[1].name if row else visited[-1])
    return visited


def _walk_by_name(events: list[str], start: str = "CLOSED") -> list[str]:
    visited = [start]
    for event in events:
        visited.append(transition(visited[-1], Event[event])[1].name)  # type: ignore[arg-type]
    return visited


def _changed_only(visited: list[str]) -> list[str]:
    return [name for place, name in enumerate(visited) if place == 0 or name != visited[place - 1]]


_OPEN = ("OPEN_ACTIVE", "RCV_SYN_ACK")
_ACCEPT = ("OPEN_PASSIVE", "RCV_SYN", "RCV_ACK")
_ACTIVE_CLOSE = (*_OPEN, "CLOSE", "RCV_ACK", "RCV_FIN", "TIMEOUT_2MSL")
_PASSIVE_CLOSE = (*_ACCEPT, "RCV_FIN", "CLOSE", "RCV_ACK")


def _fresh_walks(rng: random.Random) -> list[Case]:
    def one(start: State, steps: int) -> Case:
        state, events = start, []
        for _ in range(steps):
            event = rng.choice([event for old, event in TRANSITIONS if old is state])
            events.append(event.name)
            state = TRANSITIONS[state, event][1]
        return Case((events, start.name))

    walks = [one(State.CLOSED, rng.randrange(3, 8)) for _ in range(4)]
    walks += [one(rng.choice(list(State)), rng.randrange(1, 6)) for _ in range(3)]
    return [*walks, Case((["OPEN_PASSIVE", rng.choice(("TIMEOUT_2MSL", "RCV_SYN_ACK"))],), note="표에 없는 사건")]


WALK = Problem(
    name="walk",
    lesson=LESSON,
    title="지나온 길",
    points=1,
    rfc="RFC 9293 §3.3.2",
    reference=walk,
    cases=(
        Case((list(_ACTIVE_CLOSE),), note="능동 개방하고 먼저 닫을 때"),
        Case((list(_PASSIVE_CLOSE),), note="수동 개방하고 나중에 닫을 때"),
        Case((["RCV_FIN", "CLOSE"], "ESTABLISHED"), note="ESTABLISHED에서 시작할 때"),
        Case((["CLOSE"], "ESTABLISHED"), note="한 걸음"),
        Case(([], "TIME_WAIT"), note="아무 일도 없을 때"),
        Case((["OPEN_PASSIVE", "RCV_RST", "RCV_SYN"],), note="상태가 그대로인 사건이 있을 때"),
        Case((["OPEN_PASSIVE", "TIMEOUT_2MSL"],), note="표에 없는 사건"),
    ),
    fresh_cases=_fresh_walks,
    hints=(
        "전이 표에서 찾을 때 쓰는 것은 처음의 상태가 아니라 **지금의** 상태다.",
        "한 줄을 따를 때마다 `state`가 다음 상태로 바뀐다. 다음 사건은 그 상태에서 일어난다.",
    ),
    mistakes={
        "사건마다 처음 상태로 되돌아가 표를 찾았다. 앞의 사건이 옮겨 놓은 지금의 상태에서 찾는다.": _walk_from_start,
        "상태의 이름(글)을 넘겼다. `transition`은 `State`를 받는다. 지금의 상태는 변수에 있다.": _walk_by_name,
        "출발한 상태가 빠졌다. 지나온 길은 `start`에서 시작한다.": lambda events, start="CLOSED": walk(events, start)[
            1:
        ],
        "마지막 상태만 남겼다. 지나온 상태를 모두 차례대로 적는다.": lambda events, start="CLOSED": walk(events, start)[
            -1:
        ],
        "상태가 그대로인 사건을 건너뛰었다. 제자리 전이도 한 걸음이므로 같은 이름을 한 번 더 "
        "적는다.": lambda events, start="CLOSED": _changed_only(walk(events, start)),
        "표에 없는 사건을 못 본 척했다. 그 상태에서 일어날 수 없는 일이면 `ValueError`로 알린다.": _walk_forgiving,
    },
    explanation="연결이 기억하는 것은 상태 하나뿐이다. 지금까지 어떤 길로 왔는지는 몰라도 되고, 그래서 상태의 "
    "수가 11개로 "
    "끝난다.",
)

# ── next_state ──────────────────────────────────────────────────────────────

_SYNCHRONIZED = tuple(State)[4:]
# 글과 그림이 달리 말하는 두 줄은 묻지 않는다 (강의에서 다룬다).
_UNASKED = ((State.SYN_RCVD, Event.RCV_FIN), (State.SYN_RCVD, Event.RCV_SYN))
_ASKED = tuple(row for row in TRANSITIONS if row not in _UNASKED)
# RFC가 오류라고 적었거나 돌고 있지 않은 타이머
_NONE = (
    *((state, Event.TIMEOUT_2MSL) for state in State if state is not State.TIME_WAIT),
    *((State.CLOSED, event) for event in (Event.CLOSE, Event.ABORT, Event.SEND)),
    *((state, event) for state in (State.CLOSING, State.LAST_ACK, State.TIME_WAIT)
      for event in (Event.CLOSE, Event.SEND)),
    *((state, event) for state in _SYNCHRONIZED for event in (Event.OPEN_ACTIVE, Event.OPEN_PASSIVE)),
    (State.LISTEN, Event.RCV_FIN), (State.LISTEN, Event.OPEN_PASSIVE), (State.SYN_SENT, Event.RCV_FIN),
)  # fmt: skip


def next_state(state: str, event: str) -> Answer:
    """라이브러리의 전이 표에서 찾은 다음 상태와 보내는 세그먼트."""
    action, target = transition(State[state], Event[event])
    return target.name, action.segment


def _pair(state: State, event: Event, note: str = "") -> Case:
    return Case((state.name, event.name), note=note)


def _wrong(changes: Mapping[tuple[str, str], Answer | None]) -> Callable[[str, str], Answer]:
    """기준 답과 몇 줄만 다른 오답. `None`은 그 줄이 없다는 뜻이다."""

    def answer(state: str, event: str) -> Answer:
        row = changes.get((state, event), ("", ""))
        if row is None:
            raise ValueError("없는 전이")
        return row if row[0] else next_state(state, event)

    return answer


def _instead(state: str, event: str, given: Callable[[str, str], Answer]) -> Answer:
    """표에 없는 짝에서 오류 대신 `given`을 부르는 오답."""
    if (State[state], Event[event]) in TRANSITIONS:
        return next_state(state, event)
    return given(state, event)


def _stays(state: str, event: str) -> Answer:
    return state, None


def _missing_key(state: str, event: str) -> Answer:
    raise KeyError(state, event)


def _each(states: Sequence[State], event: Event, answer: Callable[[State], Answer | None]) -> dict[Any, Answer | None]:
    return {(state.name, event.name): answer(state) for state in states if (state, event) in TRANSITIONS}


_TEXTBOOK = frozenset({
    ("CLOSED", "OPEN_PASSIVE"), ("CLOSED", "OPEN_ACTIVE"), ("LISTEN", "RCV_SYN"), ("SYN_SENT", "RCV_SYN_ACK"),
    ("SYN_RCVD", "RCV_ACK"), ("ESTABLISHED", "CLOSE"), ("ESTABLISHED", "RCV_FIN"), ("FIN_WAIT_1", "RCV_ACK"),
    ("FIN_WAIT_2", "RCV_FIN"), ("CLOSE_WAIT", "CLOSE"), ("LAST_ACK", "RCV_ACK"), ("TIME_WAIT", "TIMEOUT_2MSL"),
})  # fmt: skip
_ABORTING = (Event.RCV_RST, Event.RCV_RST_ACTIVE, Event.ABORT, Event.USER_TIMEOUT)
_SHOWN = tuple(
    row for row in _ASKED
    if row[0] not in (State.FIN_WAIT_2, State.LAST_ACK) or (row[0].name, row[1].name) in _TEXTBOOK
)  # fmt: skip
_NOTES = {
    (State.LISTEN, Event.SEND): "듣던 쪽이 먼저 보낼 때",
    (State.SYN_SENT, Event.RCV_SYN): "SYN이 엇갈릴 때 (RFC 9293 그림 7)",
    (State.SYN_RCVD, Event.RCV_RST): "수동 개방한 쪽이 RST를 받을 때 (그림 5의 주석 1)",
    (State.SYN_RCVD, Event.RCV_RST_ACTIVE): "능동 개방한 쪽이 RST를 받을 때",
    (State.SYN_RCVD, Event.CLOSE): "열리기도 전에 닫을 때",
    (State.FIN_WAIT_1, Event.RCV_FIN): "FIN이 엇갈릴 때 (RFC 9293 그림 13)",
    (State.FIN_WAIT_1, Event.RCV_FIN_ACK): "ACK와 FIN이 한 세그먼트로 올 때 (그림 5의 주석 2)",
    (State.TIME_WAIT, Event.RCV_FIN): "마지막 ACK가 사라져 FIN이 또 올 때",
    (State.ESTABLISHED, Event.RCV_SYN): "연결된 뒤에 SYN이 올 때 (RFC 5961 §4)",
}


def _fresh_pairs(rng: random.Random) -> list[Case]:
    chosen = [*rng.sample(_ASKED, len(_ASKED)), *rng.sample(_NONE, 12)]
    return [_pair(state, event) for state, event in chosen]


NEXT_STATE = Problem(
    name="next_state",
    lesson=LESSON,
    title="전이 표",
    points=3,
    rfc="RFC 9293 §3.3.2 그림 5와 주석 1–3, §3.10",
    reference=next_state,
    cases=(
        *(_pair(*row, note=_NOTES.get(row, "")) for row in _SHOWN),
        _pair(State.LISTEN, Event.TIMEOUT_2MSL, "돌고 있지 않은 타이머"),
        _pair(State.CLOSED, Event.CLOSE, "없는 연결을 닫을 때"),
        _pair(State.TIME_WAIT, Event.CLOSE, "이미 닫은 연결을 또 닫을 때"),
        _pair(State.ESTABLISHED, Event.OPEN_ACTIVE, "이미 열린 연결을 또 열 때"),
    ),
    fresh_cases=_fresh_pairs,
    hints=(
        "`TEXTBOOK`과 같은 모양의 `dict`를 하나 더 만들자. 빠진 짝 열두 개를 강의의 그림에서 하나씩 찾아 적는다.",
        "엇갈린 것부터 생각하자. SYN이 엇갈리면 두 쪽이 모두 SYN,ACK로 답하고, FIN이 엇갈리면 두 쪽이 모두 "
        "CLOSING으로 간다.",
        "FIN_WAIT_1에서 기다리는 것은 둘이다: 내 FIN의 ACK와 상대의 FIN. 하나만 오면 FIN_WAIT_2나 CLOSING, 한꺼번에 "
        "오면 둘을 건너뛴다.",
        "규칙 ㄱ–ㄹ은 `dict`에 없을 때 `if event == …`로 차례로 본다. 끝까지 걸리지 않으면 `raise ValueError(…)`다.",
    ),
    mistakes={
        "교과서의 열두 줄밖에 없다. 빠진 짝과 규칙 ㄱ–ㄹ을 더한다.": lambda state, event: (
            next_state(state, event) if (state, event) in _TEXTBOOK else _wrong({(state, event): None})(state, event)
        ),
        "ACK와 FIN이 한 세그먼트로 오면 두 가지를 한꺼번에 받은 것이다. CLOSING이나 FIN_WAIT_2를 거치지 않고 "
        "TIME_WAIT로 간다 (그림 5의 주석 2).": _wrong({("FIN_WAIT_1", "RCV_FIN_ACK"): ("CLOSING", "ACK")}),
        "ACK와 FIN이 한 세그먼트로 온 것에도 마지막 ACK를 보내야 한다. 상대는 그것을 기다리며 LAST_ACK에 있다 "
        "(그림 5의 주석 2).": _wrong({("FIN_WAIT_1", "RCV_FIN_ACK"): ("TIME_WAIT", None)}),
        "FIN이 엇갈렸는데 CLOSING을 건너뛰었다. 상대의 FIN은 왔지만 내 FIN은 아직 확인받지 못했다 (RFC 9293 그림 "
        "13).": _wrong({("FIN_WAIT_1", "RCV_FIN"): ("TIME_WAIT", "ACK")}),
        "SYN_SENT에서 SYN만 왔으면 아직 연결되지 않았다. 내 SYN을 확인받지 못했으므로 SYN_RCVD다: 동시 개방 (RFC "
        "9293 그림 7).": _wrong({("SYN_SENT", "RCV_SYN"): ("ESTABLISHED", "ACK")}),
        "SYN이 엇갈렸을 때 ACK만 보냈다. RFC 793의 그림이 그렇게 적었던 것으로, 글과 RFC 9293에서는 SYN,ACK다 "
        "(RFC 9293 §3.10.7.3).": _wrong({("SYN_SENT", "RCV_SYN"): ("SYN_RCVD", "ACK")}),
        "수동 개방한 쪽은 여는 중에 RST를 받아도 없어지지 않는다. 다시 듣는다: LISTEN (그림 5의 주석 1).": _wrong(
            {("SYN_RCVD", "RCV_RST"): ("CLOSED", None)}
        ),
        "능동 개방한 쪽은 돌아갈 LISTEN이 없다. RST를 받으면 거절된 것이므로 CLOSED다 (RFC 9293 §3.10.7.4).": _wrong(
            {("SYN_RCVD", "RCV_RST_ACTIVE"): ("LISTEN", None)}
        ),
        "RST에 RST로 답했다. 답하면 두 쪽이 RST를 끝없이 주고받는다 (RFC 9293 §3.10.7.1).": _wrong(
            {("CLOSED", "RCV_RST"): ("CLOSED", "RST"), ("LISTEN", "RCV_RST"): ("LISTEN", "RST")}
        ),
        "ABORT가 언제나 RST를 보내지는 않는다. SYN_SENT에는 아직 상대가 없고, CLOSING·LAST_ACK·TIME_WAIT에서는 이미 "
        "주고받을 것이 없다 (RFC 9293 §3.10.5).": _wrong(_each(tuple(State), Event.ABORT, lambda _: ("CLOSED", "RST"))),
        "RST를 보낸 뒤에 TIME_WAIT로 갔다. 그림 5의 주석 3은 그렇게 말하지만, 규칙을 정한 §3.10.5에서는 CLOSED이고 "
        "리눅스도 그렇다.": _wrong(
            _each(
                (State.SYN_RCVD, State.ESTABLISHED, State.FIN_WAIT_1, State.FIN_WAIT_2, State.CLOSE_WAIT),
                Event.ABORT,
                lambda _: ("TIME_WAIT", "RST"),
            )
        ),
        "연결된 뒤에 온 SYN으로 연결을 끊었다. 가짜 SYN 하나로 남의 연결을 끊을 수 있게 된다. 상태는 그대로이고 ACK로 "
        "답한다 (RFC 5961 §4).": _wrong(_each(_SYNCHRONIZED, Event.RCV_SYN, lambda _: ("CLOSED", "RST"))),
        "연결된 뒤에 온 SYN을 못 본 척했다. 상대가 정말로 다시 시작한 것일 수 있으므로 ACK로 답해 확인하게 한다 "
        "(RFC 5961 §4).": _wrong(_each(_SYNCHRONIZED, Event.RCV_SYN, lambda state: (state.name, None))),
        "TIME_WAIT에서 또 온 FIN에 답하지 않았다. 마지막 ACK를 다시 보내는 것이 TIME_WAIT의 첫째 일이다 (RFC 9293 "
        "§3.10.7.4).": _wrong({("TIME_WAIT", "RCV_FIN"): ("TIME_WAIT", None)}),
        "보내는 것이 없으면 빈 글이 아니라 `None`이다.": lambda state, event: (
            next_state(state, event)[0],
            next_state(state, event)[1] or "",
        ),
        "표에 없는 짝에서 상태를 그대로 두었다. 일어날 수 없는 일이므로 `ValueError`로 알린다.": lambda state, event: (
            _instead(state, event, _stays)
        ),
        "표에 없는 짝에서 `KeyError`가 났다. `dict`에서 바로 꺼내지 말고 `ValueError`로 바꾸어 "
        "낸다.": lambda state, event: _instead(state, event, _missing_key),
    },
    explanation="교과서가 빼는 것은 모두 ‘엇갈림’과 ‘그만둠’이다. 두 쪽이 서로의 세그먼트를 보기 전에 움직이거나, 다 "
    "마치기 전에 그만두는 일이다. 네트워크에서는 둘 다 일어나므로 TCP의 코드에는 모두 있어야 한다.",
)

# ── who_waits ───────────────────────────────────────────────────────────────


def who_waits(events_a: Sequence[str], events_b: Sequence[str]) -> set[str]:
    """겪은 일이 끝났을 때 TIME_WAIT에 있는 쪽들."""
    return {end for end, events in zip(ENDS, (events_a, events_b), strict=True) if walk(events)[-1] == "TIME_WAIT"}


def _where(wanted: Callable[[Sequence[str], list[str]], bool]) -> Callable[..., set[str]]:
    """`wanted(겪은 일, 지나온 상태)`인 쪽을 고르는 오답."""

    def answer(events_a: Sequence[str], events_b: Sequence[str]) -> set[str]:
        both = zip(ENDS, (events_a, events_b), strict=True)
        return {end for end, events in both if wanted(events, walk(events))}

    return answer


def _closed_first(events: Sequence[str], visited: list[str]) -> bool:
    return "CLOSE" in events and "RCV_FIN" not in events[: events.index("CLOSE")]


def _one_only(events_a: Sequence[str], events_b: Sequence[str]) -> set[str]:
    return set(sorted(who_waits(events_a, events_b))[:1])


def _earlier(events_a: Sequence[str], events_b: Sequence[str]) -> set[str]:
    """두 쪽의 목록에서 CLOSE의 자리를 견주는 오답."""
    a, b = (list(events).index("CLOSE") if "CLOSE" in events else 99 for events in (events_a, events_b))
    return {"A"} if a < b else {"B"}


def _through_fin_wait_2(events: Sequence[str], visited: list[str]) -> bool:
    return visited[-1] == "TIME_WAIT" and "FIN_WAIT_2" in visited


def _lives(*steps: str) -> tuple[list[str], list[str]]:
    """무대에서 그 걸음들을 밟는 동안 두 끝이 겪은 일."""
    fired = Stage().play(*steps).fired
    a, b = ([line.event.name for line in fired if line.end == end] for end in ENDS)
    return a, b


def _preset(name: str, drop: int = 0) -> tuple[list[str], list[str]]:
    return _lives(*PRESETS[name][: len(PRESETS[name]) - drop])


_SERVER_CLOSES = (
    *PRESETS["3-way 핸드셰이크"], "B close", "deliver 4", "deliver 5", "A close", "deliver 6", "deliver 7",
)  # fmt: skip


def _played(rng: random.Random) -> Case:
    """아무 일이나 골라 움직인 무대."""
    stage = Stage().play(*PRESETS["3-way 핸드셰이크"])
    for _ in range(rng.randrange(4, 14)):
        # 잃은 것을 다시 보내고 포기하기까지의 긴 길보다, 서로 닫는 길을 자주 가게 한다.
        keys = [c.key for c in stage.choices() if not c.key.startswith("lose") and c.key[2:] not in ("abort", "crash")]
        if not keys:
            break
        stage.do(rng.choice(keys))
    return Case(tuple([line.event.name for line in stage.fired if line.end == end] for end in ENDS))


def _fresh_lives(rng: random.Random) -> list[Case]:
    def flipped(lives: tuple[list[str], list[str]]) -> Case:
        return Case(lives if rng.random() < 0.5 else (lives[1], lives[0]))

    waiting = [_preset(name, 1) for name in ("네 세그먼트로 닫기", "세 세그먼트로 닫기", "반닫기")]
    ending = [_preset(name) for name in ("네 세그먼트로 닫기", "ABORT로 끊기", "거부(RST)", "3-way 핸드셰이크")]
    both = [_preset("동시에 닫기", drop) for drop in (1, 2)]
    return [*map(flipped, [*waiting, *ending, *both]), *(_played(rng) for _ in range(6))]


WHO_WAITS = Problem(
    name="who_waits",
    lesson=LESSON,
    title="누가 기다리는가",
    points=2,
    rfc="RFC 9293 §3.3.2, §3.6",
    reference=who_waits,
    cases=(
        Case(_preset("네 세그먼트로 닫기", 1), note="A가 먼저 닫았을 때"),
        Case(tuple(reversed(_preset("네 세그먼트로 닫기", 1))), note="B(이번에는 능동 개방한 쪽)가 먼저 닫았을 때"),
        Case(_lives(*_SERVER_CLOSES), note="수동 개방한 쪽이 먼저 닫았을 때"),
        Case(_preset("세 세그먼트로 닫기", 1), note="ACK와 FIN이 한 세그먼트로 왔을 때"),
        Case(_preset("동시에 닫기", 2), note="FIN이 엇갈렸을 때"),
        Case(_preset("네 세그먼트로 닫기"), note="2 MSL이 지났을 때"),
        Case(_preset("네 세그먼트로 닫기", 4), note="한쪽만 닫았을 때"),
        Case(_preset("ABORT로 끊기"), note="RST로 끊었을 때"),
        Case(_lives(*PRESETS["네 세그먼트로 닫기"][:-2], "B abort"), note="마지막 ACK를 기다리다 그만두었을 때"),
        Case(_preset("3-way 핸드셰이크"), note="아직 닫지 않았을 때"),
    ),
    fresh_cases=_fresh_lives,
    hints=(
        "‘먼저 닫은 쪽’이라는 요령보다 확실한 방법이 있다. 겪은 일을 따라가면 그쪽이 지금 어느 상태에 있는지 나온다.",
        "앞에서 만든 `walk`를 두 번 부르고, 지나온 길의 **마지막** 상태를 보자.",
        '`{이름 for 이름, 사건들 in (("A", events_a), ("B", events_b)) if …}`처럼 집합을 만들 수 있다. 아무도 없으면 '
        "`set()`이다.",
    ),
    mistakes={
        "TIME_WAIT를 나중에 닫은 쪽에 두었다. 상대의 FIN을 먼저 받은 쪽은 CLOSE_WAIT와 LAST_ACK를 거쳐 곧바로 "
        "CLOSED가 된다.": _where(lambda events, visited: "CLOSE_WAIT" in visited),
        "CLOSE_WAIT와 TIME_WAIT를 섞었다. CLOSE_WAIT는 내 프로그램의 close()를 기다리는, 나중에 닫는 쪽의 "
        "상태다.": _where(lambda events, visited: visited[-1] in ("TIME_WAIT", "CLOSE_WAIT")),
        "TIME_WAIT를 클라이언트(능동 개방한 쪽)의 상태로 보았다. 누가 열었는지가 아니라 누가 먼저 닫았는지로 "
        "갈린다.": _where(lambda events, visited: "OPEN_ACTIVE" in events and {"CLOSE", "RCV_FIN"} <= set(events)),
        "먼저 CLOSE를 부른 것만 보았다. 상대의 FIN까지 받아야 TIME_WAIT에 이르고, RST로 끊기거나 2 MSL이 지나면 "
        "떠난다.": _where(_closed_first),
        "TIME_WAIT를 지난 적이 있는 쪽을 골랐다. 2 MSL이 지난 쪽은 이미 CLOSED다. 마지막 상태를 보자.": _where(
            lambda events, visited: "TIME_WAIT" in visited
        ),
        "한쪽만 골랐다. FIN이 엇갈리면 두 쪽이 모두 먼저 닫은 쪽이라 둘 다 TIME_WAIT에 있다 (RFC 9293 그림 "
        "13).": _one_only,
        "두 목록에서 CLOSE의 자리를 견주었다. 저마다의 목록이라 자리로는 누가 먼저인지 알 수 없고, 둘 다이거나 아무도 "
        "아닐 수도 있다.": _earlier,
        "FIN_WAIT_2를 거친 것만 셌다. FIN_WAIT_1에서 곧바로, 또는 CLOSING을 거쳐서도 TIME_WAIT로 간다 (그림 5의 주석 "
        "2).": _where(_through_fin_wait_2),
    },
    explanation="TIME_WAIT로 들어오는 길은 셋(FIN_WAIT_2, CLOSING, FIN_WAIT_1)이고 모두 ‘상대의 FIN을 보기 "
    "전에 CLOSE를 "
    "부른’ 쪽의 길이다. 서버냐 클라이언트냐는 상관이 없다.",
)

# ── stuck_states ────────────────────────────────────────────────────────────

# 상태 → (이만큼부터, ESTABLISHED보다도 많아야 하는가)
_LIMITS = {
    "CLOSE_WAIT": (10, False), "SYN_SENT": (10, True), "SYN_RCVD": (10, True), "FIN_WAIT_1": (100, False),
    "FIN_WAIT_2": (100, False), "CLOSING": (100, False), "LAST_ACK": (100, False), "TIME_WAIT": (20_000, False),
}  # fmt: skip
_Limits = Mapping[str, tuple[int, bool]]


def stuck_states(counts: Mapping[str, int], limits: _Limits = _LIMITS) -> list[str]:
    """살펴야 할 상태들, 많은 것부터."""
    opened = counts.get("ESTABLISHED", 0)
    stuck = []
    for state, (least, outnumbers) in limits.items():
        count = counts.get(state, 0)
        if count >= least and (count > opened or not outnumbers):
            stuck.append(state)
    return sorted(stuck, key=lambda state: (-counts[state], state))


def _limited(limits: _Limits) -> Callable[[Mapping[str, int]], list[str]]:
    return lambda counts: stuck_states(counts, limits)


def _no_default(counts: Mapping[str, int]) -> list[str]:
    counts["ESTABLISHED"]
    return stuck_states(counts)


def _fresh_counts(rng: random.Random) -> list[Case]:
    names = [state.name for state in State]

    def one() -> Case:
        counts = {name: rng.choice((0, 1, 9, 10, 11, 40, 99, 100, 101, 500)) for name in rng.sample(names, 6)}
        if rng.random() < 0.7:
            counts["TIME_WAIT"] = rng.choice((300, 9_000, 19_999, 20_000, 26_000))
        return Case((counts,))

    quiet = {"LISTEN": rng.randrange(200, 400), "ESTABLISHED": rng.randrange(5000, 90000)}
    leak = {"CLOSE_WAIT": rng.randrange(10, 90), "TIME_WAIT": rng.randrange(1000, 19000)}
    named = [Case((quiet,), note="걱정할 것이 없을 때"), Case((leak,), note="닫지 않는 프로그램")]
    return [*(one() for _ in range(6)), *named]


STUCK_STATES = Problem(
    name="stuck_states",
    lesson=LESSON,
    title="살펴야 할 상태",
    points=2,
    rfc="RFC 9293 §3.3.2",
    reference=stuck_states,
    cases=(
        Case(({"LISTEN": 12, "ESTABLISHED": 840, "TIME_WAIT": 3100, "CLOSE_WAIT": 2},), note="보통의 웹 서버"),
        Case(({"LISTEN": 12, "ESTABLISHED": 840, "TIME_WAIT": 3100, "CLOSE_WAIT": 611},), note="close()를 빠뜨린 서버"),
        Case(({"LISTEN": 3, "ESTABLISHED": 20, "SYN_RCVD": 256},), note="마치지 못한 핸드셰이크가 더 많을 때"),
        Case(({"LISTEN": 3, "ESTABLISHED": 900, "SYN_RCVD": 256},), note="바쁜 서버"),
        Case(({"SYN_SENT": 14},), note="ESTABLISHED가 없을 때"),
        Case(({"ESTABLISHED": 10, "SYN_SENT": 10},), note="수가 꼭 같을 때"),
        Case(({"CLOSE_WAIT": 10, "FIN_WAIT_2": 100, "LAST_ACK": 99},), note="꼭 그만큼일 때"),
        Case(({"FIN_WAIT_1": 130, "CLOSING": 130, "FIN_WAIT_2": 400, "TIME_WAIT": 21000},), note="여럿일 때의 차례"),
        Case(({"ESTABLISHED": 50_000, "LISTEN": 300},), note="많아도 괜찮은 상태"),
    ),
    fresh_cases=_fresh_counts,
    hints=(
        "표를 `dict`로 옮기자: 상태의 이름 → (이만큼부터, ESTABLISHED보다 많아야 하는가). 반복문 하나로 모두 "
        "볼 수 있다.",
        "없는 상태는 0개다. `counts.get(이름, 0)`이면 `KeyError`가 나지 않는다.",
        "`sorted(…, key=lambda state: (-counts[state], state))`는 많은 것부터, 같으면 이름의 차례로 놓는다.",
    ),
    mistakes={
        "TIME_WAIT를 수십 개부터 걱정했다. 먼저 닫은 쪽의 정상인 상태이고 저절로 사라진다. 포트가 모자랄 만큼일 때만 "
        "센다.": _limited({**_LIMITS, "TIME_WAIT": (10, False)}),
        "CLOSE_WAIT와 TIME_WAIT를 섞었다. 프로그램이 닫지 않아 쌓이는 것은 CLOSE_WAIT다: 10개부터. TIME_WAIT는 "
        "20000개부터다.": _limited({**_LIMITS, "TIME_WAIT": (10, False), "CLOSE_WAIT": (20_000, False)}),
        "여는 중인 상태(SYN_SENT, SYN_RCVD)를 ESTABLISHED와 견주지 않았다. 바쁜 곳에서는 여는 중인 연결도 "
        "많다.": _limited({name: (least, False) for name, (least, _) in _LIMITS.items()}),
        "‘이상’을 ‘초과’로 셌다. 꼭 그만큼이어도 살펴야 한다.": _limited(
            {name: (least + 1, outnumbers) for name, (least, outnumbers) in _LIMITS.items()}
        ),
        "SYN_SENT나 SYN_RCVD가 ESTABLISHED와 꼭 같으면 더 많은 것이 아니다. ‘보다 많을 때’만 센다.": lambda counts: (
            stuck_states({**counts, "ESTABLISHED": counts.get("ESTABLISHED", 0) - 1})
        ),
        "모든 상태에 같은 기준(10개)을 썼다. 저절로 사라지는 상태일수록 많아도 괜찮다.": _limited(
            dict.fromkeys(_LIMITS, (10, False))
        ),
        "ESTABLISHED나 LISTEN은 많아도 괜찮다. 일하고 있거나 기다리는 중이다.": _limited(
            {**_LIMITS, "ESTABLISHED": (100, False), "LISTEN": (100, False)}
        ),
        "`counts`에 없는 상태에서 `KeyError`가 났다. 없는 것은 0개다.": _no_default,
        "차례가 다르다. 많은 것부터, 수가 같으면 이름의 차례로 놓는다.": lambda counts: sorted(stuck_states(counts)),
    },
    explanation="무엇을 기다리는 상태인지가 곧 어디를 볼지를 말해 준다. CLOSE_WAIT는 내 프로그램, SYN_SENT와 "
    "SYN_RCVD와 "
    "FIN_WAIT_1·CLOSING·LAST_ACK는 답이 없는 상대나 네트워크, FIN_WAIT_2는 닫지 않는 상대의 프로그램, "
    "TIME_WAIT는 시계다.",
)

# ── fill_states ─────────────────────────────────────────────────────────────

_CLOSINGS: dict[str, Callable[..., Trace]] = {
    "네 세그먼트로 닫는 표": closing.normal_close,
    "세 세그먼트로 닫는 표": closing.three_segment_close,
    "동시에 닫는 표": closing.simultaneous_close,
    "반닫기로 끝나는 표": closing.half_close,
}


def states_table(rng: random.Random) -> PacketTable:
    """네 가지 방법 가운데 하나로 닫은 연결. 보낸 쪽의 상태가 가려져 있다."""
    title = rng.choice(tuple(_CLOSINGS))
    # 이 표에서는 번호가 주인공이 아니다. 짧은 번호면 좁은 화면에도 상태의 열까지 들어간다.
    numbers: dict[str, Any] = {"client_isn": rng.randrange(1, 90000), "server_isn": rng.randrange(1, 90000)}
    # 데이터와 FIN이 같은 순간에 나가면 데이터를 보낸 때의 상태가 둘이 된다. 서버의 데이터만 둔다.
    extra: dict[str, Any] = {"request": 0, "response": rng.randrange(1, 1400)} if title.startswith("반닫기") else {}
    trace = _CLOSINGS[title](delay=rng.choice((0.01, 0.02, 0.05)), **numbers, **extra)
    table = PacketTable.of(trace, title=title, columns=(*WITH_ARRIVAL, "state"))
    table = table.hide(rng, ("state",), count=6, solve=fill_states)
    return replace(table, hints=_state_hints(table))


def _state_hints(table: PacketTable) -> dict[tuple[int, str], str]:
    told = sender_states(table.filled())
    return {cell: _state_hint(told[cell[0]]) for cell in table.cells}


def _state_hint(sent: Sent) -> str:
    events = ", ".join(event.korean for event in sent.events) or "상태를 바꿀 일은 없었다"
    return f"이 쪽의 앞 상태는 {sent.before.name}. 그 뒤로 이 세그먼트를 보내기까지 일어난 일: {events}."


def _by(change: Callable[[Sent], State]) -> Callable[[list[Row]], list[Row]]:
    """보낼 때의 상태들에서 다른 것을 고르는 오답."""

    def answer(rows: list[Row]) -> list[Row]:
        told = sender_states(rows)
        return [{**row, "state": row["state"] or change(told[row["number"]]).name} for row in rows]

    return answer


def _with(*rows: tuple[State, Event, State]) -> Callable[[list[Row]], list[Row]]:
    """표의 몇 줄을 잘못 아는 오답."""
    table = {**TRANSITIONS, **{(old, event): (Action.NONE, new) for old, event, new in rows}}
    return lambda given: fill_states(given, table)


_BY_FLAGS = {"SYN": "SYN_SENT", "SYN,ACK": "SYN_RCVD", "ACK": "ESTABLISHED", "FIN,ACK": "FIN_WAIT_1"}


def _by_flags(rows: list[Row]) -> list[Row]:
    """플래그마다 상태 하나를 정해 둔 오답."""
    return [{**row, "state": row["state"] or _BY_FLAGS.get(row["flags"], "ESTABLISHED")} for row in rows]


_S, _E = State, Event
_MIXED = {_S.CLOSE_WAIT: _S.TIME_WAIT, _S.TIME_WAIT: _S.CLOSE_WAIT}
_WRONG_SIDE = {_S.LAST_ACK: _S.TIME_WAIT, _S.TIME_WAIT: _S.CLOSED}

FILL_STATES = packet_table_problem(
    name="fill_states",
    lesson=LESSON,
    title="빈칸 채우기: 보낸 쪽의 상태",
    points=3,
    rfc="RFC 9293 §3.3.2, §3.6 그림 12, 13",
    make=states_table,
    solve=fill_states,
    public=(1, 2, 5, 11),  # 네 가지 닫는 방법이 하나씩
    hints=(
        "상태는 쪽마다 하나다. 일을 시각의 차례로 놓자: 세그먼트가 나가는 일(`time`)과 닿는 일(`arrived`). "
        "같은 시각이면 "
        "닿는 것이 먼저다.",
        "나갈 때 상태를 바꾸는 것은 첫 SYN과 FIN뿐이다(OPEN_ACTIVE, CLOSE). 나머지는 모두 닿을 때 바뀐다.",
        "닿은 ACK가 사건이 되는 때는 둘이다: SYN_RCVD일 때, 그리고 내 FIN을 확인할 때(`ack`가 내 FIN의 `seq`에 "
        "`length`와 "
        "1을 더한 번호). 데이터만 확인하는 ACK는 상태를 바꾸지 않는다.",
        "FIN이 닿았을 때 FIN_WAIT_1이면 그 `ack`를 보자. 내 FIN까지 확인하면 RCV_FIN_ACK, 아니면 엇갈린 것이니 "
        "RCV_FIN이다.",
    ),
    mistakes={
        "`state`의 빈칸이 그대로다. `None`인 칸에 상태의 이름을 적는다.": lambda rows: rows,
        "보내기 **전의** 상태를 적었다. 이 세그먼트를 내보낸 사건까지 따른 뒤의 상태를 적는다.": _by(
            lambda sent: sent.before
        ),
        "플래그만 보고 적었다. 같은 ACK라도 그때까지 무엇이 오갔는지에 따라 상태가 다르다.": _by_flags,
        "받는 쪽의 상태를 적었다. 이 열은 그 줄을 **보낸** 쪽의 상태다.": _by(lambda sent: sent.peer),
        "TIME_WAIT를 나중에 닫은 쪽에 적었다. 나중에 닫은 쪽은 FIN을 보내고 LAST_ACK에서 마지막 ACK를 기다린다.": _by(
            lambda sent: _WRONG_SIDE.get(sent.after, sent.after)
        ),
        "CLOSE_WAIT와 TIME_WAIT를 섞었다. FIN을 받았지만 아직 닫지 않은 쪽이 CLOSE_WAIT다.": _by(
            lambda sent: _MIXED.get(sent.after, sent.after)
        ),
        "FIN이 엇갈린 것을 보지 못했다. 내 FIN을 확인받기 전에 상대의 FIN이 오면 CLOSING이다 (RFC 9293 그림 "
        "13).": _with((_S.FIN_WAIT_1, _E.RCV_FIN, _S.TIME_WAIT)),
        "내 FIN의 ACK를 받고도 FIN_WAIT_1에 머물렀다. 확인받은 뒤는 상대의 FIN만 기다리는 FIN_WAIT_2다.": _by(
            lambda sent: _S.FIN_WAIT_1 if sent.after is _S.FIN_WAIT_2 else sent.after
        ),
        "나중에 닫은 쪽의 FIN을 FIN_WAIT_1로 적었다. 상대의 FIN을 이미 받았으므로 LAST_ACK다.": _by(
            lambda sent: _S.FIN_WAIT_1 if sent.after is _S.LAST_ACK else sent.after
        ),
        "ACK와 FIN이 한 세그먼트로 나갈 때 CLOSE_WAIT라고 적었다. FIN이 나갔으면 이미 닫은 것이다: LAST_ACK.": _by(
            lambda sent: _S.CLOSE_WAIT if _E.RCV_FIN in sent.events and _E.CLOSE in sent.events else sent.after
        ),
    },
    explanation="캡처에는 상태가 적혀 있지 않다. 그래도 나가고 닿은 차례만 알면 두 쪽의 상태가 한 줄씩 "
    "정해진다. 장애를 "
    "살필 때 하는 일이 이것이다: 캡처에서 상태를 되살리고, 거기서 기다리던 것이 왔는지를 본다.",
)

PROBLEMS = (WALK, NEXT_STATE, WHO_WAITS, STUCK_STATES, FILL_STATES)
