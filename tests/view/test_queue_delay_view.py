"""큐와 지연: 나란한 네 그림의 수가 기록의 수이고, 바뀐 큐만 다시 돈다."""

from __future__ import annotations

import json
from xml.dom import minidom

import pytest

from tcpedu.network.latency import QUEUES, Household, household
from tcpedu.view import QueueDelayView
from tcpedu.view.latency_chart import highest, side


@pytest.fixture
def view():
    return QueueDelayView(duration=3.0)


def change(view, **values):
    view.handle({"do": "set", "values": values})
    return view.scene


def test_four_pictures_side_by_side(view):
    assert list(view.latencies) == list(QUEUES)
    assert len(view.scene["charts"]) == 4
    assert [row[0] for row in view.scene["table"]] == ["작은 버퍼 8패킷", "큰 버퍼 200패킷", "RED", "CoDel"]


def test_lines_are_the_run(view):
    home = Household(duration=3.0)
    for queue in QUEUES:
        run = household(home, queue)
        waits, answers = (panel.series[0].points for panel in side(view.home, view.latencies[queue]).panels)
        assert waits == [(time, value * 1000) for time, value in run.delay]
        assert answers == [(time, value * 1000) for time, value in run.answers]


def test_one_axis_for_all_or_one_for_each(view):
    top = highest(list(view.latencies.values()))
    charts = view._charts(view.home, view.latencies)
    assert {chart.y_range(0) for chart in charts.values()} == {(0.0, top * 1080)}
    change(view, shared=False)
    charts = view._charts(view.home, view.latencies)
    assert charts["small"].y_range(0)[1] < charts["huge"].y_range(0)[1] / 5


def test_only_what_changed_is_run_again(view):
    before = dict(view.latencies)
    change(view, small=16)
    again = [queue for queue in QUEUES if view.latencies[queue] is not before[queue]]
    assert again == ["small"]
    change(view, ecn=True)
    again = [queue for queue in QUEUES if view.latencies[queue] is not before[queue]]
    assert again == ["small", "red", "codel"]
    assert view.scene["table"][3][0] == "CoDel + ECN"


def test_first_picture_does_not_wait_for_all(view):
    scenes = []
    view.observe(lambda event: scenes.append(event["new"]), "scene")
    change(view, rate=4e6)
    assert [scene["stale"] for scene in scenes] == [[1, 2, 3], [2, 3], [3], []]
    assert [scene["more"] for scene in scenes] == [True, True, True, False]
    assert [scene["turn"] for scene in scenes] == [1, 2, 3, 4]
    assert scenes[0]["table"][0] == scenes[-1]["table"][0]  # 첫째 큐는 벌써 새 결과다
    assert scenes[0]["table"][3] != scenes[-1]["table"][3]


def test_cursor_reads_every_queue(view):
    cursor = view.scene["cursor"]
    index = cursor["times"].index("1.5초")
    wait = [value for time, value in view.latencies["huge"].delay if time <= 1.5][-1]
    name, (waits, _) = cursor["rows"][1]
    assert name == "큰 버퍼 200패킷"
    assert float(waits[index].removesuffix("초").removesuffix("ms")) == pytest.approx(
        wait * (1000 if "ms" in waits[index] else 1), abs=1
    )


@pytest.mark.parametrize(
    ("values", "words"), [({"small": 3}, "작은 버퍼는 이 값이"), ({"bulks": 9}, "대량 전송의 수는 이 값이")]
)
def test_refuses_in_korean_and_keeps_the_picture(view, values, words):
    before = view.scene["charts"]
    assert words in change(view, **values)["error"]
    assert view.scene["charts"] == before and view.values["small"] == 8


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: QueueDelayView("Vegas"), "모르는 알고리즘입니다: Vegas"),
        (lambda: QueueDelayView(int), "int에 on_ack"),
        (lambda: QueueDelayView(small=500), r"작은 버퍼\(500\)가 큰 버퍼\(200\)보다"),
        (lambda: QueueDelayView(duration=0), "시간과 속도는 0보다"),
    ],
)
def test_bad_conditions(make, words):
    with pytest.raises(ValueError, match=words):
        make()


def test_bundle(view):
    data, _ = view._repr_mimebundle_()
    assert set(data) == {"application/vnd.jupyter.widget-view+json", "image/svg+xml", "text/plain"}
    minidom.parseString(data["image/svg+xml"])
    assert data["text/plain"].splitlines()[1] == (
        "CUBIC 대량 전송 1개와 대화하는 흐름 하나가 2 Mbit/s, RTT 40ms인 병목을 나눠 쓴다."
    )
    assert len(data["text/plain"].splitlines()) == 6
    assert QueueDelayView(duration=3.0).scene == view.scene
    assert len(json.dumps(view.scene)) < 120_000
