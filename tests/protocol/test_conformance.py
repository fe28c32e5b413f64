"""RFC 9293 §3.3.2와 §3.10의 전이를 모두, 진짜 세그먼트와 호출로 일으킨다.

표는 `state.TRANSITIONS`를 보지 않고 RFC의 글에서 옮겨 적었다. 줄마다 상태, 사건, 나가야 할 세그먼트, 다음 상태, 절이다.
"""

from collections.abc import Callable

import pytest
from hand import IRS, ISS, reach, seg

from tcpedu.protocol.connection import Connection
from tcpedu.protocol.segment import Segment
from tcpedu.protocol.state import SECTIONS, TRANSITIONS, Event, State

RFC_9293 = """
CLOSED       OPEN_PASSIVE    -        LISTEN       3.10.1
CLOSED       OPEN_ACTIVE     SYN      SYN_SENT     3.10.1
CLOSED       RCV_SYN         RST,ACK  CLOSED       3.10.7.1
CLOSED       RCV_ACK         RST      CLOSED       3.10.7.1
CLOSED       RCV_RST         -        CLOSED       3.10.7.1
LISTEN       OPEN_ACTIVE     SYN      SYN_SENT     3.10.1
LISTEN       SEND            SYN      SYN_SENT     3.10.2
LISTEN       CLOSE           -        CLOSED       3.10.4
LISTEN       ABORT           -        CLOSED       3.10.5
LISTEN       RCV_RST         -        LISTEN       3.10.7.2
LISTEN       RCV_ACK         RST      LISTEN       3.10.7.2
LISTEN       RCV_SYN         SYN,ACK  SYN_RCVD     3.10.7.2
SYN_SENT     CLOSE           -        CLOSED       3.10.4
SYN_SENT     ABORT           -        CLOSED       3.10.5
SYN_SENT     RCV_RST         -        CLOSED       3.10.7.3
SYN_SENT     RCV_SYN_ACK     ACK      ESTABLISHED  3.10.7.3
SYN_SENT     RCV_SYN         SYN,ACK  SYN_RCVD     3.10.7.3
SYN_SENT     USER_TIMEOUT    -        CLOSED       3.10.8
SYN_RCVD     CLOSE           FIN,ACK  FIN_WAIT_1   3.10.4
SYN_RCVD     ABORT           RST,ACK  CLOSED       3.10.5
SYN_RCVD     RCV_RST         -        LISTEN       3.10.7.4
SYN_RCVD     RCV_RST_ACTIVE  -        CLOSED       3.10.7.4
SYN_RCVD     RCV_SYN         -        LISTEN       3.10.7.4
SYN_RCVD     RCV_ACK         -        ESTABLISHED  3.10.7.4
SYN_RCVD     RCV_FIN         ACK      CLOSE_WAIT   3.10.7.4
SYN_RCVD     USER_TIMEOUT    -        CLOSED       3.10.8
ESTABLISHED  CLOSE           FIN,ACK  FIN_WAIT_1   3.10.4
ESTABLISHED  ABORT           RST,ACK  CLOSED       3.10.5
ESTABLISHED  RCV_RST         -        CLOSED       3.10.7.4
ESTABLISHED  RCV_SYN         ACK      ESTABLISHED  3.10.7.4
ESTABLISHED  RCV_FIN         ACK      CLOSE_WAIT   3.10.7.4
ESTABLISHED  USER_TIMEOUT    -        CLOSED       3.10.8
FIN_WAIT_1   ABORT           RST,ACK  CLOSED       3.10.5
FIN_WAIT_1   RCV_RST         -        CLOSED       3.10.7.4
FIN_WAIT_1   RCV_SYN         ACK      FIN_WAIT_1   3.10.7.4
FIN_WAIT_1   RCV_ACK         -        FIN_WAIT_2   3.10.7.4
FIN_WAIT_1   RCV_FIN         ACK      CLOSING      3.10.7.4
FIN_WAIT_1   RCV_FIN_ACK     ACK      TIME_WAIT    3.10.7.4
FIN_WAIT_1   USER_TIMEOUT    -        CLOSED       3.10.8
FIN_WAIT_2   ABORT           RST,ACK  CLOSED       3.10.5
FIN_WAIT_2   RCV_RST         -        CLOSED       3.10.7.4
FIN_WAIT_2   RCV_SYN         ACK      FIN_WAIT_2   3.10.7.4
FIN_WAIT_2   RCV_FIN         ACK      TIME_WAIT    3.10.7.4
FIN_WAIT_2   USER_TIMEOUT    -        CLOSED       3.10.8
CLOSE_WAIT   CLOSE           FIN,ACK  LAST_ACK     3.10.4
CLOSE_WAIT   ABORT           RST,ACK  CLOSED       3.10.5
CLOSE_WAIT   RCV_RST         -        CLOSED       3.10.7.4
CLOSE_WAIT   RCV_SYN         ACK      CLOSE_WAIT   3.10.7.4
CLOSE_WAIT   USER_TIMEOUT    -        CLOSED       3.10.8
CLOSING      ABORT           -        CLOSED       3.10.5
CLOSING      RCV_RST         -        CLOSED       3.10.7.4
CLOSING      RCV_SYN         ACK      CLOSING      3.10.7.4
CLOSING      RCV_ACK         -        TIME_WAIT    3.10.7.4
CLOSING      USER_TIMEOUT    -        CLOSED       3.10.8
LAST_ACK     ABORT           -        CLOSED       3.10.5
LAST_ACK     RCV_RST         -        CLOSED       3.10.7.4
LAST_ACK     RCV_SYN         ACK      LAST_ACK     3.10.7.4
LAST_ACK     RCV_ACK         -        CLOSED       3.10.7.4
LAST_ACK     USER_TIMEOUT    -        CLOSED       3.10.8
TIME_WAIT    ABORT           -        CLOSED       3.10.5
TIME_WAIT    RCV_RST         -        CLOSED       3.10.7.4
TIME_WAIT    RCV_SYN         ACK      TIME_WAIT    3.10.7.4
TIME_WAIT    RCV_FIN         ACK      TIME_WAIT    3.10.7.4
TIME_WAIT    TIMEOUT_2MSL    -        CLOSED       3.10.8
"""

ROWS = [tuple(row.split()) for row in RFC_9293.strip().splitlines()]
NOW = 0.5
PEER_FIN_TAKEN = (State.CLOSE_WAIT, State.CLOSING, State.LAST_ACK, State.TIME_WAIT)
OUR_FIN_SENT = (State.FIN_WAIT_1, State.CLOSING, State.LAST_ACK)


def call(do: Callable[[Connection], object]) -> Callable[[Connection], list[Segment]]:
    """사용자 호출을 하고, 그 뒤에 나가는 것을 본다."""

    def drive(connection: Connection) -> list[Segment]:
        do(connection)
        return connection.poll(NOW)

    return drive


def syn(connection: Connection) -> list[Segment]:
    state = connection.state
    seq = IRS if state in (State.CLOSED, State.LISTEN, State.SYN_SENT) else IRS + 10  # 윈도우 안
    return connection.receive(seg("S", seq), NOW)


def acknowledge(connection: Connection) -> list[Segment]:
    taken = connection.state in PEER_FIN_TAKEN
    number = ISS + 1 + (connection.state in OUR_FIN_SENT)
    return connection.receive(seg("", IRS + 1 + taken, ack=number), NOW)


def fin(connection: Connection) -> list[Segment]:
    acked = connection.state in (State.FIN_WAIT_2, State.TIME_WAIT)
    return connection.receive(seg("F", ack=ISS + 1 + acked), NOW)


def reset(connection: Connection) -> list[Segment]:
    if connection.state is State.SYN_SENT:
        return connection.receive(seg("R", 0, ack=ISS + 1), NOW)
    return connection.receive(seg("R", IRS + 1 + (connection.state in PEER_FIN_TAKEN)), NOW)


def out_of_patience(connection: Connection) -> list[Segment]:
    """상대가 아무 답도 하지 않는다: 재전송이든 킵얼라이브든 되풀이하다가 포기한다."""
    if connection.state in (State.ESTABLISHED, State.CLOSE_WAIT):
        connection.write(b"x")
    out = connection.poll(NOW)
    while (at := connection.next_timer()) is not None:
        out = connection.poll(at)
    assert connection.error is not None
    return out


def wait(connection: Connection) -> list[Segment]:
    at = connection.next_timer()
    assert at is not None
    return connection.poll(at)


DRIVES: dict[str, Callable[[Connection], list[Segment]]] = {
    "OPEN_PASSIVE": call(lambda c: c.listen()),
    "OPEN_ACTIVE": call(lambda c: c.open()),
    "SEND": call(lambda c: c.write(b"x")),
    "CLOSE": call(lambda c: c.close()),
    "ABORT": call(lambda c: c.abort()),
    "RCV_SYN": syn,
    "RCV_SYN_ACK": lambda c: c.receive(seg("S", IRS, ack=ISS + 1), NOW),
    "RCV_ACK": acknowledge,
    "RCV_FIN": fin,
    "RCV_FIN_ACK": lambda c: c.receive(seg("F", ack=ISS + 2), NOW),
    "RCV_RST": reset,
    "RCV_RST_ACTIVE": reset,
    "TIMEOUT_2MSL": wait,
    "USER_TIMEOUT": out_of_patience,
}


def start(state: str, event: str) -> Connection:
    passive = state == "SYN_RCVD" and event in ("RCV_RST", "RCV_SYN")
    return reach(State[state], active=not passive, retries=2, syn_retries=2, keepalive=10.0, keepalive_probes=2)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]}-{row[1]}")
def test_every_transition(row: tuple[str, ...]) -> None:
    state, event, expected, target, section = row
    connection = start(state, event)
    sent = DRIVES[event](connection)
    assert connection.state.name == target
    assert [str(segment.flags) for segment in sent] == ([] if expected == "-" else [expected])
    assert SECTIONS[State[state], Event[event]] == f"RFC 9293 §{section}"


def test_every_row_of_the_table_is_driven() -> None:
    assert {(State[row[0]], Event[row[1]]) for row in ROWS} == TRANSITIONS.keys()


def test_every_state_is_entered_and_left() -> None:
    assert {row[0] for row in ROWS} == {row[3] for row in ROWS} == {state.name for state in State}


@pytest.mark.parametrize("state", [s for s in State if s not in (State.CLOSED, State.LISTEN, State.SYN_SENT)])
def test_a_segment_outside_the_window_is_answered_and_dropped(state: State) -> None:
    """§3.10.7.4 첫째: <SEQ=SND.NXT><ACK=RCV.NXT><CTL=ACK>. RST에는 답하지 않는다."""
    connection = reach(state)
    (answer,) = connection.receive(seg("", IRS + 100_000, ack=ISS + 1, data=b"x"), NOW)
    assert (str(answer.flags), answer.ack) == ("ACK", connection.rcv_nxt)
    assert connection.receive(seg("R", IRS + 100_000), NOW) == []
    assert connection.state is state


@pytest.mark.parametrize("state", [s for s in State if s not in (State.CLOSED, State.LISTEN, State.SYN_SENT)])
def test_a_segment_without_ack_is_dropped(state: State) -> None:
    """§3.10.7.4 다섯째."""
    connection = reach(state)
    assert connection.receive(seg("", IRS + 1 + (state in PEER_FIN_TAKEN), data=b"x"), NOW) == []
    assert (connection.state, connection.readable) == (state, 0)
