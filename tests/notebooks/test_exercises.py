"""나누어 주는 연습문제: 오류 없이 돌고, 검사마다 ✏️가 나온다."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tcpedu.course.lessons import notebooks
from tcpedu.course.problem import problems

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.slow


def run(path: Path) -> Any:
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(path.parent)}}
    )
    client.execute(env={**os.environ, "TCPEDU_PROGRESS": "off"})
    return notebook


@pytest.mark.parametrize("path", notebooks(ROOT, "exercises"), ids=lambda path: path.stem)
def test_untouched_exercises(path: Path) -> None:
    notebook = run(path)
    shown = {
        cell.id.removeprefix("check-"): cell.outputs[0]["data"]["text/plain"]
        for cell in notebook.cells
        if cell.id.startswith("check-")
    }
    expected = {item.name: "✏️ 미시도" if item.points else "✅ 정답" for item in problems(path.stem)}
    assert list(shown) == list(expected)
    for name, header in expected.items():
        assert shown[name].startswith(header), f"{name}: {shown[name]}"
