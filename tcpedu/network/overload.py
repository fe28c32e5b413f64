"""말을 듣지 않는 흐름이 큐를 넘치게 할 때 큐가 언제 버리는가.

강의: lessons/11_modern_congestion_control.ipynb
"""

from __future__ import annotations

from tcpedu.protocol.segment import Segment

from .packet import Packet
from .queues import TailDrop


def drop_times(
    queue: TailDrop, *, arrivals: float = 2000.0, service: float = 1000.0, duration: float = 1.0
) -> list[float]:
    """1초에 `arrivals`개가 오고 `service`개가 나가는 큐가 버린 시각들. 보내는 쪽은 줄이지 않는다.

    >>> from tcpedu.network.queues import CoDel
    >>> drop_times(CoDel(limit=None), duration=0.3)
    [0.11, 0.211, 0.281]
    """
    packets: list[Packet] = []
    for tick in range(round(duration * service)):
        now = tick / service
        while len(packets) / arrivals <= now:
            packets.append(Packet(len(packets) + 1, "", "", Segment(1, 2, seq=0, payload=bytes(960)), now))
            queue.enqueue(packets[-1], (len(packets) - 1) / arrivals)
        queue.dequeue(now)
    return sorted(round(one.dropped_at, 6) for one in packets if one.dropped_at is not None)


__all__ = ["drop_times"]
