"""커널 밖에서 맡는 검사: 소켓 문제의 상대, 한 걸음씩 부르는 답의 각본."""

from dataclasses import dataclass

from tcpedu.course.problem import Case, Problem


@dataclass(frozen=True)
class Meeting:
    """검사 셀 하나의 입력들. 채점기가 밖에서 맡을 수 있으면 셀을 바꾸어 돌린다(`reception.py`)."""

    problem: Problem
    cases: tuple[Case, ...]
    explain: bool
