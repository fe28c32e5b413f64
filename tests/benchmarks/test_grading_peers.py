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

COUNT = int(os.environ.get("TCPEDU_SUBMISSIONS", "8"))
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


def _cost(peer: Peer, folder: Path, count: int) -> Cost:
    folder.mkdir()
    environment = _environment(peer)
    *before, argv = peer.prepare(folder, count, _python())
    for command in before:
        subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
    cost = meter(argv, cwd=folder, env=environment)
    python = sys.executable if peer is OURS else str(_python())
    subprocess.run([python, "-c", peer.verdicts], cwd=folder, check=True, env=environment)
    return cost


def test_cpu_per_submission(tmp_path: Path, report: Callable[..., None]) -> None:
    rows, cheapest = [], float("inf")
    for number, peer in enumerate((OURS, *PEERS)):
        one, many = (_cost(peer, tmp_path / f"{number}-{count}", count) for count in (1, COUNT + 1))
        steady = (many - one).each(COUNT)
        start = one - steady
        words = f"CPU {steady.cpu:.3f}초, {steady.wall:.2f}초 (시작 CPU {start.cpu:.1f}초, {start.wall:.1f}초)"
        if peer is OURS:
            mine = steady.cpu
        else:
            words += f"  우리의 {steady.cpu / mine:.1f}배"
            cheapest = min(cheapest, steady.cpu) if peer.verdicts else cheapest
        rows.append((peer.title, words))
    rows.append(("채점하는 것 가운데 가장 빠른 것", f"우리의 {cheapest / mine:.1f}배 (목표 {GOAL}배)"))
    report(f"제출물 하나에 드는 CPU와 시간: 문제 다섯, 제출물 {COUNT}개, 일꾼 하나", rows)
