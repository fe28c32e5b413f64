"""장면 하나를 여는 법: 진짜 커널, 기록, 라이브러리.

강의: lessons/16_capstone.ipynb
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from typing import Literal

from tcpedu.protocol.config import Config
from tcpedu.protocol.connection import Connection
from tcpedu.protocol.profiles import LINUX

from .exchange import Fetching, Serving, page
from .kernel_lab import KernelLab, KernelLabError
from .kernel_peer import KernelPeer, kernel_client, kernel_server
from .link_wire import LinkWire
from .recorded_wire import RecordedWire
from .recording import Recording
from .scene import ISS, KERNEL_CLIENT_PORT, KERNEL_SERVER_PORT, SCENES, SERVE_CONFIG, Scene
from .sim_wire import SimWire
from .system import RECORDED, kernel_obstacle
from .wire import Wire

__all__ = ["ISS", "SCENES", "Scene", "SceneWire", "Source", "open_live", "open_wire", "probe"]

Source = Literal["live", "recorded", "library"]
SOURCE_VARIABLE = "TCPEDU_WIRE"  # 환경 변수: live, recorded, library. `prefer`를 주지 않았을 때 쓴다


class SceneWire(LinkWire):
    """연 장면. `reason`은 진짜 커널이 아닌 까닭이다.

    진짜 커널일 때 `lab`은 실습실, `kernel`은 커널 쪽 응용 프로그램이고, 아니면 둘 다 `None`이다. `departure`는 기록과
    처음 달라진 곳이다(기록이 아니거나 똑같이 보냈으면 `None`).
    """

    def __init__(
        self, scene: Scene, inner: Wire, received: Callable[[], bytes], *, reason: str | None = None,
        lab: KernelLab | None = None, kernel: KernelPeer | None = None, closing: ExitStack | None = None,
    ) -> None:  # fmt: skip
        super().__init__(inner, delay=scene.delay, loss=scene.loss(), reorder=scene.reorder())
        self.scene, self.reason, self.lab, self.kernel = scene, reason, lab, kernel
        self._received = received
        self._closing = closing or ExitStack()

    @property
    def departure(self) -> str | None:
        return self.inner.departure if isinstance(self.inner, RecordedWire) else None

    def peer_received(self) -> bytes:
        """건너편의 응용 프로그램이 받은 바이트 전부. 대화가 끝난 뒤에 부른다."""
        return self._received()

    def close(self) -> None:
        super().close()
        self._closing.close()


def open_wire(scene: str | Scene = "fetch", prefer: Source | None = None) -> SceneWire:
    """장면을 열고 커널 쪽 응용 프로그램을 시작한다. 이쪽은 `fetch`나 `serve`로 나선다.

    진짜 커널을 쓸 수 있으면 그것을, 아니면 까닭(`reason`)과 함께 기록을 돌려준다. `prefer`나 환경 변수 TCPEDU_WIRE로
    "recorded"(언제나 기록) 또는 "library"(라이브러리의 TCP)를 고를 수 있다. 기록은 `SCENES`의 장면에만 있다.
    """
    chosen = SCENES[scene] if isinstance(scene, str) else scene
    source = prefer or os.environ.get(SOURCE_VARIABLE) or "live"
    if source == "library":
        return _with_library(chosen)
    if source == "recorded":
        return _from_recording(chosen, "기록을 골랐습니다")
    if source != "live":
        raise ValueError(f'"live", "recorded", "library" 가운데 하나여야 합니다: {source}')
    try:
        return open_live(chosen)
    except KernelLabError as error:
        return _from_recording(chosen, str(error))


def open_live(scene: Scene, tap: Callable[[Wire], Wire] | None = None) -> SceneWire:
    """진짜 커널과의 장면. 할 수 없으면 `KernelLabError`. `tap`은 커널과 길 사이에 끼울 전선이다."""
    closing = ExitStack()
    lab = KernelLab()
    try:
        peer = _kernel_side(scene, lab)
    except KernelLabError:
        lab.close()
        raise
    closing.callback(peer.join)
    closing.callback(lab.close)  # 거꾸로 부른다: 실습실을 닫아야 기다리던 스레드가 끝난다
    inner = tap(lab.wire) if tap is not None else lab.wire
    return SceneWire(scene, inner, peer.result, lab=lab, kernel=peer, closing=closing)


def _kernel_side(scene: Scene, lab: KernelLab) -> KernelPeer:
    if scene.kernel == "server":
        return kernel_server(lab, page(scene.size), port=KERNEL_SERVER_PORT, congestion=scene.congestion)
    buffer = 8192 if scene.pause else None
    return kernel_client(
        lab, SERVE_CONFIG.local_port, local_port=KERNEL_CLIENT_PORT, pause=scene.pause, buffer=buffer,
        congestion=scene.congestion,
    )  # fmt: skip


def _from_recording(scene: Scene, reason: str) -> SceneWire:
    if SCENES.get(scene.name) != scene:
        raise KernelLabError(f"{reason}. 이 장면은 기록이 없습니다. 기록이 있는 장면: {', '.join(SCENES)}")
    wire = RecordedWire(Recording.load(scene.name), reason)
    return SceneWire(scene, wire, wire.received, reason=reason)


def _with_library(scene: Scene) -> SceneWire:
    if scene.pause:
        raise ValueError(f"{scene.name} 장면은 커널과만 할 수 있습니다")
    if scene.kernel == "server":
        server = Serving(Connection(_linux(scene, KERNEL_SERVER_PORT, None), iss=ISS), lambda request: scene.response)
        return SceneWire(scene, SimWire(server.endpoint, server.step), partial(_copy, server.request))
    client = Fetching(Connection(_linux(scene, KERNEL_CLIENT_PORT, SERVE_CONFIG.local_port), iss=ISS))
    return SceneWire(scene, SimWire(client.endpoint, client.step), partial(_copy, client.received))


def _copy(data: bytearray) -> bytes:
    return bytes(data)


def _linux(scene: Scene, local_port: int, remote_port: int | None) -> Config:
    """리눅스처럼 움직이는 건너편. MSS는 장면의 것이다."""
    return replace(LINUX, local_port=local_port, remote_port=remote_port, mss=scene.config.mss)


def probe() -> str:
    """이 컴퓨터가 진짜 커널 실습을 할 수 있는지 한 문장으로.

    >>> probe().endswith("니다")
    True
    """
    obstacle = kernel_obstacle()
    if obstacle is None:
        return "이 컴퓨터의 커널과 직접 이야기할 수 있습니다"
    return f"{obstacle}. {RECORDED}"
