"""제출물 하나의 형식: Gradescope, GitHub Classroom."""

import base64
import json

import pytest

from tcpedu.grading.formats import github_result, gradescope_json
from tcpedu.grading.result import ProblemResult, State, Status, SubmissionResult

RIGHT = ProblemResult("f", "첫 문제", Status.CORRECT, 2, 2, headline="모두 통과했습니다.")
WRONG = ProblemResult("g", "둘째 문제", Status.WRONG, 0, 3, headline="틀렸습니다." * 200, diagnosis="\x00\ud800")
GRADED = SubmissionResult(
    "a.ipynb", "a", State.GRADED, "02", (RIGHT, WRONG), findings=("BOM이 있습니다.",), seconds=1.5
)
FULL = SubmissionResult("a.ipynb", "a", State.GRADED, "02", (RIGHT,))
FAILED = SubmissionResult("a.ipynb", "a", State.FAILED, reason="커널")
UNREADABLE = SubmissionResult("a.ipynb", "a", State.UNREADABLE, reason="HTML입니다.")


def test_gradescope() -> None:
    content = json.loads(gradescope_json(GRADED))
    assert (content["score"], content["execution_time"], content["visibility"]) == (2, 1.5, "visible")
    assert [(one["score"], one["max_score"], one["status"]) for one in content["tests"]] == [
        (2, 2, "passed"), (0, 3, "failed"),
    ]  # fmt: skip
    assert sum(one["score"] for one in content["tests"]) == content["score"]
    allowed = {"name", "number", "score", "max_score", "status", "output", "output_format", "visibility"}
    assert all(set(one) <= allowed for one in content["tests"])
    assert "BOM" in content["output"]


@pytest.mark.parametrize("result", [FAILED, UNREADABLE])
def test_gradescope_never_makes_a_zero_of_a_failure(result: SubmissionResult) -> None:
    content = json.loads(gradescope_json(result))
    assert "score" not in content and content["tests"] == [] and result.reason in content["output"]


def decoded(result: SubmissionResult) -> dict:
    return json.loads(base64.b64decode(github_result(result)))


@pytest.mark.parametrize(
    ("result", "status"), [(FULL, "pass"), (GRADED, "fail"), (FAILED, "error"), (UNREADABLE, "error")]
)
def test_github_status(result: SubmissionResult, status: str) -> None:
    content = decoded(result)
    assert (content["version"], content["status"]) == (1, status)
    keys = {"name", "status", "score", "message", "test_code", "filename", "line_no", "duration"}
    assert all(set(one) == keys for one in content["tests"])


def test_github_adds_up_and_stays_short() -> None:
    content = decoded(GRADED)
    assert (sum(one["score"] for one in content["tests"]), content["max_score"]) == (2, 5)
    assert len(github_result(GRADED)) < 4_000 and "\n" not in github_result(GRADED)
