"""라우터: 목적지로 가는 링크로 패킷을 넘긴다. 기다리는 줄은 링크마다 따로 있다."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .packet import Packet

if TYPE_CHECKING:
    from .simulation import Simulation


class Router:
    """TCP를 모르는 중간 장치. `Simulation.router`로 만든다. 그림에는 나오지 않는다."""

    def __init__(self, simulation: Simulation, name: str) -> None:
        self.simulation = simulation
        self.name = name

    def _arrive(self, packet: Packet) -> None:
        self.simulation._channel_toward(self.name, packet.dst).send(packet, self.simulation.now)
