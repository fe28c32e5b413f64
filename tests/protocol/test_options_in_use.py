"""협상한 옵션이 하는 일: 타임스탬프와 PAWS, SACK 블록, ECN (RFC 7323, 2018, 2883, 3168)."""

import pytest
from hand import IRS, ISS, seg, sent

from tcpedu.protocol.config import Config
from tcpedu.protocol.congestion import Phase
from tcpedu.protocol.connection import Connection
from tcpedu.protocol.segment import MSS, Flags, Sack, SackPermitted, Segment, Timestamps
from tcpedu.protocol.state import State

# 타임스탬프와 PAWS (RFC 7323 §4, §5) -----------------------------------------------------


def stamped() -> Connection:
    """상대의 타임스탬프 1000까지 받은 연결."""
    connection = Connection(Config(1000, 80, timestamps=True, delayed_ack=0), iss=ISS)
    connection.open()
    connection.poll(0.0)
    connection.receive(seg("S", IRS, ack=ISS + 1, options=(MSS(1460), Timestamps(1000, 0))), 0.1)
    return connection


def with_stamp(value: int, *, seq: int = IRS + 1, flags: str = "", data: bytes = b"x") -> Segment:
    return seg(flags, seq, ack=ISS + 1, data=data, options=(Timestamps(value, 0),))


def echo(replies: list[Segment]) -> int:
    stamp = replies[-1].option(Timestamps)
    assert stamp is not None
    return stamp.echo


def test_an_old_timestamp_is_refused() -> None:
    """§5.3 R1: SEG.TSval < TS.Recent이면 ACK로 답하고 버린다. 순서 번호가 맞아도 그렇다."""
    connection = stamped()
    assert len(connection.receive(with_stamp(999), 0.2)) == 1
    assert connection.readable == 0
    connection.receive(with_stamp(1000), 0.2)
    assert connection.readable == 1


def test_a_reset_is_not_subject_to_paws() -> None:
    connection = stamped()
    connection.receive(with_stamp(1, flags="R", data=b""), 0.2)
    assert connection.state is State.CLOSED


def test_a_segment_without_the_timestamp_is_dropped_in_silence() -> None:
    """§3.2."""
    connection = stamped()
    assert connection.receive(seg("", IRS + 1, ack=ISS + 1, data=b"x"), 0.2) == []
    assert connection.readable == 0


def test_after_24_days_ts_recent_is_not_believed() -> None:
    """§5.5."""
    connection = stamped()
    later = 25 * 24 * 3600.0
    connection.receive(with_stamp(5), later)
    assert connection.readable == 1


def test_the_echo_comes_from_the_segment_that_fills_the_edge() -> None:
    """§4.3, §5.3 R3: 빈틈 뒤의 세그먼트는 TS.Recent를 바꾸지 않고, 빈틈을 메우는 것이 바꾼다."""
    connection = stamped()
    assert echo(connection.receive(with_stamp(1010), 0.2)) == 1010
    assert echo(connection.receive(with_stamp(1030, seq=IRS + 3), 0.3)) == 1010
    assert echo(connection.receive(with_stamp(1020, seq=IRS + 2), 0.3)) == 1020


def test_the_clock_may_wrap() -> None:
    connection = Connection(Config(1000, 80, timestamps=True), iss=ISS)
    connection.open()
    connection.poll(0.0)
    connection.receive(seg("S", IRS, ack=ISS + 1, options=(Timestamps(2**32 - 1, 0),)), 0.1)
    connection.receive(with_stamp(3), 0.2)
    assert connection.readable == 1


# SACK 블록 (RFC 2018 §7의 보기, RFC 2883 §4) ---------------------------------------------


def receiving() -> Connection:
    """5000부터 500바이트씩 받는 연결: RFC 2018 §7의 보기처럼."""
    connection = Connection(Config(1000, 80, sack=True), iss=ISS)
    connection.listen()
    connection.receive(seg("S", 4999, options=(MSS(1460), SackPermitted())), 0.0)
    connection.receive(seg("", 5000, ack=ISS + 1), 0.1)
    return connection


def blocks(replies: list[Segment]) -> tuple[int, list[tuple[int, int]]]:
    """누적 확인과 SACK 블록들."""
    option = replies[-1].option(Sack)
    return replies[-1].ack, list(option.blocks) if option else []


def feed(connection: Connection, *starts: int, size: int = 500) -> list[tuple[int, list[tuple[int, int]]]]:
    return [blocks(connection.receive(seg("", at, ack=ISS + 1, data=bytes(size)), 1.0)) for at in starts]


def test_rfc_2018_case_2_the_first_is_lost() -> None:
    """보기 2: 첫 세그먼트를 잃고 나머지 일곱이 온다."""
    table = feed(receiving(), *range(5500, 9000, 500))
    assert table == [(5000, [(5500, end)]) for end in range(6000, 9500, 500)]


def test_rfc_2018_case_3_every_other_is_lost() -> None:
    """보기 3: 둘째, 넷째, 여섯째, 여덟째를 잃었다. 가장 최근의 블록이 맨 앞이다."""
    connection = receiving()
    connection.receive(seg("", 5000, ack=ISS + 1, data=bytes(500)), 1.0)
    table = feed(connection, 6000, 7000, 8000)
    assert table == [
        (5500, [(6000, 6500)]),
        (5500, [(7000, 7500), (6000, 6500)]),
        (5500, [(8000, 8500), (7000, 7500), (6000, 6500)]),
    ]
    # 넷째가 도착해 두 블록을 잇고, 둘째가 도착해 앞을 모두 채운다.
    assert feed(connection, 6500, 5500) == [
        (5500, [(6000, 7500), (8000, 8500)]),
        (7500, [(8000, 8500)]),
    ]


def test_no_more_than_three_blocks_with_timestamps() -> None:
    connection = Connection(Config(1000, 80, sack=True, timestamps=True), iss=ISS)
    connection.listen()
    connection.receive(seg("S", 4999, options=(SackPermitted(), Timestamps(1, 0))), 0.0)
    stamp = (Timestamps(2, 0),)
    connection.receive(seg("", 5000, ack=ISS + 1, options=stamp), 0.1)
    for at in range(6000, 16_000, 1000):
        replies = connection.receive(seg("", at, ack=ISS + 1, data=b"x", options=stamp), 1.0)
        assert len(replies[0].pack("10.0.0.1", "10.0.0.2")) <= 60
    assert len(blocks(replies)[1]) == 3


@pytest.mark.parametrize(
    ("starts", "last"),
    [
        ([5000, 5000], (5500, [(5000, 5500)])),  # RFC 2883 §4.1.1: 누적 확인된 것이 또 왔다
        ([5000, 6000, 5000], (5500, [(5000, 5500), (6000, 6500)])),  # §4.1.2의 꼴: 뒤에 빈틈이 있다
        ([5000, 6000, 6000], (5500, [(6000, 6500), (6000, 6500)])),  # §4.1.3: 빈틈 뒤의 것이 또 왔다
    ],
)
def test_duplicates_are_reported_once(starts: list[int], last: tuple[int, list[tuple[int, int]]]) -> None:
    """RFC 2883 §4: 두 번 받은 구간이 맨 앞 블록이다. 다음 ACK에는 없다."""
    connection = receiving()
    replies = [connection.receive(seg("", at, ack=ISS + 1, data=bytes(500)), 1.0) for at in starts]
    assert blocks(replies[-1]) == last
    (_, again) = feed(connection, 9000)[0]
    assert last[1][0] not in again[:1]


@pytest.mark.parametrize(
    ("pieces", "last"),
    [
        ([(0, 500), (1500, 2000), (500, 1000), (500, 1500)], (2000, [(500, 1000)])),  # §4.2.1
        (
            [(0, 500), (2500, 3000), (500, 1000), (1500, 2000), (500, 2000)], (2000, [(500, 1000), (2500, 3000)]),
        ),  # §4.2.2: 두 번 받은 곳이 둘이면 첫 하나만
        (
            [(0, 500), (3000, 3500), (1000, 1500), (2000, 2500), (1000, 2500)],
            (500, [(1000, 1500), (1000, 2500), (3000, 3500)]),
        ),  # §4.2.3: 둘째 블록이 그것을 품는다
    ],
)  # fmt: skip
def test_only_the_part_that_came_twice_is_reported(
    pieces: list[tuple[int, int]], last: tuple[int, list[tuple[int, int]]]
) -> None:
    """RFC 2883 §4.2: 조각의 일부만 두 번 왔다. 보기의 번호에서 500을 뺀 것이다."""
    connection = receiving()
    for left, right in pieces:
        replies = connection.receive(seg("", 5000 + left, ack=ISS + 1, data=bytes(right - left)), 1.0)
    number, found = blocks(replies)
    assert (number - 5000, [(left - 5000, right - 5000) for left, right in found]) == last


def test_a_fin_beyond_a_gap_is_reported_too() -> None:
    """FIN도 번호를 하나 쓴다. 그 번호까지 알려야 보내는 쪽이 그 세그먼트를 도착한 것으로 본다."""
    connection = receiving()
    assert blocks(connection.receive(seg("F", 5500, ack=ISS + 1, data=bytes(500)), 1.0)) == (5000, [(5500, 6001)])
    assert blocks(connection.receive(seg("", 5000, ack=ISS + 1, data=bytes(500)), 1.1)) == (6001, [])


def test_data_and_the_news_of_a_gap_go_separately() -> None:
    """데이터가 실린 ACK는 상대가 중복 ACK로 세지 않으므로, 빈틈은 빈 ACK로 알린다."""
    connection = receiving()
    connection.write(b"data")
    first, second = connection.receive(seg("", 5500, ack=ISS + 1, data=b"x"), 1.0)
    assert (first.payload, second.payload) == (b"", b"data")


# ECN (RFC 3168 §6.1) ---------------------------------------------------------------------


def ecn_pair(client: bool = True, server: bool = True) -> tuple[Connection, Connection, list[Segment]]:
    left = Connection(Config(1000, 80, ecn=client, mss=1000, delayed_ack=0), iss=ISS)
    right = Connection(Config(80, 1000, ecn=server, mss=1000, delayed_ack=0), iss=IRS)
    right.listen()
    left.open()
    (syn,) = left.poll(0.0)
    (answer,) = right.receive(syn, 0.0)
    (last,) = left.receive(answer, 0.0)
    right.receive(last, 0.0)
    return left, right, [syn, answer, last]


@pytest.mark.parametrize(
    ("client", "server", "flags"),
    [(True, True, ["SYN,ECE,CWR", "SYN,ECE,ACK", "ACK"]), (True, False, ["SYN,ECE,CWR", "SYN,ACK", "ACK"]),
     (False, True, ["SYN", "SYN,ACK", "ACK"])],
)  # fmt: skip
def test_ecn_is_negotiated(client: bool, server: bool, flags: list[str]) -> None:
    """§6.1.1."""
    left, right, segments = ecn_pair(client, server)
    assert [str(segment.flags) for segment in segments] == flags
    assert left.negotiated.ecn is right.negotiated.ecn is (client and server)


def test_congestion_is_echoed_until_cwr_and_halves_the_window_once() -> None:
    """§6.1.2, §6.1.3."""
    left, right, _ = ecn_pair()
    left.write(bytes(40_000))
    first = left.poll(1.0)
    replies = [right.receive(segment, 1.1, ce=n == 0)[-1] for n, segment in enumerate(first)]
    assert all(reply.has(Flags.ECE) for reply in replies)
    out = [segment for reply in replies for segment in left.receive(reply, 1.2)]
    assert left.cwnd < 7000 and left.phase is Phase.CONGESTION_AVOIDANCE  # 10의 절반에서 조금 늘었다
    assert [segment.has(Flags.CWR) for segment in out] == [True] + [False] * (len(out) - 1)
    (reply,) = right.receive(out[0], 1.3)
    assert not reply.has(Flags.ECE)
    assert sent(out)[0][0] == 10_000


def test_without_negotiation_marks_are_ignored() -> None:
    left, right, _ = ecn_pair(server=False)
    left.write(b"x")
    (segment,) = left.poll(1.0)
    (reply,) = right.receive(segment, 1.1, ce=True)
    assert not reply.has(Flags.ECE)
