"""강의실 시험이 함께 쓰는 것: 시험만을 위한 문제와, 배우는 사람의 셀을 흉내 내는 함수."""

from __future__ import annotations

import itertools
import linecache
import random
import sys
import textwrap
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tcpedu.course import progress
from tcpedu.course.problem import Case, Problem


def usable_window(snd_una: int, snd_nxt: int, snd_wnd: int) -> int:
    return max(snd_una + snd_wnd - snd_nxt, 0)


def port_pair(header: bytes) -> dict[str, int]:
    if len(header) < 4:
        raise ValueError("포트를 읽을 수 없습니다")
    return {"src": int.from_bytes(header[:2], "big"), "dst": int.from_bytes(header[2:4], "big")}


class ByteQueue:
    def __init__(self, capacity: int) -> None:
        self.capacity, self.data = capacity, b""

    def write(self, data: bytes) -> int:
        if not data:
            raise ValueError("빈 데이터")
        taken = data[: self.capacity - len(self.data)]
        self.data += taken
        return len(taken)

    def read(self, count: int) -> bytes:
        out, self.data = self.data[:count], self.data[count:]
        return out

    @property
    def pending(self) -> int:
        return len(self.data)


class Unbounded(ByteQueue):
    def write(self, data: bytes) -> int:
        if not data:
            raise ValueError
        self.data += data
        return len(data)


class Forgetful(ByteQueue):
    def read(self, count: int) -> bytes:
        return self.data[:count]


DEMO = (
    Problem(
        name="usable_window",
        lesson="08_flow_control",
        title="쓸 수 있는 윈도우",
        points=2,
        rfc="RFC 9293 §3.8.6.2.1",
        reference=usable_window,
        cases=(Case((100, 150, 80)), Case((100, 100, 0)), Case((100, 200, 50), note="윈도우가 줄었을 때")),
        fresh_cases=lambda rng: [Case((rng.randrange(99), 100, rng.randrange(200))) for _ in range(5)],
        hints=("보낸 것은 빼야 한다.", "`max`를 떠올려 보자."),
        mistakes={
            "이미 보낸 바이트를 빼지 않았다.": lambda snd_una, snd_nxt, snd_wnd: snd_wnd,
            "음수가 될 수 있다.": lambda snd_una, snd_nxt, snd_wnd: snd_una + snd_wnd - snd_nxt,
        },
        explanation="윈도우의 오른쪽 끝에서 다음에 보낼 번호를 뺀다.",
    ),
    Problem(
        name="port_pair",
        lesson="02_segment_header",
        title="포트 읽기",
        points=1,
        rfc="RFC 9293 §3.1",
        reference=port_pair,
        cases=(Case((bytes.fromhex("04d21f90"),)), Case((b"\x00\x50\x01\xbb\xff",)), Case((b"\x01\x02",))),
        fresh_cases=lambda rng: [Case((rng.randbytes(n),)) for n in (3, 4, 20)],
        hints=("두 바이트씩 읽는다.", "네트워크 순서다."),
        mistakes={
            "바이트 순서가 거꾸로다.": lambda h: port_pair(h[1::-1] + h[3:1:-1]),
            "짧은 헤더를 거절하지 않았다.": lambda h: {
                "src": int.from_bytes(h[:2], "big"),
                "dst": int.from_bytes(h[2:4], "big"),
            },
        },
        explanation="출발지, 도착지 차례로 16비트씩이다.",
    ),
    Problem(
        name="ByteQueue",
        lesson="08_flow_control",
        title="수신 버퍼",
        points=3,
        rfc="RFC 9293 §3.8.6",
        reference=ByteQueue,
        adapter="steps",
        cases=(
            Case(((8,), [("write", (b"abc",)), ("get", "pending"), ("read", (2,)), ("read", (2,)), ("write", (b"",))])),
            Case(((4,), [("write", (b"abcdef",)), ("read", (9,)), ("get", "pending")])),
        ),
        fresh_cases=lambda rng: [Case(((rng.randrange(1, 9),), [("write", (rng.randbytes(6),)), ("read", (3,))]))],
        hints=("남은 자리만큼만 담는다.", "읽은 것은 지운다."),
        mistakes={"용량을 지키지 않았다.": Unbounded, "읽은 것을 지우지 않았다.": Forgetful},
        explanation="용량에서 담긴 것을 뺀 만큼만 받는다.",
    ),
)


@pytest.fixture
def demo(monkeypatch: pytest.MonkeyPatch) -> dict[str, Problem]:
    """시험만을 위한 문제 세 개를 검사에 알려 준다."""
    import tcpedu.course.check  # noqa: F401

    monkeypatch.setattr(sys.modules["tcpedu.course.check"], "problems", lambda lesson=None: list(DEMO))
    return {item.name: item for item in DEMO}


@pytest.fixture(autouse=True)
def forgetful() -> Iterator[None]:
    """앞선 시험의 힌트와 정답이 남지 않게 한다."""
    progress.forget()
    yield
    progress.forget()


@pytest.fixture
def cell() -> Callable[..., Any]:
    """노트북의 셀처럼 소스를 실행하고 이름 하나를 꺼낸다."""
    numbers = itertools.count()

    def run(source: str, name: str) -> Any:
        source = textwrap.dedent(source).strip("\n") + "\n"
        file = f"/tmp/ipykernel_0/{next(numbers)}.py"
        linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
        space: dict[str, Any] = {"__name__": "__learner__"}
        exec(compile(source, file, "exec"), space)
        return space[name]

    return run


@pytest.fixture
def rng() -> random.Random:
    return random.Random(7)
