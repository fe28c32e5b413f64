"""03 순서 번호와 바이트 스트림의 문제."""

from __future__ import annotations

import random

from tcpedu.course.packet_problem import HINTS, packet_table_problem
from tcpedu.course.packet_tables import loss, transfer
from tcpedu.course.problem import Case, Problem
from tcpedu.network.packet_table import PacketTable
from tcpedu.protocol import reassembly, seqnum
from tcpedu.protocol.seqnum import MODULUS, seq_add

LESSON = "03_sequence_numbers"
HALF = MODULUS // 2
LAST = MODULUS - 1

# ── seq_lt ──────────────────────────────────────────────────────────────────


def seq_lt(a: int, b: int) -> bool:
    """`a`가 `b`보다 앞인가 (RFC 9293 §3.4)."""
    return seqnum.seq_lt(a, b)


def _fresh_pairs(rng: random.Random) -> list[Case]:
    def apart(distance: int, note: str) -> list[Case]:
        a = rng.randrange(MODULUS)
        b = seq_add(a, distance)
        return [Case((a, b), note=note), Case((b, a), note=f"{note}, 거꾸로")]

    far = rng.randrange(1 << 30, HALF - 1)
    near = rng.randrange(1, 5000)
    crossing = MODULUS - rng.randrange(1, 1000)
    return [
        *apart(near, "가까운 두 번호"),
        *apart(far, "반 바퀴에 가까운 두 번호"),
        *apart(HALF - 1, "반 바퀴에서 하나 모자란다"),
        Case((crossing, seq_add(crossing, 2000)), note="한 바퀴를 돌았다"),
        Case((seq_add(crossing, 2000), crossing), note="한 바퀴를 돌았다, 거꾸로"),
        Case((crossing, crossing), note="같은 번호"),
    ]


SEQ_LT = Problem(
    name="seq_lt",
    lesson=LESSON,
    title="누가 앞인가",
    points=2,
    rfc="RFC 9293 §3.4",
    reference=seq_lt,
    cases=(
        Case((100, 200), note="보통의 두 번호"),
        Case((200, 100), note="거꾸로"),
        Case((100, 100), note="같은 번호"),
        Case((LAST, 0), note="한 바퀴를 돌았다"),
        Case((5, LAST - 5), note="한 바퀴 돌기 전의 번호와 견준다"),
        Case((1000, 1000 + HALF - 1), note="반 바퀴에서 하나 모자란다"),
        Case((1000 + HALF - 1, 1000), note="그 거꾸로"),
        Case((70_000, 200_000), note="16비트를 넘는 번호"),
        Case((3_000_000_000, 1_000_000_000), note="32비트의 위쪽 반과 아래쪽 반"),
    ),
    fresh_cases=_fresh_pairs,
    hints=(
        "`a`가 4294967295, `b`가 0이면 한 걸음이다. 그런데 `b - a`는 얼마인가? 한 바퀴(`2**32`)를 더하면?",
        "한 바퀴를 더할지 말지 나누지 않아도 된다. 파이썬에서 `-7 % 10`은 3이다. 나머지는 언제나 0 이상이다.",
    ),
    mistakes={
        "보통의 `<`로 견주었다. 한 바퀴를 돌면 나중 번호가 더 작다. 거리를 `2**32`로 나눈 나머지로 보자.": (
            lambda a, b: a < b
        ),
        "거리가 반 바퀴를 넘는지 보지 않았거나, 나머지를 `2**31`로 구했다. 그러면 다른 두 번호는 늘 앞이 된다.": (
            lambda a, b: (b - a) % MODULUS > 0
        ),
        "같은 번호도 앞이라고 했다. 거리가 0이면 거짓이다.": lambda a, b: (b - a) % MODULUS < HALF,
        "앞뒤가 뒤집혔다. 물음은 '`a`가 `b`보다 앞인가'이므로 `a`에서 `b`로 가는 거리를 잰다.": (
            lambda a, b: 0 < (a - b) % MODULUS < HALF
        ),
        "한 바퀴를 돈 쪽만 고쳤다. `a`가 아주 작고 `b`가 아주 클 때는 `a`가 나중이다.": (
            lambda a, b: a < b or a - b > HALF
        ),
        "반 바퀴를 `2**31`이 아니라 `2**30`으로 보았다.": lambda a, b: 0 < (b - a) % MODULUS < HALF // 2,
        "한 바퀴를 `2**16`으로 돌았다. 16비트는 윈도우와 포트의 크기이고, 순서 번호는 32비트다.": (
            lambda a, b: 0 < (b - a) % (1 << 16) < 1 << 15
        ),
        "`b - a`에서 그쳤다. 한 바퀴를 돌면 음수가 된다. 파이썬의 정수는 C처럼 32비트에서 넘치지 않으므로 나머지를 "
        "직접 구한다.": lambda a, b: 0 < b - a < HALF,
        "두 번호의 차에서 부호를 떼어 냈다. 그러면 어느 쪽에서 출발했는지 알 수 없다.": (
            lambda a, b: 0 < abs(b - a) < HALF
        ),
    },
    explanation="고리 위에는 앞뒤가 없다. 다만 지금 오가는 번호들이 반 바퀴 안에 모여 있다고 믿으면, 짧은 쪽으로 가서 "
    "만나는 것이 앞이라고 정할 수 있다. 윈도우를 `2**30`보다 작게 묶어 둔 까닭이 이 믿음이다(RFC 7323 §2.3).",
)

# ── in_window ───────────────────────────────────────────────────────────────


def in_window(seq: int, start: int, size: int) -> bool:
    """번호가 `start`에서 시작하는 `size`개의 윈도우 안에 있는가 (RFC 9293 §3.4)."""
    return seqnum.seq_between(start, seq, seq_add(start, size))


def _fresh_windows(rng: random.Random) -> list[Case]:
    def around(start: int, size: int, note: str) -> list[Case]:
        inside = seq_add(start, rng.randrange(size))
        edges = (start, seq_add(start, size - 1), seq_add(start, size), seq_add(start, -1), inside)
        return [Case((seq, start, size), note=note) for seq in edges]

    size = rng.choice((1, 1460, 65535, 1 << 20, 1 << 30))
    start = rng.randrange(MODULUS)
    return [
        *around(rng.randrange(1 << 31), rng.randrange(2, 70_000), "보통의 윈도우"),
        *around(MODULUS - rng.randrange(1, 1000), rng.randrange(2000, 70_000), "윈도우가 한 바퀴를 돈다"),
        *around(start, size, f"크기 {size}"),
        Case((seq_add(start, HALF), start, size), note="반 바퀴 떨어진 번호"),
        Case((start, start, 0), note="윈도우가 0"),
    ]


IN_WINDOW = Problem(
    name="in_window",
    lesson=LESSON,
    title="윈도우 안인가",
    points=2,
    rfc="RFC 9293 §3.4",
    reference=in_window,
    cases=(
        Case((105, 100, 10), note="가운데"),
        Case((100, 100, 10), note="왼쪽 끝"),
        Case((109, 100, 10), note="마지막 번호"),
        Case((110, 100, 10), note="하나 지난 번호"),
        Case((99, 100, 10), note="하나 모자란 번호"),
        Case((LAST, MODULUS - 5, 10), note="윈도우가 한 바퀴를 돈다, 돌기 전"),
        Case((3, MODULUS - 5, 10), note="윈도우가 한 바퀴를 돈다, 돈 다음"),
        Case((5, MODULUS - 5, 10), note="한 바퀴를 돌고 하나 지난 번호"),
        Case((2_000_000_000, MODULUS - 5, 10), note="한 바퀴를 도는 윈도우에서 먼 번호"),
        Case((100, 100, 0), note="윈도우가 0"),
    ),
    fresh_cases=_fresh_windows,
    hints=(
        "`start`에서 앞으로 몇 걸음 가야 `seq`를 만나는가? 그 걸음 수가 `size`보다 작으면 안이다.",
        "걸음 수는 `(seq - start) % 2**32`다. 파이썬의 `%`는 언제나 0 이상을 돌려준다.",
    ),
    mistakes={
        "한 바퀴를 도는 윈도우를 생각하지 않았다. `start + size`가 `2**32`를 넘으면 앞쪽 번호도 윈도우 안이다.": (
            lambda seq, start, size: start <= seq < start + size
        ),
        "끝만 `2**32`로 나눈 나머지로 바꾸었다. 그러면 끝이 시작보다 작아져 아무 번호도 들지 못한다.": (
            lambda seq, start, size: start <= seq < (start + size) % MODULUS
        ),
        "마지막 번호를 하나 더 넣었다. 번호는 `start`부터 `size`개이므로 `start + size`는 밖이다.": (
            lambda seq, start, size: (seq - start) % MODULUS <= size
        ),
        "왼쪽 끝을 뺐다. `start`도 윈도우 안이다.": lambda seq, start, size: 0 < (seq - start) % MODULUS < size,
        "한 바퀴를 돌았을 때 두 조건을 `and`가 아니라 `or`로 이어야 한다는 것까지는 맞지만, 돌지 않았을 때도 `or`로 "
        "이었다.": lambda seq, start, size: seq >= start or seq < (start + size) % MODULUS,
        "앞으로 가는 거리가 아니라 두 번호의 차를 보았다. `start`보다 앞의 번호는 밖이다.": (
            lambda seq, start, size: abs(seq - start) < size
        ),
    },
    explanation="고리에서는 '시작 이상, 끝 미만'보다 '시작에서 몇 걸음'이 쉽다. 걸음 수 하나만 `size`와 견주면 한 "
    "바퀴를 도는 경우를 따로 다룰 것이 없다.",
)

# ── wrap, unwrap ────────────────────────────────────────────────────────────


def wrap(n: int, isn: int) -> int:
    """스트림의 절대 번호를 순서 번호로."""
    return seqnum.wrap(n, isn)


def unwrap(seq: int, isn: int, checkpoint: int) -> int:
    """순서 번호를 `checkpoint`에 가장 가까운 절대 번호로."""
    return seqnum.unwrap(seq, isn, checkpoint)


def _fresh_wraps(rng: random.Random) -> list[Case]:
    some = [Case((rng.randrange(1 << 36), rng.randrange(MODULUS))) for _ in range(5)]
    isn = MODULUS - rng.randrange(1, 1000)
    return [
        *some,
        Case((0, isn), note="SYN"),
        Case((rng.randrange(1000, 100_000), isn), note="한 바퀴를 돈다"),
        Case((3 * MODULUS + rng.randrange(1000), isn), note="세 바퀴가 넘었다"),
    ]


WRAP = Problem(
    name="wrap",
    lesson=LESSON,
    title="절대 번호를 순서 번호로",
    points=1,
    rfc="RFC 9293 §3.4",
    reference=wrap,
    cases=(
        Case((0, 100), note="SYN"),
        Case((1, 100), note="첫 데이터 바이트"),
        Case((3, LAST), note="한 바퀴를 돈다"),
        Case((5 * MODULUS + 7, 1000), note="다섯 바퀴가 넘었다"),
        Case((0, 0), note="ISN이 0"),
    ),
    fresh_cases=_fresh_wraps,
    hints=(
        "절대 번호 0은 순서 번호로 ISN이다. 절대 번호 1은?",
        "더한 값이 `2**32`를 넘으면 처음으로 돌아온다. 파이썬에서는 나머지를 구하면 된다.",
    ),
    mistakes={
        "`2**32`로 나눈 나머지를 구하지 않았다. 헤더의 자리는 32비트뿐이다.": lambda n, isn: n + isn,
        "ISN을 더하지 않았다. 절대 번호 0(SYN)의 순서 번호가 ISN이다.": lambda n, isn: n % MODULUS,
        "더하기 전에만 나머지를 구했다. 더한 값도 `2**32`를 넘을 수 있다.": lambda n, isn: n % MODULUS + isn,
        "나머지를 `2**32 - 1`로 구했다. 번호는 0부터 `2**32 - 1`까지 `2**32`개다.": lambda n, isn: (n + isn) % LAST,
        "`2**32`를 한 번만 뺐다. 절대 번호는 몇 바퀴든 돈다: 나머지를 구하자.": lambda n, isn: (
            n + isn - MODULUS if n + isn >= MODULUS else n + isn
        ),
        "1을 더했다. SYN이 쓰는 번호는 절대 번호 0에 이미 들어 있다.": lambda n, isn: (n + isn + 1) % MODULUS,
    },
    explanation="바퀴 수를 버리는 일이다. 버린 것을 되찾는 `unwrap`이 다음 문제다.",
)


def _offset(seq: int, isn: int) -> int:
    return (seq - isn) % MODULUS


def _same_lap(seq: int, isn: int, checkpoint: int) -> int:
    return checkpoint // MODULUS * MODULUS + _offset(seq, isn)


def _ahead_only(seq: int, isn: int, checkpoint: int) -> int:
    return checkpoint + (_offset(seq, isn) - checkpoint) % MODULUS


def _behind_only(seq: int, isn: int, checkpoint: int) -> int:
    back = (checkpoint - _offset(seq, isn)) % MODULUS
    return checkpoint - back if checkpoint >= back else checkpoint - back + MODULUS


def _negative(seq: int, isn: int, checkpoint: int) -> int:
    return checkpoint + seqnum.seq_diff(_offset(seq, isn), checkpoint % MODULUS)


def _without_isn(seq: int, isn: int, checkpoint: int) -> int:
    return seqnum.unwrap(seq, 0, checkpoint)


def _checkpoint_as_seq(seq: int, isn: int, checkpoint: int) -> int:
    """checkpoint를 순서 번호로 잘못 본다."""
    nearest = checkpoint + seqnum.seq_diff(seq, checkpoint % MODULUS)
    return max(nearest - isn, 0)


def _fresh_unwraps(rng: random.Random) -> list[Case]:
    def near(laps: int, note: str) -> Case:
        isn, checkpoint = rng.randrange(MODULUS), laps * MODULUS + rng.randrange(MODULUS)
        true = max(0, checkpoint + rng.randrange(-(1 << 30), 1 << 30))
        return Case((seqnum.wrap(true, isn), isn, checkpoint), note=note)

    lap = rng.randrange(1, 9) * MODULUS
    isn = rng.randrange(MODULUS)
    back, ahead = rng.randrange(1, 5000), rng.randrange(5000)
    return [
        near(0, "첫 바퀴"),
        *(near(rng.randrange(1, 1000), "여러 바퀴를 돌았다") for _ in range(3)),
        Case((seqnum.wrap(lap - back, isn), isn, lap + ahead), note="바퀴가 바뀌기 전의 번호"),
        Case((seqnum.wrap(lap + ahead, isn), isn, lap - back), note="바퀴가 바뀐 다음의 번호"),
        Case((isn, isn, ahead), note="SYN의 번호"),
        Case((seqnum.wrap(LAST - back, isn), isn, 0), note="뒤쪽이 가깝지만 음수가 된다"),
    ]


UNWRAP = Problem(
    name="unwrap",
    lesson=LESSON,
    title="순서 번호를 절대 번호로",
    points=3,
    rfc="RFC 9293 §3.4",
    reference=unwrap,
    cases=(
        Case((101, 100, 0), note="첫 데이터 바이트"),
        Case((2, LAST, 0), note="ISN에서 한 바퀴를 돌았다"),
        Case((2, LAST, MODULUS), note="둘째 바퀴"),
        Case((90, 100, MODULUS + 5), note="바퀴가 바뀌기 전의 번호"),
        Case((110, 100, MODULUS - 5), note="바퀴가 바뀐 다음의 번호"),
        Case((100, 100, 3 * MODULUS + 17), note="네 바퀴째"),
        Case((99, 100, 0), note="뒤쪽이 가깝지만 음수가 된다"),
        Case((1000, 0, 5 * MODULUS + 900), note="ISN이 0"),
    ),
    fresh_cases=_fresh_unwraps,
    hints=(
        "먼저 ISN에서 얼마나 떨어졌는지 보자: `offset = (seq - isn) % 2**32`. 정답은 `offset`에 `2**32`를 "
        "몇 번 더한 수 가운데 하나다.",
        "후보는 `checkpoint`와 같은 바퀴, 그 앞 바퀴, 그 뒤 바퀴 셋이면 된다. 음수는 뺀다.",
        "`min(후보들, key=lambda n: abs(n - checkpoint))`로 가장 가까운 것을 고를 수 있다. 같은 바퀴의 후보는 "
        "`checkpoint // 2**32 * 2**32 + offset`이다.",
    ),
    mistakes={
        "`checkpoint`를 보지 않았다. 그러면 첫 바퀴의 번호만 알 수 있다.": (
            lambda seq, isn, checkpoint: _offset(seq, isn)
        ),
        "`checkpoint`와 같은 바퀴라고만 보았다. 바퀴가 바뀌는 곳에서는 앞이나 뒤의 바퀴가 더 가깝다.": _same_lap,
        "`checkpoint`보다 뒤의 것만 찾았다. 늦게 온 세그먼트의 번호는 `checkpoint`보다 앞일 수 있다.": _ahead_only,
        "`checkpoint`보다 앞의 것만 찾았다. 새로 온 데이터의 번호는 대개 `checkpoint`보다 뒤다.": _behind_only,
        "음수가 나왔다. 절대 번호는 0 이상이므로 그때는 한 바퀴를 더한다.": _negative,
        "ISN을 빼지 않았다. 순서 번호가 ISN인 것의 절대 번호가 0이다.": _without_isn,
        "`checkpoint`를 순서 번호처럼 다루었다. `checkpoint`는 이미 ISN을 뺀 절대 번호다.": _checkpoint_as_seq,
    },
    explanation="32비트만 보고는 몇 바퀴째인지 모른다. 하지만 지금 오가는 데이터가 `checkpoint` 가까이에 있다고 믿으면 "
    "가장 가까운 하나로 정해진다. `seq_lt`와 같은 믿음이다.",
)

# ── Reassembler ─────────────────────────────────────────────────────────────


class Reassembler(reassembly.Reassembler):
    """뒤섞인 조각을 바이트 스트림으로 (RFC 9293 §3.10.7.4)."""


class _NoHolding(Reassembler):
    def insert(self, index: int, data: bytes, is_last: bool = False) -> bytes:
        if index > self.next_index:
            return b""
        return super().insert(index, data, is_last)


class _RepeatsOverlap(Reassembler):
    """겹치는 앞부분을 잘라 내지 않는다."""

    def insert(self, index: int, data: bytes, is_last: bool = False) -> bytes:
        overlap = max(0, min(self.next_index, index + len(data)) - index) if index < self.next_index else 0
        return data[:overlap] + super().insert(index, data, is_last)


class _DropsOverlap(Reassembler):
    """조금이라도 받은 것이 있으면 조각을 통째로 버린다."""

    def insert(self, index: int, data: bytes, is_last: bool = False) -> bytes:
        if index < self.next_index:
            return super().insert(self.next_index, b"", False)
        return super().insert(index, data, is_last)


class _Unbounded(Reassembler):
    def __init__(self, capacity: int) -> None:
        super().__init__(1 << 40)


class _AllOrNothing(Reassembler):
    """버퍼를 넘는 조각을 통째로 버린다."""

    def insert(self, index: int, data: bytes, is_last: bool = False) -> bytes:
        if index + len(data) > self.next_index + self.capacity:
            return b""
        return super().insert(index, data, is_last)


class _MovesMeanwhile(Reassembler):
    """조각 하나를 넣는 동안에도 구간이 나아간다."""

    def insert(self, index: int, data: bytes, is_last: bool = False) -> bytes:
        out = b"".join(super(_MovesMeanwhile, self).insert(index + at, data[at : at + 1]) for at in range(len(data)))
        return out + super().insert(index + len(data), b"", is_last)


class _FixedBuffer(Reassembler):
    """버퍼의 끝이 나아가지 않는다."""

    def insert(self, index: int, data: bytes, is_last: bool = False) -> bytes:
        kept = data[: max(0, self._whole - index)]
        return super().insert(index, kept, is_last and len(kept) == len(data))

    def __init__(self, capacity: int) -> None:
        super().__init__(capacity)
        self._whole = capacity


class _PendingTwice(Reassembler):
    """겹치는 조각을 두 번 센다."""

    def __init__(self, capacity: int) -> None:
        super().__init__(capacity)
        self.extra = 0

    def insert(self, index: int, data: bytes, is_last: bool = False) -> bytes:
        held = 0 if index <= self.next_index else min(len(data), self.next_index + self.capacity - index)
        before = self.pending
        out = super().insert(index, data, is_last)
        self.extra = 0 if out else self.extra + max(0, held - (self.pending - before))
        return out

    def __getattribute__(self, name: str) -> object:
        value = super().__getattribute__(name)
        return value + super().__getattribute__("__dict__").get("extra", 0) if name == "pending" else value


class _FinishedEarly(Reassembler):
    """마지막 조각이 오기만 하면 끝났다고 한다."""

    @property
    def finished(self) -> bool:
        return self._end is not None


class _NeverFinished(Reassembler):
    """끝을 알았을 때 이미 모두 나가 있는 경우를 놓친다."""

    def insert(self, index: int, data: bytes, is_last: bool = False) -> bytes:
        return super().insert(index, data, is_last and bool(data))


class _OneAtATime(Reassembler):
    """빈틈이 메워져도 방금 온 조각만 내보낸다. 뒤의 것은 다음 조각이 올 때 나간다."""

    def __init__(self, capacity: int) -> None:
        super().__init__(capacity)
        self.late = b""

    def insert(self, index: int, data: bytes, is_last: bool = False) -> bytes:
        before = self.next_index
        out = self.late + super().insert(index, data, is_last)
        ready = max(0, min(len(out), len(self.late) + index + len(data) - before))
        self.late = out[ready:]
        return out[:ready]


Step = tuple[str, object]


def _steps(capacity: int, *steps: Step, note: str = "") -> Case:
    return Case(((capacity,), list(steps)), note=note)


def _put(index: int, data: bytes, *, last: bool = False) -> Step:
    return ("insert", (index, data, True) if last else (index, data))


_PENDING, _FINISHED = ("get", "pending"), ("get", "finished")


def _fresh_pieces(rng: random.Random) -> list[Case]:
    def stream(capacity: int, size: int, note: str) -> Case:
        data = bytes(rng.choices(b"abcdefghijklmnopqrstuvwxyz", k=size))
        cuts = sorted(rng.sample(range(1, size), 5))
        pieces = [(start, end) for start, end in zip([0, *cuts], [*cuts, size], strict=True)]
        pieces += [(rng.randrange(size // 2), rng.randrange(size // 2 + 1, size + 1)) for _ in range(3)]
        rng.shuffle(pieces)
        steps: list[Step] = []
        for start, end in pieces:
            steps += [_put(start, data[start:end], last=end == size), _PENDING]
        # 버린 것이 있을 수 있으니 마지막에 처음부터 다시 보낸다.
        steps += [_put(at, data[at : at + 4], last=at + 4 >= size) for at in range(0, size, 4)]
        return _steps(capacity, *steps, _PENDING, _FINISHED, note=note)

    return [
        *(stream(1000, rng.randrange(20, 60), "뒤섞이고 겹친 조각들") for _ in range(3)),
        *(stream(rng.randrange(6, 12), rng.randrange(20, 40), "작은 버퍼") for _ in range(3)),
        _steps(8, _put(0, b"", last=True), _FINISHED, note="빈 스트림"),
    ]


REASSEMBLER = Problem(
    name="Reassembler",
    lesson=LESSON,
    title="재조립기",
    points=5,
    rfc="RFC 9293 §3.10.7.4",
    reference=Reassembler,
    adapter="steps",
    cases=(
        _steps(100, _put(0, b"ab"), _put(2, b"cd"), _PENDING, note="차례대로 온 조각"),
        _steps(100, _put(2, b"cd"), _PENDING, _put(0, b"ab"), _PENDING, note="뒤의 것이 먼저 왔다"),
        _steps(100, _put(4, b"ef"), _put(2, b"cd"), _PENDING, _put(0, b"ab"), note="거꾸로 온 세 조각"),
        _steps(100, _put(0, b"abcd"), _put(2, b"cdef"), _put(0, b"ab"), _PENDING, note="받은 것과 겹치는 조각"),
        _steps(
            100, _put(4, b"efg"), _put(3, b"defg"), _put(5, b"fgh"), _PENDING, _put(0, b"abc"), _PENDING,
            note="보관한 것과 겹치는 조각",
        ),
        _steps(
            4, _put(2, b"cdef"), _PENDING, _put(0, b"ab"), _put(4, b"efgh"), _put(8, b"ij"), _PENDING,
            note="버퍼를 넘는 조각",
        ),
        _steps(4, _put(0, b"abcdef"), _PENDING, _put(4, b"efg"), note="바이트가 나가도 구간은 부른 순간의 것"),
        _steps(100, _put(2, b"cd", last=True), _FINISHED, _put(0, b"ab"), _FINISHED, note="마지막 조각이 먼저 왔다"),
        _steps(100, _put(0, b"ab"), _FINISHED, _put(2, b"", last=True), _FINISHED, note="빈 조각이 끝을 알린다"),
    ),
    fresh_cases=_fresh_pieces,
    hints=(
        "가장 쉬운 방법은 바이트마다 `dict`에 담는 것이다: `self.held[자리] = 바이트`. 겹치는 것은 저절로 하나가 "
        "된다.",
        "담을 수 있는 자리는 다음에 나갈 번호부터 `capacity`개다. 그 앞은 이미 나갔고, 그 뒤는 버린다. 자리 "
        "밖의 바이트를 건너뛰면 자르는 일이 끝난다.",
        "담은 다음에는 다음에 나갈 번호가 있는 동안 꺼내어 이어 붙인다. 남은 것의 수가 `pending`이다.",
        "`is_last`이면 그 조각의 끝(`index + len(data)`)이 스트림의 끝이다. 거기까지 다 내보냈는지는 따로 본다. "
        "마지막 조각이 먼저 올 수 있기 때문이다.",
    ),
    mistakes={
        "먼저 온 뒤의 조각을 버렸다. 버퍼에 들어가는 것은 보관했다가 빈틈이 메워지면 내보낸다.": _NoHolding,
        "겹치는 앞부분을 또 내보냈다. 다음에 나갈 번호보다 앞의 바이트는 이미 나갔으니 잘라 낸다.": _RepeatsOverlap,
        "조금 겹친다고 조각을 통째로 버렸다. 새 부분은 받아야 한다.": _DropsOverlap,
        "버퍼의 크기를 지키지 않았다. 다음에 나갈 번호부터 `capacity`바이트를 넘는 부분은 버린다.": _Unbounded,
        "버퍼를 넘는 조각을 통째로 버렸다. 들어가는 데까지는 받는다.": _AllOrNothing,
        "조각을 넣는 동안 구간이 함께 나아갔다. 구간은 `insert`를 부른 순간의 것이다. 먼저 자르고, 그다음에 "
        "내보낸다.": _MovesMeanwhile,
        "버퍼의 끝이 처음 자리에 멈춰 있다. 내보낼 때마다 버퍼의 끝도 함께 나아간다.": _FixedBuffer,
        "`pending`에서 겹치는 바이트를 두 번 세었다. 기다리는 서로 다른 바이트의 수다.": _PendingTwice,
        "마지막 조각이 오자마자 끝났다고 했다. 빈틈이 남아 있으면 아직 끝나지 않았다.": _FinishedEarly,
        "빈 조각이 알려 준 끝을 놓쳤다. 데이터가 없어도 `is_last`면 거기가 끝이다.": _NeverFinished,
        "빈틈이 메워졌는데 방금 온 조각만 내보냈다. 보관한 것이 이어지면 함께 내보낸다.": _OneAtATime,
    },
    explanation="버퍼를 '다음에 나갈 번호부터 `capacity`개의 칸'으로 보면 규칙이 하나로 모인다. 칸에 들어가는 "
    "바이트만 담고, 첫 칸부터 이어지는 데까지 내보낸다. 겹침, 중복, 순서 바뀜을 따로 다루지 않는다.",
)

# ── fill_numbers ────────────────────────────────────────────────────────────


def numbers_table(rng: random.Random) -> PacketTable:
    """잃은 것이 없는 표와 하나를 잃은 표가 번갈아 나온다."""
    return (loss if rng.random() < 0.5 else transfer)(rng)


FILL_NUMBERS = packet_table_problem(
    name="fill_numbers",
    lesson=LESSON,
    title="번호의 표 채우기",
    points=4,
    make=numbers_table,
    hints=(
        *HINTS[:2],
        "받은 것은 도착한 것뿐이다. 빈 `ack`가 있는 줄의 `time`까지 도착한(`arrived <= time`) 상대의 줄만 모아, 상대의 "
        "SYN에서 시작해 `seq`가 꼭 이어지는 줄을 찾는 동안 나아간다. 이어지는 줄이 없으면 거기가 빈틈이고, 그 번호가 "
        "`ack`다.",
        "`note`가 재전송인 줄의 `seq`만 다르게 구한다: 그때까지 도착한 상대의 줄 가운데 마지막에 도착한 것의 "
        "`ack`다. 그 줄은 번호를 새로 쓰지 않으므로, 그 쪽이 다음에 보낼 번호를 옮기지 않는다.",
    ),
)

PROBLEMS = (SEQ_LT, IN_WINDOW, WRAP, UNWRAP, REASSEMBLER, FILL_NUMBERS)
