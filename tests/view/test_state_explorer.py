"""상태 탐색기의 파이썬 쪽: 그림은 전이 표에서 나오고, 누른 것의 결과는 진짜 연결에서 나온다."""

from __future__ import annotations

import re
from itertools import combinations, pairwise
from xml.dom import minidom

import pytest

from tcpedu.network.stage import ENDS, PRESETS, Stage
from tcpedu.protocol.state import SECTIONS, TRANSITIONS, Event, State
from tcpedu.view import StateExplorer
from tcpedu.view.boxes import crosses, overlaps
from tcpedu.view.ladder import collisions, layout
from tcpedu.view.state_map import HEIGHT, NAMES, SIMPLE, WIDTH, mark, places, state_map
from tcpedu.view.words import display_width

WIDGET = "application/vnd.jupyter.widget-view+json"


def drawing(**options):
    return minidom.parseString(f'<svg xmlns="http://www.w3.org/2000/svg">{state_map(**options)}</svg>')


def groups(document, kind):
    return [node for node in document.getElementsByTagName("g") if kind in node.getAttribute("class").split()]


# ── 그림 ────────────────────────────────────────────────────────────────────


def test_every_row_of_the_table_has_a_place_in_the_picture():
    marks = {node.getAttribute("data-mark") for node in drawing().getElementsByTagName("g")} - {""}
    assert {mark(*row) for row in TRANSITIONS} == marks


# RFC 9293 그림 5의 화살표와, 그 글(§3.10)에만 있는 SYN_RCVD에서 받은 FIN
ARROWS = """
CLOSED>LISTEN CLOSED>SYN_SENT LISTEN>SYN_RCVD LISTEN>SYN_SENT LISTEN>CLOSED SYN_SENT>CLOSED SYN_SENT>SYN_RCVD
SYN_SENT>ESTABLISHED SYN_RCVD>ESTABLISHED SYN_RCVD>LISTEN SYN_RCVD>FIN_WAIT_1 SYN_RCVD>CLOSE_WAIT
ESTABLISHED>FIN_WAIT_1 ESTABLISHED>CLOSE_WAIT FIN_WAIT_1>FIN_WAIT_2 FIN_WAIT_1>CLOSING FIN_WAIT_1>TIME_WAIT
FIN_WAIT_2>TIME_WAIT CLOSING>TIME_WAIT CLOSE_WAIT>LAST_ACK LAST_ACK>CLOSED TIME_WAIT>CLOSED
"""


def test_arrows_are_those_of_figure_5():
    assert {edge.getAttribute("data-mark") for edge in groups(drawing(), "edge")} == set(ARROWS.split())


def test_sudden_ends_are_badges_not_arrows():
    """열린 뒤에 RST, ABORT, 사용자 타임아웃으로 끝나는 것은 ✕, 여는 중에 그만두는 것은 선이다."""
    sudden = {node.getAttribute("data-mark") for node in groups(drawing(), "badge")} - {f"{s.name}@" for s in State}
    synchronized = set(State) - {State.CLOSED, State.LISTEN, State.SYN_SENT}
    assert sudden == {f"{state.name}!" for state in synchronized}
    assert mark(State.LISTEN, Event.ABORT) == "LISTEN>CLOSED"
    assert mark(State.LAST_ACK, Event.ABORT) == "LAST_ACK!"
    assert mark(State.LAST_ACK, Event.RCV_ACK) == "LAST_ACK>CLOSED"


def test_every_row_is_told_with_its_section():
    titles = " ".join(node.firstChild.data for node in drawing().getElementsByTagName("title"))
    for (state, event), section in SECTIONS.items():
        assert f"{state.name}에서 {event.korean} ({section})" in titles


def test_eleven_states_each_once():
    names = [node.getAttribute("data-state") for node in groups(drawing(), "node")]
    assert sorted(names) == sorted(state.name for state in State)
    assert set(places()) == set(names)


def test_lines_start_and_end_at_their_boxes():
    boxes = {}
    for node in groups(drawing(), "node"):
        rect = node.getElementsByTagName("rect")[0]
        x, y, w, h = (float(rect.getAttribute(key)) for key in ("x", "y", "width", "height"))
        boxes[node.getAttribute("data-state")] = (x, y, x + w, y + h)
    for edge in groups(drawing(), "edge"):
        old, new = edge.getAttribute("data-mark").split(">")
        line = edge.getElementsByTagName("path")[0].getAttribute("d")
        points = [tuple(map(float, part.split())) for part in line[1:].split("L")]
        for (x, y), name in ((points[0], old), (points[-1], new)):
            left, top, right, bottom = boxes[name]
            assert left <= x <= right and top <= y <= bottom
            assert x in (left, right) or y in (top, bottom)
        # 다른 상태의 네모를 가로지르지 않는다.
        for name, (left, top, right, bottom) in boxes.items():
            if name not in (old, new):
                corners = ((left, top), (right, top), (right, bottom), (left, bottom))
                assert not any(crosses(corners, line) for line in pairwise(points)), (old, new, name)


def label_boxes(kind):
    """보이는 글의 네모. 교과서와 견줄 때("why")는 점선의 글이 이름으로 바뀐다."""
    found = []
    for edge in groups(drawing(), "edge"):
        texts = edge.getElementsByTagName("text")
        named = [text for text in texts if text.getAttribute("class") == "why"]
        for text in named if kind == "why" and named else [text for text in texts if text not in named]:
            words = text.firstChild.data
            x, y, width = float(text.getAttribute("x")), float(text.getAttribute("y")), display_width(words) * 6.9
            left = {"start": x, "end": x - width, "middle": x - width / 2}[text.getAttribute("text-anchor")]
            found.append((words, ((left, y - 10), (left + width, y - 10), (left + width, y + 2), (left, y + 2))))
    return found


@pytest.mark.parametrize("kind", ["what", "why"])
def test_words_do_not_overlap_and_stay_inside(kind):
    boxes = label_boxes(kind)
    for (a, first), (b, second) in combinations(boxes, 2):
        assert not overlaps(first, second), (a, b)
    for words, box in boxes:
        assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in box), words


def test_textbook_leaves_out_what_is_named():
    """흔한 그림의 열두 전이: 클라이언트의 여섯과 서버의 여섯."""
    extra = {node.getAttribute("data-mark") for node in groups(drawing(textbook=True), "extra")}
    assert len(SIMPLE) == 12
    assert extra == {mark(*row) for row in TRANSITIONS} - {mark(*row) for row in SIMPLE}
    assert {f"{old.name}>{new.name}" for old, new in NAMES} == {name for name in extra if ">" in name}


def test_client_and_server_lives_are_the_simple_picture():
    """네 세그먼트로 닫는 연결은 점선을 하나도 밟지 않는다. 동시 개방은 밟는다."""
    walked = {name: {(line.old, line.event) for line in Stage().play(*keys).fired} for name, keys in PRESETS.items()}
    assert walked["네 세그먼트로 닫기"] == SIMPLE
    assert not walked["동시 개방"] <= SIMPLE


def test_here_and_last_are_marked():
    document = drawing(here={"A": State.LISTEN, "B": State.SYN_SENT}, last=["LISTEN>SYN_RCVD"])
    assert {node.getAttribute("data-state") for node in groups(document, "here")} == {"LISTEN", "SYN_SENT"}
    assert [node.getAttribute("data-mark") for node in groups(document, "last")] == ["LISTEN>SYN_RCVD"]
    assert [node.getAttribute("data-end") for node in groups(document, "token")] == ["A", "B"]


# ── 위젯 ────────────────────────────────────────────────────────────────────


def keys(frame):
    return [key for key, *_ in frame["calls"]] + [key for _, fates in frame["air"] for key, _ in fates]


@pytest.mark.parametrize("name", PRESETS)
def test_every_frame_offers_what_the_stage_offers(name):
    scene = StateExplorer(name).scene
    assert len(scene["frames"]) == len(PRESETS[name]) + 1
    stage = Stage()
    for frame, step in zip(scene["frames"], [*PRESETS[name], None], strict=True):
        assert sorted(keys(frame)) == sorted(choice.key for choice in stage.choices())
        assert frame["states"] == {end: stage.state(end).name for end in ENDS}
        if step:
            stage.do(step)


def test_frames_go_down_the_ladder():
    for name in PRESETS:
        scene = StateExplorer(name).scene
        ys = [frame["y"] for frame in scene["frames"]]
        assert ys == sorted(ys)
        assert ys[-1] <= scene["height"]


@pytest.mark.parametrize("name", PRESETS)
def test_narrow_ladder_keeps_labels_off_each_other_and_off_the_chips(name):
    plan = layout(Stage().play(*PRESETS[name]).trace, narrow=True)
    assert collisions(plan) == []
    chips = [chip.box_at(plan.lanes[chip.lane], chip.side, chip.shift) for chip in plan.chips]
    assert not any(overlaps(arrow.box, chip) for arrow in plan.arrows for chip in chips)


def test_acting_plays_and_says_the_row_with_its_section():
    explorer = StateExplorer()
    explorer.handle({"do": "act", "at": 0, "key": "A open"})
    assert explorer.stage.state("A") is State.SYN_SENT
    frame = explorer.scene["frames"][1]
    assert frame["rows"] == ["호스트 A: CLOSED에서 능동 개방, SYN 보냄 → SYN_SENT (RFC 9293 §3.10.1)"]
    assert frame["marks"] == ["CLOSED>SYN_SENT"]
    assert explorer.scene["at"] == 1


def test_acting_in_an_earlier_frame_branches_off():
    explorer = StateExplorer("3-way 핸드셰이크")
    explorer.handle({"do": "act", "at": 2, "key": "lose 1"})
    assert explorer.stage.history == ["B listen", "A open", "lose 1"]
    assert len(explorer.scene["frames"]) == 4


def test_undo_reset_and_preset():
    explorer = StateExplorer("3-way 핸드셰이크")
    explorer.handle({"do": "undo", "at": 5})
    assert explorer.stage.history == list(PRESETS["3-way 핸드셰이크"][:4])
    assert explorer.scene["at"] == 4
    explorer.handle({"do": "preset", "name": "거부(RST)"})
    assert explorer.stage.history == list(PRESETS["거부(RST)"])
    assert explorer.scene["at"] == 0
    explorer.handle({"do": "reset"})
    assert explorer.stage.history == []
    explorer.handle({"do": "undo", "at": 0})
    assert len(explorer.scene["frames"]) == 1


def test_steps_without_a_row_say_so():
    frames = StateExplorer("반열림").scene["frames"]
    assert frames[6]["rows"] == ["연결을 잊고 CLOSED가 되었습니다. 상대는 아무것도 모릅니다 (RFC 9293 §3.5.1)."]
    assert frames[9]["rows"] == ["따른 전이가 없습니다. 상태는 그대로이고 RST를 보냈습니다."]


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        ({"do": "act", "at": 5, "key": "A open"}, "지금은 할 수 없습니다: 'A open'"),
        ({"do": "act", "at": 5}, "지금은 할 수 없습니다"),
        ({"do": "preset", "name": "춤"}, "그런 상황은 없습니다: '춤'. 있는 것: 3-way 핸드셰이크"),
    ],
)
def test_refuses_in_korean_and_loses_nothing(request_, words):
    explorer = StateExplorer("3-way 핸드셰이크")
    before = explorer.stage.history, explorer.scene["frames"]
    explorer.handle(request_)
    assert words in explorer.scene["error"]
    assert (explorer.stage.history, explorer.scene["frames"]) == before
    explorer.handle({"do": "act", "at": 5, "key": "A close"})
    assert "error" not in explorer.scene


def test_too_long_a_walk_is_refused():
    explorer = StateExplorer(["A listen", "A close"] * 60)
    explorer.handle({"do": "act", "at": 120, "key": "A listen"})
    assert "장면이 120개를 넘었습니다" in explorer.scene["error"]
    assert len(explorer.stage.history) == 120


def test_unknown_preset_or_step_when_made():
    with pytest.raises(ValueError, match="그런 상황은 없습니다"):
        StateExplorer("없는 것")
    with pytest.raises(ValueError, match="지금은 할 수 없습니다"):
        StateExplorer(["A close"])


def test_bundle_is_the_same_each_time():
    first, second = StateExplorer("동시에 닫기"), StateExplorer("동시에 닫기")
    data, _ = first._repr_mimebundle_()
    other, _ = second._repr_mimebundle_()
    assert set(data) == {WIDGET, "image/svg+xml", "text/plain"}
    assert (data["image/svg+xml"], data["text/plain"]) == (other["image/svg+xml"], other["text/plain"])
    assert first.scene == second.scene
    minidom.parseString(data["image/svg+xml"])


def test_text_tells_every_frame():
    lines = StateExplorer("거부(RST)").as_text().splitlines()
    assert lines == [
        "상태 탐색기",
        "호스트 A CLOSED, 호스트 B CLOSED",
        "1. 호스트 A: OPEN (능동) ⇒ 호스트 A: CLOSED에서 능동 개방, SYN 보냄 → SYN_SENT (RFC 9293 §3.10.1)",
        "2. 1번 SYN seq=100: 전하기 ⇒ 호스트 B: CLOSED에서 SYN 수신, RST 보냄 → 상태는 그대로 (RFC 9293 §3.10.7.1)",
        "3. 2번 RST,ACK seq=0 ack=101: 전하기 ⇒ 호스트 A: SYN_SENT에서 RST 수신 → CLOSED (RFC 9293 §3.10.7.3)",
    ]


def test_nothing_is_fetched_from_elsewhere():
    explorer = StateExplorer("반닫기")
    for text in (explorer._esm, explorer._css, explorer.scene["svg"], explorer.fixed["map"], explorer.as_svg()):
        assert not re.search(
            r"(?:https?:)?//(?!www\.w3\.org/)[\w.-]+\.\w|\bimport\b|@import|url\(",
            re.sub(r"^\s*//.*", "", str(text), flags=re.M),
        )


def test_script_is_small():
    from tcpedu.view.svg import read

    assert len(read("states.js").encode()) < 9_000


def test_the_longest_walk_goes_on():
    explorer = StateExplorer("반열림")
    explorer.handle({"do": "act", "at": 14, "key": "deliver 9"})
    explorer.handle({"do": "act", "at": 15, "key": "A close"})
    assert explorer.stage.history[-1] == "A close"
