"""혼잡 제어 실험실: 그리는 수는 기록의 수이고, 조건을 바꾸면 다시 돌고, 실패하면 앞의 그림이 남는다."""

from __future__ import annotations

import json
import re
from math import inf, isnan
from xml.dom import minidom

import pytest

from tcpedu.network.contest import MSS
from tcpedu.protocol.congestion import CongestionControl, Reno
from tcpedu.view import CongestionLab
from tcpedu.view.flow_chart import plane, timeline

WIDGET = "application/vnd.jupyter.widget-view+json"


def small(*algorithms, **options):
    return CongestionLab(list(algorithms) or "Reno", **{"duration": 5.0, "rate": 1e6, "queue": 20, **options})


def change(lab, **values):
    lab.handle({"do": "set", "values": values})
    return lab.scene


def spec(lab, name):
    return next(one for one in lab.scene["controls"] if one["name"] == name)


def test_lines_are_the_trace():
    lab = small("Reno", "CUBIC")
    chart = timeline(lab.outcome)
    drawn = {series.name: series.points for series in chart.panels[0].series}
    for index, name in enumerate(("흐름 1", "흐름 2"), 1):
        told = [(one.time, one.cwnd / MSS) for one in lab.trace.windows if one.host == f"보내는 쪽 {index}"]
        assert drawn[name] == told
    told = [(one.time, one.ssthresh / MSS) for one in lab.trace.windows if one.host == "보내는 쪽 1"]
    finite = [pair for pair in drawn["ssthresh (흐름 1)"] if not isnan(pair[1])]
    assert finite == [pair for pair in told if pair[1] != inf]
    assert chart.panels[2].series[0].points == lab.trace.queues["왼쪽 라우터", "오른쪽 라우터"]


def test_cursor_reads_the_trace():
    lab = small()
    cursor = lab.scene["cursor"]
    index = cursor["times"].index("2.5초")
    sample = [one for one in lab.trace.windows if one.host == "보내는 쪽 1" and one.time <= 2.5][-1]
    name, columns = cursor["rows"][0]
    assert name == "흐름 1"
    assert columns[0][index] == f"{sample.cwnd / MSS:.1f} MSS"
    assert columns[1][index] == f"{sample.ssthresh / MSS:.1f} MSS"
    length = [n for time, n in lab.trace.queues["왼쪽 라우터", "오른쪽 라우터"] if time <= 2.5][-1]
    assert cursor["rows"][-1] == ["병목의 큐", [cursor["rows"][-1][1][0]]]
    assert cursor["rows"][-1][1][0][index] == f"{length}패킷"
    assert cursor["rows"][0][1][1][0] == "–"  # 처음의 ssthresh는 한없이 크다


def test_events_can_be_visited():
    lab = small()
    told = [name for _, name in lab.scene["cursor"]["events"]]
    assert told and all(name == "빠른 재전송 (흐름 1)" for name in told)
    assert len(told) == lab.outcome.flows[0].flow.count("fast retransmit")


def test_sliders_run_it_again_and_remembered_runs_are_reused():
    lab = small()
    first = lab.outcome
    assert change(lab, queue=5)["turn"] == 1
    assert lab.outcome is not first
    assert max(n for _, n in lab.outcome.queue) == 5
    change(lab, queue=20)
    assert lab.outcome is first
    change(lab, nth=300)  # 잃지 않을 때는 조건이 아니다
    assert lab.outcome is first


def test_every_answer_is_news_to_the_page():
    lab = small()
    turns = [change(lab, queue=queue)["turn"] for queue in (20, 20, 10)]
    assert turns == [1, 2, 3]


def test_controls_that_do_nothing_are_hidden():
    lab = small()
    assert spec(lab, "nth")["hidden"] and spec(lab, "loss_rate")["hidden"]
    assert spec(lab, "algorithm1")["hidden"] and not spec(lab, "algorithm0")["hidden"]
    change(lab, loss="burst", flows=2)
    assert not spec(lab, "nth")["hidden"] and not spec(lab, "algorithm1")["hidden"]
    assert spec(lab, "algorithm2")["hidden"]


def test_ecn_needs_a_queue_that_marks():
    lab = small(ecn=True)
    assert spec(lab, "ecn")["disabled"] and not spec(lab, "ecn")["value"]
    change(lab, aqm="codel")
    assert not spec(lab, "ecn")["disabled"] and spec(lab, "ecn")["value"]
    assert lab.outcome.flows[0].flow.count("mark") > 0


def test_a_value_of_ones_own_joins_the_choices():
    lab = small(rate=1.5e6, rtt=0.06, queue=13)
    assert [1.5e6, "1.5 Mbit/s"] in spec(lab, "rate")["choices"]
    assert [choice[0] for choice in spec(lab, "queue")["choices"]] == [2, 5, 10, 13, 20, 40, 80, 160]
    assert spec(lab, "rtt0")["value"] == 0.06


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        ({"do": "set", "values": {"queue": 11}}, "큐는 이 값이 될 수 없습니다: 11"),
        ({"do": "set", "values": {"없음": 1}}, "모르는 조절입니다: 없음"),
        ({"do": "춤"}, "모르는 부탁입니다: 춤"),
        ({"do": "pin", "slot": "C"}, "모르는 부탁입니다: pin"),
        ({}, "모르는 부탁입니다"),
    ],
)
def test_bad_requests_are_refused_in_korean_and_nothing_is_lost(request_, words):
    lab = small()
    before, values = lab.scene, dict(lab.values)
    lab.handle(request_)
    assert words in lab.scene["error"]
    assert lab.scene["charts"] == before["charts"]
    assert lab.values == values


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: CongestionLab("Vegas"), "모르는 알고리즘입니다: Vegas. Reno, CUBIC, BBR 가운데"),
        (lambda: CongestionLab(["Reno"] * 5), "흐름은 하나부터 4개까지입니다: 5"),
        (lambda: CongestionLab(flows=0), "흐름은 하나부터 4개까지입니다: 0"),
        (lambda: CongestionLab(dict), "dict에 on_ack, on_loss, on_timeout"),
        (lambda: CongestionLab(aqm="fq"), "큐의 종류는 이 값이 될 수 없습니다: fq"),
        (lambda: CongestionLab(rtt=0), "왕복 시간은 0보다"),
    ],
)
def test_bad_conditions(make, words):
    with pytest.raises(ValueError, match=words):
        make()


class Steady(CongestionControl):
    """늘 6 MSS."""

    def on_ack(self, acked, rtt, in_flight, now):
        self.cwnd = 6 * self.mss

    def on_loss(self, in_flight, now):
        self.cwnd = 6 * self.mss

    on_timeout = on_loss


class Broken(Reno):
    """처음 ACK에서 멈춘다."""

    def on_ack(self, acked, rtt, in_flight, now):
        raise KeyError("아직 안 만든 것")


def test_a_learners_class_is_one_of_the_choices():
    lab = small(Steady)
    assert ["Steady", "Steady"] in spec(lab, "algorithm0")["choices"]
    assert lab.outcome.flows[0].cwnd[-1][1] == 6
    change(lab, algorithm0="Reno")
    assert max(y for _, y in lab.outcome.flows[0].cwnd) > 20


def test_a_learners_class_may_have_a_name_of_its_own():
    lab = small("Reno", "내 것", algorithms={"내 것": Steady})
    assert [runner.algorithm for runner in lab.contest.runners] == [Reno, Steady]


def test_a_class_called_reno_does_not_hide_ours():
    mine = type("Reno", (Steady,), {})
    lab = small(mine)
    assert lab.values["algorithm0"] == "내 Reno"
    assert lab.algorithms["내 Reno"] is mine and lab.algorithms["Reno"] is Reno


def test_a_class_that_fails_leaves_the_last_picture():
    lab = small("Reno", algorithms={"고장": Broken})
    before = lab.scene["charts"]
    scene = change(lab, algorithm0="고장")
    assert scene["error"].startswith("다시 계산하지 못했습니다") and "아직 안 만든 것" in scene["error"]
    assert scene["charts"] == before
    assert lab.values["algorithm0"] == "Reno"
    assert "error" not in change(lab, queue=10)


def test_two_runs_are_kept_side_by_side():
    lab = small()
    lab.handle({"do": "pin", "slot": "A"})
    change(lab, algorithm0="CUBIC")
    lab.handle({"do": "pin", "slot": "B"})
    change(lab, algorithm0="BBR")
    assert [row[0] for row in lab.scene["table"]] == ["지금", "A", "B"]
    assert lab.scene["pinned"][0].startswith("A: Reno 100ms") and lab.scene["pinned"][1].startswith("B: CUBIC 100ms")
    assert "A: 흐름 1" in lab.scene["charts"][0] and "B: 흐름 1" in lab.scene["charts"][0]
    lab.handle({"do": "unpin"})
    assert lab.pinned == {} and len(lab.scene["table"]) == 1


def test_fairness_plane_is_for_two():
    assert small().scene["plane"] == ""
    lab = small("Reno", "Reno", rate=2e6)
    chart = plane(lab.outcome)
    pairs = [(x * 1e6, y * 1e6) for x, y in chart.panels[0].series[0].points]
    first, second = lab.outcome.flows
    told = [(x, y) for (t, x), (_, y) in zip(first.goodput, second.goodput, strict=True) if t >= 2.0]
    assert pairs == [pytest.approx(pair) for pair in told]
    assert "공정선" in lab.scene["plane"] and "효율선" in lab.scene["plane"]
    assert lab.scene["jain"] == f"Jain의 공정성 지수 {lab.outcome.jain:.3f}"


def test_phases_are_shaded_and_named():
    lab = small()
    spans = timeline(lab.outcome).panels[0].spans
    assert [(one.start, one.name) for one in spans] == [(one.start, one.name) for one in lab.outcome.flows[0].stages]
    assert {"슬로 스타트", "빠른 회복"} <= set(re.findall(r">([^<>]+)</text>", lab.scene["charts"][0]))


def test_text_tells_the_run():
    text = small("Reno", "CUBIC").as_text()
    assert text.startswith("혼잡 제어 실험실\nReno 100ms, CUBIC 100ms · 1 Mbit/s · 꼬리 버림 20패킷. 유효 처리율 ")
    assert "흐름 1: 빠른 재전송 " in text and "  단계: 0ms 슬로 스타트, " in text
    assert text.splitlines()[-1].startswith("Jain의 공정성 지수 ")


def test_bundle_is_the_same_each_time_and_names_no_model():
    first, second = small(), small()
    data, _ = first._repr_mimebundle_()
    other, _ = second._repr_mimebundle_()
    assert set(data) == {WIDGET, "image/svg+xml", "text/plain"}
    assert (data["image/svg+xml"], data["text/plain"]) == (other["image/svg+xml"], other["text/plain"])
    minidom.parseString(data["image/svg+xml"])
    assert first.scene == second.scene
    json.dumps(first.scene)


def test_nothing_is_fetched_from_elsewhere():
    lab = small()
    for text in (lab._esm, lab._css, *lab.scene["charts"], lab.as_svg()):
        code = re.sub(r"^\s*//.*", "", str(text), flags=re.M)
        assert not re.search(r"(?:https?:)?//(?!www\.w3\.org/)[\w.-]+\.\w|\bimport\b|@import|url\((?!#)", code)


def test_the_scene_stays_small():
    lab = CongestionLab(["Reno", "CUBIC", "BBR", "Reno"], rate=4e6, duration=15.0, aqm="codel", ecn=True)
    assert len(lab.trace) > 5000
    assert len(json.dumps(lab.scene)) < 200_000
