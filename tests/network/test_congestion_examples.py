"""혼잡 제어 강의의 모듈들: docstring의 예는 그대로 돈다."""

from __future__ import annotations

import doctest
from importlib import import_module

import pytest


@pytest.mark.parametrize("name", ["bursts", "collapse", "fairness", "rounds"])
def test_examples_in_docstrings(name: str) -> None:
    result = doctest.testmod(import_module(f"tcpedu.network.{name}"))
    assert result.attempted and not result.failed
