"""네트워크가 무엇을 하든 바이트는 한 번씩, 순서대로, 양쪽으로 도착하고 연결은 닫힌다."""

import random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from watch import every_event

from tcpedu.network.host import Socket
from tcpedu.network.link import bernoulli
from tcpedu.network.simulation import Simulation
from tcpedu.protocol.config import Config
from tcpedu.protocol.congestion import Bbr, Cubic, Reno
from tcpedu.protocol.seqnum import seq_le
from tcpedu.protocol.state import State

lengths = st.sampled_from([0, 1, 300, 4000])
configs = st.builds(
    Config, mss=st.sampled_from([60, 536, 1460]), receive_buffer=st.sampled_from([128, 5000, 65535, 200_000]),
    send_buffer=st.sampled_from([10, 3000, 1 << 20]), window_scale=st.sampled_from([None, 0, 7]),
    sack=st.booleans(), timestamps=st.booleans(), msl=st.sampled_from([1.0, 120.0]),
    retries=st.just(60), syn_retries=st.just(60), delayed_ack=st.sampled_from([0.0, 0.2]),
    quick_acks=st.sampled_from([0, 16]), nodelay=st.booleans(), window_probe=st.sampled_from(["byte", "empty"]),
    recovery=st.sampled_from(["rfc6582", "prr"]), partial_ack_timer=st.sampled_from(["first", "every"]),
    limited_transmit=st.booleans(), loss_detection=st.sampled_from(["dupack", "rack"]), undo=st.booleans(),
    frto=st.booleans(), ecn=st.booleans(), congestion=st.sampled_from([Reno, Cubic, Bbr]),
)  # fmt: skip


def check_invariants(socket: Socket) -> None:
    """RFC 9293 §3.3.1의 변수들이 언제나 지키는 것."""
    connection = socket.connection
    assert seq_le(connection.snd_una, connection.snd_nxt)
    assert connection.rcv_wnd >= 0
    assert connection.readable <= connection.config.receive_buffer


def reader(sim: Simulation, socket: Socket, sizes: random.Random) -> None:
    """1초에 한 번 조금씩 읽는 느린 응용 프로그램."""
    socket.auto_read = False

    def read() -> None:
        socket.recv(sizes.choice([1, 100, 1000]))
        check_invariants(socket)
        if socket.connection.eof:
            if socket.state is State.CLOSE_WAIT:
                socket.close()
        elif socket.state is not State.CLOSED or socket.connection.readable:
            sim.at(sim.now + 1, read)

    sim.at(sim.now + 1, read)


@settings(max_examples=2000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    seed=st.integers(0, 2**32), client=configs, server=configs, delay=st.sampled_from([0.001, 0.05, 0.5]),
    loss=st.sampled_from([0.0, 0.1, 0.3]), jitter=st.sampled_from([0.0, 0.3]), repeats=st.sampled_from([0.0, 0.2]),
    rate=st.sampled_from([None, 1e5]), sizes=st.tuples(lengths, lengths),
    slow=st.booleans(), simultaneous=st.booleans(), client_isn=st.sampled_from([0, 2**32 - 5]),
)  # fmt: skip
def test_bytes_arrive_once_in_order_and_both_ends_close(
    seed, client, server, delay, loss, jitter, repeats, rate, sizes, slow, simultaneous, client_isn
) -> None:  # type: ignore[no-untyped-def]
    rng = random.Random(seed)
    sim = Simulation(seed)
    a, b = sim.host("a"), sim.host("b")
    sim.link(
        a, b, delay=delay, rate=rate, loss=bernoulli(loss, seed), reorder=lambda packet: rng.random() * jitter,
        duplicate=lambda packet: rng.random() < repeats,
    )  # fmt: skip
    there, back = rng.randbytes(sizes[0]), rng.randbytes(sizes[1])
    ends: dict[str, Socket] = {}

    def start(name: str, data: bytes, closes_first: bool) -> object:
        def begin(socket: Socket) -> None:
            ends[name] = socket
            socket.on_data = check_invariants
            socket.on_eof = lambda s: s.close() if s.state is State.CLOSE_WAIT else None
            socket.send(data)
            if closes_first:
                socket.close()
            if slow and name == "b":
                reader(sim, socket, rng)

        return begin

    if simultaneous:
        first = a.connect(b, 2000, config=client, iss=client_isn, local_port=1000)
        second = b.connect(a, 1000, config=server, local_port=2000)
        second.on_established = start("b", back, False)
    else:
        b.listen(80, config=server, on_accept=start("b", back, rng.random() < 0.5))
        first = a.connect(b, 80, config=client, iss=client_isn)
    first.on_established = start("a", there, True)
    with every_event() as events:
        sim.run(until=1e6)
    assert events[0] > 0

    assert ends["b"].received == there
    assert ends["a"].received == back
    assert ends["a"].state is ends["b"].state is State.CLOSED
