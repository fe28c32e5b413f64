"""빠른 길은 빠를 뿐이다: 예측도 한꺼번에 보내기도 없이 돌린 것과 기록이 모두 같다."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tcpedu.network.apps import bulk, request_response, responder, sink
from tcpedu.network.host import Socket
from tcpedu.network.link import bernoulli
from tcpedu.network.sharing import two_flows
from tcpedu.network.simulation import Simulation
from tcpedu.network.trace import Trace
from tcpedu.protocol import connection, sender
from tcpedu.protocol.config import Config
from tcpedu.protocol.congestion import Bbr, Cubic
from tcpedu.protocol.profiles import LINUX

STAMPED = Config(window_scale=5, receive_buffer=1 << 17, sack=True, timestamps=True)
CONFIGS = {
    "textbook": Config(),
    "stamped": STAMPED,
    "linux": replace(LINUX, congestion=Cubic),
    "linux without sack": replace(LINUX, sack=False),
    "prr": Config(recovery="prr"),
    "rack": replace(STAMPED, loss_detection="rack", recovery="prr"),
    "nodelay": replace(STAMPED, nodelay=True),
    "small window": Config(receive_buffer=2000, nodelay=True),
    "silly": Config(receive_buffer=4000, avoid_sws=False),
    "small buffer": Config(send_buffer=5000),
    "bbr": replace(STAMPED, congestion=Bbr),
    "undo": replace(STAMPED, undo=True, frto=True),
}


def both_ways(config: Config, loss: float) -> Trace:
    """두 쪽이 서로 보내고 닫는다."""
    sim = Simulation()
    a, b = sim.host("a"), sim.host("b")
    sim.link(a, b, delay=0.01, rate=5e6, queue=15, loss=bernoulli(loss, 3) if loss else None)

    def accept(socket: Socket) -> None:
        sink(socket)
        socket.send(bytes(30_001))

    b.listen(80, config=config, on_accept=accept)
    bulk(a.connect(b, 80, config=config), 150_001)
    return sim.run(until=60)


def dialogue(config: Config, loss: float) -> Trace:
    """요청과 응답, 이어서 조용해진다."""
    sim = Simulation()
    a, b = sim.host("a"), sim.host("b")
    sim.link(a, b, delay=0.02, loss=bernoulli(loss, 5) if loss else None)
    b.listen(80, config=config, on_accept=responder(100, 20_000))
    request_response(a.connect(b, 80, config=config), request=100, response=20_000, count=5, pieces=2, think=1.5)
    return sim.run(until=60)


def shared(config: Config, loss: float) -> Trace:
    """두 흐름이 병목을 나눈다. `loss`가 있으면 큐가 짧아 넘친다."""
    return two_flows(configs=(config, config), duration=2.0, second_at=0.5, rate=5e6, queue=5 if loss else 20)


@pytest.mark.parametrize("loss", [0.0, 0.02])
@pytest.mark.parametrize("run", [both_ways, dialogue, shared])
@pytest.mark.parametrize("config", CONFIGS.values(), ids=CONFIGS.keys())
def test_the_record_is_the_same_step_by_step(config, run, loss, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    quick = run(config, loss)
    assert any(sent.segment.payload for sent in quick.segments)
    monkeypatch.setattr(connection, "take_predicted", lambda *args: None)
    monkeypatch.setattr(sender, "full_segments", lambda sender: 0)
    assert run(config, loss) == quick
