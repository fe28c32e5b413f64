"""풀이의 `MyTcp`와 진짜 커널: 클라이언트로도 서버로도, 1MB를 잃는 길로, 아무것도 남기지 않고."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
import textwrap
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from tcpedu.course.capstone.meeting import meet_kernel
from tcpedu.lab.exchange import REQUEST, fetch, serve
from tcpedu.lab.scenes import ISS, Scene, open_live
from tcpedu.lab.system import kernel_obstacle
from tcpedu.protocol.state import State

from .capstone import ROOT, solved

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
def test_nothing_remains() -> None:
    before = {child.pid for child in psutil.Process().children(recursive=True)}
    sockets, files = len(psutil.Process().net_connections()), len(os.listdir("/proc/self/fd"))
    for scene in ("fetch_lossy", "serve_lossy"):
        assert meet_kernel(MyTcp, scene).live
    assert {child.pid for child in psutil.Process().children(recursive=True)} == before
    assert (len(psutil.Process().net_connections()), len(os.listdir("/proc/self/fd"))) == (sockets, files)


# 이름공간을 만들 수 없는 과정에서 강의 전체를 돌린다: 그 자식인 노트북 커널도 만들 수 없다.
FORBIDDEN = """
    import os, sys
    import nbclient, nbformat
    from tcpedu.lab.kernel_probe import map_ids, unshare
    uid, gid = os.getuid(), os.getgid()
    unshare()
    map_ids(uid, gid)
    open("/proc/sys/user/max_user_namespaces", "w", encoding="ascii").write("0")
    from tcpedu.lab.interface import bring_up
    bring_up("lo")
    book = nbformat.read(sys.argv[1], as_version=4)
    nbclient.NotebookClient(book, timeout=120, kernel_name="python3").execute(cwd=sys.argv[2])
    for cell in book.cells:
        if cell.id in ("whose", "run-first", "run-serve", "run-lossy", "run-knock", "run-big", "meet-kernel"):
            texts = [out.get("text") or out.get("data", {}).get("text/plain", "") for out in cell.outputs]
            print(f"[{cell.id}]", *"".join(texts).splitlines())
"""


@pytest.mark.slow
@needs_kernel
@pytest.mark.parametrize("kind", ["lessons", "solutions"])
def test_where_namespaces_are_forbidden_the_notebook_still_runs_and_says_so(kind: str) -> None:
    notebook = ROOT / kind / "16_capstone.ipynb"
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(FORBIDDEN), str(notebook), str(ROOT / kind)],
        capture_output=True, encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(ROOT), "TCPEDU_PROGRESS": "off", "PYTHONUTF8": "1"}, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    said = dict(line.split("] ", 1) for line in done.stdout.splitlines())
    for name in ("[run-first", "[run-serve", "[run-lossy") if kind == "lessons" else ("[meet-kernel",):
        assert said[name].startswith("건너편: 기록 (리눅스") and "max_user_namespaces" in said[name], said[name]
    if kind == "lessons":
        assert "max_user_namespaces" in said["[whose"] and "Linux 6.18에서 잰 것" in said["[run-knock"]
        assert "기록이 없습니다" in said["[run-big"]
