"""그림은 기록과 표를 그대로 옮긴다."""

from __future__ import annotations

import re

import pytest

from tcpedu.network import scenarios
from tcpedu.protocol.segment import MSS, Flags, Segment, Timestamps
from tcpedu.protocol.state import TRANSITIONS, Event, State
from tcpedu.view import header_diagram, sequence_diagram, state_diagram

TRACES = {
    "handshake": scenarios.handshake(),
    "lost": scenarios.handshake(drops={1, 3}),
    "refused": scenarios.refused_port(),
    "simultaneous": scenarios.simultaneous_open(),
    "old duplicate": scenarios.old_duplicate_syn(),
    "backlog": scenarios.full_backlog(),
    "transfer": scenarios.transfer(b"x" * 5000, loss_rate=0.2, seed=3),
    "unanswered": scenarios.unanswered_syn(),
}


@pytest.fixture(params=TRACES, ids=str)
def trace(request):
    return TRACES[request.param]


def arrows(script):
    return re.findall(r"^\t(p\d+)(->>|--x)(p\d+): (.*)$", script, re.MULTILINE)


def test_every_segment_is_an_arrow_with_its_numbers(trace):
    drawn = arrows(sequence_diagram(trace, limit=10_000).script)
    ids = {name: f"p{index}" for index, name in enumerate(trace.hosts, 1)}
    assert [(src, dst) for src, _, dst, _ in drawn] == [(ids[sent.src], ids[sent.dst]) for sent in trace.segments]
    for (_, arrow, _, text), sent in zip(drawn, trace.segments, strict=True):
        assert (arrow == "--x") == bool(sent.dropped)
        assert f"{sent.segment.flags} seq={sent.segment.seq}" in text
        assert (f"ack={sent.segment.ack}" in text) == (Flags.ACK in sent.segment.flags)
        assert ("재전송" in text) == ("재전송" in sent.note)


def test_every_host_is_a_participant(trace):
    assert sequence_diagram(trace).script.count("\tparticipant p") == len(trace.hosts)


def test_states_are_notes_beside_their_host(trace):
    notes = re.findall(
        r"^\tNote (left|right) of (p\d+): (\w+)$", sequence_diagram(trace, limit=10_000).script, re.MULTILINE
    )
    ids = {name: f"p{index}" for index, name in enumerate(trace.hosts, 1)}
    assert [(host, state) for _, host, state in notes] == [(ids[c.host], c.new.name) for c in trace.states]
    assert "Note left of" not in sequence_diagram(trace, states=False).script


def test_long_silence_is_said():
    text = sequence_diagram(scenarios.handshake(drops={1})).script
    assert "Note over p1,p2: 1초 동안 조용하다" in text


def test_long_spans_are_collapsed_and_counted():
    trace = scenarios.transfer(b"x" * 60_000)
    script = sequence_diagram(trace).script
    skipped = sum(int(n) for n in re.findall(r"세그먼트 (\d+)개 줄임", script))
    assert skipped > 10
    assert len(arrows(script)) + skipped == len(trace.segments)


def test_loss_is_never_collapsed():
    trace = scenarios.transfer(b"x" * 60_000, drops={20})
    assert sum(arrow == "--x" for _, arrow, _, _ in arrows(sequence_diagram(trace).script)) == 1


def test_caption_is_derived_from_the_run():
    text = sequence_diagram(TRACES["lost"]).description
    assert text.startswith("클라이언트와 서버가 ")
    assert "2개를 잃었고 2개를 다시 보냈다" in text
    assert text.endswith("마지막 상태는 클라이언트 ESTABLISHED, 서버 ESTABLISHED다.")


def test_same_run_same_script(trace):
    assert sequence_diagram(trace) == sequence_diagram(trace)


# ── 상태 ────────────────────────────────────────────────────────────────────


def edges(script):
    return set(re.findall(r"^\t(s\d+) --> (s\d+) : ", script, re.MULTILINE))


def names(script):
    return dict(re.findall(r"^\t(s\d+) : (\w+)", script, re.MULTILINE))


def test_all_states_and_all_moves_but_the_abrupt_ones():
    script = state_diagram().script
    label = names(script)
    assert set(label.values()) == {state.name for state in State}
    abrupt = {Event.ABORT, Event.RCV_RST, Event.RCV_RST_ACTIVE, Event.USER_TIMEOUT}
    expected = {
        (old.name, new.name)
        for (old, event), (_, new) in TRANSITIONS.items()
        if old is not new and not (event in abrupt and new is State.CLOSED)
    }
    assert {(label[a], label[b]) for a, b in edges(script)} == expected


def test_abrupt_moves_on_request():
    script = state_diagram(abrupt=True).script
    label = names(script)
    expected = {(old.name, new.name) for (old, _), (_, new) in TRANSITIONS.items() if old is not new}
    assert {(label[a], label[b]) for a, b in edges(script)} == expected


@pytest.mark.parametrize(("part", "first", "count"), [("open", "CLOSED", 5), ("close", "ESTABLISHED", 8)])
def test_halves(part, first, count):
    script = state_diagram(part).script
    assert len(names(script)) == count
    start = re.search(r"\[\*\] --> (s\d+)", script)[1]
    assert names(script)[start] == first
    assert "direction TB" in script


def test_current_state_is_marked_by_shape_and_word():
    script = state_diagram(current=State.LISTEN).script
    assert re.search(r"^\t(s\d+) : LISTEN ◀ 지금<br/>.*\n\tclass \1 current$", script, re.MULTILINE)


def test_last_edge_is_marked_even_when_it_is_usually_left_out():
    script = state_diagram(last=(State.SYN_SENT, Event.RCV_RST)).script
    assert script.count("▶") == 1
    assert "▶ RST 수신" in script


def test_text_twin_names_every_drawn_move():
    steps = state_diagram("close").steps
    assert "ESTABLISHED → FIN_WAIT_1: CLOSE 호출 / FIN,ACK 보냄" in steps or any(
        step.startswith("ESTABLISHED → FIN_WAIT_1: CLOSE 호출") for step in steps
    )
    assert len(steps) >= len(edges(state_diagram("close").script))


@pytest.mark.parametrize("bad", [{"part": "middle"}, {"last": (State.CLOSED, Event.RCV_FIN)}])
def test_unknown_part_or_edge_is_refused(bad):
    with pytest.raises(ValueError, match=r"하나여야 합니다|표에 없습니다"):
        state_diagram(**bad)


# ── 헤더 ────────────────────────────────────────────────────────────────────

SEGMENT = Segment(
    50000, 443, seq=7, ack=9, flags=Flags.SYN | Flags.ACK, options=(MSS(1460), Timestamps(5, 6)), payload=b"hello"
)


def cells(script):
    return [(int(width), text) for width, text in re.findall(r'^\+(\d+): "(.*)"$', script, re.MULTILINE)]


def test_header_cells_add_up_to_the_header():
    drawn = cells(header_diagram(SEGMENT).script)
    assert sum(width for width, _ in drawn[:-1]) == SEGMENT.header_length * 8
    assert drawn[-1] == (32, "데이터 5바이트")


def test_header_shows_this_segments_values():
    texts = [text for _, text in cells(header_diagram(SEGMENT).script)]
    assert texts[:4] == ["출발지 포트 50000", "목적지 포트 443", "순서 번호 7", "확인응답 번호 9"]
    assert texts[6:14] == ["0", "0", "0", "ACK", "0", "0", "SYN", "0"]
    assert "MSS 1460" in texts
    assert "TSval 5" in texts


def test_header_from_bytes_shows_the_checksum():
    data = SEGMENT.pack("10.0.0.1", "10.0.0.2")
    assert f"체크섬 0x{data[16:18].hex()}" in header_diagram(data).script
    assert "체크섬 0x" not in header_diagram(SEGMENT).script


# 그림이 그리는 전이 51개. 표와 따로 적어 두어, 표의 한 줄만 달라져도 그림이 어긋난 것을 알린다.
DRAWN = """
CLOSED → LISTEN: 수동 개방
CLOSED → SYN_SENT: 능동 개방 / SYN 보냄
LISTEN → SYN_SENT: 능동 개방 / SYN 보냄
LISTEN → SYN_SENT: SEND 호출 / SYN 보냄
LISTEN → SYN_RCVD: SYN 수신 / SYN,ACK 보냄
LISTEN → CLOSED: CLOSE 호출
LISTEN → CLOSED: ABORT 호출
SYN_SENT → SYN_RCVD: SYN 수신 / SYN,ACK 보냄
SYN_SENT → ESTABLISHED: SYN,ACK 수신 / ACK 보냄
SYN_SENT → CLOSED: RST 수신
SYN_SENT → CLOSED: CLOSE 호출
SYN_SENT → CLOSED: ABORT 호출
SYN_SENT → CLOSED: 사용자 타임아웃
SYN_RCVD → ESTABLISHED: 내 SYN 또는 FIN의 ACK 수신
SYN_RCVD → CLOSE_WAIT: FIN 수신 / ACK 보냄
SYN_RCVD → LISTEN: RST 수신
SYN_RCVD → LISTEN: SYN 수신
SYN_RCVD → CLOSED: 능동 개방한 쪽에서 RST 수신
SYN_RCVD → FIN_WAIT_1: CLOSE 호출 / FIN 보냄
SYN_RCVD → CLOSED: ABORT 호출 / RST 보냄
SYN_RCVD → CLOSED: 사용자 타임아웃
ESTABLISHED → FIN_WAIT_1: CLOSE 호출 / FIN 보냄
ESTABLISHED → CLOSE_WAIT: FIN 수신 / ACK 보냄
FIN_WAIT_1 → FIN_WAIT_2: 내 SYN 또는 FIN의 ACK 수신
FIN_WAIT_1 → CLOSING: FIN 수신 / ACK 보냄
FIN_WAIT_1 → TIME_WAIT: 내 FIN의 ACK를 실은 FIN 수신 / ACK 보냄
FIN_WAIT_2 → TIME_WAIT: FIN 수신 / ACK 보냄
CLOSE_WAIT → LAST_ACK: CLOSE 호출 / FIN 보냄
CLOSING → TIME_WAIT: 내 SYN 또는 FIN의 ACK 수신
LAST_ACK → CLOSED: 내 SYN 또는 FIN의 ACK 수신
TIME_WAIT → CLOSED: 2 MSL 경과
ESTABLISHED → CLOSED: ABORT 호출 / RST 보냄
FIN_WAIT_1 → CLOSED: ABORT 호출 / RST 보냄
FIN_WAIT_2 → CLOSED: ABORT 호출 / RST 보냄
CLOSE_WAIT → CLOSED: ABORT 호출 / RST 보냄
CLOSING → CLOSED: ABORT 호출
LAST_ACK → CLOSED: ABORT 호출
TIME_WAIT → CLOSED: ABORT 호출
ESTABLISHED → CLOSED: RST 수신
FIN_WAIT_1 → CLOSED: RST 수신
FIN_WAIT_2 → CLOSED: RST 수신
CLOSE_WAIT → CLOSED: RST 수신
CLOSING → CLOSED: RST 수신
LAST_ACK → CLOSED: RST 수신
TIME_WAIT → CLOSED: RST 수신
ESTABLISHED → CLOSED: 사용자 타임아웃
FIN_WAIT_1 → CLOSED: 사용자 타임아웃
FIN_WAIT_2 → CLOSED: 사용자 타임아웃
CLOSE_WAIT → CLOSED: 사용자 타임아웃
CLOSING → CLOSED: 사용자 타임아웃
LAST_ACK → CLOSED: 사용자 타임아웃
"""


def test_the_whole_diagram_draws_exactly_these_moves():
    assert list(state_diagram("all", abrupt=True).steps) == DRAWN.strip().splitlines()
