"""lab의 독스트링에 든 예가 맞는다."""

import doctest

import pytest

from tcpedu.lab import exchange, ip, progress, scenes, tun_wire, wire


@pytest.mark.parametrize("module", [exchange, ip, progress, scenes, tun_wire, wire], ids=lambda module: module.__name__)
def test_examples(module) -> None:
    result = doctest.testmod(module)
    assert result.attempted and not result.failed
