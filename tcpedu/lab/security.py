"""보안 실습의 목록: 진짜 커널로 해 보고, 할 수 없는 컴퓨터면 기록해 둔 결과를 내준다.

모든 공격은 실습실의 네임스페이스 안에서 그 안의 주소로만, 수와 시간을 정해 두고 한다.
`python -m tcpedu.lab.security`가 결과를 새로 기록한다.
강의: lessons/15_security.ipynb
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from .flood import cookie_rows, flood_rows, queue_rows
from .injection import assassination_rows, challenge_rows, injection_rows, isn_rows
from .kernel_lab import KernelLabError
from .recording import FOLDER
from .scenes import SOURCE_VARIABLE
from .tun_wire import kernel_name
from .waiting import fin_timeout_rows, tw_reuse_rows

Rows = list[dict[str, Any]]
EXPERIMENTS: dict[str, Callable[[], Rows]] = {
    "flood": flood_rows,
    "cookie_options": cookie_rows,
    "queues": queue_rows,
    "injection": injection_rows,
    "challenge": challenge_rows,
    "isn": isn_rows,
    "assassination": assassination_rows,
    "tw_reuse": tw_reuse_rows,
    "fin_timeout": fin_timeout_rows,
}
_FILE = "security.json"


@dataclass(frozen=True)
class Observation:
    """실습 하나의 결과. `label`은 어느 커널의 것인지, `reason`은 기록을 쓴 까닭(직접 했으면 `None`)이다."""

    rows: Rows
    label: str
    reason: str | None = None

    @property
    def live(self) -> bool:
        """이 컴퓨터의 커널로 방금 한 것인가."""
        return self.reason is None

    def __str__(self) -> str:
        return self.label if self.live else f"{self.label}: {self.reason}"


def observe(name: str, prefer: str | None = None) -> Observation:
    """`EXPERIMENTS`의 실습 하나를 진짜 커널로 한다. 할 수 없으면 까닭과 함께 기록을 돌려준다.

    `prefer`나 환경 변수 TCPEDU_WIRE가 `"live"`가 아니면 언제나 기록이다.

    >>> observe("flood", prefer="recorded").rows[0]["got_in"]
    False
    """
    run = EXPERIMENTS[name]
    if (prefer or os.environ.get(SOURCE_VARIABLE) or "live") != "live":
        return _recorded(name, "기록을 골랐습니다")
    try:
        return Observation(run(), f"이 컴퓨터의 커널 ({kernel_name()})")
    except KernelLabError as error:
        return _recorded(name, str(error))


def _recorded(name: str, reason: str) -> Observation:
    recorded = _recording()
    return Observation(recorded["rows"][name], f"기록 ({recorded['kernel']}의 커널)", reason)


@cache
def _recording() -> dict[str, Any]:
    text = (files("tcpedu.lab") / FOLDER / _FILE).read_text(encoding="utf-8")
    return dict(json.loads(text))


def record() -> None:
    """모든 실습을 이 컴퓨터의 커널로 하고 recordings/에 적는다."""
    told = {"kernel": kernel_name(), "rows": {name: run() for name, run in EXPERIMENTS.items()}}
    path = Path(__file__).with_name(FOLDER) / _FILE
    path.write_text(json.dumps(told, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    record()
