"""닫은 뒤에 남는 것: 떠돌던 옛 데이터와 TIME_WAIT, 말없이 사라진 상대와 킵얼라이브.

강의: lessons/05_connection_termination.ipynb
"""

from __future__ import annotations

from dataclasses import replace

from tcpedu.protocol.config import Config
from tcpedu.protocol.state import State

from .apps import sink
from .endpoint import Socket
from .packet import Packet
from .setup import CLIENT, PORT, SERVER
from .simulation import Simulation
from .trace import Trace

LOCAL_PORT = 50000


def reincarnation(
    *, msl: float = 120.0, late: float = 3.0, first: bytes = b"PAY 100", second: bytes = b"HELLO, PAY 999",
    delay: float = 0.05,
) -> tuple[Trace, list[bytes]]:  # fmt: skip
    """같은 4-튜플로 다시 연결한다: (기록, 서버의 프로그램이 연결마다 받은 것).

    첫 연결의 데이터 세그먼트(4번) 하나가 길에서 `late`초 늦는다. 그사이 재전송이 도착해 연결은 제대로 닫힌다.
    클라이언트는 TIME_WAIT가 끝나는 대로 같은 포트로 다시 연결하고, 하필 앞의 7바이트가 옛 데이터의 번호에 딱
    맞닿는 ISN을 고른다. 나머지는 늦은 세그먼트가 도착한 뒤에 쓴다. 늦은 세그먼트가 새 연결에 들어가면 서버는
    그것을 새 데이터로 안다(RFC 9293 §3.4.3). `msl`이 `late`보다 짧은 TCP는 TIME_WAIT가 없는 것과 같다.
    """
    head = 7
    simulation = Simulation()
    client, server = simulation.host(CLIENT), simulation.host(SERVER)
    simulation.link(client, server, delay=delay, reorder=lambda packet: late if packet.number == 4 else 0.0)
    accepted: list[Socket] = []

    def accept(socket: Socket) -> None:
        accepted.append(socket)
        sink(socket)

    config = Config(msl=msl)
    server.listen(PORT, iss=300, config=config, on_accept=accept)
    old = client.connect(server, PORT, iss=100, config=config, local_port=LOCAL_PORT)

    def talk(socket: Socket) -> None:
        socket.send(first)
        simulation.at(2.0, socket.close)

    def again() -> None:
        if old.state is not State.CLOSED:
            simulation.at(simulation.now + 0.1, again)
            return
        fresh = client.connect(server, PORT, iss=100 - head, config=config, local_port=LOCAL_PORT)
        fresh.on_established = lambda socket: socket.send(second[:head])
        simulation.at(max(simulation.now, late) + 0.5, finish, fresh)

    def finish(socket: Socket) -> None:
        socket.send(second[head:])
        socket.close()

    old.on_established = talk
    simulation.at(2.2, again)
    trace = simulation.run(until=2 * msl + 10)
    return trace, [socket.received for socket in accepted]


def vanished_peer(
    *, keepalive: float | None = None, rebooted: bool = False, until: float = 3 * 3600.0, config: Config | None = None
) -> Trace:  # fmt: skip
    """연결하고 1초 뒤 클라이언트의 전원이 나간다. FIN도 RST도 없으므로 서버는 모른다 (RFC 9293 §3.5.1의 반열림).

    `keepalive`초 동안 조용하면 서버가 살아 있는지 묻는다(§3.8.4). `rebooted`이면 클라이언트는 꺼지자마자 다시 켜져서
    모르는 세그먼트에 RST로 답하고, 아니면 아무 답도 하지 않는다.
    """
    gone_at = 1.0

    def cut(packet: Packet) -> bool:
        return not rebooted and packet.sent > gone_at

    simulation = Simulation()
    client, server = simulation.host(CLIENT), simulation.host(SERVER)
    simulation.link(client, server, delay=0.05, loss=cut)
    server.listen(PORT, iss=300, config=replace(config or Config(), keepalive=keepalive))
    client.connect(server, PORT, iss=100, local_port=LOCAL_PORT)
    simulation.at(gone_at, client.forget)
    return simulation.run(until=until)
