"""같은 다섯 문제의 노트북을 채점하는 데 드는 CPU와 시간: nbgrader, otter-grader, nbval, 그리고 우리(가둔 채로).

제출물 하나일 때와 여럿일 때를 재어, 한 번만 드는 것(시작)과 제출물마다 드는 것을 가른다.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from metering import Cost, meter
from peer_graders import OURS, PEERS, Peer

from tcpedu.grading import tiers
from tcpedu.grading.assignment import root

COUNT = int(os.environ.get("TCPEDU_SUBMISSIONS", "6"))
RECIPE = (
    "견줄 채점기가 없다. python3 -m venv /tmp/peers && /tmp/peers/bin/pip install nbgrader otter-grader nbval "
    "하고 TCPEDU_PEERS=/tmp/peers 로 돌린다"
)
GOAL = 8

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not os.environ.get("TCPEDU_PEERS"), reason=RECIPE),
    pytest.mark.skipif(tiers.best().name != "A", reason="이 컴퓨터에서는 온전히 가둘 수 없다"),
]


def _python() -> Path:
    return Path(os.environ["TCPEDU_PEERS"], "bin", "python")


def _environment(peer: Peer) -> dict[str, str]:
    """상대에게는 tcpedu를 보이지 않는다. 모두 같은 스레드 수로 돈다."""
    shared = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "PYTHONPATH"))}
    shared |= {"OPENBLAS_NUM_THREADS": "1", "PYDEVD_DISABLE_FILE_VALIDATION": "1"}
    if peer is OURS:
        return {**shared, "PYTHONPATH": str(root())}
    return {**shared, "PATH": f"{_python().parent}{os.pathsep}{shared['PATH']}"}


def _cost(peer: Peer, folder: Path, count: int, figure: bool) -> Cost:
    folder.mkdir()
    environment = _environment(peer)
    *before, argv = peer.prepare(folder, count, _python(), figure)
    for command in before:
        subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
    cost = meter(argv, cwd=folder, env=environment)
    python = sys.executable if peer is OURS else str(_python())
    subprocess.run([python, "-c", peer.verdicts], cwd=folder, check=True, env=environment)
    return cost


@pytest.mark.parametrize("figure", [False, True], ids=["함수만", "numpy와 그림"])
def test_cpu_per_submission(figure: bool, tmp_path: Path, report: Callable[..., None]) -> None:
    rows, cheapest = [], float("inf")
    for number, peer in enumerate((OURS, *PEERS)):
        # 하나에 드는 것이 작을수록 여럿을 재야 시작의 흔들림에 묻히지 않는다.
        more = 4 * COUNT if peer is OURS else COUNT
        one, many = (_cost(peer, tmp_path / f"{number}-{count}", count, figure) for count in (1, more + 1))
        steady = (many - one).each(more)
        start = one - steady
        words = f"CPU {steady.cpu:.3f}초, {steady.wall:.2f}초 (시작 CPU {start.cpu:.1f}초, {start.wall:.1f}초)"
        if peer is OURS:
            mine = steady.cpu
        else:
            words += f"  우리의 {steady.cpu / mine:.1f}배"
            cheapest = min(cheapest, steady.cpu) if peer.verdicts else cheapest
        rows.append((peer.title, words))
    rows.append(("채점하는 것 가운데 가장 빠른 것", f"우리의 {cheapest / mine:.1f}배 (목표 {GOAL}배)"))
    kind = "numpy와 그림 하나" if figure else "함수만"
    report(f"제출물 하나에 드는 CPU와 시간: 문제 다섯({kind}), 제출물 {COUNT}개, 일꾼 하나", rows)


FLOOR = """
import os, sys, tempfile
from pathlib import Path
from tcpedu.grading.kernel import DisposableKernel
from tcpedu.grading.nursery import nursery
from tcpedu.grading.tiers import SANDBOX
kind, count = sys.argv[1], int(sys.argv[2])
folder = tempfile.mkdtemp()
os.chmod(folder, 0o711)
for _ in range(count):
    if kind == "box":
        nursery("A").box((), kernel=False).kill()
        continue
    kernel = DisposableKernel(SANDBOX, str(Path(folder, "notebook")))
    for _ in range(18 if kind == "cells" else 0):
        asked = kernel.execute_cell_input("x = 1", allow_stdin=False)
        kernel.await_reply(asked, 60)
        kernel.await_idle(asked, 60)
    kernel.stop()
"""


def test_where_ours_goes(tmp_path: Path, report: Callable[..., None]) -> None:
    """바닥부터 한 겹씩: 빈 상자, 커널이 뜬 상자, 빈 셀 열여덟 개(이 과제의 채점 노트북과 같은 수)를 돌린 것."""
    rows = []
    for kind, title in (("box", "빈 상자"), ("kernel", "커널까지"), ("cells", "빈 셀 열여덟 개까지")):
        one, many = (
            meter([sys.executable, "-c", FLOOR, kind, str(count)], cwd=tmp_path, env=_environment(OURS))
            for count in (1, 3 * COUNT + 1)
        )
        rows.append((title, f"CPU {(many - one).each(3 * COUNT).cpu * 1000:.0f}ms"))
    report("우리가 쓰는 CPU의 바닥: 상자 하나에", rows)
