"""소켓 옵션을 실제로 재어 본다: 커널의 문서가 말하는 대로 되고, 아무것도 남지 않는다."""

from __future__ import annotations

import doctest
import sys

import psutil
import pytest

from tcpedu.lab import fast_open, loopback
from tcpedu.lab.fast_open import RECORDED, fast_open_run
from tcpedu.lab.option_runs import (
    buffer_run,
    cork_ceiling,
    keepalive_options,
    packing,
    shared_port,
    user_timeout_run,
)
from tcpedu.lab.write_habits import HABITS, compare_habits, request_times

linux = pytest.mark.skipif(sys.platform != "linux", reason="리눅스의 소켓 옵션")


def test_examples() -> None:
    result = doctest.testmod(loopback)
    assert result.attempted and not result.failed


@linux
def test_nagle_waits_for_the_delayed_ack_and_every_cure_ends_it() -> None:
    # 리눅스의 지연 ACK는 40ms부터다. 함께 도는 시험에 밀릴 수 있으므로 가장 빠른 것을 본다.
    slow = {name for name, habit in HABITS.items() if min(request_times(habit)) > 0.02}
    assert slow == {"나눠 쓰고 기다린다", "서버가 TCP_QUICKACK을 한 번"}
    assert set(compare_habits(2)) == set(HABITS)


def test_requests_are_counted() -> None:
    assert len(request_times(HABITS["한 번에 쓴다"], 3)) == 3


@linux
def test_asking_for_a_buffer_doubles_it_and_stops_it_growing() -> None:
    asked = buffer_run(20_000, 2_000_000)
    assert asked.first == asked.last == 40_000
    left = buffer_run(None, 64_000_000)
    assert left.last > left.first


@linux
def test_cork_packs_small_writes() -> None:
    assert packing(cork=False).segments == 10
    assert packing(cork=True).segments == 1


@linux
def test_a_forgotten_cork_opens_by_itself() -> None:
    assert 0.15 < cork_ceiling() < 5


@linux
def test_user_timeout_ends_a_connection_that_cannot_send() -> None:
    error, seconds = user_timeout_run(200)
    assert error == "ETIMEDOUT" and seconds >= 0.2


@linux
def test_keepalive_is_set_for_one_socket_only() -> None:
    assert keepalive_options(60, 10, 3) == {"TCP_KEEPIDLE": 60, "TCP_KEEPINTVL": 10, "TCP_KEEPCNT": 3}


@linux
def test_listeners_share_a_port() -> None:
    counts = shared_port(3, 60)
    assert sum(counts) == 60 and sum(count > 0 for count in counts) >= 2


@linux
def test_fast_open_in_a_namespace_or_recorded_and_the_computer_stays_as_it_was() -> None:
    with open("/proc/sys/net/ipv4/tcp_fastopen", encoding="ascii") as file:
        before = file.read()
    run = fast_open_run()
    assert run.tries == RECORDED  # 첫 연결은 쿠키를 받고, 다음부터 SYN에 싣는다 (RFC 7413 §3)
    with open("/proc/sys/net/ipv4/tcp_fastopen", encoding="ascii") as file:
        assert file.read() == before


def test_where_it_cannot_run_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fast_open, "_in_a_child", lambda: None)
    run = fast_open_run()
    assert run.tries == RECORDED and "기록한 것입니다" in run.note


@pytest.mark.parametrize("measure", [packing, shared_port])
def test_other_systems_hear_a_sentence(measure, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(sys, "platform", "win32")
    with pytest.raises(RuntimeError, match="리눅스에서만 해 볼 수 있습니다"):
        measure(False) if measure is packing else measure()


@pytest.mark.parametrize("measure", [cork_ceiling, user_timeout_run])
def test_a_missing_option_is_named(measure, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    for name in ("TCP_CORK", "TCP_USER_TIMEOUT"):
        monkeypatch.delattr(loopback.socket, name, raising=False)
    with pytest.raises(RuntimeError, match="이 운영체제에는 TCP_"):
        measure()


@linux
def test_nothing_remains() -> None:
    def mine() -> set[tuple[object, ...]]:
        found = psutil.Process().net_connections("tcp")
        return {(item.laddr, item.raddr) for item in found if item.status != psutil.CONN_TIME_WAIT}

    before = mine()  # 같은 일꾼이 먼저 돈 시험의 것
    packing(cork=True)
    shared_port(2, 4)
    assert mine() <= before
