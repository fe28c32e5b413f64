"""나눠 쓰고 기다리기: 걸린 시간과 기다린 구간 (RFC 9293 §3.7.4, §3.8.6.3)."""

import pytest

from tcpedu.network.scenarios import nagle_delayed_ack
from tcpedu.network.write_read import WriteReadSettings, write_read


@pytest.mark.parametrize(
    ("changes", "latency"),
    [
        ({}, 0.2 + 2 * 0.02),  # 첫 조각의 ACK를 미룬 시간과 왕복 두 번
        ({"nagle": False}, 0.02),
        ({"delayed_ack": False}, 2 * 0.02),  # ACK가 곧바로 오므로 왕복 한 번만 더 기다린다
        ({"pieces": 1}, 0.02),
        ({"pieces": 3}, 0.2 + 2 * 0.02),  # 둘째와 셋째 조각은 함께 나간다
        ({"pieces": 3, "nagle": False}, 0.02),
        ({"ack_delay": 0.04, "rtt": 0.0002}, 0.0404),  # 리눅스의 루프백에서 잰 값은 요청마다 41–42ms다
    ],
)
def test_latency_worked_by_hand(changes, latency) -> None:
    assert write_read(WriteReadSettings(**changes)).latencies == pytest.approx([latency] * 3)


@pytest.mark.parametrize("nodelay", [False, True])
@pytest.mark.parametrize("pieces", [1, 2])
def test_agrees_with_the_scenario(nodelay, pieces) -> None:
    _, latencies = nagle_delayed_ack(nodelay=nodelay, pieces=pieces)
    run = write_read(WriteReadSettings(nagle=not nodelay, pieces=pieces))
    assert run.latencies == pytest.approx(latencies)


def test_the_stall_is_the_delayed_ack_and_nagle_waits_for_it() -> None:
    run = write_read(WriteReadSettings(ack_delay=0.3, rtt=0.1, count=1))
    nagle, ack = run.waits
    assert (nagle.who, ack.who) == ("nagle", "ack")
    assert ack.end - ack.start == pytest.approx(0.3)
    assert ack.start == pytest.approx(0.05)  # 첫 조각이 닿은 때
    assert (nagle.start, nagle.end) == pytest.approx((0.0, ack.end + 0.05))  # ACK가 돌아올 때까지
    assert (nagle.size, ack.size) == (100, 100)


def test_three_pieces_the_held_two_leave_together() -> None:
    run = write_read(WriteReadSettings(pieces=3, count=1))
    assert run.requests[0].writes == (66, 66, 68)
    assert [wait.size for wait in run.waits] == [134, 66]
    assert [len(sent.segment.payload) for sent in run.segments] == [66, 0, 134, 100]


def test_no_one_waits_without_nagle() -> None:
    assert write_read(WriteReadSettings(nagle=False)).waits == []
    assert {wait.who for wait in write_read(WriteReadSettings(delayed_ack=False)).waits} == {"nagle"}


@pytest.mark.parametrize(
    ("wrong", "words"),
    [({"pieces": 0}, "조각은 1–10개"), ({"ack_delay": 0.5}, "0.5초보다 짧아야"), ({"rtt": 0}, "RTT는 0초보다 길고")],
)
def test_wrong_settings_are_refused(wrong, words) -> None:
    with pytest.raises(ValueError, match=words):
        WriteReadSettings(**wrong)
