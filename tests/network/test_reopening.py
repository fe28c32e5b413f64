"""TIME_WAIT인 자리로 온 새 SYN (RFC 9293 §3.6.1 MAY-2, RFC 6191), 회선 위에서."""

import pytest

from tcpedu.network.host import Host, Socket
from tcpedu.network.simulation import Simulation
from tcpedu.protocol.config import Config
from tcpedu.protocol.seqnum import seq_lt
from tcpedu.protocol.state import Event, State


def closed_by_server(reopen: bool, timestamps: bool = False) -> tuple[Simulation, Host, Host, list[Socket]]:
    """서버가 먼저 닫아 서버에 TIME_WAIT가 남은 때."""
    sim = Simulation()
    a, b = sim.host("a"), sim.host("b")
    sim.link(a, b, delay=0.05)
    accepted: list[Socket] = []

    def serve(socket: Socket) -> None:
        accepted.append(socket)
        if len(accepted) == 1:
            socket.close()

    b.listen(80, config=Config(reopen_time_wait=reopen, timestamps=timestamps), iss=300, on_accept=serve)
    first = a.connect(b, 80, config=Config(timestamps=timestamps), iss=100, local_port=1000)
    first.on_eof = lambda socket: socket.close()
    sim.run(until=2.0)
    assert (first.state, accepted[0].state) == (State.CLOSED, State.TIME_WAIT)
    return sim, a, b, accepted


@pytest.mark.parametrize("timestamps", [False, True])
def test_a_newer_syn_opens_a_new_connection_at_once(timestamps: bool) -> None:
    sim, a, b, accepted = closed_by_server(reopen=True, timestamps=timestamps)
    used = accepted[0].connection.snd_nxt
    again = a.connect(b, 80, config=Config(timestamps=timestamps), iss=5000, local_port=1000)
    again.on_established = lambda socket: socket.send(b"hello")
    before = len(sim.trace.segments)
    sim.run(until=3.0)
    assert [str(p.segment.flags) for p in sim.trace.segments[before - 1 : before + 2]] == ["SYN", "SYN,ACK", "ACK"]
    old, new = accepted
    assert (old.state, new.state, new.received) == (State.CLOSED, State.ESTABLISHED, b"hello")
    assert seq_lt(used, new.connection.iss)
    last = [change for change in sim.trace.states if change.host == "b" and change.old is State.TIME_WAIT]
    assert [(change.new, change.event) for change in last] == [(State.CLOSED, Event.ABORT)]


@pytest.mark.parametrize(("reopen", "iss"), [(False, 5000), (True, 50)])
def test_otherwise_time_wait_answers_with_an_ack_and_stays(reopen: bool, iss: int) -> None:
    """끄면, 또는 번호가 앞 연결보다 작으면 challenge ACK (RFC 5961 §4)."""
    sim, a, b, accepted = closed_by_server(reopen=reopen)
    a.connect(b, 80, iss=iss, local_port=1000)
    sim.run(until=2.07)
    assert str(sim.trace.segments[-1].segment.flags) == "ACK"
    assert (len(accepted), accepted[0].state) == (1, State.TIME_WAIT)
