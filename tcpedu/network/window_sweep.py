"""수신 윈도우를 바꾸어 가며 처리율을 본다: BDP보다 작으면 윈도우가, 크면 길이 정한다 (RFC 7323 §1.1).

강의: lessons/13_performance_tuning.ipynb
"""

from __future__ import annotations

from dataclasses import dataclass

from tcpedu.protocol.config import Config
from tcpedu.protocol.tuning import max_throughput, window_scale_for

from .apps import bulk, sink
from .flow import follow
from .setup import CLIENT, PORT, pair

MSS = 1460
RATE, RTT = 20e6, 0.1


@dataclass(frozen=True)
class Swept:
    """윈도우 하나의 결과. 윈도우는 바이트, `goodput`은 비트/초, `rtt`는 길의 큐까지 더한 마지막 RTT(초)다."""

    window: int
    goodput: float
    rtt: float


def windowed(window: int, *, rate: float = RATE, rtt: float = RTT, duration: float = 4.0) -> Swept:
    """수신 버퍼가 `window`바이트인 상대에게 쉬지 않고 보낸다. 뒤쪽 절반의 시간에 도착한 것으로 센다.

    받는 프로그램은 오는 대로 읽고, 길의 큐에는 끝이 없다. `rate`는 비트/초, `rtt`는 초.

    >>> 4.8e6 < windowed(65_535).goodput < 5.3e6
    True
    """
    config = Config(
        mss=MSS, receive_buffer=window, window_scale=window_scale_for(window), send_buffer=4 << 20, delayed_ack=0.0,
        timestamps=True,
    )  # fmt: skip
    simulation, client, server = pair(rtt / 2, (), None, rate=rate)
    server.listen(PORT, config=config, on_accept=sink)
    bulk(client.connect(server, PORT, config=config))
    trace = simulation.run(until=duration)
    since = duration / 2
    arrived = sum(size for time, size, _ in follow(trace, CLIENT).arrivals if since < time <= duration)
    last = [sample for sample in trace.windows if sample.host == CLIENT and sample.srtt is not None][-1]
    return Swept(window, arrived * 8 / (duration - since), last.srtt or rtt)


def sweep(windows: list[int], *, rate: float = RATE, rtt: float = RTT) -> list[Swept]:
    """윈도우마다 한 번씩 돌린다."""
    return [windowed(window, rate=rate, rtt=rtt) for window in windows]


def ceiling(window: int, *, rate: float = RATE, rtt: float = RTT) -> float:
    """공식이 말하는 처리율, 비트/초: 윈도우 ÷ RTT와 길의 속도 가운데 작은 쪽.

    >>> ceiling(250_000) == RATE, ceiling(125_000) == RATE / 2
    (True, True)
    """
    return min(rate, max_throughput(window, rtt))
