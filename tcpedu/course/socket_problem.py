"""소켓을 받는 답의 문제를 만든다: 검사가 제 상대를 루프백에 세워 답과 만나게 한다.

대본은 데이터이므로 채점기에도 그대로 간다. 공개 검사의 `note`에는 상대가 한 일을 적고, 새 입력에는 적지 않는다.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from random import Random
from typing import Any

from tcpedu.course.problem import Case, Problem
from tcpedu.lab.peer_words import Move, tell

WHO = "상대"
SECONDS = {"socket_server": 6.0}  # 막히는 서버가 손님마다 기다리게 해도 이 안에 끝난다


def meeting(calls: Sequence[Sequence[Any]], *moves: Move, note: str) -> Case:
    """상대 하나와 만난다. `calls`는 답을 부를 때마다 `sock` 뒤에 줄 인자, `moves`는 상대가 할 일이다.

    >>> case = meeting([(5,)], ("send", b"ab"), ("shut",), note="일찍 끝난다")
    >>> case.args[0]
    (('connect', '상대'), ('send', '상대', b'ab'), ('shut', '상대'))
    """
    script = (("connect", WHO), *((name, WHO, *rest) for name, *rest in moves))
    return Case((script, tuple(map(tuple, calls))), note=note)


def guests(*moves: Move, note: str) -> Case:
    """손님들이 서버를 찾아온다."""
    return Case((tuple(moves),), note=note)


def pieces(data: bytes, *cuts: int) -> list[Move]:
    """`data`를 여러 곳에서 잘라 한 조각씩 보낸다.

    >>> pieces(b"abcde", 1, 3)
    [('send', b'a'), ('send', b'bc'), ('send', b'de')]
    """
    edges = [0, *cuts, len(data)]
    return [("send", data[start:end]) for start, end in pairwise(edges)]


def cut_somewhere(rng: Random, data: bytes, count: int = 3) -> list[Move]:
    """아무 데서나 `count`번 자른다."""
    return pieces(data, *sorted(rng.sample(range(1, len(data)), min(count, len(data) - 1))))


def told(case: Case) -> Case:
    """경우에 상대가 한 일을 덧붙인다."""
    script = case.args[0]
    story = " → ".join(tell(move) for move in script[1:]) or "가만히 있음"
    return replace(case, note=f"{case.note} (상대: {story})")


def socket_problem(
    *, name: str, lesson: str, title: str, points: int, reference: Callable[..., Any], cases: Sequence[Case],
    fresh_cases: Callable[[Random], list[Case]], hints: Sequence[str], mistakes: Mapping[str, Callable[..., Any]],
    explanation: str, adapter: str = "socket_call", rfc: str = "RFC 9293 §3.9.1",
) -> Problem:  # fmt: skip
    """소켓을 받는 답의 문제 하나. `adapter`는 `socket_answers.ADAPTERS`의 이름이다."""
    public = tuple(cases) if adapter == "socket_server" else tuple(map(told, cases))
    return Problem(
        name=name, lesson=lesson, title=title, points=points, rfc=rfc, reference=reference, cases=public,
        fresh_cases=fresh_cases, hints=tuple(hints), mistakes=mistakes, adapter=adapter, explanation=explanation,
        seconds=SECONDS.get(adapter, 2.0),
    )  # fmt: skip
