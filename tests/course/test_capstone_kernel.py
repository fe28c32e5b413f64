"""풀이의 `MyTcp`와 진짜 커널: 클라이언트로도 서버로도, 1MB를 잃는 길로, 아무것도 남기지 않고."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from tcpedu.course.capstone.meeting import meet_kernel
from tcpedu.lab.exchange import REQUEST, fetch, serve
from tcpedu.lab.scenes import ISS, Scene, open_live
from tcpedu.lab.system import kernel_obstacle
from tcpedu.protocol.state import State

from .capstone import solved

OBSTACLE = kernel_obstacle()
needs_kernel = pytest.mark.skipif(OBSTACLE is not None, reason=str(OBSTACLE))
MyTcp = solved()["MyTcp"]
FROM_KERNEL = Scene("big", kernel="server", size=1_200_000, delay=0.002, loss_rate=0.01, seed=5)
TO_KERNEL = replace(FROM_KERNEL, kernel="client")


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def lost(wire: object, host: str) -> int:
    return sum(sent.src == host and sent.dropped is not None for sent in wire.trace.segments)  # type: ignore[attr-defined]


@needs_kernel
def test_a_megabyte_from_the_kernel_over_a_lossy_link() -> None:
    endpoint = MyTcp(FROM_KERNEL.config, iss=ISS)
    with open_live(FROM_KERNEL) as wire:
        assert digest(fetch(endpoint, wire, limit=60)) == digest(FROM_KERNEL.response)
        assert wire.peer_received() == REQUEST
        assert endpoint.state is State.CLOSED
        assert lost(wire, "나") > 0 and lost(wire, "커널") > 0


@needs_kernel
def test_a_megabyte_to_the_kernel_over_a_lossy_link() -> None:
    endpoint = MyTcp(TO_KERNEL.config, iss=ISS)
    with open_live(TO_KERNEL) as wire:
        assert serve(endpoint, wire, lambda request: TO_KERNEL.response, limit=60) == REQUEST
        assert digest(wire.peer_received()) == digest(TO_KERNEL.response)
        assert endpoint.state is State.TIME_WAIT
        assert lost(wire, "나") > 0 and lost(wire, "커널") > 0


@needs_kernel
def test_the_meeting_tells_and_keeps_what_happened(tmp_path: Path) -> None:
    import dpkt

    met = meet_kernel(MyTcp, "zero_window")
    assert met.live and met.complete and met.role == "서버" and met.state == "TIME_WAIT"
    with met.save(tmp_path / "met.pcap").open("rb") as file:
        assert sum(1 for _ in dpkt.pcap.Reader(io.BytesIO(file.read()))) == len(met.trace)


@needs_kernel
def test_nothing_remains(handles: Callable[[], list[str]]) -> None:
    before = {child.pid for child in psutil.Process().children(recursive=True)}
    opened = handles()
    for scene in ("fetch_lossy", "serve_lossy"):
        assert meet_kernel(MyTcp, scene).live
    assert {child.pid for child in psutil.Process().children(recursive=True)} == before
    assert set(handles()) <= set(opened)
