"""연결 하나에 끼어든 위조 RST 둘: 번호를 어림한 것과 꼭 맞힌 것 (RFC 5961 §3.2).

강의: lessons/15_security.ipynb
"""

from __future__ import annotations

from tcpedu.protocol.config import Config
from tcpedu.protocol.segment import Flags, Segment
from tcpedu.protocol.seqnum import seq_add

from .endpoint import Socket
from .setup import PORT, pair
from .trace import Trace

FORGED, WORKED = "위조", "위조, 통함"
_CONFIG = Config(delayed_ack=0.0)


def forged_rst(
    *, client_isn: int = 100, server_isn: int = 300, sizes: tuple[int, int, int] = (100, 200, 300), reply: int = 50,
    offset: int = 5000, delay: float = 0.05,
) -> Trace:  # fmt: skip
    """클라이언트가 1초마다 `sizes`만큼 보내고 서버는 처음에 `reply`바이트로 답한다. 그 사이에 RST 둘이 끼어든다.

    1.5초의 것은 RCV.NXT에서 `offset`만큼 어긋나 challenge ACK를 받고, 2.5초의 것은 꼭 맞아 서버의 연결을 끊는다.
    클라이언트는 모르는 채 마지막 데이터를 보내고 서버의 RST를 받는다. 끼어든 것도 클라이언트가 보낸 것처럼 적히므로
    비고로 가린다.

    >>> trace = forged_rst()
    >>> [sent.segment.summary() for sent in trace.segments if sent.note.startswith("위조")]
    ['RST seq=5201 win=65535', 'RST seq=401 win=65535']
    """
    simulation, client, server = pair(delay, (), None)

    def answer_once(socket: Socket) -> None:
        socket.recv()
        socket.on_data = _ignore
        socket.send(bytes(reply))

    def accept(socket: Socket) -> None:
        socket.on_data = answer_once

    server.listen(PORT, iss=server_isn, config=_CONFIG, on_accept=accept)
    socket = client.connect(server, PORT, iss=client_isn, config=_CONFIG)
    socket.on_data = _ignore

    def forge(seq: int, note: str) -> None:
        segment = Segment(socket.connection.config.local_port, PORT, seq=seq, flags=Flags.RST)
        client.send_raw(server, segment)
        simulation.trace.annotate(segment, note)

    expected = seq_add(client_isn, 1 + sizes[0])
    for second, size in enumerate(sizes):
        simulation.at(1.0 + second, socket.send, bytes(size))
    simulation.at(1.5, forge, seq_add(expected, offset), FORGED)
    simulation.at(2.5, forge, seq_add(expected, sizes[1]), WORKED)
    return simulation.run(until=10.0)


def _ignore(socket: Socket) -> None:
    """온 것을 읽고 답하지 않는다."""
    socket.recv()
