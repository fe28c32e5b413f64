"""위젯의 파이썬 쪽: 부탁을 받으면 다시 계산하고, 저장되는 그림과 글은 언제나 같다."""

from __future__ import annotations

import re
from xml.dom import minidom

import pytest

from tcpedu.network import scenarios
from tcpedu.protocol.segment import MSS, Flags, Segment
from tcpedu.view import HeaderInspector, LadderPlayer, LossExplorer

WIDGET = "application/vnd.jupyter.widget-view+json"


def ladder():
    return LadderPlayer(lambda drops, delays: scenarios.handshake(drops=drops, delays=delays), title="핸드셰이크")


def inspector():
    return HeaderInspector(Segment(50000, 80, seq=100, flags=Flags.SYN, options=(MSS(1460),)))


MAKERS = {"ladder": ladder, "loss": lambda: LossExplorer(rate=0.2, seed=3), "inspector": inspector}


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_bundle_is_the_same_each_time_and_names_no_model(make):
    first, second = make(), make()
    data, _ = first._repr_mimebundle_()
    other, _ = second._repr_mimebundle_()
    assert set(data) == {WIDGET, "image/svg+xml", "text/plain"}
    assert (data["image/svg+xml"], data["text/plain"]) == (other["image/svg+xml"], other["text/plain"])
    assert first.model_id not in data["image/svg+xml"] + data["text/plain"]
    minidom.parseString(data["image/svg+xml"])
    assert re.search("[가-힣]", data["text/plain"])


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_scene_is_the_same_each_time(make):
    assert make().scene == make().scene


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_nothing_is_fetched_from_elsewhere(make):
    widget = make()
    for text in (widget._esm, widget._css, widget.scene["svg"], widget.as_svg()):
        assert not re.search(
            r"(?:https?:)?//(?!www\.w3\.org/)[\w.-]+\.\w|\bimport\b|@import|url\(",
            re.sub(r"^\s*//.*", "", str(text), flags=re.M),
        )


def test_click_loses_and_click_again_brings_back():
    player = ladder()
    player.handle({"do": "drop", "number": 1})
    assert player.drops == {1}
    assert [sent.note for sent in player.trace.segments] == ["", "재전송", "", ""]
    assert "잃음" in player.scene["svg"]
    player.handle({"do": "drop", "number": 1})
    assert player.drops == frozenset()
    assert len(player.trace.segments) == 3


def test_delay_is_told_in_the_label():
    player = ladder()
    player.handle({"do": "delay", "number": 1, "by": 1.5})
    assert player.delays == {1: 1.5}
    assert "(+1.5초 늦춤)" in player.scene["svg"]
    player.handle({"do": "reset"})
    assert player.delays == {}


def test_numbers_that_no_longer_exist_are_forgotten():
    player = ladder()
    player.handle({"do": "drop", "number": 1})
    player.handle({"do": "drop", "number": 4})
    player.handle({"do": "drop", "number": 1})
    assert all(number <= len(player.trace.segments) for number in player.drops)


def test_a_run_that_fails_says_so_and_changes_nothing():
    def run(drops, delays):
        if drops:
            raise ValueError("이 그림에서는 잃을 수 없습니다")
        return scenarios.handshake()

    player = LadderPlayer(run)
    player.handle({"do": "drop", "number": 1})
    assert player.scene["error"] == "다시 계산하지 못했습니다: 이 그림에서는 잃을 수 없습니다"
    assert player.drops == frozenset()


def test_every_answer_is_news_to_the_page():
    player = ladder()
    turns = [player.scene["turn"]]
    for _ in range(2):
        player.handle({"do": "reset"})
        turns.append(player.scene["turn"])
    assert turns == [0, 1, 2]


def test_trace_alone_has_no_buttons():
    player = LadderPlayer(scenarios.handshake())
    assert player.scene["clickable"] is False
    assert 'role="button"' not in player.scene["svg"]


def test_text_tells_the_run():
    text = ladder().as_text()
    assert text.startswith("핸드셰이크\n클라이언트와 서버가 150ms 동안 세그먼트 3개를 주고받았다.")
    assert "   50ms  서버 → 클라이언트  SYN,ACK seq=300 ack=101" in text


def test_counts_follow_the_rate():
    explorer = LossExplorer(rate=0)
    assert explorer.counts()["잃은 것"] == "0개"
    explorer.handle({"do": "rate", "rate": 0.4})
    lost = sum(bool(sent.dropped) for sent in explorer.trace.segments)
    assert lost > 0
    assert explorer.counts()["잃은 것"] == f"{lost}개"
    assert dict(explorer.scene["counts"]) == explorer.counts()
    assert explorer.as_text().splitlines()[1].startswith("손실률 40%: 보낸 세그먼트 ")


def test_again_means_another_seed():
    explorer = LossExplorer(rate=0.3, seed=1)
    before = explorer.scene["svg"]
    explorer.handle({"do": "seed"})
    assert explorer.seed == 2
    assert explorer.scene["svg"] != before


def test_inspector_flips_and_recounts():
    widget = inspector()
    assert widget.checksum.right is True
    widget.handle({"do": "flip", "bit": 107})
    assert widget.scene["checksum"]["right"] is False
    assert Segment.unpack(widget.data).flags == Flags.SYN | Flags.ACK
    widget.handle({"do": "fix"})
    assert widget.checksum.right is True


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        ({"do": "byte", "index": 0, "value": "zz"}, "두 자리 16진수"),
        ({"do": "byte", "index": 0, "value": "123"}, "0부터 255까지만"),
        ({"do": "field", "id": "window", "value": "많이"}, "10진수나 0x로 시작하는 16진수가 아닙니다: 많이"),
        ({"do": "address", "end": "src", "value": "집"}, "IP 주소가 아닙니다: 집"),
        ({"do": "paste", "text": "xyz"}, "16진수가 아닌 글자"),
    ],
)
def test_inspector_refuses_in_korean_and_keeps_the_bytes(request_, words):
    widget = inspector()
    before = widget.data
    widget.handle(request_)
    assert words in widget.scene["error"]
    assert widget.data == before


def test_inspector_accepts_hex_numbers():
    widget = inspector()
    widget.handle({"do": "field", "id": "dst_port", "value": "0x1bb"})
    assert Segment.unpack(widget.data).dst_port == 443


def test_inspector_without_addresses_asks_for_them():
    widget = HeaderInspector(inspector().data)
    assert widget.checksum.right is None
    widget.handle({"do": "fix"})
    assert "두 IP 주소를 먼저" in widget.scene["error"]
    for end, value in (("src", "10.0.0.1"), ("dst", "10.0.0.2")):
        widget.handle({"do": "address", "end": end, "value": value})
    assert widget.checksum.right is True


def test_inspector_marks_bytes_it_cannot_read():
    widget = HeaderInspector(inspector().data[:22])
    assert widget.scene["bad"] == 12
    assert "데이터 오프셋이 잘못되었습니다" in widget.scene["error"]
    assert 'class="cell bad"' in widget.scene["svg"]


def test_inspector_does_not_lay_out_a_whole_movie():
    widget = HeaderInspector(Segment(1, 2, seq=0, payload=bytes(5000)))
    assert len(widget.scene["hex"]) == 96
    assert widget.scene["more"] == "… 그리고 4924바이트 더"
    assert len(widget.as_svg()) < 30_000
