"""스스로 한 답인가: 라이브러리의 구현을 불러 쓴 답을, 어떻게 돌려 불러도 코드에서 찾는다."""

import ast

import pytest

from tcpedu.course.problem import problem
from tcpedu.grading.assignment import assignments
from tcpedu.grading.compose import compose
from tcpedu.grading.library_uses import library_uses
from tcpedu.grading.load import CodeCell, Submission
from tcpedu.grading.ownwork import tell, things_of
from tcpedu.grading.result import ProblemResult, Status

NAME = "internet_checksum"
HOME = "tcpedu.protocol.checksum"
HONEST = "def internet_checksum(data):\n    total = sum(data)\n    return ~total & 0xffff\n"

BORROWED = {
    "그대로": f"from {HOME} import internet_checksum",
    "별명": f"from {HOME} import internet_checksum as lib\ndef internet_checksum(data):\n    return lib(data)",
    "모듈": "import tcpedu.protocol.checksum as c\ndef internet_checksum(data):\n    return c.internet_checksum(data)",
    "긴 이름": f"import {HOME}\ndef internet_checksum(data):\n    return {HOME}.internet_checksum(data)",
    "꾸러미": "from tcpedu import protocol as p\ndef internet_checksum(d):\n    return p.checksum.internet_checksum(d)",
    "함수 안에서": f"def internet_checksum(data):\n    from {HOME} import internet_checksum as f\n    return f(data)",
    "별표": f"from {HOME} import *\ndef answer(data):\n    return internet_checksum(data)\ninternet_checksum = answer",
    "대입": f"from {HOME} import internet_checksum as lib\ninternet_checksum = lib",
    "별명의 별명": f"import {HOME} as a\nb = a\nc = b.internet_checksum\ndef internet_checksum(d):\n    return c(d)",
    "getattr": "import tcpedu.protocol.checksum as c\n"
    "def internet_checksum(d):\n    return getattr(c, 'internet' + '_checksum')(d)",
    "importlib": "import importlib\n"
    f"def internet_checksum(d):\n    return importlib.import_module('{HOME}').internet_checksum(d)",
    "import_module의 별명": "from importlib import import_module as m\n"
    "internet_checksum = m('tcpedu.' + 'protocol.checksum').internet_checksum",
    "getattr의 별명": f"from builtins import getattr as g\nimport {HOME} as c\n"
    "internet_checksum = g(c, 'internet_checksum')",
    "__import__": f"def internet_checksum(d):\n    return __import__('{HOME}', fromlist=['x']).internet_checksum(d)",
    "sys.modules": f"import sys\ndef internet_checksum(d):\n    return sys.modules['{HOME}'].internet_checksum(d)",
    "vars": f"import {HOME} as c\ndef internet_checksum(d):\n    return vars(c)['internet_checksum'](d)",
    "__dict__": f"import {HOME} as c\ndef internet_checksum(d):\n    return c.__dict__['internet_checksum'](d)",
    "도움 함수를 거쳐": f"import {HOME} as c\ndef help_me(d):\n    return c.internet_checksum(d)\n"
    "def internet_checksum(d):\n    return help_me(d)",
    "기준 답": "from tcpedu.course.problem import problem\n"
    "def internet_checksum(d):\n    return problem('internet_checksum').reference(d)",
    "문제 모듈": "from tcpedu.course.problems import p02_segment_header as p\n"
    "def internet_checksum(d):\n    return p.checksum.internet_checksum(d)",
}


@pytest.mark.parametrize("name", BORROWED)
def test_every_way_of_calling_the_library_is_seen(name: str) -> None:
    problems, notes = told(BORROWED[name])
    assert problems[NAME].status is Status.BORROWED and problems[NAME].points == 0
    assert "강의 라이브러리" in problems[NAME].headline and problems[NAME].next_step
    assert any(NAME in note and "tcpedu." in note for note in notes)


CLEAN = {
    "정직한 답": HONEST,
    "아래에서 견주어 봄": HONEST + f"\nfrom {HOME} import internet_checksum as lib\nassert lib(b'') == 0xffff",
    "이름이 같은 지역 변수": f"from {HOME} import internet_checksum as total\n{HONEST}",
    "이름이 같은 인자": f"import {HOME} as data\n{HONEST}",
    "글 속의 이름": 'def internet_checksum(data):\n    """tcpedu.protocol.checksum처럼."""\n    return 0',
    "검사 도구": f"from tcpedu.course import check, hint\n{HONEST}\ncheck(internet_checksum)",
}


@pytest.mark.parametrize("name", CLEAN)
def test_an_honest_answer_is_not_accused(name: str) -> None:
    problems, notes = told(CLEAN[name])
    assert problems[NAME].status is Status.CORRECT and notes == []


def test_a_comparing_cell_below_is_not_the_answer() -> None:
    problems, notes = told(HONEST, f"from {HOME} import internet_checksum\ninternet_checksum(b'')")
    assert problems[NAME].status is Status.CORRECT and notes == []


OTHER = {
    "다른 것": "from tcpedu.protocol.seqnum import seq_lt\ndef internet_checksum(d):\n    return seq_lt(1, 2)",
    "글로 적은 코드": "def internet_checksum(d):\n    exec('from tcpedu.protocol import checksum')",
}


@pytest.mark.parametrize("name", OTHER)
def test_another_part_of_the_library_is_told_and_left_to_the_teacher(name: str) -> None:
    problems, notes = told(OTHER[name])
    assert problems[NAME].status is Status.CORRECT
    assert len(notes) == 1 and "교사가 보고 정하세요" in notes[0]


def test_calling_ones_own_borrowed_answer_is_not_borrowing_again() -> None:
    problems, notes = told(BORROWED["모듈"] + "\ndef tcp_checksum(*a):\n    return internet_checksum(b'')")
    assert problems["tcp_checksum"].status is Status.CORRECT and len(notes) == 1


def test_what_the_exercise_hands_out_may_be_used() -> None:
    """06의 연습문제는 `transition`을 미리 준다."""
    text = "from tcpedu.protocol.state import transition\ndef walk(*a):\n    return transition(*a)"
    given = assignments()["06_state_diagram"].scaffold_names
    assert "transition" in given
    problems, notes = told(text, lesson="06_state_diagram")
    assert problems["walk"].status is Status.CORRECT and notes == []


def test_a_member_of_what_is_handed_out_may_be_used() -> None:
    """16의 연습문제는 `Event`를 미리 주고, 답은 `Event.CLOSE`를 쓴다."""
    text = "from tcpedu.protocol.state import Event, State, transition\n"
    assert told(f"{text}def MyTcp(*a):\n    return Event.CLOSE, State.CLOSED", lesson="16_capstone")[1] == []
    assert len(told(f"{text}def MyTcp(*a):\n    return transition(*a)", lesson="16_capstone")[1]) == 1


def test_another_problems_answer_from_the_library_is_told() -> None:
    text = f"from {HOME} import internet_checksum as f\ndef tcp_checksum(*a):\n    return f(b'')"
    problems, notes = told(text)
    assert problems["tcp_checksum"].status is Status.CORRECT and len(notes) == 1


def told(*texts: str, lesson: str = "02_segment_header") -> tuple[dict[str, ProblemResult], list[str]]:
    assignment = assignments()[lesson]
    cells = tuple(CodeCell(number, text) for number, text in enumerate(texts, 1))
    composed = compose(Submission("0" * 64, cells), assignment)
    results = [ProblemResult(one.name, one.title, Status.CORRECT, 1, 1) for one in assignment.problems]
    problems, notes = tell(results, assignment.problems, composed, assignment.scaffold_names)
    return {one.name: one for one in problems}, notes


@pytest.mark.parametrize("lesson", assignments())
def test_no_solution_of_the_course_is_accused(lesson: str) -> None:
    assignment = assignments()[lesson]
    problems, _ = told(*assignment.solutions.values(), lesson=lesson)
    assert {one.status for one in problems.values()} == {Status.CORRECT}


def test_a_reference_that_wraps_the_library_names_what_it_wraps() -> None:
    assert {"tcp_checksum"} <= things_of(problem("tcp_checksum"))
    assert "parse_header" in things_of(problem("parse_header"))
    uses = library_uses("f", [ast.parse("from tcpedu.protocol import seqnum\ndef f():\n    return seqnum.seq_lt")])
    assert uses == {"tcpedu.protocol.seqnum.seq_lt"}
