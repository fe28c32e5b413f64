"""포트 스캔을 세그먼트로 보기: 열린 포트, 닫힌 포트, 방화벽이 버리는 포트가 SYN에 하는 답 (RFC 9293 §3.10.7.1).

시뮬레이터 안의 호스트만 살핀다.
강의: lessons/15_security.ipynb
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Literal

from tcpedu.protocol.segment import Flags, Segment

from .host import Host
from .packet import Packet
from .setup import CLIENT, SERVER
from .simulation import Simulation
from .trace import Trace

Port = Literal["열림", "닫힘", "걸러짐"]
ISN = 100
_GAP = 0.1


def port_scan(
    ports: Iterable[int], *, opened: Collection[int], filtered: Collection[int], delay: float = 0.01
) -> Trace:
    """포트마다 SYN을 하나씩 보낸 기록. `filtered`로 가는 것은 방화벽이 말없이 버린다.

    열린 포트의 SYN,ACK에는 RST로 답한다: 핸드셰이크를 마치지 않으므로 서버의 응용 프로그램은 모른다.
    """
    simulation = Simulation()
    client, server = simulation.host(CLIENT), simulation.host(SERVER)
    simulation.link(client, server, delay=delay, loss=lambda packet: packet.segment.dst_port in filtered)
    for port in opened:
        server.listen(port, iss=1000 + port)
    for number, port in enumerate(ports):
        syn = Segment(50000 + number, port, seq=ISN, flags=Flags.SYN)
        simulation.at(number * _GAP, _probe, client, server, syn)
    return simulation.run(until=60.0)


def _probe(client: Host, server: Host, syn: Segment) -> None:
    client.send_raw(server, syn)
    client.simulation.trace.annotate(syn, f"포트 {syn.dst_port}")


def verdicts(trace: Trace) -> dict[int, Port]:
    """기록에서 읽은 포트의 상태: SYN,ACK가 왔으면 열림, RST면 닫힘, 아무 답이 없으면 걸러짐.

    >>> verdicts(port_scan([22, 80, 443], opened=[80], filtered=[443]))
    {22: '닫힘', 80: '열림', 443: '걸러짐'}
    """
    probes = [sent.segment for sent in trace.segments if sent.src == CLIENT and sent.segment.flags == Flags.SYN]
    answers = {sent.segment.src_port: _said(sent) for sent in reversed(trace.segments) if sent.src == SERVER}
    return {probe.dst_port: answers.get(probe.dst_port, "걸러짐") for probe in probes}


def _said(answer: Packet) -> Port:
    return "닫힘" if answer.segment.has(Flags.RST) else "열림"
