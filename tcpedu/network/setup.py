"""상황들이 함께 쓰는 준비: 링크 하나로 이은 클라이언트와 서버."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tcpedu.protocol.config import Config

from .endpoint import Socket
from .host import Host
from .impairments import Loss, bernoulli, drop, either, hold
from .simulation import Simulation

CLIENT, SERVER = "클라이언트", "서버"
PORT = 80
FULL_OPTIONS = Config(window_scale=7, sack=True, timestamps=True)


def pair(
    delay: float, drops: Iterable[int], delays: Mapping[int, float] | None, loss: Loss | None = None, seed: int = 0,
    names: tuple[str, str] = (CLIENT, SERVER), rate: float | None = None,
) -> tuple[Simulation, Host, Host]:  # fmt: skip
    """링크 하나로 이은 클라이언트와 서버."""
    simulation = Simulation(seed)
    client, server = (simulation.host(name) for name in names)
    simulation.link(client, server, delay=delay, rate=rate, loss=either(loss, drop(drops)), reorder=hold(delays or {}))
    return simulation, client, server


def close(socket: Socket) -> None:
    """닫는다."""
    socket.close()


def echo_eof(socket: Socket) -> None:
    """상대가 닫으면 닫는다."""
    socket.on_eof = close


def lossy(rate: float, seed: int) -> Loss | None:
    """손실률이 0이면 손실 모형이 없다."""
    return bernoulli(rate, seed) if rate else None
