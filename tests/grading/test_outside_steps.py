"""한 걸음씩 부르는 답은 채점기의 과정에서 시킨다: 안에서 돌 때와 같은 값이 되고, 답은 다음 사건을 볼 수 없다."""

from __future__ import annotations

import json
import socket
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from tcpedu.course.adapters import DRIVEN
from tcpedu.course.probe import line, values_of
from tcpedu.course.problem import Case, Problem, problem, problems
from tcpedu.course.problems.mytcp import MyTcp
from tcpedu.course.verdict import expected_values
from tcpedu.grading import driven, tiers
from tcpedu.grading.channel import Line
from tcpedu.grading.compose import fresh
from tcpedu.grading.driving import DriverHost
from tcpedu.grading.meeting import Meeting
from tcpedu.grading.probing import probe_source
from tcpedu.protocol.segment import Segment

ASKED = [one for one in problems() if one.adapter in DRIVEN]
BOXED = pytest.mark.skipif(tiers.best().name != "A", reason=f"상자를 만들 수 없다: {tiers.best().reason}")


@contextmanager
def hosted(asked: Problem, cases: Sequence[Case]) -> Iterator[DriverHost]:
    """상자 없이 열어 둔 채점기의 쪽."""
    before = set(threading.enumerate())
    with socket.create_server(("127.0.0.1", 0)) as listener:
        host = DriverHost(Meeting(asked, tuple(cases), explain=False), listener)
        thread = threading.Thread(target=host.run)
        thread.start()
        try:
            yield host
        finally:
            host.close()
            thread.join(30)
    assert not host.failure, host.failure
    assert set(threading.enumerate()) <= before


def met(asked: Problem, cases: Sequence[Case], answer: Any, capsys: Any) -> str:
    """이 과정의 답을 다른 스레드에서 시켰을 때의 줄."""
    main = sys.modules["__main__"]
    with hosted(asked, cases) as host:
        setattr(main, asked.name, answer)
        try:
            address = host.listener.getsockname()
            driven.drive(asked.name, asked.adapter, len(cases), address, host.token, asked.digits, 60.0, False)
        finally:
            delattr(main, asked.name)
    return host._joined(capsys.readouterr().out)


@pytest.mark.parametrize("asked", ASKED, ids=[one.name for one in ASKED])
def test_outside_gives_the_values_inside_gives(asked: Problem, capsys) -> None:
    """기준 답과 문제에 적힌 모든 오답이, 커널 안에서 돌 때와 글자까지 같은 줄을 낸다."""
    cases = fresh(asked, "씨앗")
    for answer in (asked.reference, *asked.mistakes.values()):
        inside = line(values_of(answer, asked.adapter, cases, asked.digits)) + "\n"
        assert met(asked, cases, answer, capsys) == inside


# 미리 보려는 답 --------------------------------------------------------------

STEPS = problem("LetterReceiver")
MARKED = [Case(((), [("look", (f"표식-{number}",)) for number in range(3)]))]
LOOKS = """
import gc

class LetterReceiver:
    "지금까지 기억 속에 있는 표식을 센다."
    def look(self, mark):
        found, again = set(), [gc.get_objects()]
        for one in again[0]:
            inside = one if isinstance(one, (list, tuple)) else one.values() if isinstance(one, dict) else ()
            for text in list(inside):
                if isinstance(text, str) and text.startswith("표식-") and len(text) == 4:
                    found.add(text)
        return sorted(found)
"""
REWRITES = """
import sys

class LetterReceiver:
    "마지막 걸음에서 앞 걸음의 결과를 고친다."
    def look(self, mark):
        frame = sys._getframe()
        while mark == "표식-2" and frame:
            if isinstance(rows := frame.f_locals.get("rows"), list):
                rows[1] = (rows[1][0], "나중에 고쳤다")
            frame = frame.f_back
        return mark
"""
SWAPS = """
from tcpedu.course.capstone import by_hand, talk
from tcpedu.protocol.connection import Connection

for _module, _name in ((by_hand, "by_hand"), (talk, "talk")):
    def _swapped(answer, *rest, _run=getattr(_module, _name), **conditions):
        return _run(Connection, *rest, **conditions)
    setattr(_module, _name, _swapped)

class Transfer:
    "각본이 제 자리에 라이브러리의 Connection을 앉히게 한다."
"""


def rows_in(text: str) -> list[Any]:
    return [value for _, value in json.loads(text)[0]["$steps"][1:]]


@BOXED
def test_the_next_event_is_nowhere_in_the_kernel(enter) -> None:
    with enter() as room:
        room.run(LOOKS)
        assert rows_in(room.run(probe_source(STEPS, MARKED, explain=False)))[0] == ["표식-0", "표식-1", "표식-2"]
    with enter() as room:
        room.run(LOOKS)
        assert rows_in(room.meet(STEPS, MARKED)) == [
            ["표식-0"], ["표식-0", "표식-1"], ["표식-0", "표식-1", "표식-2"],
        ]  # fmt: skip


@BOXED
def test_what_was_told_cannot_be_changed_later(enter) -> None:
    with enter() as room:
        room.run(REWRITES)
        assert rows_in(room.run(probe_source(STEPS, MARKED, explain=False)))[0] == "나중에 고쳤다"
    with enter() as room:
        room.run(REWRITES)
        assert rows_in(room.meet(STEPS, MARKED)) == ["표식-0", "표식-1", "표식-2"]


@BOXED
def test_nobody_else_can_be_put_in_its_place(enter) -> None:
    asked = problem("Transfer")
    cases = [case for case in fresh(asked, "씨앗") if case.args[0] == "talk"]
    expected = line(expected_values(asked, cases)) + "\n"
    with enter() as room:
        room.run(SWAPS)
        assert room.run(probe_source(asked, cases, explain=False)) == expected, "통하지 않는 공격이다"
    with enter() as room:
        room.run(SWAPS)
        assert room.meet(asked, cases) != expected


@BOXED
def test_in_the_box_too_a_right_answer_is_right(enter) -> None:
    asked = problem("Transfer")
    cases = fresh(asked, "씨앗")
    with enter() as room:
        room.run("from tcpedu.protocol.connection import Connection as Transfer")
        talks = [case for case in cases if case.args[0] == "talk"]
        assert room.meet(asked, talks) == line(expected_values(asked, talks)) + "\n"


# 믿지 않는다 -----------------------------------------------------------------


class Loops(MyTcp):
    """타이머가 언제나 지금 끝난다."""

    def next_timer(self) -> float:
        return 0.0


class Floods(MyTcp):
    """부를 때마다 세그먼트를 쏟는다."""

    def poll(self, now: float) -> list[Segment]:
        return [*super().poll(now), *[Segment(50000, 80, seq=1)] * 5_000]


class Strange(MyTcp):
    """변수에 엉뚱한 것을 넣는다."""

    def receive(self, segment: Segment, now: float, *, ce: bool = False) -> list[Segment]:
        out = super().receive(segment, now, ce=ce)
        self.state, self.changes, self.wnd = "끝", [None] * 9, float("nan")  # type: ignore[assignment]
        return out


class Blank:
    """아무것도 없다."""

    def __init__(self, *_: Any, **__: Any) -> None: ...


class Endless(MyTcp):
    """한 번에 너무 많이 말한다."""

    def read(self, n: int | None = None) -> Any:
        return ["x" * 1_000] * 10_000


class Text(MyTcp):
    """바이트 대신 글, 목록 대신 수를 돌려준다."""

    def read(self, n: int | None = None) -> Any:
        return "글"

    def poll(self, now: float) -> Any:
        super().poll(now)
        return 7


@pytest.mark.parametrize("answer", (Loops, Floods, Strange, Blank, Endless, Text), ids=lambda one: one.__name__)
def test_whatever_an_answer_gives_only_it_is_wrong(answer: Any, capsys) -> None:
    asked = problem("MyTcp")
    cases = [next(case for case in fresh(asked, "씨앗") if case.args[0] == kind) for kind in ("by_hand", "talk")]
    values = json.loads(met(asked, cases, answer, capsys))
    assert len(values) == len(cases) and values != json.loads(line(expected_values(asked, cases)))


NONSENSE: dict[str, Callable[[Line], Any]] = {
    "모르는 말": lambda line: line.ask("reveal", 0),
    "앞지른 입력": lambda line: line.ask("begin", 3),
    "시작하기 전의 결과": lambda line: line.ask("gave", 1),
    "같은 입력을 다시": lambda line: (line.ask("begin", 0), line.ask("begin", 0)),
    "오류가 아닌 오류": lambda line: (line.ask("begin", 0), line.ask("raised", {"$error": ["x"] * 9})),
    "JSON이 아닌 말": lambda line: line.sock.sendall(b"[[[[\n"),
    "낱말 대신 목록": lambda line: line.ask([], {}),
    "깊은 JSON": lambda line: line.sock.sendall(b"[" * 900_000 + b"\n"),
    "끝없는 줄": lambda line: line.sock.sendall(b"[" * 5_000_000),
    "깊은 값": lambda line: (line.ask("begin", 0), line.ask("gave", eval("[" * 90 + "]" * 90))),
    "끊고 달아나기": lambda line: (line.ask("begin", 0), line.close()),
}


@pytest.mark.parametrize("asked", (STEPS, problem("MyTcp")), ids=lambda one: one.name)
@pytest.mark.parametrize("words", NONSENSE.values(), ids=NONSENSE)
def test_what_a_kernel_says_is_not_trusted(words: Callable[[Line], Any], asked: Problem) -> None:
    """무슨 말을 해도 채점기는 실패하지 않고, 본 것이 아닌 값은 적히지 않는다."""
    cases = fresh(asked, "씨앗")
    with hosted(asked, cases) as host:
        line_ = Line(host.listener.getsockname(), host.token)
        with suppress(ConnectionError, ValueError, OSError):
            words(line_)
            line_.sock.settimeout(0.5)
            line_.sock.recv(1)
        line_.close()
    forged = json.dumps(expected_values(asked, cases))
    assert json.loads(host._joined(forged))[-1] == {"$missing": True}
