"""전이표 (RFC 9293 §3.3.2 그림 5와 그 주석, §3.10)."""

import pytest

from tcpedu.protocol.state import SECTIONS, TRANSITIONS, Action, Event, State, TransitionError, transition

# RFC 9293 그림 5의 화살표와 그 아래 주석 1–3을 옮겨 적은 것: 표와 따로 적어 서로 견준다.
FIGURE_5 = """
CLOSED       OPEN_PASSIVE    -        LISTEN
CLOSED       OPEN_ACTIVE     SYN      SYN_SENT
LISTEN       RCV_SYN         SYN,ACK  SYN_RCVD
LISTEN       SEND            SYN      SYN_SENT
LISTEN       CLOSE           -        CLOSED
SYN_SENT     CLOSE           -        CLOSED
SYN_SENT     RCV_SYN         SYN,ACK  SYN_RCVD
SYN_SENT     RCV_SYN_ACK     ACK      ESTABLISHED
SYN_RCVD     RCV_ACK         -        ESTABLISHED
SYN_RCVD     RCV_RST         -        LISTEN
SYN_RCVD     CLOSE           FIN      FIN_WAIT_1
ESTABLISHED  CLOSE           FIN      FIN_WAIT_1
ESTABLISHED  RCV_FIN         ACK      CLOSE_WAIT
FIN_WAIT_1   RCV_ACK         -        FIN_WAIT_2
FIN_WAIT_1   RCV_FIN         ACK      CLOSING
FIN_WAIT_1   RCV_FIN_ACK     ACK      TIME_WAIT
FIN_WAIT_2   RCV_FIN         ACK      TIME_WAIT
CLOSING      RCV_ACK         -        TIME_WAIT
CLOSE_WAIT   CLOSE           FIN      LAST_ACK
LAST_ACK     RCV_ACK         -        CLOSED
TIME_WAIT    TIMEOUT_2MSL    -        CLOSED
"""


@pytest.mark.parametrize("line", FIGURE_5.strip().splitlines())
def test_every_arrow_of_figure_5(line: str) -> None:
    state, event, sent, target = line.split()
    action, reached = TRANSITIONS[State[state], Event[event]]
    assert reached.name == target
    assert (action.segment or "-") == sent


def test_every_row_cites_the_rfc() -> None:
    assert SECTIONS.keys() == TRANSITIONS.keys()
    assert all(section.startswith("RFC 9293 §3.10.") for section in SECTIONS.values())


def test_all_eleven_states_are_reached_from_closed() -> None:
    reached, frontier = {State.CLOSED}, [State.CLOSED]
    while frontier:
        here = frontier.pop()
        for (state, _), (_, target) in TRANSITIONS.items():
            if state is here and target not in reached:
                reached.add(target)
                frontier.append(target)
    assert reached == set(State)
    assert len(State) == 11


SYNCHRONIZED = [s for s in State if s not in (State.CLOSED, State.LISTEN, State.SYN_SENT, State.SYN_RCVD)]


@pytest.mark.parametrize("state", SYNCHRONIZED)
def test_a_reset_ends_every_synchronized_state(state: State) -> None:
    assert TRANSITIONS[state, Event.RCV_RST] == (Action.NONE, State.CLOSED)


@pytest.mark.parametrize("state", SYNCHRONIZED)
def test_a_syn_in_a_synchronized_state_gets_a_challenge_ack(state: State) -> None:
    assert TRANSITIONS[state, Event.RCV_SYN] == (Action.SEND_ACK, state)


@pytest.mark.parametrize(
    ("state", "sends_rst"),
    [(State.SYN_RCVD, True), (State.ESTABLISHED, True), (State.FIN_WAIT_1, True), (State.FIN_WAIT_2, True),
     (State.CLOSE_WAIT, True), (State.LISTEN, False), (State.SYN_SENT, False), (State.CLOSING, False),
     (State.LAST_ACK, False), (State.TIME_WAIT, False)],
)  # fmt: skip
def test_abort(state: State, sends_rst: bool) -> None:
    """RFC 9293 §3.10.5."""
    action, target = TRANSITIONS[state, Event.ABORT]
    assert target is State.CLOSED
    assert (action is Action.SEND_RST) is sends_rst


def test_a_transition_the_rfc_does_not_have() -> None:
    with pytest.raises(TransitionError, match=r"LISTEN 상태에서는 TIMEOUT_2MSL.*가능한 사건: .*RCV_SYN"):
        transition(State.LISTEN, Event.TIMEOUT_2MSL)


def test_every_member_has_its_own_korean_name() -> None:
    for members in (State, Event):
        names = [member.korean for member in members]
        assert len(set(names)) == len(names) and all(names)
