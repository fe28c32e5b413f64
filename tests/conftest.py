"""모든 시험에 함께 쓰는 설정."""

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from tcpedu.grading.slow_grammar import skip_slow_grammar

# 시험이 배우는 사람의 진도 파일을 건드리지 않게 한다. 자식 과정(커널, CLI)도 물려받는다.
os.environ["TCPEDU_PROGRESS"] = "off"
# mermaid-py가 실수로라도 바깥에 그림을 요청하지 못하게 한다.
os.environ["MERMAID_INK_SERVER"] = "http://127.0.0.1:9"
os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")
skip_slow_grammar()

LONGEST_FIRST = ("browser", "notebooks", "grading", "lab", "cli")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """오래 걸리는 방부터 돌린다: 나누어 돌릴 때 긴 파일이 끝에 홀로 남지 않는다."""

    def rank(item: pytest.Item) -> int:
        here = Path(__file__).parent
        room = item.path.relative_to(here).parts[0] if here in item.path.parents else ""
        return LONGEST_FIRST.index(room) if room in LONGEST_FIRST else len(LONGEST_FIRST)

    items.sort(key=rank)


@pytest.fixture
def handles() -> Callable[[], list[str]]:
    """이 과정이 열어 둔 것들을 세는 함수. 같은 일꾼의 다른 스레드가 열고 닫는 유닉스 소켓은 뺀다."""

    def opened(fd: str) -> str:
        try:
            name = os.readlink(f"/proc/self/fd/{fd}")
            if not name.startswith("socket:"):
                return name
            with socket.socket(fileno=os.dup(int(fd))) as one:
                return "" if one.family == socket.AF_UNIX else name
        except OSError:
            return ""  # 방금 사라졌다

    return lambda: sorted(filter(None, map(opened, os.listdir("/proc/self/fd"))))
