"""표를 채우는 문제를 만든다: 배우는 사람은 빈칸이 `None`인 줄들을 받아 채워 돌려주는 함수를 쓴다.

다른 문제와 똑같은 `Problem`이므로 검사와 채점에 따로 할 일이 없다. 참값은 기록에서 오고, `solve`가 그 참값을 그대로
채우는 표만 문제가 된다.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cached_property, partial
from random import Random
from typing import Any

from tcpedu.course.packet_mistakes import MISTAKES
from tcpedu.course.packet_practice import Make, name
from tcpedu.course.probe import values_of
from tcpedu.course.problem import Case, Problem
from tcpedu.course.values import canonical
from tcpedu.network.deduce import complete
from tcpedu.network.packet_table import PacketTable, Row, Solve

HINTS = (
    "줄을 위에서 아래로 읽으며 쪽마다 '다음에 보낼 번호'를 하나씩 기억하자. 첫 세그먼트의 seq에서 시작한다.",
    "세그먼트가 쓰는 번호의 수는 데이터의 바이트 수에 SYN이 있으면 1, FIN이 있으면 1을 더한 것이다. 아무것도 없는 "
    "ACK는 0이다.",
    "빈 seq는 그 쪽이 다음에 보낼 번호, 빈 ack는 상대가 다음에 보낼 번호(상대에게서 빈틈없이 받은 것의 다음)다. 모두 "
    "2**32로 나눈 나머지다.",
)
EXPLANATION = (
    "표의 수는 따로따로가 아니라 앞줄에서 이어진다. 보내는 쪽은 쓴 만큼 나아가고, 받는 쪽은 받은 만큼 나아간 번호를 "
    "되돌려 말한다. 그래서 두 쪽의 번호를 하나씩만 기억하면 어느 칸이든 채울 수 있다."
)


def packet_table_problem(
    *, name: str, lesson: str, title: str, points: int, make: Make, rfc: str = "RFC 9293 §3.4",
    mistakes: Mapping[str, Callable[[list[Row]], Any]] | None = None, hints: Sequence[str] = HINTS,
    explanation: str = EXPLANATION, solve: Solve = complete, public: Sequence[int] = (1, 2, 3, 4), fresh: int = 6,
) -> Problem:  # fmt: skip
    """`name(rows) -> rows` 문제 하나.

    `make(rng)`이 새 표를 만든다. `solve`는 기준 답(기본은 번호를 세는 RFC의 규칙)이고, 표마다 기록의 참값과 같은지
    확인한다. 실수는 `mistakes`가 앞에 오고, 번호를 잘못 세는 흔한 것 가운데 이 표들에서 값이 달라지는 것이 뒤에 붙는다.
    `solve`가 `complete`처럼 `counting`을 받지 않으면 번호의 실수는 붙지 않는다.
    `public`은 공개 검사의 씨앗들, `fresh`는 채점 때 새로 만드는 표의 수다.
    """

    def case(rng: Random) -> Case:
        table = make(rng)
        _must_be_solvable(table, solve)
        return Case((table.blanked(),), note=describe(table))

    cases = tuple(case(Random(seed)) for seed in public)
    wrongs = {**(mistakes or {}), **_counted(solve, mistakes or {})}
    return Problem(
        name=name, lesson=lesson, title=title, points=points, rfc=rfc, reference=solve, cases=cases,
        fresh_cases=lambda rng: [case(rng) for _ in range(fresh)], hints=tuple(hints),
        mistakes=_Telling(wrongs, solve, cases), explanation=explanation, make=make,
    )  # fmt: skip


def describe(table: PacketTable) -> str:
    """검사가 틀린 표를 가리키는 말: `연결 수립의 표, 빈칸 2번의 ack, 3번의 seq`."""
    return f"{table.title}, 빈칸 {', '.join(map(name, table.cells))}"


def _must_be_solvable(table: PacketTable, solve: Solve) -> None:
    if not table.hidden:
        raise ValueError(f"빈칸이 없습니다: {table.title}")
    unsolved = table.unsolved(solve)
    if unsolved:
        raise ValueError(f"보이는 칸만으로는 채울 수 없는 칸이 있습니다: {', '.join(map(name, unsolved))}")


def _counted(solve: Callable[..., list[Row]], own: Collection[str]) -> dict[str, Callable[[list[Row]], Any]]:
    """번호를 잘못 세는 흔한 실수. 문제가 같은 진단을 제 규칙으로 적었으면(`own`) 그것을 쓴다."""
    if "counting" not in inspect.signature(solve).parameters:
        return {}  # 번호 말고 다른 칸도 채우는 규칙에 `complete`를 쓰면 빈칸으로 남은 것까지 그 실수로 안다
    return {
        mistake.diagnosis: partial(solve, counting=mistake.counting)
        for mistake in MISTAKES
        if mistake.diagnosis not in own
    }


class _Telling(Mapping[str, Callable[[list[Row]], Any]]):
    """공개 검사에서 기준 답과도, 앞의 실수와도 다른 값을 내는 실수만. 처음 볼 때 가려낸다: 불러올 때 하면 느리다."""

    def __init__(
        self, wrongs: Mapping[str, Callable[[list[Row]], Any]], solve: Solve, cases: tuple[Case, ...]
    ) -> None:
        self._wrongs, self._solve, self._cases = wrongs, solve, cases

    @cached_property
    def _kept(self) -> dict[str, Callable[[list[Row]], Any]]:
        seen = {canonical(values_of(self._solve, "call", self._cases))}
        kept = {}
        for diagnosis, wrong in self._wrongs.items():
            values = canonical(values_of(wrong, "call", self._cases))
            if values not in seen:
                seen.add(values)
                kept[diagnosis] = wrong
        return kept

    def __getitem__(self, diagnosis: str) -> Callable[[list[Row]], Any]:
        return self._kept[diagnosis]

    def __iter__(self) -> Iterator[str]:
        return iter(self._kept)

    def __len__(self) -> int:
        return len(self._kept)
