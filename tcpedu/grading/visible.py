"""상자 안에서 보이는 것. 보여도 되는 것만 적는다: 풀이, 기준 답, 퀴즈의 답, 시험, 남의 제출물은 적지 않았으니 없다."""

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# 강의 라이브러리 가운데 커널에 필요한 것. 문제(기준 답)와 채점기의 나머지는 없다.
ROOMS = ("protocol", "network", "view", "lab")
FILES = (
    "__init__.py",
    "course/__init__.py", "course/adapters.py", "course/lessons.py", "course/limits.py", "course/probe.py",
    "course/show.py", "course/socket_answers.py", "course/trace.py", "course/values.py",
    "course/capstone/__init__.py", "course/capstone/by_hand.py", "course/capstone/library_pieces.py",
    "course/capstone/pieces.py", "course/capstone/plan.py", "course/capstone/skeleton.py",
    "course/capstone/talk.py", "course/capstone/variables.py", "course/capstone/watching.py",
    "grading/__init__.py", "grading/inside.py", "grading/channel.py", "grading/attending.py", "grading/driven.py",
    "grading/linux.py", "grading/seccomp.py",
    "grading/landlock.py", "grading/zygote.py", "grading/box.py", "grading/warden.py", "grading/warm.py",
)  # fmt: skip
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/nix/store")
SETTINGS = ("/etc/fonts", "/etc/ld.so.cache", "/etc/alternatives")
PACKAGES = ("site-packages", "dist-packages")
DEVICES = ("null", "zero", "full", "random", "urandom")


@dataclass(frozen=True)
class Visible:
    """`folders`는 통째로, `files`는 하나씩 보인다. `hidden`은 그 사이에서 가리는 폴더, `course`는 강의 폴더다."""

    folders: tuple[str, ...]
    files: tuple[str, ...]
    hidden: tuple[str, ...]
    course: str

    def in_order(self) -> list[tuple[str, bool]]:
        """(폴더, 보이는가). 바깥 폴더가 먼저여서, 차례로 덮으면 맞는 모양이 된다."""
        return sorted([*((one, True) for one in self.folders), *((one, False) for one in self.hidden)])

    def readable(self) -> Iterator[str]:
        """가린 것을 빼고 읽어도 되는 경로. 가린 폴더를 품은 폴더는 그 안의 것을 하나씩 적는다."""
        yield from self.files
        for folder in self.folders:
            yield from _without(folder, self.hidden)


def visible() -> Visible:
    """이 파이썬과 이 강의에서 상자에 보일 것. 경로는 모두 이 컴퓨터에서의 절대 경로다."""
    package = Path(__file__).resolve().parents[1]
    base = list(dict.fromkeys([*filter(os.path.isdir, SYSTEM), *_python()]))
    settings = [path for path in SETTINGS if os.path.exists(path)]
    base += filter(os.path.isdir, settings)
    files = [*filter(os.path.isfile, settings), *(str(package / name) for name in FILES)]
    # 강의가 /usr 안이나 site-packages에 있을 수도 있다.
    own = str(package if package.parent.name in PACKAGES else package.parent)
    installed = (os.path.join(folder, package.name) for folder in sys.path if os.path.basename(folder) in PACKAGES)
    hidden = {one for one in (own, *installed) if os.path.isdir(one) and any(_within(one, folder) for folder in base)}
    return Visible((*base, *(str(package / room) for room in ROOMS)), tuple(files), tuple(hidden), str(package.parent))


def _python() -> Iterator[str]:
    """파이썬과 꾸러미가 있는 폴더. 그 밖의 sys.path(강의 폴더)는 넣지 않는다."""
    yield from (sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix)
    yield from (path for path in sys.path if os.path.basename(path) in PACKAGES and os.path.isdir(path))


def _within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def _without(folder: str, hidden: tuple[str, ...]) -> Iterator[str]:
    if folder in hidden:
        return
    if not any(_within(one, folder) for one in hidden):
        yield folder
        return
    for name in os.listdir(folder):
        path = os.path.join(folder, name)
        if os.path.isdir(path) and not os.path.islink(path):
            yield from _without(path, hidden)
        else:
            yield path
