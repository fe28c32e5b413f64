"""라이브러리의 연결과 진짜 커널: 클라이언트로도 서버로도, 잃는 길에서도, 바이트까지 같게."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from tcpedu.lab.exchange import HEAD, REQUEST, fetch, page, serve
from tcpedu.lab.ip import ip_packet, parse
from tcpedu.lab.kernel_lab import KernelLab
from tcpedu.lab.kernel_peer import kernel_client, kernel_server
from tcpedu.lab.link_wire import LinkWire
from tcpedu.lab.record import record
from tcpedu.lab.recorded_wire import RecordedWire
from tcpedu.lab.scenes import ISS, SCENES, Scene, open_live, open_wire
from tcpedu.lab.system import kernel_obstacle
from tcpedu.network.impairments import jitter
from tcpedu.protocol.config import Config
from tcpedu.protocol.connection import Connection
from tcpedu.protocol.profiles import LINUX, PROFILES
from tcpedu.protocol.segment import Flags, Segment
from tcpedu.protocol.state import State

OBSTACLE = kernel_obstacle()
pytestmark = pytest.mark.skipif(OBSTACLE is not None, reason=str(OBSTACLE))
BIG = 1_200_000


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


# 손실은 100에 하나만: 교과서의 RTO는 1초부터라 많이 잃으면 오래 걸린다.
FROM_KERNEL = Scene("big", kernel="server", size=BIG, delay=0.002, loss_rate=0.01, seed=5)
TO_KERNEL = replace(FROM_KERNEL, kernel="client")


def lost(wire: LinkWire, host: str) -> int:
    return sum(sent.src == host and sent.dropped is not None for sent in wire.trace.segments)


@pytest.mark.parametrize("profile", PROFILES)
def test_a_megabyte_from_the_kernel_over_a_lossy_link(profile: str) -> None:
    config = replace(PROFILES[profile], local_port=50000, remote_port=80, mss=1000)
    endpoint = Connection(config, iss=ISS)
    with open_live(FROM_KERNEL) as wire:
        got = fetch(endpoint, wire, limit=60)
        assert digest(got) == digest(FROM_KERNEL.response)
        assert wire.peer_received() == REQUEST
        assert endpoint.state is State.CLOSED and endpoint.error is None
        assert lost(wire, "나") > 0 and lost(wire, "커널") > 0
        assert wire.live and wire.label.startswith("이 컴퓨터의 커널")


@pytest.mark.parametrize("profile", PROFILES)
def test_a_megabyte_to_the_kernel_over_a_lossy_link(profile: str) -> None:
    config = replace(PROFILES[profile], local_port=8080, mss=1000)
    endpoint = Connection(config, iss=ISS)
    with open_live(TO_KERNEL) as wire:
        assert serve(endpoint, wire, lambda request: TO_KERNEL.response, limit=60) == REQUEST
        assert digest(wire.peer_received()) == digest(TO_KERNEL.response)
        assert endpoint.state is State.TIME_WAIT
        assert lost(wire, "나") > 0 and lost(wire, "커널") > 0


def test_the_last_ack_arrives() -> None:
    """길 위에 남은 것까지 닿아야 커널도 연결이 끝났다고 본다."""
    with open_live(replace(SCENES["serve"], delay=0.05)) as wire:
        serve(Connection(wire.scene.config, iss=ISS), wire, lambda request: wire.scene.response)
        assert wire.peer_received() == wire.scene.response and wire.lab is not None
        assert len(wire.lab.run(["cat", "/proc/net/tcp"]).stdout.splitlines()) == 1  # 제목 줄뿐이다


def test_reordering_does_not_hurt() -> None:
    with KernelLab() as lab:
        kernel = kernel_server(lab, page(200_000))
        wire = LinkWire(lab.wire, delay=0.002, reorder=jitter(0.004, seed=2))
        endpoint = Connection(replace(LINUX, local_port=50000, remote_port=80, mss=1000), iss=ISS)
        assert fetch(endpoint, wire) == HEAD + page(200_000)
        assert kernel.result() == REQUEST
        arrivals = [sent.arrived for sent in wire.trace.segments if sent.src == "커널"]
        assert arrivals != sorted(arrivals)  # type: ignore[type-var]


def test_one_lab_serves_one_after_another() -> None:
    with KernelLab() as lab:
        for port in (50000, 50001):
            kernel = kernel_server(lab, page(2000))
            config = Config(local_port=port, remote_port=80)
            assert fetch(Connection(config, iss=ISS), LinkWire(lab.wire)) == HEAD + page(2000)
            assert kernel.result() == REQUEST
        for port in (8080, 8081):
            kernel = kernel_client(lab, port)
            serve(Connection(Config(local_port=port), iss=ISS), LinkWire(lab.wire), lambda request: HEAD)
            assert kernel.result() == HEAD


def test_the_kernel_shows_its_variables() -> None:
    with open_wire(Scene("watched", kernel="server", size=50_000, congestion="reno"), "live") as wire:
        fetch(Connection(wire.scene.config, iss=ISS), wire)
        assert wire.kernel is not None and wire.kernel.socket is not None


def test_a_closed_port_is_refused() -> None:
    with KernelLab() as lab, pytest.raises(ConnectionError):
        fetch(Connection(Config(local_port=50000, remote_port=81), iss=ISS), LinkWire(lab.wire))


def test_the_kernel_says_nothing_to_a_bad_checksum() -> None:
    with KernelLab() as lab:
        syn = ip_packet(lab.wire.local, lab.wire.peer, Segment(50000, 81, seq=1, flags=Flags.SYN))
        lab.wire.write(syn[:-1] + bytes([syn[-1] ^ 1]))
        assert lab.wire.read(0.05) is None
        lab.wire.write(syn)
        answer = lab.wire.read(5.0)
        assert answer is not None and parse(answer).segment.flags == Flags.RST | Flags.ACK


@pytest.mark.parametrize("name", [name for name, scene in SCENES.items() if not scene.pause])
def test_a_new_recording_is_repeated_to_the_byte(name: str) -> None:
    """기록을 새로 만들어도 같은 연결은 한 바이트도 다르게 보내지 않는다."""
    scene, recording = SCENES[name], record(SCENES[name])
    endpoint = Connection(scene.config, iss=ISS)
    inner = RecordedWire(recording)
    wire = LinkWire(inner, delay=scene.delay, loss=scene.loss(), reorder=scene.reorder())
    if scene.kernel == "server":
        assert fetch(endpoint, wire) == scene.response
    else:
        assert serve(endpoint, wire, lambda request: scene.response) == REQUEST
        assert inner.received() == scene.response
    assert inner.departure is None
