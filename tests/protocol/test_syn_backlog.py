"""SYN 대기열의 판단을 리눅스 6.18에서 잰 SYN 플러드와 견준다 (RFC 4987)."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcpedu.protocol.syn_backlog import Decision, SynBacklog

FLOOD = range(500)
HONEST = "정직한 클라이언트"


def flood(backlog: SynBacklog) -> Counter[Decision]:
    return Counter(backlog.on_syn(port, now=0.0) for port in FLOOD)


@pytest.mark.parametrize(
    ("cookies", "accepted", "cookie", "dropped", "honest"),
    [
        (0, 49, 0, 451, Decision.DROP),  # 잰 값: SYN,ACK 49, 반열림 49, ListenDrops +452(정직한 것까지)
        (1, 65, 435, 0, Decision.COOKIE),  # 잰 값: TCPReqQFullDoCookies 436(정직한 것까지)
        (2, 0, 500, 0, Decision.COOKIE),  # 잰 값: 501(정직한 것까지)
    ],
)
def test_the_measured_flood(cookies: int, accepted: int, cookie: int, dropped: int, honest: Decision) -> None:
    """listen(64), tcp_max_syn_backlog 64에 SYN 500개, 그 뒤 정직한 클라이언트 하나."""
    backlog = SynBacklog(64, cookies=cookies, max_syn_backlog=64)  # type: ignore[arg-type]
    seen = flood(backlog)
    assert (seen[Decision.ACCEPT], seen[Decision.COOKIE], seen[Decision.DROP]) == (accepted, cookie, dropped)
    assert len(backlog) == accepted
    assert backlog.on_syn(HONEST, now=0.1) is honest


def test_the_last_quarter_is_for_proven_peers() -> None:
    """쿠키를 끄면 tcp_max_syn_backlog의 마지막 4분의 1은 전에 연결해 본 상대의 몫이다."""
    backlog = SynBacklog(64, cookies=0, max_syn_backlog=64)
    flood(backlog)
    assert backlog.on_syn(HONEST, 0.1) is Decision.DROP
    assert backlog.on_syn(HONEST, 0.2, proven=True) is Decision.ACCEPT


def test_with_cookies_the_sysctl_is_not_the_limit() -> None:
    backlog = SynBacklog(64, cookies=1, max_syn_backlog=16)
    assert flood(backlog)[Decision.ACCEPT] == 65


def test_half_open_connections_expire() -> None:
    backlog = SynBacklog(64, timeout=63.0, cookies=0)
    flood(backlog)
    assert backlog.on_syn(HONEST, now=62.9) is Decision.DROP
    assert backlog.on_syn(HONEST, now=63.0) is Decision.ACCEPT
    assert len(backlog) == 1


def test_finishing_the_handshake_frees_the_place() -> None:
    backlog = SynBacklog(0, cookies=0)
    assert backlog.on_syn("a", 0.0) is Decision.ACCEPT
    assert backlog.on_syn("b", 0.0) is Decision.DROP
    assert backlog.on_syn("a", 1.0) is Decision.ACCEPT  # SYN의 재전송은 자리를 더 쓰지 않는다
    assert len(backlog) == 1
    assert backlog.on_ack("a", 1.1) and not backlog.on_ack("a", 1.2)
    assert backlog.on_syn("b", 1.3) is Decision.ACCEPT
    backlog.on_rst("b")
    assert len(backlog) == 0


def test_a_late_ack_finds_nothing() -> None:
    backlog = SynBacklog(4, timeout=3.0)
    backlog.on_syn("a", 0.0)
    assert not backlog.on_ack("a", 3.0)


def test_wrong_settings_are_refused() -> None:
    with pytest.raises(ValueError, match="0 이상"):
        SynBacklog(-1)
    with pytest.raises(ValueError, match="0보다 커야"):
        SynBacklog(1, timeout=0)
    assert Decision.DROP.korean == "버린다"


@given(
    size=st.integers(0, 5),
    cookies=st.sampled_from([0, 1, 2]),
    steps=st.lists(st.tuples(st.sampled_from(["syn", "ack", "rst"]), st.integers(0, 9), st.floats(0, 3)), max_size=80),
)
def test_memory_is_bounded_whatever_arrives(size: int, cookies: int, steps: list[tuple[str, int, float]]) -> None:
    backlog, now = SynBacklog(size, timeout=5.0, cookies=cookies), 0.0  # type: ignore[arg-type]
    waiting: dict[int, float] = {}
    for kind, key, pause in steps:
        now += pause
        waiting = {one: until for one, until in waiting.items() if until > now}
        if kind == "syn":
            decision = backlog.on_syn(key, now)
            assert (decision is Decision.ACCEPT) == (key in waiting or (cookies != 2 and len(waiting) <= size))
            assert decision is not (Decision.DROP if cookies else Decision.COOKIE)
            if decision is Decision.ACCEPT:
                waiting.setdefault(key, now + 5.0)
        elif kind == "ack":
            assert backlog.on_ack(key, now) == (waiting.pop(key, None) is not None)
        else:
            backlog.on_rst(key)
            waiting.pop(key, None)
        backlog.expire(now)
        assert len(backlog) == len(waiting) <= size + 1
