"""채점: 답 셀을 모아(compose) nbval로 돌리고(run) 성적과 설명을 쓴다(report).

>>> from tcpedu.grading import grade, check_file
>>> summary = grade("제출물", "결과")            # doctest: +SKIP
>>> check_file("exercises/02_segment_header.ipynb")  # doctest: +SKIP
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tcpedu.grading.classroom import check_file, grade
    from tcpedu.grading.result import ProblemResult, State, Status, SubmissionResult, line
    from tcpedu.grading.summary import GradeSummary, Progress

__all__ = [
    "GradeSummary", "ProblemResult", "Progress", "State", "Status", "SubmissionResult", "check_file", "grade", "line",
]  # fmt: skip

_HOMES = {
    "GradeSummary": "summary",
    "Progress": "summary",
    "check_file": "classroom",
    "grade": "classroom",
    "ProblemResult": "result",
    "State": "result",
    "Status": "result",
    "SubmissionResult": "result",
    "line": "result",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(f"tcpedu.grading.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
