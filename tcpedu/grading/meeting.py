"""소켓 문제의 검사: 답이 만날 상대들."""

from dataclasses import dataclass

from tcpedu.course.problem import Case, Problem


@dataclass(frozen=True)
class Meeting:
    """검사 셀 하나의 만남들. 채점기가 상대를 밖에서 맡을 수 있으면 셀을 바꾸어 돌린다(`reception.py`)."""

    problem: Problem
    cases: tuple[Case, ...]
    explain: bool
