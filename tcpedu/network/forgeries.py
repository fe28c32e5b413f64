"""이어진 연결에 끼워 넣을 위조 세그먼트들과, 라이브러리의 연결이 그것에 답하는 모습 (RFC 5961).

같은 목록을 `lab.injection`이 진짜 커널에 넣는다.
강의: lessons/15_security.ipynb
"""

from __future__ import annotations

from typing import NamedTuple

from tcpedu.protocol.config import Config
from tcpedu.protocol.connection import Connection
from tcpedu.protocol.segment import Flags, Segment
from tcpedu.protocol.seqnum import seq_add
from tcpedu.protocol.state import State

DATA, FAR = b"hacked", 1 << 30


class Forgery(NamedTuple):
    """위조 하나. `seq`는 받는 쪽의 RCV.NXT에서, `ack`는 받는 쪽의 SND.NXT에서 센 거리다.

    `past_window`가 참이면 `seq`를 윈도우의 오른쪽 끝(RCV.NXT + RCV.WND)에서 센다.
    """

    name: str
    flags: Flags
    seq: int = 0
    past_window: bool = False
    ack: int = 0
    payload: bytes = b""

    def segment(self, victim: Connection) -> Segment:
        """`victim`이 보낸 것처럼 꾸민 세그먼트. 번호의 기준은 `victim`이 아는 것이다."""
        start = victim.snd_una + victim.snd_wnd if self.past_window else victim.snd_nxt
        assert victim.rcv_nxt is not None and victim.remote_port is not None
        return Segment(
            victim.config.local_port, victim.remote_port, seq=seq_add(start, self.seq),
            ack=seq_add(victim.rcv_nxt, self.ack) if self.flags & Flags.ACK else 0, flags=self.flags,
            payload=self.payload,
        )  # fmt: skip


class Outcome(NamedTuple):
    """위조 하나를 받은 쪽: 답한 세그먼트의 플래그, 연결이 살아 있는지, 프로그램에 건넨 바이트."""

    name: str
    answers: list[str]
    alive: bool
    delivered: str


FORGERIES = (
    Forgery("RST, RCV.NXT에 꼭 맞음", Flags.RST),
    Forgery("RST, 하나 뒤", Flags.RST, seq=1),
    Forgery("RST, 윈도우의 마지막 번호", Flags.RST, seq=-1, past_window=True),
    Forgery("RST, 윈도우 바로 다음 번호", Flags.RST, past_window=True),  # 리눅스는 여기까지 윈도우로 친다
    Forgery("RST, 하나 앞", Flags.RST, seq=-1),
    Forgery("RST, 윈도우 너머", Flags.RST, seq=1000, past_window=True),
    Forgery("SYN, 윈도우 안", Flags.SYN, seq=100),
    Forgery("SYN, 윈도우 너머", Flags.SYN, seq=1000, past_window=True),
    Forgery("데이터, seq와 ack가 맞음", Flags.ACK, payload=DATA),
    Forgery("데이터, ack가 먼 옛것", Flags.ACK, ack=-FAR, payload=DATA),
    Forgery("데이터, 보내지 않은 것의 ack", Flags.ACK, ack=FAR, payload=DATA),
    Forgery("데이터, 윈도우 너머", Flags.ACK, seq=1000, past_window=True, payload=DATA),
)


def inject(forgery: Forgery) -> Outcome:
    """라이브러리의 이어진 두 연결 가운데 서버 쪽에 위조 하나를 넣는다.

    >>> inject(FORGERIES[0]).alive, inject(FORGERIES[1])
    (False, Outcome(name='RST, 하나 뒤', answers=['ACK'], alive=True, delivered=''))
    """
    client, server = established()
    answers = server.receive(forgery.segment(client), now=1.0)
    alive = server.state is State.ESTABLISHED
    return Outcome(forgery.name, [str(one.flags) for one in answers], alive, server.read().decode() if alive else "")


def established() -> tuple[Connection, Connection]:
    """핸드셰이크를 마친 (클라이언트, 서버)."""
    client = Connection(Config(50000, 80, delayed_ack=0.0), iss=100)
    server = Connection(Config(80, delayed_ack=0.0), iss=300)
    client.open()
    server.listen()
    (syn,) = client.poll(now=0.0)
    (syn_ack,) = server.receive(syn, now=0.1)
    (ack,) = client.receive(syn_ack, now=0.2)
    server.receive(ack, now=0.3)
    return client, server
