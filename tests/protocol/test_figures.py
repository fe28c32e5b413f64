"""RFC 9293의 그림 6–13: 그림에 적힌 번호 그대로, 줄마다.

`A`와 `B`는 그림의 두 TCP다. 그림 8과 11의 `...`(네트워크에 떠돌던 옛 세그먼트)은 손으로 건넨다.
"""

from tcpedu.protocol.config import Config
from tcpedu.protocol.connection import Connection
from tcpedu.protocol.segment import Flags, Segment
from tcpedu.protocol.state import State

PORT_A, PORT_B = 1000, 80


def peer_a(iss: int) -> Connection:
    return Connection(Config(PORT_A, PORT_B), iss=iss)


def peer_b(iss: int) -> Connection:
    return Connection(Config(PORT_B, PORT_A), iss=iss)


def line(segment: Segment) -> str:
    """그림의 적는 법: <SEQ=100><ACK=300><CTL=ACK>."""
    ack = f"<ACK={segment.ack}>" if segment.has(Flags.ACK) else ""
    size = f"<DATA={len(segment.payload)}>" if segment.payload else ""
    return f"<SEQ={segment.seq}>{ack}{size}<CTL={str(segment.flags).removeprefix('PSH,')}>"


def only(segments: list[Segment]) -> Segment:
    (segment,) = segments
    return segment


def established(a_next: int, b_next: int) -> tuple[Connection, Connection]:
    """SND.NXT가 각각 `a_next`, `b_next`인 연결."""
    a, b = peer_a(a_next - 1), peer_b(b_next - 1)
    b.listen()
    a.open()
    syn_ack = only(b.receive(only(a.poll(0.0)), 0.0))
    b.receive(only(a.receive(syn_ack, 0.0)), 0.0)
    return a, b


def test_figure_6_basic_three_way_handshake() -> None:
    a, b = peer_a(100), peer_b(300)
    b.listen()
    a.open()
    two = only(a.poll(0.0))
    three = only(b.receive(two, 0.0))
    four = only(a.receive(three, 0.0))
    b.receive(four, 0.0)
    a.write(b"data")
    five = only(a.poll(0.0))
    assert [line(s) for s in (two, three, four, five)] == [
        "<SEQ=100><CTL=SYN>",
        "<SEQ=300><ACK=101><CTL=SYN,ACK>",
        "<SEQ=101><ACK=301><CTL=ACK>",
        "<SEQ=101><ACK=301><DATA=4><CTL=ACK>",
    ]
    assert a.state is b.state is State.ESTABLISHED


def test_figure_7_simultaneous_connection_synchronization() -> None:
    a, b = peer_a(100), peer_b(300)
    a.open()
    b.open()
    two, three = only(a.poll(0.0)), only(b.poll(0.0))
    five = only(a.receive(three, 0.0))
    assert a.state is State.SYN_RCVD
    six = only(b.receive(two, 0.0))
    assert b.state is State.SYN_RCVD
    a.receive(six, 0.0)
    b.receive(five, 0.0)
    assert [line(s) for s in (two, three, five, six)] == [
        "<SEQ=100><CTL=SYN>",
        "<SEQ=300><CTL=SYN>",
        "<SEQ=100><ACK=301><CTL=SYN,ACK>",
        "<SEQ=300><ACK=101><CTL=SYN,ACK>",
    ]
    assert a.state is b.state is State.ESTABLISHED


def test_figure_8_recovery_from_old_duplicate_syn() -> None:
    a, b = peer_a(100), peer_b(300)
    b.listen()
    a.open()
    two = only(a.poll(0.0))
    four = only(b.receive(Segment(PORT_A, PORT_B, seq=90, flags=Flags.SYN), 0.0))
    five = only(a.receive(four, 0.0))
    assert b.receive(five, 0.0) == [] and b.state is State.LISTEN
    b = peer_b(400)  # 그림의 B는 다시 열면서 새 ISS 400을 고른다
    b.listen()
    seven = only(b.receive(two, 0.0))
    eight = only(a.receive(seven, 0.0))
    b.receive(eight, 0.0)
    assert [line(s) for s in (two, four, five, seven, eight)] == [
        "<SEQ=100><CTL=SYN>",
        "<SEQ=300><ACK=91><CTL=SYN,ACK>",
        "<SEQ=91><CTL=RST>",
        "<SEQ=400><ACK=101><CTL=SYN,ACK>",
        "<SEQ=101><ACK=401><CTL=ACK>",
    ]
    assert a.state is b.state is State.ESTABLISHED


def test_figure_9_half_open_connection_discovery() -> None:
    _, b = established(100, 300)
    a = peer_a(400)  # 무너졌다가 다시 연다
    a.open()
    three = only(a.poll(0.0))
    four = only(b.receive(three, 0.0))
    five = only(a.receive(four, 0.0))
    assert a.state is State.SYN_SENT
    b.receive(five, 0.0)
    assert b.state is State.CLOSED
    at = a.next_timer()
    assert at is not None
    seven = only(a.poll(at))
    assert [line(s) for s in (three, four, five, seven)] == [
        "<SEQ=400><CTL=SYN>",
        "<SEQ=300><ACK=100><CTL=ACK>",
        "<SEQ=100><CTL=RST>",
        "<SEQ=400><CTL=SYN>",
    ]


def test_figure_10_active_side_causes_half_open_connection_discovery() -> None:
    _, b = established(100, 300)
    a = peer_a(999)  # 무너져 아무것도 모른다
    b.write(bytes(10))
    two = only(b.poll(0.0))
    three = only(a.receive(two, 0.0))
    assert [line(s) for s in (two, three)] == ["<SEQ=300><ACK=100><DATA=10><CTL=ACK>", "<SEQ=100><CTL=RST>"]
    b.receive(three, 0.0)
    assert b.state is State.CLOSED and b.error is not None


def test_figure_11_old_duplicate_syn_initiates_a_reset_on_two_passive_sockets() -> None:
    z, x = 90, 300
    a, b = peer_a(100), peer_b(x)
    a.listen()
    b.listen()
    three = only(b.receive(Segment(PORT_A, PORT_B, seq=z, flags=Flags.SYN), 0.0))
    assert b.state is State.SYN_RCVD
    four = only(a.receive(three, 0.0))
    assert [line(s) for s in (three, four)] == [f"<SEQ={x}><ACK={z + 1}><CTL=SYN,ACK>", f"<SEQ={z + 1}><CTL=RST>"]
    b.receive(four, 0.0)
    assert a.state is b.state is State.LISTEN


def test_figure_12_normal_close_sequence() -> None:
    a, b = established(100, 300)
    a.close()
    two = only(a.poll(0.0))
    three = only(b.receive(two, 0.0))
    a.receive(three, 0.0)
    assert (a.state, b.state) == (State.FIN_WAIT_2, State.CLOSE_WAIT)
    b.close()
    four = only(b.poll(0.0))
    five = only(a.receive(four, 0.0))
    assert b.state is State.LAST_ACK
    b.receive(five, 0.0)
    assert [line(s) for s in (two, three, four, five)] == [
        "<SEQ=100><ACK=300><CTL=FIN,ACK>",
        "<SEQ=300><ACK=101><CTL=ACK>",
        "<SEQ=300><ACK=101><CTL=FIN,ACK>",
        "<SEQ=101><ACK=301><CTL=ACK>",
    ]
    assert (a.state, b.state) == (State.TIME_WAIT, State.CLOSED)
    a.poll(2 * a.config.msl)  # 6: (2 MSL)
    assert a.state is State.CLOSED


def test_figure_13_simultaneous_close_sequence() -> None:
    a, b = established(100, 300)
    a.close()
    b.close()
    two, also_two = only(a.poll(0.0)), only(b.poll(0.0))
    three = only(a.receive(also_two, 0.0))
    also_three = only(b.receive(two, 0.0))
    assert a.state is b.state is State.CLOSING
    a.receive(also_three, 0.0)
    b.receive(three, 0.0)
    assert [line(s) for s in (two, also_two, three, also_three)] == [
        "<SEQ=100><ACK=300><CTL=FIN,ACK>",
        "<SEQ=300><ACK=100><CTL=FIN,ACK>",
        "<SEQ=101><ACK=301><CTL=ACK>",
        "<SEQ=301><ACK=101><CTL=ACK>",
    ]
    assert a.state is b.state is State.TIME_WAIT
