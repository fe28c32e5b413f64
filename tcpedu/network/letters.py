"""같은 편지들을 데이터그램(UDP)으로, 그리고 TCP로 보낸다: TCP가 IP 위에 무엇을 더하는지 견준다.

`drops`와 `delays`의 번호는 보낸 차례(1부터)로, 그림에 적힌 것과 같다.
강의: lessons/01_what_is_tcp.ipynb, lessons/03_sequence_numbers.ipynb
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tcpedu.protocol.config import Config
from tcpedu.protocol.datagram import Datagram

from .endpoint import Socket
from .host import Host
from .impairments import ExtraDelay, Loss, bernoulli, drop, either, hold, jitter
from .simulation import Simulation
from .trace import Trace

SENDER, RECEIVER = "보내는 쪽", "받는 쪽"
_PORT = 80
_GAP = 0.02  # 편지와 편지 사이(초)


@dataclass(frozen=True)
class Road:
    """패킷을 잃고, 뒤섞고, 두 벌로 만드는 길. 시간은 초, 비율은 0–1이다. 씨앗이 같으면 언제나 같은 길이다."""

    delay: float = 0.05
    loss: float = 0.0
    jitter: float = 0.0
    duplicate: float = 0.0
    seed: int = 0
    drops: Iterable[int] = ()
    delays: Mapping[int, float] = field(default_factory=dict)

    def build(self) -> tuple[Simulation, Host, Host]:
        """이 길로 이은 두 호스트."""
        simulation = Simulation(self.seed)
        sender, receiver = simulation.host(SENDER), simulation.host(RECEIVER)
        # 세 가지 운이 서로 얽히지 않게 씨앗을 따로 쓴다.
        losses: Loss = either(bernoulli(self.loss, self.seed), drop(self.drops))
        twice = bernoulli(self.duplicate, self.seed + 1_000_003)
        simulation.link(sender, receiver, delay=self.delay, loss=losses, reorder=self._late(), duplicate=twice)
        return simulation, sender, receiver

    def _late(self) -> ExtraDelay:
        held, shaken = hold(self.delays), jitter(self.jitter, self.seed + 2_000_003)
        return lambda packet: held(packet) + shaken(packet)


@dataclass(frozen=True)
class Delivery:
    """보낸 결과: 네트워크의 기록과, 받는 프로그램이 읽은 (시각, 바이트)들."""

    trace: Trace
    reads: list[tuple[float, bytes]]

    @property
    def pieces(self) -> list[str]:
        """읽은 것을 한 번에 하나씩, 글로."""
        return [data.decode(errors="replace") for _, data in self.reads]

    @property
    def text(self) -> str:
        """읽은 것을 모두 이은 글."""
        return b"".join(data for _, data in self.reads).decode(errors="replace")


def by_datagram(letters: Sequence[str], road: Road | None = None) -> Delivery:
    """편지마다 데이터그램 하나로 보낸다. 다시 보내는 이도, 차례를 맞추는 이도 없다 (RFC 768).

    >>> by_datagram(["가", "나", "다"], Road(drops=[2])).pieces
    ['가', '다']
    """
    simulation, sender, receiver = (road or Road()).build()
    reads: list[tuple[float, bytes]] = []
    receiver.bind(_PORT, lambda datagram: reads.append((simulation.now, datagram.payload)))
    for index, letter in enumerate(letters):
        simulation.at(index * _GAP, sender.send_datagram, receiver, Datagram(50000, _PORT, letter.encode()))
    trace = simulation.run()
    return Delivery(_label(trace), reads)


def by_stream(letters: Sequence[str], road: Road | None = None, *, mss: int = 1460, close: bool = True) -> Delivery:
    """연결 하나로 보낸다. 편지마다 `send`를 한 번 부르고, 다 보내면 닫는다 (RFC 9293 §2).

    >>> by_stream(["가", "나", "다"], Road(drops=[5])).text
    '가나다'
    """
    simulation, sender, receiver = (road or Road()).build()
    reads: list[tuple[float, bytes]] = []
    # 편지를 쓰는 대로 보내고 받는 대로 답해야 그림에서 원인과 결과가 이어진다.
    config = Config(mss=mss, nodelay=True, delayed_ack=0.0)

    def accept(socket: Socket) -> None:
        socket.on_data = lambda socket: reads.append((simulation.now, _unread(socket, reads)))
        socket.on_eof = Socket.close

    def begin(socket: Socket) -> None:
        for index, letter in enumerate(letters):
            simulation.at(simulation.now + index * _GAP, socket.send, letter.encode())
        if close:
            simulation.at(simulation.now + len(letters) * _GAP, socket.close)

    receiver.listen(_PORT, config=config, iss=300, on_accept=accept)
    sender.connect(receiver, _PORT, config=config, iss=100).on_established = begin
    trace = simulation.run(until=600.0)
    return Delivery(_label(trace), reads)


def _unread(socket: Socket, reads: list[tuple[float, bytes]]) -> bytes:
    return socket.received[sum(len(data) for _, data in reads) :]


def _label(trace: Trace) -> Trace:
    """무엇을 실었는지 그림에 보이게 적는다."""
    for sent in trace.segments:
        if sent.segment.payload:
            text = sent.segment.payload.decode(errors="replace")
            sent.note = f"{sent.note} ‘{text}’".strip()
    return trace
