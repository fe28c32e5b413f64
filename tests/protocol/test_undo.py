"""쓸데없는 재전송을 알아채고 되돌린다: DSACK(RFC 3708), 타임스탬프(RFC 3522, 4015), F-RTO(RFC 5682)."""

import math

import pytest
from hand import IRS, ISS, ack, reach, seg, sent

from tcpedu.protocol.connection import Connection
from tcpedu.protocol.frto import FRto, Verdict
from tcpedu.protocol.segment import MSS, SackPermitted, Segment, Timestamps
from tcpedu.protocol.state import State

K = 1000


def sending(segments: int = 40, window: int = 10, **settings: object) -> Connection:
    connection = reach(State.ESTABLISHED, mss=K, initial_window=window * K, nodelay=True, **settings)
    connection.write(bytes(segments * K))
    connection.poll(1.0)
    return connection


def sack(number: int, *blocks: tuple[int, int], **more: object) -> Segment:
    return ack(number * K, blocks=tuple((left * K, right * K) for left, right in blocks), **more)


@pytest.mark.parametrize("detection", ["dupack", "rack"])
@pytest.mark.parametrize("undo", [True, False])
def test_a_dsack_for_everything_sent_again_restores_the_window(undo: bool, detection: str) -> None:
    """첫 세그먼트가 늦게 왔다. 다시 보낸 것이 두 번째로 도착하면 DSACK이 온다."""
    connection = sending(sack=True, undo=undo, loss_detection=detection)
    for upto in (2, 3, 4):
        connection.receive(sack(0, (1, upto)), 1.1)
    assert (connection.ssthresh, connection.phase.name) == (5 * K, "FAST_RECOVERY")
    connection.receive(sack(10), 1.12)  # 늦은 첫째까지 모두 도착했다
    assert connection.cwnd < 10 * K
    connection.receive(sack(10, (0, 1)), 1.21)
    assert (connection.cwnd >= 10 * K, connection.ssthresh) == ((True, math.inf) if undo else (False, 5 * K))


def test_a_dsack_for_only_one_of_two_does_not() -> None:
    connection = sending(sack=True, undo=True)
    for upto in (3, 4, 5):
        connection.receive(sack(0, (2, upto)), 1.1)
    connection.receive(sack(0, (2, 10)), 1.11)  # 둘째도 다시 보낸다
    connection.receive(sack(12), 1.2)
    connection.receive(sack(12, (0, 1)), 1.21)
    assert connection.ssthresh == 5 * K
    connection.receive(sack(12, (1, 2)), 1.22)
    assert connection.ssthresh == math.inf


def stamped(**settings: object) -> Connection:
    """타임스탬프를 쓰는 연결. 세그먼트의 데이터는 988바이트다."""
    from tcpedu.protocol.config import Config

    connection = Connection(Config(1000, 80, mss=K, timestamps=True, initial_window=10 * K, **settings), iss=ISS)  # type: ignore[arg-type]
    connection.open()
    connection.poll(0.0)
    options = (MSS(K), SackPermitted(), Timestamps(1, 0))
    connection.receive(seg("S", IRS, ack=ISS + 1, options=options), 0.1)
    connection.write(bytes(40 * K))
    connection.poll(1.0)
    return connection


@pytest.mark.parametrize(("echo", "undone"), [(1000, True), (2100, False)])
def test_an_echo_of_the_original_after_a_timeout_undoes_it(echo: int, undone: bool) -> None:
    """RFC 3522 §3.2: 2.0초에 다시 보냈는데 그 ACK의 TSecr가 1.0초라면 처음 보낸 것이 도착한 것이다."""
    connection = stamped(undo=True)
    before = connection.cwnd
    assert [start for start, _ in sent(connection.poll(2.1))] == [0]
    assert connection.cwnd < 2 * K
    connection.receive(seg("", ack=ISS + 1 + 988, options=(Timestamps(2, echo),)), 2.15)
    assert (connection.ssthresh == math.inf, connection.cwnd >= before) == (undone, undone)
    # 되돌렸으면 되돌아가 보내지 않는다.
    assert (connection.in_flight > 5 * K) is undone


# F-RTO --------------------------------------------------------------------------------


def timed_out(**settings: object) -> Connection:
    connection = sending(**settings)
    assert sent(connection.poll(2.0)) == [(0, K)]
    return connection


@pytest.mark.parametrize("settings", [{}, {"sack": True}, {"sack": True, "loss_detection": "rack"}])
def test_frto_finds_a_spurious_timeout(settings: dict[str, object]) -> None:
    """첫 ACK에 새 세그먼트 둘, 다음 ACK도 나아가면 아무것도 되돌아가 보내지 않는다."""
    connection = sending(frto=True, **settings)
    at = 2.0
    if settings.get("loss_detection"):
        connection.poll(1.2)  # 탐침이 10을 보냈다
        at = 2.2
    assert sent(connection.poll(at)) == [(0, K)]
    new = [start // K for start, _ in sent(connection.receive(ack(K), at + 0.1))]
    assert new == ([11, 12] if settings.get("loss_detection") else [10, 11])
    out = sent(connection.receive(ack(2 * K), at + 0.11))
    assert all(start >= 12 * K for start, _ in out)
    assert connection.ssthresh == math.inf and connection.cwnd >= 10 * K


@pytest.mark.parametrize("settings", [{}, {"sack": True}])
def test_frto_lets_a_real_timeout_recover(settings: dict[str, object]) -> None:
    """둘째 ACK가 중복이면 정말 잃은 것이다: SND.UNA부터 다시 보낸다."""
    connection = timed_out(frto=True, **settings)
    assert len(sent(connection.receive(ack(K), 2.1))) == 2
    answer = sack(1, (10, 11)) if settings else ack(K)
    assert sent(connection.receive(answer, 2.2))[0] == (K, K)
    assert connection.ssthresh == 5 * K


@pytest.mark.parametrize("first", [0, 10])
def test_frto_gives_up_at_once(first: int) -> None:
    """첫 ACK가 중복이거나 모두 확인하면 알 수 없다."""
    connection = timed_out(frto=True)
    connection.receive(ack(first * K), 2.1)
    assert connection.ssthresh == 5 * K
    connection.receive(ack(max(1, first) * K), 2.2)
    assert connection.ssthresh == 5 * K


def test_frto_without_new_data_falls_back() -> None:
    connection = timed_out(segments=10, frto=True)
    assert sent(connection.receive(ack(K), 2.1)) == [(K, K), (2 * K, K)]


def test_frto_does_not_start_while_recovering_from_a_timeout() -> None:
    frto = FRto()
    frto.on_timeout(una=1, max_nxt=100)
    frto.on_ack(1, advanced=False)
    frto.on_timeout(una=50, max_nxt=200)
    assert frto.on_ack(60, advanced=True) is Verdict.WAIT
    frto.on_timeout(una=200, max_nxt=300)
    assert frto.on_ack(250, advanced=True) is Verdict.SEND_NEW
