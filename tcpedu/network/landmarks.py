"""기록에서 이정표를 찾는다: 강의에서 배운 일이 처음 일어난 곳.

모두 기록의 세그먼트, 상태, 윈도우에서 찾은 것이라 손실을 바꾸면 이정표도 따라 바뀐다.
강의: lessons/17_next_steps.ipynb
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import NamedTuple

from tcpedu.protocol.options import Sack
from tcpedu.protocol.segment import Flags
from tcpedu.protocol.state import State

from .analysis import Mark, analyze
from .packet import Packet
from .setup import CLIENT, SERVER
from .trace import Trace


class Landmark(NamedTuple):
    """이정표 하나: 시각(초), 세그먼트의 번호(상태나 윈도우의 일이면 `None`), 이름, 설명, 배우는 강의."""

    time: float
    number: int | None
    idea: str
    told: str
    lesson: str


_Rule = tuple[Callable[[Packet], bool], str, str, str]
# 세그먼트를 보고 아는 것: (알아보는 법, 이름, 설명, 강의)
_SENT: tuple[_Rule, ...] = (
    (lambda p: _is(p, CLIENT, Flags.SYN), "옵션", "SYN이 MSS, 윈도우 스케일, SACK 허용을 알린다", "02"),
    (lambda p: _is(p, SERVER, Flags.SYN), "SYN도 번호 하나", "데이터가 없는데 ack는 상대의 ISN + 1이다", "03"),
    (lambda p: p.src == CLIENT and bool(p.segment.payload), "처음 윈도우", "네트워크를 모르니 조금만 내보낸다", "09"),
    (lambda p: _acks(p), "누적 확인응답", "다음에 기다리는 번호 하나로 그 앞을 모두 확인한다", "03"),
    (lambda p: p.dropped is not None, "손실", "보낸 쪽은 이 순간 아무것도 모른다", "07"),
    (lambda p: any(isinstance(one, Sack) for one in p.segment.options), "SACK", "빈틈 너머에서 받은 것을 알린다", "10"),
    (lambda p: _is(p, CLIENT, Flags.FIN), "FIN", "내 방향을 닫는다. FIN도 번호를 하나 쓴다", "05"),
    (lambda p: _is(p, SERVER, Flags.FIN), "상대의 FIN", "방향마다 따로 닫는다", "05"),
)  # fmt: skip
_SEEN: dict[Mark, tuple[str, str, str]] = {
    Mark.FAST_RETRANSMISSION: ("빠른 재전송", "중복 ACK 셋에서 타이머를 기다리지 않고 다시 보낸다", "10"),
    Mark.RETRANSMISSION: ("재전송", "RTO가 지나 다시 보낸다", "07"),
    Mark.ZERO_WINDOW: ("제로 윈도우", "읽지 않아 수신 버퍼가 찼다", "08"),
    Mark.ZERO_WINDOW_PROBE: ("탐침", "지속 타이머가 아직 닫혀 있는지 묻는다", "08"),
    Mark.WINDOW_UPDATE: ("윈도우 갱신", "프로그램이 읽자 자리가 났다", "08"),
}
_STATES: dict[tuple[str, State], tuple[str, str, str]] = {
    (CLIENT, State.ESTABLISHED): ("연결 수립", "3-way 핸드셰이크가 끝났다", "04"),
    (SERVER, State.CLOSE_WAIT): ("CLOSE_WAIT", "상대가 닫았고 내 프로그램은 아직 닫지 않았다", "06"),
    (CLIENT, State.TIME_WAIT): ("TIME_WAIT", "마지막 ACK를 보낸 쪽이 2 MSL을 기다린다", "05"),
    (CLIENT, State.CLOSED): ("CLOSED", "이제 이 4-튜플을 새로 써도 된다", "06"),
}


def landmarks(trace: Trace) -> list[Landmark]:
    """이정표를 시각 순서로. 같은 일은 처음 것만 적는다.

    >>> from tcpedu.network.whole_life import whole_life
    >>> [mark.idea for mark in landmarks(whole_life())][5:10]
    ['슬로 스타트', '손실', 'SACK', '빠른 재전송', '빠른 회복']
    """
    found: dict[str, Landmark] = {}
    for mark in [*_in_segments(trace), *_in_capture(trace), *_in_states(trace), *_in_windows(trace)]:
        found.setdefault(mark.idea, mark)
    return sorted(found.values(), key=lambda mark: mark.time)


def _in_segments(trace: Trace) -> Iterator[Landmark]:
    for packet in trace.segments:
        for matches, *words in _SENT:
            if matches(packet):
                yield Landmark(packet.sent, packet.number, *words)


def _in_capture(trace: Trace) -> Iterator[Landmark]:
    for finding in analyze(trace, CLIENT):
        for mark in finding.marks:
            if mark in _SEEN:
                yield Landmark(finding.packet.sent, finding.packet.number, *_SEEN[mark])


def _in_states(trace: Trace) -> Iterator[Landmark]:
    for change in trace.states:
        if (change.host, change.new) in _STATES:
            yield Landmark(change.time, None, *_STATES[change.host, change.new])


def _in_windows(trace: Trace) -> Iterator[Landmark]:
    for before, after in pairwise(one for one in trace.windows if one.host == CLIENT):
        told = f"cwnd가 {before.cwnd:,.0f}에서 {after.cwnd:,.0f}바이트로"
        if after.phase == "FAST_RECOVERY":
            yield Landmark(after.time, None, "빠른 회복", f"{told}, ssthresh는 {after.ssthresh:,.0f}바이트", "09")
        elif after.phase == "SLOW_START" and after.cwnd > before.cwnd:
            yield Landmark(after.time, None, "슬로 스타트", f"{told}: ACK마다 1 MSS씩 는다", "09")
        elif after.phase == "SLOW_START":
            yield Landmark(after.time, None, "다시 조금부터", f"{told}: 오래 쉬었거나 RTO가 지났다", "09")
        elif after.phase == "CONGESTION_AVOIDANCE":
            yield Landmark(after.time, None, "혼잡 회피", f"{told}: ssthresh를 넘어 천천히 는다", "09")


def _is(packet: Packet, src: str, flag: Flags) -> bool:
    return packet.src == src and packet.segment.has(flag)


def _acks(packet: Packet) -> bool:
    return packet.src == SERVER and packet.segment.flags == Flags.ACK
