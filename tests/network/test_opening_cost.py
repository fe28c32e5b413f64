"""여는 왕복: RFC의 그림이 말하는 수. TLS 1.2는 RFC 5246 §7.3, 1.3은 RFC 8446 §2와 §2.3, QUIC은 RFC 9001 §4."""

from __future__ import annotations

import pytest

from tcpedu.network.opening_cost import WAYS, opening

# 연결 + TLS + 요청과 응답
ROUND_TRIPS = {
    "TCP만": 1 + 0 + 1, "TCP + TLS 1.2": 1 + 2 + 1, "TCP + TLS 1.3": 1 + 1 + 1, "TCP + TLS 1.3 (0-RTT)": 1 + 0 + 1,
    "QUIC": 0 + 1 + 1, "QUIC (0-RTT)": 0 + 0 + 1,
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("rtt", [0.02, 0.1])
def test_round_trips(way: str, rtt: float) -> None:
    opened = opening(way, rtt)
    assert opened.round_trips == ROUND_TRIPS[way]
    assert opened.first_byte == pytest.approx(ROUND_TRIPS[way] * rtt)


@pytest.mark.parametrize("way", WAYS)
def test_an_open_connection_costs_one_round_trip_more_for_each_request(way: str) -> None:
    assert opening(way, requests=5).round_trips == ROUND_TRIPS[way] + 4


def test_nothing_is_lost_or_resent() -> None:
    assert not any("재전송" in one.note or one.dropped for way in WAYS for one in opening(way).trace.segments)


def test_an_unknown_way() -> None:
    with pytest.raises(ValueError, match="'SCTP'"):
        opening("SCTP")
