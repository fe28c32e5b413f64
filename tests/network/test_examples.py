"""위젯이 그릴 수를 셈하는 모듈들: docstring의 예는 그대로 돈다."""

from __future__ import annotations

import doctest
from importlib import import_module

import pytest


@pytest.mark.parametrize("name", ["flow_control", "pointers", "sequence_space", "snapshots"])
def test_examples_in_docstrings(name):
    result = doctest.testmod(import_module(f"tcpedu.network.{name}"))
    assert result.attempted and not result.failed
