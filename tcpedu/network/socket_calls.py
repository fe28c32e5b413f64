"""소켓 호출의 대본을 시뮬레이터에서 되풀이한다: 진짜 루프백에서 한 일이 어떤 세그먼트였는지 본다 (RFC 9293 §3.9.1).

대본은 `lab.meeting`의 것과 같다. 대본의 상대가 클라이언트다. 강의: lessons/12_socket_programming.ipynb
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from tcpedu.protocol.config import Config

from .endpoint import Socket
from .setup import PORT, echo_eof, pair
from .trace import Trace

STEP = 0.5  # 동작 하나와 다음 동작의 사이(초). 오가던 것이 가라앉기에 넉넉하다
_ISS = {"client": 100, "server": 300}


def replay(
    script: Sequence[Sequence[Any]], *, step: float = STEP, delay: float = 0.05, drops: Iterable[int] = (),
    delays: Mapping[int, float] | None = None, config: Config | None = None,
) -> Trace:  # fmt: skip
    """대본의 `connect`, `send`, `shut`, `reset`, `close`는 클라이언트가, `reply`(받을 바이트 수)만큼은 서버가 쓴다.

    동작은 `step`초마다 하나씩, 첫 동작은 0초다. 서버는 클라이언트의 FIN을 보면 닫는다. `drops`는 잃을 세그먼트의
    번호, `delays`는 {번호: 늦출 초}이다. 강의: lessons/12_socket_programming.ipynb

    >>> trace = replay([("connect", "상대"), ("send", "상대", b"one"), ("send", "상대", b"two"), ("shut", "상대")])
    >>> [len(sent.segment.payload) for sent in trace.segments if sent.segment.payload]
    [3, 3]
    """
    simulation, a, b = pair(delay, drops, delays)
    config = config or Config(delayed_ack=0.0)
    servers: list[Socket] = []

    def accept(socket: Socket) -> None:
        servers.append(socket)
        echo_eof(socket)

    b.listen(PORT, iss=_ISS["server"], config=config, on_accept=accept)
    client = a.connect(b, PORT, iss=_ISS["client"], config=config)
    calls: dict[str, Callable[..., object]] = {
        "send": client.send, "shut": client.close, "close": client.close, "reset": client.abort,
        "reply": lambda size: servers[0].send(bytes(size)),
    }  # fmt: skip
    for number, (name, _, *rest) in enumerate(script):
        if name in calls:
            simulation.at(number * step, calls[name], *rest)
    return simulation.run(until=60.0)
