"""꾸러미: 이름은 처음 쓸 때 불러오고, docstring의 예는 그대로 돈다."""

from __future__ import annotations

import doctest
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import tcpedu.view as view

FOLDER = Path(view.__file__).parent
MODULES = sorted(
    "tcpedu.view." + ".".join(path.relative_to(FOLDER).with_suffix("").parts)
    for path in FOLDER.rglob("*.py")
    if path.name != "__init__.py"
)


@pytest.mark.parametrize("name", view.__all__)
def test_public_names_have_korean_docstrings(name):
    assert any("가" <= letter <= "힣" for letter in getattr(view, name).__doc__)


def test_unknown_name():
    with pytest.raises(AttributeError):
        view.nothing  # noqa: B018


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings(name):
    assert doctest.testmod(import_module(name)).failed == 0


def test_importing_view_loads_nothing_heavy():
    heavy = {"IPython", "anywidget", "matplotlib", "mermaid", "pandas"}
    code = f"import sys, tcpedu.view; print(sorted({heavy} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_scripts_are_small():
    scripts = list((FOLDER / "widgets").glob("*.js"))
    assert scripts
    assert sum(path.stat().st_size for path in scripts) < 150_000
