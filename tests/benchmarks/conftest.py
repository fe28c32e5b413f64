"""빠르기를 재는 도구: CPU 시간으로, 여러 번 가운데 가장 빠른 것을 쓴다."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

import pytest

Report = Callable[[str, list[tuple[str, str]]], None]


def _side_by_side(works: list[Callable[[], object]], rounds: int) -> list[float]:
    """`works`를 번갈아 `rounds`번 하고, 저마다의 가장 짧은 CPU 시간(초)을 돌려준다.

    하나를 다 재고 다음을 재면 그 사이에 컴퓨터가 바빠진 것이 비율에 섞인다.
    """
    best = [float("inf")] * len(works)
    for _ in range(rounds):
        gc.collect()
        for index, work in enumerate(works):
            began = time.process_time()
            work()
            best[index] = min(best[index], time.process_time() - began)
    return best


@pytest.fixture
def side_by_side() -> Callable[[list[Callable[[], object]], int], list[float]]:
    """`side_by_side(works, rounds)`: 번갈아 재어, 저마다 한 번 하는 데 드는 CPU 시간(초)."""
    return _side_by_side


@pytest.fixture
def cpu_seconds() -> Callable[..., float]:
    """`cpu_seconds(work, rounds=3)`: `work`를 한 번 하는 데 드는 CPU 시간(초)."""
    return lambda work, rounds=3: _side_by_side([work], rounds)[0]


@pytest.fixture
def report(capsys: pytest.CaptureFixture[str]) -> Report:
    """`report(제목, [(이름, 값), …])`: 잰 것을 화면에 보인다. 빠르기는 컴퓨터마다 다르므로 단언하지 않는다."""

    def show(title: str, rows: list[tuple[str, str]]) -> None:
        with capsys.disabled():
            print(f"\n{title}")
            for name, value in rows:
                print(f"  {name:<34} {value}")

    return show
