"""채점 시험의 작은 과제: 문제 셋. 진짜 강의의 문제가 바뀌어도 이 시험은 그대로다."""

import os
import random
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tcpedu.course.problem import Case, Problem
from tcpedu.grading import tiers
from tcpedu.grading.assignment import Assignment
from tcpedu.grading.load import CodeCell, Submission
from tcpedu.grading.source import read

if tiers.best().name == "C":  # 이 시험의 제출물은 우리가 만든 것이다
    os.environ.setdefault(tiers.TRUST, "1")


def _numbers(rng: random.Random) -> list[Case]:
    return [Case((rng.randrange(100, 10_000),), note="큰 수") for _ in range(4)]


def _problem(name: str, reference: Callable[[int], int], mistakes: dict[str, Callable[[int], int]]) -> Problem:
    return Problem(
        name=name, lesson="99_numbers", title=f"{name} 문제", points=2, rfc="RFC 9293 §9.9", reference=reference,
        cases=(Case((1,)), Case((2,), note="짝수"), Case((3,))), fresh_cases=_numbers, hints=("힌트",),
        mistakes=mistakes, seconds=0.5,
    )  # fmt: skip


DOUBLE = _problem("double", lambda x: 2 * x, {"두 배가 아니라 제곱입니다.": lambda x: x * x})
SQUARE = _problem("square", lambda x: x * x, {"제곱이 아니라 두 배입니다.": lambda x: 2 * x})
CUBE = _problem("cube", lambda x: x**3, {"세제곱이 아니라 제곱입니다.": lambda x: x * x})


@pytest.fixture(scope="session")
def assignment() -> Assignment:
    scaffold = (read("import math\n\n"), read("BASE = 2\n\n\ndef scaled(x):\n    return x * BASE\n"))
    return Assignment("99_numbers", (DOUBLE, SQUARE, CUBE), scaffold)


@pytest.fixture(scope="session")
def right() -> dict[str, str]:
    """모두 맞는 답."""
    return {
        "double": "def double(x):\n    return x + x",
        "square": "def square(x):\n    return x * x",
        "cube": "def cube(x):\n    return x * x * x",
    }


@pytest.fixture(scope="session")
def submit() -> Callable[..., Submission]:
    """셀의 글로 제출물을 만든다. `이름=글`은 그 문제의 답 셀 자리에 놓인다."""

    def make(*sources: str, **answers: str) -> Submission:
        cells = [CodeCell(number, source) for number, source in enumerate(sources, 1)]
        start = len(cells) + 1
        cells += [CodeCell(n, text, f"answer-{name}") for n, (name, text) in enumerate(answers.items(), start)]
        return Submission("0" * 64, tuple(cells))

    return make


class Room:
    """상자 하나. 셀을 돌리고, 그 안의 답을 밖에서 만난다."""

    def __init__(self, folder: Path) -> None:
        from tcpedu.grading.kernel import DisposableKernel
        from tcpedu.grading.reception import Reception

        (folder / "notebook").mkdir(exist_ok=True)
        self.kernel = DisposableKernel(tiers.SANDBOX, str(folder / "notebook"))
        reception = Reception.of(self.kernel.box)
        assert reception is not None
        self.reception = reception

    def run(self, source: str) -> str:
        """찍은 글."""
        asked = self.kernel.execute_cell_input(source)
        self.kernel.await_reply(asked, 60)
        text = ""
        while True:
            message = self.kernel.get_message("iopub", 10)
            if message["parent_header"].get("msg_id") != asked:
                continue
            if message["msg_type"] == "stream":
                text += message["content"]["text"]
            if message["content"].get("execution_state") == "idle":
                return text

    def meet(self, asked: Problem, cases: Sequence[Case]) -> str:
        from tcpedu.grading.meeting import Meeting

        with self.reception.host(Meeting(asked, tuple(cases), explain=False)) as host:
            self.kernel.edit = host.edit
            text = self.run(host.source)
            self.kernel.edit = None
        assert not host.failure, host.failure
        return text


@pytest.fixture
def enter(tmp_path: Path) -> Iterator[Callable[[], Any]]:
    @contextmanager
    def room() -> Iterator[Room]:
        one = Room(tmp_path)
        try:
            yield one
        finally:
            one.kernel.stop()

    yield room


@pytest.fixture
def listeners() -> Callable[[], list[socket.socket]]:
    """커널의 통로 다섯. 이름은 운영체제가 고른다."""

    def make() -> list[socket.socket]:
        found = [socket.socket(socket.AF_UNIX) for _ in range(5)]
        for one in found:
            one.bind("")
            one.listen()
        return found

    return make
