"""가상 시계로 도는 네트워크. 같은 씨앗이면 언제나 같은 일이 일어난다."""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable
from typing import Any

from tcpedu.protocol.segment import Segment

from .host import Host
from .link import ExtraDelay, Link, Loss, Packet
from .trace import Trace

MAX_EVENTS = 5_000_000  # 끝나지 않는 설정에서 노트북이 멈추지 않게 한다


class Simulation:
    """호스트와 링크, 그리고 사건을 시각 순서로 처리하는 가상 시계(초).

    >>> sim = Simulation()
    >>> client, server = sim.host("client"), sim.host("server")
    >>> link = sim.link(client, server, delay=0.05)
    >>> listener = server.listen(80, iss=300)
    >>> socket = client.connect(server, 80, iss=100)
    >>> print(sim.run().to_text())
    0.000000 client.50000 > server.80: Flags [S], seq 100, win 65535, options [mss 1460], length 0
    0.050000 server.80 > client.50000: Flags [S.], seq 300, ack 101, win 65535, options [mss 1460], length 0
    0.100000 client.50000 > server.80: Flags [.], ack 301, win 65535, length 0
    """

    def __init__(self, seed: int = 0) -> None:
        self.now = 0.0
        self.rng = random.Random(seed)
        self.trace = Trace()
        self._hosts: dict[str, Host] = {}
        self._links: dict[frozenset[str], Link] = {}
        self._events: list[tuple[float, int, Callable[..., Any], tuple[Any, ...]]] = []
        self._counter = 0

    def host(self, name: str, ip: str | None = None) -> Host:
        """호스트를 더한다. 주소를 주지 않으면 10.0.0.1부터 차례로 붙인다."""
        if name in self._hosts:
            raise ValueError(f"같은 이름의 호스트가 이미 있습니다: {name}")
        host = Host(self, name, ip or f"10.0.0.{len(self._hosts) + 1}")
        self._hosts[name] = host
        self.trace.hosts.append(name)
        self.trace.addresses[name] = host.ip
        return host

    def link(
        self, a: Host, b: Host, delay: float = 0.0, rate: float | None = None, queue: int | None = None,
        loss: Loss | None = None, reorder: ExtraDelay | None = None, duplicate: Loss | None = None,
    ) -> Link:  # fmt: skip
        """두 호스트를 잇는다. 인자의 뜻은 `Link`와 같다."""
        link = Link(delay=delay, rate=rate, queue=queue, loss=loss, reorder=reorder, duplicate=duplicate)
        self._links[frozenset((a.name, b.name))] = link
        return link

    def at(self, time: float, fn: Callable[..., Any], *args: Any) -> None:
        """시각 `time`에 `fn(*args)`를 부른다. 같은 시각이면 먼저 건 것이 먼저다."""
        self._counter += 1
        heapq.heappush(self._events, (max(time, self.now), self._counter, fn, args))

    def run(self, until: float | None = None) -> Trace:
        """일어날 일이 없어지거나 시각 `until`이 될 때까지 돌리고 기록을 돌려준다. 이어서 다시 부를 수 있다."""
        for _ in range(MAX_EVENTS):
            if not self._events or (until is not None and self._events[0][0] > until):
                break
            self.now, _, fn, args = heapq.heappop(self._events)
            fn(*args)
        else:
            raise RuntimeError(f"사건이 {MAX_EVENTS}개를 넘었습니다. run(until=…)으로 끝을 정하세요")
        if until is not None:
            self.now = max(self.now, until)
        return self.trace

    def _transmit(self, src: str, dst: str, segment: Segment) -> None:
        link = self._links.get(frozenset((src, dst)))
        if link is None:
            raise ValueError(f"{src}와 {dst}를 잇는 링크가 없습니다: sim.link(…)로 이으세요")
        sent = self.trace.record(src, dst, segment, self.now)
        packet = Packet(sent.number, src, dst, segment, self.now)
        arrivals, sent.dropped = link.carry(packet, self.now)
        sent.arrivals = tuple(arrivals)
        for arrival in arrivals:
            self.at(arrival, self._hosts[dst]._receive, src, segment)
