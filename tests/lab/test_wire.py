"""전선, 길, 가상의 건너편: 커널 없이도 되는 것."""

import pytest

from tcpedu.lab.drive import drive
from tcpedu.lab.exchange import HEAD, REQUEST, fetch, page, serve
from tcpedu.lab.ip import ip_packet
from tcpedu.lab.link_wire import LinkWire
from tcpedu.lab.scenes import ISS, SCENES, Scene, open_wire
from tcpedu.lab.wire import VirtualClock, Wire, WireTimeoutError
from tcpedu.network.impairments import drop, hold
from tcpedu.protocol.config import Config
from tcpedu.protocol.connection import Connection
from tcpedu.protocol.segment import Flags, Segment
from tcpedu.protocol.state import State

MADE = [name for name, scene in SCENES.items() if not scene.pause]


class Echo(Wire):
    """쓴 것을 1초 뒤에 그대로 돌려주는 전선."""

    label = "메아리"

    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.held: list[tuple[float, bytes]] = []

    def now(self) -> float:
        return self.clock.now

    def write(self, packet: bytes) -> None:
        self.held.append((self.now() + 1, packet))

    def read(self, timeout: float) -> bytes | None:
        end = self.now() + timeout
        if self.held and self.held[0][0] <= end:
            due, packet = self.held.pop(0)
            self.clock.now = max(self.now(), due)
            return packet
        if timeout > 0:
            self.clock.wait_until(end)
        return None

    def close(self) -> None:
        self.held.clear()


def packet(number: int) -> bytes:
    return ip_packet("10.9.0.2", "10.9.0.1", Segment(1, 2, seq=number, flags=Flags.ACK, payload=b"x"))


def test_delay_is_added_in_both_directions() -> None:
    wire = LinkWire(Echo(), delay=0.25)
    wire.write(packet(1))
    assert wire.read(1.4) is None
    assert wire.read(1.0) == packet(1)
    assert wire.now() == pytest.approx(1.5)
    assert [(sent.src, sent.sent, sent.arrived) for sent in wire.trace.segments] == [
        ("나", 0.0, 0.25),
        ("커널", pytest.approx(1.25), pytest.approx(1.5)),
    ]


def test_loss_and_reordering_are_those_of_the_simulator() -> None:
    wire = LinkWire(Echo(), delay=0.1, loss=drop({2}, src="나"), reorder=hold({1: 0.05}))
    for number in (1, 2, 3):
        wire.write(packet(number))
    got = [wire.read(5.0), wire.read(5.0), wire.read(5.0)]
    assert got == [packet(3), packet(1), None]
    assert [bool(sent.dropped) for sent in wire.trace.segments] == [False, True, False, False, False]


def test_flush_waits_until_what_was_sent_has_arrived() -> None:
    inner = Echo()
    wire = LinkWire(inner, delay=0.3)
    wire.write(packet(1))
    assert inner.held == []
    wire.flush()
    assert [data for _, data in inner.held] == [packet(1)]


@pytest.mark.parametrize("name", MADE)
def test_the_library_can_stand_in_for_the_kernel(name: str) -> None:
    with open_wire(name, "library") as wire:
        scene = wire.scene
        endpoint = Connection(scene.config, iss=ISS)
        if scene.kernel == "server":
            assert fetch(endpoint, wire) == scene.response
            assert wire.peer_received() == REQUEST
        else:
            assert serve(endpoint, wire, lambda request: scene.response) == REQUEST
            assert wire.peer_received() == scene.response
        assert (wire.live, wire.label) == (False, "라이브러리의 TCP")
        assert endpoint.state in (State.CLOSED, State.TIME_WAIT)
        lost = sum(sent.dropped is not None for sent in wire.trace.segments)
        assert lost == len(scene.lose_mine) + len(scene.lose_kernels)


def test_the_same_scene_is_the_same_to_the_byte() -> None:
    def once() -> str:
        with open_wire(Scene("rough", kernel="server", loss_rate=0.1, seed=3), "library") as wire:
            assert fetch(Connection(wire.scene.config, iss=ISS), wire) == wire.scene.response
            return wire.trace.to_text(korean=True)

    text = once()
    assert text == once() and "손실" in text and "재전송" in text


def test_the_trace_is_one_of_the_simulator(tmp_path) -> None:
    dpkt = pytest.importorskip("dpkt")
    with open_wire("fetch", "library") as wire:
        fetch(Connection(wire.scene.config, iss=ISS), wire)
    changes = [(change.old.name, change.new.name) for change in wire.trace.states]
    assert changes[:2] == [("CLOSED", "SYN_SENT"), ("SYN_SENT", "ESTABLISHED")]
    assert [change.new.name for change in wire.trace.states][-3:] == ["CLOSE_WAIT", "LAST_ACK", "CLOSED"]
    path = wire.trace.to_pcap(tmp_path / "a.pcap")
    with path.open("rb") as file:
        assert len(list(dpkt.pcap.Reader(file))) == len(wire.trace)


def test_the_page_is_what_was_asked_for() -> None:
    assert page(16) == b"0000000\n0000001\n"
    assert [len(page(size)) for size in (0, 1, 8, 30_000)] == [0, 1, 8, 30_000]


def test_a_silent_peer_is_given_up() -> None:
    wire = LinkWire(Echo(), loss=lambda packet: True)
    with pytest.raises(WireTimeoutError, match=r"10초 안에.*SYN_SENT"):
        fetch(Connection(Config(remote_port=80), iss=1), wire, limit=10)
    assert wire.now() == pytest.approx(10)


def test_a_timer_that_never_goes_away_is_noticed() -> None:
    class Stuck(Connection):
        def next_timer(self) -> float | None:
            return 0.0

    with pytest.raises(RuntimeError, match="이미 지난 시각"):
        drive(Stuck(iss=1), Echo(), lambda: False)


def test_a_reset_is_told() -> None:
    class Refusing(Echo):
        def write(self, packet: bytes) -> None:
            reset = Segment(80, 50000, seq=0, ack=2, flags=Flags.RST | Flags.ACK)
            self.held.append((self.now(), ip_packet("10.9.0.1", "10.9.0.2", reset)))

    with pytest.raises(ConnectionError, match="끝까지 가지 못했습니다"):
        fetch(Connection(Config(local_port=50000, remote_port=80), iss=1), Refusing())


def test_an_unknown_source_is_refused() -> None:
    with pytest.raises(ValueError, match="live"):
        open_wire("fetch", "internet")  # type: ignore[arg-type]


def test_head_and_body() -> None:
    assert SCENES["fetch"].response == HEAD + page(30_000)
