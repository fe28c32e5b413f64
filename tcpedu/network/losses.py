"""손실에서 회복하기까지: 같은 손실을 여러 방법으로 겪게 하고, 무엇을 다시 보냈고 언제 끝났는지 잰다.

시간은 초다. 왕복은 0.1초, MSS는 1000바이트라 숫자를 눈으로 따라갈 수 있다.
강의: lessons/10_loss_recovery.ipynb
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from tcpedu.protocol.config import Config

from .apps import bulk, sink
from .flow import follow
from .host import Host
from .impairments import ExtraDelay, Loss
from .packet import Packet
from .setup import CLIENT, PORT, SERVER, pair
from .simulation import Simulation
from .trace import Trace

MSS = 1000
DELAY = 0.05
RATE = 100e6  # 세그먼트마다 0.08 ms: 한꺼번에 보낸 것도 차례로 도착한다
_PLAIN = Config(mss=MSS, delayed_ack=0.0, receive_buffer=1 << 20, window_scale=7)

METHODS: dict[str, Config] = {
    "중복 ACK": _PLAIN,
    "SACK": replace(_PLAIN, sack=True),
    "RACK-TLP": replace(_PLAIN, sack=True, loss_detection="rack"),
}
"""손실을 알아내는 방법 → 설정: NewReno(RFC 6582), RFC 6675, RFC 8985. 나머지는 모두 같다."""


def recovering(
    method: str | Config = "중복 ACK", *, segments: int = 8, drops: Iterable[int] = (),
    delays: Mapping[int, float] | None = None, loss: Loss | None = None, rate: float | None = RATE,
    client_isn: int = 100, server_isn: int = 300, until: float = 30.0,
) -> Trace:  # fmt: skip
    """데이터 세그먼트 `segments`개를 한꺼번에 쓰고 닫지 않는다.

    `method`는 `METHODS`의 이름이나 설정, `drops`와 `delays`는 패킷의 번호(핸드셰이크가 1–3번)다.

    >>> measure(recovering("SACK", drops=[5])).again
    1
    """
    simulation, client, server = pair(DELAY, drops, delays, loss, rate=rate)
    return _send(simulation, client, server, method, segments, until, client_isn, server_isn)


def data_loss(lost: Mapping[int, int] | Iterable[int]) -> Loss:
    """`lost`번째(1부터) 데이터 세그먼트를 잃는다. {차례: 번}이면 그것을 보낼 때마다 처음 몇 번을 잃는다."""
    left = dict(lost) if isinstance(lost, Mapping) else dict.fromkeys(lost, 1)
    order: dict[int, int] = {}

    def lose(packet: Packet) -> bool:
        if packet.src != CLIENT or not packet.segment.payload:
            return False
        nth = order.setdefault(packet.segment.seq, len(order) + 1)
        left[nth] = left.get(nth, 0) - 1
        return left[nth] >= 0

    return lose


def late(method: str | Config, delays: Mapping[int, float], *, segments: int = 200) -> Trace:
    """{차례: 초}의 데이터 세그먼트(1부터)가 그만큼 늦게 도착한다. 잃는 것은 없고 차례만 바뀐다."""
    order: dict[int, int] = {}

    def extra(packet: Packet) -> float:
        if packet.src != CLIENT or not packet.segment.payload or packet.segment.seq in order:
            return 0.0
        nth = order[packet.segment.seq] = len(order) + 1
        return delays.get(nth, 0.0)

    return _through(method, extra, segments)


def stalled(method: str | Config, *, at: float = 0.35, by: float = 1.5, segments: int = 200) -> Trace:
    """`at`초에 길이 `by`초 동안 멈춘다: 그사이 떠난 것은 멈춤이 풀린 뒤에 도착한다. 잃는 것은 없다."""
    return _through(method, lambda packet: max(0.0, at + by - packet.sent) if packet.sent >= at else 0.0, segments)


def _through(method: str | Config, extra: ExtraDelay, segments: int) -> Trace:
    simulation = Simulation()
    client, server = simulation.host(CLIENT), simulation.host(SERVER)
    simulation.link(client, server, delay=DELAY, rate=RATE, reorder=extra)
    return _send(simulation, client, server, method, segments, 30.0)


def _send(
    simulation: Simulation, client: Host, server: Host, method: str | Config, segments: int, until: float,
    client_isn: int = 100, server_isn: int = 300,
) -> Trace:  # fmt: skip
    config = METHODS[method] if isinstance(method, str) else method
    server.listen(PORT, iss=server_isn, config=config, on_accept=sink)
    bulk(client.connect(server, PORT, iss=client_isn, config=config), segments * config.mss, close=False)
    return simulation.run(until=until)


@dataclass(frozen=True)
class Recovered:
    """회복의 성적: 다시 보낸 수, 그 가운데 이미 도착해 있던 것, 타임아웃, 첫 데이터부터 다 확인받기까지 걸린 시간."""

    again: int
    needless: int
    timeouts: int
    seconds: float

    @property
    def row(self) -> dict[str, float]:
        """표의 한 줄."""
        return {
            "다시 보냄": self.again, "그 가운데 필요 없던 것": self.needless, "타임아웃": self.timeouts,
            "걸린 시간(초)": round(self.seconds, 3),
        }  # fmt: skip


def measure(trace: Trace) -> Recovered:
    """기록에서 회복의 성적을 낸다."""
    flow = follow(trace, CLIENT)
    end = max(one.end for one in flow.sent)
    finished = next((time for time, ack in flow.acked if ack >= end), float("inf"))
    needless = sum(not new for _, _, new in flow.arrivals)
    return Recovered(flow.retransmissions, needless, flow.count("timeout"), finished - flow.sent[0].time)


def resent(trace: Trace) -> list[tuple[float, int]]:
    """다시 보낸 (시각, 몇 번째 데이터 세그먼트)들."""
    return [(one.time, (one.start - 1) // MSS + 1) for one in follow(trace, CLIENT).sent if one.again]


__all__ = ["METHODS", "MSS", "Recovered", "data_loss", "late", "measure", "recovering", "resent", "stalled"]
