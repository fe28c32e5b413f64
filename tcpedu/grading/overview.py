"""반 전체를 보는 눈: 점수의 분포, 어려웠던 문제, 내일 다시 가르칠 것."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from tcpedu.grading.result import ProblemResult, Status, SubmissionResult

BINS = 10
SMALL = 5  # 이보다 작은 반에서는 한 사람의 오해도 보인다
TEACH_AGAIN = 8  # 오해는 많은 것부터 이만큼


@dataclass(frozen=True)
class Bin:
    """점수의 한 구간. `high`를 담는 것은 마지막 구간뿐이다."""

    low: int
    high: int
    count: int


@dataclass(frozen=True)
class Difficulty:
    """문제 하나를 몇 명이 맞히고, 틀린 사람은 어떻게 틀렸는가."""

    problem: ProblemResult
    solved: int
    total: int
    statuses: tuple[tuple[Status, int], ...]

    @property
    def percent(self) -> float:
        return 100 * self.solved / self.total


@dataclass(frozen=True)
class Misconception:
    """여러 사람에게서 본 같은 진단."""

    problem: ProblemResult
    text: str
    count: int


@dataclass(frozen=True)
class Overview:
    """과제 하나의 반 전체."""

    lesson: str
    results: tuple[SubmissionResult, ...]
    bins: tuple[Bin, ...]
    mean: float
    median: float
    problems: tuple[Difficulty, ...]  # 문제의 차례대로
    misconceptions: tuple[Misconception, ...]

    @property
    def hardest(self) -> list[Difficulty]:
        """덜 맞힌 문제부터. 모두가 맞힌 문제는 뺀다."""
        return sorted((one for one in self.problems if one.solved < one.total), key=lambda one: one.percent)


def overview(lesson: str, results: Sequence[SubmissionResult]) -> Overview:
    """채점한 결과만 받는다."""
    percents = sorted(result.percent or 0.0 for result in results)
    return Overview(
        lesson, tuple(results), _bins(percents), sum(percents) / len(percents), _median(percents),
        tuple(_difficulties(results)), tuple(_misconceptions(results)),
    )  # fmt: skip


def _bins(percents: Sequence[float]) -> tuple[Bin, ...]:
    width = 100 // BINS
    counts = Counter(min(int(percent // width), BINS - 1) for percent in percents)
    return tuple(Bin(number * width, (number + 1) * width, counts[number]) for number in range(BINS))


def _median(ordered: Sequence[float]) -> float:
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def _difficulties(results: Sequence[SubmissionResult]) -> list[Difficulty]:
    groups: dict[str, list[ProblemResult]] = defaultdict(list)
    for result in results:
        for problem in result.problems:
            groups[problem.name].append(problem)
    found = []
    for group in groups.values():
        statuses = Counter(problem.status for problem in group)
        solved = statuses.pop(Status.CORRECT, 0)
        found.append(Difficulty(group[0], solved, len(group), tuple(statuses.most_common())))
    return found


def _misconceptions(results: Sequence[SubmissionResult]) -> list[Misconception]:
    """같은 진단을 센다. 한 사람뿐인 것은 반이 아주 작을 때만 보인다."""
    said = [
        (problem.name, problem.diagnosis) for result in results for problem in result.problems
        if problem.diagnosis and problem.status is not Status.CORRECT
    ]  # fmt: skip
    least = 2 if len(results) >= SMALL else 1
    shown = {problem.name: problem for result in results for problem in result.problems}
    most = Counter(said).most_common(TEACH_AGAIN)
    return [Misconception(shown[name], text, count) for (name, text), count in most if count >= least]
