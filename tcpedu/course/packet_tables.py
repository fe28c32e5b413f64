"""강의가 쓰는 표들: 이름마다, 난수로 새 수의 표를 만드는 함수 하나."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from tcpedu.network import scenarios
from tcpedu.network.endpoint import Socket
from tcpedu.network.packet_table import BASIC, NEEDED, PacketTable
from tcpedu.network.setup import PORT, echo_eof, pair
from tcpedu.network.trace import Trace
from tcpedu.protocol.config import Config
from tcpedu.protocol.seqnum import MODULUS

# 좁은 화면에서도 다 보이게, 엇갈리거나 사라지는 표에서는 윈도우를 빼고 도착 시각을 넣는다.
WITH_ARRIVAL = (*NEEDED[:1], "time", *NEEDED[1:], "arrived")
WITH_LOSS = (*WITH_ARRIVAL, "note")


def isn(rng: Random, span: int = 1) -> int:
    """초기 순서 번호 하나. 셋 가운데 한 번은, `span`개의 번호를 쓰는 사이에 한 바퀴를 도는 번호다.

    >>> 0 <= isn(Random(1)) < 2**32
    True
    """
    return MODULUS - rng.randint(1, span) if rng.random() < 1 / 3 else rng.randrange(1, MODULUS - span)


def isns(rng: Random, client: int = 1, server: int = 1) -> dict[str, Any]:
    """상황에 넘길 두 쪽의 초기 순서 번호. `client`와 `server`는 쪽마다 쓸 번호의 수다."""
    return {"client_isn": isn(rng, client), "server_isn": isn(rng, server)}


def handshake(rng: Random) -> PacketTable:
    """연결 수립: 세그먼트 셋."""
    trace = scenarios.handshake(client_isn=isn(rng), server_isn=isn(rng), delay=_delay(rng))
    return PacketTable.of(trace, title="연결 수립의 표").hide(rng, count=3)


def transfer(rng: Random) -> PacketTable:
    """열고, 데이터를 보내고, 닫는다."""
    size, mss = rng.randrange(300, 1500), rng.choice((300, 400, 500))
    return PacketTable.of(_sent(rng, size, mss), title="데이터를 보내는 표", columns=WITH_ARRIVAL).hide(rng, count=8)


def close(rng: Random) -> PacketTable:
    """네 세그먼트의 연결 종료."""
    return _closed(rng, scenarios.normal_close, "연결 종료의 표")


def three_segment_close(rng: Random) -> PacketTable:
    """세 세그먼트의 연결 종료."""
    return _closed(rng, scenarios.three_segment_close, "세 세그먼트로 닫는 표")


def simultaneous_close(rng: Random) -> PacketTable:
    """두 쪽이 함께 닫는다: FIN이 엇갈리므로 도착 시각을 보아야 한다."""
    return _closed(rng, scenarios.simultaneous_close, "동시에 닫는 표", WITH_ARRIVAL)


def loss(rng: Random) -> PacketTable:
    """데이터 세그먼트 하나를 잃고 빠른 재전송으로 되살린다."""
    mss = rng.choice((500, 1000, 1200))
    # 4번부터가 데이터다. 뒤에 셋이 더 있어야 중복 ACK 셋이 온다.
    trace = _sent(rng, 7 * mss, mss, drops=(rng.randrange(4, 8),))
    return PacketTable.of(trace, title="세그먼트 하나를 잃은 표", columns=WITH_LOSS).hide(rng, count=8)


def _sent(rng: Random, size: int, mss: int, drops: tuple[int, ...] = ()) -> Trace:
    """클라이언트가 `size`바이트를 보내고 닫은 기록. 링크가 느려(1 Mb/s) 세그먼트마다 도착 시각이 다르다."""
    numbers, config = isns(rng, size), Config(mss=mss)
    simulation, client, server = pair(_delay(rng), drops, None, rate=1e6)
    server.listen(PORT, iss=numbers["server_isn"], config=config, on_accept=echo_eof)
    socket = client.connect(server, PORT, iss=numbers["client_isn"], config=config)

    def send_and_close(socket: Socket) -> None:
        socket.send(bytes(size))
        socket.close()

    socket.on_established = send_and_close
    return simulation.run(until=60.0)


def _closed(rng: Random, scenario: Callable[..., Trace], title: str, columns: tuple[str, ...] = BASIC) -> PacketTable:
    trace = scenario(delay=_delay(rng), **isns(rng, 2, 2))
    return PacketTable.of(trace, title=title, columns=columns).hide(rng, count=6)


def _delay(rng: Random) -> float:
    return rng.choice((0.01, 0.02, 0.05, 0.1))


TABLES: dict[str, Callable[[Random], PacketTable]] = {
    "handshake": handshake,
    "transfer": transfer,
    "close": close,
    "three_segment_close": three_segment_close,
    "simultaneous_close": simultaneous_close,
    "loss": loss,
}
