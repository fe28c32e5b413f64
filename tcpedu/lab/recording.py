"""커널과 나눈 대화의 기록: pcap 하나와 그 설명.

pcap은 TUN에서 잡은 그대로라 Wireshark로 열린다. 설명에는 커널의 판과 장면의 이름이 있다.
"""

from __future__ import annotations

import gzip
import io
import json
from dataclasses import asdict, dataclass, replace
from importlib.resources import files
from pathlib import Path

from tcpedu.network.pcap import file_bytes

from .wire import Wire

FOLDER = "recordings"


@dataclass(frozen=True)
class Recording:
    """대화 하나. `packets`는 (시각(초), IP 패킷)이고 두 방향이 섞여 있다. `local`이 연결, `peer`가 커널이다."""

    scene: str
    kernel: str
    congestion: str
    local: str
    peer: str
    packets: tuple[tuple[float, bytes], ...] = ()

    @classmethod
    def load(cls, scene: str) -> Recording:
        """강의에 딸린 기록. 없으면 `FileNotFoundError`."""
        folder = files("tcpedu.lab") / FOLDER
        described = json.loads((folder / f"{scene}.json").read_text(encoding="utf-8"))
        return replace(cls(**described), packets=_packets((folder / f"{scene}.pcap.gz").read_bytes()))

    def save(self, folder: Path) -> None:
        """`장면.json`과 `장면.pcap.gz`로 적는다. 적은 때는 남기지 않는다."""
        described = {name: value for name, value in asdict(self).items() if name != "packets"}
        text = json.dumps(described, ensure_ascii=False, indent=2) + "\n"
        (folder / f"{self.scene}.json").write_text(text, encoding="utf-8")
        (folder / f"{self.scene}.pcap.gz").write_bytes(gzip.compress(file_bytes(self.packets), mtime=0))


def _packets(compressed: bytes) -> tuple[tuple[float, bytes], ...]:
    import dpkt

    return tuple((float(time), bytes(data)) for time, data in dpkt.pcap.Reader(io.BytesIO(gzip.decompress(compressed))))


class RecordingWire(Wire):
    """지나가는 것을 모두 `packets`에 적는 전선. 시각은 이 전선을 끼운 때부터 센다."""

    def __init__(self, inner: Wire) -> None:
        self.inner = inner
        self.local, self.peer, self.live = inner.local, inner.peer, inner.live
        self.packets: list[tuple[float, bytes]] = []
        self._started = inner.now()

    @property
    def label(self) -> str:
        return self.inner.label

    def now(self) -> float:
        return self.inner.now() - self._started

    def read(self, timeout: float) -> bytes | None:
        packet = self.inner.read(timeout)
        if packet is not None:
            self.packets.append((self.now(), packet))
        return packet

    def write(self, packet: bytes) -> None:
        self.packets.append((self.now(), packet))
        self.inner.write(packet)

    def close(self) -> None:
        self.inner.close()
