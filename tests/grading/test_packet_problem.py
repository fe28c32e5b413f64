"""표를 채우는 문제도 다른 문제와 똑같이, 새 표로 채점된다."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tcpedu.course.packet_problem import packet_table_problem
from tcpedu.course.packet_tables import TABLES
from tcpedu.grading.assignment import Assignment
from tcpedu.grading.compose import compose
from tcpedu.grading.judge import judge
from tcpedu.grading.result import ProblemResult, Status
from tcpedu.grading.run import run

PROBLEM = packet_table_problem(
    name="fill_close", lesson="05_connection_termination", title="종료의 표", points=2, make=TABLES["close"]
)
ANSWER = """
def fill_close(rows):
    following = {}
    for row in rows:
        other = next((name for name in following if name != row["sender"]), None)
        row["seq"] = following[row["sender"]] if row["seq"] is None else row["seq"]
        row["ack"] = following[other] if row["ack"] is None else row["ack"]
        used = row["length"] + ("SYN" in row["flags"]) + ("FIN" in row["flags"])
        following[row["sender"]] = (row["seq"] + used) % 2**32
    return rows
"""


@pytest.fixture
def graded(submit, monkeypatch) -> Callable[[str], ProblemResult]:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    assignment = Assignment("05_connection_termination", (PROBLEM,), ())

    def grade(source: str) -> ProblemResult:
        composed = compose(submit(fill_close=source), assignment)
        grade.composed = composed  # type: ignore[attr-defined]
        ran = run(composed.notebook, composed.plan, timeout=5.0)
        return judge(assignment.problems, composed, ran)[0]

    return grade


def test_the_right_answer_passes_the_public_and_the_fresh_tables(graded) -> None:
    result = graded(ANSWER)
    assert (result.status, result.points) == (Status.CORRECT, 2), result
    fresh = graded.composed.cases["probe-fill_close-fresh"]
    assert len(fresh) == 6
    assert not {json.dumps(case.args) for case in fresh} & {json.dumps(case.args) for case in PROBLEM.cases}


def test_a_mistake_gets_its_diagnosis(graded) -> None:
    result = graded(ANSWER.replace(' + ("FIN" in row["flags"])', ""))
    assert (result.status, result.points) == (Status.WRONG, 0)
    assert result.diagnosis.startswith("FIN이 쓰는 번호를 세지 않았다.")
    assert result.note.startswith("연결 종료의 표, 빈칸 2번의 ack")


def test_remembering_the_public_tables_is_not_enough(graded) -> None:
    known = {
        json.dumps(case.args[0]): row
        for case, row in zip(PROBLEM.cases, map(PROBLEM.reference, (c.args[0] for c in PROBLEM.cases)), strict=True)
    }
    source = f"import json\nKNOWN = json.loads({json.dumps(json.dumps(known))})\n"
    source += "def fill_close(rows):\n    return KNOWN.get(json.dumps(rows), rows)\n"
    result = graded(source)
    assert result.status is Status.WRONG
    assert result.headline == "공개 검사는 통과했지만 새 입력에서 틀렸습니다."
