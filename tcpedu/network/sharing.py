"""병목 하나를 나눠 쓰는 상황들: 두 흐름, 버퍼블로트.

강의: lessons/11_modern_congestion_control.ipynb
"""

from __future__ import annotations

from collections.abc import Sequence

from tcpedu.protocol.config import Config

from .apps import bulk, sink
from .queues import TailDrop
from .setup import PORT
from .simulation import Simulation
from .topology import Dumbbell, dumbbell
from .trace import Trace


def _start(net: Dumbbell, configs: Sequence[Config], starts: Sequence[float]) -> None:
    simulation = net.simulation
    for sender, receiver, config, start in zip(net.senders, net.receivers, configs, starts, strict=True):
        receiver.listen(PORT, config=config, on_accept=sink)

        def begin(sender=sender, receiver=receiver, config=config) -> None:  # type: ignore[no-untyped-def]
            bulk(sender.connect(receiver, PORT, config=config))

        simulation.at(start, begin)


def two_flows(
    *, rate: float = 10e6, delay: float = 0.02, queue: int | TailDrop | None = 50, second_at: float = 2.0,
    access_delays: Sequence[float] = (), configs: tuple[Config, Config] | None = None, ecn: bool = False,
    duration: float = 20.0, seed: int = 0,
) -> Trace:  # fmt: skip
    """쉬지 않고 보내는 두 흐름이 병목을 나눈다. 둘째는 `second_at`초에 시작한다.

    `access_delays`로 흐름마다 다른 왕복 시간을, `configs`로 다른 혼잡 제어를 준다. 큐의 길이는 `trace.queues`에 있다.
    """
    net = dumbbell(
        Simulation(seed), 2, rate=rate, delay=delay, queue=queue, access_delays=access_delays, ecn=ecn
    )  # fmt: skip
    _start(net, configs or (Config(), Config()), (0.0, second_at))
    return net.simulation.run(until=duration)


def bufferbloat(
    *, rate: float = 2e6, delay: float = 0.02, queue: int | TailDrop | None = 500, config: Config | None = None,
    duration: float = 20.0, seed: int = 0,
) -> Trace:  # fmt: skip
    """느린 병목 앞의 너무 긴 큐: 처리율은 그대로인데 왕복 시간만 늘어난다. `queue=CoDel()`이면 사라진다 (RFC 8289)."""
    net = dumbbell(Simulation(seed), 1, rate=rate, delay=delay, queue=queue)
    _start(net, (config or Config(receive_buffer=1 << 20, window_scale=7),), (0.0,))
    return net.simulation.run(until=duration)
