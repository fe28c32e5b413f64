"""캡스톤의 제출물: 앞 단계에 기대는 여섯 셀이, 배우는 사람의 다른 노트북 없이 채점된다."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tcpedu.course.check import without_markers
from tcpedu.grading.assignment import Assignment, assignments
from tcpedu.grading.compose import compose
from tcpedu.grading.judge import judge
from tcpedu.grading.result import ProblemResult, Status
from tcpedu.grading.run import run

ROOT = Path(__file__).resolve().parents[2]
NAMES = ["Opening", "Transfer", "Recovery", "Reordering", "Probing", "MyTcp"]


@pytest.fixture(scope="module")
def assignment() -> Assignment:
    return assignments()["16_capstone"]


@pytest.fixture(scope="module")
def answers() -> dict[str, str]:
    cells = json.loads((ROOT / "solutions" / "16_capstone.ipynb").read_text(encoding="utf-8"))["cells"]
    return {name: without_markers("".join(c["source"])) for name in NAMES for c in cells if c["id"] == f"answer-{name}"}


@pytest.fixture
def graded(submit, assignment, monkeypatch):
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")

    def grade(answers: dict[str, str]) -> dict[str, ProblemResult]:
        composed = compose(submit(**answers), assignment)
        ran = run(composed.notebook, composed.plan, timeout=30.0)
        return {result.name: result for result in judge(assignment.problems, composed, ran)}

    return grade


@pytest.mark.slow
def test_the_solution_gets_every_point(graded, answers, assignment) -> None:
    results = graded(answers)
    assert {name: one.status for name, one in results.items()} == dict.fromkeys(NAMES, Status.CORRECT), results
    assert sum(one.points for one in results.values()) == assignment.points == 30


@pytest.mark.slow
def test_a_wrong_stage_is_named_and_earlier_stages_keep_their_points(graded, answers) -> None:
    wrong = answers["Recovery"].replace("        self.estimator.on_timeout()\n", "")
    results = graded({**answers, "Recovery": wrong})
    assert [results[name].status for name in NAMES[:3]] == [Status.CORRECT, Status.CORRECT, Status.WRONG]
    assert results["Recovery"].diagnosis.startswith("타임아웃 뒤에 RTO를 갑절로 하지 않았다.")
    assert results["Recovery"].steps


@pytest.mark.slow
def test_a_stub_is_untried_and_blocks_only_what_follows(graded, answers) -> None:
    stub = "class Probing(Reordering):\n    def watch_window(self):\n        raise NotImplementedError"
    results = graded({**answers, "Probing": stub})
    assert [results[name].status is Status.CORRECT for name in NAMES] == [True, True, True, True, False, False]
    assert results["Probing"].status is Status.UNTRIED
    assert "`Probing`" in results["MyTcp"].next_step
