"""연결의 상태와 전이를 한 표에 모은다 (RFC 9293 §3.3.2, §3.10).

상태 다이어그램, `Connection`의 동작, 오류 문구, 테스트, 연습문제 06이 모두 이 표에서 나온다.
강의: lessons/06_state_diagram.ipynb
"""

from __future__ import annotations

from enum import Enum


class State(Enum):
    """연결의 11가지 상태. 값은 우리말 풀이다 (RFC 9293 §3.3.2)."""

    CLOSED = "연결 없음"
    LISTEN = "SYN을 기다림"
    SYN_SENT = "SYN을 보내고 SYN,ACK를 기다림"
    SYN_RCVD = "SYN을 받고 내 SYN의 ACK를 기다림"
    ESTABLISHED = "연결됨"
    FIN_WAIT_1 = "FIN을 보내고 ACK를 기다림"
    FIN_WAIT_2 = "내 FIN은 확인됨, 상대의 FIN을 기다림"
    CLOSE_WAIT = "상대가 FIN을 보냄, 내 프로그램의 close()를 기다림"
    CLOSING = "FIN이 엇갈림, 내 FIN의 ACK를 기다림"
    LAST_ACK = "마지막 FIN을 보내고 ACK를 기다림"
    TIME_WAIT = "끝남, 2 MSL 동안 기다림"

    @property
    def korean(self) -> str:
        """우리말 풀이."""
        return self.value


class Event(Enum):
    """상태를 움직이는 사건. 값은 우리말 이름이다."""

    OPEN_PASSIVE = "수동 개방"
    OPEN_ACTIVE = "능동 개방"
    SEND = "SEND 호출"
    CLOSE = "CLOSE 호출"
    ABORT = "ABORT 호출"
    RCV_SYN = "SYN 수신"
    RCV_SYN_ACK = "SYN,ACK 수신"
    RCV_ACK = "내 SYN 또는 FIN의 ACK 수신"
    RCV_FIN = "FIN 수신"
    RCV_FIN_ACK = "내 FIN의 ACK를 실은 FIN 수신"
    RCV_RST = "RST 수신"
    RCV_RST_ACTIVE = "능동 개방한 쪽에서 RST 수신"
    TIMEOUT_2MSL = "2 MSL 경과"
    USER_TIMEOUT = "사용자 타임아웃"

    @property
    def korean(self) -> str:
        """우리말 이름."""
        return self.value


class Action(Enum):
    """전이할 때 하는 일. 값은 보내는 세그먼트의 플래그, 없으면 빈 문자열이다."""

    NONE = ""
    SEND_SYN = "SYN"
    SEND_SYN_ACK = "SYN,ACK"
    SEND_ACK = "ACK"
    SEND_FIN = "FIN"
    SEND_RST = "RST"

    @property
    def segment(self) -> str | None:
        """보내는 세그먼트의 플래그. 아무것도 보내지 않으면 `None`."""
        return self.value or None


_S, _E, _A = State, Event, Action

# 상태, 사건, 하는 일, 다음 상태, RFC 9293의 절
_ROWS: tuple[tuple[State, Event, Action, State, str], ...] = (
    (_S.CLOSED, _E.OPEN_PASSIVE, _A.NONE, _S.LISTEN, "3.10.1"),
    (_S.CLOSED, _E.OPEN_ACTIVE, _A.SEND_SYN, _S.SYN_SENT, "3.10.1"),
    (_S.CLOSED, _E.RCV_SYN, _A.SEND_RST, _S.CLOSED, "3.10.7.1"),
    (_S.CLOSED, _E.RCV_ACK, _A.SEND_RST, _S.CLOSED, "3.10.7.1"),
    (_S.CLOSED, _E.RCV_RST, _A.NONE, _S.CLOSED, "3.10.7.1"),
    (_S.LISTEN, _E.OPEN_ACTIVE, _A.SEND_SYN, _S.SYN_SENT, "3.10.1"),
    (_S.LISTEN, _E.SEND, _A.SEND_SYN, _S.SYN_SENT, "3.10.2"),
    (_S.LISTEN, _E.RCV_SYN, _A.SEND_SYN_ACK, _S.SYN_RCVD, "3.10.7.2"),
    (_S.LISTEN, _E.RCV_ACK, _A.SEND_RST, _S.LISTEN, "3.10.7.2"),
    (_S.LISTEN, _E.RCV_RST, _A.NONE, _S.LISTEN, "3.10.7.2"),
    (_S.LISTEN, _E.CLOSE, _A.NONE, _S.CLOSED, "3.10.4"),
    (_S.LISTEN, _E.ABORT, _A.NONE, _S.CLOSED, "3.10.5"),
    (_S.SYN_SENT, _E.RCV_SYN, _A.SEND_SYN_ACK, _S.SYN_RCVD, "3.10.7.3"),
    (_S.SYN_SENT, _E.RCV_SYN_ACK, _A.SEND_ACK, _S.ESTABLISHED, "3.10.7.3"),
    (_S.SYN_SENT, _E.RCV_RST, _A.NONE, _S.CLOSED, "3.10.7.3"),
    (_S.SYN_SENT, _E.CLOSE, _A.NONE, _S.CLOSED, "3.10.4"),
    (_S.SYN_SENT, _E.ABORT, _A.NONE, _S.CLOSED, "3.10.5"),
    (_S.SYN_SENT, _E.USER_TIMEOUT, _A.NONE, _S.CLOSED, "3.10.8"),
    (_S.SYN_RCVD, _E.RCV_ACK, _A.NONE, _S.ESTABLISHED, "3.10.7.4"),
    (_S.SYN_RCVD, _E.RCV_FIN, _A.SEND_ACK, _S.CLOSE_WAIT, "3.10.7.4"),
    (_S.SYN_RCVD, _E.RCV_RST, _A.NONE, _S.LISTEN, "3.10.7.4"),
    (_S.SYN_RCVD, _E.RCV_SYN, _A.NONE, _S.LISTEN, "3.10.7.4"),  # 수동 개방일 때. 윈도우 밖의 SYN에는 ACK로 답한다
    (_S.SYN_RCVD, _E.RCV_RST_ACTIVE, _A.NONE, _S.CLOSED, "3.10.7.4"),
    (_S.SYN_RCVD, _E.CLOSE, _A.SEND_FIN, _S.FIN_WAIT_1, "3.10.4"),
    (_S.SYN_RCVD, _E.ABORT, _A.SEND_RST, _S.CLOSED, "3.10.5"),
    (_S.SYN_RCVD, _E.USER_TIMEOUT, _A.NONE, _S.CLOSED, "3.10.8"),
    (_S.ESTABLISHED, _E.CLOSE, _A.SEND_FIN, _S.FIN_WAIT_1, "3.10.4"),
    (_S.ESTABLISHED, _E.RCV_FIN, _A.SEND_ACK, _S.CLOSE_WAIT, "3.10.7.4"),
    (_S.FIN_WAIT_1, _E.RCV_ACK, _A.NONE, _S.FIN_WAIT_2, "3.10.7.4"),
    (_S.FIN_WAIT_1, _E.RCV_FIN, _A.SEND_ACK, _S.CLOSING, "3.10.7.4"),
    (_S.FIN_WAIT_1, _E.RCV_FIN_ACK, _A.SEND_ACK, _S.TIME_WAIT, "3.10.7.4"),
    (_S.FIN_WAIT_2, _E.RCV_FIN, _A.SEND_ACK, _S.TIME_WAIT, "3.10.7.4"),
    (_S.CLOSE_WAIT, _E.CLOSE, _A.SEND_FIN, _S.LAST_ACK, "3.10.4"),
    (_S.CLOSING, _E.RCV_ACK, _A.NONE, _S.TIME_WAIT, "3.10.7.4"),
    (_S.LAST_ACK, _E.RCV_ACK, _A.NONE, _S.CLOSED, "3.10.7.4"),
    (_S.TIME_WAIT, _E.RCV_FIN, _A.SEND_ACK, _S.TIME_WAIT, "3.10.7.4"),
    (_S.TIME_WAIT, _E.TIMEOUT_2MSL, _A.NONE, _S.CLOSED, "3.10.8"),
    # ABORT는 아직 서로 주고받을 것이 있는 상태에서만 RST를 보낸다.
    *((state, _E.ABORT, _A.SEND_RST, _S.CLOSED, "3.10.5")
      for state in (_S.ESTABLISHED, _S.FIN_WAIT_1, _S.FIN_WAIT_2, _S.CLOSE_WAIT)),
    *((state, _E.ABORT, _A.NONE, _S.CLOSED, "3.10.5") for state in (_S.CLOSING, _S.LAST_ACK, _S.TIME_WAIT)),
    *((state, _E.RCV_RST, _A.NONE, _S.CLOSED, "3.10.7.4")
      for state in (_S.ESTABLISHED, _S.FIN_WAIT_1, _S.FIN_WAIT_2, _S.CLOSE_WAIT, _S.CLOSING, _S.LAST_ACK,
                    _S.TIME_WAIT)),
    # 동기화된 상태에서 받은 SYN에는 연결을 끊지 않고 challenge ACK로 답한다 (RFC 5961 §4).
    *((state, _E.RCV_SYN, _A.SEND_ACK, state, "3.10.7.4")
      for state in (_S.ESTABLISHED, _S.FIN_WAIT_1, _S.FIN_WAIT_2, _S.CLOSE_WAIT, _S.CLOSING, _S.LAST_ACK,
                    _S.TIME_WAIT)),
    *((state, _E.USER_TIMEOUT, _A.NONE, _S.CLOSED, "3.10.8")
      for state in (_S.ESTABLISHED, _S.FIN_WAIT_1, _S.FIN_WAIT_2, _S.CLOSE_WAIT, _S.CLOSING, _S.LAST_ACK)),
)  # fmt: skip

TRANSITIONS: dict[tuple[State, Event], tuple[Action, State]] = {
    (state, event): (action, target) for state, event, action, target, _ in _ROWS
}
"""(상태, 사건) → (하는 일, 다음 상태). 여기 없는 짝은 RFC에 없는 전이다."""

SECTIONS: dict[tuple[State, Event], str] = {
    (state, event): f"RFC 9293 §{section}" for state, event, _, _, section in _ROWS
}
"""(상태, 사건) → 그 전이를 정한 RFC의 절."""


class TransitionError(ValueError):
    """RFC에 없는 전이를 요청했다."""


def transition(state: State, event: Event) -> tuple[Action, State]:
    """표에서 전이를 찾는다 (RFC 9293 §3.3.2). 없으면 `TransitionError`.

    >>> transition(State.SYN_SENT, Event.RCV_SYN_ACK)
    (<Action.SEND_ACK: 'ACK'>, <State.ESTABLISHED: '연결됨'>)
    """
    try:
        return TRANSITIONS[state, event]
    except KeyError:
        possible = ", ".join(e.name for s, e in TRANSITIONS if s is state)
        raise TransitionError(
            f"{state.name} 상태에서는 {event.name}({event.korean})이 일어날 수 없습니다. 가능한 사건: {possible}"
        ) from None
