"""같은 편지를 UDP로, 그리고 TCP로: 잃고 뒤섞는 길에서 무엇이 도착하는가."""

from __future__ import annotations

from pathlib import Path

import pytest

from tcpedu.network.letters import Road, by_datagram, by_stream
from tcpedu.network.simulation import Simulation
from tcpedu.protocol.datagram import Datagram

LETTERS = list("소중한편지여덟통")
TEXT = "".join(LETTERS)


def test_a_gentle_path_changes_nothing() -> None:
    for send in (by_datagram, by_stream):
        assert send(LETTERS).pieces == LETTERS
    assert len(by_datagram(LETTERS).trace) == len(LETTERS)


def test_datagrams_are_lost_doubled_and_reordered() -> None:
    assert by_datagram(LETTERS, Road(drops=[2, 8])).text == "소한편지여덟"
    assert by_datagram(LETTERS[:3], Road(delays={1: 1.0})).text == "중한소"
    assert by_datagram(LETTERS[:2], Road(duplicate=1.0)).text == "소소중중"


@pytest.mark.parametrize("seed", range(40))
def test_a_stream_is_whole_whatever_the_path(seed: int) -> None:
    delivery = by_stream(LETTERS, Road(loss=0.25, jitter=0.1, duplicate=0.2, seed=seed))
    assert delivery.text == TEXT
    assert [at for at, _ in delivery.reads] == sorted(at for at, _ in delivery.reads)


def test_a_lost_letter_holds_back_the_later_ones() -> None:
    whole, holed = by_stream(LETTERS, close=False), by_stream(LETTERS, Road(drops=[5]), mss=3, close=False)
    assert holed.pieces[1].startswith("중한편") and holed.reads[1][0] > whole.reads[-4][0]
    resent = [sent for sent in holed.trace.segments if "재전송" in sent.note]
    assert [sent.note for sent in resent] == ["재전송 ‘중’"]


def test_the_same_seed_is_the_same_path() -> None:
    road = Road(loss=0.3, jitter=0.08, duplicate=0.3, seed=5)
    assert by_datagram(LETTERS, road) == by_datagram(LETTERS, road)
    assert by_datagram(LETTERS, road).text != by_datagram(LETTERS, Road(0.05, 0.3, 0.08, 0.3, seed=6)).text


def test_nobody_answers_a_datagram_to_a_closed_port() -> None:
    sim = Simulation()
    a, b = sim.host("가"), sim.host("나")
    sim.link(a, b, delay=0.01)
    a.send_datagram(b, Datagram(50000, 53, b"?"))
    assert len(sim.run()) == 1


def test_the_record_can_be_written_in_every_way(tmp_path: Path) -> None:
    trace = by_datagram(["소"]).trace
    assert trace.to_text() == "0.000000 보내는 쪽.50000 > 받는 쪽.80: UDP, length 3"
    assert trace.to_frame().loc[1, ["플래그", "길이"]].tolist() == ["UDP", 3]
    assert trace.segments[0].size == 31
    scapy = pytest.importorskip("scapy.utils")
    pytest.importorskip("scapy.layers.inet")
    (packet,) = scapy.rdpcap(str(trace.to_pcap(tmp_path / "a.pcap")))
    assert (packet["UDP"].dport, bytes(packet["UDP"].payload)) == (80, "소".encode())


def test_even_an_empty_datagram_is_seen_at_both_ends() -> None:
    sim = Simulation()
    a, b = sim.host("a"), sim.host("b")
    sim.link(a, b, delay=0.01)
    for payload in (b"hi", b""):
        a.send_datagram(b, Datagram(1, 5, payload))
    trace = sim.run()
    assert [time for time, _ in trace.seen_at("a")] == [0, 0]
    assert [time for time, _ in trace.seen_at("b")] == [0.01, 0.01]
