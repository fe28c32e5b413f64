"""브라우저 시험이 함께 쓰는 것: JupyterLab 한 벌과 Chromium 한 벌."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from lab import Browser, Lab, NotebookPage, missing, running_browser, running_lab

HERE = Path(__file__).resolve().parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """이 폴더의 시험에 표를 붙이고, Chromium이 없으면 까닭을 적고 건너뛴다."""
    reason = missing()
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if reason:
                item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def lab() -> Iterator[Lab]:
    """시험 내내 쓰는 JupyterLab."""
    with running_lab() as server:
        yield server


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """시험 내내 쓰는 Chromium."""
    with running_browser() as chrome:
        yield chrome


@pytest.fixture(autouse=True)
def stays_home(request: pytest.FixtureRequest) -> Iterator[None]:
    """어떤 시험도 이 컴퓨터 밖에 묻지 않는다."""
    yield
    if "browser" in request.fixturenames:
        outside: list[str] = request.getfixturevalue("browser").outside
        found, outside[:] = list(outside), []
        assert found == []


@pytest.fixture(scope="module")
def notebook(
    lab: Lab, browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., NotebookPage]]:
    """셀들을 적어 주면 노트북을 만들어 열고 모두 실행하는 함수."""
    opened: list[NotebookPage] = []

    def run(name: str, *cells: str) -> NotebookPage:
        path = tmp_path_factory.mktemp("fixture") / f"{name}.ipynb"
        book = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_code_cell(cell) for cell in cells],
            metadata={"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
        )
        nbformat.write(book, path)
        page = browser.open(lab, lab.add(path))
        opened.append(page)
        page.run_all()
        assert page.failures() == []
        return page

    yield run
    for page in opened:
        page.page.close()
    lab.forget_kernels()


def output(page: NotebookPage, index: int) -> Any:
    """`index`번째(0부터) 코드 셀의 출력."""
    return page.page.locator(".jp-CodeCell").nth(index).locator(".jp-OutputArea-output").first
