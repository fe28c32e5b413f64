"""가상 시계로 도는 네트워크. 같은 씨앗이면 언제나 같은 일이 일어난다."""

from __future__ import annotations

import gc
import heapq
import random
from collections.abc import Callable, Iterable, Iterator
from itertools import count, repeat
from typing import Any

from tcpedu.protocol.segment import Segment

from .channel import Channel
from .host import Host
from .impairments import ExtraDelay, Loss
from .link import Link
from .packet import Ecn
from .queues import TailDrop
from .router import Router, Routes
from .trace import Trace

MAX_EVENTS = 5_000_000  # 끝나지 않는 설정에서 노트북이 멈추지 않게 한다
_Event = tuple[float, float, Callable[[Any], Any] | None, Any]  # (시각, 건 차례, 할 일, 그 인자)


class Simulation:
    """호스트와 링크, 그리고 사건을 시각 순서로 처리하는 가상 시계(초).

    변수에 담아 두어야 한다: 호스트와 소켓은 시뮬레이션을 붙들지 않으므로, 쓰는 이가 없으면 기록과 함께 곧바로
    없어진다.

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
        self._events: list[_Event] = []
        self._order = count(1)  # 같은 시각의 사건은 건 차례로
        self.now = 0.0
        self.rng = random.Random(seed)
        self.trace = Trace()
        self._nodes: dict[str, Host | Router] = {}
        self._channels: dict[tuple[str, str], Channel] = {}  # (보내는 곳, 이웃)
        self.routes = Routes(self._nodes, self._channels)

    def __del__(self) -> None:
        self._events.clear()  # 남은 사건이 호스트와 채널을 붙들지 않게: 아무도 처리하지 않을 것들이다

    # 만들기 ---------------------------------------------------------------

    def host(self, name: str, ip: str | None = None) -> Host:
        """호스트를 더한다. 주소를 주지 않으면 10.0.0.1부터 차례로 붙인다."""
        self._check_name(name)
        host = Host(self, name, ip or f"10.0.0.{len(self.trace.hosts) + 1}")
        self._nodes[name] = host
        self.trace.hosts.append(name)
        self.trace.addresses[name] = host.ip
        return host

    def router(self, name: str) -> Router:
        """라우터를 더한다. 호스트는 남의 패킷을 넘겨주지 않으므로, 여러 링크를 지나려면 있어야 한다."""
        self._check_name(name)
        router = self._nodes[name] = Router(self, name)
        return router

    def _check_name(self, name: str) -> None:
        if name in self._nodes:
            raise ValueError(f"같은 이름의 호스트가 이미 있습니다: {name}")

    def link(
        self, a: Host | Router, b: Host | Router, delay: float = 0.0, rate: float | None = None,
        queue: int | TailDrop | None = None, loss: Loss | None = None, reorder: ExtraDelay | None = None,
        duplicate: Loss | None = None, ecn: bool = False,
    ) -> Link:  # fmt: skip
        """두 곳을 잇는다. 인자의 뜻은 `Link`와 같다."""
        link = Link(delay=delay, rate=rate, queue=queue, loss=loss, reorder=reorder, duplicate=duplicate, ecn=ecn)
        for source, target in ((a, b), (b, a)):
            lengths = self.trace.queues.setdefault((source.name, target.name), []) if rate is not None else []
            self._channels[source.name, target.name] = link.channel(target, self, lengths)
        self.routes.clear()
        return link

    # 돌리기 ---------------------------------------------------------------

    def at(self, time: float, fn: Callable[..., Any], *args: Any) -> None:
        """시각 `time`에 `fn(*args)`를 부른다. 같은 시각이면 먼저 건 것이 먼저다."""
        time = time if time > self.now else self.now
        if len(args) == 1:
            heapq.heappush(self._events, (time, next(self._order), fn, args[0]))
        else:
            heapq.heappush(self._events, (time, next(self._order), _spread, (fn, args)))

    def run(self, until: float | None = None) -> Trace:
        """일어날 일이 없어지거나 시각 `until`이 될 때까지 돌리고 기록을 돌려준다. 이어서 다시 부를 수 있다."""
        events, collecting = self._events, gc.isenabled()
        end: _Event = (float("inf") if until is None else until, float("inf"), None, None)  # 그 시각의 맨 뒤에 선다
        heapq.heappush(events, end)
        gc.disable()  # 도는 동안 생기는 것은 거의 모두 기록으로 남는다: 되풀이해 훑어도 치울 것이 없다
        try:
            for time, _, fn, argument in map(heapq.heappop, repeat(events, MAX_EVENTS)):
                if fn is None:
                    break
                self.now = time
                fn(argument)  # CPython은 fn(*args)보다 이것을 훨씬 싸게 부른다
            else:
                raise RuntimeError(f"사건이 {MAX_EVENTS}개를 넘었습니다. run(until=…)으로 끝을 정하세요")
        except BaseException:
            events[:] = [event for event in events if event is not end]
            heapq.heapify(events)
            raise
        finally:
            if collecting:
                gc.enable()
        if until is not None:
            self.now = max(self.now, until)
        for channel in self._channels.values():
            channel.settle(self.now)
        return self.trace

    def instants(self, until: float) -> Iterator[float]:
        """시각 `until`까지 한 순간씩 돌린다. 그 시각에 일어날 일이 모두 끝날 때마다 시각을 내준다."""
        while self._events and self._events[0][0] <= until:
            self.run(until=self._events[0][0])
            yield self.now

    # 나르기 ---------------------------------------------------------------

    def _transmit(self, src: str, dst: str, segments: Iterable[Segment], ecn_capable: bool = False) -> None:
        """`src`가 `dst`로 보내는 세그먼트들을 기록하고 첫 링크에 싣는다."""
        route, now = self.routes[src, dst], self.now
        packets = self.trace.record_all(src, dst, segments, now)
        if ecn_capable:
            # RFC 3168 §6.1.4–6.1.5: 새 데이터에만 ECT를 단다. 순수 ACK와 재전송에는 달지 않는다.
            for packet in packets:
                if packet.segment.payload and not packet.note:
                    packet.ecn = Ecn.ECT_0
        route.send(packets, now)


def _spread(call: tuple[Callable[..., Any], tuple[Any, ...]]) -> None:
    """인자가 하나가 아닌 사건."""
    fn, args = call
    fn(*args)
