"""재전송 타이머가 일하는 상황들: 조금씩 쓰는 쪽, 끊긴 길, 통째로 잃은 한 묶음, 잠깐 멈춘 길.

`drops`와 `delays`의 번호는 그림에 적힌 패킷의 번호다. 시간은 초, 크기는 바이트다.
강의: lessons/07_retransmission.ipynb
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from tcpedu.protocol.config import Config
from tcpedu.protocol.profiles import LINUX

from .apps import bulk, chatty_writer, sink
from .impairments import Loss
from .packet import Packet
from .setup import CLIENT, PORT, SERVER, pair
from .simulation import Simulation
from .trace import Trace

# 커널에서 잴 때 SACK, 타임스탬프, TLP, F-RTO를 껐다: 중복 ACK도 탐침도 없이 RTO만 남는다.
PLAIN_LINUX = replace(LINUX, sack=False, timestamps=False, frto=False)
SURE = Config(delayed_ack=0.0)  # 받는 쪽이 ACK를 미루지 않아야 왕복 시간이 길의 것 그대로다


def paced(
    *, pieces: int = 4, size: int = 100, every: float = 0.3, delay: float = 0.05, drops: Iterable[int] = (),
    delays: Mapping[int, float] | None = None, loss: Loss | None = None, config: Config = SURE, client_isn: int = 100,
    server_isn: int = 300,
) -> Trace:  # fmt: skip
    """연결하고 `every`초마다 `size`바이트씩 `pieces`번 쓴다. 닫지 않으므로 데이터와 ACK만 남는다.

    첫 조각이 4번 패킷이다. 번호 대신 손실의 모형을 `loss`로 줄 수도 있다.

    >>> [sent.segment.seq for sent in paced(pieces=2).segments if sent.segment.payload]
    [101, 201]
    """
    simulation, a, b = pair(delay, drops, delays, loss)
    config = replace(config, mss=size, nodelay=True)  # 앞 조각을 기다리거나 뒤의 것과 합치지 않는다
    b.listen(PORT, iss=server_isn, config=config, on_accept=sink)
    client = a.connect(b, PORT, iss=client_isn, config=config)
    chatty_writer(client, size, every=every, count=pieces, close=False)
    return simulation.run(until=3600.0)


def cut_path(*, size: int = 100, delay: float = 0.05, config: Config = SURE, until: float = 7200.0) -> Trace:
    """연결하고 1초 뒤에 길이 끊긴다. 그것을 모르는 클라이언트가 `size`바이트를 쓴다 (RFC 9293 §3.8.3)."""
    simulation, a, b = pair(delay, (), None, loss=lambda packet: packet.sent >= 1.0)
    b.listen(PORT, iss=300, config=config, on_accept=sink)
    client = a.connect(b, PORT, iss=100, config=config)
    simulation.at(1.0, client.send, bytes(size))
    return simulation.run(until=until)


def lost_flight(
    *, flight: int = 3, again: int = 3, segments: int = 100, mss: int = 1000, delay: float = 0.05,
    config: Config = PLAIN_LINUX,
) -> Trace:  # fmt: skip
    """`flight`번째 왕복에 보낸 것을 통째로 잃고, 그 뒤의 재전송도 `again`번 잃는다: 중복 ACK 없이 RTO만 남는다.

    초기 윈도우가 10이므로 왕복마다 10, 20, 40개를 보낸다.
    """
    window = 10 * (2**flight - 1)  # 마지막 왕복까지 보낸 데이터 세그먼트의 수
    first = 10 * (2 ** (flight - 1) - 1)
    count = 0

    def lose(packet: Packet) -> bool:
        nonlocal count
        if packet.src != CLIENT or not packet.segment.payload:
            return False
        count += 1
        return first < count <= window + again

    simulation, a, b = pair(delay, (), None, loss=lose)
    config = replace(config, mss=mss, receive_buffer=1 << 20)
    b.listen(PORT, iss=300, config=replace(config, delayed_ack=0.0), on_accept=sink)
    bulk(a.connect(b, PORT, iss=100, config=config), segments * mss)
    return simulation.run(until=60.0)


def stalled_path(
    *, start: float = 0.35, length: float = 1.5, segments: int = 200, mss: int = 1000, delay: float = 0.05,
    config: Config = SURE,
) -> Trace:  # fmt: skip
    """하나도 잃지 않지만 `start`부터 `length`초 동안 길이 멈춘다: 그사이의 패킷은 멈춤이 풀린 뒤에 도착한다.

    기지국을 옮기는 휴대전화가 이렇다. RTO가 멈춤보다 짧으면 모두 쓸데없는 재전송이다 (RFC 5682 §1).
    """
    end = start + length

    def wait(packet: Packet) -> float:
        return end - packet.sent if start <= packet.sent < end else 0.0

    simulation = Simulation()
    a, b = simulation.host(CLIENT), simulation.host(SERVER)
    simulation.link(a, b, delay=delay, reorder=wait)
    config = replace(config, mss=mss)
    b.listen(PORT, iss=300, config=config, on_accept=sink)
    bulk(a.connect(b, PORT, iss=100, config=config), segments * mss)
    return simulation.run(until=60.0)
