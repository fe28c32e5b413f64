"""00 시작하기의 문제."""

from __future__ import annotations

import random

from tcpedu.course.problem import Case, Problem
from tcpedu.protocol.segment import Flags, Segment
from tcpedu.protocol.seqnum import MODULUS, seq_add

LESSON = "00_start"


def segment_length(payload_length: int, syn: bool, fin: bool) -> int:
    """세그먼트가 쓰는 순서 번호의 수 (RFC 9293 §3.4의 SEG.LEN)."""
    flags = (Flags.SYN if syn else Flags(0)) | (Flags.FIN if fin else Flags(0))
    return Segment(1, 2, seq=0, flags=flags, payload=bytes(payload_length)).length


def ack_number(seq: int, length: int) -> int:
    """다음에 받고 싶은 순서 번호."""
    return seq_add(seq, length)


def connect_time(rtt: float, syn_lost: bool) -> float:
    """클라이언트가 ESTABLISHED가 되는 시각(초). 첫 SYN은 0초에 보낸다."""
    # RFC 6298 §2.1: RTT를 재 본 적이 없으면 RTO는 1초다.
    return (1.0 if syn_lost else 0.0) + rtt


def _fresh_lengths(rng: random.Random) -> list[Case]:
    corners = [Case((0, False, True), note="FIN만 있는 세그먼트"), Case((1460, True, False), note="SYN에 실은 데이터")]
    return [*corners, *(Case((rng.randrange(1461), rng.random() < 0.5, rng.random() < 0.5)) for _ in range(6))]


def _fresh_numbers(rng: random.Random) -> list[Case]:
    ordinary = [Case((rng.randrange(MODULUS // 2), rng.randrange(1, 1461))) for _ in range(4)]
    empty = Case((rng.randrange(MODULUS), 0), note="번호를 쓰지 않는 세그먼트")
    wrapping = [Case((MODULUS - n, n + rng.randrange(1460)), note="번호가 한 바퀴 돌 때") for n in (1, 700)]
    return [*ordinary, empty, *wrapping]


def _fresh_times(rng: random.Random) -> list[Case]:
    times = [0.001, *(rng.randrange(5, 900) / 1000 for _ in range(3))]
    return [Case((rtt, lost)) for rtt in times for lost in (False, True)]


PROBLEMS = (
    Problem(
        name="segment_length",
        lesson=LESSON,
        title="세그먼트가 쓰는 번호의 수",
        points=0,
        rfc="RFC 9293 §3.4",
        reference=segment_length,
        cases=(
            Case((0, True, False), note="SYN만 있는 세그먼트"),
            Case((500, False, False), note="데이터만 있는 세그먼트"),
            Case((500, False, True), note="데이터와 FIN이 함께 있는 세그먼트"),
            Case((0, False, False), note="ACK만 있는 세그먼트"),
        ),
        fresh_cases=_fresh_lengths,
        hints=(
            "사다리 그림을 다시 보자. 데이터가 0바이트인 SYN(seq=100)에 ack=101이 왔다. 그 하나는 무엇이 썼을까?",
            "데이터는 바이트마다 번호를 하나씩 쓴다. 거기에 SYN이 있으면 하나, FIN이 있으면 하나를 더한다.",
        ),
        mistakes={
            "데이터의 바이트만 셌다. SYN과 FIN은 데이터가 없어도 번호를 하나씩 쓴다.": (
                lambda payload_length, syn, fin: payload_length
            ),
            "FIN을 빠뜨렸다. FIN도 SYN처럼 번호를 하나 쓴다.": (
                lambda payload_length, syn, fin: payload_length + int(syn)
            ),
            "모든 세그먼트에 1을 더했다. 번호를 하나 더 쓰는 것은 SYN이나 FIN이 있을 때뿐이다.": (
                lambda payload_length, syn, fin: payload_length + 1
            ),
            "헤더의 20바이트까지 셌다. 헤더는 순서 번호를 쓰지 않는다.": (
                lambda payload_length, syn, fin: 20 + payload_length + int(syn) + int(fin)
            ),
        },
        explanation="SYN과 FIN은 데이터가 아니지만 번호를 하나씩 쓴다. 번호가 있어야 상대가 '받았다'고 답할 수 있고, "
        "답이 없으면 데이터처럼 다시 보낼 수 있다.",
    ),
    Problem(
        name="ack_number",
        lesson=LESSON,
        title="다음에 받고 싶은 번호",
        points=1,
        rfc="RFC 9293 §3.4",
        reference=ack_number,
        cases=(
            Case((100, 1), note="SYN 하나를 받았을 때"),
            Case((101, 400), note="데이터 400바이트를 받았을 때"),
            Case((3_000_000_000, 0), note="번호를 쓰지 않는 ACK를 받았을 때"),
            Case((2**32 - 100, 300), note="번호가 한 바퀴 돌 때"),
        ),
        fresh_cases=_fresh_numbers,
        hints=(
            "SYN(seq=100)은 번호를 1개 쓰고 ack=101을 받았다. 데이터 400바이트(seq=101)라면 ack는 얼마여야 할까?",
            "seq=101에서 시작하는 400바이트의 번호는 101부터 500까지다. 다음 번호는 501, 곧 101 + 400이다.",
            "빈칸에는 그 세그먼트가 번호를 몇 개 쓰는지를 담은 인자의 이름이 들어간다.",
        ),
        mistakes={
            "언제나 1을 더했다. SYN과 FIN에는 맞지만, 데이터는 바이트 수만큼 번호를 쓴다.": (
                lambda seq, length: (seq + 1) % MODULUS
            ),
            "받은 마지막 번호를 돌려주었다. 확인응답 번호는 그다음 번호다.": (
                lambda seq, length: (seq + length - 1) % MODULUS
            ),
            "1을 더 더했다. SYN과 FIN이 쓰는 번호는 `length`에 이미 들어 있다.": (
                lambda seq, length: (seq + length + 1) % MODULUS
            ),
            "받은 세그먼트의 seq를 그대로 돌려주었다. 그 번호는 이미 받았으니 다음 번호를 말해야 한다.": (
                lambda seq, length: seq
            ),
            "끝의 `% 2**32`가 없어졌다. 순서 번호는 32비트라 `2**32`에서 0으로 돌아온다.": (
                lambda seq, length: seq + length
            ),
            "한 바퀴를 `2**16`으로 돌았다. 16비트는 포트와 윈도우의 크기이고, 순서 번호는 32비트다.": (
                lambda seq, length: (seq + length) % 2**16
            ),
        },
        explanation="확인응답 번호는 '여기까지 받았다'가 아니라 '다음에는 이 번호를 달라'는 말이다. 그래서 시작 번호에 "
        "세그먼트가 쓴 번호의 수를 그대로 더한다.",
    ),
    Problem(
        name="connect_time",
        lesson=LESSON,
        title="연결이 열리는 시각",
        points=1,
        rfc="RFC 6298 §2.1",
        reference=connect_time,
        cases=(
            Case((0.1, False), note="잃은 것이 없을 때"),
            Case((0.1, True), note="첫 SYN을 잃었을 때"),
            Case((0.03, True), note="가까운 서버로 보낸 첫 SYN을 잃었을 때"),
            Case((0.6, False), note="먼 서버, 잃은 것이 없을 때"),
        ),
        fresh_cases=_fresh_times,
        hints=(
            "잃은 것이 없을 때부터 보자. SYN이 가고 SYN,ACK가 돌아오면 클라이언트는 ESTABLISHED다. 왕복 몇 번일까?",
            "첫 SYN을 잃으면 두 번째 SYN은 몇 초에 나가는가? 강의의 사다리에서 왼쪽 시각을 읽어 보자.",
            "두 번째 SYN이 나간 시각부터는 잃은 것이 없을 때와 똑같다. 두 시간을 더하면 된다.",
        ),
        mistakes={
            "잃은 것을 왕복 한 번 만에 알아차린다고 보았다. 알려 주는 이가 없으니 타이머가 끝나는 1초까지 기다린다.": (
                lambda rtt, syn_lost: 2 * rtt if syn_lost else rtt
            ),
            "두 번째 SYN이 나가는 시각에서 멈췄다. 그 SYN의 답이 돌아오는 왕복 시간을 더해야 한다.": (
                lambda rtt, syn_lost: 1.0 if syn_lost else rtt
            ),
            "SYN이 서버에 닿은 시각을 셌다. 클라이언트는 SYN,ACK가 돌아와야 ESTABLISHED가 된다.": (
                lambda rtt, syn_lost: (1.0 if syn_lost else 0.0) + rtt / 2
            ),
            "서버가 ESTABLISHED가 되는 시각을 셌다. 클라이언트는 SYN,ACK를 받는 순간 이미 ESTABLISHED다.": (
                lambda rtt, syn_lost: (1.0 if syn_lost else 0.0) + 1.5 * rtt
            ),
            "잃은 SYN에도 왕복 시간을 주었다. 1초는 첫 SYN을 보낸 때부터 센다.": (
                lambda rtt, syn_lost: 1.0 + 2 * rtt if syn_lost else rtt
            ),
            "잃지 않았을 때에도 1초를 더했다. 타이머는 답이 오면 멈춘다.": (
                lambda rtt, syn_lost: 1.0 + rtt
            ),
            "첫 SYN을 잃었을 때와 아닐 때가 같다. `syn_lost`일 때의 값을 `return`으로 돌려주는지 보자.": (
                lambda rtt, syn_lost: rtt
            ),
            "강의에서 본 1.1초를 그대로 적었다. 그 값은 왕복 시간이 0.1초일 때에만 맞다.": (
                lambda rtt, syn_lost: 1.1 if syn_lost else rtt
            ),
        },
        explanation="클라이언트는 SYN,ACK를 받는 순간 ESTABLISHED가 되므로 왕복 한 번이면 된다. 첫 SYN을 잃으면 "
        "타이머가 끝나는 1초에 두 번째 SYN이 나가고, 거기서부터 다시 왕복 한 번이다.",
    ),
)
