"""10 손실 복구의 문제."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

from tcpedu.course.packet_problem import packet_table_problem
from tcpedu.course.packet_tables import WITH_LOSS, isns
from tcpedu.course.problem import Case, Problem
from tcpedu.network.deduce import complete
from tcpedu.network.losses import METHODS, recovering
from tcpedu.network.packet_table import PacketTable, Row
from tcpedu.protocol import rack, scoreboard
from tcpedu.protocol import sack_blocks as receiving
from tcpedu.protocol.seqnum import MODULUS, seq_diff, seq_le

LESSON = "10_loss_recovery"
Block = tuple[int, int]

# ── spurious ────────────────────────────────────────────────────────────────


def spurious(dsack: Block, rcv_nxt: int) -> bool:
    """첫 SACK 블록이 누적 확인보다 앞인가: 두 번 받았다는 알림이다 (RFC 2883 §4)."""
    return seq_le(dsack[1], rcv_nxt)


def _fresh_dsacks(rng: random.Random) -> list[Case]:
    def at(number: int, before: int, size: int, note: str) -> Case:
        right = (number - before) % MODULUS
        return Case((((right - size) % MODULUS, right), number), note=note)

    size = rng.choice((500, 1000, 1460))
    number = rng.randrange(10 * size, MODULUS - 10 * size)
    return [
        at(number, 0, size, "가장 최근에 확인한 것을 또 받았다"),
        at(number, rng.randrange(1, 5) * size, size, "앞의 것을 또 받았다"),
        at(number, -2 * size, size, "빈틈 뒤의 보통 블록"),
        at(number, -rng.randrange(3, 9) * size, size, "빈틈 뒤의 보통 블록"),
        at(rng.randrange(1, size), size, size, "한 바퀴를 돈 직후"),
        at(MODULUS - size, -3 * size, size, "블록이 한 바퀴를 돌았다"),
    ]


SPURIOUS = Problem(
    name="spurious", lesson=LESSON, title="쓸데없는 재전송이었을까", points=1, rfc="RFC 2883 §4",
    reference=spurious,
    cases=(
        Case(((3000, 3500), 4000), note="RFC 2883 §4.1.1의 보기"),
        Case(((3500, 4000), 4000), note="방금 확인한 것을 또 받았다"),
        Case(((4500, 5000), 4000), note="빈틈 뒤의 보통 블록"),
        Case(((2**32 - 500, 0), 0), note="한 바퀴를 돈 곳"),
        Case(((100, 600), 2**32 - 400), note="보통 블록이 한 바퀴를 돈 곳"),
    ),
    fresh_cases=_fresh_dsacks,
    hints=(
        "확인응답 번호는 '여기 앞까지는 모두 받았다'는 말이다. 블록이 통째로 그 앞에 있으면 무슨 뜻일까?",
        "블록의 오른쪽 끝은 블록에 **들지 않는** 번호다. `(3500, 4000)`의 마지막 바이트는 3999번이고, 확인응답 번호가 "
        "4000이면 3999번까지 받은 것이다.",
    ),
    mistakes={
        "방금 확인한 것을 또 받은 경우를 놓쳤다. 블록의 오른쪽 끝은 들지 않는 번호이므로 `rcv_nxt`와 같아도 블록은 "
        "통째로 앞에 있다.": lambda dsack, rcv_nxt: seq_diff(dsack[1], rcv_nxt) < 0,
        "거꾸로다. 누적 확인보다 뒤의 블록은 빈틈 너머를 처음 받았다는 보통의 SACK이다.": (
            lambda dsack, rcv_nxt: seq_diff(dsack[1], rcv_nxt) > 0
        ),
        "거꾸로이고 경계도 틀렸다. DSACK은 누적 확인보다 앞의 블록이다.": (
            lambda dsack, rcv_nxt: seq_diff(dsack[1], rcv_nxt) >= 0
        ),
        "바로 맞닿은 블록만 찾았다. 두 번 받은 것은 그보다 앞의 것일 수도 있다.": (
            lambda dsack, rcv_nxt: dsack[1] == rcv_nxt
        ),
        "번호를 그냥 견주었다. 번호는 `2**32`에서 0으로 돌아오므로 `seq_lt`와 `seq_le`로 견준다.": (
            lambda dsack, rcv_nxt: dsack[1] <= rcv_nxt
        ),
    },
    explanation="SACK은 빈틈 **뒤**를 알리는 옵션이라 누적 확인보다 앞의 블록은 원래 있을 수 없다. RFC 2883은 그 "
    "쓸모없던 자리에 '이것을 또 받았다'는 뜻을 주었다. 협상도 새 옵션도 필요 없었다.",
)  # fmt: skip

# ── sack_blocks ─────────────────────────────────────────────────────────────

MAX_BLOCKS = 3


def sack_blocks(rcv_nxt: int, received: Sequence[Block]) -> list[Block]:
    """라이브러리의 받는 쪽이 ACK에 실을 블록들."""
    blocks = receiving.SackBlocks()
    for start, end in received:
        blocks.add(start, end)
    blocks.advance(rcv_nxt)
    return blocks.report(MAX_BLOCKS)


def _blocks(rcv_nxt: int, received: Sequence[Block], *, touching: bool = True) -> list[Block]:
    """최근 것부터, 개수를 줄이지 않은 블록들. `touching`이 거짓이면 맞닿은 것을 잇지 않는다."""
    found: list[Block] = []
    for start, end in received:
        apart = []
        for left, right in found:
            if right < start or left > end or (not touching and (right == start or left == end)):
                apart.append((left, right))
            else:
                start, end = min(start, left), max(end, right)
        found = [(start, end), *apart]
    return [block for block in found if block[1] > rcv_nxt]


def _unmerged(rcv_nxt: int, received: Sequence[Block]) -> list[Block]:
    recent = [piece for piece in reversed(received) if piece[1] > rcv_nxt]
    return list(dict.fromkeys(recent))[:MAX_BLOCKS]


def _arrivals(rng: random.Random, count: int, size: int) -> tuple[int, list[Block]]:
    """몇 개를 잃고 몇 개는 차례가 바뀐 도착."""
    pieces = [(at, at + size) for at in range(1, 1 + count * size, size)]
    lost = set(rng.sample(range(count), rng.randrange(2, 6)))
    came = [piece for nth, piece in enumerate(pieces) if nth not in lost]
    for _ in range(3):
        i = rng.randrange(len(came) - 1)
        came[i], came[i + 1] = came[i + 1], came[i]
    rcv_nxt = 1
    while any(left <= rcv_nxt < right for left, right in came):
        rcv_nxt = max(right for left, right in came if left <= rcv_nxt < right)
    return rcv_nxt, came


def _fresh_arrivals(rng: random.Random) -> list[Case]:
    many = [Case(_arrivals(rng, rng.randrange(10, 18), rng.choice((500, 1000, 1460)))) for _ in range(5)]
    again = _arrivals(rng, 12, 1000)
    return [
        *many,
        Case((again[0], [*again[1], again[1][4]]), note="이미 받은 것을 또 받았다"),
        Case((1, [(at, at + 500) for at in rng.sample(range(1001, 13_001, 1000), 7)]), note="빈틈이 여럿"),
        Case((1001, [(1, 1001)]), note="빈틈이 없다"),
    ]


SACK_BLOCKS = Problem(
    name="sack_blocks", lesson=LESSON, title="받는 쪽이 알릴 블록", points=3, rfc="RFC 2018 §4, §7",
    reference=sack_blocks,
    cases=(
        Case((7000, [(5000, 5500), (5500, 6000), (6000, 6500), (6500, 7000)]), note="RFC 2018의 보기 1: 빈틈이 없다"),
        Case((5000, [(5500, 6000), (6000, 6500), (6500, 7000)]), note="보기 2: 첫째를 잃었다"),
        Case((5500, [(5000, 5500), (6000, 6500), (7000, 7500), (8000, 8500)]), note="보기 3: 하나 걸러 잃었다"),
        Case(
            (5500, [(5000, 5500), (6000, 6500), (7000, 7500), (8000, 8500), (6500, 7000)]),
            note="보기 3에 이어 넷째가 도착했다",
        ),
        Case(
            (7500, [(5000, 5500), (6000, 6500), (7000, 7500), (8000, 8500), (6500, 7000), (5500, 6000)]),
            note="보기 3에 이어 둘째도 도착했다",
        ),
        Case((1, [(2, 3), (4, 5), (6, 7), (8, 9), (10, 11)]), note="블록이 다섯"),
        Case((1, [(2, 3), (4, 5), (6, 7), (8, 9), (2, 3)]), note="오래된 것을 또 받았다"),
        Case((5000, [(6000, 6500), (6250, 6750), (6750, 7000)]), note="겹친 조각과 맞닿은 조각"),
        Case((1, []), note="아무것도 받지 않았다"),
    ),
    fresh_cases=_fresh_arrivals,
    hints=(
        "구간 목록을 하나 두고 `received`를 차례로 넣자. 넣을 때마다 그 구간이 목록의 **맨 앞**에 온다.",
        "새 구간과 겹치거나 **맞닿은** 구간은 모두 꺼내 하나로 잇는다: 왼쪽 끝은 작은 것, 오른쪽 끝은 큰 것.",
        "다 넣은 다음, 오른쪽 끝이 `rcv_nxt` 뒤에 있는 것만 남기고 앞에서 셋을 고른다. 고르는 일을 먼저 하면 안 된다.",
    ),
    mistakes={
        "번호 순서로 늘어놓았다. 첫 블록은 방금 받은 것을 품은 블록이다. ACK는 잃을 수 있으므로 새 소식을 맨 앞에, "
        "여러 번 싣는다 (RFC 2018 §4).": lambda nxt, got: sorted(_blocks(nxt, got))[:MAX_BLOCKS],
        "번호가 큰 것부터 늘어놓았다. 가장 뒤의 번호가 가장 최근에 받은 것은 아니다: 빈틈이 늦게 메워지기도 "
        "한다.": lambda nxt, got: sorted(_blocks(nxt, got), reverse=True)[:MAX_BLOCKS],
        "오래된 것부터 늘어놓았다. 가장 최근에 받은 것을 품은 블록이 맨 앞이다 (RFC 2018 §4).": (
            lambda nxt, got: _blocks(nxt, got)[::-1][:MAX_BLOCKS]
        ),
        "이어진 구간을 잇지 않았다. 블록은 받은 세그먼트 하나가 아니라 **이어진 데이터 전체**다 (RFC 2018 "
        "§3).": _unmerged,
        "맞닿은 구간을 잇지 않았다. `(6000, 6500)`과 `(6500, 7000)` 사이에는 빠진 바이트가 없다.": (
            lambda nxt, got: _blocks(nxt, got, touching=False)[:MAX_BLOCKS]
        ),
        "`rcv_nxt` 앞의 구간까지 알렸다. 거기까지는 확인응답 번호가 이미 말한다.": (
            lambda nxt, got: _blocks(0, got)[:MAX_BLOCKS]
        ),
        "블록이 너무 많다. 옵션은 40바이트뿐이라 타임스탬프(12바이트)와 함께라면 2 + 8×3바이트까지다.": (
            lambda nxt, got: _blocks(nxt, got)
        ),
        "블록을 넷까지 실었다. 타임스탬프를 함께 쓰면 셋까지다.": lambda nxt, got: _blocks(nxt, got)[:4],
        "오른쪽 끝에 마지막 바이트의 번호를 적었다. 오른쪽 끝은 블록 **다음** 번호다 (RFC 2018 §3).": (
            lambda nxt, got: [(left, right - 1) for left, right in _blocks(nxt, got)][:MAX_BLOCKS]
        ),
        "가장 최근에 받은 블록 하나만 알렸다. 앞서 알린 것도 되풀이해 싣는다. 그래야 ACK를 잃어도 소식이 전해진다.": (
            lambda nxt, got: _blocks(nxt, got)[:1]
        ),
    },
    explanation="ACK는 잃어도 다시 보내지 않으므로 소식을 되풀이한다. 블록이 셋이면 같은 구간이 이어지는 세 ACK에 "
    "실려, 둘을 잃어도 전해진다.",
)  # fmt: skip

# ── Scoreboard ──────────────────────────────────────────────────────────────

THRESHOLD = 3


class Scoreboard:
    """라이브러리의 점수판 위에 문제의 메서드를 얹은 것."""

    def __init__(self, una: int) -> None:
        self.una = una
        self.board = scoreboard.Scoreboard()

    def on_sack(self, blocks: Sequence[Block]) -> None:
        for left, right in blocks:
            if right > self.una:
                self.board.add(max(left, self.una), right)

    def on_ack(self, ack: int) -> None:
        if ack > self.una:
            self.una = ack
            self.board.advance(ack)

    def edge(self, mss: int) -> int:
        return self.board.lost_edge(mss, THRESHOLD)

    def lost(self, mss: int) -> list[Block]:
        edge, found = self.edge(mss), []
        gap = self.board.gap(self.una)
        while gap is not None and gap[0] < edge:
            found.append(gap)
            gap = self.board.gap(gap[1])
        return found

    def pipe(self, nxt: int, high_rxt: int, mss: int) -> int:
        start = max(self.una, self.edge(mss))
        return self.board.unsacked(start, nxt) + self.board.unsacked(self.una, high_rxt)


class _EveryGap(Scoreboard):
    def edge(self, mss: int) -> int:
        return self.board.highest


def _by_bytes(board: scoreboard.Scoreboard, mss: int, *, at_least: bool = False) -> int:
    """위에 SACK된 바이트의 합만 본 잃은 끝."""
    size, limit = 0, (THRESHOLD - 1) * mss
    for left, right in reversed(board.blocks):
        size += right - left
        if size > limit or (at_least and size == limit):
            return left
    return 0


class _BytesOnly(Scoreboard):
    def edge(self, mss: int) -> int:
        return _by_bytes(self.board, mss)


class _BlocksOnly(Scoreboard):
    def edge(self, mss: int) -> int:
        blocks = self.board.blocks
        return blocks[-THRESHOLD][0] if len(blocks) >= THRESHOLD else 0


class _AtLeast(Scoreboard):
    def edge(self, mss: int) -> int:
        return max(super().edge(mss), _by_bytes(self.board, mss, at_least=True))


class _Forgets(Scoreboard):
    def on_sack(self, blocks: Sequence[Block]) -> None:
        self.board = scoreboard.Scoreboard()
        super().on_sack(blocks)


class _KeepsDsack(Scoreboard):
    """누적 확인 앞의 블록도 적는다."""

    def on_sack(self, blocks: Sequence[Block]) -> None:
        for left, right in blocks:
            self.board.add(left, right)

    def lost(self, mss: int) -> list[Block]:
        first = min([self.una, *(left for left, _ in self.board.blocks)])
        kept, self.una = self.una, first
        found, self.una = super().lost(mss), kept
        return found


class _StuckUna(Scoreboard):
    def on_ack(self, ack: int) -> None:
        pass


class _WholeFlight(Scoreboard):
    def pipe(self, nxt: int, high_rxt: int, mss: int) -> int:
        return nxt - self.una


class _KeepsLost(Scoreboard):
    def pipe(self, nxt: int, high_rxt: int, mss: int) -> int:
        return self.board.unsacked(self.una, nxt) + self.board.unsacked(self.una, high_rxt)


class _NoResent(Scoreboard):
    def pipe(self, nxt: int, high_rxt: int, mss: int) -> int:
        return self.board.unsacked(max(self.una, self.edge(mss)), nxt)


class _OnceOnly(Scoreboard):
    """(a)와 (b) 둘 다에 드는 바이트를 한 번만 센다."""

    def pipe(self, nxt: int, high_rxt: int, mss: int) -> int:
        edge = max(self.una, self.edge(mss))
        return self.board.unsacked(edge, nxt) + self.board.unsacked(self.una, min(high_rxt, edge))


class _KeepsOld(Scoreboard):
    """확인된 블록을 지우지 않아, 빈틈을 찾다가 `una` 앞으로 되돌아간다."""

    def on_ack(self, ack: int) -> None:
        self.una = max(self.una, ack)

    def lost(self, mss: int) -> list[Block]:
        at, found = self.una, []
        for left, right in self.board.blocks:
            if at < left and at < self.edge(mss):
                found.append((at, left))
            at = right
        return found


class _AllResent(Scoreboard):
    """HighRxt까지의 SACK된 것도 다시 보낸 것으로 센다."""

    def pipe(self, nxt: int, high_rxt: int, mss: int) -> int:
        start = max(self.una, self.edge(mss))
        return self.board.unsacked(start, nxt) + max(0, high_rxt - self.una)


class _Apart(Scoreboard):
    """맞닿은 블록을 잇지 않고 개수를 센다."""

    def __init__(self, una: int) -> None:
        super().__init__(una)
        self.seen: list[Block] = []

    def on_sack(self, blocks: Sequence[Block]) -> None:
        super().on_sack(blocks)
        self.seen += [block for block in blocks if block not in self.seen and block[1] > self.una]

    def edge(self, mss: int) -> int:
        lefts = sorted(left for left, _ in self.seen)
        by_count = lefts[-THRESHOLD] if len(lefts) >= THRESHOLD else 0
        start = self.board.around(by_count)[0] if by_count else 0
        return max(super().edge(mss), start)


Step = tuple[str, Any]


def _steps(una: int, *steps: Step, note: str = "") -> Case:
    return Case(((una,), list(steps)), note=note)


def _sack(*blocks: Block) -> Step:
    return "on_sack", (list(blocks),)


def _ask(mss: int, nxt: int, high_rxt: int) -> tuple[Step, Step]:
    return ("lost", (mss,)), ("pipe", (nxt, high_rxt, mss))


def _two_filled(size: int) -> Case:
    """하나 걸러 넷을 잃었다가 앞의 둘이 한꺼번에 메워진다."""
    came = [_sack((at, at + size)) for at in range(1 + size, 1 + 9 * size, 2 * size)]
    una = 1 + 4 * size
    return _steps(1, *came, ("on_ack", (una,)), *_ask(size, 1 + 9 * size, una), note="빈틈 둘이 한꺼번에 메워졌다")


def _fresh_boards(rng: random.Random) -> list[Case]:
    def flight(note: str, size: int) -> Case:
        count, start = rng.randrange(8, 14), rng.randrange(1, 9) * 1000 + 1
        gaps = sorted({0, *rng.sample(range(count - 1), rng.randrange(2, 4))})
        came = [nth for nth in range(count) if nth not in gaps]
        steps: list[Step] = []
        for nth in came:
            left = start + nth * size
            steps.append(_sack((left, left + size)))
            if rng.random() < 0.6:
                resent = start + size if rng.random() < 0.5 else start
                steps += _ask(size, start + count * size, resent)
        steps += _ask(size, start + count * size, start + (gaps[-1] + 1) * size)
        steps += [("on_ack", (start + size,)), *_ask(size, start + count * size, start + (gaps[-1] + 1) * size)]
        return _steps(start, *steps, note=note)

    tiny = [(1 + at, 1 + at + 10) for at in (1000, 1100, 1200)]
    return [
        *(flight("몇 개를 잃은 윈도우", rng.choice((500, 1000, 1460))) for _ in range(4)),
        _steps(1, *(_sack(block) for block in tiny), *_ask(1000, 3001, 1), note="작은 블록 셋"),
        _steps(
            1, *(_sack((at, at + 10)) for at in (1001, 1011, 1021)), *_ask(1000, 3001, 1), note="맞닿은 작은 블록 셋",
        ),
        _steps(5001, _sack((1001, 2001), (6001, 9001)), *_ask(1000, 10_001, 5001), note="첫 블록이 DSACK"),
        _two_filled(rng.choice((500, 1000, 1460))),
    ]


_RFC_EXAMPLE = (
    _sack((1001, 2001)), *_ask(1000, 10_001, 1), _sack((3001, 4001)), *_ask(1000, 10_001, 1),
    _sack((5001, 6001)), *_ask(1000, 10_001, 1),
)  # fmt: skip

SCOREBOARD = Problem(
    name="Scoreboard", lesson=LESSON, title="점수판", points=5, rfc="RFC 6675 §4",
    reference=Scoreboard, adapter="steps",
    cases=(
        _steps(1, *_ask(1000, 5001, 1), note="SACK이 아직 없다"),
        _steps(1, *_RFC_EXAMPLE, note="첫째, 셋째, 다섯째를 잃었다"),
        _steps(
            1, _sack((1001, 2001)), _sack((1001, 3001)), *_ask(1000, 10_001, 1), _sack((1001, 3002)),
            *_ask(1000, 10_001, 1), note="이어진 블록 하나가 자란다: 경계는 2 × MSS",
        ),
        _steps(
            1, _sack((1001, 2001)), _sack((3001, 4001), (1001, 2001)), _sack((5001, 6001), (3001, 4001)),
            _sack((7001, 8001), (5001, 6001)), *_ask(1000, 9001, 1), *_ask(1000, 9001, 1001), *_ask(1000, 9001, 5001),
            note="다시 보낸 다음의 pipe",
        ),
        _steps(1, _sack((101, 111)), _sack((121, 131)), _sack((141, 151)), *_ask(1000, 1001, 1), note="작은 블록 셋"),
        _steps(
            1, _sack((101, 111)), _sack((111, 121)), _sack((121, 131)), *_ask(1000, 1001, 1),
            note="맞닿은 작은 블록 셋",
        ),
        _steps(
            1, _sack((2001, 5001)), *_ask(1000, 6001, 1), ("on_ack", (1001,)), *_ask(1000, 6001, 1001),
            ("on_ack", (5001,)), *_ask(1000, 6001, 5001), note="누적 확인이 나아간다",
        ),
        _steps(
            5001, _sack((1001, 2001), (6001, 7001)), _sack((6001, 9001)), *_ask(1000, 10_001, 5001),
            note="첫 블록이 DSACK",
        ),
        _two_filled(1000),
    ),
    fresh_cases=_fresh_boards,
    hints=(
        "가장 쉬운 방법은 SACK된 바이트의 번호를 `set`에 담는 것이다. 겹치거나 또 온 블록은 저절로 하나가 되고, `una` "
        "앞은 담지 않으면 된다. 느리지만 맞다. 구간 목록으로 바꾸는 것은 그다음이다.",
        "먼저 SACK된 것을 이어진 구간들로 만드는 함수를 두자. 빈틈은 `una`와 첫 구간 사이, 그리고 이웃한 구간들 "
        "사이다. 마지막 구간 뒤는 빈틈이 아니다.",
        "빈틈 하나가 잃은 것인지는 그 **위에 있는** 구간들로 정한다: 구간이 셋 이상이거나, 바이트의 합이 `2 * mss`보다 "
        "크면 잃은 것이다.",
        "`pipe`는 두 합이다. ① `una`부터 `nxt`까지, SACK되지 않았고 잃지도 않은 바이트. ② `una`부터 `high_rxt`까지, "
        "SACK되지 않은 바이트. 둘 다에 드는 바이트는 두 번 센다.",
    ),
    mistakes={
        "SACK되지 않은 빈틈을 모두 잃었다고 했다. 차례가 바뀌었을 뿐일 수도 있다. 위에 SACK 구간이 셋이거나 2 × "
        "MSS보다 많이 SACK되어야 한다.": _EveryGap,
        "바이트의 합만 보았다. 떨어진 SACK 구간이 셋이면 작아도 잃은 것으로 본다 (RFC 6675 §4 IsLost).": _BytesOnly,
        "구간의 수만 보았다. 이어진 구간 하나라도 2 × MSS보다 크면 잃은 것으로 본다 (RFC 6675 §4 IsLost).": _BlocksOnly,
        "경계가 하나 어긋났다. SACK된 바이트가 2 × MSS와 **같을 때**는 아직 잃은 것이 아니다. 그보다 커야 "
        "한다.": _AtLeast,
        "앞서 온 SACK을 잊었다. ACK 하나에는 블록이 셋까지만 실리므로 점수판에 모아야 한다.": _Forgets,
        "누적 확인보다 앞의 블록(DSACK)을 점수판에 적었다. 그것은 새로 받은 것이 아니라 두 번 받았다는 "
        "알림이다.": _KeepsDsack,
        "`on_ack`가 아무것도 바꾸지 않았다. 누적 확인된 앞부분은 빈틈도 pipe도 아니다.": _StuckUna,
        "`nxt - una`를 그대로 돌려주었다. SACK된 것은 도착했고, 잃은 것은 사라졌다. 둘 다 네트워크에 "
        "없다.": _WholeFlight,
        "잃은 것을 pipe에서 빼지 않았다. 잃었다고 본 바이트는 네트워크에 없다. 그래야 다시 보낼 자리가 "
        "난다.": _KeepsLost,
        "다시 보낸 것을 세지 않았다. `high_rxt` 앞의 SACK되지 않은 바이트는 다시 네트워크에 있다 (SetPipe "
        "(b)).": _NoResent,
        "(a)와 (b)에 다 드는 바이트를 한 번만 셌다. 잃지 않았다고 보는데 다시 보냈다면 둘 다 네트워크에 있다.": (
            _OnceOnly
        ),
        "누적 확인된 블록이 점수판에 남았다. `una` 앞은 이제 빈틈도, 위에 있는 SACK 구간도 아니다.": _KeepsOld,
        "SACK된 것까지 다시 보낸 것으로 셌다. `high_rxt` 앞이라도 SACK된 것은 건너뛰고 보내지 않았다.": _AllResent,
        "맞닿은 블록을 따로 셌다. 이어진 데이터는 구간 하나다. IsLost는 **떨어진** 구간을 센다.": _Apart,
    },
    explanation="중복 ACK의 개수 대신 무엇이 도착했는지를 적어 두면, 무엇을 다시 보낼지(`lost`)와 얼마나 더 보내도 "
    "되는지(`pipe`)를 따로 답할 수 있다. RFC 6675의 회복은 이 둘로만 움직인다.",
)  # fmt: skip

# ── rack_lost ───────────────────────────────────────────────────────────────

_Sent = tuple[int, float]


def _stop_at_first(segments: Sequence[_Sent], rack_time: float, reo_wnd: float) -> list[int]:
    """번호 순서로 훑다가 잃지 않은 것을 만나면 멈춘다."""
    found = []
    for number, sent_at in sorted(segments):
        if sent_at + reo_wnd > rack_time:
            break
        found.append(number)
    return found


def _by_number(segments: Sequence[_Sent], rack_time: float, reo_wnd: float) -> list[int]:
    """시각이 아니라 번호로: 잃은 것 가운데 가장 큰 번호 아래를 모두."""
    lost = rack.rack_lost(segments, rack_time, reo_wnd)
    return [number for number, _ in segments if lost and number <= max(lost)]


def _fresh_sent(rng: random.Random) -> list[Case]:
    def flight(note: str, resent: int) -> Case:
        segments = [(1 + 1000 * nth, nth / 64) for nth in range(rng.randrange(6, 12))]
        for nth in (0, rng.randrange(1, 4))[:resent]:
            segments[nth] = (segments[nth][0], rng.randrange(24, 32) / 64)
        return Case((segments, rng.randrange(8, 12) / 64, rng.randrange(2, 5) / 64), note=note)

    return [
        *(flight("한 번씩 보낸 것들", 0) for _ in range(3)),
        *(flight("다시 보낸 것이 섞였다", 2) for _ in range(3)),
        Case(([(1, 0.0), (1001, 0.25)], 0.5, 0.25), note="꼭 경계일 때"),
        Case(([(1, 0.0), (1001, 0.25)], 0.25, 0.0), note="기다리지 않을 때"),
        Case(([], 1.0, 0.0), note="나가 있는 것이 없다"),
    ]


RACK_LOST = Problem(
    name="rack_lost", lesson=LESSON, title="시각으로 보는 손실", points=2, rfc="RFC 8985 §6.2 5단계",
    reference=rack.rack_lost,
    cases=(
        Case(([(1000, 0.0), (2000, 0.01), (3000, 0.03)], 0.03, 0.025), note="재정렬 윈도우 25 ms"),
        Case(([(1000, 0.0), (2000, 0.01), (3000, 0.03)], 0.02, 0.0), note="기다리지 않을 때"),
        Case(([(1000, 0.0), (2000, 0.25), (3000, 0.5)], 0.5, 0.25), note="꼭 경계일 때"),
        Case(([(1000, 0.75), (2000, 0.125), (3000, 0.25)], 0.5, 0.25), note="첫째를 다시 보냈다"),
        Case(([(1000, 0.5), (2000, 0.625)], 0.375, 0.0), note="모두 나중에 보냈다"),
        Case(([], 1.0, 0.25), note="나가 있는 것이 없다"),
    ),
    fresh_cases=_fresh_sent,
    hints=(
        "번호도, 위에 몇 개가 SACK되었는지도 보지 않는다. 세그먼트마다 **마지막으로 보낸 시각**만 본다.",
        "세그먼트 하나의 마감은 보낸 시각에 `reo_wnd`를 더한 것이다. `rack_time`이 마감에 이르렀으면 잃은 것이다.",
    ),
    mistakes={
        "경계가 어긋났다. 마감에 꼭 이르렀을 때도 잃은 것이다. RFC 8985의 식은 남은 시간 ≤ 0이다.": (
            lambda got, at, wnd: [number for number, sent in got if sent + wnd < at]
        ),
        "재정렬 윈도우를 보지 않았다. 차례가 조금 바뀐 것은 `reo_wnd`만큼 기다려 준다.": (
            lambda got, at, wnd: [number for number, sent in got if sent <= at]
        ),
        "거꾸로 골랐다. 마감이 지나지 **않은** 것이다.": (
            lambda got, at, wnd: [number for number, sent in got if sent + wnd > at]
        ),
        "번호의 차례로 훑다가 멈췄다. 다시 보낸 세그먼트는 번호가 작아도 보낸 시각이 늦다.": _stop_at_first,
        "번호로 판단했다. 다시 보낸 세그먼트는 번호가 작아도 아직 나가 있다. 그래서 RACK은 시각을 본다.": _by_number,
        "재정렬 윈도우의 부호가 반대다. 더 빨리가 아니라 더 늦게 잃었다고 본다.": (
            lambda got, at, wnd: [number for number, sent in got if sent - wnd <= at]
        ),
        "시각을 돌려주었다. 돌려줄 것은 세그먼트의 번호다.": (
            lambda got, at, wnd: [sent for _, sent in got if sent + wnd <= at]
        ),
    },
    explanation="'나중에 보낸 것이 도착했는데 먼저 보낸 것이 아직'이라는 한 가지 생각이다. 보낸 시각으로 견주므로 "
    "처음 보낸 것이든 다시 보낸 것이든 같은 규칙이 듣는다.",
)  # fmt: skip

# ── fill_recovery ───────────────────────────────────────────────────────────


def recovery_table(rng: random.Random) -> PacketTable:
    """데이터 세그먼트 둘을 잃고 NewReno로 되살린다: 부분 ACK가 둘째 빈틈을 알린다."""
    count = 8
    lost = sorted(rng.sample(range(2, 5), 2))
    numbers = isns(rng, count * 1000)
    trace = recovering(
        METHODS["중복 ACK"], segments=count, drops=[3 + nth for nth in lost], rate=1e6,
        client_isn=numbers["client_isn"], server_isn=numbers["server_isn"],
    )  # fmt: skip
    return PacketTable.of(trace, title="세그먼트 둘을 잃은 표", columns=WITH_LOSS).hide(rng, count=9)


def _as_if(note: str) -> Callable[[list[Row]], list[Row]]:
    """재전송이라는 비고를 보지 않고 채운다."""

    def fill(rows: list[Row]) -> list[Row]:
        blind = [{**row, "note": row["note"].replace("재전송", note)} for row in rows]
        done = complete(blind)
        return [{**row, "note": given["note"]} for row, given in zip(done, rows, strict=True)]

    return fill


FILL_RECOVERY = packet_table_problem(
    name="fill_recovery", lesson=LESSON, title="빈칸 채우기: 두 개를 잃은 연결", points=3, make=recovery_table,
    rfc="RFC 5681 §3.2, RFC 6582 §3.2",
    mistakes={
        "다시 보낸 세그먼트에 새 번호를 주었다. 재전송은 **같은 번호**를 다시 쓴다. 어느 번호인지는 마지막으로 받은 "
        "ACK가 말한다.": _as_if(""),
    },
    hints=(
        "ACK의 `ack`는 그때까지 **빈틈없이** 받은 것의 다음 번호다. 도착 시각이 `inf`인 것은 영영 오지 않았고, "
        "나머지도 ACK를 보낸 시각보다 늦게 도착했으면 아직이다.",
        "빈틈이 하나라도 있으면 뒤의 것이 아무리 와도 `ack`는 그대로다. 그것이 중복 ACK다.",
        "재전송의 `seq`는 보내는 쪽이 그때까지 받은 마지막 `ack`다. 첫 재전송 뒤에 온 ACK가 나아갔지만 끝까지 가지 "
        "않았다면 (부분 ACK) 그 번호가 다음 빈틈이다.",
    ),
    explanation="중복 ACK와 부분 ACK는 '다음에 기다리는 번호' 하나만 말한다. 그래서 SACK이 없으면 한 왕복에 빈틈을 "
    "하나씩만 알게 된다.",
)  # fmt: skip

PROBLEMS = (SPURIOUS, SACK_BLOCKS, SCOREBOARD, RACK_LOST, FILL_RECOVERY)
