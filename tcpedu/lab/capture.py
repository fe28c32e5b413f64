"""진짜 캡처를 기록(`Trace`)으로: 강의의 그림과 표, Wireshark의 표시가 그대로 받는다.

    capture = read_capture("slow.pcapng")
    sequence_diagram(capture)
    analyze(capture, capture.hosts[0])

강의: lessons/14_troubleshooting.ipynb
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tcpedu.network.trace import Trace

from .capture_file import CaptureError, read_file, write_file
from .frames import Unwrapped, ip_packet_of, linktype_of, unwrap, wrap

__all__ = ["Capture", "CaptureError", "from_packets", "read_capture", "write_capture"]


@dataclass(slots=True)
class Capture(Trace):
    """한 곳에서 잡은 캡처. 시뮬레이션의 기록과 똑같이 쓸 수 있다.

    시각은 첫 패킷을 0으로 센 초이고, `started`가 그 첫 패킷의 시각이다. 한 곳에서 보았으므로 보낸 시각과 도착한
    시각이 같고, 상태와 변수는 없다. 호스트의 이름은 IP 주소다. 두 쪽의 주소가 같으면(루프백) `주소:포트`다.
    `packets`는 IP 패킷의 바이트, `skipped`는 {TCP가 아닌 것: 수}, `clipped`는 데이터가 다 담기지 않은 패킷의 수다.
    """

    started: float = 0.0
    packets: list[tuple[float, bytes]] = field(default_factory=list, repr=False)
    skipped: Counter[str] = field(default_factory=Counter)
    clipped: int = 0


def read_capture(path: str | Path, *, names: Mapping[str, str] | None = None) -> Capture:
    """pcap이나 pcapng 파일을 읽는다. 이더넷, 루프백, 링크 헤더가 없는 것을 안다.

    `names`는 {주소 또는 `주소:포트`: 그림에 쓸 이름}. 잘리거나 틀린 파일은 `CaptureError`.
    """
    linktype, frames = read_file(path)
    packets = []
    for number, (time, frame) in enumerate(frames, 1):
        packet = ip_packet_of(frame, linktype)
        packets.append((time, packet or b"", _numbered(number, packet)))
    return _build(packets, names or {})


def from_packets(packets: Iterable[tuple[float, bytes]], *, names: Mapping[str, str] | None = None) -> Capture:
    """(시각(초), IP 패킷)들로 만든다: TUN 장치를 지나간 것이 이렇다.

    >>> from tcpedu.network.pcap import ip_packet
    >>> from tcpedu.protocol.segment import Flags, Segment
    >>> syn = ip_packet("10.0.0.1", "10.0.0.2", Segment(50000, 80, seq=100, flags=Flags.SYN))
    >>> capture = from_packets([(7.0, syn), (8.0, syn)], names={"10.0.0.1": "클라이언트", "10.0.0.2": "서버"})
    >>> [(sent.sent, sent.src, sent.note) for sent in capture.segments]
    [(0.0, '클라이언트', ''), (1.0, '클라이언트', '재전송')]
    """
    seen = [(time, packet, _numbered(number, packet)) for number, (time, packet) in enumerate(packets, 1)]
    return _build(seen, names or {})


def write_capture(path: str | Path, packets: Iterable[tuple[float, bytes]], *, link: str = "raw") -> Path:
    """(시각(초), IP 패킷)들을 Wireshark가 여는 파일로 쓴다. 이름이 `.pcapng`으로 끝나면 pcapng이다.

    `link`는 `raw`(IP부터), `ethernet`, `loopback` 가운데 하나다.
    """
    linktype = linktype_of(link)
    return write_file(path, ((time, wrap(packet, linktype)) for time, packet in packets), linktype)


def _numbered(number: int, packet: bytes | None) -> Unwrapped:
    try:
        return unwrap(packet)
    except CaptureError as error:
        raise CaptureError(f"{number}번째 패킷: {error}") from error


def _build(seen: list[tuple[float, bytes, Unwrapped]], names: Mapping[str, str]) -> Capture:
    capture = Capture(started=seen[0][0] if seen else 0.0)
    capture.packets = [(time, packet) for time, packet, _ in seen if packet]
    # 두 쪽의 주소가 같으면 포트까지 적어야 갈린다.
    shared = {inside.src for _, _, inside in seen if inside.segment and inside.src == inside.dst}
    for time, _, inside in seen:
        if inside.segment is None:
            capture.skipped[inside.kind] += 1
            continue
        capture.clipped += bool(inside.missing)
        ends = ((inside.src, inside.segment.src_port), (inside.dst, inside.segment.dst_port))
        src, dst = (_name(capture, address, port, shared, names) for address, port in ends)
        sent = capture.record(src, dst, inside.segment, round(time - capture.started, 6))
        sent.arrivals, sent.received_after = (sent.sent,), (sent.number,)
    return capture


def _name(capture: Capture, address: str, port: int, shared: set[str], names: Mapping[str, str]) -> str:
    """그림에 쓸 이름. 처음 보는 것이면 호스트로 더한다."""
    end = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
    name = names.get(end) or names.get(address) or (end if address in shared else address)
    if name not in capture.addresses:
        capture.hosts.append(name)
        capture.addresses[name] = address
    return name
