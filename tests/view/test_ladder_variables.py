"""생명선 옆의 변수: 보이는 수가 그 시각 `Connection`의 것과 같다. 접기, 셋이 넘는 호스트, 빠르기."""

from __future__ import annotations

from xml.dom import minidom

import pytest

from tcpedu.network import scenarios
from tcpedu.network.setup import pair
from tcpedu.network.simulation import Simulation
from tcpedu.protocol.config import Config
from tcpedu.protocol.state import State
from tcpedu.view import LadderPlayer, LossExplorer
from tcpedu.view.boxes import crosses, overlaps
from tcpedu.view.ladder import collisions, layout
from tcpedu.view.story import regular_spans
from tcpedu.view.variables import VARIABLES, readouts, variable_texts


def world(drops=(), size=4000):
    """1460바이트씩 보내고 닫는 연결: (시뮬레이션, 두 소켓)."""
    simulation, a, b = pair(0.05, drops, None)
    accepted = []
    b.listen(80, iss=300, on_accept=accepted.append)
    client = a.connect(b, 80, iss=100)
    client.on_established = lambda socket: socket.send(bytes(size))
    simulation.at(5.0, client.close)
    return simulation, client, accepted


@pytest.mark.parametrize("drops", [(), (1,), (2, 4), (5, 6, 7)])
def test_samples_equal_the_connection_at_that_time(drops):
    """시뮬레이션을 조금씩 돌리며 연결에서 직접 읽은 것과 견준다."""
    simulation, client, accepted = world(drops)
    seen = 0
    for tick in range(400):
        simulation.run(until=tick * 0.0251)
        for socket in (client, *accepted):
            connection = socket.connection
            sample = simulation.trace.variables_at(socket.host.name, simulation.now)
            if connection.state in (State.CLOSED, State.LISTEN):
                assert sample.values == (None,) * 6
                continue
            seen += 1
            assert sample.values == (
                connection.snd_una, connection.snd_nxt, connection.rcv_nxt, connection.cwnd, connection.rto,
                connection.rtx_at,
            )  # fmt: skip
    assert seen > 300


def test_handshake_by_hand():
    """RFC 9293 그림 6의 번호에 1을 더해 나가며 손으로 셈한 것."""
    trace = scenarios.handshake()
    found = [(sample.host, sample.snd_una, sample.snd_nxt, sample.rcv_nxt, sample.rtx_at) for sample in trace.variables]
    assert found == [
        ("클라이언트", 100, 101, None, 1.0),
        ("서버", 300, 301, 101, 1.05),
        ("클라이언트", 101, 101, 301, None),
        ("서버", 301, 301, 101, None),
    ]


def test_timer_backs_off_in_the_readout():
    """RFC 6298 §5.5: 잃을 때마다 RTO가 두 배가 된다."""
    trace = scenarios.unanswered_syn(config=Config(syn_retries=3))
    timers = [variable_texts(sample)[4:] for sample in trace.variables]
    assert timers == [
        ["1초", "1초에 끝남"], ["2초", "3초에 끝남"], ["4초", "7초에 끝남"], ["8초", "15초에 끝남"], ["—", "—"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    "trace",
    [
        scenarios.handshake(drops={2}),
        scenarios.transfer(bytes(9000), drops={5, 9}),
        scenarios.normal_close(),
        scenarios.half_open(),
    ],
)
def test_at_every_stop_the_page_shows_the_library_value(trace):
    """화면은 머리가 지나온 마지막 값을 보인다. 멈추는 곳마다 그 시각의 값과 같아야 한다."""
    plan = layout(trace)
    shown = readouts(trace, plan)
    stops = plan.stops()
    for y, at in stops:
        for lane, host in enumerate(plan.names):
            passed = [readout[3] for readout in shown if readout[0] == lane and readout[1] <= y + 0.5]
            expected = trace.variables_at(host, at + 1e-9)
            # 같은 시각에 멈추는 곳이 더 남아 있으면 아직 중간이다.
            if any(abs(other - at) < 1e-9 and later > y for later, other in stops):
                continue
            assert (passed[-1] if passed else None) == (variable_texts(expected) if expected else None)


def test_readouts_go_down_and_stay_inside():
    for trace in (scenarios.transfer(bytes(30_000)), scenarios.full_backlog(), scenarios.simultaneous_close()):
        plan = layout(trace)
        ys = [readout[1] for readout in readouts(trace, plan)]
        assert ys == sorted(ys)
        assert all(0 < y <= plan.height for y in ys)
        assert len(ys) == len(trace.variables)


def test_two_connections_of_one_host_name_their_peers():
    trace = scenarios.full_backlog(backlog=3)
    peers = {readout[2] for readout in readouts(trace, layout(trace)) if readout[0] == 0}
    assert peers == {"클라이언트 1", "클라이언트 2", "클라이언트 3"}


def test_large_transfer_writes_only_what_a_picture_needs():
    trace = scenarios.transfer(bytes(3_000_000))
    assert len(trace.segments) > 2000
    assert len(trace.variables) == trace.watch == 1000


def test_more_can_be_asked_for():
    simulation = Simulation()
    simulation.trace.watch = 2
    a, b = simulation.host("a"), simulation.host("b")
    simulation.link(a, b, delay=0.01)
    b.listen(80)
    a.connect(b, 80)
    assert len(simulation.run().variables) == 2


def test_scene_carries_names_lanes_and_values():
    player = LadderPlayer(scenarios.handshake())
    assert player.scene["lanes"] == ["클라이언트", "서버"]
    assert list(player.scene["variables"]) == list(VARIABLES)
    assert all(len(readout[3]) == len(VARIABLES) for readout in player.scene["readouts"])


def test_an_empty_trace_can_be_drawn():
    simulation = Simulation()
    simulation.host("혼자")
    player = LadderPlayer(simulation.run())
    assert player.scene["readouts"] == []
    assert "오간 세그먼트가 없다" in player.as_text()


# ── 접기 ────────────────────────────────────────────────────────────────────


def test_fold_hides_only_what_is_regular():
    trace = scenarios.transfer(bytes(100_000), drops={20})
    hidden = {record.number for span in regular_spans(trace) for record in span.records}
    plan = layout(trace, fold=True)
    assert {arrow.record.number for arrow in plan.arrows} == {sent.number for sent in trace.segments} - hidden
    for sent in trace.segments:
        if sent.dropped or sent.note or str(sent.segment.flags) != "ACK":
            assert sent.number not in hidden or str(sent.segment.flags) == "PSH,ACK"
    assert [pause.label for pause in plan.pauses if pause.text] == [
        f"{len(span.records)}개 접음" for span in regular_spans(trace)
    ]
    assert plan.height < layout(trace).height / 2


def test_fold_keeps_time_going_down_and_labels_apart():
    trace = scenarios.transfer(bytes(60_000), drops={9})
    plan = layout(trace, fold=True)
    assert collisions(plan) == []
    moments = [(arrow.record.sent, arrow.y1) for arrow in plan.arrows]
    moments += [(arrow.record.arrived, arrow.y2) for arrow in plan.arrows if arrow.record.arrived is not None]
    for at, y in moments:
        assert all(other_y <= y for other, other_y in moments if other < at - 1e-9)


@pytest.mark.parametrize("kind", ["ladder", "loss"])
def test_fold_button_folds_and_unfolds(kind):
    player = LadderPlayer(scenarios.transfer(bytes(50_000))) if kind == "ladder" else LossExplorer(rate=0)
    before = player.scene["svg"]
    player.handle({"do": "fold"})
    assert player.scene["fold"] is True
    assert (player.scene["svg"] != before) == (player.scene["foldable"] > 0)
    player.handle({"do": "fold"})
    assert player.scene["svg"] == before


# ── 셋이 넘는 호스트 ────────────────────────────────────────────────────────


@pytest.mark.parametrize("clients", [2, 3, 4])
def test_state_chips_stay_off_arrows_and_labels(clients):
    trace = scenarios.full_backlog(clients=clients, backlog=5, until=6.0)
    plan = layout(trace)
    boxes = [chip.box_at(plan.lanes[chip.lane], chip.side, chip.shift) for chip in plan.chips]
    for box in boxes:
        assert not any(crosses(box, arrow.line) for arrow in plan.arrows)
        assert not any(overlaps(box, arrow.box) for arrow in plan.arrows)
        assert all(0 < x < plan.width for x, _ in box)


# ── 아직 가는 중 ────────────────────────────────────────────────────────────


def test_a_segment_still_in_the_air_is_neither_lost_nor_arrived():
    from tcpedu.network.stage import Stage

    plan = layout(Stage().play("A open").trace)
    player = LadderPlayer(Stage().play("A open").trace)
    assert plan.arrows[0].waiting and not plan.arrows[0].lost
    assert 'class="segment waiting"' in player.scene["svg"]
    assert "보내 가는 중" in player.scene["svg"]
    assert "잃음" not in player.scene["svg"]
    minidom.parseString(player.as_svg())
