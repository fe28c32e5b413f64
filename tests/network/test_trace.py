"""기록을 글·표·캡처로. 캡처는 scapy와 (있으면) tshark로 다시 읽는다."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tcpedu.network.apps import bulk, sink
from tcpedu.network.link import drop
from tcpedu.network.packet import Ecn
from tcpedu.network.scenarios import (
    CLIENT,
    FULL_OPTIONS,
    SERVER,
    handshake,
    old_duplicate_syn,
    simultaneous_open,
    transfer,
)
from tcpedu.network.simulation import Simulation
from tcpedu.network.trace import Trace
from tcpedu.protocol.config import Config
from tcpedu.protocol.segment import Flags, Segment
from tcpedu.protocol.state import State


def test_text_reads_like_tcpdump() -> None:
    lines = handshake(client=FULL_OPTIONS, server=FULL_OPTIONS).to_text().splitlines()
    assert lines[0] == (
        "0.000000 클라이언트.50000 > 서버.80: Flags [S], seq 100, win 65535, "
        "options [mss 1460,nop,wscale 7,nop,nop,sackOK,nop,nop,TS val 0 ecr 0], length 0"
    )
    assert lines[2].endswith("Flags [.], ack 301, win 511, options [nop,nop,TS val 100 ecr 50], length 0")


def test_korean_remarks() -> None:
    lines = handshake(drops=[1]).to_text(korean=True).splitlines()
    assert lines[0].endswith("# 손실") and lines[1].endswith("# 재전송") and "#" not in lines[2]


def test_frame() -> None:
    frame = handshake(drops=[1]).to_frame()
    assert list(frame["플래그"]) == ["SYN", "SYN", "SYN,ACK", "ACK"]
    assert list(frame["비고"]) == ["손실", "재전송", "", ""]
    assert frame.index.name == "번호" and list(frame.index) == [1, 2, 3, 4]


def test_an_empty_trace() -> None:
    trace = Trace()
    assert (trace.to_text(), trace.duration, trace.steps(), len(trace)) == ("", 0.0, [], 0)
    assert list(trace.to_frame().columns)[:2] == ["보낸 시각", "도착 시각"]


def test_only_what_was_sent_before_is_a_retransmission() -> None:
    assert [s.note for s in simultaneous_open().segments] == [""] * 4
    assert [s.note for s in old_duplicate_syn().segments] == [""] * 6
    notes = [s.segment.seq for s in transfer(bytes(3000), mss=1000, drops=[5]).segments if s.note]
    assert notes == [1101]  # 다섯째 패킷에 실렸던 데이터


def test_states_and_steps_are_in_order() -> None:
    trace = handshake()
    assert [(c.host, c.new.name) for c in trace.states] == [
        (SERVER, "LISTEN"), (CLIENT, "SYN_SENT"), (SERVER, "SYN_RCVD"), (CLIENT, "ESTABLISHED"),
        (SERVER, "ESTABLISHED"),
    ]  # fmt: skip
    assert trace.state_at(SERVER, 0.04) is State.LISTEN
    assert trace.state_at(SERVER, 0.06) is State.SYN_RCVD
    kinds = [
        "state" if step.state else str(step.segment.segment.flags)
        for step in trace.steps()
        if step.state or step.segment
    ]
    assert kinds == ["state", "state", "SYN", "state", "SYN,ACK", "state", "ACK", "state"]


def test_mermaid_marks_losses() -> None:
    script = handshake(drops=[1]).to_mermaid()
    assert script.startswith("sequenceDiagram\nparticipant h0 as 클라이언트\nparticipant h1 as 서버\nh0--xh1: SYN")


def _v6_trace() -> Trace:
    sim = Simulation()
    a, b = sim.host("a", "2001:db8::1"), sim.host("b", "2001:db8::2")
    sim.link(a, b, delay=0.01)
    b.listen(80, iss=1)
    a.connect(b, 80, iss=2).on_established = lambda s: s.send(b"hi")
    return sim.run()


@pytest.fixture(params=["v4", "v6"])
def capture(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Trace, Path]:
    trace = transfer(bytes(range(256)) * 20, mss=1000, loss_rate=0.2, seed=3) if request.param == "v4" else _v6_trace()
    return trace, trace.to_pcap(tmp_path / "out.pcap")


def test_scapy_reads_the_capture_back(capture: tuple[Trace, Path]) -> None:
    from scapy.layers.inet import IP, TCP
    from scapy.layers.inet6 import IPv6
    from scapy.utils import RawPcapReader

    trace, path = capture
    with RawPcapReader(str(path)) as reader:
        packets = [(data, meta.sec + meta.usec / 1e6) for data, meta in reader]
    assert len(packets) == len(trace)
    for sent, (data, time) in zip(trace.segments, packets, strict=True):
        packet = IP(data) if data[0] >> 4 == 4 else IPv6(data)
        assert (packet.src, packet.dst) == (trace.addresses[sent.src], trace.addresses[sent.dst])
        assert (packet[TCP].seq, bytes(packet[TCP].payload)) == (sent.segment.seq, sent.segment.payload)
        assert time == pytest.approx(sent.sent, abs=1e-6)
        given = packet[TCP].chksum
        del packet[TCP].chksum
        assert type(packet)(bytes(packet))[TCP].chksum == given


@pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark가 없다")
def test_tshark_finds_nothing_wrong(capture: tuple[Trace, Path]) -> None:
    trace, path = capture
    bad = "_ws.malformed || tcp.checksum.status == 0 || ip.checksum.status == 0"
    checks = ["-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE"]

    def count(*arguments: str) -> int:
        done = subprocess.run(
            ["tshark", "-r", str(path), *checks, *arguments], capture_output=True, text=True, check=True, timeout=60
        )
        return len(done.stdout.splitlines())

    assert count() == len(trace)
    assert count("-Y", bad) == 0


def test_a_side_sees_what_happened_at_one_instant_in_the_true_order() -> None:
    sim = Simulation()
    a, b = sim.host("a"), sim.host("b")
    sim.link(a, b, delay=0.1)
    segment = Segment(1, 2, seq=0, flags=Flags.RST)
    sim.at(0.1, a.send_raw, b, segment)  # 먼저 걸어 두었으므로 0.1초에 도착하는 것보다 앞선다
    b.send_raw(a, segment)
    trace = sim.run()
    assert [(time, packet.src) for time, packet in trace.seen_at("a")] == [(0.1, "a"), (0.1, "b")]
    assert [packet.src for _, packet in trace.seen_at("b")] == ["b", "a"]


def test_only_new_data_carry_ect() -> None:
    """RFC 3168 §6.1.4–6.1.5: 순수 ACK와 재전송은 알림을 모르는 것으로 보낸다."""
    sim = Simulation()
    a, b = sim.host("a"), sim.host("b")
    sim.link(a, b, delay=0.01, loss=drop([5]))
    b.listen(80, config=Config(ecn=True), on_accept=sink)
    bulk(a.connect(b, 80, config=Config(ecn=True)), 30_000)
    sent = sim.run().segments
    assert any(one.note and one.segment.payload for one in sent)
    for one in sent:
        new_data = bool(one.segment.payload) and not one.note
        assert one.ecn is (Ecn.ECT_0 if new_data else Ecn.NOT_ECT), one
