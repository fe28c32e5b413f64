"""배우는 사람의 TCP를 진짜 커널 앞에 세운다. 커널이 없는 컴퓨터에서는 기록 앞에 세우고 그렇다고 말한다.

강의: lessons/16_capstone.ipynb
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tcpedu.lab.exchange import fetch, serve
from tcpedu.lab.recorded_wire import RecordingError
from tcpedu.lab.scenes import ISS, SCENES, Scene, SceneWire, Source, open_wire
from tcpedu.lab.wire import KERNEL, ME, WireTimeoutError
from tcpedu.network.trace import Trace
from tcpedu.protocol.connection import Connection

_OFF_SCRIPT = (RecordingError, WireTimeoutError)


@dataclass(frozen=True, repr=False)
class Meeting:
    """커널과 나눈 대화 하나.

    `label`은 건너편이 무엇인지, `live`는 그것이 지금 도는 커널인지, `reason`은 아니면 그 까닭, `complete`는 응답이 한
    바이트도 틀리지 않고 다 갔는지, `instead`는 내 TCP 대신 라이브러리의 것을 세운 까닭이다.
    """

    label: str
    live: bool
    reason: str
    role: str
    size: int
    complete: bool
    state: str
    seconds: float
    trace: Trace
    instead: str = ""

    @property
    def lost(self) -> int:
        """길에서 잃은 세그먼트 수."""
        return sum(sent.dropped is not None for sent in self.trace.segments)

    @property
    def again(self) -> dict[str, int]:
        """두 쪽이 다시 보낸 세그먼트 수."""
        return {
            who: sum(sent.src == who and "재전송" in sent.note for sent in self.trace.segments) for who in (ME, KERNEL)
        }

    def save(self, path: str | Path) -> Path:
        """캡처로 남긴다. Wireshark로 열린다."""
        self.trace.to_pcap(str(path))
        return Path(path)

    def __repr__(self) -> str:
        went = "한 바이트도 틀리지 않고 갔다" if self.complete else "다 가지 못했다"
        again = ", ".join(f"{who} {count}개" for who, count in self.again.items())
        rows = [
            f"건너편: {self.label}" + ("" if self.live else f" — {self.reason}"),
            *([f"내 TCP 대신: {self.instead}"] if self.instead else []),
            f"나는 {self.role}: 응답 {self.size:,}바이트가 {went}",
            f"세그먼트 {len(self.trace)}개, 잃은 것 {self.lost}개, 다시 보낸 것: {again}",
            f"마지막 상태 {self.state}, {self.seconds:.2f}초",
        ]
        return "\n".join(rows)


def meet_kernel(
    tcp: Callable[..., Any], scene: str | Scene = "fetch", *, iss: int = ISS, prefer: Source | None = None
) -> Meeting:
    """`tcp`(MyTcp나 `Connection`)를 장면 하나에 세운다. `scene`은 `tcpedu.lab.scenes.SCENES`의 이름이나 `Scene`이다.

    기록은 그때와 다르게 움직이는 TCP에는 답할 줄 모른다. 그러면 라이브러리의 `Connection`으로 기록을 끝까지 보인다.
    """
    chosen = SCENES[scene] if isinstance(scene, str) else scene
    with open_wire(chosen, prefer) as wire:
        try:
            return _talk(tcp, chosen, wire, iss)
        except _OFF_SCRIPT as error:
            if wire.live or wire.reason is None:
                raise
            instead = f"라이브러리의 Connection ({error})"
    with open_wire(chosen, "recorded") as again:
        return _talk(Connection, chosen, again, ISS, wire.reason or "", instead)


def _talk(
    tcp: Callable[..., Any], scene: Scene, wire: SceneWire, iss: int, reason: str | None = None, instead: str = ""
) -> Meeting:
    endpoint = tcp(scene.config, iss=iss)
    if scene.kernel == "server":
        role, received = "클라이언트", fetch(endpoint, wire)
    else:
        role = "서버"
        serve(endpoint, wire, lambda request: scene.response)
        received = wire.peer_received()
    return Meeting(
        wire.label, wire.live, wire.reason or "" if reason is None else reason, role, len(scene.response),
        received == scene.response, endpoint.state.name, wire.now(), wire.trace, instead,
    )  # fmt: skip
