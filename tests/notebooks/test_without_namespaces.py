"""진짜 커널을 만날 수 없는 컴퓨터에서도 12–16의 노트북은 끝까지 돌고, 무엇이 기록인지 말한다.

네임스페이스를 정말로 금지한 과정에서 돌린다: 그 자식인 노트북 커널도 만들 수 없다.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tcpedu.course.lessons import LESSONS
from tcpedu.lab.system import kernel_obstacle

ROOT = Path(__file__).resolve().parents[2]
REASON = "max_user_namespaces"
NOTEBOOKS = [
    item.path(ROOT, kind) for item in LESSONS if "12" <= item.number <= "16" for kind in ("lessons", "solutions")
]
# 네임스페이스가 있어야 하는 셀과, 그 셀이 해야 하는 말. 12와 14는 루프백만 쓴다.
SAID = {
    "lessons/13_performance_tuning": {"run-tfo": ["기록한 것입니다"]},
    "lessons/15_security": {
        name: ["기록 (리눅스", REASON]
        for name in ("run-flood", "run-lost", "run-injection", "run-challenge", "run-fin", "run-reuse", "run-assassin")
    },
    "lessons/16_capstone": {
        "whose": [REASON], "run-knock": ["Linux 6.18에서 잰 것"], "run-big": ["기록이 없습니다"],
        **{name: ["건너편: 기록 (리눅스", REASON] for name in ("run-first", "run-serve", "run-lossy")},
    },
    "solutions/16_capstone": {"meet-kernel": ["건너편: 기록 (리눅스", REASON]},
}  # fmt: skip
FORBIDDEN = """
    import json, os, sys
    from tcpedu.grading.slow_grammar import skip_slow_grammar
    skip_slow_grammar()
    import nbclient, nbformat
    from tcpedu.lab.interface import bring_up
    from tcpedu.lab.kernel_probe import map_ids, unshare

    uid, gid = os.getuid(), os.getgid()
    unshare()
    map_ids(uid, gid)
    open("/proc/sys/user/max_user_namespaces", "w", encoding="ascii").write("0")
    bring_up("lo")
    book = nbformat.read(sys.argv[1], as_version=4)
    nbclient.NotebookClient(book, timeout=120, kernel_name="python3").execute(cwd=sys.argv[2])
    said = {
        cell.id: "".join(out.get("text") or out.get("data", {}).get("text/plain", "") for out in cell.outputs)
        for cell in book.cells if cell.cell_type == "code"
    }
    print(json.dumps(said))
"""


@pytest.mark.slow
@pytest.mark.skipif(kernel_obstacle() is not None, reason="금지할 네임스페이스가 이미 없다")
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_the_notebook_runs_and_says_what_is_recorded(path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(FORBIDDEN), str(path), str(path.parent)],
        capture_output=True, encoding="utf-8", timeout=400,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TCPEDU_PROGRESS": "off", "PYTHONUTF8": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    said = json.loads(done.stdout.splitlines()[-1])
    for cell, words in SAID.get(f"{path.parent.name}/{path.stem}", {}).items():
        assert all(word in said[cell] for word in words), (cell, said[cell])
