"""응용 프로그램의 모형."""

import pytest

from tcpedu.network.apps import bulk, chatty_writer, request_response, responder, sink, slow_reader
from tcpedu.network.endpoint import Handler, Socket
from tcpedu.network.simulation import Simulation
from tcpedu.protocol.config import Config
from tcpedu.protocol.state import State


def pair(
    accept: Handler, server: Config | None = None, client: Config | None = None
) -> tuple[Simulation, Socket, list[Socket]]:
    """왕복 20 ms로 이은 둘. 받는 쪽은 `accept`로 시작한다."""
    sim, accepted = Simulation(), []
    a, b = sim.host("a"), sim.host("b")
    sim.link(a, b, delay=0.01, rate=1e8)

    def begin(socket: Socket) -> None:
        accepted.append(socket)
        accept(socket)

    b.listen(80, config=server, on_accept=begin)
    return sim, a.connect(b, 80, config=client), accepted


def test_bulk_sends_everything_and_both_close() -> None:
    sim, socket, accepted = pair(sink)
    bulk(socket, 3_000_000)
    sim.run()
    assert accepted[0].received == bytes(3_000_000)
    assert socket.state is accepted[0].state is State.CLOSED


def test_endless_bulk_keeps_going_until_time_is_up() -> None:
    sim, socket, accepted = pair(sink)
    bulk(socket)
    sim.run(until=1.0)
    first = accepted[0].received_length
    sim.run(until=2.0)
    assert first > 100_000 and accepted[0].received_length > 1.5 * first
    assert socket.state is State.ESTABLISHED


def test_bulk_on_an_open_connection_starts_at_once() -> None:
    sim, socket, accepted = pair(sink)
    sim.run(until=0.5)
    bulk(socket, 1000, close=False)
    sim.run(until=1.0)
    assert accepted[0].received_length == 1000 and socket.state is State.ESTABLISHED


def test_a_slow_reader_reads_in_its_own_time() -> None:
    sim, socket, accepted = pair(slow_reader(1000, 0.5, start=1.0), Config(receive_buffer=4000))
    bulk(socket, 6000)
    sim.run(until=1.2)
    assert accepted[0].received_length == 0
    assert accepted[0].connection.readable == 4000  # 버퍼가 가득 찼다
    sim.run(until=2.3)
    assert accepted[0].received_length == 2000
    sim.run(until=60)
    assert accepted[0].received_length == 6000 and accepted[0].state is State.CLOSED


def test_a_chatty_writer_writes_little_and_often() -> None:
    sim, socket, accepted = pair(sink, client=Config(nodelay=True))
    chatty_writer(socket, 3, every=0.1, count=20)
    trace = sim.run()
    assert accepted[0].received_length == 60 and socket.state is State.CLOSED
    written = [sent.sent for sent in trace.segments if sent.src == "a" and sent.segment.payload]
    assert len(written) == 20 and written[-1] - written[0] == pytest.approx(1.9)


def test_requests_are_answered_one_by_one() -> None:
    sim, socket, accepted = pair(responder(100, 2000))
    exchange = request_response(socket, request=100, response=2000, count=5)
    sim.run()
    assert (accepted[0].received_length, socket.received_length) == (500, 10_000)
    assert len(exchange.latencies) == 5 and min(exchange.latencies) >= 0.02
    assert socket.state is State.CLOSED


def test_thinking_separates_the_requests() -> None:
    sim, socket, _ = pair(responder(10, 10))
    request_response(socket, request=10, response=10, count=3, think=1.0)
    trace = sim.run()
    asked = [sent.sent for sent in trace.segments if sent.src == "a" and sent.segment.payload]
    assert [later - asked[0] for later in asked[1:]] == pytest.approx([1.02, 2.04], abs=0.01)


def test_a_request_in_pieces_is_one_request() -> None:
    sim, socket, accepted = pair(responder(101, 10))
    exchange = request_response(socket, request=101, response=10, count=4, pieces=2)
    sim.run()
    assert accepted[0].received_length == 404 and len(exchange.latencies) == 4
    with pytest.raises(ValueError, match="조각"):
        request_response(socket, request=2, pieces=3)


def test_data_left_over_when_the_peer_aborts_is_thrown_away() -> None:
    sim, socket, _ = pair(lambda server: sim.at(0.05, server.abort))
    bulk(socket, 5_000_000)
    sim.run()
    assert socket.state is State.CLOSED and socket.connection.error
