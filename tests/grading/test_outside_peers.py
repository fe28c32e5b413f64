"""소켓 문제의 상대는 채점기의 과정에서 돈다: 안에서 돌 때와 같은 것을 보고, 답은 그것을 꾸미지 못한다."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tcpedu.course import server_mistakes, socket_mistakes
from tcpedu.course.probe import line, values_of
from tcpedu.course.problem import Case, Problem, problem
from tcpedu.course.problems import p12_socket_programming as lesson
from tcpedu.grading import tiers

pytest.importorskip("nbval")
from tcpedu.grading.kernel import DisposableKernel
from tcpedu.grading.plan import Meeting
from tcpedu.grading.reception import Reception

if tiers.best().name != "A":
    pytest.skip(f"이 컴퓨터에서는 상자를 만들 수 없다: {tiers.best().reason}", allow_module_level=True)

CLIENTS = ("recv_exactly", "send_message", "recv_message", "read_lines")


class Room:
    """상자 하나. 셀을 돌리고, 소켓 문제의 답을 밖의 상대와 만나게 한다."""

    def __init__(self, folder: Path) -> None:
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
        with self.reception.host(Meeting(asked, tuple(cases), explain=False)) as host:
            self.kernel.edit = host.edit
            text = self.run(host.source)
            self.kernel.edit = None
        assert not host.failure
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


def mistakes(name: str) -> dict[str, str]:
    """문제에 적힌 오답의 글: 진단 → 식."""
    tree = ast.parse(Path(lesson.__file__).read_text("utf-8"))
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        words = {word.arg: word.value for word in call.keywords}
        if isinstance(words.get("name"), ast.Constant) and words["name"].value == name:
            given = words["mistakes"]
            pairs = zip(given.keys, given.values, strict=True)
            return {ast.literal_eval(key): ast.unparse(value) for key, value in pairs}
    raise LookupError(name)


def prelude() -> str:
    texts = {one: Path(module.__file__).read_text("utf-8") for one, module in
             (("wrong", socket_mistakes), ("bad", server_mistakes))}  # fmt: skip
    return f"""
import types
for _name, _text in {texts!r}.items():
    globals()[_name] = types.ModuleType(_name)
    exec(_text, vars(globals()[_name]))
def framed(payload):
    return len(payload).to_bytes(4, "big") + payload
"""


@pytest.mark.parametrize("name", CLIENTS)
def test_outside_sees_what_inside_sees(enter, name: str) -> None:
    """풀이와 문제에 적힌 모든 오답이, 상대가 커널 안에 있을 때와 글자까지 같은 줄을 낸다."""
    asked = problem(name)
    with enter() as room:
        room.run(prelude() + f"from tcpedu.lab.sockets import {name}")
        expected = values_of(asked.reference, asked.adapter, asked.cases)
        assert room.meet(asked, asked.cases) == line(expected) + "\n"
        for diagnosis, source in mistakes(name).items():
            room.run(f"{name} = {source}")
            inside = values_of(asked.mistakes[diagnosis], asked.adapter, asked.cases)
            assert room.meet(asked, asked.cases) == line(inside) + "\n", diagnosis
            assert inside != expected


SERVERS = mistakes("serve_echo")


@pytest.mark.parametrize("diagnosis", SERVERS, ids=SERVERS.values())
def test_outside_guests_see_what_inside_guests_see(enter, diagnosis: str) -> None:
    asked = problem("serve_echo")
    with enter() as room:
        room.run(prelude() + f"serve_echo = {SERVERS[diagnosis]}")
        inside = values_of(asked.mistakes[diagnosis], asked.adapter, asked.cases)
        assert json.loads(room.meet(asked, asked.cases)) == json.loads(line(inside))


@pytest.mark.parametrize("name", ["serve_echo", "serve_echo_selectors", "serve_echo_async"])
def test_right_servers_of_every_style(enter, name: str) -> None:
    asked = problem("serve_echo")
    with enter() as room:
        room.run(f"from tcpedu.lab.sockets import {name} as serve_echo")
        assert room.meet(asked, asked.cases) == line(values_of(asked.reference, asked.adapter, asked.cases)) + "\n"
