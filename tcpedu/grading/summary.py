"""한 반을 채점하는 동안의 진행 상황과, 마친 뒤의 요약."""

from dataclasses import dataclass
from pathlib import Path

from tcpedu.grading.result import State, SubmissionResult
from tcpedu.grading.roster import Person


@dataclass(frozen=True)
class Progress:
    """진행 상황: `total`개 가운데 `done`번째로 `result`가 나왔다."""

    done: int
    total: int
    result: SubmissionResult
    reused: bool = False


@dataclass(frozen=True)
class GradeSummary:
    """채점을 마친 결과. `exit_code`는 모두 채점했으면 0, 아니면 1이다."""

    results: tuple[SubmissionResult, ...]
    out: Path
    ignored: tuple[str, ...]
    reused: int
    seconds: float
    older: tuple[SubmissionResult, ...] = ()  # 더 나중 것이 있어 성적에 넣지 않은 제출물
    absent: tuple[Person, ...] = ()
    notes: tuple[str, ...] = ()
    filled: tuple[Path, ...] = ()

    @property
    def graded(self) -> tuple[SubmissionResult, ...]:
        return tuple(result for result in self.results if result.state is State.GRADED)

    @property
    def unreadable(self) -> tuple[SubmissionResult, ...]:
        return tuple(result for result in self.results if result.state is State.UNREADABLE)

    @property
    def failed(self) -> tuple[SubmissionResult, ...]:
        return tuple(result for result in self.results if result.state is State.FAILED)

    @property
    def exit_code(self) -> int:
        return 0 if len(self.graded) == len(self.results) else 1
