"""채점 결과: 문제 하나, 제출물 하나. JSON으로 오가고 그대로 저장된다."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import Enum
from typing import Any

from tcpedu.grading.roster import Person


class Status(Enum):
    """문제 하나의 결과."""

    CORRECT = "정답"
    WRONG = "오답"
    UNTRIED = "미시도"
    TIMEOUT = "시간 초과"
    ERROR = "실행 오류"
    MISSING = "답 없음"
    BORROWED = "빌려 온 답"  # 묻고 있는 바로 그것을 강의 라이브러리에서 불러 썼다

    @property
    def icon(self) -> str:
        return _ICONS[self]

    def __str__(self) -> str:
        return f"{self.icon} {self.value}"


_ICONS = {
    Status.CORRECT: "✅",
    Status.WRONG: "❌",
    Status.UNTRIED: "✏️",
    Status.TIMEOUT: "⏱",
    Status.ERROR: "💥",
    Status.MISSING: "❓",
    Status.BORROWED: "📎",
}


class State(Enum):
    """제출물 하나가 어디까지 갔는가."""

    GRADED = "채점함"
    UNREADABLE = "읽을 수 없음"  # 제출물의 문제. 점수를 매기지 않고 까닭을 말한다
    FAILED = "채점기 실패"  # 채점기의 문제. 결코 0점이 아니다


@dataclass(frozen=True)
class ProblemResult:
    """문제 하나의 점수와 설명. `given`/`expected`/`actual`은 공개 입력의 것만 담는다."""

    name: str
    title: str
    status: Status
    points: float
    possible: float
    rfc: str = ""
    headline: str = ""
    diagnosis: str = ""
    given: str = ""
    expected: str = ""
    actual: str = ""
    differs: str = ""  # 목록이나 사전에서 처음 다른 곳
    steps: tuple[str, ...] = ()
    error: str = ""  # 학생의 셀에서 난 오류와 그 줄
    note: str = ""
    next_step: str = ""
    cell: int | None = None
    teacher: str = ""  # 교사가 고친 점수와 그 까닭

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "ProblemResult":
        return cls(**{**data, "status": Status(data["status"]), "steps": tuple(data["steps"])})


@dataclass(frozen=True)
class SubmissionResult:
    """제출물 하나의 결과. 채점하지 못했으면 점수는 없다(`None`)."""

    file: str
    student: str
    state: State
    lesson: str = ""
    problems: tuple[ProblemResult, ...] = ()
    findings: tuple[str, ...] = ()
    reason: str = ""
    tier: str = ""  # 격리의 단계 (`tiers.py`)
    digest: str = ""
    seed: str = ""
    seconds: float = 0.0
    prints: Mapping[str, str] = field(default_factory=dict)  # 문제 이름 → 답의 지문(`similar.py`)
    person: Person = field(default_factory=Person)
    late: str = ""
    cut: float = 0.0  # 지각으로 깎는 백분율

    @property
    def points(self) -> float | None:
        """받은 점수. 채점하지 못했으면 0이 아니라 None이다."""
        if self.state is not State.GRADED:
            return None
        return tidy(sum(problem.points for problem in self.problems) * (100 - self.cut) / 100)

    @property
    def possible(self) -> float | None:
        return tidy(sum(problem.possible for problem in self.problems)) if self.state is State.GRADED else None

    @property
    def percent(self) -> float | None:
        """백분율. 소수 첫째 자리까지, 반은 올린다."""
        if self.points is None or not self.possible:
            return None
        return tidy(int(self.points / self.possible * 1000 + 0.5 + 1e-9) / 10)

    def to_dict(self) -> dict[str, Any]:
        problems = [{**asdict(problem), "status": problem.status.value} for problem in self.problems]
        summary = {"points": self.points, "possible": self.possible, "percent": self.percent}
        return {**asdict(self), "state": self.state.value, "problems": problems, **summary}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "SubmissionResult":
        known = {name: data[name] for name in cls.__dataclass_fields__ if name in data}
        return cls(**{
            **known,
            "state": State(data["state"]),
            "problems": tuple(ProblemResult.from_dict(problem) for problem in data["problems"]),
            "findings": tuple(data["findings"]),
            "person": Person(**data.get("person", {})),
        })  # fmt: skip


def tidy(number: float) -> float:
    """더하면서 생긴 자투리를 없애고, 정수이면 정수로 적는다."""
    rounded = round(number, 4)
    return int(rounded) if rounded == int(rounded) else rounded


def line(result: SubmissionResult) -> str:
    """제출물 하나를 한 줄로."""
    if result.state is not State.GRADED:
        return f"{result.file}: {result.state.value} — {result.reason}"
    icons = "".join(problem.status.icon for problem in result.problems)
    return f"{result.file}: {result.points}/{result.possible}점 {icons}"
