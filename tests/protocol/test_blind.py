"""보이지 않는 연결에 끼어들기 (RFC 5961)와 tcp_tw_reuse의 판단."""

import doctest
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tcpedu.protocol import blind, tw_reuse
from tcpedu.protocol.blind import guesses, rst_accepted, rst_accepted_rfc793
from tcpedu.protocol.config import Config
from tcpedu.protocol.connection import Connection
from tcpedu.protocol.segment import Flags, Segment
from tcpedu.protocol.seqnum import MODULUS, seq_add
from tcpedu.protocol.state import State
from tcpedu.protocol.tw_reuse import tw_reuse_allowed


@pytest.mark.parametrize("module", [blind, tw_reuse])
def test_examples(module) -> None:
    result = doctest.testmod(module)
    assert result.attempted and not result.failed


def linked(iss: int, window: int) -> Connection:
    """상대의 ISN이 `iss`인 연결을 받은 서버. 수신 윈도우는 `window`바이트다."""
    server = Connection(Config(80, receive_buffer=window), iss=300)
    server.listen()
    server.receive(Segment(50000, 80, seq=iss, flags=Flags.SYN), now=0.0)
    server.receive(Segment(50000, 80, seq=seq_add(iss, 1), ack=301, flags=Flags.ACK), now=0.1)
    assert server.state is State.ESTABLISHED
    return server


@given(
    iss=st.integers(0, MODULUS - 1),
    window=st.integers(1000, 65_535),
    distance=st.one_of(st.integers(-3, 3), st.integers(0, 70_000), st.integers(0, MODULUS - 1)),
)
def test_the_connection_follows_the_same_rule(iss: int, window: int, distance: int) -> None:
    server = linked(iss, window)
    assert server.rcv_nxt is not None
    seq = seq_add(server.rcv_nxt, distance)
    verdict = rst_accepted(seq, server.rcv_nxt, server.rcv_wnd)
    answers = server.receive(Segment(50000, 80, seq=seq, flags=Flags.RST), now=1.0)
    assert (server.state is State.CLOSED) is (verdict == "reset")
    assert [one.ack for one in answers] == ([seq_add(iss, 1)] if verdict == "challenge" else [])


@given(seq=st.integers(0, MODULUS - 1), nxt=st.integers(0, MODULUS - 1), window=st.integers(0, 1 << 30))
def test_the_old_rule_resets_wherever_the_new_one_asks(seq: int, nxt: int, window: int) -> None:
    old, new = rst_accepted_rfc793(seq, nxt, window), rst_accepted(seq, nxt, window)
    assert (old, new) in {("reset", "reset"), ("reset", "challenge"), ("drop", "drop")}


@pytest.mark.parametrize("window", [1, 1000, 65_535, 1 << 20])
def test_so_many_guesses_are_enough_and_one_fewer_may_not_be(window: int) -> None:
    """`window`씩 건너뛰면 어느 구간이든 하나가 든다."""
    assert guesses(window) * window >= MODULUS > (guesses(window) - 1) * window
    assert guesses(window, ports=3) == 3 * guesses(window)


def test_nonsense_is_refused() -> None:
    with pytest.raises(ValueError, match="1 이상이어야"):
        guesses(0)
    with pytest.raises(ValueError, match="setting은 0, 1, 2"):
        tw_reuse_allowed("outgoing", True, 3, True)  # type: ignore[arg-type]


def test_only_outgoing_connections_with_timestamps_reuse() -> None:
    """ip-sysctl: 0 끔, 1 모두, 2 루프백만."""
    allowed = {
        plan
        for plan in product(("outgoing", "incoming"), (True, False), (0, 1, 2), (True, False))
        if tw_reuse_allowed(*plan)
    }
    assert allowed == {
        ("outgoing", True, 1, True),
        ("outgoing", True, 1, False),
        ("outgoing", True, 2, True),
    }
