"""진짜 TLS의 왕복은 모형의 왕복과 같다."""

from __future__ import annotations

import ssl

import pytest

from tcpedu.lab import tls_flights as module
from tcpedu.lab.tls_flights import Sent, round_trips, tls_flights
from tcpedu.network.opening_cost import opening


@pytest.mark.parametrize(("name", "way"), [("TLSv1_2", "TCP + TLS 1.2"), ("TLSv1_3", "TCP + TLS 1.3")])
def test_round_trips_as_the_model_says(name: str, way: str) -> None:
    flights = tls_flights(ssl.TLSVersion[name])
    if flights is None:
        pytest.skip("openssl 명령이 없습니다")
    assert flights[0].who == "클라이언트" and all(sent.size > 0 for sent in flights[:2])
    assert round_trips(flights) == opening(way).round_trips - opening("TCP만").round_trips


def test_without_the_command_there_is_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.shutil, "which", lambda name: None)
    assert tls_flights() is None


def test_round_trips_by_hand() -> None:
    two = [Sent("클라이언트", 9, ()), Sent("서버", 9, ()), Sent("클라이언트", 9, ()), Sent("서버", 9, ("서버",))]
    assert round_trips([*two, Sent("클라이언트", 0, ("서버", "클라이언트"))]) == 2
