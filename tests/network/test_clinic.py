"""진료소의 고장마다: 정말 그 고장인가, 그리고 진단이 그것을 알아보는가."""

from __future__ import annotations

import doctest
import random
from collections.abc import Callable

import pytest

from tcpedu.network import clinic, diagnosis, filter_practice, socket_table
from tcpedu.network.analysis import Mark, analyze
from tcpedu.network.clinic import Case
from tcpedu.network.diagnosis import capture_rows, diagnose, handshake_rtt, retransmissions
from tcpedu.network.scenarios import CLIENT, SERVER, handshake, transfer
from tcpedu.network.socket_table import count_states
from tcpedu.protocol.state import State


def rows(case: Case, at: str = CLIENT) -> list[diagnosis.Row]:
    return capture_rows(case.trace, at)


CASES: dict[str, tuple[Callable[[], Case], str]] = {
    "닫힌 포트": (clinic.port_closed, "port closed"),
    "방화벽": (clinic.firewall_drop, "firewall drop"),
    "제로 윈도우": (clinic.zero_window, "zero window"),
    "블랙홀": (clinic.black_hole, "mtu black hole"),
    "손실": (clinic.lossy_path, "retransmission storm"),
    "닫지 않음": (lambda: clinic.close_wait_leak(clients=1), "close_wait leak"),
    "닫음": (lambda: clinic.close_wait_leak(clients=1, closes=True), "healthy"),
    "Nagle": (clinic.nagle_stall, "nagle stall"),
    "한 번에 씀": (lambda: clinic.nagle_stall(pieces=1), "healthy"),
    "TCP_NODELAY": (lambda: clinic.nagle_stall(nodelay=True), "healthy"),
    "건강": (clinic.healthy, "healthy"),
    "하나를 잃음": (lambda: clinic.healthy(drop=8), "healthy"),
    "SYN을 잃음": (lambda: clinic.healthy(drop=1), "healthy"),
}


@pytest.mark.parametrize("name", CASES)
def test_each_fault_is_recognised(name: str) -> None:
    make, expected = CASES[name]
    assert diagnose(rows(make())) == expected


def test_every_name_has_its_case() -> None:
    assert {name for _, name in CASES.values()} == set(diagnosis.NAMES)


@pytest.mark.parametrize("fault", ["zero_window", "black_hole", "nagle_stall", "close_wait_leak", "healthy"])
@pytest.mark.parametrize("seed", range(4))
def test_numbers_that_wrap_do_not_matter(fault: str, seed: int) -> None:
    rng = random.Random(seed)
    isns = {name: 2**32 - rng.randrange(1, 4000) for name in ("client_isn", "server_isn")}
    extra = {"clients": 1} if fault == "close_wait_leak" else {}
    make = getattr(clinic, fault)
    assert diagnose(rows(make(**isns, **extra))) == diagnose(rows(make(**extra)))


@pytest.mark.parametrize("seed", range(8))
def test_repeats_in_the_table_are_the_repeats_of_the_run(seed: int) -> None:
    """기록은 보낸 쪽의 진실을 안다. 표만 보고 센 것이 그것과 같아야 한다."""
    trace = clinic.lossy_path(rate=0.2, seed=seed).trace
    mine = [row["number"] for row in rows(Case(trace)) if row["sender"] == CLIENT]
    truth = [frame for frame, (_, sent) in enumerate(trace.seen_at(CLIENT), 1) if sent.note == "재전송"]
    assert [number for number in retransmissions(rows(Case(trace))) if number in mine] == [
        frame for frame in truth if frame in mine
    ]


@pytest.mark.parametrize("at", [CLIENT, SERVER])
@pytest.mark.parametrize("delay", [0.001, 0.05, 0.3])
def test_the_handshake_tells_the_rtt_wherever_it_was_captured(at: str, delay: float) -> None:
    assert handshake_rtt(capture_rows(handshake(delay=delay), at)) == pytest.approx(2 * delay)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: handshake(drops=[1]), "SYN이 2개"),
        (lambda: handshake(drops=[2]), "SYN이 2개"),
        (lambda: clinic.port_closed().trace, "SYN,ACK가 0개"),
    ],
)
def test_an_ambiguous_handshake_is_not_measured(make: Callable[[], object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        handshake_rtt(capture_rows(make(), CLIENT))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="마지막 ACK가 보이지 않습니다"):
        handshake_rtt(capture_rows(handshake(), CLIENT)[:2])


# ss의 글


def test_queues_say_who_is_waiting() -> None:
    case = clinic.zero_window()
    client, server = (case.ss[host].splitlines()[-1].split() for host in (CLIENT, SERVER))
    assert client[:3] == ["ESTAB", "0", "2000"] and server[:3] == ["ESTAB", "3000", "0"]


def test_the_listener_shows_its_accept_queue() -> None:
    case = clinic.accept_overflow(backlog=1)
    assert case.ss[SERVER].splitlines()[1].split()[:3] == ["LISTEN", "2", "1"]
    assert count_states(case.ss[CLIENT]) == {"ESTAB": 2, "SYN-SENT": 2}


def test_an_unanswered_syn_is_one_unacknowledged_number() -> None:
    assert clinic.firewall_drop().ss[CLIENT].splitlines()[1].split()[:3] == ["SYN-SENT", "0", "1"]


def test_the_states_are_those_of_the_run() -> None:
    leak, flood, gone = clinic.close_wait_leak(clients=5), clinic.time_wait_flood(clients=7), clinic.half_open()
    assert count_states(leak.ss[SERVER]) == {"LISTEN": 1, "CLOSE-WAIT": 5}
    assert count_states(leak.ss[CLIENT]) == {"FIN-WAIT-2": 5}
    assert count_states(flood.ss[CLIENT]) == {"TIME-WAIT": 7} and count_states(flood.ss[SERVER]) == {"LISTEN": 1}
    assert gone.trace.state_at(SERVER, 3600.0) is State.ESTABLISHED
    assert count_states(gone.ss[SERVER]) == {"LISTEN": 1, "ESTAB": 1} and count_states(gone.ss[CLIENT]) == {}


def test_the_info_line_belongs_to_the_connection_above_it() -> None:
    case = clinic.black_hole()
    line, info = case.info[CLIENT].splitlines()[1:]
    assert line == case.ss[CLIENT].splitlines()[1] and info.startswith("\t ")
    # 200바이트는 확인받았고 큰 것은 하나도 못 받아 네 번 백오프했다.
    assert "rto:16000" in info and "cwnd:1" in info and "retrans:0/4" in info and "Send-Q" not in info
    assert count_states(case.info[CLIENT]) == count_states(case.ss[CLIENT]) == {"ESTAB": 1}


# 고장의 참모습


def test_a_black_hole_swallows_only_what_is_too_big() -> None:
    trace = clinic.black_hole(mtu=1400).trace
    assert all((sent.size > 1400) == (sent.dropped is not None) for sent in trace.segments)
    assert any(sent.dropped for sent in trace.segments)


def test_losing_acks_loses_no_data() -> None:
    """두 곳의 캡처를 견주어야 보인다: 보낸 쪽은 다시 보냈는데 받은 쪽에는 처음 것도 모두 와 있다."""
    trace = clinic.lossy_path(rate=0.8, only=SERVER, seed=5, size=12_000).trace
    sent = [packet for packet in trace.segments if packet.src == CLIENT]
    assert all(packet.arrived is not None for packet in sent) and any(packet.note == "재전송" for packet in sent)
    at_server = analyze(trace, SERVER)
    assert not any(Mark.LOST_SEGMENT in found.marks for found in at_server if found.packet.src == CLIENT)


def test_a_transfer_without_faults_repeats_nothing() -> None:
    assert retransmissions(capture_rows(transfer(bytes(9000)), CLIENT)) == []


@pytest.mark.parametrize("module", [diagnosis, filter_practice, socket_table])
def test_examples_in_docstrings(module: object) -> None:
    result = doctest.testmod(module)  # type: ignore[arg-type]
    assert result.attempted and not result.failed
