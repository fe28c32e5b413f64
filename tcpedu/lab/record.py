"""커널과의 대화를 새로 기록한다: `python -m tcpedu.lab.record [장면 …]`.

라이브러리의 연결을 이 컴퓨터의 커널과 이야기하게 하고, TUN에서 본 그대로 recordings/에 적는다.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tcpedu.protocol.connection import Connection

from .exchange import fetch, serve
from .recording import FOLDER, Recording, RecordingWire
from .scenes import ISS, SCENES, Scene, open_live
from .tun_wire import kernel_name
from .wire import Wire


def record(scene: Scene) -> Recording:
    """장면을 진짜 커널과 한 번 하고 그 기록을 돌려준다. 할 수 없는 컴퓨터면 `KernelLabError`."""
    taps: list[RecordingWire] = []

    def tap(inner: Wire) -> RecordingWire:
        taps.append(RecordingWire(inner))
        return taps[0]

    endpoint = Connection(scene.config, iss=ISS)
    with open_live(scene, tap) as wire:
        if scene.kernel == "server":
            talked = fetch(endpoint, wire)
        else:
            serve(endpoint, wire, lambda request: scene.response)
            talked = wire.peer_received()
    if talked != scene.response:
        raise RuntimeError(f"{scene.name}: 받은 것이 보낸 것과 다릅니다")
    return Recording(scene.name, kernel_name(), scene.congestion or "", wire.local, wire.peer, tuple(taps[0].packets))


def main(names: list[str]) -> None:
    """고른 장면(없으면 모두)을 기록한다."""
    folder = Path(__file__).with_name(FOLDER)
    folder.mkdir(exist_ok=True)
    for name in names or list(SCENES):
        recording = record(SCENES[name])
        recording.save(folder)
        print(f"{name}: 패킷 {len(recording.packets)}개, {recording.packets[-1][0]:.2f}초")


if __name__ == "__main__":
    main(sys.argv[1:])
