"""어리석은 윈도우 증후군: 두 쪽 가운데 하나라도 피하면 생기지 않는다 (RFC 9293 §3.8.6.2)."""

from __future__ import annotations

import pytest

from tcpedu.network.flow_control import CLIENT, FlowSettings, run_flow

READS_A_LITTLE = {"size": 6_000, "buffer": 2_000, "chunk": 20, "read_rate": 2_000.0, "start": 1.0, "delay": 0.005}


def sizes(**who: bool) -> list[int]:
    run = run_flow(FlowSettings(**READS_A_LITTLE, **who))
    assert run.moments[-1].receiver.consumed == 6_000
    return [len(sent.segment.payload) for sent in run.trace.segments if sent.src == CLIENT and sent.segment.payload]


def test_nobody_avoids_it() -> None:
    sent = sizes(sender_avoids_sws=False, receiver_avoids_sws=False)
    assert len(sent) > 150 and sorted(sent)[len(sent) // 2] <= 40  # 읽는 만큼씩만 보낸다


@pytest.mark.parametrize("who", [{}, {"sender_avoids_sws": False}, {"receiver_avoids_sws": False}])
def test_one_side_is_enough(who: dict[str, bool]) -> None:
    sent = sizes(**who)
    assert len(sent) < 10
    assert all(size >= 500 for size in sent if size > 1)  # 1바이트는 제로 윈도우 탐침이다


def test_nagle_still_holds_without_the_avoidance() -> None:
    """SWS를 피하지 않아도 프로그램이 조금씩 쓴 것은 Nagle이 모은다: 둘은 다른 규칙이다."""
    from tcpedu.protocol.config import Config
    from tcpedu.protocol.connection import Connection
    from tcpedu.protocol.segment import Flags, Segment

    connection = Connection(Config(50000, 80, avoid_sws=False), iss=100)
    connection.open()
    connection.poll(0.0)
    connection.receive(Segment(80, 50000, seq=300, ack=101, flags=Flags.SYN | Flags.ACK, window=9000), 0.0)
    connection.write(b"a")
    assert [len(segment.payload) for segment in connection.poll(0.0)] == [1]
    connection.write(b"b")
    assert connection.poll(0.0) == []
