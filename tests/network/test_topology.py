"""라우터와 아령 배치: 여러 흐름이 큐 하나를 나눠 쓴다."""

import pytest

from tcpedu.network.apps import bulk, sink
from tcpedu.network.simulation import Simulation
from tcpedu.network.topology import Dumbbell, dumbbell, throughput
from tcpedu.protocol.segment import Segment

BIG = Segment(1, 2, seq=0, payload=bytes(960))  # IP 패킷으로 1000바이트


def start(net: Dumbbell, size: int) -> None:
    for sender, receiver in zip(net.senders, net.receivers, strict=True):
        receiver.listen(80, on_accept=sink)
        bulk(sender.connect(receiver, 80), size)


def test_each_flow_has_its_own_round_trip_time() -> None:
    sim = Simulation()
    net = dumbbell(sim, 3, rate=1e9, delay=0.02, access_delays=[0.0, 0.03])
    start(net, 0)
    trace = sim.run()
    arrived = {sent.src: sent.arrived for sent in trace.segments if str(sent.segment.flags) == "SYN"}
    expected = {"보내는 쪽 1": 0.02, "보내는 쪽 2": 0.05, "보내는 쪽 3": 0.02}
    assert arrived == pytest.approx(expected, abs=1e-5)


def test_flows_share_one_queue() -> None:
    sim = Simulation()
    net = dumbbell(sim, 2, rate=8000, delay=0.0, queue=3)  # 1000바이트에 1초
    for sender, receiver in zip(net.senders, net.receivers, strict=True):
        for _ in range(4):
            sender.send_raw(receiver, BIG)
    trace = sim.run(until=4.5)
    sent = trace.segments[:8]
    # 하나는 나가는 중이고 셋이 기다린다. 나머지는 누구의 것이든 버려진다.
    assert [one.dropped for one in sent] == [None] * 4 + ["대기열 넘침"] * 4
    assert [one.src for one in sent] == ["보내는 쪽 1"] * 4 + ["보내는 쪽 2"] * 4
    assert [length for _, length in net.queue_lengths] == [1, 2, 3, 2, 1, 0]
    assert [one.arrived for one in sent[:4]] == [1.0, 2.0, 3.0, 4.0]


def test_bytes_of_every_flow_arrive_and_the_bottleneck_is_never_exceeded() -> None:
    sim = Simulation()
    net = dumbbell(sim, 4, rate=2e6, delay=0.01, queue=1000)
    start(net, 200_000)
    trace = sim.run(until=60)
    for receiver in net.receivers:
        (socket,) = receiver._sockets.values()
        assert socket.received_length == 200_000
    rates = [throughput(trace, sender.name, until=3.0) for sender in net.senders]
    totals = [sum(second) for second in zip(*rates, strict=True)]
    assert all(total <= 2e6 for total in totals) and totals[0] > 1e6


def test_routers_pick_the_shortest_way_and_hosts_do_not_forward() -> None:
    sim = Simulation()
    a, b, c = (sim.host(name) for name in "abc")
    routers = [sim.router(f"r{n}") for n in range(3)]
    sim.link(a, c, delay=0.001)  # 호스트 c는 남의 패킷을 넘기지 않는다
    sim.link(c, b, delay=0.001)
    for left, right, delay in [(a, 0, 0.1), (0, 1, 0.1), (1, b, 0.1), (a, 2, 1.0), (2, b, 1.0)]:
        ends = [routers[end] if isinstance(end, int) else end for end in (left, right)]
        sim.link(*ends, delay=delay)
    a.send_raw(b, BIG)
    assert sim.run(until=3.0).segments[0].arrivals == (2.0,)  # 지연이 길어도 링크 둘이 셋보다 가깝다
    alone = sim.host("d")
    with pytest.raises(ValueError, match="링크가 없습니다"):
        a.send_raw(alone, BIG)


def test_a_loss_behind_the_router_keeps_its_time_and_reason() -> None:
    sim = Simulation()
    a, b, router = sim.host("a"), sim.host("b"), sim.router("r")
    sim.link(a, router, delay=0.1)
    sim.link(router, b, delay=0.1, loss=lambda packet: packet.src == "a")
    a.send_raw(b, BIG)
    sent = sim.run().segments[0]
    assert (sent.dropped, sent.dropped_at, sent.arrived) == ("손실", pytest.approx(0.1), None)


def test_routers_have_no_lane_in_the_picture() -> None:
    sim = Simulation()
    dumbbell(sim, 1)
    assert sim.trace.hosts == ["보내는 쪽 1", "받는 쪽 1"]
    with pytest.raises(ValueError, match="같은 이름"):
        sim.router("받는 쪽 1")
