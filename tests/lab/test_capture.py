"""캡처를 읽고 쓴다. 바깥의 잣대는 scapy(바이트)와 tshark(표시)다."""

from __future__ import annotations

import shutil
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tcpedu.lab.capture import CaptureError, from_packets, read_capture, write_capture
from tcpedu.lab.terminal import recorded_capture
from tcpedu.network.analysis import analyze
from tcpedu.network.closed_window import closed_window
from tcpedu.network.flow import follow
from tcpedu.network.packet_table import PacketTable
from tcpedu.network.scenarios import CLIENT, SERVER, full_backlog, refused_port, transfer
from tcpedu.network.trace import Trace
from tcpedu.protocol.segment import Flags
from tcpedu.view import LadderPlayer, sequence_diagram
from tcpedu.view.ladder import collisions, layout

NAMES = {"10.0.0.1": CLIENT, "10.0.0.2": SERVER}
TSHARK = shutil.which("tshark")
RUNS: dict[str, Callable[[], Trace]] = {
    "손실": lambda: transfer(b"x" * 8000, mss=1000, drops=[5]),
    "거절": refused_port,
    "제로 윈도우": lambda: closed_window(drops=[14]),
    "수락 큐": full_backlog,
}


def packets_of(trace: Trace, tmp_path: Path) -> list[tuple[float, bytes]]:
    """시뮬레이터가 pcap에 적는 IP 패킷들."""
    return read_capture(trace.to_pcap(tmp_path / "from_trace.pcap", at=trace.hosts[0])).packets


@pytest.mark.parametrize("link", ["raw", "ethernet", "loopback"])
@pytest.mark.parametrize("suffix", [".pcap", ".pcapng"])
def test_what_is_written_is_read_back(tmp_path: Path, suffix: str, link: str) -> None:
    trace = transfer(b"x" * 8000, mss=1000, drops=[5])
    packets = packets_of(trace, tmp_path)
    capture = read_capture(write_capture(tmp_path / f"a{suffix}", packets, link=link), names=NAMES)
    seen = trace.seen_at(CLIENT)
    assert [(sent.sent, sent.src, sent.segment) for sent in capture.segments] == [
        (pytest.approx(time), packet.src, packet.segment) for time, packet in seen
    ]
    assert capture.packets == packets and capture.addresses == {CLIENT: "10.0.0.1", SERVER: "10.0.0.2"}


@pytest.mark.parametrize("name", RUNS)
def test_a_capture_is_marked_like_the_run_it_came_from(tmp_path: Path, name: str) -> None:
    trace = RUNS[name]()
    here, named = trace.hosts[0], {address: host for host, address in trace.addresses.items()}
    capture = read_capture(trace.to_pcap(tmp_path / "a.pcap", at=here), names=named)
    assert [found.text for found in analyze(capture, here)] == [found.text for found in analyze(trace, here)]


def test_the_views_take_a_capture(tmp_path: Path) -> None:
    trace = transfer(b"x" * 8000, mss=1000, drops=[5])
    capture = read_capture(trace.to_pcap(tmp_path / "a.pcap", at=CLIENT), names=NAMES)
    assert "1개를 다시 보냈다" in repr(sequence_diagram(capture)) and "재전송" in LadderPlayer(capture).as_text()
    assert len(capture.to_frame()) == len(PacketTable.of(capture).rows) == len(capture)
    assert follow(capture, CLIENT).retransmissions == 1
    assert capture.to_text(korean=True).count("# 재전송") == 1


@pytest.mark.parametrize("first", [0, 9])
def test_the_ladder_of_a_capture_has_one_line_each(first: int) -> None:
    """한 곳에서 본 것이라 가는 시간이 없다. 아주 가까운 시각의 것도 겹치지 않는다."""
    packets = read_capture(recorded_capture("nagle")).packets[first:]
    plan = layout(from_packets(packets))
    heights = [arrow.y1 for arrow in plan.arrows]
    assert all(arrow.y1 == arrow.y2 for arrow in plan.arrows) and heights == sorted(set(heights))
    assert collisions(plan) == []


# scapy가 쓴 것을 읽는다


def scapy_bodies() -> list[Any]:
    from scapy.all import IP, TCP, UDP, IPv6, Raw

    syn = TCP(sport=5000, dport=80, seq=7, flags="S", options=[("MSS", 1400), ("WScale", 7)])
    data = TCP(sport=5000, dport=80, seq=8, ack=1, flags="PA") / Raw(b"hello")
    v4, v6 = IP(src="192.0.2.1", dst="192.0.2.2"), IPv6(src="2001:db8::1", dst="2001:db8::2")
    return [v4 / syn, v4 / data, v6 / syn, v6 / data, v4 / UDP(sport=1, dport=2) / b"x"]


def on_link(name: str, body: Any) -> Any:
    """scapy가 그 링크의 헤더를 붙인 것. 쿡드는 리눅스의 `-i any`다."""
    from scapy.all import CookedLinux, CookedLinuxV2, Dot1Q, Ether, IPv6

    kind = 0x86DD if IPv6 in body else 0x0800
    heads = {"이더넷": Ether(), "VLAN": Ether() / Dot1Q(vlan=5), "쿡드": CookedLinux(proto=kind),
             "쿡드 2": CookedLinuxV2(proto=kind)}  # fmt: skip
    return heads[name] / body if name in heads else body


@pytest.mark.parametrize("suffix", [".pcap", ".pcapng"])
@pytest.mark.parametrize("link", ["이더넷", "VLAN", "IP부터", "쿡드", "쿡드 2"])
def test_scapy_files_are_read(tmp_path: Path, link: str, suffix: str) -> None:
    from scapy.utils import PcapNgWriter, PcapWriter

    packets = [on_link(link, body) for body in scapy_bodies()]
    for number, packet in enumerate(packets):
        packet.time = 1000.0 + number / 8
    path = str(tmp_path / f"scapy{suffix}")
    writer = PcapNgWriter(path) if suffix == ".pcapng" else PcapWriter(path)
    for packet in packets:
        writer.write(packet)
    writer.close()
    capture = read_capture(path)
    assert capture.hosts == ["192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8::2"]
    assert capture.started == 1000.0 and [sent.sent for sent in capture.segments] == [0.0, 0.125, 0.25, 0.375]
    segments = [sent.segment for sent in capture.segments]
    assert [(one.seq, one.flags, one.payload) for one in segments[:2]] == [
        (7, Flags.SYN, b""),
        (8, Flags.PSH | Flags.ACK, b"hello"),
    ]
    assert segments[0] == segments[2] and dict(capture.skipped) == {"UDP": 1}


@pytest.mark.parametrize("link", ["raw", "ethernet", "loopback"])
@pytest.mark.parametrize("suffix", [".pcap", ".pcapng"])
def test_scapy_reads_what_we_write(tmp_path: Path, suffix: str, link: str) -> None:
    from scapy.all import IP, TCP, rdpcap

    packets = packets_of(transfer(b"x" * 3000, mss=1000), tmp_path)
    written = rdpcap(str(write_capture(tmp_path / f"b{suffix}", packets, link=link)))
    assert [bytes(packet[IP]) for packet in written] == [data for _, data in packets]
    assert all(packet[TCP].sport in (50000, 80) for packet in written)


# tshark가 같은 말을 하는가


def tshark(path: Path, *fields: str) -> list[list[str]]:
    arguments = [part for field in fields for part in ("-e", field)]
    command = [str(TSHARK), "-r", str(path), "-T", "fields", "-o", "tcp.relative_sequence_numbers:FALSE", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=True, timeout=60)
    return [line.split("\t") for line in done.stdout.splitlines()]


@pytest.mark.skipif(TSHARK is None, reason="tshark가 없다")
@pytest.mark.parametrize("suffix", [".pcap", ".pcapng"])
@pytest.mark.parametrize("link", ["raw", "ethernet", "loopback"])
def test_tshark_reads_the_same_fields(tmp_path: Path, link: str, suffix: str) -> None:
    path = write_capture(tmp_path / f"c{suffix}", packets_of(closed_window(), tmp_path), link=link)
    ours = read_capture(path)
    rows = tshark(
        path, "frame.time_relative", "ip.src", "tcp.srcport", "tcp.seq_raw", "tcp.len", "tcp.window_size_value"
    )
    assert [
        (float(time), src, int(port), int(seq), int(size), int(window)) for time, src, port, seq, size, window in rows
    ] == [
        (pytest.approx(sent.sent), ours.addresses[sent.src], sent.segment.src_port, sent.segment.seq,
         len(sent.segment.payload), sent.segment.window) for sent in ours.segments
    ]  # fmt: skip


@pytest.mark.skipif(TSHARK is None, reason="tshark가 없다")
def test_tshark_marks_the_same_frames(tmp_path: Path) -> None:
    path = transfer(b"x" * 8000, mss=1000, drops=[5]).to_pcap(tmp_path / "d.pcap", at=CLIENT)
    capture = read_capture(path, names=NAMES)
    again = [bool(row[0]) for row in tshark(path, "tcp.analysis.retransmission")]
    duplicates = [bool(row[0]) for row in tshark(path, "tcp.analysis.duplicate_ack")]
    found = analyze(capture, CLIENT)
    assert [one.is_retransmission for one in found] == again and sum(again) == 1
    assert [one.duplicate_of is not None for one in found] == duplicates


# 한 곳에서 본 것의 이름과 수


def test_loopback_ends_are_told_apart_by_port() -> None:
    from scapy.all import IP, TCP

    there = bytes(IP(src="127.0.0.1", dst="127.0.0.1") / TCP(sport=5000, dport=80, flags="S"))
    back = bytes(IP(src="127.0.0.1", dst="127.0.0.1") / TCP(sport=80, dport=5000, flags="SA", ack=1))
    assert from_packets([(0.0, there), (0.1, back)]).hosts == ["127.0.0.1:5000", "127.0.0.1:80"]
    named = from_packets([(0.0, there), (0.1, back)], names={"127.0.0.1:80": SERVER})
    assert named.hosts == ["127.0.0.1:5000", SERVER] and set(named.addresses.values()) == {"127.0.0.1"}


def test_an_empty_capture_is_empty(tmp_path: Path) -> None:
    assert len(from_packets([])) == 0 and len(read_capture(write_capture(tmp_path / "e.pcap", []))) == 0


def test_payload_cut_by_the_snap_length_still_counts(tmp_path: Path) -> None:
    whole = packets_of(transfer(b"x" * 3000, mss=1000), tmp_path)
    capture = from_packets([(time, data[:96]) for time, data in whole])
    assert capture.clipped == 3
    assert [sent.segment.length for sent in capture.segments] == [
        sent.segment.length for sent in from_packets(whole).segments
    ]


# 틀린 파일


def damaged(tmp_path: Path, suffix: str, change: Callable[[bytes], bytes]) -> Path:
    path = write_capture(tmp_path / f"bad{suffix}", packets_of(refused_port(), tmp_path))
    path.write_bytes(change(path.read_bytes()))
    return path


@pytest.mark.parametrize(
    ("suffix", "change", "said"),
    [
        (".pcap", lambda d: b"", "내용이 비어 있습니다"),
        (".pcap", lambda d: b"PK\x03\x04" + d, "첫 네 바이트가 50 4b 03 04입니다"),
        (".pcap", lambda d: d[:20], "24바이트가 필요한데 20바이트뿐입니다"),
        (".pcap", lambda d: d[:-5], "2번째 패킷이.* 잘렸습니다: 파일의 100바이트부터 40바이트여야 하는데 35바이트뿐"),
        (".pcap", lambda d: d[:90], "2번째 패킷의 헤더.* 84바이트부터 16바이트여야 하는데 6바이트뿐"),
        (".pcap", lambda d: d[:20] + struct.pack("<I", 147) + d[24:], "링크 종류 147번은 읽지 못합니다"),
        (".pcapng", lambda d: d[:-5], "pcapng의 4번째 블록.* 잘렸습니다"),
        (".pcapng", lambda d: d[:-4] + b"\0\0\0\0", "앞뒤 길이가 다릅니다"),
        (".pcapng", lambda d: d[:8] + b"\0\0\0\0" + d[12:], "바이트 순서를 알 수 없습니다"),
        (".pcapng", lambda d: d[:28], "인터페이스 블록이 없습니다"),
    ],
)
def test_a_bad_file_says_what_and_where(
    tmp_path: Path, suffix: str, change: Callable[[bytes], bytes], said: str
) -> None:
    with pytest.raises(CaptureError, match=said):
        read_capture(damaged(tmp_path, suffix, change))


def test_a_bad_header_says_which_packet(tmp_path: Path) -> None:
    (time, good), *_ = packets_of(refused_port(), tmp_path)
    with pytest.raises(CaptureError, match="2번째 패킷: TCP 헤더가 다 담기지 않았습니다"):
        from_packets([(time, good), (time, good[:30])])
    broken = good[:32] + b"\x10" + good[33:]  # 데이터 오프셋 1
    with pytest.raises(CaptureError, match="1번째 패킷: TCP 헤더가 잘못되었습니다"):
        from_packets([(time, broken)])
    with pytest.raises(CaptureError, match="IPv4 헤더가 잘렸습니다"):
        from_packets([(time, good[:10])])
    with pytest.raises(ValueError, match="모르는 링크입니다: wifi"):
        write_capture(tmp_path / "x.pcap", [(time, good)], link="wifi")
