"""빠르기를 재는 도구: CPU 시간으로, 여러 번 가운데 가장 빠른 것을 쓴다."""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parent))

Report = Callable[[str, list[tuple[str, str]]], None]


def _cpu_seconds(work: Callable[[], object], rounds: int = 3) -> float:
    times = []
    for _ in range(rounds):
        gc.collect()
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return min(times)


@pytest.fixture
def cpu_seconds() -> Callable[..., float]:
    """`cpu_seconds(work, rounds=3)`: `work`를 한 번 하는 데 드는 CPU 시간(초)."""
    return _cpu_seconds


@pytest.fixture
def report(capsys: pytest.CaptureFixture[str]) -> Report:
    """`report(제목, [(이름, 값), …])`: 잰 것을 화면에 보인다. 빠르기는 컴퓨터마다 다르므로 단언하지 않는다."""

    def show(title: str, rows: list[tuple[str, str]]) -> None:
        with capsys.disabled():
            print(f"\n{title}")
            for name, value in rows:
                print(f"  {name:<34} {value}")

    return show
