"""강의와 풀이는 엄격한 nbval을 통과한다: 저장된 출력이 지금의 코드가 내는 것과 같다."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from pathlib import Path

import psutil
import pytest

from tcpedu.course.build import loads
from tcpedu.course.execute import lint
from tcpedu.course.lessons import notebooks

ROOT = Path(__file__).resolve().parents[2]
STORED = [path for kind in ("lessons", "solutions") for path in notebooks(ROOT, kind)]
every = pytest.mark.parametrize("path", STORED, ids=lambda path: f"{path.parent.name}-{path.stem}")


def machine() -> dict[str, str]:
    """노트북이 건드리면 안 되는 것: 경로와 커널의 설정."""
    settings = Path("/proc/sys/net")
    files = [Path("/proc/net/route"), *settings.glob("ipv4/tcp_*"), *settings.glob("core/*mem_*")]
    return {str(file): file.read_text() for file in files if os.access(file, os.R_OK)}


def left_running(mark: str) -> list[str]:
    """이 표를 물려받고 아직 도는 과정. 듣는 소켓도 TUN도 네임스페이스도 과정이 있어야 남는다."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("TCPEDU_MARK") == mark:
                found.append(" ".join(process.cmdline()))
        except psutil.Error:
            continue
    return found


PYTEST = """
import sys
from tcpedu.grading.slow_grammar import skip_slow_grammar
skip_slow_grammar()
import pytest
sys.exit(pytest.main(sys.argv[1:]))
"""


def nbval(path: Path, mark: str = "") -> subprocess.CompletedProcess[str]:
    """배우는 사람의 진도가 끼어들지 않게 하고 노트북 하나를 돌린다."""
    command = [sys.executable, "-c", PYTEST, "-o", "addopts=", "-p", "nbval", "--nbval", "-p", "no:cacheprovider"]
    env = {**os.environ, "TCPEDU_PROGRESS": "off", "PYTHONUTF8": "1", "TCPEDU_MARK": mark}
    return subprocess.run(
        [*command, "-q", "--color=no", "--nbval-cell-timeout=120", str(path)],
        cwd=ROOT, env=env, capture_output=True, text=True, encoding="utf-8", timeout=600,
    )  # fmt: skip


@pytest.mark.slow
@every
def test_strict_nbval(path: Path) -> None:
    """저장된 출력과 같고, 컴퓨터를 바꾸지 않고, 아무것도 남기지 않는다."""
    before, mark = machine(), uuid.uuid4().hex
    done = nbval(path, mark)
    count = sum(cell["cell_type"] == "code" for cell in loads(path.read_text(encoding="utf-8"))["cells"])
    assert done.returncode == 0, done.stdout[-6000:]
    assert f"{count} passed" in done.stdout and "skipped" not in done.stdout, done.stdout[-2000:]
    assert machine() == before and left_running(mark) == []


@every
def test_every_cell_is_executed(path: Path) -> None:
    """실행 번호가 없는 셀은 nbval이 견주지 않으므로 빠짐없이 실행되어 있어야 한다."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    assert lint(notebook) == []
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    assert set(notebook["metadata"]) <= {"kernelspec", "language_info", "widgets"}


@every
def test_it_is_under_a_megabyte(path: Path) -> None:
    """내려받고 여는 데 오래 걸리지 않게. 큰 것은 대개 위젯이 간직한 그림이다."""
    assert path.stat().st_size < 1_000_000


@every
def test_nothing_is_skipped(path: Path) -> None:
    notebook = loads(path.read_text(encoding="utf-8"))
    allowed = {"solution", "nbval-ignore-output"}
    for cell in notebook["cells"]:
        assert set(cell["metadata"].get("tags", [])) <= allowed, cell["id"]
        assert "NBVAL_" not in cell["source"], cell["id"]


@pytest.mark.slow
def test_nbval_notices_a_changed_output(tmp_path: Path) -> None:
    """이 시험이 아무것도 보지 않는 것은 아닌지: 출력 한 글자를 바꾸면 틀려야 한다."""
    source = (
        "from tcpedu.course import check\n"
        "def ack_number(seq, length):\n    return (seq + length) % 2**32\n"
        "check(ack_number)"
    )
    text = "✅ 정답 — 공개 검사 통과"
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "source": source, "execution_count": 1, "outputs": []}
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3 (ipykernel)"}}
    path = tmp_path / "changed.ipynb"
    cell["outputs"] = [
        {"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": {"text/plain": text}}
    ]
    path.write_text(
        json.dumps({"cells": [cell], "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}), encoding="utf-8"
    )
    done = nbval(path)
    assert done.returncode == 1 and "1 failed" in done.stdout, done.stdout
