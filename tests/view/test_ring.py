"""순서 번호 고리의 파이썬 쪽: 그림에 적힌 수는 라이브러리가 셈한 것이고, 저장되는 그림과 글은 언제나 같다."""

from __future__ import annotations

import re
from math import atan2, pi
from xml.dom import minidom

import pytest

from tcpedu.network import scenarios
from tcpedu.network.pointers import pointers
from tcpedu.network.sequence_space import PRESETS
from tcpedu.protocol.seqnum import seq_add, seq_diff
from tcpedu.view import SequenceRing
from tcpedu.view.ring_svg import CENTER_X, CENTER_Y, LEFT, RIGHT

TOP = 2**32


def slots(ring, index=0):
    """`index`번째 순간의 자리들, 앞 순간의 값까지 채운 것."""
    full = {}
    for frame in ring.scene["frames"][: index + 1]:
        for key, values in frame["slots"].items():
            full[key] = {**full.get(key, {}), **values}
    return full


def traced():
    return SequenceRing(scenarios.transfer(b"x" * 3000, mss=500, drops=[5]), title="기록")


MAKERS = {"손으로": SequenceRing, "큰 윈도우": lambda: SequenceRing(preset="big"), "기록": traced}


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_saved_picture_and_text_are_the_same_each_time(make):
    first, second = make(), make()
    assert first.scene == second.scene
    assert (first.as_svg(), first.as_text()) == (second.as_svg(), second.as_text())
    data, _ = first._repr_mimebundle_()
    assert {"image/svg+xml", "text/plain"} < set(data)
    assert first.model_id not in first.as_svg()
    minidom.parseString(first.as_svg())
    minidom.parseString(first.scene["svg"])


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_nothing_is_fetched_from_elsewhere(make):
    ring = make()
    for text in (ring._esm, ring._css, ring.scene["svg"], ring.as_svg()):
        code = re.sub(r"^\s*//.*", "", str(text), flags=re.M)
        assert not re.search(r"https?://(?!www\.w3\.org/)|\bimport\b|@import|url\(", code)


def test_every_slot_has_a_place_and_every_place_a_slot():
    for make in MAKERS.values():
        ring = make()
        drawn = set(re.findall(r'data-slot="([^"]+)"', ring.scene["svg"]))
        listed = {key for _, key in (*ring.scene["facts"], *ring.scene["numbers"])} | {"judgement"}
        assert set(slots(ring)) == drawn | listed
        assert not drawn & listed


@pytest.mark.parametrize("point", [0, 3, TOP - 4, TOP // 2, TOP - 1, 12345])
def test_needle_points_at_the_number(point):
    """0은 맨 위, 번호는 시계 방향으로 커진다."""
    ring = SequenceRing(point=point)
    handle = slots(ring)["handle"]
    angle = atan2(handle["cx"] - CENTER_X, CENTER_Y - handle["cy"]) % (2 * pi)
    apart = abs(angle - 2 * pi * point / TOP) % (2 * pi)
    assert min(apart, 2 * pi - apart) < 0.002


def test_lens_shows_each_byte_in_its_place():
    ring = SequenceRing()  # 64개, 왼쪽에서 1/8인 곳이 ISN
    pixel = (RIGHT - LEFT) / 64
    found = slots(ring)
    assert found["flight"] == {"x": round(LEFT + 9 * pixel, 1), "width": round(12 * pixel, 1)}
    assert found["usable"] == {"x": round(LEFT + 21 * pixel, 1), "width": round(12 * pixel, 1)}
    assert found["window"] == {"x": round(LEFT + 9 * pixel, 1), "width": round(24 * pixel, 1)}
    assert "2³²−1 다음은 0" in ring.scene["svg"]


def test_verdict_across_zero():
    ring = SequenceRing()
    texts = {key: slots(ring)[key]["text"] for _, key in ring.scene["facts"]}
    assert texts == {
        "distance": "+7 (뒤)", "less": "거짓", "naive": "참 ✕ 틀림", "in-send": "안 ✓", "ack": "새로운 것을 확인함 ✓",
        "in-receive": "안 ✓", "absolute": "8 (SYN이 0)",
    }  # fmt: skip
    ring.handle({"do": "point", "value": "0xfffffffa"})
    assert slots(ring)["distance"]["text"] == "−2 (앞)"
    assert "보통의 <는 틀림" not in slots(ring)["judgement"]["text"]


def test_exactly_opposite_has_no_order():
    ring = SequenceRing(isn=100)
    ring.handle({"do": "point", "value": str(101 + TOP // 2)})
    assert slots(ring)["distance"]["text"] == "정확히 반 바퀴: 앞뒤를 정할 수 없음"


def test_moves_wrap_around():
    ring = SequenceRing(point=TOP - 1)
    ring.handle({"do": "move", "by": 1, "unit": "one"})
    assert ring.point == 0
    ring.handle({"do": "move", "by": -1, "unit": "quarter"})
    assert ring.point == 3 << 30
    ring.handle({"do": "home"})
    assert ring.point == TOP - 4
    ring.handle({"do": "turn", "part": 0.5})
    assert ring.point == 1 << 31
    ring.handle({"do": "turn", "part": 1.0})
    assert ring.point == 0


def test_dragging_in_the_lens_picks_single_numbers():
    ring = SequenceRing()
    for step in range(65):
        ring.handle({"do": "lens", "part": step / 64})
        assert ring.point == seq_add(TOP - 5, step - 8)
    ring.handle({"do": "lens", "part": 7.0})
    assert ring.point == seq_add(TOP - 5, 56)


def test_number_outside_the_lens_is_told_not_drawn():
    ring = SequenceRing(point=TOP // 4)
    found = slots(ring)
    assert found["point"]["visibility"] == "hidden"
    assert found["outside"]["text"] == f"고른 번호 {TOP // 4}: 돋보기의 뒤쪽 밖 ▶"
    ring.handle({"do": "center"})
    assert slots(ring)["point"]["visibility"] == "visible"
    assert slots(ring)["outside"]["text"] == ""


def test_zoom_stops_at_both_ends():
    ring = SequenceRing()
    for _ in range(20):
        ring.handle({"do": "zoom", "by": 1})
    assert ring.span == 16
    for _ in range(20):
        ring.handle({"do": "zoom", "by": -1})
    assert ring.span == 1 << 28
    ring.handle({"do": "zoom", "span": 100})
    assert ring.scene["error"].startswith("바꾸지 못했습니다")
    assert ring.span == 1 << 28


def test_piece_waits_then_comes_out():
    ring = SequenceRing()
    ring.handle({"do": "insert", "length": "4"})
    assert ring.scene["message"] == "3부터 4바이트: 앞에 빈틈이 있어 4바이트를 보관합니다."
    assert ring.now.blocks == ((3, 7),)
    assert slots(ring)["v-blocks"]["text"] == "3–6"
    assert slots(ring)["block0"]["width"] == round(4 * (RIGHT - LEFT) / 64, 1)
    ring.handle({"do": "home"})
    assert "message" not in ring.scene
    ring.handle({"do": "insert", "length": "7"})
    assert ring.scene["message"].endswith("순서가 맞은 11바이트를 응용 프로그램이 읽었습니다.")
    assert ring.now.rcv_nxt == 7
    ring.handle({"do": "ack"})
    assert "SND.UNA가 4294967292에서 7로 나아갔습니다" in ring.scene["message"]
    assert slots(ring)["v-una"]["text"] == "7"


def test_every_kind_of_piece_is_told_apart():
    ring = SequenceRing(preset="overlap")
    said = []
    for point, length in ((112, 4), (101, 3), (101, 3), (90_000, 3)):
        ring.handle({"do": "point", "value": point})
        ring.handle({"do": "insert", "length": length})
        said.append(ring.scene["message"].split(": ")[1])
    assert said == [
        "이미 보관한 것과 겹쳐 새로 보관할 것이 없습니다.",
        "순서가 맞은 3바이트를 응용 프로그램이 읽었습니다.",
        "모두 이미 받은 것입니다. 되풀이된 조각은 버립니다.",
        "수신 윈도우 밖이라 버립니다.",
    ]


@pytest.mark.parametrize("name", PRESETS)
def test_presets_and_back(name):
    ring = SequenceRing(isn=77, point=80)
    before = ring.now
    ring.handle({"do": "preset", "name": name})
    assert ring.now == PRESETS[name].space().pointers()
    assert ring.lens.shows(ring.point)
    ring.handle({"do": "preset", "name": "own"})
    assert ring.now == before


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        ({"do": "point", "value": "많이"}, "10진수나 0x로 시작하는 16진수가 아닙니다: 많이"),
        ({"do": "point", "value": ""}, "10진수나 0x로"),
        ({"do": "point", "value": "4294967296"}, "순서 번호는 0 이상 4294967295 이하"),
        ({"do": "insert", "length": "-3"}, "조각의 크기는 1 이상"),
        ({"do": "reference", "name": "하늘"}, "기준으로 쓸 수 없는 이름입니다: 하늘"),
        ({"do": "preset", "name": "없는 것"}, "그런 본보기가 없습니다: 없는 것"),
        ({"do": "없는 일"}, "바꾸지 못했습니다"),
        ({}, "바꾸지 못했습니다"),
    ],
)
def test_bad_input_says_why_and_changes_nothing(request_, words):
    ring = SequenceRing()
    before = ring.now, ring.point, ring.reference, ring.preset
    ring.handle(request_)
    assert words in ring.scene["error"]
    assert (ring.now, ring.point, ring.reference, ring.preset) == before


def test_bad_arguments():
    with pytest.raises(ValueError, match="그런 본보기가 없습니다: 없음"):
        SequenceRing(preset="없음")
    with pytest.raises(ValueError, match="순서 번호는"):
        SequenceRing(point=-1)
    with pytest.raises(ValueError, match="기록에 없습니다"):
        SequenceRing(scenarios.handshake(), host="우체국")


def test_trace_is_stepped_through():
    trace = scenarios.transfer(b"x" * 3000, mss=500, drops=[5])
    ring = SequenceRing(trace)
    moments = pointers(trace, scenarios.CLIENT)
    assert len(ring.scene["frames"]) == len(moments)
    for index, at in enumerate(moments):
        found = slots(ring, index)
        assert found["v-una"]["text"] == str(at.snd_una)
        assert found["v-nxt"]["text"] == str(at.snd_nxt)
        assert found["distance"]["text"].split()[0].replace("−", "-") in (f"{seq_diff(101, at.snd_una):+}", "0")
        assert found["received"]["width"] >= 0
    assert "5번" not in "".join(frame["say"] for frame in ring.scene["frames"] if "닿았습니다" in frame["say"])


def test_trace_cannot_be_touched():
    ring = traced()
    ring.handle({"do": "insert", "length": 3, "moment": 5})
    assert "기록을 보는 고리에는 조각을 넣을 수 없습니다" in ring.scene["error"]
    assert ring.at == 5
    ring.handle({"do": "move", "by": 1, "unit": "one", "moment": 9_999})
    assert ring.at == len(ring.moments) - 1


def test_text_tells_what_the_picture_shows():
    text = SequenceRing(preset="overlap").as_text()
    assert text.splitlines() == [
        "순서 번호의 고리",
        "고른 번호 101: 기준 SND.UNA(101)과 같은 번호. 송신 윈도우 안, 수신 윈도우 안.",
        "SND.UNA 101, SND.NXT 121, SND.WND 32바이트, RCV.NXT 101, RCV.WND 32바이트, 빈틈 뒤의 조각 111–120, ISN 100",
        "111부터 8바이트: 앞에 빈틈이 있어 8바이트를 보관합니다.",
        "115부터 6바이트: 앞에 빈틈이 있어 2바이트를 보관합니다.",
    ]
    assert "50ms: 1번 SYN seq=100: 서버에 닿았습니다. SND.UNA 100" in traced().as_text()


def test_every_answer_is_news_to_the_page():
    ring = SequenceRing()
    turns = [ring.scene["turn"]]
    for _ in range(2):
        ring.handle({"do": "home"})
        turns.append(ring.scene["turn"])
    assert turns == [0, 1, 2]
