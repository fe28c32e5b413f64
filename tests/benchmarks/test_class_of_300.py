"""한 반을 통째로 채점한다: 시간, CPU, 메모리. 그리고 채점기를 아무 때나 다섯 번 죽여도 결과가 같다.

보통은 작은 반으로 돈다. `TCPEDU_CLASS=300`이면 300명이다.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from made_class import make
from metering import Group, group, meter

from tcpedu.grading import tiers
from tcpedu.grading.assignment import root

SIZE = int(os.environ.get("TCPEDU_CLASS", "24"))
SEED = int(os.environ.get("TCPEDU_SEED", "1"))
JOBS, KILLS = 2, 5
GONE = 120.0  # 초. 채점기가 죽은 뒤 남은 일꾼이 하던 제출물을 마치는 데 넉넉한 시간

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(tiers.best().name != "A", reason="이 컴퓨터에서는 온전히 가둘 수 없다"),
]

# 채점을 시키는 과정. 결과가 적힌 뒤에 한 줄씩 남기므로, 죽은 뒤에 무엇이 끝났는지 알 수 있다.
GRADER = """
import json, sys
from tcpedu.grading import grade
def log(step):
    with open(sys.argv[3], "a", encoding="utf-8") as file:
        result = step.result.to_dict()
        file.write(json.dumps([step.result.file, step.reused, result]) + "\\n")
grade(sys.argv[1], sys.argv[2], jobs=int(sys.argv[4]), progress=log)
"""


def _argv(folder: Path, out: Path, log: Path) -> list[str]:
    return [sys.executable, "-c", GRADER, str(folder), str(out), str(log), str(JOBS)]


def _environment(tmp_path: Path) -> dict[str, str]:
    """죽은 채점기는 임시 폴더를 치우지 못한다: 시험의 폴더 안에 만들게 한다."""
    place = tmp_path / "tmp"
    place.mkdir(exist_ok=True)
    place.chmod(0o711)
    return {**os.environ, "PYTHONPATH": str(root()), "TMPDIR": str(place)}


def _rows(log: Path) -> list[tuple[str, bool, dict]]:
    """기록한 줄. 적다가 죽은 줄은 없는 것으로 본다."""
    text = log.read_text(encoding="utf-8") if log.exists() else ""
    return [tuple(json.loads(line)) for line in text.splitlines(keepends=True) if line.endswith("\n")]


def _results(log: Path) -> dict[str, dict]:
    """파일 → 결과. 걸린 시간은 뺀다."""
    return {file: {**result, "seconds": 0} for file, _, result in _rows(log)}


def _fresh(log: Path) -> list[str]:
    """새로 채점해 적은 파일. 같은 이름이 두 번 나오면 두 번 채점한 것이다."""
    return [file for file, reused, _ in _rows(log) if not reused]


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    folder = tmp_path_factory.mktemp("반") / "제출물"
    return folder, make(folder, SIZE, SEED)


def test_a_class_then_again_while_being_killed(
    school: tuple[Path, dict[str, str]], tmp_path: Path, report: Callable[..., None]
) -> None:
    folder, kinds = school
    tmp_path.chmod(0o711)
    environment = _environment(tmp_path)
    log = tmp_path / "한번에.jsonl"
    cost = meter(_argv(folder, tmp_path / "한번에", log), env=environment, memory=True)
    once = _results(log)
    states = Counter(result["state"] for result in once.values())
    statuses = Counter(problem["status"] for result in once.values() for problem in result["problems"])
    report(
        f"제출물 {SIZE}개 ({', '.join(f'{kind} {n}' for kind, n in Counter(kinds.values()).most_common())})",
        [
            ("걸린 시간", f"{cost.wall:.1f}초, 일꾼 {JOBS}, 그때의 부하 {os.getloadavg()[0]:.1f}"),
            ("CPU", f"{cost.cpu:.1f}초, 하나에 {cost.cpu / SIZE:.3f}초"),
            ("메모리(PSS의 합)의 가장 큰 값", f"{cost.peak / 2**20:.0f}MB"),
            ("상태", str(dict(states))),
            ("문제", str(dict(statuses))),
            ("오래 걸린 것", str(_slowest(log, kinds))),
        ],
    )
    assert set(once) == set(kinds) and states["채점기 실패"] == 0
    assert all(once[name]["percent"] == 100 for name, kind in kinds.items() if kind == "good")

    killed = tmp_path / "죽이며.jsonl"
    stops = _killed_often(_argv(folder, tmp_path / "죽이며", killed), killed, environment, cost.wall)
    again, fresh = _results(killed), Counter(_fresh(killed))
    copies = SIZE - len({result["digest"] or name for name, result in once.items()})
    report("채점기를 다섯 번 죽였을 때", [("죽인 때까지 끝난 수", str(stops)), ("내용이 같은 제출물", str(copies))])
    assert max(fresh.values()) == 1  # 적힌 것을 다시 채점하지 않는다
    assert not {name: (once[name], again[name]) for name in once if once[name] != again[name]}
    tables = [(tmp_path / name / "grades.csv").read_bytes() for name in ("한번에", "죽이며")]
    assert tables[0] == tables[1]


def _slowest(log: Path, kinds: dict[str, str]) -> list[tuple[float, str, str]]:
    rows = [(result["seconds"], kinds[file], file) for file, _, result in _rows(log)]
    return sorted(rows, reverse=True)[:5]


def _killed_often(argv: list[str], log: Path, environment: dict[str, str], expected: float) -> list[int]:
    """`KILLS`번 죽이고 마지막에는 끝까지 둔다. 죽일 때마다 적혀 있던 결과의 수를 돌려준다."""
    rng, stops = random.Random(SEED), []
    for _ in range(KILLS):
        with group() as place:
            process = subprocess.Popen(argv, env=environment, preexec_fn=place.enter)
            done = len(_fresh(log))
            # 처음은 아무 때나(뜨는 도중일 수도 있다), 그다음부터는 새 결과가 하나라도 적힌 뒤의 아무 때나 죽인다.
            while stops and len(_fresh(log)) == done and process.poll() is None:
                time.sleep(0.02)
            time.sleep(rng.uniform(0, expected / (KILLS + 1)))
            process.kill()
            process.wait()
            _require_empty(place)
        stops.append(len(_fresh(log)))
    with group() as place:
        assert subprocess.Popen(argv, env=environment, preexec_fn=place.enter).wait() == 0
        _require_empty(place)
    return stops


def _require_empty(place: Group) -> None:
    """채점기가 끝나면 일꾼도 상자도 스스로 끝난다."""
    deadline = time.monotonic() + GONE
    while place.processes() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not place.processes()
