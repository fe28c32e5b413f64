"""데이터그램도 같은 그림에 그려진다."""

from __future__ import annotations

from tcpedu.network.letters import Road, by_datagram, by_stream
from tcpedu.view import LadderPlayer, LossExplorer, sequence_diagram


def test_the_ladder_calls_them_datagrams() -> None:
    player = LadderPlayer(lambda drops, delays: by_datagram("소중", Road(drops=drops, delays=delays)).trace, drops=[2])
    text = player.as_text()
    assert "데이터그램 2개" in text and "‘중’: UDP len=3 ✕ 잃음" in text
    assert player.scene["details"]["1"]["fields"] == [("포트", "50000 → 80"), ("len", "3바이트")]
    assert "UDP len=3" in player.as_svg()


def test_a_long_run_of_datagrams_is_shortened() -> None:
    diagram = sequence_diagram(by_datagram("가" * 40).trace, limit=10)
    assert "데이터그램 40개" in repr(diagram)


def test_the_explorer_counts_them() -> None:
    udp = LossExplorer(lambda rate, seed: by_datagram("소중한", Road(loss=rate, seed=seed)).trace, rate=0)
    tcp = LossExplorer(lambda rate, seed: by_stream("소중한", Road(loss=rate, seed=seed)).trace, rate=0)
    assert udp.counts()["보낸 데이터그램"] == "3개" and "보낸 세그먼트" in tcp.counts()
