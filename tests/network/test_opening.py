"""연결을 여는 상황들: 반열림, 수락 큐, 표를 고친 TCP (강의 04)."""

from unittest.mock import patch

import pytest

from tcpedu.network.scenarios import CLIENT, SERVER, full_backlog, half_open, old_duplicate_syn, refused_port
from tcpedu.network.simulation import Simulation
from tcpedu.network.trace import Trace
from tcpedu.protocol.segment import Flags, Segment
from tcpedu.protocol.state import TRANSITIONS, Action, Event, State


def flow(trace: Trace) -> list[str]:
    return [f"{s.segment.flags} {s.segment.seq}/{s.segment.ack}" for s in trace.segments]


def test_figure_8_old_duplicate_syn() -> None:
    assert flow(old_duplicate_syn()) == [
        "SYN 90/0", "SYN 100/0", "SYN,ACK 300/91", "RST 91/0", "SYN,ACK 300/101", "ACK 101/301",
    ]  # fmt: skip


@pytest.mark.parametrize("lost", range(1, 7))
def test_figure_8_ends_with_the_new_numbers_whatever_is_lost(lost: int) -> None:
    trace = old_duplicate_syn(drops=[lost])
    assert [trace.state_at(host, 999) for host in (CLIENT, SERVER)] == [State.ESTABLISHED] * 2
    assert flow(trace)[-1] == "ACK 101/301"


def test_figure_9_a_forgotten_connection_is_discovered_and_replaced() -> None:
    trace = half_open()
    assert flow(trace)[3:] == [
        "SYN 400/0", "ACK 301/101", "RST 101/0", "SYN 400/0", "SYN,ACK 300/401", "ACK 401/301",
    ]  # fmt: skip
    assert [trace.state_at(host, 999) for host in (CLIENT, SERVER)] == [State.ESTABLISHED] * 2


def test_a_host_that_forgot_sends_nothing_more() -> None:
    sim = Simulation()
    client, server = sim.host("client"), sim.host("server")
    sim.link(client, server, delay=0.01, loss=lambda packet: True)
    client.connect(server, 80)
    sim.at(2.0, client.forget)
    assert [sent.sent for sent in sim.run().segments] == [0.0, 1.0]


def test_a_discarded_syn_is_marked() -> None:
    notes = [sent.note for sent in full_backlog(clients=2, backlog=0, until=2.0).segments]
    assert notes == ["", "", "", "큐가 차서 버림", "재전송, 큐가 차서 버림"]


def test_an_accept_lets_the_next_retransmission_in() -> None:
    trace = full_backlog(clients=2, backlog=0, accept_at=0.9)
    opened = {c.host: c.time for c in trace.states if c.new is State.ESTABLISHED}
    assert opened[f"{CLIENT} 2"] == pytest.approx(1.3)


def test_a_closed_port_refuses_in_one_round_trip() -> None:
    trace = refused_port()
    assert (flow(trace), trace.duration) == (["SYN 100/0", "RST,ACK 0/101"], pytest.approx(0.1))


def stray(ack: int) -> list[bytes]:
    """떠돌던 SYN과 데이터만 받은 서버의 프로그램이 읽은 것."""
    sim, accepted = Simulation(), []
    client, server = sim.host("client"), sim.host("server")
    sim.link(client, server, delay=0.01)
    server.listen(80, iss=300, on_accept=accepted.append)
    client.send_raw(server, Segment(50000, 80, seq=90, flags=Flags.SYN))
    client.send_raw(server, Segment(50000, 80, seq=91, ack=ack, flags=Flags.ACK, payload=b"PAY"))
    sim.run()
    return [socket.received for socket in accepted]


def test_the_third_segment_keeps_old_data_out() -> None:
    assert stray(ack=201) == []
    assert stray(ack=301) == [b"PAY"]


def test_without_the_third_segment_old_data_come_in() -> None:
    two_way = {(State.LISTEN, Event.RCV_SYN): (Action.SEND_SYN_ACK, State.ESTABLISHED)}
    with patch.dict(TRANSITIONS, two_way):
        assert stray(ack=201) == [b"PAY"]
