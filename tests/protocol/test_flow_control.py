"""흐름 제어와 타이머: Nagle, SWS 회피, 지속 타이머, 지연 ACK, 킵얼라이브 (RFC 9293 §3.7.4, §3.8)."""

import pytest
from hand import IRS, ISS, reach, says, seg, sent

from tcpedu.protocol.connection import Connection
from tcpedu.protocol.segment import Flags, Segment
from tcpedu.protocol.state import State

K = 1000


def ready(window: int = 65535, **settings: object) -> Connection:
    connection = reach(State.ESTABLISHED, **{"mss": K, **settings})  # type: ignore[arg-type]
    connection.receive(seg("P", IRS + 1, ack=ISS + 1, window=window, data=b"?"), 0.1)  # 윈도우를 알린다
    connection.read()
    connection.poll(0.5)
    return connection


def data(number: int, size: int = K) -> Segment:
    return seg("", IRS + 2 + number, ack=ISS + 1, data=bytes(size))


# Nagle (§3.7.4)와 보내는 쪽의 SWS 회피 (§3.8.6.2.1) -------------------------------------


@pytest.mark.parametrize(("nodelay", "out"), [(False, [(0, 5)]), (True, [(0, 5), (5, 5)])])
def test_nagle_holds_small_segments_until_the_ack(nodelay: bool, out: list[tuple[int, int]]) -> None:
    connection = ready(nodelay=nodelay)
    pieces = []
    for _ in range(2):
        connection.write(b"hello")
        pieces += sent(connection.poll(1.0))
    assert pieces == out
    if not nodelay:
        connection.write(b"again")
        assert sent(connection.receive(seg("", IRS + 2, ack=ISS + 6), 1.1)) == [(5, 10)]  # 모아서 한 번에


def test_nagle_lets_full_segments_and_the_last_one_before_the_fin_go() -> None:
    connection = ready()
    connection.write(bytes(2500))
    assert sent(connection.poll(1.0)) == [(0, K), (K, K)]
    connection.close()
    (last,) = connection.poll(1.0)
    assert (len(last.payload), last.has(Flags.FIN)) == (500, True)


def test_a_sliver_of_window_is_not_used_until_the_override_timeout() -> None:
    """U가 MSS보다도 최대 윈도우의 절반보다도 작다: (1)–(3)이 모두 거짓. (4) 0.1–1.0초 뒤에 보낸다."""
    connection = ready()
    connection.receive(seg("", IRS + 2, ack=ISS + 1, window=100), 1.0)
    connection.write(bytes(5000))
    assert connection.poll(1.0) == []
    at = connection.next_timer()
    assert at is not None and 0.1 <= at - 1.0 <= 1.0
    assert sent(connection.poll(at)) == [(0, 100)]


@pytest.mark.parametrize(("window", "out"), [(33_000, [(0, 33_000)]), (32_000, [])])
def test_half_of_the_largest_window_is_worth_using(window: int, out: list[tuple[int, int]]) -> None:
    """§3.8.6.2.1의 (3): 상대가 알린 가장 큰 윈도우(65535)의 절반이면 MSS보다 작아도 보낸다."""
    connection = ready(mss=60_000)
    connection.receive(seg("", IRS + 2, ack=ISS + 1, window=window), 1.0)
    connection.write(bytes(100_000))
    assert sent(connection.poll(1.0)) == out


# 지속 타이머 (§3.8.6.1) ----------------------------------------------------------------


def closed_window(**settings: object) -> Connection:
    connection = ready(**settings)
    connection.receive(seg("", IRS + 2, ack=ISS + 1, window=0), 1.0)
    connection.write(bytes(5000))
    assert connection.poll(1.0) == []
    return connection


def probes(connection: Connection, count: int, answer: bool) -> list[float]:
    times = []
    for _ in range(count):
        at = connection.next_timer()
        assert at is not None
        assert len(connection.poll(at)) == 1
        times.append(at - 1.0)
        if answer:
            connection.receive(seg("", IRS + 2, ack=ISS + 1, window=0), at + 0.05)
    return times


@pytest.mark.parametrize("answer", [True, False])
def test_probes_back_off_to_sixty_seconds(answer: bool) -> None:
    """첫 탐침은 RTO 뒤, 간격은 두 배씩 (§3.8.6.1)."""
    assert probes(closed_window(), 9, answer) == [1, 3, 7, 15, 31, 63, 123, 183, 243]


def test_the_connection_stays_open_while_probes_are_answered() -> None:
    """MUST-37: 상대가 답하는 한 아무리 오래 닫혀 있어도 끊지 않는다."""
    connection = closed_window(retries=3)
    probes(connection, 30, answer=True)
    assert connection.state is State.ESTABLISHED
    silent = closed_window(retries=3)
    probes(silent, 3, answer=False)
    at = silent.next_timer()
    assert at is not None
    silent.poll(at)
    assert silent.state is State.CLOSED and "3번" in (silent.error or "")


@pytest.mark.parametrize(("form", "seq", "size"), [("byte", ISS + 1, 1), ("empty", ISS, 0)])
def test_two_forms_of_the_probe(form: str, seq: int, size: int) -> None:
    """RFC는 새 1바이트, 리눅스는 SND.UNA-1의 빈 세그먼트."""
    connection = closed_window(window_probe=form)
    (probe,) = connection.poll(2.0)
    assert (probe.seq, len(probe.payload)) == (seq, size)
    assert sent(connection.receive(seg("", IRS + 2, ack=ISS + 1, window=5000), 2.1))[0][0] == 0


def test_an_accepted_probe_moves_on() -> None:
    connection = closed_window()
    connection.poll(2.0)
    out = sent(connection.receive(seg("", IRS + 2, ack=ISS + 2, window=4000), 2.1))
    assert out == [(1, K), (1001, K), (2001, K), (3001, K)]


def test_an_old_segment_does_not_change_the_window() -> None:
    """SND.WL1, SND.WL2 (§3.10.7.4 다섯째)."""
    connection = ready(window=5000)
    connection.receive(seg("", IRS + 1, ack=ISS + 1, window=9), 1.0)
    assert connection.snd_wnd == 5000
    connection.receive(seg("", IRS + 2, ack=ISS + 1, window=9), 1.0)
    assert connection.snd_wnd == 9


# 지연 ACK (§3.8.6.3)와 받는 쪽의 SWS 회피 (§3.8.6.2.2) ------------------------------------


def test_every_second_full_sized_segment_is_acknowledged() -> None:
    connection = ready()
    out = []
    for n in range(6):
        out.append(len(connection.receive(data(n * K), 1.0)))
        connection.read()
    assert out == [0, 1, 0, 1, 0, 1]


def test_a_single_segment_waits_less_than_half_a_second() -> None:
    connection = ready()
    assert connection.receive(data(0, 5), 1.0) == []
    at = connection.next_timer()
    assert at is not None and at - 1.0 < 0.5
    assert says(connection.poll(at)) == [f"ACK {ISS + 1}/{IRS + 7}"]
    assert connection.next_timer() is None


def test_the_ack_rides_on_data() -> None:
    connection = ready()
    connection.receive(data(0, 5), 1.0)
    connection.write(b"reply")
    assert says(connection.poll(1.05)) == [f"PSH,ACK {ISS + 1}/{IRS + 7} 5"]
    assert connection.poll(1.5) == []


@pytest.mark.parametrize(
    ("numbers", "answers", "why"),
    [([K], [1], "빈틈이 생겼다"), ([K, 0], [1, 1], "빈틈을 메웠다"), ([K, 2 * K, 0], [1, 1, 1], "일부를 메웠다"),
     ([0, 0], [0, 1], "되풀이되었다")],
)  # fmt: skip
def test_out_of_order_is_acknowledged_at_once(numbers: list[int], answers: list[int], why: str) -> None:
    """RFC 5681 §4.2."""
    connection = ready()
    assert [len(connection.receive(data(n), 1.0)) for n in numbers] == answers, why


def test_linux_acknowledges_the_first_segments_at_once() -> None:
    connection = reach(State.ESTABLISHED, mss=K, quick_acks=16, delayed_ack=0.04)
    out = []
    for n in range(20):
        out.append(len(connection.receive(seg("", IRS + 1 + n * K, ack=ISS + 1, data=bytes(K)), 1.0)))
        connection.read()
    assert out == [1] * 16 + [0, 1, 0, 1]


def test_the_window_opens_in_large_steps_only() -> None:
    """§3.8.6.2.2: min(버퍼/2, MSS)보다 적게 늘 때는 오른쪽 끝을 옮기지 않는다."""
    connection = reach(State.ESTABLISHED, mss=K, receive_buffer=4 * K, delayed_ack=0)
    edges = []
    for n in range(4):
        (reply,) = connection.receive(seg("", IRS + 1 + n * K, ack=ISS + 1, data=bytes(K)), 1.0)
        edges.append(reply.ack + reply.window - IRS - 1)
    assert edges == [4 * K] * 4
    updates = []
    for _ in range(8):
        connection.read(K // 2)
        updates += [reply.window for reply in connection.poll(2.0)]
    assert updates == [K, 2 * K, 4 * K]


# 킵얼라이브 (§3.8.4)와 포기 (§3.8.3) ------------------------------------------------------


def test_keepalive_is_off_by_default() -> None:
    assert ready().next_timer() is None


def test_keepalive_probes_and_gives_up() -> None:
    connection = ready(keepalive=60.0, keepalive_interval=75.0, keepalive_probes=9)
    times, closed = [], 0.0
    while (at := connection.next_timer()) is not None:
        replies = connection.poll(at)
        times += [at] if replies else []
        assert all((reply.seq, reply.payload) == (ISS, b"") for reply in replies)
        closed = at
    assert [round(at - 0.1) for at in times] == [60 + 75 * n for n in range(9)]
    assert (connection.state, round(closed - 0.1)) == (State.CLOSED, 735)


def test_an_answer_keeps_the_connection() -> None:
    connection = ready(keepalive=60.0, keepalive_probes=2)
    for _ in range(10):
        at = connection.next_timer()
        assert at is not None
        connection.poll(at)
        connection.receive(seg("", IRS + 2, ack=ISS + 1), at + 0.1)
    assert connection.state is State.ESTABLISHED


def test_a_keepalive_probe_is_answered() -> None:
    """윈도우 밖의 빈 세그먼트에는 ACK로 답한다."""
    assert says(ready().receive(seg("", IRS + 1, ack=ISS + 1), 1.0)) == [f"ACK {ISS + 1}/{IRS + 2}"]


def test_the_user_timeout() -> None:
    """§3.10.8: 이만큼 확인받지 못하면 포기한다."""
    connection = ready(user_timeout=20.0)
    connection.write(b"hello")
    connection.poll(1.0)
    while (at := connection.next_timer()) is not None:
        connection.poll(at)
        last = at
    assert last == 21.0  # 1초에 보냈다. 재전송은 2, 4, 8, 16초에 하고 그다음은 32초지만 기다리지 않는다
    assert connection.error == "20초 동안 확인받지 못해 포기했습니다"
