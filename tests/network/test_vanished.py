"""사라진 상대: 킵얼라이브는 조용할 때만 알아채고, 보낸 것이 있으면 재전송이 끝나야 안다."""

from __future__ import annotations

import doctest
from dataclasses import replace

import pytest

from tcpedu.network import vanished as module
from tcpedu.network.vanished import GONE_AT, vanished
from tcpedu.protocol.config import Config
from tcpedu.protocol.profiles import LINUX
from tcpedu.protocol.tuning import keepalive_detects_after


def keeping(time: float, intvl: float, probes: int) -> Config:
    return replace(LINUX, keepalive=time, keepalive_interval=intvl, keepalive_probes=probes)


def test_examples() -> None:
    result = doctest.testmod(module)
    assert result.attempted and not result.failed


@pytest.mark.parametrize(("time", "intvl", "probes"), [(7200, 75, 9), (60, 75, 9), (60, 10, 3), (5, 1, 1)])
def test_the_formula_is_what_happens(time: float, intvl: float, probes: int) -> None:
    run = vanished(keeping(time, intvl, probes))
    assert run.noticed == keepalive_detects_after(time, intvl, probes) and run.sent == probes


def test_without_keepalive_nobody_ever_notices() -> None:
    run = vanished(LINUX)
    assert run.noticed is None and run.sent == 0


def test_data_in_flight_makes_keepalive_useless() -> None:
    """RFC 9293 §3.8.4 MUST-26: 확인받지 못한 것이 있으면 킵얼라이브를 보내지 않는다."""
    with_keepalive = vanished(keeping(60, 10, 3), write_at=5.0)
    assert with_keepalive.noticed == vanished(LINUX, write_at=5.0).noticed
    assert with_keepalive.noticed is not None and with_keepalive.noticed > 900
    timed = vanished(replace(keeping(60, 10, 3), user_timeout=30.0), write_at=5.0)
    assert timed.noticed is not None and timed.noticed < 70


def test_a_hasty_keepalive_kills_a_healthy_connection() -> None:
    back_at = GONE_AT + 30
    hasty = vanished(keeping(10, 5, 3), back_at=back_at, until=200)
    assert hasty.noticed == 25 and max(change.time for change in hasty.trace.states) < back_at
    assert vanished(LINUX, back_at=back_at, until=200).noticed is None
    waited = vanished(LINUX, write_at=5.0, back_at=back_at, until=200)
    assert waited.noticed is None and waited.sent > 2  # 그동안 다시 보내며 견딘다
