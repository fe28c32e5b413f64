"""터미널에서 칠 명령을 대신 쳐 준다. 그 명령이 없는 컴퓨터에서는 기록해 둔 출력을 보인다.

강의: lessons/14_troubleshooting.ipynb
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

RECORDED_ON = "Linux 6.18, iproute2 6.1.0, net-tools 2.10"
_SECONDS = 5.0


@dataclass(frozen=True)
class Screen:
    """명령 하나와 그 출력. `live`가 거짓이면 기록해 둔 것이다."""

    command: str
    output: str
    live: bool

    def __repr__(self) -> str:
        text = f"$ {self.command}\n{self.output}"
        return text if self.live else f"{text}\n(이 컴퓨터에서는 칠 수 없어 기록해 둔 출력을 보였다: {RECORDED_ON})"


def terminal(*command: str, recorded: str, only: int | None = None) -> Screen:
    """`command`를 친다. 없거나 실패하면 기록해 둔 `recorded`의 출력이다.

    줄 끝의 빈칸은 뺀다. `only`를 주면 머리줄과 그 포트가 적힌 줄만 남긴다: 조건을 받지 않는 `netstat`에 쓴다.
    """
    output, shown = _run(command), " ".join(command)
    if output is None:
        return Screen(shown, recorded_text(recorded), live=False)
    if only is not None:
        shown += f" | grep -E 'Proto|{only}'"
        output = "\n".join(line for line in output.splitlines() if "Proto" in line or str(only) in line)
    return Screen(shown, _trimmed(output), live=True)


def recorded_text(name: str) -> str:
    """기록해 둔 출력 하나. 이름은 `tcpedu/lab/recordings/commands/`의 파일 이름이다."""
    return (files("tcpedu.lab") / "recordings" / "commands" / f"{name}.txt").read_text(encoding="utf-8").rstrip("\n")


def recorded_capture(name: str) -> Path:
    """기록해 둔 진짜 커널의 캡처 파일."""
    return Path(str(files("tcpedu.lab") / "recordings" / "commands" / f"{name}.pcapng"))


def port_filter(port: int) -> tuple[str, ...]:
    """`ss`가 그 포트의 연결만 보이게 하는 조건."""
    return ("sport", "=", f":{port}", "or", "dport", "=", f":{port}")


def _run(command: Sequence[str]) -> str | None:
    if shutil.which(command[0]) is None:
        return None
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", timeout=_SECONDS
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 and done.stdout.strip() else None


def _trimmed(output: str) -> str:
    return "\n".join(line.rstrip() for line in output.rstrip().splitlines())
