"""`tcpedu.course`는 쓸 때 불러온다."""

from __future__ import annotations

import subprocess
import sys

import pytest

NAMES = (
    "check", "hint", "meet_kernel", "my_pieces", "my_tcp", "overview", "packet_table", "predict", "problem", "problems",
    "quiz", "solution",
)  # fmt: skip


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_importing_the_package_loads_nothing() -> None:
    code = (
        "import sys, tcpedu.course; print([n for n in sys.modules if n.startswith('tcpedu.') and n != 'tcpedu.course'])"
    )
    assert run(code) == "[]"


@pytest.mark.parametrize("first", ["check", "quiz", "problem", "overview"])
def test_a_submodule_does_not_hide_the_function(first: str) -> None:
    names = ", ".join(NAMES)
    code = f"import tcpedu.course.{first}; from tcpedu.course import {names}; print(all(map(callable, [{names}])))"
    assert run(code) == "True"


def test_check_needs_no_heavy_package() -> None:
    heavy = "{'IPython', 'ipywidgets', 'nbformat', 'nbclient', 'pandas', 'matplotlib', 'mermaid'}"
    assert run(f"import sys; from tcpedu.course import check; check(1); print({heavy} & set(sys.modules))") == "set()"


def test_unknown_name() -> None:
    import tcpedu.course

    with pytest.raises(AttributeError, match="'nothing'"):
        tcpedu.course.nothing  # noqa: B018
    assert set(NAMES) <= set(dir(tcpedu.course)) and set(tcpedu.course.__all__) == set(NAMES)
