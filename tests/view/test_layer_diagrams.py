"""계층·캡슐화·개념 지도, 그리고 줄인 상태 다이어그램."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tcpedu.course.lessons import LESSONS
from tcpedu.network import scenarios
from tcpedu.network.pcap import ip_packet
from tcpedu.protocol.segment import MSS, Flags, Segment, Timestamps
from tcpedu.protocol.state import TRANSITIONS, Event, State
from tcpedu.view import concept_map, encapsulation_diagram, layers_diagram, state_diagram
from tcpedu.view.concepts import CONCEPTS, RELATIONS
from tcpedu.view.flow_builder import FlowBuilder

ROOT = Path(__file__).resolve().parents[2]


def boxes(script):
    return dict(re.findall(r'^(?:subgraph )?([ng]\d+)\["(.*?)"\]', script, re.MULTILINE))


# ── 계층 ────────────────────────────────────────────────────────────────────


def test_transport_is_only_at_the_two_ends():
    script = layers_diagram().script
    groups = re.findall(r'^subgraph \w+\["(\S+ 계층).*?"\]\n(.*?)^end', script, re.MULTILINE | re.DOTALL)
    hosts = {name: re.findall(r'^n\d+\["(.*?)"\]', body, re.MULTILINE) for name, body in groups}
    assert hosts == {
        "응용 계층": ["클라이언트", "서버"], "전송 계층": ["클라이언트", "서버"],
        "인터넷 계층": ["클라이언트", "라우터", "서버"], "링크 계층": ["클라이언트", "라우터", "서버"],
    }  # fmt: skip
    assert script.count(":::strong") == 2


def test_the_two_ends_need_two_names():
    with pytest.raises(ValueError, match="이름이 같습니다"):
        layers_diagram("서버", "서버")
    assert "손님" in layers_diagram("손님", "가게").script


# ── 캡슐화 ──────────────────────────────────────────────────────────────────

SEGMENT = Segment(50000, 80, seq=7, ack=9, flags=Flags.PSH | Flags.ACK, options=(Timestamps(5, 6),), payload=b"hello")


@pytest.mark.parametrize(("src", "dst", "ip"), [("10.9.0.1", "10.9.0.2", 20), ("fd00::1", "fd00::2", 40)])
def test_sizes_are_those_of_the_bytes(src, dst, ip):
    """RFC 791: IPv4 헤더는 20바이트, RFC 8200: IPv6 헤더는 40바이트. TCP는 20 + 타임스탬프 10 + 채움 2."""
    packet = ip_packet(src, dst, SEGMENT)
    texts = boxes(encapsulation_diagram(packet).script).values()
    assert f"IP 헤더 {ip}바이트<br/>{src.replace(':', '#58;')} → {dst.replace(':', '#58;')}" in texts
    assert "TCP 세그먼트 37바이트" in texts
    assert f"IPv{4 if ip == 20 else 6} 패킷 {ip + 37}바이트" in texts
    assert any(text.startswith("TCP 헤더 32바이트") for text in texts)
    assert "데이터 5바이트<br/>68 65 6c 6c 6f<br/>‘hello’" in texts
    assert encapsulation_diagram(SEGMENT, src, dst) == encapsulation_diagram(packet)


def test_the_bytes_of_the_text_twin_are_the_packet():
    packet = ip_packet("10.0.0.1", "10.0.0.2", SEGMENT)
    ip, tcp, data = encapsulation_diagram(packet).steps
    shown = bytes.fromhex(ip.partition(": ")[2] + tcp.partition(": ")[2])
    assert shown + b"hello" == packet
    assert "68 65 6c 6c 6f" in data


def test_a_packet_of_a_trace_and_one_without_data():
    sent = scenarios.handshake().segments[0]
    assert "데이터 없이 TCP 헤더 24바이트만으로 세그먼트 24바이트" in encapsulation_diagram(sent).description
    assert "데이터 없음" in encapsulation_diagram(Segment(1, 2, seq=0, options=(MSS(1460),))).script


def test_ethernet_is_taken_off_and_other_bytes_are_refused():
    packet = ip_packet("10.0.0.1", "10.0.0.2", SEGMENT)
    ethernet = bytes(12) + b"\x08\x00" + packet
    assert encapsulation_diagram(ethernet) == encapsulation_diagram(packet)
    for bad in (SEGMENT.pack("10.0.0.1", "10.0.0.2"), b"\x01"):
        with pytest.raises(ValueError, match="IP 패킷이 아닙니다"):
            encapsulation_diagram(bad)
    with pytest.raises(ValueError, match="바이트가 없습니다"):
        encapsulation_diagram(b"")


@pytest.mark.parametrize("payload", [b"\x00\xff" * 20, "한글".encode(), b'";#:<b>'])
def test_any_payload_is_only_shown(payload):
    segment = Segment(1, 2, seq=0, payload=payload)
    assert f"데이터 {len(payload)}바이트" in encapsulation_diagram(segment).script
    assert len(boxes(encapsulation_diagram(segment).script)) == 5


# ── 개념 지도 ───────────────────────────────────────────────────────────────


def test_every_concept_is_a_term_of_the_glossary():
    terms = set(re.findall(r"^\| ([^|]+?) \|", (ROOT / "GLOSSARY.md").read_text(encoding="utf-8"), re.MULTILINE))
    assert {concept.name for concept in CONCEPTS} <= terms


def test_every_taught_lesson_is_on_the_map_and_everything_hangs_together():
    assert {concept.lesson for concept in CONCEPTS} == {item.number for item in LESSONS[1:-1]}
    names = {concept.name for concept in CONCEPTS}
    assert {name for old, new, _ in RELATIONS for name in (old, new)} == names
    reached, more = set(), {"세그먼트"}
    while more:
        reached |= more
        more = {b for pair in RELATIONS for a, b in (pair[:2], pair[1::-1]) if a in reached} - reached
    assert reached == names
    assert len({(old, new) for old, new, _ in RELATIONS}) == len(RELATIONS)


def test_the_map_shows_every_concept_and_marks_a_lesson():
    script = concept_map("08").script
    assert len(boxes(script)) == len(CONCEPTS)
    assert script.count(" -->|") == len(RELATIONS)
    assert script.count(":::strong") == 2
    assert ":::strong" not in concept_map().script
    with pytest.raises(ValueError, match="지도에 없습니다"):
        concept_map("8")


def test_two_boxes_cannot_share_a_name():
    builder = FlowBuilder()
    builder.node("가", "하나")
    with pytest.raises(ValueError, match="이름이 겹칩니다"):
        builder.node("가", "둘")


# ── 줄인 상태 다이어그램 ────────────────────────────────────────────────────

# 교과서(예: RFC 9293 그림 5에서 드문 길을 뺀 것)가 그리는 전이를 손으로 옮겼다.
TEXTBOOK = """
CLOSED → LISTEN, CLOSED → SYN_SENT, LISTEN → SYN_RCVD, SYN_SENT → ESTABLISHED, SYN_RCVD → ESTABLISHED,
ESTABLISHED → FIN_WAIT_1, ESTABLISHED → CLOSE_WAIT, FIN_WAIT_1 → FIN_WAIT_2, FIN_WAIT_2 → TIME_WAIT,
CLOSE_WAIT → LAST_ACK, LAST_ACK → CLOSED, TIME_WAIT → CLOSED
"""


def moves(script):
    names = dict(re.findall(r"^\t(s\d+) : (\w+)", script, re.MULTILINE))
    return {f"{names[a]} → {names[b]}" for a, b in re.findall(r"^\t(s\d+) --> (s\d+) : ", script, re.MULTILINE)}


def test_the_simplified_picture_is_the_textbooks():
    assert moves(state_diagram(simplified=True).script) == {move.strip() for move in TEXTBOOK.strip().split(",")}


def test_what_is_left_out_is_named():
    whole, simple = state_diagram(), state_diagram(simplified=True)
    gone = moves(whole.script) - moves(simple.script)
    assert gone and all(move in simple.description for move in gone)
    assert "상태 CLOSING과 전이" in simple.description
    kept = [step for step in simple.steps if not step.startswith("뺀 것: ")]
    left_out = [step.removeprefix("뺀 것: ") for step in simple.steps if step.startswith("뺀 것: ")]
    assert sorted(kept + left_out) == sorted(whole.steps)
    assert "더 뺐다" not in whole.description


@pytest.mark.parametrize("part", ["open", "close"])
def test_halves_may_be_simplified_too(part):
    assert moves(state_diagram(part, simplified=True).script) < moves(state_diagram(part).script)


def test_where_you_are_is_never_left_out():
    assert "CLOSING ◀ 지금" in state_diagram(simplified=True, current="CLOSING").script
    last = (State.FIN_WAIT_1, Event.RCV_FIN)
    script = state_diagram(simplified=True, current=TRANSITIONS[last][1], last=last).script
    assert "FIN_WAIT_1 → CLOSING" in moves(script) and script.count("▶") == 1


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"current": "OPEN"}, "상태의 이름이 아닙니다: OPEN"),
        ({"part": "open", "last": (State.FIN_WAIT_2, Event.RCV_FIN)}, "이 그림에는 FIN_WAIT_2가 없습니다"),
    ],
)
def test_names_that_do_not_fit(arguments, text):
    with pytest.raises(ValueError, match=text):
        state_diagram(**arguments)
