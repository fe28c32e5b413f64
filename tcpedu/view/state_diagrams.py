"""전이 표(`TRANSITIONS`)에서 만든 상태 다이어그램: 모두, 반쪽, 교과서처럼 줄인 것.

강의: lessons/04_connection_establishment.ipynb, lessons/06_state_diagram.ipynb
"""

from __future__ import annotations

from tcpedu.protocol.state import TRANSITIONS, Action, Event, State

from .builder import Diagram, StateBuilder, wrap
from .words import josa

OPENING = (State.CLOSED, State.LISTEN, State.SYN_SENT, State.SYN_RCVD, State.ESTABLISHED)
CLOSING = (
    State.ESTABLISHED, State.FIN_WAIT_1, State.FIN_WAIT_2, State.CLOSING, State.TIME_WAIT, State.CLOSE_WAIT,
    State.LAST_ACK, State.CLOSED,
)  # fmt: skip
_PARTS = {"all": (tuple(State), "연결의 모든 상태"), "open": (OPENING, "연결 수립"), "close": (CLOSING, "연결 종료")}
# 거의 모든 상태에서 CLOSED로 가는 사건들. 다 그리면 11개 상태의 그림이 읽히지 않는다.
_ABRUPT = {Event.ABORT, Event.RCV_RST, Event.RCV_RST_ACTIVE, Event.USER_TIMEOUT}
_Edge = tuple[State, Event]
# 교과서가 흔히 그리는 길: 한쪽이 열고, 한쪽이 먼저 닫고, 잃은 것도 엇갈린 것도 없다.
TEXTBOOK = frozenset({
    (State.CLOSED, Event.OPEN_PASSIVE), (State.CLOSED, Event.OPEN_ACTIVE), (State.LISTEN, Event.RCV_SYN),
    (State.SYN_SENT, Event.RCV_SYN_ACK), (State.SYN_RCVD, Event.RCV_ACK), (State.ESTABLISHED, Event.CLOSE),
    (State.ESTABLISHED, Event.RCV_FIN), (State.FIN_WAIT_1, Event.RCV_ACK), (State.FIN_WAIT_2, Event.RCV_FIN),
    (State.CLOSE_WAIT, Event.CLOSE), (State.LAST_ACK, Event.RCV_ACK), (State.TIME_WAIT, Event.TIMEOUT_2MSL),
})  # fmt: skip


def state_diagram(
    part: str = "all", *, current: State | str | None = None, last: _Edge | None = None, abrupt: bool = False,
    simplified: bool = False,
) -> Diagram:  # fmt: skip
    """전이 표(`TRANSITIONS`)에서 만든 상태 다이어그램 (RFC 9293 §3.3.2).

    `part`는 "all"(모두), "open"(연결 수립), "close"(연결 종료). `current`는 색과 굵은 테두리로, 방금 지나온 전이
    `last=(상태, 사건)`은 ▶로 드러난다. 제자리 전이는 그리지 않으며, RST·ABORT·사용자 타임아웃으로 CLOSED로 가는 전이는
    `abrupt=True`일 때만 그린다. `simplified=True`는 교과서의 그림처럼 줄이고, 무엇을 뺐는지 설명에 적는다.
    강의: lessons/06_state_diagram.ipynb

    >>> state_diagram("open", current="SYN_SENT").title
    '상태 다이어그램: 연결 수립'
    """
    if part not in _PARTS:
        raise ValueError(f"part는 {', '.join(_PARTS)} 가운데 하나여야 합니다: {part!r}")
    states, name = _PARTS[part]
    here = _state(current)
    _check_last(last, states)
    every = [edge for edge in TRANSITIONS if _drawn(edge, states, abrupt) or edge == last]
    edges = [edge for edge in every if edge in TEXTBOOK or edge == last] if simplified else every
    touched = {here, *(state for edge in edges for state in (edge[0], TRANSITIONS[edge][1]))}
    states = tuple(state for state in states if state in touched)
    builder = StateBuilder({state.name: _state_label(state, here) for state in states}, here.name if here else None)
    builder.start(states[0].name)
    for (old, new), texts in _merged(edges, last).items():
        builder.edge(old.name, new.name, "\n".join(texts))
    left_out = [edge for edge in every if edge not in edges]
    title = f"상태 다이어그램: {name}{' (줄인 그림)' if simplified else ''}"
    caption = _state_caption(states, edges, part, here, abrupt) + _left_out_caption(left_out, states, part)
    steps = [*map(_edge_text, edges), *(f"뺀 것: {_edge_text(edge)}" for edge in left_out)]
    return builder.build(title, caption, tuple(steps))


def _state(current: State | str | None) -> State | None:
    if isinstance(current, str) and current not in State.__members__:
        raise ValueError(f"상태의 이름이 아닙니다: {current}. 쓸 수 있는 이름: {', '.join(State.__members__)}")
    return State[current] if isinstance(current, str) else current


def _check_last(last: _Edge | None, states: tuple[State, ...]) -> None:
    if last is None:
        return
    if last not in TRANSITIONS:
        raise ValueError(f"전이 표에 없습니다: {last[0].name}에서 {last[1].name}")
    outside = [state.name for state in (last[0], TRANSITIONS[last][1]) if state not in states]
    if outside:
        raise ValueError(f"이 그림에는 {josa(outside[0], '이')} 없습니다. part를 바꾸어 주세요")


def _left_out_caption(left_out: list[_Edge], states: tuple[State, ...], part: str) -> str:
    if not left_out:
        return ""
    gone = [state.name for state in _PARTS[part][0] if state not in states]
    moves = dict.fromkeys(f"{edge[0].name} → {TRANSITIONS[edge][1].name}" for edge in left_out)
    lost = f"상태 {josa(', '.join(gone), '과')} " if gone else ""
    return f" 교과서처럼 줄인 그림이라 {lost}전이 {len(left_out)}개({', '.join(moves)})를 더 뺐다."


def _state_label(state: State, here: State | None) -> str:
    return f"{state.name}{' ◀ 지금' if state is here else ''}\n{wrap(state.korean)}"


def _drawn(edge: _Edge, states: tuple[State, ...], abrupt: bool) -> bool:
    old, new = edge[0], TRANSITIONS[edge][1]
    if old is new or old not in states or new not in states:
        return False
    # 연결 종료의 그림에서는 CLOSED에서 다시 나가는 전이를 빼고, 수립의 그림에서는 종료를 뺀다.
    if states is CLOSING and old is State.CLOSED:
        return False
    return abrupt or edge[1] not in _ABRUPT or new is not State.CLOSED


def _merged(edges: list[_Edge], last: _Edge | None) -> dict[tuple[State, State], list[str]]:
    merged: dict[tuple[State, State], list[str]] = {}
    for edge in edges:
        mark = "▶ " if edge == last else ""
        merged.setdefault((edge[0], TRANSITIONS[edge][1]), []).append(wrap(mark + _edge_label(edge)))
    return merged


def _edge_label(edge: _Edge) -> str:
    action = TRANSITIONS[edge][0]
    return edge[1].korean + (f" / {action.segment} 보냄" if action is not Action.NONE else "")


def _edge_text(edge: _Edge) -> str:
    return f"{edge[0].name} → {TRANSITIONS[edge][1].name}: {_edge_label(edge)}"


def _state_caption(states: tuple[State, ...], edges: list[_Edge], part: str, here: State | None, abrupt: bool) -> str:
    what = {"all": "TCP 연결의", "open": "연결을 맺는 동안의", "close": "연결을 끝내는 동안의"}[part]
    text = f"{what} 상태 {len(states)}개와 전이 {len(edges)}개"
    text += f", 지금은 {josa(here.name, '이다')}." if here else "다."
    if abrupt:
        return text
    return text + " RST를 받거나 ABORT를 부르거나 사용자 타임아웃이 나서 CLOSED로 가는 전이는 뺐다."
