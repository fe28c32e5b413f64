"""리눅스의 `/proc`에서 과정과 스레드가 무엇을 하고 있는지 읽는다. 다른 시스템에는 없다. `man 5 proc`"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path


def fields(stat: Path) -> list[str]:
    """`/proc/…/stat`의 칸. 이름에는 빈칸도 괄호도 있을 수 있어서 그 뒤(상태)부터다.

    과정이 없으면 OSError를 낸다.
    """
    return stat.read_text("utf-8", "replace").rpartition(")")[2].split()


def at_rest(pid: int | str, but: int = 0) -> bool:
    """과정 `pid`의 모든 스레드(`but`번은 빼고)가 무엇인가를 기다리고 있는가.

    돌고 있거나 CPU의 차례를 기다리는 것(R)이 없으면 참. 알 수 없을 때도 참이다.
    """
    with suppress(OSError):  # 그 사이에 끝났거나 /proc이 없다
        for task in Path(f"/proc/{pid}/task").iterdir():
            with suppress(OSError):
                if task.name != str(but) and fields(task / "stat")[0] == "R":
                    return False
    return True
