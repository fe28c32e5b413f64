"""강의를 진짜 JupyterLab에서 연다: 모든 셀이 돌고, 그림과 위젯이 나온다."""

from __future__ import annotations

from pathlib import Path

import pytest
from lab import REPOSITORY

LESSONS = sorted((REPOSITORY / "lessons").glob("*.ipynb"))


@pytest.mark.slow
@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_lesson_runs(lab, browser, path: Path):
    opened = browser.open(lab, lab.add(path))
    try:
        opened.run_all()
        page = opened.page
        assert opened.failures() == []
        assert page.get_by_text("Error displaying widget").count() == 0
        assert page.get_by_text("Loading widget").count() == 0
        assert page.get_by_text("Syntax error in text").count() == 0
        scripts = page.locator(".jp-RenderedMermaid")
        assert all(figure.locator("img").count() == 1 for figure in scripts.all())
        assert opened.errors == []
    finally:
        opened.page.close()
        lab.forget_kernels()
