"""버퍼와 윈도우의 파이썬 쪽: 그림에 적힌 수는 시뮬레이션의 것이고, 저장되는 그림과 글은 언제나 같다."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.dom import minidom

import pytest

from tcpedu.network.analysis import Mark
from tcpedu.network.flow_control import FlowSettings, run_flow
from tcpedu.view import WindowView
from tcpedu.view.widgets.window_view import MAX_FRAMES
from tcpedu.view.window_svg import LEFT, RIGHT, scale_for


@pytest.fixture(scope="module")
def view():
    return WindowView()


def filled(view):
    """순간마다 (문장, 자리들), 앞 순간의 값까지 채운 것."""
    full = {}
    for frame in view.scene["frames"]:
        for key, values in frame["slots"].items():
            full[key] = {**full.get(key, {}), **values}
        yield frame, {key: dict(values) for key, values in full.items()}


def number(slots, key):
    return int(slots[key]["text"].removesuffix("바이트"))


def test_saved_picture_and_text_are_the_same_each_time(view):
    other = WindowView()
    assert view.scene == other.scene
    assert (view.as_svg(), view.as_text()) == (other.as_svg(), other.as_text())
    data, _ = view._repr_mimebundle_()
    assert {"image/svg+xml", "text/plain"} < set(data)
    assert view.model_id not in view.as_svg()
    minidom.parseString(view.as_svg())
    minidom.parseString(view.scene["svg"])


def test_nothing_is_fetched_from_elsewhere(view):
    for text in (view._esm, view._css, view.scene["svg"], view.as_svg()):
        code = re.sub(r"^\s*//.*", "", str(text), flags=re.M)
        assert not re.search(r"https?://(?!www\.w3\.org/)|\bimport\b|@import|url\(", code)


def test_every_slot_has_a_place_and_every_place_a_slot(view):
    _, slots = next(filled(view))
    drawn = set(re.findall(r'data-slot="([^"]+)"', view.scene["svg"]))
    listed = {key for _, key, _ in (*view.scene["sender"], *view.scene["receiver"])}
    assert set(slots) == drawn | listed
    assert not drawn & listed


def test_numbers_are_those_of_the_simulation(view):
    moments = {moment.time: moment for moment in run_flow().moments}
    scale = scale_for(view.run.moments)
    for frame, slots in filled(view):
        at = moments[next(time for time in moments if abs(time - frame["time"]) < 1e-6)]
        sender, receiver = at.sender, at.receiver
        assert number(slots, "n-acked") == sender.acked
        assert number(slots, "n-flight") == sender.sent - sender.acked
        assert number(slots, "n-wnd") == sender.snd_wnd
        assert number(slots, "n-read") == receiver.consumed
        assert number(slots, "n-unread") == receiver.readable
        assert number(slots, "n-free") == receiver.rcv_wnd
        assert number(slots, "n-unread") + number(slots, "n-free") + number(slots, "n-hidden") == 8000
        width = (RIGHT - LEFT) / scale.bytes
        assert slots["flight"]["width"] == pytest.approx((sender.sent - sender.acked) * width, abs=0.06)
        assert slots["unread"]["x"] == pytest.approx(LEFT + receiver.consumed * width, abs=0.06)
        assert (slots["shut"]["visibility"] == "visible") == (sender.snd_wnd == 0)


def test_bands_never_leave_the_picture_or_overlap(view):
    for _, slots in filled(view):
        ends = []
        for key in ("acked", "flight", "usable"):
            band = slots[key]
            assert band["x"] >= LEFT and band["x"] + band["width"] <= RIGHT + 0.1
            ends.append((band["x"], band["x"] + band["width"]))
        assert all(a[1] <= b[0] + 0.11 for a, b in pairwise(ends) if b[1] > b[0])


def test_zero_window_probe_and_update_are_told(view):
    said = [frame["say"] for frame in view.scene["frames"]]
    assert sum("제로 윈도우 탐침을 보냈습니다" in one for one in said) == 2
    assert any("제로 윈도우를 알리는 ACK가 닿았습니다" in one for one in said)
    assert any("윈도우 갱신이 닿았습니다" in one for one in said)
    assert all(said)
    assert view.scene["svg"].count(">탐침<") == 2
    assert ">제로 윈도우<" in view.scene["svg"]
    assert view.scene["summary"] == (
        "24000바이트를 보내고 9.15초에 모두 읽었다. 윈도우가 1번 닫혔고 탐침이 2번, 윈도우 갱신이 3번 있었다."
    )


def test_persist_timer_is_shown(view):
    texts = {slots["n-persist"]["text"] for _, slots in filled(view)}
    assert {"멈춤", "1.27초에 끝남", "3.27초에 끝남"} <= texts


def test_window_scale_is_shown_as_in_the_header():
    view = WindowView(size=300_000, buffer=100_000, send_buffer=200_000, window_scale=4, read_rate=90_000.0)
    texts = [slots["n-field"]["text"] for _, slots in filled(view)]
    assert texts[0] == "65535 (그대로)"  # SYN의 값에는 스케일을 적용하지 않는다
    value, shift, product = map(int, re.fullmatch(r"(\d+) × 2\^(\d+) = (\d+)", texts[40]).groups())
    assert (shift, value << shift) == (4, product)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("read_rate", "2500", 2500.0), ("start", "1.5", 1.5), ("buffer", "3000", 3000), ("chunk", "1000", 1000),
        ("rate", "10000000", 1e7), ("rate", "0", None), ("window_scale", "3", 3), ("window_scale", "", None),
    ],
)  # fmt: skip
def test_controls_run_it_again(name, value, expected):
    view = WindowView()
    view.handle({"name": name, "value": value})
    assert not view.scene["error"]
    assert getattr(view.settings, name) == expected
    assert view.run.settings == view.settings
    assert view.scene["changed"] == (getattr(FlowSettings(), name) != expected)
    view.handle({"do": "reset"})
    assert view.settings == FlowSettings()
    assert view.scene["changed"] is False


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        ({"name": "buffer", "value": "0"}, "수신 버퍼는 1 이상의 정수"),
        ({"name": "buffer", "value": "많이"}, "다시 계산하지 못했습니다"),
        ({"name": "read_rate", "value": "-1"}, "읽는 빠르기는 0 이상"),
        ({"name": "size", "value": "1"}, "화면에서 바꿀 수 없는 설정입니다: size"),
        ({"name": "window_scale", "value": "14"}, "윈도우 스케일 14로 알릴 수 없습니다"),
        ({}, "다시 계산하지 못했습니다"),
    ],
)
def test_bad_values_say_why_and_change_nothing(request_, words):
    view = WindowView()
    frames = view.scene["frames"]
    view.handle(request_)
    assert words in view.scene["error"]
    assert view.settings == FlowSettings()
    assert view.scene["frames"] == frames


def test_unknown_setting_lists_the_known_ones():
    with pytest.raises(TypeError, match=r"모르는 설정입니다: speed. 쓸 수 있는 것: .*read_rate"):
        WindowView(speed=3)


def test_never_reading_still_has_an_end():
    view = WindowView(read_rate=0)
    assert "0바이트만 읽었다" in view.scene["summary"]
    assert view.as_svg()


def test_long_runs_are_thinned_but_keep_what_matters():
    view = WindowView(size=400_000, buffer=20_000, chunk=700, read_rate=50_000.0, mss=500, send_buffer=100_000)
    moments, frames = view.run.moments, view.scene["frames"]
    telling = [at for at in moments if {Mark.ZERO_WINDOW, Mark.ZERO_WINDOW_PROBE, Mark.WINDOW_UPDATE} & set(at.marks)]
    assert len(moments) > MAX_FRAMES
    assert len(frames) <= max(MAX_FRAMES, len(telling)) + 2
    times = {frame["time"] for frame in frames}
    assert {round(at.time, 6) for at in telling} <= times
    assert round(moments[-1].time, 6) in times


def test_text_tells_the_run(view):
    lines = view.as_text().splitlines()
    assert lines[0] == "버퍼와 윈도우"
    assert "268ms: 나가 있는 것 0, SND.WND 0, 읽지 않은 것 8000. 제로 윈도우를 알리는 ACK가 닿았습니다." in lines
