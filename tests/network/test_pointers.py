"""기록에서 되살린 번호는, 같은 시뮬레이션을 돌리며 연결의 안을 들여다본 것과 같다."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tcpedu.network import scenarios
from tcpedu.network.apps import bulk, sink, slow_reader
from tcpedu.network.flow_control import run_flow
from tcpedu.network.impairments import bernoulli, hold
from tcpedu.network.pointers import pointers
from tcpedu.network.scenarios import CLIENT, SERVER
from tcpedu.network.simulation import Simulation
from tcpedu.network.snapshots import snapshot
from tcpedu.network.trace import Trace
from tcpedu.protocol.config import Config
from tcpedu.protocol.seqnum import seq_le


def watched(*, iss=100, loss=None, reorder=None, reader=sink, size=20_000, rate=1e6, until=60.0, **config):
    """(기록, [(시각, 보내는 쪽, 받는 쪽), …])."""
    sim = Simulation(3)
    client, server = sim.host(CLIENT), sim.host(SERVER)
    sim.link(client, server, delay=0.05, rate=rate, loss=loss, reorder=reorder)
    settings = Config(mss=1000, **config)
    server.listen(80, iss=300, config=settings, on_accept=reader)
    socket = client.connect(server, 80, iss=iss, config=settings)
    bulk(socket, size, close=False)
    seen = [(now, snapshot(socket), snapshot(server.sockets[0])) for now in sim.instants(until) if server.sockets]
    return sim.trace, seen


def both_ways(socket):
    """천천히 읽으면서 저도 보낸다."""
    bulk(socket, 20_000, close=False)
    slow_reader(700, 0.03)(socket)


CASES = {
    "잃지 않음": {},
    "감김": {"iss": 2**32 - 5000},
    "손실": {"loss": bernoulli(0.1, 5), "iss": 2**32 - 9000},
    "순서 바뀜": {"reorder": hold(dict.fromkeys(range(9, 40, 3), 0.07)), "receive_buffer": 6000},
    "두 방향, 순서 바뀜": {
        "reader": both_ways, "receive_buffer": 6000, "reorder": hold(dict.fromkeys(range(9, 80, 3), 0.04)),
    },
    "SACK": {"loss": bernoulli(0.1, 7), "sack": True},
    "느린 응용": {"reader": slow_reader(500, 0.25, start=2.0), "receive_buffer": 4000},
    "윈도우 스케일": {"window_scale": 3, "receive_buffer": 200_000, "size": 90_000},
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_same_as_looking_inside(case):
    trace, seen = watched(**case)
    found = pointers(trace, CLIENT)
    assert len(found) > 10
    for now, sender, receiver in seen:
        last = [at for at in found if at.time <= now][-1]
        assert (last.snd_una, last.snd_wnd) == (sender.snd_una, sender.snd_wnd)
        assert (last.rcv_nxt, last.rcv_wnd) == (receiver.rcv_nxt, receiver.rcv_wnd)
        assert last.blocks == receiver.blocks
        # 타임아웃 뒤에 되돌아간 SND.NXT는 밖에서 보이지 않는다.
        assert seq_le(sender.snd_nxt, last.snd_nxt)


def test_handshake_by_hand():
    """RFC 9293 §3.5 그림 6: SYN 100, SYN+ACK 300/101, ACK 301."""
    found = pointers(scenarios.handshake(), CLIENT)
    assert [(at.snd_una, at.snd_nxt, at.rcv_nxt) for at in found][-1] == (101, 101, 101)
    other = pointers(scenarios.handshake(), SERVER)
    assert (other[-1].isn, other[-1].snd_una, other[-1].rcv_nxt) == (300, 301, 301)


def test_fin_takes_a_number():
    found = pointers(scenarios.transfer(b"hello"), CLIENT)
    assert (found[-1].snd_una, found[-1].rcv_nxt) == (107, 107)  # 100 + SYN + 5바이트 + FIN


def test_refused_connection_has_pointers_too():
    assert pointers(scenarios.refused_port(), CLIENT)[-1].rcv_nxt is None


def test_each_moment_differs_from_the_one_before():
    found = pointers(run_flow().trace, CLIENT)
    assert all(a[:7] != b[:7] for a, b in pairwise(found))


@pytest.mark.parametrize(("trace", "host"), [(Trace(), "어디"), (scenarios.handshake(), "우체국")])
def test_unknown_host_says_which_there_are(trace, host):
    known = ", ".join(trace.hosts) or "없음"
    with pytest.raises(ValueError, match=f"{host}에서 보낸 SYN이 기록에 없습니다. 기록의 호스트: {known}"):
        pointers(trace, host)
