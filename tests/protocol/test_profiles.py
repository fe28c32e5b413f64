"""두 벌의 설정: 커널에서 잰 값과 같은가."""

from dataclasses import replace

import pytest
from hand import IRS, ISS, ack, seg, sent

from tcpedu.protocol.config import Config
from tcpedu.protocol.connection import Connection
from tcpedu.protocol.profiles import LINUX, PROFILES, TEXTBOOK, differences
from tcpedu.protocol.segment import MSS, SackPermitted


def started(config: Config) -> list[float]:
    connection = Connection(replace(config, local_port=1000, remote_port=80), iss=ISS)
    connection.open()
    times = [0.0] if connection.poll(0.0) else []
    while (at := connection.next_timer()) is not None:
        times += [at] if connection.poll(at) else []
    return times


def test_syn_retries() -> None:
    """RFC 6298의 1, 3, 7…초와, 커널 6.18에서 잰 1.0 2.0 3.1 4.1 5.1 7.1 11.3초."""
    assert started(TEXTBOOK)[:4] == [0, 1, 3, 7]
    # ip-sysctl: 마지막 재전송은 67초, 포기는 131초
    assert started(LINUX) == [0, 1, 2, 3, 4, 5, 7, 11, 19, 35, 67]


def test_connecting_is_given_up() -> None:
    for config, seconds, times in ((TEXTBOOK, 183, 7), (LINUX, 131, 10)):
        connection = Connection(replace(config, local_port=1000, remote_port=80), iss=ISS)
        connection.open()
        now = 0.0
        while connection.poll(now) or connection.next_timer() is not None:
            now = connection.next_timer() or now
        assert now == seconds and connection.error == f"{times}번 재전송해도 답이 없어 포기했습니다"


def opened(config: Config, rtt: float) -> Connection:
    # 타임스탬프를 빼면 손으로 건네기 쉽다
    settings = replace(config, local_port=1000, remote_port=80, mss=1000, timestamps=False, window_scale=None)
    connection = Connection(settings, iss=ISS)
    connection.open()
    connection.poll(0.0)
    connection.receive(seg("S", IRS, ack=ISS + 1, options=(MSS(1000), SackPermitted())), rtt)
    return connection


@pytest.mark.parametrize(("name", "rto"), [("textbook", 1.0), ("linux", 0.3)])
def test_the_rto_at_100_ms(name: str, rto: float) -> None:
    """커널에서 잰 RTO는 RTT 100ms에서 304ms: SRTT + max(4·RTTVAR, 200ms)."""
    connection = opened(PROFILES[name], 0.1)
    for n in range(30):  # RTTVAR이 작아질 때까지
        connection.write(bytes(1000))
        connection.poll(1.0 + n)
        connection.receive(ack((n + 1) * 1000), 1.1 + n)
    assert connection.rto == pytest.approx(rto, abs=0.005)


@pytest.mark.parametrize(("name", "cwnd"), [("textbook", 11_000), ("linux", 12_000)])
def test_delayed_acks_do_not_slow_slow_start_on_linux(name: str, cwnd: int) -> None:
    """ACK 하나가 둘을 확인할 때: RFC 5681은 1 SMSS, 리눅스는 확인된 만큼 늘린다."""
    connection = opened(PROFILES[name], 0.1)
    connection.write(bytes(50_000))
    assert len(sent(connection.poll(1.0))) == 10
    connection.receive(ack(2000), 1.1)
    assert connection.cwnd == cwnd


def test_the_differences_are_listed() -> None:
    changed = differences()
    assert changed["recovery"] == ("rfc6582", "prr")
    assert {"delayed_ack", "quick_acks", "window_probe", "congestion", "clock_granularity", "msl"} <= changed.keys()
    assert "initial_window" not in changed
