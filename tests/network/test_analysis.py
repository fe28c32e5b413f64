"""Wireshark의 말로 표시하기. 캡처를 tshark로 열었을 때의 표시와 줄마다 견준다."""

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tcpedu.network.analysis import Mark, analyze
from tcpedu.network.link import bernoulli, jitter
from tcpedu.network.scenarios import (
    CLIENT,
    SERVER,
    half_open,
    handshake,
    old_duplicate_syn,
    simultaneous_open,
    transfer,
)
from tcpedu.network.simulation import Simulation
from tcpedu.network.trace import Trace
from tcpedu.protocol.config import Config
from tcpedu.protocol.segment import Flags, Segment


def mixed(seed: int, *, wide: bool) -> Trace:
    """손실·재정렬·중복이 섞인 전송. `wide`면 순서가 왕복 시간 가까이 뒤섞인다."""
    sim = Simulation(seed)
    a, b = sim.host("a"), sim.host("b")
    config = Config(sack=True, timestamps=seed % 2 == 0, window_scale=3 if seed % 2 else None)
    sim.link(
        a, b, delay=0.02, rate=5e6, loss=bernoulli(0.03, seed), reorder=jitter(0.03 if wide else 0.002, seed),
        duplicate=lambda packet: packet.number % 17 == 0,
    )  # fmt: skip
    b.listen(80, config=config, on_accept=lambda s: setattr(s, "on_eof", lambda s: s.close()))
    a.connect(b, 80, config=config).on_established = lambda s: (s.send(bytes(60_000)), s.close())
    return sim.run(until=100)


def slow_reader() -> Trace:
    """1초에 2500바이트씩 읽는 응용 프로그램: 윈도우가 닫혔다 열렸다 한다."""
    sim = Simulation()
    a, b = sim.host("a"), sim.host("b")
    sim.link(a, b, delay=0.02)

    def accept(socket) -> None:  # type: ignore[no-untyped-def]
        socket.auto_read = False

        def read() -> None:
            socket.recv(2500)
            if not socket.connection.eof:
                sim.at(sim.now + 1, read)

        sim.at(sim.now + 8, read)

    b.listen(80, config=Config(receive_buffer=3000), on_accept=accept)
    a.connect(b, 80).on_established = lambda s: s.send(bytes(20_000))
    return sim.run(until=60)


RUNS: dict[str, Callable[[], Trace]] = {
    "lost SYN": lambda: handshake(drops=[1]),
    "lost SYN,ACK": lambda: handshake(drops=[2]),
    "lost last ACK": lambda: handshake(drops=[3]),
    "simultaneous open": simultaneous_open,
    "old duplicate SYN": old_duplicate_syn,
    "half-open": half_open,
    "slow reader": slow_reader,
    **{f"10 % loss, seed {n}": lambda n=n: transfer(bytes(30_000), mss=1000, loss_rate=0.1, seed=n) for n in range(3)},
    **{f"everything, seed {n}": lambda n=n: mixed(n, wide=n < 2) for n in range(4)},
}


def tshark_words(trace: Trace, host: str, path: Path) -> list[list[str]]:
    """그 호스트의 캡처를 tshark로 열어 Info 칸의 `[TCP …]`를 줄마다 모은다."""
    trace.to_pcap(path, at=host)
    command = ["tshark", "-r", str(path), "-T", "fields", "-e", "_ws.col.Info"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    return [sorted(re.findall(r"\[(TCP [^\]]*)\]", line)) for line in done.stdout.splitlines()]


@pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark가 없다")
@pytest.mark.parametrize("name", RUNS)
def test_every_line_says_what_tshark_says(name: str, tmp_path: Path) -> None:
    trace = RUNS[name]()
    for host in trace.hosts:
        ours = [sorted(re.findall(r"\[(TCP [^\]]*)\]", finding.text)) for finding in analyze(trace, host)]
        assert ours == tshark_words(trace, host, tmp_path / "side.pcap")


def test_the_runs_above_show_every_kind_of_mark_but_the_rare_ones() -> None:
    """견줄 것이 없는 시험은 아무것도 말해 주지 않는다."""
    seen: set[Mark] = set()
    for run in RUNS.values():
        trace = run()
        seen.update(mark for host in trace.hosts for finding in analyze(trace, host) for mark in finding.marks)
    rare = {Mark.KEEP_ALIVE, Mark.KEEP_ALIVE_ACK, Mark.ACKED_UNSEEN}
    assert set(Mark) - rare <= seen


def keep_alive_probe() -> Trace:
    """쉬는 연결에 SND.NXT - 1의 빈 세그먼트를 보내 본다 (RFC 9293 §3.8.4)."""
    sim = Simulation()
    a, b = sim.host("a"), sim.host("b")
    sim.link(a, b, delay=0.01)
    b.listen(80, iss=300)
    a.connect(b, 80, iss=100, local_port=50000)
    probe = Segment(50000, 80, seq=100, ack=301, flags=Flags.ACK)
    sim.at(5.0, a.send_raw, b, probe)
    return sim.run(until=10.0)


def test_a_keep_alive_and_its_answer(tmp_path: Path) -> None:
    trace = keep_alive_probe()
    texts = [finding.text for finding in analyze(trace, "a")]
    assert texts == ["", "", "", "[TCP Keep-Alive]", "[TCP Keep-Alive ACK]"]
    if shutil.which("tshark"):
        assert [" ".join(f"[{word}]" for word in words) for words in tshark_words(trace, "a", tmp_path / "k")] == texts


def test_duplicate_acks_are_counted_from_the_first_one() -> None:
    findings = analyze(transfer(bytes(8000), mss=1000, drops=[5]), CLIENT)
    texts = [finding.text for finding in findings if Mark.DUPLICATE_ACK in finding.marks]
    first = next(f.frame for f in findings if f.packet.src == SERVER and f.packet.segment.ack == 1101)
    assert texts[:3] == [f"[TCP Dup ACK {first}#{n}]" for n in (1, 2, 3)]
    korean = next(finding.korean for finding in findings if Mark.DUPLICATE_ACK in finding.marks)
    assert korean == f"중복 ACK({first}번 줄, 1번째)"


def test_the_receiver_sees_a_gap_and_then_a_late_segment() -> None:
    """같은 손실이 보내는 쪽에서는 재전송, 받는 쪽에서는 빈틈으로 보인다."""
    trace = transfer(bytes(8000), mss=1000, drops=[5])
    at_sender = {mark for finding in analyze(trace, CLIENT) for mark in finding.marks}
    at_receiver = {mark for finding in analyze(trace, SERVER) for mark in finding.marks}
    assert Mark.LOST_SEGMENT in at_receiver and Mark.LOST_SEGMENT not in at_sender
    assert any(finding.is_retransmission for finding in analyze(trace, CLIENT))


def test_a_probe_that_was_taken_is_not_an_unseen_segment() -> None:
    """Wireshark 4.0과 다른 곳: 탐침의 1바이트가 받아들여지며 윈도우가 열렸다."""
    sim = Simulation()
    a, b = sim.host("a"), sim.host("b")
    sim.link(a, b, delay=0.01)

    def say(time: float, src, seq: int, ack: int, window: int, size: int = 0, flags: Flags = Flags.ACK) -> None:  # type: ignore[no-untyped-def]
        ports = (1, 2) if src is a else (2, 1)
        segment = Segment(*ports, seq=seq, ack=ack, flags=flags, window=window, payload=bytes(size))
        sim.at(time, src.send_raw, b if src is a else a, segment)

    for host in (a, b):  # 연결이 없어도 RST로 답하지 않게 받기만 한다
        host._arrive = lambda packet: setattr(packet, "received_after", (len(sim.trace.segments),))  # type: ignore[method-assign]
    say(0.0, a, 100, 0, 1000, flags=Flags.SYN)
    say(0.1, b, 300, 101, 10, flags=Flags.SYN | Flags.ACK)
    say(0.2, a, 101, 301, 1000)
    say(0.3, a, 101, 301, 1000, size=10)
    say(0.4, b, 301, 111, 0)
    say(1.4, a, 111, 301, 1000, size=1)
    say(1.5, b, 301, 112, 9)
    say(1.6, a, 112, 301, 1000, size=9)
    assert [finding.text for finding in analyze(sim.run(), "a")][3:] == [
        "[TCP Window Full]", "[TCP ZeroWindow]", "[TCP ZeroWindowProbe]", "[TCP Window Update]", "[TCP Window Full]",
    ]  # fmt: skip


def test_every_mark_has_a_korean_name() -> None:
    assert all(re.search("[가-힣]", mark.korean) for mark in Mark)
    assert all(mark.value.startswith("TCP ") for mark in Mark)
