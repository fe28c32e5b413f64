"""무대: 고를 수 있는 것만 일어나고, 전이 표의 모든 줄에 이를 수 있다."""

from __future__ import annotations

import pytest

from tcpedu.network.stage import CALLS, CONFIG, ENDS, PRESETS, Stage
from tcpedu.protocol.config import Config
from tcpedu.protocol.state import SECTIONS, TRANSITIONS, Event, State

OPEN = ["B listen", "A open", "deliver 1", "deliver 2", "deliver 3"]
FW2 = [*OPEN, "A close", "deliver 4", "deliver 5"]  # A는 FIN_WAIT_2, B는 CLOSE_WAIT
LAST = [*FW2, "B close"]  # B는 LAST_ACK, 그 FIN은 6번
TW = [*LAST, "deliver 6"]  # A는 TIME_WAIT, 마지막 ACK는 7번
BOTH = [*OPEN, "A close", "B close", "deliver 4"]  # B는 CLOSING, 그 ACK는 6번
SYN_RCVD = OPEN[:3]
GIVE_UP = ["timer", "timer", "timer"]  # RTO 1, 2, 4초: 7초에 사용자 타임아웃 5초를 넘긴다

# (상태, 사건) → 그 줄을 마지막에 따르는 걸음들
REACHED = {
    "CLOSED OPEN_PASSIVE": ["A listen"],
    "CLOSED OPEN_ACTIVE": ["A open"],
    "CLOSED RCV_SYN": ["A open", "deliver 1"],
    "CLOSED RCV_ACK": [*SYN_RCVD, "A close", "deliver 2"],
    "CLOSED RCV_RST": ["A open", "deliver 1", "A close", "deliver 2"],
    "LISTEN OPEN_ACTIVE": ["A listen", "A open"],
    "LISTEN SEND": ["A listen", "A send"],
    "LISTEN RCV_SYN": SYN_RCVD,
    "LISTEN RCV_ACK": [*SYN_RCVD, "A close", "A listen", "deliver 2"],
    "LISTEN RCV_RST": ["A open", "deliver 1", "A close", "A listen", "deliver 2"],
    "LISTEN CLOSE": ["A listen", "A close"],
    "LISTEN ABORT": ["A listen", "A abort"],
    "SYN_SENT RCV_SYN": ["A open", "B open", "deliver 1"],
    "SYN_SENT RCV_SYN_ACK": OPEN[:4],
    "SYN_SENT RCV_RST": ["A open", "deliver 1", "deliver 2"],
    "SYN_SENT CLOSE": ["A open", "A close"],
    "SYN_SENT ABORT": ["A open", "A abort"],
    "SYN_SENT USER_TIMEOUT": ["A open", *GIVE_UP],
    "SYN_RCVD RCV_ACK": OPEN,
    "SYN_RCVD RCV_RST": [*SYN_RCVD, "A close", "deliver 2", "deliver 3"],
    "SYN_RCVD RCV_SYN": [*SYN_RCVD, "A crash", "A open", "deliver 3"],
    "SYN_RCVD RCV_RST_ACTIVE": ["A open", "B open", "deliver 1", "deliver 2", "A abort", "deliver 5"],
    "SYN_RCVD CLOSE": [*SYN_RCVD, "B close"],
    "SYN_RCVD ABORT": [*SYN_RCVD, "B abort"],
    "SYN_RCVD USER_TIMEOUT": [*SYN_RCVD, "A crash", *GIVE_UP],
    "ESTABLISHED CLOSE": [*OPEN, "A close"],
    "ESTABLISHED RCV_FIN": [*OPEN, "A close", "deliver 4"],
    "ESTABLISHED ABORT": [*OPEN, "A abort"],
    "ESTABLISHED RCV_RST": [*OPEN, "A abort", "deliver 4"],
    "ESTABLISHED RCV_SYN": [*OPEN, "A crash", "A open", "deliver 4"],
    "ESTABLISHED USER_TIMEOUT": [*OPEN, "A send", *GIVE_UP],
    "FIN_WAIT_1 RCV_ACK": FW2,
    "FIN_WAIT_1 RCV_FIN": BOTH,
    "FIN_WAIT_1 RCV_FIN_ACK": [*OPEN, "A close", "answer 4", "deliver 5"],
    "FIN_WAIT_1 ABORT": [*OPEN, "A close", "A abort"],
    "FIN_WAIT_1 RCV_RST": [*OPEN, "A close", "B abort", "deliver 5"],
    "FIN_WAIT_1 RCV_SYN": [*OPEN, "A close", "B crash", "B open", "deliver 5"],
    "FIN_WAIT_1 USER_TIMEOUT": [*OPEN, "A close", *GIVE_UP],
    "FIN_WAIT_2 RCV_FIN": TW,
    "FIN_WAIT_2 ABORT": [*FW2, "A abort"],
    "FIN_WAIT_2 RCV_RST": [*FW2, "B abort", "deliver 6"],
    "FIN_WAIT_2 RCV_SYN": [*FW2, "B crash", "B open", "deliver 6"],
    "CLOSE_WAIT CLOSE": LAST,
    "CLOSE_WAIT ABORT": [*FW2, "B abort"],
    "CLOSE_WAIT RCV_RST": [*FW2, "A abort", "deliver 6"],
    "CLOSE_WAIT RCV_SYN": [*FW2, "A crash", "A open", "deliver 6"],
    "CLOSE_WAIT USER_TIMEOUT": [*FW2, "B send", *GIVE_UP],
    "CLOSING RCV_ACK": [*BOTH, "deliver 5", "deliver 7"],
    "CLOSING ABORT": [*BOTH, "B abort"],
    # 꺼진 A가 B의 ACK를 물리치는 RST의 번호는 그 ACK의 확인응답 번호, 곧 B의 RCV.NXT다.
    "CLOSING RCV_RST": [*BOTH, "A crash", "deliver 6", "deliver 7"],
    "CLOSING RCV_SYN": [*BOTH, "A crash", "A open", "deliver 7"],
    "CLOSING USER_TIMEOUT": [*BOTH, "A crash", *GIVE_UP],
    "LAST_ACK RCV_ACK": [*TW, "deliver 7"],
    "LAST_ACK ABORT": [*LAST, "B abort"],
    "LAST_ACK RCV_RST": [*LAST, "A crash", "deliver 6", "deliver 7"],
    "LAST_ACK RCV_SYN": [*LAST, "A crash", "A open", "deliver 7"],
    "LAST_ACK USER_TIMEOUT": [*LAST, *GIVE_UP],
    "TIME_WAIT RCV_FIN": [*TW, "lose 7", "timer", "deliver 8"],
    "TIME_WAIT TIMEOUT_2MSL": [*TW, "deliver 7", "timer"],
    "TIME_WAIT ABORT": [*TW, "A abort"],
    "TIME_WAIT RCV_RST": [*TW, "B crash", "deliver 7", "deliver 8"],
    "TIME_WAIT RCV_SYN": [*TW, "B crash", "B open", "deliver 8"],
}  # fmt: skip
UNREACHED = {
    "SYN_RCVD RCV_FIN": "FIN에는 언제나 ACK가 실려 있어 다섯째 단계에서 먼저 ESTABLISHED가 된다 (RFC 9293 §3.10.7.4)",
    "FIN_WAIT_2 USER_TIMEOUT": "내 것은 모두 확인되어 재전송 타이머가 없다. 킵얼라이브를 켜야 여기서 포기한다",
}


def row(name: str) -> tuple[State, Event]:
    state, event = name.split()
    return State[state], Event[event]


def test_every_row_is_reached_or_has_a_reason() -> None:
    assert {row(name) for name in [*REACHED, *UNREACHED]} == set(TRANSITIONS)
    assert not REACHED.keys() & UNREACHED.keys()


@pytest.mark.parametrize("name", REACHED)
def test_the_last_step_follows_the_row(name: str) -> None:
    stage = Stage().play(*REACHED[name][:-1])
    fired = stage.do(REACHED[name][-1])
    assert row(name) in [(line.old, line.event) for line in fired]
    for line in fired:
        assert TRANSITIONS[line.old, line.event] == (line.action, line.new)
        assert line.section == SECTIONS[line.old, line.event]


def test_keepalive_reaches_the_row_that_retransmission_cannot() -> None:
    config = Config(delayed_ack=0.0, keepalive=10.0, keepalive_probes=1)
    stage = Stage(config=config).play(*FW2, "B crash")
    while stage.state("A") is not State.CLOSED:
        stage.do("timer")
    assert (State.FIN_WAIT_2, Event.USER_TIMEOUT) in [(line.old, line.event) for line in stage.fired]


# 그림에 적힌 상태의 차례를 옮겨 적은 것 (RFC 9293 그림 6, 7, 12, 13).
FIGURES = {
    "3-way 핸드셰이크": ("SYN_SENT ESTABLISHED", "LISTEN SYN_RCVD ESTABLISHED"),
    "동시 개방": ("SYN_SENT SYN_RCVD ESTABLISHED", "SYN_SENT SYN_RCVD ESTABLISHED"),
    "네 세그먼트로 닫기": (
        "SYN_SENT ESTABLISHED FIN_WAIT_1 FIN_WAIT_2 TIME_WAIT CLOSED",
        "LISTEN SYN_RCVD ESTABLISHED CLOSE_WAIT LAST_ACK CLOSED",
    ),
    "동시에 닫기": (
        "SYN_SENT ESTABLISHED FIN_WAIT_1 CLOSING TIME_WAIT CLOSED",
        "LISTEN SYN_RCVD ESTABLISHED FIN_WAIT_1 CLOSING TIME_WAIT CLOSED",
    ),
}


@pytest.mark.parametrize("name", FIGURES)
def test_presets_walk_the_figures_of_the_rfc(name: str) -> None:
    stage = Stage().play(*PRESETS[name])
    for end, figure in zip(ENDS, FIGURES[name], strict=True):
        assert [line.new.name for line in stage.fired if line.end == end] == figure.split()


def test_three_segment_close_has_three_segments() -> None:
    stage = Stage().play(*PRESETS["세 세그먼트로 닫기"])
    assert [str(sent.segment.flags) for sent in stage.trace.segments[3:]] == ["FIN,ACK", "FIN,ACK", "ACK"]


def test_half_close_still_carries_data_the_other_way() -> None:
    stage = Stage().play(*PRESETS["반닫기"])
    assert [len(sent.segment.payload) for sent in stage.trace.segments if sent.segment.payload] == [5]
    assert {stage.state(end) for end in ENDS} == {State.CLOSED}


def test_half_open_is_found_out_as_in_figure_9() -> None:
    flags = [str(sent.segment.flags) for sent in Stage().play(*PRESETS["반열림"]).trace.segments]
    assert flags[3:6] == ["SYN", "ACK", "RST"]


@pytest.mark.parametrize("name", PRESETS)
def test_nothing_is_left_in_the_air_after_a_preset(name: str) -> None:
    assert Stage().play(*PRESETS[name]).flying == []


@pytest.mark.parametrize("state", State)
def test_calls_are_those_of_the_table(state: State) -> None:
    """호출의 단추는 표에 있는 것과, 상태가 그대로인 SEND뿐이다."""
    steps = {row(name)[0]: (path, name) for name, path in REACHED.items()}
    stage = Stage()
    if state is not State.CLOSED:
        path, _ = steps[state]
        stage.play(*path[:-1])
    for end in ENDS:
        here = stage.state(end)
        offered = {choice.key.split()[1] for choice in stage.choices() if choice.key.startswith(f"{end} ")} - {"crash"}
        expected = {name for name, event in CALLS.items() if (here, event) in TRANSITIONS}
        sends = {"send"} if here in (State.ESTABLISHED, State.CLOSE_WAIT) else set()
        assert offered == expected | sends


def test_every_choice_can_be_done() -> None:
    for path in REACHED.values():
        stage = Stage().play(*path)
        for choice in stage.choices():
            other = Stage().play(*path)
            other.do(choice.key)
            assert other.history == [*path, choice.key]


def test_time_goes_forward_at_every_step() -> None:
    for keys in PRESETS.values():
        stage, times = Stage(), [0.0]
        for key in keys:
            stage.do(key)
            times.append(stage.now)
        assert times == sorted(set(times))


def test_a_timer_that_was_not_chosen_does_not_go_off() -> None:
    stage = Stage().play("A open")
    for _ in range(60):  # 2초가 지나 A의 RTO 1초를 넘긴다
        stage.play("B listen", "B close")
    assert len(stage.trace.segments) == 1
    assert stage.choices()[-1].key == "timer"
    before = stage.now
    stage.do("timer")
    assert stage.trace.segments[-1].note == "재전송"
    assert stage.now > before


def test_undo_and_rewind_lead_to_the_same_place() -> None:
    path = PRESETS["반열림"]
    stage = Stage().play(*path)
    for steps in range(len(path), -1, -1):
        fresh = Stage().play(*path[:steps])
        assert stage.history == fresh.history
        assert (stage.now, stage.fired, stage.choices()) == (fresh.now, fresh.fired, fresh.choices())
        assert stage.trace.segments == fresh.trace.segments
        stage.undo()
    stage.undo()
    assert stage.history == []
    assert stage.play(*path[:4]).history == list(path[:4])


def test_what_cannot_happen_says_what_can() -> None:
    with pytest.raises(ValueError, match=r"할 수 없습니다: 'A close'.*: A listen, A open, B listen, B open"):
        Stage().do("A close")
    for nonsense in ("", "deliver 9", "A", "춤추기", "deliver x"):
        with pytest.raises(ValueError, match="할 수 없습니다"):
            Stage().do(nonsense)


def test_variables_are_those_of_the_connections() -> None:
    stage = Stage()
    for key in PRESETS["반닫기"]:
        stage.do(key)
        for end in ENDS:
            connection, sample = stage.connections[end], stage.trace.variables_at(stage.names[end], stage.now)
            if sample is not None and sample.snd_una is not None:
                assert sample.values == (
                    connection.snd_una, connection.snd_nxt, connection.rcv_nxt, connection.cwnd, connection.rto,
                    connection.rtx_at,
                )  # fmt: skip


def test_the_stage_gives_up_sooner_than_the_rfc_asks() -> None:
    """포기하는 것까지 보려고 짧게 둔 값이다: RFC 9293 §3.8.3의 R2는 100초 이상이다."""
    assert CONFIG.user_timeout == 5.0
    stage = Stage().play("A open", *GIVE_UP)
    assert stage.now == pytest.approx(5.01)
    assert stage.state("A") is State.CLOSED
