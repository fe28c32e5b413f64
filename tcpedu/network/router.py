"""라우터와 경로: 목적지로 가는 링크로 패킷을 넘긴다. 기다리는 줄은 링크마다 따로 있다."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import TYPE_CHECKING
from weakref import ref

from .owner import alive
from .packet import Packet

if TYPE_CHECKING:
    from .channel import Channel, Node
    from .simulation import Simulation


class Router:
    """TCP를 모르는 중간 장치. `Simulation.router`로 만든다. 그림에는 나오지 않는다."""

    def __init__(self, simulation: Simulation, name: str) -> None:
        self._simulation = ref(simulation)
        self.name = name

    def _arrive(self, packet: Packet) -> None:
        simulation = alive(self._simulation)
        simulation.routes[self.name, packet.dst].send((packet,), simulation.now)


class Routes(dict[tuple[str, str], "Channel"]):
    """(지금 있는 곳, 목적지) → 다음 채널. 길은 처음 쓸 때 찾는다.

    거치는 링크가 가장 적은 길이고, 라우터만 거쳐 간다. `nodes`는 이름 → 호스트나 라우터, `channels`는 (보내는 곳,
    이웃) → 채널이다. 링크가 늘면 `clear`로 찾아 둔 길을 잊는다. 길이 없으면 `ValueError`.
    """

    def __init__(self, nodes: Mapping[str, Node], channels: Mapping[tuple[str, str], Channel]) -> None:
        super().__init__()
        self._nodes = nodes
        self._channels = channels

    def __missing__(self, ends: tuple[str, str]) -> Channel:
        here, dst = ends
        first: dict[str, Channel] = {}
        waiting = deque([here])
        while waiting:
            place = waiting.popleft()
            for (source, target), channel in self._channels.items():
                if source != place or target == here or target in first:
                    continue
                first[target] = first.get(place, channel)
                if isinstance(self._nodes[target], Router):
                    waiting.append(target)
        if dst not in first:
            raise ValueError(f"{here}와 {dst}를 잇는 링크가 없습니다: sim.link(…)로 이으세요")
        self[ends] = first[dst]
        return first[dst]
