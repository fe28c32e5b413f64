"""세그먼트 도착: RFC 9293 §3.10.7을 상태와 사건마다 세그먼트로 확인한다.

내 SYN은 100(확인되면 SND.UNA = 101), 상대의 SYN은 300(RCV.NXT = 301)이다.
"""

import pytest
from hand import IRS, ISS, reach, says, seg

from tcpedu.protocol.connection import Connection
from tcpedu.protocol.segment import Segment
from tcpedu.protocol.state import TRANSITIONS, Action, Event, State

S = State
SYNCHRONIZED = [S.ESTABLISHED, S.FIN_WAIT_1, S.FIN_WAIT_2, S.CLOSE_WAIT, S.CLOSING, S.LAST_ACK, S.TIME_WAIT]
AFTER_FIN = {S.CLOSE_WAIT, S.CLOSING, S.LAST_ACK, S.TIME_WAIT}  # 상대의 FIN까지 받은 상태

# 상태, 세그먼트, 답, 다음 상태, 절
TABLE = [
    # §3.10.7.1 CLOSED
    (S.CLOSED, seg("R", 7), [], S.CLOSED, "RST는 버린다"),
    (S.CLOSED, seg("S", 7), ["RST,ACK 0/8"], S.CLOSED, "ACK가 없으면 SEQ=0, ACK=SEG.SEQ+SEG.LEN"),
    (S.CLOSED, seg("F", 7, data=b"abc"), ["RST,ACK 0/11"], S.CLOSED, "길이에는 데이터와 FIN이 모두 들어간다"),
    (S.CLOSED, seg("", 7, ack=9), ["RST 9/0"], S.CLOSED, "ACK가 있으면 SEQ=SEG.ACK"),
    # §3.10.7.2 LISTEN
    (S.LISTEN, seg("R", 7), [], S.LISTEN, "첫째: RST는 버린다"),
    (S.LISTEN, seg("", 7, ack=9), ["RST 9/0"], S.LISTEN, "둘째: ACK는 물리친다"),
    (S.LISTEN, seg("S", 7, ack=9), ["RST 9/0"], S.LISTEN, "둘째: SYN이어도 ACK가 먼저다"),
    (S.LISTEN, seg("S", IRS), ["SYN,ACK 100/301"], S.SYN_RCVD, "셋째: SYN"),
    (S.LISTEN, seg("F", IRS, data=b"x"), [], S.LISTEN, "넷째: 나머지는 버린다"),
    # §3.10.7.3 SYN-SENT
    (S.SYN_SENT, seg("", 7, ack=ISS), ["RST 100/0"], S.SYN_SENT, "첫째: SEG.ACK =< ISS"),
    (S.SYN_SENT, seg("S", 7, ack=ISS + 2), ["RST 102/0"], S.SYN_SENT, "첫째: SEG.ACK > SND.NXT"),
    (S.SYN_SENT, seg("R", 7, ack=ISS), [], S.SYN_SENT, "첫째: RST에는 RST로 답하지 않는다"),
    (S.SYN_SENT, seg("R", 0, ack=ISS + 1), [], S.CLOSED, "둘째: 내 SYN을 확인하는 RST"),
    (S.SYN_SENT, seg("R", 0), [], S.SYN_SENT, "둘째: ACK가 없는 RST는 버린다"),
    (S.SYN_SENT, seg("S", IRS, ack=ISS + 1), ["ACK 101/301"], S.ESTABLISHED, "넷째: SYN,ACK"),
    (S.SYN_SENT, seg("S", IRS), ["SYN,ACK 100/301"], S.SYN_RCVD, "넷째: 동시 개방"),
    (S.SYN_SENT, seg("F", IRS, ack=ISS + 1), [], S.SYN_SENT, "다섯째: SYN도 RST도 아니면 버린다"),
    # §3.10.7.4 SYN-RECEIVED
    (S.SYN_RCVD, seg("", IRS + 1, ack=ISS + 1), [], S.ESTABLISHED, "다섯째: 내 SYN의 ACK"),
    (S.SYN_RCVD, seg("", IRS + 1, ack=ISS), ["RST 100/0"], S.SYN_RCVD, "다섯째: SND.UNA < SEG.ACK이 아니다"),
    (S.SYN_RCVD, seg("", IRS + 1, ack=ISS + 2), ["RST 102/0"], S.SYN_RCVD, "다섯째: SEG.ACK > SND.NXT"),
    (S.SYN_RCVD, seg("", IRS + 1), [], S.SYN_RCVD, "다섯째: ACK가 없으면 버린다"),
    (S.SYN_RCVD, seg("F", IRS + 1, ack=ISS + 1), ["ACK 101/302"], S.CLOSE_WAIT, "여덟째: FIN"),
    (S.SYN_RCVD, seg("S", IRS), ["ACK 101/301"], S.SYN_RCVD, "첫째: 되풀이된 SYN은 윈도우 밖이다"),
    # §3.10.7.4 다섯째–여덟째, 내 FIN과 상대의 FIN
    (S.ESTABLISHED, seg("F", ack=ISS + 1), ["ACK 101/302"], S.CLOSE_WAIT, "여덟째"),
    (S.FIN_WAIT_1, seg("", ack=ISS + 2), [], S.FIN_WAIT_2, "다섯째: 내 FIN의 ACK"),
    (S.FIN_WAIT_1, seg("F", ack=ISS + 1), ["ACK 102/302"], S.CLOSING, "여덟째: FIN이 엇갈렸다"),
    (S.FIN_WAIT_1, seg("F", ack=ISS + 2), ["ACK 102/302"], S.TIME_WAIT, "여덟째: FIN과 내 FIN의 ACK"),
    (S.FIN_WAIT_1, seg("F", IRS + 2, ack=ISS + 2), ["ACK 102/301"], S.FIN_WAIT_2, "FIN 앞에 빈틈이 있다"),
    (S.FIN_WAIT_2, seg("F", ack=ISS + 2), ["ACK 102/302"], S.TIME_WAIT, "여덟째"),
    (S.CLOSING, seg("", IRS + 2, ack=ISS + 2), [], S.TIME_WAIT, "다섯째: 내 FIN의 ACK"),
    (S.CLOSING, seg("", IRS + 2, ack=ISS + 1), [], S.CLOSING, "다섯째: 아직 내 FIN의 ACK가 아니다"),
    (S.LAST_ACK, seg("", IRS + 2, ack=ISS + 2), [], S.CLOSED, "다섯째: 내 FIN의 ACK"),
    (S.LAST_ACK, seg("", IRS + 2, ack=ISS + 1), [], S.LAST_ACK, "다섯째"),
    (S.TIME_WAIT, seg("F", ack=ISS + 2), ["ACK 102/302"], S.TIME_WAIT, "다섯째: 되풀이된 FIN에 답한다"),
    # 데이터: 일곱째
    (S.FIN_WAIT_1, seg("P", ack=ISS + 1, data=b"hi"), [], S.FIN_WAIT_1, "데이터를 받는다(ACK는 미룬다)"),
    (S.FIN_WAIT_2, seg("P", ack=ISS + 2, data=b"hi"), [], S.FIN_WAIT_2, "데이터를 받는다(ACK는 미룬다)"),
]  # fmt: skip


@pytest.mark.parametrize(("state", "segment", "replies", "after", "why"), TABLE, ids=lambda x: getattr(x, "name", None))
def test_segment_arrives(state: State, segment: Segment, replies: list[str], after: State, why: str) -> None:
    connection = reach(state, active=state is not S.LISTEN and state is not S.SYN_RCVD)
    assert says(connection.receive(segment, 1.0)) == replies, why
    assert connection.state is after, why


def expected(connection: Connection) -> int:
    assert connection.rcv_nxt is not None
    return connection.rcv_nxt


@pytest.mark.parametrize("state", SYNCHRONIZED)
@pytest.mark.parametrize(
    ("offset", "flags", "data", "answered"),
    [(-1, "A", b"", True), (-5, "A", b"old", True), (70_000, "A", b"", True), (-1, "S", b"", True),
     (-1, "R", b"", False), (70_000, "R", b"", False)],
)  # fmt: skip
def test_out_of_the_window(state: State, offset: int, flags: str, data: bytes, answered: bool) -> None:
    """첫째: 윈도우 밖이면 ACK로 답하고 버린다. RST면 그냥 버린다 (RFC 9293 §3.10.7.4, §3.4의 네 경우)."""
    connection = reach(state)
    segment = seg(flags, (expected(connection) + offset) % 2**32, ack=connection.snd_una, data=data)
    replies = says(connection.receive(segment, 1.0))
    assert replies == ([f"ACK {connection.snd_nxt}/{expected(connection)}"] if answered else [])
    assert connection.state is state


@pytest.mark.parametrize("state", [S.SYN_RCVD, *SYNCHRONIZED])
@pytest.mark.parametrize("active", [True, False])
def test_reset(state: State, active: bool) -> None:
    """둘째: 꼭 맞는 RST만 끊는다. 수동 개방의 SYN-RECEIVED는 LISTEN으로 (RFC 9293 §3.10.7.4, RFC 5961 §3.2)."""
    connection = reach(state, active=active)
    near = seg("R", expected(connection) + 1)
    assert says(connection.receive(near, 1.0)) == [f"ACK {connection.snd_nxt}/{expected(connection)}"]
    assert connection.state is state
    assert connection.receive(seg("R", expected(connection)), 1.0) == []
    assert connection.state is (S.LISTEN if state is S.SYN_RCVD and not active else S.CLOSED)
    assert connection.next_timer() is None


@pytest.mark.parametrize("state", [S.SYN_RCVD, *SYNCHRONIZED])
@pytest.mark.parametrize("active", [True, False])
def test_syn_in_the_window(state: State, active: bool) -> None:
    """넷째: 동기화된 상태에서는 challenge ACK, 수동 개방의 SYN-RECEIVED는 LISTEN으로 (RFC 5961 §4.2)."""
    connection = reach(state, active=active)
    replies = says(connection.receive(seg("S", expected(connection) + 10), 1.0))
    if state is S.SYN_RCVD and not active:
        assert (replies, connection.state) == ([], S.LISTEN)
    else:
        assert replies == [f"ACK {connection.snd_nxt}/{expected(connection)}"]
        assert connection.state is state


@pytest.mark.parametrize("state", SYNCHRONIZED)
@pytest.mark.parametrize(("ack", "answered"), [(-70_000, True), (-1, False), (+1, True), (+70_000, True)])
def test_acknowledgment_out_of_range(state: State, ack: int, answered: bool) -> None:
    """다섯째: SND.UNA - MAX.SND.WND ≤ SEG.ACK ≤ SND.NXT 밖이면 ACK로 답하고 버린다 (RFC 5961 §5.2)."""
    connection = reach(state)
    before = connection.snd_una, connection.snd_nxt
    base = connection.snd_una if ack < 0 else connection.snd_nxt
    replies = connection.receive(seg("", expected(connection), ack=(base + ack) % 2**32), 1.0)
    assert bool(replies) is answered
    assert (connection.snd_una, connection.snd_nxt, connection.state) == (*before, state)


@pytest.mark.parametrize("state", SYNCHRONIZED)
def test_data_is_taken_only_before_the_fin(state: State) -> None:
    """일곱째: FIN을 받은 뒤의 데이터는 버린다."""
    connection = reach(state)
    connection.receive(seg("P", expected(connection), ack=connection.snd_nxt, data=b"data"), 1.0)
    assert connection.read() == (b"" if state in AFTER_FIN else b"data")


@pytest.mark.parametrize("state", [S.ESTABLISHED, S.FIN_WAIT_1, S.FIN_WAIT_2])
def test_urgent_data_stays_in_the_stream(state: State) -> None:
    """여섯째: 긴급 포인터는 받되 데이터는 제자리에 둔다 (RFC 6093 §5)."""
    connection = reach(state)
    connection.receive(seg("PU", ack=connection.snd_nxt, data=b"ab!cd", urgent=3), 1.0)
    assert connection.read() == b"ab!cd"


def test_a_repeated_fin_restarts_two_msl() -> None:
    connection = reach(S.TIME_WAIT, msl=10.0)
    assert connection.next_timer() == pytest.approx(20.1)
    connection.receive(seg("F", ack=ISS + 2), 5.0)
    assert connection.next_timer() == pytest.approx(25.0)
    connection.poll(25.0)
    assert connection.state is S.CLOSED


@pytest.mark.parametrize(
    ("seq", "passive", "reopened"),
    [(IRS + 2, True, True), (IRS + 1000, True, True), (IRS + 1, True, False), (IRS + 1000, False, False)],
)  # fmt: skip
def test_time_wait_is_reopened_by_a_newer_syn(seq: int, passive: bool, reopened: bool) -> None:
    """§3.6.1 MAY-2: 번호가 앞 연결의 것보다 크면 다시 연다. 새 ISS는 앞에서 쓴 번호보다 크다."""
    connection = reach(S.TIME_WAIT, active=not passive, reopen_time_wait=True)
    syn = seg("S", seq)
    assert connection.reopens(syn) is reopened
    (answer,) = connection.receive(syn, 5.0)
    if reopened:
        assert (str(answer.flags), answer.ack, connection.state) == ("SYN,ACK", seq + 1, S.SYN_RCVD)
        assert answer.seq > ISS + 2 and connection.iss == answer.seq
    else:
        assert (str(answer.flags), connection.state) == ("ACK", S.TIME_WAIT)


def test_by_default_a_syn_in_time_wait_gets_a_challenge_ack() -> None:
    connection = reach(S.TIME_WAIT, active=False)
    assert says(connection.receive(seg("S", IRS + 1000), 5.0)) == ["ACK 102/302"]


# 호출 (§3.10.1–3.10.5) ----------------------------------------------------------------

CALLS = {
    Event.OPEN_PASSIVE: lambda c: c.listen(),
    Event.OPEN_ACTIVE: lambda c: c.open(),
    Event.CLOSE: lambda c: c.close(),
    Event.ABORT: lambda c: c.abort(),
}


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("event", list(CALLS))
def test_every_call_in_every_state(state: State, event: Event) -> None:
    """표에 있는 호출은 정해진 것을 보내고 그 상태로 가고, 없는 호출은 상태를 바꾸지 않고 오류를 낸다."""
    connection = reach(state, active=state is not S.LISTEN)
    if (state, event) not in TRANSITIONS:
        with pytest.raises(ValueError, match=f"{state.name} 상태에서는"):
            CALLS[event](connection)
        assert connection.state is state
        return
    action, target = TRANSITIONS[state, event]
    CALLS[event](connection)
    assert connection.state is target
    flags = [str(segment.flags) for segment in connection.poll(0.2)]
    wanted = {Action.NONE: [], Action.SEND_SYN: ["SYN"], Action.SEND_RST: ["RST,ACK"], Action.SEND_FIN: ["FIN,ACK"]}
    assert flags == wanted[action]


@pytest.mark.parametrize("state", [s for s in State if s not in (S.CLOSED, S.LISTEN, S.TIME_WAIT)])
def test_giving_up(state: State) -> None:
    """사용자 타임아웃 (§3.10.8): 재전송 횟수로, 사용자 타임아웃으로, 또는 킵얼라이브로."""
    connection = reach(state, retries=2, syn_retries=2, keepalive=100.0, keepalive_probes=2)
    if state in (S.ESTABLISHED, S.CLOSE_WAIT):
        connection.write(b"data")
    for _ in range(20):
        at = connection.next_timer()
        if at is None:
            break
        connection.poll(at)
    assert (connection.state, connection.changes[-1].event) == (S.CLOSED, Event.USER_TIMEOUT)
    assert connection.error


def test_every_change_of_state_in_the_table_happens() -> None:
    """표에서 상태를 바꾸는 모든 행이 세그먼트, 호출, 타이머로 실제로 일어난다."""
    made = set()

    def note(connection: Connection) -> None:
        made.update((change.old, change.event) for change in connection.changes)

    for state, segment, *_ in TABLE:
        connection = reach(state, active=state not in (S.LISTEN, S.SYN_RCVD))
        connection.receive(segment, 1.0)
        note(connection)
    for state in State:
        for active in (True, False):
            for act in [*CALLS.values(), *OTHERS]:
                connection = reach(state, active=active and state is not S.LISTEN, **IMPATIENT)
                try:
                    act(connection)
                except ValueError:
                    continue
                note(connection)
    # SYN_RCVD의 FIN은 ACK와 함께 와야 하므로, 다섯째에서 ESTABLISHED가 된 다음 여덟째에서 처리된다.
    impossible = {(S.SYN_RCVD, Event.RCV_FIN)}
    assert made == {row for row, (_, target) in TRANSITIONS.items() if row[0] is not target} - impossible


def _expire(connection: Connection) -> None:
    if connection.state in (S.ESTABLISHED, S.CLOSE_WAIT):
        connection.write(b"data")
        connection.poll(1.0)
    while (at := connection.next_timer()) is not None:
        connection.poll(at)


IMPATIENT = {"syn_retries": 0, "retries": 0, "keepalive": 100.0, "keepalive_probes": 0}
OTHERS = [
    lambda c: c.receive(seg("R", c.rcv_nxt or 0), 1.0),
    lambda c: c.receive(seg("S", (c.rcv_nxt or 0) + 10), 1.0),
    lambda c: c.receive(seg("F", c.rcv_nxt or 0, ack=c.snd_nxt), 1.0),
    lambda c: c.write(b"x"),
    _expire,
]


def full(edge: int) -> tuple[Connection, list[Segment]]:
    """200바이트를 보낸 연결. 상대는 `edge`에서 ACK를 보낸다: 이쪽이 알린 윈도우 1000바이트를 다 쓴 번호다."""
    connection = reach(State.ESTABLISHED, receive_buffer=1000, window_scale=None, delayed_ack=0.0)
    connection.write(bytes(200))
    connection.poll(1.0)
    return connection, connection.receive(seg("", edge, ack=ISS + 201), 1.1)


def test_an_ack_at_the_very_edge_of_the_window_is_taken() -> None:
    """상대가 윈도우를 다 채워 보내고 그것이 모두 사라지면, ACK의 번호는 윈도우의 오른쪽 끝이다.

    글대로 버리면 두 쪽이 서로의 ACK를 버리며 멈춘다. 답하지도 않는다: 서로의 ACK에 끝없이 답하게 된다.
    """
    connection, replies = full(IRS + 1 + 1000)
    assert connection.snd_una == ISS + 201 and replies == []


def test_an_ack_beyond_the_edge_is_not_taken() -> None:
    connection, replies = full(IRS + 1 + 1001)
    assert connection.snd_una == ISS + 1 and says(replies) == [f"ACK {ISS + 201}/{IRS + 1}"]
