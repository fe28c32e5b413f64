"""키를 하나씩 보내는 터미널: 작은 세그먼트가 얼마나 오가는가 (RFC 896, RFC 9293 §3.7.4).

강의: lessons/08_flow_control.ipynb
"""

from __future__ import annotations

from dataclasses import replace

from tcpedu.protocol.config import Config

from .apps import chatty_writer, sink
from .setup import CLIENT, PORT, pair
from .trace import Trace

HEADERS = 40  # 옵션 없는 IPv4 헤더와 TCP 헤더


def keystrokes(
    *, nagle: bool, rtt: float = 5.0, every: float = 0.2, count: int = 25, config: Config | None = None
) -> Trace:
    """`every`초마다 1바이트씩 `count`번 쓴다. 기본값은 RFC 896이 든 터미널의 예다.

    RTT가 1초의 기본 RTO보다 길어도 다시 보내지 않게 첫 RTO를 RTT의 네 배로 둔다. `config`는 두 쪽이 함께 쓰는 나머지
    설정이다.

    >>> [len(sent.segment.payload) for sent in keystrokes(nagle=True).segments if sent.segment.payload]
    [1, 24]
    """
    config = replace(config or Config(), nodelay=not nagle, initial_rto=max(1.0, 4 * rtt))
    simulation, client, server = pair(rtt / 2, (), None)
    server.listen(PORT, iss=300, config=config, on_accept=sink)
    chatty_writer(client.connect(server, PORT, iss=100, config=config), every=every, count=count, close=False)
    return simulation.run(until=count * every + 10 * rtt + 10)


def overhead(trace: Trace) -> float:
    """헤더가 데이터의 몇 배인가: 클라이언트가 보낸 데이터 세그먼트만 센다.

    >>> overhead(keystrokes(nagle=False)), overhead(keystrokes(nagle=True))
    (40.0, 3.2)
    """
    sizes = [len(sent.segment.payload) for sent in trace.segments if sent.src == CLIENT and sent.segment.payload]
    return HEADERS * len(sizes) / sum(sizes)
