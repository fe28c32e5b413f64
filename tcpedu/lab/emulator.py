"""커널의 TCP 둘을 흉내 낸 링크로 잇고, ACK 하나마다 보내는 커널이 무엇을 했는지 본다.

자식 과정이 자기 네임스페이스 안에서만 일한다. 끝나면 네임스페이스째 사라져 컴퓨터에는 아무것도 남지 않는다.
강의: lessons/16_capstone.ipynb
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from .emulator_loop import GRACE
from .kernel_run import EmulatorSettings, KernelRun
from .run_json import unpack_run
from .system import RECORDED, explain, other_system

PACKAGE_FOLDER = Path(__file__).parents[2]


class KernelUnavailableError(RuntimeError):
    """이 컴퓨터에서는 할 수 없다. 까닭과, 대신 할 수 있는 것을 말한다."""


def emulate(settings: EmulatorSettings | None = None) -> KernelRun:
    """커널 둘을 이어 데이터를 보내 본다. 진짜 시간이 흐른다: 길어야 `settings.until`초.

    할 수 없는 컴퓨터(macOS, 윈도, 막힌 컨테이너)에서는 `KernelUnavailableError`. 그때는 `recorded_run`을 쓴다.
    강의: lessons/16_capstone.ipynb
    """
    settings = settings or EmulatorSettings()
    reason = other_system(sys.platform)
    if reason is None:
        found = _run_child(settings)
        if "step" not in found:
            return unpack_run(found)
        reason = explain(str(found["step"]), int(found["errno"]))
    raise KernelUnavailableError(f"{reason}. {RECORDED}.")


def _run_child(settings: EmulatorSettings) -> dict[str, Any]:
    path = os.pathsep.join(filter(None, (str(PACKAGE_FOLDER), os.environ.get("PYTHONPATH"))))
    done = subprocess.run(
        [sys.executable, "-m", "tcpedu.lab.emulator_loop"],
        input=json.dumps(asdict(settings)), capture_output=True, encoding="utf-8",
        env={**os.environ, "PYTHONPATH": path}, timeout=settings.until + 2 * GRACE,
    )  # fmt: skip
    if done.returncode != 0:
        last = done.stderr.strip().splitlines()[-1:] or [f"종료 코드 {done.returncode}"]
        raise KernelUnavailableError(f"커널 실습의 과정이 멈췄습니다: {last[0]}. {RECORDED}.")
    found: dict[str, Any] = json.loads(done.stdout)
    return found
