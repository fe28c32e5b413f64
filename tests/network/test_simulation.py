"""시뮬레이션: 같은 씨앗이면 같은 기록, 잘못된 설정에는 우리말 오류."""

import gc
from contextlib import nullcontext
from typing import Any
from weakref import ref

import pytest

from tcpedu.network import simulation as module
from tcpedu.network.apps import bulk, sink
from tcpedu.network.link import bernoulli
from tcpedu.network.scenarios import (
    CLIENT,
    SERVER,
    full_backlog,
    handshake,
    simultaneous_open,
    transfer,
    unanswered_syn,
)
from tcpedu.network.simulation import Simulation
from tcpedu.network.topology import dumbbell
from tcpedu.network.trace import Trace
from tcpedu.protocol.config import Config
from tcpedu.protocol.congestion import Bbr, CongestionControl, Cubic, Reno
from tcpedu.protocol.state import State


def test_events_run_in_time_order_and_ties_in_the_order_they_were_set() -> None:
    sim, seen = Simulation(), []
    for time, name in [(2.0, "c"), (1.0, "a"), (1.0, "b")]:
        sim.at(time, seen.append, name)
    sim.run()
    assert seen == ["a", "b", "c"] and sim.now == 2.0


def test_run_until_can_be_continued() -> None:
    sim, seen = Simulation(), []
    sim.at(1.0, seen.append, 1)
    sim.at(3.0, seen.append, 3)
    sim.run(until=2.0)
    assert seen == [1] and sim.now == 2.0
    sim.run()
    assert seen == [1, 3]


def test_the_same_seed_gives_the_same_trace() -> None:
    data = bytes(20_000)
    first = transfer(data, loss_rate=0.2, seed=4).to_text(korean=True)
    assert first == transfer(data, loss_rate=0.2, seed=4).to_text(korean=True)
    assert first != transfer(data, loss_rate=0.2, seed=5).to_text(korean=True)


@pytest.mark.parametrize("congestion", [Reno, Cubic, Bbr])
@pytest.mark.parametrize("timestamps", [False, True])
def test_a_link_that_takes_no_time_at_all(congestion: type[CongestionControl], timestamps: bool) -> None:
    """왕복 시간이 0이면 전달률도 잴 수 없다: 그래도 다 간다."""
    sim = Simulation()
    a, b = sim.host("a"), sim.host("b")
    sim.link(a, b)
    config = Config(congestion=congestion, timestamps=timestamps)
    b.listen(80, config=config, on_accept=sink)
    bulk(a.connect(b, 80, config=config), 300_000)
    sim.run(until=5)
    (socket,) = b.sockets
    assert socket.received_length == 300_000


def test_an_echo_server() -> None:
    sim = Simulation(seed=1)
    client, server = sim.host("client"), sim.host("server")
    sim.link(client, server, delay=0.01, loss=bernoulli(0.1, 3))

    def serve(socket: object) -> None:
        socket.on_data = lambda s: s.send(s.received[-5:].upper())  # type: ignore[attr-defined]
        socket.on_eof = lambda s: s.close()  # type: ignore[attr-defined]

    server.listen(7, on_accept=serve)
    socket = client.connect(server, 7)
    socket.on_established = lambda s: s.send(b"hello")
    sim.at(20.0, socket.close)
    sim.run()
    assert socket.received == b"HELLO"
    assert socket.state is State.CLOSED


def test_data_larger_than_the_send_buffer_goes_out_in_time() -> None:
    from tcpedu.protocol.config import Config

    sim = Simulation()
    client, server = sim.host("client"), sim.host("server")
    sim.link(client, server, delay=0.01)
    accepted = []
    server.listen(80, on_accept=accepted.append)
    socket = client.connect(server, 80, config=Config(send_buffer=1000))
    socket.on_established = lambda s: s.send(bytes(range(256)) * 40)
    sim.run()
    assert accepted[0].received == bytes(range(256)) * 40


def test_one_host_serves_many_connections() -> None:
    sim = Simulation()
    server = sim.host("server")
    accepted = []
    server.listen(80, on_accept=accepted.append)
    for n in range(3):
        client = sim.host(f"client{n}")
        sim.link(client, server, delay=0.01)
        for _ in range(2):
            client.connect(server, 80).on_established = lambda s, n=n: s.send(f"{n}".encode())
    sim.run()
    assert sorted(socket.received for socket in accepted) == [b"0", b"0", b"1", b"1", b"2", b"2"]


def test_the_accept_queue_holds_one_more_than_the_backlog() -> None:
    """리눅스의 검사는 `>`다: backlog가 1이면 둘이 들어간다."""
    trace = full_backlog(clients=4, backlog=1)
    connected = [c.host for c in trace.states if c.new is State.ESTABLISHED and c.host != SERVER]
    assert connected == [f"{CLIENT} 1", f"{CLIENT} 2"]


def test_accepting_makes_room() -> None:
    sim = Simulation()
    server = sim.host("server")
    listener = server.listen(80, backlog=0)
    for n in range(2):
        client = sim.host(f"client{n}")
        sim.link(client, server, delay=0.01)
        client.connect(server, 80)
    sim.run(until=0.5)
    assert len(listener.queue) == 1 and listener.discarded > 0
    assert listener.accept() is not None
    sim.run(until=2.0)
    assert len(listener.queue) == 1
    assert listener.accept() is not None and listener.accept() is None


def test_mistakes_are_explained() -> None:
    sim = Simulation()
    a, b = sim.host("a"), sim.host("b")
    with pytest.raises(ValueError, match="같은 이름"):
        sim.host("a")
    with pytest.raises(ValueError, match="링크가 없습니다"):
        a.connect(b, 80)
    b.listen(80)
    with pytest.raises(ValueError, match="이미 쓰고"):
        b.listen(80)


def test_a_run_without_end_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_EVENTS", 100)
    sim = Simulation()

    def again() -> None:
        sim.at(sim.now + 1, again)

    again()
    with pytest.raises(RuntimeError, match="until"):
        sim.run()


@pytest.mark.parametrize("until", [None, 1.5, 9.0])
def test_a_run_broken_off_can_go_on(until: float | None) -> None:
    """사건 하나가 예외로 끝나도 남은 사건은 차례대로 남는다. 끝을 정한 것과 정하지 않은 것, 정한 시각에 든 것까지."""
    sim = Simulation()
    seen: list[float] = []

    def note(value: float) -> None:
        seen.append(value)
        if value == 1:
            raise KeyError(value)

    for at in (3, 1, 2, 1.5):
        sim.at(at, note, at)
    with pytest.raises(KeyError):
        sim.run(until)
    assert (seen, sim.now) == ([1], 1)
    sim.run(until=2)
    assert (seen, sim.now) == ([1, 1.5, 2], 2)
    sim.run()
    assert (seen, sim.now) == ([1, 1.5, 2, 3], 3)


@pytest.mark.parametrize("until", [None, 0.5])
def test_a_simulation_no_longer_used_is_freed_at_once(until: float | None) -> None:
    """기록은 크다. 쓰레기 수집기가 찾을 때까지 기다리지 않고, 쓰는 이가 없으면 그 자리에서 없어진다."""

    def run() -> tuple[Trace, list[ref[Any]]]:
        sim = Simulation()
        net = dumbbell(sim, 1, rate=1e6, delay=0.01, queue=20)
        net.receivers[0].listen(80, on_accept=sink)
        bulk(net.senders[0].connect(net.receivers[0], 80), 300_000)
        trace = sim.run(until=until)
        return trace, [ref(one) for one in (sim, *net.senders, *net.receivers, *net.receivers[0].sockets)]

    gc.disable()
    try:
        trace, owners = run()
        assert len(trace.segments) > 50 and [owner() for owner in owners] == [None] * len(owners)
    finally:
        gc.enable()


def test_what_outlives_its_simulation_says_so() -> None:
    sim = Simulation()
    a, b = sim.host("a"), sim.host("b")
    sim.link(a, b)
    b.listen(80)
    socket = a.connect(b, 80)
    sim.run()
    del sim
    assert socket.state is State.ESTABLISHED
    with pytest.raises(ReferenceError, match="변수에 담아"):
        socket.send(b"x")
    del a, b
    with pytest.raises(ReferenceError, match="변수에 담아"):
        socket.close()


@pytest.mark.parametrize("fails", [False, True])
@pytest.mark.parametrize("collecting", [False, True])
def test_the_garbage_collector_rests_only_during_a_run(fails: bool, collecting: bool) -> None:
    """예외로 끝나도, 그 안에서 또 돌려도 되돌린다. 쓰는 이가 꺼 둔 것을 켜지는 않는다."""
    sim, inner, seen = Simulation(), Simulation(), []

    def look() -> None:
        inner.run()
        seen.append(gc.isenabled())
        if fails:
            raise KeyError

    sim.at(1, look)
    try:
        if not collecting:
            gc.disable()
        with pytest.raises(KeyError) if fails else nullcontext():
            sim.run()
        assert seen == [False] and gc.isenabled() == collecting
    finally:
        gc.enable()


def test_the_scenarios_tell_their_story() -> None:
    assert [str(s.segment.flags) for s in handshake().segments] == ["SYN", "SYN,ACK", "ACK"]
    assert [s.sent for s in unanswered_syn().segments] == [0, 1, 3, 7, 15, 31, 63, 123]
    assert {c.new for c in simultaneous_open().states} == {State.SYN_SENT, State.SYN_RCVD, State.ESTABLISHED}
    trace = handshake(drops=[1])
    assert (trace.segments[0].dropped, trace.segments[1].note, trace.segments[1].sent) == ("손실", "재전송", 1.0)
    late = handshake(delays={2: 0.3})
    assert late.segments[1].arrived == pytest.approx(0.4)
