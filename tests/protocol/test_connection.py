"""연결 하나: 세그먼트를 손으로 건네며 RFC 9293의 그림과 규칙을 따라간다."""

import pytest

from tcpedu.protocol.config import Config, Negotiated
from tcpedu.protocol.connection import Connection, ConnectionClosedError
from tcpedu.protocol.segment import MSS, Flags, SackPermitted, Segment, Timestamps, WindowScale
from tcpedu.protocol.state import Event, State

A, B = 1000, 80


def pair(client: Config | None = None, server: Config | None = None) -> tuple[Connection, Connection]:
    left = Connection(client or Config(A, B), iss=100)
    right = Connection(server or Config(B, A), iss=300)
    return left, right


def exchange(left: Connection, right: Connection, now: float = 0.0) -> list[str]:
    """더 오갈 것이 없을 때까지 서로 건네고, 오간 것을 한 줄씩 적는다."""
    log = []
    queue = [("→", right, s) for s in left.poll(now)] + [("←", left, s) for s in right.poll(now)]
    while queue:
        arrow, receiver, segment = queue.pop(0)
        log.append(
            f"{arrow} {segment.flags} {segment.seq}/{segment.ack}" + f" {len(segment.payload)}" * bool(segment.payload)
        )
        other = left if receiver is right else right
        queue += [("←" if receiver is right else "→", other, reply) for reply in receiver.receive(segment, now)]
    return log


def established(client: Config | None = None, server: Config | None = None) -> tuple[Connection, Connection]:
    left, right = pair(client, server)
    right.listen()
    left.open()
    exchange(left, right)
    assert left.state is right.state is State.ESTABLISHED
    return left, right


def names(connection: Connection) -> list[str]:
    return [change.new.name for change in connection.changes]


# 열기 -------------------------------------------------------------------------


def test_figure_6_three_way_handshake() -> None:
    left, right = pair()
    right.listen()
    left.open()
    assert exchange(left, right) == ["→ SYN 100/0", "← SYN,ACK 300/101", "→ ACK 101/301"]
    assert names(left) == ["SYN_SENT", "ESTABLISHED"]
    assert names(right) == ["LISTEN", "SYN_RCVD", "ESTABLISHED"]
    assert (left.snd_una, left.snd_nxt, left.rcv_nxt, left.irs) == (101, 101, 301, 300)
    assert (right.snd_una, right.snd_nxt, right.rcv_nxt, right.irs) == (301, 301, 101, 100)


def test_figure_7_simultaneous_open() -> None:
    left, right = pair()
    left.open()
    right.open()
    assert exchange(left, right) == ["→ SYN 100/0", "← SYN 300/0", "← SYN,ACK 300/101", "→ SYN,ACK 100/301"]
    assert names(left) == names(right) == ["SYN_SENT", "SYN_RCVD", "ESTABLISHED"]


def test_figure_8_old_duplicate_syn() -> None:
    left, right = pair()
    right.listen()
    left.open()
    (syn,) = left.poll(0.0)
    (answer,) = right.receive(Segment(A, B, seq=90, flags=Flags.SYN), 0.0)
    assert (str(answer.flags), answer.ack) == ("SYN,ACK", 91)
    (reset,) = left.receive(answer, 0.0)
    assert (str(reset.flags), reset.seq) == ("RST", 91)
    assert right.receive(reset, 0.0) == []
    assert right.state is State.LISTEN
    (answer,) = right.receive(syn, 0.0)
    (ack,) = left.receive(answer, 0.0)
    right.receive(ack, 0.0)
    assert left.state is right.state is State.ESTABLISHED


def test_figure_9_half_open_discovery() -> None:
    _, right = established()
    crashed = Connection(Config(A, B), iss=400)
    crashed.open()
    (syn,) = crashed.poll(1.0)
    (challenge,) = right.receive(syn, 1.0)
    assert (str(challenge.flags), challenge.seq, challenge.ack) == ("ACK", 301, 101)
    (reset,) = crashed.receive(challenge, 1.0)
    assert (str(reset.flags), reset.seq) == ("RST", 101)
    right.receive(reset, 1.0)
    assert right.state is State.CLOSED
    assert right.error == "상대가 연결을 끊었습니다(RST)"


def test_a_listener_refuses_an_ack_and_goes_on_listening() -> None:
    _, right = pair()
    right.listen()
    (reset,) = right.receive(Segment(A, B, seq=100, ack=301, flags=Flags.SYN | Flags.ACK), 0.0)
    assert (str(reset.flags), reset.seq) == ("RST", 301)
    assert right.state is State.LISTEN


def test_a_refused_connection() -> None:
    left, closed = pair()
    left.open()
    assert exchange(left, closed) == ["→ SYN 100/0", "← RST,ACK 0/101"]
    assert left.state is State.CLOSED
    assert left.error == "연결이 거부되었습니다"


def test_a_reset_that_does_not_acknowledge_our_syn_is_ignored() -> None:
    left, _ = pair()
    left.open()
    left.poll(0.0)
    left.receive(Segment(B, A, seq=0, flags=Flags.RST), 0.0)
    left.receive(Segment(B, A, seq=0, ack=999, flags=Flags.RST | Flags.ACK), 0.0)
    assert left.state is State.SYN_SENT


def test_syn_backoff_and_giving_up() -> None:
    """1초에서 시작해 두 배씩, 60초가 한계 (RFC 6298 §5.5, §2.5). 3분 넘게 버틴다 (RFC 9293 §3.8.3)."""
    left, _ = pair()
    left.open()
    times = [0.0]
    left.poll(0.0)
    while (at := left.next_timer()) is not None:
        if left.poll(at):
            times.append(at)
    assert times == [0, 1, 3, 7, 15, 31, 63, 123]
    assert left.state is State.CLOSED
    assert left.changes[-1].event is Event.USER_TIMEOUT
    assert "7번" in (left.error or "")


def test_rto_is_three_seconds_after_a_lost_syn() -> None:
    """RFC 6298 §5.7."""
    left, right = pair()
    right.listen()
    left.open()
    left.poll(0.0)
    (syn,) = left.poll(1.0)
    (answer,) = right.receive(syn, 1.0)
    left.receive(answer, 1.1)
    assert left.srtt is None  # Karn: 재전송한 SYN으로는 재지 않는다
    assert left.rto == 3.0


def test_options_in_both_syns_are_negotiated() -> None:
    left, right = established(
        Config(A, B, mss=1400, window_scale=7, sack=True, timestamps=True),
        Config(B, A, mss=1000, window_scale=2, sack=True, timestamps=False),
    )
    assert left.negotiated == Negotiated(mss=1000, snd_wscale=2, rcv_wscale=7, sack=True, timestamps=False)
    assert right.negotiated == Negotiated(mss=1000, snd_wscale=7, rcv_wscale=2, sack=True, timestamps=False)


def test_syn_ack_offers_only_what_the_syn_offered() -> None:
    _, right = pair(server=Config(B, window_scale=7, sack=True, timestamps=True))
    right.listen()
    (answer,) = right.receive(Segment(A, B, seq=1, flags=Flags.SYN, options=(MSS(1460),)), 0.0)
    assert [type(option) for option in answer.options] == [MSS]
    _, right = pair(server=Config(B, window_scale=7, sack=True, timestamps=True))
    right.listen()
    syn = Segment(A, B, seq=1, flags=Flags.SYN, options=(WindowScale(3), SackPermitted(), Timestamps(5, 0)))
    (answer,) = right.receive(syn, 0.0)
    assert answer.option(Timestamps) == Timestamps(0, 5)
    assert answer.option(WindowScale) == WindowScale(7)


def test_the_window_in_a_syn_is_never_scaled() -> None:
    """RFC 7323 §2.2."""
    config = Config(A, B, window_scale=7, receive_buffer=1 << 20)
    left, right = pair(config, Config(B, A, window_scale=7))
    right.listen()
    left.open()
    (syn,) = left.poll(0.0)
    assert syn.window == 65535
    (answer,) = right.receive(syn, 0.0)
    (ack,) = left.receive(answer, 0.0)
    assert ack.window == (1 << 20) >> 7


# 데이터 -----------------------------------------------------------------------


def test_data_flows_both_ways() -> None:
    left, right = established()
    assert left.write(b"hello") == 5
    assert right.write(b"world!") == 6
    log = exchange(left, right)
    assert "→ PSH,ACK 101/301 5" in log and "← PSH,ACK 301/101 6" in log
    assert (right.read(), left.read(3), left.read()) == (b"hello", b"wor", b"ld!")


def test_the_mss_may_differ_by_direction() -> None:
    """MSS는 협상하지 않는다: 보내는 쪽의 링크가 넉넉하면 상대가 알린 값이 그대로 한도다 (§3.7.1)."""
    left, right = established(Config(A, B, mss=536, link_mss=1460), Config(B, A, mss=1460))
    assert (left.negotiated.mss, right.negotiated.mss) == (1460, 536)


def test_segments_are_no_larger_than_the_peer_mss() -> None:
    left, _ = established(Config(A, B, nodelay=True), Config(B, A, mss=10))
    left.write(bytes(25))
    assert [len(segment.payload) for segment in left.poll(0.0)] == [10, 10, 5]


def test_the_send_window_is_never_exceeded() -> None:
    left, right = established(server=Config(B, A, mss=10, receive_buffer=20))
    left.write(bytes(100))
    assert sum(len(segment.payload) for segment in left.poll(0.0)) == 20
    assert left.poll(0.0) == []
    assert right.rcv_wnd == 20


def test_a_zero_window_is_probed_until_it_opens() -> None:
    left, right = established(server=Config(B, A, mss=10, receive_buffer=20))
    left.write(bytes(range(40)))
    exchange(left, right)
    assert left.snd_wnd == 0
    at = left.next_timer()
    assert at is not None
    (probe,) = left.poll(at)
    assert len(probe.payload) == 1
    (refusal,) = right.receive(probe, at)
    assert (refusal.window, refusal.ack) == (0, 121)
    left.receive(refusal, at)
    first = right.read()
    (update,) = right.poll(at)
    assert update.window == 20
    for segment in left.receive(update, at):
        right.receive(segment, at)
    assert first + right.read() == bytes(range(40))


def test_a_lost_segment_is_sent_again_and_reassembled() -> None:
    left, right = established(server=Config(B, A, mss=10))
    left.write(b"0123456789abcdefghij")
    _, second = left.poll(0.0)
    (duplicate_ack,) = right.receive(second, 0.1)
    assert (duplicate_ack.ack, right.read()) == (101, b"")
    left.receive(duplicate_ack, 0.2)
    assert left.next_timer() == 1.0
    (again,) = left.poll(1.0)
    assert (again.seq, again.payload) == (101, b"0123456789")
    (ack,) = right.receive(again, 1.1)
    assert (ack.ack, right.read()) == (121, b"0123456789abcdefghij")
    left.receive(ack, 1.2)
    assert left.next_timer() is None
    assert left.rto == 2.0  # 새 표본이 없으면 백오프한 값이 남는다 (RFC 6298 §5.5, Karn)


def test_duplicate_and_overlapping_data_is_delivered_once() -> None:
    left, right = established()
    left.write(b"hello")
    (segment,) = left.poll(0.0)
    right.receive(segment, 0.0)
    (ack,) = right.receive(segment, 0.0)
    assert ack.ack == 106
    overlap = Segment(A, B, seq=103, ack=301, flags=Flags.ACK, payload=b"llo!")
    right.receive(overlap, 0.0)
    assert right.read() == b"hello!"


def test_an_ack_for_data_never_sent_is_answered_and_ignored() -> None:
    left, _ = established()
    (answer,) = left.receive(Segment(B, A, seq=301, ack=5000, flags=Flags.ACK), 0.0)
    assert (str(answer.flags), answer.ack) == ("ACK", 301)
    assert left.snd_una == 101


def test_sequence_numbers_wrap() -> None:
    left, right = Connection(Config(A, B), iss=2**32 - 3), Connection(Config(B, A, delayed_ack=0), iss=2**32 - 1)
    right.listen()
    left.open()
    exchange(left, right)
    left.write(b"0123456789")
    exchange(left, right)
    assert right.read() == b"0123456789"
    assert left.snd_una == 8


def test_timestamps_give_rtt_samples_and_shrink_the_payload() -> None:
    settings = {"timestamps": True, "mss": 100, "delayed_ack": 0, "nodelay": True}
    left, right = established(Config(A, B, **settings), Config(B, A, **settings))  # type: ignore[arg-type]
    left.write(bytes(200))
    segments = left.poll(10.0)
    assert [len(segment.payload) for segment in segments] == [88, 88, 24]
    (ack,) = right.receive(segments[0], 10.05)
    stamp = ack.option(Timestamps)
    assert stamp is not None and stamp.echo == 10_000
    left.receive(ack, 10.1)
    assert left.srtt is not None and left.srtt > 0.01


# 닫기 -------------------------------------------------------------------------


def test_figure_12_normal_close() -> None:
    left, right = established()
    left.close()
    assert exchange(left, right) == ["→ FIN,ACK 101/301", "← ACK 301/102"]
    assert (left.state, right.state) == (State.FIN_WAIT_2, State.CLOSE_WAIT)
    assert right.eof
    right.close()
    assert exchange(left, right) == ["← FIN,ACK 301/102", "→ ACK 102/302"]
    assert (left.state, right.state) == (State.TIME_WAIT, State.CLOSED)
    assert left.next_timer() == 240.0
    left.poll(240.0)
    assert left.state is State.CLOSED


def test_figure_13_simultaneous_close() -> None:
    left, right = established()
    left.close()
    right.close()
    exchange(left, right)
    for side in (left, right):
        assert names(side)[-3:] == ["FIN_WAIT_1", "CLOSING", "TIME_WAIT"]


def test_three_segment_close() -> None:
    left, right = established()
    left.close()
    (fin,) = left.poll(0.0)
    right.receive(fin, 0.0)
    right.close()
    (fin_ack,) = right.poll(0.0)
    # 첫 ACK를 잃어도 FIN에 실린 ACK가 두 몫을 한다.
    (last,) = left.receive(fin_ack, 0.0)
    right.receive(last, 0.0)
    assert names(left)[-2:] == ["FIN_WAIT_1", "TIME_WAIT"]
    assert right.state is State.CLOSED


def test_half_close_keeps_the_other_direction_open() -> None:
    left, right = established()
    left.close()
    exchange(left, right)
    right.write(b"still here")
    exchange(left, right)
    assert left.read() == b"still here"
    with pytest.raises(ConnectionClosedError, match="FIN_WAIT_2"):
        left.write(b"x")


def test_the_last_ack_is_repeated_in_time_wait() -> None:
    left, right = established()
    left.close()
    exchange(left, right)
    right.close()
    (fin,) = right.poll(0.0)
    left.receive(fin, 0.0)
    at = right.next_timer()
    assert at is not None
    (fin,) = right.poll(at)
    (ack,) = left.receive(fin, at)
    right.receive(ack, at)
    assert right.state is State.CLOSED
    assert left.next_timer() == at + 240.0


def test_data_written_before_close_goes_out_before_the_fin() -> None:
    left, right = established(server=Config(B, A, mss=4))
    left.write(b"123456")
    left.close()
    segments = left.poll(0.0)
    assert [(segment.payload, segment.has(Flags.FIN)) for segment in segments] == [(b"1234", False), (b"56", True)]
    for segment in reversed(segments):
        right.receive(segment, 0.0)
    assert (right.read(), right.state) == (b"123456", State.CLOSE_WAIT)


def test_abort_sends_a_reset() -> None:
    left, right = established()
    left.abort()
    exchange(left, right)
    assert left.state is right.state is State.CLOSED
    assert right.error == "상대가 연결을 끊었습니다(RST)"


# 공격과 잘못된 호출 -----------------------------------------------------------


@pytest.mark.parametrize(
    ("seq", "answer", "state"),
    [
        (101, None, State.CLOSED),
        (102, "ACK", State.ESTABLISHED),
        (100, None, State.ESTABLISHED),
        (101 + 65535, None, State.ESTABLISHED),
    ],
)
def test_only_an_exact_reset_ends_the_connection(seq: int, answer: str | None, state: State) -> None:
    """RFC 5961 §3: 윈도우 안이면 challenge ACK, 밖이면 버린다."""
    _, right = established()
    replies = right.receive(Segment(A, B, seq=seq, flags=Flags.RST), 0.0)
    assert [str(reply.flags) for reply in replies] == ([answer] if answer else [])
    assert right.state is state


def test_a_syn_in_the_window_does_not_end_the_connection() -> None:
    """RFC 5961 §4."""
    _, right = established()
    (challenge,) = right.receive(Segment(A, B, seq=150, flags=Flags.SYN), 0.0)
    assert (str(challenge.flags), challenge.ack) == ("ACK", 101)
    assert right.state is State.ESTABLISHED


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda c: c.write(b"x"), "CLOSED 상태에서는 데이터를 보낼 수 없습니다"),
        (lambda c: c.close(), "CLOSED 상태에서는 CLOSE"),
        (lambda c: (c.open(), c.open()), "SYN_SENT 상태에서는 OPEN_ACTIVE"),
    ],
)
def test_calls_out_of_place_say_so(call: object, message: str) -> None:
    with pytest.raises(ConnectionClosedError, match=message):
        call(Connection(Config(A, B), iss=1))  # type: ignore[operator]


def test_active_open_needs_a_port() -> None:
    with pytest.raises(ConnectionClosedError, match="상대 포트"):
        Connection(Config(A), iss=1).open()


@pytest.mark.parametrize(
    "bad", [{"window_scale": 15}, {"mss": 0}, {"receive_buffer": 0}, {"receive_buffer": 100, "window_scale": 7}]
)
def test_impossible_settings_are_refused(bad: dict[str, int]) -> None:
    with pytest.raises(ValueError):
        Config(**bad)  # type: ignore[arg-type]


def test_closing_while_opening_waits_for_queued_data() -> None:
    _, right = pair()
    right.listen()
    right.receive(Segment(A, B, seq=100, flags=Flags.SYN), 0.0)
    right.write(b"bye")
    right.close()
    assert right.state is State.SYN_RCVD
    segments = right.receive(Segment(A, B, seq=101, ack=301, flags=Flags.ACK), 0.0)
    assert right.state is State.FIN_WAIT_1
    assert [(s.payload, s.has(Flags.FIN)) for s in segments] == [(b"bye", True)]


def test_the_window_in_a_syn_ack_of_a_simultaneous_open_is_not_scaled() -> None:
    """RFC 7323 §2.2: 스케일을 곱하면 상대의 버퍼를 넘겨 보내게 된다."""
    left, right = pair(
        Config(A, B, window_scale=7, receive_buffer=256), Config(B, A, window_scale=7, receive_buffer=256)
    )
    left.open()
    right.open()
    exchange(left, right)
    assert left.state is State.ESTABLISHED
    assert left.snd_wnd == right.snd_wnd == 256
