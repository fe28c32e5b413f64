"""리눅스의 회복: 커널 6.18이 보낸 것을 ACK 하나씩 따라간다. MSS는 1000이고, 위치는 첫 바이트를 0으로 센다.

통째로 견주는 것은 tests/lab/test_follow_acks.py에 있다. 여기서는 스위치 하나하나가 무엇을 바꾸는지 본다.
"""

from functools import partial

import pytest
from hand import ack, reach, sent

from tcpedu.protocol.congestion import LINUX, Phase, Reno, Rules
from tcpedu.protocol.connection import Connection
from tcpedu.protocol.state import State

K = 1000
RENO = partial(Reno, rules=LINUX)


def sending(window: int, **settings: object) -> Connection:
    """cwnd가 세그먼트 `window`개인 채 그만큼 내보낸 연결. 보낼 것은 넉넉하다."""
    options = {
        "mss": K, "initial_window": window * K, "congestion": RENO, "recovery": "prr", "linux_recovery": True,
        "partial_ack_timer": "every", "send_buffer": 1 << 22, "nodelay": True, **settings,
    }  # fmt: skip
    connection = reach(State.ESTABLISHED, **options)
    connection.receive(ack(0, window=65535), 0.1)
    connection.write(bytes(300 * K))
    assert len(sent(connection.poll(1.0))) == window
    return connection


def acks(connection: Connection, numbers: list[int], now: float = 1.1) -> list[list[int]]:
    """ACK(세그먼트로 센 번호)마다 나간 세그먼트의 번호."""
    return [[start // K for start, _ in sent(connection.receive(ack(number * K), now))] for number in numbers]


def test_prr_counts_whole_segments() -> None:
    """잰 것: 49개 가운데 첫째를 잃었다. 새것 둘, 다시 보낸 것, 그 뒤로 ACK 둘마다 하나. cwnd는 49, 48, 47, 47, 46…"""
    connection = sending(49)
    assert acks(connection, [0] * 8) == [[49], [50], [0], [], [51], [], [52], []]
    assert (connection.cwnd, connection.ssthresh) == (45 * K, 24 * K)


def test_a_hole_waits_for_its_share() -> None:
    """잰 것: 0과 1을 잃었다. 부분 ACK에 몫이 없으면 빈틈도 다음 중복 ACK에서 보낸다."""
    connection = sending(20)
    acks(connection, [0] * 8)  # 몫 ⌈6 × 10 / 20⌉ = 3을 다 썼다
    share = acks(connection, [1, 1])
    assert sorted(share) == [[], [1]]
    textbook = sending(20, linux_recovery=False)
    acks(textbook, [0] * 8)
    assert acks(textbook, [1])[0][0] == 1


def test_recovery_is_held_until_something_beyond_recover_is_acknowledged() -> None:
    """RFC 6582는 전체 ACK에서 끝낸다. 커널은 한 번 더 기다리고, 그동안의 중복 ACK를 세지 않는다."""
    connection = sending(10)
    acks(connection, [0] * 9)  # 새것 둘까지 12개가 recover다
    acks(connection, [12])
    assert connection.phase is Phase.FAST_RECOVERY
    assert acks(connection, [12, 12, 12]) == [[], [], []]
    acks(connection, [13])
    assert (connection.phase, connection.cwnd, connection.ssthresh) == (Phase.CONGESTION_AVOIDANCE, 5 * K, 5 * K)


def test_the_ack_that_ends_recovery_counts() -> None:
    """recover를 넘어 확인되면 그 ACK가 새로 알린 하나도 센다: cwnd 5에서 넷이 더 오면 늘어난다."""
    connection = sending(10)
    acks(connection, [0] * 9)
    acks(connection, [13])
    assert connection.cwnd == 5 * K
    acks(connection, [14, 15, 16, 17])
    assert connection.cwnd == 6 * K


@pytest.mark.parametrize(("rules", "ssthresh"), [(LINUX, 10), (Rules(reduce_from_cwnd=True), 5)])
def test_a_timeout_in_recovery_does_not_halve_again(rules: Rules, ssthresh: int) -> None:
    connection = sending(20, congestion=partial(Reno, rules=rules))
    acks(connection, [0] * 22)
    assert connection.ssthresh == 10 * K
    at = connection.rtx_at
    assert at is not None
    assert sent(connection.poll(at)) == [(0, K)]
    assert (connection.cwnd, connection.ssthresh) == (K, ssthresh * K)


def test_more_duplicates_than_segments_mean_reordering() -> None:
    """0이 늦게 왔을 뿐 잃은 것은 없다. 중복 ACK가 빈틈보다 많았음을 알고 나면 셋으로는 회복에 들지 않는다."""
    connection = sending(12)
    acks(connection, [0] * 13)
    assert acks(connection, list(range(1, 14)))[-3:] == [[11], [12], [13]]  # 모두 쓸데없는 재전송
    acks(connection, [14, 15, 16, 17])
    assert acks(connection, [17] * 4) == [[], [24], [25], [26]]  # 새것만 나간다
    assert connection.phase is Phase.CONGESTION_AVOIDANCE


def test_growth_stops_at_twice_what_was_in_flight() -> None:
    """잰 것: 상대의 윈도우가 10개라 열만 나간다. RFC의 글로는 한없이 늘고, 커널은 20에서 멈춘다."""
    found = {}
    for name, rules in (("rfc", Rules()), ("linux", LINUX)):
        control = Reno(K, 10 * K, rules=rules)
        for _ in range(200):
            control.on_ack(K, 0.1, 10 * K, 0.0)
        found[name] = control.cwnd // K
    assert found == {"rfc": 210, "linux": 20}


def test_a_full_window_grows_to_its_last_ack() -> None:
    """보낼 것이 떨어져 나가 있는 것이 줄어도, 다 쓴 윈도우의 ACK에는 끝까지 는다: 10이 20이 된다."""
    control = Reno(K, 10 * K, rules=LINUX)
    for left in range(10, 0, -1):
        control.on_ack(K, 0.1, left * K, 0.0)
    assert control.cwnd == 20 * K


def test_a_big_ack_adds_more_than_one() -> None:
    """한 ACK가 윈도우 둘만큼 확인하면 둘을 더한다(tcp_cong_avoid_ai). RFC 5681은 하나다."""
    for rules, cwnd in ((LINUX, 12), (Rules(), 11)):
        control = Reno(K, 10 * K, rules=rules)
        control.ssthresh = 10 * K
        control.on_ack(20 * K, 0.1, 10 * K, 0.0)
        assert control.cwnd == cwnd * K


@pytest.mark.parametrize(("probe", "timers"), [(True, 1), (False, 0)])
def test_the_tail_loss_probe_is_a_switch(probe: bool, timers: int) -> None:
    connection = sending(10, sack=True, loss_detection="rack", tail_loss_probe=probe)
    at = connection.next_timer()
    assert at is not None and connection.rtx_at is not None
    assert (at < connection.rtx_at) == bool(timers)


@pytest.mark.parametrize("linux", [False, True])
def test_rack_measures_the_newest_segment_whatever_the_order_of_the_blocks(linux: bool) -> None:
    """RFC 8985 §5.2: RACK.rtt는 가장 나중에 보낸 것의 왕복 시간. 블록은 새것부터 실려 온다 (RFC 2018 §4)."""
    connection = sending(6, sack=True, loss_detection="rack", linux_recovery=linux)
    acks(connection, [1], now=1.1)
    acks(connection, [2], now=1.15)  # 8과 9는 1.15초에 나갔다
    connection.receive(ack(2 * K, blocks=((9 * K, 10 * K), (3 * K, 5 * K))), 1.25)
    recovery = connection._tcb.sender.recovery
    assert recovery.rack.rtt == pytest.approx(0.1)  # type: ignore[attr-defined]
