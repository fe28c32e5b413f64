"""데이터를 보내는 상황들: 손실 하나, 몰아서 잃음, 꼬리를 잃음, 제로 윈도우, Nagle과 지연 ACK.

강의: lessons/08_flow_control.ipynb, lessons/10_loss_recovery.ipynb
"""

from __future__ import annotations

from collections.abc import Iterable

from tcpedu.protocol.config import Config

from .apps import Exchange, bulk, request_response, responder, sink, slow_reader
from .impairments import Loss, drop_data
from .setup import CLIENT, PORT, pair
from .trace import Trace


def _transfer(segments: int, mss: int, delay: float, rate: float | None, loss: Loss, config: Config | None) -> Trace:
    simulation, a, b = pair(delay, (), None, loss, rate=rate)
    config = config or Config(mss=mss)
    b.listen(PORT, iss=300, config=config, on_accept=sink)
    bulk(a.connect(b, PORT, iss=100, config=config), segments * config.mss)
    return simulation.run(until=120.0)


def one_loss(
    *, segments: int = 30, lost: int = 12, mss: int = 1000, delay: float = 0.05, rate: float | None = 10e6,
    config: Config | None = None,
) -> Trace:  # fmt: skip
    """데이터 세그먼트 `segments`개 가운데 `lost`번째 하나를 잃는다: 중복 ACK 셋과 빠른 재전송 (RFC 5681 §3.2)."""
    return _transfer(segments, mss, delay, rate, drop_data([lost], CLIENT), config)


def burst_loss(
    *, segments: int = 40, lost: Iterable[int] = range(12, 16), mss: int = 1000, delay: float = 0.05,
    rate: float | None = 10e6, config: Config | None = None,
) -> Trace:  # fmt: skip
    """잇단 데이터 세그먼트 여럿을 잃는다: SACK이 없으면 왕복마다 하나씩 되살린다 (RFC 6582, RFC 6675)."""
    return _transfer(segments, mss, delay, rate, drop_data(lost, CLIENT), config)


def tail_loss(
    *, segments: int = 10, lost: int = 2, mss: int = 1000, delay: float = 0.05, rate: float | None = 10e6,
    config: Config | None = None,
) -> Trace:  # fmt: skip
    """마지막 데이터 세그먼트 `lost`개를 잃는다: 중복 ACK를 일으킬 것이 뒤에 없어 RTO를 기다린다 (RFC 8985 §7)."""
    return _transfer(segments, mss, delay, rate, drop_data(range(segments - lost + 1, segments + 1), CLIENT), config)


def zero_window(
    *, size: int = 12_000, buffer: int = 4000, chunk: int = 2000, every: float = 0.5, start: float = 5.0,
    mss: int = 1000, delay: float = 0.05, config: Config | None = None,
) -> Trace:  # fmt: skip
    """받는 응용 프로그램이 `start`초가 지나서야 조금씩 읽는다: 제로 윈도우와 탐침, 윈도우 갱신 (RFC 9293 §3.8.6.1)."""
    simulation, a, b = pair(delay, (), None)
    server = Config(mss=mss, receive_buffer=buffer)
    b.listen(PORT, iss=300, config=server, on_accept=slow_reader(chunk, every, start=start))
    bulk(a.connect(b, PORT, iss=100, config=config or Config(mss=mss)), size)
    return simulation.run(until=120.0)


def nagle_delayed_ack(
    *, nodelay: bool = False, delayed_ack: float = 0.2, count: int = 3, pieces: int = 2, delay: float = 0.01
) -> tuple[Trace, list[float]]:
    """요청을 둘로 나눠 쓰고 응답을 기다리기를 되풀이한다(write-write-read): (기록, 요청마다 걸린 시간).

    Nagle 알고리즘은 첫 조각의 ACK를, 지연 ACK는 둘째 조각을 기다려 서로 `delayed_ack`초를 허비한다
    (RFC 9293 §3.7.4, §3.8.6.3). `nodelay`, `delayed_ack=0`, `pieces=1` 가운데 하나면 사라진다.
    """
    simulation, a, b = pair(delay, (), None)
    b.listen(PORT, iss=300, config=Config(delayed_ack=delayed_ack), on_accept=responder(200, 100))
    socket = a.connect(b, PORT, iss=100, config=Config(nodelay=nodelay))
    exchange: Exchange = request_response(socket, request=200, response=100, count=count, pieces=pieces, think=0.5)
    return simulation.run(until=60.0), exchange.latencies
