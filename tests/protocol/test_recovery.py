"""손실 회복의 자취: RFC 5681, 3042, 6298, 6582, 6675, 2018, 9937의 글을 ACK 하나씩 따라간다.

MSS는 1000이다. 위치는 내 데이터의 첫 바이트를 0으로 센다.
"""

import math

import pytest
from hand import IRS, ISS, ack, reach, seg, sent

from tcpedu.protocol.congestion import CongestionControl, Phase, Reno
from tcpedu.protocol.connection import Connection
from tcpedu.protocol.segment import MSS
from tcpedu.protocol.state import State

K = 1000


def sending(size: int = 100 * K, window: int = 10 * K, **settings: object) -> tuple[Connection, list[tuple[int, int]]]:
    """연결하고 `size`바이트를 맡긴 연결과, 처음 나간 것들. cwnd는 `window`에서 시작한다."""
    connection = reach(State.ESTABLISHED, mss=K, initial_window=window, **settings)
    connection.receive(ack(0, window=65535), 0.1)
    connection.write(bytes(size))
    return connection, sent(connection.poll(1.0))


def acks(connection: Connection, numbers: list[int], now: float = 1.1) -> list[list[tuple[int, int]]]:
    """ACK들을 차례로 주고, ACK마다 나간 것을 적는다."""
    return [sent(connection.receive(ack(number), now)) for number in numbers]


# RFC 5681 §3.1 ------------------------------------------------------------------------


def test_slow_start_doubles_and_congestion_avoidance_adds_one() -> None:
    connection, first = sending(window=2 * K)
    assert first == [(0, K), (K, K)]
    assert acks(connection, [K, 2 * K]) == [[(2 * K, K), (3 * K, K)], [(4 * K, K), (5 * K, K)]]
    assert (connection.cwnd, connection.phase, connection.ssthresh) == (4 * K, Phase.SLOW_START, math.inf)


@pytest.mark.parametrize(
    ("mss", "window"), [(500, 5000), (1000, 10_000), (1460, 14_600), (2190, 14_600), (9000, 18_000)]
)
def test_the_initial_window(mss: int, window: int) -> None:
    """RFC 6928 §2: min(10·MSS, max(2·MSS, 14600))."""
    connection = reach(State.ESTABLISHED, mss=mss)
    assert connection.cwnd == window


@pytest.mark.parametrize(("shrinks", "window"), [(True, 1000), (False, 10_000)])
def test_a_lost_syn_shrinks_the_initial_window_to_one_segment(shrinks: bool, window: int) -> None:
    """RFC 5681 §3.1. 리눅스는 그대로 둔다."""
    connection = reach(State.SYN_SENT, mss=K, loss_window_after_syn_loss=shrinks)
    connection.poll(1.0)
    connection.receive(seg("S", IRS, ack=ISS + 1, options=(MSS(K),)), 1.1)
    assert connection.cwnd == window


@pytest.mark.parametrize(("rest", "burst"), [(0.5, 16), (1.5, 4)])
def test_idle_restart(rest: float, burst: int) -> None:
    """RFC 5681 §4.1: RTO(1초)보다 오래 쉬면 cwnd = min(IW, cwnd)."""
    connection, _ = sending(size=12 * K, window=4 * K)
    acks(connection, [n * K for n in range(1, 13)])
    assert (connection.cwnd, connection.in_flight) == (16 * K, 0)
    connection.write(bytes(50 * K))
    assert len(connection.poll(1.1 + rest)) == burst


# RFC 5681 §3.2, RFC 3042, RFC 6582 ----------------------------------------------------


def test_fast_retransmit_and_recovery_of_one_loss() -> None:
    """열을 보내고 첫째를 잃었다. 중복 ACK는 아홉 개다."""
    connection, first = sending()
    assert first == [(n * K, K) for n in range(10)]
    out = acks(connection, [0] * 9)
    # RFC 3042: 처음 둘에서 새 세그먼트 하나씩. 셋째에서 빠른 재전송.
    assert out[:3] == [[(10 * K, K)], [(11 * K, K)], [(0, K)]]
    # FlightSize에서 제한 전송의 둘을 뺀 10의 절반. cwnd = ssthresh + 3에서 중복 ACK마다 하나씩 부푼다.
    assert connection.ssthresh == 5 * K
    assert connection.phase is Phase.FAST_RECOVERY
    # 부푼 cwnd 5+3+n이 나가 있는 12를 넘는 것은 n=5부터다.
    assert out[3:] == [[], [], [], [], [(12 * K, K)], [(13 * K, K)]]
    assert connection.cwnd == (5 + 3 + 6) * K
    # 전체 ACK: 회복을 시작할 때까지 보낸 12까지 확인되면 끝난다.
    connection.receive(ack(12 * K), 1.2)
    assert (connection.cwnd, connection.phase) == (5 * K, Phase.CONGESTION_AVOIDANCE)


def test_the_inflation_starts_at_ssthresh_plus_three() -> None:
    connection, _ = sending(limited_transmit=False)
    assert acks(connection, [0, 0, 0]) == [[], [], [(0, K)]]
    assert connection.cwnd == 5 * K + 3 * K
    acks(connection, [0])
    assert connection.cwnd == 9 * K


def test_a_partial_ack_retransmits_the_next_hole_and_deflates() -> None:
    """RFC 6582 §3.2 3단계: 0과 4를 잃었다."""
    connection, _ = sending(limited_transmit=False)
    acks(connection, [0] * 8)
    assert connection.cwnd == (5 + 8) * K and connection.in_flight == 13 * K
    (out,) = acks(connection, [4 * K])
    # 4가 확인되어 4만큼 오므리고 1을 더한다: 13 - 4 + 1 = 10. 나가 있는 것은 9라서 새것도 하나 나간다.
    assert out == [(4 * K, K), (13 * K, K)]
    assert (connection.cwnd, connection.phase) == (10 * K, Phase.FAST_RECOVERY)
    acks(connection, [10 * K])
    assert (connection.cwnd, connection.phase) == (5 * K, Phase.CONGESTION_AVOIDANCE)


@pytest.mark.parametrize(("when", "restarted"), [("first", False), ("every", True)])
def test_the_timer_on_partial_acks(when: str, restarted: bool) -> None:
    """RFC 6582 §4: 첫 부분 ACK에서만(impatient), 또는 부분 ACK마다(slow but steady) 타이머를 다시 건다."""
    connection, _ = sending(partial_ack_timer=when)
    acks(connection, [0] * 3)
    acks(connection, [K], now=1.2)
    first = connection.next_timer()
    acks(connection, [2 * K], now=1.3)
    assert first == pytest.approx(1.2 + connection.rto)
    assert connection.next_timer() == pytest.approx((1.3 if restarted else 1.2) + connection.rto)


def test_duplicates_of_what_was_sent_again_do_not_start_recovery() -> None:
    """타임아웃 뒤 recover까지는 빠른 재전송을 하지 않는다 (RFC 6582 §3.2). 제한 전송은 새 데이터만이다 (RFC 3042)."""
    connection, _ = sending()
    at = connection.next_timer()
    assert at is not None
    assert sent(connection.poll(at)) == [(0, K)]
    assert acks(connection, [K], now=at + 0.1) == [[(K, K), (2 * K, K)]]
    ssthresh = connection.ssthresh
    assert acks(connection, [K, K, K, K], now=at + 0.2) == [[], [], [], []]
    assert (connection.ssthresh, connection.phase) == (ssthresh, Phase.SLOW_START)


DUPLICATE = [
    ({}, True, "RFC 5681 §2의 다섯 조건을 모두 채운다"),
    ({"window": 60_000}, False, "(e) 윈도우가 다르다"),
    ({"payload": b"x"}, False, "(b) 데이터가 있다"),
]


@pytest.mark.parametrize(("change", "counts", "why"), DUPLICATE, ids=lambda x: x if isinstance(x, str) else None)
def test_what_counts_as_a_duplicate_ack(change: dict[str, object], counts: bool, why: str) -> None:
    connection, _ = sending(limited_transmit=False)
    out = []
    for n in range(3):
        data = change.get("payload", b"")
        window = 65535 if "window" not in change else 60_000 - n
        segment = seg("", IRS + 1 + n * len(data), ack=ISS + 1, data=data, window=window)  # type: ignore[arg-type]
        out += sent(connection.receive(segment, 1.1))
    assert (out == [(0, K)]) is counts, why


# RFC 6298 §5와 RFC 5681 §3.1: 타임아웃 --------------------------------------------------


def test_a_timeout_goes_back_and_slow_starts() -> None:
    connection, _ = sending()
    at = connection.next_timer()
    assert at == 2.0  # RTO는 1초보다 작지 않다
    assert sent(connection.poll(at)) == [(0, K)]
    assert (connection.cwnd, connection.ssthresh, connection.rto) == (K, 5 * K, 2.0)
    assert connection.snd_nxt - connection.snd_una == K  # 되돌아갔다
    # 둘째 타임아웃: 같은 세그먼트이므로 ssthresh는 그대로, RTO만 두 배.
    assert sent(connection.poll(4.0)) == [(0, K)]
    assert (connection.cwnd, connection.ssthresh, connection.rto) == (K, 5 * K, 4.0)
    # 상대가 1–9를 이미 갖고 있었다: 다시 보내지 않고 앞으로 간다.
    assert acks(connection, [10 * K], now=4.1) == [[(10 * K, K), (11 * K, K)]]
    assert connection.cwnd == 2 * K


def test_every_segment_is_sent_again_when_all_were_lost() -> None:
    connection, _ = sending()
    assert sent(connection.poll(2.0)) == [(0, K)]
    assert acks(connection, [K], now=2.1) == [[(K, K), (2 * K, K)]]
    assert acks(connection, [2 * K, 3 * K], now=2.2) == [[(3 * K, K), (4 * K, K)], [(5 * K, K), (6 * K, K)]]


# SACK: RFC 2018, RFC 6675 -------------------------------------------------------------


def test_sack_recovery_fills_all_holes_in_one_round_trip() -> None:
    """0과 2와 4를 잃었다. pipe를 세며 보낸다 (RFC 6675 §5)."""
    connection, _ = sending(sack=True)
    blocks = [(K, 2 * K)], [(3 * K, 4 * K), (K, 2 * K)], [(5 * K, 6 * K), (3 * K, 4 * K), (K, 2 * K)]
    out = [sent(connection.receive(ack(0, blocks=tuple(b)), 1.1)) for b in blocks]
    # 처음 둘에서는 제한 전송. 셋째에서 (4.3) 첫 빈틈을 곧바로 다시 보낸다. cwnd = ssthresh.
    assert out == [[(10 * K, K)], [(11 * K, K)], [(0, K)]]
    assert (connection.ssthresh, connection.cwnd, connection.phase) == (5 * K, 5 * K, Phase.FAST_RECOVERY)
    # 6–9가 차례로 도착한다. pipe가 cwnd보다 1 SMSS 작아질 때마다 하나씩, 잃은 빈틈(2)이 새 데이터보다 먼저다.
    out = []
    for n in range(7, 13):
        out += sent(connection.receive(ack(0, blocks=((5 * K, n * K), (3 * K, 4 * K), (K, 2 * K))), 1.2))
    assert out[:2] == [(2 * K, K), (4 * K, K)]
    # 다시 보낸 것이 모두 도착하면 끝난다.
    connection.receive(ack(12 * K), 1.3)
    assert (connection.cwnd, connection.phase) == (5 * K, Phase.CONGESTION_AVOIDANCE)


def test_what_was_sacked_is_not_sent_again() -> None:
    connection, _ = sending(sack=True, size=10 * K)
    for n in range(2, 11):
        connection.receive(ack(0, blocks=((K, n * K),)), 1.1)
    resent = sent(connection.receive(ack(K, blocks=()), 1.2))
    assert resent == []


def test_a_timeout_forgets_the_scoreboard() -> None:
    """RFC 2018 §8: 상대가 버렸을 수도 있다."""
    connection, _ = sending(sack=True, size=10 * K)
    connection.receive(ack(0, blocks=((K, 10 * K),)), 1.1)
    assert sent(connection.poll(10.0)) == [(0, K)]
    assert acks(connection, [K], now=10.1) == [[(K, K), (2 * K, K)]]


def test_a_duplicate_sack_is_not_new_information() -> None:
    """RFC 2883 §4: 첫 블록이 누적 확인 앞이면 두 번 받았다는 알림이다."""
    connection, _ = sending(sack=True)
    connection.receive(ack(2 * K), 1.1)
    for _ in range(4):
        assert sent(connection.receive(ack(2 * K, blocks=((0, K),)), 1.2)) == []
    assert connection.phase is Phase.SLOW_START


# PRR: RFC 9937 -------------------------------------------------------------------------


def test_prr_sends_one_segment_for_two_acks() -> None:
    """30을 보내고 첫째를 잃었다. 회복 동안 ACK 둘에 하나꼴로 보내고 ssthresh에서 끝난다."""
    connection, _ = sending(window=30 * K, size=200 * K, recovery="prr", limited_transmit=False)
    out = acks(connection, [0] * 29)
    assert out[2] == [(0, K)]  # 빠른 재전송은 미루지 않는다
    later = out[3:]
    total = sum(len(pieces) for pieces in later)
    assert abs(total - len(later) / 2) <= 1
    assert all(len(pieces) <= 1 for pieces in later)
    assert connection.ssthresh == 15 * K
    connection.receive(ack(30 * K), 1.2)
    assert connection.cwnd == 15 * K


def test_prr_reaches_ssthresh_with_sack() -> None:
    connection, _ = sending(window=40 * K, size=200 * K, recovery="prr", sack=True)
    windows = []
    for n in range(2, 41):
        connection.receive(ack(0, blocks=((K, n * K),)), 1.1)
        if connection.phase is Phase.FAST_RECOVERY:
            windows.append(connection.cwnd)
    assert windows == sorted(windows, reverse=True)
    assert abs(windows[-1] - connection.ssthresh) <= K


# 배우는 사람의 혼잡 제어 ------------------------------------------------------------------


def test_any_class_fits() -> None:
    class OneAtATime(CongestionControl):
        def __init__(self, mss: int, initial_window: int | None = None) -> None:
            super().__init__(mss, mss)

        def on_ack(self, acked: int, rtt: float | None, in_flight: int, now: float) -> None:
            pass

        def on_loss(self, in_flight: int, now: float) -> None:
            self.ssthresh = self.cwnd

        def on_timeout(self, in_flight: int, now: float) -> None:
            self.ssthresh = self.cwnd

    connection = reach(State.ESTABLISHED, mss=K, congestion=OneAtATime)
    connection.write(bytes(5 * K))
    assert sent(connection.poll(1.0)) == [(0, K)]
    assert acks(connection, [K, 2 * K]) == [[(K, K)], [(2 * K, K)]]


def test_pacing_spreads_the_segments() -> None:
    class Paced(Reno):
        pacing_rate = 10_000.0  # 바이트/초: 세그먼트마다 0.1초

    connection, first = sending(congestion=Paced)
    assert first == [(0, K)]
    assert connection.next_timer() == pytest.approx(1.1)
    assert sent(connection.poll(1.1)) == [(K, K)]


def test_prr_without_sack_sends_the_next_hole_at_once() -> None:
    """부분 ACK마다 빈틈 하나씩. 0과 4를 잃었다."""
    connection, _ = sending(recovery="prr", limited_transmit=False)
    acks(connection, [0] * 8)
    (out,) = acks(connection, [4 * K])
    assert out[0] == (4 * K, K)
    acks(connection, [10 * K])
    assert connection.phase is Phase.CONGESTION_AVOIDANCE


@pytest.mark.parametrize("sack", [False, True])
def test_prr_leaves_the_window_to_an_algorithm_that_keeps_its_own(sack: bool) -> None:
    """ssthresh가 무한대인 알고리즘(BBR)에서 PRR은 셈할 목표가 없다."""

    class Own(Reno):
        own_recovery = True

        def on_loss(self, in_flight: int, now: float) -> None:
            self.in_recovery = True

    connection, _ = sending(recovery="prr", sack=sack, congestion=Own)
    out = [sent(connection.receive(ack(0, blocks=((K, n * K),) if sack else ()), 1.1)) for n in (2, 3, 4)]
    assert out[-1][0] == (0, K)
    assert connection.cwnd == 10 * K and connection.ssthresh == math.inf


def test_the_last_segment_is_rescued_once() -> None:
    """RFC 6675 §4 NextSeg (4): 0과 마지막 9를 잃었고 새 데이터가 없다. 타임아웃 없이 9도 다시 보낸다."""
    connection, _ = sending(sack=True, size=10 * K)
    out = []
    for n in range(2, 10):
        out += sent(connection.receive(ack(0, blocks=((K, n * K),)), 1.1))
    assert out == [(0, K), (9 * K, K)]
    assert sent(connection.receive(ack(9 * K), 1.2)) == []
    connection.receive(ack(10 * K), 1.3)
    assert (connection.in_flight, connection.phase) == (0, Phase.CONGESTION_AVOIDANCE)


def test_a_path_model_hears_what_sack_reports() -> None:
    """길을 재는 알고리즘(BBR)은 누적 확인이 멈춘 동안에도 도착한 양과 pipe를 들어야 한다."""
    heard: list[tuple[int, int]] = []

    class Model(Reno):
        own_recovery = counts_sacked = True

        def on_ack(self, acked: int, rtt: float | None, in_flight: int, now: float) -> None:
            heard.append((acked, in_flight))

    connection, _ = sending(sack=True, size=10 * K, congestion=Model)
    heard.clear()
    connection.receive(ack(0, blocks=((K, 3 * K),)), 1.1)
    connection.receive(ack(0, blocks=((K, 4 * K),)), 1.1)
    connection.receive(ack(10 * K), 1.2)
    assert [acked for acked, _ in heard] == [2 * K, K, 7 * K]
    assert heard[0][1] == 10 * K  # 2가 도착하기 직전에는 열이 모두 나가 있었다
    assert heard[-1][1] == 7 * K
