"""제출물 하나를 채점하는 곳의 형식: Gradescope의 results.json, GitHub Classroom의 결과."""

import base64
import json
from typing import Any

from tcpedu.grading.result import ProblemResult, State, Status, SubmissionResult

_SHORT = 400  # GitHub의 결과는 환경 변수로 오가므로 짧아야 한다


def gradescope_json(result: SubmissionResult) -> str:
    """`/autograder/results/results.json`. 채점기의 실패는 0점이 아니라 점수 없이 알린다."""
    said = "\n".join(filter(None, [result.reason, *result.findings]))
    content: dict[str, Any] = {"output": said, "visibility": "visible", "execution_time": result.seconds}
    if result.points is None:
        # 점수를 적지 않으면 Gradescope는 자동 채점의 실패로 보이고, 다시 돌릴 수 있다.
        content["tests"] = []
        return json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    content["score"] = result.points
    content["tests"] = [_gradescope_test(number, problem) for number, problem in enumerate(result.problems, 1)]
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _gradescope_test(number: int, problem: ProblemResult) -> dict[str, Any]:
    return {
        "name": problem.title, "number": str(number), "score": problem.points, "max_score": problem.possible,
        "status": "passed" if problem.status is Status.CORRECT else "failed", "output": explained(problem),
        "output_format": "text", "visibility": "visible",
    }  # fmt: skip


def github_result(result: SubmissionResult) -> str:
    """GitHub Classroom의 reporter가 읽는 base64 글. 한 단계의 출력 `result`로 넘긴다."""
    tests = [
        {
            "name": problem.title, "status": "pass" if problem.status is Status.CORRECT else "fail",
            "score": problem.points, "message": explained(problem)[:_SHORT], "test_code": problem.name,
            "filename": "", "line_no": 0, "duration": 0,
        }
        for problem in result.problems
    ]  # fmt: skip
    if result.state is not State.GRADED:
        tests = [{
            "name": result.state.value, "status": "error", "score": 0, "message": result.reason[:_SHORT],
            "test_code": "", "filename": "", "line_no": 0, "duration": 0,
        }]  # fmt: skip
    status = "error" if result.points is None else "pass" if result.points == result.possible else "fail"
    content = {"version": 1, "status": status, "max_score": result.possible or 0, "tests": tests}
    return base64.b64encode(json.dumps(content, ensure_ascii=False).encode("utf-8", "replace")).decode("ascii")


def explained(problem: ProblemResult) -> str:
    """문제 하나의 설명 글."""
    pairs = {
        "결과": problem.headline, "진단": problem.diagnosis, "입력": problem.given, "기대": problem.expected,
        "실제": problem.actual, "오류": problem.error, "다음": problem.next_step, "선생님": problem.teacher,
    }  # fmt: skip
    return "\n".join(f"{label}: {text}" for label, text in pairs.items() if text)
